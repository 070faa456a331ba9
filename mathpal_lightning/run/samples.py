"""The graded solutions of a run: the only module that writes samples.jsonl and test_samples.jsonl, and reads them as samples.

    {"moment": "after", "question": "1 + 1 = ?", "gold": "Đáp số: 2", "solution": "Đáp số: 3", "verdict": "wrong", ...}

Each evaluation appends its samples. summary.json says where they are and how many the last evaluation had. A problem that is
more than one user turn has its turns too: "messages": [{"role": "user", "content": "1 + 1 = ?"}, ...].
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from mathpal_lightning.errors import DataError
from mathpal_lightning.files import whole_objects
from mathpal_lightning.run.figures import Scores
from mathpal_lightning.run.folder import RunFolder
from mathpal_lightning.schema import GradedSample, Prompt, Turn

_FIELDS = {each.name for each in fields(GradedSample)}


def keep_samples(file: Path, moment: str, samples: Sequence[GradedSample]) -> None:
    """Append the samples of an evaluation to a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        for sample in samples:
            line = {"moment": moment} | asdict(sample)
            del line["messages"]
            if sample.messages:
                line["messages"] = [{"role": turn.role, "content": turn.text} for turn in sample.messages]
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def last_samples(run: RunFolder, moment: str, told: Scores) -> list[GradedSample]:
    """The samples of the last evaluation of one moment, each problem once, in the order in which they were written.

    The file may be missing, and half a line that a killed process left is passed over. An earlier `mathpal test`
    may have solved other problems: its samples are left out.

    Args:
        run: a run folder.
        moment: `before`, `after`, `test` or `gguf:...`.
        told: what summary.json says of the moment; without it all samples count.

    Raises:
        DataError: a line that is no sample.
    """
    file = run.samples_of(moment)
    entries = [entry for entry in whole_objects(file) if entry.get("moment") == moment]
    samples = [_read(entry, f"{moment} sample {number} of {file}") for number, entry in enumerate(entries, 1)]
    number = told["problems"] + told.get("gold_unreadable", 0) if told else len(samples)
    last: dict[Prompt, GradedSample] = {}
    for sample in samples[len(samples) - number if number < len(samples) else 0 :]:
        last.pop(sample.prompt, None)  # a dict keeps the place of a key that is written again
        last[sample.prompt] = sample
    return list(last.values())


def messages_of(entry: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The turns of a line of a file of samples; none where its question is a single user turn."""
    return tuple(Turn(message["role"], message["content"]) for message in entry.get("messages") or ())


def _read(entry: Mapping[str, Any], place: str) -> GradedSample:
    known = {name: value for name, value in entry.items() if name in _FIELDS}
    try:
        return GradedSample(**known | {"messages": messages_of(entry)})
    except (TypeError, KeyError) as error:
        raise DataError("a graded sample", f"{error} ({place})", "Evaluate the run again.") from error
