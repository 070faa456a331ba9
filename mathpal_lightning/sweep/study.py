"""The study of a sweep: Optuna's, in a SQLite file of its folder; it survives a SIGKILL, and several workers share it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState

from mathpal_lightning.compat.optuna import accept_experimental, frozen, open_trial
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.sweep import STUDY

Objective = Literal["val/exact_match", "val/loss"]
DONE = (TrialState.COMPLETE, TrialState.PRUNED)
_RETRIES = 3
_HEARTBEAT_S, _GRACE_S = 10, 40
"""A worker says every 10 s that it lives; after 40 s of silence another one takes over its trial."""
_STARTUP_TRIALS = 5
"""Trials before anything is pruned: the median of fewer says little."""


def open_study(
    folder: Path,
    objective: Objective,
    seed: int = 0,
    space: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> optuna.Study:
    """Make the study of a sweep, or open the one that is there.

    Args:
        folder: the sweep's folder.
        objective: a score of the validation problems; the loss is minimised.
        seed: of the sampler.
        space: what each key may be, in words; not compared where it is None.
        given: the flags that every trial has, in words; not compared where it is None.

    Raises:
        ConfigError: the folder's study has another objective, its trials another space, or those that count other flags.
    """
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name="sweep",
        storage=storage(folder),
        direction="minimize" if objective == "val/loss" else "maximize",
        load_if_exists=True,
    )
    # With the same seed each time, a sweep that goes on or is joined would begin with the values that it has tried already.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)), constant_liar=True)
    before = study.user_attrs.get("objective", objective)
    if before != objective:
        way_out = f"Go on with --objective {before}, or choose another --name."
        raise ConfigError(f"the objective {before} of the sweep in {folder}", objective, way_out)
    study.set_user_attr("objective", objective)
    trials = study.get_trials(deepcopy=False)
    counts = [trial for trial in trials if trial.state != TrialState.FAIL]  # flags may mend what a failed one lacked
    for name, now, tried in (("space", space, trials), ("given", given, counts)):
        if now is not None:
            _refuse_another(folder, study.user_attrs.get(name, now) if tried else now, now)
            study.set_user_attr(name, now)
    return study


def _refuse_another(folder: Path, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Refuse settings that differ from those of the trials in a folder: their scores cannot be compared."""
    differing = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if differing:
        had, has = (", ".join(f"{key} {of.get(key, 'not set')}" for key in differing) for of in (before, now))
        raise ConfigError(f"{had}, as in the trials of {folder}", has, "Choose another --name.")


def lags(folder: Path, number: int, step: int, value: float) -> bool:
    """Note a trial's value at a step, and tell whether it is worse than the median of the others there.

    Args:
        folder: of the sweep.
        number: of the trial.
        step: the optimizer step.
        value: of the objective.
    """
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_STARTUP_TRIALS)
    study = optuna.load_study(study_name="sweep", storage=storage(folder), pruner=pruner)
    trial = open_trial(study, number)
    trial.report(value, step)
    return trial.should_prune()


def storage(folder: Path) -> RDBStorage:
    """The SQLite file of a sweep. A trial whose worker is silent waits to be run again."""
    return RDBStorage(
        f"sqlite:///{quote(str((folder / STUDY).resolve()))}",
        engine_kwargs={"connect_args": {"timeout": 60}},  # seconds that a worker waits for another one's write
        heartbeat_interval=_HEARTBEAT_S,
        grace_period=_GRACE_S,
        heartbeat_stale_trial_callback=_retry,
    )


accept_experimental()
_retry = RetryHeartbeatStaleTrialCallback(max_retry=_RETRIES, inherit_intermediate_values=True)


def take_back_lost_trials(study: optuna.Study) -> list[int]:
    """Let the running trials of workers that are gone run again, without waiting for their silence.

    Call it only where no other worker runs; the sweep's lock tells.

    Returns:
        their numbers.
    """
    lost = study.get_trials(states=(TrialState.RUNNING,))
    for trial in lost:
        study.tell(trial.number, state=TrialState.FAIL)
        _retry(study, trial)
    return [trial.number for trial in lost]


def run_again(trial: optuna.Trial) -> None:
    """Let a trial that a signal ended wait to go on, in the same run folder, with the same values."""
    RetryHeartbeatStaleTrialCallback(inherit_intermediate_values=True)(trial.study, frozen(trial.study, trial.number))


def run_trials(study: optuna.Study, run: optuna.study.study.ObjectiveFuncType, trials: int, workers: int) -> None:
    """Run trials until the study holds `trials` finished ones, `workers` at a time.

    A trial that `run` ends with an exception ends the sweep, but for optuna.TrialPruned.
    """
    if (left := trials - finished(study)) > 0:
        study.optimize(run, n_trials=left, n_jobs=min(workers, left), callbacks=[MaxTrialsCallback(trials, states=DONE)])


def finished(study: optuna.Study) -> int:
    """How many trials have ended well or were pruned."""
    return len(study.get_trials(deepcopy=False, states=DONE))


def first_number(trial: optuna.Trial) -> int:
    """The number of a trial, or of the one that it runs again; the run folder is named after it."""
    attributes = frozen(trial.study, trial.number).system_attrs
    history = attributes.get("retry_history") or [attributes.get("failed_trial", trial.number)]
    return int(history[0])
