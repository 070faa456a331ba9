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
    """Check Python, packages, GPU, memory, disk and optional parts, importing none. Exit status 2 if something is broken.

    Args:
        json: print the findings as json; with --cache, a list of lines.
        cache: check the cache instead: every file by its digest; damaged files and leftovers of killed processes are removed.
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
