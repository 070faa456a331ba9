"""Isosceles triangles, parallel lines and medians: grade 7."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.bounds import drawn_unit
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import number

_TRIANGLES = ("ABC", "MNP", "DEF", "PQR", "HIK", "EFG")
_QUADRILATERALS = ("ABCD", "MNPQ", "EFGH", "CDEF", "PQRS", "HIKL")


def _letters(random: Random, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(random.choice(names))


def isosceles_angles(random: Random, level: int) -> Plan:
    """A base angle from the apex; the apex from an exterior angle at the base; with the bisector at the base."""
    a, b, c = _letters(random, _TRIANGLES)
    foot = next(letter for letter in "DKS" if letter not in (a, b, c))
    apex = 2 * random.randint(10, 80) if level != 3 else 4 * random.randint(6, 38)
    outside = random.randint(95, 170)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì tam giác {a}{b}{c} cân tại {a} nên hai góc {b} và {c} bằng nhau.")
        if level == 2:
            sheet.say(f"Góc ngoài tại đỉnh {c} kề bù với góc {c} của tam giác.")
            base = sheet.subtract(180, outside, "°", lead=f"Số đo góc {c} là")
            both = sheet.multiply(base, sheet.pick(2, 1), "°", lead=f"Tổng số đo hai góc {b} và {c} là")
            sheet.answer(sheet.subtract(sheet.pick(180, 360), both, "°", lead=f"Số đo góc {a} là"), "°")
            return
        rest = sheet.subtract(sheet.pick(180, 360), apex, "°", lead=f"Tổng số đo hai góc {b} và {c} là")
        which = f"Số đo góc {b} là" if level == 3 else f"Số đo mỗi góc {b}, {c} là"
        base = sheet.divide(rest, sheet.pick(2, 1), "°", lead=which)
        if level == 3:
            half = sheet.divide(base, 2, "°", lead=f"Vì {b}{foot} là tia phân giác của góc {b} nên số đo góc {a}{b}{foot} là")
            sheet.say(f"Trong tam giác {a}{b}{foot}, tổng ba góc bằng 180°.")
            both = sheet.add(apex, half, "°", lead=f"Tổng số đo hai góc {a} và {a}{b}{foot} là")
            base = sheet.subtract(180, both, "°", lead=f"Số đo góc {a}{foot}{b} là")
        sheet.answer(base, "°")

    given = f"tam giác {a}{b}{c} cân tại {a}[ có| và] " + (
        f"góc ngoài tại [đỉnh |]{c} [bằng|có số đo] {outside}°" if level == 2 else f"[góc |số đo góc ]{a} [bằng|=] {apex}°"
    )
    given += f", {b}{foot} là [tia |đường ]phân giác của góc {b} ({foot} thuộc {a}{c})" if level == 3 else ""
    what = (
        f"số đo [của |][mỗi góc ở đáy|góc {b}|góc {c}]",
        f"số đo [của |]góc [ở đỉnh |]{a}",
        f"số đo [của |]góc {a}{foot}{b}",
    )[level - 1]
    return Plan((outside if level == 2 else apex, level), ask_for(random, given, what), solve)


def parallel_line_angles(random: Random, level: int) -> Plan:
    """Corresponding or alternate and supplementary angles; their difference; equal angles told with an unknown."""
    a, b = random.choice((("a", "b"), ("d", "m"), ("x", "y"), ("p", "q")))
    one, two = random.choice((("A", "B"), ("M", "N"), ("E", "F"), ("H", "K")))
    reason = random.choice(("so le trong", "đồng vị"))
    crossed = f"[hai đường thẳng |]{a} // {b}, [đường thẳng c|một đường thẳng] cắt {a} tại {one}[,| và] cắt {b} tại {two}; {one}₁ và {two}₁ là hai góc {reason}"
    if level == 3:
        return _equal_with_unknown(
            random, f"Vì {a} // {b} nên hai góc {reason} {one}₁ và {two}₁ bằng nhau.", crossed, f"{one}₁", f"{two}₁"
        )
    angle = random.randint(25, 155)
    angle += angle == 90

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì {a} // {b} nên hai góc {reason} {one}₁ và {two}₁ bằng nhau, tức là góc {two}₁ bằng {angle}°.")
        sheet.say(f"Hai góc {two}₁ và {two}₂ kề bù nên tổng số đo của chúng bằng 180°.")
        other = sheet.subtract(sheet.pick(180, 360, 90), angle, "°", lead=f"Số đo góc {two}₂ là")
        if level == 1:
            sheet.answer(sheet.pick(other, angle, kind="asked"), "°")
            return
        big, small = (angle, other) if angle > 90 else (other, angle)
        sheet.answer(sheet.subtract(big, small, "°", lead=f"Hiệu số đo hai góc {two}₁ và {two}₂ là"), "°")

    given = f"{crossed}, {two}₂ kề bù với {two}₁ và góc {one}₁ = {angle}°"
    what = (f"số đo [của |]góc {two}₂", f"hiệu [số đo |]hai góc {two}₁ và {two}₂")[level - 1]
    return Plan((angle, reason), ask_for(random, given, what), solve)


def _equal_with_unknown(random: Random, reason: str, crossed: str, first: str, second: str) -> Plan:
    """The angles (mt + p)° and (nt + q)° are equal: t, then the angle, then the one beside the second on its line."""
    beside = second.replace("₁", "₂")
    while True:
        m, n = random.sample(range(2, 10), 2)
        if m - n == 1:
            continue  # nothing to divide by
        t, p = random.randint(6, 30), random.randint(5, 60)
        q = m * t + p - n * t
        if m > n and 20 <= m * t + p <= 160 and q > p:
            break

    def solve(sheet: Sheet) -> None:
        sheet.say(reason)
        sheet.say(f"Do đó {m}t + {p} = {n}t + {q}, suy ra {m}t - {n}t = {q} - {p}.")
        times = sheet.calculate(sheet.pick("-", "+", kind="transpose"), m, n)
        rest = sheet.subtract(q, p)
        sheet.say(f"{number(times)}t = {number(rest)}")
        found = sheet.divide(rest, times, lead="Giá trị của t là")
        if not isinstance(found, int):
            raise Absurd
        product = sheet.multiply(m, found)
        angle = sheet.add(product, p, "°", lead=f"Số đo góc {first} là")
        if not 0 < angle < 180:
            raise Absurd
        sheet.say(f"Hai góc {second} và {beside} kề bù, góc {second} bằng góc {first}.")
        sheet.answer(sheet.subtract(sheet.pick(180, 360), angle, "°", lead=f"Số đo góc {beside} là"), "°")

    given = f"{crossed}; góc {first} = ({m}t + {p})°, góc {second} = ({n}t + {q})°, {beside} kề bù với {second}"
    return Plan((m, p, n, q), ask_for(random, given, f"số đo [của |]góc {beside}"), solve)


def medians(random: Random, level: int) -> Plan:
    """Part of a median from the whole; the whole from a part; two medians and their parts together."""
    a, b, c = _letters(random, tuple(name for name in _TRIANGLES if "G" not in name))
    m = random.choice("XSTU")
    n = random.choice("VYZ")
    one, two = (random.randint(*((3, 160), (9, 166), (101, 160))[level - 1]) * (1 if level == 2 else 3) for _ in range(2))
    unit = drawn_unit(random, 3 * one if level == 2 else max(one, two))

    def part(sheet: Sheet, value: int, vertex: str, foot: str) -> int:
        third = sheet.divide(value, sheet.pick(3, 2), unit, lead=f"Độ dài G{foot} (bằng 1/3 của {vertex}{foot}) là")
        return int(sheet.multiply(third, sheet.pick(2, 1), unit, lead=f"Độ dài {vertex}G là"))

    def solve(sheet: Sheet) -> None:
        sheet.say(
            f"Vì G là trọng tâm của tam giác {a}{b}{c} nên {a}G = 2/3 {a}{m}"
            + (f" và {b}G = 2/3 {b}{n}." if level == 3 else ".")
        )
        if level == 1:
            sheet.answer(part(sheet, one, a, m), unit)
        elif level == 2:
            half = sheet.divide(2 * one, sheet.pick(2, 3), unit, lead=f"Độ dài G{m} (bằng nửa {a}G) là")
            whole = sheet.multiply(half, sheet.pick(3, 2), unit, lead=f"Độ dài đường trung tuyến {a}{m} là")
            sheet.answer(whole, unit)
        else:
            first, second = part(sheet, one, a, m), part(sheet, two, b, n)
            sheet.answer(sheet.add(first, second, unit, lead=f"Tổng {a}G + {b}G là"), unit)

    given = f"tam giác {a}{b}{c} có [trọng tâm G|G là trọng tâm][,| và] "
    given += {
        1: f"[đường trung tuyến |trung tuyến ]{a}{m} = {number(one)} {unit}",
        2: f"[đường trung tuyến |trung tuyến ]{a}{m}, [đoạn |]{a}G = {number(2 * one)} {unit}",
        3: f"[hai đường trung tuyến |hai trung tuyến ]{a}{m} = {number(one)} {unit}, {b}{n} = {number(two)} {unit}",
    }[level]
    what = (f"[độ dài |][đoạn thẳng |]{a}G", f"[độ dài |][đường |]trung tuyến {a}{m}", f"tổng [độ dài |]{a}G + {b}G")[level - 1]
    return Plan((one, level, *((two,) if level == 3 else ())), ask_for(random, given, what), solve)
