"""The report on rows: read = kept + refused, and each refusal with its reason and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mathpal_lightning.data.choices import is_offered
from mathpal_lightning.data.split_names import listing
from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation import check_steps, extract_answer
from mathpal_lightning.progress import with_progress
from mathpal_lightning.schema import Row, prompt_text
from mathpal_lightning.text import holds_mathematics, is_vietnamese

Reason = Literal[
    "unreadable",
    "empty_row",
    "empty_question",
    "empty_solution",
    "missing_option",
    "control_token",
    "too_long",
    "needs_picture",
    "identical_pair",
    "wrong_chosen",
    "marked_wrong",
    "near_duplicate",
    "leak",
    "not_drawn",
]
FAULTS: frozenset[Reason] = frozenset(
    {
        *("unreadable", "empty_question", "empty_solution", "missing_option", "control_token", "too_long"),
        *("identical_pair", "wrong_chosen"),
    }
)
"""The reasons that count for `max_refused_share`. Rows refused for other reasons are not damaged."""
EXAMPLES_KEPT = 3
_MOST_WORDS_OF_AN_ANSWER = 6


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row: why, and where it was read."""

    reason: Reason
    place: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.place} ({self.detail})" if self.detail else self.place


@dataclass(frozen=True, slots=True)
class Note:
    """A decision of a reader that the user should know: an encoding, or the columns that were taken."""

    text: str


@dataclass(slots=True)
class Refusals:
    """The number of refused rows by reason, and the first three of each."""

    counts: dict[Reason, int] = field(default_factory=dict)
    examples: dict[Reason, list[Refusal]] = field(default_factory=dict)

    def add(self, refusal: Refusal) -> None:
        """Count one refusal and keep it if it is among the first of its reason."""
        self.counts[refusal.reason] = self.counts.get(refusal.reason, 0) + 1
        kept = self.examples.setdefault(refusal.reason, [])
        if len(kept) < EXAMPLES_KEPT:
            kept.append(refusal)

    def __add__(self, other: Refusals) -> Refusals:
        total = Refusals(dict(self.counts), {reason: list(examples) for reason, examples in self.examples.items()})
        for reason, count in other.counts.items():
            total.counts[reason] = total.counts.get(reason, 0) + count
            total.examples[reason] = [*total.examples.get(reason, []), *other.examples[reason]][:EXAMPLES_KEPT]
        return total

    @property
    def total(self) -> int:
        """The number of refused rows."""
        return sum(self.counts.values())

    @property
    def faults(self) -> int:
        """The number of rows refused because they are damaged or do not fit."""
        return sum(count for reason, count in self.counts.items() if reason in FAULTS)

    def lines(self) -> list[str]:
        """One line a reason with its first examples, for a person."""
        return [
            f"{count} {reason}: " + "; ".join(str(example) for example in self.examples[reason])
            for reason, count in sorted(self.counts.items(), key=lambda item: -item[1])
        ]


@dataclass(frozen=True, slots=True)
class DataReport:
    """The report on one set of rows. `read == kept + refused.total` (law 3 of docs/architecture.md)."""

    name: str
    """train, validation or test."""
    read: int
    kept: int
    refused: Refusals
    tokens: int
    """Tokens of the kept rows."""
    supervised_tokens: int
    longest: int
    """Tokens of the longest kept row."""
    packs: int
    density: float
    """Tokens over the positions of all packs, 0 to 1."""
    files: tuple[str, ...] = ()
    """Where the rows come from."""
    notes: tuple[str, ...] = ()
    """Decisions about the files, one line each."""

    def summary(self) -> str:
        """One line for the log."""
        refused = ", ".join(f"{count} {reason}" for reason, count in sorted(self.refused.counts.items())) or "none"
        return (
            f"{self.name}: {self.read} rows read, {self.kept} kept, refused: {refused}; {self.tokens} tokens, "
            f"{self.supervised_tokens} supervised, longest row {self.longest}; {self.packs} packs, {self.density:.1%} full"
        )

    def lines(self) -> list[str]:
        """The lines of the log: the summary, the files, and the decisions about them."""
        return [self.summary(), *([f"{self.name} rows are from {listing(self.files)}"] if self.files else []), *self.notes]


