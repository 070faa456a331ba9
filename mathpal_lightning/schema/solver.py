"""What a callback asks of a module that solves problems: ours, or another one with the same two methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mathpal_lightning.schema.rows import Prompt


class Solver(Protocol):
    """A module that writes solutions."""

    def generate_solutions(self, questions: Sequence[Prompt], max_new_tokens: int | None = None) -> list[str]:
        """One greedy solution of each problem."""

    def draw_solutions(
        self, questions: Sequence[Prompt], samples: int, temperature: float, max_new_tokens: int | None = None
    ) -> list[list[str]]:
        """Several solutions of each problem, drawn at random."""
