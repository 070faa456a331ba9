"""What a model writes: drawn solutions, with and without their tokens, and their grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from mathpal_lightning.schema.rows import Prompt, Turn, prompt_question
from mathpal_lightning.schema.words import Verdict


class DrawnSolution(NamedTuple):
    """One solution that the policy has drawn."""

    ids: list[int]
    """Its tokens, with the stop token where it ended."""
    log_probs: list[float]
    """What the sampler gave to each of them."""
    text: str
    ended: bool
    """It ended at a stop token, not at the limit of new tokens."""


class DrawnGroup(NamedTuple):
    """The solutions drawn for one problem."""

    prompt: list[int]
    """The prompt's tokens."""
    solutions: list[DrawnSolution]


class Sample(NamedTuple):
    """One solution drawn from a model (or written in its place)."""

    text: str
    ended: bool = True
    """It ended at a stop token, not at the limit of new tokens."""


@dataclass(frozen=True, slots=True)
class GradedSample:
    """One held-out problem, what the model wrote, and the judgement. One line of samples.jsonl."""

    question: str
    """The texts of all its turns, one turn a line."""
    gold: str
    """The reference solution."""
    solution: str
    """What the model wrote."""
    gold_answer: str | list[str] | None
    """Canonical; a list for a problem with several answers."""
    answer: str | list[str] | None
    rule: str | None
    """The extraction rule that found `answer`."""
    verdict: Verdict
    topic: str = ""
    step: int = 0
    strict_verdict: Verdict | None = None
    """The verdict where the written arithmetic must hold too; None in samples of before it was given."""
    reason: str = ""
    """Why, in one Vietnamese sentence."""
    messages: tuple[Turn, ...] = ()
    """All turns that the model read, where they are more than one user turn; else empty, and the question is that turn."""

    @property
    def prompt(self) -> Prompt:
        """What the model read before it wrote the solution."""
        return self.messages or self.question

    @property
    def asked(self) -> str:
        """The last user turn, which the judge reads."""
        return prompt_question(self.prompt)
