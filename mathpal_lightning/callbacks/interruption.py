"""Ctrl-C, a preempted machine and a closed terminal: finish the step, save, say how to go on."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.callbacks.checkpoint import checkpoint_of
from mathpal_lightning.compat.lightning import validation_follows
from mathpal_lightning.compat.system import STOP_SIGNALS, is_hangup, is_ignored_hangup, leave_terminal
from mathpal_lightning.errors import RunInterrupted
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.folder import LAST

log = logging.getLogger(__name__)


class SaveOnInterruption(Callback):
    """Save `checkpoints/last.ckpt` after the running optimizer step and end the run, when a signal asks the process to stop.

    The signals: SIGINT (Ctrl-C), SIGTERM (SLURM, Kubernetes) and SIGHUP (a terminal or connection that is closed). A second
    signal ends the run at once, as if this callback were not there. Under `nohup` a closed terminal does not end the run.
    """

    def __init__(self) -> None:
        self._signal: signal.Signals | None = None
        self._previous: dict[int, Callable[[int, FrameType | None], object] | int | signal.Handlers | None] = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Listen to the signals that ask to stop. Python hands them to its main thread only."""
        self._signal = None  # of an earlier fit: Lightning tears nothing down after an exception
        if threading.current_thread() is not threading.main_thread():
            return
        for number in STOP_SIGNALS:
            if not is_ignored_hangup(number):
                self._previous[number] = signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signal = signal.Signals(number)
        signal.signal(number, self._previous[number])
        if is_hangup(number):
            leave_terminal()
        log.warning("%s: saving after this step; once more to stop at once, without saving.", self._signal.name)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """After a whole accumulation window, save where a signal came, and stop unless a validation follows."""
        window_ends = (batch_idx + 1) % trainer.accumulate_grad_batches == 0 or trainer.is_last_batch
        if window_ends and self._asked_to_stop(trainer):
            path = self._save(trainer)
            if not validation_follows(trainer):
                self._stop(trainer, path)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save and stop after the validation that belonged to the step."""
        if not trainer.sanity_checking and self._asked_to_stop(trainer):
            self._stop(trainer, self._save(trainer))

    def _asked_to_stop(self, trainer: Trainer) -> bool:
        """Whether a signal came to any process: all of them stop after the same step."""
        return trainer.strategy.reduce_boolean_decision(self._signal is not None, all=False)

    def _save(self, trainer: Trainer) -> Path:
        folder = getattr(checkpoint_of(trainer), "dirpath", None)
        path = Path(folder or RunFolder.of(trainer.default_root_dir).own_checkpoints) / LAST
        trainer.save_checkpoint(path)
        return path

    def _stop(self, trainer: Trainer, path: Path) -> NoReturn:
        came = self._signal.name if self._signal else "a signal to another process"
        raise RunInterrupted(
            f"{trainer.max_steps if trainer.max_steps > 0 else trainer.estimated_stepping_batches} steps",
            f"{came} after step {trainer.global_step}; saved {path}",
            "Go on with the same command and --ckpt_path last.",
        )

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Restore the earlier signal handlers."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()
        self._signal = None
