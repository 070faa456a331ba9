"""Excel's .xlsx by openpyxl: the first sheet, or the one named behind a colon (problems.xlsx:Lớp 5)."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from mathpal_lightning.data.readers.opened import open_seekable
from mathpal_lightning.data.readers.records import Items, Record, require_distinct, unreadable
from mathpal_lightning.data.report import Note, Refusal


def read_excel(path: Path, place: str, sheet: str = "") -> Items:
    """The rows of a sheet whose first row that is not empty names the columns.

    Raises:
        DataError: no workbook, no such sheet, no header, or two columns of one name.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with open_seekable(path) as content, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every style that it does not know
        try:
            book = openpyxl.load_workbook(content, read_only=True, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError) as error:
            found = f"{type(error).__name__}: {error}"
            raise unreadable(
                path, "an .xlsx workbook", found, "Open it in Excel, and save it as .xlsx without a password."
            ) from error
        names = [page.title for page in book.worksheets]
        if sheet and sheet not in names or not names:
            raise unreadable(
                path, f"a workbook with the sheet {sheet!r}", ", ".join(names) or "no sheet", "Name one of its sheets."
            )
        if len(names) > 1 and not sheet:
            others = ", ".join(names[1:])
            yield Note(f"{place}: the first sheet, {names[0]!r}; not read: {others} (write {path.name}:SHEET for another)")
        page = book[sheet or names[0]]
        page.reset_dimensions()  # the recorded size may be wrong
        yield from _rows(path, place, enumerate(page.iter_rows(values_only=True), start=1))


def _rows(path: Path, place: str, rows: Iterator[tuple[int, Sequence[object]]]) -> Items:
    header: list[str] = []
    for number, cells in rows:
        if all(cell is None for cell in cells):
            continue
        if not header:
            header = ["" if cell is None else str(cell).strip() for cell in cells]
            require_distinct(path, header, "column names")
            continue
        fields = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if dates := [name for name, cell in fields.items() if isinstance(cell, datetime.date | datetime.time)]:
            yield Refusal("unreadable", f"{place}:{number}", f"a date in {dates[0]!r}: Excel makes dates of 1/2 and 3-4")
        else:
            yield Record(f"{place}:{number}", fields, place)
    if not header:
        raise unreadable(
            path, "a sheet whose first row names the columns", "an empty sheet", "Write the names in the first row."
        )
