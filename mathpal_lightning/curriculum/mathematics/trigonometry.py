"""Trigonometric ratios of acute angles, sides of right triangles and heights: grade 9."""

from __future__ import annotations

from fractions import Fraction
from math import cos, floor, radians, sin, tan
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.bounds import drawn_unit
from mathpal_lightning.curriculum.mathematics.circles_and_solids import hypotenuse_of, leg, right_triangle
from mathpal_lightning.curriculum.mathematics.repetitions import lowest
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number

_TRIANGLES = ("ABC", "MNP", "DEF", "PQR", "HIK", "EFG")
_RATIOS = {
    "sin": ("opposite", "hypotenuse"),
    "cos": ("adjacent", "hypotenuse"),
    "tan": ("opposite", "adjacent"),
    "cot": ("adjacent", "opposite"),
}
_NAMES = {"opposite": "cạnh đối", "adjacent": "cạnh kề", "hypotenuse": "cạnh huyền"}


def trigonometry(random: Random, level: int) -> Plan:
    """A ratio from all sides; from both legs after the hypotenuse; from the hypotenuse and a leg after the other leg."""
    a, b, c = tuple(random.choice(_TRIANGLES))
    x, y, z = right_triangle(random, *((5, 150), (5, 150), (151, 400))[level - 1])
    unit = drawn_unit(random, z, ("cm", "dm", "m", "mm"))
    function = random.choice(tuple(_RATIOS) if level == 1 else (("sin", "cos") if level == 2 else tuple(_RATIOS)))
    if level == 3 and function == "cos":
        function = "tan"  # cos would need no other side
    sides = {"opposite": f"{a}{c}", "adjacent": f"{a}{b}", "hypotenuse": f"{b}{c}"}
    lengths = {"opposite": y, "adjacent": x, "hypotenuse": z}
    right = _RATIOS[function]
    others = [pair for name, pair in _RATIOS.items() if name != function]

    def solve(sheet: Sheet) -> None:
        known = dict(lengths)
        if level == 1:
            sheet.say(f"Tam giác {a}{b}{c} vuông tại {a} nên {b}{c} là cạnh huyền.")
            sheet.say(f"Với góc {b}: cạnh đối là {a}{c}, cạnh kề là {a}{b}.")
        elif level == 2:
            known["hypotenuse"] = hypotenuse_of(sheet, x, y, (f"{b}{c}", f"{a}{b}", f"{a}{c}"), unit)
        else:
            known["opposite"] = leg(sheet, z, x, (f"{a}{c}", f"{b}{c}", f"{a}{b}"), unit)
        top, bottom = sheet.pick(right, *others, kind="formula")
        sheet.say(f"{function} {b} = {_NAMES[top]} : {_NAMES[bottom]} = {sides[top]} : {sides[bottom]}")
        above, below = known[top], known[bottom]
        above, below = sheet.pick((above, below), (below, above), kind="upside_down")
        sheet.say(f"{function} {b} = {above}/{below}")
        above, below = lowest(sheet, (above, below))
        sheet.say(f"Vậy {function} {b} = {above}/{below}.")
        sheet.answer_text(f"{function} {b} = {fraction(Fraction(above, below))}")

    shown = {1: ("adjacent", "opposite", "hypotenuse"), 2: ("adjacent", "opposite"), 3: ("adjacent", "hypotenuse")}[level]
    told = [f"{sides[side]} = {lengths[side]} {unit}" for side in shown]
    given = f"tam giác {a}{b}{c} [vuông tại {a}|có góc {a} bằng 90°], {', '.join(told[:-1])}[,| và] {told[-1]}"
    what = f"[tỉ số lượng giác |giá trị |]{function} {b}"
    return Plan((x, y, z, level, list(_RATIOS).index(function)), ask_for(random, given, what), solve)


def _ratio(function: str, angle: int) -> Fraction:
    """The ratio rounded to two decimals, as a pupil takes it from a calculator."""
    exact = {"sin": sin, "cos": cos, "tan": tan}[function](radians(angle))
    return Fraction(floor(exact * 100 + 0.5), 100)


