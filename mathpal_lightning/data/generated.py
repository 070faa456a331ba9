"""The source `generated`: problems that the curriculum's generator makes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from itertools import chain
from typing import Any

from mathpal_lightning.content_key import content_key
from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.curriculum.drill import drills
from mathpal_lightning.data.readers.records import Record
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.errors import ConfigError, require_one_of
from mathpal_lightning.schema import Objective

GENERATED = "generated"
_HELD_OUT: dict[Split, int] = {"validation": 100, "test": 300}
"""Held-out problems, if nothing else is said."""
_UNREAD = {"sft": ("mistakes", "chosen", "rejected"), "dpo": ("mistakes", "solution")}
"""The columns that an objective does not read."""


@dataclass(frozen=True)
class Generator:
    """Which problems the source `generated` makes. Train, validation and test never share a problem, with any seed.

    A preference pair is a problem's solution and one of the mistakes that pupils typically make in it.

    Args:
        count: training problems.
        validation_count: validation problems. None: 100; 0 beside other training sources, so that the run is scored on theirs.
        test_count: test problems. None: 300; 0 beside other training sources.
        seed: another seed makes other problems.
        topics: names of topics; None for all.
        grades: school grades; None for all.
        levels: difficulty levels among 1, 2, 3; None for all.
        mix: weight of each topic by name among the training problems; a topic that it does not name has weight 1. Without
            `grades`, only the topics in `topics` and `mix` are drawn. Validation and test weigh all topics equally, so runs
            with different mixes are scored on the same problems. None for equal weights.
        subject: the folder of the syllabus.
        drills: rows of ten small sums ("Tính nhẩm") besides the training problems; no split is scored on them.
    """

    count: int = 1000
    validation_count: int | None = None
    test_count: int | None = None
    seed: int = 0
    topics: list[str] | None = None
    grades: list[int] | None = None
    levels: list[int] | None = None
    mix: dict[str, float] | None = None
    subject: str = "mathematics"
    drills: int = 0

    @classmethod
    def of(cls, settings: Generator | Mapping[str, Any]) -> Generator:
        """The generator of its settings by name: {"count": 5000, "grades": [4, 5]}.

        Raises:
            ConfigError: a key is not one of the above.
        """
        if isinstance(settings, Generator):
            return settings
        for name in settings:
            require_one_of("data.generator", name, [each.name for each in fields(cls)], " (its keys)")
        return cls(**settings)

    def __post_init__(self) -> None:
        for name, least in (("count", 1), ("validation_count", 0), ("test_count", 0), ("drills", 0)):
            count = getattr(self, name)
            if count is not None and count < least:
                raise ConfigError(f"data.generator.{name} of at least {least}", str(count), "Raise it.")
        for name, weight in (self.mix or {}).items():
            if not weight > 0:
                way_out = "Raise it, or leave the topic out by naming the others in data.generator.topics."
                raise ConfigError("weights in data.generator.mix above 0", f"{name}: {weight}", way_out)

    def number_of(self, split: Split) -> int:
        """The number of problems of a split, where nothing but generated problems is trained on."""
        wanted = {"train": self.count, "validation": self.validation_count, "test": self.test_count}[split]
        return _HELD_OUT[split] if wanted is None else wanted

    def is_asked_for(self, split: Split) -> bool:
        """Whether the number of problems of a held-out split is given."""
        return (self.validation_count if split == "validation" else self.test_count) is not None

    def fingerprint(self, split: Split) -> str:
        """A text that changes if the problems of a split change."""
        settings = {name: value for name, value in asdict(self).items() if not name.endswith("count")}
        code = content_key("mathpal_lightning.curriculum.generate", "mathpal_lightning.curriculum.drill")
        return f"{code} {split} {self.number_of(split)} {json.dumps(settings, sort_keys=True)}"

    def records(self, split: Split, reads: Objective | None = None) -> Iterator[Record]:
        """The problems of a split, with the columns that an objective reads: what nobody reads would be named as not read.

        Args:
            split: the split.
            reads: the objective; None for the columns of all.
        """
        settings = {name: value for name, value in asdict(self).items() if not name.endswith("count") and name != "drills"}
        if self.mix and split != "train":
            settings["mix"] = dict.fromkeys(self.mix, 1.0)
        problems = generate_problems(self.number_of(split), split=split, mistakes=reads in (None, "dpo"), **settings)
        for number, problem in enumerate(chain(problems, drills(self.drills, self.seed) if split == "train" else ())):
            mistakes = problem.mistakes or ("",)
            fields = {
                "question": problem.question,
                "solution": problem.solution,
                "topic": problem.topic,
                "mistakes": problem.mistakes,
                "difficulty": problem.grade + problem.level / 10,
                # As a preference pair: one of its typical mistakes, in turn.
                "chosen": problem.solution,
                "rejected": mistakes[number % len(mistakes)],
            }
            unread = _UNREAD.get(reads or "", ())
            yield Record(f"{GENERATED}/{split}:{number}", {name: value for name, value in fields.items() if name not in unread})
