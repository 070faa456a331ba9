"""A name with an amount: `3B` and `23 quyển`, where it is asked which is the most and by how much."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.mentioned_values import mentions
from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.words.superlatives import ASKED, MAX_LINES, NAME, named_as, size_of
from mathpal_lightning.schema import Answer

_BY_HOW_MUCH = re.compile(r"(?i) nhất\? [^?]{0,80}(?:hơn|kém)[^?]{0,60}(?:bao nhiêu|mấy)[^?]*\?")
_NAME_AND_AMOUNT = re.compile(
    rf"(?i)(?:đáp (?:số|án):? ?)?(?:là )?(?:lớp |bạn )?(?P<name>{NAME.pattern})(?:[;,]| và)"
    r"(?: (?:nhiều |ít )?(?:hơn|kém))? (?=\d)"
)


def most_and_by_how_much(solution: Solution) -> Answer | None:
    """`3B` and `23 quyển`, where `Lớp nào nhiều nhất? Lớp đó hơn lớp ít nhất bao nhiêu quyển?` is asked."""
    asked = [size_of(one["how"].lower()) for one in ASKED.finditer(solution.asked)]
    if len(asked) != 1 or asks_in_parts(solution.question) or not solution.lines or not _BY_HOW_MUCH.search(solution.asked):
        return None
    text, last = "\n".join(solution.lines[-MAX_LINES:]), solution.lines[-1]
    if is_unsure(text) or takes_back(text):
        return None
    names = {name.lower(): name for name in NAME.findall(f"{solution.stem} {solution.question}")}
    said = _NAME_AND_AMOUNT.match(last)
    told = named_as(text, asked[0], names) if names else set()
    who = {said["name"].lower()} if said else told
    amount = solution.read(last[said.end() :].strip(" .")) if said else closing_value(solution, last)
    amount = amount or next((mention.answer for mention in reversed(mentions(solution, last))), None)
    if len(who) != 1 or told - who or not who <= names.keys() or amount is None or amount.kind not in _AMOUNTS:
        return None
    return Answer("multi", parts=(Answer("text", names[who.pop()]), amount), ordered=True)


_AMOUNTS = ("quantity", "number", "compound_quantity", "fraction")
