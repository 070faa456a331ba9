"""Tokens a second, packing density, supervised share and peak memory, while training runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from mathpal_lightning.callbacks.summary import write_summary
from mathpal_lightning.schema import IGNORE_INDEX


class Throughput(Callback):
    """Counts the tokens of every batch that has `input_ids`, `labels` and `position_ids`, padding apart.

    To the bar: tokens/s over the last `window` optimizer steps. To the loggers: also the supervised share, the density
    and the peak memory. To summary.json: the whole run.
    """

    def __init__(self, window: int = 10):
        self.window = window
        self.tokens = self.supervised = self.positions = 0
        self.seconds = 0.0
        self._marks: list[tuple[float, int]] = []
        self._started = 0.0
        self._strategy: Any = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start a fresh count of the peak; what a resumed run counted before stays with the first process."""
        self._strategy = trainer.strategy
        if not trainer.is_global_zero:
            self.tokens = self.supervised = self.positions = 0
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Start the clock: evaluation between batches does not count."""
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count the batch, and show the rate."""
        self.seconds += time.perf_counter() - self._started
        self.tokens += int(is_token(batch.position_ids).sum())
        self.supervised += int((batch.labels != IGNORE_INDEX).sum())
        self.positions += batch.input_ids.numel()
        self._marks = [*self._marks[-self.window :], (self.seconds, self.tokens)]
        (first_seconds, first_tokens), (seconds, tokens) = self._marks[0], self._marks[-1]
        if seconds > first_seconds:
            rate = trainer.world_size * (tokens - first_tokens) / (seconds - first_seconds)
            pl_module.log("tokens/s", rate, prog_bar=True)
            pl_module.log("supervised_share", self.supervised / self.tokens)
            pl_module.log("packing_density", self.tokens / self.positions)
            pl_module.log("peak_memory_gb", peak_memory_gb())

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the run's figures to summary.json: tokens of all processes, time and memory of the first."""
        tokens, supervised, positions = self._totals()
        if not tokens:
            return
        figures = {
            "steps": trainer.global_step,
            "tokens": tokens,
            "supervised_tokens": supervised,
            "packing_density": round(tokens / positions, 4),
            "training_seconds": round(self.seconds, 1),
            "tokens_per_second": round(tokens / self.seconds, 1),
            "peak_memory_gb": round(peak_memory_gb(), 2),
        }
        write_summary(trainer, "training", figures)

    def _totals(self) -> list[int]:
        """Tokens, supervised tokens and positions of all processes."""
        own = torch.tensor([self.tokens, self.supervised, self.positions], device=self._strategy.root_device)
        return self._strategy.reduce(own, reduce_op="sum").tolist()

    def state_dict(self) -> dict[str, Any]:
        """Counts of all processes, which a resumed run goes on from with as many processes as it likes."""
        if self._strategy is None:
            return {}
        return dict(zip(("tokens", "supervised", "positions"), self._totals(), strict=True)) | {"seconds": self.seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on counting."""
        self.__dict__.update(state_dict)


def is_token(position_ids: Tensor) -> Tensor:
    """Bool [B, T]: positions that hold a token of a document. Padding has position 0 and no successor at 1.

    A document of one token would look like padding; no document is that short, for each begins with BOS.
    """
    successor = torch.nn.functional.pad(position_ids[:, 1:], (0, 1))
    return (position_ids > 0) | (successor == 1)


def peak_memory_gb() -> float:
    """The peak of this process in GB: of the accelerator where there is one, else the resident set.

    The operating system's high-water mark, so imports count.
    """
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e9
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # bytes on macOS
