"""Text outside formulas -> HTML: plain fractions as MathML, powers raised, signs of mathematics in their proper form."""

from __future__ import annotations

import re
from html import escape

from mathpal_lightning.text import plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER

_COMMAND = re.compile(r"\\[a-zA-Z]{2}|\\frac")
_NUMBER = rf"(?<![\w.,/]){PLAIN_NUMBER}"
_NOT_A_FRACTION = r"(?<!ngày )(?<!tháng )(?<!lớp )(?<!Ngày )(?<!Tháng )(?<!Lớp )"
_LABEL = r"\A\d{1,2}/ (?=\d)"
"""`1/ 25 + 17`: the first exercise of a notebook, and no fraction."""
_PLAIN = re.compile(
    rf"\*\*(?P<bold>[^*]+)\*\*"
    rf"|{_NOT_A_FRACTION}(?<![\w.,/])(?P<whole>\d{{1,3}}) (?P<part>\d{{1,2}})/(?P<parts>\d{{1,3}})(?![\w/]|[.,]\d)"
    rf"|{_NOT_A_FRACTION}(?!{_LABEL})(?P<top>{_NUMBER}) ?/ ?(?P<bottom>{PLAIN_NUMBER})(?![\w/]|[.,]\d)"
    rf"|√(?:(?P<root>\d+(?:,\d+)?|[a-zA-Z](?!\w))|\((?P<rooted>[^()]+)\))"
    rf"|\^(?:(?P<raised>\d+|[a-z](?!\w))|\{{(?P<raised_group>[^{{}}]+)\}}|\((?P<raised_bracket>[^()]+)\))"
    rf"|(?<=[a-zA-Z])_(?:(?P<lowered>\d+|[a-z](?!\w))|\{{(?P<lowered_group>[^{{}}]+)\}})"
    rf"|(?P<minus>(?<=[\w)%] )-(?= [\w(√])|(?<![\w)%])-(?=\d))"
    rf"|(?P<times>(?<=[\d)%]) [xX*] (?=[\w(√])|(?<=[\w)]) [xX*] (?=[\d(√])|(?<=\d)[xX*](?=\d))"
    rf"|(?P<compared>[<>]=|=>)"
    rf"|(?P<thousands>(?<=\d) (?=\d{{3}}(?!\d)))"
)
_COMPARED = {"<=": "≤", ">=": "≥", "=>": "⇒"}


def plain(text: str) -> str:
    """Text outside formulas: LaTeX that stands there is written out first, as `evaluation` reads it, unless a brace is open."""
    if _COMMAND.search(text) and text.count("{") == text.count("}"):
        before, after = " " * text.startswith(" "), " " * text.endswith(" ")
        text = before + plain_text(text) + after
    pieces, end = [], 0
    for match in _PLAIN.finditer(text):
        pieces += [escape(text[end : match.start()], quote=False), _plain_match(match)]
        end = match.end()
    return "".join([*pieces, escape(text[end:], quote=False)])


def _plain_match(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    found = escape(match[kind], quote=False)
    match kind:
        case "bold":
            return f"<strong>{plain(match['bold'])}</strong>"
        case "parts":
            return f"<math><mn>{match['whole']}</mn>{_fraction(match['part'], match['parts'])}</math>"
        case "bottom":
            return f"<math>{_fraction(match['top'], match['bottom'])}</math>"
        case "root" | "rooted":
            return f"<math><msqrt><mn>{found}</mn></msqrt></math>"
        case "raised" | "raised_group" | "raised_bracket":
            return f"<sup>{found.replace('-', '−')}</sup>"
        case "lowered" | "lowered_group":
            return f"<sub>{found}</sub>"
        case "times":
            return " × "
        case "compared":
            return _COMPARED[match["compared"]]
        case "minus":
            return "−"
    return "\u202f"  # thousands: a space at which no line breaks


def _fraction(top: str, bottom: str) -> str:
    return f"<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>"
