"""AdapterCheckpoint: whole files, an adapter beside each, exact random states, the best kept."""

import random
from pathlib import Path
from typing import Any, BinaryIO

import numpy
import pytest
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from mathpal_lightning.callbacks import AdapterCheckpoint
from mathpal_lightning.callbacks.checkpoint import chosen_weights, random_states, set_random_states
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.run import read_checkpoint
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


@pytest.mark.parametrize("every", [None, 0])
def test_without_a_number_of_steps_each_epoch_that_is_not_validated_is_saved(
    every: int | None, gemma3_folder: Path, tmp_path: Path
):
    checkpoint = AdapterCheckpoint(every_n_steps=every, keep=-1)
    foreign_trainer(tmp_path, checkpoint, max_epochs=2).fit(ForeignModule(gemma3_folder), batches(2))
    assert sorted(path.name for path in (tmp_path / "checkpoints").glob("*.ckpt")) == [
        "last.ckpt",
        "step=2.ckpt",
        "step=4.ckpt",
    ]


def test_a_negative_number_of_steps_is_refused():
    with pytest.raises(ConfigError, match="`checkpoint.every_n_steps` of at least 0, but found -1"):
        AdapterCheckpoint(every_n_steps=-1)


class DiesAfter(Callback):
    def __init__(self, step: int):
        self.step = step

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: object, batch_idx: int) -> None:
        if trainer.global_step == self.step:
            raise SystemError("dead")


def test_a_run_that_dies_before_its_first_validation_has_its_last_step(gemma3_folder: Path, tmp_path: Path):
    """Lightning waits for the monitored metric, which only a validation logs."""
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint(monitor="score", every_n_steps=1), DiesAfter(3))
    with pytest.raises(SystemError, match="dead"):
        trainer.fit(ForeignModule(gemma3_folder), batches(4), batches(1))
    assert read_checkpoint(tmp_path / "checkpoints/last.ckpt")["global_step"] == 3
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["last.adapter", "last.ckpt"]


def test_only_weights_that_were_validated_are_among_the_best(gemma3_folder: Path, tmp_path: Path):
    checkpoint = AdapterCheckpoint(monitor="score", mode="max", keep=2, every_n_steps=1)
    trainer = foreign_trainer(tmp_path, checkpoint, val_check_interval=2)
    trainer.fit(ForeignModule(gemma3_folder), batches(7), batches(1))
    scores = {Path(file).name: int(score) for file, score in checkpoint.best_k_models.items()}
    assert scores == {"step=2.ckpt": 2, "step=6.ckpt": 2}, "step 3 has no score of its own"
    assert read_checkpoint(tmp_path / "checkpoints/last.ckpt")["global_step"] == 7


def test_a_metric_of_training_ranks_every_saved_step(gemma3_folder: Path, tmp_path: Path):
    class Logs(ForeignModule):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            self.log("rank", float(batch_idx % 3))
            return super().training_step(batch, batch_idx)

    checkpoint = AdapterCheckpoint(monitor="rank", mode="max", every_n_steps=1)
    foreign_trainer(tmp_path, checkpoint).fit(Logs(gemma3_folder), batches(4))
    assert Path(checkpoint.best_model_path).name == "step=3.ckpt"


def test_a_second_module_of_the_same_trainer_has_its_own_adapters(gemma3_folder: Path, tmp_path: Path):
    trainer = foreign_trainer(tmp_path, AdapterCheckpoint())
    trainer.fit(ForeignModule(gemma3_folder), batches(1))
    trainer.fit_loop.max_epochs = 2
    second = ForeignModule(gemma3_folder)
    trainer.fit(second, batches(1))
    written = load_file(tmp_path / "checkpoints/last.adapter/adapter_model.safetensors")
    trained = {name.replace(".default", ""): weight for name, weight in second.language_model.named_parameters()}
    assert len(written) > 2
    for name, weight in written.items():
        torch.testing.assert_close(weight, trained[name], rtol=0, atol=0)


@pytest.mark.parametrize("monitor", [None, "score"])
def test_a_second_trainer_keeps_checkpoints_of_its_own(monitor: str | None, gemma3_folder: Path, tmp_path: Path):
    checkpoint = AdapterCheckpoint(monitor=monitor)
    for name, steps in (("first", 3), ("second", 2)):  # scores 3 and 2: the first fit's is the better one
        folder = tmp_path / name
        trainer = foreign_trainer(folder, checkpoint, max_steps=steps)
        trainer.fit(ForeignModule(gemma3_folder), batches(steps), batches(1))
        assert checkpoint.dirpath == str(folder / "checkpoints")
        assert checkpoint.best_model_path == str(folder / f"checkpoints/step={steps}.ckpt")
        assert (folder / "checkpoints/last.ckpt").is_file()


def test_a_checkpoint_that_was_only_scored_leaves_a_new_fit_alone(gemma3_folder: Path, tmp_path: Path):
    """Lightning restores the callbacks' part of a checkpoint for a validation too: its random states are not this fit's."""
    foreign_trainer(tmp_path, AdapterCheckpoint()).fit(ForeignModule(gemma3_folder), batches(1), batches(1))
    drawn = []

    class Draw(Callback):
        def on_before_backward(self, *arguments: Any) -> None:
            drawn.append(torch.rand(1).item())

    for checkpoint in (None, tmp_path / "checkpoints/last.ckpt"):
        trainer = foreign_trainer(tmp_path / "new", AdapterCheckpoint(), Draw())
        module = ForeignModule(gemma3_folder)
        trainer.validate(module, batches(1), ckpt_path=checkpoint, verbose=False)
        torch.manual_seed(7)
        trainer.fit(module, batches(1))
    assert drawn[0] == drawn[1]


def test_a_users_own_checkpoints_do_not_decide_which_weights_a_run_ends_with(gemma3_folder: Path, tmp_path: Path):
    own = ModelCheckpoint(dirpath=tmp_path / "own", filename="own-{step}")
    ours = AdapterCheckpoint(monitor="score", mode="max")
    trainer = foreign_trainer(tmp_path, own, ours, val_check_interval=0.25)
    trainer.fit(ForeignModule(gemma3_folder), batches(4), batches(1))
    chosen = chosen_weights(trainer)
    assert chosen
    assert chosen.checkpoint == tmp_path / "checkpoints/step=3.ckpt"


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
