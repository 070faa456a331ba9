"""What a line says in words of solutions and limits: `vô nghiệm`, `không có giá trị nào của x`, `đúng với mọi x`, `+∞`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.schema import Answer

_NO_SOLUTION = re.compile(
    r"(?i)(?<!\w)(?:vô nghiệm|vô số nghiệm|không có nghiệm(?: nào)?)(?: (?:thực|nguyên|duy nhất))?(?: ?\([^()=]*\))?\W*$"
)
_NO_VALUE = re.compile(
    r"(?i)(?<!\w)không (?:có|tồn tại|tìm được) (?:(?:giá trị|số)(?: thực)? nào (?:của )?[a-z]|[a-z] nào)"
    r"(?:,? (?:để|thỏa mãn|thoả mãn|sao cho|làm cho)[^.;]*)?\W*$"
)
"""`không có giá trị nào của x để x² + 1 = 0`."""
_EVERY_VALUE = re.compile(
    r"(?i)(?<!\w)đúng với (?:mọi|tất cả)(?: các)?(?: giá trị)?(?: của)? [a-z](?: ?∈ ?[ℝR]| thuộc [ℝR])?\W*$"
)
_LIMIT = re.compile(r"(?i)(?:=|(?<!\w)(?:là|bằng|ra)(?!\w):?|^) ?(?P<value>[-+]? ?∞|(?:âm|dương) vô cực)[ .]*$")


def told_in_words(solution: Solution, line: str, solves: bool) -> Answer | None:
    """That there is no solution, that everything is one, or an infinite limit; None where a line ends in none of these.

    Args:
        solution: the solution.
        line: one of its lines.
        solves: whether the question asks for the solutions of something.
    """
    if solves and _NO_VALUE.search(line):
        return read_answer("vô nghiệm")
    if solves and _EVERY_VALUE.search(line):
        return read_answer("vô số nghiệm")
    none = _NO_SOLUTION.search(line)
    if none and not re.search(r"(?i)(?:để|nào)[^.?]{0,80}(?:vô nghiệm|vô số nghiệm)", solution.question):
        return read_answer(none[0].strip(" ."))
    limit = _LIMIT.search(line) if re.search(r"(?i)(?<!\w)lim|giới hạn", solution.question) else None
    return read_answer(limit["value"]) if limit else None
