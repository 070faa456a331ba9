"""A model and a batch -> what the objectives are made of: the summed SFT loss, or the log-probabilities of pairs and groups.

The decoder runs without its head; the losses meet the head at supervised tokens only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from torch import Tensor

from mathpal_lightning.losses import PairLogProbs, pair_log_probs, sampled_log_probs, sft_loss
from mathpal_lightning.model.block_sparse import in_whole_blocks, masks_in_blocks, takes_blocks
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.lean import document_spans, takes_spans
from mathpal_lightning.model.shared_prompt import attention_masks, unfolded
from mathpal_lightning.schema import GroupBatch, PackedBatch, PreferenceBatch

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel


class Head(TypedDict):
    """What the losses need of the head."""

    head_weight: Tensor
    softcap: float | None


def hidden_states(
    model: LanguageModel, batch: PackedBatch | PreferenceBatch | GroupBatch, masks: Mapping[str, object] | None = None
) -> Tensor:
    """The decoder's last hidden states [B, T, D].

    Without masks three things together keep documents apart: positions that restart, no attention mask, no cache. Lean
    attention and attention by blocks are told where they lie.
    """
    ids, positions = batch.input_ids, batch.position_ids
    if takes_blocks(model):
        ids, positions = in_whole_blocks(ids), in_whole_blocks(positions)
        masks = masks or masks_in_blocks(model, positions)
    elif masks is None and takes_spans(model):
        masks = dict.fromkeys(("full_attention", "sliding_attention"), document_spans(positions))
    states: Tensor = text_decoder(model)(
        input_ids=ids, position_ids=positions, attention_mask=masks, use_cache=False
    ).last_hidden_state
    width = batch.input_ids.shape[1]
    return states if states.shape[1] == width else states[:, :width]


def score_solutions(model: LanguageModel, batch: PackedBatch, chunk_size: int) -> tuple[Tensor, int]:
    """`sft_loss` of the model: the sum of the loss and the number of supervised tokens."""
    return sft_loss(hidden_states(model, batch), labels=batch.labels, chunk_size=chunk_size, **_head(model))


def score_pairs(model: LanguageModel, batch: PreferenceBatch, chunk_size: int, share_prompts: bool = True) -> PairLogProbs:
    """`pair_log_probs` of the model, in one forward pass.

    Args:
        model: a transformers or PEFT model.
        batch: pairs whose prompts stand once.
        chunk_size: see `token_log_probs`.
        share_prompts: False repeats each prompt, for a model that cannot take the mask of a shared one.
    """
    batch = batch if share_prompts else unfolded(batch)
    masks = attention_masks(batch, model) if share_prompts else None
    return pair_log_probs(hidden_states(model, batch, masks), batch=batch, chunk_size=chunk_size, **_head(model))


def score_groups(
    model: LanguageModel, batch: GroupBatch, chunk_size: int, share_prompts: bool = True, temperature: float = 1.0
) -> tuple[Tensor, Tensor, Tensor]:
    """`sampled_log_probs` of the model, in one forward pass.

    Args:
        model: a transformers or PEFT model.
        batch: groups whose prompts stand once.
        chunk_size: see `token_log_probs`.
        share_prompts: as in `score_pairs`.
        temperature: what the logits were divided by when the solutions were drawn.
    """
    batch = batch if share_prompts else unfolded(batch)
    masks = attention_masks(batch, model) if share_prompts else None
    states = hidden_states(model, batch, masks)
    return sampled_log_probs(states, batch=batch, chunk_size=chunk_size, temperature=temperature, **_head(model))


def _head(model: LanguageModel) -> Head:
    """What the losses need of the head."""
    softcap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    return {"head_weight": model.get_output_embeddings().weight, "softcap": softcap}
