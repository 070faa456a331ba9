"""One run, or several beside each other, as one HTML page: nothing is loaded from anywhere, and no script runs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from mathpal_lightning import __version__
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.statistics import MIN_COUNT, Comparison, p_text, wilson_interval
from mathpal_lightning.files import whole_file
from mathpal_lightning.messages import in_vietnamese
from mathpal_lightning.report.advice import advice
from mathpal_lightning.report.charts import Line, chart
from mathpal_lightning.report.column import Column, Score, compare, shared_problems, title_of_topic
from mathpal_lightning.report.curves import Curve
from mathpal_lightning.report.reported_run import ReportedRun, read_run, shared_moment
from mathpal_lightning.report.samples import differences, shown
from mathpal_lightning.report.verdict import CHANCE, decimal, interval_line, percent, verdict
from mathpal_lightning.report.words import Language, say, words

SHOWN = 24
"""Problems whose solutions a page shows."""


def write_report(run: str | Path, language: Language = "en") -> Path:
    """Write report.html into a run folder, and say where it is.

    Raises:
        ConfigError: there is no run at the path.
    """
    page = report_page(run, language)
    file = read_run(run).folder.report
    with whole_file(file) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return file


def report_page(path: str | Path, language: Language = "en") -> str:
    """The page of one run.

    Args:
        path: its folder; each file of it may be missing, and its part of the page is then left out.
        language: of the page. Problems, solutions and reasons are Vietnamese in both.

    Raises:
        ConfigError: there is no run at the path.
    """
    run = read_run(path, language)
    where = run.folder.path.as_posix()
    return template("page.html").render(
        _common(language, [run], list(run.columns.values())),
        heading=say(language, "title", name=run.name),
        verdict=verdict(run.columns.get("before"), run.trained, language),
        notes=[],
        advice=advice(where, run.summary, run.trained, run.curves, run.source, language),
        checks=run.summary.get("export", {}).get("checks", []),
        training=run.summary.get("training", {}),
        seconds=run.summary.get("seconds"),
        data=run.summary.get("data", {}),
        samples_file=run.folder.samples.name,
        configs=[(run.name, _yaml(run))],
        versions=run.versions,
        differences=None,
    )


def comparison_page(paths: Sequence[str | Path], language: Language = "en") -> str:
    """The page of several runs, each compared with the first one on the problems that both tried.

    The test problems are compared where every run tried some of the first one's, else the held-out problems.

    Raises:
        ConfigError: fewer than two runs, or one that is not there.
    """
    if len(paths) < 2:
        raise ConfigError("two runs or more to compare", str(len(paths)), "Name them: mathpal report RUN RUN.")
    runs = [read_run(path, language) for path in paths]
    names, moment = _names(runs), shared_moment(runs)
    tried = [run.columns.get(moment) or run.trained or Column("") for run in runs]
    what = ", ".join(dict.fromkeys(column.title for column in tried if column.title))
    columns = [replace(column, title=name) for name, column in zip(names, tried, strict=True)]
    return template("page.html").render(
        _common(language, runs, columns),
        heading=say(language, "comparison", names=", ".join(names)),
        verdict=_best(columns, language),
        notes=[
            *([(words(language)["compared"], what)] if what else []),
            *((column.title, _against(columns[0], column, language)) for column in columns[1:]),
        ],
        advice=[],
        checks=[],
        training={},
        seconds=None,
        data={},
        samples_file=runs[0].folder.samples_of(moment).name,
        configs=[(name, _yaml(run)) for name, run in zip(names, runs, strict=True)],
        versions={},
        differences=list(differences([run.config for run in runs])),
    )


def _names(runs: Sequence[ReportedRun]) -> list[str]:
    """The name of each run; where several have the same, what a command calls each of them."""
    names = [run.name for run in runs]
    return [run.folder.short_name if names.count(run.name) > 1 else run.name for run in runs]


def _common(language: Language, runs: Sequence[ReportedRun], columns: Sequence[Column]) -> dict[str, object]:
    """What both pages show: scores, topics, curves and samples by column."""
    return {
        "language": language,
        "w": words(language),
        "say": lambda key, **values: say(language, key, **values),
        "told": in_vietnamese if language == "vi" else str,
        "percent": lambda share: percent(share, language),
        "interval_line": lambda score: interval_line(score, language),
        "version": __version__,
        "day": datetime.date.today().isoformat(),
        "columns": columns,
        "breakdowns": [breakdown for breakdown in _breakdowns(language, columns) if breakdown[1]],
        "titles": title_of_topic(),
        "least": MIN_COUNT,
        "charts": [(title, Markup(svg)) for title, svg in _charts(language, runs) if svg],
        "tried": shown(columns, SHOWN, language) if columns else [],
        "all_tried": len({question for column in columns for question in column.samples}),
    }


def _breakdowns(language: Language, columns: Sequence[Column]) -> list[tuple[str, list[tuple[str, list[Score]]]]]:
    """By grade and by topic: a heading, and for each row its label and the score of each column."""
    texts, titles, none = words(language), title_of_topic(), Score(0, 0)
    grades, topics = [column.by_grade() for column in columns], [column.by_topic() for column in columns]
    of_grades = [
        (say(language, "grade", grade=grade), [each.get(grade, none) for each in grades])
        for grade in sorted({grade for each in grades for grade in each})
    ]
    of_topics = [
        (titles.get(topic, topic), [each.get(topic, none) for each in topics])
        for topic in sorted({topic for each in topics for topic in each})
    ]
    return [(texts["by_grade"], of_grades), (texts["by_topic"], of_topics)]


def _charts(language: Language, runs: Sequence[ReportedRun]) -> list[tuple[str, str]]:
    """The title and the picture of each chart; an empty picture where no run has its metrics."""
    texts, alone, named = words(language), len(runs) == 1, list(zip(_names(runs), runs, strict=True))

    def label(name: str, metric: str) -> str:
        return metric if alone else f"{name} {metric}"

    def lines(*metrics: str) -> list[Line]:
        return [
            Line(label(name, metric), run.curves.get(metric, {}), marked=metric.startswith("val/"))
            for name, run in named
            for metric in metrics
        ]

    drawn = {
        "chart_loss": lines("train/loss", "val/loss"),
        "chart_match": [Line(label(name, "val/exact_match"), *_match(run)) for name, run in named],
        "chart_reward": lines("train/reward", "train/pass_rate"),
        "chart_speed": lines("tokens/s"),
    }
    return [(texts[key], chart(texts[key], texts["step"], of)) for key, of in drawn.items()]


def _match(run: ReportedRun) -> tuple[Curve, bool, dict[int, tuple[float, float]]]:
    """The exact match of the validations in per cent, that each point is marked, and its intervals."""
    curve = run.curves.get("val/exact_match", {})
    problems = run.summary.get("evaluation", {}).get("during", {}).get("problems", 0)
    ends = {step: wilson_interval(round(share * problems), problems) for step, share in curve.items()}
    band = {step: (100 * low, 100 * high) for step, (low, high) in ends.items()} if problems else {}
    return {step: 100 * share for step, share in curve.items()}, True, band


def _against(first: Column, column: Column, language: Language) -> str:
    change = compare(first, column)
    if change is None:
        return say(language, "against", name=first.title) + ": " + say(language, "not_paired")
    values = {"shared": shared_problems(first, column), "gained": change.only_second, "lost": change.only_first}
    return (
        say(language, "against", name=first.title)
        + ": "
        + say(language, "paired", p=decimal(p_text(change.p_value), language), **values)
    )


def _best(columns: Sequence[Column], language: Language) -> str:
    """Which runs are better than the first one by more than chance explains, and which cannot be compared with it."""
    first, *others = columns
    changes = [(column.title, compare(first, column)) for column in others]
    better = [title for title, change in changes if change and change.p_value < CHANCE and _gains(change)]
    unpaired = [title for title, change in changes if change is None]
    sentences = {
        "better": better,
        "noise": [] if better else [title for title, change in changes if change],
        "nothing_shared": unpaired,
    }
    return " ".join(say(language, key, names=", ".join(names), name=first.title) for key, names in sentences.items() if names)


def _gains(change: Comparison) -> bool:
    return change.only_second > change.only_first


def _yaml(run: ReportedRun) -> str:
    return run.folder.config.read_text(encoding="utf-8") if run.folder.config.is_file() else ""


@cache
def template(name: str) -> Template:
    """A page of this folder, with the style sheet at hand; everything that is filled in is escaped."""
    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["style"] = Markup((here / "page.css").read_text(encoding="utf-8"))
    return environment.get_template(name)
