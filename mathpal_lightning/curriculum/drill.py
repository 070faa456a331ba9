"""Tính nhẩm: rows of ten small sums for training only, because a small model slips on 16 - 9 more often than on the reasoning.

A row costs about 160 tokens, 16 for each sum: a story with one sum costs five times as much. What is drilled are the facts that
worked solutions rest on: the tables of addition, subtraction, multiplication and division, division with remainder and the
difference that it needs (61 - 54), two digits and one digit (72 + 8), and sums and differences of two digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from mathpal_lightning.schema import Problem

TOPIC = "mental_arithmetic"
SUMS = 10
"""In one row."""


def drills(count: int, seed: int) -> Iterator[Problem]:
    """Rows of small sums.

    Args:
        count: how many rows.
        seed: another seed, other rows.

    Yields:
        Problems of grade 3 whose solution writes each sum with its result; in the one mistake the last result is wrong by 1.
    """
    for number in range(count):
        random = Random(f"drill {seed} {number}")
        sums = [_sum(random) for _ in range(SUMS)]
        lines = [f"{left} = {value}{rest}" for left, value, rest in sums]
        question = "Tính nhẩm:\n" + "\n".join(left for left, _, _ in sums)
        last, value, rest = sums[-1]
        wrong = "\n".join([*lines[:-1], f"{last} = {value + 1}{rest}"])
        yield Problem(question, "\n".join(lines), str(value), TOPIC, 3, 1, (wrong,), (SUMS,))


def _sum(random: Random) -> tuple[str, int, str]:
    """One sum, its value, and what stands behind it: the remainder."""
    kind = random.randrange(10)
    a, b = random.randint(1, 9), random.randint(1, 9)
    if kind == 0:
        return f"{a} + {b}", a + b, ""
    if kind == 1:
        return f"{a + b} - {b}", a, ""
    if kind == 2:
        return f"{a} × {b}", a * b, ""
    if kind == 3:
        return f"{a * b} : {b}", a, ""
    divisor = random.randint(2, 9)
    remainder = random.randint(1, divisor - 1)
    if kind in (4, 9):
        return f"{divisor * b + remainder} - {divisor * b}", remainder, ""
    if kind < 7:
        return f"{divisor * b + remainder} : {divisor}", b, f" (dư {remainder})"
    if kind == 7:
        tens = 10 * random.randint(1, 8) + random.randint(1, 9)
        return (f"{tens} + {a}", tens + a, "") if random.random() < 0.5 else (f"{tens + a} - {a}", tens, "")
    larger, smaller = sorted((random.randint(10, 99), random.randint(10, 99)), reverse=True)
    if random.random() < 0.5:
        return f"{larger} + {smaller}", larger + smaller, ""
    return f"{larger} - {smaller}", larger - smaller, ""
