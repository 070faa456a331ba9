"""Perimeter and area of the rectangle."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import canonical, number, quantity

_RECTANGLES = (
    ("mảnh vườn hình chữ nhật", "mảnh vườn", "m"),
    ("sân chơi hình chữ nhật", "sân chơi", "m"),
    ("thửa ruộng hình chữ nhật", "thửa ruộng", "m"),
    ("tấm bìa hình chữ nhật", "tấm bìa", "cm"),
    ("bức tranh hình chữ nhật", "bức tranh", "cm"),
    ("mặt bàn hình chữ nhật", "mặt bàn", "dm"),
    ("hình chữ nhật", "hình chữ nhật", "cm"),
)
_PERIMETER_STORIES = (
    ("Một {full} có chiều dài {a} {unit}, chiều rộng {b} {unit}. Tính chu vi {short} đó.",),
    ("Tính chu vi của một {full} có chiều dài {a} {unit} và chiều rộng {b} {unit}.",),
    ("Một {full} dài {a} {unit}, rộng {b} {unit}. Hỏi chu vi của {short} là bao nhiêu?",),
    ("Cho một {full} có chiều rộng {b} {unit}, chiều dài {a} {unit}. Chu vi của {short} bằng bao nhiêu?",),
    ("Một {full} có chiều dài là {a} {unit} và chiều rộng là {b} {unit}. Chu vi {short} đó là bao nhiêu?",),
    ("Biết một {full} có chiều rộng {b} {unit} và chiều dài {a} {unit}. Hãy tính chu vi của {short}.",),
)


def rectangle_perimeter(random: Random, level: int) -> Draft:
    """(Length + width) × 2, with sides up to 20, 60 and 200."""
    longest = (20, 60, 200)[level - 1]
    b, a = sorted(random.sample(range(longest // 5, longest + 1), 2))
    full, short, unit = random.choice(_RECTANGLES)
    (question,) = tell(random, _PERIMETER_STORIES, full=full, short=short, unit=unit, a=number(a), b=number(b))
    half, perimeter = a + b, (a + b) * 2

    def write(value: int, unit: str, *lines: str) -> str:
        return solved(quantity(value, unit), f"Chu vi {short} là:", *(f"{line} ({unit})" for line in lines))

    mistakes = (
        write(half, unit, working.add(a, b)),
        write(a * b, f"{unit}²", working.multiply(a, b)),
    )
    solution = write(perimeter, unit, working.add(a, b), working.multiply(half, 2))
    return Draft((a, b), question, solution, canonical(perimeter, unit), mistakes)


_AREA_STORIES = tuple((story.replace("chu vi", "diện tích").replace("Chu vi", "Diện tích"),) for (story,) in _PERIMETER_STORIES)


def rectangle_area(random: Random, level: int) -> Draft:
    """Length × width: a one-digit width first, then two digits by two."""
    a = random.randint(*((6, 20), (15, 60), (25, 99))[level - 1])
    b = random.randint(*((2, 5), (3, 9), (11, 24))[level - 1])
    full, short, unit = random.choice(_RECTANGLES)
    (question,) = tell(random, _AREA_STORIES, full=full, short=short, unit=unit, a=number(a), b=number(b))

    def write(value: int, unit: str, line: str) -> str:
        return solved(quantity(value, unit), f"Diện tích {short} là:", f"{line} ({unit})")

    perimeter = f"({number(a)} + {number(b)}) × 2 = {number((a + b) * 2)}"
    mistakes = (write((a + b) * 2, unit, perimeter), write(a + b, f"{unit}²", working.add(a, b)))
    return Draft((a, b), question, write(a * b, f"{unit}²", working.multiply(a, b)), canonical(a * b, f"{unit}²"), mistakes)
