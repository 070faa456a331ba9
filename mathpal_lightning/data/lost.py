r"""What a text lost before it was read: the backslash of a LaTeX command, an equation, its letters. Such rows are refused.

"\frac" with one backslash is a form feed and "rac" in JSON and in Python; an equation of Word's leaves U+FFFC, and a program
that has no Vietnamese letters writes "M?t c?a hàng".
"""

from __future__ import annotations

import re

from mathpal_lightning.data.legacy import MODERN
from mathpal_lightning.text.symbols import SYMBOLS, without_bullets

_COMMANDS = {
    "\t": r"imes|ext(?:bf|it|rm)?|frac|heta|riangle|ilde|herefore|an(?= ?(?:[\\({^]|[a-zA-Z]\b))|o(?= ?(?:[-+]?\d|[-+]?\\|∞))",
    "\n": r"eq|eg|otin|abla|leq|geq|subset|ewline|(?<=[ a-zA-Z)}]\n)e(?= ?(?:-?\d|\\))|ot(?= ?[\\={<>|])",
    "\r": r"ight(?:arrow)?|angle|(?<=\{\r)m|ho(?= ?[=^_}])",
    "\f": r"rac|orall|box|lat",
    "\v": r"ec|ert|arphi|ar(?=[a-z])|dots",
    "\b": r"eta|ar|egin|inom|ox(?:ed)?|ullet|mod|ig|ot|ecause|oldsymbol|f",
    "\a": r"lpha|ngle|pprox|st",
}
"""Escape -> what is left of the commands that begin with it. What could be a word of Vietnamese needs mathematics behind it."""
_BACKSLASH = re.compile("|".join(rf"{re.escape(escape)}(?:{rest})(?![a-zA-Z])" for escape, rest in _COMMANDS.items()))
_ESCAPES = dict(zip("\t\n\r\f\v\b\a", "tnrfvba", strict=True))
_PRIVATE = "".join(chr(code) for code in range(0xE000, 0xF900) if chr(code) not in SYMBOLS)
_STRANGE = re.compile(f"[\x01-\x08\x0e-\x1b\x7f\ud800-\udfff{_PRIVATE}\ufffc\ufffd]")
"""Control characters, half surrogate pairs, private signs that nobody knows, what stands for an object or a lost character."""
_LINEAR = re.compile(r"[〖〗]|[█■]\([^()\n]{0,200}[@&]|[∑∏∫][^\n▒]{0,60}▒")
"""What Word writes for an equation that is pasted as text: `█(x+y=5@x-y=1)`, `∑_(i=1)^n▒i`."""
_QUESTIONED = re.compile(r"\?(?<=[^\W\d_]\?)(?=[^\W\d_A-Z])")


def loss_of(text: str) -> str:
    r"""What a text lost, for its refusal; empty where nothing is missed.

    >>> loss_of("T\u00ednh $\frac{1}{2}$")
    '\\frac with a single backslash, which JSON and Python read as another sign: write \\\\frac'
    >>> loss_of("So s\u00e1nh: 1/2 ? 1/3")
    ''
    """
    if lost := _BACKSLASH.search(text):
        command = f"\\{_ESCAPES[lost[0][0]]}{lost[0][1:]}"
        return f"{command} with a single backslash, which JSON and Python read as another sign: write \\{command}"
    if found := _STRANGE.search(without_bullets(text)):
        return _what_stands_for(found[0])
    if found := _LINEAR.search(text):
        return f"an equation of Word's that became {found[0][:40]!r}: write it as text"
    if "?" in text and MODERN.search(text) is None and 5 * _questioned(text) >= len(text.split()):
        return 'a "?" in the place of letters, lost in an earlier conversion'
    return ""


def _what_stands_for(sign: str) -> str:
    if sign == "\ufffd" or "\ud800" <= sign <= "\udfff":
        return "not UTF-8, or a character lost in an earlier conversion (U+FFFD)"
    if sign < " " or sign == "\x7f":
        return f"the control character U+{ord(sign):04X}, where a program had something else"
    return f"U+{ord(sign):04X} in the place of an equation, a picture or a sign of another font: write it as text"


def _questioned(text: str) -> int:
    """How many question marks stand inside of words; a single one is nothing."""
    count = len(_QUESTIONED.findall(text))
    return count if count > 1 else 0
