"""A source's name -> records.

    "generated"                                  the curriculum's generator
    "rows.jsonl", "rows.csv.gz", "a.xlsx:Sheet"  a file
    "folder", "rows/*.jsonl"                     all files of a folder, or of a pattern
    "owner/name", "owner/name:config:split"      a data set of the Hub
    [{"question": ...}], DataFrame, Dataset      rows themselves, in Python

A folder, a pattern or a Hub id may hold splits: `split_names.py` tells them by the names of files and folders.
"""

from __future__ import annotations

import difflib
import glob
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mathpal_lightning.data.generated import GENERATED, Generator
from mathpal_lightning.data.hub import HUB_ID, SplitRows, is_saved_folder, rows_of_hub, rows_of_saved_folder
from mathpal_lightning.data.python_rows import Table, is_table, rows_of_table
from mathpal_lightning.data.readers import (
    COMPRESSED,
    OF_FOLDERS,
    SUFFIXES,
    UNREAD_TABLES,
    Items,
    Record,
    is_data_file,
    read_file,
)
from mathpal_lightning.data.report import Note
from mathpal_lightning.data.split_names import Split, files_by_split, listing, splits_in
from mathpal_lightning.errors import DataError
from mathpal_lightning.files import as_stored, in_home, is_name, sha256_of
from mathpal_lightning.schema import Objective
from mathpal_lightning.sealed import is_sealed

__all__ = ["GENERATED", "Generator", "Record", "Source", "Split", "open_source"]

_NO_ROWS = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json"}
"""Files that are often beside files of rows and have no rows."""
_ROWS_THEMSELVES = 'For questions themselves write rows, [{"question": ...}], or a file with one question a row.'


@dataclass(frozen=True)
class Source:
    """Records to read, and a text that changes if they change."""

    name: str
    digest: Callable[[], str]
    records: Callable[[], Items]
    files: tuple[str, ...] = ()
    """Where the records come from, for a person."""

    @cached_property
    def fingerprint(self) -> str:
        """The digest of the content, computed at the first call."""
        return self.digest()

    def has_changed(self) -> bool:
        """Whether the content has changed since the fingerprint was computed."""
        return self.digest() != self.fingerprint


def open_source(
    named: str | Table,
    split: Split,
    generator: Generator,
    *,
    must_hold: bool = True,
    reads: Objective | None = None,
    columns: Container[str] = (),
) -> Source | None:
    """Find the records of one split.

    Args:
        named: `generated`, a file, a folder, a pattern, a Hub id with a configuration or split behind colons, or rows.
        split: the split wanted, where the source has splits. A single file is whatever split it is asked for.
        generator: the settings of `generated`.
        must_hold: False when the split is only looked for: then None says that the source does not hold it.
        reads: the objective whose columns generated rows get; None for all columns.
        columns: names of columns besides the usual ones (`Columns.named`), by which the header of a table is found.

    Raises:
        DataError: nothing is found under the name, it holds no rows of this split, or its files' splits cannot be told.
    """
    if is_table(named):
        return _from_rows(rows_of_table(named, split, must_hold))
    assert isinstance(named, str)  # a source that is not a table is a name
    if named == GENERATED:
        return _generated(split, generator, reads) if must_hold or generator.number_of(split) else None
    if not is_name(named):
        text = f"a text of {len(named)} characters, {named[:40]!r}..."
        raise DataError("a file, a folder, a Hub id (owner/name) or `generated`", text, _ROWS_THEMSELVES)
    path = as_stored(in_home(named))
    if path.is_dir():
        if is_saved_folder(path):
            return _from_rows(rows_of_saved_folder(path, split, must_hold))
        files = _files_of_split(_files_of(path), path, split, must_hold)
        return _from_files(named, files, path, columns, remark=_passed_over(path))
    if path.is_file():
        return _from_files(named, [path] if must_hold else [], path.parent, columns, remark=_remark(path, split))
    workbook, _, sheet = named.rpartition(":")
    if workbook.lower().endswith(".xlsx") and (path := as_stored(in_home(workbook))).is_file():
        return _from_files(named, [path] if must_hold else [], path.parent, columns, sheet)
    if glob.has_magic(named):
        matches = (Path(file) for file in glob.glob(str(path), recursive=True))
        found = sorted((file for file in matches if file.is_file()), key=lambda file: file.parts)
        if not found and must_hold:
            way_out = _way_to(named) or _way_to_rows(named) or "Check the folder and the suffix in the pattern."
            raise DataError(f"files that match {named!r}", "none", way_out)
        root = Path(*path.parts[: next(i for i, part in enumerate(path.parts) if glob.has_magic(part))])
        return _from_files(named, _files_of_split(found, root, split, must_hold), root, columns)
    if path.exists():
        what = f"a pipe or a device at {named!r}, which can be read only once"
        raise DataError("a file of rows", what, "Write the rows into a file, such as rows.jsonl, and name it.")
    if path.suffix.lower() in (*SUFFIXES, *COMPRESSED) or not HUB_ID.fullmatch(named):
        way_out = _way_to(named) or _nearest_file(path)
        raise DataError("a file, a folder, a Hub id (owner/name) or `generated`", f"nothing at {named!r}", way_out)
    return _from_rows(rows_of_hub(named, split, must_hold))


