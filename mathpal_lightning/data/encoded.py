"""Encoded rows in the cache, memory-mapped and read on demand. `cache.py` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mathpal_lightning.data.report import Refusal, Refusals
from mathpal_lightning.files import sha256_of
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Objective, Row, Turn

ROWS, META = "rows.arrow", "meta.json"
IDS, SEGMENTS, STARTS = "input_ids.i32", "segments.u8", "starts.i64"
SUPERVISED, KEYS, SPELLINGS, EARLIER = "supervised_lengths.i64", "keys.u64", "spellings.u64", "earlier.u64"
"""The files of a folder of the cache; `cache.py` says what each holds."""
BATCH = 1024
"""Rows tokenised at a time, and rows of a record batch in `rows.arrow`."""


class Rows(Sequence[Row]):
    """Rows that are read from disk on demand."""

    def __init__(self, file: Path, chosen: np.ndarray | None = None):
        """Open `rows.arrow`. `chosen` are the numbers of the rows in the sequence; None takes all."""
        self._reader = pa.ipc.open_file(pa.memory_map(str(file)))
        batches = self._reader.num_record_batches
        total = (batches - 1) * BATCH + self._reader.get_batch(batches - 1).num_rows if batches else 0
        self._chosen = np.arange(total) if chosen is None else chosen

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        batch, offset = divmod(int(self._chosen[index]), BATCH)
        return _row(self._reader.get_batch(batch).slice(offset, 1).to_pylist()[0])

    def difficulties(self) -> np.ndarray:
        """The difficulty of every row, float64; NaN where unknown."""
        batches = (self._reader.get_batch(number) for number in range(self._reader.num_record_batches))
        columns = [batch.column("difficulty").to_numpy(zero_copy_only=False) for batch in batches]
        return np.concatenate([np.empty(0), *columns])[self._chosen]

    def __iter__(self) -> Iterator[Row]:
        for batch, numbers in groupby(self._chosen.tolist(), key=lambda number: number // BATCH):
            fields = self._reader.get_batch(batch).to_pylist()
            yield from (_row(fields[number % BATCH]) for number in numbers)


class EncodedRows:
    """The documents of one source, as training reads them."""

    def __init__(self, folder: Path):
        """Map the files of a cache folder."""
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        self.folder = folder
        self.objective: Objective = meta["objective"]
        self.read: int = meta["read"]
        self.refused = Refusals(
            meta["counts"], {reason: [Refusal(**one) for one in kept] for reason, kept in meta["examples"].items()}
        )
        self.files: tuple[str, ...] = tuple(meta["files"])
        self.notes: tuple[str, ...] = tuple(meta["notes"])
        self.starts = _map(folder / STARTS, np.int64)
        self.supervised_lengths = _map(folder / SUPERVISED, np.int64)
        self.keys = _map(folder / KEYS, np.uint64)
        self.spellings = _map(folder / SPELLINGS, np.uint64)
        self.earlier = _map(folder / EARLIER, np.uint64).reshape(-1, 2)
        """Row and `spelling_keys` of each question that a conversation answers on its way."""
        self._ids = _map(folder / IDS, np.int32)
        self._segments = _map(folder / SEGMENTS, np.uint8)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each document, int64."""
        return np.diff(self.starts)

    def __getitem__(self, index: int) -> Encoded | EncodedPair:
        span = slice(self.starts[index], self.starts[index + 1])
        ids, segments = self._ids[span].astype(np.int64), self._segments[span].astype(np.int64)
        labels = np.where(segments > 0, ids, IGNORE_INDEX)
        return Encoded(ids, labels) if self.objective == "sft" else EncodedPair(ids, labels, segments)  # type: ignore[arg-type]  # arrays in place of lists

    def digest(self) -> str:
        """A digest of the ids of all documents and of which are supervised."""
        return sha256_of(*(self.folder / name for name in (STARTS, IDS, SEGMENTS)))

    def rows(self, chosen: np.ndarray | None = None) -> Rows:
        """The rows behind the documents."""
        return Rows(self.folder / ROWS, chosen)


def _row(fields: dict[str, Any]) -> Row:
    return Row(**fields | {"turns": tuple(Turn(**turn) for turn in fields["turns"])})


def _map(file: Path, dtype: npt.DTypeLike) -> np.ndarray:
    return np.memmap(file, dtype=dtype, mode="r") if file.stat().st_size else np.empty(0, dtype=dtype)
