"""`mathpal sweep --config sft --space sweep.yaml`: search for settings; its other flags are those of `mathpal fit`."""

from __future__ import annotations

import json as jsons
import logging
import subprocess
import sys
from collections.abc import Sequence
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mathpal_lightning.cli.early import with_config_files
from mathpal_lightning.cli.flags import is_flag
from mathpal_lightning.cli.secrets import without_secrets
from mathpal_lightning.cli.sweep_flags import read_sweep_flags, refuse_trials
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import hold, whole_file
from mathpal_lightning.sweep.space import flags, in_words, read_space

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
        ConfigError: a flag, the space or the fit's config cannot be right, the folder holds trials of another space or with
            other flags, or the extra `sweep` is missing.
        WriteError: the sweep's folder or the cache may not be written to.
        RunInterrupted: a signal ended it; the same command goes on.
    """
    if missing := [name for name in ("optuna", "matplotlib", "jinja2") if find_spec(name) is None]:
        raise ConfigError(
            "the parts that a sweep needs",
            f"no {', '.join(missing)}",
            "Run: pip install 'mathpal-lightning[sweep]'",
        )
    own, given = read_sweep_flags(arguments)
    space = read_space(own.space)
    refuse_trials(own, given, space)
    from mathpal_lightning.run import RunFolder
    from mathpal_lightning.sweep.standing import standing
    from mathpal_lightning.sweep.study import finished, open_study, run_trials, take_back_lost_trials
    from mathpal_lightning.sweep.trial import Fits

    fits = Fits(RunFolder.named(own.output_dir, own.name).path, own.objective, space, given, own.workers)
    study = open_study(fits.folder, own.objective, space=in_words(space), given=flags_in_words(given))
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
    report(study, fits, found, own.json)


def flags_in_words(given: Sequence[str]) -> dict[str, str]:
    """The flags of a fit with their values; of a config file its name and a digest of its content, since it may be edited.

    >>> flags_in_words(["--data.train", "lop5.jsonl", "--seed_everything=1"])
    {'--data.train': 'lop5.jsonl', '--seed_everything': '1'}
    """
    found = dict[str, list[str]]()
    flag = ""
    for word in with_config_files(given):
        if not is_flag(word):
            found.setdefault(flag, []).append(word)
            continue
        flag, equals, value = word.partition("=")
        values = found.setdefault(flag, [])
        if flag == "--config" and "\n" not in value and not value.startswith("{"):
            file = Path(value)
            values.append(f"{file.name} with the content {blake2b(file.read_bytes(), digest_size=4).hexdigest()}")
        elif equals:
            values.append(value)
    return {flag: without_secrets(" ".join(values)) for flag, values in found.items()}


def report(study: optuna.Study, fits: Fits, found: Standing | None, json: bool = False) -> None:
    """Write the page, and say what the sweep found: in a sentence, or as json."""
    from mathpal_lightning.sweep.page import write_sweep_report

    page = write_sweep_report(study, fits.folder, found)
    log.info("report: %s", page)
    ends = "diverged, lagged behind, lacked memory or had its rows refused"
    sentence = found.sentence if found else f"No trial has finished: every one {ends}. The logs in {fits.folder} say which."
    if json:
        tests = study.user_attrs.get("tests", {})
        figures = found.as_json() if found else {"sentence": sentence, "finished": 0}
        files = {"config": str(fits.folder / "best.yaml"), "report": str(page)}
        print(jsons.dumps(figures | files | {"tests": tests}, ensure_ascii=False, indent=2))
    else:
        print(sentence)


def write_best(fits: Fits, found: Standing) -> Path:
    """Write best.yaml: the whole config of the best trial, as `mathpal fit --config` runs it, export and all."""
    file = fits.folder / "best.yaml"
    command = [sys.executable, "-m", "mathpal_lightning", "fit", *fits.given, *flags(found.best.params)]
    command += [f"--output_dir={fits.folder.parent}", f"--name={fits.folder.name}-best", "--print_config"]
    config = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    with whole_file(file) as temporary:
        temporary.write_text(f"# {found.sentence}\n# mathpal fit --config {quoted(file)}\n{config}", encoding="utf-8")
    return file


def score_on_test(study: optuna.Study, fits: Fits, found: Standing) -> None:
    """Score the best trial on the test problems, once: its score is kept in the study, and never asked for again."""
    from mathpal_lightning.report.reported_run import read_run
    from mathpal_lightning.report.verdict import interval_line
    from mathpal_lightning.run import RunFolder

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
