"""Statistics and chance."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import canonical, number, quantity

_AVERAGE_STORIES = (
    ("Ba bao gạo cân nặng lần lượt là {values} (kg). Hỏi trung bình mỗi bao gạo cân nặng bao nhiêu ki-lô-gam?", "kg"),
    ("Ba tổ trồng được lần lượt {values} (cây). Hỏi trung bình mỗi tổ trồng được bao nhiêu cây?", "cây"),
    ("Trong ba ngày, cửa hàng bán được lần lượt {values} (m vải). Hỏi trung bình mỗi ngày bán được bao nhiêu mét vải?", "m"),
    (
        "{name} đọc sách trong ba ngày, số trang lần lượt là {values}. Hỏi trung bình mỗi ngày {name} đọc bao nhiêu trang?",
        "trang",
    ),
    ("Ba bạn có số viên bi lần lượt là {values}. Hỏi trung bình mỗi bạn có bao nhiêu viên bi?", "viên bi"),
    ("Tìm số trung bình cộng của các số: {values}.", ""),
    ("Tính trung bình cộng của ba số {values}.", ""),
)


def average_of_three(random: Random, level: int) -> Draft:
    """The mean of three whole numbers is whole: up to 20, 60 and 150."""
    largest = (20, 60, 150)[level - 1]
    a, b = (random.randint(largest // 4, largest) for _ in range(2))
    c = random.randint(largest // 4, largest)
    c += -(a + b + c) % 3
    mean = (a + b + c) // 3
    question, unit = tell(random, _AVERAGE_STORIES, values="; ".join(map(number, (a, b, c))))
    ending = f" ({unit})" if unit else ""

    def write(value: int, *lines: str) -> str:
        return solved(quantity(value, unit), *(line + ending for line in lines))

    total = a + b + c
    solution = write(mean, working.add(a, b), working.add(a + b, c), working.divide(total, 3))
    mistakes = (
        write(total, f"{number(a)} + {number(b)} + {number(c)} = {number(total)}"),
        write(total // 2, f"({number(a)} + {number(b)} + {number(c)}) : 2 = {number(total // 2)}"),
    )
    return Draft(tuple(sorted((a, b, c))), question, solution, canonical(mean, unit), mistakes)
