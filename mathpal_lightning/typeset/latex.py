r"""LaTeX as chat models write it -> LaTeX that latex2mathml reads whole: thousands, units, Vietnamese words, rows."""

from __future__ import annotations

import re
from collections.abc import Callable

ROWS = ("aligned", "align", "align*", "alignat", "split", "eqnarray", "eqnarray*", "gather", "gather*", "gathered", "equation")
"""Environments of rows that latex2mathml would write one behind the other, or not at all."""
ENVIRONMENTS = (*ROWS, "equation*", "array", "cases", "matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix")
"""Environments that may stand without dollars."""
_ENDS = re.compile(r"\\(begin|end)\{(?:" + "|".join(map(re.escape, (*ROWS, "equation*"))) + r")\}(?:\{\d+\})?")
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
_UPRIGHT = re.compile(r"(\\(?:text[a-z]*|mathrm|mbox)\{[^{}]*\})")
_LETTER, _ACCENTED = r"[^\W\d_]", r"[^\W\d_a-zA-Zα-ωΑ-Ω]"
_VIETNAMESE = re.compile(_ACCENTED)
_RUN = re.compile(
    rf"(?:(?<=[\w)}}]) )?(?<![\\\w])(?:{_LETTER}{{2,}}|{_ACCENTED})"
    rf"(?:(?: {_LETTER}+)* (?:{_LETTER}{{2,}}|{_ACCENTED}))?(?!\w)(?: (?=[\da-zA-Z(]))?"
)
"""Words with single spaces; a letter alone at either end is a variable."""
_WORDS = {
    r"\not=": r"\neq ",
    r"\ ": r"\;",
    r"\degree": r"^\circ ",
    r"\wideparen": r"\overset{\frown}",
    r"\overparen": r"\overset{\frown}",
    r"\overarc": r"\overset{\frown}",
    r"\implies": r"\Rightarrow ",
    r"\iff": r"\Leftrightarrow ",
    r"\Longrightarrow": r"\Rightarrow ",
    r"\Longleftrightarrow": r"\Leftrightarrow ",
    r"\leqslant": r"\leq ",
    r"\geqslant": r"\geq ",
    r"\nonumber": "",
    r"\notag": "",
    r"\limits": "",
}
_PATTERNS = [re.escape(word) + r"(?![a-zA-Z])" * word[-1].isalpha() for word in sorted(_WORDS, key=len, reverse=True)]
_WORD = re.compile(r"(?<!\\)(?:" + "|".join(_PATTERNS) + ")")


def prepared(latex: str) -> str:
    r"""Give latex2mathml what it would lose or slant.

    >>> prepared(r"\begin{aligned} x &= 54 000 \\ y &= 3cm \end{aligned}")
    '\\begin{array}{rl} x &= 54\\,000 \\\\ y &= 3\\text{cm} \\end{array}'
    """
    latex = _WORD.sub(lambda match: _WORDS[match[0]], latex)
    latex = re.sub(r"\\(?:tag|label)\{([^{}]*)\}", "", latex)
    latex = re.sub(r"\\operatorname\*? ?\{([^{}]*)\}", r"\\text{\1}", latex)
    latex = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", r"\\,", _with_rows(latex))
    latex = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", latex)
    return _between_texts(_units_upright, _between_texts(_words_upright, latex))


def _between_texts(change: Callable[[str], str], latex: str) -> str:
    return "".join(part if place % 2 else change(part) for place, part in enumerate(_UPRIGHT.split(latex)))


def _units_upright(latex: str) -> str:
    """Units are no products of variables."""
    return re.sub(r"(?<![\\a-zA-Z{])(mm|cm|dm|km|kg|mg|ml|ha)(?![a-zA-Z])", r"\\text{\1}", latex)


def _words_upright(latex: str) -> str:
    """Vietnamese words are no products of variables either; their neighbours belong to them (`số học sinh`)."""
    return _RUN.sub(lambda match: rf"\text{{{match[0]}}}" if _VIETNAMESE.search(match[0]) else match[0], latex)


def _with_rows(latex: str) -> str:
    """Rows under each other become an array, in an environment of rows or without any."""
    if _ENDS.search(latex):
        latex = _ENDS.sub(lambda match: r"\begin{array}{rl}" if match[1] == "begin" else r"\end{array}", latex)
    elif _ROW_END.search(latex) and r"\begin" not in latex:
        latex = rf"\begin{{array}}{{l}} {latex} \end{{array}}"
    latex = re.sub(r"\\\\(\[[^\]]*\])", r"\\\\ ", latex)
    return re.sub(r"\\\\ *(?=\\end\{)", "", latex)
