"""READMEs and docs as a test reads them: their commands, their Python, their links."""

import doctest
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from mathpal_lightning.cli.verbs import EXAMPLES

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "README.vi.md", *(ROOT / "docs").glob("*.md")])
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    """A page as text."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [text for named, text in _FENCE.findall(text_of(page)) if named == language]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every command in the page's shell blocks, without comments, pipes taken apart."""
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield from commands_in(line)


def commands_in(line: str) -> Iterator[list[str]]:
    """The words of each command of a line."""
    for part in line.split(" | "):
        if words := shlex.split(part.replace("<", " < "), comments=True):
            yield list(takewhile(lambda word: word not in ("<", ">"), words))


def distinct_commands() -> list[list[str]]:
    """Every command of every page and of every help page, each once."""
    shown = {tuple(words) for page in PAGES for words in commands(page)}
    shown |= {tuple(words) for lines in EXAMPLES.values() for line, _ in lines for words in commands_in(line)}
    return [list(words) for words in sorted(shown)]


def examples(page: Path) -> doctest.DocTest:
    """The `>>>` examples of a page's Python blocks, as one doctest."""
    sessions = [block for block in blocks(page, "python") if ">>>" in block]
    return doctest.DocTestParser().get_doctest("\n".join(sessions), {}, page.name, str(page), 0)


def outline(page: Path) -> list[tuple[int, list[list[str]], int, int]]:
    """Each section: the level of its heading, the words of its commands, its number of tables' rows and of pictures."""
    told = []
    for section in re.split(r"^(?=#+ )", _without_python(text_of(page)), flags=re.MULTILINE)[1:]:
        fenced = [text for _, text in _FENCE.findall(section)]
        lines = [shlex.split(line, comments=True) for text in fenced for line in text.splitlines()]
        level = len(section) - len(section.lstrip("#"))
        told.append((level, [words for words in lines if words], section.count("\n|"), section.count("![")))
    return told


def _without_python(text: str) -> str:
    """Comments of a shell begin with the sign of a heading; only headings are left at the begin of a line."""
    return re.sub(r"^```python\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
