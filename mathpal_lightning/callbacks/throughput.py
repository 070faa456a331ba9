"""Tokens per second, MFU, the time of each activity and peak memory, while training runs."""

from __future__ import annotations

import time
from collections import deque
from typing import cast

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from mathpal_lightning.callbacks.summary import write_summary
from mathpal_lightning.compat.lightning import log_interval
from mathpal_lightning.estimate.ceiling import base_dtype, ceiling
from mathpal_lightning.estimate.rates import NeededFlops, Stopwatch, batch_counts, peak_memory_gb
from mathpal_lightning.run.figures import TrainingFigures
from mathpal_lightning.schema import Batch, Checkpoint

TRAINING = ("data", "forward", "backward", "optimizer")
"""Waiting for a batch; forward pass and loss; backward pass; optimizer and clipping."""
ACTIVITIES = (*TRAINING, "validation", "checkpoint")
LOGGED = (
    *("tokens/s", "mfu", "supervised_tokens/s", "supervised_share", "packing_density", "peak_memory_gb"),
    *(f"time/{activity}" for activity in ACTIVITIES),
)
"""The names of all that is logged; `mfu` only where the module tells its FLOPs."""
COUNTED = ("positions", "tokens", "supervised", "flops")
_CEILING_ROWS = 1024
_SECONDS_SHOWN = 0.5
"""Between two updates of the bar: Lightning takes half a millisecond to log a figure."""


