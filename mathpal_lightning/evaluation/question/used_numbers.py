"""Does a solution work with the numbers of its question? A small model that takes a wrong way often leaves one out."""

from __future__ import annotations

import re
from fractions import Fraction

from mathpal_lightning.evaluation.question.options import without_options
from mathpal_lightning.text import plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER, read_plain

_NUMBER = re.compile(rf"(?<![\w.,^])({PLAIN_NUMBER})(?![.,]?\d)(?![A-ZĐ])( ?%)?")
_LABEL = re.compile(r"(?i)^\W*(?:bài|câu|ví dụ|bài toán)(?: tập| số)? \d+[a-d]?\W|(?<!\w)(?:lớp|khối|năm|tổ|ngày|tháng) \d+")
"""`Bài 3:`, `lớp 5A`, `năm 2024`: numbers that name something."""
_MOST = 4
_LONGEST = 100
"""Characters of a number; from 4,300 digits on Python refuses to read it."""


def numbers_of(text: str) -> dict[str, Fraction]:
    """The numbers of a text as they are written, with their values; without 1, labels, exponents and endless ones.

    >>> numbers_of("Bài 2. Lớp 5A có 40 bạn, 60% là nữ. Mỗi bạn trồng 1 cây trên 2,5 m^2.")
    {'40': Fraction(40, 1), '60%': Fraction(60, 1), '2,5': Fraction(5, 2)}
    """
    found = [match for match in _NUMBER.finditer(_LABEL.sub(" ", plain_text(text))) if len(match[1]) <= _LONGEST]
    numbers = {match[1] + (match[2] or "").strip(): read_plain(match[1]).value for match in found}
    return {written: value for written, value in numbers.items() if value != 1}


def unused_numbers(question: str, solution: str) -> list[str]:
    """The numbers of a question that its solution does not name, as the question writes them.

    60% counts as used where a solution finds 10% first and takes it 6 times. A question with more than four numbers holds data,
    of which a solution may need a part: nothing is said of it.

    >>> unused_numbers("Mua 15 hộp, mỗi hộp 24 cái bút, chia cho 7 lớp.", "24 : 7 = 3 (dư 3)")
    ['15']

    Args:
        question: the problem; the options of a multiple choice do not count.
        solution: what was written.
    """
    told = numbers_of(without_options(question))
    if len(told) > _MOST:
        return []
    used = set(numbers_of(solution).values())
    tenths = 10 in used

    def is_used(written: str, value: Fraction) -> bool:
        return value in used or written.endswith("%") and tenths and value / 10 in used

    return [written for written, value in told.items() if not is_used(written, value)]


def names_numbers(question: str) -> bool:
    """Whether a question tells a number in digits: without one, no arithmetic can be held against it."""
    return bool(_NUMBER.search(plain_text(question)))
