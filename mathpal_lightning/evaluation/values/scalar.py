"""One number or quantity that fills a text -> Answer: `448 000 cm^3`, `12/05/2024`, `3 : 4`, `57 (dư 1)`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import is_unknown
from mathpal_lightning.evaluation.values import Quantity, Value, Words
from mathpal_lightning.evaluation.values.amount import read_quantity
from mathpal_lightning.evaluation.values.point import read_point
from mathpal_lightning.schema import Answer
from mathpal_lightning.text.numbers import PLAIN_NUMBER, parse_number

REMARK = r"\((?=[^()]*[^\W\d_]{2})(?:hoặc bất k[ỳì]|(?![^()]*(?:hoặc|hay |không)))[^()=]*\)?"
"""Words in parentheses behind an answer."""


_DATE = re.compile(r"(?:ngày )?(\d{1,2}) ?(?:/|-|tháng) ?(\d{1,2}) ?(?:/|-|năm) ?(\d{4})")


_DAY_AND_MONTH = re.compile(r"(?i)ngày (\d{1,2})(?: ?/ ?| tháng )(\d{1,2})")
_DIVISION = re.compile(
    rf"(?:(?i:thương)(?: là| bằng)?:? )?(?P<quotient>{PLAIN_NUMBER}),? \(?(?:và |số )?dư:? (?P<remainder>{PLAIN_NUMBER})\)?"
)


def answer_of(value: Value) -> Answer:
    """An Answer that holds a value and its canonical form."""
    rounded = isinstance(value, Quantity) and bool(value.about)
    return Answer(value.kind, value.canonical, rounded=rounded, meaning=value)


def multi(answers: list[Answer], ordered: bool) -> Answer:
    """Answers side by side; a multi inside is laid flat and keeps its label."""
    flat: list[Answer] = []
    for answer in answers:
        flat += [replace(part, label=part.label or answer.label) for part in answer.parts] or [answer]
    return Answer("multi", parts=tuple(flat), ordered=ordered)


def as_points(answers: list[Answer]) -> list[Answer]:
    """`x = 6, y = 9 hoặc x = -6, y = -9` are two points, not four numbers."""
    labels = [answer.label for answer in answers]
    width = len(dict.fromkeys(labels))
    if (
        width < 2
        or labels != labels[:width] * (len(labels) // width)
        or len(labels) == width
        or not all(map(is_unknown, labels))
    ):
        return answers
    groups = [sorted(answers[at : at + width], key=lambda answer: answer.label) for at in range(0, len(answers), width)]
    points = [read_point(f"({'; '.join(answer.text for answer in group)})") for group in groups]
    return [answer_of(point) for point in points if point is not None] if None not in points else answers


def said_twice(answers: list[Answer]) -> bool:
    """`x = -1/2 hay x = -0,5`: one value in two ways of writing."""
    values = [answer.meaning for answer in answers]
    first = values[0]
    return len(values) == 2 and isinstance(first, Quantity) and isinstance(values[1], Quantity) and first.same(values[1])


def read_value(text: str, dot_is_decimal: bool = False) -> tuple[Answer, str] | None:
    """Read the number, percentage or quantity that a text begins with.

    Returns:
        The answer and what stands behind it, or None where the text begins with no value.
    """
    read = read_quantity(text, dot_is_decimal)
    return (answer_of(read[0]), read[1]) if read else None


def read_scalar(text: str, dot_is_decimal: bool) -> Answer | None:
    """A value that fills the whole text, but for a parenthesis behind it."""
    if date := _DATE.fullmatch(text):
        return answer_of(Words(f"{int(date[1]):02d}/{int(date[2]):02d}/{date[3]}"))
    if day := _DAY_AND_MONTH.fullmatch(text):
        return answer_of(Words(f"ngày {int(day[1])} tháng {int(day[2])}"))
    if ratio := re.fullmatch(rf"({PLAIN_NUMBER}) ?: ?({PLAIN_NUMBER})", text):
        number = parse_number(ratio[0])
        return number and replace(answer_of(Quantity(number.canonical, number.value)), notes=("written as a ratio",))
    read = read_quantity(text, dot_is_decimal)
    if read is None:
        return None
    value, rest = read
    rest = rest.strip(" .,;")
    if again := re.fullmatch(
        r"(?:\((?:hay|hoặc|tức(?: là)?|=|bằng) (?P<inside>[^()]*)\)|,? ?(?:hay|tức(?: là)?|nghĩa là) (?P<after>.*))", rest
    ):
        other = read_scalar((again["inside"] or again["after"]).strip(" .,;"), dot_is_decimal)
        if other is not None and isinstance(other.meaning, Quantity) and value.same(other.meaning):
            rest = ""
    behind = r"(?:thì|nữa|trong|của|để|với|so|mỗi|vào|lúc) [^=;\n\d]*|(?:cao|nặng|giá) [^=;\n]*"
    if not rest or re.fullmatch(rf"{REMARK}|{behind}", rest):
        doubted = value.about not in ("", "≈") and "." not in value.written and "/" not in value.written
        return replace(answer_of(value), notes=("about",)) if doubted else answer_of(value)
    return None


def read_division(text: str, dot_is_decimal: bool) -> Answer | None:
    """`57 (dư 1)` -> quotient and remainder."""
    match = _DIVISION.fullmatch(text)
    parts = [read_scalar(match[name], dot_is_decimal) for name in ("quotient", "remainder")] if match else []
    if len(parts) < 2 or parts[0] is None or parts[1] is None:
        return None
    return multi([replace(parts[0], label="thương"), replace(parts[1], label="số dư")], ordered=True)
