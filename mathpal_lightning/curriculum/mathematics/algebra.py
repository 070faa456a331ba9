"""Finding an unknown."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import canonical, number

_EQUATION_STORIES = (
    ("Tìm x, biết: {equation}",),
    ("Tìm x: {equation}",),
    ("Tìm số tự nhiên x, biết {equation}.",),
    ("Tìm giá trị của x để {equation}.",),
    ("Giải bài toán tìm x: {equation}",),
    ("Với giá trị nào của x thì {equation}?",),
)


def linear_equation(random: Random, level: int) -> Draft:
    """Undo a × x + b = c or a × x - b = c: one-digit x, then x up to 25, then up to 90."""
    a = random.randint(2, 9)
    x = random.randint(*((2, 9), (6, 25), (21, 90))[level - 1])
    b = random.randint(*((1, 20), (11, 60), (31, 99))[level - 1])
    adding = random.random() < 0.5 or a * x <= b
    c = a * x + b if adding else a * x - b
    sign, inverse, undo = ("+", "-", working.subtract) if adding else ("-", "+", working.add)
    (question,) = tell(random, _EQUATION_STORIES, equation=f"{a} × x {sign} {b} = {number(c)}")
    moved = f"{a} × x = {number(c)} {inverse} {b}"

    def write(value: int, *lines: str) -> str:
        return solved(f"x = {number(value)}", *lines)

    solution = write(x, f"{a} × x = {undo(c, b)}", f"x = {working.divide(a * x, a)}")
    wrong = c + b if adding else max(c - b, 0)
    mistakes = (
        write(a * x - a, f"{moved} = {number(a * x)}", f"x = {number(a * x)} - {a} = {number(a * x - a)}"),
        write(wrong, f"{a} × x = {number(c)} {sign} {b} = {number(wrong)}", f"x = {number(wrong)}"),
    )
    return Draft((a, sign, *sorted((b, c))), question, solution, canonical(x), mistakes)
