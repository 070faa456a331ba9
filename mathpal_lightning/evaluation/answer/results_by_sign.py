"""Results that the question asks for by their signs: `Tính BC, AH`, `Tính x, s^2 và s`; and points told as `x = 1: y = 0`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi, read_answer
from mathpal_lightning.schema import Answer

_SIGN = r"(?:[A-Z]{1,3}'?|[a-zA-Z](?:_\w{1,3})?(?:\^2)?|[A-Z]_\w{1,4})"
_ASKED = re.compile(
    r"(?:[Tt]ính|[Tt]ìm)(?: (?:độ dài|giá trị|các (?:đoạn(?: thẳng)?|cạnh)|(?:hai|ba) cạnh))? "
    rf"(?P<signs>{_SIGN}(?:, ?{_SIGN}){{0,4}}(?:,? và |, ?){_SIGN})(?=\W*(?:$|\n)|[.;?] )"
)


def results_by_sign(solution: Solution) -> dict[str, Answer]:
    """The result of each sign that is asked for, the end of its last chain; empty where one of them is not found."""
    asked = _ASKED.search(solution.asked)
    signs = re.split(r",? và |, ?", asked["signs"]) if asked else []
    found = {sign: result_of_sign(sign, solution) for sign in signs}
    read = {sign: answer for sign, answer in found.items() if answer is not None}
    return read if len(read) == len(found) else {}


def result_of_sign(name: str, solution: Solution) -> Answer | None:
    """The end of the last chain that begins with a sign: `BC = √(9 + 16) = 5 (cm)`; `S = ...` for an area."""
    letters = next((letters for words, letters in _LETTERS.items() if name.lower().startswith(words)), "")
    if not letters and not re.fullmatch(_SIGN, name):
        return None
    sign = rf"[{letters}](?:_\w{{1,4}})?" if letters else re.escape(name)
    text = re.sub(r"\n *(?=[=≈])", " ", solution.text)
    begins = r"(?:^|(?<=[\n;⇒⇔,] )|(?<=[\n.;⇒⇔])|(?<=nên )|(?<=ra )|(?<=và ))"
    chains = re.findall(rf"{begins}({sign} ?[=≈](?:(?!,? (?:và )?[A-Za-z]{{1,3}}(?:_\w{{1,4}})? ?=)[^\n;⇒⇔])+)", text)
    answer = closing_value(solution, chains[-1].rstrip(" ,")) if chains else None
    return None if answer is None or answer.kind in ("text", "multi") else answer


_LETTERS = {"diện tích": "S", "thể tích": "V", "chu vi": "PC"}
"""The letters of the formulas."""


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
