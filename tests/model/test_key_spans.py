"""Which keys a query attends to: two spans say the same as a matrix of all pairs, and the blocks leave nothing out."""

import pytest
import torch
from torch import Tensor

from mathpal_lightning.data.collate import collate_groups
from mathpal_lightning.model.key_spans import BLOCK, KeySpans, block_mask, dense_mask, key_spans
from mathpal_lightning.model.shared_prompt import attention_masks
from mathpal_lightning.schema import GroupBatch
from tests.model.test_groups import random_group
from tests.tiny import tiny_gemma

WINDOWS = pytest.mark.parametrize("window", [None, 2, 100, 300])


def packed_positions(*rows: tuple[int, ...], width: int) -> Tensor:
    documents = [torch.cat([torch.arange(length) for length in row]) for row in rows]
    return torch.stack([torch.nn.functional.pad(positions, (0, width - len(positions))) for positions in documents])


def groups(*rows: list[tuple[int, ...]], width: int) -> GroupBatch:
    """Each tuple: the tokens of a prompt, and of each solution."""
    generator = torch.Generator().manual_seed(0)
    packs = [[random_group(shape, generator) for shape in row] for row in rows]
    return collate_groups(packs, [0.0] * sum(len(shape) - 1 for row in rows for shape in row), 0, width)


POSITIONS = packed_positions((5, 140, 60, 170), (300,), width=3 * BLOCK)
GROUPS = groups([(130, 40, 9, 180)], [(40, 150, 60), (3, 20, 20)], width=3 * BLOCK)


def test_the_spans_of_the_docstring():
    positions, segments = torch.tensor([[0, 1, 2, 3, 4, 3, 4]]), torch.tensor([[0, 0, 0, 1, 1, 2, 2]])
    spans = key_spans(positions, segments)
    assert [tensor.tolist() for tensor in spans] == [
        [[0, 0, 0, 3, 3, 5, 5]],
        [[0, 0, 0, 0, 0, 0, 0]],
        [[0, 0, 0, 3, 3, 3, 3]],
    ]
    spans = key_spans(positions, segments, window=2)
    assert [tensor.tolist() for tensor in spans] == [
        [[0, 0, 1, 3, 3, 5, 5]],
        [[0, 0, 1, 2, 3, 2, 3]],
        [[0, 0, 0, 3, 3, 3, 3]],
    ]


def test_a_document_sees_itself_and_padding_sees_only_its_own_place():
    seen = dense_mask(key_spans(packed_positions((2, 3), width=7), window=2))[0, 0]
    drawing = ["x", "xx", "..x", "..xx", "...xx", ".....x", "......x"]
    assert torch.equal(seen, torch.tensor([[mark == "x" for mark in row.ljust(7, ".")] for row in drawing]))


@WINDOWS
def test_shared_prompts_have_the_pairs_of_the_matrix(window: int | None):
    model = tiny_gemma("gemma3", sliding_window=window or 1000)
    expected = attention_masks(GROUPS, model)["sliding_attention"]
    found = dense_mask(key_spans(GROUPS.position_ids, GROUPS.segment_ids, window))
    tokens = (GROUPS.group_ids >= 0)[:, None, :, None]
    assert isinstance(expected, Tensor)
    assert torch.equal(found & tokens, expected & tokens)
    assert found.diagonal(dim1=2, dim2=3).all()  # a query without a key would be NaN


def blocks_of(spans: KeySpans) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs in blocks that are looked at [B, T, T], pairs in blocks that are taken whole, and what the mask function says."""
    blocks = block_mask(spans)
    assert blocks.full_kv_num_blocks is not None
    assert blocks.full_kv_indices is not None
    whole = type(blocks).from_kv_blocks(blocks.full_kv_num_blocks, blocks.full_kv_indices).to_dense()
    looked_at, whole = (
        each[:, 0].bool().repeat_interleave(BLOCK, 1).repeat_interleave(BLOCK, 2) for each in (blocks.to_dense(), whole)
    )
    rows, width = spans.own.shape
    row, place = torch.arange(rows)[:, None, None], torch.arange(width)
    return looked_at, whole, blocks.mask_mod(row, row, place[:, None], place)


@WINDOWS
@pytest.mark.parametrize("shared", [False, True])
def test_the_blocks_hold_every_pair_and_no_block_is_in_vain(shared: bool, window: int | None):
    spans = key_spans(GROUPS.position_ids, GROUPS.segment_ids, window) if shared else key_spans(POSITIONS, window=window)
    looked_at, whole, seen = blocks_of(spans)
    expected = dense_mask(spans)[:, 0]
    assert torch.equal(seen, expected)
    blocks = expected.unflatten(2, (-1, BLOCK)).unflatten(1, (-1, BLOCK))
    some, every = (
        pairs.repeat_interleave(BLOCK, 1).repeat_interleave(BLOCK, 2) for pairs in (blocks.amax((2, 4)), blocks.amin((2, 4)))
    )
    assert torch.equal(looked_at, some)
    assert not (whole & ~every).any()
    assert not looked_at.all()


def block_of_last_query(start: int, stop: int) -> tuple[list[int], list[int]]:
    """The blocks of three that the last query looks at, and those that it takes whole, with a prompt of these keys.

    All queries of the last block have that prompt, and see themselves.
    """
    places = torch.arange(3 * BLOCK)[None]
    spans = KeySpans(places, *(torch.where(places >= 2 * BLOCK, edge, 0) for edge in (start, stop)))
    return tuple(each[0, -1, ::BLOCK].nonzero().flatten().tolist() for each in blocks_of(spans)[:2])  # type: ignore[return-value]  # of two


@pytest.mark.parametrize(
    ("start", "stop", "looked_at", "whole"),
    [
        (0, BLOCK, [0, 2], [0]),  # every key of the first block, and none of the second
        (0, BLOCK - 1, [0, 2], []),  # all but the last key of the first block
        (BLOCK - 1, BLOCK, [0, 2], []),  # the last key of the first block
        (BLOCK, BLOCK + 1, [1, 2], []),  # the first key of the second block
        (BLOCK - 1, BLOCK - 1, [2], []),  # a prompt that has left the sliding window
    ],
)
def test_a_prompt_that_ends_at_the_border_of_a_block(start: int, stop: int, looked_at: list[int], whole: list[int]):
    assert block_of_last_query(start, stop) == (looked_at, whole)


def test_a_document_that_begins_at_the_border_of_a_block_does_not_look_at_the_block_before():
    looked_at, whole, _ = blocks_of(key_spans(packed_positions((BLOCK, 2 * BLOCK), width=3 * BLOCK)))
    assert looked_at[0, ::BLOCK, ::BLOCK].tolist() == [[True, False, False], [False, True, False], [False, True, True]]
    assert whole[0, ::BLOCK, ::BLOCK].tolist() == [[False, False, False], [False, False, False], [False, True, False]]


def test_some_blocks_are_taken_whole():
    assert blocks_of(key_spans(POSITIONS))[1].any()
    assert blocks_of(key_spans(GROUPS.position_ids, GROUPS.segment_ids))[1].any()


def test_a_row_that_is_not_made_of_blocks_is_a_mistake_of_the_caller():
    with pytest.raises(AssertionError, match="200 positions"):
        block_mask(key_spans(torch.arange(200)[None]))
