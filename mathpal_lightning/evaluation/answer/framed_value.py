"""A number told in the very words of the question: `Sau 7 năm nữa` where `Sau bao nhiêu năm nữa` is asked."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import TRIED, is_unsure, takes_back
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_ASKED = re.compile(
    r"(?i)(?<!\w)(?P<before>[^\W\d_]+) (?:bao nhiêu|mấy) (?P<noun>[^\W\d_]+)(?: [^\W\d_]+)??"
    r" (?P<after>nữa|trước|thì|để|mới)(?!\w)"
)


def framed_value(solution: Solution) -> Answer | None:
    """The one number that stands between the words before and behind `bao nhiêu`; None where several do, or one is doubted."""
    if not solution.lines:
        return None
    if described := _described(solution, solution.lines[-1]):
        return described
    asked = _ASKED.search(solution.asked)
    if asked is None:
        return None
    line = solution.lines[-1]
    frame = rf"(?i)(?<!\w){re.escape(asked['before'])} (?P<count>\d[\d.,]*) {re.escape(asked['noun'])} {asked['after']}(?!\w)"
    told = list(re.finditer(frame, line))
    if len({one["count"] for one in told}) != 1 or is_unsure(line) or takes_back(line) or TRIED.search(line):
        return None
    return solution.read(f"{told[0]['count']} {asked['noun']}")


_WHICH = re.compile(r"(?i)(?<!\w)(?:phân )?số nào (?P<what>[^?.\n]{6,80})")
_DESCRIBED = re.compile(
    r"(?i)(?:vậy |ta thấy )?(?:phân )?số (?P<number>-?\d[\d ,/]*) (?P<what>(?!không|chưa)[^=]{6,100}?)(?:,? vì .*|[.,].*)?"
)


def _described(solution: Solution, line: str) -> Answer | None:
    """450 of `Số 450 chia hết cho cả 2 và 5 vì ...` where `Số nào chia hết cho cả 2 và 5` is asked."""
    asked, told = _WHICH.search(solution.asked), _DESCRIBED.fullmatch(line)
    if asked is None or told is None or is_unsure(line) or takes_back(line):
        return None
    said, wanted = comparison_key(told["what"]).split(), comparison_key(asked["what"]).split()
    return solution.read(told["number"]) if said == wanted[: len(said)] and len(said) == len(wanted) else None
