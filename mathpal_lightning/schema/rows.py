"""What a person reads: turns of a conversation, rows of data, generated problems."""

from __future__ import annotations

from dataclasses import dataclass

from mathpal_lightning.schema.words import Role


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


Prompt = str | tuple[Turn, ...]
"""What a model reads before it writes a solution: a question, or a whole conversation that ends with a user turn."""


def prompt_turns(prompt: Prompt) -> tuple[Turn, ...]:
    """The turns of a prompt; a question is a single user turn."""
    return (Turn("user", prompt),) if isinstance(prompt, str) else tuple(prompt)


def prompt_question(prompt: Prompt) -> str:
    """The text of the last user turn of a prompt, which the judge reads."""
    return next(turn.text for turn in reversed(prompt_turns(prompt)) if turn.role == "user")


def prompt_text(prompt: Prompt) -> str:
    """The texts of a prompt, one turn a line."""
    return "\n".join(turn.text for turn in prompt_turns(prompt))


@dataclass(frozen=True, slots=True)
class Row:
    """One example: a conversation that ends with the solution.

    `place` says where it was read ("rows.jsonl:17"), so that a refusal can name it.
    """

    turns: tuple[Turn, ...]
    topic: str = ""
    place: str = ""
    rejected: str = ""
    """In a preference pair, the solution that is not preferred to the last turn's; empty in any other row."""
    difficulty: float | None = None
    """The larger the harder (5.2: level 2 of grade 5); None where the source does not say."""

    @property
    def question(self) -> str:
        """The text of the last user turn."""
        return prompt_question(self.turns)

    @property
    def prompt(self) -> Prompt:
        """All that the model reads before the last solution: the question where it stands alone, else the conversation."""
        turns = self.turns[:-1] if self.turns[-1].role == "assistant" else self.turns
        return turns[0].text if [turn.role for turn in turns] == ["user"] else turns

    @property
    def solution(self) -> str:
        """The text of the last assistant turn; empty where there is none (a row to predict)."""
        return self.turns[-1].text if self.turns[-1].role == "assistant" else ""


def prompt_of(asked: Row | Prompt) -> Prompt:
    """The prompt of a row; a question or a conversation is one already."""
    return asked.prompt if isinstance(asked, Row) else asked


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
    mistake_lines: tuple[int, ...] = ()
    """For each mistake the number of its first wrong line, from 1; empty where they are not known."""
