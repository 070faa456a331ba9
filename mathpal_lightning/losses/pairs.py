"""Hidden states of pairs or groups -> log-probabilities of their completions. Only completion tokens go through the head.

Shapes: B rows, T positions, D hidden size, V vocabulary, P pairs, S samples of all groups, N completion tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mathpal_lightning.losses.dpo import PairLogProbs
from mathpal_lightning.losses.linear_cross_entropy import CHUNK_SIZE, token_log_probs
from mathpal_lightning.schema import GroupBatch, PreferenceBatch


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
        batch: the pairs; a prompt may stand once for both completions or once for each.
        softcap: the model's final softcap, if it has one.
        chunk_size: see `token_log_probs`.

    Returns:
        The sums in nats, float32 [P], in the order of `pair_ids`, and the lengths, float32 [P]; no reference.

    Raises:
        ValueError: hidden states that do not have the shape of the batch.
    """
    log_probs, rows, columns = _completion_log_probs(hidden, head_weight, batch, softcap, chunk_size)
    side = 2 * batch.pair_ids[rows, columns] + batch.segment_ids[rows, columns] - 1
    number = 2 * (int(batch.pair_ids.max()) + 1)
    sums = log_probs.new_zeros(number).index_add(0, side, log_probs)
    lengths = torch.bincount(side, minlength=number).to(sums.dtype)
    return PairLogProbs(sums[0::2], sums[1::2], lengths[0::2], lengths[1::2])


def sampled_log_probs(
    hidden: Tensor,
    head_weight: Tensor,
    batch: GroupBatch,
    *,
    softcap: float | None = None,
    chunk_size: int = CHUNK_SIZE,
    temperature: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Log p(token | prompt, the solution before it) of every sampled token, in the order of rows and positions.

    Args:
        hidden: [B, T, D], the final hidden states.
        head_weight: [V, D].
        batch: the groups, each prompt once.
        softcap: the model's final softcap, if it has one.
        chunk_size: see `token_log_probs`.
        temperature: the divisor of the logits when the solutions were drawn.

    Returns:
        The log-probabilities in nats, float32 [N]; the number of each token's sample, int64 [N], in the order of
        `batch.rewards`; and the number of each sample's group, int64 [S].

    Raises:
        ValueError: hidden states that do not have the shape of the batch.
    """
    # With c the softcap and z the products, the logits over t are c tanh(z / c) / t = (c / t) tanh((z / t) / (c / t)).
    softcap = softcap / temperature if softcap else softcap
    log_probs, rows, columns = _completion_log_probs(hidden / temperature, head_weight, batch, softcap, chunk_size)
    places = torch.stack([batch.group_ids[rows, columns], batch.segment_ids[rows, columns]], dim=1)
    samples, sample_ids = places.unique(dim=0, return_inverse=True)  # sorted: group by group, solution by solution
    return log_probs, sample_ids, samples[:, 0]


def _completion_log_probs(
    hidden: Tensor, head_weight: Tensor, batch: PreferenceBatch | GroupBatch, softcap: float | None, chunk_size: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The log-probabilities [N] of all completion tokens, and their rows and columns, int64 [N]."""
    if batch.segment_ids.shape != hidden.shape[:2]:
        raise ValueError(f"Expected hidden [{', '.join(map(str, batch.segment_ids.shape))}, D], but got {[*hidden.shape]}")
    rows, columns = (batch.segment_ids > 0).nonzero(as_tuple=True)
    before = predictors(batch.segment_ids)[rows, columns]
    states = hidden.flatten(0, 1).index_select(0, rows * hidden.shape[1] + before)
    targets = batch.labels[rows, columns]
    return token_log_probs(states, head_weight, targets, softcap=softcap, chunk_size=chunk_size), rows, columns


def predictors(segment_ids: Tensor) -> Tensor:
    """The position from which each completion token is predicted, int64 [B, T].

    This is the position before it. For the first token of a completion it is the last position of its prompt:

        segment_ids   0  0  0  1  1  2  2  2
        predictors    .  .  .  2  3  2  5  6
    """
    positions = torch.arange(segment_ids.shape[1], device=segment_ids.device).expand_as(segment_ids)
    last_of_prompt = torch.where(segment_ids == 0, positions, -1).cummax(1).values
    goes_on = torch.nn.functional.pad(segment_ids[:, :-1], (1, 0)) == segment_ids
    return torch.where(goes_on, positions - 1, last_of_prompt)
