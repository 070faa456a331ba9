"""Which tokens of a packed row attend to which, block by block, against the definition."""

import pytest
import torch

from mathpal_lightning.model.lean import Spans, attention, document_spans


def test_documents_begin_at_position_0_and_padding_is_none():
    positions = torch.tensor([[0, 1, 2, 0, 1, 0, 0], [0, 1, 2, 3, 4, 5, 6]])
    assert document_spans(positions).places == [(0, 0, 3), (0, 3, 5), (1, 0, 7)]


@pytest.mark.parametrize("window", [None, 1, 2, 3, 4, 20])
@pytest.mark.parametrize("queries", [1, 3, 4, 64])
def test_blocks_hold_each_query_once_and_the_keys_that_it_sees(
    queries: int, window: int | None, monkeypatch: pytest.MonkeyPatch
):
    """A query sees the keys of its document up to its own, those of the window only; a block holds no key that nobody sees."""
    monkeypatch.setattr(attention, "QUERIES", queries)
    seen = torch.zeros(2, 12, 12, dtype=torch.int64)
    places = [(0, 0, 5), (0, 5, 12), (1, 2, 9)]
    for row, own, keys, hidden, is_causal in Spans(places).blocks(window):
        assert own.stop - own.start <= queries
        assert hidden.shape == (own.stop - own.start, keys.stop - keys.start)
        assert not hidden.all(0).any(), "a key that no query sees costs time"
        triangle = torch.ones(hidden.shape, dtype=torch.bool).tril()
        assert is_causal == (keys == own and bool((hidden == ~triangle).all()))
        seen[row, own, keys] += (~hidden).long()
    expected = torch.zeros_like(seen)
    for row, start, stop in places:
        for query in range(start, stop):
            expected[row, query, max(start, query - (window or 99) + 1) : query + 1] = 1
    assert torch.equal(seen, expected)


def test_layers_with_the_same_window_share_their_blocks():
    spans = Spans([(0, 0, 5)])
    assert spans.blocks(4) is spans.blocks(4)
    assert spans.blocks(4) is not spans.blocks(None)


def test_who_sees_whom_can_be_given():
    """As for prompts that several solutions share."""
    sees = torch.tensor([[True, False], [False, True]])
    (block,) = Spans([(0, 3, 5)], [sees]).blocks(None)
    assert (block.queries, block.keys, block.is_causal) == (slice(3, 5), slice(3, 5), False)
    assert torch.equal(~block.hidden, sees)
