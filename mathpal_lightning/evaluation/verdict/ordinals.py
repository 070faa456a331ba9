"""What is numbered: `thứ 3` is a Tuesday, `ngày 3` a date, `tháng 3` a month; the same number answers only one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathpal_lightning.evaluation.values import Quantity, Words
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.evaluation.values.words import number_in_words
from mathpal_lightning.schema import Answer

_HEAD = r"thứ|ngày|tuần|tháng|quý|năm|thế k[ỉỷ]|lớp|tầng|tiết"
_ASKED = re.compile(rf"(?i)(?<!\w)(?P<head>{_HEAD})(?P<nth> thứ)? (?:mấy|nào|bao nhiêu)(?!\w)")
_COUNTED = re.compile(rf"(?i)(?:mấy|bao nhiêu) (?P<head>{_HEAD})(?!\w)")
_SAID = re.compile(rf"(?i)(?<!\w)(?P<head>{_HEAD}) (?P<number>\w+)")


def numbers_another(question: str, answer: Answer, sentences: Sequence[str]) -> bool:
    """Whether an answer numbers something else than is asked for: `ngày 3` or `3 ngày` where `thứ mấy` is asked.

    Args:
        question: the problem in plain text.
        answer: the solution's answer, which the reference's number equals.
        sentences: the words in which the solution gives it.
    """
    matches = list(_ASKED.finditer(question))
    if (counted := _COUNTED.search(question)) and len(sentences) > 0:
        last = re.fullmatch(rf"(?i)(?:[^\d]* )?{counted['head']} (?:thứ )?\d+\W*", sentences[-1])
        if last is not None and not matches:
            return True
    asked = {_key(match["head"]) for match in matches} | {"thứ" for match in matches if match["nth"]}
    value = value_of(answer) if asked and answer.kind in ("number", "quantity", "text") else None
    number = value.value if isinstance(value, Quantity) else None
    number = number_in_words(value.written) if isinstance(value, Words) else number
    if number is None:
        return False
    counts = isinstance(value, Quantity) and re.fullmatch(_HEAD, value.unit)
    heads = {
        _key(said["head"])
        for sentence in sentences
        for said in _SAID.finditer(sentence)
        if said["number"] == str(number) or number_in_words(said["number"]) == number
    } | ({_key(counts[0])} if counts else set())
    return bool(heads) and not heads & asked


def _key(head: str) -> str:
    return head.lower().replace("ỷ", "ỉ")
