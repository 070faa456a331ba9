"""A window under way goes on after a resume: with the same processes bit for bit, with another number with the same sums."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningModule, Trainer, seed_everything
from torch import nn

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint
from mathpal_lightning.data import Generator
from mathpal_lightning.errors import TrainingError
from mathpal_lightning.model.accumulation import accumulated_so_far, average_in_place, summed, take_up, window_of

PROCESSES = 2


def fit(base: Path, out: Path, **options: Any) -> None:
    """Windows of two batches of each process, and a validation, with its checkpoint, after three."""
    seed_everything(3, verbose=False)
    module = MathPalModule(str(base), backend="transformers", bits=16, lora_r=4, lora_dropout=0.1, learning_rate=1e-2)
    generator = Generator(count=40, validation_count=8, test_count=2, levels=[1], topics=["price_of_several"])
    data = MathDataModule("generated", generator=generator, max_length=512, packing=False, batch_size=3)
    trainer = Trainer(
        max_steps=3, accumulate_grad_batches=2, val_check_interval=3, check_val_every_n_epoch=None, precision="32-true",
        accelerator="cpu", devices=PROCESSES, strategy="ddp_fork", default_root_dir=out, logger=False,
        callbacks=[AdapterCheckpoint(keep=-1)], num_sanity_val_steps=0, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, datamodule=data, **options)


def test_two_processes_go_on_in_the_middle_of_a_window(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # forked processes cannot ask a card
    fit(gemma3_folder, tmp_path / "whole")
    middle = tmp_path / "whole/checkpoints/step=1.ckpt"
    saved = torch.load(middle, weights_only=True)
    first, second = saved["window"]
    assert first["count"] > 0
    assert second["count"] > 0
    assert any(not torch.equal(first["gradients"][name], second["gradients"][name]) for name in first["gradients"])
    seeds = [torch.Generator().set_state(state["torch"]).initial_seed() for state in saved["random_states"]]
    assert seeds == [3, 4], "each process has a dropout of its own"
    fit(gemma3_folder, tmp_path / "resumed", ckpt_path=str(middle))
    whole, resumed = (torch.load(tmp_path / name / "checkpoints/last.ckpt", weights_only=True) for name in ("whole", "resumed"))
    assert resumed["global_step"] == 3
    assert any(not torch.equal(weight, saved["state_dict"][name]) for name, weight in whole["state_dict"].items())
    for name, weight in whole["state_dict"].items():
        assert torch.equal(weight, resumed["state_dict"][name]), name


def as_trainer(rank: int, processes: int, accumulate: int = 2) -> Any:
    """What `take_up` asks a Trainer."""
    return SimpleNamespace(global_rank=rank, world_size=processes, accumulate_grad_batches=accumulate)


@pytest.mark.parametrize("accumulate", [2, 3, 4, 8])
def test_with_another_number_of_batches_a_step_the_mean_is_the_same(accumulate: int):
    """Lightning has divided what is held by 4, and divides by the new number from now on; a checkpoint did not say it."""
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.full((2,), 8.0 / 4)  # 5 terms whose gradients sum up to 8
    held = accumulated_so_far({"a": weight}, 5, lambda own, src: own, 1, 4)
    assert held is not None
    count = take_up(held, {"a": weight}, as_trainer(0, 1, accumulate))
    average_in_place([weight], count, stub(1, accumulate), torch.device("cpu"))
    assert weight.grad.tolist() == pytest.approx([8.0 / 5, 8.0 / 5])


@pytest.mark.parametrize("processes", [1, 3])
def test_with_another_number_of_processes_the_sums_are_the_same(processes: int):
    held = [{"count": 2, "gradients": {"a": torch.ones(3)}}, {"count": 5, "gradients": {"a": torch.full((3,), 4.0)}}]
    given = []
    for rank in range(processes):
        weights = {"a": nn.Parameter(torch.zeros(3)), "b": nn.Parameter(torch.zeros(2))}
        count = take_up(held, weights, as_trainer(rank, processes))
        given.append((count, 0.0 if weights["a"].grad is None else weights["a"].grad.sum().item()))
        assert weights["b"].grad is None
    assert given == [(7, 15.0), (0, 0.0), (0, 0.0)][:processes]


def test_between_two_windows_there_is_nothing_to_keep():
    weight = nn.Parameter(torch.zeros(3))
    weight.grad = torch.ones(3)  # of the window that has ended

    def alone(held: Any, src: int) -> Any:
        return held

    assert accumulated_so_far({"a": weight}, 0, alone, 1, 2) is None
    window = accumulated_so_far({"a": weight}, 4, alone, 1, 2)
    assert window is not None
    assert window[0]["count"] == 4


def test_a_process_between_two_windows_hands_on_no_gradients_and_an_unused_weight_has_none():
    weight, unused = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(3)
    weights = {"a": weight, "b": unused}

    def other_process_first(own: Any, src: int) -> Any:
        return {"count": 2, "gradients": {}} if src == 0 else own

    idle = accumulated_so_far(weights, 0, other_process_first, 2, 2)
    assert idle is not None
    assert idle[1] == {"divisor": 2, "count": 0, "gradients": {}}
    busy = accumulated_so_far(weights, 4, other_process_first, 2, 2)
    assert busy is not None
    assert list(busy[1]["gradients"]) == ["a"]


def stub(processes: int, accumulate: int, total: float = 0.0) -> Any:
    """What `average_in_place` asks a Trainer; all processes together have `total` terms."""
    strategy = SimpleNamespace(reduce=lambda own, reduce_op: torch.tensor(total))
    return SimpleNamespace(world_size=processes, accumulate_grad_batches=accumulate, strategy=strategy, global_step=6)


@pytest.mark.parametrize(
    ("trainer", "mean"),
    [
        (stub(1, 1), 8.0 / 5),  # 5 terms whose gradients sum up to 8
        (stub(1, 4), 4 * 8.0 / 5),  # Lightning has divided by 4
        (stub(2, 1, total=20.0), 2 * 8.0 / 20),  # DDP has divided by 2; the other process had 15 terms
    ],
)
def test_gradients_become_those_of_the_mean_over_all_terms(trainer: Any, mean: float):
    weight, unused = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))
    weight.grad = torch.full((2,), 8.0)
    average_in_place([weight, unused], 5, trainer, torch.device("cpu"))
    assert weight.grad.tolist() == pytest.approx([mean, mean])
    assert unused.grad is None


def test_a_step_without_terms_leaves_its_gradients_of_zero():
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.zeros(2)
    average_in_place([weight], 0, stub(2, 1, total=0.0), torch.device("cpu"))
    assert weight.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_gradient_that_is_not_finite_stops_before_the_step(bad: float):
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.tensor([1.0, bad])
    with pytest.raises(TrainingError, match="before step 7"):
        average_in_place([weight], 1, stub(1, 1), torch.device("cpu"))
    assert weight.eq(0).all()


def test_sums_of_processes_with_different_weights():
    first = {"count": 2, "gradients": {"a": torch.ones(2)}}
    second = {"count": 3, "gradients": {"a": torch.ones(2), "b": torch.full((1,), 5.0)}}
    both = summed([first, second])
    assert both["count"] == 5
    assert {name: gradient.tolist() for name, gradient in both["gradients"].items()} == {"a": [2.0, 2.0], "b": [5.0]}


def test_the_norm_of_sharded_gradients_is_that_of_all_parts(monkeypatch: pytest.MonkeyPatch):
    """FSDP: this process's part is finite, another one's is not."""
    parts = SimpleNamespace(full_tensor=lambda: torch.tensor(float("inf")))
    monkeypatch.setattr(torch.nn.utils, "get_total_norm", lambda gradients: parts)
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    with pytest.raises(TrainingError, match="norm of inf"):
        average_in_place([weight], 1, stub(1, 1), torch.device("cpu"))


def test_the_window_of_a_module_holds_the_gradients_of_its_trained_weights():
    module = LightningModule()
    module.trained, module.frozen = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2), requires_grad=False)
    assert window_of(module, 3) == {}, "a module without a Trainer has no window"
    strategy = SimpleNamespace(broadcast=lambda held, src: held)
    module._trainer = SimpleNamespace(strategy=strategy, world_size=1, accumulate_grad_batches=2)  # type: ignore[assignment]  # what `window_of` asks
    module.trained.grad, module.frozen.grad = torch.ones(2), torch.ones(2)
    (own,) = window_of(module, 3)["window"]
    assert own["count"] == 3
    assert {name: gradient.tolist() for name, gradient in own["gradients"].items()} == {"trained": [1.0, 1.0]}
    assert window_of(module, 0) == {}, "between two windows"
