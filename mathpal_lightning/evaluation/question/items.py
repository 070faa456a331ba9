"""Questions that give several things to work on, one after the other: unnamed results stand in the same order."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.question.things import things_asked

_BLANK = re.compile(r"(?:=|(?<= là)) ?(?:\.{3,}|…|_{3,})")
_EACH_OF = re.compile(
    r"(?i)(?<!\w)(?:rút gọn|quy đồng|đổi|làm tròn|đọc|chuyển|phân tích|khai triển|so sánh|nêu giá trị"
    r"|tính(?! (?:chất|tổng|tích|hiệu|nhanh))|viết(?! tập hợp)[^:.?\n]{0,60}(?:dưới dạng|thành|bằng))(?!\w)"
    r"[^:?\n]{0,80}: ?(?P<items>[^:?]+)$"
)
_FRACTIONS = re.compile(r"(?i)quy đồng [^:?\d\n]{0,60}(?P<items>\d+/\d+(?:, \d+/\d+)* và \d+/\d+)")
_ITEM = re.compile(r"; |\n| và |, (?=\D)")
_SIZE = re.compile(r"(?i)(?<!\w)(?:lớn|bé|nhỏ|dài|rộng)(?!\w)")
"""Two values that are named by their sizes need no order."""


def item_by_item(question: str, count: int) -> bool:
    """Whether a question has `count` blanks, formulas, things or numbers, each with a result of its own.

    >>> item_by_item("Rút gọn các phân số sau: 18/24; 45/75; 28/42.", 3)
    True
    >>> item_by_item("Tìm các số nguyên tố trong các số: 21; 29; 61.", 3)
    False
    """
    listed = _EACH_OF.search(question) or _FRACTIONS.search(question)
    items = [item for item in _ITEM.split(listed["items"].strip(" .")) if item.strip()] if listed else []
    formulas, things = formulas_asked(question), things_asked(question)
    counts = {
        len(items) if all(map(has_digit, items)) else 0,
        len(_BLANK.findall(question)),
        len(formulas) if all(len(ways[0]) > 1 for ways in formulas) else 0,
        len(things) if not any(map(_SIZE.search, things)) else 0,
    }
    return count > 1 and count in counts
