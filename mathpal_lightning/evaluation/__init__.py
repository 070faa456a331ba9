"""Question and solution -> answer -> verdict -> metric. Importing it loads no torch: AnswerAccuracy comes when asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

from mathpal_lightning.evaluation.answers import extract_answer
from mathpal_lightning.evaluation.equivalence import is_equivalent
from mathpal_lightning.evaluation.judge import grade, judge
from mathpal_lightning.evaluation.steps import check_steps

if TYPE_CHECKING:
    from mathpal_lightning.evaluation.metrics import AnswerAccuracy

__all__ = ["AnswerAccuracy", "check_steps", "extract_answer", "grade", "is_equivalent", "judge"]


def __getattr__(name: str) -> object:
    """Import the metric, and torch with it, when it is first asked for."""
    if name != "AnswerAccuracy":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("mathpal_lightning.evaluation.metrics").AnswerAccuracy
