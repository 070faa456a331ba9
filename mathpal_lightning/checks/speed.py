"""How long a run will take, from a few timed batches of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.estimate.speed import duration, time_batches
from mathpal_lightning.schema import PackedBatch, PreferenceBatch

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule


def check_speed(
    module: MathPalModule,
    batches: Iterable[PackedBatch | PreferenceBatch],
    precision: Callable[[], AbstractContextManager[None]],
    total: int,
) -> Finding:
    """The time of a run's batches; see `time_batches` for the arguments.

    Args:
        module: a MathPalModule with its weights.
        batches: at least two.
        precision: the Trainer's context around a forward pass.
        total: batches that the run will take.
    """
    speed = time_batches(module, batches, precision)
    return Finding(
        "time",
        f"about {duration(speed.seconds * total)} of forward and backward passes: {total:,} batches of {speed.seconds:.2f} s, "
        f"{speed.tokens_per_second:,.0f} tokens/s",
    )
