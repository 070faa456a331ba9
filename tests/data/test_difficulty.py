"""Easy rows first: every source at the same pace, packs of one stage, the very same order after a resume."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning import MathDataModule
from mathpal_lightning.data.difficulty import stages_of
from mathpal_lightning.data.messages import number_of
from mathpal_lightning.data.order import PackOrder, Position
from mathpal_lightning.data.packing import best_fit_packs, density
from mathpal_lightning.data.sources import Generator
from mathpal_lightning.errors import ConfigError
from tests.data.conftest import sums

NONE = float("nan")


@pytest.mark.parametrize(
    ("difficulties", "lengths", "sources", "number", "stages"),
    [
        ([4.1, 5.2, 3.3, 5.1], [9, 9, 9, 9], [0, 0, 0, 0], 2, [0, 1, 0, 1]),
        ([NONE, NONE], [80, 20], [0, 0], 2, [1, 0]),  # no column: the shorter is the easier
        ([2, 1, 1, 2], [5, 9, 8, 4], [0, 0, 0, 0], 4, [3, 1, 0, 2]),  # equally difficult: the shorter first
        ([1, NONE, 3], [9, 1, 1], [0, 0, 0], 3, [0, 1, 2]),  # unknown among known ones: in the middle
        ([1, 2, 700, 900], [9, 9, 9, 9], [0, 0, 1, 1], 2, [0, 1, 0, 1]),  # each source has its own scale
    ],
)
def test_stages_by_hand(difficulties, lengths, sources, number, stages):
    arrays = np.array(difficulties, dtype=float), np.array(lengths), np.array(sources)
    assert stages_of(*arrays, number).tolist() == stages


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 5)), st.integers(1, 90), st.integers(0, 2))), st.integers(1, 10))
def test_stages_of_a_source_are_equal_in_size_and_rise(rows, number):
    difficulties = np.array([NONE if known is None else known for known, _, _ in rows], dtype=float)
    lengths, sources = (np.array([row[i] for row in rows], dtype=np.int64) for i in (1, 2))
    stages = stages_of(difficulties, lengths, sources, number)
    for source in set(sources.tolist()):
        sizes = np.bincount(stages[sources == source], minlength=number)
        assert sizes.max() - sizes.min() <= 1
        known = (sources == source) & ~np.isnan(difficulties)
        order = np.argsort(stages[known], kind="stable")
        assert all(
            difficulties[known][i] <= difficulties[known][j]
            for i in order
            for j in order
            if stages[known][i] < stages[known][j]
        )


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 20))
def test_an_order_by_stages_is_whole_rises_and_goes_on_exactly(number, batch_size, world, epoch, done):
    stages = np.random.default_rng(number).integers(0, 4, number)
    orders = [
        PackOrder(number, batch_size, num_replicas=world, rank=rank, seed=7, stages=stages, current_epoch=lambda: epoch)
        for rank in range(world)
    ]
    for order in orders:
        order.set_epoch(epoch)
    permutation = orders[0].permutation()
    assert sorted(permutation) == list(range(number))
    assert (np.diff(stages[permutation]) >= 0).all()
    whole = [list(order.batches()) for order in orders]
    done = min(done, len(whole[0]))
    for order, batches in zip(orders, whole, strict=True):
        order.resume(Position(epoch, min(done * batch_size * world, number), done))
        assert list(order.batches()) == batches[done:]


def test_epochs_differ_within_stages():
    order = PackOrder(40, 1, stages=np.arange(40) // 20)
    first = order.permutation().tolist()
    order.set_epoch(1)
    assert first != order.permutation().tolist()


@pytest.fixture
def module(tmp_path, write_jsonl, tokenizer):
    def build(rows, **settings) -> MathDataModule:
        settings = {"tokenizer": tokenizer, "max_length": 128, "validation_share": 0.0, "cache_dir": str(tmp_path)} | settings
        data = MathDataModule(write_jsonl(rows), order="easy_first", **settings)
        data.setup("fit")
        return data

    return build


@pytest.mark.parametrize("packing", [True, False])
def test_an_epoch_of_the_module_goes_from_easy_to_hard(module, packing):
    rows = [row | {"difficulty": (i * 7) % 5} for i, row in enumerate(sums(200))]
    data = module(rows, packing=packing, batch_size=2)
    dataset = data.train_dataloader().dataset
    part, order = dataset.part, data._order.permutation()
    seen = [part.difficulties[dataset.packs.pack(pack)] for pack in order]
    documents = np.concatenate([dataset.packs.pack(pack) for pack in order])
    assert sorted(documents) == list(range(200))
    assert len(set(dataset.stages.tolist())) >= 3
    assert max(seen[0]) < min(seen[-1])
    assert np.mean(np.diff([difficulty.mean() for difficulty in seen]) >= 0) > 0.5
    if packing:
        assert data.report.density > 0.9 * density(part.lengths, best_fit_packs(part.lengths, 128), 128)


def test_generated_rows_rise_in_grade(tmp_path, tokenizer):
    generator = Generator(count=300, validation_count=0, test_count=0)
    settings = {"tokenizer": tokenizer, "validation_share": 0.0, "cache_dir": str(tmp_path)}
    data = MathDataModule("generated", generator=generator, order="easy_first", max_length=2048, **settings)
    data.setup("fit")
    dataset = data.train_dataloader().dataset
    order = data._order.permutation()
    grades = [part for pack in order for part in dataset.part.difficulties[dataset.packs.pack(pack)]]
    assert not np.isnan(grades).any()
    assert np.mean(grades[:60]) + 1.5 < np.mean(grades[-60:])


def test_rows_read_back_with_their_difficulty(module):
    data = module([row | {"difficulty": i / 2} for i, row in enumerate(sums(30))])
    assert [row.difficulty for row in data.train_rows] == [i / 2 for i in range(30)]


def test_too_few_rows_for_stages_are_said(module, caplog):
    with caplog.at_level(logging.WARNING, "mathpal_lightning"):
        module(sums(3), max_length=512)
    assert "easy_first has no effect" in caplog.text


def test_another_order_is_refused():
    with pytest.raises(ConfigError, match="shuffled, easy_first"):
        MathDataModule("generated", order="hard_first")


@pytest.mark.parametrize(
    ("field", "number"),
    [(2, 2.0), (2.5, 2.5), ("2,5", 2.5), ("3", 3.0), (None, None), (True, None), ("khó", None), (NONE, None), ([1], None)],
)
def test_numbers_of_fields(field, number):
    assert number_of(field) == number
