"""Right triangles, quadrilaterals, Thalès, midlines and bisectors: grade 8."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.bounds import drawn_lengths, drawn_unit
from mathpal_lightning.curriculum.mathematics.circles_and_solids import hypotenuse_of, leg, right_triangle
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.writing import number

_TRIANGLES = ("ABC", "MNP", "DEF", "PQR", "HIK", "EFG")
_QUADRILATERALS = ("ABCD", "MNPQ", "EFGH", "CDEF", "PQRS", "HIKL")


def _letters(random: Random, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(random.choice(names))


def pythagoras(random: Random, level: int) -> Plan:
    """The hypotenuse; a leg; the perimeter of the triangle."""
    a, b, c = _letters(random, _TRIANGLES)
    x, y, z = right_triangle(random, *((5, 120), (121, 240), (241, 400))[level - 1])
    unit = drawn_unit(random, z)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì tam giác {a}{b}{c} vuông tại {a} nên {b}{c} là cạnh huyền.")
        if level == 1:
            longest = hypotenuse_of(sheet, x, y, (f"{b}{c}", f"{a}{b}", f"{a}{c}"), unit)
            sheet.answer(sheet.pick(longest, max(x, y), kind="asked"), unit)
            return
        other = leg(sheet, z, x, (f"{a}{c}", f"{b}{c}", f"{a}{b}"), unit)
        if level == 2:
            sheet.answer(sheet.pick(other, x, kind="asked"), unit)
            return
        around = sheet.sum([x, other, z], unit, lead=f"Chu vi tam giác {a}{b}{c} là")
        sheet.answer(around, unit)

    given = f"tam giác {a}{b}{c} [vuông tại {a}|có góc {a} bằng 90°], {a}{b} = {x} {unit}[,| và] " + (
        f"{a}{c} = {y} {unit}" if level == 1 else f"{b}{c} = {z} {unit}"
    )
    what = (f"[độ dài |]cạnh [huyền |]{b}{c}", f"[độ dài |]cạnh [góc vuông |]{a}{c}", f"chu vi [của |]tam giác {a}{b}{c}")[
        level - 1
    ]
    return Plan((x, y, z, level), ask_for(random, given, what), solve)


def quadrilateral_angles(random: Random, level: int) -> Plan:
    """The fourth angle; an exterior angle at it; two equal unknown angles and an exterior angle."""
    a, b, c, d = _letters(random, _QUADRILATERALS)
    name = f"{a}{b}{c}{d}"
    first, second = random.randint(55, 110), random.randint(55, 110)
    third = random.randint(max(60, 210 - first - second), 115) if level < 3 else 0  # leaves at most 150° for the fourth
    if level == 3 and (360 - first - second) % 2:
        second += 1

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Tổng số đo các góc của tứ giác {name} bằng 360°.")
        whole = sheet.pick(360, 180)
        if level < 3:
            known = sheet.sum([first, second, third], "°", lead=f"Tổng số đo ba góc {a}, {b}, {c} là")
            angle = sheet.subtract(whole, known, "°", lead=f"Số đo góc {d} là")
        else:
            known = sheet.add(first, second, "°", lead=f"Tổng số đo hai góc {a} và {b} là")
            rest = sheet.subtract(whole, known, "°", lead=f"Tổng số đo hai góc {c} và {d} là")
            sheet.say(f"Vì hai góc {c} và {d} bằng nhau nên mỗi góc bằng nửa tổng đó.")
            angle = sheet.divide(rest, sheet.pick(2, 1), "°", lead=f"Số đo góc {d} là")
        if level > 1:
            sheet.say(f"Góc ngoài tại đỉnh {d} kề bù với góc {d} của tứ giác.")
            angle = sheet.subtract(180, angle, "°", lead=f"Số đo góc ngoài tại đỉnh {d} là")
        sheet.answer(angle, "°")

    given = f"tứ giác {name} có [góc |số đo góc ]{a} = {first}°, góc {b} = {second}°"
    given += f"[,| và] góc {c} = {third}°" if level < 3 else f"[,| và] [hai góc {c} và {d} bằng nhau|góc {c} bằng góc {d}]"
    what = f"số đo [của |]góc {d}" if level == 1 else f"số đo góc ngoài [của tứ giác |]tại [đỉnh |]{d}"
    return Plan((first, second, third), ask_for(random, given, what), solve)


def special_quadrilaterals(random: Random, level: int) -> Plan:
    """Angles of a parallelogram; the side of a rhombus from its diagonals; the diagonal and perimeter of a rectangle."""
    a, b, c, d = _letters(random, _QUADRILATERALS)
    name = f"{a}{b}{c}{d}"
    angle = random.randint(25, 155)
    x, y, z = right_triangle(random, *((5, 100), (5, 100), (101, 300))[level - 1])
    unit = drawn_unit(random, z if level == 3 else 2 * max(x, y))

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say(f"Vì {name} là hình bình hành nên {a}{b} // {c}{d}, hai góc {a} và {d} bù nhau.")
            other = sheet.subtract(sheet.pick(180, 360), angle, "°", lead=f"Số đo góc {d} là")
            sheet.answer(sheet.pick(other, angle, kind="asked"), "°")
        elif level == 2:
            sheet.say(f"Vì {name} là hình thoi nên hai đường chéo vuông góc với nhau tại trung điểm O của mỗi đường.")
            half, other = sheet.pick(2, 1), 2
            first = int(sheet.divide(2 * x, half, unit, lead=f"Độ dài O{a} là"))
            second = int(sheet.divide(2 * y, other, unit, lead=f"Độ dài O{b} là"))
            sheet.say(f"Tam giác O{a}{b} vuông tại O.")
            sheet.answer(hypotenuse_of(sheet, first, second, (f"{a}{b}", f"O{a}", f"O{b}"), unit), unit)
        else:
            sheet.say(f"Vì {name} là hình chữ nhật nên tam giác {a}{b}{c} vuông tại {b}.")
            other = leg(sheet, z, x, (f"{b}{c}", f"{a}{c}", f"{a}{b}"), unit)
            half_around = sheet.add(x, other, unit, lead="Nửa chu vi hình chữ nhật là")
            sheet.answer(sheet.multiply(half_around, sheet.pick(2, 4), unit, lead="Chu vi hình chữ nhật là"), unit)

    if level == 1:
        given, what = f"hình bình hành {name} có [góc |số đo góc ]{a} [bằng|=] {angle}°", f"số đo [của |]góc {d}"
    elif level == 2:
        given, what = (
            f"hình thoi {name} có [hai đường chéo|độ dài hai đường chéo] {a}{c} = {2 * x} {unit}[,| và] {b}{d} = {2 * y} {unit}",
            f"[độ dài |]cạnh {a}{b}[ của hình thoi|]",
        )
    else:
        given, what = (
            f"hình chữ nhật {name} có [cạnh |]{a}{b} = {x} {unit}[,| và] [đường chéo |]{a}{c} = {z} {unit}",
            f"chu vi [của |]hình chữ nhật {name}",
        )
    return Plan((angle,) if level == 1 else (x, y, level), ask_for(random, given, what), solve)


def thales(random: Random, level: int) -> Plan:
    """The fourth of four proportional segments; a whole side; the sum of both sides."""
    a, b, c = _letters(random, _TRIANGLES)
    d, e = random.choice((("X", "Y"), ("S", "T"), ("U", "V")))
    k, m = random.sample(range(2, 12 if level == 1 else 17), 2)
    x, y = random.sample(range(2, 10 if level == 1 else 16), 2)
    first, second, third = k * x, m * x, k * y
    unit = drawn_unit(random, (k + m) * max(x, y))

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì {d}{e} // {b}{c} nên theo định lí Thalès: {a}{d}/{d}{b} = {a}{e}/{e}{c}.")
        sheet.say(f"Suy ra {first}/{second} = {third}/{e}{c}")
        one, by = sheet.pick((second, first), (first, second), kind="upside_down")
        product = sheet.multiply(one, third, lead=f"Tích {one} × {third} là")
        found = sheet.divide(product, by, unit, lead=f"Độ dài {e}{c} là")
        if level > 1:
            found = sheet.add(third, found, unit, lead=f"Độ dài {a}{c} là")
        if level == 3:
            side = sheet.add(first, second, unit, lead=f"Độ dài {a}{b} là")
            found = sheet.add(side, found, unit, lead=f"Tổng {a}{b} + {a}{c} là")
        sheet.answer(found, unit)

    given = (
        f"tam giác {a}{b}{c} có {d} thuộc [cạnh |]{a}{b}, {e} thuộc [cạnh |]{a}{c}, {d}{e} // {b}{c}[,|;] "
        f"{a}{d} = {first} {unit}, {d}{b} = {second} {unit}[,| và] {a}{e} = {third} {unit}"
    )
    what = (f"[độ dài |][đoạn thẳng |]{e}{c}", f"[độ dài |]cạnh {a}{c}", f"tổng [độ dài |]{a}{b} + {a}{c}")[level - 1]
    return Plan((first, second, third, level), ask_for(random, given, what), solve)


def midline(random: Random, level: int) -> Plan:
    """The midline from the side; the perimeter of the triangle of the midpoints; a side back from two steps of midlines."""
    a, b, c = _letters(random, _TRIANGLES)
    m, n, p = random.choice((("X", "Y", "Z"), ("S", "T", "U"), ("U", "V", "T")))
    sides = [2 * random.randint(*((6, 250), (10, 60), (61, 120))[level - 1]) for _ in range(3)]
    sides[2] = max(sides[:2]) + 2 * random.randint(1, min(sides[:2]) // 2 - 1)
    unit = drawn_unit(random, sides[0] if level == 1 else sides[2], ("cm", "mm", "dm", "m"))

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say(
                f"Vì {m}, {n} lần lượt là trung điểm của {a}{b}, {a}{c} nên {m}{n} là đường trung bình của tam giác {a}{b}{c}."
            )
            sheet.say(f"Do đó {m}{n} = {b}{c} : 2.")
            sign = sheet.pick(":", "×", kind="formula")
            length = sheet.calculate(sign, sides[0], 2, unit, lead=f"Độ dài {m}{n} là")
            sheet.answer(length, sheet.pick(unit, f"{unit}²", kind="unit"))
            return
        sheet.say(
            f"Vì {m}, {n}, {p} là trung điểm các cạnh nên {m}{n}, {n}{p}, {m}{p} là các đường trung bình của tam giác {a}{b}{c}."
        )
        halves = [
            sheet.divide(side, sheet.pick(2, 1), unit, lead=f"Độ dài {name} là")
            for side, name in zip(sides, (f"{n}{p}", f"{m}{p}", f"{m}{n}"), strict=True)
        ]
        around = sheet.sum(halves, unit, lead=f"Chu vi tam giác {m}{n}{p} là")
        if level == 3:
            outer = sheet.sum(sides, unit, lead=f"Chu vi tam giác {a}{b}{c} là")
            around = sheet.add(outer, around, unit, lead="Tổng chu vi hai tam giác là")
        sheet.answer(around, unit)

    if level == 1:
        given = f"tam giác {a}{b}{c} có {b}{c} = {sides[0]} {unit}[,| và] {m}, {n} lần lượt là trung điểm của [các cạnh |]{a}{b}, {a}{c}"
        what = f"[độ dài |][đoạn thẳng |]{m}{n}"
    else:
        given = f"tam giác {a}{b}{c} có {a}{b} = {sides[0]} {unit}, {a}{c} = {sides[1]} {unit}, {b}{c} = {sides[2]} {unit}[,|;] {p}, {n}, {m} lần lượt là trung điểm của [các cạnh |]{b}{c}, {a}{c}, {a}{b}"
        what = f"chu vi [của |]tam giác {m}{n}{p}" if level == 2 else f"tổng chu vi [của |]hai tam giác {a}{b}{c} và {m}{n}{p}"
    return Plan((*sides[: 1 if level == 1 else 3],), ask_for(random, given, what), solve)


def angle_bisector(random: Random, level: int) -> Plan:
    """The second part of the divided side; the whole side; the perimeter of the triangle."""
    a, b, c = _letters(random, _TRIANGLES)
    d = random.choice("XSTU")
    while True:
        k, m = random.sample(range(3, 15), 2)
        times = random.randint(*((5, 21) if level == 1 else (7, 29)))
        piece = random.randint(abs(k - m) * times // (k + m) + 1, times - 1)  # the sides make a triangle
        if (k + m) * piece <= drawn_lengths()["mm"]:
            break
    one, other, part = k * times, m * times, k * piece
    unit = drawn_unit(random, max(one, other, (k + m) * piece))

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì {a}{d} là đường phân giác của góc {a} nên {d}{b}/{d}{c} = {a}{b}/{a}{c}.")
        sheet.say(f"Suy ra {part}/{d}{c} = {one}/{other}")
        top, by = sheet.pick((other, one), (one, other), kind="upside_down")
        product = sheet.multiply(part, top, lead=f"Tích {part} × {top} là")
        found = sheet.divide(product, by, unit, lead=f"Độ dài {d}{c} là")
        if level > 1:
            found = sheet.add(part, found, unit, lead=f"Độ dài {b}{c} là")
        if level == 3:
            found = sheet.sum([one, other, found], unit, lead=f"Chu vi tam giác {a}{b}{c} là")
        sheet.answer(found, unit)

    given = f"tam giác {a}{b}{c} có {a}{b} = {one} {unit}, {a}{c} = {other} {unit}[,|;] {a}{d} là [đường |tia ]phân giác [của |]góc {a} ({d} thuộc {b}{c})[,| và] {d}{b} = {part} {unit}"
    what = (f"[độ dài |][đoạn thẳng |]{d}{c}", f"[độ dài |]cạnh {b}{c}", f"chu vi [của |]tam giác {a}{b}{c}")[level - 1]
    return Plan((one, other, part, level), ask_for(random, given, what), solve)


def similar_triangles(random: Random, level: int) -> Plan:
    """A side from the ratio of similar triangles; the perimeter; the area by the square of the ratio."""
    a, b, c = _letters(random, ("ABC", "DEF", "HIK"))
    m, n, p = _letters(random, ("MNP", "PQR", "XYZ"))
    k = random.randint(*((2, 9), (2, 4), (3, 9))[level - 1])
    sides = [random.randint(*((3, 40), (21, 60), (21, 55))[level - 1]) for _ in range(2)]
    sides.append(max(sides) + random.randint(1, min(sides) - 1))
    area = random.randint(120, 900)
    unit = drawn_unit(random, k * max(sides if level == 2 else sides[:2]))

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì tam giác {m}{n}{p} đồng dạng với tam giác {a}{b}{c} nên {m}{n}/{a}{b} = {n}{p}/{b}{c} = {m}{p}/{a}{c}.")
        ratio = sheet.divide(sides[0] * k, sides[0], lead=f"Tỉ số đồng dạng {m}{n}/{a}{b} là")
        if level == 1:
            sheet.answer(sheet.multiply(sides[1], ratio, unit, lead=f"Độ dài {n}{p} là"), unit)
        elif level == 2:
            around = sheet.sum(sides, unit, lead=f"Chu vi tam giác {a}{b}{c} là")
            sheet.say("Tỉ số chu vi của hai tam giác đồng dạng bằng tỉ số đồng dạng.")
            sheet.answer(sheet.multiply(around, ratio, unit, lead=f"Chu vi tam giác {m}{n}{p} là"), unit)
        else:
            sheet.say("Tỉ số diện tích của hai tam giác đồng dạng bằng bình phương tỉ số đồng dạng.")
            square = sheet.multiply(ratio, sheet.pick(ratio, 1), lead="Tỉ số diện tích là")
            sheet.answer(sheet.multiply(area, square, f"{unit}²", lead=f"Diện tích tam giác {m}{n}{p} là"), f"{unit}²")

    given = f"tam giác {m}{n}{p} đồng dạng với tam giác {a}{b}{c}[,|;] {a}{b} = {sides[0]} {unit}, {m}{n} = {number(sides[0] * k)} {unit}"
    given += {
        1: f"[,| và] {b}{c} = {sides[1]} {unit}",
        2: f", {b}{c} = {sides[1]} {unit}[,| và] {a}{c} = {sides[2]} {unit}",
        3: f"[,| và] diện tích tam giác {a}{b}{c} [là|bằng] {area} {unit}²",
    }[level]
    what = (f"[độ dài |]cạnh {n}{p}", f"chu vi [của |]tam giác {m}{n}{p}", f"diện tích [của |]tam giác {m}{n}{p}")[level - 1]
    return Plan((k, *sides[:2], area if level == 3 else level), ask_for(random, given, what), solve)