_TALL = (
    ("cột cờ", 6, 18), ("toà nhà", 12, 60), ("cây dừa", 8, 22), ("ngọn tháp", 20, 70), ("cây thông", 8, 30), ("ngọn hải đăng", 20, 60),
)  # fmt: skip
_ELEVATION = (
    "{Name} đứng cách [chân |]{thing} {d} m và nhìn thấy đỉnh {thing} dưới góc nâng {angle}° [so với phương nằm ngang|]. [Mắt {Name} cách|Biết mắt {Name} cách] mặt đất {eye} m[ và|, lấy] {given}. {ask}",
    "Từ [một điểm|vị trí] cách chân {thing} {d} m, {Name} đo được góc nâng [của tia nhìn|] đến đỉnh {thing} là {angle}°[, mắt cách mặt đất|. Khoảng cách từ mắt đến mặt đất là] {eye} m ({given}). {ask}",
)
_ASK_TALL = (
    "[Tính chiều cao của {thing}.|Hỏi {thing} cao bao nhiêu mét?|Tìm chiều cao của {thing}.|Hãy tính chiều cao của {thing}.]"
)


def right_triangle_sides(random: Random, level: int) -> Plan:
    """A leg from the hypotenuse and an angle; the area from them; a height from an angle of elevation and the eyes' height."""
    if level == 3:
        return _elevation(random)
    a, b, c = tuple(random.choice(_TRIANGLES))
    angle = random.choice([angle for angle in range(20, 71) if angle not in (30, 45, 60)])
    side = random.randint(4, 99)
    unit = drawn_unit(random, side, ("cm", "dm", "m"))
    use_sin = random.random() < 0.5
    sine, cosine = _ratio("sin", angle), _ratio("cos", angle)

    def one(sheet: Sheet, function: str, name: str) -> Fraction | int:
        right = {"sin": sine, "cos": cosine}[function]
        value = sheet.pick(right, sine if function == "cos" else cosine, kind="formula")
        word = "đối" if function == "sin" else "kề"
        sheet.say(f"{name} là cạnh {word} của góc {b} nên {name} = {b}{c} × {function} {b}.")
        return sheet.multiply(side, value, unit, lead=f"Độ dài {name} (gần đúng) là")

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Tam giác {a}{b}{c} vuông tại {a} có cạnh huyền {b}{c} = {side} {unit}.")
        if level == 1:
            found = one(sheet, "sin", f"{a}{c}") if use_sin else one(sheet, "cos", f"{a}{b}")
            sheet.answer(found, sheet.pick(unit, f"{unit}²", kind="unit"))
            return
        opposite, adjacent = one(sheet, "sin", f"{a}{c}"), one(sheet, "cos", f"{a}{b}")
        both = sheet.add(opposite, adjacent, unit, lead="Tổng hai cạnh góc vuông là")
        sheet.answer(sheet.add(both, side, unit, lead=f"Chu vi tam giác {a}{b}{c} (gần đúng) là"), unit)

    given = f"tam giác {a}{b}{c} [vuông tại {a}|có góc {a} bằng 90°], {b}{c} = {side} {unit}[,| và] góc {b} = {angle}°"
    taken = [f"sin {angle}° ≈ {number(sine)}"] if use_sin else [f"cos {angle}° ≈ {number(cosine)}"]
    if level == 2:
        taken = [f"sin {angle}° ≈ {number(sine)}", f"cos {angle}° ≈ {number(cosine)}"]
    asked = f"[độ dài |]cạnh {a}{c if use_sin else b}" if level == 1 else f"chu vi [của |]tam giác {a}{b}{c}"
    what = f"{asked} (lấy {' và '.join(taken)})"
    return Plan((side, angle, level, int(use_sin)), ask_for(random, given, what), solve)


def _elevation(random: Random) -> Plan:
    while True:
        thing, low, high = random.choice(_TALL)
        angle, d = random.randint(20, 65), Fraction(random.randint(51, 900), 10)
        eye = Fraction(random.randint(140, 172), 100)
        tangent = _ratio("tan", angle)
        if low <= d * tangent + eye <= high and d.denominator > 1:
            break
    given = f"tan {angle}° ≈ {number(tangent)}"
    words = {"Name": pupils(random, 1)[0], "thing": thing, "d": d, "angle": angle, "eye": eye, "given": given}
    question = phrase(random, [form.replace("{ask}", _ASK_TALL) for form in _ELEVATION], **words)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi A là vị trí mắt, B là đỉnh của {thing}, H là hình chiếu của A trên {thing}.")
        sheet.say(f"Tam giác ABH vuông tại H có AH = {number(d)} m, góc A = {angle}°.")
        sheet.say("BH là cạnh đối của góc A nên BH = AH × tan A.")
        function = sheet.pick("tan", "sin", "cos", kind="formula")
        value = _ratio(function, angle)
        above = sheet.multiply(d, value, "m", lead="Độ dài BH (gần đúng) là")
        total = sheet.add(above, eye, "m", lead=f"Chiều cao của {thing} (gần đúng) là")
        sheet.answer(total, "m")

    return Plan((d, angle, eye), question, solve)
