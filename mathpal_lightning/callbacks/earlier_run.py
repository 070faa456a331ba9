"""An earlier run that a new one replaces: kept until there is something to replace it with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer


def earlier_run(folder: Path) -> Path:
    """Where the earlier run of a run folder waits."""
    return folder.with_name(f".{folder.name}.earlier")


class ForgetEarlierRun(Callback):
    """Removes the earlier run when the new one has taken its first step: until then a mistyped file would have cost it."""

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Remove it, once."""
        earlier = earlier_run(Path(trainer.default_root_dir))
        if trainer.is_global_zero and earlier.exists():
            shutil.rmtree(earlier)
