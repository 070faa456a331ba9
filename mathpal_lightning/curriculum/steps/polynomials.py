"""Algebra on a sheet: signed coefficients calculated in the head or on paper, and how terms are written.

A polynomial is a table from exponents to coefficients: {(2,): 3, (1,): -5} is 3x² - 5x, {(1, 2): 4} with the letters "xy" is 4xy².
"""

from __future__ import annotations

from fractions import Fraction

from mathpal_lightning.curriculum.steps import integers
from mathpal_lightning.curriculum.steps.mental import in_head
from mathpal_lightning.curriculum.steps.sheet import Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import fraction, number, power

Terms = dict[tuple[int, ...], int]


def term(coefficient: int | Fraction, letters: str) -> str:
    """A term: "3x", "-x", "x", "5/2x" is "(5/2)x"; the number alone where there are no letters."""
    if not letters:
        return _written(coefficient)
    if coefficient in (1, -1):
        return ("-" if coefficient < 0 else "") + letters
    written = _written(coefficient)
    return f"({written}){letters}" if "/" in written else written + letters


def joined(*parts: tuple[int | Fraction, str]) -> str:
    """A sum of terms, those with the coefficient 0 left out: "3x - 5" for (3, "x"), (-5, "")."""
    text = ""
    for coefficient, letters in parts:
        if coefficient:
            sign = " - " if coefficient < 0 else " + "
            size = -coefficient if coefficient < 0 else coefficient
            text += sign + term(size, letters) if text else term(coefficient, letters)
    return text or "0"


def text(terms: Terms, letters: str = "x") -> str:
    """A polynomial in falling powers: "3x² - 5x + 7"."""
    ordered = sorted(terms.items(), reverse=True)
    return joined(*((coefficient, literal(exponents, letters)) for exponents, coefficient in ordered))


def literal(exponents: tuple[int, ...], letters: str = "x") -> str:
    """The letters of a term: "x²y" for (2, 1)."""
    return "".join(power(letter, exponent) for letter, exponent in zip(letters, exponents, strict=True) if exponent)


def bracketed(value: int | Fraction) -> str:
    """A number inside an expression, in brackets where it has a sign: "(-3)", "7"."""
    return f"({_written(value)})" if value < 0 else _written(value)


def _written(value: int | Fraction) -> str:
    """A whole number with its thousands apart, or a fraction in lowest terms."""
    return number(int(value)) if value == int(value) else fraction(value)


def plus(sheet: Sheet, a: int, b: int) -> int:
    """`a + b`: without a line where it is done in the head, else worked."""
    if not _in_head_sum(a, b, sheet.grade):
        return integers.add(sheet, a, b)
    wrong = (a - b,) if a and b else ()
    value: int = sheet.pick(a + b, *wrong, kind="sign")
    return sheet.pick(value, value + 1, value - 1, kind="table")


def minus(sheet: Sheet, a: int, b: int) -> int:
    """`a - b`: without a line where it is done in the head, else worked."""
    if not _in_head_sum(a, -b, sheet.grade):
        return integers.subtract(sheet, a, b)
    value: int = sheet.pick(a - b, *((a + b,) if b else ()), kind="sign")
    return sheet.pick(value, value + 1, value - 1, kind="table")


def times(sheet: Sheet, a: int, b: int) -> int:
    """`a × b`: without a line where it is done in the head, else worked."""
    if not in_head("×", abs(a), abs(b), sheet.grade):
        return integers.multiply(sheet, a, b)
    size, _ = sheet.inline("×", abs(a), abs(b))
    sign = -1 if (a < 0) != (b < 0) else 1
    return size * (sheet.pick(sign, -sign, kind="sign") if a < 0 or b < 0 else sign)


def over(sheet: Sheet, a: int, b: int) -> Fraction:
    """`a : b` as a fraction in lowest terms, without a line."""
    if b == 0:
        raise Absurd
    value = Fraction(a, b)
    if value.denominator == 1 and not in_head(":", abs(a), abs(b), sheet.grade):
        return Fraction(integers.divide(sheet, a, b))
    return sheet.pick(value, -value, kind="sign") if value and (a < 0 or b < 0) else value


def whole(value: Fraction | int) -> int:
    """The value as a whole number; a run with a slip that leads to none is given up."""
    if Fraction(value).denominator != 1:
        raise Absurd
    return int(value)


def _in_head_sum(a: int, b: int, grade: int) -> bool:
    if (a < 0) == (b < 0):
        return in_head("+", abs(a), abs(b), grade)
    return in_head("-", max(abs(a), abs(b)), min(abs(a), abs(b)), grade)