def require_few_faults(name: str, read: int, refused: Refusals, max_refused_share: float) -> None:
    """Refuse to go on if too many rows are damaged, incomplete or too long.

    Raises:
        DataError: no row is left, or such rows are more than `max_refused_share` of the rows read.
    """
    if read and read == refused.total:
        raise DataError(f"rows to use in {name}", _listing(read, refused), _way_out(refused).strip())
    if refused.faults > max_refused_share * read:
        raise DataError(
            f"at most {max_refused_share:.1%} of the rows of {name} refused as damaged, incomplete or too long",
            f"{refused.faults / read:.1%}: {_listing(read, refused)}",
            f"{_way_out(refused).strip()} To leave them out, set a larger data.max_refused_share.",
        )


def _listing(read: int, refused: Refusals) -> str:
    return f"{refused.total} of {read} rows refused: {'; '.join(refused.lines())}"


def _way_out(refused: Refusals) -> str:
    raise_length = "Raise data.max_length for long rows. " if "too_long" in refused.counts else ""
    return raise_length + ("Repair the rows at these places." if set(refused.counts) - {"too_long"} else "")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Statistics of the kept rows."""

    lengths: list[tuple[int, int]]
    """(upper bound in tokens, number of rows above the bound before and up to this one); the bounds are powers of two."""
    topics: list[tuple[str, int]]
    """(topic, rows), most rows first; rows without a topic are left out."""
    vietnamese: int
    """Rows whose question is in Vietnamese."""
    mathematics: int
    """Rows whose question or solution holds mathematics."""
    false_steps: list[str]
    """The places of rows with a written equality that does not hold, each with the first such equality."""
    no_answer: list[str]
    """The places of rows in whose solution no final answer is found, so that nothing can be judged by them."""
    bare_answers: list[str]
    """The places of rows whose solution is an answer without a calculation: such rows teach to guess."""
    missing_options: list[str] = field(default_factory=list)
    """The places of rows whose worked solution chooses an option that the question does not have, each with its letter."""


def break_down(rows: Iterable[Row], lengths: np.ndarray) -> Breakdown:
    """Count the kept rows by length, topic, language and content, and check the arithmetic of their solutions.

    Args:
        rows: the kept rows.
        lengths: tokens of each.
    """
    topics: Counter[str] = Counter()
    vietnamese = mathematics = 0
    false_steps, no_answer, bare_answers, missing_options = list[str](), list[str](), list[str](), list[str]()
    for row in with_progress(rows, "checking the solutions", "rows", len(lengths)):
        if failing := check_steps(row.solution).failing:
            false_steps.append(f"{row.place} ({failing[0]})")
        answer = extract_answer(row.solution, row.question)
        if answer is not None and answer.kind == "choice" and not is_offered(answer.text, prompt_text(row.prompt)):
            missing_options.append(f"{row.place} ({answer.text})")
        if answer is None:
            no_answer.append(row.place)
        elif _is_bare(row.solution):
            bare_answers.append(row.place)
        topics[row.topic] += 1
        vietnamese += is_vietnamese(row.question)
        mathematics += holds_mathematics(row.question) or holds_mathematics(row.solution)
    del topics[""]
    places = false_steps, no_answer, bare_answers, missing_options
    bounds = 2 ** np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64)
    histogram = [(int(bound), int(count)) for bound, count in zip(*np.unique(bounds, return_counts=True), strict=True)]
    return Breakdown(histogram, topics.most_common(), vietnamese, mathematics, *places)


def _is_bare(solution: str) -> bool:
    """Whether a solution that has an answer is nothing else: "42 kg", "Đáp số: 42 kg"."""
    return "=" not in solution and "\n" not in solution and len(solution.split()) <= _MOST_WORDS_OF_AN_ANSWER
