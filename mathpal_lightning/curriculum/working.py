"""Arithmetic written in steps that a small model, or a pupil, can follow: by place value, one digit at a time.

Each function returns a chain of equal expressions that ends in the result: "83 + 45 = 80 + 40 + 3 + 5 = 120 + 8 = 128".
"""

from __future__ import annotations

from fractions import Fraction

from mathpal_lightning.curriculum.writing import decimal_places, number


def add(a: int, b: int) -> str:
    """Tens with tens, units with units: 83 + 45 = 80 + 40 + 3 + 5 = 120 + 8 = 128."""
    links = [f"{number(a)} + {number(b)}"]
    if min(a, b) >= 10 and (a % 10 or b % 10):
        tens_a, tens_b, units = a - a % 10, b - b % 10, a % 10 + b % 10
        links += [" + ".join(number(part) for part in (tens_a, tens_b, a % 10, b % 10) if part)]
        links += [f"{number(tens_a + tens_b)} + {units}"]
    return " = ".join([*links, number(a + b)])


def subtract(a: int, b: int) -> str:
    """Take away the tens, then the units: 83 - 45 = 83 - 40 - 5 = 43 - 5 = 38."""
    links = [f"{number(a)} - {number(b)}"]
    if b > 10 and b % 10:
        links += [f"{number(a)} - {number(b - b % 10)} - {b % 10}", f"{number(a - b + b % 10)} - {b % 10}"]
    return " = ".join([*links, number(a - b)])


def multiply(a: int, b: int) -> str:
    """One place value of the first factor at a time: 47 × 6 = 40 × 6 + 7 × 6 = 240 + 42 = 282."""
    links = [f"{number(a)} × {number(b)}"]
    parts = place_values(a)
    if len(parts) > 1 and b > 1:
        links += [" + ".join(f"{number(part)} × {number(b)}" for part in parts)]
        links += [" + ".join(number(part * b) for part in parts)]
    return " = ".join([*links, number(a * b)])


def divide(a: int, b: int) -> str:
    """Split the dividend into multiples: 282 : 6 = 240 : 6 + 42 : 6 = 40 + 7 = 47. `b` must divide `a`."""
    links = [f"{number(a)} : {number(b)}"]
    parts = place_values(a // b)
    if len(parts) > 1 and b > 1:
        links += [" + ".join(f"{number(part * b)} : {number(b)}" for part in parts)]
        links += [" + ".join(number(part) for part in parts)]
    return " = ".join([*links, number(a // b)])


def place_values(value: int) -> list[int]:
    """The non-zero place values: 407 -> [400, 7]."""
    digits = str(value)
    return [int(digit) * 10 ** (len(digits) - 1 - place) for place, digit in enumerate(digits) if digit != "0"] or [0]


def long_division(a: int, b: int) -> tuple[list[str], int]:
    """Divide digit by digit, as pupils do: (["28 : 6 = 4 (dư 4)", "42 : 6 = 7"], 0) for 282 : 6.

    Returns:
        The steps, each a quotient digit with its remainder, and the last remainder.
    """
    steps: list[str] = []
    current = 0
    for place, digit in enumerate(str(a)):
        current = current * 10 + int(digit)
        if current < b and not steps and place < len(str(a)) - 1:
            continue
        rest = current % b
        steps.append(f"{current} : {b} = {current // b}" + (f" (dư {rest})" if rest else ""))
        current = rest
    return steps, current


def divide_lines(a: int, b: int, unit: str = "") -> list[str]:
    """The lines of a long division without remainder: "28 : 6 = 4 (dư 4); 42 : 6 = 7", then "282 : 6 = 47 (kg)"."""
    steps, _ = long_division(a, b)
    result = f"{number(a)} : {b} = {number(a // b)}"
    lines = ["; ".join(steps)] if len(steps) > 1 and a % 10 ** (len(str(a)) - 1) else []
    return [*lines, f"{result} ({unit})" if unit else result]


def decimal_lines(sign: str, a: Fraction, b: Fraction, unit: str = "") -> list[str]:
    """Calculate with decimals as with whole numbers, then place the comma: "25 × 3 = 75", then "2,5 × 3 = 7,5 (kg)"."""
    result = {"+": a + b, "-": a - b, "×": a * b, ":": a / b}[sign]
    places = [decimal_places(a) or 0, decimal_places(b) or 0]
    if sign in "+-":
        places = [max(places)] * 2
    if sign == ":":
        places = [max(places[0], places[1]), places[1]]
    whole_a, whole_b = int(a * 10 ** places[0]), int(b * 10 ** places[1])
    if sign == ":":
        steps = divide_lines(whole_a, whole_b)
    elif sign == "×":
        steps = [multiply(whole_a, whole_b)]
    else:
        steps = [add(whole_a, whole_b) if sign == "+" else subtract(whole_a, whole_b)]
    last = f"{number(a)} {sign} {number(b)} = {number(result)}"
    return [*steps, f"{last} ({unit})" if unit else last]
