"""The numbers and quantities that a sentence mentions, and which of them are results."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import is_denied
from mathpal_lightning.schema import Answer

MAX_VALUES = 16
"""Values of a sentence that are looked at, counted from its end."""
_NUMBER = re.compile(r"(?<![\w.,/^°])(?=-?\d)")
_OPERATOR_BEFORE = re.compile(
    r"(?:[-+×*/^<>≤≥≠√]|(?<=[\d)]) ?:) ?$|(?i:(?<!\w)(?<!tổng )(?:nhân|chia|cộng|trừ)(?: (?:với|cho|đi|thêm))?) $"
)
_OPERATOR_BEHIND = re.compile(
    r" ?(?:[-+×*/^=≈<>≤≥≠]|[π√]|:(?= ?[\d(]))|[a-zA-Z](?![^\W\d_])| (?:nhân|chia|cộng|trừ)(?= (?:cho|với|đi|thêm|\d))"
)


class Mention(NamedTuple):
    """A value in a sentence, and where it begins and ends."""

    answer: Answer
    start: int
    end: int

    @property
    def value(self) -> Quantity | None:
        """What was read, where it is a number or a quantity."""
        return self.answer.meaning if isinstance(self.answer.meaning, Quantity) else None


def mentions(solution: Solution, sentence: str) -> list[Mention]:
    """All numbers and quantities of a sentence, in their order."""
    found: list[Mention] = []
    for place in list(_NUMBER.finditer(sentence))[-MAX_VALUES:]:
        start = place.start()
        read = solution.value(sentence[start:]) if not found or start >= found[-1].end else None
        if read is not None:
            found.append(Mention(read[0], start, max(start + 1, len(sentence) - len(read[1]))))
    return found


def results(solution: Solution, sentence: str) -> list[Mention]:
    """Those that are no part of a sum or a comparison and that nothing denies: of `9 × 7 = 63 cm²` the area."""
    return [
        mention
        for mention in mentions(solution, sentence)
        if not _OPERATOR_BEFORE.search(sentence[: mention.start])
        and not _OPERATOR_BEHIND.match(sentence[mention.end :])
        and not is_denied(sentence[: mention.start])
    ]


_SEPARATED = re.compile(r" ?(?:[,;]|và|hoặc|hay|,? (?:và|hoặc|hay)) ")
_IN_A_LIST = re.compile(r"\d(?: ?(?:[^\W\d_]{1,3}[²³]?|%|°))?(?:\^[23])? ?(?:[,;]|và|hoặc|hay) $")


def ends_in_a_sum(sentence: str, found: list[Mention]) -> bool:
    """Whether the last number of a sentence is part of a sum that is not computed: `4/3, tức 3 : 4`."""
    return bool(found) and re.search(rf"[\w)] ?{_OPERATOR_BEFORE.pattern}", sentence[: found[-1].start]) is not None


def are_listed(sentence: str, found: list[Mention]) -> bool:
    """Whether values stand side by side and no words tell them apart: `16, 8`, `16 con và 8 con`."""
    apart = any(_SEPARATED.fullmatch(sentence[one.end : two.start]) for one, two in pairwise(found))
    return apart or any(is_in_a_list(sentence[: mention.start]) for mention in found)


def is_in_a_list(before: str) -> bool:
    """Whether a text ends in a value and a comma: `20, ` in front of `62,8 cm`."""
    return _IN_A_LIST.search(before) is not None
