"""Tables as text: .csv and .tsv, as Excel on a Vietnamese Windows writes them too; .txt, a table or a question a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from mathpal_lightning.data.columns import is_known_name
from mathpal_lightning.data.messages import Unreadable, date_of_excel
from mathpal_lightning.data.readers.decoding import Encoding, encoding_of
from mathpal_lightning.data.readers.opened import open_bytes, require_text
from mathpal_lightning.data.readers.records import JUDGED_ROWS, Items, Record, require_distinct, title_rows, unreadable
from mathpal_lightning.data.report import Note, Refusal

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_JUDGED_LINES, _JUDGED_CHARACTERS = 100, 1 << 18
_RULE = re.compile(r"\s*(:?-+:?\s*)?")
"""A cell of the line below the header of a Markdown table."""
_ONE_COLUMN = "\x1f"
"""A separator that no text has, for a table of one column: the commas in it belong to its texts."""
_MONTH = r"(?:(?:Thg|Th|Tháng) ?\d{1,2}|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(rf"(?i)\s*(?:\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}})\s*")
"""What Excel makes of 3/4 and 3-4, and writes into a table of text."""
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_LONGEST_FIELD = 1 << 30


class _Dialect(NamedTuple):
    separator: str
    first_line: int
    """The number of lines before the table: 1 where Excel's `sep=;` stands there."""
    above: int
    """The number of rows between them and the header: empty ones and a title."""
    notes: tuple[str, ...]


def read_csv(path: Path, place: str, named: Container[str] = ()) -> Items:
    """The rows of a table whose first line names the columns.

    Args:
        path: the file.
        place: how to name it in the places of its rows.
        named: names of columns besides the usual ones.

    Raises:
        DataError: an encoding or separator that cannot be told, no header, two columns of one name, or a broken quotation.
    """
    require_text(path)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))  # of the process, so only where a table is read
    encoding = encoding_of(path)
    dialect = _dialect(path, encoding, named)
    if notes := [note for note in (encoding.note, *dialect.notes) if note]:
        yield Note(f"{place}: {', '.join(notes)}")
    with _open_text(path, encoding) as lines:
        for _ in range(dialect.first_line):
            next(lines, None)
        yield from _rows(path, place, lines, dialect)


def read_text(path: Path, place: str, named: Container[str] = ()) -> Items:
    """A .txt file: a table if its first line names a column that is known, else one question a line."""
    require_text(path)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    encoding = encoding_of(path)
    dialect = _dialect(path, encoding, named)
    with _open_text(path, encoding) as lines:
        header = next(csv.reader(lines, delimiter=dialect.separator), [])
    if len(header) > 1 and any(is_known_name(name, named) for name in header):
        yield from read_csv(path, place, named)
        return
    yield Note(f"{place}: {encoding.note + ', ' if encoding.note else ''}one question a line")
    with _open_text(path, encoding) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield Record(f"{place}:{number}", {"question": line.strip()}, place)


def _rows(path: Path, place: str, lines: TextIO, dialect: _Dialect) -> Items:
    reader = csv.reader(lines, delimiter=dialect.separator, strict=True)
    first = dialect.first_line + 1
    try:
        for _ in range(dialect.above):
            next(reader, None)
        written = next(reader, [])
        header = _header(path, written)
        first = dialect.first_line + reader.line_num + 1
        for cells in reader:
            where, first = f"{place}:{first}", dialect.first_line + reader.line_num + 1
            if not any(cells) or all(map(_RULE.fullmatch, cells)):
                continue
            while len(header) < len(cells) <= len(written) and not cells[-1]:
                cells.pop()  # Excel fills all rows up to the widest: a row wider than the header has a separator in a text
            if len(cells) == len(header):
                yield Record(where, dict(zip(header, map(_cell, cells), strict=True)), place)
            else:
                yield Refusal("unreadable", where, f"{len(cells)} fields, not {len(header)} as in the header")
    except csv.Error as error:
        found = f"{error} in the row that begins in line {first}"
        raise unreadable(path, "a table with whole quotations", found, "Close the quotation marks of that row.") from error


def _cell(text: str) -> str | Unreadable:
    return Unreadable(date_of_excel(text.strip())) if "-" in text and _DATE.fullmatch(text) else text


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [name.strip(" \t\r\n\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}") for name in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise unreadable(path, "a table whose first line names the columns", "no header", "Write the names in the first line.")
    require_distinct(path, names, "column names")
    return [name or f"column {number}" for number, name in enumerate(names, start=1)]


def _dialect(path: Path, encoding: Encoding, named: Container[str]) -> _Dialect:
    with _open_text(path, encoding) as lines:
        sample = "".join(islice(lines, _JUDGED_LINES))[:_JUDGED_CHARACTERS]
    if marked := re.match(r"sep=(.)\r?\n", sample):
        separator, skipped, sample = marked[1], 1, sample[marked.end() :]
    else:
        separator, skipped = _likeliest_separator(sample, named), 0
    is_plain = separator in (",", _ONE_COLUMN)
    notes = [] if is_plain else [f"{_SEPARATORS.get(separator, repr(separator))} between the fields"]
    rows = _parsed(sample, separator)
    cells = (cell for row in rows[1:] for cell in row)
    if not is_plain and any(map(_DECIMAL_COMMA.fullmatch, cells)):
        notes.append("numbers with decimal commas")
    above, title = _above_the_header(rows, named)
    if title:
        notes.append(f"what stands above the header is left out ({title[:60]!r})")
    return _Dialect(separator, skipped, above, tuple(notes))


def _above_the_header(rows: list[list[str]], named: Container[str]) -> tuple[int, str]:
    """How many rows stand above the header, and the title among them; both empty where there is none."""
    filled = [(number, row) for number, row in enumerate(rows) if any(row)][:JUDGED_ROWS]
    titles = title_rows([row for _, row in filled], named)
    if not filled:
        return 0, ""
    return filled[titles][0], next(filter(None, filled[0][1])) if titles else ""


def _likeliest_separator(sample: str, named: Container[str]) -> str:
    """The separator with which the header has known names, the rows are as wide as the header, and the header is wide.

    With none of them the header may have more than one name.
    """

    def merit(separator: str) -> tuple[int, float, int]:
        rows = _parsed(sample, separator)
        header, *rows = [row for row in rows[_above_the_header(rows, named)[0] :] if row] or [[]]
        if len(header) < 2:
            return (0, 0.0, 0)
        fitting = sum(len(row) == len(header) for row in rows) / len(rows) if rows else 1.0
        return (sum(is_known_name(name, named) for name in header), fitting, len(header))

    likeliest = max(_SEPARATORS, key=merit)
    return likeliest if any(merit(likeliest)) else _ONE_COLUMN


def _parsed(sample: str, separator: str) -> list[list[str]]:
    """The rows of the beginning of a table, without the last one, which may be cut."""
    try:
        rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 else rows


@contextmanager
def _open_text(path: Path, encoding: Encoding) -> Iterator[TextIO]:
    # Undecodable bytes become lone surrogates, for which the row is refused: one damaged byte does not lose a file.
    with (
        open_bytes(path) as content,
        io.TextIOWrapper(
            content, encoding.name, errors="surrogateescape" if "utf-8" in encoding.name else "replace", newline=""
        ) as lines,
    ):
        yield lines
