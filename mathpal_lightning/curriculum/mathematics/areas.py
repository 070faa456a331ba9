"""A side of a rectangle, the areas of triangles and trapezia: grades 4 and 5."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import draw_noun, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_WIDTH = (
    "[Một|Có một|{name} đo được một] {full} có {whole} {equals} {size}, chiều dài [là|bằng] {a} {unit}. [Tính chiều rộng {short} đó.|Hỏi chiều rộng {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Tìm] chiều rộng của một {full}, biết {whole} {equals} {size} và chiều dài là {a} {unit}.",
    "Cho một {full} có chiều dài {a} {unit} và {whole} {equals} {size}. [Chiều rộng {short} đó là bao nhiêu {spelled}?|Hỏi chiều rộng {short} đó là bao nhiêu {spelled}?|Tính chiều rộng {short} đó.]",
)


def rectangle_width(random: Random, level: int) -> Plan:
    """The width from the perimeter; from the area; from the perimeter of a square that is as long."""
    low, high = ((8, 45), (12, 90), (52, 400))[level - 1]
    noun = draw_noun(random, "rectangles", "long", low, high) if random.random() < 0.8 else None
    a = random.choice(noun.range("long", low, high) if noun else range(low, high + 1))
    b = random.choice(noun.range("wide", 2, a - 1) if noun else range(max(2, a // 4), a))
    if level == 3 and (a + b) % 2:
        return rectangle_width(random, level)
    unit, short = (noun.unit, noun.name) if noun else (random.choice(("cm", "dm", "m")), "hình chữ nhật")
    side = (a + b) // 2
    size = (f"{number(2 * (a + b))} {unit}", f"{number(a * b)} {unit}²", f"chu vi một hình vuông có cạnh {side} {unit}")[
        level - 1
    ]

    def solve(sheet: Sheet) -> None:
        lead = f"Chiều rộng {short} là"
        if level == 2:
            sheet.say("Muốn tìm chiều rộng, ta lấy diện tích chia cho chiều dài.")
            sheet.answer(sheet.divide(a * b, a, sheet.pick(unit, f"{unit}²", kind="unit"), lead), unit)
            return
        around: Value = 2 * (a + b)
        if level == 3:
            around = sheet.multiply(side, sheet.pick(4, 2), unit, f"Chu vi {short} bằng chu vi hình vuông và bằng")
        half = sheet.divide(around, sheet.pick(2, 1) if level == 1 else 2, unit, f"Nửa chu vi {short} là")
        sheet.answer(sheet.subtract(half, a, unit, lead), unit)

    fields = {"short": short, "full": f"{short} hình chữ nhật" if noun else short, "unit": unit, "spelled": SPELLED[unit]}
    whole = "diện tích" if level == 2 else "chu vi"
    fields["equals"] = "bằng" if level == 3 else random.choice(("là", "bằng"))
    question = phrase(random, _WIDTH, a=a, whole=whole, size=size, name=pupils(random, 1)[0], **fields)
    return Plan((a, b, level), question, solve)


_FIGURES = {
    "cm": ("tấm bìa", "miếng gỗ", "mảnh nhựa", ""),
    "dm": ("mảnh sân", "tấm bạt", "mái tôn", ""),
    "m": ("mảnh đất", "thửa ruộng", "mảnh vườn", ""),
}
_ASK_AREA = "[[Tính|Hãy tính] diện tích {short} đó.|Hỏi diện tích {short} đó là bao nhiêu {spelled} vuông?]"
_TRIANGLE = (
    "[Một|Có một|{name} đo được một] {full} có [độ dài đáy|cạnh đáy] {a} {unit} và chiều cao [tương ứng |]{h} {unit}. "
    + _ASK_AREA,
    "[Tính|Hãy tính|Em hãy tính] diện tích một {full} có chiều cao {h} {unit} và [độ dài đáy|cạnh đáy] [tương ứng |]{a} {unit}.",
)
_TRIANGLE_HEIGHT = (
    "[Một|Có một|{name} đo được một] {full} có diện tích {area} {unit}² và [độ dài đáy|cạnh đáy] {a} {unit}. [Tính chiều cao tương ứng của {short} đó.|Hỏi chiều cao tương ứng là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Tìm] chiều cao [tương ứng |]của một {full}, biết diện tích là {area} {unit}² và [độ dài đáy|cạnh đáy] là {a} {unit}.",
    "Cho một {full} có [độ dài đáy|cạnh đáy] {a} {unit}, diện tích {area} {unit}². [Tính chiều cao tương ứng.|Chiều cao tương ứng của nó là bao nhiêu {spelled}?]",
)


def _figure(random: Random, shape: str) -> dict[str, str]:
    """The words for a flat thing of this shape, in a unit that it is measured in."""
    unit = random.choice(list(_FIGURES))
    thing = random.choice(_FIGURES[unit])
    words = {"short": thing or shape, "full": f"{thing} {shape}".strip(), "unit": unit, "spelled": SPELLED[unit]}
    return words | {"name": pupils(random, 1)[0]}


def _length(random: Random, low: int, high: int, decimal: bool) -> Value:
    """A whole length, or one with one decimal."""
    return (
        Fraction(random.choice([n for n in range(low * 10, high * 10) if n % 10]), 10) if decimal else random.randint(low, high)
    )


def triangle_area(random: Random, level: int) -> Plan:
    """Base and height whole; the height from area and base; decimals."""
    words = _figure(random, "hình tam giác")
    unit, square, short = words["unit"], f"{words['unit']}²", words["short"]
    a, h = _length(random, 6, 60, level == 3), _length(random, 4, 10 if level == 3 else 45, level == 3)
    if level == 2:
        a, h = random.randint(21, 99), random.randint(12, 60)
    area = Fraction(a * h, 2)

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Muốn tìm chiều cao, ta lấy diện tích nhân với 2 rồi chia cho độ dài đáy.")
            double = sheet.multiply(area, 2, square) if sheet.pick(True, False) else area
            sheet.answer(sheet.divide(double, a, unit, f"Chiều cao của {short} là"), unit)
            return
        sheet.say("Muốn tính diện tích hình tam giác, ta lấy độ dài đáy nhân với chiều cao rồi chia cho 2.")
        product = sheet.multiply(a, h, lead="Tích của độ dài đáy và chiều cao là")
        unit_of = sheet.pick(square, unit, kind="unit")
        sheet.answer(sheet.divide(product, sheet.pick(2, 1), unit_of, f"Diện tích {short} là"), unit_of)

    question = phrase(random, _TRIANGLE_HEIGHT if level == 2 else _TRIANGLE, a=a, h=h, area=area, **words)
    return Plan((a, h, level), question, solve)


_TRAPEZIUM = (
    "[Một|Có một|{name} đo được một] {full} có [độ dài hai đáy lần lượt là|hai đáy dài] {a} {unit} và {b} {unit}, chiều cao {h} {unit}. "
    + _ASK_AREA,
    "[Tính|Hãy tính|Em hãy tính] diện tích một {full} có [đáy lớn {a} {unit}, đáy bé {b} {unit}|hai đáy dài {a} {unit} và {b} {unit}], chiều cao {h} {unit}.",
)
_TRAPEZIUM_HEIGHT = (
    "[Một|Có một|{name} đo được một] {full} có diện tích {area} {unit}², hai đáy dài {a} {unit} và {b} {unit}. [Tính chiều cao của {short} đó.|Hỏi chiều cao của {short} đó là bao nhiêu {spelled}?]",
    "[Tính|Hãy tính|Tìm] chiều cao của một {full}, biết diện tích là {area} {unit}², [đáy lớn {a} {unit}, đáy bé {b} {unit}|hai đáy dài {a} {unit} và {b} {unit}].",
    "Cho một {full} có [đáy lớn {a} {unit}, đáy bé {b} {unit}|hai đáy dài {a} {unit} và {b} {unit}] và diện tích {area} {unit}². [Tính chiều cao.|Chiều cao của nó là bao nhiêu {spelled}?]",
)


def trapezium_area(random: Random, level: int) -> Plan:
    """Whole lengths; the height from area and bases; decimals."""
    words = _figure(random, "hình thang")
    unit, square, short = words["unit"], f"{words['unit']}²", words["short"]
    a, h = _length(random, 10, 50, level == 3), _length(random, 4, 10 if level == 3 else 40, level == 3)
    b = _length(random, max(3, int(a) // 2), int(a) - 1, level == 3)
    if level == 2:
        a, b, h = random.randint(41, 60), random.randint(20, 39), random.randint(12, 60)
    both = a + b
    area = Fraction(both * h, 2)

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Muốn tìm chiều cao, ta lấy diện tích nhân với 2 rồi chia cho tổng độ dài hai đáy.")
            bases = sheet.add(a, b, unit, "Tổng độ dài hai đáy là")
            double = sheet.multiply(area, 2, square, "Hai lần diện tích là") if sheet.pick(True, False) else area
            sheet.answer(sheet.divide(double, bases, unit, f"Chiều cao của {short} là"), unit)
            return
        sheet.say("Muốn tính diện tích hình thang, ta lấy tổng độ dài hai đáy nhân với chiều cao rồi chia cho 2.")
        bases = sheet.add(a, b, unit, "Tổng độ dài hai đáy là")
        product = sheet.multiply(bases, h, lead="Tích của tổng hai đáy và chiều cao là")
        sheet.answer(sheet.divide(product, sheet.pick(2, 1), square, f"Diện tích {short} là"), square)

    question = phrase(random, _TRAPEZIUM_HEIGHT if level == 2 else _TRAPEZIUM, a=a, b=b, h=h, area=area, **words)
    return Plan((a, b, h, level), question, solve)
