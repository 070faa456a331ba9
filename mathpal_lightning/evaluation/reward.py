"""Rewards for solutions that a policy has drawn: plain functions (question, gold solution, written solution) -> number.

A config names them by their paths in `model.policy.rewards`; a function of one's own needs the same three arguments.
"""

from __future__ import annotations

from mathpal_lightning.evaluation.verdict.judge import judge
from mathpal_lightning.text import is_vietnamese, without_formulas

_FEW_LETTERS = 20
"""A text with fewer letters is not asked for its language: `x = 5` has none."""


def strict_reward(question: str, gold: str, solution: str) -> float:
    """1.0 for a solution that a teacher would accept, else 0.0.

    The strict verdict: the right answer in the form that is asked for, written arithmetic that holds, and whole Vietnamese.
    """
    return right_answer(question, gold, solution, strict=True) * well_written(solution)


def right_answer(question: str, gold: str, solution: str, strict: bool = False) -> float:
    """1.0 for the right answer; `strict` also asks that the written arithmetic holds."""
    return float(judge(question, gold, solution, strict=strict).verdict == "correct")


def well_written(solution: str) -> bool:
    """Whether a solution may be learned from as text: Vietnamese, without half a character (U+FFFD)."""
    return "\ufffd" not in solution and bool(in_vietnamese("", "", solution))


def in_vietnamese(question: str, gold: str, solution: str) -> float:
    """1.0 where the words of the solution are Vietnamese, or too few to tell; formulas are in no language."""
    words = without_formulas(solution)
    letters = sum(character.isalpha() for character in words)
    return float(letters < _FEW_LETTERS or is_vietnamese(words))
