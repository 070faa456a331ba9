"""`mathpal preflight`, and `mathpal fit --dry_run`: every check of a run, all problems in one table, nothing trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lightning.pytorch import LightningDataModule, LightningModule, Trainer

from mathpal_lightning.callbacks.preflight import plan_of
from mathpal_lightning.checks.finding import Finding, attempt_checks
from mathpal_lightning.checks.run import data_checks, model_checks, part_checks, resource_checks, time_checks


class MathPalTrainer(Trainer):
    """Lightning's Trainer, with one verb more."""

    def preflight(
        self,
        model: LightningModule,
        datamodule: LightningDataModule | None = None,
        ckpt_path: str | None = None,
        json: bool = False,
    ) -> list[Finding]:
        """Check a run: data, masks, memory, disk, optional parts, the loaded model, and the time of a few steps.

        Args:
            model: the module; its weights load when nothing speaks against it.
            datamodule: its data.
            ckpt_path: where the run would go on from.
            json: print the findings as json (the command line does, not this method).

        Returns:
            All findings. What depends on a check that failed is left out.
        """
        data: Any = datamodule
        self.strategy.connect(model)
        model.trainer = data.trainer = self
        findings = attempt_checks({"rows": lambda: _set_up(data)})
        plan = replace(plan_of(self, model, data), resumed=ckpt_path is not None)
        if findings:
            return findings + attempt_checks(part_checks(plan))
        findings = attempt_checks({**data_checks(data, plan), **resource_checks(model, data, plan), **part_checks(plan)})
        if any(finding.level == "error" and finding.name == "memory" for finding in findings):
            return findings
        failures = attempt_checks({"model": lambda: _load(model)})
        if failures:
            return findings + failures
        precision = self.precision_plugin.forward_context
        return findings + attempt_checks(
            {**model_checks(model, data, plan, precision), **time_checks(model, data, plan, precision)}
        )


def _set_up(data: Any) -> Sequence[Finding]:
    data.setup("fit")
    return ()


def _load(model: LightningModule) -> Sequence[Finding]:
    model.configure_model()
    return ()
