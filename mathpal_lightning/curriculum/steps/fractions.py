"""Fractions on a sheet: a common denominator is found and worked, the result is reduced, each as a line of facts.

A fraction is a pair (numerator, denominator) as the exercise writes it, so 2/4 stays 2/4 until it is reduced:

    3/4 + 1/6 = ?
    Mẫu số chung là 4 × 6.
    4 × 6 = 24
    3 × 6 = 18; 3/4 = 18/24
    1 × 4 = 4; 1/6 = 4/24
    18 + 4 = 22; 18/24 + 4/24 = 22/24
    22 : 2 = 11; 24 : 2 = 12; 22/24 = 11/12
    3/4 + 1/6 = 11/12
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from random import Random

from mathpal_lightning.curriculum.steps.mental import in_head
from mathpal_lightning.curriculum.steps.sheet import Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import in_brackets, number

Pair = tuple[int, int]


def text(pair: Pair) -> str:
    """How a fraction is written: "3/4"; a whole number where the denominator is 1."""
    return number(pair[0]) if pair[1] == 1 else f"{pair[0]}/{pair[1]}"


def whole_or_fraction(value: Fraction) -> int | Fraction:
    """An int where the value is whole."""
    return value.numerator if value.denominator == 1 else value


def fraction_in_lowest_terms(random: Random, low: int, high: int, most: int = 1) -> Pair:
    """A fraction in lowest terms, its denominator low..high, below `most`."""
    while True:
        bottom = random.randint(low, high)
        top = random.randint(1, most * bottom - 1)
        if gcd(top, bottom) == 1:
            return top, bottom


def add(sheet: Sheet, a: Pair, b: Pair, lead: str = "", unit: str = "") -> Fraction:
    """`a + b` in lowest terms."""
    return _sum(sheet, "+", a, b, lead, unit)


def subtract(sheet: Sheet, a: Pair, b: Pair, lead: str = "", unit: str = "") -> Fraction:
    """`a - b` in lowest terms, `a` at least `b`."""
    return _sum(sheet, "-", a, b, lead, unit)


def multiply(sheet: Sheet, a: Pair, b: Pair, lead: str = "", unit: str = "") -> Fraction:
    """`a × b` in lowest terms: numerator times numerator, denominator times denominator."""
    sheet.lead(lead)
    name = f"{text(a)} × {text(b)}"
    sheet.say(f"{name} = ?")
    return _product(sheet, a, b, name, unit)


def divide(sheet: Sheet, a: Pair, b: Pair, lead: str = "", unit: str = "") -> Fraction:
    """`a : b` in lowest terms: times the fraction turned upside down."""
    sheet.lead(lead)
    name = f"{text(a)} : {text(b)}"
    sheet.say(f"{name} = ?")
    first, second = sheet.pick((a, b[::-1]), (a, b), (a[::-1], b), kind="upside_down")
    sheet.say(f"{name} = {text(first)} × {text(second)}")
    return _product(sheet, first, second, name, unit)


def reduce(sheet: Sheet, pair: Pair) -> Pair:
    """The fraction in lowest terms, with the line that reduces it; no line where there is nothing to reduce."""
    shared = gcd(*pair)
    if shared == 1:
        return pair
    top, first = sheet.inline(":", abs(pair[0]), shared)
    top = -top if pair[0] < 0 else top
    bottom, second = sheet.inline(":", pair[1], shared)
    sheet.say(f"{first}; {second}; {text(pair)} = {text((top, bottom))}")
    return top, bottom


def expand(sheet: Sheet, pair: Pair, denominator: int, factor: int = 0) -> Pair:
    """The fraction with a denominator that is a multiple of its own: "12 : 4 = 3; 3 × 3 = 9; 3/4 = 9/12".

    Where the factor is known, because the denominator was written as a product, it is not divided out again.
    """
    if pair[1] == denominator:
        return pair
    pieces: list[str] = []
    if not factor:
        if denominator % pair[1]:
            raise Absurd
        factor, first = sheet.inline(":", denominator, pair[1])
        pieces.append(first)
    top = abs(pair[0])
    if not sheet.pick(False, True, kind="numerator_kept"):
        top, second = sheet.inline("×", top, factor)
        pieces.append(second)
    top = -top if pair[0] < 0 else top
    sheet.say("; ".join([*pieces, f"{text(pair)} = {top}/{denominator}"]))
    return top, denominator


def to_common_denominator(sheet: Sheet, a: Pair, b: Pair) -> tuple[Pair, Pair]:
    """Both fractions with one denominator, worked: the larger one, the product, or from grade 6 the BCNN."""
    larger, smaller = max(a[1], b[1]), min(a[1], b[1])
    least = lcm(larger, smaller)
    if least == larger or (sheet.grade >= 6 and least < larger * smaller):
        if least > larger:
            sheet.say(f"Mẫu số chung: BCNN({a[1]}, {b[1]}) = {least}")
        elif larger > smaller:
            sheet.say(f"Mẫu số chung là {larger}.")
        return expand(sheet, a, least), expand(sheet, b, least)
    sheet.say(f"Mẫu số chung là {a[1]} × {b[1]}.")
    product, line = sheet.inline("×", a[1], b[1])
    sheet.say(line)
    return expand(sheet, a, product, b[1]), expand(sheet, b, product, a[1])


def compare(sheet: Sheet, a: Pair, b: Pair) -> str:
    """The sign between two fractions, by a common denominator; writes "Vì 9/12 > 2/12 nên 3/4 > 1/6."."""
    first, second = to_common_denominator(sheet, a, b)
    sign = ">" if first[0] > second[0] else "<" if first[0] < second[0] else "="
    sign = sheet.pick(sign, {">": "<", "<": ">", "=": ">"}[sign], kind="sign")
    if (first, second) == (a, b):
        sheet.say(f"Hai phân số cùng mẫu số mà {first[0]} {sign} {second[0]} nên {text(a)} {sign} {text(b)}.")
    else:
        sheet.say(f"Vì {text(first)} {sign} {text(second)} nên {text(a)} {sign} {text(b)}.")
    return sign


def _sum(sheet: Sheet, sign: str, a: Pair, b: Pair, lead: str, unit: str) -> Fraction:
    sheet.lead(lead)
    sign = sheet.pick(sign, "-" if sign == "+" else "+", kind="operation")
    if sign == "-" and Fraction(*a) < Fraction(*b) and sheet.grade < 6:
        raise Absurd
    name = f"{text(a)} {sign} {text(b)}"
    sheet.say(f"{name} = ?")
    if a[1] != b[1] and sheet.pick(False, True, kind="straight"):
        top, first = _numerators(sheet, sign, a[0], b[0])
        bottom, second = sheet.inline(sign, a[1], b[1])
        if bottom == 0:
            raise Absurd
        sheet.say(f"{first}; {second}; {name} = {top}/{bottom}")
        return _result(sheet, name, (top, bottom), unit)
    if a[1] == b[1]:
        sheet.say(f"Hai phân số cùng mẫu số {a[1]} nên {'cộng' if sign == '+' else 'trừ'} hai tử số.")
    x, y = to_common_denominator(sheet, a, b)
    denominator = x[1]
    top, line = _numerators(sheet, sign, x[0], y[0])
    sheet.say(f"{line}; {text(x)} {sign} {text(y)} = {text((top, denominator))}")
    return _result(sheet, name, (top, denominator), unit)


def _numerators(sheet: Sheet, sign: str, a: int, b: int) -> tuple[int, str]:
    """`a sign b`, `b` not negative: where the result or `a` is below nought and not found in the head, the sizes first."""
    if (a >= 0 and (sign == "+" or a >= b)) or in_head("+", abs(a), b, sheet.grade):
        return sheet.inline(sign, a, b)
    if a < 0 and sign == "-":
        size, line = sheet.inline("+", -a, b)
        value = -size
    else:
        size, line = sheet.inline("-", max(abs(a), b), min(abs(a), b))
        value = size if a < 0 and b > -a else -size
    return value, f"{line}; {number(a)} {sign} {number(b)} = {number(value)}"


def _product(sheet: Sheet, a: Pair, b: Pair, name: str, unit: str) -> Fraction:
    x, y = b[::-1] if sheet.pick(False, True, kind="crossed") else b
    top, first = sheet.inline(sheet.pick("×", "+", kind="operation"), a[0], x)
    bottom, second = sheet.inline("×", a[1], y)
    sheet.say(f"{first}; {second}; {text(a)} × {text(b)} = {text((top, bottom))}")
    return _result(sheet, name, (top, bottom), unit)


def _result(sheet: Sheet, name: str, pair: Pair, unit: str) -> Fraction:
    """Reduce the result and state it, unless the last line states it already."""
    lowest = reduce(sheet, pair)
    if lowest[1] == 0:
        raise Absurd
    stated = f"{name} = {text(lowest)}"
    if lowest == pair and sheet.lines[-1].endswith(f"; {stated}"):
        sheet.lines[-1] = sheet.lines[-1].removesuffix(f"; {stated}")
    sheet.say(stated + in_brackets(unit))
    return Fraction(*lowest)
