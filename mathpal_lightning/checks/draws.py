"""Whether a policy can learn from what it draws: some solutions of a problem must be right, and not all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.data import Rewards
from mathpal_lightning.errors import ModelError
from mathpal_lightning.estimate.speed import duration
from mathpal_lightning.schema import Row

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule

PROBLEMS = 16
_LEAST = 0.05
"""Below this share of problems with a right solution, or of solutions that are wrong, hardly any group has both."""
_TEACHING = 0.5
"""A run may start where this share of the groups has different rewards, even if each reward is above 0, or none is."""


def check_draws(module: MathPalModule, rows: Sequence[Row], solutions: int) -> Finding:
    """Draw a group for some problems, reward it, and reckon the time of the whole run's draws.

    Args:
        module: a MathPalModule with its weights, in eval mode.
        rows: some training problems.
        solutions: how many the run will draw.

    Raises:
        ModelError: nearly all solutions are wrong, or nearly all are right, and most groups have nothing to teach.
    """
    rewards, size = Rewards(module.policy.rewards), module.policy.group_size
    started = time.perf_counter()
    groups = module.draw([row.prompt for row in rows], seed=0)
    seconds = (time.perf_counter() - started) / (len(rows) * size)
    graded = [rewards.grade(row, group) for row, group in zip(rows, groups, strict=True)]
    passed = sum(group.pass_rate for group in graded) / len(graded)
    any_passed = sum(group.pass_rate > 0 for group in graded) / len(graded)
    signal = sum(group.has_signal for group in graded) / len(graded)
    found = f"{passed:.0%} of {len(rows) * size} solutions right, {any_passed:.0%} of {len(rows)} problems solved at least once"
    if any_passed < _LEAST and signal < _TEACHING:
        raise ModelError(
            f"a model that solves some of its problems in {size} tries",
            found,
            "Train it with `objective: sft` first and give that adapter as `model.adapter`, or choose easier topics.",
        )
    if passed > 1 - _LEAST and signal < _TEACHING:
        raise ModelError(
            "problems that the model does not always solve",
            found,
            "Choose harder topics or levels: it has nothing left to learn.",
        )
    return Finding("draws", f"{found}; {signal:.0%} of the groups teach; drawing takes about {duration(seconds * solutions)}")
