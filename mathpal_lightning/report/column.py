"""A column of the report: one evaluation's solutions, read from a file of samples, and its scores by topic and grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from mathpal_lightning.curriculum.syllabus import programme
from mathpal_lightning.evaluation.statistics import Comparison, mcnemar, wilson_interval
from mathpal_lightning.run import Scores
from mathpal_lightning.schema import GradedSample


@dataclass(frozen=True, slots=True)
class Score:
    """How many problems were solved."""

    solved: int
    problems: int
    """Those whose reference can be read."""

    @property
    def share(self) -> float:
        """The share solved; nan where there are no problems."""
        return self.solved / self.problems if self.problems else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %."""
        return wilson_interval(self.solved, self.problems)


@dataclass(frozen=True, slots=True)
class Column:
    """One evaluation: of a moment of a run, or of a run that is compared with others."""

    title: str
    samples: Mapping[str, GradedSample] = field(default_factory=dict)
    """By question."""
    told: Scores = field(default_factory=lambda: Scores())
    """The scores of summary.json; they count where no samples are left."""

    @property
    def score(self) -> Score:
        """Of all problems."""
        if self.samples or not self.told:
            return score_of(self.samples.values())
        return Score(round(self.told["accuracy"] * self.told["problems"]), self.told["problems"])

    @property
    def strict(self) -> float | None:
        """The share with the right answer and no false step; None in files that do not tell it."""
        if not self.samples:
            return self.told.get("accuracy_strict")
        judged = [sample for sample in self.samples.values() if sample.verdict != "gold_unreadable"]
        if not judged or any(sample.strict_verdict is None for sample in judged):
            return None
        return sum(sample.strict_verdict == "correct" for sample in judged) / len(judged)

    @property
    def no_answer(self) -> float:
        """The share of solutions without an answer."""
        judged = [sample for sample in self.samples.values() if sample.verdict != "gold_unreadable"]
        if not judged:
            return float(self.told.get("no_answer", 0.0))
        return sum(sample.verdict == "no_answer" for sample in judged) / len(judged)

    def by_topic(self) -> dict[str, Score]:
        """The score of each topic; problems without a topic are left out."""
        topics = sorted({sample.topic for sample in self.samples.values() if sample.topic})
        return {topic: score_of(each for each in self.samples.values() if each.topic == topic) for topic in topics}

    def by_grade(self) -> dict[int, Score]:
        """The score of each grade, for topics of the syllabus."""
        grades = grade_of_topic()
        found = sorted({grades[sample.topic] for sample in self.samples.values() if sample.topic in grades})
        return {grade: score_of(each for each in self.samples.values() if grades.get(each.topic) == grade) for grade in found}


def score_of(samples: Iterable[GradedSample]) -> Score:
    """Count the samples whose reference can be read, and those of them that are right."""
    verdicts = [sample.verdict for sample in samples if sample.verdict != "gold_unreadable"]
    return Score(sum(verdict == "correct" for verdict in verdicts), len(verdicts))


def compare(first: Column, second: Column) -> Comparison | None:
    """McNemar's test on the problems that both columns hold; None where they share none."""
    shared = _judged(first) & _judged(second)
    if not shared:
        return None
    right = [[column.samples[question].verdict == "correct" for question in sorted(shared)] for column in (first, second)]
    return mcnemar(*right)


def shared_problems(first: Column, second: Column) -> int:
    """How many problems both columns hold."""
    return len(_judged(first) & _judged(second))


@cache
def grade_of_topic() -> dict[str, int]:
    """The grade of every topic of the syllabus."""
    return {topic.name: topic.grade for topic in programme()}


@cache
def title_of_topic() -> dict[str, str]:
    """The Vietnamese title of every topic of the syllabus."""
    return {topic.name: topic.title for topic in programme()}


def _judged(column: Column) -> set[str]:
    return {question for question, sample in column.samples.items() if sample.verdict != "gold_unreadable"}
