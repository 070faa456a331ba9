"""One spelling for Vietnamese mathematical text: NFC, plain spaces, no HTML left-overs, one glyph per operator, tidy LaTeX.

Input and output are both text for people. Digits, operators, letters and powers are never lost.

    "Diện&nbsp;tích: 5 ∶ 2 − 1 = 1,5 (cm<sup>2</sup>)"   ->   "Diện tích: 5 : 2 - 1 = 1,5 (cm^2)"
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from mathpal_lightning.text.markup import PICTURE, without_markup
from mathpal_lightning.text.symbols import SYMBOLS, without_bullets

_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\v\f\x1c\x1d\x1e\x1f"
)
_INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u2061\u2062\u2063\u2064\x00\u180e\ufe0e\ufe0f"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_GLYPHS = {
    "∶": ":", "：": ":", "÷": ":", "−": "-", "–": "-", "‒": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-",
    "➕": "+", "➖": "-", "➗": ":",
    "✕": "×", "✖": "×", "⨯": "×", "╳": "×", "∙": "·", "⋅": "·", "⁄": "/", "∕": "/", "＋": "+", "＝": "=",
    "％": "%", "，": ",", "．": ".", "；": ";", "（": "(", "）": ")", "≤": "≤", "⩽": "≤", "⩾": "≥", "≃": "≈", "≅": "≈",
    "½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5",
    "⅘": " 4/5", "⅙": " 1/6", "⅚": " 5/6", "⅐": " 1/7", "⅑": " 1/9", "⅒": " 1/10", "⅟": " 1/",
    "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8",
    "Ð": "Đ", "ð": "đ", "Ɖ": "Đ",  # letters of other languages that look like those of Vietnamese
    "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n",
}  # fmt: skip
_GLYPHS |= dict.fromkeys(_SPACES, " ") | dict.fromkeys(_INVISIBLE, "")
_GLYPHS |= SYMBOLS
_GLYPHS |= {chr(0xFF10 + digit): str(digit) for digit in range(10)}
_TABLE = str.maketrans(_GLYPHS)
_TRANSLATED = re.compile("[" + "".join(map(re.escape, _GLYPHS)) + "]")

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣⁿᵏᵐ", "0123456789+-xnkm", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_RAISED, _LOWERED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣⁿᵏᵐ]+"), re.compile(r"[₀₁₂₃₄₅₆₇₈₉]+")
_RAISED_OR_LOWERED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣⁿᵏᵐ₀₁₂₃₄₅₆₇₈₉]")
_SLASHED = re.compile(r"(?<![^\W\d_])(?<![)}\]_^])\^(?:\{ ?(\d+) ?\}|(\d)) ?/ ?_(?:\{ ?(\d+) ?\}|(\d)(?!\d))")
_ALPHABETS = re.compile("[\u210e\U0001d400-\U0001d7ff]")
"""The letters and digits of Word's equations: italic, bold and others."""
_NESTED_GROUP = re.compile(r"\{ *\{")


