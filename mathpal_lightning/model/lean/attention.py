"""Attention within each document of a packed row, without a mask over the row.

A row of T positions with documents of L tokens costs sum(L^2), not T^2, and no [T, T] mask exists. Long documents go through in
blocks of queries, each with the keys that it can see: a sliding window costs L times the window. The forward pass is torch's
own attention; the backward pass forms the probabilities of a block again from queries and keys, as FlashAttention does (Dao et
al. 2022, arXiv:2205.14135), in products that a CPU runs at its full rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.compat.torch import Context, applied, softmax_backward
from mathpal_lightning.model.lean.kernels import Kernels
from mathpal_lightning.model.lean.norm import Norm, rms_norm_rotated

QUERIES = 512
"""Queries of one block: with 4 heads and 1,024 keys, bfloat16 probabilities of 4 MB."""


class Block(NamedTuple):
    """Queries of one document, and the keys to which at least one of them attends."""

    row: int
    queries: slice
    keys: slice
    hidden: Tensor
    """bool [queries, keys]: True if the query does not attend to the key."""
    is_causal: bool
    """Whether each query attends to all keys up to its own."""


class Spans:
    """The places of the documents in a batch, and which token attends to which: the mask of a lean model's attention.

    Args:
        places: row, first position, and the position behind the last one of each document.
        sees: for each document, bool [L, L]: which token attends to which. None: causal, within the sliding window.
    """

    def __init__(self, places: Sequence[tuple[int, int, int]], sees: Sequence[Tensor] | None = None):
        self.places, self.sees = places, sees
        self._blocks: dict[int | None, list[Block]] = {}

    def blocks(self, window: int | None) -> list[Block]:
        """The blocks of a layer; layers with the same sliding window share them."""
        if window not in self._blocks:
            self._blocks[window] = [
                block
                for number, place in enumerate(self.places)
                for block in _document_blocks(*place, window, None if self.sees is None else self.sees[number])
            ]
        return self._blocks[window]


def _document_blocks(row: int, start: int, stop: int, window: int | None, sees: Tensor | None) -> list[Block]:
    blocks = []
    for first in range(start, stop, QUERIES):
        last = min(first + QUERIES, stop)
        if sees is not None:
            keys, hidden = slice(start, stop), ~sees[first - start : last - start]
        else:
            keys = slice(start if window is None else max(start, first - window + 1), last)
            distance = torch.arange(first, last)[:, None] - torch.arange(keys.start, last)
            hidden = (distance < 0) if window is None else (distance < 0) | (distance >= window)
        causal = sees is None and keys.start == first and (window is None or last - first <= window)
        blocks.append(Block(row, slice(first, last), keys, hidden, causal))
    return blocks


def document_spans(position_ids: Tensor) -> Spans:
    """The documents of a packed batch: positions [B, T] that restart at 0. Padding, at position 0, belongs to none."""
    places = []
    for row, positions in enumerate(position_ids.tolist()):
        bounds = [place for place, position in enumerate(positions) if position == 0] + [len(positions)]
        places += [(row, start, stop) for start, stop in zip(bounds, bounds[1:], strict=False) if stop - start > 1]
    return Spans(places)


class Attention(Protocol):
    """What the attention of a Gemma 3 has."""

    head_dim: int
    scaling: float
    sliding_window: int | None
    q_proj: Callable[[Tensor], Tensor]
    k_proj: Callable[[Tensor], Tensor]
    v_proj: Callable[[Tensor], Tensor]
    o_proj: Callable[[Tensor], Tensor]
    q_norm: Norm
    k_norm: Norm

    @staticmethod
    def forward(module: Attention, *arguments: object, **options: object) -> tuple[Tensor, Tensor | None]:
        """Transformers' own forward pass."""


