"""A JSON document read by ijson as a stream: memory holds one row and a block of the file, however long the list is.

    [{...}, {...}]                               a list of rows
    {"data": [{...}, {...}], "version": 1}       a list of rows under any one name
    {"columns": ["question"], "data": [["?"]]}   pandas, orient="split"
    {"question": {"0": "?"}, "solution": ...}    pandas, column by column (as lists too); this one is held in memory
    {"17": {"question": "?", "solution": "!"}}   rows under their numbers or names (pandas, orient="index"); held in memory
    {"features": [...], "rows": [{"row": {}}]}   an answer of the Hub's viewer
    {"question": "?", "solution": "!"}           one row

A row's place is the line on which it begins, and its number.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import ijson
from ijson.common import JSONError, ObjectBuilder

from mathpal_lightning.data.columns import is_known_name
from mathpal_lightning.data.readers.opened import open_bytes
from mathpal_lightning.data.readers.records import Items, record, unreadable
from mathpal_lightning.data.report import Note

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 1 << 16
_CHATS = ("messages", "conversations", "prompt", "completion", "chosen", "rejected")
"""Names whose lists of objects are the messages of one row, not rows."""
_OPTIONS = ("choices", "options")
"""Of a single row of multiple choice."""
_DESCRIPTIONS = ("features", "fields", "licenses")
"""Names whose lists of objects describe the rows that stand beside them, as in the answers of the Hub's viewer."""
_QUOTE = re.compile(rb'((?<!\\)(?:\\\\)*")')
_NO_NUMBER = re.compile(rb"\bNaN\b|-?\bInfinity\b")
_LONE_SURROGATE = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..|\\u[dD][89abAB]..(?!\\u[dD][c-fC-F]))"
)
_NESTING = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}


class _Value(NamedTuple):
    name: str
    """The key of the top object under which it stands; empty in a top list."""
    is_element: bool
    """Whether it is an element of a list there, rather than the value itself."""
    line: int
    value: object


def read_json_document(path: Path, place: str) -> Items:
    """The rows of a document.

    Raises:
        DataError: it is no JSON, with the line; or it holds no rows, or two lists of rows.
    """
    rows, lists, columns = 0, set[str](), dict[str, Any]()
    with open_bytes(path) as content:
        for found in _values(path, _events(path, _in_utf8(content))):
            if found.is_element and found.name in _DESCRIPTIONS:
                columns.setdefault(found.name, [])
            elif found.is_element and (not found.name or isinstance(found.value, Mapping)):
                lists.add(found.name)
                _require_one_list(path, lists)
                rows += 1
                yield record(place, f"{found.line} item {rows}", _row_of_viewer(found.value))
            elif found.is_element:
                columns.setdefault(found.name, []).append(found.value)
            else:
                columns[found.name] = found.value
    if rows and (name := lists.pop()):
        yield Note(f"{place}: its rows are the list {name!r}")
    elif not rows and columns:
        yield from _by_columns(path, place, columns)


def _row_of_viewer(value: object) -> object:
    """The row inside of an element, where the Hub's viewer wrapped it: {"row_idx": 0, "row": {...}, "truncated_cells": []}."""
    return value["row"] if isinstance(value, Mapping) and {"row_idx", "row"} <= set(value) else value


def _require_one_list(path: Path, lists: set[str]) -> None:
    if len(lists) > 1:
        names = ", ".join(map(repr, sorted(lists)))
        raise unreadable(path, "one list of rows", f"the lists {names}", "Put each of them into a file of its own.")


def _by_columns(path: Path, place: str, columns: Mapping[str, Any]) -> Items:
    """Rows from what is no list of objects: columns, lists of cells, or a single row."""
    names, cells = columns.get("columns"), columns.get("data")
    if isinstance(names, list) and isinstance(cells, list):
        yield Note(f"{place}: read as columns and data (pandas, orient='split')")
        rows: Sequence[object] = [
            dict(zip(map(str, names), row, strict=True)) if isinstance(row, list) and len(row) == len(names) else row
            for row in cells
        ]
    elif all(isinstance(row, dict) and any(map(is_known_name, row)) for row in columns.values()) and not any(
        map(is_known_name, columns)
    ):
        yield Note(f"{place}: each key holds a row")
        rows = list(columns.values())
    elif all(isinstance(column, dict) for column in columns.values()):
        keys = list(next(iter(columns.values())))
        if any(list(column) != keys for column in columns.values()):
            raise unreadable(path, "columns with the same rows", "columns with different row names", "Write one object a row.")
        yield Note(f"{place}: read column by column (pandas)")
        rows = [{name: column[key] for name, column in columns.items()} for key in keys]
    elif all(isinstance(column, list) for column in columns.values()) and not set(columns) & set(_CHATS):
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise unreadable(path, "columns of one length", f"{lengths}", "Write one object a row.")
        yield Note(f"{place}: read column by column")
        rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    else:
        rows = [columns]
    for number, row in enumerate(rows, start=1):
        yield record(place, f"1 item {number}", row)


