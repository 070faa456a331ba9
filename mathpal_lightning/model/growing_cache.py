"""Keys and values that grow by a column a token: written in place into room for some columns, and copied only when it is full.

A layer with a sliding window leaves behind, at such a copy, the columns that have left its window. Attention gets views of the
columns that it may see. All rows are as long, because shorter prompts were padded on the left.

Legend: A rows, H heads, K heads of keys, T columns, D width of a head.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from mathpal_lightning.compat.transformers import WITHOUT_CAP, attention_by, attention_implementation, capped_attention

ROOM = 64
"""Columns for which there is room after a copy."""


class GrowingCache:
    """What decoders of transformers write the keys and values of one token a row into, in place of their own caches."""

    def __init__(self, read: Any, mask: Tensor):
        """Take over the keys and values of prompts.

        Args:
            read: a DynamicCache that holds them; it is empty afterwards, layer by layer, so that memory holds both forms of one
                layer only.
            mask: 0 for the padding on the left, [A, T].
        """
        self._mask, self._window = mask.bool()[:, None, None], 0
        self._held: dict[int, tuple[_Columns, _Columns]] = {}
        for number, layer in enumerate(read.layers):
            if layer.keys is None:  # this layer reads the keys of an earlier one (Gemma 3n and 4)
                continue
            if window := layer.sliding_window if layer.is_sliding else 0:
                self._window = window
            self._held[number] = (_Columns(layer.keys, window), _Columns(layer.values, window))
            layer.keys = layer.values = None

    def select(self, rows: Tensor) -> None:
        """Go on with some of the rows, in this order; one that stands there twice is doubled."""
        self._mask = self._mask[rows]
        for held in self._held.values():
            for columns in held:
                columns.room = columns.room[rows]

    def masks(self) -> dict[str, Tensor]:
        """Prepare for the next column: which columns its queries see, by the kind of layer, bool [A, 1, 1, T]."""
        self._mask = torch.nn.functional.pad(self._mask, (0, 1), value=True)
        return {"full_attention": self._mask, "sliding_attention": self._mask[..., -self._window :]}

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: object) -> tuple[Tensor, Tensor]:
        """Write the next column of a layer, [A, K, 1, D]; return the columns that it sees, [A, K, T, D]."""
        held_keys, held_values = self._held[layer]
        return held_keys.append(keys), held_values.append(values)


class _Columns:
    """The keys or the values of a layer.

    Attributes:
        room: the columns, and behind them those that nothing has been written into yet.
    """

    def __init__(self, columns: Tensor, window: int):
        self._window, self._filled = window, columns.shape[2]
        self.room = columns

    def append(self, column: Tensor) -> Tensor:
        """Write one more; return those that are seen from there."""
        if self._filled == self.room.shape[2]:
            kept = self.room[:, :, -self._window + 1 :] if self._window else self.room
            self._filled = kept.shape[2]
            self.room = torch.nn.functional.pad(kept, (0, 0, 0, ROOM))
        self.room[:, :, self._filled] = column[:, :, 0]
        self._filled += 1
        return self.room[:, :, max(0, self._filled - self._window) if self._window else 0 : self._filled]


@contextmanager
def one_query_attention(config: Any) -> Iterator[None]:
    """Let the layers of a config attend from one token a row to the columns of a GrowingCache within the block."""
    capped = attention_implementation(config) != WITHOUT_CAP
    with attention_by(config, "growing", functools.partial(_attend, capped)):
        yield


def _attend(
    capped: bool,
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor,
    scaling: float,
    softcap: float | None = None,
    **_: object,
) -> tuple[Tensor, None]:
    """SDPA in which the heads that share keys are the queries of one head: 9 times as fast as with a copy of keys for each.

    Args:
        capped: whether a softcap is applied.
        module: the layer.
        query: [A, H, 1, D].
        key: [A, K, T, D].
        value: [A, K, T, D].
        attention_mask: bool [A, 1, 1, T].
        scaling: of the scores.
        softcap: of the scores.
    """
    rows, heads, _one, size = query.shape
    grouped = query.reshape(rows, key.shape[1], -1, size)
    if softcap and capped:
        out = capped_attention(grouped, key, value, attention_mask, scaling, softcap)
    else:
        out = torch.nn.functional.scaled_dot_product_attention(grouped, key, value, attn_mask=attention_mask, scale=scaling)
    return out.reshape(rows, 1, heads, -1), None
