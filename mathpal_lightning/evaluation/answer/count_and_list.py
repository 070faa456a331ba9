"""A count with the things that were counted behind it: `Lập được 4 số: 508; 580; 805; 850`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_COUNT_AND_LIST = re.compile(
    r"(?P<count>\d{1,3} (?P<noun>[^\W\d_]+)(?: [^\W\d_]+){0,6})(?: ?[:,]| ?\(?(?=là|gồm|đó là))"
    r" ?(?:(?:đó )?là|gồm(?: có)?)?:? ?(?P<items>-?\d[^:=()]*)\)?[ .]*$"
)
BESIDE = "beside: "
"""Begins the note that holds what a solution says beside its answer, which must agree where the reference says it too."""
_ITEMS = re.compile(r" ?; ?|, | và ")


def count_and_list(solution: Solution) -> Answer | None:
    """The count, where it is asked for and the list holds as many different things."""
    said = _COUNT_AND_LIST.search(solution.lines[-1]) if solution.lines else None
    if said is None or not re.search(rf"(?i)(?:bao nhiêu|mấy) {re.escape(said['noun'])}(?!\w)", solution.asked):
        return None
    items = [item for item in _ITEMS.split(said["items"].strip(" .")) if item]
    counted = len(items) > 1 and len(set(items)) == len(items) == int(said["count"].split()[0])
    answer = solution.read(f"{said['count'].split()[0]} {said['noun']}") if counted else None
    return replace(answer, notes=(*answer.notes, BESIDE + "; ".join(sorted(items)))) if answer else None
