"""Keys and values in tensors of a fixed size: one more token is the same work at the same addresses, whatever its number.

Each row counts its own columns from 0. A layer with R slots keeps column c in slot c mod R, over the column that has left its
window. A sliding layer has as many slots as its window is wide. With 4 slots, at column 6:

    slot      0  1  2  3
    column    4  5  6  3      6 is being written; the window of column 6 is 3 to 6

A slot that the row has not written yet stands for a column below 0, by the same rule, and is not seen; so a row can be taken
over by another prompt while the others go on.

Legend: B rows, H heads of keys, R slots, D width of a head; P prompts of at most T tokens.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class FixedCache:
    """What decoders of transformers write keys and values into, in place of their own caches.

    Attributes:
        column: that each row writes next, int64 [B].
    """

    def __init__(self, rows: int, width: int, device: torch.device, dtype: torch.dtype | None = None):
        """Make room; the tensors come with the first prompts, whose shapes they have.

        Args:
            rows: B.
            width: columns that there is room for.
            device: of the model.
            dtype: in which attention multiplies; None for that of the prompts' keys.
        """
        self.column = torch.zeros(rows, dtype=torch.int64, device=device)
        self._width, self._dtype = width, dtype
        self._held: dict[int, tuple[Tensor, Tensor]] = {}
        self._slots: dict[int, Tensor] = {}
        self._rooms: dict[str, int] = {}

    def take(self, read: Any, lengths: Tensor, source: Tensor, to: Tensor) -> None:
        """Take over the keys and values of prompts that were padded on the left.

        Args:
            read: a DynamicCache that holds them; it is empty afterwards, layer by layer, so that memory holds both forms of one
                layer only.
            lengths: tokens of each prompt, [P].
            source: the prompt of each row that is filled.
            to: the rows that are filled, as many.
        """
        longest = int(read.get_seq_length())
        for number, layer in enumerate(read.layers):
            if layer.keys is None:  # this layer reads the keys of an earlier one (Gemma 3n and 4)
                continue
            room = min(self._width, layer.sliding_window) if layer.is_sliding else self._width
            self._rooms["sliding_attention" if layer.is_sliding else "full_attention"] = room
            if number not in self._held:
                self._held[number] = (self._empty(layer.keys, room), self._empty(layer.values, room))
            kept = torch.arange(longest - layer.keys.shape[2], longest, device=to.device)  # of a window, its last columns
            slots = (kept - (longest - lengths[source])[:, None]) % room  # padding lands where it is not seen
            for held, new in zip(self._held[number], (layer.keys, layer.values), strict=True):
                held[to[:, None], :, slots] = new[source].transpose(1, 2).to(held.dtype)
            layer.keys = layer.values = None
        self.column[to] = lengths[source]

    def _empty(self, like: Tensor, room: int) -> Tensor:
        return like.new_zeros(len(self.column), like.shape[1], room, like.shape[3], dtype=self._dtype or like.dtype)

    def masks(self) -> dict[str, Tensor]:
        """Prepare for the next columns: what is added to their attention scores, float32 [B, 1, 1, R]."""
        masks, column = {}, self.column[:, None]
        for kind, room in self._rooms.items():
            self._slots[room] = (column % room)[:, None, None]
            columns = column - (column - torch.arange(room, device=column.device)) % room
            masks[kind] = ((columns < 0).float() * torch.finfo(torch.float32).min)[:, None, None]
        return masks

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: object) -> tuple[Tensor, Tensor]:
        """Write the next columns of a layer, [B, H, 1, D]; return the layer's tensors, [B, H, R, D]."""
        held = self._held[layer]
        for tensor, new in zip(held, (keys, values), strict=True):
            tensor.scatter_(2, self._slots[tensor.shape[2]].expand_as(new), new.to(tensor.dtype))
        return held
