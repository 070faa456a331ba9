"""`$17` that means seventeen dollars, among `$x = 17$` that is LaTeX: both may stand in one text."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.mathematics.units import MEASURE

_AMOUNT = re.compile(
    r"\\?\$ ?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d+)?|\.\d+)(?: ?(?:đô la|đô|USD|dollars?)(?![^\W_]))?"
)
_AMOUNT_BEFORE = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d+)?) ?\$")
_FORMULA = re.compile(r"\$([^$\n]*)\$")
_MEASURED = re.compile(rf"(?:(?<=\d)|(?<=\()) ?(?i:{MEASURE})")
_PROSE = re.compile(r"(?<![\\{\w])(?![A-Z]{2,4}(?!\w))[^\W\d_]{2,}(?![}\w])")
"""A word; not the name of a segment or a figure, such as AB."""
_LATEX = re.compile(r"\\(?:frac|dfrac|sqrt|cdot|times|left|right|widehat|angle|pi)(?![a-zA-Z])|[\^_]")


def dollars_in_words(text: str) -> str:
    r"""Write `$17` as `17 đô la`, `$30,000` as `30000 đô la`; what stands between two `$` as LaTeX stays.

    A line holds amounts where the pieces between its dollar signs are no formulas: they hold words, or end in an operator
    (`$50 - $33 = $17`), or a sign is left over.
    """
    if "$" not in text:
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if "\\$" in line:
        line = re.sub(r"\\\$ ?(?=[\d.])(.*?)(?=[^\d.,]|$)", lambda amount: f"{_plain(amount[1])} đô la", line)
    if "$" not in line or "$$" in line or not _holds_amounts(line):
        return line
    line = _AMOUNT.sub(lambda amount: f"{_plain(amount[1])} đô la", line)
    return _AMOUNT_BEFORE.sub(lambda amount: f"{_plain(amount[1])} đô la", line)


def _holds_amounts(line: str) -> bool:
    if not re.search(r"\$ ?[\d.]|\d ?\$", line):
        return False
    if line.count("$") % 2:
        return True
    return any(_is_no_formula(piece[1], line[piece.end() : piece.end() + 1]) for piece in _FORMULA.finditer(line))


def _is_no_formula(piece: str, behind: str) -> bool:
    if _LATEX.search(piece):
        return False
    without_texts = re.sub(r"\\[,;:! ]", "", piece)
    without_texts = re.sub(r"\\(?:text|mathrm|textbf|operatorname|mbox) ?\{[^{}]*\}|\\[a-zA-Z]+", " ", without_texts)
    without_texts = _MEASURED.sub(" ", without_texts)
    if re.match(r"[\d.]", piece) and _PROSE.search(without_texts):
        return True
    return behind.isdigit() and re.match(r" ?\d[^\\a-zA-Z]*[-+×*/=:(] *$", piece) is not None


def _plain(amount: str) -> str:
    """`30,000` -> `30000`, `1.40` -> `1,40`: dollars are written as in English, with a comma between thousands."""
    whole, _, cents = amount.partition(".")
    whole = whole.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", whole) else whole
    return f"{whole or '0'},{cents}" if cents else whole
