"""A value that a line tells in two forms -> the one form that is asked for."""

from __future__ import annotations

import re

import mpmath

from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import read_value

_TWICE = re.compile(
    r"(?P<one>(?<![\w.,/-])-?\d[\d.,/ ]*(?: ?(?:[^\W\d_]{1,6}\^?[23]?|%))?)"
    r"(?:,? \(?(?P<word>hay|hoặc|tức(?: là)?) | \((?:= ?)?)"
    r"(?P<two>-?\d[^=;()]{0,20}?)(?=[^\w%°²³]*$)"
)


def said_once(line: str, question: str) -> str:
    """`90 cm hay 0,9 m` as `0,9 m`, where metres are asked for: both are one value."""
    twice = _TWICE.search(line)
    if twice is None or not twice["word"] and "=" not in line[: twice.start()]:
        return _IN_THOUSANDS.sub(lambda both: both["one"] if _same(both["one"], both["two"]) else both[0], line)
    first, second = _quantities(twice["one"], twice["two"])
    if (
        not isinstance(first, Quantity)
        or not isinstance(second, Quantity)
        or not (first.same(second) or _in_thousands(first, second))
    ):
        return line
    as_percent = second.unit == "%" and re.search(r"(?i)phần trăm|%", question) is not None
    as_asked = second.unit == read_task(question).unit and not second.pieces
    asked = as_percent or as_asked and (second.unit != first.unit or "(" not in twice[0])
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


_VALUE = r"-?\d[\d,./]*(?: \d+/\d+)?(?: ?[^\W\d_]{1,6}(?:\^[23])?)?"
_IN_THOUSANDS = re.compile(rf"(?<=[=: ])(?P<one>{_VALUE}) ?= ?(?P<two>-?\d[\d,/.]* ?k[A-Z])(?=[. ]*$)")
"""`= 2160 J = 2,16 kJ`."""
_IN_TWO_FORMS = re.compile(rf"= ?(?P<one>{_VALUE}) ?(?P<two>= ?{_VALUE})(?=[,;] | và |[. ]*$)")


def each_once(line: str) -> str:
    """`BC = 10 cm, AH = 24/5 cm = 4,8 cm` as `BC = 10 cm, AH = 4,8 cm`: of several named values each once."""
    if not re.search(r"=[^=]{1,80}(?:[,;] | và )[^=]{1,40}=", line):
        return line
    return _IN_TWO_FORMS.sub(lambda both: both["two"] if _same(both["one"], both["two"].strip("= ")) else both[0], line)


def _same(one: str, two: str) -> bool:
    first, second = _quantities(one, two)
    return isinstance(first, Quantity) and isinstance(second, Quantity) and (first.same(second) or _in_thousands(first, second))


def _in_thousands(first: Quantity, second: Quantity) -> bool:
    """`2160 J` and `2,16 kJ`."""
    return second.unit == f"k{first.unit}" and first.value == 1000 * second.value


def _quantities(*texts: str) -> list[object]:
    return [found[0].meaning if found and not found[1].strip() else None for found in map(read_value, texts)]
