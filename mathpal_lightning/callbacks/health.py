"""Stop a run whose training fails, and keep the batches of the step at which it failed."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.compat.lightning import data_of
from mathpal_lightning.errors import TrainingError
from mathpal_lightning.files import whole_file
from mathpal_lightning.run import RunFolder
from mathpal_lightning.schema import Row

log = logging.getLogger(__name__)


class StopOnDivergence(Callback):
    """Stops a run whose loss diverges; on any TrainingError, keeps the batches of the step and the rows in them.

    The loss diverges when the mean of the last `window` batches is above the lowest such mean so far by more than 2 plus the
    size of that lowest mean. An SFT loss that had fallen to 0.5 may rise to 3 (a perplexity of 20), a loss that had fallen
    to -5 may rise to 2; a run that learns stays far below that. MathPalModule itself refuses a loss or gradient that is not
    finite, before the optimizer's step.

    Args:
        window: How many batches a mean is taken over.
        metric: The logged metric to watch.
    """

    def __init__(self, window: int = 20, metric: str = "train/loss"):
        self.metric = metric
        self._losses: deque[float] = deque(maxlen=window)
        self._lowest = float("inf")
        self._batches: dict[int, object] = {}

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Forget the losses of an earlier fit; those of a resumed run are restored after this."""
        if stage == "fit":
            self._losses.clear()
            self._batches.clear()
            self._lowest = float("inf")

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        """Hold the batches of the current accumulation window."""
        if batch_idx % trainer.accumulate_grad_batches == 0:
            self._batches.clear()
        self._batches[batch_idx] = batch

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """Compare the mean loss with the lowest.

        Raises:
            TrainingError: the loss diverges.
        """
        if self.metric not in trainer.callback_metrics:
            return
        self._losses.append(trainer.callback_metrics[self.metric].item())
        if len(self._losses) < (self._losses.maxlen or 0):
            return
        mean = sum(self._losses) / len(self._losses)
        self._lowest = min(self._lowest, mean)
        limit = self._lowest + abs(self._lowest) + 2  # a loss may be negative
        if mean > limit:
            raise TrainingError(
                f"a mean {self.metric} of {len(self._losses)} batches below {limit:.2f} (the lowest was {self._lowest:.2f})",
                f"{mean:.2f} at step {trainer.global_step}",
                "Lower `model.learning_rate` and train again; an earlier checkpoint holds the weights from before.",
            )

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Write the batches of the step to failed_step.json, and log which rows they hold."""
        if not isinstance(exception, TrainingError) or not self._batches:
            return
        rows_of: Callable[[int, object], list[Row]] = getattr(data_of(trainer), "batch_rows", lambda batch_idx, batch: [])
        rows = {batch_idx: rows_of(batch_idx, batch) for batch_idx, batch in self._batches.items()}
        kept = {
            "error": str(exception),
            "step": trainer.global_step,
            "batches": [
                {
                    "batch_idx": batch_idx,
                    "rows": [asdict(row) for row in rows[batch_idx]],
                    "tensors": {
                        name: getattr(values, "tolist", lambda kept=values: kept)() for name, values in batch._asdict().items()
                    },
                }
                for batch_idx, batch in self._batches.items()
                if hasattr(batch, "_asdict")
            ],
        }
        path = RunFolder.of(trainer.default_root_dir).failed_step
        if trainer.global_rank:
            path = path.with_suffix(f".{trainer.global_rank}{path.suffix}")
        with whole_file(path) as temporary:
            temporary.write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")
        places = [row.place for batch in rows.values() for row in batch]
        log.error("The batches of this step are kept in %s; their rows: %s", path, ", ".join(places) or "unknown")

    def state_dict(self) -> dict[str, object]:
        """The losses of the window, and the lowest mean so far."""
        return {"losses": list(self._losses), "lowest": self._lowest}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore them."""
        self._losses.extend(state_dict["losses"])
        self._lowest = state_dict["lowest"]
