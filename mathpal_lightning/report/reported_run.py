"""A run folder -> all that the report says of it; every file of it may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mathpal_lightning.records import read_record
from mathpal_lightning.report.column import Column, Score, shared_problems
from mathpal_lightning.report.curves import Curve, read_curves
from mathpal_lightning.report.verdict import verdict
from mathpal_lightning.report.words import Language, words
from mathpal_lightning.run import RunConfig, RunFolder, Scores, Summary, require_run
from mathpal_lightning.run.samples import last_samples

MOMENTS = ("before", "after", "test")


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """What the files of a run say."""

    folder: RunFolder
    summary: Summary
    config: RunConfig
    curves: dict[str, Curve]
    versions: dict[str, str]
    columns: dict[str, Column]
    """By moment: `before`, `after`, `test`, `gguf:...`, those that there are."""

    @property
    def name(self) -> str:
        """The run's name, which is that of its folder."""
        return self.folder.path.resolve().name

    @property
    def trained(self) -> Column | None:
        """The solutions of the trained model: on the held-out problems, else on the test problems."""
        return self.columns.get("after") or self.columns.get("test")

    @property
    def source(self) -> str:
        """What it was trained on, as `data.train` says it."""
        train = self.config.get("data", {}).get("train")
        return train if isinstance(train, str) else ", ".join(map(str, train or ()))


def read_run(path: str | Path, language: Language = "en") -> ReportedRun:
    """Read a run folder.

    Raises:
        ConfigError: there is no run at the path, or a file of it cannot be read.
    """
    require_run(path)
    run = RunFolder.of(path)
    summary = run.read_summary()
    return ReportedRun(
        folder=run,
        summary=summary,
        config=run.read_config(),
        curves=read_curves(run),
        versions=read_record(run.adapter).get("versions", {}),
        columns=_columns(run, summary, language),
    )


def shared_moment(runs: Sequence[ReportedRun]) -> Literal["test", "after"]:
    """What a comparison is about: the test problems where every run tried some of the first one's, else the held-out ones."""
    first, *others = [run.columns.get("test", Column("")) for run in runs]
    return "test" if all(shared_problems(first, other) for other in others) else "after"


def as_json(run: ReportedRun, language: Language) -> dict[str, object]:
    """The verdict and the scores of a run, for a script; an interval is None where no problem was counted."""
    scores = {moment: _figures(of.score) | {"strict": of.strict} for moment, of in run.columns.items()}
    sentence = verdict(run.columns.get("before"), run.trained, language)
    return {"run": run.name, "verdict": sentence.replace("\N{NO-BREAK SPACE}", " "), "scores": scores}


def _figures(score: Score) -> dict[str, object]:
    interval = score.interval if score.problems else None  # json knows no nan
    return {"solved": score.solved, "problems": score.problems, "interval": interval}


def _columns(run: RunFolder, summary: Summary, language: Language) -> dict[str, Column]:
    scores, texts = summary.get("evaluation", {}), words(language)
    columns = {}
    for moment in (*MOMENTS, *(name for name in scores if name.startswith("gguf:"))):  # scored by `mathpal test FILE.gguf`
        told: Scores = scores.get(moment, {})
        key = f"moment_{moment}_validation" if moment == "test" and told.get("rows") == "validation" else f"moment_{moment}"
        samples = {sample.question: sample for sample in last_samples(run, moment, told)}
        if told or samples:
            columns[moment] = Column(texts.get(key, moment), samples, told)
    return columns
