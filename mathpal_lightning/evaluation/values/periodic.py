"""Solutions that repeat: `x = π/6 + k2π hoặc x = 5π/6 + k2π`, `x = ± 30° + k360°`, compared as sets of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import mpmath

from mathpal_lightning.evaluation.mathematics.algebra import constant

MAX_TURNS = 24
"""The largest multiple of the longest period that is tried as the common period."""
_K = re.compile(r"(?<![^\W\d_π])[kn](?![^\W\d_π])")
_NEAR = mpmath.mpf(10) ** -9


class _Family(NamedTuple):
    """All numbers `first + k × period`, k a whole number."""

    first: mpmath.mpf
    period: mpmath.mpf


def same_periodic(left: Sequence[str], right: Sequence[str]) -> bool | None:
    """Whether two lists of families are the same set of numbers; None where a text is no family.

    >>> same_periodic(["2π/3 + k2π", "-2π/3 + k2π"], ["2π/3 + k2π", "4π/3 + k2π"])
    True
    """
    families = [_family(text) for text in chain(left, right)]
    known = [family for family in families if family is not None]
    if not left or not right or len(known) < len(families):
        return None
    period = _common([family.period for family in known])
    if period is None:
        return None
    first, second = (_within(period, side) for side in (known[: len(left)], known[len(left) :]))
    return all(_holds(second, value, period) for value in first) and all(_holds(first, value, period) for value in second)


def _family(text: str) -> _Family | None:
    """`x = π/6 + k2π`; degrees are written in multiples of π."""
    formula = text.rpartition("=")[2].strip()
    if len(_K.findall(formula)) != 1:
        return None
    scale = mpmath.pi / 180 if "°" in formula else mpmath.mpf(1)
    first, next_one = (constant(_K.sub(turn, formula.replace("°", ""))) for turn in ("(0)", "(1)"))
    if first is None or next_one is None or abs(next_one - first) < _NEAR:
        return None
    return _Family(first * scale, abs(next_one - first) * scale)


def _common(periods: Sequence[mpmath.mpf]) -> mpmath.mpf | None:
    """The smallest common multiple of the periods, up to 24 times the largest."""
    for times in range(1, MAX_TURNS + 1):
        whole = times * max(periods)
        if all(abs(whole / period - mpmath.nint(whole / period)) < _NEAR for period in periods):
            return whole
    return None


def _within(period: mpmath.mpf, families: Sequence[_Family]) -> list[mpmath.mpf]:
    """The numbers of all families from zero up to the period."""
    return [
        mpmath.fmod(family.first + turn * family.period, period)
        for family in families
        for turn in range(min(int(mpmath.nint(period / family.period)), 10 * MAX_TURNS))
    ]


def _holds(values: Sequence[mpmath.mpf], value: mpmath.mpf, period: mpmath.mpf) -> bool:
    gaps = (abs(value - other) for other in values)
    return any(min(mpmath.fmod(gap, period), period - mpmath.fmod(gap, period)) < _NEAR for gap in gaps)
