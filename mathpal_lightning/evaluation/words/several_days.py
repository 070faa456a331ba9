"""The day of each of several dates: `Ngày mai là thứ Năm, hôm qua là thứ Ba`, where `thứ mấy` is asked more than once."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.schema import Answer

_ASKED = re.compile(r"(?i)(?P<when>[^.?!\n]{2,80}?)(?: (?:rơi )?(?:là|vào)(?: ngày)?)? thứ mấy")
_DAY = r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)(?!\w)"
_LEAD = re.compile(r"(?i)^[\W_]*(?:(?:hỏi|thì|và|còn|vậy|nếu|ngày|hôm|thế)(?!\w)[ ,:]*)+")
_CLAUSE = re.compile(r"(?i)[.;,\n]| (?:và|còn|thì|nên) |[⇒→]")


def several_days(solution: Solution) -> Answer | None:
    """One day for each date that is asked about, by its name or, where none is named, in the order of the question."""
    if solution.asked.lower().count("thứ mấy") < 2:
        return None
    asked = [_name(match["when"]) for match in _ASKED.finditer(solution.asked)]
    if len(asked) < 2 or not all(asked) or len(set(asked)) < len(asked) or asks_in_parts(solution.question):
        return None
    text = "\n".join(solution.lines).lower()
    if is_unsure(text) or takes_back(text):
        return None
    told = [_said_of(when, text) for when in asked]
    if not any(told) and re.fullmatch(rf"[\W_]*{_DAY}(?:(?:[\W_]| và )+{_DAY}){{{len(asked) - 1}}}[\W_]*", text):
        told = [{day} for day in re.findall(_DAY, text)]
    if not all(len(days) == 1 for days in told):
        return None
    read = [(when, read_answer(days.pop())) for when, days in zip(asked, told, strict=True)]
    parts = [Answer("text", answer.text, label=when) for when, answer in read if answer]
    return Answer("multi", parts=tuple(parts), ordered=True) if len(parts) == len(asked) else None


def _name(when: str) -> str:
    """`mai` of `Hỏi ngày mai`, `7 tháng 9` of `ngày 7 tháng 9`: what tells a date from others."""
    return _LEAD.sub("", _CLAUSE.split(when.strip())[-1].lower()).strip()


def _said_of(when: str, text: str) -> set[str]:
    """The days that the clauses of a text give to a date."""
    named = re.compile(rf"(?<!\w){re.escape(when)}(?!\w)(?: [^\W\d_]+){{0,3}}?(?: là)?:? (?P<day>{_DAY})[\W_]*$")
    return {match["day"] for clause in _CLAUSE.split(text) if (match := named.search(clause.strip()))}
