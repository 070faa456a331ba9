"""Finding: what one check saw. All of them make one table, or json, and one exit status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from rich.table import Table
from rich.text import Text

from mathpal_lightning.errors import MathPalError

Level = Literal["ok", "warning", "error"]
_SEVERITY: dict[Level, int] = {"ok": 0, "warning": 1, "error": 2}
_MARKS: dict[Level, tuple[str, str]] = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "error": ("error", "bold red")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report. A check returns its finding, or raises the error that a run would meet."""

    name: str
    found: str
    level: Level = "ok"
    expected: str = ""
    way_out: str = ""
    exit_code: int = 0
    """The exit status of the error; 0 for what is no error."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What `found` says in numbers, for a script: {"peak_gb": 2.31}."""


Checks = Mapping[str, Callable[[], Finding | Sequence[Finding]]]
"""Checks by name. Where a check raises an error, its finding gets this name."""


def failed(name: str, error: MathPalError) -> Finding:
    """The finding of a check that raised."""
    return Finding(name, error.found, "error", error.expected, error.way_out, error.exit_code)


def run_checks(checks: Checks) -> list[Finding]:
    """The findings of all checks, up to the first that raises."""
    return [finding for check in checks.values() for finding in _listed(check())]


def attempt_checks(checks: Checks) -> list[Finding]:
    """The findings of all checks; an error of ours becomes a finding, so that those after it are reported as well."""
    findings: list[Finding] = []
    for name, check in checks.items():
        try:
            findings += _listed(check())
        except MathPalError as error:
            findings.append(failed(name, error))
    return findings


def _listed(found: Finding | Sequence[Finding]) -> Sequence[Finding]:
    return [found] if isinstance(found, Finding) else found


def exit_status(findings: Iterable[Finding]) -> int:
    """The exit status of the first error, 0 where there is none."""
    return next((finding.exit_code for finding in findings if finding.level == "error"), 0)


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """Plain data for scripts."""
    worst = max((finding.level for finding in findings), key=lambda level: _SEVERITY[level], default="ok")
    return {"level": worst, "exit_code": exit_status(findings), "findings": [asdict(finding) for finding in findings]}


def findings_table(title: str, findings: Iterable[Finding]) -> Table:
    """All findings for a person; what is wrong says what was expected and the way out."""
    table = Table(title=title, title_justify="left", show_header=False, show_lines=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        mark, style = _MARKS[finding.level]
        lines = [finding.found]
        if finding.expected:
            lines.append(f"expected {finding.expected}")
        if finding.way_out:
            lines.append(finding.way_out)
        table.add_row(Text(mark, style), finding.name, Text("\n".join(lines)))
    return table
