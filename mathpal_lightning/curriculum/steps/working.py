"""A calculation that is not done in the head, as it is written down: its lines, and the value that they lead to."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from mathpal_lightning.curriculum.steps import columns, division
from mathpal_lightning.curriculum.steps.columns import Column
from mathpal_lightning.curriculum.steps.mental import as_wholes, common_noughts, in_head
from mathpal_lightning.curriculum.steps.slips import Slip, Value, from_head, quotient, simplest
from mathpal_lightning.curriculum.writing import decimal_places, fixed, number

_DECIMALS = 5
"""The grade from which quotients have commas."""
_REMEMBERED = 8192
"""Calculations kept: the runs of one solution share most of their steps."""


@lru_cache(_REMEMBERED)
def calculation(
    sign: str, a: Value, b: Value, grade: int, kind: str, nth: int, *, strict: bool
) -> tuple[tuple[str, ...], Value] | None:
    """One calculation as it is written down.

    Args:
        sign: + - × or ":".
        a: the first number.
        b: the second number.
        grade: the grade that writes it.
        kind: the slip that happens inside of it; empty for none.
        nth: which of the slip's places it is.
        strict: refuse a quotient that does not end; a wrong run writes it without what remains.

    Returns:
        The lines of its working, the line with its result, and the value that they lead to; None where it cannot be done.
    """
    ends = sign != ":" or (b != 0 and decimal_places(quotient(a, b)) is not None)
    if sign == "-" and a < b or not ends and (strict or b == 0):
        return None
    slip = Slip(0, kind, nth) if kind else None
    written = f"{number(a)} {sign} {number(b)}"
    if in_head(sign, a, b, grade):
        value = from_head(sign, a, b, slip)
        return (f"{written} = {number(value)}",), value
    lines, value = _worked(sign, a, b, grade, kind, nth, without_rest=not strict and grade < _DECIMALS)  # a wrong dividend
    return (f"{written} = ?", *lines, f"{written} = {number(value)}"), value


def _worked(sign: str, a: Value, b: Value, grade: int, kind: str, nth: int, *, without_rest: bool) -> tuple[list[str], Value]:
    """The lines of the working, and the value that they lead to; with `without_rest` no quotient has a comma."""
    whole_a, whole_b = as_wholes(sign, a, b)
    places_a, places_b = decimal_places(a) or 0, decimal_places(b) or 0
    places = max(places_a, places_b)
    if sign == ":":
        return _division(a, b, (whole_a, whole_b), places, grade, kind, nth, without_rest=without_rest)
    lines = []
    if sign == "×":
        places = places_a + places_b
        if places:
            lines.append(f"{number(whole_a)} × {number(whole_b)} = ?")
        work = columns.multiply(whole_a, whole_b, grade, kind, nth)
    else:
        if places_a != places_b:
            short = a if places_a < places else b
            lines.append(f"Viết {number(short)} thành {fixed(short, places)} rồi đặt các dấu phẩy thẳng cột.")
        noughts = 1 if places else common_noughts(whole_a, whole_b)
        work = (columns.add if sign == "+" else columns.subtract)(whole_a // noughts, whole_b // noughts, kind, nth)
        work = Column(work.lines, work.value * noughts)
    lines += work.lines
    if places and kind == "comma":
        places += 1 if nth % 2 else -1
    if places and sign == "×":
        lines.append(f"{number(whole_a)} × {number(whole_b)} = {number(work.value)}")
        lines.append(f"Tích có {places} chữ số ở phần thập phân.")
    return lines, _shifted(work.value, places)


def _division(
    a: Value, b: Value, wholes: tuple[int, int], places: int, grade: int, kind: str, nth: int, *, without_rest: bool
) -> tuple[list[str], Value]:
    lines, (whole_a, whole_b) = [], wholes
    if places and b != int(b):
        lines.append(f"{number(a)} : {number(b)} = {number(whole_a)} : {number(whole_b)}")
        places = 0
    elif places:
        whole_a, whole_b = int(a * 10**places), int(b)
    shared, tens = common_noughts(whole_a, whole_b), 1
    while whole_a % (shared * tens * 10) == 0 and whole_a // (shared * tens * 10) % (whole_b // shared) == 0:
        tens *= 10  # noughts that are only written behind the quotient
    behind = 0 if without_rest else decimal_places(quotient(whole_a, whole_b)) or 0
    work = division.divide(whole_a // shared // tens, whole_b // shared, grade, kind, nth, places=behind)
    lines += work.lines
    places += behind
    if places and kind == "comma":
        places += 1 if nth % 2 else -1
    if places > 0:
        lines.append(f"Thương có {places} chữ số ở phần thập phân.")
    return lines, _shifted(work.value * tens, places)


def _shifted(value: int, places: int) -> Value:
    """The value with its comma so many places further to the left."""
    return simplest(Fraction(value, 10**places)) if places > 0 else value * 10**-places
