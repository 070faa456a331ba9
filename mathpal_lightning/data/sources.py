"""A source's name -> records: a Hub id, a json, jsonl, csv or parquet file, a folder of such, or the generator.

    "generated"                             the curriculum's generator
    "rows.jsonl", "folder"                  a local file, or all files of a folder
    "owner/name", "owner/name:split"        a data set of the Hub

A folder or a Hub id may hold splits (files whose names begin with train, validation or test): they are used as given.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mathpal_lightning.compat.datasets import fingerprint
from mathpal_lightning.content_key import content_key
from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.json_list import JsonListError, begins_with_list, json_elements
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.errors import DataError
from mathpal_lightning.files import sha256_of

GENERATED = "generated"
Split = Literal["train", "validation", "test"]
SPLIT_NAMES: dict[Split, tuple[str, ...]] = {
    "train": ("train",),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test",),
}
SUFFIXES = (".json", ".jsonl", ".csv", ".parquet")
PARQUET_BATCH = 1024
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(:[\w.-]+)?")


class Record(NamedTuple):
    """One row as it was written: its fields, and where it stands ("rows.jsonl:17")."""

    place: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Generator:
    """What the source `generated` draws. Train, validation and test never share a problem, whatever the seed.

    A preference pair is a problem's solution and one of the mistakes that pupils typically make in it.

    Args:
        count: training problems.
        validation_count: validation problems.
        test_count: test problems.
        seed: another seed, other problems.
        topics: names of topics; None for all.
        grades: school grades; None for all.
        levels: difficulty levels among 1, 2, 3; None for all.
        mix: weight of each topic by name; None for equal weights.
        subject: the folder of the syllabus.
    """

    count: int = 1000
    validation_count: int = 100
    test_count: int = 300
    seed: int = 0
    topics: list[str] | None = None
    grades: list[int] | None = None
    levels: list[int] | None = None
    mix: dict[str, float] | None = None
    subject: str = "mathematics"


class Source(NamedTuple):
    """Records to read, and a text that changes whenever they do."""

    name: str
    fingerprint: str
    records: Callable[[], Iterator[Record | Refusal]]


def open_source(name: str, split: Split, generator: Generator, *, must_hold: bool = True) -> Source | None:
    """Find the records of one split.

    Args:
        name: `generated`, a file, a folder, a Hub id or "id:split".
        split: the split wanted, where the source has splits. A single file is whatever split it is asked for.
        generator: the settings of `generated`.
        must_hold: False when the split is only looked for: then None says that the source does not hold it.

    Raises:
        DataError: nothing is found under the name, or it holds no rows of this split.
    """
    if name == GENERATED:
        return _generated(split, generator, must_hold)
    path = Path(name).expanduser()
    if path.is_dir():
        return _from_files(name, _files_of_split(path, split, must_hold), path)
    if path.is_file():
        return _from_files(name, [path] if must_hold else [], path.parent)
    if path.suffix in SUFFIXES or not HUB_ID.fullmatch(name):
        raise DataError("a file, a folder, a Hub id (owner/name) or `generated`", f"nothing at {name!r}", _nearest_file(path))
    return _from_hub(name, split, must_hold)


def _generated(split: Split, generator: Generator, must_hold: bool) -> Source | None:
    drawn = asdict(generator)
    counts = {"train": drawn.pop("count"), "validation": drawn.pop("validation_count"), "test": drawn.pop("test_count")}
    if not counts[split] and not must_hold:
        return None

    def records() -> Iterator[Record]:
        for number, problem in enumerate(generate_problems(counts[split], split=split, **drawn)):
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
            yield Record(f"{GENERATED}/{split}:{number}", fields)

    code = content_key("mathpal_lightning.curriculum.generate")
    return Source(GENERATED, f"{code} {split} {counts[split]} {json.dumps(drawn, sort_keys=True)}", records)


def _files_of_split(folder: Path, split: Split, must_hold: bool) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    by_split = {name: [file for file in files if _split_of(file) == name] for name in SPLIT_NAMES}
    if any(by_split.values()):
        files = by_split[split]
    elif not must_hold:
        return []
    if not files and must_hold:
        raise DataError(
            f"files of the split {split!r} ({', '.join('*' + suffix for suffix in SUFFIXES)}) in {folder}",
            ", ".join(sorted(path.name for path in folder.iterdir())[:8]) or "an empty folder",
            "Name the file, or the folder that holds it.",
        )
    return files


def _split_of(file: Path) -> Split | None:
    word = re.split(r"[^a-z]", file.stem.lower())[0]
    return next((split for split, names in SPLIT_NAMES.items() if word in names), None)


def _from_files(name: str, files: list[Path], root: Path) -> Source | None:
    if not files:
        return None
    places = [str(file.relative_to(root)) for file in files]
    readers = {".json": _read_json, ".jsonl": _read_jsonl, ".csv": _read_csv, ".parquet": _read_parquet}

    def records() -> Iterator[Record | Refusal]:
        return chain.from_iterable(readers[file.suffix](file, place) for file, place in zip(files, places, strict=True))

    return Source(name, " ".join([sha256_of(file) for file in files] + places), records)


def _read_jsonl(file: Path, place: str) -> Iterator[Record | Refusal]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield _checked_record(f"{place}:{number}", json.loads(line))
            except (ValueError, RecursionError) as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
                yield Refusal("unreadable", f"{place}:{number}", str(error))


def _read_json(file: Path, place: str) -> Iterator[Record | Refusal]:
    """A list of objects, or lines; the place names the line on which an object of a list begins, and its number."""
    try:
        with file.open("rb") as content:
            if begins_with_list(content):
                content.seek(0)
                for number, (line, value) in enumerate(json_elements(content), start=1):
                    yield _checked_record(f"{place}:{line} item {number}", value)
                return
    except JsonListError as error:
        raise _whole_file(file, str(error)) from error
    yield from _read_jsonl(file, place)


def _read_csv(file: Path, place: str) -> Iterator[Record | Refusal]:
    csv.field_size_limit(1 << 30)
    first = 1
    # Undecodable bytes become lone surrogates, which the row's own check refuses: one bad byte does not lose a file.
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        try:
            if not reader.fieldnames:
                raise _whole_file(file, "no header")
            first = reader.line_num + 1
            for fields in reader:
                where, first = f"{place}:{first}", reader.line_num + 1
                if None in fields or None in fields.values():
                    yield Refusal("unreadable", where, f"not {len(reader.fieldnames)} fields as in the header")
                else:
                    yield Record(where, fields)
        except csv.Error as error:
            raise _whole_file(file, f"{error} in the row that begins in line {first}") from error


def _read_parquet(file: Path, place: str) -> Iterator[Record | Refusal]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        batches = pq.ParquetFile(file).iter_batches(PARQUET_BATCH)
        rows = chain.from_iterable(batch.to_pylist() for batch in batches)
        for number, fields in enumerate(rows, start=1):
            yield Record(f"{place}:{number}", fields)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # Arrow calls some damage an OSError without a number
        if getattr(error, "errno", None):
            raise
        raise _whole_file(file, str(error).splitlines()[0]) from error


def _checked_record(place: str, value: Any) -> Record | Refusal:
    if isinstance(value, dict):
        return Record(place, value)
    return Refusal("unreadable", place, f"not an object but {type(value).__name__}")


def _whole_file(file: Path, found: str) -> DataError:
    return DataError(f"{file} to be readable {file.suffix[1:]} in UTF-8", found, "Repair or convert the file.")


def _nearest_file(path: Path) -> str:
    present = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, present, n=1)
    return f"Did you mean {path.parent / near[0]}?" if near else f"Give one of: {', '.join(SUFFIXES)}, a folder or a Hub id."


def _from_hub(name: str, split: Split, must_hold: bool) -> Source | None:
    from datasets import Dataset, load_dataset
    from datasets.exceptions import DatasetNotFoundError

    repository, _, wanted = name.partition(":")
    try:
        splits: Mapping[str, Dataset] = load_dataset(repository)
    except (DatasetNotFoundError, ConnectionError, ValueError, RuntimeError) as error:  # RuntimeError: it is a script
        raise DataError(
            f"the data set {repository!r} on the Hub or in its cache",
            str(error).splitlines()[0],
            "Check the name and the connection, or give a local file.",
        ) from error
    names = [wanted] if wanted else [alias for alias in SPLIT_NAMES[split] if alias in splits]
    if (wanted and wanted not in splits) or (not names and must_hold):
        raise DataError(f"a split {wanted or split!r} in {repository}", ", ".join(splits), f"Write {repository}:SPLIT.")
    if not names or (wanted and not must_hold):
        return None
    chosen = splits[names[0]]

    def records() -> Iterator[Record]:
        rows: Iterable[Mapping[str, Any]] = chosen
        return (Record(f"{repository}/{names[0]}:{number}", fields) for number, fields in enumerate(rows))

    return Source(name, f"{repository} {names[0]} {fingerprint(chosen)}", records)
