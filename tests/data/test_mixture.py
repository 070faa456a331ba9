import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.data.cache import prepare_rows
from mathpal_lightning.data.mixture import JoinedRows, mix
from mathpal_lightning.data.rows import Columns
from mathpal_lightning.data.sources import Generator, open_source
from tests.data.conftest import sums


def test_the_mixture_of_the_docstring():
    sources = np.repeat([0, 1], [100, 1000])
    taken = mix(sources, [1, 2], seed=0)
    assert np.bincount(sources[taken]).tolist() == [100, 200]


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0.1, 10)), min_size=1, max_size=4), st.integers(0, 3))
def test_each_source_has_its_share_and_one_is_used_up(sizes_and_weights: list[tuple[int, float]], seed: int):
    sizes, weights = zip(*sizes_and_weights, strict=True)
    sources = np.repeat(np.arange(len(sizes)), sizes)
    counts = np.bincount(sources[mix(sources, weights, seed)], minlength=len(sizes))
    assert (counts <= np.array(sizes)).all()
    assert (counts == np.array(sizes)).any()
    wholes = np.array(weights) * min(size / weight for size, weight in sizes_and_weights)
    assert (np.abs(counts - wholes) <= 1).all()


def test_the_seed_decides_which_rows_of_the_larger_source_are_taken():
    sources = np.repeat([0, 1], [10, 100])
    first, again, other = (mix(sources, [1, 1], seed) for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()


def test_weights_that_are_not_positive_are_refused():
    with pytest.raises(ValueError, match="positive"):
        mix(np.array([0, 1]), [1, 0], 0)


def test_joined_sources_are_numbered_through(tmp_path, write_jsonl, tokenizer):
    paths = write_jsonl([*sums(3), {"question": ""}], "a.jsonl"), write_jsonl(sums(7)[3:], "b.jsonl")
    settings = {"columns": Columns(), "supervise": "solution", "drop_picture_rows": True, "folder": tmp_path / "cache"}
    parts = [prepare_rows(open_source(path, "train", Generator()), tokenizer, **settings) for path in paths]
    joined = JoinedRows(parts)
    assert (len(joined), joined.read, joined.refused.counts) == (7, 8, {"empty_row": 1})
    assert joined.source_of(np.arange(7)).tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert [joined[i].input_ids.tolist() for i in range(7)] == [list(d.input_ids) for part in parts for d in part]
    chosen = np.array([6, 0, 1, 3, 2])
    texts = joined.rows(chosen)
    assert [row.question for row in texts] == [sums(7)[i]["question"] for i in chosen]
    assert [texts[i] for i in range(5)] == list(texts) == texts[0:5]
