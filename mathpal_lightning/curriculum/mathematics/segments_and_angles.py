"""Parts of segments, supplementary angles, the angles of a triangle: grades 6 and 7."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.writing import number


def segment_parts(random: Random, level: int) -> Plan:
    """A point between two others; with decimals and the midpoint of the whole; the midpoint of the part that is left."""
    a, b, m, i = random.choice(("ABMI", "CDEK", "PQHO", "MNIK", "EFAB", "XYOM"))
    whole: Value = random.randint(20, 99)
    part: Value = random.randint(4, int(whole) - 5)
    if level == 2:
        whole, part = Fraction(random.choice(range(84, 398, 2)), 10), Fraction(random.randint(11, 39), 10)
        whole = whole + Fraction(2, 10) if whole == int(whole) else whole
    elif level == 3:
        whole, part = Fraction(random.randint(1005, 2499), 10), Fraction(random.randint(205, 899), 10)
    given = f"đoạn thẳng {a}{b} dài {number(whole)} cm"
    between = f"[điểm {m} nằm giữa hai điểm {a} và {b} sao cho|{m} là điểm nằm giữa {a} và {b} với] {a}{m} = {number(part)} cm"
    middle = f"[{i} là trung điểm của|điểm {i} là trung điểm của đoạn thẳng] "

    def rest(sheet: Sheet) -> Value:
        sheet.say(f"Vì {m} nằm giữa {a} và {b} nên {a}{m} + {m}{b} = {a}{b}.")
        sign = sheet.pick("-", "+", kind="transpose")
        return sheet.calculate(sign, whole, part, "cm", f"Suy ra độ dài {m}{b} là")

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.answer(rest(sheet), "cm")
        elif level == 2:
            sheet.say(f"Vì {i} là trung điểm của {a}{b} nên {a}{i} bằng một nửa {a}{b}.")
            half = sheet.divide(whole, sheet.pick(2, 1), "cm", f"Độ dài {a}{i} là")
            sheet.say(f"Vì {m} nằm giữa {a} và {i} nên {a}{m} + {m}{i} = {a}{i}.")
            sheet.answer(
                sheet.calculate(sheet.pick("-", "+", kind="transpose"), half, part, "cm", f"Suy ra độ dài {m}{i} là"), "cm"
            )
        else:
            left = rest(sheet)
            sheet.say(f"Vì {i} là trung điểm của {m}{b} nên {m}{i} bằng một nửa {m}{b}.")
            half = sheet.divide(left, 2, "cm", f"Độ dài {m}{i} là")
            sheet.say(f"Vì {m} nằm giữa {a} và {i} nên {a}{i} = {a}{m} + {m}{i}.")
            sheet.answer(sheet.add(part, half, "cm", f"Độ dài {a}{i} là"), "cm")

    told, asked = f"{given}, {between}", f"{m}{b}"
    if level == 2:
        told = f"{given}, {middle}{a}{b}, [điểm {m} nằm giữa {a} và {i} sao cho|{m} là điểm nằm giữa {a} và {i} với] {a}{m} = {number(part)} cm"
        asked = f"{m}{i}"
    elif level == 3:
        told, asked = f"{told}, {middle}{m}{b}", f"{a}{i}"
    return Plan((whole, part, level), ask_for(random, told, f"độ dài [đoạn thẳng |]{asked}"), solve)


_RAYS = (("xOy", "yOz"), ("mOn", "nOp"), ("aOb", "bOc"), ("AOB", "BOC"), ("uOv", "vOt"))
_SUPPLEMENTARY = "Hai góc kề bù có tổng số đo bằng 180°."


def adjacent_angles(random: Random, level: int) -> Plan:
    """One of two supplementary angles is known; is so much larger; is a fraction of the other."""
    x, y = random.choice(_RAYS)
    if level == 1:
        known = random.randint(11, 169)
    elif level == 2:
        known = random.randrange(4, 170, 2)
    parts = random.choice((5, 9, 10, 12, 15, 18, 20, 30, 36, 45, 60))
    p = random.choice([count for count in range(1, parts // 2 + 1) if gcd(count, parts) == 1])

    def solve(sheet: Sheet) -> None:
        straight = sheet.pick(180, 360, 90, kind="formula")
        sheet.say(_SUPPLEMENTARY.replace("180", str(straight)))
        if level == 1:
            sheet.say(f"Do đó góc {x} + góc {y} = {straight}°.")
            sheet.answer(sheet.subtract(straight, known, "°", f"Suy ra số đo góc {y} là"), "°")
        elif level == 2:
            sheet.say(f"Do đó góc {x} + góc {y} = {straight}°, mà góc {x} = góc {y} + {known}°.")
            twice = sheet.calculate(sheet.pick("-", "+", kind="transpose"), straight, known, "°", f"Hai lần số đo góc {y} là")
            sheet.answer(sheet.divide(twice, 2, "°", f"Số đo góc {y} là"), "°")
        else:
            sheet.say(
                f"Vì góc {x} bằng {p}/{parts - p} góc {y} nên coi góc {x} là {p} phần thì góc {y} là {parts - p} phần bằng nhau."
            )
            total = sheet.add(p, parts - p, "phần", "Tổng số phần bằng nhau là")
            one = sheet.divide(straight, total, "°", "Số đo của một phần là")
            sheet.answer(sheet.multiply(one, sheet.pick(parts - p, p, kind="asked"), "°", f"Số đo góc {y} là"), "°")

    size = f"bằng {known}°" if level == 1 else f"lớn hơn góc {y} {known}°" if level == 2 else f"bằng {p}/{parts - p} góc {y}"
    given = f"[hai góc {x} và {y} kề bù|góc {x} và góc {y} là hai góc kề bù][, biết|, trong đó] góc {x} {size}"
    numbers = (p, parts, "phần") if level == 3 else (known, level)
    return Plan(numbers, ask_for(random, given.replace("[, biết|, trong đó]", ","), f"số đo [của |]góc {y}"), solve)


_TRIANGLES = ("ABC", "MNP", "DEF", "HIK", "PQR", "OAB")


def triangle_angle_sum(random: Random, level: int) -> Plan:
    """180° less two angles; two angles from their sum and difference; two angles from their sum and ratio."""
    name = random.choice(_TRIANGLES)
    p, q, r = random.sample(name, 3)
    a = random.randint(20, 110)
    b = random.randint(18, 160 - a)
    difference = random.randrange(4, 110, 2)
    top, bottom = random.choice([(x, y) for x in range(1, 9) for y in range(x + 1, 10) if gcd(x, y) == 1])
    if level == 2:
        a += (a + difference) % 2
        if 180 - a - difference < 20:
            return triangle_angle_sum(random, level)
    if level == 3:
        one = random.randint(2, 120 // (top + bottom))
        a = 180 - one * (top + bottom)

    def solve(sheet: Sheet) -> None:
        whole = sheet.pick(180, 360, 90, kind="formula")
        sheet.say(f"Áp dụng định lí tổng ba góc trong một tam giác: góc {p} + góc {q} + góc {r} = {whole}°.")
        if level == 1:
            both = sheet.add(a, b, "°", f"Tổng hai góc {p} và {q} là")
            sheet.answer(sheet.subtract(whole, both, "°", f"Suy ra số đo góc {r} là"), "°")
            return
        both = sheet.subtract(whole, a, "°", f"Tổng hai góc {q} và {r} là")
        if level == 2:
            sheet.say(f"Mà góc {q} lớn hơn góc {r} {difference}° nên ta bớt hiệu khỏi tổng.")
            twice = sheet.calculate(sheet.pick("-", "+", kind="transpose"), both, difference, "°", f"Hai lần số đo góc {r} là")
            sheet.answer(sheet.divide(twice, 2, "°", f"Số đo góc {r} là"), "°")
            return
        sheet.say(
            f"Vì góc {q} bằng {top}/{bottom} góc {r} nên coi góc {q} là {top} phần thì góc {r} là {bottom} phần bằng nhau."
        )
        parts = sheet.add(top, bottom, "phần", "Tổng số phần bằng nhau là")
        each = sheet.divide(both, parts, "°", "Số đo của một phần là")
        sheet.answer(sheet.multiply(each, sheet.pick(bottom, top, kind="asked"), "°", f"Số đo góc {r} là"), "°")

    second = (f"góc {q} bằng {b}°", f"góc {q} lớn hơn góc {r} {difference}°", f"góc {q} bằng {top}/{bottom} góc {r}")[level - 1]
    numbers = (a, (b, difference, (top, bottom))[level - 1], level)
    given = f"tam giác {name} có góc {p} [bằng|có số đo] {a}°[ và|,] {second}"
    return Plan(numbers, ask_for(random, given, f"số đo [của |]góc {r}"), solve)
