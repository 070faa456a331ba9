r"""A formula in LaTeX -> MathML that browsers draw: only elements and attributes named here pass, every text is escaped.

latex2mathml's own string is never used, since it writes the inside of `\text{...}` unescaped. What it leaves to older MathML
(rules of tables, frames, alignment) becomes a class of the style sheet, because browsers know only MathML Core
(https://w3c.github.io/mathml-core/).
"""

from __future__ import annotations

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from mathpal_lightning.typeset.latex import prepared

_LONGEST_FORMULA = 2_000
_ELEMENTS = {
    "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup", "mover", "munder",
    "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom",
}  # fmt: skip
_ATTRIBUTES = {"stretchy", "fence", "form", "accent", "displaystyle", "scriptlevel", "mathvariant", "width", "linethickness"}
_DRAWN_AROUND = {"box": "box", "updiagonalstrike": "strike", "downdiagonalstrike": "strike", "horizontalstrike": "strike"}
"""`menclose` is not in MathML Core: a class of the style sheet draws the frame of \\boxed and the stroke of \\cancel."""
_BAR = "\u2015"  # what latex2mathml sets over \overline; fonts do not stretch it
_DRAWN_OVER = {"→": "arrow", "←": "arrow backward", _BAR: "overline"}
"""Signs over a base that the style sheet draws: browsers leave an arrow of the maths font short, or lose its head."""
_STRETCHED = {"^": "\u0302", "⌢": "\u23dc", "~": "\u0303", "⏞": "⏞"}
"""Signs over a base, as the maths font stretches them."""
_ALIGNED = {"left": "left", "right": "right"}

_SIGNS = {":": ":", "&amp;": "&amp;", "%": "%", ";": ";", "~": "∼", "⟂": "⟂"}
"""What latex2mathml takes for variables."""

_RELATIONS = set("=≠≈<>≤≥⇒⇔→")


def mathml(latex: str) -> str:
    r"""A formula without its `$` -> a `<math>` element; what cannot be read comes back as text.

    Decimal commas, thousands and units keep their form: `2,5`, `54 000`, `cm` upright. Before each relation outside brackets
    and fractions a new element begins: a browser breaks a line between formulas only, and a telephone is narrow.
    """
    as_text = f'<code class="latex">{escape(latex, quote=False)}</code>'
    if len(latex) > _LONGEST_FORMULA:
        return as_text
    try:
        (row,) = convert_to_element(prepared(latex))
        parts = [""]
        for child in row:
            if child.tag == "mo" and unescape(child.text or "") in _RELATIONS:
                parts.append("")
            parts[-1] += _element(child)
    except Exception:  # what the library cannot read is a dozen classes without a common one, IndexError or RecursionError
        return as_text
    return "".join(f"<math>{_numbers_whole(part)}</math>" for part in parts if part)


def _element(element: Element) -> str:
    """Write one element with its children; of an unknown one only the children."""
    text = escape(unescape(element.text or ""), quote=False)
    inside = text + "".join(_element(child) for child in element)
    name = element.tag
    if name == "menclose":
        drawn = " ".join(_DRAWN_AROUND[word] for word in element.get("notation", "").split() if word in _DRAWN_AROUND)
        return f'<mrow class="{drawn}">{inside}</mrow>'
    if name == "mover" and len(element) == 2:
        return _over(element[0], "".join(element[1].itertext()))
    if name == "mtable":
        return f"<mtable>{_rows(element)}</mtable>"
    if name not in _ELEMENTS:
        return f"<mrow>{inside}</mrow>"
    if name == "mi" and text in _SIGNS:
        name, inside = "mo", _SIGNS[text]
    if name == "mo" and text == ":":
        return '<mo lspace=".22em" rspace=".22em">:</mo>'  # a division here, and no punctuation
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items() if key in _ATTRIBUTES)
    return f"<{name}{attributes}>{inside}</{name}>"


def _over(base: Element, sign: str) -> str:
    """Something over a base; a hat, an arc and an arrow are as wide as the base."""
    sign = unescape(sign)
    if sign in _DRAWN_OVER:
        return f'<mrow class="{_DRAWN_OVER[sign]}">{_element(base)}</mrow>'
    if sign in _STRETCHED:
        return f'<mover>{_element(base)}<mo stretchy="true">{_STRETCHED[sign]}</mo></mover>'
    return f"<mover>{_element(base)}<mo>{escape(sign, quote=False)}</mo></mover>"


def _rows(table: Element) -> str:
    """The rows of a table; a rule below a row and the alignment of a cell are classes."""
    rules = table.get("rowlines", "none").split()
    rows = []
    for number, row in enumerate(table):
        ruled = " ruled" * (rules[min(number, len(rules) - 1)] == "solid" and number + 1 < len(table))
        cells = []
        for cell in row:
            kind = f"{_ALIGNED.get(cell.get('columnalign', ''), '')}{ruled}".strip()
            inside = "".join(map(_element, cell))
            cells.append(f'<mtd class="{kind}">{inside}</mtd>' if kind else f"<mtd>{inside}</mtd>")
        rows.append(f"<mtr>{''.join(cells)}</mtr>")
    return "".join(rows)


def _numbers_whole(markup: str) -> str:
    """Join what latex2mathml takes apart: `2`, `,`, `5` is one number, and so are `54` and `000` around a thin space."""
    markup = re.sub(r"(\d)</mn><mo>,</mo><mn>(?=\d)", r"\1,", markup)
    return re.sub(r"(?<=\d)</mn><mspace[^>]*></mspace><mn>(?=\d{3})", "\u202f", markup)
