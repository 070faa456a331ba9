"""An answer to the opposite of what is asked: `bớt 9 người` where it is asked how many to add, `thiếu` for `thừa`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.clauses import says
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer

_OPPOSITES = (
    ("thêm", "bớt"), ("thừa|dư", "thiếu"), ("lãi|lời", "lỗ"), ("tăng", "giảm"), ("sớm", "muộn"),
    ("lớn nhất|GTLN", "nhỏ nhất|GTNN"),
)  # fmt: skip
"""Words of which a question asks for one, or for one of both."""


def takes_the_other_side(said: str, known: str, answer: Answer, question: str) -> bool:
    """Whether a solution gives its answer to the opposite of what is asked for.

    Where the question names both sides (`thừa hay thiếu`), the reference decides.

    Args:
        said: the last words of the solution.
        known: those of the reference.
        answer: what was read from the solution.
        question: the problem in plain text.
    """
    said, known, asked = last_sentence(said), last_sentence(known), asking_sentence(question)
    pairs = [pair for one, other in _OPPOSITES for pair in ((one, other), (other, one)) if says(pair[0], asked)]
    return any(
        says(one, side := known if says(other, asked) else asked)
        and not says(other, side)
        and not says(one, re.sub(rf"(?i)không (?:có|tồn tại|phải(?: là)?) (?:{one})(?!\w)", "", said))
        and _gives(other, said, answer)
        for one, other in pairs
    )


def _gives(words: str, text: str, answer: Answer) -> bool:
    """Whether a number of the answer stands behind one of the words."""
    numbers = {number[0] for part in answer.parts or (answer,) if (number := re.match(r"-?[\d./]+", part.text))}
    told = re.search(rf"(?i)(?<!\w)(?:{words})(?!\w)(?: [^\W\d_]+){{0,3}}:? (?P<number>-?\d[\d ]*(?:[.,/]\d+)?)", text)
    return told is not None and told["number"].strip().replace(" ", "").replace(",", ".") in numbers
