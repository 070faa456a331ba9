"""A length and a time that one sentence gives: `cao nhất 21 m sau 2 giây`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.mentioned_values import results
from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_UNIT_ASKED = re.compile(rf"(?i)(?:bao nhiêu|mấy) (?P<unit>{MEASURE})(?!\w)|(?:vào |tại )?(?:thời điểm|lúc) nào")


def of_each_dimension(solution: Solution) -> Answer | None:
    """The one length and the one time of the last sentence, where both are asked for; None where it has two of a kind."""
    asked = [parse_unit(unit["unit"] or "giây") for unit in _UNIT_ASKED.finditer(solution.asked)]
    dimensions = [unit.dimension for unit in asked if unit]
    sentence = sentences(solution.lines[-1])[-1]
    if len(set(dimensions)) < 2 or not is_sure(sentence):
        return None
    told = [(unit.dimension, one.answer) for one in results(solution, sentence) if (unit := one.value and one.value.measure)]
    found = [[answer for dimension, answer in told if dimension == wanted] for wanted in dimensions]
    return multi([one[0] for one in found], ordered=True) if all(len(one) == 1 for one in found) else None
