"""Rows of small sums: each result is true, the one mistake is not, and another seed gives other rows."""

from mathpal_lightning.curriculum.drill import SUMS, drills
from mathpal_lightning.evaluation import check_steps


def test_every_result_is_true_and_the_mistake_is_in_the_last():
    rows = list(drills(60, seed=1))
    for row in rows:
        report, wrong = check_steps(row.solution), check_steps(row.mistakes[0])
        assert (report.checked, report.failing) == (SUMS, ())
        assert (len(wrong.failing), wrong.lines) == (1, (SUMS,))
        assert [line.split(" = ")[0] for line in row.solution.splitlines()] == row.question.splitlines()[1:]
    signs = {line.split()[1] for row in rows for line in row.solution.splitlines()}
    assert signs == {"+", "-", "×", ":"}


def test_the_same_seed_gives_the_same_rows():
    first = [row.question for row in drills(30, seed=1)]
    assert first == [row.question for row in drills(30, seed=1)]
    assert len(set(first)) == 30
    assert not set(first) & {row.question for row in drills(30, seed=2)}
