import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.data.packing import best_fit_packs, density, single_packs


def test_a_pack_drawn_by_hand():
    """Longest first: 5 opens a pack, 4 another, 3 fills the first, both 2 fill the second."""
    packs = best_fit_packs([5, 3, 4, 2, 2], 8)
    assert [packs.pack(i).tolist() for i in range(len(packs))] == [[0, 1], [2, 3, 4]]
    assert density([5, 3, 4, 2, 2], packs, 8) == 1.0


def test_no_documents_make_no_packs_and_one_that_fills_a_pack_makes_one():
    packs = best_fit_packs([], 8)
    assert (len(packs), packs.starts.tolist(), density([], packs, 8)) == (0, [0], 0.0)
    packs = best_fit_packs([8, 8], 8)
    assert (packs.documents.tolist(), packs.starts.tolist()) == ([0, 1], [0, 1, 2])


@given(st.lists(st.integers(1, 32), max_size=200))
def test_each_document_lies_in_one_pack_and_no_pack_overflows(lengths: list[int]):
    packs = best_fit_packs(lengths, 32)
    assert sorted(packs.documents.tolist()) == list(range(len(lengths)))
    loads = [sum(lengths[document] for document in packs.pack(i)) for i in range(len(packs))]
    assert all(1 <= load <= 32 for load in loads)


def _slow_best_fit(lengths: list[int], capacity: int) -> list[list[int]]:
    """The definition, in the plainest words: the fullest pack that still holds it, the latest of equals."""
    packs: list[list[int]] = []
    free: list[int] = []
    for document in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        fitting = [pack for pack in range(len(packs)) if free[pack] >= lengths[document]]
        if not fitting:
            packs.append([])
            free.append(capacity)
            fitting = [len(packs) - 1]
        tightest = min(free[pack] for pack in fitting)
        pack = next(pack for pack in fitting if free[pack] == tightest)
        packs[pack].append(document)
        free[pack] -= lengths[document]
    return packs


@given(st.lists(st.integers(1, 40), max_size=60))
def test_packs_are_as_many_and_as_full_as_the_definition_says(lengths: list[int]):
    packs = best_fit_packs(lengths, 40)
    loads = sorted(sum(lengths[document] for document in packs.pack(i)) for i in range(len(packs)))
    assert loads == sorted(sum(lengths[document] for document in pack) for pack in _slow_best_fit(lengths, 40))


@pytest.mark.parametrize("lengths", [[0, 3], [9]])
def test_a_length_that_cannot_be_packed_is_refused(lengths: list[int]):
    with pytest.raises(ValueError, match=r"within 1\.\.8"):
        best_fit_packs(lengths, 8)


def test_without_packing_each_document_is_a_pack():
    packs = single_packs(3)
    assert [packs.pack(i).tolist() for i in range(len(packs))] == [[0], [1], [2]]


def test_real_lengths_pack_densely(real_rows):
    """Characters over three stand in for tokens here; tests/benchmarks/bench_data.py measures the real tokenizer's."""
    rows = json.loads(real_rows.read_text(encoding="utf-8"))
    lengths = np.array([len(row["question"] + row["solution"]) // 3 + 12 for row in rows])
    _pack_densely(np.random.default_rng(0).choice(lengths, 100_000))


def test_lengths_like_those_of_solutions_pack_densely():
    """Log-normal, with a median of 110 tokens and one in a hundred above 440: what printed problems have."""
    _pack_densely(np.random.default_rng(0).lognormal(4.6, 0.6, 100_000).astype(int) + 12)


def _pack_densely(sample: np.ndarray) -> None:
    for capacity, least in ((512, 0.993), (2048, 0.997)):
        short = sample[sample <= capacity]
        assert len(short) > 90_000
        assert density(short, best_fit_packs(short, capacity), capacity) >= least
