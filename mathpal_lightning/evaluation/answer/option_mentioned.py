"""The one option that the last line mentions, where no letter is chosen."""

from __future__ import annotations

from mathpal_lightning.evaluation.question.asked_value import is_of_another_segment
from mathpal_lightning.evaluation.question.options import mentioned_offer, mentioned_option, offered_word
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer


def option_mentioned(solution: Solution) -> Answer | None:
    """The one option that the last line mentions, where no letter is chosen."""
    last = solution.lines[-1] if solution.lines else ""
    if last and (word := offered_word(solution.question, last) or mentioned_offer(solution.question, last)):
        return word
    computed = [line for line in solution.lines if "=" in line][-1:]
    lines = [line for line in (*solution.lines[-1:], *computed) if not is_of_another_segment(line, solution.question)]
    return next(filter(None, (mentioned_option(solution.question, line) for line in lines)), None)
