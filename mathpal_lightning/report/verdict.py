"""Scores -> one sentence that a teacher understands, and that says when a difference may be chance."""

from __future__ import annotations

from mathpal_lightning.evaluation.statistics import Comparison
from mathpal_lightning.report.column import Column, Score, compare, shared_problems
from mathpal_lightning.report.words import Language, say

CHANCE = 0.05
"""A difference counts where McNemar's p-value is below this."""
ENOUGH = 50
"""Below this many problems, the interval of a share near one half is 27 points wide or wider."""


def percent(share: float, language: Language = "en") -> str:
    r"""A share as text.

    >>> percent(0.625), percent(0.625, "vi")
    ('62.5\xa0%', '62,5\xa0%')
    """
    return decimal(f"{100 * share:.1f}\N{NO-BREAK SPACE}%", language)


def decimal(text: str, language: Language) -> str:
    """A number with the language's decimal sign."""
    return text.replace(".", ",") if language == "vi" else text


def interval_line(score: Score, language: Language) -> str:
    """`62.0 %, between 48.2 % and 74.1 % with 95 % confidence`."""
    low, high = (percent(end, language) for end in score.interval)
    return say(language, "interval", share=percent(score.share, language), low=low, high=high)


def verdict(before: Column | None, after: Column | None, language: Language = "en") -> str:
    """What training changed, in one or two sentences.

    Args:
        before: the problems tried before training; None where none were.
        after: the problems tried after it; None where none were.
        language: of the sentence.
    """
    if after is None or not after.score.problems:
        return say(language, "not_scored")
    score = after.score
    counted = say(language, "of", solved=score.solved, problems=score.problems)
    change, shared = _change(before, after)
    values = {"after": counted, "share": interval_line(score, language), "shared": shared}
    if change:
        values |= {"gained": change.only_second, "lost": change.only_first}
    sentence = say(language, _kind(score, change), **values)
    if score.problems < ENOUGH:
        low, high = (percent(end, language) for end in score.interval)
        sentence += " " + say(language, "few", problems=score.problems, low=low, high=high)
    return sentence


def _kind(score: Score, change: Comparison | None) -> str:
    """The key of the sentence."""
    if change and change.p_value < CHANCE:
        return "learned" if change.only_second > change.only_first else "worse"
    if not score.solved:
        return "not_learned"
    return "unclear" if change else "scored"


def _change(before: Column | None, after: Column) -> tuple[Comparison | None, int]:
    """The paired comparison and its number of problems: from the samples, else as summary.json tells it."""
    if before is not None and (change := compare(before, after)):
        return change, shared_problems(before, after)
    if told := after.told.get("change"):
        return Comparison(told["only_before"], told["only_after"], told["p_value"]), told["problems"]
    return None, 0
