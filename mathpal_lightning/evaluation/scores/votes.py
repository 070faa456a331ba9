"""Several solutions of one problem -> the one to show, chosen without the reference. A small model is right more often so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.evaluation.question.computed import answer_fits
from mathpal_lightning.evaluation.steps.check import check_steps
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.schema import Answer

Rule = Literal["first", "majority", "first_that_holds", "majority_that_holds"]
RULES: tuple[Rule, ...] = ("first", "majority", "first_that_holds", "majority_that_holds")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solution, with what can be known of it without a reference."""

    solution: str
    answer: Answer | None
    holds: bool
    """It states an answer, and all written arithmetic that can be computed is true. Where the answer can be computed from the
    question (`question/computed.py`), it is that value; elsewhere there is arithmetic that could be computed."""


def read_attempt(question: str, solution: str) -> Attempt:
    """Read the answer of a solution, check its written arithmetic, and compare it with what a direct question comes to.

    Args:
        question: the problem; its options tell what a letter means.
        solution: what the model wrote.
    """
    answer, report = extract_answer(solution, question), check_steps(solution)
    fits = answer_fits(question, answer)
    supported = report.checked > 0 if fits is None else fits
    return Attempt(solution, answer, answer is not None and report.holds and supported)


def choose(attempts: Sequence[Attempt], rule: Rule) -> int:
    """The place of the attempt to show.

    - `first`: the first one.
    - `majority`: the first of those whose answer most attempts share (self-consistency, https://arxiv.org/abs/2203.11171).
    - `first_that_holds`: the first whose written arithmetic holds; the first of all where there is none.
    - `majority_that_holds`: the majority of those that hold; of all where there is none.

    Args:
        attempts: at least one.
        rule: one of the above.
    """
    places = list(range(len(attempts)))
    if rule.endswith("that_holds"):
        places = [place for place in places if attempts[place].holds] or places
        if rule == "first_that_holds":
            return places[0]
    return _majority(attempts, places) if rule.startswith("majority") else 0


def agreeing(attempts: Sequence[Attempt], place: int) -> int:
    """How many attempts have the answer of this one, itself among them; 0 where it has none."""
    shown = attempts[place].answer
    return sum(shown is not None and one.answer is not None and same_answer(shown, one.answer) for one in attempts)


def _majority(attempts: Sequence[Attempt], places: Sequence[int]) -> int:
    """The first of the places whose answer most of them share; of two equally common answers the earlier one."""
    groups: list[list[int]] = []
    for place in places:
        answer = attempts[place].answer
        if answer is None:
            continue
        for group in groups:
            first = attempts[group[0]].answer
            if first is not None and same_answer(first, answer):
                group.append(place)
                break
        else:
            groups.append([place])
    return max(groups, key=len)[0] if groups else places[0]
