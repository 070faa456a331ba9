"""A hook of MkDocs: in the place of `<!-- keys -->`, a table of every key of configs/complete.yaml for each section."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

COMPLETE = Path(__file__).parents[2] / "configs" / "complete.yaml"
MARK = "<!-- keys -->"
_LINE = re.compile(r"(?P<indent> *)(?:# (?P<meaning>.*)|(?P<name>[\w.]+):(?P<default>.*))$")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Called by MkDocs for each page."""
    return markdown.replace(MARK, tables(COMPLETE.read_text(encoding="utf-8"))) if MARK in markdown else markdown


def tables(config: str) -> str:
    """The keys of the top and of each section, under a heading each."""
    found: dict[str, list[str]] = {"The run": []}
    for key, default, meaning in keys(config):
        section = key.partition(".")[0] if "." in key else "The run"
        found.setdefault(section, []).append(f"| `{key}` | {_code(default)} | {html.escape(meaning, quote=False)} |")
    head = "| key | default | meaning |\n| --- | --- | --- |\n"
    return "\n\n".join(f"## {section}\n\n{head}" + "\n".join(rows) for section, rows in found.items())


def keys(config: str) -> Iterator[tuple[str, str, str]]:
    """Each key with its default and its meaning, in the order of the page. A section has no default and is left out."""
    path: list[str] = []
    meaning: list[str] = []
    for line in config.partition("\n\n")[2].splitlines():  # without the head of the page
        if not (found := _LINE.match(line)):
            meaning.clear()
        elif found["meaning"] is not None:
            meaning.append(found["meaning"])
        else:
            path[len(found["indent"]) // 2 :] = [found["name"]]
            if found["default"].strip():
                yield ".".join(path), found["default"].strip(), " ".join(meaning)
            meaning.clear()


def _code(default: str) -> str:
    return f"`{default}`".replace("|", "\\|")
