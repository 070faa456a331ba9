"""Circles, arcs, tangents, cylinders, cones and spheres: grade 9. π is taken as 3,14."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.bounds import drawn_unit
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers
from mathpal_lightning.curriculum.steps.mental import in_head
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.writing import fraction, number

PI = Fraction(314, 100)
_PI_GIVEN = "(lấy π ≈ 3,14)"
_TRIPLES = (
    (3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (12, 35, 37), (9, 40, 41), (28, 45, 53), (11, 60, 61), (33, 56, 65),
)  # fmt: skip


def right_triangle(random: Random, low: int, high: int) -> tuple[int, int, int]:
    """Both legs and the hypotenuse of a right triangle with whole sides, the hypotenuse within low..high."""
    fitting = [
        (a * k, b * k, c * k) for a, b, c in _TRIPLES for k in range(1, high // c + 1) if low <= c * k <= high
    ]  # fmt: skip
    a, b, c = random.choice(fitting)
    return (a, b, c) if random.random() < 0.5 else (b, a, c)


def squared(sheet: Sheet, value: int, name: str) -> int:
    """A square, worked where it is not done in the head."""
    if sheet.pick(False, True, kind="times_exponent"):
        sheet.say(f"{name} = {number(value)} × 2 = {number(2 * value)}")
        return 2 * value
    if in_head("×", value, value, sheet.grade):
        return value * value
    return int(sheet.multiply(value, value))


def leg(sheet: Sheet, hypotenuse: int, other: int, names: tuple[str, str, str], unit: str) -> int:
    """A leg by Pythagoras; `names` are the leg, the hypotenuse and the other leg."""
    found, whole, known = names
    sign = sheet.pick("-", "+", kind="formula")
    sheet.say(f"Theo định lí Pythagore: {found}² = {whole}² {sign} {known}² = {number(hypotenuse)}² {sign} {number(other)}²")
    first, second = squared(sheet, hypotenuse, f"{whole}²"), squared(sheet, other, f"{known}²")
    rest = int(sheet.calculate(sign, first, second))
    sheet.say(f"{found}² = {number(rest)}")
    return rooted(sheet, rest, found, unit)


def hypotenuse_of(sheet: Sheet, a: int, b: int, names: tuple[str, str, str], unit: str) -> int:
    """The hypotenuse by Pythagoras; `names` are the hypotenuse and both legs."""
    found, one, two = names
    sign = sheet.pick("+", "-", kind="formula")
    a, b = (max(a, b), min(a, b)) if sign == "-" else (a, b)
    sheet.say(f"Theo định lí Pythagore: {found}² = {one}² {sign} {two}² = {number(a)}² {sign} {number(b)}²")
    total = int(sheet.calculate(sign, squared(sheet, a, f"{one}²"), squared(sheet, b, f"{two}²")))
    sheet.say(f"{found}² = {number(total)}")
    return rooted(sheet, total, found, unit)


def rooted(sheet: Sheet, square: int, name: str, unit: str) -> int:
    """The whole root of a square; in a run with a slip the nearest whole number, as a pupil would write it."""
    if square <= 0:
        raise Absurd
    root = isqrt(square)
    if root * root != square:
        if not sheet.slip:
            raise ValueError(f"Expected a perfect square, but got {square}")
        sheet.multiply(root, root)
        sheet.say(f"Vì {number(root)}² gần bằng {number(square)} nên lấy √{number(square)} bằng {number(root)}.")
    else:
        root = integers.root(sheet, square, root)
    sheet.say(f"Vậy {name} = {number(root)} {unit}.")
    return root


def circle_angles(random: Random, level: int) -> Plan:
    """Inscribed from central angle; from an arc given by its rest; an angle of the triangle inscribed between two arcs."""
    letters = random.choice(("ABC", "MNP", "DEF", "PQR", "HIK"))
    a, b, c = tuple(letters)
    arc = random.randint(20, 179) if level == 1 else 2 * random.randint(31, 89)
    second = 2 * random.randint(max(31, 91 - arc // 2), 89)  # the triangle is acute: with an obtuse angle another has its arcs
    between = "M" if "M" not in letters else "I"

    def half(sheet: Sheet, value: Value, what: str, on: str) -> Value:
        return sheet.divide(
            value, sheet.pick(2, 1), "°", lead=f"Vì góc {what} là góc nội tiếp chắn cung {on} nên số đo góc {what} là"
        )

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say(f"Góc nội tiếp {b}{a}{c} và góc ở tâm {b}O{c} cùng chắn cung nhỏ {b}{c}.")
            sheet.say("Số đo góc nội tiếp bằng nửa số đo góc ở tâm cùng chắn một cung.")
            sign = sheet.pick(":", "×", kind="formula")
            angle = sheet.calculate(sign, arc, 2, "°", lead=f"Số đo góc {b}{a}{c} là")
            sheet.answer(sheet.pick(angle, 180 - angle, kind="asked"), "°")
            return
        sheet.say("Số đo góc nội tiếp bằng nửa số đo cung bị chắn.")
        if level == 2:
            sheet.say(f"Vì {between} thuộc cung nhỏ {a}{b} nên góc {a}{between}{b} chắn cung lớn {a}{b}.")
            rest = sheet.subtract(sheet.pick(360, 180), arc, "°", lead=f"Số đo cung lớn {a}{b} là")
            sheet.answer(half(sheet, rest, f"{a}{between}{b}", f"lớn {a}{b}"), "°")
            return
        first = half(sheet, arc, f"{a}{c}{b}", f"nhỏ {a}{b}")
        other = half(sheet, second, f"{b}{a}{c}", f"nhỏ {b}{c}")
        sheet.say(f"Tổng ba góc của tam giác {letters} bằng 180°.")
        total = sheet.add(first, other, "°", lead=f"Tổng hai góc {a}{c}{b} và {b}{a}{c} là")
        sheet.answer(sheet.subtract(sheet.pick(180, 360), total, "°", lead=f"Số đo góc {a}{b}{c} là"), "°")

    if level == 1:
        given = f"[các điểm {a}, {b}, {c} thuộc|ba điểm {a}, {b}, {c} nằm trên] đường tròn (O), góc ở tâm {b}O{c} = {arc}° [chắn cung nhỏ {b}{c} không chứa {a}|và {a} thuộc cung lớn {b}{c}]"
        what = f"số đo góc [nội tiếp |]{b}{a}{c}"
    elif level == 2:
        given = f"[đường tròn (O) có|trên đường tròn (O) có] cung nhỏ {a}{b} [có số đo|bằng] {arc}°[ và điểm {between} thuộc|, điểm {between} nằm trên] cung nhỏ {a}{b}"
        what = f"số đo góc [nội tiếp |]{a}{between}{b}"
    else:
        given = f"tam giác nhọn {letters} nội tiếp đường tròn (O), [số đo |]cung nhỏ {a}{b} bằng {arc}°[ và|,] cung nhỏ {b}{c} bằng {second}°"
        what = f"số đo góc {a}{b}{c}"
    return Plan((arc, letters, *((second,) if level == 3 else ())), ask_for(random, given, what), solve)


_SECTORS = (36, 45, 72, 90, 108, 135, 144, 180, 216, 225, 252, 270, 288, 315, 324)
"""The parts of a circle that they are have finite decimals."""


def arcs_and_sectors(random: Random, level: int) -> Plan:
    """The length of an arc; the area of a sector; the area of a ring between two circles."""
    angle = random.choice((9, 18, 27, 36, 45, 54, 63, 72, 81, 90, 108, 126, 135, 144, 162) if level == 1 else _SECTORS)
    radius = random.randint(*((3, 60), (61, 150), (151, 240))[level - 1])
    unit = random.choice(("cm", "dm", "m")) if level == 1 else "cm"
    inner = random.randint(31, 149)
    area = f"{unit}²"

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say("Áp dụng công thức độ dài cung tròn n°: l = n/180 × πR.")
            half = sheet.multiply(PI, radius, unit, lead="Độ dài nửa đường tròn (πR) là")
            product = sheet.multiply(half, angle, lead="Nhân với số đo cung, ta được")
            length = sheet.divide(product, sheet.pick(180, 360), unit, lead="Độ dài cung tròn là")
            sheet.answer(length, sheet.pick(unit, area, kind="unit"))
            return
        square = sheet.multiply(
            radius,
            sheet.pick(radius, 2),
            lead="Bình phương bán kính là" if level == 2 else "Bình phương bán kính đường tròn lớn là",
        )
        if level == 2:
            disc = sheet.multiply(square, PI, area, lead="Diện tích hình tròn (πR²) là")
            whole = sheet.pick(360, 180)
            part = Fraction(angle, whole)
            top, bottom = part.numerator, part.denominator
            sheet.say(f"Hình quạt tròn chiếm {angle}/{whole} = {fraction(part)} hình tròn.")
            product = disc if top == 1 else sheet.multiply(disc, top, lead=f"Nhân diện tích hình tròn với {top}, ta được")
            sector = sheet.divide(product, bottom, area, lead="Diện tích hình quạt tròn là")
            sheet.answer(sector, sheet.pick(area, unit, kind="unit"))
            return
        sheet.say("Áp dụng công thức diện tích hình vành khuyên: S = π(R² - r²).")
        small = sheet.multiply(inner, inner, lead="Bình phương bán kính đường tròn nhỏ là")
        rest = sheet.subtract(square, small, lead="Hiệu hai bình phương là")
        ring = sheet.multiply(rest, PI, area, lead="Diện tích hình vành khuyên là")
        sheet.answer(ring, sheet.pick(area, unit, kind="unit"))

    if level == 1:
        given = f"đường tròn [(O)|tâm O] có bán kính {radius} {unit}"
        what = f"độ dài cung [tròn |]{angle}° của đường tròn [(O)|đó] {_PI_GIVEN}"
    elif level == 2:
        given = f"hình quạt tròn có bán kính {radius} {unit}[ và|,] [ứng với cung|có số đo cung] {angle}°"
        what = f"diện tích [của |]hình quạt tròn {_PI_GIVEN}"
    else:
        given = f"hình vành khuyên [giới hạn bởi|tạo bởi] hai đường tròn [cùng tâm|đồng tâm] có bán kính {radius} {unit} và {inner} {unit}"
        what = f"diện tích [của |]hình vành khuyên {_PI_GIVEN}"
    numbers = (radius, inner) if level == 3 else (radius, angle)
    return Plan(numbers, ask_for(random, given, what), solve)


def tangents(random: Random, level: int) -> Plan:
    """The length of a tangent; the length of a chord from its distance; the perimeter of the figure of two tangents."""
    a, b, c = right_triangle(random, *((5, 99), (100, 170), (171, 250))[level - 1])
    unit = drawn_unit(random, 2 * c)
    point, touch, other = tuple(random.choice(("MAB", "SAB", "PCD", "MIK", "TEF", "NBC")))

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say(
                f"Gọi H là hình chiếu của O trên {touch}{other}. Khi đó OH = {number(a)} {unit} và H là trung điểm của {touch}{other}."
            )
            sheet.say(f"Tam giác OH{touch} vuông tại H.")
            half = leg(sheet, c, a, (f"{touch}H", f"O{touch}", "OH"), unit)
            chord = sheet.multiply(half, sheet.pick(2, 1, 4), unit, lead=f"Độ dài dây {touch}{other} là")
            sheet.answer(chord, unit)
            return
        sheet.say(
            f"Vì {point}{touch} là tiếp tuyến của đường tròn (O) tại {touch} nên {point}{touch} vuông góc với O{touch}, tam giác O{touch}{point} vuông tại {touch}."
        )
        tangent = leg(sheet, c, a, (f"{point}{touch}", f"O{point}", f"O{touch}"), unit)
        if level == 3:
            sheet.say(f"Theo tính chất hai tiếp tuyến cắt nhau: {point}{other} = {point}{touch}; lại có O{other} = O{touch}.")
            both = sheet.add(tangent, a, unit, lead=f"Tổng {point}{touch} và O{touch} là")
            around = sheet.multiply(both, sheet.pick(2, 4), unit, lead=f"Chu vi tứ giác {point}{touch}O{other} là")
            sheet.answer(around, unit)
            return
        sheet.answer(tangent, unit)

    if level == 1:
        given = f"đường tròn (O) bán kính {number(a)} {unit}, điểm {point} [cách O một khoảng|với O{point} =] {number(c)} {unit}[,| và] {point}{touch} là tiếp tuyến ({touch} là tiếp điểm)"
        what = f"độ dài [đoạn |]{point}{touch}"
    elif level == 2:
        given = f"đường tròn (O) [bán kính|có bán kính] {number(c)} {unit}[ và|,] dây {touch}{other} cách tâm O một khoảng [bằng |]{number(a)} {unit}"
        what = f"độ dài [của |]dây {touch}{other}"
    else:
        given = f"đường tròn (O) bán kính {number(a)} {unit}, điểm {point} [cách O một khoảng|với O{point} =] {number(c)} {unit}[,| và] {point}{touch}, {point}{other} là hai tiếp tuyến ({touch}, {other} là tiếp điểm)"
        what = f"chu vi [của |]tứ giác {point}{touch}O{other}"
    return Plan((a, c, level), ask_for(random, given, what), solve)


_OPPOSITE = "Trong tứ giác nội tiếp, tổng số đo hai góc đối bằng 180°."
_INSCRIBED = "nội tiếp [đường tròn|một đường tròn|đường tròn tâm O][,| và] có"
_REGULAR = (5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 25, 30, 36, 40, 45, 48, 50, 60, 72)
"""Numbers of sides of regular polygons whose angles have finite decimals."""


def cyclic_quadrilateral(random: Random, level: int) -> Plan:
    """The opposite angle, or that of a regular polygon; two unknown angles and their difference; angles told with an unknown."""
    a, b, c, d = tuple(random.choice(("ABCD", "MNPQ", "EFGH", "CDEF", "PQRS", "HIKL")))
    name = f"{a}{b}{c}{d}"
    if level == 3:
        return _opposite_with_unknown(random, name)
    if level == 1 and random.random() < 0.3:
        return _regular_polygon(random)
    angle, second = random.randint(41, 139), random.randint(41, 139)
    second += second == angle

    def solve(sheet: Sheet) -> None:
        sheet.say(_OPPOSITE)
        first = sheet.subtract(sheet.pick(180, 360), angle, "°", lead=f"Số đo góc {c} là")
        if level == 1:
            sheet.answer(sheet.pick(first, angle, kind="asked"), "°")
            return
        other = sheet.subtract(sheet.pick(180, 360), second, "°", lead=f"Số đo góc {d} là")
        big, small = (first, other) if 180 - angle > 180 - second else (other, first)
        sheet.answer(sheet.subtract(big, small, "°", lead=f"Hiệu số đo hai góc {c} và {d} là"), "°")

    given = f"tứ giác {name} {_INSCRIBED} góc {a} [bằng|có số đo] {angle}°"
    if level == 2:
        given += f", góc {b} [bằng|có số đo] {second}°"
    what = f"số đo [của |]góc {c}" if level == 1 else f"hiệu [số đo |][của |]hai góc {c} và {d}"
    return Plan((angle, *((second,) if level == 2 else ())), ask_for(random, given, what), solve)


def _opposite_with_unknown(random: Random, name: str) -> Plan:
    """Opposite angles (mx + p)° and (nx + q)°: x, then the first of them."""
    a, _, c, _ = tuple(name)
    while True:
        m, n = random.sample(range(2, 10), 2)
        x, p = random.randint(5, 25), random.randint(3, 60)
        q = 180 - (m + n) * x - p
        if 3 <= q <= 60 and m * x + p != 90:
            break

    def solve(sheet: Sheet) -> None:
        sheet.say(_OPPOSITE)
        sheet.say(f"({m}x + {p}) + ({n}x + {q}) = 180")
        factor = sheet.add(m, n)
        free = sheet.add(p, q)
        sheet.say(f"{factor}x + {free} = 180")
        whole = sheet.pick(180, 360)
        rest = sheet.calculate(sheet.pick("-", "+", kind="transpose"), whole, free)
        found = sheet.divide(rest, factor, lead="Giá trị của x là")
        product = sheet.multiply(m, found)
        angle = sheet.add(product, p, "°", lead=f"Số đo góc {a} là")
        if not 0 < angle < 180:
            raise Absurd
        sheet.answer(angle, "°")

    given = f"tứ giác {name} {_INSCRIBED} góc {a} [bằng|có số đo] ({m}x + {p})°[,| và] góc {c} [bằng|có số đo] ({n}x + {q})°"
    return Plan((m, p, n, q), ask_for(random, given, f"số đo [của |]góc {a}"), solve)


def _regular_polygon(random: Random) -> Plan:
    sides = random.choice(_REGULAR)

    def solve(sheet: Sheet) -> None:
        sheet.say("Tổng các góc của đa giác n cạnh bằng (n - 2) × 180°, các góc của đa giác đều bằng nhau.")
        less = sheet.subtract(sides, sheet.pick(2, 1), lead="Số n - 2 là")
        total = sheet.multiply(less, 180, "độ", lead="Tổng số đo các góc là")
        sheet.answer(sheet.divide(total, sides, "°", lead="Số đo mỗi góc là"), "°")

    what = "số đo [của |]mỗi góc [của đa giác đó|của nó]"
    return Plan((sides,), ask_for(random, f"một đa giác đều có {sides} cạnh", what), solve)
