"""Warnings of a run that is too small to learn or to be scored: few steps, few rows, few held-out problems."""

from __future__ import annotations

from collections.abc import Iterator

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.evaluation.statistics import wilson_interval

ENOUGH = 50
"""Held-out problems below which a score says little: the interval of a half is then 27 points wide or wider."""
FEW_STEPS = 50
"""Optimizer steps in which an adapter hardly moves: the first twentieth of them is warm-up."""
FEW_ROWS = 200
"""Training rows that a model learns by heart before it learns to solve other problems."""


def small_run_findings(rows: int, held_out: int, steps: int | None, problems: int) -> list[Finding]:
    """A warning for each number that is too small.

    Args:
        rows: training rows.
        held_out: held-out rows.
        steps: optimizer steps; None where nobody knows.
        problems: held-out problems to solve at the end; 0 solves none.
    """
    return list(_findings(rows, held_out, steps, problems))


def _findings(rows: int, held_out: int, steps: int | None, problems: int) -> Iterator[Finding]:
    if steps is not None and 0 < steps < FEW_STEPS:
        yield Finding(
            "few steps",
            f"{steps} optimizer steps",
            "warning",
            f"at least {FEW_STEPS} before a model learns anything",
            "Raise trainer.max_epochs or max_steps, or lower data.max_length. To see every stage work, this is enough.",
        )
    if rows < FEW_ROWS:
        yield Finding(
            "few rows",
            f"{rows} training rows",
            "warning",
            f"at least {FEW_ROWS}",
            "Add rows, or mix in generated ones: --data.train '{problems.jsonl: 1, generated: 2}'. "
            "Where the rows are generated, raise data.generator.count.",
        )
    scored = min(held_out, problems)
    if problems and not scored:
        yield Finding(
            "few problems",
            "there are no held-out rows, so this run is not scored",
            "warning",
            f"at least {ENOUGH} held-out problems",
            "Give data.validation, or raise data.validation_share. Without this warning: evaluation.problems: 0.",
        )
    elif problems and scored < ENOUGH:
        yield Finding(
            "few problems",
            f"{scored} held-out problems will be scored",
            "warning",
            f"at least {ENOUGH}: {scored} leave the score open by {_width(scored)} points",
            "Raise data.validation_share, or give data.validation, and evaluation.problems.",
        )


def _width(problems: int) -> int:
    """The width of the interval of a half, in points."""
    low, high = wilson_interval(problems // 2, problems) if problems else (0.0, 1.0)
    return round(100 * (high - low))
