"""Checkpoints that are written whole or not at all, from which a run resumes exactly, each with a PEFT adapter beside it."""

from __future__ import annotations

import logging
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy
import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.plugins.io import CheckpointIO, TorchCheckpointIO
from lightning.pytorch.trainer.states import TrainerFn
from lightning.pytorch.utilities.types import STEP_OUTPUT
from peft import PeftModel

from mathpal_lightning.callbacks.resume import require_same_settings, seed_that_was_set
from mathpal_lightning.compat.lightning import (
    callback_of,
    data_of,
    ends_here,
    forget_saved,
    has_saved,
    is_dev_run,
    is_logged_in_training,
    of_all_processes,
    own_of,
    save_checkpoints,
    saves_now,
    validation_follows,
)
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.export import write_adapter
from mathpal_lightning.files import whole_file
from mathpal_lightning.run import (
    Ranking,
    RunFolder,
    Weights,
    adapter_folder,
    choose_checkpoint,
    next_number,
    read_checkpoint,
    require_local,
)
from mathpal_lightning.run.seal import has_its_adapter, seal
from mathpal_lightning.schema import Checkpoint, RandomStates

if TYPE_CHECKING:
    from torch.serialization import MAP_LOCATION

log = logging.getLogger(__name__)


class AdapterCheckpoint(ModelCheckpoint):
    """Lightning's ModelCheckpoint for adapters, usable with any module that holds a PEFT model.

    `step=100.ckpt` holds trained weights, optimizer, schedule, data position and random states, and loads with
    `weights_only=True`. Beside it is the folder `step=100.adapter/`, which PEFT, Unsloth and vLLM load. Each is written under
    a temporary name, fsynced and renamed; the checkpoint ends with the digests of both (`run/seal.py`).

    Args:
        monitor: The logged metric that decides which checkpoint is the best ("val/exact_match", "val/loss"). None: the last one
            is kept.
        mode: Whether the best is the highest (`max`) or the lowest (`min`).
        keep: How many of the best to keep; -1 keeps all.
        every_n_steps: Save every so many optimizer steps as well as after each validation. None or 0: after each validation, or
            at the end of each epoch where nothing validates.
        dirpath: Where; None: `checkpoints` in the run folder.

    Raises:
        ConfigError: `every_n_steps` is negative.
    """

    def __init__(
        self,
        monitor: str | None = None,
        mode: Literal["min", "max"] = "max",
        keep: int = 1,
        every_n_steps: int | None = None,
        dirpath: str | None = None,
    ):
        if every_n_steps is not None and every_n_steps < 0:
            raise ConfigError("`checkpoint.every_n_steps` of at least 0", str(every_n_steps), "Leave it out, or raise it.")
        require_local("checkpoint.dirpath", dirpath)
        super().__init__(
            dirpath=dirpath,
            filename="{step}",
            monitor=monitor,
            mode=mode,
            save_top_k=keep,
            save_last=True,
            every_n_train_steps=every_n_steps or None,  # of 0 Lightning would save at the end of no epoch
            enable_version_counter=False,
        )
        self.every_n_steps = every_n_steps
        self._own_dirpath = self.dirpath
        self._random_states: list[RandomStates] | None = None

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Set the folder, and have Lightning write its files whole and sealed.

        Raises:
            ConfigError: the Trainer has a CheckpointIO of its own.
        """
        require_plain_files(trainer.strategy.checkpoint_io)
        if stage == "fit":
            self._random_states = None  # of a checkpoint that was only scored
            if trainer.global_step == 0:  # another Trainer: what the one before saved is another run
                forget_saved(self)
                self.dirpath = self._own_dirpath
        if self.dirpath is None:
            self.dirpath = str(RunFolder.of(trainer.default_root_dir).own_checkpoints)
        trainer.strategy.checkpoint_io = AdapterCheckpointIO(pl_module)  # anew: a Trainer may fit several modules
        super().setup(trainer, pl_module, stage)

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        """Before the first batch, restore the random states of the checkpoint that the run resumes from.

        Earlier would be too early: an evaluation and the making of a loader's iterator may draw random numbers too.
        """
        if self._random_states is not None:
            if own := own_of(trainer, self._random_states):
                set_random_states(own)
            else:
                log.warning(
                    "The checkpoint was saved by %d processes and resumes on %d: dropout will draw other random numbers.",
                    len(self._random_states),
                    trainer.world_size,
                )
            self._random_states = None

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: STEP_OUTPUT, batch: object, batch_idx: int
    ) -> None:
        """Save every `every_n_steps` steps, and after the last step.

        Where a validation follows the step, save after the validation: a run that resumed from before it would skip it. Save
        the last step here: in on_train_end Lightning has marked the epoch as finished, and a longer resume would skip its rest.
        """
        if validation_follows(trainer):
            return
        # Lightning's own hook would save nothing before the first validation, and later pair the weights with its old score.
        if self.every_n_steps and trainer.global_step % self.every_n_steps == 0 and saves_now(self, trainer):
            is_scored = self.monitor is None or is_logged_in_training(trainer, self.monitor)
            save_checkpoints(self, trainer, among_best=is_scored)
        if ends_here(trainer):
            self._save_last_weights(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save after each validation."""
        if saves_now(self, trainer):
            save_checkpoints(self, trainer)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save the last weights where the last epoch ends, for a run that resumes with more epochs."""
        super().on_train_epoch_end(trainer, pl_module)
        if trainer.fit_loop.done:
            self._save_last_weights(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save the last weights, wherever in an epoch the run ended."""
        self._save_last_weights(trainer)

    def _save_last_weights(self, trainer: Trainer) -> None:
        if not has_saved(self, trainer) and not is_dev_run(trainer):
            save_checkpoints(self, trainer, among_best=self.monitor is None)

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Add the random states of all processes and the seed, which Lightning leaves out."""
        checkpoint["random_states"] = of_all_processes(trainer, random_states())
        checkpoint["seed"] = seed_that_was_set()

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Keep the random states for the first batch; write the adapter folder again where it is not the checkpoint's."""
        content = cast(Checkpoint, checkpoint)
        self._random_states = content.get("random_states")
        file = Path(str(trainer.ckpt_path))
        whole = "state_dict" in checkpoint  # ModelParallelStrategy has already loaded the weights and removed them
        if trainer.state.fn == TrainerFn.FITTING and trainer.is_global_zero and whole and not has_its_adapter(file):
            log.warning("%s is missing or belongs to another checkpoint: it is written again.", adapter_folder(file))
            _write_adapter(pl_module, file, content)


