"""Parquet files, a batch at a time."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.data.readers.arrow import BATCH, read_batches
from mathpal_lightning.data.readers.opened import open_seekable
from mathpal_lightning.data.readers.records import Items


def read_parquet(path: Path, place: str) -> Items:
    """The rows of a file. A column that Python cannot hold (a date after the year 9999) is left out, and named.

    Raises:
        DataError: two columns of one name.
    """
    import pyarrow.parquet as pq

    with open_seekable(path) as content:
        file = pq.ParquetFile(content)
        yield from read_batches(path, place, file.schema_arrow, file.iter_batches(BATCH))
