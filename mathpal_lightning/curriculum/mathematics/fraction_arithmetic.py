"""Calculating with common fractions."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from random import Random

from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import fraction

_SUM_STORIES = (
    ("Tính: {first} + {second}",),
    ("Tính tổng của {first} và {second}.",),
    ("Thực hiện phép tính {first} + {second}.",),
    ("Tổng của hai phân số {first} và {second} bằng bao nhiêu?",),
    ("Tìm kết quả của phép cộng {first} + {second}.",),
    ("Cộng hai phân số {first} và {second}, rồi rút gọn nếu được.",),
)


def add_fractions(random: Random, level: int) -> Draft:
    """Equal denominators, then one a multiple of the other, then any."""
    first_below = random.randint(2, 12)
    second_below = first_below
    if level == 2:
        second_below = first_below * random.randint(2, 5)
    if level == 3:
        second_below = random.choice([below for below in range(2, 13) if below != first_below])
    a, b = random.randint(1, first_below + 3), random.randint(1, second_below + 3)
    common = lcm(first_below, second_below)
    scaled_a, scaled_b = a * common // first_below, b * common // second_below
    first, second = f"{a}/{first_below}", f"{b}/{second_below}"
    (question,) = tell(random, _SUM_STORIES, first=first, second=second)
    total = Fraction(scaled_a + scaled_b, common)
    lines = []
    if first_below != second_below:
        lines.append(f"Quy đồng mẫu số: {first} = {scaled_a}/{common}; {second} = {scaled_b}/{common}")
    raw = f"{scaled_a + scaled_b}/{common}"
    reduced = "" if raw == fraction(total) else f" = {fraction(total)}"
    lines.append(f"{scaled_a}/{common} + {scaled_b}/{common} = {raw}{reduced}")
    tops_and_bottoms = Fraction(a + b, first_below + second_below)
    tops_only = Fraction(a + b, common)
    mistakes = [solved(fraction(tops_and_bottoms), f"{first} + {second} = {a + b}/{first_below + second_below}")]
    if first_below == second_below:
        product = Fraction(a * b, common)
        mistakes.append(solved(fraction(product), f"{first} + {second} = {a * b}/{common}"))
    else:
        mistakes.append(solved(fraction(tops_only), f"{first} + {second} = {a + b}/{common}"))
    identity = tuple(sorted(((a, first_below), (b, second_below))))
    return Draft(identity, question, solved(fraction(total), *lines), fraction(total), tuple(mistakes))