def attention_layer(
    module: Attention,
    kernels: Kernels,
    hidden_states: Tensor,
    position_embeddings: tuple[Tensor, Tensor],
    attention_mask: object = None,
    **options: object,
) -> tuple[Tensor, Tensor | None]:
    """The forward pass of Gemma 3's attention for `Spans`. Other masks, and calls with a cache, go to transformers' own."""
    if not isinstance(attention_mask, Spans):
        return type(module).forward(module, hidden_states, position_embeddings, attention_mask, **options)
    heads = (*hidden_states.shape[:-1], -1, module.head_dim)
    query, key, value = (project(hidden_states).view(heads) for project in (module.q_proj, module.k_proj, module.v_proj))
    query = rms_norm_rotated(module.q_norm, kernels, query, *position_embeddings)
    key = rms_norm_rotated(module.k_norm, kernels, key, *position_embeddings)
    attended = attend(query, key, value, attention_mask.blocks(module.sliding_window), module.scaling)
    return module.o_proj(attended.flatten(2)), None


def attend(query: Tensor, key: Tensor, value: Tensor, blocks: Sequence[Block], scaling: float) -> Tensor:
    """softmax(scaling * query key^T) value within each block, zero elsewhere.

    Shapes: query [B, T, H, d], key and value [B, T, K, d], H a multiple of K -> [B, T, H, d].
    """
    return applied(_Attention, query, key, value, blocks, scaling)


class _Attention(torch.autograd.Function):
    """Saves only queries, keys and values for the backward pass."""

    @staticmethod
    def forward(ctx: Context, query: Tensor, key: Tensor, value: Tensor, blocks: Sequence[Block], scaling: float) -> Tensor:
        ctx.save_for_backward(query, key, value)
        ctx.blocks, ctx.scaling = blocks, scaling
        out = torch.zeros_like(query)
        for row, queries, keys, hidden, is_causal in blocks:
            attended = torch.nn.functional.scaled_dot_product_attention(
                query[row, queries].transpose(0, 1)[None],
                _for_each_head(key[row, keys], query.shape[2]),
                _for_each_head(value[row, keys], query.shape[2]),
                attn_mask=None if is_causal else ~hidden,
                is_causal=is_causal,
                scale=scaling,
            )
            out[row, queries] = attended[0].transpose(0, 1)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value = ctx.saved_tensors
        width, shared = query.shape[3], query.shape[2] // key.shape[2]
        query_gradient = torch.zeros_like(query)
        # These are sums over blocks of queries, so they are float32.
        floats = torch.promote_types(key.dtype, torch.float32)
        key_gradient, value_gradient = (torch.zeros_like(of, dtype=floats) for of in (key, value))
        for row, queries, keys, hidden, _ in ctx.blocks:
            for group in range(key.shape[2]):
                # Heads that share keys are stacked: [H / K * queries, d].
                heads = slice(group * shared, (group + 1) * shared)
                scaled = (query[row, queries, heads] * ctx.scaling).transpose(0, 1).reshape(-1, width)
                slope = upstream[row, queries, heads].transpose(0, 1).reshape(-1, width)
                own_keys, own_values = key[row, keys, group], value[row, keys, group]
                scores = scaled @ own_keys.T
                scores.view(-1, *hidden.shape).masked_fill_(hidden, -torch.inf)
                probabilities = scores.softmax(-1)
                value_gradient[row, keys, group] += probabilities.T @ slope
                of_scores = softmax_backward(slope @ own_values.T, probabilities)
                key_gradient[row, keys, group] += of_scores.T @ scaled
                of_queries = (of_scores @ own_keys).mul_(ctx.scaling)
                query_gradient[row, queries, heads] = of_queries.view(shared, -1, width).transpose(0, 1)
        return query_gradient, key_gradient.to(key.dtype), value_gradient.to(value.dtype), None, None


def _for_each_head(shared: Tensor, heads: int) -> Tensor:
    """[T, K, d] -> [1, heads, T, d]: each of the K key heads is repeated for the query heads that share it."""
    return shared.transpose(0, 1)[:, None].expand(-1, heads // shared.shape[1], -1, -1).flatten(0, 1)[None]
