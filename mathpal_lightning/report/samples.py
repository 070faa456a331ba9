"""Which problems the report shows: some of each kind of outcome, in turn, so that neither luck nor failure is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from markupsafe import Markup

from mathpal_lightning.report.column import Column
from mathpal_lightning.report.words import Language
from mathpal_lightning.schema import GradedSample, vietnamese_form
from mathpal_lightning.typeset import typeset_text

_LONGEST = 1_500


class Tried(NamedTuple):
    """One problem with the solution of each column."""

    question: Markup
    gold: Markup
    gold_answer: str
    topic: str
    solutions: list[Solution | None]
    """One for each column; None where a column did not try the problem."""


class Solution(NamedTuple):
    """What a model wrote, and why it was judged so."""

    text: Markup
    answer: str
    verdict: str
    reason: str


def shown(columns: Sequence[Column], limit: int, language: Language = "en") -> list[Tried]:
    """Up to `limit` problems, those first that all columns tried; of each combination of verdicts one in turn.

    Args:
        columns: who tried which problems.
        limit: how many problems.
        language: decides the decimal sign of the answers.
    """
    questions = dict.fromkeys(chain.from_iterable(column.samples for column in reversed(columns)))
    tried_by_all = [question for question in questions if all(question in column.samples for column in columns)]
    outcomes: dict[tuple[bool | None, ...], list[str]] = {}
    for question in tried_by_all or questions:
        verdicts = (column.samples.get(question) for column in columns)
        outcome = tuple(sample.verdict == "correct" if sample else None for sample in verdicts)
        outcomes.setdefault(outcome, []).append(question)
    changed_first = sorted(outcomes, key=lambda outcome: (len(set(outcome)) == 1, [bool(right) for right in outcome]))
    in_turn = chain.from_iterable(zip_longest(*(outcomes[outcome] for outcome in changed_first)))
    chosen = [question for question in in_turn if question is not None][:limit]
    return [_tried(question, columns, language) for question in chosen]


def _tried(question: str, columns: Sequence[Column], language: Language) -> Tried:
    samples = [column.samples.get(question) for column in columns]
    first = next(sample for sample in samples if sample)
    return Tried(
        question=_typeset(question),
        gold=_typeset(first.gold),
        gold_answer=_answer(first.gold_answer, language),
        topic=first.topic,
        solutions=[_solution(sample, language) if sample else None for sample in samples],
    )


def _solution(sample: GradedSample, language: Language) -> Solution:
    return Solution(_typeset(sample.solution), _answer(sample.answer, language), sample.verdict, sample.reason)


def _answer(canonical: str | list[str] | None, language: Language) -> str:
    if language == "vi":
        return vietnamese_form(canonical)
    return "; ".join(canonical) if isinstance(canonical, list) else canonical or ""


def _typeset(text: str) -> Markup:
    """Safe HTML with mathematics as MathML; a model that repeats itself is cut."""
    return Markup(typeset_text(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."))


def differences(configs: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, list[str]]]:
    """The keys whose values differ between configs, nested ones with points between, and the value of each config."""
    flat = [dict(_flat(config)) for config in configs]
    for key in dict.fromkeys(chain.from_iterable(flat)):
        values = [str(each.get(key, "")) for each in flat]
        if len(set(values)) > 1 and key not in ("name", "trainer.default_root_dir"):
            yield key, values


def _flat(config: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
