"""The problems on the page's buttons: those that this run has solved, so that a first look shows what it can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.files import text_lines
from mathpal_lightning.run import RunFolder

_NUMBER = 3
_LONGEST = 140
"""Characters: a button of a telephone holds a short problem."""


def solved_examples(run: Path) -> tuple[str, ...]:
    """Problems of different topics, solved by the run when it was last evaluated; else from the generator.

    Args:
        run: a run folder, or a GGUF file, which may lie in one.
    """
    folder = RunFolder(run.resolve().parent.parent if run.suffix == ".gguf" else run)
    by_topic: dict[str, str] = {}
    for topic, question in [*_solved(folder.samples), *_generated()]:
        if len(question) <= _LONGEST and "\n" not in question:
            by_topic.setdefault(topic, question)
    return tuple(by_topic.values())[:_NUMBER]


def _solved(samples: Path) -> Iterator[tuple[str, str]]:
    """Topic and question of each problem that was solved with right arithmetic, the newest evaluation first."""
    if not samples.is_file():
        return
    lines = [json.loads(line) for line in text_lines(samples) if line.startswith("{")]
    newest = max((line.get("step", 0) for line in lines), default=0)
    for line in lines:
        if line.get("step", 0) == newest and line.get("strict_verdict") == "correct" and isinstance(line["question"], str):
            yield str(line.get("topic")), line["question"]


def _generated() -> Iterator[tuple[str, str]]:
    for problem in generate_problems(60, seed=1, mistakes=False):
        yield problem.topic, problem.question
