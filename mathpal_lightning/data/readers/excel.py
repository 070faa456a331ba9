"""Excel's .xlsx by openpyxl: the first visible sheet, or the one named behind a colon (problems.xlsx:Lớp 5)."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING

from openpyxl.utils.cell import get_column_letter

from mathpal_lightning.compat.openpyxl import Cell, Sheet, shared_texts, sheet_source
from mathpal_lightning.data.choices import lists_options
from mathpal_lightning.data.messages import Unreadable, text_of
from mathpal_lightning.data.names import as_typed
from mathpal_lightning.data.readers.number_format import as_shown
from mathpal_lightning.data.readers.opened import kind_of, open_seekable, require_unpackable
from mathpal_lightning.data.readers.records import (
    JUDGED_ROWS,
    Items,
    Record,
    known_names,
    require_distinct,
    title_rows,
    unreadable,
)
from mathpal_lightning.data.readers.rich_text import STRUCK_OUT, formatted_cells, formatted_texts, has_struck_cells
from mathpal_lightning.data.readers.sheet_xml import Merge, SheetXml, calculates_on_load, read_sheet_xml
from mathpal_lightning.data.report import Note

if TYPE_CHECKING:
    from openpyxl import Workbook

_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})
"""What a cell shows whose formula cannot be calculated."""
LOCK = "~$"
"""How the name of the file begins that Excel keeps beside an open workbook."""
_UNCALCULATED = Unreadable("a formula that was never calculated (open the file in Excel and save it)")


def read_excel(path: Path, place: str, sheet: str = "", named: Container[str] = ()) -> Items:
    """The rows of a sheet whose first row names the columns; empty rows and a title may stand above it.

    Args:
        path: the workbook.
        place: how to name it in the places of its rows.
        sheet: its title; empty for the first.
        named: names of columns besides the usual ones.

    Raises:
        DataError: no workbook, no such sheet, no header, or two columns of one name.
    """
    with open_seekable(path) as content, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every style that it does not know
        book = _workbook(path, content)
        chosen, note = _choose_sheet(path, book, sheet, named)
        if note:
            yield Note(f"{place}: {note}")
        page: Sheet = book[chosen]
        page.reset_dimensions()
        with zipfile.ZipFile(content) as archive:
            value = _value_or_struck if has_struck_cells(archive) else _value
            texts = shared_texts(page)
            for number, text in formatted_texts(archive).items():
                texts[number : number + 1] = [text]
            is_unfinished = calculates_on_load(archive)
        with sheet_source(page) as source:
            more = read_sheet_xml(source, is_unfinished=is_unfinished)
        values = ([value(cell) for cell in cells] for cells in page.iter_rows())
        rows: Iterator[tuple[int, list[object]]] = enumerate(values, start=1)
        if more.is_formatted:
            with sheet_source(page) as source:
                rows = _replaced(rows, dict(formatted_cells(source)))
        yield from _rows(path, place, rows, more, named)


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


def _choose_sheet(path: Path, book: Workbook, asked: str, named: Container[str]) -> tuple[str, str]:
    """The title of the sheet to read, and a note where the workbook has others and none was asked for."""
    shown = {page.title: page.sheet_state == "visible" for page in book.worksheets}
    if asked and asked not in shown or not shown:
        found = ", ".join(shown) or "no sheet"
        raise unreadable(path, f"a workbook with the sheet {asked!r}", found, "Name one of its sheets.")
    if asked:
        return asked, ""
    first = next(iter(shown))
    visible = [title for title, is_visible in shown.items() if is_visible] or [first]
    chosen = max(visible, key=lambda title: _names_columns(book[title], named))  # of equal ones the first
    if len(shown) == 1:
        return chosen, ""
    others = ", ".join(title + " (hidden)" * (not is_visible) for title, is_visible in shown.items() if title != chosen)
    which = "the first sheet" if chosen == first else "the first sheet that is shown and names known columns"
    which = "the first sheet that is shown" if chosen == visible[0] != first else which
    return chosen, f"{which}, {chosen!r}; not read: {others} (write {path.name}:SHEET for another)"


def _names_columns(page: Sheet, named: Container[str]) -> tuple[bool, int]:
    """Whether one of the first rows of a sheet holds a name that is set, and how many usual ones, 0 to 2: a cover holds few."""
    page.reset_dimensions()  # the recorded size may be wrong
    first = page.iter_rows(max_row=2 * JUDGED_ROWS, values_only=True)
    rows = [[str(cell) for cell in row if cell is not None] for row in first]
    return any(as_typed(name) in named for row in rows for name in row), min(max(map(known_names, rows), default=0), 2)


def _replaced(
    rows: Iterable[tuple[int, list[object]]], texts: Mapping[tuple[int, int], object]
) -> Iterator[tuple[int, list[object]]]:
    for number, cells in rows:
        yield number, [texts.get((number, column), cell) for column, cell in enumerate(cells, start=1)]


def _rows(path: Path, place: str, rows: Iterable[tuple[int, list[object]]], more: SheetXml, named: Container[str]) -> Items:
    with_formula = {row for row, _ in more.uncalculated}
    filled = ((number, cells) for number, cells in rows if number in with_formula or any(cell is not None for cell in cells))
    beginning = list(islice(filled, JUDGED_ROWS))
    if not beginning:
        raise unreadable(
            path, "a sheet whose first row names the columns", "an empty sheet", "Write the names in the first row."
        )
    above = title_rows([cells for _, cells in beginning], named)
    if above:
        title = next(str(cell) for cell in beginning[0][1] if cell is not None)
        yield Note(f"{place}: what stands above the header is left out ({title[:60]!r})")
    place_of_header, first = beginning[above]
    names = ["" if cell is None or isinstance(cell, Unreadable) else str(cell).strip() for cell in first]
    require_distinct(path, names, "column names")
    of_header = [merge for merge in more.merges if merge.first == place_of_header]
    below = max((merge.last for merge in of_header), default=place_of_header)
    for merge in of_header:
        names += [""] * (merge.last_column - len(names))
        names[merge.column - 1 : merge.last_column] = [names[merge.column - 1]] * (merge.last_column - merge.column + 1)
    merges = [merge for merge in more.merges if merge.last > merge.first > below and merge.column <= len(names)]
    if merges:
        yield Note(f"{place}: {len(merges)} merged cells of several rows: the value counts for each of these rows")
    padded = ((number, cells + [None] * (len(names) - len(cells))) for number, cells in chain(beginning[above + 1 :], filled))
    hidden, nameless = list[int](), list[tuple[int, int]]()
    for number, cells in _down(padded, merges):
        if number > below:
            held = [_held(cell, (number, column), more) for column, cell in enumerate(cells, start=1)]
            yield Record(f"{place}:{number}", _fields(names, held), place)
            hidden += [number] * (number in more.hidden)
            nameless += [(number, column) for column in _nameless(names, held)]
    if hidden:
        yield Note(f"{place}: {len(hidden)} hidden rows are read as the others are, the first is row {hidden[0]}")
    if nameless:
        row, column = nameless[0]
        first_cell = f"{get_column_letter(column)}{row}"
        yield Note(f"{place}: {len(nameless)} cells below no name of a column are not read, the first is {first_cell}")


def _fields(names: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    """Name -> cell. What stands below a name that spans several columns is one text, a line a column; options are a list."""
    fields: dict[str, object] = {}
    options: dict[str, list[object]] = {}
    for name, cell in zip(names, cells, strict=False):
        if not name:
            continue
        if lists_options(name):
            options.setdefault(name, []).append(cell)
        fields[name] = _together(fields[name], cell) if name in fields else cell
    return fields | {name: listed for name, listed in options.items() if sum(cell is not None for cell in listed) > 1}


def _together(first: object, second: object) -> object:
    if first is None or second is None:
        return first if second is None else second
    above, below = text_of(first), text_of(second)
    return first if above is None else second if below is None else f"{above}\n{below}"


def _nameless(names: Sequence[str], cells: Sequence[object]) -> Iterator[int]:
    """The numbers of the columns that are filled and have no name."""
    for column, (cell, name) in enumerate(zip_longest(cells, names), start=1):
        if not name and cell is not None and str(cell).strip():
            yield column


def _value(cell: Cell) -> object:
    """The value of a cell; a number with the sign or the unit that Excel shows, because 20% is another answer than 0,2."""
    value = cell.value
    return as_shown(value, _format_of(cell)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _value_or_struck(cell: Cell) -> object:
    return STRUCK_OUT if cell.value is not None and _is_struck(cell) else _value(cell)


def _is_struck(cell: Cell) -> bool:
    try:
        return bool(cell.font and cell.font.strike)
    except IndexError:  # the file names a font that it does not hold
        return False


def _format_of(cell: Cell) -> str:
    try:
        return cell.number_format or ""
    except IndexError:  # the file names a format that it does not hold
        return ""


def _held(cell: object, where: tuple[int, int], more: SheetXml) -> object:
    """The value of a cell: None where it is empty, `Unreadable` where it has none."""
    if where in more.uncalculated:
        return _UNCALCULATED
    if isinstance(cell, str):
        if cell in _ERRORS:
            return Unreadable(f"Excel's error {cell}")
        return unescaped(cell)
    return cell


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
