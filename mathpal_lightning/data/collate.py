"""Encoded -> PackedBatch: documents laid end to end, positions restarting with each."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from mathpal_lightning.schema import IGNORE_INDEX, Encoded, PackedBatch


def collate(packs: Sequence[Sequence[Encoded]], pad_token_id: int, width: int | None = None) -> PackedBatch:
    """Lay the documents of each pack end to end.

    Args:
        packs: B rows, each a list of documents.
        pad_token_id: the id behind the last document of a row.
        width: T, the positions of a row; None for the longest row of the batch.

    Raises:
        ValueError: a row longer than `width`, or one without a supervised token (law 4).
    """
    lengths = [sum(len(document.input_ids) for document in pack) for pack in packs]
    width = width or max(lengths)
    if max(lengths) > width:
        raise ValueError(f"Expected argument `packs` to hold rows of at most {width} tokens, but got {max(lengths)}")
    input_ids = torch.full((len(packs), width), pad_token_id)
    labels = torch.full((len(packs), width), IGNORE_INDEX)
    position_ids = torch.zeros((len(packs), width), dtype=torch.int64)
    for row, pack in enumerate(packs):
        start = 0
        for document in pack:
            end = start + len(document.input_ids)
            input_ids[row, start:end] = torch.as_tensor(document.input_ids)
            labels[row, start:end] = torch.as_tensor(document.labels)
            position_ids[row, start:end] = torch.arange(end - start)
            start = end
        if not (labels[row] != IGNORE_INDEX).any():
            raise ValueError(f"Expected argument `packs` to hold a supervised token in each row, but row {row} has none")
    return PackedBatch(input_ids, labels, position_ids)
