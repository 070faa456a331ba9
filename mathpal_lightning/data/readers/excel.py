"""Excel's .xlsx by openpyxl: the first visible sheet, or the one named behind a colon (problems.xlsx:Lớp 5)."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mathpal_lightning.compat.openpyxl import Cell, Sheet, sheet_source
from mathpal_lightning.data.columns import is_known_name
from mathpal_lightning.data.messages import Unreadable, percent_in_vietnamese
from mathpal_lightning.data.readers.opened import kind_of, open_seekable, require_unpackable
from mathpal_lightning.data.readers.records import JUDGED_ROWS, Items, Record, require_distinct, title_rows, unreadable
from mathpal_lightning.data.readers.sheet_xml import Merge, SheetXml, read_sheet_xml
from mathpal_lightning.data.report import Note

if TYPE_CHECKING:
    from openpyxl import Workbook

_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})
"""What a cell shows whose formula cannot be calculated."""
LOCK = "~$"
"""How the name of the file begins that Excel keeps beside an open workbook."""
_UNCALCULATED = Unreadable("a formula that was never calculated (open the file in Excel and save it)")


def read_excel(path: Path, place: str, sheet: str = "") -> Items:
    """The rows of a sheet whose first row names the columns; empty rows and a title may stand above it.

    Raises:
        DataError: no workbook, no such sheet, no header, or two columns of one name.
    """
    with open_seekable(path) as content, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every style that it does not know
        book = _workbook(path, content)
        chosen, note = _choose_sheet(path, book, sheet)
        if note:
            yield Note(f"{place}: {note}")
        page: Sheet = book[chosen]
        page.reset_dimensions()
        with sheet_source(page) as source:
            more = read_sheet_xml(source)
        rows = ([_value(cell) for cell in cells] for cells in page.iter_rows())
        yield from _rows(path, place, enumerate(rows, start=1), more)


def _workbook(path: Path, content: IO[bytes]) -> Workbook:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        require_unpackable(path, zipfile.ZipFile(content))
        return openpyxl.load_workbook(content, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError) as error:
        content.seek(0)
        beginning = content.read(64)
        found = kind_of(beginning) or (f"{type(error).__name__}: {error}" if beginning else "an empty file")
        way_out = "Open it in Excel, and save it as .xlsx without a password."
        if path.name.startswith(LOCK):
            found = "the file by which Excel locks an open workbook"
            way_out = f"Name the workbook: {path.name.removeprefix(LOCK)}"
        raise unreadable(path, "an .xlsx workbook", found, way_out) from error


def _choose_sheet(path: Path, book: Workbook, named: str) -> tuple[str, str]:
    """The title of the sheet to read, and a note where the workbook has others and none was named."""
    shown = {page.title: page.sheet_state == "visible" for page in book.worksheets}
    if named and named not in shown or not shown:
        found = ", ".join(shown) or "no sheet"
        raise unreadable(path, f"a workbook with the sheet {named!r}", found, "Name one of its sheets.")
    if named:
        return named, ""
    first = next(iter(shown))
    visible = [title for title, is_visible in shown.items() if is_visible] or [first]
    chosen = next((title for title in visible if _names_columns(book[title])), visible[0])
    if len(shown) == 1:
        return chosen, ""
    others = ", ".join(title + " (hidden)" * (not is_visible) for title, is_visible in shown.items() if title != chosen)
    which = "the first sheet" if chosen == first else "the first sheet that is shown and names known columns"
    which = "the first sheet that is shown" if chosen == visible[0] != first else which
    return chosen, f"{which}, {chosen!r}; not read: {others} (write {path.name}:SHEET for another)"


def _names_columns(page: Sheet) -> bool:
    """Whether one of the first rows of a sheet holds a known name of a column: a cover sheet holds none."""
    page.reset_dimensions()  # the recorded size may be wrong
    first = page.iter_rows(max_row=2 * JUDGED_ROWS, values_only=True)
    return any(is_known_name(str(cell)) for row in first for cell in row if cell is not None)


def _rows(path: Path, place: str, rows: Iterator[tuple[int, Sequence[object]]], more: SheetXml) -> Items:
    with_formula = {row for row, _ in more.uncalculated}
    filled = ((number, cells) for number, cells in rows if number in with_formula or any(cell is not None for cell in cells))
    beginning = list(islice(filled, JUDGED_ROWS))
    if not beginning:
        raise unreadable(
            path, "a sheet whose first row names the columns", "an empty sheet", "Write the names in the first row."
        )
    above = title_rows([cells for _, cells in beginning])
    if above:
        title = next(str(cell) for cell in beginning[0][1] if cell is not None)
        yield Note(f"{place}: what stands above the header is left out ({title[:60]!r})")
    place_of_header, names = beginning[above]
    header = ["" if cell is None else str(cell).strip() for cell in names]
    require_distinct(path, header, "column names")
    below = max((merge.last for merge in more.merges if merge.first == place_of_header), default=place_of_header)
    merges = [merge for merge in more.merges if merge.first > below and merge.column <= len(header)]
    if merges:
        yield Note(f"{place}: {len(merges)} merged cells of several rows: the value counts for each of these rows")
    width = len(header)
    padded = ((number, [*cells, *[None] * (width - len(cells))]) for number, cells in chain(beginning[above + 1 :], filled))
    for number, cells in _down(padded, merges):
        if number > below:
            held = (_held(cell, (number, column), more) for column, cell in enumerate(cells, start=1))
            fields = {name: cell for name, cell in zip(header, held, strict=False) if name}
            yield Record(f"{place}:{number}", fields, place)


def _value(cell: Cell) -> object:
    """The value of a cell; a number that Excel shows in per cent as that text, because 20% is another answer than 0,2."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_percent(_format_of(cell)):
        return percent_in_vietnamese(value)
    return value


