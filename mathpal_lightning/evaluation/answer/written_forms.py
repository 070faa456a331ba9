"""Numbers in forms of their own, at the end of a line: a century, a power of ten."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.values.reading import answer_of, read_answer
from mathpal_lightning.schema import Answer

_CENTURY = re.compile(r"(?i)thế k[ỉỷ] (?:thứ )?(?:(?-i:[IVX]+)|\d{1,2}|(?:mười|hai mươi)(?: [^\W\d_]{2,4})?)(?=\W*$)")
_POWER_OF_TEN = re.compile(
    rf"(?<![\d.,+×*:/-])(?<![+×*:/-] )(?:- ?)?\d{{1,3}}(?:,\d+)? ?× ?10\^(?:\d{{1,3}}|\(- ?\d{{1,3}}\))"
    rf"(?: (?i:{MEASURE}))?(?=\W*$)"
)


def century(solution: Solution, line: str) -> Answer | None:
    """`Năm 938 thuộc thế kỉ X` where a century is asked for."""
    found = _CENTURY.search(line)
    return read_answer(found[0]) if found and re.search(r"(?i)thế k[ỉỷ]", solution.question) else None


def scientific(line: str) -> Answer | None:
    """`1,5 × 10^8 km` at the end of a line."""
    found = _POWER_OF_TEN.search(line)
    read = read_expression(found[0]) if found else None
    return answer_of(read) if read else None
