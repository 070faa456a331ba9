"""Laws of what is said of an evaluation's problems: their digest, the topics with too few of them, two scores compared."""

import logging

import pytest

from mathpal_lightning.callbacks.summary import change_line, exact_match_line
from mathpal_lightning.evaluation.scores.graded import graded
from mathpal_lightning.evaluation.scores.problem_set import change, set_digest, verdicts_of, warn_of_few
from mathpal_lightning.schema import Row, Turn


def _row(question: str, solution: str) -> Row:
    return Row((Turn("user", question), Turn("assistant", solution)))


ROWS = [_row(f"Tính {n} + 1.", f"{n} + 1 = {n + 1}\nĐáp số: {n + 1}") for n in range(6)]


PAIRS = [(row.question, row.solution) for row in ROWS]


def test_equal_sets_have_one_digest_in_any_order():
    assert set_digest(PAIRS) == set_digest(PAIRS[::-1])
    assert len(set_digest(PAIRS)) == 16


def test_another_problem_or_another_reference_has_another_digest():
    assert set_digest(PAIRS[1:]) != set_digest(PAIRS)
    assert set_digest([(PAIRS[0][0], "Đáp số: 9"), *PAIRS[1:]]) != set_digest(PAIRS)


def test_two_evaluations_are_compared_on_the_problems_that_both_hold():
    before = verdicts_of([graded(row, "Đáp số: 1", 0) for row in ROWS[:4]])
    after = verdicts_of([graded(row, row.solution, 9) for row in ROWS])
    assert list(before.values()) == [True, False, False, False]
    assert change(before, after) == {"problems": 4, "only_before": 0, "only_after": 3, "p_value": 0.25}


def test_nothing_is_compared_where_no_problem_is_shared():
    before, after = (verdicts_of([graded(row, row.solution, 0) for row in rows]) for rows in (ROWS[:3], ROWS[3:]))
    assert change(before, after) == {}


def test_a_topic_with_fewer_than_twenty_problems_is_named(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        warn_of_few({"fractions": 19, "percent": 20})
    assert "1 of 2 topics have fewer than 20 problems" in caplog.text
    assert "fractions (19)" in caplog.text
    assert "percent" not in caplog.text


def test_nothing_is_said_of_topics_with_enough_problems(caplog: pytest.LogCaptureFixture):
    warn_of_few({"fractions": 20})
    warn_of_few({})
    assert not caplog.records


def test_the_lines_for_a_person():
    scores = {"accuracy": 0.8, "interval": [0.49, 0.943], "problems": 10, "no_answer": 0.1}
    assert exact_match_line(scores) == "80.0 % (49.0 to 94.3) of 10 problems, no answer found in 10.0 %"
    changed = {"problems": 4, "only_before": 0, "only_after": 3, "p_value": 0.25}
    assert change_line(changed) == (
        "of 4 problems tried before and after: 3 solved only after, 0 only before (McNemar's test: p = 0.25)"
    )
    certain = {"problems": 30, "only_before": 0, "only_after": 26, "p_value": 0.0}
    assert change_line(certain).endswith("26 solved only after, 0 only before (McNemar's test: p < 0.001)"), "no p is 0"
