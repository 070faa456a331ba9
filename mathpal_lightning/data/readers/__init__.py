"""One file -> records, by its suffix. `read_file` is the door; each format has a file of its own.

    .jsonl .ndjson   json_lines.py      one object a line
    .json            json_document.py   a list, an object with a list, columns; or lines
    .csv .tsv .txt   csv_table.py       separators and encodings as found
    .parquet         parquet.py
    .arrow .feather  arrow.py            only where they are named themselves
    .xlsx            excel.py           by openpyxl

Each of them may be compressed: .gz .bz2 .xz .zst, or .zip with one file in it.
"""

from __future__ import annotations

import errno
import lzma
import zipfile
import zlib
from collections.abc import Callable, Container
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from mathpal_lightning.data.readers.arrow import read_arrow
from mathpal_lightning.data.readers.csv_table import read_csv, read_text
from mathpal_lightning.data.readers.excel import read_excel
from mathpal_lightning.data.readers.json_document import read_json_document
from mathpal_lightning.data.readers.json_lines import begins_a_document, is_json_lines, read_json_lines
from mathpal_lightning.data.readers.opened import COMPRESSED, require_text, stand_in_for, suffix_of
from mathpal_lightning.data.readers.parquet import read_parquet
from mathpal_lightning.data.readers.records import Item, Items, Record, unreadable
from mathpal_lightning.data.report import Note

__all__ = ["COMPRESSED", "OF_FOLDERS", "SUFFIXES", "UNREAD_TABLES", "Item", "Items", "Record", "is_data_file", "read_file"]


def _read_json(path: Path, place: str) -> Items:
    """JSON under any of its names: lines and documents are told apart by their content."""
    require_text(path)
    named_lines = suffix_of(path) != ".json"
    if is_json_lines(path) or (named_lines and not begins_a_document(path)):
        yield from read_json_lines(path, place)
        return
    if named_lines:
        yield Note(f"{place}: read as one JSON document, because its first line is not a whole object")
    yield from read_json_document(path, place)


_READERS: dict[str, Callable[[Path, str], Items]] = {
    ".json": _read_json,
    ".jsonl": _read_json,
    ".ndjson": _read_json,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
}
_TABLES: dict[str, Callable[[Path, str, Container[str]], Items]] = {".csv": read_csv, ".tsv": read_csv, ".txt": read_text}
"""They look for the header, and know it by the names of columns."""
SUFFIXES = (*_READERS, *_TABLES, ".xlsx")
OF_FOLDERS = tuple(suffix for suffix in SUFFIXES if suffix not in (".txt", ".arrow", ".feather"))
"""The files that a folder is searched for: texts and caches of `datasets` are seldom rows, so they must be named themselves."""
UNREAD_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".doc", ".docx")
"""Tables and documents that people keep beside files of rows."""
_UNPACK = "Unpack it, and name the file or the folder."
_TABLE = "Copy the problems into a table, and save it as .xlsx or as CSV UTF-8."
_WAYS_OUT = {
    "": "Give it the suffix of what it is, such as .jsonl or .csv.",
    ".xls": "Open it in Excel, and save it as .xlsx.",
    ".xlsm": "Open it in Excel, and save it as .xlsx.",
    ".xlsb": "Open it in Excel, and save it as .xlsx.",
    ".numbers": "Export it as .xlsx or as CSV.",
    ".rar": _UNPACK,
    ".7z": _UNPACK,
    ".tar": _UNPACK,
    ".tgz": _UNPACK,
    ".doc": _TABLE,
    ".html": _TABLE,
    ".htm": _TABLE,
    ".ods": "Save it as .xlsx or as CSV UTF-8.",
    ".docx": _TABLE,
    ".pdf": _TABLE,
    ".pkl": "It may hold a program and is never loaded: save the rows as .jsonl or .parquet.",
    ".pickle": "It may hold a program and is never loaded: save the rows as .jsonl or .parquet.",
}


_DAMAGE: tuple[type[Exception], ...] = (OSError, EOFError, ValueError, KeyError, RuntimeError)  # RuntimeError: a password
_DAMAGE += (zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException, ParseError)
"""What the libraries raise when a file is damaged."""


def is_data_file(path: Path) -> bool:
    """Whether a folder's file is read as rows: one of `OF_FOLDERS`, compressed or not."""
    suffix = Path(path.stem).suffix.lower() if path.suffix.lower() in COMPRESSED else path.suffix.lower()
    return suffix in OF_FOLDERS or path.suffix.lower() == ".zip"


def read_file(path: Path, place: str, sheet: str = "", named: Container[str] = ()) -> Items:
    """Read the rows of a file.

    Args:
        path: the file.
        place: how to name it in the places of its rows.
        sheet: the sheet of an .xlsx file; empty for the first.
        named: names of columns besides the usual ones (`Columns.named`), by which the header of a table is found.

    Yields:
        Records, refused rows, and notes on what was decided.

    Raises:
        DataError: the file cannot be read as a whole: what was found, and what to do.
    """
    try:
        suffix = suffix_of(path)
        if suffix not in SUFFIXES:
            ending = f"the suffix {suffix!r}" if suffix else "no suffix"
            raise unreadable(
                path,
                f"a file of rows ({', '.join(SUFFIXES)}, or one of them compressed)",
                ending,
                _WAYS_OUT.get(suffix, "Convert it, or rename it if it is one of these."),
            )
        if sheet or suffix == ".xlsx":
            yield from read_excel(path, place, sheet, named)
        elif suffix in _TABLES:
            yield from _TABLES[suffix](path, place, named)
        else:
            yield from _READERS[suffix](path, place)
    except _DAMAGE as error:
        if getattr(error, "errno", None) not in (None, errno.EINVAL):  # a disk, a right; EINVAL is a seek to nowhere
            raise
        found = stand_in_for(path) or (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise unreadable(path, f"a whole {path.suffix.lower()} file", found, "Download or write it again.") from error
