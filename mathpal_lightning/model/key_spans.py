"""Which keys each query of a packed row attends to, as one or two spans of the row, and the masks that follow from them.

A query attends to the keys from `own` up to itself: its document, or its completion. Behind a shared prompt it also attends to
the keys `prompt_start <= key < prompt_stop`. A row of a pair with a prompt of 3 tokens and completions of 2 and 2, and its
spans without a sliding window and with one of 2:

    position        0  1  2   3  4   3  4
    segment         0  0  0   1  1   2  2
    own             0  0  0   3  3   5  5         0  0  1   3  3   5  5
    prompt_start    0  0  0   0  0   0  0         0  0  1   2  3   2  3
    prompt_stop     0  0  0   3  3   3  3         0  0  0   3  3   3  3

The spans follow from positions alone, without a loop or a matrix of pairs, and no value is read back from the card.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask

Sees = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""Row, head, query and key -> whether the query attends to the key."""
BLOCK = 128
"""Queries and keys of a block. FlexAttention's kernels leave out blocks in which no query attends to a key."""


class KeySpans(NamedTuple):
    """The keys of each query, int32 [B, T] each, as places in the row."""

    own: Tensor
    prompt_start: Tensor | None = None
    """None where no prompt is shared."""
    prompt_stop: Tensor | None = None


def key_spans(position_ids: Tensor, segment_ids: Tensor | None = None, window: int | None = None) -> KeySpans:
    """The spans of packed documents, or of pairs and groups whose prompts stand once.

    Args:
        position_ids: int64 [B, T]; 0 at the first token of each document or prompt, and at padding, which sees itself only.
        segment_ids: int64 [B, T] of pairs and groups: 0 in the prompt, 1 to k in its completions. None for documents.
        window: positions that a sliding window holds, the query's own among them; None without one.
    """
    places = torch.arange(position_ids.shape[1], device=position_ids.device).expand_as(position_ids)
    reach = position_ids.shape[1] if window is None else window
    if segment_ids is None:
        return KeySpans((places - position_ids.clamp(max=reach - 1)).to(torch.int32))
    starts_prompt = position_ids == 0
    changes = segment_ids != segment_ids.roll(1, 1)
    prompt = torch.where(starts_prompt, places, 0).cummax(1).values
    run = torch.where(starts_prompt | changes, places, 0).cummax(1).values
    offset = places - run
    prompt_start = prompt + (position_ids - reach + 1).clamp(min=0)
    prompt_stop = prompt + position_ids - offset  # where the prompt ends; for its own tokens where it begins
    own = places - offset.clamp(max=reach - 1)
    return KeySpans(*(tensor.to(torch.int32) for tensor in (own, prompt_start, prompt_stop)))


def dense_mask(spans: KeySpans) -> Tensor:
    """Bool [B, 1, T, T], True where the query attends to the key."""
    places = torch.arange(spans.own.shape[1], device=spans.own.device)
    seen = (places >= spans.own[:, :, None]) & (places <= places[:, None])
    if spans.prompt_start is not None and spans.prompt_stop is not None:
        seen |= (places >= spans.prompt_start[:, :, None]) & (places < spans.prompt_stop[:, :, None])
    return seen[:, None]


def block_mask(spans: KeySpans) -> BlockMask:
    """The same for FlexAttention (Dong et al. 2024, arXiv:2412.05496): which blocks hold pairs, and which hold nothing else.

    Torch's own `create_block_mask` looks at all T x T pairs. This looks at the T queries once for each of the T / 128 blocks of
    keys. T is a multiple of 128.
    """
    own, start, stop = spans
    width = own.shape[1]
    assert width % BLOCK == 0, f"a row of {width} positions is not made of whole blocks"
    places = torch.arange(width, device=own.device)[:, None]
    first = torch.arange(0, width, BLOCK, device=own.device)
    last = first + BLOCK - 1
    seen = (own[:, :, None] <= last) & (places >= first)
    whole = (own[:, :, None] <= first) & (places >= last)
    if start is not None and stop is not None:
        seen |= (start[:, :, None] <= last) & (stop[:, :, None] > first) & (start < stop)[:, :, None]
        whole |= (start[:, :, None] <= first) & (stop[:, :, None] > last)
    seen, whole = (pairs.unflatten(1, (-1, BLOCK)) for pairs in (seen, whole))
    some, every = seen.any(2), whole.all(2)
    return BlockMask.from_kv_blocks(
        *_listed(some & ~every),
        *_listed(every),
        BLOCK_SIZE=BLOCK,
        mask_mod=_within_own(own) if start is None or stop is None else _within_either(own, start, stop),
        seq_lengths=(width, width),
    )


def _listed(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """Bool [B, n, n] -> how many blocks of keys each block of queries has [B, 1, n], and the order of all [B, 1, n, n]."""
    order = blocks.to(torch.int8).argsort(dim=-1, descending=True, stable=True)
    return blocks.sum(-1, dtype=torch.int32)[:, None], order.to(torch.int32)[:, None].contiguous()


def _within_own(own: Tensor) -> Sees:
    def sees(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (key >= own[row, query]) & (key <= query)

    return sees


def _within_either(own: Tensor, start: Tensor, stop: Tensor) -> Sees:
    def sees(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        in_own = (key >= own[row, query]) & (key <= query)
        return in_own | ((key >= start[row, query]) & (key < stop[row, query]))

    return sees
