"""One trial: a `mathpal fit` in a process of its own, whose score comes from its run folder."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import optuna
from optuna.trial import TrialState

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.errors import (
    ConfigError,
    DataError,
    MemoryLimitError,
    RunInterrupted,
    TrainingError,
    TrialEnded,
)
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.verdict import interval_line
from mathpal_lightning.run import RunFolder
from mathpal_lightning.sweep.space import Space, Value, flags
from mathpal_lightning.sweep.study import DONE, Objective, first_number, run_again

_SIGKILL = 9
"""Its number on Linux and macOS; Windows has no such signal."""
PRUNER = "mathpal_lightning.callbacks.prune_trial.PruneTrial"
LAGS = {
    TrialEnded.exit_code: "ended early: worse than the median of the trials at this step",
    TrainingError.exit_code: "diverged",
    MemoryLimitError.exit_code: "not enough memory",
    -_SIGKILL: "killed by the system, as a rule for lack of memory",
}
"""Exit statuses of a fit whose settings are no good: the sweep learns from them and goes on."""
REFUSED = "its rows were refused"
_ALL_REFUSED = 4
"""Trials, every one refused for its rows, after which the data are at fault and not the values."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Fits:
    """The fits of a sweep.

    Attributes:
        folder: of the sweep; a trial's run folder lies in it.
        objective: what is searched for.
        space: what each key may be.
        given: flags of `mathpal fit` that every trial has.
        workers: trials at a time; they share the machine's cores.
        is_stopping: whether a signal has come.
        quiet: flags that a trial needs and a person's fit does not: no export, no push.
    """

    folder: Path
    objective: Objective
    space: Space
    given: Sequence[str]
    workers: int = 1
    is_stopping: bool = False
    quiet: Sequence[str] = ("--export.formats=[]", "--push.repo=null", "--trainer.enable_progress_bar=false")
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, trial: optuna.Trial) -> float:
        """Train with the values of a trial, and return its score.

        Raises:
            optuna.TrialPruned: its settings are no good.
            RunInterrupted: a signal ended it.
            ConfigError: the fit cannot run, where the way out names its log, or other trials had other validation problems.
        """
        values = {key: of.suggest(trial, key) for key, of in self.space.items()}
        run = RunFolder(self.folder / f"trial-{first_number(trial):03d}")
        started = time.monotonic()
        status = self.fit(run, trial, values)
        said = f"trial {trial.number}: {', '.join(f'{key} {_short(value)}' for key, value in values.items())}"
        trial.set_user_attr("run", run.path.name)
        trial.set_user_attr("seconds", round(time.monotonic() - started, 1))
        bad = LAGS | ({DataError.exit_code: REFUSED} if self.values_may_refuse_rows(trial.study) else {})
        if status in bad:
            trial.set_user_attr("why", bad[status])
            log.info("%s: %s", said, bad[status])
            raise optuna.TrialPruned(bad[status])
        if status == RunInterrupted.exit_code or self.is_stopping:
            run_again(trial)
            found = f"a signal in trial {trial.number}, which was saved"
            raise RunInterrupted("the sweep to end by itself", found, "Run the same command again: it goes on from there.")
        if status:
            last = _last_line(_log_of(run)).rstrip(".")
            raise ConfigError(f"a fit that runs, with {values}", f"exit status {status}: {last}", f"Its log: {_log_of(run)}")
        score, line = score_of(run, self.objective)
        refuse_other_problems(trial, problems_of(run, self.objective), values)
        log.info("%s: %s %s (%.0f s)", said, self.objective, line, time.monotonic() - started)
        return score

    def values_may_refuse_rows(self, study: optuna.Study) -> bool:
        """Whether rows may be refused for a value of the space, such as a small `data.max_length`, and not for themselves."""
        ends = [trial.user_attrs.get("why") for trial in study.get_trials(deepcopy=False, states=DONE)]
        return any(key.startswith("data.") for key in self.space) and (len(ends) < _ALL_REFUSED or set(ends) != {REFUSED})

    def fit(self, run: RunFolder, trial: optuna.Trial, values: dict[str, Value]) -> int:
        """Run `mathpal fit` until it ends; its exit status. A run that was killed goes on from its last checkpoint."""
        pruner = {
            "class_path": PRUNER,
            "init_args": {"folder": str(self.folder), "number": trial.number, "metric": self.objective},
        }
        again = ["--ckpt_path=last"] if any(run.own_checkpoints.glob("*.ckpt")) else ["--overwrite"] if not run.is_empty else []
        own = [f"--output_dir={self.folder}", f"--name={run.path.name}", f"--trainer.callbacks+={json.dumps(pruner)}"]
        words = [*self.given, *flags(values), *self.quiet, *own, *again]
        threads = {"OMP_NUM_THREADS": str(max(1, usable_cores() // self.workers))} if self.workers > 1 else {}
        with _log_of(run).open("ab") as file:
            command = command_of_child([sys.executable, "-m", "mathpal_lightning", "fit", *words])
            process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, env=os.environ | threads, start_new_session=True
            )
        with self._lock:
            self._running.add(process)
        try:
            return process.wait()
        finally:
            with self._lock:
                self._running.discard(process)

    @contextmanager
    def signals_go_to_the_fits(self) -> Iterator[None]:
        """A Ctrl-C, SIGTERM or SIGHUP ends the running fits: each saves, and then the sweep ends."""

        def pass_on(number: int, frame: object) -> None:
            self.is_stopping = True
            for process in list(self._running):
                process.send_signal(signal.SIGTERM)

        names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {name: signal.signal(getattr(signal, name), pass_on) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(getattr(signal, name), handler)


def score_of(run: RunFolder, objective: Objective) -> tuple[float, str]:
    """The score of a trial's run, and how a person reads it.

    Raises:
        ConfigError: the run was not scored.
    """
    told = read_run(run.path)
    if objective == "val/loss":
        curve = told.curves.get("val/loss")
        if curve:
            loss = curve[max(curve)]
            return loss, f"{loss:.4f}"
        way_out = "Give `data.validation` or a `data.validation_share`, and let the Trainer validate."
        raise ConfigError("a validation loss in each trial", f"none in {run.metrics}", way_out)
    after = told.columns.get("after")
    if after is None or not after.score.problems:
        raise ConfigError(
            "scored validation problems in each trial",
            f"none in {run.summary}",
            "Set `evaluation.problems` to 1 or more, or search by --objective val/loss.",
        )
    return after.score.share, interval_line(after.score, "en").replace("\N{NO-BREAK SPACE}", " ")


def problems_of(run: RunFolder, objective: Objective) -> str:
    """Equal for runs that were scored on the same validation problems; empty for a run that does not tell."""
    summary = run.read_summary()
    if objective == "val/loss":
        return str(summary.get("data", {}).get("validation", {}).get("kept", ""))
    return summary.get("evaluation", {}).get("after", {}).get("digest", "")


def refuse_other_problems(trial: optuna.Trial, problems: str, values: dict[str, Value]) -> None:
    """Note a trial's validation problems, and refuse others than those of the finished trials: the scores could not be ranked.

    Raises:
        ConfigError: a finished trial had others.
    """
    trial.set_user_attr("problems", problems)
    finished = trial.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    others = [each.number for each in finished if each.user_attrs.get("problems", problems) != problems]
    if others:
        raise ConfigError(
            f"the validation problems of trial {others[0]} in trial {trial.number} too",
            f"others with {values}",
            "Leave out of the space what changes them, such as a small data.max_length, and choose another --name.",
        )


def _log_of(run: RunFolder) -> Path:
    """What the fit of a trial prints; beside the run folder, which the fit makes."""
    return run.path.with_name(f"{run.path.name}.log")


def _last_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing was said"


def _short(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
