"""Results one beside or below the other, each behind what the question names: `36 : 9 = 4`, `3 tấn 45 kg = 3045 kg`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.symbolic import symbolic_value
from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.clauses import CONSEQUENCE, last_clause
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

MAX_RESULTS = 12
"""Results looked at, counted from the end of the solution."""
_SUM = re.compile(r"[\d(][\d ,.():/×+-]*[:/×+-][\d ,.():/×+-]*\d\)?")


_EQUALITY = re.compile(r"(?:\d|[a-zA-Z]\()[^=<>]{0,40}=(?!.*[^\W\d_]{3,} [^\W\d_]{2})[^<>]+")


def _equalities_of(solution: Solution) -> Answer | None:
    """`2/3 = 8/12; 3/4 = 9/12` in the last line, where the question names each left side."""
    pieces = re.split(r" ?; ?|,(?!\d) ?| và ", solution.lines[-1].strip(" .")) if solution.lines else []
    question = without_spaces(solution.question)
    if not 2 <= len(pieces) <= MAX_RESULTS or not all(_EQUALITY.fullmatch(piece) for piece in pieces):
        return None
    if CONSEQUENCE.search(solution.lines[-1]):
        return None  # `4^2 = 2^4, 8 = 2^3 nên ...`: equalities that help
    if not all(without_spaces(piece.split("=")[0]) in question for piece in pieces):
        return None
    read = [solution.read(piece.split("=")[-1]) for piece in pieces]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    return multi(answers, ordered=True) if len(answers) == len(pieces) else None


_BLANKS = re.compile(r"(?:^|[;\n,] ?|[a-e]\) ?)(?P<left>\d[^=;\n]{0,40}?) ?= ?(?:\.{2,}|…|\?|_{2,})")
"""`3 tạ 5 kg = ... kg`."""


def each_expression(solution: Solution) -> Answer | None:
    """`36 : 9; 88 : 11; 7 : 7` in the question, and a line `36 : 9 = 4` for each of them."""
    asked = [piece.strip(" .?") for piece in re.split(r";|\n|,(?!\d)|(?<=[^\W\d_]): ", solution.question)]
    sums = [without_spaces(piece) for piece in asked if _SUM.fullmatch(piece)]
    if equalities := _equalities_of(solution):
        return equalities
    sums = sums if len(sums) > 1 else [without_spaces(blank["left"]) for blank in _BLANKS.finditer(solution.question)]
    if len(sums) < 2 or len(sums) > MAX_RESULTS:
        return None
    lines = {without_spaces(line.split("=")[0]).lstrip("-•+*"): line for line in solution.text.split("\n")[:200] if "=" in line}
    found = [
        closing_value(solution, lines[written]) or solution.read(lines[written].split("=")[-1])
        for written in sums
        if written in lines
    ]
    answers = [answer for answer in found if answer is not None]
    return multi(answers, ordered=True) if len(answers) == len(sums) else None


def one_a_line(solution: Solution) -> Answer | None:
    """The last lines, where each says what one expression or quantity of the question is, or each gives one point.

    `3 tấn 45 kg = 3045 kg`, `2 phút 15 giây = 135 giây`; `Giao với Ox: A(2; 0)`, `Giao với Oy: B(0; -4)`.
    """
    if solved := _solved_triangle(solution) or _items_asked(solution):
        return solved
    question = without_spaces(
        re.sub(r"(?<=[^\W\d_]) ?: ?|(?:(?<!\w)và|(?<!\d )(?<!\w)[^\W\d_]{2,}) (?=\d)| (?=và |dưới )", ";", solution.question)
    )
    asks_for_points = solution.asks_for_two or re.search(r"(?i)t[oọ][aạ] độ (?:của )?các", solution.question)
    found: list[Answer] = []
    for line in reversed(solution.lines[-MAX_RESULTS:]):
        answer = _named_in(question, solution, line) or (_point(solution, line) if asks_for_points else None)
        if answer is None or answer.kind == "text" or found and (found[-1].kind == "point") != (answer.kind == "point"):
            break
        found.append(answer)
    return multi(found[::-1], ordered=True) if len(found) > 1 else _side_by_side(solution)


_PART_OF_TRIANGLE = re.compile(r"(?:.*[^\w ,] ?)?(?:góc |∠ ?)?[A-Z]{1,3}\^? ?=[^=≈].*")


def _solved_triangle(solution: Solution) -> Answer | None:
    """Each side and angle that the last lines compute, one a line or side by side, where `Giải tam giác ABC` is asked."""
    if not re.search(r"(?i)giải tam giác", solution.question):
        return None
    pieces = [piece.strip() for line in solution.lines[-MAX_RESULTS:] for piece in re.split(r";|,(?!\d)", line)]
    lines = [piece for piece in pieces[-MAX_RESULTS:] if _PART_OF_TRIANGLE.fullmatch(piece)]
    read = [closing_value(solution, line) for line in lines]
    answers = [answer for answer in read if answer is not None and answer.kind in ("quantity", "number", "expression")]
    return multi(answers, ordered=False) if len(answers) > 1 else None


def _items_asked(solution: Solution) -> Answer | None:
    """`Lúc 2 giờ góc ... là 60°`, `Lúc 5 giờ ...`: a line for each item of the list with which the question ends."""
    listed = re.search(r": ?(?P<items>[^:?\n]{3,200})[.?]?\s*$", solution.question)
    items = [item.strip() for item in re.split(r"[,;](?!\d) ?", listed["items"])] if listed else []
    lines = solution.lines[-len(items) :] if 2 < len(items) <= MAX_RESULTS else []
    if len(lines) < len(items) or not items:
        return None
    if not all(item.strip(" .") in line for item, line in zip(items, lines, strict=True)):
        return None
    read = [closing_value(solution, line) for line in lines]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    return multi(answers, ordered=True) if len(answers) == len(items) else None


_VALUES = re.compile(r"(?:(?<=tại )|(?<=và ))(?<![\w+×*/-])([a-z]) = (-?\d[\d/,]*)(?![\d+×*/^-])")
"""`đạt cực đại tại x = 0 và đạt cực tiểu tại x = 2 và x = -2`."""


def _side_by_side(solution: Solution) -> Answer | None:
    """`DE = AB = 5 cm; góc B = góc E = 60°` in the last line, where two things are asked for."""
    values = (
        _VALUES.findall(solution.lines[-1]) if solution.lines and re.search(r"(?i)(?<!\w)các(?!\w)", solution.question) else []
    )
    if len(values) > 1 and len({letter for letter, _ in values}) == 1:
        read_values = [solution.read(written) for _, written in values]
        return multi([value for value in read_values if value is not None], ordered=False)
    pieces = [piece.strip() for piece in solution.lines[-1].split(";")] if solution.lines and solution.asks_for_two else []
    if not 2 <= len(pieces) <= MAX_RESULTS or not all(re.match(r"[^\d=()]{1,40}=[^()]*$", piece) for piece in pieces):
        return None
    read = [closing_value(solution, piece) for piece in pieces]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    return multi(answers, ordered=True) if len(answers) == len(pieces) else None


def _named_in(question: str, solution: Solution, line: str) -> Answer | None:
    """What the line says of its left side, where the question holds that as it is and not inside a longer expression."""
    left = without_spaces(line.partition("=")[0])
    if "=" not in line or not 2 < len(left) < 60 or not re.match(r"\d", left):
        return None
    if re.search(rf"(?<![\w+×:*/^-]){re.escape(left)}(?![\w+×*/^-]|:\d)", question) is None:
        return None
    return closing_value(solution, line) or solution.read(line.rpartition("=")[2])


def _point(solution: Solution, line: str) -> Answer | None:
    told = last_clause(line)
    answer = symbolic_value(solution, told) if "=" not in told else None
    return answer if answer is not None and answer.kind == "point" else None
