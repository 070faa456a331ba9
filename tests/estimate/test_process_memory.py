"""The largest batch that fits, from few steps: memory grows evenly with the rows once the loss's chunk is full."""

import pytest
import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.process_memory import largest_batch, room


def found(free: int) -> tuple[int, set[int]]:
    """The largest batch, and the rows of the steps that were counted for it."""
    counted = set()

    def peak(step: Step) -> int:
        counted.add(step.rows)
        return 1_000_000 * step.rows + 500_000 * min(step.rows, 4)

    return largest_batch(Step(rows=2, length=256, supervised=200), peak, free)[0], counted


def test_the_largest_batch_fits_and_hardly_more_would():
    rows, _ = found(103_000_000)
    assert 99 <= rows <= 101  # 101 rows take 101 MB and the four of a full chunk 2 MB more


def test_where_a_little_more_is_free_nothing_is_counted_anew():
    assert found(103_000_000)[1] == found(104_000_000)[1] == {2, 3, 66, 98}
    assert found(104_000_000)[0] == found(103_000_000)[0] + 1


def test_where_nothing_is_free_no_row_fits():
    rows, counted = found(1_000_000)
    assert rows < 2
    assert counted == {2, 3}


def test_what_torch_keeps_unused_on_a_gpu_is_free_for_the_run(monkeypatch: pytest.MonkeyPatch):
    """In a notebook the solutions before a fit leave gigabytes in torch's cache, which the driver counts as taken."""
    gigabyte = 10**9
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2 * gigabyte, 16 * gigabyte))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 12 * gigabyte)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: gigabyte)
    assert room(torch.device("cuda:0"), 1).free == 13 * gigabyte
