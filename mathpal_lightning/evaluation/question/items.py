"""Questions that give several things to work on, one after the other: unnamed results stand in the same order."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.question.things import things_asked

_BLANK = re.compile(r"\.{3,}|…+|_{3,}")
_SET = re.compile(r"\{[^{}]*\}")
"""`S = {...; ...}`: a set has no order."""
_EACH_OF = re.compile(
    r"(?i)(?<!\w)(?:rút gọn|quy đồng|đổi|làm tròn|đọc|chuyển|phân tích|khai triển|so sánh|nêu giá trị"
    r"|tính(?! (?:tổng|tích|hiệu|nhanh))|viết[^:.?\n]{0,60}(?:dưới dạng|thành|bằng))(?!\w)[^:?\n]{0,80}: ?(?P<items>[^:?]+)$"
)
_ITEM = re.compile(r"; |\n| và |, (?=\D)")


def item_by_item(question: str, count: int) -> bool:
    """Whether a question gives so many blanks, formulas, things or numbers, each with a result of its own.

    >>> item_by_item("Rút gọn các phân số sau: 18/24; 45/75; 28/42.", 3)
    True
    >>> item_by_item("Tìm các số nguyên tố trong các số: 21; 29; 61.", 3)
    False
    """
    if count < 2:
        return False
    listed = _EACH_OF.search(question)
    items = [item for item in _ITEM.split(listed["items"].strip(" .")) if item.strip()] if listed else []
    blanks = _BLANK.findall(_SET.sub("", question))
    return count in (len(items), len(blanks), len(formulas_asked(question)), len(things_asked(question)))
