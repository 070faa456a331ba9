"""The last table of a fit or a test in the reader's language: the verdict first, then scores, topics, time and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from mathpal_lightning.report.column import Column, title_of_topic
from mathpal_lightning.report.reported_run import ReportedRun
from mathpal_lightning.report.verdict import decimal, interval_line, percent, verdict
from mathpal_lightning.report.words import Language, say, words


def scores_table(run: ReportedRun, moments: Sequence[str], language: Language) -> Table:
    """The scores of some evaluations of a run for a teacher.

    Args:
        run: read from its folder.
        moments: `before`, `after` or `test`: the last one that the run has is the one that the verdict is about.
        language: of every text but the names of topics, which are Vietnamese.
    """
    table = Table(title=say(language, "title", name=run.name), show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for row in _rows(run, moments, language):
        table.add_row(*row)
    return table


def _rows(run: ReportedRun, moments: Sequence[str], language: Language) -> Iterator[tuple[str, str]]:
    texts = words(language)
    found = {moment: run.columns[moment] for moment in moments if moment in run.columns}
    last = next(reversed(found.values()), None)
    yield texts["verdict"], verdict(run.columns.get("before"), last, language)
    for column in found.values():
        yield column.title, score_line(column, language)
    if last:
        for topic, score in last.by_topic().items():
            yield title_of_topic().get(topic, topic), say(language, "of", solved=score.solved, problems=score.problems)
    if "test" not in found:
        yield from _of_the_fit(run, language)


def _of_the_fit(run: ReportedRun, language: Language) -> Iterator[tuple[str, str]]:
    texts = words(language)
    if seconds := run.summary.get("seconds"):
        yield texts["whole_time"], f"{decimal(f'{seconds / 60:.1f}', language)} {texts['minutes']}"
    if memory := run.summary.get("training", {}).get("peak_memory_gb"):
        yield texts["memory"], f"{decimal(f'{memory:.2f}', language)} GB"
    if checks := run.summary.get("export", {}).get("checks"):
        yield texts["checks"], say(language, "of", solved=sum(check["ok"] for check in checks), problems=len(checks))
    for artefact in run.folder.artefacts():
        yield artefact.name, str(artefact)


def score_line(column: Column, language: Language) -> str:
    r"""`0 trên 2 bài: 0,0 %, từ 0,0 % đến 65,8 % với độ tin cậy 95 %; không có đáp số 50,0 %`."""
    counted = say(language, "of", solved=column.score.solved, problems=column.score.problems)
    parts = [f"{counted}: {interval_line(column.score, language)}"] if column.score.problems else [counted]
    if column.strict is not None:
        parts.append(f"{words(language)['strict']} {percent(column.strict, language)}")
    parts.append(f"{words(language)['no_answer']} {percent(column.no_answer, language)}")
    return "; ".join(parts)
