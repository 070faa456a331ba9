"""How long a run will take, from a few timed steps on its own first batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from statistics import median
from typing import Any

import torch
from torch import Tensor

from mathpal_lightning.checks.ceiling import now
from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.rates import is_token
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import PackedBatch, PreferenceBatch


def check_speed(
    module: Any,
    batches: Iterable[PackedBatch | PreferenceBatch],
    precision: Callable[[], AbstractContextManager[Any]],
    total: int,
) -> Finding:
    """Time forward and backward passes; gradients are dropped, weights and random states stay as they are.

    Args:
        module: a MathPalModule with its weights, in training mode.
        batches: at least two; the first warms up and is not counted.
        precision: the Trainer's, around a forward pass.
        total: batches that the run will take.
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
    a_batch, rate = median(counted), sum(counted_tokens) / sum(counted)
    return Finding(
        "time", f"about {duration(a_batch * total)} of training: {total:,} batches of {a_batch:.2f} s, {rate:,.0f} tokens/s"
    )


def duration(seconds: float) -> str:
    """45 s, 12 min, 3.5 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _loss(module: Any, batch: PackedBatch | PreferenceBatch) -> Tensor:
    """Something with the cost of the objective's loss, and nothing logged."""
    if isinstance(batch, PackedBatch):
        return score_solutions(module.model, batch, chunk_size=module.settings.loss_chunk)[0]
    if module.preference.needs_reference:
        with torch.no_grad():
            module.pair_log_probs(batch)
    pairs = module.pair_log_probs(batch)
    return (pairs.rejected - pairs.chosen).sum()
