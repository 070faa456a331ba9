"""Encoded -> PackedBatch, EncodedPair -> PreferenceBatch: documents laid end to end, positions restarting with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, PackedBatch, PreferenceBatch

Document = TypeVar("Document", Encoded, EncodedPair)


def collate(packs: Sequence[Sequence[Encoded]], pad_token_id: int, width: int | None = None) -> PackedBatch:
    """Lay the documents of each pack end to end.

    Args:
        packs: B rows, each a list of documents.
        pad_token_id: the id behind the last document of a row.
        width: T, the positions of a row; None for the longest row of the batch.

    Raises:
        ValueError: a row longer than `width`, or one without a supervised token (law 4).
    """
    input_ids, labels, position_ids = _laid_out(packs, (pad_token_id, IGNORE_INDEX, 0), width)
    for row, start, document in _places(packs):
        span = slice(start, start + len(document.input_ids))
        input_ids[row, span] = torch.as_tensor(document.input_ids)
        labels[row, span] = torch.as_tensor(document.labels)
        position_ids[row, span] = torch.arange(len(document.input_ids))
    for row, supervised in enumerate((labels != IGNORE_INDEX).any(1).tolist()):
        if not supervised:
            raise ValueError(f"Expected argument `packs` to hold a supervised token in each row, but row {row} has none")
    return PackedBatch(input_ids, labels, position_ids)


def collate_pairs(packs: Sequence[Sequence[EncodedPair]], pad_token_id: int, width: int | None = None) -> PreferenceBatch:
    """Lay the pairs of each pack end to end; arguments and errors as in `collate`.

    Each pair is supervised on both sides by construction.
    """
    batch = PreferenceBatch(*_laid_out(packs, (pad_token_id, IGNORE_INDEX, 0, 0, -1), width))
    for number, (row, start, pair) in enumerate(_places(packs)):
        span = slice(start, start + len(pair.input_ids))
        segments = torch.as_tensor(pair.segment_ids)
        positions = torch.arange(len(segments))
        # The rejected completion goes on from the prompt, as if the chosen one were not there.
        positions[segments == 2] -= int((segments == 1).sum())
        for tensor, values in zip(batch, (*pair[:2], positions, segments, number), strict=True):
            tensor[row, span] = torch.as_tensor(values)
    return batch


def _laid_out(packs: Sequence[Sequence[Encoded | EncodedPair]], fills: Sequence[int], width: int | None) -> list[Tensor]:
    """One int64 tensor [B, T] for each filling value, wide enough for every pack."""
    longest = max(sum(len(document.input_ids) for document in pack) for pack in packs)
    if longest > (width or longest):
        raise ValueError(f"Expected argument `packs` to hold rows of at most {width} tokens, but got {longest}")
    return [torch.full((len(packs), width or longest), fill) for fill in fills]


def _places(packs: Sequence[Sequence[Document]]) -> Iterator[tuple[int, int, Document]]:
    """Each document with its row and the position at which it begins."""
    for row, pack in enumerate(packs):
        start = 0
        for document in pack:
            yield row, start, document
            start += len(document.input_ids)
