"""Whole numbers of secondary school on a sheet: signs, powers, roots, prime factors, ƯCLN and BCNN, expressions."""

from __future__ import annotations

import re
from math import prod

from mathpal_lightning.curriculum.steps.sheet import Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.writing import in_brackets, number, power


def signed(value: Value) -> str:
    """A number inside an expression: brackets around a negative one, "(-3)"."""
    return f"({number(value)})" if value < 0 else number(value)


def add(sheet: Sheet, a: int, b: int, unit: str = "", lead: str = "") -> int:
    """`a + b` of integers by the rule of signs: "-15 + 8": 15 - 8 = 7, and the sign of the larger."""
    sheet.lead(lead)
    name = f"{number(a)} + {signed(b)}"
    return _signed_sum(sheet, a, b, name, unit)


def subtract(sheet: Sheet, a: int, b: int, unit: str = "", lead: str = "") -> int:
    """`a - b` of integers: plus the opposite number."""
    sheet.lead(lead)
    name = f"{number(a)} - {signed(b)}"
    if a >= b >= 0:
        return int(sheet.subtract(a, b, unit))
    opposite = sheet.pick(-b, b, kind="sign")
    sheet.say(f"{name} = ?")
    sheet.say(f"{name} = {number(a)} + {signed(opposite)}")
    return _signed_sum(sheet, a, opposite, name, unit)


def multiply(sheet: Sheet, a: int, b: int, unit: str = "", lead: str = "") -> int:
    """`a × b` of integers: the product of the values without signs, then the sign."""
    return _signed_product(sheet, "×", a, b, unit, lead)


def divide(sheet: Sheet, a: int, b: int, unit: str = "", lead: str = "") -> int:
    """`a : b` of integers where it goes without remainder."""
    return _signed_product(sheet, ":", a, b, unit, lead)


def raise_to(sheet: Sheet, base: int, exponent: int) -> int:
    """A power, multiplied out: "7³ = ?", "7 × 7 = 49", ..., "7³ = 343"."""
    name = power(base, exponent)
    if sheet.pick(False, True, kind="times_exponent"):
        value = int(sheet.multiply(base, exponent))
        sheet.say(f"{name} = {number(value)}")
        return value
    sheet.say(f"{name} = ?")
    value = base
    for _ in range(exponent - 1):
        value = multiply(sheet, value, base) if base < 0 else int(sheet.multiply(value, base))
    sheet.say(f"{name} = {number(value)}")
    return value


def root(sheet: Sheet, square: int, found: int, unit: str = "") -> int:
    """The square root of a perfect square, found by squaring: "43 × 43 = 1 849", "√1 849 = 43"."""
    tried = sheet.pick(found, found + 10, found - 10 if found > 10 else found + 1, kind="root")
    if tried == found:
        sheet.multiply(tried, tried)
    else:
        sheet.say(f"{number(tried)} × {number(tried)} = {number(square)}")
    sheet.found(tried)
    sheet.say(
        f"Vì {number(tried)} > 0 và {power(tried, 2)} = {number(square)} nên √{number(square)} = {number(tried)}"
        + in_brackets(unit)
    )
    return tried


def factorize(sheet: Sheet, value: int) -> dict[int, int]:
    """Prime factors by trial division, one line a division, then the product of powers: {2: 2, 3: 1} for 12."""
    factors: dict[int, int] = {}
    rest, prime = value, 2
    while rest > 1:
        if prime * prime > rest:
            prime = rest
        if rest % prime:
            prime += 1
            continue
        factors[prime] = factors.get(prime, 0) + 1
        if rest == prime:
            break
        quotient = sheet.divide(rest, prime)
        if type(quotient) is not int:
            raise Absurd
        rest = quotient
    sheet.say(f"{number(value)} = {product_of_powers(factors)}")
    return factors


