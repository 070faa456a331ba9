"""Boxes, cubes and prisms: grades 5 and 7. The sizes of things come from nouns.yaml."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.nouns import Noun, nouns, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_SIZES = "[có chiều dài {a} {unit}, chiều rộng {b} {unit} và {high} {c} {unit}|dài {a} {unit}, rộng {b} {unit}, {tall} {c} {unit}|có {high} {c} {unit}, chiều dài {a} {unit} và chiều rộng {b} {unit}]"
_BOX = (
    "[Một|Có một|{name} đo một] {full} " + _SIZES + ". [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Em hãy tính] {what} của một {full} " + _SIZES + ".",
)
_BOX_HEIGHT = (
    "[Một|Có một|{name} đo một] {full} có chiều dài {a} {unit}, chiều rộng {b} {unit} và thể tích {volume} {unit}³. [Tính {high} {short} đó.|Hỏi {high} {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Tìm] {high} của một {full}, biết [thể tích là {volume} {unit}³|thể tích bằng {volume} {unit}³], chiều dài {a} {unit}, chiều rộng {b} {unit}.",
    "Cho một {full} có thể tích {volume} {unit}³, chiều dài {a} {unit}, chiều rộng {b} {unit}. [Tính {high} của nó.|{high} của nó là bao nhiêu {spelled}?]",
)


def _box(random: Random, level: int, closed: bool, decimal: bool) -> tuple[list[Value], dict[str, str]]:
    """The sides of a box that such a thing has, longest side first, and the words for it."""
    fitting = [
        noun
        for noun in nouns("boxes")
        if _sizes_fit(noun, level) and not (closed and (noun.words.get("open") or noun.key in _OPEN))
    ]
    noun = random.choice(fitting) if random.random() < 0.75 else None
    low, high = _BOX_SIZES[level - 1]
    ranges = [
        noun.range(side, 1, high) if noun else range(low if side == "long" else 3, high + 1)
        for side in ("long", "wide", "high")
    ]
    sides: list[Value] = [random.choice(list(one)) for one in ranges]
    if decimal:
        small = [place for place in (1, 2) if sides[place] < 10]  # of two factors one has at most two digits
        for place in (0, *random.sample(small, min(1, len(small)))):
            sides[place] += Fraction(random.randint(1, 9), 10)
    if sides[0] <= sides[1]:
        return _box(random, level, closed, decimal)
    short, unit = (noun.name, noun.unit) if noun else ("hình hộp chữ nhật", random.choice(("cm", "dm")))
    full = f"{short} dạng hình hộp chữ nhật" if noun else short
    tall = noun.words.get("tall", "cao") if noun else "cao"
    words = {"short": short, "full": full, "unit": unit, "tall": tall, "high": f"chiều {tall}"}
    return sides, words | {"name": pupils(random, 1)[0]}


_BOX_SIZES = ((3, 20), (7, 30), (11, 80))
_OPEN = ("bể cá", "bể nước", "bể bơi", "phòng học")
"""Boxes without a lid, and rooms: their whole surface is not asked for."""


def _sizes_fit(noun: Noun, level: int) -> bool:
    low, high = _BOX_SIZES[level - 1]
    return len(noun.range("long", low, high)) > 5


def box_side_area(random: Random, level: int) -> Plan:
    """The side area; the whole surface; the whole surface with decimals."""
    (a, b, c), words = _box(random, level, closed=level > 1, decimal=level == 3)
    unit, square, short = words["unit"], f"{words['unit']}²", words["short"]

    def solve(sheet: Sheet) -> None:
        around = sheet.multiply(sheet.add(a, b, unit, "Nửa chu vi đáy là"), sheet.pick(2, 1), unit, "Chu vi đáy là")
        side = sheet.multiply(around, c, square, f"Diện tích xung quanh {short} là")
        if level > 1:
            base = sheet.multiply(a, b, square, "Diện tích một đáy là")
            bases = sheet.multiply(base, sheet.pick(2, 1), square, "Diện tích hai đáy là")
            side = sheet.add(side, bases, square, f"Diện tích toàn phần {short} là")
        sheet.answer(side, sheet.pick(square, unit, kind="unit"))

    what = "diện tích xung quanh" if level == 1 else "diện tích toàn phần"
    question = phrase(random, _BOX, a=a, b=b, c=c, what=what, spelled=SPELLED[square], **words)
    return Plan((a, b, c, level > 1), question, solve)


def box_volume(random: Random, level: int) -> Plan:
    """Whole sides; the height from the volume and the base; sides with decimals."""
    (a, b, c), words = _box(random, level, closed=False, decimal=level == 3)
    if level == 2 and a * b > 99 and (a * b % 10 or a * b > 999):  # the divisor would have three digits
        return box_volume(random, level)
    unit, square, cube, short = words["unit"], f"{words['unit']}²", f"{words['unit']}³", words["short"]

    def solve(sheet: Sheet) -> None:
        if level == 2:
            base = sheet.multiply(a, b, square, f"Diện tích đáy {short} là")
            sheet.answer(sheet.divide(a * b * c, sheet.pick(base, a), unit, f"{words['high']} {short} là"), unit)
            return
        base = sheet.multiply(a, b, square, f"Diện tích đáy {short} là")
        name = sheet.pick(cube, square, kind="unit")
        sheet.answer(sheet.multiply(base, c, name, f"Thể tích {short} là"), name)

    templates, asked = (_BOX_HEIGHT, unit) if level == 2 else (_BOX, cube)
    question = phrase(random, templates, a=a, b=b, c=c, what="thể tích", volume=a * b * c, spelled=SPELLED[asked], **words)
    return Plan((a, b, c), question, solve)


_CUBE = (
    "[Một|Có một|{name} có một] {full} có cạnh [dài |]{a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Em hãy tính] {what} của một {full} [có cạnh|cạnh] {a} {unit}.",
    "Cho cạnh của một {full} là {a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?|{what} {short} đó là bao nhiêu {spelled}?]",
)
_CUBE_EDGES = (
    "[Một|Có một|{name} làm một] {full} có tổng độ dài [12 cạnh|tất cả các cạnh] là {a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Em hãy tính] {what} của một {full}, biết tổng độ dài [12 cạnh|tất cả các cạnh] là {a} {unit}.",
    "Cho tổng độ dài [12 cạnh|tất cả các cạnh] của một {full} là {a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
)


def _cube(random: Random, level: int, closed: bool) -> tuple[Value, dict[str, str]]:
    """An edge that such a thing has, and the words for it."""
    low, high = ((3, 20), (5, 30), (3, 9))[level - 1]
    fitting = [noun for noun in nouns("cubes", "long", low, high) if not (closed and noun.key == "bể nước")]
    noun = random.choice(fitting) if random.random() < 0.7 else None
    edge: Value = random.choice(noun.range("long", low, high) if noun else range(low, high + 1))
    edge += Fraction(random.randint(1, 9), 10) if level == 3 else 0
    short, unit = (noun.name, noun.unit) if noun else ("hình lập phương", random.choice(("cm", "dm")))
    full = f"{short} dạng hình lập phương" if noun else short
    if level == 3 and closed and unit == "dm" and random.random() < 0.5:  # a volume would have six decimals
        edge, unit = Fraction(edge, 10), "m"
    return edge, {"short": short, "full": full, "unit": unit, "name": pupils(random, 1)[0]}


def _edge(sheet: Sheet, edge: Value, level: int, unit: str) -> Value:
    """The edge, in level 2 found from the length of all edges."""
    if level != 2:
        return edge
    sheet.say("Hình lập phương có 12 cạnh bằng nhau.")
    return sheet.divide(12 * edge, sheet.pick(12, 6, 8, kind="count"), unit, "Độ dài một cạnh là")


def cube_surface(random: Random, level: int) -> Plan:
    """Four or six faces: whole edges; the edge found from the length of all edges; decimals."""
    faces, what = random.choice(((4, "diện tích xung quanh"), (6, "diện tích toàn phần")))
    edge, words = _cube(random, level, closed=True)
    unit, square, short = words["unit"], f"{words['unit']}²", words["short"]

    def solve(sheet: Sheet) -> None:
        side = _edge(sheet, edge, level, unit)
        face = sheet.multiply(side, sheet.pick(side, 4), square, "Diện tích một mặt là")
        sheet.answer(sheet.multiply(face, sheet.pick(faces, 10 - faces), square, f"{what} {short} là"), square)

    a = 12 * edge if level == 2 else edge
    question = phrase(random, _CUBE_EDGES if level == 2 else _CUBE, a=a, what=what, spelled=SPELLED[square], **words)
    return Plan((a, faces), question, solve)


def cube_volume(random: Random, level: int) -> Plan:
    """Edge × edge × edge: whole edges; the edge found from the length of all edges; decimals."""
    edge, words = _cube(random, level, closed=False)
    unit, square, cube, short = words["unit"], f"{words['unit']}²", f"{words['unit']}³", words["short"]

    def solve(sheet: Sheet) -> None:
        side = _edge(sheet, edge, level, unit)
        face = sheet.multiply(side, side, square, "Diện tích một mặt là")
        factor = sheet.pick(side, 6)
        name = sheet.pick(cube, square, kind="unit")
        sheet.answer(sheet.multiply(face, factor, name, f"Thể tích {short} là"), name)

    a = 12 * edge if level == 2 else edge
    question = phrase(random, _CUBE_EDGES if level == 2 else _CUBE, a=a, what="thể tích", spelled=SPELLED[cube], **words)
    return Plan((a,), question, solve)


def prism_volume(random: Random, level: int) -> Plan:
    """A right triangle as base; a side and its height, larger; the height of the prism from its volume."""
    a, b, c = (
        random.randint(low, high)
        for low, high in (((3, 15), (3, 15), (5, 24)), ((14, 40), (8, 30), (21, 60)), ((12, 40), (6, 24), (11, 50)))[level - 1]
    )
    a += a * b % 2
    unit = random.choice(("cm", "dm"))
    square, cube = f"{unit}²", f"{unit}³"
    base = a * b // 2

    def solve(sheet: Sheet) -> None:
        sheet.say("Áp dụng công thức thể tích của hình lăng trụ đứng: V = S × h, với S là diện tích đáy, h là chiều cao.")
        product = sheet.multiply(a, b, lead="Tích của hai độ dài đã cho ở đáy là")
        bottom = sheet.divide(product, sheet.pick(2, 1), square, "Diện tích đáy là")
        if level == 3:
            sheet.say("Từ V = S × h suy ra h = V : S.")
            sheet.answer(sheet.divide(base * c, bottom, unit, "Chiều cao của lăng trụ là"), unit)
            return
        name = sheet.pick(cube, square, kind="unit")
        sheet.answer(sheet.multiply(bottom, c, name, "Thể tích của lăng trụ là"), name)

    legs = (
        f"[đáy là tam giác vuông có hai cạnh góc vuông|đáy là tam giác vuông với hai cạnh góc vuông] {a} {unit} và {b} {unit}"
    )
    if level > 1:
        legs = f"đáy là tam giác có một cạnh {a} {unit} và chiều cao ứng với cạnh đó của đáy [là|bằng] {b} {unit}"
    last = (
        f"thể tích [lăng trụ |]{number(base * c)} {cube}"
        if level == 3
        else f"chiều cao [của lăng trụ|lăng trụ] [là |bằng |]{c} {unit}"
    )
    given = f"[hình lăng trụ đứng|lăng trụ đứng] [tam giác |]có {legs}[, |; ]{last}"
    return Plan(
        (min(a, b), max(a, b), c, level),
        ask_for(random, given, f"{'chiều cao' if level == 3 else 'thể tích'} [của |]lăng trụ"),
        solve,
    )
