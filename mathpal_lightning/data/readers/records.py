"""What every reader yields: records, refused rows and notes; and the error about a file that cannot be read at all."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.data.columns import is_known_name
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.errors import DataError

JUDGED_ROWS = 12
"""The first rows of a table, which decide where its header is."""


class Record(NamedTuple):
    """One row as it was written: its fields, and where it stands ("rows.jsonl:17")."""

    place: str
    fields: Mapping[str, object]
    file: str = ""
    """The file, as `place` begins; empty where the rows come from no file."""


Item = Record | Refusal | Note
Items = Iterator[Item]


def record(file: str, position: object, value: object) -> Record | Refusal:
    """A record of the file, if the value is an object; else a refusal that says what it is."""
    place = f"{file}:{position}"
    if isinstance(value, Mapping):
        return Record(place, value, file)
    return Refusal("unreadable", place, f"not an object but {type(value).__name__}")


def unreadable(path: Path, expected: str, found: str, way_out: str = "Repair or convert the file.") -> DataError:
    """The error about a file that cannot be read as a whole."""
    return DataError(f"{path} to be {expected}", found, way_out)


def known_names(cells: Sequence[object], named: Container[str] = ()) -> int:
    """How many different usual names of columns, or named ones, a row of a table holds."""
    return len({str(cell).strip().casefold() for cell in cells if cell not in (None, "") and is_known_name(str(cell), named)})


def title_rows(rows: Sequence[Sequence[object]], named: Container[str] = ()) -> int:
    """How many of the first rows stand above the header: titles in a single cell, or the letterhead of a school.

    >>> title_rows([["Danh sách bài toán", None], ["Đề bài", "Lời giải"], ["1 + 1", "2"]])
    1
    >>> title_rows([["Trường Kim Đồng", "Lớp 5A"], ["Bài toán", None], ["STT", "Đề bài", "Lời giải"], [1, "1 + 1", "2"]])
    2
    >>> title_rows([["question"], ["1 + 1"]])
    0

    Args:
        rows: the first rows that are not empty. Where no row below a title names a known column, nothing is a title.
        named: names of columns besides the usual ones.
    """
    plain, known = _titles_in_single_cells(rows, named), [known_names(cells, named) for cells in rows]
    return plain if not known or known[plain] > 1 or max(known) < 2 else known.index(max(known))


def _titles_in_single_cells(rows: Sequence[Sequence[object]], named: Container[str]) -> int:
    for number, cells in enumerate(rows):
        names = [str(cell) for cell in cells if cell not in (None, "")]
        if len(names) != 1:
            return number if any(is_known_name(name, named) for name in names) else 0
        if is_known_name(names[0], named):
            return number
    return 0


def require_distinct(path: Path, names: Sequence[str], what: str) -> None:
    """Refuse two columns of one name: nobody can tell which one was meant.

    Raises:
        DataError: with the name.
    """
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise unreadable(path, f"a table with different {what}", f"{twice!r} twice", "Rename or remove one of the two columns.")
