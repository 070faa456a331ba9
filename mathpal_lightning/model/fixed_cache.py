"""Keys and values in tensors of a fixed size: one more token is the same work at the same addresses, whatever its number.

Prompts are padded on the left, so all rows write the same column. A layer with R slots keeps column c in slot c mod R, over
the column that has left its window. A sliding layer has as many slots as its window is wide. With 4 slots, at column 6:

    slot      0  1  2  3
    column    4  5  6  3      6 is being written; the window of column 6 is 3 to 6

A row sees the slots whose column is not before its first token; the slots of a full layer that are not yet written stand for
columns below 0, by the same rule.

Legend: B rows, H heads of keys, R slots, D width of a head.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class FixedCache:
    """What decoders of transformers write keys and values into, in place of their own caches."""

    def __init__(self, read: Any, mask: Tensor, width: int, dtype: torch.dtype | None = None):
        """Take over the keys and values of prompts.

        Args:
            read: a DynamicCache that holds the prompts; it is empty afterwards, layer by layer, so that memory holds both
                forms of one layer only.
            mask: of the prompts, [B, T].
            width: columns that there is room for, T included.
            dtype: in which attention multiplies; None for that of `read`.
        """
        self.column = torch.tensor([mask.shape[1]], device=mask.device)
        self._first = mask.shape[1] - mask.sum(1)
        self._held: dict[int, tuple[Tensor, Tensor]] = {}
        self._slots: dict[int, Tensor] = {}
        self._rooms: dict[str, int] = {}
        for number, layer in enumerate(read.layers):
            if layer.keys is None:  # this layer reads the keys of an earlier one (Gemma 3n and 4)
                continue
            kind = "sliding_attention" if layer.is_sliding else "full_attention"
            room = min(width, layer.sliding_window) if layer.is_sliding else width
            self._rooms[kind] = room
            self._held[number] = (_placed(layer.keys, mask, room, dtype), _placed(layer.values, mask, room, dtype))
            layer.keys = layer.values = None

    def masks(self) -> dict[str, Tensor]:
        """Prepare for the next column: what is added to its attention scores, float32 [B, 1, 1, R]."""
        masks = {}
        for kind, room in self._rooms.items():
            slots = torch.arange(room, device=self.column.device)
            columns = self.column - (self.column - slots) % room
            sees = columns >= self._first[:, None]
            self._slots[room] = self.column % room
            masks[kind] = torch.where(sees, 0.0, torch.finfo(torch.float32).min)[:, None, None]
        return masks

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: object) -> tuple[Tensor, Tensor]:
        """Write the next column of a layer, [B, H, 1, D]; return the layer's tensors, [B, H, R, D]."""
        held = self._held[layer]
        for tensor, new in zip(held, (keys, values), strict=True):
            tensor.index_copy_(2, self._slots[tensor.shape[2]], new.to(tensor.dtype))
        return held


def _placed(tensor: Tensor, mask: Tensor, room: int, dtype: torch.dtype | None) -> Tensor:
    """The last columns of prompts [B, H, T', D] in their slots."""
    rows, heads, kept, size = tensor.shape
    columns = torch.arange(mask.shape[1] - kept, mask.shape[1], device=tensor.device)
    placed = torch.zeros(rows, heads, room, size, dtype=dtype or tensor.dtype, device=tensor.device)
    return placed.index_copy_(2, columns % room, tensor.to(placed.dtype))
