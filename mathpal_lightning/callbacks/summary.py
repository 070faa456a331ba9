"""summary.json, README.md, report.html and the last table: what a run did, and where its artefacts are."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import cast, get_args

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CometLogger
from rich.table import Table

from mathpal_lightning.compat.lightning import data_of, is_dev_run
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import PushError
from mathpal_lightning.evaluation.statistics import p_text, wilson_interval
from mathpal_lightning.export import vocabulary_facts, write_model_card
from mathpal_lightning.report import why_no_report
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.tables import scores_table
from mathpal_lightning.report.verdict import verdict
from mathpal_lightning.report.words import Language, say
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.figures import Change, CheckFigures, Scores, TrainingFigures
from mathpal_lightning.schema import Checkpoint
from mathpal_lightning.terminal import plain_console

log = logging.getLogger(__name__)

_SHOWN = ("topic", "question", "gold", "solution", "verdict", "reason")


def write_summary(trainer: Trainer, key: str, figures: object) -> None:
    """Put figures under a key of the run's summary.json, on the first process; a `fast_dev_run` leaves no run behind."""
    if trainer.is_global_zero and not is_dev_run(trainer):
        RunFolder.of(trainer.default_root_dir).note(**{key: figures})


class RunSummary(Callback):
    """Ends a run with README.md (its model card), report.html, and one table: its figures and the path of each artefact.

    Args:
        language: of the report, the table and the verdict.
        started: `time.monotonic()` at the beginning of the run. None: the run begins when a fit has read its data.
    """

    def __init__(self, language: Language = "en", started: float | None = None) -> None:
        self.language, self.started = language, started
        self._counted_from = 0.0
        self._before = 0.0
        self._ended = False

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Begin to count the seconds of a fit."""
        if stage == "fit":
            self._counted_from = time.monotonic() if self.started is None else self.started
            self._before = 0.0

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Save the seconds of the run so far for one that goes on."""
        if self._counted_from:
            checkpoint["run_seconds"] = self._seconds()

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, object]) -> None:
        """Go on from the seconds of the run that stopped."""
        self._before = cast(Checkpoint, checkpoint).get("run_seconds", 0.0)

    def _seconds(self) -> float:
        return round(self._before + time.monotonic() - self._counted_from, 1)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note how many rows were kept and refused, where the data module reports it, and a small vocabulary."""
        reports: object = getattr(data_of(trainer), "reports", {})
        figures = ("read", "kept", "tokens", "supervised_tokens", "longest", "packs", "density")
        data = {
            split: {name: getattr(report, name) for name in figures} | {"refused": dict(report.refused.counts)}
            for split, report in (reports.items() if isinstance(reports, dict) else ())
            if hasattr(report, "refused")
        }
        if data:
            write_summary(trainer, "data", data)
        base = getattr(pl_module, "folder", None)
        if isinstance(base, Path) and (vocabulary := vocabulary_facts(base)):
            write_summary(trainer, "vocabulary", vocabulary)
        write_summary(trainer, "precision", str(trainer.precision))

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note the duration, write the model card and log the files: after every other callback except a push."""
        if is_dev_run(trainer):
            return
        write_summary(trainer, "seconds", self._seconds())
        if trainer.is_global_zero:
            write_model_card(trainer.default_root_dir)
            report(trainer, self.language)
            log_to_comet(trainer)
        self._ended = True

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the report again, with the test problems, and say what their score means."""
        is_whole = trainer.is_global_zero and not is_dev_run(trainer)
        if is_whole and RunFolder.of(trainer.default_root_dir).summary.is_file():
            report(trainer, self.language)
            print_verdict(RunFolder.of(trainer.default_root_dir), self.language)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Print the table also when everything but the push succeeded."""
        if isinstance(exception, PushError):
            self._print_table(trainer)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Print the table after the progress bar is gone, then what to type next."""
        self._print_table(trainer)

    def _print_table(self, trainer: Trainer) -> None:
        if self._ended and trainer.is_global_zero:
            run = RunFolder.of(trainer.default_root_dir)
            plain_console().print(summary_table(run) if self.language == "en" else _teachers_table(run, self.language))
            if following := next_command(run):
                print(say(self.language, "next_command", command=following))
        self._ended = False


def report(trainer: Trainer, language: Language = "en") -> None:
    """Write report.html where the parts that it needs are installed."""
    if missing := why_no_report():
        log.warning("report.html is not written without %s", missing)
    elif not is_dev_run(trainer):
        from mathpal_lightning.report.page import write_report  # needs the extra `report`

        log.info("report: %s", write_report(trainer.default_root_dir, language))


def _teachers_table(run: RunFolder, language: Language) -> Table:
    return scores_table(read_run(run.path, language), ("before", "after"), language)


def print_verdict(run: RunFolder, language: Language = "en") -> None:
    """Print what the score of the test rows means: in both languages under Lightning's table, or as a table in Vietnamese."""
    if language != "en":
        plain_console().print(scores_table(read_run(run.path, language), ("test",), language))
        return
    columns = read_run(run.path).columns
    if tested := columns.get("test"):
        for language in get_args(Language):
            print(verdict(columns.get("before"), tested, language))


