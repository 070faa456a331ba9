"""A value and the kind of a figure, where a question asks for both: `góc C = 65°, tam giác ABC cân tại A`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.count_and_list import BESIDE
from mathpal_lightning.evaluation.answer.results_of_formulas import PIECE
from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.words.closed_classes import CLASSES
from mathpal_lightning.schema import Answer

MAX_ASKED = 300
"""Characters of the question that are searched, counted from its end."""
_ASKED = re.compile(
    r"(?i)(?<!\w)(?:tính|tìm)(?!\w)[^.?\n]*?(?:,| và | rồi |[.?] )[^.?\n]*?(?:là|thuộc loại)"
    r" (?P<head>tam giác|tứ giác|hình|góc) (?:gì|nào)"
)
_MEMBERS = {head: members for head, members in CLASSES if head}


def value_and_kind(solution: Solution) -> Answer | None:
    """The last value computed and the one kind named; None where the question asks for one of them, or either is missing."""
    asked = _ASKED.search(solution.asked[-MAX_ASKED:])
    if asked is None:
        return None
    head = asked["head"].lower()
    named = _kinds(solution.lines[-2:], head)
    pieces = [piece for line in solution.lines for piece in outside_brackets(line, PIECE)]
    closed = [value for piece in pieces if (value := closing_value(solution, piece))]
    values = [value for value in closed if value.kind in ("number", "quantity", "fraction")]
    if len(named) != 1 or not values:
        return None
    both = multi([replace(values[-1], label="giá trị"), Answer("text", f"{head} {named.pop()}", label=head)], ordered=True)
    corner = _AT.search(" ".join(solution.lines[-2:]))
    return replace(both, notes=(BESIDE + corner[1],)) if corner else both


_AT = re.compile(r"(?<!\w)(?:cân|vuông) (?:ở|tại) (?:đỉnh )?([A-Z])(?!\w)")


def _kinds(lines: Sequence[str], head: str) -> set[str]:
    """The kinds that sentences without doubt name: `cân` of `tam giác ABC cân tại A`."""
    members = "|".join(_MEMBERS.get("hình" if head == "tứ giác" else head, ()))
    kind = re.compile(
        rf"(?i)(?<!\w)(?P<not>không (?:phải )?(?:là )?)?(?:{head} (?:[A-Z]{{3,4}} )?)?(?:là )?(?:{head} )?"
        rf"(?P<kind>{members})(?!\w)"
    )
    said = [match for line in lines if is_sure(line) for match in kind.finditer(line)]
    return {match["kind"].lower() for match in said if not match["not"]}
