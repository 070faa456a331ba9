"""The problems on the page's buttons: those that this run has solved, so that a first look shows what it can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.files import whole_objects
from mathpal_lightning.serving.find_gguf import run_of

_NUMBER = 3
_LONGEST = 140
"""Characters: a button of a telephone holds a short problem."""


def solved_examples(run: Path) -> tuple[str, ...]:
    """Problems of different topics, solved by the run when it was last evaluated; else from the generator.

    Args:
        run: a run folder, or a GGUF file, which may lie in one.
    """
    by_topic: dict[str, str] = {}
    for topic, question in [*_solved(run_of(run).samples), *_generated()]:
        if len(question) <= _LONGEST and "\n" not in question:
            by_topic.setdefault(topic, question)
    return tuple(by_topic.values())[:_NUMBER]


def _solved(samples: Path) -> Iterator[tuple[str, str]]:
    """Topic and question of each problem that was solved with right arithmetic, the newest evaluation first."""
    lines = list(whole_objects(samples))
    newest = max((line.get("step", 0) for line in lines), default=0)
    for line in lines:
        if line.get("messages"):
            continue  # a conversation: its last question alone may be no problem
        if line.get("step", 0) == newest and line.get("strict_verdict") == "correct" and isinstance(line.get("question"), str):
            yield str(line.get("topic")), line["question"]


def _generated() -> Iterator[tuple[str, str]]:
    for problem in generate_problems(60, seed=1, mistakes=False):
        yield problem.topic, problem.question
