"""The syllabus of a subject, read from its syllabus.yaml and strands.yaml: data, not code.

A subject is a folder beside this file with a syllabus.yaml (its topics), a strands.yaml (the names of its strands and the
bounds of each grade, see bounds.py) and the modules of its generators.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml

from mathpal_lightning.errors import ConfigError

LEVELS = (1, 2, 3)
"""1: the textbook's first examples; 2: its usual exercises; 3: larger numbers or one more step."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the programme."""

    name: str
    title: str
    grade: int
    strand: str
    expects: str
    """What a pupil can do after it."""
    generator: str | None = None
    """`module.function` in the subject's folder; None where the programme has the topic and we have no generator."""
    beyond: bool = False
    """Whether textbooks practise it although the programme does not ask for it."""
    few: tuple[int, ...] = ()
    """The levels whose mathematics holds fewer than 1,000 sets of numbers, such as the tables."""


@cache
def programme(subject: str = "mathematics") -> tuple[Topic, ...]:
    """Every topic of a subject's programme in the order of its syllabus.yaml, with or without a generator.

    Raises:
        ConfigError: there is no such subject.
    """
    folder = Path(__file__).parent
    path = folder / subject / "syllabus.yaml"
    if not path.is_file():
        subjects = sorted(path.parent.name for path in folder.glob("*/syllabus.yaml"))
        raise ConfigError(f"a subject among {', '.join(subjects)}", repr(subject), "Use one of them.")
    strands = yaml.safe_load((path.parent / "strands.yaml").read_text(encoding="utf-8"))["strands"]
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))["topics"]
    return tuple(
        Topic(name=name, strand=strands[strand]["name"], **{**entry, "few": tuple(entry.get("few", ()))})
        for strand, topics in listed.items()
        for name, entry in topics.items()
    )


def topics(subject: str = "mathematics") -> tuple[Topic, ...]:
    """The topics of a subject that have a generator, with grade and strand."""
    return tuple(topic for topic in programme(subject) if topic.generator)


def choose_topics(subject: str, names: list[str] | None, grades: list[int] | None) -> list[Topic]:
    """The topics with a generator, narrowed to these names and grades (None: all).

    Raises:
        ConfigError: an unknown topic or grade, with the nearest valid ones; or no topic is left.
    """
    known = {topic.name: topic for topic in topics(subject)}
    for name in names or []:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.3) or sorted(known)
            raise ConfigError(f"a topic of {subject} with a generator", repr(name), f"Did you mean {' or '.join(near)}?")
    offered = sorted({topic.grade for topic in known.values()})
    for grade in grades or []:
        if grade not in offered:
            nearest = min(offered, key=lambda other: abs(other - grade))
            raise ConfigError(f"a grade among {offered}", repr(grade), f"The nearest is {nearest}.")
    chosen = [topic for topic in known.values() if (not names or topic.name in names) and (not grades or topic.grade in grades)]
    if not chosen:
        found = f"topics={names} and grades={grades}, which no topic meets together"
        raise ConfigError("at least one topic", found, "Widen one of the two.")
    return chosen