class AdapterCheckpointIO(CheckpointIO):
    """Writes a checkpoint whole or not at all, with its seal; the adapter folder beside it is written first."""

    def __init__(self, pl_module: LightningModule):
        super().__init__()
        self.pl_module = pl_module

    def save_checkpoint(self, checkpoint: dict[str, object], path: str | Path, storage_options: object = None) -> None:
        """Write `path`, and `path` with the suffix .adapter where the module holds a PEFT model."""
        adapter = None
        if any(isinstance(module, PeftModel) for module in self.pl_module.modules()):
            adapter = _write_adapter(self.pl_module, path, cast(Checkpoint, checkpoint))
        with whole_file(path) as temporary:
            # Given a handle, torch reports a full disk as "No space left on device"; its own writer says "unexpected pos".
            with temporary.open("wb") as handle:
                torch.save(checkpoint, handle)
            seal(temporary, next_number(Path(path).parent), adapter)

    def load_checkpoint(
        self, path: str | Path, map_location: MAP_LOCATION = "cpu", weights_only: bool | None = True
    ) -> dict[str, object]:
        """Read a checkpoint, and refuse to resume training from one with other settings; nothing in it is ever executed."""
        checkpoint = read_checkpoint(path, map_location)
        trainer = self.pl_module.trainer
        if trainer.state.fn == TrainerFn.FITTING:
            require_same_settings(checkpoint, self.pl_module, data_of(trainer))
        return dict(checkpoint)

    def remove_checkpoint(self, path: str | Path) -> None:
        """Remove a checkpoint and its adapter folder."""
        Path(path).unlink(missing_ok=True)
        shutil.rmtree(adapter_folder(path), ignore_errors=True)


def require_plain_files(present: CheckpointIO) -> None:
    """Refuse to replace a CheckpointIO that somebody chose.

    Args:
        present: the one of the Trainer's strategy.

    Raises:
        ConfigError: it is neither Lightning's own for files nor ours.
    """
    if type(present) not in (TorchCheckpointIO, AdapterCheckpointIO):
        raise ConfigError(
            "a Trainer without a CheckpointIO plugin: AdapterCheckpoint writes the files itself",
            type(present).__name__,
            "Leave the plugin out, or use Lightning's ModelCheckpoint with it.",
        )


def _write_adapter(pl_module: LightningModule, file: str | Path, checkpoint: Checkpoint) -> Path:
    sharded = any(hasattr(weight, "full_tensor") for weight in pl_module.parameters())
    state = checkpoint["state_dict"] if sharded else None
    return write_adapter(pl_module, adapter_folder(file), base=pl_module.hparams.get("model_name"), state=state)


def checkpoint_of(trainer: Trainer) -> ModelCheckpoint | None:
    """The callback that keeps a run's checkpoints: its AdapterCheckpoint, where it has one, else its first ModelCheckpoint."""
    callback = callback_of(trainer, AdapterCheckpoint) or trainer.checkpoint_callback
    return callback if isinstance(callback, ModelCheckpoint) else None


def chosen_weights(trainer: Trainer) -> Weights | None:
    """The checkpoint that a run ends with: the best by its monitor, else the last; None where it has saved none.

    Raises:
        CheckpointError: no checkpoint of the run is whole.
    """
    callback = checkpoint_of(trainer)
    if callback is None or not callback.dirpath or not any(Path(callback.dirpath).glob("*.ckpt")):
        return None
    return choose_checkpoint(Path(callback.dirpath), Ranking.of(callback))


def random_states() -> RandomStates:
    """The states of Python's, NumPy's and torch's generators, as values that `weights_only=True` loads."""
    version, python_state, gauss = random.getstate()
    state = numpy.random.get_state(legacy=True)
    assert isinstance(state, tuple)  # a dictionary for generators that NumPy's global one is not
    name, keys, position, has_gauss, cached = state
    return {
        "python": (version, list(python_state), gauss),
        "numpy": (str(name), torch.from_numpy(keys.astype("int64")), int(position), int(has_gauss), float(cached)),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_states(states: RandomStates) -> None:
    """Restore what `random_states` returned."""
    version, python_state, gauss = states["python"]
    random.setstate((version, tuple(python_state), gauss))
    name, keys, position, has_gauss, cached = states["numpy"]
    numpy.random.set_state((name, keys.numpy().astype("uint32"), position, has_gauss, cached))
    torch.set_rng_state(states["torch"])
    if torch.cuda.is_available() and len(states["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(states["cuda"])