def _values(path: Path, events: Iterator[tuple[int, str, object]]) -> Iterator[_Value]:
    """The elements of the top list, or of the lists in the top object, and the other values of that object."""
    top, name, in_list, seen = "", "", False, set[str]()
    for line, event, value in events:
        if not top:
            if event not in ("start_array", "start_map"):
                raise unreadable(path, "a list of objects", f"a single value in line {line}", "Write one object a row.")
            top, in_list = event, event == "start_array"
        elif event == "map_key":
            name = str(value)
            if name in seen:
                raise _twice(path, name, line)
            seen.add(name)
        elif event in ("end_array", "end_map"):
            in_list = False
        elif event == "start_array" and not in_list and name not in (*_CHATS, *_OPTIONS):
            in_list = True
        else:
            yield _Value(name, in_list, line, _build(path, line, event, value, events))


def _build(path: Path, line: int, event: str, value: object, events: Iterator[tuple[int, str, object]]) -> object:
    """The value that begins with an event; takes the events up to its end."""
    builder, depth = ObjectBuilder(), _NESTING.get(event, 0)
    builder.event(event, float(value) if isinstance(value, Decimal) else value)
    while depth:
        line, event, value = next(events)
        if event == "map_key" and value in builder.containers[-1]:
            raise _twice(path, str(value), line)
        builder.event(event, float(value) if isinstance(value, Decimal) else value)
        depth += _NESTING.get(event, 0)
    built: object = builder.value
    return built


def _twice(path: Path, key: str, line: int) -> Exception:
    return unreadable(path, "objects with different keys", f"the key {key!r} twice in line {line}", "Remove one of the two.")


def _events(path: Path, content: BinaryIO) -> Iterator[tuple[int, str, object]]:
    """The parser's events, each with the number of its line.

    The parser gets one line at a time, so the number is exact. NaN and Infinity, which Python and pandas write though JSON
    has none, become null; half a surrogate pair becomes U+FFFD, for which its row is refused.
    """
    events = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events)
    line, in_string, empty = 1, False, True
    try:
        while block := content.readline(_BLOCK):
            while block.endswith(b"\\") and (more := content.read(6)):  # never cut an escape sequence in two
                block += more
            empty = False
            block, in_string = _valid_json(block, in_string)
            parser.send(block)
            for event, value in events:
                yield line, event, value
            del events[:]
            line += block.count(b"\n")
        if empty:
            return
        parser.close()
    except (JSONError, UnicodeDecodeError) as error:
        message = str(error).splitlines()[0].rstrip(" .")
        way_out = "Repair that line, or write the file anew (in Python with json.dump)."
        if "trailing garbage" in message:
            way_out = "Write objects that follow each other one a line (jq -c . OLD > NEW.jsonl), or as a list with commas."
        raise unreadable(path, "JSON in UTF-8", f"{message} in line {line}", way_out) from error
    for event, value in events:
        yield line, event, value


def _valid_json(block: bytes, in_string: bool) -> tuple[bytes, bool]:
    """A block without NaN, Infinity and half surrogate pairs, and whether it ends inside a string."""
    if b"\\u" in block:
        block = _LONE_SURROGATE.sub(rb"\1\\ufffd", block)
    if b"NaN" not in block and b"Infinity" not in block:
        return block, in_string ^ (len(_QUOTE.findall(block)) % 2 == 1)
    pieces = _QUOTE.split(block)
    for number, piece in enumerate(pieces):
        if number % 2:
            in_string = not in_string
        elif not in_string:
            pieces[number] = _NO_NUMBER.sub(b"null", piece)
    return b"".join(pieces), in_string


def _in_utf8(content: BinaryIO) -> BinaryIO:
    """The content without a byte order mark; UTF-16, as PowerShell writes it, as UTF-8."""
    beginning = content.read(3)
    if beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.BytesIO((beginning + content.read()).decode("utf-16").encode("utf-8", "surrogatepass"))
    rest = b"" if beginning == codecs.BOM_UTF8 else beginning
    return io.BufferedReader(_Joined(rest, content))


class _Joined(io.RawIOBase):
    """Bytes that were read already, and what follows them."""

    def __init__(self, beginning: bytes, rest: BinaryIO):
        self._beginning, self._rest = beginning, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer; the number of bytes, 0 at the end."""
        room = memoryview(buffer)
        content = self._beginning[: len(room)] or self._rest.read(len(room))
        self._beginning = self._beginning[len(content) :]
        room[: len(content)] = content
        return len(content)
