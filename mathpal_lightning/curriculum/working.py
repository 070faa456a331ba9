"""Arithmetic written in steps that a small model, or a pupil, can follow: one digit at a time, as in column calculation.

Each function returns lines: the steps, then the calculation with its unit:

    ["6 + 5 = 11 (nhớ 1); 9 + 6 = 15; 15 + 1 = 16", "96 + 65 = 161 (kg)"]

Every step is one fact of the tables: Gemma 3 270M, shown three examples, completes 84 % of the sums of two digits but
only 27 % of the sums of two digits and a carried one, so what is carried is a step of its own. What fits in the head,
or is only a matter of zeros, gets no steps.
"""

from __future__ import annotations

from fractions import Fraction

from mathpal_lightning.curriculum.writing import decimal_places, number


def add(a: int, b: int, unit: str = "") -> list[str]:
    """Units first, what is over nine carried: "6 + 5 = 11 (nhớ 1); 9 + 6 = 15; 15 + 1 = 16" for 96 + 65."""
    steps: list[str] = []
    carry = 0
    for column in _columns(a, b):
        total = column[0]
        for term in [*column[1:], *[1] * carry]:
            steps.append(f"{total} + {term} = {total + term}")
            total += term
        carry = total // 10
        if carry:
            steps[-1] += " (nhớ 1)"
    steps[-1] = steps[-1].partition(" (")[0]
    return _with_result(steps, f"{number(a)} + {number(b)} = {number(a + b)}", unit, easy=min(a, b) < 10 and a + b < 20)


def subtract(a: int, b: int, unit: str = "") -> list[str]:
    """Units first; what is borrowed goes to the next digit of the smaller number. `a` is at least `b`.

    "2 - 9 không được; 12 - 9 = 3 (nhớ 1); 2 + 1 = 3; 8 - 3 = 5" for 82 - 29.
    """
    steps: list[str] = []
    carry = 0
    for digit, *taken in _columns(a, b):
        term = sum(taken) + carry
        if carry and taken:
            steps.append(f"{taken[0]} + 1 = {term}")
        carry = int(term > digit)
        if carry:
            steps.append(f"{digit} - {term} không được")
        if taken or term:
            steps.append(f"{digit + 10 * carry} - {term} = {digit + 10 * carry - term}" + (" (nhớ 1)" if carry else ""))
    return _with_result(steps, f"{number(a)} - {number(b)} = {number(a - b)}", unit, easy=a < 20)


def multiply(a: int, b: int, unit: str = "") -> list[str]:
    """Digit by digit with one digit, "7 × 6 = 42 (nhớ 4); 4 × 6 = 24; 24 + 4 = 28"; by tens and units with more digits."""
    result = f"{number(a)} × {number(b)} = {number(a * b)}"
    core_b, core_a = sorted(int(_stripped(factor)) for factor in (a, b))
    steps = _digit_products(core_a, core_b) if core_b < 10 else _partial_products(core_a, core_b)
    return _with_result(steps, result, unit, easy=core_a < 10 or core_b == 1)


def long_division(a: int, b: int) -> list[str]:
    """The quotient digit by digit, each with its remainder: ["28 : 6 = 4 (dư 4)", "42 : 6 = 7"] for 282 : 6."""
    steps: list[str] = []
    current = 0
    for place, digit in enumerate(str(a)):
        current = current * 10 + int(digit)
        if current < b and not steps and place < len(str(a)) - 1:
            continue
        rest = current % b
        steps.append(f"{current} : {b} = {current // b}" + (f" (dư {rest})" if rest else ""))
        current = rest
    return steps


def divide(a: int, b: int, unit: str = "") -> list[str]:
    """Long division without remainder: "28 : 6 = 4 (dư 4); 42 : 6 = 7", then "282 : 6 = 47 (kg)"."""
    steps = long_division(a, b)
    return _with_result(
        steps, f"{number(a)} : {number(b)} = {number(a // b)}", unit, easy=len(_stripped(a // b)) == 1 or _stripped(b) == "1"
    )


def decimals(sign: str, a: Fraction, b: Fraction, unit: str = "") -> list[str]:
    """Calculate as with whole numbers, then place the comma: the steps of "25 × 3 = 75", then "2,5 × 3 = 7,5 (kg)"."""
    result = {"+": a + b, "-": a - b, "×": a * b, ":": a / b}[sign]
    places_a, places_b = decimal_places(a) or 0, decimal_places(b) or 0
    if sign in "+-:":
        places_a = max(places_a, places_b)
    if sign in "+-":
        places_b = places_a
    whole_a, whole_b = int(a * 10**places_a), int(b * 10**places_b)
    if sign == ":":
        whole_a *= 10 ** (decimal_places(Fraction(whole_a, whole_b)) or 0)
    steps = {"+": add, "-": subtract, "×": multiply, ":": divide}[sign](whole_a, whole_b)
    last = f"{number(a)} {sign} {number(b)} = {number(result)}"
    return [*(steps if places_a or places_b else steps[:-1]), f"{last} ({unit})" if unit else last]


def _with_result(steps: list[str], result: str, unit: str, easy: bool) -> list[str]:
    return [*([] if easy or len(steps) < 2 else ["; ".join(steps)]), f"{result} ({unit})" if unit else result]


def _columns(a: int, b: int) -> list[list[int]]:
    """The digits of both numbers, place by place from the units up; one digit where a number is shorter."""
    first, second = str(a)[::-1], str(b)[::-1]
    return [
        [int(text[place]) for text in (first, second) if place < len(text)] for place in range(max(len(first), len(second)))
    ]


def _digit_products(a: int, b: int) -> list[str]:
    steps: list[str] = []
    carry = 0
    for digit in reversed(str(a)):
        product = int(digit) * b
        steps.append(f"{digit} × {b} = {product}")
        if carry:
            steps.append(f"{product} + {carry} = {product + carry}")
        carry = (product + carry) // 10
        if carry:
            steps[-1] += f" (nhớ {carry})"
    steps[-1] = steps[-1].partition(" (")[0]
    return steps


def _partial_products(a: int, b: int) -> list[str]:
    parts = [int(digit) * 10 ** (len(str(b)) - 1 - place) for place, digit in enumerate(str(b)) if digit != "0"]
    steps = [f"{number(a)} × {number(part)} = {number(a * part)}" for part in parts]
    return [*steps, f"{' + '.join(number(a * part) for part in parts)} = {number(a * b)}"]


def _stripped(value: int) -> str:
    return str(value).rstrip("0") or "0"
