"""Tables show names of runs, topics and files as they are: square brackets are no markup, colons no emoji."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.table import Table

from mathpal_lightning.callbacks.summary import summary_table
from mathpal_lightning.checks.finding import Finding, findings_table
from mathpal_lightning.commands.compare import compare
from mathpal_lightning.commands.rows_table import rows_table
from mathpal_lightning.data.report import Breakdown, DataReport, Refusals
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.tables import scores_table
from mathpal_lightning.run import RunFolder
from mathpal_lightning.terminal import plain_console
from tests.report.made_runs import made_run

PACKAGE = Path(__file__).parents[1] / "mathpal_lightning"
TOPIC = "Hình [/b] [lớp 5] :100:"
NAME = "lop5[v2]:100:"


def rows(folder: Path) -> Table:
    breakdown = Breakdown([(32, 1)], [(TOPIC, 1)], 1, 1, [], [], [], [])
    return rows_table(DataReport(NAME, 1, 1, Refusals(), 60, 40, 60, 1, 0.5), breakdown)


def scores(folder: Path) -> Table:
    run = read_run(made_run(folder / NAME))
    after = run.columns["after"]
    samples = {question: replace(sample, topic=TOPIC) for question, sample in after.samples.items()}
    return scores_table(replace(run, columns={"after": replace(after, samples=samples)}), ("after",), "vi")


def summary(folder: Path) -> Table:
    (folder / NAME).mkdir()
    run = RunFolder.of(folder / NAME)
    run.note(not_pushed=TOPIC)
    return summary_table(run)


def findings(folder: Path) -> Table:
    return findings_table(NAME, [Finding(TOPIC, "found")])


@pytest.mark.parametrize("table", [rows, scores, summary, findings])
def test_a_table_shows_names_as_they_are(table: Callable[[Path], Table], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    plain_console().print(table(tmp_path))
    printed = capsys.readouterr().out
    assert TOPIC in printed
    assert NAME in printed


def test_two_runs_are_named_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    compare(made_run(Path("[a]", "[/b]")), made_run(Path(NAME)), "after")
    printed = capsys.readouterr().out
    assert "[a]/[/b]" in printed
    assert NAME in printed


def test_every_table_goes_through_this_console():
    made = {path.name for path in PACKAGE.rglob("*.py") if re.search(r"\bConsole\((?!stderr=True\))", path.read_text("utf-8"))}
    assert made == {"terminal.py"}
