"""Prisms, boxes, pyramids, cylinders, cones and spheres: grades 7 to 9. π is taken as 3,14."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.mathematics.circles_and_solids import hypotenuse_of, right_triangle
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value

PI = Fraction(314, 100)
_PI_GIVEN = "(lấy π ≈ 3,14)"


def _bodies(random: Random) -> str:
    return random.choice(("thùng nước", "khối gỗ", "khối bê tông", "bồn nước", "thùng dầu"))


def cylinders_cones_spheres(random: Random, level: int) -> Plan:
    """The cylinder: its side from radius and height; its volume; its whole surface from the diameter."""
    radius, height = (
        random.randint(*((8, 44), (15, 45), (46, 90))[level - 1]),
        random.randint(*((16, 60), (61, 99), (101, 180))[level - 1]),
    )
    body = _bodies(random)
    unit = "cm"

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say("Áp dụng công thức diện tích xung quanh của hình trụ: S = 2πrh.")
            around = sheet.multiply(sheet.pick(2 * radius, radius), PI, unit, lead="Chu vi đáy là")
            side = sheet.multiply(around, height, f"{unit}²", lead=f"Diện tích xung quanh của {body} là")
            sheet.answer(side, sheet.pick(f"{unit}²", f"{unit}³", kind="unit"))
            return
        r: Value = radius
        if level == 3:
            r = sheet.divide(2 * radius, 2, unit, lead="Bán kính đáy là")
        square = sheet.multiply(r, sheet.pick(r, 2), lead="Bình phương bán kính là")
        base = sheet.multiply(square, PI, f"{unit}²", lead=f"Diện tích đáy của {body} là")
        if level == 2:
            sheet.say("Áp dụng công thức thể tích của hình trụ: V = πr²h.")
            sheet.answer(
                sheet.multiply(base, height, f"{unit}³", lead=f"Thể tích của {body} là"),
                sheet.pick(f"{unit}³", f"{unit}²", kind="unit"),
            )
            return
        around = sheet.multiply(2 * radius, PI, unit, lead="Chu vi đáy là")
        side = sheet.multiply(around, height, f"{unit}²", lead="Diện tích xung quanh là")
        both = sheet.multiply(base, sheet.pick(2, 1), f"{unit}²", lead="Diện tích hai đáy là")
        sheet.answer(sheet.add(side, both, f"{unit}²", lead=f"Diện tích toàn phần của {body} là"), f"{unit}²")

    size = f"đường kính đáy {2 * radius} {unit}" if level == 3 else f"bán kính đáy {radius} {unit}"
    given = f"[một |]{body} [dạng|có dạng] hình trụ có {size}[,| và] [chiều cao|cao] {height} {unit}"
    what = ("diện tích xung quanh", "thể tích", "diện tích toàn phần")[level - 1]
    return Plan((radius, height, level), ask_for(random, given, f"{what} [của |]{body} {_PI_GIVEN}"), solve)


def cones(random: Random, level: int) -> Plan:
    """The side πrl; the volume; the side from radius and height by Pythagoras."""
    radius, height = 3 * random.randint(1, 15), random.randint(*((5, 60), (61, 99), (20, 90))[level - 1])
    slant = radius + random.randint(3, 40)
    unit = "cm"
    small, large = (
        ("phễu", "khối nhựa", "khối bê tông", "chụp đèn", "khối gỗ"),
        ("mái lều", "đống cát", "khối bê tông", "khối thạch cao", "khối gỗ"),
    )
    body = random.choice(large if level == 3 else small)
    if level == 3:
        radius, height, slant = right_triangle(random, 20, 160)

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Áp dụng công thức thể tích của hình nón: V = 1/3 πr²h.")
            square = sheet.multiply(radius, sheet.pick(radius, 2), lead="Bình phương bán kính là")
            base = sheet.multiply(square, PI, f"{unit}²", lead="Diện tích đáy là")
            product = sheet.multiply(base, height, f"{unit}³", lead="Diện tích đáy nhân với chiều cao là")
            sheet.answer(sheet.divide(product, sheet.pick(3, 2, 1), f"{unit}³", lead="Thể tích hình nón là"), f"{unit}³")
            return
        long = slant
        if level == 3:
            sheet.say("Bán kính đáy r, chiều cao h và đường sinh l tạo thành một tam giác vuông có cạnh huyền l.")
            long = hypotenuse_of(sheet, radius, height, ("l", "r", "h"), unit)
        sheet.say("Áp dụng công thức diện tích xung quanh của hình nón: S = πrl.")
        first = sheet.multiply(sheet.pick(radius, 2 * radius), long, f"{unit}²", lead="Tích rl là")
        side = sheet.multiply(first, PI, f"{unit}²", lead="Diện tích xung quanh hình nón là")
        sheet.answer(side, sheet.pick(f"{unit}²", f"{unit}³", kind="unit"))

    second = f"đường sinh {slant} {unit}" if level == 1 else f"chiều cao {height} {unit}"
    given = f"[một |]{body} [dạng|có dạng] hình nón có bán kính đáy {radius} {unit}[,| và] {second}"
    what = "thể tích" if level == 2 else "diện tích xung quanh"
    numbers = (radius, slant if level == 1 else height, level)
    return Plan(numbers, ask_for(random, given, f"{what} [của |]{body} {_PI_GIVEN}"), solve)


def spheres(random: Random, level: int) -> Plan:
    """The surface 4πR²; the volume; both surfaces of two balls together."""
    radius = 3 * random.randint(1, 30) if level == 2 else random.randint(2, 90)
    other = random.randint(3, 60)
    unit = random.choice(("cm", "mm"))
    body = random.choice(("quả cầu đá", "quả cầu trang trí") if unit == "cm" else ("quả bóng nhỏ", "quả cầu thép"))

    def surface(sheet: Sheet, r: int, which: str) -> Value:
        square = sheet.multiply(r, sheet.pick(r, 2), lead=f"Bình phương bán kính{which} là")
        four = sheet.multiply(square, sheet.pick(4, 2), lead="Nhân với 4, ta được")
        return sheet.multiply(four, PI, f"{unit}²", lead=f"Diện tích mặt cầu{which} là")

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Áp dụng công thức thể tích của hình cầu: V = 4/3 πR³.")
            square = sheet.multiply(radius, sheet.pick(radius, 3), lead="Bình phương bán kính là")
            cube = sheet.multiply(square, radius, lead="Lập phương bán kính là")
            third = sheet.divide(cube, sheet.pick(3, 2), lead="Chia cho 3, ta được")
            four = sheet.multiply(third, 4, lead="Nhân với 4, ta được")
            sheet.answer(
                sheet.multiply(four, PI, f"{unit}³", lead="Thể tích hình cầu là"),
                sheet.pick(f"{unit}³", f"{unit}²", kind="unit"),
            )
            return
        sheet.say("Áp dụng công thức diện tích mặt cầu: S = 4πR².")
        first = surface(sheet, radius, "" if level == 1 else " thứ nhất")
        if level == 3:
            first = sheet.add(first, surface(sheet, other, " thứ hai"), f"{unit}²", lead="Tổng diện tích hai mặt cầu là")
        sheet.answer(first, sheet.pick(f"{unit}²", f"{unit}³", kind="unit"))

    if level == 3:
        given, what = (
            f"hai {body} dạng hình cầu có bán kính lần lượt là {radius} {unit} và {other} {unit}",
            f"tổng diện tích [mặt cầu |][của |]hai {body} {_PI_GIVEN}",
        )
    else:
        given = f"[một |]{body} [dạng|có dạng] hình cầu có [bán kính|bán kính bằng] {radius} {unit}"
        what = f"{'thể tích' if level == 2 else 'diện tích bề mặt'} [của |]{body} {_PI_GIVEN}"
    return Plan((radius, unit, level, *((other,) if level == 3 else ())), ask_for(random, given, what), solve)


_HIGH = 3**0.5 / 2
"""The height of an equilateral triangle of side 1."""


def _height(side: int) -> int:
    """The height of an equilateral triangle, rounded."""
    return round(_HIGH * side)


def pyramids(random: Random, level: int) -> Plan:
    """The side of a regular pyramid, its base a square or a triangle; its volume; side and base together of a larger one."""
    corners, sides = random.choice((3, 4)), range(*((3, 41), (12, 91), (41, 100))[level - 1])
    side = random.choice(
        sides if corners == 4 or level == 1 else [side for side in sides if abs(_height(side) - _HIGH * side) < 0.2]
    )
    least = side // 2 + 1  # an apothem longer than that of the base
    high = random.randint(*((least, least + 45), (12, 90), (max(61, least), 180))[level - 1]) * (3 if level == 2 else 1)
    unit = "cm"
    body = random.choice(("khối đá", "khối gỗ", "khối thạch cao", "mô hình kim tự tháp" if corners == 4 else "khối nhựa"))

    def base_area(sheet: Sheet) -> Value:
        if corners == 4:
            return sheet.multiply(side, sheet.pick(side, 4), f"{unit}²", lead="Diện tích đáy là")
        product = sheet.multiply(side, _height(side), lead="Tích cạnh đáy và chiều cao của tam giác đáy là")
        return sheet.divide(product, sheet.pick(2, 1), f"{unit}²", lead="Diện tích đáy là")

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Áp dụng công thức thể tích hình chóp: V = 1/3 × S × h, với S là diện tích đáy, h là chiều cao.")
            product = sheet.multiply(base_area(sheet), high, f"{unit}³", lead="Diện tích đáy nhân với chiều cao là")
            sheet.answer(sheet.divide(product, sheet.pick(3, 2), f"{unit}³", lead="Thể tích hình chóp là"), f"{unit}³")
            return
        sheet.say("Diện tích xung quanh hình chóp đều bằng nửa chu vi đáy nhân với trung đoạn.")
        around = sheet.multiply(side, sheet.pick(corners, 7 - corners), unit, lead="Chu vi đáy là")
        half = sheet.divide(around, sheet.pick(2, 1), unit, lead="Nửa chu vi đáy là")
        area = sheet.multiply(half, high, f"{unit}²", lead="Diện tích xung quanh hình chóp là")
        if level == 3:
            area = sheet.add(area, base_area(sheet), f"{unit}²", lead="Diện tích toàn phần hình chóp là")
        sheet.answer(area, sheet.pick(f"{unit}²", f"{unit}³", kind="unit"))

    base = f", chiều cao của tam giác đáy khoảng {_height(side)} {unit}" if corners == 3 and level > 1 else ""
    second = f"{'chiều cao hình chóp' if base else 'chiều cao'} {high} {unit}" if level == 2 else f"trung đoạn {high} {unit}"
    given = f"[một |]{body} [dạng|có dạng] hình chóp {'tam' if corners == 3 else 'tứ'} giác đều có cạnh đáy {side} {unit}{base}[,| và] {second}"
    what = ("diện tích xung quanh", "thể tích", "diện tích toàn phần")[level - 1]
    return Plan((corners, side, high, unit, level), ask_for(random, given, f"{what} [của |]{body}"), solve)


def prism_side_area(random: Random, level: int) -> Plan:
    """Perimeter of the triangle at the base times the height; a quadrilateral at the base; side and both right-triangle bases."""
    a, b, c = right_triangle(random, *((5, 65), (5, 45), (50, 120))[level - 1])
    height = random.randint(*((5, 40), (41, 90), (91, 180))[level - 1])
    extra = random.randint(3, min(40, a + b + c - 2))  # shorter than the other sides of the base together
    unit = random.choice(("cm", "dm")) if level == 1 else "cm"
    sides = [a, b, c] if level != 2 else [a, b, c, extra]

    def solve(sheet: Sheet) -> None:
        sheet.say("Diện tích xung quanh của hình lăng trụ đứng bằng chu vi đáy nhân với chiều cao.")
        around = sheet.sum(sides, unit, lead="Chu vi đáy là")
        area = sheet.multiply(around, height, f"{unit}²", lead="Diện tích xung quanh là")
        if level == 3:
            product = sheet.multiply(a, b, lead="Tích hai cạnh góc vuông của đáy là")
            base = sheet.divide(product, 2, f"{unit}²", lead="Diện tích một đáy là")
            bases = sheet.multiply(base, sheet.pick(2, 1), f"{unit}²", lead="Tổng diện tích hai đáy là")
            area = sheet.add(area, bases, f"{unit}²", lead="Diện tích toàn phần là")
        sheet.answer(area, sheet.pick(f"{unit}²", f"{unit}³", kind="unit"))

    shape = {1: "tam giác", 2: "tứ giác", 3: "tam giác vuông"}[level]
    listed = ", ".join(f"{side} {unit}" for side in sides)
    given = f"[một |]hình lăng trụ đứng [có đáy là|đáy] {shape} [với|có] [các cạnh|độ dài các cạnh] [là |]{listed}[,| và] chiều cao {height} {unit}"
    what = f"diện tích {'toàn phần' if level == 3 else 'xung quanh'} [của |][hình |]lăng trụ[ đó|]"
    return Plan((*sides, height), ask_for(random, given, what), solve)


def box_and_cube(random: Random, level: int) -> Plan:
    """Litres in a tank; the area to paint of an open tank; how high the water stands."""
    long, wide = (
        random.randint(*((5, 25), (8, 30), (10, 40))[level - 1]),
        random.randint(*((4, 15), (7, 20), (10, 30))[level - 1]),
    )
    wide, long = sorted((long, wide))
    high = random.randint(*((3, 15), (5, 18), (8, 25))[level - 1])
    share = random.choice((2, 4, 5))
    body = random.choice(("bể nước", "két nước", "thùng tôn", "bồn nước"))

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say(f"{body.capitalize()} không có nắp nên diện tích cần sơn gồm bốn mặt bên và một mặt đáy.")
            half = sheet.add(long, wide, "dm", lead="Nửa chu vi đáy là")
            around = sheet.multiply(half, sheet.pick(2, 1), "dm", lead="Chu vi đáy là")
            side = sheet.multiply(around, high, "dm²", lead="Diện tích xung quanh là")
            base = sheet.multiply(long, wide, "dm²", lead="Diện tích mặt đáy là")
            sheet.answer(sheet.add(side, base, "dm²", lead="Diện tích cần sơn là"), "dm²")
            return
        base = sheet.multiply(long, wide, "dm²", lead="Diện tích mặt đáy là")
        volume = sheet.multiply(base, high, "dm³", lead=f"Thể tích của {body} là")
        sheet.say("Vì 1 dm³ = 1 l nên thể tích tính bằng đề-xi-mét khối cũng là số lít.")
        if level == 3:
            part = sheet.divide(volume, sheet.pick(share, 10), "l", lead=f"1/{share} thể tích là")
            volume = sheet.subtract(volume, part, "l", lead="Số lít nước còn phải đổ thêm là")
        sheet.answer(volume, sheet.pick("l", "dm²", kind="unit"))

    given = f"[một |]{body} [dạng|có dạng] hình hộp chữ nhật [dài|có chiều dài] {long} dm, [chiều rộng|rộng] {wide} dm[,| và] [chiều cao|cao] {high} dm"
    given += {1: "", 2: ", không có nắp[, được sơn mặt ngoài|]", 3: f", [đang |]chứa nước đến 1/{share} chiều cao"}[level]
    what = (
        f"[số lít nước {body} chứa được nhiều nhất|số lít nước để đổ đầy {body}]",
        "diện tích cần sơn [ở mặt ngoài|mặt ngoài]",
        f"số lít nước cần đổ thêm để đầy {body}",
    )[level - 1]
    return Plan((*sorted((long, wide)), high, share if level == 3 else level), ask_for(random, given, what), solve)