def _generated(split: Split, generator: Generator, reads: Objective | None) -> Source:
    return Source(GENERATED, lambda: generator.fingerprint(split), lambda: generator.records(split, reads), (GENERATED,))


def _from_rows(rows: SplitRows | None) -> Source | None:
    return None if rows is None else Source(rows.place, lambda: rows.fingerprint, rows.records, (rows.place,))


def _from_files(
    name: str, files: list[Path], root: Path, columns: Container[str], sheet: str = "", remark: str = ""
) -> Source | None:
    if not files:
        return None
    places = [_place(file, root) for file in files]

    def records() -> Items:
        if remark:
            yield Note(remark)
        for file, place in zip(files, places, strict=True):
            yield from read_file(file, place, sheet, columns)

    # The remark is stored with the rows, so rows with another one are others.
    return Source(name, lambda: " ".join([*map(sha256_of, files), *places, sheet, remark]).rstrip(), records, tuple(places))


def _place(file: Path, root: Path) -> str:
    """The file's name in places and reports; bytes that are not UTF-8 are shown by their numbers."""
    return str(file.relative_to(root)).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _remark(file: Path, split: Split) -> str:
    """What to say where a file is named like rows to hold out and is trained on, because it was named itself."""
    held_out = splits_in(file.name) - {"train"}
    return (
        f"{file.name} is named like {' and '.join(sorted(held_out))} rows and trained on, as data.train says"
        if held_out and split == "train"
        else ""
    )


def _passed_over(folder: Path) -> str:
    """What to say of tables and documents in a folder that may hold rows and are not read; named alone, they are refused."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in UNREAD_TABLES and path.is_file())
    names = sorted(path.name for path in found if not path.name.startswith((".", "~$")))
    return f"{folder.name}: not read: {listing(names)} (save them as .xlsx or as CSV UTF-8)" if names else ""


def _files_of(folder: Path) -> list[Path]:
    """The data files of a folder and its subfolders, without hidden files and without files of our own caches."""
    found = (path for path in folder.rglob("*") if is_data_file(path) and path.is_file() and path.name not in _NO_ROWS)
    found = (path for path in found if not is_sealed(path.parent))  # a cache of ours
    names = ((path, path.relative_to(folder).parts) for path in found)
    ours = (path for path, parts in names if not any(part.startswith((".", "~$", "__MACOSX")) for part in parts))
    return sorted(ours, key=lambda path: path.parts)  # Windows would compare paths without their case


def _files_of_split(files: list[Path], root: Path, split: Split, must_hold: bool) -> list[Path]:
    by_split = files_by_split(files, root)
    if by_split is not None:
        files = by_split[split]
    elif not must_hold:
        return []
    if not files and must_hold and (others := [name for name, held in (by_split or {}).items() if held]):
        named = sorted(path.name for name in others for path in (by_split or {})[name])
        raise DataError(
            f"files of the split {split!r} in {root}",
            f"{listing(named)}, whose names say {' and '.join(others)}",
            f"If they are {split} rows all the same, name them one by one: data.{split}: [{root / named[0]}, ...].",
        )
    if not files and must_hold:
        inside = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
        raise DataError(
            f"files of the split {split!r} ({', '.join(f'*{suffix}' for suffix in OF_FOLDERS)}) in {root}",
            listing(inside) or "an empty folder",
            "Name the file, or the folder that holds it; .txt and .arrow files are only read when they are named themselves.",
        )
    return files


def _way_to(named: str) -> str:
    """What to do about a name that works in other programs; empty where it is none of those."""
    if page := re.search(r"(?:huggingface\.co/|^hf://)datasets/([^/\s]+/[^/\s]+)", named):
        return f"Name the data set by its Hub id: {page[1]}."
    if re.match(r"[a-z][a-z0-9+.-]+://", named):
        return "Addresses are not read: download the file, and name it."
    if named.endswith("]") and re.search(r"\[[\d:%-]+\]$", named):
        return "Slices such as [:10] are not read: write the rows that you want into a file of their own."
    if "," in named and all(as_stored(in_home(part.strip())).exists() for part in named.split(",")):
        return f"Name several sources as a list: [{', '.join(part.strip() for part in named.split(','))}]."
    if "\\" in named and as_stored(in_home(named.replace("\\", "/"))).exists():
        return f"Write it with slashes: {named.replace(chr(92), '/')}."
    return ""


def _nearest_file(path: Path) -> str:
    present = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    bare = [name for name in present if _bare(name)]  # equal suffixes make no two names alike
    near = difflib.get_close_matches(_bare(path.name), map(_bare, bare), n=1, cutoff=0.7)
    if near:
        return f"Did you mean {path.parent / next(name for name in sorted(bare) if _bare(name) == near[0])}?"
    return _way_to_rows(path.name) or f"Give one of: {', '.join(SUFFIXES)}, a folder or a Hub id."


def _bare(name: str) -> str:
    return name.partition(".")[0]


def _way_to_rows(named: str) -> str:
    """What to do about a text of several words, which is more likely a question than a name; empty where it is none."""
    return "" if len(named.split()) < 2 or named.lower().endswith((*SUFFIXES, *COMPRESSED)) else _ROWS_THEMSELVES
