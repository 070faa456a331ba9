"""A false equality -> what it should be, in Vietnamese: `20 + 7 = 22` is `20 + 7 = 27, không phải 22`."""

from __future__ import annotations

import re
from fractions import Fraction

from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate
from mathpal_lightning.evaluation.mathematics.units import parse_unit
from mathpal_lightning.evaluation.steps.by_hand import corrected_note
from mathpal_lightning.text.numbers import PLAIN_NUMBER

_DIVISION = re.compile(r"(\d{1,9}) ?: ?(\d{1,9})")
_WITH_UNIT = re.compile(rf"-?{PLAIN_NUMBER}( ?%| ?[^\W\d_][^\W\d_ ./]*(?:/[^\W\d_]+)?(?:\^?[23])?)")
_LETTER = re.compile(r"[^\W\d_]")
_HUNDRED = re.compile(r"100(?!%)")
"""Who multiplies by 100 before the % is written has done so already."""
_THOUSANDS = re.compile(r"\d([ .])\d{3}(?![\d,])")
_DECIMAL = re.compile(r"\d+,(\d+)")
_MOST_DIGITS = 12


def correction_of(failing: str) -> str:
    """`20 + 7 = 22` -> `20 + 7 = 27, không phải 22`, where the right value can be written; else only that it is wrong."""
    if note := corrected_note(failing):
        return note
    left, sign, right = (part.strip() for part in (*re.split(r"([=≈])", failing, maxsplit=1), "", "")[:3])
    division = _DIVISION.fullmatch(left)
    if division and right.isdigit() and int(division[2]) and int(division[1]) // int(division[2]) == int(right):
        return f"{left} = {right} dư {int(division[1]) % int(division[2])}"
    if about := _about(left, right):
        return about
    written = _value_like(right, left) if sign else ""
    return f"{left} {sign} {written}, không phải {right}" if written else f"{failing} là sai"


def _about(left: str, right: str) -> str:
    """What is said of a decimal whose value has no end: `10 : 3 = 3,33` wants the sign ≈, `2/3 = 0,66` is badly rounded."""
    value, places = evaluate(left), _DECIMAL.fullmatch(right)
    if value is None or places is None or (value.value * 10**7).denominator == 1:
        return ""
    half = Fraction(1, 2)
    near = Fraction(int(abs(value.value) * 10 ** len(places[1]) + half), 10 ** len(places[1]))
    rounded = f"{float(near):.{len(places[1])}f}".replace(".", ",")
    return f"{left} ≈ {rounded}: viết dấu ≈ thay cho dấu =" if rounded == right else f"{left} ≈ {rounded}, không phải {right}"


def _value_like(right: str, left: str) -> str:
    """The value of the left side, in the unit of the right side; empty where it cannot be written so.

    >>> _value_like("50 cm", "5 m"), _value_like("50%", "21 : 40"), _value_like("46 kg", "54 - 18")
    ('500 cm', '52,5%', '36 kg')
    """
    unit = match[1] if (match := _WITH_UNIT.fullmatch(right)) else ""
    is_share, is_measured = unit.strip() == "%", _LETTER.search(left.replace(" x ", " ")) is not None
    value, one = evaluate(left, is_measured), parse_unit(unit) if is_measured else None
    if value is None or is_measured and (one is None or one.dimension != value.dimension) or is_share and _HUNDRED.search(left):
        return ""
    written = _written(value.value / one.factor if one else value.value * 100 if is_share else value.value, left + right)
    return f"{written}{unit}" if written else ""


def _written(value: Fraction, like: str = "") -> str:
    """A number as a pupil writes it, `12,5`, `3/7` or, where `like` has its thousands apart, `65 000`; empty for a long one."""
    tenfold = next((places for places in range(7) if (value * 10**places).denominator == 1), None)
    if tenfold is None:
        text = f"{value.numerator}/{value.denominator}"
    elif apart := _THOUSANDS.search(like):
        text = f"{float(value):,.{tenfold}f}".translate(str.maketrans(",.", f"{apart[1]},"))
    else:
        text = f"{float(value):.{tenfold}f}".replace(".", ",")
    return text if len(text) <= _MOST_DIGITS else ""
