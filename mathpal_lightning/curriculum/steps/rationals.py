"""Fractions below nought on a sheet: the sign by its rule first, then the calculation without signs.

-3/4 × 5/6 = ?
Tích của hai số khác dấu là số âm.
3/4 × 5/6 = ?
3 × 5 = 15; 4 × 6 = 24; 3/4 × 5/6 = 15/24
15 : 3 = 5; 24 : 3 = 8; 15/24 = 5/8
3/4 × 5/6 = 5/8
-3/4 × 5/6 = -5/8
"""

from __future__ import annotations

from fractions import Fraction

from mathpal_lightning.curriculum.steps import fractions, integers
from mathpal_lightning.curriculum.steps.fractions import Pair
from mathpal_lightning.curriculum.steps.sheet import Sheet


def inside(pair: Pair) -> str:
    """A fraction inside an expression: brackets around a negative one, "(-3/4)"."""
    return f"({fractions.text(pair)})" if pair[0] < 0 else fractions.text(pair)


def negative(pair: Pair) -> Pair:
    """The opposite fraction."""
    return -pair[0], pair[1]


def size(pair: Pair) -> Pair:
    """The fraction without its sign."""
    return abs(pair[0]), pair[1]


def calculate(sheet: Sheet, sign: str, a: Pair, b: Pair) -> Pair:
    """`a sign b` in lowest terms, for the signs + - × and ":", both of any sign."""
    return _sum(sheet, sign, a, b) if sign in "+-" else _product(sheet, sign, a, b)


def raise_to(sheet: Sheet, base: Pair, exponent: int, name: str) -> Pair:
    """A power of a fraction: the sign by the exponent, then numerator and denominator raised.

    `name` is how the power is written: "(-2/3)³".
    """
    below = base[0] < 0 and exponent % 2 == 1
    if base[0] < 0:
        below = sheet.pick(below, not below, kind="sign")
        parity = "lẻ" if exponent % 2 else "chẵn"
        sheet.say(f"Cơ số âm, số mũ {parity} nên {name} là số {'âm' if below else 'dương'}.")
    sheet.say(f"{name} = ?")
    top = integers.raise_to(sheet, abs(base[0]), exponent) if abs(base[0]) > 1 else 1
    bottom = base[1]
    if base[1] > 1 and not sheet.pick(False, True, kind="numerator_only"):
        bottom = integers.raise_to(sheet, base[1], exponent)
    value = Fraction(-top if below else top, bottom)
    result = value.numerator, value.denominator
    sheet.say(f"{name} = {fractions.text(result)}")
    return result


def _sum(sheet: Sheet, sign: str, a: Pair, b: Pair) -> Pair:
    name, second = f"{fractions.text(a)} {sign} {inside(b)}", b
    if b[0] < 0:
        turned = "+" if sign == "-" else "-"
        sheet.say(f"{name} = ?")
        sign = sheet.pick(turned, sign, kind="sign")
        second = size(b)
        sheet.say(f"{name} = {fractions.text(a)} {sign} {fractions.text(second)}")
    value = (fractions.add if sign == "+" else fractions.subtract)(sheet, a, second)
    if b[0] < 0:
        sheet.say(f"{name} = {fractions.text((value.numerator, value.denominator))}")
    return value.numerator, value.denominator


def _product(sheet: Sheet, sign: str, a: Pair, b: Pair) -> Pair:
    operation = fractions.multiply if sign == "×" else fractions.divide
    if a[0] >= 0 and b[0] >= 0:
        value = operation(sheet, a, b)
        return value.numerator, value.denominator
    name = f"{fractions.text(a)} {sign} {inside(b)}"
    sheet.say(f"{name} = ?")
    alike = (a[0] < 0) == (b[0] < 0)
    below = sheet.pick(not alike, alike, kind="sign")
    what = "Tích" if sign == "×" else "Thương"
    sheet.say(f"{what} của hai số {'cùng' if alike else 'khác'} dấu là số {'âm' if below else 'dương'}.")
    value = operation(sheet, size(a), size(b))
    value = -value if below else value
    sheet.say(f"{name} = {fractions.text((value.numerator, value.denominator))}")
    return value.numerator, value.denominator
