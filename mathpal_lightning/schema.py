"""The dictionary: every word that travels between rooms. Imports nothing of ours and loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

IGNORE_INDEX = -100
"""The label of a position that is not supervised (the value torch's cross-entropy ignores)."""

Role = Literal["system", "user", "assistant"]
Verdict = Literal["correct", "wrong", "no_answer", "gold_unreadable"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One example: a conversation that ends with the solution.

    `place` says where it was read ("rows.jsonl:17"), so that a refusal can name it.
    """

    turns: tuple[Turn, ...]
    topic: str = ""
    place: str = ""

    @property
    def question(self) -> str:
        """The text of the last user turn."""
        return next(turn.text for turn in reversed(self.turns) if turn.role == "user")

    @property
    def solution(self) -> str:
        """The text of the last assistant turn; empty where there is none (a row to predict)."""
        return self.turns[-1].text if self.turns[-1].role == "assistant" else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A generated problem with its exact answer, a worked solution and what pupils typically write wrong."""

    question: str
    solution: str
    answer: str
    """The canonical form of the answer: "448000 cm^3", "3/4", "25%"."""
    topic: str
    grade: int
    level: int
    mistakes: tuple[str, ...] = ()
    """Wrong solutions that look real, each ending in another answer."""


class Encoded(NamedTuple):
    """One document: `labels` equal `input_ids` where supervised, IGNORE_INDEX elsewhere (unshifted)."""

    input_ids: list[int]
    labels: list[int]


class PackedBatch(NamedTuple):
    """Documents laid end to end in rows of fixed length. All three are int64 [B, T].

    One row of T = 8 with documents of 3 and 4 tokens and one of padding; s is supervised, . is not:

        input_ids     bos  12  34  bos  56  78  90  pad
        labels          .   s   s    .   .   s   s    .
        position_ids    0   1   2    0   1   2   3    0

    `position_ids` restart at 0 with each document (and at each padding token): together with no attention mask and
    no cache that is what keeps documents apart. `labels` are unshifted: position t is predicted from position t - 1.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor


@dataclass(frozen=True, slots=True)
class GradedSample:
    """One held-out problem, what the model wrote, and the judgement. One line of samples.jsonl."""

    question: str
    gold: str
    """The reference solution."""
    solution: str
    """What the model wrote."""
    gold_answer: str | None
    answer: str | None
    rule: str | None
    """The extraction rule that found `answer`."""
    verdict: Verdict
    topic: str = ""
    step: int = 0
