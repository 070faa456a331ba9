"""Private parts of Lightning: when a validation follows, how ModelCheckpoint saves, the command line, the launcher, Comet."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.cli import LightningCLI
from lightning.pytorch.loggers import CometLogger
from lightning.pytorch.plugins.environments import LightningEnvironment
from lightning.pytorch.plugins.precision import Precision
from torch.optim import Optimizer

from mathpal_lightning.compat.comet_ml import hide_credentials
from mathpal_lightning.compat.guard import gone, require

Kind = TypeVar("Kind", bound=Callback)
Own = TypeVar("Own")
LIBRARY = "lightning"
_VALIDATION = "saving after a validation and not before it"
_SAVING = "checkpoints at the right moments"
_COMMAND_LINE = "the command line"
_PROCESSES = "ending all processes of a failed run"
_OFFLINE = "Comet's offline archive"


# What Lightning's connectors set on a Trainer, where type checkers do not see it


def callbacks_of(trainer: Trainer) -> list[Callback]:
    """The callbacks of a Trainer, in their order."""
    callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]  # set by a connector
    return callbacks


def callback_of(trainer: Trainer, kind: type[Kind]) -> Kind | None:
    """The first callback of a class; None where a Trainer has none."""
    return next((callback for callback in callbacks_of(trainer) if isinstance(callback, kind)), None)


def is_dev_run(trainer: Trainer) -> bool:
    """Whether the Trainer only tries a few batches (`fast_dev_run`)."""
    return dev_batches(trainer) > 0


def dev_batches(trainer: Trainer) -> int:
    """The batches of each loop of a `fast_dev_run`; 0 in any other run."""
    return int(trainer.fast_dev_run)  # type: ignore[attr-defined]  # set by a connector


def log_interval(trainer: Trainer) -> int:
    """The number of steps between two logs (`log_every_n_steps`)."""
    return int(trainer.log_every_n_steps)  # type: ignore[attr-defined]  # set by a connector


def data_of(trainer: Trainer) -> object:
    """The data module of a Trainer; None where it has none."""
    return getattr(trainer, "datamodule", None)


# Several processes


def of_all_processes(trainer: Trainer, own: Own) -> list[Own]:
    """What each process has, by rank; all processes must call it."""
    return [trainer.strategy.broadcast(own, src=rank) for rank in range(trainer.world_size)]


def own_of(trainer: Trainer, held: Sequence[Own] | None) -> Own | None:
    """This process's part of what `of_all_processes` gave; None where there is none, or of another number of processes."""
    return held[trainer.global_rank] if held is not None and len(held) == trainer.world_size else None


# Training


def validation_follows(trainer: Trainer) -> bool:
    """Whether a validation comes between this batch and the next.

    Lightning resumes a checkpoint that was saved before the validation with the next batch: the validation would never run.
    """
    loop = trainer.fit_loop
    should_validate = require(loop.epoch_loop, "_should_check_val_fx", LIBRARY, _VALIDATION)
    fetcher = require(loop, "_data_fetcher", LIBRARY, _VALIDATION)
    skips = require(require(loop.epoch_loop, "val_loop", LIBRARY, _VALIDATION), "skip", LIBRARY, _VALIDATION)
    return bool(should_validate(fetcher)) and not skips


def ends_here(trainer: Trainer) -> bool:
    """Whether training ends with this batch, by its number of steps or because someone asked for it (`trainer.should_stop`)."""
    may_stop = require(trainer.fit_loop, "_can_stop_early", LIBRARY, _SAVING)
    return trainer.global_step == trainer.max_steps or bool(trainer.should_stop and may_stop)


def is_asked(trainer: Trainer | None, data: object) -> bool:
    """Whether a prediction takes its questions from a data module: a Trainer keeps that of a fit, and may be given a loader."""
    if trainer is None:
        return True
    source = require(trainer.predict_loop, "_data_source", LIBRARY, "a prediction with a loader of one's own after a fit")
    return source.instance is data


def attached_trainer(module: LightningModule) -> Trainer | None:
    """The trainer of a module; None where it has none, for which the public `module.trainer` raises an error."""
    trainer: Trainer | None = require(module, "_trainer", LIBRARY, "a module that also works without a Trainer")
    return trainer


def is_fit(module: LightningModule) -> bool:
    """Whether the module's Trainer runs a fit, and not a validation, a test or a prediction alone."""
    trainer = attached_trainer(module)
    return trainer is not None and trainer.state.fn == "fit"


def limit_steps(trainer: Trainer, steps: int) -> None:
    """Let a Trainer that is already made end after so many optimizer steps."""
    for loop, name in ((trainer.fit_loop, "max_epochs"), (trainer.fit_loop.epoch_loop, "max_steps")):
        require(loop, name, LIBRARY, "a bench of a few steps")
    trainer.fit_loop.max_epochs, trainer.fit_loop.epoch_loop.max_steps = -1, steps


