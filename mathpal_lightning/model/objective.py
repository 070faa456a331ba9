"""A batch -> the terms of the objective's loss; and their means over all processes."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.losses import PairLogProbs, preference_loss
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import Objective, PackedBatch, PreferenceBatch

Batch = PackedBatch | PreferenceBatch
"""What the data module gives."""


class Terms(NamedTuple):
    """The loss of one batch."""

    loss: Tensor
    """The sum over the terms, with its graph."""
    number: int
    """The terms: supervised tokens, or pairs."""
    means: dict[str, Tensor]
    """What is logged, each a mean over the terms."""


def require_batch_of(objective: Objective, batch: Batch) -> None:
    """Refuse batches of the other objective.

    Raises:
        ConfigError: module and data module have different objectives.
    """
    if isinstance(batch, PreferenceBatch) != (objective == "dpo"):
        raise ConfigError(
            f"batches for `model.objective: {objective}`",
            type(batch).__name__,
            "Give MathDataModule the same `objective` (a config file does that by itself).",
        )


def sft_terms(model: Any, batch: PackedBatch, chunk_size: int) -> Terms:
    """The cross-entropy of the supervised tokens.

    Args:
        model: a transformers or PEFT model.
        batch: packed documents.
        chunk_size: supervised tokens that go through the head together.
    """
    loss, count = score_solutions(model, batch, chunk_size=chunk_size)
    return Terms(loss, count, {"loss": loss.detach() / count})


def preference_terms(pairs: PairLogProbs, reference: Tensor | None, preference: Preference) -> Terms:
    """The preference loss of pairs.

    Args:
        pairs: log-probabilities of the policy.
        reference: the reference's, [P, 2] of chosen and rejected; None for losses without one.
        preference: which loss.
    """
    if reference is not None:
        chosen, rejected = reference.to(pairs.chosen).unbind(1)
        pairs = pairs._replace(reference_chosen=chosen, reference_rejected=rejected)
    loss, means = preference_loss(
        pairs,
        preference.weights,
        beta=preference.beta,
        label_smoothing=preference.label_smoothing,
        simpo_margin=preference.simpo_margin,
    )
    return Terms(loss * len(pairs.chosen), len(pairs.chosen), means)


def mean_over_processes(terms: Terms, trainer: Any, device: torch.device) -> tuple[dict[str, Tensor], int]:
    """The means over the terms of all processes, and their number; the same on each process.

    Args:
        terms: of this process; none where its number is 0.
        trainer: the Trainer.
        device: of this process.
    """
    means, count = terms.means, terms.number
    if trainer.world_size == 1:
        return means, count
    weighted = [mean.float() * count if count else torch.zeros((), device=device) for mean in means.values()]
    sums = torch.stack([*weighted, torch.tensor(float(count), device=device)])
    *summed, total = trainer.strategy.reduce(sums, reduce_op="sum")
    return {name: value / total for name, value in zip(means, summed, strict=True)}, int(total)


def require_finite(loss: Tensor, step: int, batch_idx: int) -> None:
    """Stop before a loss that is not finite reaches the weights.

    Raises:
        TrainingError: it is NaN or infinite.
    """
    if not torch.isfinite(loss):
        raise TrainingError(
            "a finite loss",
            f"{loss.item()} at step {step}, batch {batch_idx}",
            "Lower `model.learning_rate`; on Gemma 3 and later never train in float16.",
        )


def is_repeat(loader: Any, batch_idx: int) -> bool:
    """Whether the batch repeats another one, only so that no process is idle (`data/order.py`); it must not count."""
    repeats = getattr(getattr(loader, "sampler", None), "is_repeat", None)
    return repeats is not None and repeats(batch_idx)
