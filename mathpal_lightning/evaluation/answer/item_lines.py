"""A line for each blank of a question: `1) 3 giờ = 180 phút ⇒ 180 + 20 = 200 phút` for `3 giờ 20 phút = ... phút`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_BLANK = re.compile(
    rf"(?:^|[;\n:,] ?)(?P<left>\d[^=;\n:]{{0,40}}?) ?= ?(?:\.{{2,}}|…|\?|_{{2,}}) ?\(?(?P<unit>(?i:{MEASURE}))(?!\w)"
)
_FIRST = re.compile(r"\d[\d,]*[^\W\d_]+(?:\^[23])?")


def item_lines(solution: Solution) -> Answer | None:
    """The value in which each of the last lines ends; each begins with the beginning of its blank, in the question's order."""
    asked = list(_BLANK.finditer(solution.question))
    lines = solution.lines[-len(asked) :] if len(asked) > 1 else []
    if not lines or len(lines) < len(asked) or not all(map(is_sure, lines)):
        return None
    found = [_result(solution, line, blank) for line, blank in zip(lines, asked, strict=True)]
    answers = [answer for answer in found if answer is not None]
    return multi(answers, ordered=True) if len(answers) == len(asked) else None


def _result(solution: Solution, line: str, blank: re.Match[str]) -> Answer | None:
    line = re.sub(r"^\(?[1-9a-h][.)] ?|^[-•+*] ", "", line)
    first = _FIRST.match(without_spaces(line))
    if first is None or not re.match(rf"{re.escape(first[0])}(?![^\W\d_])", without_spaces(blank["left"])):
        return None
    answer = closing_value(solution, line)
    value = answer.meaning if answer else None
    return answer if isinstance(value, Quantity) and value.measure == parse_unit(blank["unit"]) else None