class Throughput(Callback):
    """Counts the tokens, without padding, of every batch that has `input_ids`, `labels` and `position_ids`.

    The bar shows tokens/s and MFU over the last `window` batches. The loggers get, as often as they log, also supervised
    tokens/s, the supervised share, the packing density, the share of the time of each activity, and the peak memory.
    summary.json gets the figures of the whole run, including the time before it was stopped and resumed.

    MFU = FLOP that the steps needed (`model/flops.py`, from the module's `flops`) / seconds of training / ceiling. The ceiling
    is the dense bfloat16 rate of a known card; for other devices, matrix products of the model's own shapes are timed at the
    start. Tokens and rates are those of all processes. On a GPU the callback waits for the device every `window` batches only.
    """

    def __init__(self, window: int = 10):
        self.window = window
        self.totals: dict[str, float] = {}
        self._earlier: dict[str, float] = {}
        self._marks: deque[dict[str, float]] = deque(maxlen=window + 1)
        self._pending: list[tuple[Tensor, bool]] = []
        self._flops: NeededFlops | None = None
        self._ceiling = 0.0
        self._ceiling_from = ""
        self._stopwatch: Stopwatch | None = None
        self._logged, self._shown = 0, 0.0

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Forget the counts of a checkpoint that was only scored; those of a resumed one are loaded after this."""
        if stage == "fit":
            self._earlier = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock, reset the peak of memory, and measure the ceiling."""
        device = pl_module.device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()
        self._flops = getattr(pl_module, "flops", None)
        if self._flops is not None:
            dtype = base_dtype(str(trainer.precision))
            self._ceiling, self._ceiling_from = ceiling(self._flops.shapes, _CEILING_ROWS, dtype, device)
        self.totals = dict.fromkeys((*COUNTED, *ACTIVITIES), 0.0)
        self._stopwatch, self._logged = None, trainer.global_step
        self._marks.clear()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start with the first epoch: before it, the untrained model may have been evaluated."""
        self._stopwatch = self._stopwatch or Stopwatch(pl_module.device, "data")

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        """The batch is here. In an epoch that resumes in its middle, this is the first hook that Lightning calls."""
        self._stopwatch = self._stopwatch or Stopwatch(pl_module.device, "data")
        self._switch("forward")

    def on_before_backward(self, trainer: Trainer, pl_module: LightningModule, loss: Tensor) -> None:
        """The loss is computed."""
        self._switch("backward")

    def on_after_backward(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """The gradients are computed."""
        self._switch("optimizer")

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """A validation, with the solutions that it generates, does not count as training."""
        self._switch("validation")

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Time counts as training again."""
        self._switch("data")

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: Batch, batch_idx: int
    ) -> None:
        """Count the batch; show and log the rates."""
        self._switch("data")
        if not all(hasattr(batch, name) for name in ("input_ids", "labels", "position_ids")):
            return  # of a module that is not ours: there is nothing to count
        sliding_windows = self._flops.sliding_windows if self._flops else ()
        self._pending.append(
            (batch_counts(batch, sliding_windows), bool(getattr(getattr(pl_module, "reference", None), "asked", False)))
        )
        if pl_module.device.type == "cuda" and len(self._pending) < self.window:
            return
        self._add_up()
        self._marks.append(dict(self.totals))
        if len(self._marks) > 1:
            self._log(trainer, pl_module)

    def _switch(self, activity: str) -> None:
        if self._stopwatch is not None:  # a validation outside of a fit has none
            self._stopwatch.switch(activity)

    def _add_up(self) -> None:
        """Add the batches that were not counted yet to the totals."""
        counts, asked = zip(*self._pending, strict=True) if self._pending else ((), ())
        self._pending.clear()
        numbers = torch.stack(counts).tolist() if counts else []
        for (positions, tokens, supervised, *pairs), reference in zip(numbers, asked, strict=True):
            needed = self._flops.needed(tokens, supervised, pairs, reference) if self._flops else 0
            for name, number in zip(COUNTED, (positions, tokens, supervised, needed), strict=True):
                self.totals[name] += number
        for activity, seconds in self._stopwatch.read().items() if self._stopwatch else ():
            self.totals[activity] += seconds

    def _log(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show two rates on the bar; give all figures to the loggers at the steps at which they log."""
        since = {name: number - self._marks[0][name] for name, number in self._marks[-1].items()}
        seconds = sum(since[activity] for activity in TRAINING)
        processes = trainer.world_size
        shown = {"tokens/s": processes * since["tokens"] / seconds}
        if self._ceiling:
            shown["mfu"] = since["flops"] / seconds / self._ceiling
        if trainer.progress_bar_callback is not None and time.monotonic() - self._shown >= _SECONDS_SHOWN:
            self._shown = time.monotonic()
            pl_module.log_dict(shown, prog_bar=True)
        every: int = log_interval(trainer)
        if every and trainer.global_step // every > self._logged // every:
            self._logged = trainer.global_step
            figures = {
                "supervised_tokens/s": processes * since["supervised"] / seconds,
                "supervised_share": since["supervised"] / since["tokens"],
                "packing_density": since["tokens"] / since["positions"],
                "peak_memory_gb": peak_memory_gb(),
                **{f"time/{activity}": since[activity] / sum(since[each] for each in ACTIVITIES) for activity in ACTIVITIES},
            }
            pl_module.log_dict(shown, prog_bar=True)
            pl_module.log_dict(figures)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the run's figures to summary.json."""
        totals = self._of_all_processes(trainer, pl_module)
        if not totals["tokens"]:
            return
        seconds = sum(totals[activity] for activity in TRAINING)
        figures: TrainingFigures = {
            "steps": trainer.global_step,
            "tokens": int(totals["tokens"]),
            "supervised_tokens": int(totals["supervised"]),
            "packing_density": round(totals["tokens"] / totals["positions"], 4),
            "training_seconds": round(seconds, 1),
            "tokens_per_second": round(totals["tokens"] / seconds, 1),
            "supervised_tokens_per_second": round(totals["supervised"] / seconds, 1),
            "peak_memory_gb": round(peak_memory_gb(), 2),
            "time_split": {activity: round(totals[activity], 2) for activity in ACTIVITIES},
        }
        if self._ceiling:
            figures["mfu"] = round(totals["flops"] / seconds / self._ceiling / trainer.world_size, 4)
            figures["ceiling"] = {"gflops_per_second": round(self._ceiling / 1e9), "from": self._ceiling_from}
        write_summary(trainer, "training", figures)

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Save the counts for a resumed run; the time until the next batch counts as saving."""
        if self.totals:
            checkpoint["throughput"] = self._of_all_processes(trainer, pl_module)
            self._switch("checkpoint")

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Continue from the saved counts."""
        self._earlier = cast(Checkpoint, checkpoint).get("throughput", {})

    def _of_all_processes(self, trainer: Trainer, pl_module: LightningModule) -> dict[str, float]:
        """The totals of the run so far: counts summed over the processes, seconds by the clock of this process."""
        self._add_up()
        totals = dict(self.totals)
        if trainer.world_size > 1:
            own = torch.tensor([totals[name] for name in COUNTED], dtype=torch.float64, device=pl_module.device)
            totals |= zip(COUNTED, trainer.strategy.reduce(own, reduce_op="sum").tolist(), strict=True)
        return {name: number + self._earlier.get(name, 0.0) for name, number in totals.items()}
