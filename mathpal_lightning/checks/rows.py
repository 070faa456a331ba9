"""What a run would train on: rows kept and refused, tokens, packing, steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.data import DataReport
from mathpal_lightning.errors import ConfigError

FULL_ENOUGH = 0.5
"""Below this share of positions with tokens, another length is worth setting."""


def row_findings(reports: Iterable[DataReport]) -> list[Finding]:
    """One finding for each split: how many rows were kept, and why the others were refused."""
    return [_rows(report) for report in reports]


def _rows(report: DataReport) -> Finding:
    refused = ", ".join(f"{count} {reason}" for reason, count in sorted(report.refused.counts.items())) or "none"
    found = (
        f"{report.kept:,} of {report.read:,} rows kept; refused: {refused}; {report.tokens:,} tokens, "
        f"{report.supervised_tokens:,} supervised, longest row {report.longest}; {report.packs:,} packs, "
        f"{report.density:.1%} full"
    )
    name = f"{report.name} rows"
    if report.name == "train" and report.packs > 1 and report.density < FULL_ENOUGH:
        way_out = f"Set data.packing: true, or a data.max_length nearer to {report.longest}."
        return Finding(name, found, "warning", f"packs at least {FULL_ENOUGH:.0%} full", way_out)
    return Finding(name, found)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is, as its Trainer counts."""

    packs: int
    """Of one epoch."""
    batch_size: int
    accumulate: int = 1
    processes: int = 1
    max_steps: int = -1
    max_epochs: int | None = None
    limit_batches: int | float = 1.0
    """`limit_train_batches`: a number of batches, or a share of them."""
    updates: int = 1
    """Batches that use the same packs (`objective: grpo`)."""

    @property
    def batches_per_epoch(self) -> int:
        """Batches of each process in one epoch."""
        batches = ceil(self.packs / (self.batch_size * self.processes)) * self.updates
        limit = self.limit_batches
        return min(batches, limit) if isinstance(limit, int) else int(batches * limit)

    @property
    def steps(self) -> int | None:
        """Optimizer steps of the run; None where neither `max_steps` nor `max_epochs` ends it."""
        per_epoch = ceil(self.batches_per_epoch / self.accumulate)
        by_epochs = per_epoch * self.max_epochs if self.max_epochs is not None and self.max_epochs >= 0 else None
        ends = [end for end in (by_epochs, self.max_steps if self.max_steps >= 0 else None) if end is not None]
        return min(ends, default=None)

    @property
    def batches(self) -> int | None:
        """Batches that each process will train on."""
        if self.steps is None or not self.batches_per_epoch:
            return None
        per_epoch = ceil(self.batches_per_epoch / self.accumulate)
        epochs, rest = divmod(self.steps, per_epoch)
        return epochs * self.batches_per_epoch + rest * self.accumulate


def require_steps(length: Length) -> None:
    """Refuse a run whose weights would be exported as they began.

    Raises:
        ConfigError: with what leaves no step.
    """
    if length.batches_per_epoch and length.steps != 0:
        return
    epoch = f"{length.packs:,} packs, trainer.limit_train_batches {length.limit_batches}"
    found = f"none ({epoch}, max_steps {length.max_steps}, max_epochs {length.max_epochs})"
    raise ConfigError("at least one training step", found, "Raise the one of these that is 0 or too small, or give more rows.")


def step_finding(length: Length) -> Finding:
    """How many optimizer steps the run takes.

    Raises:
        ConfigError: none.
    """
    require_steps(length)
    if length.steps is None:
        way_out = "Set trainer.max_steps or trainer.max_epochs."
        return Finding("steps", "neither max_steps nor max_epochs", "error", "a run that ends", way_out, exit_code=2)
    per_epoch = ceil(length.batches_per_epoch / length.accumulate)
    epochs = length.steps / per_epoch
    return Finding(
        "steps", f"{length.steps:,} optimizer steps of {length.accumulate} x {length.batch_size} packs, {epochs:.2f} epochs"
    )
