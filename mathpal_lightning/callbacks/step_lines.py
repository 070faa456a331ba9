"""Where no progress bar is shown (a pipe, a file, a batch system): one line every few steps."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from mathpal_lightning.compat.lightning import log_interval
from mathpal_lightning.progress import Progress

log = logging.getLogger(__name__)


class StepLines(Callback):
    """Logs `step 40 of 190: loss 0.612, 575 tokens/s, about 90 s left`, as often as the loggers log, and at the last step.

    In validation and test: `computing the loss: 40 of 145 batches in 12 s, about 32 s left`, every ten seconds.

    Args:
        seconds: No more than one line in so many seconds.
    """

    def __init__(self, seconds: float = 5.0):
        self.seconds = seconds
        self._started, self._first, self._last = 0.0, 0, 0.0
        self._said = -1
        self._progress = _of_batches([])

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._started, self._first, self._last = time.monotonic(), trainer.global_step, 0.0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """Say where training is, if a line is due."""
        step, total, now = trainer.global_step, int(trainer.estimated_stepping_batches), time.monotonic()
        every = log_interval(trainer) or 1
        is_due = step % every == 0 and now - self._last >= self.seconds
        if not trainer.is_global_zero or step == self._said or not (is_due or step == total):
            return
        self._last, self._said = now, step
        log.info(step_line(step, total, trainer.callback_metrics, now - self._started, step - self._first))

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the count of its batches."""
        self._progress = _of_batches(trainer.num_val_batches)

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the count of its batches."""
        self._progress = _of_batches(trainer.num_test_batches)

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Count a batch, and say so if a line is due."""
        if trainer.is_global_zero and not trainer.sanity_checking:
            self._progress.advance()

    def on_test_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Count a batch, and say so if a line is due."""
        if trainer.is_global_zero:
            self._progress.advance()


def _of_batches(numbers: Sequence[int | float]) -> Progress:
    """The progress of one pass over all data loaders; Lightning counts an endless one as infinite."""
    total = sum(numbers)
    return Progress("computing the loss", "batches", int(total) if total < float("inf") else None)


def step_line(step: int, total: int, metrics: Mapping[str, float | Tensor], seconds: float, steps: int) -> str:
    """The line of a step.

    Args:
        step: optimizer steps so far.
        total: of the whole run; -1 or infinite where nobody knows.
        metrics: what was logged: `train/loss`, `tokens/s`.
        seconds: since this process began to train.
        steps: of this process.
    """
    said = [f"loss {float(metrics['train/loss']):.3f}"] if "train/loss" in metrics else []
    said += [f"{float(metrics['tokens/s']):,.0f} tokens/s"] if "tokens/s" in metrics else []
    if 0 < step < total < float("inf") and steps:
        said.append(f"about {seconds / steps * (total - step):,.0f} s left")
    of = f" of {total:,}" if 0 < total < float("inf") else ""
    return f"step {step:,}{of}: {', '.join(said)}"
