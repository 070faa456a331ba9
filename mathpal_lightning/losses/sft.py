"""Supervised fine-tuning: hidden states and labels -> the sum of the cross-entropy, and the number of its tokens.

Shapes: B rows, T positions, D hidden size, V vocabulary, N supervised positions.
"""

from __future__ import annotations

from torch import Tensor

from mathpal_lightning.losses.linear_cross_entropy import CHUNK_SIZE, token_log_probs
from mathpal_lightning.schema import IGNORE_INDEX


def sft_loss(
    hidden: Tensor,
    head_weight: Tensor,
    labels: Tensor,
    *,
    softcap: float | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> tuple[Tensor, int]:
    """Sum -log p(labels[b, t] | the tokens before t) over the supervised positions. Only these go through the head.

    The result is a sum, not a mean. The sums of unequal micro-batches, divided by the number of tokens of all of them, give
    the gradient of one big batch. A batch without supervised tokens gives (0, 0) and zero gradients.

    Args:
        hidden: [B, T, D], the final hidden states.
        head_weight: [V, D].
        labels: int64 [B, T], unshifted, IGNORE_INDEX where not supervised. The label at t = 0 has no predecessor
            and is not counted.
        softcap: the model's final softcap, if it has one.
        chunk_size: see `token_log_probs`.

    Returns:
        The sum in nats, a float32 scalar, and the number of supervised tokens.

    Raises:
        ValueError: labels that do not have the shape of the hidden states.
    """
    if labels.shape != hidden.shape[:2]:
        raise ValueError(f"Expected labels {[*hidden.shape[:2]]} for hidden {[*hidden.shape]}, but got {[*labels.shape]}")
    rows, columns = (labels[:, 1:] != IGNORE_INDEX).nonzero(as_tuple=True)
    # With one flat index the backward pass is an index_add, which is faster than the index_put of a boolean mask.
    predictors = hidden.flatten(0, 1).index_select(0, rows * labels.shape[1] + columns)
    log_probs = token_log_probs(predictors, head_weight, labels[rows, columns + 1], softcap=softcap, chunk_size=chunk_size)
    return -log_probs.sum(), len(rows)
