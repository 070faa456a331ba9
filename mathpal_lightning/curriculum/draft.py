"""What a topic's function gives back, and how it tells a story and writes a solution.

A topic draws its numbers, tells one of its stories with them, writes the right solution and the typical wrong ones:

    question, lead, unit = tell(random, STORIES, a=a, b=b)
    right = worked(a + b, unit, lead, line(working.add(a, b), unit))
    slip = worked(a - b, unit, lead, line(f"{a} - {b} = {a - b}", unit))
    return draft((a, b), question, right, slip, ...)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.writing import canonical, number, with_unit

NAMES = (
    *("An", "Bình", "Chi", "Dũng", "Đức", "Giang", "Hà", "Hải", "Hoa", "Hùng", "Huy", "Khánh", "Lan", "Linh", "Long"),
    *("Mai", "Minh", "Nam", "Nga", "Ngọc", "Nhung", "Phong", "Phương", "Quân", "Thảo", "Trang", "Tú", "Tuấn", "Việt", "Vy"),
)
"""Given names that need no form of address among pupils."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One problem as its topic wrote it."""

    numbers: tuple[object, ...]
    """What identifies the problem mathematically, whatever the names and the wording: it decides the split."""
    question: str
    solution: str
    answer: str
    """The canonical form of the answer (`writing.canonical`)."""
    mistakes: tuple[str, ...]
    mistake_lines: tuple[int, ...] = ()
    """For each mistake the number of its first wrong line, from 1; empty where they are not known."""
    steps: int = 0
    """How many calculations the solution holds; 0 where it is not known."""

    @property
    def teaches(self) -> bool:
        """Do all its solutions end differently? A slip can happen to give the right answer: 2 + 2 for 2 × 2."""
        endings = [text.rpartition("\n")[2] for text in (self.solution, *self.mistakes)]
        return len(set(endings)) == len(endings)


class Worked(NamedTuple):
    """A solution and the canonical form of the answer it ends in."""

    text: str
    answer: str


def worked(
    value: int | Fraction, unit: str, *lines: str, name: str = "", write: Callable[[int | Fraction], str] = number
) -> Worked:
    """A solution as pupils write it: its lines, then the `Đáp số` line.

    Args:
        value: the answer.
        unit: its unit or counted noun, "" for none.
        lines: what is written before.
        name: what stands before the answer, such as "x = ".
        write: how the answer's number is written; `writing.fraction` keeps 5/2 a fraction.

    >>> worked(128, "kg", "Cả hai bao nặng là:", "83 + 45 = 128 (kg)").text.splitlines()[-1]
    'Đáp số: 128 kg'
    """
    answer = canonical(value, unit) if write is number else with_unit(write(value), unit)
    return Worked("\n".join([*lines, f"Đáp số: {name}{with_unit(write(value), unit)}"]), answer)


def worked_text(answer: str, *lines: str) -> Worked:
    """A solution whose answer is a text that is its own canonical form: "2 giờ 30 phút"."""
    return Worked("\n".join([*lines, f"Đáp số: {answer}"]), answer)


def line(expression: str, unit: str = "") -> str:
    """A line of calculation with its unit in brackets, as textbooks write it: "83 + 45 = 128 (kg)"."""
    return f"{expression} ({unit})" if unit else expression


def draft(numbers: tuple[object, ...], question: str, right: Worked, *wrong: Worked) -> Draft:
    """Put a problem together from its question, right solution and typical wrong ones."""
    return Draft(numbers, question, right.text, right.answer, tuple(solution.text for solution in wrong))


def tell(random: Random, stories: Sequence[tuple[str, ...]], **values: object) -> tuple[str, ...]:
    """Choose one story and fill in all its parts (question, lead sentence, unit...) with the same values.

    `{name}` and `{other}` are two different pupils; every other `{field}` comes from `values`. Whole numbers and
    fractions are written the Vietnamese way.
    """
    name, other = random.sample(NAMES, 2)
    written = {field: number(value) if isinstance(value, int | Fraction) else value for field, value in values.items()}
    return tuple(part.format(**{"name": name, "other": other, **written}) for part in random.choice(stories))
