"""Encoded rows on disk, written once and memory-mapped: memory stays flat however many rows there are.

A folder of the cache holds `rows.arrow` (the normalised turns), `input_ids.i32` and `segments.u8` (all documents end to
end; a segment is 0 where nothing is supervised, 1 where something is, 2 in a rejected completion), `starts.i64` (where
each begins), `supervised_lengths.i64`, `keys.u64` (what each question says) and `meta.json` (rows read, refusals). Its
name is a digest of all that decides its content, so a changed setting never reads it.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pyarrow as pa

from mathpal_lightning.chat import control_tokens
from mathpal_lightning.content_key import content_key, tokenizer_digest
from mathpal_lightning.data.encode import Supervise, Tokenize, encode_pairs, encode_rows
from mathpal_lightning.data.report import Refusal, Refusals
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Source
from mathpal_lightning.data.split import question_keys
from mathpal_lightning.files import cache_folder, locked, sha256_of, whole_folder
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Objective, Row, Turn, prompt_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Encode = Callable[[list[Row]], list[Any]]
"""Rows -> their documents."""
BATCH = 1024
"""Rows tokenised at a time, and rows of a record batch in `rows.arrow`."""
_TURN = pa.struct([("role", pa.string()), ("text", pa.string())])
_TEXTS = [("topic", pa.string()), ("place", pa.string()), ("rejected", pa.string())]
_SCHEMA = pa.schema([("turns", pa.list_(_TURN)), *_TEXTS, ("difficulty", pa.float64())])


class Rows(Sequence[Row]):
    """Rows read from disk when asked for."""

    def __init__(self, file: Path, chosen: np.ndarray | None = None):
        """Open `rows.arrow`; `chosen` are the numbers of the rows to show, None for all."""
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
    """The documents of one source: what training reads."""

    def __init__(self, folder: Path):
        """Map the files of a cache folder."""
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.objective: Objective = meta["objective"]
        self.read: int = meta["read"]
        self.refused = Refusals(
            meta["counts"], {reason: [Refusal(**one) for one in kept] for reason, kept in meta["examples"].items()}
        )
        self.starts = _map(folder / "starts.i64", np.int64)
        self.supervised_lengths = _map(folder / "supervised_lengths.i64", np.int64)
        self.keys = _map(folder / "keys.u64", np.uint64)
        self._ids = _map(folder / "input_ids.i32", np.int32)
        self._segments = _map(folder / "segments.u8", np.uint8)

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
        return Encoded(ids, labels) if self.objective == "sft" else EncodedPair(ids, labels, segments)  # type: ignore[arg-type]

    def digest(self) -> str:
        """A digest of what training reads: the ids of all documents, and which are supervised."""
        return sha256_of(*(self.folder / name for name in ("starts.i64", "input_ids.i32", "segments.u8")))

    def rows(self, chosen: np.ndarray | None = None) -> Rows:
        """The rows behind the documents."""
        return Rows(self.folder / "rows.arrow", chosen)


def prepare_rows(
    source: Source,
    tokenizer: PreTrainedTokenizerBase,
    *,
    columns: Columns,
    objective: Objective = "sft",
    supervise: Supervise,
    drop_picture_rows: bool,
    folder: str | Path | None = None,
    digest_of_tokenizer: str | None = None,
) -> EncodedRows:
    """Read, normalise and tokenise a source, or find it done in the cache.

    Args:
        source: what to read.
        tokenizer: a prepared Gemma tokenizer.
        columns: the columns to read.
        objective: "dpo" reads and encodes preference pairs.
        supervise: which tokens are labelled.
        drop_picture_rows: refuse rows that need a picture.
        folder: the cache; None for `data` in the user's cache folder.
        digest_of_tokenizer: `tokenizer_digest`, half a second for a Gemma, where the caller prepares several sources.

    Raises:
        DataError: the source cannot be read or holds no such columns.
    """
    digest = content_key(
        __name__,
        libraries=("tokenizers", "transformers"),
        source=source.fingerprint,
        tokenizer=digest_of_tokenizer or tokenizer_digest(tokenizer),
        columns=asdict(columns),
        objective=objective,
        supervise=supervise,
        drop_picture_rows=drop_picture_rows,
    )
    target = Path(folder or cache_folder() / "data") / digest
    if not target.is_dir():
        with locked(target.with_suffix(".lock")):
            if not target.is_dir():
                control = control_tokens(tokenizer)
                rows = read_rows(
                    source.records(),
                    columns,
                    objective=objective,
                    drop_picture_rows=drop_picture_rows,
                    control_tokens=control,
                )
                with whole_folder(target) as temporary, _old_objects_left_alone():
                    _write(temporary, rows, _encoder(tokenizer, objective, supervise), objective)
    return EncodedRows(target)


def _encoder(tokenizer: PreTrainedTokenizerBase, objective: Objective, supervise: Supervise) -> Encode:
    tokenize = Tokenize(tokenizer)
    if objective == "dpo":
        return lambda rows: encode_pairs(tokenizer, rows, tokenize)
    return lambda rows: encode_rows(tokenizer, rows, supervise, tokenize)


def _write(folder: Path, rows: Iterable[Row | Refusal], encode: Encode, objective: Objective) -> None:
    refused, kept, end = Refusals(), 0, np.zeros(1, dtype=np.int64)
    with (
        pa.OSFile(str(folder / "rows.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, _SCHEMA) as writer,
        (folder / "input_ids.i32").open("wb") as ids_file,
        (folder / "segments.u8").open("wb") as segments_file,
        (folder / "keys.u64").open("wb") as keys_file,
        (folder / "starts.i64").open("wb") as starts_file,
        (folder / "supervised_lengths.i64").open("wb") as supervised_file,
    ):
        end.tofile(starts_file)
        for batch in _batches(rows, refused):
            documents = encode(batch)
            writer.write_batch(_record_batch(batch))
            question_keys(prompt_text(row.prompt) for row in batch).tofile(keys_file)
            _flat(document.input_ids for document in documents).tofile(ids_file)
            supervised = _flat(document.labels for document in documents) != IGNORE_INDEX
            segments = supervised if objective == "sft" else _flat(document.segment_ids for document in documents)
            segments.astype(np.uint8).tofile(segments_file)
            sizes = [len(document.input_ids) for document in documents]
            np.add.reduceat(supervised, np.cumsum([0, *sizes[:-1]]), dtype=np.int64).tofile(supervised_file)
            ends = end + np.cumsum(sizes)
            ends.tofile(starts_file)
            kept, end = kept + len(batch), ends[-1:]
    examples = {reason: [asdict(one) for one in kept] for reason, kept in refused.examples.items()}
    meta = {"objective": objective, "read": kept + refused.total, "counts": refused.counts, "examples": examples}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


@contextmanager
def _old_objects_left_alone() -> Iterator[None]:
    """Keep the garbage collector off what was loaded before (a million objects of torch and transformers): 10 % faster."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _batches(rows: Iterable[Row | Refusal], refused: Refusals) -> Iterator[list[Row]]:
    """Batches of exactly BATCH rows, the last one shorter; refusals are counted on the way."""

    def accepted() -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Refusal):
                refused.add(row)
            else:
                yield row

    stream = accepted()
    while batch := list(islice(stream, BATCH)):
        yield batch