def _format_of(cell: Cell) -> str:
    try:
        return cell.number_format or ""
    except IndexError:  # the file names a format that it does not hold
        return ""


@cache
def _is_percent(number_format: str) -> bool:
    r"""Whether a format multiplies by 100: a quoted or escaped sign, and one that only takes up room, do not.

    >>> [_is_percent(each) for each in ("0.00%", '0"%"', r"0\%", "0_%", "General")]
    [True, False, False, False, False]
    """
    return "%" in re.sub(r'"[^"]*"|[\\_*].', "", number_format)


def _held(cell: object, where: tuple[int, int], more: SheetXml) -> object:
    """The value of a cell: None where it is empty, `Unreadable` where it has none."""
    if isinstance(cell, str):
        if cell in _ERRORS:
            return Unreadable(f"Excel's error {cell}")
        return unescaped(cell)
    return _UNCALCULATED if cell is None and where in more.uncalculated else cell


def unescaped(text: str) -> str:
    r"""A text without Excel's codes of control characters, which openpyxl leaves in it.

    >>> unescaped("Bước 1_x000D_\nBước 2")
    'Bước 1\r\nBước 2'
    """
    from openpyxl.utils.escape import unescape

    return str(unescape(text)) if "_x00" in text else text


def _down(rows: Iterator[tuple[int, Sequence[object]]], merges: list[Merge]) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows, each with the values of the merged cells that reach into it."""
    beginning: dict[int, list[Merge]] = {}
    for merge in merges:
        beginning.setdefault(merge.first, []).append(merge)
    reaching: dict[int, tuple[int, object]] = {}
    """By column: the last row of the merged cell there, and its value."""
    for number, cells in rows:
        reaching |= {merge.column: (merge.last, cells[merge.column - 1]) for merge in beginning.get(number, ())}
        values = {column: value for column, (last, value) in reaching.items() if last >= number}
        yield number, [values.get(column, cell) if cell is None else cell for column, cell in enumerate(cells, start=1)]
