"""The comparisons whose sign a question asks for: `Điền dấu >, <, =: 305 ... 350; 12 + 8 ... 20`.

asked = items parted by ";", ",", the end of a line or a part's letter; each is side blank side
side  = numbers, units, letters and signs of operations
"""

from __future__ import annotations

import re
from functools import lru_cache

from mathpal_lightning.evaluation.language.characters import has_digit, without_spaces
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.options import option_texts

MAX_SIGNS = 12
_ASKS = re.compile(r"(?i)so sánh|(?:điền|viết|thay)[^.?]{0,40} dấu|dấu (?:thích hợp|nào|cần điền|gì)(?!\w)|[<>] ?[,;]? ?[<>=]")
_ITEM = re.compile(r"\n|;|,(?!\d)|(?<!\w)[a-h1-9][).] |(?<!\w)[a-h], |(?<=[^\W\d_]) ?: |(?<=[)\]]) ?: (?=\d)")
_CHOICE = re.compile(r"\(?[<>=](?:[,; ]*[<>=]){1,2}\)? ?\??")
"""`>, <, = ?`: the signs to choose from."""
_BLANK = re.compile(r" ?(?:[.…]{2,}|…|_{2,}|\?) ?")
_SIDE = rf"(?:\d[\d.,/]*|[-+×*:/^%°()√ ]|(?i:{MEASURE})(?![^\W_])|(?<![^\W\d_])[a-z](?![^\W\d_]))+"
_LEFT = re.compile(rf"(?<![^\W\d_]){_SIDE}$")


def asks_for_sign(question: str) -> bool:
    """Whether a sign between two values is asked for."""
    return _ASKS.search(question) is not None


@lru_cache(maxsize=64)
def signs_asked(question: str) -> tuple[tuple[str, str], ...]:
    """Both sides of each blank, without spaces; empty where there are no signs to be filled in.

    >>> signs_asked("Điền dấu >, <, =: a) 305 ... 350 b) 12 + 8 ... 20")
    (('305', '350'), ('12+8', '20'))
    """
    if not asks_for_sign(question) or option_texts(question):
        return ()
    found = [sides for item in _ITEM.split(_CHOICE.sub(";", question)) if (sides := _sides(item))]
    return tuple(found[:MAX_SIGNS])


def _sides(item: str) -> tuple[str, str] | None:
    pieces = _BLANK.split(item)
    before = _LEFT.search(pieces[0]) if len(pieces) > 1 and pieces[0] else None
    right = pieces[1].strip(" .,") if before and not "".join(pieces[2:]).strip(" .,") else ""
    left = before[0].lstrip(" )+×*:/") if before else ""
    if not (has_digit(left) and has_digit(right)) or not re.fullmatch(_SIDE, right):
        return None
    return without_spaces(left), without_spaces(right)
