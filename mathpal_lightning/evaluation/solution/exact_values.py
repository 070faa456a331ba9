"""An exact value with its rounded one behind it, `P = 5/36 ≈ 0,139` -> the exact one alone."""

from __future__ import annotations

import re

import mpmath

from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.values.reading import read_value
from mathpal_lightning.text import plain_text

_UNIT = rf"(?:\\?%|(?:\\(?:text|mathrm)\{{[^{{}}]{{1,12}}\}}|(?i:{MEASURE}))(?:\^[23])?(?![^\W_]))"
_ABOUT = rf"-?\d[\d .]{{0,15}}(?:\{{?,\}}?\d+)?(?:(?:[ $*]{{1,3}}|\\[ ,;])?{_UNIT})?"
_ROUNDED = re.compile(
    rf"[ *$]{{0,4}}(?:\((?:≈|\\approx|khoảng|xấp xỉ) ?(?P<aside>{_ABOUT})\)"
    rf"|(?:≈|\\approx)[ $*]{{0,3}}(?P<about>{_ABOUT})(?=[\s$*|,;.}})]|\\\]|$))"
)
MAX_EXACT = 80
"""Characters of an exact value."""
MAX_ROUNDED = 30
"""Rounded values of a text that are looked at."""


def with_exact_values(text: str, question: str) -> str:
    """The text without the rounded values behind exact ones, where each is the exact one, rounded, and none is asked for."""
    task = read_task(plain_text(question))
    if task.rounds or task.digits is not None:
        return text
    raised = text.replace("²", "^2").replace("³", "^3")
    exact = _ROUNDED.sub(_exact, raised, count=MAX_ROUNDED)
    return exact if exact != raised else text


def _exact(rounded: re.Match[str]) -> str:
    before = rounded.string[max(0, rounded.start() - MAX_EXACT) : rounded.start()]
    exact, about = _plain(re.split(r"[=≈\n]", before)[-1]), _plain(rounded["aside"] or rounded["about"])
    if not _rounds_to(exact, about):
        return rounded[0]
    unit = re.search(r"[^\W\d_]+(?:\^[23])?(?:/[^\W\d_]+)?$", about)
    return f" {unit[0]}" if unit and not re.search(r"[^\W\d_π](?:\^[23])?$", exact) else ""


def _plain(text: str) -> str:
    return plain_text(re.sub(r"^.*[|:]", "", text).replace("\\boxed{", "")).strip(" $*")


def _rounds_to(exact: str, about: str) -> bool:
    """Whether one value, rounded to the digits of the other, is the other; units may be written behind one of them."""
    read, rounded = read_value(exact), read_value(about)
    if rounded is None or not isinstance(short := rounded[0].meaning, Quantity) or rounded[1].strip() or short.decimals < 0:
        return False
    known = read[0].meaning if read and not read[1].strip() else None
    if isinstance(known, Quantity):
        value = mpmath.mpf(known.value.numerator) / known.value.denominator
        if known.measure and short.measure and known.unit != short.unit:
            if known.measure.dimension != short.measure.dimension:
                return False
            ratio = known.measure.factor / short.measure.factor
            value = value * ratio.numerator / ratio.denominator
    else:
        formula = read_expression(exact)
        number = constant(formula.written) if formula else None
        if number is None:
            return False
        value = number
    about_value = mpmath.mpf(short.value.numerator) / short.value.denominator
    return bool(abs(value - about_value) <= mpmath.mpf(10) ** -short.decimals * 0.51)
