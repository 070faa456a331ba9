"""Parts that are named by a letter without its bracket: `a 27,4, b 27,39`, `câu a là 35, câu b là 9`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.question.parts import PART_LINE, part_questions

_BEGINS = r"(?:^|(?<=\n)|(?<=[;,.-] )|(?<= và )|(?<= còn ))(?i:câu |ý |phần |bài )?"
_NO_FORMULA = r"(?![^\s])(?! [-+×:<>≤≥] )"
_JOINS = r"(?:(?: thì)?(?: là| bằng| được| ra| viết| điền)(?: dấu)?(?!\w)| [=→])?:? ?"
"""What may stand between a part's letter and its answer."""


def with_brackets(text: str, question: str) -> str:
    """Each part on a line of its own behind `a)`, where all letters of the question's parts begin a clause, once, in order.

    Unchanged where the solution has marks, or where the question uses one of the letters for something else.
    """
    letters = [part for part in part_questions(question) if part.isalpha()]
    if len(letters) < 2 or PART_LINE.search(text) or any(map(_stands_for_more(question).__contains__, letters)):
        return text
    marks = [list(re.finditer(_BEGINS + letter + _NO_FORMULA + _JOINS, text)) for letter in letters]
    if any(len(found) != 1 for found in marks) or text[: marks[0][0].start()].strip():
        return text
    starts, ends = ([bound(found[0]) for found in marks] for bound in (re.Match.start, re.Match.end))
    said = [text[end:stop].strip(" ,;\n") for end, stop in zip(ends, [*starts[1:], len(text)], strict=True)]
    in_order = starts == sorted(starts) and all(said)
    return "\n".join(f"{letter}) {part}" for letter, part in zip(letters, said, strict=True)) if in_order else text


def _stands_for_more(question: str) -> set[str]:
    """The letters that are also names in a question: `Tìm a và b`."""
    return set(re.findall(r"(?<!\w)[a-h](?![\w).:/])", question))
