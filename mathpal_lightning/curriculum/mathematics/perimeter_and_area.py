"""Perimeters and areas: rectangle and square, triangle, parallelogram, rhombus, trapezium and circle."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_RECTANGLES = (
    ("mảnh vườn hình chữ nhật", "mảnh vườn", "m"),
    ("sân chơi hình chữ nhật", "sân chơi", "m"),
    ("thửa ruộng hình chữ nhật", "thửa ruộng", "m"),
    ("tấm bìa hình chữ nhật", "tấm bìa", "cm"),
    ("bức tranh hình chữ nhật", "bức tranh", "cm"),
    ("mặt bàn hình chữ nhật", "mặt bàn", "dm"),
    ("hình chữ nhật", "hình chữ nhật", "cm"),
)


def rectangle_width(random: Random, level: int) -> Draft:
    """Find a side from the perimeter (levels 1 and 2) or from the area (level 3)."""
    b = random.randint(*((2, 15), (11, 40), (3, 9))[level - 1])
    a = b + random.randint(1, (12, 35, 40)[level - 1])
    full, short, unit = random.choice(_RECTANGLES)
    if level == 3:
        question, lead = tell(random, _WIDTH_FROM_AREA_STORIES, full=full, short=short, unit=unit, a=a, area=a * b)
        return draft(
            (a, a * b),
            question,
            worked(b, unit, lead, line(f"{number(a * b)} : {a} = {b}", unit)),
            worked(a * b - a, unit, lead, line(f"{number(a * b)} - {a} = {number(a * b - a)}", unit)),
            worked(a * b * a, unit, lead, line(f"{number(a * b)} × {a} = {number(a * b * a)}", unit)),
        )
    around = 2 * (a + b)
    question, lead = tell(random, _WIDTH_FROM_PERIMETER_STORIES, full=full, short=short, unit=unit, a=a, around=around)
    half = line(f"{around} : 2 = {a + b}", unit)
    return draft(
        (a, around),
        question,
        worked(b, unit, f"Nửa chu vi {short} là:", half, lead, *working.subtract(a + b, a, unit)),
        worked(around - a, unit, lead, line(f"{around} - {a} = {around - a}", unit)),
        worked(around - 2 * a, unit, lead, line(f"{around} - {a} × 2 = {around - 2 * a}", unit)),
    )


_WIDTH_FROM_PERIMETER_STORIES = (
    ("Một {full} có chu vi {around} {unit}, chiều dài {a} {unit}. Tính chiều rộng {short} đó.", "Chiều rộng {short} là:"),
    ("Chu vi của một {full} là {around} {unit}. Biết chiều dài là {a} {unit}, tính chiều rộng.", "Chiều rộng {short} là:"),
    ("Một {full} có chiều dài {a} {unit} và chu vi {around} {unit}. Hỏi chiều rộng là bao nhiêu?", "Chiều rộng {short} là:"),
    ("Tính chiều rộng của một {full}, biết chu vi là {around} {unit} và chiều dài là {a} {unit}.", "Chiều rộng {short} là:"),
    ("Cho một {full} có chu vi bằng {around} {unit}, chiều dài bằng {a} {unit}. Tìm chiều rộng.", "Chiều rộng {short} là:"),
    ("Một {full} dài {a} {unit} và có chu vi {around} {unit}. Chiều rộng {short} đó là bao nhiêu?", "Chiều rộng {short} là:"),
)
_WIDTH_FROM_AREA_STORIES = tuple(
    (question.replace("{around} {unit}", "{area} {unit}²").replace("chu vi", "diện tích").replace("Chu vi", "Diện tích"), lead)
    for question, lead in _WIDTH_FROM_PERIMETER_STORIES
)


_BASE_STORIES = (
    ("Tính diện tích hình {shape} có độ dài đáy {a} {unit} và chiều cao {h} {unit}.",),
    ("Một hình {shape} có đáy dài {a} {unit}, chiều cao {h} {unit}. Hỏi diện tích hình {shape} đó là bao nhiêu?",),
    ("Cho hình {shape} có chiều cao {h} {unit} và độ dài đáy {a} {unit}. Tính diện tích hình {shape} đó.",),
    ("Một tấm bìa hình {shape} có đáy {a} {unit} và chiều cao tương ứng {h} {unit}. Tính diện tích tấm bìa đó.",),
    ("Một mảnh đất hình {shape} có độ dài đáy là {a} {unit}, chiều cao là {h} {unit}. Tính diện tích mảnh đất đó.",),
    ("Hình {shape} có đáy {a} {unit}, chiều cao {h} {unit} thì có diện tích bằng bao nhiêu?",),
)


def _fitting(stories: tuple[tuple[str, ...], ...], unit: str) -> tuple[tuple[str, ...], ...]:
    """The stories whose thing is measured in this unit: land in metres, cardboard not."""
    unfit = re.compile("tấm bìa" if unit == "m" else "mảnh đất|khu đất|thửa ruộng")
    return tuple(story for story in stories if not unfit.search(story[0]))


def _base_and_height(random: Random, level: int) -> tuple[int, int, str]:
    base = random.randint(*((4, 30), (11, 50), (21, 99))[level - 1])
    return base, random.randint(*((2, 9), (4, 20), (12, 40))[level - 1]), random.choice(("cm", "dm", "m"))


def triangle_area(random: Random, level: int) -> Draft:
    """Base × height : 2."""
    a, h, unit = _base_and_height(random, level)
    a += a * h % 2
    (question,) = tell(random, _fitting(_BASE_STORIES, unit), shape="tam giác", a=a, h=h, unit=unit)
    square, lead = f"{unit}²", "Diện tích hình tam giác là:"
    half = f"({a} + {h}) : 2 = {number(Fraction(a + h, 2))}"
    return draft(
        (min(a, h), max(a, h)),
        question,
        worked(a * h // 2, square, lead, *working.multiply(a, h), *working.divide(a * h, 2, square)),
        worked(a * h, square, lead, line(f"{a} × {h} = {number(a * h)}", square)),
        worked(Fraction(a + h, 2), square, lead, line(half, square)),
    )


_TRAPEZIUM_STORIES = (
    ("Tính diện tích hình thang có hai đáy dài {a} {unit} và {b} {unit}, chiều cao {h} {unit}.",),
    ("Một hình thang có đáy lớn {a} {unit}, đáy bé {b} {unit} và chiều cao {h} {unit}. Tính diện tích hình thang đó.",),
    (
        "Cho hình thang có độ dài hai đáy lần lượt là {a} {unit} và {b} {unit}; chiều cao là {h} {unit}. Tính diện tích hình thang đó.",
    ),
    ("Một thửa ruộng hình thang có hai đáy dài {a} {unit} và {b} {unit}, chiều cao {h} {unit}. Tính diện tích thửa ruộng đó.",),
    (
        "Một tấm bìa hình thang có đáy bé {b} {unit}, đáy lớn {a} {unit}, chiều cao {h} {unit}. Hỏi diện tích tấm bìa đó là bao nhiêu?",
    ),
    ("Hình thang có chiều cao {h} {unit}, hai đáy dài {a} {unit} và {b} {unit} thì có diện tích bằng bao nhiêu?",),
)


def trapezium_area(random: Random, level: int) -> Draft:
    """(Sum of the bases) × height : 2."""
    a, h, unit = _base_and_height(random, level)
    b = random.randint(max(2, a // 2), a - 1)
    h += (a + b) * h % 2
    (question,) = tell(random, _fitting(_TRAPEZIUM_STORIES, unit), a=a, b=b, h=h, unit=unit)
    square, bases, product = f"{unit}²", a + b, (a + b) * h
    lead = "Diện tích hình thang là:"
    steps = ("Tổng hai đáy là:", *working.add(a, b, unit), lead, *working.multiply(bases, h))
    return draft(
        (a, b, h),
        question,
        worked(product // 2, square, *steps, *working.divide(product, 2, square)),
        worked(product, square, lead, line(f"({a} + {b}) × {h} = {number(product)}", square)),
        worked(a * b * h, square, lead, line(f"{a} × {b} × {h} = {number(a * b * h)}", square)),
    )
