"""Question and solution -> answer -> verdict -> metric. Importing it loads no torch: AnswerAccuracy comes when asked for.

The sub-rooms, from the first to the last; each imports only itself and those above it (tests/test_doors.py):

    language/      Vietnamese words that every stage needs: clauses, doubt, denial
    mathematics/   grammars of arithmetic, algebra and units
    values/        one text -> its value; two values compared
    question/      what is asked for: task, options, the value itself where it can be computed
    solution/      a solution -> plain lines
    words/         answers said in words: names, orders, days, yes or no
    answer/        where the answer stands in a solution
    steps/         the written arithmetic, computed again
    verdict/       right, in the form asked for, without doubt; and why not, in Vietnamese
    scores/        metrics, votes, sets of problems

`equivalence.py`, `reward.py` and `statistics.py` stand beside them, because configs and users name these paths.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.evaluation.equivalence import is_equivalent
from mathpal_lightning.evaluation.steps.check import check_steps
from mathpal_lightning.evaluation.verdict.judge import grade, judge

if TYPE_CHECKING:
    from mathpal_lightning.evaluation.scores.metrics import AnswerAccuracy

__all__ = ["AnswerAccuracy", "check_steps", "extract_answer", "grade", "is_equivalent", "judge"]


def __getattr__(name: str) -> object:
    """Import the metric, and torch with it, when it is first asked for."""
    if name != "AnswerAccuracy":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("mathpal_lightning.evaluation.scores.metrics").AnswerAccuracy
