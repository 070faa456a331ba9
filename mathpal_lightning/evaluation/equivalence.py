"""Are two answers the same mathematics? Exact rationals, units converted, sets without order, a letter by its value.

Reflexive and symmetric. What it forgives and what not:

- a missing unit is forgiven; measured units must measure the same thing and convert (1,2 m is 120 cm; 36 cm is neither 36 m nor
  36 cm^2), counted nouns must name the same things (16 cái kẹo, 16 kẹo; not 16 con voi);
- 20% is 1/5 and 0,2, never 20;
- rounding counts only where one side says that it is rounded (≈, khoảng): the other must round to it. `khoảng 16` is not 16;
- a missing or different value among several is wrong, their order only where the text orders them (parts a, b, c); what a name
  stands before belongs to that name;
- 1.000 is one thousand: a dot is read in one way.

Whether an equal answer is also in the form that the question asks for is decided by `judge`.
"""

from __future__ import annotations

from mathpal_lightning.evaluation.answer.extract import MAX_LENGTH, extract_answer
from mathpal_lightning.evaluation.solution.plain import prepared
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.evaluation.verdict.judge import grade
from mathpal_lightning.schema import Answer

__all__ = ["grade", "is_equivalent"]


def is_equivalent(gold: Answer | str, predicted: Answer | str) -> bool:
    """Whether two answers are the same mathematics.

    Args:
        gold: an Answer, or Vietnamese text: a comma is the decimal sign.
        predicted: the same; the order of the two makes no difference.

    Returns:
        The judgement; False where one of them cannot be read. Never raises.
    """
    if gold == predicted:
        return True
    first, second = _as_answer(gold), _as_answer(predicted)
    return first is not None and second is not None and same_answer(first, second)


def _as_answer(answer: Answer | str) -> Answer | None:
    if isinstance(answer, Answer):
        return answer
    if not isinstance(answer, str) or len(answer) > MAX_LENGTH:
        return None
    read = read_answer(prepared(answer))
    if read is not None and (read.kind != "text" or "doubted" in read.notes):
        return read
    return extract_answer(answer) or read
