"""A problem as it is written out, before its text becomes a `schema.Problem` in one of the shapes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """One problem of a topic: what `steps.finish` makes of a `Plan`."""

    numbers: tuple[object, ...]
    """What identifies the problem mathematically, whatever the names and the wording: it decides the split."""
    question: str
    solution: str
    answer: str
    """The canonical form of the answer (`writing.canonical`)."""
    mistakes: tuple[str, ...]
    mistake_lines: tuple[int, ...]
    """For each mistake the number of its first wrong line, from 1."""
    steps: int
    """How many calculations the solution holds."""
