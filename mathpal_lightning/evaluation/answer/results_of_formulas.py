"""The result of each formula that a question asks for: the last chain of equalities in which it stands as a side of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

MAX_LINES = 60
"""Lines that are searched, counted from the end."""
PIECE = re.compile(r"\s*(?:[⇒⇔→;|{]|(?<!\w)(?:nên|suy ra|vậy|và|hay|do đó|thì|còn)(?!\w):?|,(?!\d)|(?<=[\w)°²³π])\. (?=\D))\s*")
"""Between two statements of a line."""
_IN_LETTERS = re.compile(r"(?<!\w)theo [a-z](?!\w)")
"""`biểu diễn log_2 12 theo a`: an expression is the result."""
_ALTERNATIVES = re.compile(r"(?i)(?<!\w)(?:hoặc|trường hợp|th ?\d|loại)(?!\w)")


def results_of_formulas(solution: Solution) -> Answer | None:
    """The results in the order of the question; None where one of them is not found, or where there are several cases."""
    asked = formulas_asked(solution.asked)
    if not asked:
        return None
    lines = solution.lines[-MAX_LINES:]
    pieces = [(piece, is_sure(line)) for line in lines for piece in outside_brackets(line, PIECE)]
    has_cases = _ALTERNATIVES.search(solution.text) is not None or asks_in_parts(solution.question)
    found: list[Answer] = []
    places: set[int] = set()
    for ways in asked:
        told = {at: answer for at, (piece, _) in enumerate(pieces) if (answer := _said_of(ways, piece, solution))}
        last = max((at for at in told if pieces[at][1]), default=None)
        if last is None or len({answer.text for answer in told.values()}) > 1 and has_cases:
            return None
        places.add(last)
        found.append(replace(told[last], label=ways[0]))
    return multi(found, ordered=True) if len(places) > 1 else None  # `AB = AC = 5` is read as one value


def result_written(solution: Solution, formula: str) -> Answer | None:
    """What is last said of a formula in whichever case: 17/2 of `Q₃ = (8 + 9)/2 = 17/2` for `q_3`."""
    ways = (formula.lower().replace("_", ""),)
    lines = [line for line in solution.lines[-MAX_LINES:] if is_sure(_WITHOUT.sub(partial(_unless_asked, solution), line))]
    pieces = [piece for line in lines for piece in outside_brackets(line, PIECE)]
    told = (_said_of(ways, piece, solution, any_case=True) for piece in reversed(pieces))
    return next((answer for answer in told if answer), None)


_WITHOUT = re.compile(r"(?:không|chưa) phải (?:là )?\w+(?: \w+)?")


def _unless_asked(solution: Solution, denied: re.Match[str]) -> str:
    """`không phải màu vàng` denies nothing where the question speaks of it."""
    return "" if denied[0].lower() in solution.question.lower() else denied[0]


def _said_of(ways: tuple[str, ...], piece: str, solution: Solution, any_case: bool = False) -> Answer | None:
    """What a piece says of a formula: the end of a chain of equalities that holds it, or the coordinates of a point."""
    for way in ways:
        if re.fullmatch("[A-Z]'?", way) and (point := re.search(rf"(?<!\w){way} ?(?P<at>\([^()]*[;,][^()]*\))", piece)):
            return solution.read(point["at"])
    *sides, last = re.split(r"[=≈]", piece)
    sides = [side.lower().replace("_", "") for side in sides] if any_case else sides
    if not any(_is_formula(side, way) for side in sides for way in ways):
        return None
    answer = closing_value(solution, piece) or (solution.read(last) if _IN_LETTERS.search(solution.asked) else None)
    return answer if answer is not None and answer.kind not in ("text", "choice", "multi") else None


def _is_formula(side: str, way: str) -> bool:
    """Whether a side of an equality is the formula, behind words or a colon or alone."""
    bare = without_spaces(side).removesuffix("^")
    if not bare.endswith(way):
        return False
    before = side.rstrip(" ^")
    start = len(before)
    for sign in reversed(way):
        start = before.rindex(sign, 0, start)
    return re.search(r"(?:^|[:(\[*∠)]|(?<![\w+×*/^√.:-])[a-h1-9]\)|[^\W\d_]{2}:?) ?∠? ?$", before[:start]) is not None
