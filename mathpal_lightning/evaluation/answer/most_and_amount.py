"""A name with an amount: `3B` and `23 quyển`, where it is asked which is the most, or more, and by how much or how many."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.mentioned_values import mentions
from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.question.things import WHICH_AND_HOW_MUCH
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.words.superlatives import ASKED, MAX_LINES, NAME, named_as, size_of
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW
from mathpal_lightning.schema import Answer

_NUMBERED = r"(?i:đội|tổ|nhóm|túi|hộp|bao|thùng|kho|bể|xe|cửa hàng|lớp|sợi dây|thanh)(?: thứ)? (?i:nhất|một|hai|ba|tư)(?!\w)"
_SIZE = rf"(?P<size>{'|'.join(LOW + HIGH)})"
_GREATER_ASKED = re.compile(rf"(?i)(?<!\w)(?:ai|nào)(?: [^\W\d_]+){{0,4}}? {_SIZE}(?: [^\W\d_]+){{0,3}}? hơn(?!\w)")
_NAME_AND_AMOUNT = re.compile(
    rf"(?i)(?:đáp (?:số|án):? ?)?(?:là )?(?:lớp |bạn )?(?P<name>{_NUMBERED}|{NAME.pattern})(?:[;,:]| và)"
    rf"(?: (?:{_SIZE} )?(?P<way>hơn|kém))?(?: là)? (?=\d)"
)


def most_and_by_how_much(solution: Solution) -> Answer | None:
    """`3B` and `23 quyển`, where `Lớp nào nhiều nhất? Lớp đó hơn lớp ít nhất bao nhiêu quyển?` is asked."""
    if asks_in_parts(solution.question) or not solution.lines or not WHICH_AND_HOW_MUCH.search(solution.asked):
        return None
    text, last = "\n".join(solution.lines[-MAX_LINES:]), solution.lines[-1]
    problem = f"{solution.stem} {solution.question}"
    names = {name.lower(): name for name in (*NAME.findall(problem), *re.findall(_NUMBERED, problem))}
    for head in " ".join(_ASKED_HEAD.findall(solution.asked)).lower().split():
        names.pop(head, None)
    if is_unsure(text) or takes_back(text) or _OF_NONE.search(text) or not names or len(_HOW_MANY.findall(solution.asked)) > 1:
        return None
    most = [size_of(one["how"].lower()) for one in ASKED.finditer(solution.asked)]
    more = [one["size"].lower() for one in _GREATER_ASKED.finditer(solution.asked)]
    if len(most) + len(more) != 1:
        return None
    said = _NAME_AND_AMOUNT.match(last)
    told = named_as(text, most[0], names) if most else _greater(text, more[0], names)
    if said and said["way"]:
        told = told | ({said["name"].lower()} if most or _is_as_asked(said, more[0]) else {""})
    who = {said["name"].lower()} if said else told
    amount = solution.read(last[said.end() :].strip(" .")) if said else closing_value(solution, last)
    amount = amount or next((mention.answer for mention in reversed(mentions(solution, last))), None)
    if len(who) != 1 or told - who or not who <= names.keys() or amount is None or amount.kind not in _AMOUNTS:
        return None
    return Answer("multi", parts=(Answer("text", names[who.pop()]), amount), ordered=True)


_ASKED_HEAD = re.compile(r"(?<!\w)((?:[^\W\d_]+ ){1,3})nào(?!\w)")
"""`Băng giấy` of `Băng giấy nào dài hơn`, `thùng` of `Hỏi thùng nào nặng hơn`: no names."""
_OF_NONE = re.compile(r"(?i)(?<!\w)(?:không|chưa|chẳng)(?: [^\W\d_]+){0,5}? (?:hơn|kém|nhất)(?!\w)|(?:hơn|kém) nhau")
"""`Hoa không nhiều hơn Mai`, `hai bạn hơn nhau`: nobody is named."""
_HOW_MANY = re.compile(r"(?i)(?<!\w)(?:bao nhiêu|mấy)(?!\w)")
_AMOUNTS = ("quantity", "number", "compound_quantity", "fraction")


def _greater(text: str, asked: str, names: Iterable[str]) -> set[str]:
    """The names, in small letters, that a text calls greater: Lan of `Lan có nhiều bi hơn Hoa`, of `Hoa ít hơn Lan`."""
    every = set(names)
    name = "|".join(map(re.escape, sorted(every, key=len, reverse=True)))
    said = re.compile(
        rf"(?i)(?<!\w)(?P<name>{name})(?: [^\W\d_]+){{0,4}}?(?: {_SIZE}(?: [^\W\d_]+){{0,3}}?)? (?P<way>hơn|kém)(?!\w)"
        rf"(?: (?:so với )?(?:bạn |lớp )?(?P<other>{name})(?!\w))?"
    )
    told: set[str] = set()
    for match in said.finditer(text):
        one = match["name"].lower()
        rest = every - {one}
        other = match["other"].lower() if match["other"] else next(iter(rest)) if len(rest) == 1 else ""
        told.add(one if _is_as_asked(match, asked) else other)
    return told


def _is_as_asked(said: re.Match[str], asked: str) -> bool:
    """Whether `nặng hơn`, `hơn`, `kém` go the way that is asked for: `nhẹ hơn`."""
    goes_down = ((said["size"] or "").lower() in LOW) is not (said["way"].lower() == "kém")
    return goes_down is (asked in LOW)
