"""The options of a multiple-choice question: `A. 5 cm  B. 6 cm` -> letters and what they stand for."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.reading import read_answer
from mathpal_lightning.schema import Answer

_OPTION = re.compile(r"(?:^|(?<=[\s;,.]))(?P<letter>[A-H]) ?[.):] ?(?=\S)")
_MAX_OPTION = 200


def read_options(question: str) -> dict[str, Answer]:
    """The options of a question in plain text, by letter; empty where it has none.

    Only a run A, B, C... counts: `Từ A. Nam đi ...` is no option.
    """
    marks: list[re.Match[str]] = []
    for mark in _OPTION.finditer(question):
        if mark["letter"] == "A":
            marks = [mark]
        elif marks and ord(mark["letter"]) == ord(marks[-1]["letter"]) + 1:
            marks.append(mark)
    if len(marks) < 2:
        return {}
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    options = {}
    for mark, end in zip(marks, ends, strict=True):
        text = question[mark.end() : end].strip().split("\n")[0][:_MAX_OPTION]
        answer = read_answer(text)
        if answer is not None:
            options[mark["letter"]] = answer
    return options
