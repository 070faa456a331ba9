"""Wilson's interval and McNemar's test against published examples, scipy's definitions and their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.evaluation.statistics import mcnemar, wilson_interval


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(correct: int, count: int, low: float, high: float):
    assert wilson_interval(correct, count) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_holds_the_share_and_mirrors(correct: int, count: int):
    correct = min(correct, count)
    low, high = wilson_interval(correct, count)
    assert 0 <= low <= correct / count <= high <= 1
    assert wilson_interval(count - correct, count) == pytest.approx((1 - high, 1 - low))


def test_nothing_counted_and_impossible_counts():
    assert all(map(math.isnan, wilson_interval(0, 0)))
    with pytest.raises(ValueError, match="between 0 and 5, but got 6"):
        wilson_interval(6, 5)


def test_mcnemar_counts_only_the_problems_that_one_alone_solved():
    first = [True] * 50 + [True] * 8 + [False] * 2 + [False] * 40
    second = [True] * 50 + [False] * 8 + [True] * 2 + [False] * 40
    compared = mcnemar(first, second)
    assert (compared.only_first, compared.only_second) == (8, 2)
    assert compared.p_value == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar(second, first).p_value == compared.p_value


def test_equal_models_do_not_differ():
    assert mcnemar([True, False], [True, False]).p_value == 1
    with pytest.raises(ValueError, match="as long as `first`, but got 1 and 2"):
        mcnemar([True, False], [True])
