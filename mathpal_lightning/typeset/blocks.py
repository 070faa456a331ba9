r"""Lines of a solution -> HTML, line by line as they are written; a formula, table or column sum of several lines is one block.

The HTML of a block stands at its first line, and its other lines are empty, so that lines keep their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from mathpal_lightning.text import normalize_text, states_answer
from mathpal_lightning.typeset.formula import mathml
from mathpal_lightning.typeset.latex import ENVIRONMENTS
from mathpal_lightning.typeset.markdown import block, inline

_BEGIN = re.compile(r"\\begin\{(" + "|".join(map(re.escape, ENVIRONMENTS)) + r")\}")
_COLUMN = re.compile(r"[ \t]*[-+−×x:]?[ \t]*[\d ,.]*|[ \t]*[-–—_=]{3,}[ \t]*")
_RULE = re.compile(r"[-–—_=]{3,}")
_SIGNED = re.compile(r"\s*[-+*] *\d")
"""`- 7 + 3` begins with a minus, not with the dot of a list."""
_BLOCK = re.compile("<(?:div|pre|ul|ol|hr)")
_MOST_LINES = 30


class Line(NamedTuple):
    """One line of a solution, ready for a page."""

    number: int
    html: str
    is_answer: bool
    text: str
    """As the model wrote it."""
    is_inside: bool = False
    """It is shown in the block of an earlier line."""


@dataclass(slots=True)
class LineTypesetter:
    r"""Typesets a text that arrives in pieces.

    A formula that has begun and not ended is held back, so that a reader never sees half a `\frac{3`.
    """

    number: int = 0
    """Of the first line of the block that is being written."""
    _open: str = ""

    def add(self, piece: str) -> list[Line]:
        """Take the next piece; returns the lines that it changed, the unfinished one last."""
        self._open += piece
        return self._lines(ended=False)

    def end(self) -> list[Line]:
        """The lines of the last block as they stand, an unclosed formula too."""
        return self._lines(ended=True)

    def _lines(self, ended: bool) -> list[Line]:
        lines, shown = self._open.split("\n"), []
        while lines:
            length = _block_length(lines)
            is_last = length == len(lines)
            html = _typeset_block(lines[:length], is_last and not ended)
            is_answer = states_answer(lines[0])
            shown.append(Line(self.number, html[0], is_answer, lines[0]))
            inside = zip(html[1:], lines[1:length], strict=True)
            shown += [Line(self.number + place, html, False, text, not html) for place, (html, text) in enumerate(inside, 1)]
            if is_last:
                break
            self.number += length
            lines = lines[length:]
        self._open = "\n".join(lines)
        return shown


def typeset_text(text: str) -> str:
    """Lines of text -> one paragraph of HTML a line, or a block."""
    typesetter = LineTypesetter()
    lines = {line.number: line for line in [*typesetter.add(normalize_text(text)), *typesetter.end()]}
    return "".join(
        line.html if _BLOCK.match(line.html) else f"<p>{line.html}</p>" for line in lines.values() if not line.is_inside
    )


def typeset_line(text: str) -> str:
    """One line of text -> safe HTML."""
    return inline(normalize_text(text).replace("\n", " "))


def _block_length(lines: list[str]) -> int:
    """How many lines the block has that begins with the first of them; all of them where it may go on."""
    if closer := _closer(lines[0]):
        for place, line in enumerate(lines[1:_MOST_LINES], 1):
            if closer in line:
                return place + 1
            if not line.strip() and place + 1 < len(lines):
                return 1  # never closed: a line like any other
        return len(lines) if len(lines) < _MOST_LINES else 1
    for belongs in (_is_row, _is_column):
        if belongs(lines[0]):
            length = next((place for place, line in enumerate(lines) if not belongs(line)), len(lines))
            is_open = length == len(lines) - 1 and not lines[-1].strip()  # of the next line nothing is written yet
            return len(lines) if is_open else length
    return 1


def _closer(line: str) -> str:
    r"""What ends the block that a line begins: `$$`, `\]`, `\end{..}` or three backticks; empty where it begins none."""
    line = line.strip()
    if line == "$" or (line.startswith("$$") and "$$" not in line[2:]):
        return line[:2]  # of a normalised text it is one dollar
    if line.startswith(r"\[") and r"\]" not in line:
        return r"\]"
    if line.startswith("```"):
        return "```"
    begin = _BEGIN.match(line)
    return rf"\end{{{begin[1]}}}" if begin and rf"\end{{{begin[1]}}}" not in line else ""


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _is_column(line: str) -> bool:
    return bool(line.strip()) and _COLUMN.fullmatch(line) is not None


def _typeset_block(lines: list[str], unfinished: bool) -> list[str]:
    """The HTML of each line of one block."""
    nothing = [""] * (len(lines) - 1)
    if closer := _closer(lines[0]):
        if closer in "".join(lines[1:]):
            return [_displayed(lines), *nothing]
        return ["", *nothing] if unfinished else [_typeset_single(line) for line in lines]
    if _is_row(lines[0]):
        table = block("\n".join(normalize_text(line) for line in lines if line))
        if table.startswith("<table"):
            return [f'<div class="table">{table}</div>', *nothing]
    elif _is_column(lines[0]) and len(lines) > 2 and any(_RULE.fullmatch(line.strip()) for line in lines):
        return [_column(lines), *nothing]
    *finished, last = lines
    return [*map(_typeset_single, finished), _typeset_single(_without_open_formula(last) if unfinished else last)]


def _typeset_single(line: str) -> str:
    text = normalize_text(line).replace("\n", " ")
    if re.fullmatch(r"\$[^$]+\$", text) and line.strip().startswith(("$$", r"\[")):
        return f'<div class="display">{mathml(text[1:-1])}</div>'
    if re.fullmatch(r"-{3,}|\*{3,}", text):
        return "<hr>"
    return inline(text) if _SIGNED.match(text) else block(text)


def _displayed(lines: list[str]) -> str:
    if lines[0].lstrip().startswith("```"):
        inside = [line for line in lines if not line.lstrip().startswith("```")]
        return _as_written(inside)
    latex = " ".join(lines).strip()
    if not latex.startswith(r"\begin"):
        latex = re.sub(r"^(?:\$\$?|\\\[)|(?:\$\$?|\\\])[ .]*$", "", latex)
    return f'<div class="display">{mathml(latex.strip())}</div>'


def _column(lines: list[str]) -> str:
    """A sum written in columns: digits under digits, signs in front, the rule as wide as all of it."""
    rows = [re.fullmatch(r"\s*([-+−×x:]?)\s*([\d ,.]*)\s*", line) for line in lines]
    width = max((len(row[2].rstrip()) for row in rows if row), default=0)
    signs = {"-": "−", "x": "×"}
    drawn = ["─" * (width + 2) if row is None else f"{signs.get(row[1], row[1]):2}{row[2].rstrip():>{width}}" for row in rows]
    return _as_written(drawn)


def _as_written(lines: list[str]) -> str:
    text = escape("\n".join(lines), quote=False)
    return f'<pre class="column">{text}</pre>'


def _without_open_formula(text: str) -> str:
    return text.rpartition("$")[0] if text.count("$") % 2 else text
