"""The sets that a question wants by their names: `A = {1; 2}`, `B = {2; 3}`, `A ∩ B = {2}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
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
    if len(asked) == 1 and _COUNT_TOO.search(solution.asked):
        return _with_its_count(solution, said)
    if only is not None and only["described"]:
        return solution.read(only["set"])
    found = [replace(value, label=_spoken(name)) for name in asked if (value := said.get(name)) is not None]
    return Answer("multi", parts=tuple(found), ordered=True) if 1 < len(found) == len(asked) else None


_COUNT_TOO = re.compile(r"(?i)(?:bao nhiêu|mấy) phần tử|số phần tử")
_COUNT = re.compile(r"(?i)(?<![\w,])(?P<count>\d+) phần tử|số phần tử[^=:\n]{0,30}(?: là)?[:=] ?(?:[^=\n]*= ?)?(?P<said>\d+)")


def _with_its_count(solution: Solution, said: Mapping[str, Answer | None]) -> Answer | None:
    """The only set that is told, and how many elements the solution says that it has."""
    counts = list(_COUNT.finditer(in_digits(solution.text, single=True)))
    count = solution.read(f"{counts[-1]['count'] or counts[-1]['said']} phần tử") if counts else None
    members = next(iter(said.values())) if len(said) == 1 else None
    return Answer("multi", parts=(members, count), ordered=True) if members is not None and count is not None else None


def _spoken(name: str) -> str:
    """`A giao B`: names are compared by their words."""
    for sign, word in (("∩", " giao "), ("∪", " hợp "), ("\\", " trừ ")):
        name = name.replace(sign, word)
    return name
