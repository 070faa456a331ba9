"""Slow work says how far it is: nothing in the first two seconds, then one line in ten."""

import logging

import pytest

from mathpal_lightning.progress import Progress, with_progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_short_work_says_nothing_and_slow_work_a_line_in_ten_seconds(caplog: pytest.LogCaptureFixture):
    clock = Clock()
    progress = Progress("solving", "problems", 300, clock)
    with caplog.at_level(logging.INFO, "mathpal_lightning"):
        for _ in range(30):
            clock.now += 1.0
            progress.advance(10)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "solving: 20 of 300 problems in 2 s",
        "solving: 120 of 300 problems in 12 s, about 18 s left",
        "solving: 220 of 300 problems in 22 s, about 8 s left",
    ]


def test_no_forecast_from_the_first_of_a_batch_whose_problems_end_together():
    """A base model ends no solution: `1 of 30 problems in 42 s, about 1223 s left` was said when all thirty were ready."""
    progress = Progress("solving", "problems", 30)
    progress.done = 1
    assert progress.line(42.0) == "solving: 1 of 30 problems in 42 s"


def test_where_nobody_knows_the_number_it_counts():
    progress = Progress("reading rows.jsonl", "rows")
    progress.advance(20_000)
    assert progress.line(4.2) == "reading rows.jsonl: 20,000 rows in 4 s"
    assert list(with_progress("abc", "x", "letters", 3)) == ["a", "b", "c"]
