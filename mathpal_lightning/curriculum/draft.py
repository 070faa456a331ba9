"""What a topic's function gives back, and how it tells a story and writes a solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

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

    @property
    def teaches(self) -> bool:
        """Do all its solutions end differently? A slip can happen to give the right answer: 2 + 2 for 2 × 2."""
        endings = [text.rpartition("\n")[2] for text in (self.solution, *self.mistakes)]
        return len(set(endings)) == len(endings)


def solved(answer: str, *lines: str) -> str:
    """A worked solution as pupils write it: its lines, then the `Đáp số` line with the answer's Vietnamese text.

    >>> solved("128 kg", "Cả hai bao nặng là:", "83 + 45 = 128 (kg)").splitlines()[-1]
    'Đáp số: 128 kg'
    """
    return "\n".join([*lines, f"Đáp số: {answer}"])


def tell(random: Random, stories: Sequence[tuple[str, ...]], **values: object) -> tuple[str, ...]:
    """Choose one story and fill in all its parts (question, lead sentence, unit...) with the same values.

    `{name}` and `{other}` are two different pupils; every other `{field}` comes from `values`.
    """
    name, other = random.sample(NAMES, 2)
    values = {"name": name, "other": other, **values}
    return tuple(part.format(**values) for part in random.choice(stories))
