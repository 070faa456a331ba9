"""The contents of summary.json. A section appears when its stage has run. Earlier versions wrote fewer keys."""

from __future__ import annotations

from typing import Literal, TypedDict


class RowFigures(TypedDict, total=False):
    """What became of the rows of one split."""

    read: int
    kept: int
    tokens: int
    supervised_tokens: int
    longest: int
    """Tokens of the longest kept row."""
    packs: int
    density: float
    """Tokens over the positions of all packs, 0 to 1."""
    refused: dict[str, int]
    """Rows by the reason of their refusal."""


class Share(TypedDict):
    """A share of some outcomes, with its uncertainty."""

    share: float
    standard_error: float
    interval: list[float]
    """Wilson's interval of 95 %."""
    count: int


class VoteFigures(TypedDict, total=False):
    """Several attempts at each problem."""

    attempts: int
    attempts_that_hold: float
    """The share of attempts whose written arithmetic holds."""
    right_where_steps_hold: Share
    scores: dict[str, dict[str, Share]]
    """By the number of attempts, then by the rule that chooses one of them."""
    temperature: float
    seconds: float


class Change(TypedDict):
    """The problems that were tried before and after training, and McNemar's test."""

    problems: int
    only_before: int
    only_after: int
    p_value: float


class Scores(TypedDict, total=False):
    """One evaluation on held-out problems."""

    problems: int
    accuracy: float
    accuracy_strict: float
    """As `accuracy`, but the written arithmetic must hold too."""
    standard_error: float
    interval: list[float]
    no_answer: float
    gold_unreadable: int
    topics: dict[str, float]
    topic_counts: dict[str, int]
    digest: str
    """Equal for equal sets of problems."""
    samples: str
    """The file of its graded solutions, from the run folder."""
    step: int
    rows: Literal["validation"]
    """Set if a run without test rows was tested on its validation rows."""
    change: Change
    votes: VoteFigures


class TrainingFigures(TypedDict, total=False):
    """The work and the speed of a fit."""

    steps: int
    tokens: int
    supervised_tokens: int
    packing_density: float
    training_seconds: float
    tokens_per_second: float
    supervised_tokens_per_second: float
    peak_memory_gb: float
    time_split: dict[str, float]
    """Seconds by activity."""
    mfu: float
    """Model FLOPs utilisation, 0 to 1."""
    ceiling: dict[str, int | str]
    """`gflops_per_second` of the machine, and `from`: how this was found."""


class CheckFigures(TypedDict, total=False):
    """One check of an exported artefact against the trained model."""

    artefact: str
    name: str
    value: float | str
    bound: str
    ok: bool
    empty: bool
    """The check proves nothing, because no problem was solved."""
    likely_cause: str


class ExportFigures(TypedDict, total=False):
    """What an export wrote and checked."""

    merge_into: str
    solved: dict[str, int]
    artefacts: dict[str, str]
    bytes: dict[str, int]
    seconds: dict[str, float]
    digests: dict[str, str]
    """Of the artefacts, by the names that the checks call them: whether a check is still of the file that is there."""
    checks: list[CheckFigures]


class HubFigures(TypedDict, total=False):
    """A push to the Hub."""

    repo: str
    url: str
    commit: str
    artefact: str
    private: bool


class Summary(TypedDict, total=False):
    """summary.json."""

    data: dict[str, RowFigures]
    """By split."""
    vocabulary: dict[str, int | str]
    precision: str
    evaluation: dict[str, Scores]
    """By moment: `before`, `during`, `after`, `test`."""
    training: TrainingFigures
    export: ExportFigures
    hub: HubFigures
    not_pushed: str
    """Why `push.only_if_better` did not push."""
    seconds: float
