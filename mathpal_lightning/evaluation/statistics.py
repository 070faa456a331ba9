"""How sure a score is: Wilson's interval for one share, McNemar's test for two models on the same problems."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

MIN_COUNT = 20
"""Problems below which a topic's share says little: its interval is wider than 40 points."""


class Comparison(NamedTuple):
    """Two models on the same problems."""

    only_first: int
    """Problems that only the first solved."""
    only_second: int
    p_value: float
    """How likely so lopsided a split is where both solve a problem equally often (exact, two-sided)."""


def wilson_interval(correct: int, count: int, z: float = 1.959963985) -> tuple[float, float]:
    """The interval of a share, by default for 95 %: it stays within 0 and 1 and is not empty at 0 or all correct.

    Formula: Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953.

    Args:
        correct: successes, 0 <= correct <= count.
        count: tries.
        z: the normal quantile of the confidence; 1.96 for 95 %.

    Returns:
        Its ends; (nan, nan) where nothing was counted.

    Raises:
        ValueError: `correct` outside of 0 to `count`.

    >>> [round(end, 3) for end in wilson_interval(8, 10)]
    [0.49, 0.943]
    """
    if not 0 <= correct <= count:
        raise ValueError(f"Expected argument `correct` to be between 0 and {count}, but got {correct}")
    if count == 0:
        return math.nan, math.nan
    share, spread = correct / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, middle - half) if correct else 0.0, min(1.0, middle + half) if correct < count else 1.0


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> Comparison:
    """Compare two models on the same problems: only those count that one of them alone solved.

    The exact test: McNemar (1947), https://doi.org/10.1007/BF02295996, with the binomial distribution.

    Args:
        first: whether the first model solved each problem.
        second: the same of the second model, in the same order.

    Raises:
        ValueError: the sequences differ in length.

    >>> mcnemar([True] * 9 + [False], [False] * 8 + [True] * 2).p_value
    0.0390625
    """
    if len(first) != len(second):
        raise ValueError(f"Expected argument `second` to be as long as `first`, but got {len(second)} and {len(first)}")
    only_first = sum(a and not b for a, b in zip(first, second, strict=True))
    only_second = sum(b and not a for a, b in zip(first, second, strict=True))
    split = only_first + only_second
    tail = sum(math.comb(split, k) for k in range(min(only_first, only_second) + 1))
    return Comparison(only_first, only_second, min(1.0, 2 * tail / 2**split))


def p_text(p_value: float) -> str:
    """How a p-value is written.

    >>> p_text(0.0042), p_text(3e-8)
    ('p = 0.0042', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"
