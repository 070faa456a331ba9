"""Pupils who do not solve the problem are not signed: a small sample of `python -m tests.evaluation.red_team`."""

from collections import Counter

import pytest

from mathpal_lightning.curriculum.syllabus import choose_topics
from mathpal_lightning.evaluation import judge
from tests.evaluation.red_team import STRATEGIES, Try, cases, shares, tries

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
    topics, strategies = Counter(one.topic for one in made), Counter(one.strategy for one in made)
    signed = Counter(one.strategy for one in made if one.signed)
    report = f"{_report(made)}\n{shares(made)}"
    assert len(topics) > len(choose_topics("mathematics", None, None)), "every topic is tried, and the hand-written ones"
    assert signed.total() <= MOST * len(made), report
    assert all(signed[name] <= MOST * count + 1 for name, count in strategies.items()), report


def test_the_report_counts_by_strategy_and_topic():
    made = list(tries(count=3))
    lines = shares(made).splitlines()
    assert lines[-1].split() == ["all", "0", "of", str(len(made)), "signed,", "0.00%"]
    assert sum(int(line.split()[4]) for line in lines if line.startswith("strategy ")) == len(made)
