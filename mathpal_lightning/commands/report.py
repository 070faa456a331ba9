"""`mathpal report`: the page of one run, or several runs beside each other."""

from __future__ import annotations

import json as jsons
from pathlib import Path

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import whole_file
from mathpal_lightning.report import why_no_report
from mathpal_lightning.report.reported_run import as_json, read_run
from mathpal_lightning.report.words import Language


def report(runs: list[str], out: Path | None = None, lang: Language = "en", json: bool = False) -> None:
    """Write a page about a run, or one that compares runs: scores, curves, solutions beside each other, what to try next.

    Of a file of problems, `mathpal data report FILE` tells what training would keep.

    Args:
        runs: run folders. The others are compared with the first one, on the problems that both tried.
        out: the file; by default report.html in the folder of the one run, or comparison.html here.
        lang: the language of the page: en or vi.
        json: print the verdict and the scores as json instead, and write nothing.

    Raises:
        ConfigError: a run is not there, or the extra `report` is not installed.
    """
    if json:
        print(jsons.dumps([as_json(read_run(run, lang), lang) for run in runs], ensure_ascii=False, indent=2))
        return
    if missing := why_no_report():
        raise ConfigError("the parts that a report needs", f"no {missing.split(':')[0]}", f"Run:{missing.split(':')[1]}")
    from mathpal_lightning.report.page import comparison_page, report_page

    page = report_page(runs[0], lang) if len(runs) == 1 else comparison_page(runs, lang)
    file = out or (read_run(runs[0]).folder.report if len(runs) == 1 else Path("comparison.html"))
    with whole_file(file) as temporary:
        temporary.write_text(page, encoding="utf-8")
    print(f"report: {file}")
