"""Two columns that are joined: `1 - b; 2 - c; 3 - a`, or the joined texts themselves: `240 : 6 nối với 40`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

MAX_ITEMS = 10
"""Items of a column."""
_ASKS_TO_JOIN = re.compile(r"(?i)(?<!\w)(?:nối|ghép)(?!\w)")
_MARK = re.compile(r"(?<![\w(])\(?(?:(?P<left>[1-9])|(?P<right>[a-hA-H]))[).](?=\s)|\((?:(?P<l>[1-9])|(?P<r>[a-hA-H]))\)")
_PAIR = re.compile(
    r"(?i)(?<![\w,.])\(?(?P<left>[1-9])\)? ?(?:[-–→⇒:]|(?:nối |ghép )?với|và)+ ?\(?(?P<right>[a-h])\)?(?![\w])"
    r"|(?<![\w,.])\((?P<r>[a-h])\) ?(?:[-–→⇒:]|(?:nối |ghép )?với|và)+ ?\((?P<l>[1-9])\)"
)


def matched(solution: Solution) -> Answer | None:
    """The letter of each number, in the order of the numbers; None where one has none, or two."""
    if not _ASKS_TO_JOIN.search(solution.question):
        return None
    left, right = _columns(solution.question)
    if not 2 <= len(left) <= MAX_ITEMS or not right:
        return None
    pairs = {(pair["left"] or pair["l"], (pair["right"] or pair["r"]).lower()) for pair in _PAIR.finditer(solution.text)}
    pairs = pairs or {pair for line in solution.lines if (pair := _by_text(line, left, right))}
    joined = dict(sorted(pairs))
    if len(pairs) != len(joined) or joined.keys() != left.keys():
        return None
    return multi([Answer("text", letter, label=number) for number, letter in joined.items()], ordered=True)


def _columns(question: str) -> tuple[dict[str, str], dict[str, str]]:
    """The texts behind (1), (2) and behind (a), (b)."""
    marks = list(_MARK.finditer(question))
    ends = [*(mark.start() for mark in marks[1:]), len(question)][: len(marks)]
    texts = [re.split(r"[;\n]", question[mark.end() : end])[0].strip(" .,") for mark, end in zip(marks, ends, strict=True)]
    left = {mark["left"] or mark["l"]: text for mark, text in zip(marks, texts, strict=True) if mark["left"] or mark["l"]}
    right = {
        (mark["right"] or mark["r"]).lower(): text
        for mark, text in zip(marks, texts, strict=True)
        if mark["right"] or mark["r"]
    }
    return left, right


def _by_text(line: str, left: dict[str, str], right: dict[str, str]) -> tuple[str, str] | None:
    """`240 : 6 nối với 40`: the one text of each column that a line holds."""
    sides = re.split(r"(?<!\w)(?:nối|ghép)(?: với)?(?!\w)|[→⇒=]", line, maxsplit=1)
    if len(sides) < 2:
        return None
    first, second = (without_spaces(side).strip(".,;") for side in sides)
    numbers = [number for number, text in left.items() if text and without_spaces(text) == first]
    letters = [letter for letter, text in right.items() if text and without_spaces(text) == second]
    return (numbers[0], letters[0]) if len(numbers) == len(letters) == 1 else None
