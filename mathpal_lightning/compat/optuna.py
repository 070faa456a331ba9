"""Optuna 5.0: a trial opened by its number in another process, and parts that are called experimental and are years old."""

from __future__ import annotations

import warnings

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.trial import FrozenTrial

from mathpal_lightning.compat.guard import require

LIBRARY = "optuna"


def accept_experimental() -> None:
    """Silence the warnings about heartbeats and retries, which Optuna has had since 2.8 and calls experimental."""
    warnings.filterwarnings("ignore", category=ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def frozen(study: optuna.Study, number: int) -> FrozenTrial:
    """The trial as the storage holds it."""
    return study.get_trials(deepcopy=False)[number]


def open_trial(study: optuna.Study, number: int) -> optuna.Trial:
    """A trial that another process runs, to report to it. Optuna opens trials by an identity that it keeps private."""
    trial = frozen(study, number)
    require(trial, "_trial_id", LIBRARY, "ending trials of a sweep early")
    return optuna.Trial(study, trial._trial_id)
