r"""Mathematical text -> plain lines: LaTeX and markdown are written out, so that the rules of evaluation can read them.

    "**Vậy** $x = 2\frac{{3}}{4} \times 5$ cm$^2$"   ->   "Vậy x = 2 3/4 × 5 cm^2"

Only evaluation reads this form. The text that a model is trained on comes from `normalize_text`.
"""

from __future__ import annotations

import re

from mathpal_lightning.text.markup import PICTURE
from mathpal_lightning.text.normalize import normalize_text

BOX_OPEN, BOX_CLOSE = "⟦", "⟧"
r"""What `\boxed{...}` becomes."""

_SET_OPEN, _SET_CLOSE = "\ue000", "\ue001"
r"""Stand for `\{` and `\}` while the braces of LaTeX's groups are removed."""
_SET = re.compile(r"(?:(?<=[=∈∪∩] )|(?<=[=∈∪∩])|(?m:^)|(?<=: ))\{([^{}\n]*[;,|][^{}\n]*)\}(?!\{)")

_DEPTH = 12
_COMMANDS = {
    "times": " × ", "cdot": " × ", "div": " : ", "approx": " ≈ ", "simeq": " ≈ ", "Rightarrow": " ⇒ ", "Leftrightarrow": " ⇔ ",
    "rightarrow": " → ", "to": " → ", "implies": " ⇒ ", "le": " ≤ ", "leq": " ≤ ", "ge": " ≥ ", "geq": " ≥ ", "lt": " < ",
    "gt": " > ", "ne": " ≠ ", "neq": " ≠ ", "pi": "π", "circ": "°", "degree": "°", "dots": "...", "ldots": "...",
    "cdots": "...", "left": "", "right": "", "displaystyle": "", "limits": "", "vdots": " ⋮ ", "pm": " ± ", "angle": "∠",
    "widehat": "∠", "triangle": "tam giác ", "lbrace": "{", "rbrace": "}", "in": " ∈ ", "cup": " ∪ ", "quad": " ",
    "cap": " ∩ ", "infty": "∞", "varnothing": "∅", "emptyset": "∅", "leqslant": " ≤ ", "geqslant": " ≥ ",
    "longrightarrow": " → ",
    "mathbb": "", "setminus": " \\ ", "notin": " ∉ ", "perp": " ⊥ ", "Delta": "Δ", "Leftarrow": " ⇐ ", "qquad": " ", "star": "",
    "forall": " ∀ ", "alpha": "α", "beta": "β", "sin": "sin ", "cos": "cos ", "tan": "tan ", "cot": "cot ", "ln": "ln ",
    "log": "log", "mid": " | ", "iff": " ⇔ ", "min": "min ", "max": "max ", "lim": "lim ", "colon": ": ", "exists": " ∃ ",
}  # fmt: skip
_NUMBER_SETS = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ"}
_WRAPPERS = "text|textbf|textit|mathrm|mathbf|mathit|mathop|operatorname|overline|underline|hat|bar|vec|textrm|mbox|rm"
_PARTS_IN_LINE = re.compile(r"[ \\;]+(?=[b-h]\) )")
MAX_PARTS = 12
"""Parts a) b) c) of one line that get lines of their own."""
_SIMPLE = re.compile(r"[\w.,]+")


