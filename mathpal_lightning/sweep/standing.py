"""Which trial is best, and which others cannot be told from it: no winner is named inside the noise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from mathpal_lightning.report.column import Column, compare
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.verdict import CHANCE
from mathpal_lightning.sweep.study import Objective


@dataclass(frozen=True, slots=True)
class Standing:
    """The finished trials of a study."""

    best: FrozenTrial
    rivals: list[FrozenTrial]
    """Those that the best one does not beat by more than chance explains (McNemar's test on the same problems)."""
    objective: Objective
    others: int
    """How many further trials have finished."""

    @property
    def sentence(self) -> str:
        """What a person should take from the sweep."""
        best = f"Trial {self.best.number} has the best {self.objective}: {self.best.value:.4g}."
        if self.objective == "val/loss":
            return f"{best} A loss has no interval here: run the best ones again with other seeds before you trust a small gap."
        if not self.best.value:
            return (
                "No finished trial solved a validation problem, so this sweep says nothing about the settings. "
                "Let each trial train longer (trainer.max_epochs, trainer.max_steps) or on more rows."
            )
        if not self.others:
            return f"{best} It is the only trial that has finished: raise --trials to compare it with others."
        if not self.rivals:
            return f"{best} It beats every other finished trial by more than chance explains."
        named = ", ".join(str(trial.number) for trial in self.rivals[:8]) + ("..." if len(self.rivals) > 8 else "")
        return (
            f"{best} That is no winner: chance alone explains how far it is ahead of trial {named}. "
            "More problems (evaluation.problems) would show smaller differences."
        )

    def as_json(self) -> dict[str, object]:
        """The same for a script."""
        return {
            "objective": self.objective,
            "best": {"trial": self.best.number, "value": self.best.value, "settings": self.best.params},
            "not_worse_beyond_chance": [trial.number for trial in self.rivals],
            "finished": self.others + 1,
            "sentence": self.sentence,
        }


def standing(study: optuna.Study, folder: Path) -> Standing | None:
    """The best trial and its rivals; None where no trial has finished."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if not complete:
        return None
    objective: Objective = study.user_attrs["objective"]
    best = study.best_trial
    if objective == "val/loss":
        return Standing(best, [], objective, len(complete) - 1)
    first = column_of(folder, best)
    rivals = [trial for trial in complete if trial.number != best.number and not _beats(first, column_of(folder, trial))]
    return Standing(best, rivals, objective, len(complete) - 1)


def column_of(folder: Path, trial: FrozenTrial) -> Column:
    """The solutions of a trial's trained model."""
    run = read_run(folder / trial.user_attrs["run"])
    return run.columns.get("after") or Column(run.name)


def _beats(first: Column, second: Column) -> bool:
    change = compare(second, first)
    return change is not None and change.p_value < CHANCE and change.only_second > change.only_first
