"""Checks in the first seconds of a fit: a run that would leak, learn the wrong tokens or fill the disk does not start."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.strategies import DDPStrategy, SingleDeviceStrategy

from mathpal_lightning.callbacks.checkpoint import AdapterCheckpoint
from mathpal_lightning.callbacks.evaluate_solutions import EvaluateSolutions
from mathpal_lightning.callbacks.export_model import ExportModel
from mathpal_lightning.callbacks.push_to_hub import PushToHub
from mathpal_lightning.callbacks.throughput import LOGGED, Throughput
from mathpal_lightning.checks.finding import Finding, run_checks
from mathpal_lightning.checks.held_out import held_out_findings
from mathpal_lightning.checks.monitor import Watch, watch_checks
from mathpal_lightning.checks.plan import Plan, planned_step
from mathpal_lightning.checks.rows import Length, require_steps
from mathpal_lightning.checks.run import (
    as_ours,
    check_some_masks,
    draw_checks,
    model_checks,
    resource_checks,
    size_findings,
)
from mathpal_lightning.checks.seen import key_of_run, read_seen, write_seen
from mathpal_lightning.compat.lightning import callback_of, callbacks_of, data_of, is_dev_run
from mathpal_lightning.run import RunFolder

log = logging.getLogger(__name__)

_KEPT_WITHOUT_LIMIT = 10
_KNOWN = ("lightning", "mathpal_lightning")
"""Packages whose modules and callbacks log what `checks/monitor.py` knows."""


class Preflight(Callback):
    """Checks a fit of MathPalModule on MathDataModule before its first step; with other modules it does nothing.

    In every run: the masks of a few rows, and free memory and disk. Once for each model, backend, card, settings, code and
    versions, because the findings are cached: the trained layers, the first loss against the bare base's, and that packed
    equals separate. An error ends the run; a warning is logged. The checks draw no random number and change no weight.
    """

    def __init__(self) -> None:
        self._key = ""
        self._findings: list[Finding] = []

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Before any weights load: what is monitored, masks, memory and disk.

        Raises:
            ConfigError: the run has no step, a monitored metric will not be logged, or validations are further apart than an
                epoch is long.
            DataError: a mask or a BOS is wrong.
            WriteError: the disk is too small for checkpoints and exports.
        """
        self._key, self._findings = "", []
        module, data = as_ours(pl_module, data_of(trainer))
        if stage != "fit" or not _is_ours(pl_module, data) or is_dev_run(trainer):
            return
        plan = plan_of(trainer, pl_module, data)
        require_steps(plan.length)
        self._findings = run_checks(watch_checks(watch_of(trainer, pl_module, data), plan.length))
        check_some_masks(data)
        self._findings += size_findings(data, plan) + split_findings(module, data)
        self._findings += run_checks(resource_checks(module, data, plan))
        if trainer.is_global_zero:
            _warn(self._findings)
        settings = data.settings
        shape = (settings.objective, settings.packing, settings.max_length, data.batch_size, list(plan.formats), plan.resumed)
        step = planned_step(module, data, plan)
        kernels = (step.attention, step.fused)  # a short fit may compute with others than a long one
        key = key_of_run(module, (*shape, *kernels), plan.device, plan.precision)
        self._key = key if read_seen(key) is None else ""

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Check the loaded model: trained layers, first loss, law 5 (docs/architecture.md).

        Raises:
            ModelError: a new adapter changes the loss, documents of one row see each other, or a policy that draws its own
                solutions gets all of them wrong, or all right.
        """
        is_whole = isinstance(trainer.strategy, SingleDeviceStrategy | DDPStrategy)  # elsewhere the weights are in pieces
        if is_whole and _is_ours(pl_module, data_of(trainer)) and not is_dev_run(trainer):
            self._check_draws(trainer, pl_module)
        if not self._key:
            return
        found: list[Finding] = []
        if is_whole:
            module, data = as_ours(pl_module, data_of(trainer))
            plan = plan_of(trainer, pl_module, data)
            found = run_checks(model_checks(module, data, plan, trainer.precision_plugin.forward_context))
        if trainer.is_global_zero:
            write_seen(self._key, found)
            _warn(found)
            names = ", ".join(finding.name for finding in [*self._findings, *found] if finding.level == "ok")
            log.info("Preflight: %s: passed. Model checks are cached for the next run with these settings", names)

    def _check_draws(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Let a policy draw a few solutions; never cached, for the problems decide too."""
        module, data = as_ours(pl_module, data_of(trainer))
        plan = plan_of(trainer, pl_module, data)
        for finding in run_checks(draw_checks(module, data, plan, trainer.precision_plugin.forward_context)):
            log.info("preflight: %s: %s", finding.name, finding.found)


