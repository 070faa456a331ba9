"""Recording without a card: what happens around it, when it succeeds and when it cannot."""

import logging
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mathpal_lightning.compat.torch import TorchDispatchMode
from mathpal_lightning.model import record

CUDA, CPU = torch.device("cuda"), torch.device("cpu")


@pytest.fixture(autouse=True)
def a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device", lambda device: nullcontext())


def test_elsewhere_the_work_is_done_as_it_is():
    work = lambda: torch.ones(1)  # noqa: E731
    with record.recorded(work, CPU) as replay:
        assert replay is work
    with record.recorded(work, CUDA, wanted=False) as replay:
        assert replay is work


def test_what_a_graph_cannot_hold_is_done_without_one_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def refused(*_: object) -> None:
        raise RuntimeError("called a synchronizing CUDA operation\nC++ stack")

    monkeypatch.setattr(record, "_warm_up", refused)
    record._say_once.cache_clear()
    work = lambda: torch.ones(1)  # noqa: E731
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with record.recorded(work, CUDA) as replay:
                assert replay is work
    assert [line.getMessage() for line in caplog.records] == [
        "Generation is slower than it could be: its work cannot be recorded in a CUDA graph (called a synchronizing CUDA "
        "operation)."
    ]


def test_too_little_memory_is_no_reason_to_go_on(monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(record, "_warm_up", full)
    with pytest.raises(torch.OutOfMemoryError), record.recorded(lambda: torch.ones(1), CUDA):
        pass


class Card:
    """A card that replays what it was made with, and the calls to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, replayed: list[float]):
        self.calls: list[str] = []
        self.result = torch.zeros(1)
        self.graph = SimpleNamespace(
            replay=lambda: self.result.fill_(replayed.pop(0)), reset=lambda: self.calls.append("reset")
        )
        monkeypatch.setattr(record, "_warm_up", lambda *_: self.calls.append("warm"))
        monkeypatch.setattr(record, "_record", lambda _: (self.graph, self.result))
        monkeypatch.setattr(torch.cuda, "synchronize", lambda _: self.calls.append("wait"))
        record._say_once.cache_clear()


def test_a_graph_is_replayed_and_its_memory_given_back(monkeypatch: pytest.MonkeyPatch):
    card, works = Card(monkeypatch, [1.01, 2.0, 3.0]), []
    recorded = record.recorded(lambda: works.append(1) or torch.ones(1), CUDA)
    replay = recorded.__enter__()
    assert [replay().item() for _ in range(4)] == [1, 1, 2, 3]
    assert len(works) == 2, "the second call proves the replay"
    assert not recorded.__exit__(KeyError, KeyError(), None), "an exception gives it back too, and goes on"
    assert card.calls == ["warm", "wait", "reset"]


def test_a_replay_that_computes_something_else_is_not_used(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    Card(monkeypatch, [1.1])
    with caplog.at_level(logging.WARNING), record.recorded(lambda: torch.ones(1), CUDA) as replay:
        assert [replay().item() for _ in range(3)] == [1, 1, 1]
    assert "its replay gives other numbers" in caplog.text


class _Seen(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("number", [1e-5, 3, True])
def test_constants_begin_their_life_on_the_device(number: float):
    meta = torch.device("meta")
    expected = torch.tensor(number)
    with _Seen() as seen, record.ConstantsOnDevice():
        moved = [expected.to(meta), expected.to(device="meta", dtype=torch.float16), torch.tensor(number, device=meta)]
    assert "_to_copy" not in seen.names
    assert seen.names.count("full") == 3
    assert [(each.dtype, each.device, each.shape) for each in moved] == [
        (dtype, meta, ()) for dtype in (expected.dtype, torch.float16, expected.dtype)
    ]
    with record.ConstantsOnDevice():
        same = torch.tensor(number, device="cpu"), torch.tensor([1.0, 2.0], device="cpu"), expected.to(torch.float64)
    assert torch.equal(same[0], expected)
    assert same[1].tolist() == [1, 2]
    assert same[2].dtype == torch.float64
