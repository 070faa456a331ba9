"""The circumference and the area of a circle: grade 5. π is taken as 3,14."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import draw_noun, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase

PI = Fraction(314, 100)
_CIRCLE = (
    "[Một|Có một|{name} đo được một] {full} có {given} {a} {unit}. [Tính {what} {short} đó.|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Em hãy tính] {what} của một {full} [có|biết] {given} [là |bằng |]{a} {unit}.",
    "Cho {given} của một {full} là {a} {unit}. [Tính {what} {short} đó.|{what} {short} đó là bao nhiêu {spelled}?|Hỏi {what} {short} đó là bao nhiêu {spelled}?]",
)


def _circle(random: Random, low: int, high: int, decimal: bool) -> tuple[Value, str, str, str]:
    """A radius with the words for the thing: what it is called in full and in short, and its unit."""
    noun = draw_noun(random, "circles", "radius", low, high) if random.random() < 0.7 else None
    allowed = noun.range("radius", low, high) if noun else range(low, high + 1)
    radius: Value = random.choice(allowed)
    if decimal:
        radius = radius + Fraction(random.randint(1, 9), 10)
    short = noun.name if noun else "hình tròn"
    return radius, f"{short} hình tròn" if noun else short, short, noun.unit if noun else random.choice(("cm", "dm", "m"))


def _asked(random: Random, what: str, given: str, a: Value, words: tuple[str, str, str]) -> str:
    full, short, unit = words
    spelled = SPELLED[unit] + (" vuông" if what == "diện tích" else "")
    fields = {"what": what, "given": given, "full": full, "short": short, "unit": unit, "spelled": spelled}
    return phrase(random, _CIRCLE, a=a, name=pupils(random, 1)[0], **fields)


def circumference(random: Random, level: int) -> Plan:
    """From the diameter; the diameter from the circumference; from a radius with a decimal."""
    radius, *words = _circle(random, *((2, 60), (12, 90), (2, 90))[level - 1], decimal=level == 3)
    full, short, unit = words
    diameter = 2 * radius
    around = diameter * PI
    given, a, what = (("đường kính", diameter, "chu vi"), ("chu vi", around, "đường kính"), ("bán kính", radius, "chu vi"))[
        level - 1
    ]

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Muốn tìm đường kính, ta lấy chu vi chia cho 3,14.")
            found = sheet.divide(around, PI, unit, f"Đường kính {short} là")
            sheet.answer(sheet.pick(found, Fraction(found) / 2, kind="asked"), unit)
            return
        sheet.say("Muốn tính chu vi hình tròn, ta lấy đường kính nhân với 3,14.")
        wide = (
            sheet.multiply(radius, sheet.pick(2, 1), unit, f"Đường kính {short} là")
            if level == 3
            else sheet.pick(diameter, 2 * diameter)
        )
        sheet.answer(sheet.multiply(wide, PI, unit, f"Chu vi {short} là"), unit)

    return Plan((a, level), _asked(random, what, given, a, (full, short, unit)), solve)


def circle_area(random: Random, level: int) -> Plan:
    """From a radius to 12; from the circumference; from the diameter, with decimals."""
    decimal = level == 3 and random.random() < 0.7
    sizes = (3, 9) if decimal else ((2, 12), (3, 16), (3, 40))[level - 1]  # a factor of at most two digits
    radius, full, short, unit = _circle(random, *sizes, decimal=decimal)
    diameter = 2 * radius
    given, a = (("bán kính", radius), ("chu vi", diameter * PI), ("đường kính", diameter))[level - 1]

    def solve(sheet: Sheet) -> None:
        r: Value = radius
        if level == 2:
            wide = sheet.divide(diameter * PI, PI, unit, f"Đường kính {short} là")
            r = sheet.divide(wide, 2, unit, f"Bán kính {short} là")
        elif level == 3:
            r = sheet.divide(diameter, 2, unit, f"Bán kính {short} là")
        sheet.say("Muốn tính diện tích hình tròn, ta lấy bán kính nhân với bán kính rồi nhân với 3,14.")
        square = sheet.multiply(r, sheet.pick(r, 2), lead="Tích của bán kính và bán kính là")
        name = sheet.pick(f"{unit}²", unit, kind="unit")
        sheet.answer(sheet.multiply(square, PI, name, f"Diện tích {short} là"), name)

    return Plan((a, level), _asked(random, "diện tích", given, a, (full, short, unit)), solve)
