"""The sets that a question wants by their names: `A = {1; 2}`, `B = {2; 3}`, `A ∩ B = {2}`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_SET = r"[A-Z](?![\w'])(?: ?[∩∪\\] ?[A-Z](?![\w']))?"
_OF_SETS = re.compile(r"(?i:tập hợp|phần tử)|[∩∪{]")
_ASKED = re.compile(r"(?i:(?<!\w)(?:viết|tìm|xác định|liệt kê|tính)(?!\w))[^.?\n]*")
_SAID = re.compile(
    rf"(?<![\w∩∪\\])(?<![∩∪\\] )(?P<name>{_SET}) ?= ?(?P<described>\{{[^{{}}]*\|[^{{}}]*\}} ?= ?)?"
    r"(?P<set>\{[^{}]*\}|∅|-?\d[\d,/]*(?=[ .;]*(?:$|\n)))"
)


def named_sets(solution: Solution) -> Answer | None:
    """The last value of each set, in the question's order; None where one is not given.

    Of one set alone only what stands behind its description: `A = {x ∈ N | x < 3} = {0; 1; 2}`.
    """
    if not _OF_SETS.search(solution.asked):
        return None
    asked = dict.fromkeys(
        without_spaces(name) for asking in _ASKED.findall(solution.asked) for name in re.findall(_SET, asking)
    )
    told = {without_spaces(one["name"]): one for one in _SAID.finditer(solution.text)}
    said = {name: solution.read(one["set"]) for name, one in told.items()}
    only = told.get(next(iter(asked))) if len(asked) == 1 else None
    if only is not None and only["described"]:
        return solution.read(only["set"])
    found = [replace(value, label=_spoken(name)) for name in asked if (value := said.get(name)) is not None]
    return Answer("multi", parts=tuple(found), ordered=True) if 1 < len(found) == len(asked) else None


def _spoken(name: str) -> str:
    """`A giao B`: names are compared by their words."""
    for sign, word in (("∩", " giao "), ("∪", " hợp "), ("\\", " trừ ")):
        name = name.replace(sign, word)
    return name
