"""The GPU section of RESULTS.md from what `mathpal rehearse` found on a card.

python -m tests.benchmarks.gpu_results rehearsal/rehearsal.json      rewrites the section in tests/benchmarks/RESULTS.md
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "RESULTS.md"
TITLE = "## On a GPU"


def section(report: dict[str, Any]) -> str:
    """The section as Markdown.

    Args:
        report: the content of rehearsal.json.
    """
    machine, tried = report["machine"], report["tried"]
    cards = ", ".join(f"{card['name']} ({card['memory']}, driver {card['driver']})" for card in machine["cards"]) or "no GPU"
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if version)
    lines = [TITLE, "", f"    mathpal rehearse --model {tried['model']} --bits {tried['bits']}", ""]
    lines += [f"{cards}; CUDA {machine['cuda']}; {versions}.", ""]
    lines += ["| stage | | found | seconds |", "| --- | --- | --- | --- |"]
    for stage in report["stages"]:
        found = f"{stage['what']}: {stage['found']}".replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {stage['stage']} | {stage['status']} | {found} | {stage['seconds']:.0f} |")
    return "\n".join(lines) + "\n"


def filled(page: str, new: str) -> str:
    """The page with its GPU section replaced.

    Raises:
        ValueError: the page has no such section.
    """
    pattern = re.compile(rf"^{TITLE}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"Expected a section {TITLE!r} in the page")
    return pattern.sub(lambda _: new + "\n", page, count=1).rstrip() + "\n"


if __name__ == "__main__":
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    RESULTS.write_text(filled(RESULTS.read_text(encoding="utf-8"), section(report)), encoding="utf-8")
