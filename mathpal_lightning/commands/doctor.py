"""`mathpal doctor`: is this machine ready, and if not, what to do."""

from __future__ import annotations

import json as jsons
import sys

from mathpal_lightning.checks.diagnosis import diagnose
from mathpal_lightning.checks.environment import read_environment
from mathpal_lightning.checks.finding import as_json, exit_status, findings_table
from mathpal_lightning.commands.caches import report
from mathpal_lightning.terminal import plain_console


def doctor(json: bool = False, cache: bool = False) -> None:
    """Look at Python, packages, GPU, memory, disk and optional parts; imports none of them. Leaves with 2 when one is broken.

    Args:
        json: print the findings as json; with `cache`, the list of its lines.
        cache: instead, check every cached file by its digest, and remove what is damaged or was left by a killed process.
    """
    if cache:
        lines = report()
        print(jsons.dumps(lines, ensure_ascii=False, indent=2) if json else "\n".join(lines))
        return
    findings = diagnose(read_environment())
    if json:
        print(jsons.dumps(as_json(findings), ensure_ascii=False, indent=2))
    else:
        plain_console().print(findings_table("mathpal doctor", findings))
    sys.exit(exit_status(findings))
