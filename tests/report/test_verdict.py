"""The one sentence of a run: learned, not learned, worse, or not to be told from chance."""

import pytest

from mathpal_lightning.report.column import Column
from mathpal_lightning.report.verdict import verdict
from mathpal_lightning.schema import GradedSample


def column(solved: range | set[int], problems: int) -> Column:
    samples = {
        str(number): GradedSample(str(number), "", "", "1", "1", None, "correct" if number in solved else "wrong")
        for number in range(problems)
    }
    return Column("", samples)


@pytest.mark.parametrize(
    ("before", "after", "problems", "begins"),
    [
        (range(0), range(0), 2, "The model has not learned to solve these problems: 0 of 2."),
        (range(10), range(50), 100, "The model has learned: it solves 50 of 100 problems"),
        (range(50), range(10), 100, "Training has made the model worse: it solves 10 of 100"),
        (range(50), range(51), 100, "The model solves 51 of 100 problems"),
        (range(50), range(0), 100, "Training has made the model worse: it solves 0 of 100"),
        (None, range(51), 100, "The model solves 51 of 100 problems"),
        (range(3), None, 100, "This run was not scored: no held-out problem was tried"),
    ],
)
def test_the_sentence(before: range | None, after: range | None, problems: int, begins: str):
    columns = [None if solved is None else column(solved, problems) for solved in (before, after)]
    assert verdict(*columns).replace("\N{NO-BREAK SPACE}", " ").startswith(begins)


def test_a_few_problems_are_said_to_be_few():
    assert "30 problems are few" in verdict(column(range(0), 30), column(range(20), 30))
    assert "few" not in verdict(column(range(0), 60), column(range(40), 60))


def test_in_vietnamese():
    assert verdict(None, column(range(0), 2), "vi").startswith("Mô hình chưa học được: 0 trên 2 bài. 2 bài là ít")


def test_a_reference_that_cannot_be_read_does_not_count():
    samples = dict(column(range(1), 2).samples)
    samples["?"] = GradedSample("?", "", "", None, None, None, "gold_unreadable")
    assert Column("", samples).score == (column(range(1), 2)).score