def next_command(run: RunFolder) -> str:
    """What a person does with a finished run: ask it, else score it; empty where there is nothing yet."""
    place = quoted(run.short_name)
    if any(run.gguf.glob("*.gguf")):
        return f"mathpal serve {place}"
    return f"mathpal test {place}" if run.config.exists() else ""


def log_to_comet(trainer: Trainer) -> None:
    """Add the small files of the run, but no weights, to its Comet experiment, online or in the archive; tag it.

    The tags are the objective and the base; the table `samples.csv` holds the graded solutions after training.
    """
    run = RunFolder.of(trainer.default_root_dir)
    for logger in trainer.loggers:
        if isinstance(logger, CometLogger):
            model = run.read_config().get("model", {})
            tags = (model.get("objective"), model.get("model_name"))
            if named := [str(tag) for tag in tags if tag]:  # a run of a library has no config.yaml
                logger.experiment.add_tags(named)
            if after := read_run(run.path).columns.get("after"):
                rows = [[getattr(sample, name) for name in _SHOWN] for sample in after.samples.values()]
                logger.experiment.log_table("samples.csv", rows, headers=list(_SHOWN))
        for file in (run.config, run.summary, run.card, run.samples, run.metrics, run.report):
            if isinstance(logger, CometLogger) and file.exists():
                logger.experiment.log_asset(str(file), file_name=file.name)


def summary_table(run: RunFolder) -> Table:
    """The figures of summary.json for a person."""
    summary = run.read_summary()
    table = Table(title=f"Run {run.path.name}", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    if "evaluation" in summary:
        columns = read_run(run.path).columns
        table.add_row("verdict", verdict(columns.get("before"), columns.get("after")))
        table.add_row("kết luận", verdict(columns.get("before"), columns.get("after"), "vi"))
    for name, moment in (("before", "before training"), ("after", "after training")):
        if scores := summary.get("evaluation", {}).get(name):
            table.add_row(f"exact match {moment}", exact_match_line(scores))
    if changed := summary.get("evaluation", {}).get("after", {}).get("change"):
        table.add_row("change", change_line(changed))
    if training := summary.get("training"):
        table.add_row("tokens seen", f"{training['tokens']:,} ({training['supervised_tokens']:,} supervised)")
        table.add_row("speed", speed_line(training))
        table.add_row("time", f"{training['training_seconds']:,.0f} s training, {summary['seconds']:,.0f} s in all")
        table.add_row("peak memory", f"{training['peak_memory_gb']:.2f} GB")
    if checks := summary.get("export", {}).get("checks"):
        table.add_row("verified", verified_line(checks))
    if hub := summary.get("hub"):
        table.add_row("pushed", hub["url"])
    if refused := summary.get("not_pushed"):
        table.add_row("not pushed", refused)
    for artefact in run.artefacts():
        table.add_row(artefact.name, str(artefact))
    return table


def verified_line(checks: list[CheckFigures]) -> str:
    """`32 of 32 checks of the export within bounds; 3 of them prove nothing, because no problem was solved`."""
    line = f"{sum(check['ok'] for check in checks)} of {len(checks)} checks of the export within bounds"
    empty = sum(check.get("empty", False) for check in checks)
    return line + (f"; {empty} of them prove nothing, because no problem was solved" if empty else "")


def speed_line(training: TrainingFigures) -> str:
    """`412 tokens/s, 264 of them supervised, MFU 38.2 %: forward 45%, backward 52%, optimizer 3%`."""
    line = f"{training['tokens_per_second']:,.0f} tokens/s, {training['supervised_tokens_per_second']:,.0f} of them supervised"
    if mfu := training.get("mfu"):
        line += f", MFU {100 * mfu:.1f} %"
    split = training["time_split"]
    shares = {activity: seconds / max(sum(split.values()), 1e-9) for activity, seconds in split.items()}
    return f"{line}: {', '.join(f'{activity} {share:.0%}' for activity, share in shares.items() if share >= 0.005)}"


def change_line(changed: Change) -> str:
    """`of 50 problems tried before and after: 14 solved only after, 2 only before (McNemar's test: p = 0.0042)`."""
    return (
        f"of {changed['problems']} problems tried before and after: {changed['only_after']} solved only after, "
        f"{changed['only_before']} only before (McNemar's test: {p_text(changed['p_value'])})"
    )


def exact_match_line(scores: Scores) -> str:
    """`62.3 % (56.7 to 67.6) of 300 problems (60.1 % with every step right), no answer found in 1.0 %`."""
    accuracy, share = (100 * scores[name] for name in ("accuracy", "no_answer"))
    ends = scores.get("interval") or wilson_interval(round(scores["accuracy"] * scores["problems"]), scores["problems"])
    low, high = (100 * end for end in ends)  # a summary of an earlier version has no interval
    strict = f" ({100 * scores['accuracy_strict']:.1f} % with every step right)" if "accuracy_strict" in scores else ""
    return (
        f"{accuracy:.1f} % ({low:.1f} to {high:.1f}) of {scores['problems']} problems{strict}, no answer found in {share:.1f} %"
    )
