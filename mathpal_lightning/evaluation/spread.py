"""Results that a question asks for one by one, each behind its name in one of the solution's last lines."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.closing import closing_value
from mathpal_lightning.evaluation.each import head_of, result_named
from mathpal_lightning.evaluation.listed import MAX_RESULTS
from mathpal_lightning.evaluation.remarks import last_sentence
from mathpal_lightning.evaluation.solution import Solution
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_ASKED = 600
"""Characters of the question that are searched, counted from its end."""
_THINGS = re.compile(
    r"(?i)(?:^|\n|(?<=[.?!;:,] )|(?<= và )|(?<= rồi )|(?<= sau đó ))(?:em )?(?:hãy )?(?:tính|tìm) "
    r"(?P<name>[^.,;:?\n()=]{4,60}?)(?= và (?:tính|tìm) | rồi | sau đó |,? biết |[.,;:?\n(]|$)"
)
_COUNTED = re.compile(
    r"(?i)(?:bao nhiêu|mấy) (?P<nouns>[^.,;:?\n\d]{2,60}?)"
    r"(?= (?:và|rồi) (?:[^.,;:?\n\d]{0,30} )?(?:bao nhiêu|mấy) |[.,;:?\n]|$)"
)


def results_asked(solution: Solution) -> dict[str, Answer]:
    """The results by the names that the question gives them; empty where one of them is not found.

    `Tính diện tích mảnh vườn. Tính số rau thu được.`, and `Hỏi chia được nhiều nhất mấy đội? Mỗi đội có mấy nam, mấy nữ?`.
    """
    question = solution.question[-MAX_ASKED:]
    names = list(dict.fromkeys(match["name"].strip() for match in _THINGS.finditer(question)))
    if 2 <= len(names) <= MAX_RESULTS and not any(name.endswith(" đó") for name in names):
        found = {name: result_named(name, solution) for name in names}
        return _all(found)
    nouns = list(dict.fromkeys(noun for match in _COUNTED.finditer(question) for noun in match["nouns"].split(" và ")))
    if not 2 <= len(nouns) <= MAX_RESULTS:
        return {}
    return _all({noun: _count_of(noun, solution) for noun in nouns})


def _all(found: dict[str, Answer | None]) -> dict[str, Answer]:
    """The results where each of them is found."""
    read = {name: answer for name, answer in found.items() if answer is not None and answer.kind != "text"}
    return read if len(read) == len(found) else {}


def _count_of(noun: str, solution: Solution) -> Answer | None:
    """`8 đội` in `Vậy chia được nhiều nhất 8 đội`; else what the line that the noun heads comes to: `Số bác sĩ là: ... = 3`."""
    words = noun.split()[:2]
    for line in map(last_sentence, reversed(solution.lines[-MAX_RESULTS:])):
        counted = list(re.finditer(rf"(?i)(?<![\w.,/-])(?=\d[\d ]* {re.escape(' '.join(words))}(?!\w))", line))
        if counted and "=" not in line and (read := solution.value(line[counted[-1].start() :])):
            return read[0]
    key = f" {comparison_key('số')} {comparison_key(' '.join(words))} "
    headed = [line for line in solution.lines[-MAX_RESULTS:] if key in f" {comparison_key(head_of(line))} "]
    return closing_value(solution, headed[-1]) if headed else None
