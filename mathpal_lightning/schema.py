"""The dictionary: every word that travels between rooms. Imports nothing of ours and loads no torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

IGNORE_INDEX = -100
"""The label of a position that is not supervised (the value torch's cross-entropy ignores)."""

Role = Literal["system", "user", "assistant"]
Objective = Literal["sft", "dpo", "grpo"]
"""What training learns: solutions; to prefer one solution to another (any of the preference losses); or from rewards of
solutions that it draws itself (any of the policy losses)."""
Verdict = Literal["correct", "wrong", "no_answer", "gold_unreadable"]
AnswerKind = Literal[
    "number", "fraction", "mixed_number", "percent", "quantity", "compound_quantity", "choice", "multi", "expression", "text",
    "point", "interval", "relation",
]  # fmt: skip


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
        return next(turn.text for turn in reversed(self.turns) if turn.role == "user")

    @property
    def prompt(self) -> Prompt:
        """All that the model reads before the last solution: the question where it stands alone, else the conversation."""
        turns = self.turns[:-1] if self.turns[-1].role == "assistant" else self.turns
        return turns[0].text if [turn.role for turn in turns] == ["user"] else turns

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
    mistake_lines: tuple[int, ...] = ()
    """For each mistake the number of its first wrong line, from 1; empty where they are not known."""


class Encoded(NamedTuple):
    """One document: `labels` equal `input_ids` where supervised, IGNORE_INDEX elsewhere (unshifted)."""

    input_ids: list[int]
    labels: list[int]


class EncodedPair(NamedTuple):
    """One preference pair: a prompt, its chosen and its rejected completion end to end, the prompt once."""

    input_ids: list[int]
    labels: list[int]
    """As in `Encoded`: both completions are supervised, the prompt is not."""
    segment_ids: list[int]
    """0 in the prompt, 1 in the chosen completion, 2 in the rejected one."""


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


class PreferenceBatch(NamedTuple):
    """Preference pairs laid end to end in rows of fixed length. All are int64 [B, T].

    One row of T = 10 with one pair (a prompt of 3 tokens, completions of 2 and 3) and two positions of padding:

        input_ids     bos  12  34   56  78   91  92  93  pad pad
        labels          .   .   .   56  78   91  92  93    .   .
        position_ids    0   1   2    3   4    3   4   5    0   0
        segment_ids     0   0   0    1   1    2   2   2    0   0
        pair_ids        0   0   0    0   0    0   0   0   -1  -1

    Both completions go on from the prompt and do not see each other; the first token of each is predicted from the last of
    the prompt. `pair_ids` number the pairs of the whole batch from 0 in the order of rows. A batch whose prompts stand once
    for each completion (`model/shared_prompt.py` unfolds it so) is described by the same five tensors.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor
    segment_ids: Tensor
    pair_ids: Tensor

    @property
    def group_ids(self) -> Tensor:
        """A pair is a group of two completions."""
        return self.pair_ids


class EncodedGroup(NamedTuple):
    """One problem and the k solutions drawn for it: the prompt once, then the solutions end to end."""

    input_ids: list[int]
    labels: list[int]
    """As in `Encoded`: all solutions are supervised, the prompt is not."""
    segment_ids: list[int]
    """0 in the prompt, 1 to k in the solutions."""
    drawn_log_probs: list[float]
    """What the sampler gave to each token of the solutions; 0 in the prompt."""


class GroupBatch(NamedTuple):
    """Groups of sampled solutions laid end to end in rows of fixed length. The first five are int64 [B, T].

    One row of T = 10 with one group (a prompt of 2 tokens, three solutions of 2, 1 and 3) and two positions of padding:

        input_ids     bos  12   56  78   91   34  35  36  pad pad
        labels          .   .   56  78   91   34  35  36    .   .
        position_ids    0   1    2   3    2    2   3   4    0   0
        segment_ids     0   0    1   1    2    3   3   3    0   0
        group_ids       0   0    0   0    0    0   0   0   -1  -1

    Each solution goes on from the prompt and sees no other solution, as the two completions of a `PreferenceBatch`.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor
    segment_ids: Tensor
    group_ids: Tensor
    """Number the groups of the whole batch from 0 in the order of rows."""
    drawn_log_probs: Tensor
    """float32 [B, T], what the sampler gave to each sampled token; 0 elsewhere."""
    rewards: Tensor
    """float32 [S], the reward of each solution, group by group in the order of `segment_ids`."""
    is_fresh: bool = True
    """The first update on this draw: the policy is still the one that drew."""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer, a value and its canonical form: what `extract_answer` finds and `is_equivalent` compares."""

    kind: AnswerKind
    text: str = ""
    """The canonical form: '.' as the decimal sign, no thousands separator; "3/4", "2 3/4", "25%", "448000 cm^3",
    "6 giờ 55 phút", a choice's letter. Empty for multi."""
    parts: tuple[Answer, ...] = ()
    """The answers of a multi, in the order of the solution."""
    value: Answer | None = None
    """What a choice's letter stands for, where the options or the solution tell."""
    label: str = ""
    """What the answer belongs to inside a multi: "a", "số lớn"."""
    ordered: bool = False
    """For multi: the order counts (parts a, b, c); else it is a set."""
    rounded: bool = False
    """The solution says that the number is rounded (≈, khoảng, làm tròn)."""
    rule: str = ""
    """The extraction rule that found it."""
    notes: tuple[str, ...] = ()
    meaning: object = field(default=None, compare=False, repr=False)
    """The value that was read (`evaluation/values`); None for a choice, a multi, and one built from its canonical form."""

    def canonical(self) -> str | list[str]:
        """The canonical form: a string, for multi a list of strings."""
        return [part.text for part in self.parts] if self.kind == "multi" else self.text

    @classmethod
    def from_canonical(cls, form: str | Sequence[str]) -> Answer:
        """Read a canonical form back: `Answer.from_canonical(answer.canonical()).canonical() == answer.canonical()`."""
        if not isinstance(form, str):
            return cls("multi", parts=tuple(cls.from_canonical(part) for part in form))
        patterns = _CANONICAL_KINDS if len(form) <= _CANONICAL_LENGTH else {}
        kinds = (kind for kind, pattern in patterns.items() if pattern.fullmatch(form))
        return cls(next(kinds, "text"), form)


_CANONICAL_LENGTH = 500
_CANONICAL_NUMBER = r"-?(?:\d+ \d+/\d+|\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?)"
_CANONICAL_KINDS: dict[AnswerKind, re.Pattern[str]] = {
    "choice": re.compile(r"[A-H]"),
    "text": re.compile(r"\d{1,2}/\d{1,2}/\d{4}"),
    "point": re.compile(r"\((?!.*\\infty)[^;]+(?:;[^;\[\]]+)+\)"),
    "interval": re.compile(r"ℝ.*|[\[(][^\s=<>;]*;[^\s=<>;]*[\])](?: ∪ [\[(][^\s=<>;]*;[^\s=<>;]*[\])])*"),
    "relation": re.compile(r".*[<>=≤≥≠].*"),
    "number": re.compile(r"-?\d+(?:\.\d+)?"),
    "fraction": re.compile(r"-?\d+(?:\.\d+)?/\d+(?:\.\d+)?"),
    "mixed_number": re.compile(r"-?\d+ \d+/\d+"),
    "percent": re.compile(rf"{_CANONICAL_NUMBER}%"),
    "compound_quantity": re.compile(r"-?\d+(?:\.\d+)? \S+(?: \d+(?:[./]\d+)? \S+)+"),
    "quantity": re.compile(rf"{_CANONICAL_NUMBER} ?[^\W\d_][^<>=;:]*|{_CANONICAL_NUMBER} ?[°'].*"),
    "expression": re.compile(r".*(?:\\sqrt|\\frac|√|π|\d.*[-+*^/×]|[a-z] ?[-+*^/×]|^-[a-zA-Z]$).*"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a teacher says of one solution."""

    verdict: Verdict
    gold_answer: Answer | None
    answer: Answer | None
    reason: str
    """One Vietnamese sentence for the pupil: "Đúng.", "Em chưa rút gọn phân số.", "Đúng, nhưng phép tính ở dòng 2 sai."."""
    false_steps: tuple[str, ...] = ()
    """Written equalities that do not hold and that the reference solution does not write too."""

    @property
    def strict_verdict(self) -> Verdict:
        """The verdict where the written arithmetic must hold as well."""
        return "wrong" if self.verdict == "correct" and self.false_steps else self.verdict
