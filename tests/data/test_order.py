"""The order is a pure function of seed, epoch and position; every process count deals the same packs."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import BatchSampler

from mathpal_lightning.data.order import PackLoader, PackOrder, Position


def _deal(number: int, batch_size: int, world: int, epoch: int = 0, start: Position | None = None, **settings) -> list[list]:
    """The batches of every process, as Lightning's BatchSampler cuts them: [process][batch][pack]."""
    dealt = []
    for rank in range(world):
        order = PackOrder(number, batch_size, num_replicas=world, rank=rank, **settings)
        order.set_epoch(epoch)
        if start:
            order.resume(start)
        sampler = BatchSampler(order, batch_size, drop_last=False)
        batches = list(sampler)
        if start is None or start.packs < number:
            assert len(sampler) == len(batches) + (start.batches if start else 0), "the progress bar's total"
            assert len(order) == sum(map(len, batches)) + (start.batches * batch_size if start else 0)
        dealt.append(batches)
    return dealt


def test_the_deal_drawn_in_the_docstring():
    assert _deal(9, 2, 2, shuffle=False) == [[[0, 2], [4, 6], [8]], [[1, 3], [5, 7], [0]]]


@pytest.mark.parametrize(
    ("seed", "epoch", "order"),
    [
        (0, 0, [4, 6, 2, 7, 3, 5, 9, 0, 8, 1]),
        (0, 1, [9, 1, 3, 8, 7, 6, 0, 4, 2, 5]),
        (42, 0, [5, 6, 0, 7, 3, 2, 4, 9, 1, 8]),
    ],
)
def test_a_seed_gives_the_same_order_in_every_version(seed: int, epoch: int, order: list[int]):
    """A run that is resumed by a newer version must go on with the packs that it has not seen."""
    packs = PackOrder(10, 2, seed=seed)
    packs.set_epoch(epoch)
    assert packs.permutation().tolist() == order


def test_stages_keep_the_seeds_order_within_each():
    stages = np.array([1, 0, 0, 1, 2, 0, 1, 2, 0, 1])
    assert PackOrder(10, 2, seed=0, stages=stages).permutation().tolist() == [2, 5, 8, 1, 6, 3, 9, 0, 4, 7]


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3))
def test_no_pack_is_lost_and_a_repeat_only_fills_an_idle_process(number: int, batch_size: int, world: int, epoch: int):
    dealt = _deal(number, batch_size, world, epoch, seed=5)
    packs = [pack for process in dealt for batch in process for pack in batch]
    assert set(packs) == set(range(number))
    left = number % (batch_size * world)
    assert len(packs) - number == (max(0, world - left) if left else 0)
    assert len({len(process) for process in dealt}) == 1, "every process makes the same steps"
    assert all(batch for process in dealt for batch in process)


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 4), st.integers(0, 20))
def test_repeats_are_named_so_that_each_pack_counts_once(number: int, batch_size: int, world: int, done: int):
    start = PackOrder(number, batch_size, num_replicas=world, seed=1).after(done)
    counted = []
    for rank in range(world):
        order = PackOrder(number, batch_size, num_replicas=world, rank=rank, seed=1)
        order.resume(start)
        for index, batch in enumerate(order.batches(), start=start.batches):
            counted += [] if order.is_repeat(index) else batch
    assert sorted(counted) == sorted(order.permutation()[start.packs :].tolist())


@settings(max_examples=12)
@given(st.integers(1, 40), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_workers_hand_on_every_pack_once_and_in_order(number: int, batch_size: int, world: int, workers: int):
    seen: list[int] = []
    for rank in range(world):
        order = PackOrder(number, batch_size, num_replicas=world, rank=rank, seed=2)
        loader = PackLoader(range(number), batch_size=batch_size, sampler=order, collate_fn=list, num_workers=workers)
        batches = [batch for index, batch in enumerate(loader) if not order.is_repeat(index)]
        assert batches == [batch for index, batch in enumerate(order.batches()) if not order.is_repeat(index)]
        seen += [pack for batch in batches for pack in batch]
    assert sorted(seen) == list(range(number))


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 4), st.integers(0, 20))
def test_going_on_gives_the_rest_of_the_same_epoch(number: int, batch_size: int, world: int, done: int):
    whole = _deal(number, batch_size, world, epoch=2, seed=1)
    done = min(done, len(whole[0]))
    position = PackOrder(number, batch_size, num_replicas=world, seed=1).after(done)._replace(epoch=2)
    assert _deal(number, batch_size, world, seed=1, start=position) == [process[done:] for process in whole]


