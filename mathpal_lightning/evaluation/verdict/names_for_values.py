"""Several values without names get the names of what the question asks for, in its order: `30 000 đồng; 150 000 đồng`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.schema import Answer

_ASKED = re.compile(
    r"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi)(?: xem| giá(?: tiền)?)? (?P<names>[^.?\n]{4,160} và [^.?\n]{1,60}?)(?: biết[^.?\n]*)?[.?]?\s*$"
)
MAX_ASKED = 400
"""Characters of the question that are searched for names, counted from its end."""
_SIZE = re.compile(r"(?i)(?<!\w)(?:lớn|bé|nhỏ|dài|rộng|hai|ba|các|mỗi|tổng|hiệu|biết)(?!\w)")
"""Names that only say which value is larger, or that name no single thing."""


def named_by(question: str, answer: Answer) -> Answer:
    """The answer, its values named where neither it nor their units tell which is which.

    Args:
        question: the problem in plain text.
        answer: any answer; only a multi of plain values in one unit changes.
    """
    if answer.kind != "multi" or any(part.label for part in answer.parts):
        return answer
    names = _names(question)
    values = [value_of(part) for part in answer.parts if part.kind not in ("choice", "multi")]
    units = {value.unit for value in values if isinstance(value, Quantity)}
    if len(names) != len(answer.parts) or len(values) != len(names) or len(units) > 1:
        return answer
    if not all(isinstance(value, Quantity) for value in values):
        return answer
    return replace(answer, parts=tuple(replace(part, label=name) for part, name in zip(answer.parts, names, strict=True)))


def _names(question: str) -> list[str]:
    """`một quyển sách`, `một cái cặp` of `Tính giá tiền một quyển sách và một cái cặp.`; none where one tells only sizes."""
    asked = _ASKED.search(question[-MAX_ASKED:])
    names = [name.strip().lower() for name in re.split(r", | và ", asked["names"])] if asked else []
    return names if len(set(names)) == len(names) and not any(_SIZE.search(name) for name in names) else []
