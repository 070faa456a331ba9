"""The month, class or team that is asked for, told in a sentence: `Tháng 3 bán được nhiều xe nhất`, `... là lớp 5A`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.language.doubt import OFFERED, is_unsure, supposes
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_HEADS = "tháng|quý|tuần|lớp|tổ|đội|nhóm|khối|kho"
_ASKED = re.compile(rf"(?i)(?<!\w)(?P<head>{_HEADS})(?: [^\W\d_]+)? nào(?!\w)")
_ASKS_MORE = re.compile(r"(?i)(?<!\w)(?:bao nhiêu|mấy|những|các|hai|ba)(?!\w)|(?<!\w)nào(?!\w).*(?<!\w)nào(?!\w)")
_TURNS = re.compile(r"(?i)(?<!\w)(?:không|chưa|chẳng|hơn|kém|còn|và|nhì|ngoài|trừ|sai)(?!\w)|[,;=<>]")
"""Words with which a sentence says more than who it was."""
_AT_END = re.compile(r"(?<=là )(?P<name>\d{1,2}[A-K]\d?)$")
"""`lớp trồng nhiều nhất là 3B`."""
_LINKS = set(comparison_key("là có được thì").split())


def numbered_name(solution: Solution) -> Answer | None:
    """The one month, class or team in the last sentence, where that sentence else repeats the question's own words."""
    asking = re.split(r"(?<=[.?!:])\s|\n", solution.asked.strip())[-1]
    asked = _ASKED.search(asking)
    if asked is None or _ASKS_MORE.search(asking) or not solution.lines:
        return None
    line = re.sub(r" ?\([^()]{1,30}\)(?=[. ]*$)", "", last_clause(solution.lines[-1])).strip(" .!")
    said = list(re.finditer(rf"(?i)(?<!\w){asked['head']} (?:thứ )?(?:\d{{1,2}}[a-k]?\d?|[A-E]|I{{1,3}})(?!\w)", line))
    if not said and (named := _AT_END.search(line)):
        said = [named]
    if len(said) != 1 or _TURNS.search(line) or OFFERED.search(line) or is_unsure(line) or supposes(line):
        return None
    before, behind = line[: said[0].start()].strip(), line[said[0].end() :].strip()
    known = set(comparison_key(asking).split()) | _LINKS
    tells = bool(before) != bool(behind) and (not before or re.search(r"(?<!\w)là$", before) is not None)
    return solution.read(said[0][0]) if tells and set(comparison_key(before + behind).split()) <= known else None