def _record_batch(rows: list[Row]) -> pa.RecordBatch:
    """The columns of `_SCHEMA`, built flat: several times as fast as from one dictionary a row."""
    turns = [turn for row in rows for turn in row.turns]
    flat = pa.StructArray.from_arrays(
        [pa.array([turn.role for turn in turns], pa.string()), pa.array([turn.text for turn in turns], pa.string())],
        fields=list(_TURN),
    )
    starts = pa.array(np.cumsum([0, *(len(row.turns) for row in rows)]), pa.int32())
    columns = [
        pa.ListArray.from_arrays(starts, flat),
        pa.array([row.topic for row in rows]),
        pa.array([row.place for row in rows]),
        pa.array([row.rejected for row in rows]),
        pa.array([row.difficulty for row in rows], pa.float64()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def _row(fields: dict[str, Any]) -> Row:
    return Row(**fields | {"turns": tuple(Turn(**turn) for turn in fields["turns"])})


def _flat(lists: Iterable[Sequence[int]]) -> np.ndarray:
    return np.fromiter(chain.from_iterable(lists), dtype=np.int32)


def _map(file: Path, dtype: Any) -> np.ndarray:
    return np.memmap(file, dtype=dtype, mode="r") if file.stat().st_size else np.empty(0, dtype=dtype)
