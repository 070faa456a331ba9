"""All problems at once, one exit status."""

import json

import pytest
from rich.console import Console

from mathpal_lightning.checks.finding import Finding, as_json, attempt_checks, exit_status, findings_table, run_checks
from mathpal_lightning.errors import DataError, ModelError


def fails(error: type[Exception]):
    def check() -> Finding:
        raise error("a sound row", "a bad one", "Mend it.")

    return check


CHECKS = {
    "first": lambda: Finding("first", "well"),
    "second": fails(ModelError),
    "third": fails(DataError),
    "fourth": lambda: [Finding("fourth", "doubtful", "warning"), Finding("fifth", "well")],
}


def test_a_check_that_raises_hides_none_of_the_others():
    findings = attempt_checks(CHECKS)
    assert [finding.name for finding in findings] == ["first", "second", "third", "fourth", "fifth"]
    assert [finding.level for finding in findings] == ["ok", "error", "error", "warning", "ok"]
    assert (findings[1].expected, findings[1].found, findings[1].way_out) == ("a sound row", "a bad one", "Mend it.")


def test_a_run_stops_at_the_first():
    with pytest.raises(ModelError):
        run_checks(CHECKS)


def test_the_exit_status_is_the_first_errors_own():
    assert exit_status(attempt_checks(CHECKS)) == ModelError.exit_code
    assert exit_status([Finding("a", "b", "warning")]) == 0


def test_json_says_what_the_table_says():
    plain = json.loads(json.dumps(as_json(attempt_checks(CHECKS))))
    assert plain["level"] == "error"
    assert plain["findings"][2]["exit_code"] == DataError.exit_code
    console = Console(width=120, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115
    console.print(findings_table("Checks", attempt_checks(CHECKS)))
    text = console.export_text()
    assert "expected a sound row" in text
    assert text.count("Mend it.") == 2
