"""Samples are written to disk while they are drawn, one line for each problem, so that a stopped run can go on.

    pairs.samples.jsonl   {"question": ..., "gold": ..., "topic": ..., "samples": [{"solution": ..., "ended": true,
                           "answer": "36 kg", "verdict": "correct"}, ...]}, in the order of the problems
    pairs.samples.json    the settings they are drawn with

Answers and verdicts are in the file for people. Programs that use the samples judge them again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path

from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.evaluation import grade
from mathpal_lightning.files import whole_file
from mathpal_lightning.schema import Prompt, Row, Sample, prompt_text

Draw = Callable[[Sequence[Prompt]], Iterator[list[Sample]]]
"""Questions or conversations -> the samples of each, in order; called only where some are missing."""

SampleStream = Generator[list[Sample], None, None]


def drawn_samples(
    path: Path, rows: Sequence[Row], settings: Mapping[str, object], draw: Draw, together: int = 1
) -> SampleStream:
    """Yield every problem's samples: first those in the file, then new ones, each written before it is yielded.

    Args:
        path: the file; `<name>.json` beside it holds the settings.
        rows: the problems.
        settings: what the samples depend on, as plain data.
        draw: draws what is missing.
        together: problems that are drawn as one batch. A batch that was interrupted is drawn again as a whole, so that a
            resumed file equals an uninterrupted one: rounding depends on the batch.

    Raises:
        ConfigError: the file was started with other settings.
        DataError: a line before the last cannot be read.
    """
    _require_settings(path, settings)
    lines = _whole_lines(path)
    if len(lines) < len(rows):
        lines = lines[: len(lines) // together * together]
    done = [_read(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    yield from done
    if len(done) == len(rows):
        return
    with path.open("ab") as file:
        file.truncate(sum(map(len, lines)))
        missing = rows[len(done) :]
        for row, samples in zip(missing, draw([row.prompt for row in missing]), strict=True):
            file.write(_written(row, samples))
            file.flush()
            yield samples
        os.fsync(file.fileno())


def _require_settings(path: Path, settings: Mapping[str, object]) -> None:
    """Write the settings beside a new file. For an old file, check that its settings are the same."""
    record = path.with_suffix(".json")
    if not path.exists():
        with whole_file(record) as temporary:
            temporary.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    begun = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    if differing := [name for name in settings if begun.get(name) != settings[name]]:
        raise ConfigError(
            f"the settings that {path} was begun with: {_listing(begun, differing)}",
            _listing(settings, differing),
            f"Give those to go on, or another --out; or delete {path} to begin again.",
        )


def _listing(settings: Mapping[str, object], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {settings.get(name, 'not recorded')}" for name in names)


def _whole_lines(path: Path) -> list[bytes]:
    """The lines of the file, without a last line that a killed process left incomplete."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return lines[:-1] if lines and not lines[-1].endswith(b"\n") else lines


def _read(line: bytes, place: str) -> list[Sample]:
    try:
        return [Sample(sample["solution"], sample["ended"]) for sample in json.loads(line)["samples"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            "the samples of one problem", f"{place}, which cannot be read ({error!r})", "Delete the file to begin again."
        ) from error


def _written(row: Row, samples: Sequence[Sample]) -> bytes:
    judged = []
    for sample in samples:
        verdict, _, answer = grade(row.question, row.solution, sample.text)
        found = answer.canonical() if answer else None
        judged.append({"solution": sample.text, "ended": sample.ended, "answer": found, "verdict": verdict})
    fields = {"question": prompt_text(row.prompt), "gold": row.solution, "topic": row.topic, "samples": judged}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
