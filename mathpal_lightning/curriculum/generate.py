"""Seeded problems with exact answers, worked solutions and typical wrong solutions.

Problem i of a split is a pure function of (seed, split, i) and of what may be drawn. A problem's split is decided by
a hash of what identifies it mathematically (its topic and its numbers, not their order and not the wording), so no
seed can bring a test problem into train. Held-out problems are distinct as long as their topics hold more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib import import_module
from itertools import accumulate
from random import Random
from typing import Literal, NamedTuple

from mathpal_lightning.curriculum.shapes import SHAPES, Shape, in_shape
from mathpal_lightning.curriculum.steps import Plan, finish
from mathpal_lightning.curriculum.syllabus import LEVELS, Topic, choose_topics
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Problem

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("test", "validation") + 8 * ("train",)
"""Ten buckets of the hash: a tenth of all problems is test, a tenth validation."""
MOST_REPEATS = 30
"""Repeats passed over before one is taken: a small topic holds no more problems of a split and a level."""
MOST_DRAWS = 20_000
"""Draws before we give up: a topic whose problems all fall into other splits is a mistake of its author."""


def generate_problems(
    count: int,
    seed: int = 0,
    topics: Sequence[str] | None = None,
    grades: Sequence[int] | None = None,
    levels: Sequence[int] | None = None,
    split: Split = "train",
    mix: Mapping[str, float] | None = None,
    subject: str = "mathematics",
    shape: Shape = "solve",
    steps: Sequence[int] | None = None,
    mistakes: bool = True,
) -> Iterator[Problem]:
    """Stream `count` problems of one split; the same arguments give the same problems.

    Args:
        count: how many problems; the stream holds one at a time (and what identifies held-out ones).
        seed: another seed, other problems of the same split.
        topics: names of topics (`topics()` lists them); None for all.
        grades: grades of the topics; None for all.
        levels: difficulty levels among 1, 2, 3; None for all.
        split: train, validation or test: disjoint for any seeds.
        mix: weight of each topic by name; a topic that it does not name has weight 1. Without `grades`, only the topics in
            `topics` and `mix` are drawn. None for equal weights.
        subject: the folder of the syllabus.
        shape: how it is asked (shapes.py): solve, choice, true_false, find_mistake, blank, compare or table.
        steps: how many calculations the solutions hold; None for any number.
        mistakes: whether typical mistakes are written too, which takes half of the time; the problems are the same without.

    Raises:
        ConfigError: an unknown topic, grade, level, split or subject, with the nearest valid ones; a negative number of steps;
            a weight for a topic of another grade.
        ValueError: a negative count or a weight that is not positive.
    """
    if count < 0:
        raise ValueError(f"Expected argument `count` to be at least 0, but got {count}")
    if split not in SPLITS:
        raise ConfigError("a split among train, validation, test", repr(split), "Use one of them.")
    if shape not in SHAPES:
        raise ConfigError(f"a shape among {', '.join(SHAPES)}", repr(shape), "Use one of them.")
    for level in levels or []:
        if level not in LEVELS:
            nearest = min(LEVELS, key=lambda other: abs(other - level))
            raise ConfigError(f"a level among {list(LEVELS)}", repr(level), f"The nearest is {nearest}.")
    for number in steps or []:
        if number < 0:
            raise ConfigError("numbers of steps of at least 0", repr(number), "Use numbers such as 1, 2, 3.")
    for name, weight in (mix or {}).items():
        if weight <= 0:
            raise ValueError(f"Expected argument `mix` to hold positive weights, but got {name}: {weight}")
    names = None if grades and not topics else [*(topics or []), *(mix or {})]
    chosen = choose_topics(subject, names, list(grades) if grades else None)
    if strangers := [name for name in mix or {} if name not in {topic.name for topic in chosen}]:
        choose_topics(subject, strangers, None)
        raise ConfigError(
            f"a mix of topics of the grades {grades}", ", ".join(strangers), "Take them out of the mix, or widen the grades."
        )
    weights = list(accumulate((mix or {}).get(topic.name, 1.0) for topic in chosen))
    wanted = _Wanted(
        subject, tuple(chosen), tuple(weights), tuple(levels or LEVELS), split, shape, frozenset(steps or ()), mistakes
    )
    return _stream(count, f"{seed} {split}", wanted)


class _Wanted(NamedTuple):
    """What may be drawn."""

    subject: str
    topics: tuple[Topic, ...]
    weights: tuple[float, ...]
    levels: tuple[int, ...]
    split: Split
    shape: Shape
    steps: frozenset[int]
    mistakes: bool


_PATIENCE = 200
"""Draws of one topic before another is tried."""


def _stream(count: int, name: str, wanted: _Wanted) -> Iterator[Problem]:
    """Problem i is drawn from a generator of random numbers that starts again with i."""
    seen: set[str] | None = None if wanted.split == "train" else set()
    random = Random()
    for i in range(count):
        random.seed(f"{name} {i}")
        yield _problem(random, wanted, seen)


_DIGITS = re.compile(r"[0-9]+")


def split_of(topic: str, plan: Plan) -> Split:
    """The split a problem belongs to: a stable hash of its topic and its numbers, in whatever order and with whatever signs.

    So 3 × 7 and 7 × 3, or 6 × x - 15 = 39 and 6 × x - 39 = 15, are never in two splits.
    """
    digest = sha256(_identity(topic, plan).encode()).digest()
    return SPLITS[int.from_bytes(digest[:8], "big") % len(SPLITS)]


def _identity(topic: str, plan: Plan) -> str:
    """The topic and the numbers."""
    return f"{topic}:{sorted(_DIGITS.findall(str(plan.numbers)))}"


def _problem(random: Random, wanted: _Wanted, seen: set[str] | None) -> Problem:
    """One problem; held-out problems that were drawn before are drawn again, a repeat only where nothing else is found.

    Where a topic holds no such problem of the split (it has few sets of numbers), shape or number of steps, another is tried.
    """
    repeats = 0
    for attempt in range(MOST_DRAWS):
        if attempt % _PATIENCE == 0:
            topic = random.choices(wanted.topics, cum_weights=wanted.weights)[0]
            level = random.choice(wanted.levels)
            write = author(wanted.subject, topic.generator or "")
        plan = write(random, level)
        if split_of(topic.name, plan) != wanted.split:
            continue
        if seen is not None and (identity := _identity(topic.name, plan)) in seen and repeats < MOST_REPEATS:
            repeats += 1
            continue
        problem = _finished(random, plan, topic, level, wanted)
        if problem is None:
            continue
        if seen is not None:
            seen.add(identity)
        return problem
    names = ", ".join(topic.name for topic in wanted.topics[:5])
    found = f"{MOST_DRAWS} draws of {names} without one of shape {wanted.shape!r} and steps {sorted(wanted.steps) or 'any'}"
    raise ConfigError(f"topics that hold such {wanted.split} problems", found, "Widen topics, shape or steps.")


def _finished(random: Random, plan: Plan, topic: Topic, level: int, wanted: _Wanted) -> Problem | None:
    """The problem with its solution and mistakes in the wanted shape; None where it does not fit."""
    if wanted.shape == "table" and plan.table is None:
        return None
    told = wanted.shape in ("solve", "table")  # the other shapes are made of the mistakes
    draft = finish(plan, topic.grade, random, mistakes=wanted.mistakes or not told)
    if wanted.steps and draft.steps not in wanted.steps:
        return None
    question = plan.table() if wanted.shape == "table" and plan.table else draft.question
    texts = (question, draft.solution, draft.answer)
    problem = Problem(*texts, topic.name, topic.grade, level, draft.mistakes, draft.mistake_lines)
    shaped = problem if told else in_shape(problem, wanted.shape, random)
    return shaped if shaped is None or wanted.mistakes or told else replace(shaped, mistakes=(), mistake_lines=())


@cache
def author(subject: str, generator: str) -> Callable[[Random, int], Plan]:
    """The function that writes a topic."""
    module, _, function = generator.partition(".")
    home = import_module(f"mathpal_lightning.curriculum.{subject}.{module}")
    write: Callable[[Random, int], Plan] = getattr(home, function)
    return write
