"""AdapterCheckpoint: whole files, an adapter beside each, exact random states, the best kept."""

import random
from pathlib import Path
from typing import BinaryIO

import numpy
import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from mathpal_lightning.callbacks import AdapterCheckpoint
from mathpal_lightning.callbacks.checkpoint import random_states, set_random_states
from tests.callbacks.foreign import ForeignModule, batches, foreign_trainer


def test_each_checkpoint_of_a_foreign_module_has_its_adapter(gemma3_folder: Path, tmp_path: Path):
    module = ForeignModule(gemma3_folder)
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint(every_n_steps=2, keep=-1))
    trainer.fit(module, batches(4))
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["last.adapter", "last.ckpt", "step=2.adapter", "step=2.ckpt", "step=4.adapter", "step=4.ckpt"]
    base = AutoModelForCausalLM.from_pretrained(gemma3_folder, dtype=torch.float32)
    loaded = PeftModel.from_pretrained(base, tmp_path / "checkpoints/step=4.adapter")
    ids = torch.arange(10, 30)[None]
    with torch.no_grad():
        torch.testing.assert_close(loaded.eval()(ids).logits, module.language_model.eval()(ids).logits)


def test_the_best_is_kept_and_the_others_go_with_their_adapters(gemma3_folder: Path, tmp_path: Path):
    checkpoint = AdapterCheckpoint(monitor="score", mode="max", keep=1)
    trainer = foreign_trainer(tmp_path, checkpoint, val_check_interval=0.25)
    trainer.fit(ForeignModule(gemma3_folder), batches(4), batches(1))
    assert Path(checkpoint.best_model_path).name == "step=3.ckpt"
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        "last.adapter",
        "last.ckpt",
        "step=3.adapter",
        "step=3.ckpt",
    ]


def test_a_failed_write_leaves_the_earlier_checkpoint_whole(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint())
    trainer.fit(ForeignModule(gemma3_folder), batches(1))
    last = tmp_path / "checkpoints/last.ckpt"
    before = last.read_bytes()

    def half(checkpoint: object, handle: BinaryIO) -> None:
        handle.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(OSError, match="No space"):
        trainer.save_checkpoint(last)
    assert last.read_bytes() == before
    assert not [path for path in last.parent.iterdir() if path.name.startswith(".")]


def test_random_states_come_back():
    states = random_states()
    drawn = [random.random(), float(numpy.random.random()), float(torch.rand(()))]
    set_random_states(states)
    assert [random.random(), float(numpy.random.random()), float(torch.rand(()))] == drawn


def test_random_states_load_without_pickle(tmp_path: Path):
    torch.save(random_states(), tmp_path / "states.pt")
    set_random_states(torch.load(tmp_path / "states.pt", weights_only=True))
