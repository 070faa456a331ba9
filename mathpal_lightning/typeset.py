r"""A line of a solution -> HTML with typeset mathematics: LaTeX and plain fractions as MathML, powers raised, text escaped.

    "Vậy x = 2 3/4 cm^2, tức $\frac{11}{4}$"   ->   "Vậy x = <math>..</math> cm<sup>2</sup>, tức <math>..</math>"

A browser typesets MathML itself, so nothing is loaded from anywhere. What the model wrote is text and stays text: every
character is escaped here, once, and of LaTeX only elements and attributes named below pass. latex2mathml's own string is
never used, since it writes the inside of `\text{...}` unescaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import NamedTuple
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from mathpal_lightning.text import normalize_text, plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER

_LONGEST_FORMULA = 2_000
_ELEMENTS = {
    "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup", "mover", "munder",
    "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom",
}  # fmt: skip
_ATTRIBUTES = {"stretchy", "fence", "form", "accent", "displaystyle", "scriptlevel", "mathvariant", "width", "linethickness"}
_DRAWN_AROUND = {"box": "box", "updiagonalstrike": "strike", "downdiagonalstrike": "strike", "horizontalstrike": "strike"}
"""`menclose` is not in MathML Core: a class of the style sheet draws the frame of \\boxed and the stroke of \\cancel."""
_BAR = "\u2015"  # what latex2mathml sets over \overline; fonts do not stretch it, the style sheet draws it

_RELATIONS = set("=≠≈<>≤≥⇒⇔→")

_FORMULA = re.compile(r"\$([^$]+)\$")
_COMMAND = re.compile(r"\\[a-zA-Z]{2}|\\frac")
_ANSWER = re.compile(r"(?:\*\*)?(?:đáp số|đáp án|kết quả)\b", re.IGNORECASE)
_NUMBER = rf"(?<![\w.,/]){PLAIN_NUMBER}"
_NOT_A_FRACTION = r"(?<!ngày )(?<!tháng )(?<!lớp )(?<!Ngày )(?<!Tháng )(?<!Lớp )"
_PLAIN = re.compile(
    rf"\*\*(?P<bold>[^*]+)\*\*"
    rf"|{_NOT_A_FRACTION}(?<![\w.,/])(?P<whole>\d{{1,3}}) (?P<part>\d{{1,2}})/(?P<parts>\d{{1,3}})(?![\w/]|[.,]\d)"
    rf"|{_NOT_A_FRACTION}(?P<top>{_NUMBER}) ?/ ?(?P<bottom>{PLAIN_NUMBER})(?![\w/]|[.,]\d)"
    rf"|√(?:(?P<root>\d+(?:,\d+)?|[a-zA-Z](?!\w))|\((?P<rooted>[^()]+)\))"
    rf"|\^(?:(?P<raised>\d+|[a-z](?!\w))|\{{(?P<raised_group>[^{{}}]+)\}}|\((?P<raised_bracket>[^()]+)\))"
    rf"|(?<=[a-zA-Z])_(?:(?P<lowered>\d+|[a-z](?!\w))|\{{(?P<lowered_group>[^{{}}]+)\}})"
    rf"|(?P<minus>(?<=[\w)%] )-(?= [\w(√])|(?<![\w)%])-(?=\d))"
    rf"|(?P<times>(?<=[\d)%]) [xX*] (?=[\w(√])|(?<=[\w)]) [xX*] (?=[\d(√])|(?<=\d)[xX*](?=\d))"
    rf"|(?P<compared>[<>]=|=>)"
    rf"|(?P<thousands>(?<=\d) (?=\d{{3}}(?!\d)))"
)
_COMPARED = {"<=": "≤", ">=": "≥", "=>": "⇒"}


class Line(NamedTuple):
    """One line of a solution, ready for a page."""

    number: int
    html: str
    is_answer: bool
    text: str
    """As the model wrote it."""


@dataclass(slots=True)
class LineTypesetter:
    r"""Typesets a text that arrives in pieces, line by line.

    A formula that has begun and not ended is held back, so that a reader never sees half a `\frac{3`.
    """

    number: int = 0
    _tail: str = ""

    def add(self, piece: str) -> list[Line]:
        """Take the next piece; returns the lines that it changed, the unfinished one last."""
        *finished, self._tail = (self._tail + piece).split("\n")
        lines = [_line(self.number + index, text) for index, text in enumerate(finished)]
        self.number += len(finished)
        return [*lines, _line(self.number, _without_open_formula(self._tail))]

    def end(self) -> Line:
        """The last line as it stands, an unclosed formula too."""
        return _line(self.number, self._tail)


def typeset_text(text: str) -> str:
    """Lines of text -> one paragraph of HTML a line."""
    return "".join(f"<p>{typeset_line(line)}</p>" for line in normalize_text(text).split("\n"))


def typeset_line(text: str) -> str:
    """One line of text -> safe HTML."""
    pieces = _FORMULA.split(normalize_text(text).replace("\n", " "))
    return "".join(mathml(piece) if index % 2 else _plain(piece) for index, piece in enumerate(pieces))


def mathml(latex: str) -> str:
    r"""A formula without its `$` -> a `<math>` element; what cannot be read comes back as text.

    Decimal commas, thousands and units keep their form: `2,5`, `54 000`, `cm` upright. Before each relation outside brackets
    and fractions a new element begins: a browser breaks a line between formulas only, and a telephone is narrow.
    """
    try:
        if len(latex) > _LONGEST_FORMULA:
            raise ValueError(len(latex))
        (row,) = convert_to_element(_prepared(latex))
        parts = [""]
        for child in row:
            if child.tag == "mo" and unescape(child.text or "") in _RELATIONS:
                parts.append("")
            parts[-1] += _element(child)
    except Exception:  # what the library cannot read is a dozen classes without a common one, IndexError or RecursionError
        return f'<code class="latex">{escape(latex, quote=False)}</code>'
    return "".join(f"<math>{_numbers_whole(part)}</math>" for part in parts if part)


def _line(number: int, text: str) -> Line:
    return Line(number, typeset_line(text), _ANSWER.match(text.strip()) is not None, text)


def _without_open_formula(text: str) -> str:
    return text.rpartition("$")[0] if text.count("$") % 2 else text


def _prepared(latex: str) -> str:
    """Give latex2mathml what it would lose or slant: thousands, units, Vietnamese words."""
    latex = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", r"\\,", latex)
    latex = re.sub(r"(?<![\\a-zA-Z{])(mm|cm|dm|km|kg|mg|ml|ha)(?![a-zA-Z])", r"\\text{\1}", latex)
    return re.sub(r"(?<![\\{\w])(?=\w*[^\W\d_a-zA-Zα-ωΑ-Ω])[^\W\d_]{2,}", r"\\text{\g<0>}", latex)


def _element(element: Element) -> str:
    """Write one element with its children; of an unknown one only the children."""
    text = escape(unescape(element.text or ""), quote=False)
    inside = text + "".join(_element(child) for child in element)
    name = element.tag
    if name == "menclose":
        drawn = " ".join(_DRAWN_AROUND[word] for word in element.get("notation", "").split() if word in _DRAWN_AROUND)
        return f'<mrow class="{drawn}">{inside}</mrow>'
    if name == "mover" and len(element) == 2 and unescape(element[1].text or "") == _BAR:
        return f'<mrow class="overline">{_element(element[0])}</mrow>'
    if name not in _ELEMENTS:
        return f"<mrow>{inside}</mrow>"
    if name == "mi" and text in (":", "&amp;", "%"):
        name = "mo"
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items() if key in _ATTRIBUTES)
    return f"<{name}{attributes}>{inside}</{name}>"


def _numbers_whole(markup: str) -> str:
    """Join what latex2mathml takes apart: `2`, `,`, `5` is one number, and so are `54` and `000` around a thin space."""
    markup = re.sub(r"(\d)</mn><mo>,</mo><mn>(?=\d)", r"\1,", markup)
    return re.sub(r"(?<=\d)</mn><mspace[^>]*></mspace><mn>(?=\d{3})", "\u202f", markup)


def _plain(text: str) -> str:
    """Text outside formulas: LaTeX that stands there is written out first, as `evaluation` reads it."""
    if _COMMAND.search(text):
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
            return f"<strong>{_plain(match['bold'])}</strong>"
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