def plain_text(text: str) -> str:
    r"""Normalise a text and write its LaTeX and markdown out on plain lines.

    Fractions become `a/b` or `(a)/(b)`, mixed numbers `2 3/4`, roots `√(13)`, `\boxed{5}` becomes `⟦5⟧`, and an `x` that means
    times becomes `×`. Pictures, bold marks and the marks of headings are removed. Braces nested deeper than 12 stay.
    """
    text = (
        normalize_text(text)
        .replace(BOX_OPEN, "")
        .replace(BOX_CLOSE, "")
        .replace(_SET_OPEN, "")
        .replace(_SET_CLOSE, "")
        .replace("$", "")
        .replace(PICTURE, "")
    )
    text = _SET.sub(rf"{_SET_OPEN}\1{_SET_CLOSE}", text.replace("\\{", _SET_OPEN).replace("\\}", _SET_CLOSE))
    text = _write_out_latex(text).replace(_SET_OPEN, "{").replace(_SET_CLOSE, "}").replace("’", "'").replace("′", "'")
    text = _raised_degrees(text)
    text = re.sub(r"\*\*|__|`|(?m:^#+ ?)|(?m:^[*•+-] (?=[^\d\s]))", "", text)
    text = _times_signs(text)
    text = re.sub(r"(?<=°) (?=[.,;:)])", "", re.sub(r" {2,}", " ", text))
    lines = (
        _PARTS_IN_LINE.sub("\n", line, count=MAX_PARTS) if re.match(r"[a-h]\) ", line.strip()) else line
        for line in text.split("\n")
    )
    return "\n".join(line.strip() for line in lines)


_ANGLE = re.compile(r"∠|(?i:góc)(?!\w)|(?<!\w)(?:sin|cos|tan|cot)(?!\w)")
_DEGREES = re.compile(r"(?<![\w^.,])(\d{1,3}(?:[.,]\d{1,2})?) ?\^ ?\(?([0oO])\)?(?![^\W_]|\^)")


def _raised_degrees(text: str) -> str:
    """`80^0` and `80^o` are 80 degrees. Where no angle is spoken of, powers stay: 10^0, 5^0, 12^0 = 1."""
    of_angles = _ANGLE.search(text) is not None

    def degrees(match: re.Match[str]) -> str:
        power = match[2] == "0" and (
            match[1] in ("10", "100") or len(match[1]) == 1 or re.match(r"\s*=\s*1(?![\d.,°])", text[match.end() :])
        )
        return match[0] if power and not of_angles else f"{match[1]}°"

    return _DEGREES.sub(degrees, text)


_SYSTEM = re.compile(r"\\begin\{(cases|array)\}(?:\{[lcr| ]{1,8}\})?(.{0,400}?)\\end\{\1\}", re.DOTALL)
"""The equations of a system stand side by side, with a semicolon between them."""


_SYSTEM_END = r"\s*\\\\(?:\[\w{1,6}\])?\s*|\n+"


def _equations(system: re.Match[str]) -> str:
    """The equations of a system side by side; the steps of an array without a brace or bracket before it, a line each."""
    is_system = system[1] == "cases" or re.search(
        r"(?:\\\{|[\[{\ue000]) ?$|\\left ?.{1,4}$", system.string[max(0, system.start() - 12) : system.start()]
    )
    return " " + re.sub(_SYSTEM_END, " ; " if is_system else "\n", system[2].strip())


