"""Built objects -> findings: what would go wrong with a run, before it begins."""

from mathpal_lightning.checks.finding import Finding, as_json, attempt_checks, exit_status, failed, findings_table, run_checks
from mathpal_lightning.checks.parts import check_comet
from mathpal_lightning.checks.rows import Length
from mathpal_lightning.checks.run import (
    Plan,
    check_some_masks,
    data_checks,
    model_checks,
    part_checks,
    resource_checks,
    time_checks,
)
from mathpal_lightning.checks.seen import key_of_run, read_seen, write_seen

__all__ = [
    "Finding",
    "Length",
    "Plan",
    "as_json",
    "attempt_checks",
    "check_comet",
    "check_some_masks",
    "data_checks",
    "exit_status",
    "failed",
    "findings_table",
    "key_of_run",
    "model_checks",
    "part_checks",
    "read_seen",
    "resource_checks",
    "run_checks",
    "time_checks",
    "write_seen",
]
