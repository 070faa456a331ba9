"""Encoded -> PackedBatch, EncodedPair -> PreferenceBatch, EncodedGroup -> GroupBatch: documents laid end to end.

Positions restart with each document; the completions of a pair or group all go on from their prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TypeVar

import torch
from torch import Tensor

from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedGroup, EncodedPair, GroupBatch, PackedBatch, PreferenceBatch

Packed = Encoded | EncodedPair | EncodedGroup
Document = TypeVar("Document", bound=Packed)


def collate(packs: Sequence[Sequence[Encoded]], pad_token_id: int, width: int | None = None) -> PackedBatch:
    """Lay the documents of each pack end to end.

    Args:
        packs: B rows, each a list of documents.
        pad_token_id: the id behind the last document of a row.
        width: T, the positions of a row; None for the longest row of the batch.

    Raises:
        ValueError: a row longer than `width`, or one without a supervised token (law 4 of docs/architecture.md).
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
    return PreferenceBatch(*_groups_laid_out(packs, pad_token_id, width))


def collate_groups(
    packs: Sequence[Sequence[EncodedGroup]], rewards: Sequence[float], pad_token_id: int, width: int | None = None
) -> GroupBatch:
    """Lay the groups of each pack end to end; arguments and errors as in `collate`.

    Args:
        packs: B rows, each a list of groups.
        rewards: one for each drawn solution, in the order of packs, groups and solutions.
        pad_token_id: the id behind the last group of a row.
        width: T, the positions of a row; None for the longest row of the batch.

    Raises:
        ValueError: another number of rewards than of solutions.
    """
    groups = [group for _, _, group in _places(packs)]
    solutions = sum(len(group.written_as) for group in groups)
    if len(rewards) != solutions:
        raise ValueError(f"Expected argument `rewards` to hold {solutions} numbers, one a solution, but got {len(rewards)}")
    before = accumulate((max(group.segment_ids) for group in groups), initial=0)  # solutions of earlier groups
    written_as = [number + segment - 1 for number, group in zip(before, groups, strict=False) for segment in group.written_as]
    tensors = _groups_laid_out(packs, pad_token_id, width)
    drawn = torch.zeros(tensors[0].shape)
    for row, start, group in _places(packs):
        drawn[row, start : start + len(group.input_ids)] = torch.tensor(group.drawn_log_probs)
    return GroupBatch(*tensors, drawn, torch.tensor(rewards, dtype=torch.float32), torch.tensor(written_as))


def _groups_laid_out(
    packs: Sequence[Sequence[EncodedPair | EncodedGroup]], pad_token_id: int, width: int | None
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Ids, labels, positions, segments and group numbers, int64 [B, T] each."""
    tensors = _laid_out(packs, (pad_token_id, IGNORE_INDEX, 0, 0, -1), width)
    for number, (row, start, group) in enumerate(_places(packs)):
        span = slice(start, start + len(group.input_ids))
        segments = torch.as_tensor(group.segment_ids)
        for tensor, values in zip(tensors, (*group[:2], _positions(segments), segments, number), strict=True):
            tensor[row, span] = torch.as_tensor(values)
    input_ids, labels, position_ids, segment_ids, group_ids = tensors
    return input_ids, labels, position_ids, segment_ids, group_ids


def _positions(segments: Tensor) -> Tensor:
    """Positions of one group: every completion goes on from the prompt, as if the others were not there.

    >>> _positions(torch.tensor([0, 0, 1, 1, 2, 3, 3]))
    tensor([0, 1, 2, 3, 2, 2, 3])
    """
    lengths = torch.bincount(segments)
    starts = lengths.cumsum(0) - lengths  # of each segment in the group
    offsets = torch.arange(len(segments)) - starts[segments]
    return torch.where(segments == 0, offsets, offsets + lengths[0])


def _laid_out(
    packs: Sequence[Sequence[Encoded | EncodedPair | EncodedGroup]], fills: Sequence[int], width: int | None
) -> list[Tensor]:
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
