import pytest
import torch

from mathpal_lightning.data import collate
from mathpal_lightning.schema import IGNORE_INDEX as X
from mathpal_lightning.schema import Encoded


def test_the_row_drawn_in_the_schema():
    batch = collate([[Encoded([2, 12, 34], [X, 12, 34]), Encoded([2, 56, 78, 90], [X, X, 78, 90])]], pad_token_id=0, width=8)
    assert batch.input_ids.tolist() == [[2, 12, 34, 2, 56, 78, 90, 0]]
    assert batch.labels.tolist() == [[X, 12, 34, X, X, 78, 90, X]]
    assert batch.position_ids.tolist() == [[0, 1, 2, 0, 1, 2, 3, 0]]
    assert {tensor.dtype for tensor in batch} == {torch.int64}


def test_without_a_width_rows_are_as_wide_as_the_longest():
    batch = collate([[Encoded([2, 5], [X, 5])], [Encoded([2, 6, 7], [X, X, 7])]], pad_token_id=9)
    assert batch.input_ids.tolist() == [[2, 5, 9], [2, 6, 7]]
    assert batch.position_ids.tolist() == [[0, 1, 0], [0, 1, 2]]


def test_a_row_without_supervised_token_is_refused():
    with pytest.raises(ValueError, match="row 1 has none"):
        collate([[Encoded([2, 5], [X, 5])], [Encoded([2, 6], [X, X])]], pad_token_id=0)


def test_a_row_wider_than_the_width_is_refused():
    with pytest.raises(ValueError, match="at most 2 tokens, but got 3"):
        collate([[Encoded([2, 5, 6], [X, 5, 6])]], pad_token_id=0, width=2)
