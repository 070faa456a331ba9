"""The earlier run that a new one replaces is kept until the new one has taken its first step."""

from __future__ import annotations

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.compat.lightning import is_dev_run
from mathpal_lightning.run import RunFolder


class ForgetEarlierRun(Callback):
    """Removes the earlier run when the new one has taken its first step, so that a typo in the config cannot destroy it."""

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """Remove it; after the first step there is nothing left to remove."""
        if trainer.is_global_zero and not is_dev_run(trainer):
            RunFolder.of(trainer.default_root_dir).forget_earlier()
