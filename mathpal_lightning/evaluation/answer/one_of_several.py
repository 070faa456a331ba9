"""One answer where a question asks for several things: is it one of them, and which results stand beside it?"""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.results_of_things import results_of_things
from mathpal_lightning.evaluation.answer.several_results import several
from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.schema import Answer

_LETTERS = re.compile(r"[a-zA-Z]{1,3}(?:_\d{1,3})?")


def in_order_of_things(answer: Answer, solution: Solution) -> Answer:
    """`S = 360 m², P = 78 m` in the order of `Tính chu vi và diện tích`; what is named in words keeps its names."""
    named = results_of_things(solution) if answer.parts else None
    if named is None or sorted(part.text for part in named.parts) != sorted(part.text for part in answer.parts):
        return answer
    own = {part.text: part for part in answer.parts if not _LETTERS.fullmatch(part.label)}
    return replace(named, parts=tuple(own.get(part.text, part) for part in named.parts))


def is_one(answer: Answer, solution: Solution) -> bool:
    """Whether an answer is one value or one set, and not said of two at once."""
    if not solution.lines or _OF_BOTH.search(solution.lines[-1]):
        return False
    if answer.kind == "point":
        return answer.text.count(";") + 1 != len(formulas_asked(solution.asked))
    if answer.kind == "relation":
        return re.match(r"[^\W\d_]{3,}\(", answer.text) is not None  # `ƯCLN(60, 84) = 12`
    if answer.kind == "multi":
        return solution.lines[-1].count("{") == 1 and any(part.kind != "point" for part in answer.parts)
    if answer.kind == "text":
        return "thứ mấy" in solution.asked.lower()
    return answer.kind not in ("choice", "relation", "interval")


def with_the_others(answer: Answer, solution: Solution) -> Answer:
    """A stated answer with the results that the solution computes beside it, where it is one of them.

    Not so behind a firm `Đáp số`, unless the question has parts a) and b): who states one answer means one.
    """
    found = several(solution) if asks_in_parts(solution.question) or not _FIRM.search(solution.text) else None
    beside = found is not None and any(same_answer(answer, part, solution.question) for part in found.parts)
    return found if found is not None and (beside or answer.kind == "relation") else answer


_FIRM = re.compile(r"(?i)đáp (?:số|án)|(?<!\w)đ[/.]?s(?!\w)")
_OF_BOTH = re.compile(r"[A-Z]{1,3} ?= ?(?:góc |∠ ?)?[A-Z]{1,3} ?=(?! ?[A-Z])|(?i:(?<!\w)đều (?:bằng|là|có|được)(?!\w))")
"""`góc B = góc C = 70°`, `hai góc đều bằng 70°`."""