@given(st.integers(2, 60), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 10))
def test_another_number_of_processes_takes_over_without_loss(number, batch_size, world, new_batch_size, new_world, done):
    first = _deal(number, batch_size, world, seed=3)
    done = min(done, len(first[0]))
    position = PackOrder(number, batch_size, num_replicas=world, seed=3).after(done)
    seen = {pack for process in first for batch in process[:done] for pack in batch}
    rest = _deal(number, new_batch_size, new_world, seed=3, start=position)
    assert seen | {pack for process in rest for batch in process for pack in batch} == set(range(number))
    assert position.packs == min(number, done * batch_size * world)


@given(st.integers(1, 30), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 30))
def test_batches_that_come_several_times_go_on_from_any_of_them(number, batch_size, world, times, done):
    def given_by(rank: int, start: Position) -> tuple[list[list[int]], list[bool]]:
        order = PackOrder(number, batch_size, num_replicas=world, rank=rank, seed=2, times=times)
        order.resume(start)
        loader = PackLoader(range(number), batch_size=batch_size, sampler=order, collate_fn=list)
        batches = list(loader)
        assert len(loader) == start.batches + len(batches)
        return batches, [order.is_repeat(start.batches + index) for index in range(len(batches))]

    for rank, once in enumerate(_deal(number, batch_size, world, seed=2)):
        whole, repeats = given_by(rank, Position())
        assert whole == [batch for batch in once for _ in range(times)]
        over = min(done, len(whole))
        start = PackOrder(number, batch_size, num_replicas=world, seed=2, times=times).after(over)
        assert given_by(rank, start) == (whole[over:], repeats[over:])


def test_seed_and_epoch_decide_the_permutation():
    orders = {(seed, epoch): str(_deal(50, 1, 1, epoch, seed=seed)) for seed in (0, 1) for epoch in (0, 1)}
    assert len(set(orders.values())) == 4, "seed 0 epoch 1 must not be seed 1 epoch 0"
    assert orders[0, 1] == str(_deal(50, 1, 1, 1, seed=0))


def test_only_the_restored_epoch_is_shortened():
    order = PackOrder(10, 2)
    order.resume(Position(epoch=1, packs=6, batches=3))
    assert len(list(order)) == 4
    order.set_epoch(2)
    assert sorted(order) == list(range(10))


def test_an_epoch_that_a_limit_ended_has_nothing_left():
    order = PackOrder(10, 2)
    position = order.after(3, ended=True)
    order.resume(position)
    assert (position.batches, list(order)) == (3, [])


@pytest.mark.parametrize("position", [Position(0, 9, 5), Position(0, 9, 2), Position(1, 9, 9)])
def test_after_an_epoch_that_has_ended_the_length_is_that_of_the_next(position: Position):
    order = PackOrder(9, 2)
    order.resume(position)
    assert (len(order), len(BatchSampler(order, 2, drop_last=False))) == (9, 5)


@pytest.mark.parametrize(
    ("batch_size", "world", "packs", "said"),
    [(2, 1, 4, ""), (1, 1, 4, "8 batches in all.* instead of 10: these are cut short"), (2, 2, 4, "4 .* without a validation")]
    + [(1, 1, 10, "")],
)
def test_another_batch_size_inside_an_epoch_is_warned_of(
    batch_size: int, world: int, packs: int, said: str, caplog: pytest.LogCaptureFixture
):
    PackOrder(10, batch_size, num_replicas=world).resume(Position(0, packs, packs // 2))
    assert re.search(said, caplog.text) if said else not caplog.text


@pytest.mark.parametrize(("told", "asked", "taken"), [(7, None, 7), (7, 3, 3)])
def test_the_epoch_is_asked_for_where_somebody_knows_it(told: int, asked: int | None, taken: int):
    order = PackOrder(10, 2, current_epoch=(lambda: asked) if asked else None)
    order.set_epoch(told)
    assert order.epoch == taken
