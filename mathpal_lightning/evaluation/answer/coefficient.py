"""The coefficient that is asked for, told beside the function that has it: `y = 2x + 3, với a = 2`, where a is asked for."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_ASKED = re.compile(
    r"(?i:tìm|tính|xác định)(?: (?:giá trị|hệ số|tham số|số|của))* (?P<letter>[a-zA-Z])"
    r"(?=[ .?]*$| (?:biết|để|sao cho|khi|nếu)(?!\w))"
)
_FUNCTION = re.compile(r"(?<![\w'])(?:y|f\(x\)) ?= ?-?[\d,/]*x")


def coefficient_told(solution: Solution, line: str) -> Answer | None:
    """The one value that a line gives to the one letter that is asked for, beside a function of x."""
    asked = _ASKED.search(solution.asked)
    if asked is None or asked["letter"] in "xy" or not _FUNCTION.search(line):
        return None
    letter = asked["letter"]
    said = re.findall(rf"(?<![\w+×*/-]){letter} ?= ?(-?[\d,/ ]*\d)(?=[.,;)]* *(?:$|[^\W\d_]{{2}}|⇒))", line)
    values = {value.strip() for value in said}
    return solution.read(values.pop()) if len(values) == 1 and _holds(line, *values) else None


def _holds(line: str, value: str) -> bool:
    """Whether the function has the value: `y = 2x + 3` and 2."""
    return value in ("0", "1", "-1") or re.search(rf"=[^=]*(?<![\d,]){re.escape(value.lstrip('-'))}[x \W]", line) is not None