def normalize_text(text: str) -> str:
    r"""Give mathematical text one spelling. Idempotent; keeps every digit, operator and letter.

    Tone marks stay where the author put them (hoà, hòa): `comparison_key` makes them comparable.

    Args:
        text: any string, with HTML or LaTeX left-overs or without.

    Returns:
        The text in NFC; entities and tags resolved (`<sup>2</sup>`, `²` and `$^2$` become `^2`); one glyph an operator
        (`:` for `∶` and `÷`, `-` for `−` and `–`); `\\(..\\)` as `$..$`; `{{12}}` as `{12}`; pictures as `[hình]`;
        spaces single; lines trimmed; at most one empty line in a row.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    text = _TRANSLATED.sub(lambda glyph: _GLYPHS[glyph[0]], text)  # a fifth of str.translate's time: most texts have none
    text = unicodedata.normalize("NFC", without_markup(text, _TABLE))
    while (tidied := _tidy(text)) != text:  # a rule may make another one apply; each shortens the text
        text = tidied
    return text


def _tidy(text: str) -> str:
    text = _tidy_latex(_raise_and_lower(without_bullets(text)))
    text = _ALPHABETS.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), text)
    if "![" in text:
        text = re.sub(r"!\[[^\[\]\n]*\]\([^()\n]*\)", PICTURE, text)
    return _tidy_spaces(text)


def _raise_and_lower(text: str) -> str:
    """`cm²` and `cm$^2$` -> `cm^2`, `10⁻³` -> `10^{-3}`, `x₁` -> `x_1`, `2³⁄₄` -> `2 3/4`."""
    if _RAISED_OR_LOWERED.search(text):
        text = _RAISED.sub(lambda run: "^{" + "".join(_SUPERSCRIPTS[sign] for sign in run[0]) + "}", text)
        text = _LOWERED.sub(lambda run: "_{" + "".join(_SUBSCRIPTS[sign] for sign in run[0]) + "}", text)
    if "^" not in text and "_" not in text:
        return text
    text = re.sub(r"\$ ?\^ ?(?:\{ ?([23]) ?\}|([23])) ?\$", r"^\1\2", text)
    if "/" in text:
        text = _SLASHED.sub(_as_fraction, text)
    return re.sub(r"([\^_])\{ ?(\w) ?\}(?!\d)", r"\1\2", text)  # `log₂5` is no `log_25`


def _as_fraction(match: re.Match[str]) -> str:
    """`³⁄₄` of Word and Google Docs, `<sup>3</sup>/<sub>4</sub>` of web pages, with a whole number before or without."""
    above, below = match[1] or match[2], match[3] or match[4]
    return f"{' ' * match.string[: match.start()][-1:].isdigit()}{above}/{below}"


def _tidy_latex(text: str) -> str:
    r"""`\(x\)` and `\[x\]` -> `$x$`, `\frac{{1}}{{2}}` -> `\frac{1}{2}`, `\,` -> a space, `\dfrac` -> `\frac`."""
    if "\\" not in text and "$" not in text:
        return _single_braces(text)
    text = re.sub(r"\\\\|\\[()\[\],;:! ]|\$\$|\\q?quad(?![a-zA-Z])", _latex_sign, text)
    text = re.sub(r"\\[dtc]frac(?![a-zA-Z])", r"\\frac", text)
    return _single_braces(text)


def _single_braces(text: str) -> str:
    """`{{12}}` and `{ {12} }` -> `{12}`: a group that contains only another group is replaced by it."""
    if not _NESTED_GROUP.search(text):
        return text
    output: list[str] = []
    openings: list[int] = []
    for piece in re.findall(r"[{}]|[^{}]+", text):
        if piece == "{":
            openings.append(len(output))
        elif piece == "}" and openings:
            start = openings.pop()
            inside = [part for part in output[start + 1 :] if part.strip(" ")]
            group = inside[0] if len(inside) == 1 and len(inside[0]) > 1 and inside[0][0] == "{" else None
            output[start:] = [group or "".join([*output[start:], "}"])]
            continue
        output.append(piece)
    return "".join(output)


def _latex_sign(match: re.Match[str]) -> str:
    """A delimiter becomes `$` and a thin space becomes a space. A line break stays."""
    sign = match[0]
    if sign == "\\\\":
        return sign
    return "$" if sign == "$$" or sign[1] in "()[]" else " "


def _tidy_spaces(text: str) -> str:
    """Single spaces, trimmed lines, at most one empty line in a row."""
    if "  " in text:
        text = re.sub(r" {2,}", " ", text)
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    return (re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text).strip()


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def comparison_key(text: str) -> str:
    """A key that is equal for two spellings of one text.

    Case, the place of the tone mark, i or y, punctuation and spaces make no difference.

    >>> comparison_key("Hoà  Bình.") == comparison_key("hòa bình")
    True
    """
    words = re.findall(r"[^\W_]+|[<>=%]", normalize_text(text).casefold())
    return " ".join(_syllable_key(word) for word in words)


_MOVING_TONE = re.compile("[oòóỏõọ][aàáảãạeèéẻẽẹ]|[uùúủũụ][yỳýỷỹỵ]")
_I_OR_Y = re.compile(r"[hklmst](?<![^\W_].)[iìíỉĩịyỳýỷỹỵ](?![^\W_])")


def with_one_tone_place(text: str) -> str:
    """A key that keeps every sign and space, and is equal for two places of a tone mark, for i and y, and for both cases.

    >>> with_one_tone_place("Hoà + 1") == with_one_tone_place("hòa + 1") != with_one_tone_place("hòa - 1")
    True
    """
    folded = _MOVING_TONE.sub(lambda rime: _syllable_key(rime[0]), text.casefold())
    return _I_OR_Y.sub(lambda word: _syllable_key(word[0]), folded)


@lru_cache(maxsize=20_000)
def _syllable_key(word: str) -> str:
    """The letters without their tone, then the tone: hoà and hòa both give hoa and the grave accent."""
    decomposed = unicodedata.normalize("NFD", word)
    letters = "".join(mark for mark in decomposed if mark not in _TONES)
    tone = "".join(mark for mark in decomposed if mark in _TONES)
    return re.sub(r"^([hklmst])y$", r"\1i", unicodedata.normalize("NFC", letters)) + tone


def without_marks(text: str) -> str:
    """The letters without diacritics, in their case.

    >>> without_marks("Đề bài")
    'De bai'
    """
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