def _write_out_latex(text: str) -> str:
    if "\\" not in text and "{" not in text:
        return text
    text = re.sub(r"\\lim ?(?:\\limits)? ?_ ?(?:\{[^{}]*\}|\w)", " lim ", text).replace("~\\", " \\")
    text = _SYSTEM.sub(_equations, text)
    text = text.replace("\\%", "%").replace("\\\\", "\n").replace("&=", "=").replace("{,}", ",").replace("{.}", ".")
    text = re.sub(
        r"\\mathbb ?\{ ?([A-Z]) ?\}|\\mathbb ([A-Z])", lambda name: _NUMBER_SETS.get(name[1] or name[2], name[0]), text
    )
    text = re.sub(r"\\(?:begin|end)\{[a-z*]{1,12}\}(?:\{[lcr|]{1,8}\})?", " ", text)
    text = re.sub(r"\\(?:left|right|[bB]igg?[lrm]?) ?\.?(?=[^a-zA-Z])", "", text)
    text = re.sub(r"\\pi ?(?=\\(?:text|mathrm) ?\{)", "π ", text)
    text = re.sub(r"\^ ?(?:\{ ?\\circ ?\}|\\circ)", "° ", text)
    text = re.sub(r"\\frac ?(\d) ?(\d|[a-z](?![a-z]))", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\frac ?(\\pi|[a-z\d]) ?(?=\{)", r"\\frac{\1}", text)
    text = re.sub(r"\\frac ?(\\pi) ?(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\frac ?(\d|(?<= )[a-zA-Z]) ?([a-zA-Z\d])", r"\\frac{\1}{\2}", text)
    text = re.sub(r"(\\frac ?\{[^{}]{1,60}\}) ?([a-zA-Z\d])", r"\1{\2}", text)
    text = re.sub(r"\\boxed ?(-?\d+(?:[.,/]\d+)*|[a-zA-Z](?![a-zA-Z]))", r"\\boxed{\1}", text)
    text = re.sub(r"\\(?:wide)?hat ?([A-Z])(?![a-zA-Z])", r"∠\1", text)
    text = re.sub(r"\\log ?_ ?(10(?= ?[({a-z])|\d)(?=\w)", r"\\log_{\1}", text)  # as LaTeX reads it, `\log_25` is of base 2
    for _ in range(_DEPTH):
        before = text
        text = re.sub(rf"\\(?:{_WRAPPERS}) ?\{{([^{{}}]*)\}}", r"\1", text)
        text = re.sub(r"([\^_])\{ ?([^{}]*?) ?\}(?=([^\W_])?)", _script, text)
        text = re.sub(r"(\d ?)?\\frac ?\{ ?([^{}]*?) ?\} ?\{ ?([^{}]*?) ?\}(?=([^\W\d_])?)", _fraction, text)
        text = re.sub(r"\\(sin|cos|tan|cot|ln|log) ?\{ ?([^{}]*?) ?\}", r"\\\1 (\2)", text)
        text = re.sub(r"\\widehat ?\{ ?([^{}]*?) ?\}", r"∠\1", text)
        text = re.sub(r"\\sqrt ?\{ ?([^{}]*?) ?\}", r"√(\1)", text)
        text = re.sub(r"\\sqrt ?(\d+|[a-zA-Z](?![a-zA-Z]))", r"√\1", text)
        text = re.sub(r"\\sqrt ?\[ ?(\d{1,2}) ?\] ?\{ ?([^{}]*?) ?\}", r"√[\1](\2)", text)
        text = re.sub(r"\\(?:boxed|fbox) ?\{ ?([^{}]*?) ?\}", rf"{BOX_OPEN}\1{BOX_CLOSE}", text)
        text = re.sub(r"(?<![a-zA-Z}^_])( ?)\{([^{}]*)\}(?! ?\{)", r"\1\2", text)
        if text == before:
            break
    text = re.sub(r"(?<![a-zA-Z}\\])[{}]+", "", text)
    return re.sub(r"\\([a-zA-Z]+) ?(?=([^\W\d_]{2})?)", _command, text)


def _command(match: re.Match[str]) -> str:
    r"""The sign that a command stands for. A letter keeps its distance from a word: `k2\pi hoặc` is not `k2πhoặc`."""
    written = _COMMANDS.get(match[1], f"\\{match[1]} ")
    return f"{written} " if match[2] and match[0].endswith(" ") and written[-1:].isalpha() else written


def _script(match: re.Match[str]) -> str:
    r"""`x^{2}` -> `x^2`, `\log_{2}5` -> `log_2 5`, `\log_{1/2}8` -> `log_(1/2) 8`."""
    content = match[2].replace(" ", "")
    behind = " " if match[3] and match[1] == "_" else ""
    bare = _SIMPLE.fullmatch(content) or match[1] == "_" and "/" not in content
    return match[1] + (content if bare else f"({content})") + behind


def _fraction(match: re.Match[str]) -> str:
    r"""`2\frac{3}{4}` -> `2 3/4`, `\frac{-1}{6}` -> `-1/6`, `\frac{x + 1}{2}` -> `((x + 1)/2)`."""
    sign = (match[2][:1] == "-") != (match[3][:1] == "-")
    if (
        not match[1]
        and all(re.fullmatch(r"-? ?\d[\d.,]*", part) for part in (match[2], match[3]))
        and "-" in match[2] + match[3]
    ):
        return f"{'-' * sign}{match[2].lstrip('- ')}/{match[3].lstrip('- ')}" + " " * bool(match[4])
    product = re.search(r"\d[a-zα-ω]", match[3]) is not None  # 1/2a would be half of a
    top = match[2] if _SIMPLE.fullmatch(match[2]) else f"({match[2]})"
    bottom = match[3] if _SIMPLE.fullmatch(match[3]) and not product else f"({match[3]})"
    simple = not (top.startswith("(") or bottom.startswith("("))
    whole = (match[1] or "").strip()
    return (
        whole
        + (" " if whole and simple else "")
        + (f"{top}/{bottom}" if simple else f"({top}/{bottom})")
        + " " * bool(match[4])
    )


_UNKNOWN = "\ue002"
_LETTER = r"(?<![^\W\d_])[a-z](?![^\W\d_])"
_UNKNOWN_X = re.compile(
    rf"(?<![^\W\d_])x ?(?:\^|=)|(?i:đặt|gọi) x(?!\w)|\(x ?[-+]|[-+] ?\d*x ?[-+)=]|\dx\([^()\n]{{0,40}}?{_LETTER}"
    r"|(?<![^\W\d_])(?:xy|yx)(?![^\W\d_])"
)
"""Matches a text in which x is an unknown, so that `2x(x + 3)` is a product without a sign."""


_TIMES_BRACKET_OF_X = re.compile(r"(?<![^\W\d_])x(?=\([^()\n]{0,40}?(?<![^\W\d_])x(?![^\W\d_]))")
"""The first letter of `x(x - 2)`."""
_DOT = re.compile(
    r"(?<=[\d)]) \. (?=[-\d(√])|(?<=\))\.(?=[\d(])|(?<=\^\d)\.(?=\d)|(?<=\d)\.(?=\(-?\d+\))"
    r"|(?<=[-+=×:( ]\d)\.(?=[(])|(?<=[-+=×:( ]\d)\.(?=[xyz](?![^\W_]))|(?<=\d)\.(?=π)"
)
"""A dot that means times: `2 . 9`, `2.(-27)`, `2^4.3`, `3.x`. In `2.9` it may be a decimal sign, so that is not matched."""


_PRODUCT = re.compile(r"(?<![\d,.])(?=[\d.]*\^)\d+(?:\^\d+)?(?:\.\d+(?:\^\d+)?)+(?![\d,]|\.\d)")
"""`2^2.3.5`: beside a power every dot means times."""


def _times_signs(text: str) -> str:
    """Write `×` for an `x`, `*` or dot between two operands: `5 x 3`, `2 x S`, `2 . 9`. In `2x` and `x = 3` x is an unknown."""
    text = _DOT.sub(" × ", _PRODUCT.sub(lambda product: product[0].replace(".", " × "), text))
    text = _TIMES_BRACKET_OF_X.sub(_UNKNOWN, text)
    if _UNKNOWN_X.search(text):
        text = re.sub(r"(?<=\d)x(?= ?\()|(?<=\))x(?=\([^()]*x)|(?<=[Đđ]ặt )x(?= \()|(?<=[Gg]ọi )x(?= \()", _UNKNOWN, text)
    text = re.sub(r"(?<=[\d)%]) ?[xX*] ?(?=[\d(\[√])", " × ", text)
    text = re.sub(r"(?<=[\d)%]) [xX*] (?=[^\W_](?![^\W\d_])|[^\W\d_]{2})", " × ", text)
    return re.sub(r"(?<=[\w)]) [xX*] (?=[\d(\[√])", " × ", text).replace(_UNKNOWN, "x")
