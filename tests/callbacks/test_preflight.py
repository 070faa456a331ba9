"""The first seconds of a fit: a leak stops it before its first step, a second fit pays nothing, no bit of training changes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Trainer, seed_everything

from mathpal_lightning import MathDataModule
from mathpal_lightning.callbacks import Preflight
from mathpal_lightning.data import Generator
from mathpal_lightning.errors import ConfigError, DataError, ModelError
from mathpal_lightning.estimate import machine
from mathpal_lightning.model import MathPalModule
from tests.checks.test_leak import AllOnes

SHORT = Generator(count=30, validation_count=5, test_count=5, levels=[1], topics=["price_of_several", "reduce_fraction"])


class Counting(MathPalModule):
    """Counts forward passes outside of training steps."""

    passes = 0

    def hidden_states(self, batch: Any) -> torch.Tensor:
        self.passes += 1
        return super().hidden_states(batch)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))


def fit(folder: Path, out: Path, kind: type[MathPalModule] = MathPalModule, checked: bool = True, **settings: Any):
    seed_everything(3, verbose=False)
    module = kind(str(folder), backend="transformers", **{"lora_r": 4, "lora_dropout": 0.1, **settings})
    data = MathDataModule("generated", generator=SHORT, max_length=512)
    trainer = Trainer(
        max_steps=2, accelerator="cpu", precision="bf16-mixed", default_root_dir=str(out), logger=False,
        callbacks=[Preflight()] if checked else [],
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    return trainer, module, lambda: trainer.fit(module, datamodule=data)


def test_a_leaking_backend_stops_before_the_first_step(gemma3_folder: Path, tmp_path: Path):
    trainer, _, run = fit(gemma3_folder, tmp_path, AllOnes)
    with pytest.raises(ModelError, match="attend to each other"):
        run()
    assert trainer.global_step == 0


def test_a_fit_without_a_step_does_not_export_an_untrained_adapter(gemma3_folder: Path, tmp_path: Path):
    trainer, module, run = fit(gemma3_folder, tmp_path)
    trainer.limit_train_batches = 0
    with pytest.raises(ConfigError, match="at least one training step"):
        run()
    assert module.model is None, "it is said before any weights load"


def test_a_second_fit_pays_nothing_and_another_setting_pays_again(gemma3_folder: Path, tmp_path: Path):
    passes = []
    for settings in ({}, {}, {"lora_r": 8}):
        _, module, run = fit(gemma3_folder, tmp_path, Counting, **settings)
        run()
        passes.append(module.passes)
    assert passes == [5, 0, 5]  # three documents alone, packed, packed so as to leak
    assert len(list((tmp_path / "cache/preflight").glob("*.json"))) == 2


def test_memory_that_another_program_took_since_is_noticed(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    for left in ("", "20000000"):
        if left:  # a container whose limit is nearly reached
            files = {"memory.max": left, "memory.current": "0", "memory.stat": "inactive_file 0"}
            for name, text in files.items():
                (tmp_path / name).write_text(text + "\n", encoding="utf-8")
            monkeypatch.setattr(machine, "_CGROUP", tmp_path)
        caplog.clear()
        _, module, run = fit(gemma3_folder, tmp_path, Counting)
        run()
        assert module.passes == (0 if left else 5)
        assert ("preflight: memory: " in caplog.text) == bool(left)


def test_training_is_the_same_bit_for_bit_with_and_without_it(gemma3_folder: Path, tmp_path: Path):
    trained = []
    for checked in (True, False):
        _, module, run = fit(gemma3_folder, tmp_path, checked=checked)
        run()
        trained.append(module.state_dict())
    assert any((weight != 0).any() for name, weight in trained[0].items() if "lora_B" in name)
    for name, weight in trained[0].items():
        assert torch.equal(weight, trained[1][name])


def test_a_wrong_mask_stops_even_when_the_model_was_seen(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fit(gemma3_folder, tmp_path)[2]()
    monkeypatch.setattr(
        MathDataModule,
        "document",
        lambda self, split, number: self._datasets[split].part.encoded[number]._replace(labels=[2] * 99),
    )
    trainer, _, run = fit(gemma3_folder, tmp_path)
    with pytest.raises(DataError, match="BOS"):
        run()
    assert trainer.global_step == 0
