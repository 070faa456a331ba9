"""Tables of Arrow, a batch at a time: files (.arrow, .feather), the batches of Parquet files, and tables in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mathpal_lightning.data.readers.opened import open_seekable
from mathpal_lightning.data.readers.records import Items, Record, require_distinct
from mathpal_lightning.data.report import Note
from mathpal_lightning.data.values import by_its_digits, plain

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 1024
"""Rows that are held as Python objects at a time."""
_FILE_FORMAT = b"ARROW1"
"""How Arrow's file format begins; its stream format, which `datasets` writes, has no such mark."""
_SHORT_FLOATS = {"halffloat": "float16", "float": "float32"}
"""Arrow's names -> NumPy's."""


def read_arrow(path: Path, place: str) -> Items:
    """The rows of an Arrow file: Feather, Arrow's stream format, or a part of a folder of `save_to_disk`.

    Raises:
        DataError: two columns of one name.
    """
    import pyarrow as pa

    with open_seekable(path) as content:
        is_file = content.read(len(_FILE_FORMAT)) == _FILE_FORMAT
        content.seek(0)
        if is_file:
            file = pa.ipc.open_file(content)
            yield from read_batches(path, place, file.schema, map(file.get_batch, range(file.num_record_batches)))
        else:
            stream = pa.ipc.open_stream(content)
            yield from read_batches(path, place, stream.schema, stream)


def read_batches(path: Path, place: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Items:
    """Records of batches. A column that Python cannot hold (a date after the year 9999) is left out, and named.

    Raises:
        DataError: two columns of one name.
    """
    require_distinct(path, schema.names, "column names")
    left_out, number = set[str](), 0
    for batch in _small(batches):
        columns = _columns(batch)
        for name in set(schema.names) - set(columns) - left_out:
            left_out.add(name)
            yield Note(f"{place}: the column {name!r} ({schema.field(name).type}) is left out: Python cannot hold it")
        for row in range(batch.num_rows):
            number += 1
            yield Record(f"{place}:{number}", {name: cells[row] for name, cells in columns.items()}, place)


def rows_of_arrow(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table in memory, without columns that Python cannot hold."""
    for batch in _small(table.to_batches()):
        columns = _columns(batch)
        yield from ({name: cells[row] for name, cells in columns.items()} for row in range(batch.num_rows))


def _small(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield from (batch.slice(start, BATCH) for start in range(0, batch.num_rows, BATCH))


def _columns(batch: pa.RecordBatch) -> dict[str, list[Any]]:
    return {name: cells for name in batch.schema.names if (cells := _cells(batch.column(name))) is not None}


def _cells(column: pa.Array) -> list[Any] | None:
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # UnicodeDecodeError and ArrowInvalid are ValueErrors
        return None
    dtype = _SHORT_FLOATS.get(str(column.type), "")
    return [plain(by_its_digits(value, dtype)) for value in values]