def after_closure(plugin: Precision, module: LightningModule, optimizer: Optimizer) -> None:
    """Run the hooks between the backward pass and the optimizer, and clip; for a precision plugin that may skip the step."""
    require(plugin, "_after_closure", LIBRARY, "skipping a step whose gradients overflowed")(module, optimizer)


# Checkpoints


def saves_now(callback: ModelCheckpoint, trainer: Trainer) -> bool:
    """Whether ModelCheckpoint would save at this moment: not in a sanity check, not twice after one step."""
    return not require(callback, "_should_skip_saving_checkpoint", LIBRARY, _SAVING)(trainer)


def has_saved(callback: ModelCheckpoint, trainer: Trainer) -> bool:
    """Whether the weights after the trainer's last step are saved already."""
    return bool(require(callback, "_last_global_step_saved", LIBRARY, _SAVING) == trainer.global_step)


def forget_saved(callback: ModelCheckpoint) -> None:
    """Let ModelCheckpoint begin anew: what it has saved so far is of another run."""
    require(callback, "_last_global_step_saved", LIBRARY, _SAVING)
    callback._last_global_step_saved = 0
    callback.best_k_models, callback.best_model_score, callback.current_score = {}, None, None
    callback.best_model_path = callback.kth_best_model_path = callback.last_model_path = ""


def save_checkpoints(callback: ModelCheckpoint, trainer: Trainer, among_best: bool = True) -> None:
    """Save `last`, and with `among_best` one of the best where this one belongs to them."""
    candidates = require(callback, "_monitor_candidates", LIBRARY, _SAVING)(trainer)
    save_best = require(callback, "_save_topk_checkpoint", LIBRARY, _SAVING)
    save_last = require(callback, "_save_last_checkpoint", LIBRARY, _SAVING)
    if among_best:
        save_best(trainer, candidates)
    save_last(trainer, candidates)


def is_logged_in_training(trainer: Trainer, metric: str) -> bool:
    """Whether training steps log a metric; else its value in `callback_metrics` is that of the last validation."""
    logged = require(require(trainer, "_logger_connector", LIBRARY, _SAVING), "metrics", LIBRARY, _SAVING)
    return metric in logged["callback"]


# Command line


class SteeredCLI(LightningCLI):
    """LightningCLI that does not change the config when a checkpoint is given, and runs each verb within `around`."""

    def __init__(self, *arguments: Any, **options: Any):
        for name in ("_parse_ckpt_path", "_run_subcommand"):
            require(LightningCLI, name, LIBRARY, _COMMAND_LINE)  # an override of a method that is never called does nothing
        super().__init__(*arguments, **options)

    def around(self, subcommand: str) -> AbstractContextManager[None]:
        """The context in which each verb runs; subclasses override it."""
        return nullcontext()

    def _parse_ckpt_path(self) -> None:
        """Leave the config as given. Lightning would let a checkpoint's settings override it."""

    def _run_subcommand(self, subcommand: str) -> None:
        with self.around(subcommand):
            super()._run_subcommand(subcommand)


# Processes


def kill_launched(trainer: Trainer, number: signal.Signals) -> None:
    """Send a signal to the processes that Lightning's own launcher has started, and forget them.

    Lightning watches them: it ends this process when it finds another one gone with an error.
    """
    launcher = trainer.strategy.launcher
    kill, started = (require(launcher, name, LIBRARY, _PROCESSES) for name in ("kill", "procs"))
    kill(number)
    started.clear()


def is_launched_by_lightning(trainer: Trainer) -> bool:
    """Whether Lightning's launcher started the processes of this run, rather than torchrun or SLURM, or nobody."""
    try:
        from lightning.pytorch.strategies.launchers.subprocess_script import _SubprocessScriptLauncher
    except ImportError:
        raise gone("_SubprocessScriptLauncher", LIBRARY, _PROCESSES) from None
    launcher = trainer.strategy.launcher
    if not isinstance(launcher, _SubprocessScriptLauncher):
        return False
    return isinstance(require(launcher, "cluster_environment", LIBRARY, _PROCESSES), LightningEnvironment)


# Comet


class DiscreetCometLogger(CometLogger):
    """CometLogger that records the git remote without the token in its address."""

    def __init__(self, *arguments: Any, **options: Any):
        hide_credentials()
        super().__init__(*arguments, **options)


class OfflineCometLogger(DiscreetCometLogger):
    """Comet without a connection. Lightning 2.6 disables the experiment when `online=False`, and no archive is written."""

    def __init__(self, *arguments: Any, **options: Any):
        require(CometLogger, "_create_experiment", LIBRARY, _OFFLINE)
        super().__init__(*arguments, online=False, **options)

    def _create_experiment(self) -> None:
        from comet_ml import ExperimentConfig

        for name in ("_comet_config", "_kwargs"):
            require(self, name, LIBRARY, _OFFLINE)
        self._comet_config = ExperimentConfig(**self._kwargs)
        super()._create_experiment()
