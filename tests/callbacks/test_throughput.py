"""Throughput counts tokens, not padding, and puts the time where it is spent."""

import contextlib
import csv
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader

from mathpal_lightning import MathPalModule
from mathpal_lightning.callbacks import Throughput
from mathpal_lightning.callbacks.throughput import ACTIVITIES, TRAINING
from mathpal_lightning.estimate.rates import is_token, peak_memory_gb
from mathpal_lightning.schema import PackedBatch
from tests.callbacks.foreign import ForeignModule, batches, foreign_trainer


def test_padding_is_no_token():
    positions = torch.tensor([[0, 1, 2, 0, 1, 0, 0], [0, 1, 0, 1, 2, 3, 4]])
    assert is_token(positions).int().tolist() == [[1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1]]


def test_a_run_is_summed_up(gemma3_folder: Path, tmp_path: Path):
    foreign_trainer(tmp_path, Throughput()).fit(ForeignModule(gemma3_folder), batches(3))
    figures = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    assert figures["tokens"] == 3 * 20
    assert figures["supervised_tokens"] == 3 * 20
    assert figures["packing_density"] == 1.0
    assert figures["steps"] == 3
    assert figures["tokens_per_second"] > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_peak_is_this_process_s():
    """In a fork, whose high-water mark begins at what it holds: an earlier test may have held much more than is held now."""
    if not (child := os.fork()):
        grown = 0.0
        with contextlib.suppress(BaseException):
            before = peak_memory_gb()
            block = b"1" * 200_000_000
            grown = peak_memory_gb() - before
            del block
        os._exit(round(100 * grown))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in range(18, 25)


def test_a_run_resumed_inside_an_epoch_goes_on_counting(gemma3_folder: Path, tmp_path: Path):
    saving = ModelCheckpoint(tmp_path, filename="two", every_n_train_steps=2)
    foreign_trainer(tmp_path, Throughput(), saving, max_steps=2).fit(ForeignModule(gemma3_folder), batches(5))
    two = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    resumed = foreign_trainer(tmp_path, Throughput(), max_steps=5)
    resumed.fit(ForeignModule(gemma3_folder), batches(5), ckpt_path=tmp_path / "two.ckpt")
    five = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    assert (two["tokens"], five["tokens"], five["steps"]) == (2 * 20, 5 * 20, 5)
    assert five["training_seconds"] >= two["training_seconds"]


class SlowModule(ForeignModule):
    """Takes its time in one place."""

    slow = ""

    def wait(self, place: str) -> None:
        time.sleep(0.2 if place == self.slow else 0)

    def training_step(self, batch: PackedBatch, batch_idx: int) -> Any:
        self.wait("forward")
        return super().training_step(batch, batch_idx)

    def backward(self, loss: torch.Tensor, *arguments: Any) -> None:
        self.wait("backward")
        super().backward(loss, *arguments)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        self.wait("optimizer")

    def validation_step(self, batch: PackedBatch, batch_idx: int) -> None:
        self.wait("validation")

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.wait("checkpoint")


class SlowData(list):  # type: ignore[type-arg]
    def __getitem__(self, index: Any) -> Any:
        time.sleep(0.2)
        return super().__getitem__(index)


@pytest.mark.parametrize("slow", ACTIVITIES)
def test_the_time_goes_where_it_is_spent(slow: str, gemma3_folder: Path, tmp_path: Path):
    module = SlowModule(gemma3_folder)
    module.slow = slow
    given = [batch for batch in batches(3)]
    loader = DataLoader(SlowData(given) if slow == "data" else given, batch_size=None)  # type: ignore[arg-type, type-var]
    saving = ModelCheckpoint(tmp_path, every_n_train_steps=1, save_top_k=-1)
    settings = {"val_check_interval": 1, "enable_checkpointing": True, "num_sanity_val_steps": 1}
    foreign_trainer(tmp_path, Throughput(), saving, **settings).fit(module, loader, DataLoader(given[:1], batch_size=None))  # type: ignore[arg-type]
    figures = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    split = figures["time_split"]
    assert list(split) == list(ACTIVITIES)
    assert split[slow] >= 0.59  # three times 0.2; a busy machine may make any of them longer
    assert figures["training_seconds"] == pytest.approx(sum(split[activity] for activity in TRAINING), abs=0.21)


def test_a_run_of_ours_tells_its_mfu(gemma3_folder: Path, tmp_path: Path):
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16)
    trainer = foreign_trainer(
        tmp_path, Throughput(), precision="32-true", logger=CSVLogger(tmp_path, "", ""), log_every_n_steps=2
    )
    trainer.fit(module, batches(4))
    figures = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    needed = 4 * module.flops.needed(20, 20, [sum(min(place + 1, window) for place in range(20)) for window in (8, 1 << 31)])
    ceiling = 1e9 * figures["ceiling"]["gflops_per_second"]
    seconds = 4 * 20 / figures["tokens_per_second"]
    assert figures["mfu"] == pytest.approx(needed / seconds / ceiling, rel=0.1, abs=1e-4)
    assert 0 < figures["mfu"] < 1
    assert figures["ceiling"]["from"].startswith("matrix products")
    rows = list(csv.DictReader((tmp_path / "metrics.csv").open(encoding="utf-8")))
    last = {name: value for row in rows for name, value in row.items() if value}
    assert float(last["supervised_share"]) == float(last["packing_density"]) == 1.0
    assert sum(float(last[f"time/{activity}"]) for activity in ACTIVITIES) == pytest.approx(1.0)
    assert {"tokens/s", "mfu", "supervised_tokens/s", "peak_memory_gb"} <= set(last)


class Numbers(ForeignModule):
    """A module whose batches are no packs of ours."""

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        return next(weight for weight in self.parameters() if weight.requires_grad).sum()


@pytest.mark.parametrize("batch", [torch.ones(1, 1), {"input_ids": torch.ones(1, 3), "labels": torch.ones(1, 3)}])
def test_batches_without_positions_are_not_counted(batch: Any, gemma3_folder: Path, tmp_path: Path):
    rows = DataLoader([batch] * 3, batch_size=None)
    trainer = foreign_trainer(tmp_path, Throughput(), log_every_n_steps=1)
    trainer.fit(Numbers(gemma3_folder), rows)
    assert trainer.global_step == 3
    assert not (tmp_path / "summary.json").exists()


def test_a_checkpoint_that_was_only_scored_adds_nothing_to_a_new_fit(gemma3_folder: Path, tmp_path: Path):
    """Lightning restores the callbacks' part of a checkpoint for a validation too."""
    trainer = foreign_trainer(tmp_path, Throughput(), ModelCheckpoint(tmp_path, filename="one"))
    trainer.fit(ForeignModule(gemma3_folder), batches(3), batches(1))
    again = foreign_trainer(tmp_path, Throughput(), enable_checkpointing=False)
    module = ForeignModule(gemma3_folder)
    again.validate(module, batches(1), ckpt_path=tmp_path / "one.ckpt", verbose=False)
    again.fit(module, batches(3), batches(1))
    figures = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    assert figures["tokens"] == 3 * 20
