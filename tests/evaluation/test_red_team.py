"""Pupils who do not solve the problem are not signed: a small sample of `python -m tests.evaluation.red_team`."""

from collections import Counter

import pytest

from mathpal_lightning.curriculum.syllabus import choose_topics
from mathpal_lightning.evaluation import judge
from tests.evaluation.red_team import STRATEGIES, Try, cases, tries

MOST = 0.005
"""Share of tries that may be signed."""


def _report(made: list[Try]) -> str:
    signed = [one for one in made if one.signed]
    return "\n".join(f"{one.strategy}: {one.case.question!r}, gold {one.case.written!r}: {one.solution!r}" for one in signed)


def test_no_strategy_is_signed_on_the_hand_written_problems():
    made = list(tries(count=65))
    tried = Counter(one.strategy for one in made)
    assert len(made) > 600
    assert set(tried) == {strategy.__name__ for strategy in STRATEGIES}
    assert not _report(made)


def test_the_references_themselves_are_signed():
    for case in cases(count=65, seed=0):
        assert judge(case.question, case.solution, f"Bài làm của em\n{case.solution}", strict=True).verdict == "correct"


def test_hardly_any_try_is_signed_on_generated_problems():
    made = list(tries(count=500, seed=1))
    assert len(made) > 1000
    assert sum(one.signed for one in made) <= MOST * len(made), _report(made)


@pytest.mark.slow
def test_hardly_any_try_is_signed_on_twenty_thousand_problems():
    made = list(tries(count=20_000, seed=2))
    assert len({one.topic for one in made}) > len(choose_topics("mathematics", None, None))
    assert sum(one.signed for one in made) <= MOST * len(made), _report(made)
