"""Statistics and chance: averages, tables, charts, relative frequency and simple probability."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_AVERAGE_STORIES = (
    (
        "Ba bao gạo cân nặng lần lượt là {a} kg, {b} kg và {c} kg. Hỏi trung bình mỗi bao gạo cân nặng bao nhiêu ki-lô-gam?",
        "kg",
    ),
    ("Ba tổ trồng được lần lượt {a} cây, {b} cây và {c} cây. Hỏi trung bình mỗi tổ trồng được bao nhiêu cây?", "cây"),
    (
        "Trong ba ngày, cửa hàng bán được lần lượt {a} m, {b} m và {c} m vải. Hỏi trung bình mỗi ngày bán được bao nhiêu mét vải?",
        "m",
    ),
    (
        "{name} đọc sách trong ba ngày, lần lượt được {a} trang, {b} trang và {c} trang. Hỏi trung bình mỗi ngày {name} đọc bao nhiêu trang?",
    )
    + ("trang",),
    ("Ba bạn có số viên bi lần lượt là {a}, {b} và {c}. Hỏi trung bình mỗi bạn có bao nhiêu viên bi?", "viên bi"),
    ("Tìm số trung bình cộng của các số {a}, {b} và {c}.", ""),
    ("Tính trung bình cộng của ba số {a}, {b} và {c}.", ""),
)


def average_of_three(random: Random, level: int) -> Draft:
    """The mean of three whole numbers is whole: up to 20, 60 and 150."""
    largest = (20, 60, 150)[level - 1]
    a, b, c = (random.randint(largest // 4, largest) for _ in range(3))
    c += -(a + b + c) % 3
    total, mean = a + b + c, (a + b + c) // 3
    question, unit = tell(random, _AVERAGE_STORIES, a=a, b=b, c=c)
    return draft(
        tuple(sorted((a, b, c))),
        question,
        worked(mean, unit, working.add(a, b), working.add(a + b, c), *working.divide_lines(total, 3, unit)),
        worked(total, unit, line(f"{a} + {b} + {c} = {total}", unit)),
        worked(Fraction(total, 2), unit, line(f"({a} + {b} + {c}) : 2 = {number(Fraction(total, 2))}", unit)),
    )