def product_of_powers(factors: dict[int, int]) -> str:
    """As a product of powers: {2: 2, 3: 1} gives "2² × 3"; no factor gives "1"."""
    return " × ".join(power(prime, exponent) for prime, exponent in sorted(factors.items()) if exponent) or "1"


def common_divisor(sheet: Sheet, a: int, b: int) -> int:
    """ƯCLN by prime factors: the common primes with the smaller exponents."""
    first, second = factorize(sheet, a), factorize(sheet, b)
    smaller = sheet.pick(True, False, kind="exponent")
    common = [str(prime) for prime in first if prime in second]
    size = "nhỏ" if smaller else "lớn"
    sheet.say(
        f"Thừa số nguyên tố chung là {', '.join(common)}, lấy với số mũ {size} nhất."
        if common
        else "Hai số không có thừa số nguyên tố chung."
    )
    choose = min if smaller else max
    shared = {prime: choose(first[prime], second[prime]) for prime in first if prime in second}
    return _multiplied(sheet, f"ƯCLN({number(a)}, {number(b)})", shared)


def common_multiple(sheet: Sheet, a: int, b: int) -> int:
    """BCNN by prime factors: all primes with the larger exponents."""
    first, second = factorize(sheet, a), factorize(sheet, b)
    larger = sheet.pick(True, False, kind="exponent")
    choose = max if larger else min
    listed = ", ".join(str(prime) for prime in sorted(first | second))
    sheet.say(f"Thừa số nguyên tố chung và riêng là {listed}, lấy với số mũ {'lớn' if larger else 'nhỏ'} nhất.")
    every = {prime: choose(first.get(prime, 0), second.get(prime, 0)) for prime in sorted(first | second)}
    if sheet.pick(False, True, kind="common_only"):
        every = {prime: exponent for prime, exponent in every.items() if prime in first and prime in second}
    return _multiplied(sheet, f"BCNN({number(a)}, {number(b)})", every)


def _multiplied(sheet: Sheet, name: str, factors: dict[int, int]) -> int:
    """A product of prime powers, multiplied out, and what it is."""
    single = [prime**exponent for prime, exponent in sorted(factors.items()) if exponent]
    if product_of_powers(factors) != number(prod(single)):
        sheet.say(f"{name} = {product_of_powers(factors)}")
    value = int(sheet.product(single)) if len(single) > 1 else prod(single)
    sheet.say(f"Vậy {name} = {number(value)}")
    return value


def _signed_sum(sheet: Sheet, a: int, b: int, name: str, unit: str) -> int:
    """The sum, under its name, which may be a difference."""
    if sheet.lines[-1:] != [f"{name} = {number(a)} + {signed(b)}"]:
        if a >= 0 and b >= 0:
            return int(sheet.add(a, b, unit))
        sheet.say(f"{name} = ?")
    alike = (a < 0) == (b < 0)
    below = sheet.pick(larger := (a if abs(a) > abs(b) else b) < 0, not larger, kind="sign")
    operation = "+" if alike or sheet.pick(False, True, kind="signs_added") else "-"
    first, second = (abs(a), abs(b)) if alike else (max(abs(a), abs(b)), min(abs(a), abs(b)))
    inner = f"{number(first)} {operation} {number(second)}"
    sheet.say(f"{name} = -({inner})" if below else f"{name} = {inner}")
    size, line = sheet.inline(operation, first, second)
    sheet.say(line)
    value = -size if below else size
    sheet.say(f"{name} = {number(value)}" + in_brackets(unit))
    return value


def _signed_product(sheet: Sheet, sign: str, a: int, b: int, unit: str, lead: str) -> int:
    if a >= 0 and b >= 0:
        return int(sheet.calculate(sign, a, b, unit, lead))
    sheet.lead(lead)
    name = f"{signed(a)} {sign} {signed(b)}"
    sheet.say(f"{name} = ?")
    what, alike = ("Tích" if sign == "×" else "Thương"), (a < 0) == (b < 0)
    factor = sheet.pick(1 if alike else -1, -1 if alike else 1, kind="sign")
    sheet.say(f"{what} của hai số nguyên {'cùng' if alike else 'khác'} dấu là số {'dương' if factor > 0 else 'âm'}.")
    size, line = sheet.inline(sign, abs(a), abs(b))
    sheet.say(line)
    sheet.say(f"{name} = {number(factor * size)}" + in_brackets(unit))
    return factor * size


