"""Wordings composed of clauses: one template holds many.

    "[Một|Có một] {thing} hình chữ nhật [dài {a} {unit}, rộng {b} {unit}|có chiều dài {a} {unit} và chiều rộng {b} {unit}]. ..."

Of each pair of square brackets one alternative is taken (brackets may stand in brackets); then every {field} is filled in,
numbers in the Vietnamese way, and the first letter of each sentence becomes a capital.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from random import Random

from mathpal_lightning.curriculum.writing import number

_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_LETTER = r"[à-öø-ỹ]|[a-zà-öø-ỹ](?=[^\W₀-₉])"
"""The small first letter of a sentence; an unknown x or x₁ on its own stays small, the word ô does not."""
_FIRST = re.compile(_LETTER)
_LATER = re.compile(rf"[.?!](?<=[\w²³%].) (?:{_LETTER})")
"""It begins with what it searches for, so that most of a text is passed over quickly."""
_LOOSE = re.compile(r"(?<!=) +(?=[.?](?:$| [A-ZÀ-ÖØ-Þ]))| +(?=, )| (?= )| $")
"""Spaces that an empty alternative leaves behind."""
_MAY_BE_LOOSE = ("  ", " .", " ?", " ,")
"""A text without these and without a space at its end has no loose space: a quick look that spares the search."""


def phrase(random: Random, templates: str | Sequence[str], **values: object) -> str:
    """One wording of one of the templates, filled in, its sentences with a capital.

    >>> phrase(Random(0), "[Tính|Hãy tính] tổng của {a} và {b}.", a=1200, b=7)
    'Hãy tính tổng của 1 200 và 7.'
    """
    return capitals(clause(random, templates, **values))


def clause(random: Random, templates: str | Sequence[str], **values: object) -> str:
    """As `phrase`, without capitals: a part of a sentence."""
    text = templates if isinstance(templates, str) else random.choice(templates)
    while "[" in text:
        text = "".join(part if isinstance(part, str) else random.choice(part) for part in _cut(text))
    filled = text.format(**_written(values))
    return _LOOSE.sub("", filled) if filled[-1:] == " " or any(sign in filled for sign in _MAY_BE_LOOSE) else filled


@lru_cache(8192)
def _cut(text: str) -> tuple[str | tuple[str, ...], ...]:
    """A template cut at its innermost brackets: text, alternatives, text, alternatives, ..., text."""
    return tuple(piece if place % 2 == 0 else tuple(piece.split("|")) for place, piece in enumerate(_INNERMOST.split(text)))


def fill(text: str, **values: object) -> str:
    """Fill in the fields of a text: whole numbers and fractions the Vietnamese way, sentences with a capital."""
    return capitals(text.format(**_written(values)))


def capitals(text: str) -> str:
    """A capital at the beginning of each sentence."""
    text = text[0].upper() + text[1:] if _FIRST.match(text) else text
    return _LATER.sub(lambda match: match[0].upper(), text)


def _written(values: dict[str, object]) -> dict[str, object]:
    return {field: number(value) if type(value) is int or type(value) is Fraction else value for field, value in values.items()}


def count_wordings(templates: str | Sequence[str]) -> int:
    """How many wordings the templates hold."""
    if not isinstance(templates, str):
        return sum(count_wordings(template) for template in templates)
    match = _INNERMOST.search(templates)
    if match is None:
        return 1
    before, after = templates[: match.start()], templates[match.end() :]
    return sum(count_wordings(before + choice + after) for choice in match[1].split("|"))
