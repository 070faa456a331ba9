"""Documents -> packs, by best-fit decreasing. No document is cut or spread over two packs.

Capacity 8, lengths 5 3 4 2 2:   [5 3] [4 2 2]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

_BLOCK = 1 << 16


class Packs(NamedTuple):
    """Which documents lie in which pack: pack i holds `documents[starts[i]:starts[i + 1]]`."""

    documents: np.ndarray
    """int64 [number of documents], each document once."""
    starts: np.ndarray
    """int64 [number of packs + 1]."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def pack(self, index: int) -> np.ndarray:
        """The documents of one pack, int64."""
        return self.documents[self.starts[index] : self.starts[index + 1]]


def best_fit_packs(lengths: Sequence[int] | np.ndarray, capacity: int) -> Packs:
    """Place each document, longest first, into the fullest pack that still holds it; open a new pack if none does.

    All packs with r free positions are on one stack, and bit r of one integer says whether that stack has any. The best fit for
    a length L is the lowest set bit at or above L. 100,000 documents take a fraction of a second.

    Args:
        lengths: tokens of each document, each from 1 to `capacity`.
        capacity: positions of a pack.

    Raises:
        ValueError: a length is outside 1 to `capacity`. Refuse such rows before packing.
    """
    sizes = np.asarray(lengths, dtype=np.int32)
    if len(sizes) and not 1 <= sizes.min() <= sizes.max() <= capacity:
        raise ValueError(f"Expected argument `lengths` within 1..{capacity}, but got {sizes.min()} to {sizes.max()}")
    order = np.argsort(-sizes, kind="stable")
    with_room: list[list[int]] = [[] for _ in range(capacity + 1)]  # free positions -> packs
    occurring, packs = 0, 0
    pack_of = np.empty(len(sizes), dtype=np.int32)
    for document, length in _in_blocks(order, sizes):
        fitting = occurring >> length
        if fitting:
            room = length + (fitting & -fitting).bit_length() - 1
            pack = with_room[room].pop()
            if not with_room[room]:
                occurring ^= 1 << room
        else:
            room, pack = capacity, packs
            packs += 1
        pack_of[document] = pack
        if rest := room - length:
            with_room[rest].append(pack)
            occurring |= 1 << rest
    del order, with_room
    starts = np.concatenate([[0], np.cumsum(np.bincount(pack_of, minlength=packs))]).astype(np.int64)
    return Packs(np.argsort(pack_of, kind="stable"), starts)


def _in_blocks(order: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[int, int]]:
    """Each document with its length as Python numbers, one by one. A list of all would take 80 bytes for each document."""
    for block in np.array_split(order, len(order) // _BLOCK + 1):
        yield from zip(block.tolist(), sizes[block].tolist(), strict=True)


def single_packs(number: int) -> Packs:
    """One document in each pack, for `packing: false`."""
    return Packs(np.arange(number), np.arange(number + 1))


def density(lengths: Sequence[int] | np.ndarray, packs: Packs, capacity: int) -> float:
    """Tokens over positions, 0 to 1."""
    return float(np.sum(lengths) / (len(packs) * capacity)) if len(packs) else 0.0
