"""The time of a step, measured on a few batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from mathpal_lightning.estimate.ceiling import now
from mathpal_lightning.estimate.rates import is_token
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import PackedBatch, PreferenceBatch

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule


class Speed(NamedTuple):
    """How fast batches are trained on."""

    seconds: float
    """The median of a batch."""
    tokens_per_second: float


def time_batches(
    module: MathPalModule,
    batches: Iterable[PackedBatch | PreferenceBatch],
    precision: Callable[[], AbstractContextManager[None]],
) -> Speed:
    """Time forward and backward passes. Gradients are dropped; weights and random states stay as they are.

    Args:
        module: a MathPalModule with its weights, in training mode.
        batches: at least two; the first warms up and is not counted.
        precision: the Trainer's context around a forward pass.
    """
    seconds, tokens = [], []
    with torch.random.fork_rng(devices=[module.device] if module.device.type == "cuda" else []):
        for batch in batches:
            started = now(module.device)
            with precision():
                loss = _loss(module, type(batch)(*(tensor.to(module.device) for tensor in batch)))
            loss.backward()
            seconds.append(now(module.device) - started)
            tokens.append(int(is_token(batch.position_ids).sum()))
            module.zero_grad(set_to_none=True)
    counted, counted_tokens = seconds[1:] or seconds, tokens[1:] or tokens
    return Speed(median(counted), sum(counted_tokens) / sum(counted))


def duration(seconds: float) -> str:
    """45 s, 12 min, 3.5 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _loss(module: MathPalModule, batch: PackedBatch | PreferenceBatch) -> Tensor:
    """A scalar that costs as much as the objective's loss; nothing is logged."""
    if isinstance(batch, PackedBatch):
        return score_solutions(module.model, batch, chunk_size=module.settings.loss_chunk)[0]
    if module.preference.needs_reference:
        with torch.no_grad():
            module.pair_log_probs(batch)
    pairs = module.pair_log_probs(batch)
    difference: Tensor = (pairs.rejected - pairs.chosen).sum()
    return difference