_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TOKEN = re.compile(rf"\d+(?: \d{{3}})*|[{_RAISED}]+|[-+×:()\[\]{{}}]")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def evaluate(sheet: Sheet, expression: str) -> int:
    """An expression of whole numbers with powers, + - × : and brackets, one operation at a time in the right order.

    "25 + 17 × 2" gives the lines "25 + 17 × 2 = ?", the working of 17 × 2, "25 + 17 × 2 = 25 + 34", ..., its result.
    """
    tokens: list[int | str] = [
        int(token.replace(" ", "")) if token[0] in "0123456789" else token for token in _TOKEN.findall(expression)
    ]
    in_order = sheet.pick(True, False, kind="order") if _order_matters(tokens) else True
    if len(tokens) > 3:
        sheet.say(f"{expression} = ?")
    while len(tokens) > 1:
        place = _next_operation(tokens, in_order)
        base, exponent = tokens[place - 1], str(tokens[place])
        if exponent[0] in _RAISED and isinstance(base, int):
            tokens[place - 1 : place + 1] = [
                raise_to(sheet, base, int("".join(str(_RAISED.index(digit)) for digit in exponent)))
            ]
            _drop_brackets(tokens)
            if len(tokens) > 1:
                sheet.say(f"{expression} = {_written(tokens)}")
            continue
        a, sign, b = tokens[place - 1], tokens[place], tokens[place + 1]
        if not isinstance(a, int) or not isinstance(b, int) or not isinstance(sign, str):
            raise ValueError(f"Expected an expression of whole numbers, but got {expression!r}")
        if sign == "-" and a < b:
            raise Absurd
        tokens[place - 1 : place + 2] = [int(sheet.calculate(sign, a, b))]
        _drop_brackets(tokens)
        if len(tokens) > 1:
            sheet.say(f"{expression} = {_written(tokens)}")
    value = tokens[0]
    if sheet.lines[-1] != f"{expression} = {number(int(value))}":
        sheet.say(f"{expression} = {number(int(value))}")
    return int(value)


def _order_matters(tokens: list[int | str]) -> bool:
    signs = [token for token in tokens if isinstance(token, str)]
    return "(" in signs or next((place for place, sign in enumerate(signs) if sign in "×:"), 0) > 0


def _next_operation(tokens: list[int | str], in_order: bool) -> int:
    """The place of the sign that comes first: in the innermost brackets, times and division before the others."""
    start, end = 0, len(tokens)
    for place, token in enumerate(tokens):
        if isinstance(token, str) and token in _PAIRS:
            start = place + 1
        elif isinstance(token, str) and token in _PAIRS.values():
            end = place
            break
    signs = [place for place in range(start, end) if isinstance(tokens[place], str)]
    if not in_order:
        return signs[0]
    powers = [place for place in signs if str(tokens[place])[0] in _RAISED]
    return (powers or [place for place in signs if str(tokens[place]) in "×:"] or signs)[0]


def _drop_brackets(tokens: list[int | str]) -> None:
    """Take the brackets off a number that stands alone in them."""
    for place in range(len(tokens) - 2):
        if isinstance(tokens[place], str) and tokens[place] in _PAIRS and tokens[place + 2] == _PAIRS[str(tokens[place])]:
            tokens[place : place + 3] = [tokens[place + 1]]
            return


def _written(tokens: list[int | str]) -> str:
    text = " ".join(number(token) if isinstance(token, int) else token for token in tokens)
    return re.sub(rf"(?<=[(\[{{]) | (?=[)\]}}{_RAISED}])", "", text)
