"""The unit that a blank asks for: `cm` of `Chiếc bút chì dài 15 cm`, where `Chiếc bút chì dài 15 …` is to be filled."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import OFFERED, is_sure
from mathpal_lightning.evaluation.mathematics.units import MEASURE, unit_name
from mathpal_lightning.evaluation.question.options import option_texts
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

MAX_BLANKS = 8
_ASKS = re.compile(
    r"(?i)(?<!\w)(?:điền|chọn|viết|thêm)(?!\w)[^.?\n]{0,60}?"
    rf"(?:(?<!\w)đơn vị(?!\w)|(?<!\w)(?:{MEASURE})(?:(?:, ?| hoặc | hay | và )(?:{MEASURE}))+)"
)
_BLANK = re.compile(r"(?P<number>(?<![\w.,/])\d[\d.,/]*) ?(?:\.{2,}|…|_{2,}|\(\.*\))(?! ?(?:[=<>]|\d))")
_UNIT = re.compile(rf"(?i)(?P<unit>{MEASURE})[ .;]*")
_SPELLED = re.compile(r" ?\([^()\d]*\)")
"""`g (gam)`."""
_HEADING = re.compile(
    r"(?i)^(?:\W|đáp (?:số|án)|trả lời|đơn vị(?: đo)?(?: cần điền| thích hợp)?|điền|chọn|là|ta|được|cần|vậy|[:“\"'])+ ?"
)


def unit_filled(solution: Solution) -> Answer | None:
    """The unit of each blank behind a number, by its canonical name; None where one has none, or where one is in doubt."""
    if not _ASKS.search(solution.question) or option_texts(solution.question) or asks_in_parts(solution.question):
        return None
    blanks = list(_BLANK.finditer(solution.asked)) or list(_BLANK.finditer(solution.question))
    if not 1 <= len(blanks) <= MAX_BLANKS or not solution.lines:
        return None
    if not all(map(is_sure, solution.lines)) or OFFERED.search(solution.lines[-1]):
        return None
    said = _SPELLED.sub("", "\n".join(solution.lines))
    alone = [_UNIT.fullmatch(_HEADING.sub("", piece)) for piece in re.split(r"[;,–\n]| và ", said)]
    units = [unit["unit"] for unit in alone if unit]
    if not len(units) == len(alone) == len(blanks):
        units = [unit for blank in blanks for unit in _behind(blank["number"], solution.text)]
    found = [Answer("text", unit_name(unit.lower())) for unit in units]
    return (multi(found, ordered=True) if len(found) > 1 else found[0]) if len(found) == len(blanks) else None


def _behind(number: str, text: str) -> list[str]:
    """The one unit that is written behind a number."""
    written = {unit.lower() for unit in re.findall(rf"(?i)(?<![\w.,/]){re.escape(number)} ?\(?({MEASURE})", text)}
    return list(written) if len(written) == 1 else []
