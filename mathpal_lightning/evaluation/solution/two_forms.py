"""A value that a line tells in two forms -> the one form that is asked for."""

from __future__ import annotations

import re

import mpmath

from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import read_value

_TWICE = re.compile(
    r"(?P<one>(?<![\w.,/-])-?\d[\d.,/ ]*(?: ?(?:[^\W\d_]{1,6}\^?[23]?|%))?),? \(?(?:hay|hoặc|tức(?: là)?)"
    r" (?P<two>-?\d[^=;()]{0,20}?)(?=[^\w%°²³]*$)"
)


def said_once(line: str, question: str) -> str:
    """`90 cm hay 0,9 m` as `0,9 m`, where metres are asked for: both are one value."""
    twice = _TWICE.search(line)
    if twice is None:
        return line
    first, second = (
        found[0].meaning if found and not found[1].strip() else None
        for found in (read_value(twice["one"]), read_value(twice["two"]))
    )
    if not isinstance(first, Quantity) or not isinstance(second, Quantity) or not first.same(second):
        return line
    as_percent = second.unit == "%" and re.search(r"(?i)phần trăm|%", question) is not None
    asked = as_percent or second.unit == read_task(question).unit and (second.unit != first.unit or "(" not in twice[0])
    return line[: twice.start("one")] + (twice["two"] if asked else twice["one"])


_ANGLE_TWICE = re.compile(
    r"(?P<radians>\d*π(?:/\d+)?) ?(?:\(?(?:hay|tức(?: là)?|=)|\() ?(?P<degrees>\d+(?:,\d+)?)(?: độ|°)\)?(?=\W*$)"
)


def in_degrees(line: str) -> str:
    """`π/4 (tức 45°)` as `45°`."""
    twice = _ANGLE_TWICE.search(line)
    turn = constant(twice["radians"]) if twice else None
    same = twice and turn is not None and abs(turn * 180 / mpmath.pi - mpmath.mpf(twice["degrees"].replace(",", "."))) < 0.01
    return f"{line[: twice.start()]}{twice['degrees']}°" if twice and same else line
