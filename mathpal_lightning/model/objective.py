"""A batch -> the terms of the objective's loss; and their means over all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.losses import PairLogProbs, preference_loss
from mathpal_lightning.model.policy import policy_terms
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.model.scoring import score_groups, score_solutions
from mathpal_lightning.model.terms import Terms
from mathpal_lightning.schema import Batch, GroupBatch, Objective, PackedBatch, PreferenceBatch

if TYPE_CHECKING:
    from lightning.pytorch import Trainer

    from mathpal_lightning.compat.transformers import LanguageModel
    from mathpal_lightning.model.module import MathPalModule


def require_batch_of(objective: Objective, batch: Batch) -> None:
    """Refuse batches of another objective, and what is no batch of ours.

    Raises:
        ConfigError: module and data module have different objectives, or a loader gives another type.
    """
    own = {"sft": PackedBatch, "dpo": PreferenceBatch, "grpo": PackedBatch | GroupBatch}[objective]
    if not isinstance(batch, Batch):
        wanted = "PreferenceBatch" if objective == "dpo" else "PackedBatch"
        raise ConfigError(
            f"batches of the type {wanted} for `model.objective: {objective}`",
            f"one of the type {type(batch).__name__}",
            f"Let your data module or loader give mathpal_lightning.schema.{wanted}; docs/library.md has an example.",
        )
    if not isinstance(batch, own):
        raise ConfigError(
            f"batches for `model.objective: {objective}`",
            type(batch).__name__,
            "Give MathDataModule the same `objective` (a config file does that by itself).",
        )


def terms_of(module: MathPalModule, batch: Batch) -> Terms:
    """The terms of the batch's loss; batches of `objective: grpo` that were not drawn are scored as those of `sft`.

    Args:
        module: a MathPalModule.
        batch: what its data module gave.
    """
    require_batch_of(module.settings.objective, batch)
    if isinstance(batch, PackedBatch):
        return sft_terms(module.model, batch, module.settings.loss_chunk)
    reference = module.reference
    if isinstance(batch, PreferenceBatch):
        # The reference comes first: while it takes the weights' places, no graph may refer to them.
        known = reference.log_probs(module.model, batch, module.pair_log_probs) if reference else None
        return preference_terms(module.pair_log_probs(batch), known, module.preference)
    how = (module.settings.loss_chunk, module.shares_prompts, module.policy.temperature)
    asked = None
    if reference:
        with reference.in_place(module.model):
            asked, _, _ = score_groups(module.model, batch, *how)
    log_probs, sample_ids, group_ids = score_groups(module.model, batch, *how)
    old = None if batch.is_fresh else module.old_log_probs
    module.old_log_probs = log_probs.detach() if batch.is_fresh else old
    most = module.settings.max_new_tokens
    return policy_terms(log_probs, sample_ids, group_ids, batch, module.policy, most, old, asked)


def sft_terms(model: LanguageModel, batch: PackedBatch, chunk_size: int) -> Terms:
    """The cross-entropy of the supervised tokens.

    Args:
        model: a transformers or PEFT model.
        batch: packed documents.
        chunk_size: supervised tokens that go through the head together.
    """
    loss, count = score_solutions(model, batch, chunk_size=chunk_size)
    return Terms(loss, count, {"loss": loss.detach() / max(count, 1)})


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


def mean_over_processes(terms: Terms, trainer: Trainer, device: torch.device) -> tuple[dict[str, Tensor], int]:
    """The means over the terms of all processes, and their number; the same on each process.

    Where no process has a term, each keeps its own means.

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
    if not total:
        return means, 0
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


def is_repeat(loader: object, batch_idx: int, batch: Batch | None = None) -> bool:
    """Whether the batch repeats another one, only so that no process is idle (`data/order.py`); it must not count.

    A draw knows it: where an epoch ends within its updates, the next epoch begins with the rest of them.
    """
    if isinstance(batch, GroupBatch):
        return batch.is_repeat
    repeats = getattr(getattr(loader, "sampler", None), "is_repeat", None)
    return repeats is not None and repeats(batch_idx)
