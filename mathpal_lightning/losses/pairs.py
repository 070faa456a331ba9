"""Hidden states of preference pairs -> the log-probability of each completion. Only completion tokens meet the head.

Shapes: B rows, T positions, D hidden size, V vocabulary, P pairs, N completion tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mathpal_lightning.losses.dpo import PairLogProbs
from mathpal_lightning.losses.linear_cross_entropy import CHUNK_SIZE, token_log_probs
from mathpal_lightning.schema import PreferenceBatch


def pair_log_probs(
    hidden: Tensor,
    head_weight: Tensor,
    batch: PreferenceBatch,
    *,
    softcap: float | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> PairLogProbs:
    """Sum log p(token | prompt, the completion before it) over each completion.

    Args:
        hidden: [B, T, D], the final hidden states.
        head_weight: [V, D].
        batch: the pairs, each prompt once or once for each completion.
        softcap: the model's final softcap, if it has one.
        chunk_size: see `token_log_probs`.

    Returns:
        The sums in nats, float32 [P], in the order of `pair_ids`, and the lengths, float32 [P]; no reference.

    Raises:
        ValueError: hidden states that do not have the shape of the batch.
    """
    if batch.segment_ids.shape != hidden.shape[:2]:
        raise ValueError(f"Expected hidden [{', '.join(map(str, batch.segment_ids.shape))}, D], but got {[*hidden.shape]}")
    rows, columns = (batch.segment_ids > 0).nonzero(as_tuple=True)
    before = predictors(batch.segment_ids)[rows, columns]
    states = hidden.flatten(0, 1).index_select(0, rows * hidden.shape[1] + before)
    log_probs = token_log_probs(states, head_weight, batch.labels[rows, columns], softcap=softcap, chunk_size=chunk_size)
    side = 2 * batch.pair_ids[rows, columns] + batch.segment_ids[rows, columns] - 1
    number = 2 * (int(batch.pair_ids.max()) + 1)
    sums = log_probs.new_zeros(number).index_add(0, side, log_probs)
    lengths = torch.bincount(side, minlength=number).to(sums.dtype)
    return PairLogProbs(sums[0::2], sums[1::2], lengths[0::2], lengths[1::2])


def predictors(segment_ids: Tensor) -> Tensor:
    """The position from which each completion token is predicted, int64 [B, T].

    The one before it; for the first token of a completion the last of its prompt:

        segment_ids   0  0  0  1  1  2  2  2
        predictors    .  .  .  2  3  2  5  6
    """
    positions = torch.arange(segment_ids.shape[1], device=segment_ids.device).expand_as(segment_ids)
    last_of_prompt = torch.where(segment_ids == 0, positions, -1).cummax(1).values
    goes_on = torch.nn.functional.pad(segment_ids[:, :-1], (1, 0)) == segment_ids
    return torch.where(goes_on, positions - 1, last_of_prompt)
