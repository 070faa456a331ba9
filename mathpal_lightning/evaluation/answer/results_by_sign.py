"""Points told by their coordinates: `x = 1: y = 0`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi, read_answer
from mathpal_lightning.schema import Answer

_NUMBER = r"-?\d+(?:[,./]\d+)?"
_POINT = re.compile(
    rf"(?<![\w+×*/-])x(?:_\d)? ?= ?(?P<x>{_NUMBER})(?: ?(?:[:;,⇒→]|thì|ta có|ta được|suy ra|nên|được|có))+ ?"
    rf"y(?:_\d)? ?=(?P<y>[^.;,⇒⇔\n]*?{_NUMBER})(?= ?(?:[.;,)⇒\n]|$| và | hoặc ))"
)
_ASKS_FOR_POINTS = re.compile(r"(?i)giao điểm|t[oọ][aạ] độ|tọa độ|các điểm|(?<!\w)hệ (?:phương trình|sau)")


def points_told(solution: Solution) -> Answer | None:
    """`Khi x = 1: y = 0. Khi x = 3: y = 2`, where points or the solutions of a system are asked for."""
    if not _ASKS_FOR_POINTS.search(solution.asked):
        return None
    told = list(_POINT.finditer("\n".join(solution.lines[-MAX_RESULTS:])))
    alone = len(told) == len(solution.lines) == 1 and told[0][0] == solution.lines[0].strip(" .")
    if len({point["x"] for point in told}) != len(told) or len(told) < 2 - alone or "loại" in solution.text:
        return None
    read = [read_answer(f"({point['x']}; {re.split('=', point['y'])[-1].strip()})", solution.dot_is_decimal) for point in told]
    points = [point for point in read if point is not None and point.kind == "point"]
    return (multi(points, ordered=False) if len(points) > 1 else points[0]) if len(points) == len(told) else None
