"""How many attempts a problem may take, by which rule one of them is shown, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mathpal_lightning.evaluation.scores.votes import Attempt, Rule, agreeing, choose
from mathpal_lightning.serving.written import Event, Written

NONE_HOLDS = "Máy đã giải {} lần mà lần nào cũng có chỗ sai hoặc chưa kiểm tra được. Em đừng tin đáp số này nhé."
MOST_ATTEMPTS = 4
"""Attempts at a problem where nobody says how many."""
TEMPERATURE = 0.6
"""At 0 all attempts would be the same."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many attempts a problem may take, the greedy first one included."""

    most: int = MOST_ATTEMPTS
    always: bool = False
    """All of them are drawn, and the majority of those whose arithmetic holds is shown. Otherwise further attempts are drawn
    only where the first one is doubtful, until the arithmetic of one holds."""
    temperature: float = TEMPERATURE

    @property
    def rule(self) -> Rule:
        """By which rule the attempt to show is chosen."""
        return "majority_that_holds" if self.always else "first_that_holds"


def chosen_events(question: str, attempts: Sequence[Attempt], plan: Plan) -> tuple[str, list[Event]]:
    """The solution to show, and its events: none of its lines where that is the first one, which stands there already.

    Args:
        question: the normalised question.
        attempts: the first one, which the page shows, and one or more further ones.
        plan: says by which rule one is chosen.
    """
    place = choose(attempts, plan.rule)
    events: list[Event] = []
    if place:
        events = [{"attempt": place + 1}, *Written(question).read(attempts[place].solution)]
    events.append({"agreement": agreement(attempts, place)})
    if not attempts[place].holds:
        events.append({"note": NONE_HOLDS.format(len(attempts))})
    return attempts[place].solution, events


def agreement(attempts: Sequence[Attempt], place: int) -> str:
    """How many attempts give the answer that is shown, for the pupil; empty where it has none.

    Args:
        attempts: two or more.
        place: which of them is shown.
    """
    agree, all_of_them = agreeing(attempts, place), len(attempts)
    if agree > 1:
        return f"{agree} trên {all_of_them} lần giải cho cùng đáp số."
    return f"Chỉ 1 trên {all_of_them} lần giải cho đáp số này." if agree else ""
