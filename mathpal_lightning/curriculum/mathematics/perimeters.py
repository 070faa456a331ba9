"""Perimeter and area of grade 3: squares, polygons, rectangles. The sizes of things come from nouns.yaml."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import draw_noun, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase

_SQUARE = (
    "[Một|Có một] {full} có cạnh [dài|] {a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu?|{what} {short} đó là bao nhiêu?]",
    "[Tính|Hãy tính|Em hãy tính] {what} của một {full} [có cạnh|cạnh dài] {a} {unit}.",
    "[{name} đo được|{owner}|Cho] một {full} có cạnh dài {a} {unit}. [Hỏi {what} {short} đó là bao nhiêu?|Tính {what} {short} đó.]",
)
_SIDE = (
    "[Một|Có một|{name} đo được một] {full} có chu vi {a} {unit}. [Tính độ dài cạnh {short} đó.|Hỏi cạnh {short} đó dài bao nhiêu {spelled}?|Cạnh của {short} đó dài bao nhiêu {spelled}?]",
    "[Chu vi|Cho chu vi] của một {full} là {a} {unit}. [Tính độ dài một cạnh.|Hỏi mỗi cạnh dài bao nhiêu {spelled}?|Tính cạnh {short} đó.]",
)


def square_perimeter(random: Random, level: int) -> Plan:
    """Side times 4: sides to 40; to 99 and more; the side from the perimeter of a larger square."""
    low, high = ((4, 40), (41, 95), (102, 300))[level - 1]
    noun = draw_noun(random, "squares", "long", low, high) if random.random() < 0.7 else None
    side = random.choice(noun.range("long", low, high) if noun else range(low, high + 1))
    unit = noun.unit if noun else random.choice(("cm", "dm", "m"))
    short = noun.name if noun else "hình vuông"
    around = side * 4

    def solve(sheet: Sheet) -> None:
        if level == 3:
            sheet.say("Chu vi hình vuông bằng độ dài một cạnh nhân với 4.")
            sheet.answer(sheet.divide(around, sheet.pick(4, 2), unit, f"Độ dài cạnh {short} là"), unit)
            return
        sheet.answer(sheet.multiply(side, sheet.pick(4, 2), unit, f"Chu vi {short} là"), unit)

    fields = {"short": short, "full": f"{short} hình vuông" if noun else short, "unit": unit, "spelled": SPELLED[unit]}
    name = pupils(random, 1)[0]
    fields |= {"name": name, "owner": f"{name} có" if unit == "cm" else "Có"}
    a = around if level == 3 else side
    question = phrase(random, _SIDE if level == 3 else _SQUARE, a=a, what="chu vi", **fields)
    return Plan((a, level), question, solve)


_POLYGON = (
    "[Tính|Hãy tính|Em hãy tính] chu vi hình {shape} có độ dài các cạnh [là|lần lượt là] {sides}.",
    "[Một|Cho|Có một] hình {shape} có các cạnh dài {sides}. [Tính chu vi hình {shape} đó.|Hỏi chu vi của nó là bao nhiêu {spelled}?|Chu vi hình {shape} đó là bao nhiêu {spelled}?]",
    "[{name} uốn dây thành|Bạn {name} xếp] một hình {shape} có các cạnh dài {sides}. [Tính chu vi hình đó.|Hỏi hình đó có chu vi bao nhiêu {spelled}?]",
)


def polygon_perimeter(random: Random, level: int) -> Plan:
    """Triangles with sides to 50; quadrilaterals with sides to 99; quadrilaterals with three digits."""
    low, high, count = ((11, 49, 3), (35, 99, 4), (120, 399, 4))[level - 1]
    while True:
        sides = [random.randint(low, high) for _ in range(count)]
        if max(sides) < sum(sides) - max(sides):
            break
    unit = random.choice(("cm", "dm", "mm") if level == 3 else ("cm", "dm", "m"))
    shape = "tam giác" if count == 3 else "tứ giác"

    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.sum(sides, unit, f"Chu vi hình {shape} là"), unit)

    templates = _POLYGON if unit in ("cm", "mm") and max(sides) < 50 or unit == "mm" else _POLYGON[:2]
    told = ", ".join(f"{side} {unit}" for side in sides[:-1]) + f" và {sides[-1]} {unit}"
    fields = {"shape": shape, "sides": told, "spelled": SPELLED[unit], "name": pupils(random, 1)[0]}
    return Plan(tuple(sides), phrase(random, templates, **fields), solve)


_AREA = (
    "[Một|Có một|{name} cắt được một] {full} có chiều dài {a} cm, chiều rộng {b} cm. [Tính diện tích {short} đó.|Hỏi diện tích {short} đó là bao nhiêu xăng-ti-mét vuông?]",
    "[Tính|Hãy tính|Em hãy tính] diện tích một {full} [có chiều dài {a} cm và chiều rộng {b} cm|dài {a} cm, rộng {b} cm].",
    "Cho một {full} có chiều rộng {b} cm và chiều dài {a} cm. [Tính diện tích {short} đó.|Diện tích {short} đó là bao nhiêu xăng-ti-mét vuông?]",
)
_AREA_TIMES = (
    "[Một|Có một|{name} cắt được một] {full} có chiều rộng {b} cm, chiều dài gấp {times} lần chiều rộng. [Tính diện tích {short} đó.|Hỏi diện tích {short} đó là bao nhiêu xăng-ti-mét vuông?]",
    "[Tính|Hãy tính|Em hãy tính] diện tích một {full}, biết chiều rộng là {b} cm và chiều dài gấp {times} lần chiều rộng.",
    "Cho một {full} có chiều rộng {b} cm, chiều dài gấp {times} lần chiều rộng. [Diện tích {short} đó là bao nhiêu?|Tính diện tích của {short} đó.]",
)
_SHEETS = ("tấm bìa", "tờ giấy", "miếng gỗ", "mảnh vải", "tấm nhựa", "")


def rectangle_area(random: Random, level: int) -> Plan:
    """Length times width in cm², one side of one digit: within the tables; a longer side; the length so many times the width."""
    width = random.randint(3, 9)
    times = random.randint(2, 9)
    length = random.randint(width + 1, 10) if level == 1 else random.randint(11, 60) if level == 2 else width * times
    noun = random.choice(_SHEETS)
    short = noun or "hình chữ nhật"

    def solve(sheet: Sheet) -> None:
        long = sheet.multiply(width, times, "cm", f"Chiều dài {short} là") if level == 3 else length
        if sheet.pick(False, True):
            sheet.answer(sheet.add(long, width, "cm²", f"Diện tích {short} là"), "cm²")
            return
        unit = sheet.pick("cm²", "cm", kind="unit")
        sheet.answer(sheet.multiply(long, width, unit, f"Diện tích {short} là"), unit)

    fields = {"short": short, "full": f"{noun} hình chữ nhật" if noun else short, "name": pupils(random, 1)[0]}
    question = phrase(random, _AREA_TIMES if level == 3 else _AREA, a=length, b=width, times=times, **fields)
    return Plan((width, times if level == 3 else length, level), question, solve)


_FROM_AROUND = (
    "[Một|Có một|{name} cắt được một] {full} có chu vi {a} cm. [Tính diện tích {short} đó.|Hỏi diện tích {short} đó là bao nhiêu xăng-ti-mét vuông?|Diện tích {short} đó là bao nhiêu?]",
    "[Tính|Hãy tính|Em hãy tính] diện tích một {full} [có chu vi|biết chu vi là] {a} cm.",
)


def square_area(random: Random, level: int) -> Plan:
    """Side times side in cm²: sides to 5; to 9; the side found from the perimeter."""
    side = random.randint(*((2, 5), (6, 9), (3, 9))[level - 1])
    noun = random.choice(_SHEETS)
    short = noun or "hình vuông"

    def solve(sheet: Sheet) -> None:
        long = sheet.divide(4 * side, 4, "cm", f"Độ dài cạnh {short} là") if level == 3 else side
        factor = sheet.pick(long, 4)
        unit = sheet.pick("cm²", "cm", kind="unit")
        sheet.answer(sheet.multiply(long, factor, unit, f"Diện tích {short} là"), unit)

    fields = {"short": short, "full": f"{noun} hình vuông" if noun else short, "name": (name := pupils(random, 1)[0])}
    fields |= {"unit": "cm", "what": "diện tích", "owner": f"Bạn {name} có"}
    question = phrase(random, _FROM_AROUND if level == 3 else _SQUARE, a=4 * side if level == 3 else side, **fields)
    return Plan((side, level), question, solve)
