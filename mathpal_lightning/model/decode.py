"""Prompts -> tokens: read once, then one token for every row at a time.

    read          prompts of token ids -> the states of their last tokens, keys and values
    write_growing keys and values grow by a column a token, and a row that has ended leaves them: best on a CPU

`decode_fixed.py` has the loop for GPUs. Both take and give the same.

Legend: R rows, T columns of the longest prompt, D width of the model, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Choose = Callable[[Tensor, Tensor, int], Tensor]
"""Logits [A, V] of the rows that go on, the numbers of those rows [A], and the step -> their next tokens [A]."""


@dataclass(slots=True)
class Read:
    """Prompts that the decoder has read; the rows of one prompt follow each other.

    Attributes:
        states: of each row's last token, [R, D].
        cache: transformers' DynamicCache of the keys and values.
        mask: 1 for tokens and 0 for the padding on the left, int64 [R, T].
    """

    states: Tensor
    cache: Any
    mask: Tensor


@dataclass(frozen=True, slots=True)
class Writing:
    """What both loops need besides the prompts.

    Attributes:
        decoder: the text decoder, without its head.
        head: the weight of the head, [V, D].
        choose: takes the next tokens.
        stops: the tokens that end a row, int64 [S].
        most: tokens after which a row is cut.
    """

    decoder: Any
    head: Tensor
    choose: Choose
    stops: Tensor
    most: int

    def logits(self, states: Tensor) -> Tensor:
        """The head's logits [A, V] of states [A, D]."""
        return torch.nn.functional.linear(states.to(self.head.dtype), self.head)


def read(writing: Writing, prompts: Sequence[Sequence[int]], pad: int, copies: int) -> Read:
    """Read prompts, each once.

    Args:
        writing: the decoder and its head.
        prompts: token ids.
        pad: the token that fills the left of shorter prompts; nothing attends to it.
        copies: rows that go on from each prompt.
    """
    from transformers import DynamicCache

    cache = DynamicCache(config=writing.decoder.config)
    ids, mask = _left_padded(prompts, pad, writing.head.device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    states = writing.decoder(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
    ).last_hidden_state[:, -1]
    if copies > 1:
        cache.batch_repeat_interleave(copies)
        states, mask = states.repeat_interleave(copies, dim=0), mask.repeat_interleave(copies, dim=0)
    return Read(states, cache, mask)


def write_growing(writing: Writing, read: Read) -> list[list[int]]:
    """Continue prompts; a row that has ended leaves the batch.

    Returns:
        The new ids of each row, with its stop token.
    """
    states, cache, mask = read.states, read.cache, read.mask
    positions = mask.sum(1, keepdim=True)
    rows = torch.arange(len(mask), device=mask.device)
    written: list[list[int]] = [[] for _ in rows]
    for step in range(writing.most):
        tokens = writing.choose(writing.logits(states), rows, step)
        for row, token in zip(rows.tolist(), tokens.tolist(), strict=True):
            written[row].append(token)
        alive = torch.isin(tokens, writing.stops, invert=True)
        if step + 1 == writing.most or not alive.any():
            break
        if not alive.all():
            kept = alive.nonzero().squeeze(1)
            cache.batch_select_indices(kept)
            rows, tokens, mask, positions = rows[kept], tokens[kept], mask[kept], positions[kept]
        mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
        states = writing.decoder(
            input_ids=tokens[:, None], attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
        ).last_hidden_state[:, -1]
        positions = positions + 1
    return written


def _left_padded(prompts: Sequence[Sequence[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask, int64 [B, longest prompt]."""
    longest = max(map(len, prompts))
    ids = [[pad] * (longest - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)
