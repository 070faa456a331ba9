"""Finding x by undoing operations: grade 6."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_FIND_X = (
    "[Tìm|Hãy tìm] x, biết: {equation}",
    "[Tìm|Hãy tìm] số tự nhiên x, biết {equation}.",
    "[Tìm|Hãy tìm] [số tự nhiên x|x|giá trị của x] [sao cho|thoả mãn|để] {equation}.",
    "Với [giá trị nào của x|số tự nhiên x nào] thì {equation}?",
    "[Cho|Biết] {equation}. [Tìm|Hãy tìm] [x|số tự nhiên x].",
    "[Số tự nhiên x bằng bao nhiêu để|Số x bằng bao nhiêu nếu|Số tự nhiên x bằng bao nhiêu, biết] {equation}?",
)


def linear_equation(random: Random, level: int) -> Plan:
    """Undo a × x + b = c or a × x - b = c: x up to 12, up to 30, up to 90; the larger ones with two-digit factors too."""
    a = random.randint(2, 9) if level < 3 else random.randint(6, 25)
    x = random.randint(*((2, 12), (13, 40), (21, 90))[level - 1])
    b = random.randint(*((2, 40), (11, 99), (31, 199))[level - 1])
    adding = random.random() < 0.5 or a * x <= b
    c = a * x + b if adding else a * x - b
    sign, inverse = ("+", "-") if adding else ("-", "+")
    left = random.choice((f"{a} × x", f"{a}x", f"x × {a}")) if level > 1 else random.choice((f"{a} × x", f"x × {a}"))
    equation = f"{left} {sign} {number(b)} = {number(c)}"

    def solve(sheet: Sheet) -> None:
        undo = sheet.pick(inverse, sign, kind="transpose")
        sheet.say(f"{left} = {number(c)} {undo} {number(b)}")
        product = sheet.subtract(c, b) if undo == "-" else sheet.add(c, b)
        sheet.say(f"{left} = {number(product)}")
        sheet.say(f"x = {number(product)} : {a}")
        found = sheet.divide(product, a)
        sheet.say(f"Vậy x = {number(found)}")
        sheet.answer(found, name="x = ")

    return Plan((a, sign, *sorted((b, c))), phrase(random, _FIND_X, equation=equation), solve)
