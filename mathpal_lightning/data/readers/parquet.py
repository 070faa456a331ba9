"""Parquet files, a batch at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mathpal_lightning.data.readers.opened import open_seekable
from mathpal_lightning.data.readers.records import Items, Record, require_distinct
from mathpal_lightning.data.report import Note

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1024


def read_parquet(path: Path, place: str) -> Items:
    """The rows of a file. A column that Python cannot hold (a date after the year 9999) is left out, and named.

    Raises:
        DataError: two columns of one name.
    """
    import pyarrow.parquet as pq

    left_out = set[str]()
    with open_seekable(path) as content:
        file = pq.ParquetFile(content)
        names = file.schema_arrow.names
        require_distinct(path, names, "column names")
        number = 0
        for batch in file.iter_batches(_BATCH):
            columns = {name: cells for name in names if (cells := _cells(batch, name)) is not None}
            for name in set(names) - set(columns) - left_out:
                left_out.add(name)
                yield Note(f"{place}: the column {name!r} ({batch.schema.field(name).type}) is left out: Python cannot hold it")
            for row in range(batch.num_rows):
                number += 1
                yield Record(f"{place}:{number}", {name: cells[row] for name, cells in columns.items()}, place)


def _cells(batch: pa.RecordBatch, name: str) -> list[object] | None:
    try:
        values: list[object] | None = batch.column(name).to_pylist()
        return values
    except (ValueError, OverflowError):  # UnicodeDecodeError and ArrowInvalid are ValueErrors
        return None