def split_findings(pl_module: LightningModule, data: object) -> list[Finding]:
    """Whether the run of the given adapter held the same problems out."""
    module, data = as_ours(pl_module, data)
    adapter = module.settings.adapter
    earlier = RunFolder.of(Path(adapter).parent).read_settings().get("data") if adapter else None
    return held_out_findings(earlier if isinstance(earlier, dict) else {}, data.settings)


def _warn(findings: Sequence[Finding]) -> None:
    for finding in findings:
        if finding.level != "ok":
            log.warning("preflight: %s: %s. %s", finding.name, finding.found, finding.way_out)


def plan_of(trainer: Trainer, pl_module: LightningModule, data: object) -> Plan:
    """What the Trainer and its callbacks are going to do."""
    module, data = as_ours(pl_module, data)
    export, push = callback_of(trainer, ExportModel), callback_of(trainer, PushToHub)
    evaluation, checkpoint = callback_of(trainer, EvaluateSolutions), callback_of(trainer, AdapterCheckpoint)
    kept = checkpoint.save_top_k if checkpoint else 0
    return Plan(
        folder=Path(trainer.default_root_dir),
        device=trainer.strategy.root_device,
        precision=getattr(pl_module, "resolved_precision", str(trainer.precision)),
        length=Length(
            packs=data.report.packs if "train" in data.reports else 0,
            batch_size=data.batch_size,
            accumulate=trainer.accumulate_grad_batches,
            processes=trainer.world_size,
            max_steps=trainer.max_steps,
            max_epochs=trainer.max_epochs,
            limit_batches=trainer.limit_train_batches,
            updates=module.policy.updates if data.settings.objective == "grpo" else 1,
        ),
        processes=trainer.num_devices,
        checkpoints=kept if kept >= 0 else _KEPT_WITHOUT_LIMIT,
        formats=tuple(export.formats) if export else (),
        verify=export.verify if export else False,
        problems=evaluation.problems if evaluation else 0,
        own_problems=evaluation.rows if evaluation else None,
        max_new_tokens=evaluation.max_new_tokens if evaluation else None,
        repo=push.repo if push else None,
        private=push.private if push else True,
        resumed=trainer.ckpt_path is not None,
    )


def watch_of(trainer: Trainer, pl_module: LightningModule, data: object) -> Watch:
    """What the Trainer and its callbacks monitor, and what will be logged."""
    callbacks, (module, data) = callbacks_of(trainer), as_ours(pl_module, data)
    evaluation = callback_of(trainer, EvaluateSolutions)
    monitoring: dict[str, Any] = {
        "checkpoint.monitor" if isinstance(callback, AdapterCheckpoint) else f"{type(callback).__name__}.monitor": callback
        for callback in callbacks
        if isinstance(getattr(callback, "monitor", None), str)
    }
    return Watch(
        monitors={setting: callback.monitor for setting, callback in monitoring.items()},
        modes={setting: callback.mode for setting, callback in monitoring.items() if hasattr(callback, "mode")},
        objective=module.settings.objective,
        has_reference=module.preference.needs_reference if module.settings.objective == "dpo" else module.policy.kl > 0,
        validates="validation" in data.reports and trainer.limit_val_batches != 0,
        solves=bool(evaluation and evaluation.sample),
        rewards=tuple(module.policy.rewards),
        rates=LOGGED if callback_of(trainer, Throughput) else (),
        others_log=any(type(one).__module__.partition(".")[0] not in _KNOWN for one in (pl_module, *callbacks)),
        every=trainer.val_check_interval,
        within_epochs=trainer.check_val_every_n_epoch is not None,
    )


def _is_ours(pl_module: LightningModule, data: object) -> bool:
    """Whether module and data offer what the checks ask for."""
    return all(hasattr(pl_module, name) for name in ("settings", "hidden_states", "folder")) and hasattr(data, "reports")
