"""Results behind the letters of unknowns: points (`x = 1: y = 0`, `cắt Ox tại A(1; 0)`), two roots of which both are kept."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.question.formulas import formulas_asked
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
    if not _ASKS_FOR_POINTS.search(solution.asked) and formulas_asked(solution.asked) != (("x",), ("y",)):
        return None
    told = list(_POINT.finditer("\n".join(solution.lines[-MAX_RESULTS:])))
    alone = len(told) == len(solution.lines) == 1 and told[0][0] == solution.lines[0].strip(" .")
    if len({point["x"] for point in told}) != len(told) or len(told) < 2 - alone or "loại" in solution.text:
        return None
    read = [read_answer(f"({point['x']}; {re.split('=', point['y'])[-1].strip()})", solution.dot_is_decimal) for point in told]
    points = [point for point in read if point is not None and point.kind == "point"]
    return (multi(points, ordered=False) if len(points) > 1 else points[0]) if len(points) == len(told) else None


_AXIS = {"x": r"(?:(?:trục )?Ox|trục hoành)", "y": r"(?:(?:trục )?Oy|trục tung)"}
_MET = r"(?!\w)(?:(?!Ox|Oy|trục)[^.;()=\d\n]){0,40}(?P<point>\((?P<x>[^();\n]{1,20}); ?(?P<y>[^();\n]{1,20})\))"


def axes_met(solution: Solution) -> Answer | None:
    """`... cắt Ox tại A(1,5; 0). ... cắt Oy tại B(0; 3)`, where the points on both axes are asked for.

    Of points that do not lie on the axes they are told of, only one: they are no answer together.
    """
    order = sorted("xy", key=lambda axis: (place := re.search(_AXIS[axis], solution.asked)) and place.start() or 0)
    if not all(re.search(_AXIS[axis], solution.asked) for axis in "xy") or not _ASKS_FOR_POINTS.search(solution.asked):
        return None
    told = {axis: list(re.finditer(_AXIS[axis] + _MET, solution.text)) for axis in order}
    if any(len({met["point"] for met in told[axis]}) != 1 for axis in order):
        return None
    lies = told["x"][0]["y"].strip() == "0" == told["y"][0]["x"].strip()
    read = [read_answer(told[axis][0]["point"], solution.dot_is_decimal) for axis in order]
    points = [point for point in read if point is not None and point.kind == "point"]
    if len(points) < 2:
        return None
    return multi(points, ordered=False) if lies else points[0]


_BOTH_KEPT = re.compile(
    r"(?i)(?:cả (?:hai|2)|hai (?:giá trị|nghiệm|số)(?: này)?)[^.;=]{0,50}"
    r"(?<!không )(?:nhận|thỏa|thoả|là nghiệm|hợp lệ|tm|t/m)(?!\w)"
)
_ROOT = re.compile(
    rf"(?<![\w+×*/^√-])(?<![+×*/-] )(?P<letter>[a-z])(?:_?\d)? ?=(?:[^;,⇒⇔\n=]{{1,60}}=)* ?"
    rf"(?P<value>{_NUMBER})(?![\w/^]| ?[-+×*=(])"
)


def both_kept(solution: Solution) -> Answer | None:
    """The last two values of the unknown, where the last line keeps both: `x = -1, x = 3. Cả hai đều thỏa mãn`."""
    if not solution.lines or not (kept := _BOTH_KEPT.search(solution.lines[-1])):
        return None
    before = solution.text[: solution.text.rfind(kept[0])] or solution.text
    roots = list(_ROOT.finditer(before))[-2:]
    if len(roots) < 2 or roots[0]["letter"] != roots[1]["letter"] or roots[0]["value"] == roots[1]["value"]:
        return None
    read = [solution.read(root["value"]) for root in roots]
    return multi([answer for answer in read if answer is not None], ordered=False)
