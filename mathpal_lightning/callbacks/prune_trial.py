"""A trial of a sweep that lags behind the others ends early.

Optuna's own callback for Lightning breaks with versions of Lightning; this one needs one hook and one metric.
"""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.errors import TrialEnded


class PruneTrial(Callback):
    """Reports a metric after each validation to the sweep's study, and ends the fit where the study's pruner says so.

    Without validations, or without the metric in them, every trial goes on to its end. The first process asks, and all end
    together.

    Args:
        folder: The sweep's folder, with its study.
        number: The number of the trial.
        metric: The name of the metric.

    Raises:
        TrialEnded: the trial is worse than the median of the others at this step.
    """

    def __init__(self, folder: str, number: int, metric: str):
        self.folder, self.number, self.metric = folder, number, metric

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report the metric and ask."""
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        value = trainer.callback_metrics.get(self.metric)
        if value is None:
            return
        from mathpal_lightning.sweep.study import lags  # needs the extra `sweep`

        ends = trainer.is_global_zero and lags(Path(self.folder), self.number, trainer.global_step, float(value))
        if trainer.strategy.broadcast(ends):
            found = f"{self.metric} {float(value):.4g} at step {trainer.global_step}"
            raise TrialEnded("a trial as good as the median of the others", found, "The sweep goes on with the next one.")
