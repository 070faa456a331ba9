"""MathPalTrainer: `mathpal preflight` checks a run without training, `mathpal bench` times a few steps of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer
from typing_extensions import TypeAliasType

from mathpal_lightning.callbacks.preflight import plan_of, split_findings, watch_of
from mathpal_lightning.checks.finding import Finding, attempt_checks
from mathpal_lightning.checks.monitor import watch_checks
from mathpal_lightning.checks.run import as_ours, data_checks, model_checks, part_checks, resource_checks, time_checks
from mathpal_lightning.cli.trainer.bench import WARM_UP, Laps, generation_figures, training_figures
from mathpal_lightning.compat.lightning import limit_steps
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.precision import home_of

_QUESTIONS = 256
"""How many held-out questions a bench takes; it solves as many at a time as an evaluation does."""


Batches = TypeAliasType("Batches", int | float)
"""A number of batches, or a share of them.

A named type, because Python may hand out `float | int | None` where `int | float | None` is asked for: it takes the two for
equal and keeps the first that it met. The command line would then read 1 as 1.0.
"""


class MathPalTrainer(Trainer):
    """Lightning's Trainer with two more verbs: preflight and bench."""

    planned_steps: int
    """The `max_steps` of the fit that a preflight or a bench stands for; no other verb sets it."""

    def __init__(
        self,
        *args: Any,
        limit_train_batches: Batches | None = None,
        limit_val_batches: Batches | None = None,
        limit_test_batches: Batches | None = None,
        limit_predict_batches: Batches | None = None,
        overfit_batches: Batches = 0,
        **kwargs: Any,
    ):
        """Take Lightning's arguments; those that are named here are whole numbers where a config writes a whole number.

        For Lightning 1 is one batch and 1.0 all of them. Its own annotations put `float` first, so that its command line
        reads 1 as 1.0.
        """
        super().__init__(
            *args,
            limit_train_batches=limit_train_batches,
            limit_val_batches=limit_val_batches,
            limit_test_batches=limit_test_batches,
            limit_predict_batches=limit_predict_batches,
            overfit_batches=overfit_batches,
            **kwargs,
        )

    def preflight(
        self,
        model: LightningModule,
        datamodule: LightningDataModule | None = None,
        ckpt_path: str | None = None,
        json: bool = False,
    ) -> list[Finding]:
        """Check a run: data, masks, memory, disk, optional parts, the loaded model, and the time of a few steps.

        Args:
            model: the module; its weights are loaded when the checks before find no error of memory.
            datamodule: its data.
            ckpt_path: the checkpoint that the run would resume from.
            json: print the findings as json (the command line does, not this method).

        Returns:
            All findings. Checks that depend on a failed one are left out.
        """
        module, data = as_ours(model, datamodule)
        self.planned_steps = self.max_steps
        self.strategy.connect(model)
        model.trainer = data.trainer = self
        findings = attempt_checks({"rows": lambda: _set_up(data)})
        plan = replace(plan_of(self, model, data), resumed=ckpt_path is not None)
        if findings:
            return findings + attempt_checks(part_checks(plan))
        before_weights = {**data_checks(data, plan), **watch_checks(watch_of(self, model, data), plan.length)}
        before_weights["held out"] = lambda: split_findings(module, data)
        findings = attempt_checks({**before_weights, **resource_checks(module, data, plan), **part_checks(plan)})
        if any(finding.level == "error" and finding.name == "memory" for finding in findings):
            return findings
        failures = attempt_checks({"model": lambda: _load(model)})
        if failures:
            return findings + failures
        precision = self.precision_plugin.forward_context
        return findings + attempt_checks(
            {**model_checks(module, data, plan, precision), **time_checks(module, data, plan, precision)}
        )

    def bench(
        self,
        model: LightningModule,
        datamodule: LightningDataModule | None = None,
        steps: int = 10,
        json: bool = False,
    ) -> dict[str, object]:
        """Time training steps, the parts of a step, and the generation of solutions; nothing is validated, logged or saved.

        Args:
            model: the module; a few steps of training change it.
            datamodule: its data.
            steps: how many optimizer steps are counted, after two of warm-up.
            json: print the figures as json (the command line does, not this method).

        Returns:
            The figures of `training_figures` and `generation_figures`.

        Raises:
            ConfigError: no step is asked for, or the config draws its own solutions.
        """
        if steps < 1:
            raise ConfigError("`steps` of 1 or more", str(steps), "Raise it.")
        if getattr(model, "hparams", {}).get("objective") == "grpo":
            way_out = "Most of its time is drawing: `mathpal fit --quick_test` logs tokens/s and the time of each part."
            raise ConfigError("`model.objective: sft` or `dpo` for a bench", "grpo", way_out)
        laps, (module, data) = Laps(), as_ours(model, datamodule)
        self.callbacks: list[Callback] = [laps]
        self.loggers = []
        self.planned_steps = self.max_steps
        limit_steps(self, steps + WARM_UP)
        self.limit_val_batches = self.num_sanity_val_steps = 0
        self.fit(model, datamodule)
        module.to(home_of(module))  # Lightning moves a module to the CPU when a run has ended
        training = training_figures(laps, module, str(self.precision), self.world_size)
        rows = data.validation_rows or data.train_rows
        return {"training": training, "evaluation": generation_figures(module, [row.prompt for row in rows[:_QUESTIONS]])}


def _set_up(data: LightningDataModule) -> Sequence[Finding]:
    data.setup("fit")
    return ()


def _load(model: LightningModule) -> Sequence[Finding]:
    model.configure_model()
    return ()
