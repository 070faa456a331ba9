"""configs/complete.yaml: every key with its default and its meaning. `python -m tests.complete_config` writes it anew."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import yaml

from mathpal_lightning.cli.keys import OWN, signatures
from mathpal_lightning.cli.main import main

FILE = Path(__file__).parents[1] / "configs" / "complete.yaml"
WIDTH = 124
HEAD = """\
# Every key of a config, with its default and what it does. A page to look things up in and to copy from, not one to begin with:
# quickstart.yaml, own_data_laptop.yaml and sft.yaml are shorter. Run as it is, it trains the offline Gemma for one epoch on a
# thousand generated problems of all grades, on a laptop in about half an hour and 5 GB (planned, not measured).
#
#   mathpal fit --config complete --name trial
#
# Written by `python -m tests.complete_config` from the code's own docstrings; a test holds it against them.
"""


def defaults() -> dict[str, Any]:
    """What `mathpal fit --print_config` shows."""
    shown = io.StringIO()
    with redirect_stdout(shown), suppress(SystemExit):
        main(["fit", "--data.train=generated", "--name=complete", "--trainer.max_epochs=1", "--print_config"])
    settings: dict[str, Any] = yaml.safe_load(shown.getvalue())
    return {key: value for key, value in settings.items() if key not in ("overwrite", "ckpt_path", "weights_only")}


def page(settings: dict[str, Any]) -> str:
    """The page for some settings."""
    meanings = {f"{section}.{each.name}": each.meaning for section, of in signatures() for each in of.arguments} | OWN
    return HEAD + "\n" + "\n".join(_lines(settings, meanings, "", 0)) + "\n"


def plain(meaning: str) -> str:
    """A docstring's text without the marks of reStructuredText, and without the default, which stands below it."""
    return re.sub(r" ?Default: `+[^`]*`+\.?", "", re.sub(r":\w+:`~?([^`]*)`", r"`\1`", meaning)).replace("``", "`")


def _lines(settings: dict[str, Any], meanings: dict[str, str], above: str, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, value in settings.items():
        key = f"{above}.{name}".lstrip(".")
        is_section = isinstance(value, dict) and any(known.startswith(f"{key}.") for known in meanings)
        if depth == 0:
            yield ""
        yield from (f"{indent}# {line}" for line in textwrap.wrap(plain(meanings.get(key, "")), WIDTH - len(indent)))
        if is_section:
            yield f"{indent}{name}:"
            yield from _lines(value, meanings, key, depth + 1)
        else:
            written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=1000).splitlines()[0]
            yield f"{indent}{name}: {written}"


if __name__ == "__main__":
    FILE.write_text(page(defaults()), encoding="utf-8")
