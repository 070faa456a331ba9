"""A run folder -> all that the report says of it; every file of it may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mathpal_lightning.records import read_record
from mathpal_lightning.report.column import Column, of_last_evaluation, read_samples
from mathpal_lightning.report.curves import Curve, read_curves
from mathpal_lightning.report.verdict import verdict
from mathpal_lightning.report.words import Language, words
from mathpal_lightning.run import RunConfig, RunFolder, Scores, Summary, require_run
from mathpal_lightning.run.folder import SAMPLES

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


def as_json(run: ReportedRun, language: Language) -> dict[str, object]:
    """The verdict and the scores of a run, for a script."""
    scores = {
        moment: {"solved": of.score.solved, "problems": of.score.problems, "interval": of.score.interval, "strict": of.strict}
        for moment, of in run.columns.items()
    }
    sentence = verdict(run.columns.get("before"), run.trained, language)
    return {"run": run.name, "verdict": sentence.replace("\N{NO-BREAK SPACE}", " "), "scores": scores}


def samples_file(run: RunFolder) -> str:
    """The name of the file of samples: `evaluation.file` of the run's config."""
    return run.read_config().get("evaluation", {}).get("file") or SAMPLES


def _columns(run: RunFolder, summary: Summary, language: Language) -> dict[str, Column]:
    scores, texts, file = summary.get("evaluation", {}), words(language), samples_file(run)
    files = [moment for moment in scores if moment.startswith("gguf:")]  # scored by `mathpal test FILE.gguf`
    samples = read_samples(run.path / file, MOMENTS) | read_samples(run.path / f"test_{file}", ("test", *files))
    columns = {}
    for moment in MOMENTS:
        told: Scores = scores.get(moment, {})
        key = f"moment_{moment}_validation" if moment == "test" and told.get("rows") == "validation" else f"moment_{moment}"
        if told or samples[moment]:
            columns[moment] = Column(texts[key], of_last_evaluation(samples[moment], told), told)
    return columns | {
        moment: Column(moment, of_last_evaluation(samples[moment], scores[moment]), scores[moment]) for moment in files
    }
