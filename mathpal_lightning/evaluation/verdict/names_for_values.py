"""What the values of an answer are called: by the question's names, in its order, or by the letters of its parts."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.question.parts import own_words, parts_asked
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_ASKED = re.compile(
    r"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi)(?: xem| giá(?: tiền)?)? (?P<names>[^.?\n]{4,160} và [^.?\n]{1,60}?)(?: biết[^.?\n]*)?[.?]?\s*$"
)
MAX_ASKED = 400
"""Characters of the question that are searched for names, counted from its end."""
_SIZE = re.compile(r"(?i)(?<!\w)(?:lớn|bé|nhỏ|dài|rộng|hai|ba|các|mỗi|tổng|hiệu|biết)(?!\w)")
"""Names that only say which value is larger, or that name no single thing."""


def named_by(question: str, answer: Answer) -> Answer:
    """The answer, its values named where neither it nor their units tell which is which: `30 000 đồng; 150 000 đồng`.

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


def lettered(question: str, answer: Answer) -> Answer:
    """The answer with the letters of the parts for its names, where each name fits one part alone: `Số liền trước của 99`.

    Args:
        question: the problem in plain text.
        answer: any answer; only a multi with a name for each value changes.
    """
    asked = parts_asked(question)
    names = [set(comparison_key(part.label).split()) for part in answer.parts]
    if len(asked) < 2 or len(asked) != len(names) or not all(names) or {part.label for part in answer.parts} == asked.keys():
        return answer
    own = own_words(asked)
    told = [_letter(name, own) for name in names]
    if set(told) != asked.keys():
        return answer
    parts = [replace(part, label=letter) for part, letter in zip(answer.parts, told, strict=True)]
    return replace(answer, parts=tuple(sorted(parts, key=lambda part: part.label)), ordered=True)


def _letter(name: set[str], own: dict[str, set[str]]) -> str:
    """The part that has more words of a name than any other; empty where there is none."""
    counts = {letter: len(name & words) for letter, words in own.items()}
    most = max(counts.values())
    best = [letter for letter, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else ""
