"""The report of a sweep: what is best and how sure that is, history and importance, every trial, the one look at the test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import optuna
from markupsafe import Markup
from optuna.trial import FrozenTrial, TrialState

from mathpal_lightning import __version__
from mathpal_lightning.files import whole_file
from mathpal_lightning.report.charts import Line, bars, chart
from mathpal_lightning.report.page import template
from mathpal_lightning.sweep.standing import Standing
from mathpal_lightning.sweep.study import DONE

REPORT = "report.html"
_ENOUGH = 4
"""Finished trials below which an importance is chance."""


def write_sweep_report(study: optuna.Study, folder: Path, standing: Standing | None) -> Path:
    """Write report.html into the sweep's folder, and say where it is."""
    trials = study.get_trials(deepcopy=False, states=(*DONE, TrialState.RUNNING, TrialState.WAITING))
    page = template("sweep.html").render(
        name=folder.resolve().name,
        version=__version__,
        sentence=standing.sentence if standing else "No trial has finished yet.",
        best=standing.best.number if standing else None,
        rivals={trial.number for trial in standing.rivals} if standing else set(),
        trials=sorted(trials, key=lambda trial: _order(trial, study)),
        keys=sorted({key for trial in trials for key in trial.params}),
        objective=study.user_attrs["objective"],
        history=Markup(history(study)),
        importance=Markup(bars("Importance", importance(study))),
        tests=study.user_attrs.get("tests", {}),
    )
    file = folder / REPORT
    with whole_file(file) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return file


def _order(trial: FrozenTrial, study: optuna.Study) -> tuple[bool, float]:
    """Finished trials first, the best of them at the top."""
    if trial.state != TrialState.COMPLETE or trial.value is None:
        return True, trial.number
    return False, trial.value if study.direction == optuna.study.StudyDirection.MINIMIZE else -trial.value


def history(study: optuna.Study) -> str:
    """The value of each finished trial, and the best one up to it."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    values = {trial.number: trial.value for trial in complete if trial.value is not None}
    better = min if study.direction == optuna.study.StudyDirection.MINIMIZE else max
    best = {number: better(of for before, of in values.items() if before <= number) for number in values}
    return chart("History", "trial", [Line(study.user_attrs["objective"], values, dots=True), Line("best so far", best)])


def importance(study: optuna.Study) -> Mapping[str, float]:
    """How much of the difference between good and bad trials each key explains (PED-ANOVA); empty for too few trials.

    Source: Watanabe, Bansal and Hutter (2023), https://arxiv.org/abs/2304.10255.
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(complete) < _ENOUGH or len({trial.value for trial in complete}) == 1:
        return {}
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    return optuna.importance.get_param_importances(study, evaluator=evaluator)
