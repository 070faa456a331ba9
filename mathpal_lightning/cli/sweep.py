"""`mathpal sweep --config sft --space sweep.yaml`: search for settings; its other flags are those of `mathpal fit`."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mathpal_lightning.cli.named import config_folder
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import hold, whole_file
from mathpal_lightning.run import RunFolder

if TYPE_CHECKING:
    import optuna

    from mathpal_lightning.sweep.standing import Standing
    from mathpal_lightning.sweep.trial import Fits

log = logging.getLogger(__name__)


def sweep(arguments: Sequence[str]) -> None:
    """Run a sweep, and write its best config and its report.

    Args:
        arguments: flags of the sweep and of `mathpal fit`, whose long names are used.

    Raises:
        ConfigError: a flag, the space or the fit's config cannot be right, or the extra `sweep` is missing.
        RunInterrupted: a signal ended it; the same command goes on.
    """
    if missing := [name for name in ("optuna", "matplotlib", "jinja2") if find_spec(name) is None]:
        raise ConfigError(
            "the parts that a sweep needs",
            f"no {', '.join(missing)}",
            "Run: pip install 'mathpal-lightning[sweep]'",
        )
    from mathpal_lightning.sweep.space import read_space
    from mathpal_lightning.sweep.standing import standing
    from mathpal_lightning.sweep.study import finished, open_study, run_trials, take_back_lost_trials
    from mathpal_lightning.sweep.trial import Fits

    own, given = _parsed(arguments)
    fits = Fits(RunFolder.named(own.output_dir, own.name).path, own.objective, read_space(own.space), given, own.workers)
    study = open_study(fits.folder, own.objective)
    lock = hold(fits.folder / ".sweep.lock")
    if lock and (lost := take_back_lost_trials(study)):
        log.info("sweep: trials %s were cut off and go on", ", ".join(map(str, lost)))
    log.info("sweep: %s, %d of %d trials are done", fits.folder, finished(study), own.trials)
    with fits.signals_go_to_the_fits():
        run_trials(study, fits, own.trials, own.workers)
    found = standing(study, fits.folder)
    if found and lock:
        log.info("best: %s", write_best(fits, found))
        if not own.no_test:
            score_on_test(study, fits, found)
    report(study, fits, found)


def report(study: optuna.Study, fits: Fits, found: Standing | None) -> None:
    """Write the page, and say what the sweep found."""
    from mathpal_lightning.sweep.page import write_sweep_report

    log.info("report: %s", write_sweep_report(study, fits.folder, found))
    print(found.sentence if found else "No trial has finished: every one diverged, lagged behind or lacked memory.")


def write_best(fits: Fits, found: Standing) -> Path:
    """Write best.yaml: the whole config of the best trial, as `mathpal fit --config` runs it, export and all."""
    from mathpal_lightning.sweep.space import flags

    file = fits.folder / "best.yaml"
    command = [sys.executable, "-m", "mathpal_lightning", "fit", *fits.given, *flags(found.best.params)]
    command += [f"--name={fits.folder.name}-best", "--print_config"]
    config = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    with whole_file(file) as temporary:
        temporary.write_text(f"# {found.sentence}\n# mathpal fit --config {file}\n{config}", encoding="utf-8")
    return file


def score_on_test(study: optuna.Study, fits: Fits, found: Standing) -> None:
    """Score the best trial on the test problems, once: its score is kept in the study, and never asked for again."""
    from mathpal_lightning.report.reported_run import read_run
    from mathpal_lightning.report.verdict import interval_line

    tests = study.user_attrs.get("tests", {})
    if str(found.best.number) in tests:
        return
    run = RunFolder(fits.folder / found.best.user_attrs["run"])
    command = [sys.executable, "-m", "mathpal_lightning", "test", f"--config={run.config}", "--ckpt_path=best"]
    done = subprocess.run([*command, "--trainer.enable_progress_bar=false"], capture_output=True, text=True, encoding="utf-8")
    test = read_run(run.path).columns.get("test")
    if done.returncode or test is None:
        last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        log.warning("The winner was not scored on the test problems: %s", last)
        return
    rows = str(test.told.get("rows", "test"))
    line = interval_line(test.score, "en").replace("\N{NO-BREAK SPACE}", " ")
    study.set_user_attr("tests", tests | {str(found.best.number): {"rows": rows, "line": line, "share": test.score.share}})
    log.info("test: trial %d on the %s problems: %s", found.best.number, rows, line)


def _parsed(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The sweep's own flags, and those of the fit."""
    parser = argparse.ArgumentParser(prog="mathpal sweep", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--space", type=Path)
    parser.add_argument("--trials", type=_count, default=20)
    parser.add_argument("--workers", type=_count, default=1)
    parser.add_argument("--objective", choices=("val/exact_match", "val/loss"), default="val/exact_match")
    parser.add_argument("--name", default="sweep")
    parser.add_argument("--output_dir", default="outputs")
    parser.add_argument("--no_test", action="store_true")
    try:
        own, given = parser.parse_known_args(list(arguments))
    except (argparse.ArgumentError, argparse.ArgumentTypeError) as error:
        raise ConfigError("flags of `mathpal sweep`", str(error), "`mathpal sweep --help` shows them.") from None
    if own.space is None:
        raise ConfigError("the values to try: --space FILE", "none", "For example: --space configs/spaces/sweep.yaml")
    if not own.space.is_file() and (of_the_package := config_folder().parent / own.space).is_file():
        own.space = of_the_package  # an installed package has its configs inside
    return own, given


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number
