"""What a pupil of a grade calculates in the head; everything else is worked on paper.

grade 1: sums to 10. Grade 2: sums to 20, the tables of 2 and 5. Grade 3: all tables, two digits and one digit. From grade 6:
products to 100. In every grade: tens and ones put together, noughts at the end, times or by 1. From grade 4: times and by 10,
100, 1000; by 0,1 and 0,01 too, which only move the comma.

Older pupils also calculate 62 - 38 in the head. A small model does not: it slipped there in half of all its wrong solutions, so
sums and differences of two digits are worked on paper in every grade.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from mathpal_lightning.curriculum.writing import decimal_places

_ALL_TABLES, _POWERS_OF_TEN, _HUNDRED = 3, 4, 6
"""The grades from which all tables; times and by 10, 100, 1000; and sums and products to 100 are done in the head."""


@lru_cache(8192)
def in_head(sign: str, a: int | Fraction, b: int | Fraction, grade: int) -> bool:
    """Whether a pupil of this grade needs no paper for `a sign b`, both not negative, with a finite decimal result.

    >>> in_head("+", 7, 8, 2), in_head("+", 57, 38, 3), in_head("×", 7, 80, 3), in_head(":", 282, 6, 4)
    (True, False, True, False)
    """
    if grade >= _POWERS_OF_TEN and sign in "×:" and b > 1 and set(str(b)[1:]) == {"0"} and str(b)[0] == "1":
        return True
    a, b = as_wholes(sign, a, b)
    if sign == "+":
        return _sum_in_head(a, b, grade)
    if sign == "-":
        return _difference_in_head(a, b, grade)
    if sign == "×":
        return _product_in_head(stripped(a), stripped(b), grade)
    if b and stripped(b) == 1 and grade >= _POWERS_OF_TEN:
        return True
    if b == 0 or a % b:
        return False
    quotient = stripped(a // b)
    return _product_in_head(quotient, stripped(b), grade)


def as_wholes(sign: str, a: int | Fraction, b: int | Fraction) -> tuple[int, int]:
    """Both numbers without their commas: times with each its own places, else with the places of the longer one."""
    if type(a) is int and type(b) is int:
        return a, b
    first, second = decimal_places(a) or 0, decimal_places(b) or 0
    if sign != "×":
        first = second = max(first, second)
    return int(a * 10**first), int(b * 10**second)


def stripped(value: int) -> int:
    """Without the noughts at its end: 4 for 400."""
    while value and value % 10 == 0:
        value //= 10
    return value


def common_noughts(a: int, b: int) -> int:
    """The power of ten that both numbers end in: 100 for 12 800 and 7 000."""
    power = 1
    while (a or b) and a % (power * 10) == 0 and b % (power * 10) == 0:
        power *= 10
    return power


def _sum_in_head(a: int, b: int, grade: int) -> bool:
    noughts = common_noughts(a, b)
    a, b = a // noughts, b // noughts
    limit = 10 if grade == 1 else 20
    if a + b <= limit:
        return True
    if grade >= _ALL_TABLES and max(a, b) < 100 and min(a, b) < 10:
        return True
    return all("0" in column for column in _aligned(a, b))


def _difference_in_head(a: int, b: int, grade: int) -> bool:
    noughts = common_noughts(a, b)
    a, b = a // noughts, b // noughts
    limit = 10 if grade == 1 else 20
    if a <= limit or (grade >= _ALL_TABLES and a < 100 and b < 10):
        return True
    if grade >= _ALL_TABLES and a < 100 and a // 10 == b // 10:
        return True
    return all(taken in ("0", digit) for digit, taken in _aligned(a, b))


def _product_in_head(a: int, b: int, grade: int) -> bool:
    """Both without the noughts at their end."""
    if a <= 1 or b <= 1:
        return True
    if grade < _ALL_TABLES:
        return max(a, b) <= 10 and (2 in (a, b) or 5 in (a, b))
    return max(a, b) <= 10 or (grade >= _HUNDRED and a * b <= 100)


def _aligned(a: int, b: int) -> list[tuple[str, str]]:
    first, second = str(a), str(b)
    width = max(len(first), len(second))
    return list(zip(first.zfill(width), second.zfill(width), strict=True))
