"""Encoded rows on disk, written once and memory-mapped, so that the memory of training does not grow with the rows.

A folder of the cache holds `rows.arrow` (the normalised turns), `input_ids.i32` and `segments.u8` (all documents end to
end; a segment is 0 where nothing is supervised, 1 where something is, 2 in a rejected completion), `starts.i64` (where each
begins), `supervised_lengths.i64`, `keys.u64` (what each question says), `spellings.u64` (the same, wherever tone marks
stand), `earlier.u64` (the same of what a conversation answers on its way, each behind the number of its row), `meta.json`
(rows read, refusals, notes) and `seal.json` (their digests: one flipped bit is noticed). Its name is a digest of everything
that its content depends on, so a changed setting reads another folder.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mathpal_lightning.chat import control_tokens
from mathpal_lightning.content_key import content_key, tokenizer_digest
from mathpal_lightning.data import encoded
from mathpal_lightning.data.columns import Columns
from mathpal_lightning.data.conflicts import conflict_note
from mathpal_lightning.data.encode import Supervise, Tokenize, encode_pairs, encode_rows
from mathpal_lightning.data.report import Note, Refusal, Refusals
from mathpal_lightning.data.rows import read_rows
from mathpal_lightning.data.sources import Source
from mathpal_lightning.data.split import asked, asked_before, question_keys, spelling_keys
from mathpal_lightning.errors import DataError
from mathpal_lightning.files import cache_folder, locked, whole_folder
from mathpal_lightning.progress import Progress
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Objective, Row
from mathpal_lightning.sealed import must_be_made, seal

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Encode = Callable[[list[Row]], Sequence[Encoded | EncodedPair]]
"""Rows -> their documents."""
_TURN = pa.struct([("role", pa.string()), ("text", pa.string())])
_TEXTS = [("topic", pa.string()), ("place", pa.string()), ("rejected", pa.string())]
_SCHEMA = pa.schema([("turns", pa.list_(_TURN)), *_TEXTS, ("difficulty", pa.float64())])


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
) -> encoded.EncodedRows:
    """Read, normalise and tokenise a source, or open it from the cache. A damaged cache is built again.

    Args:
        source: what to read.
        tokenizer: a prepared Gemma tokenizer.
        columns: the columns to read.
        objective: "dpo" reads and encodes preference pairs.
        supervise: which tokens are labelled.
        drop_picture_rows: refuse rows that need a picture.
        folder: the cache; None for `data` in the user's cache folder.
        digest_of_tokenizer: `tokenizer_digest` of the tokenizer. It takes half a second, so a caller with several sources
            computes it once.

    Raises:
        DataError: the source cannot be read, does not have these columns, or changed while it was read.
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
    target = Path(folder or cache_folder() / "data").absolute() / digest  # the rows are read later, perhaps from another folder
    if must_be_made(target):
        with locked(target.with_suffix(".lock")):
            if must_be_made(target):
                control = control_tokens(tokenizer)
                rows = read_rows(
                    source.records(),
                    columns,
                    objective=objective,
                    drop_picture_rows=drop_picture_rows,
                    control_tokens=control,
                )
                with whole_folder(target) as temporary, _old_objects_left_alone():
                    _write(temporary, rows, _encoder(tokenizer, objective, supervise), objective, source)
                    if source.has_changed():
                        raise DataError(
                            f"{source.name} to stay as it is while it is read", "another content at the end", "Run again."
                        )
                    seal(temporary)
    return encoded.EncodedRows(target)


def _encoder(tokenizer: PreTrainedTokenizerBase, objective: Objective, supervise: Supervise) -> Encode:
    tokenize = Tokenize(tokenizer)
    if objective == "dpo":
        return lambda rows: encode_pairs(tokenizer, rows, tokenize)
    return lambda rows: encode_rows(tokenizer, rows, supervise, tokenize)


def _write(folder: Path, rows: Iterable[Row | Refusal | Note], encode: Encode, objective: Objective, source: Source) -> None:
    refused, notes, kept, end = Refusals(), dict[str, None](), 0, np.zeros(1, dtype=np.int64)
    with (
        pa.OSFile(str(folder / encoded.ROWS), "wb") as sink,
        pa.ipc.new_file(sink, _SCHEMA) as writer,
        (folder / encoded.IDS).open("wb") as ids_file,
        (folder / encoded.SEGMENTS).open("wb") as segments_file,
        (folder / encoded.KEYS).open("wb") as keys_file,
        (folder / encoded.SPELLINGS).open("wb") as spellings_file,
        (folder / encoded.EARLIER).open("wb") as earlier_file,
        (folder / encoded.STARTS).open("wb") as starts_file,
        (folder / encoded.SUPERVISED).open("wb") as supervised_file,
    ):
        end.tofile(starts_file)
        progress = Progress(f"reading {source.name}", "rows")
        for batch in _batches(rows, refused, notes):
            documents = encode(batch)
            writer.write_batch(_record_batch(batch))
            questions = [asked(row.prompt) for row in batch]
            question_keys(questions).tofile(keys_file)
            spelling_keys(questions).tofile(spellings_file)
            earlier = [(kept + number, one) for number, row in enumerate(batch) for one in asked_before(row.prompt)]
            numbers = np.array([number for number, _ in earlier], dtype=np.uint64)
            np.stack([numbers, spelling_keys(one for _, one in earlier)], axis=1).tofile(earlier_file)
            _flat(document.input_ids for document in documents).tofile(ids_file)
            supervised = _flat(document.labels for document in documents) != IGNORE_INDEX
            pairs = [document for document in documents if isinstance(document, EncodedPair)]
            segments = _flat(pair.segment_ids for pair in pairs) if pairs else supervised
            segments.astype(np.uint8).tofile(segments_file)
            sizes = [len(document.input_ids) for document in documents]
            np.add.reduceat(supervised, np.cumsum([0, *sizes[:-1]]), dtype=np.int64).tofile(supervised_file)
            ends = end + np.cumsum(sizes)
            ends.tofile(starts_file)
            kept, end = kept + len(batch), ends[-1:]
            progress.advance(len(batch))
    examples = {reason: [asdict(one) for one in kept] for reason, kept in refused.examples.items()}
    counts = {"read": kept + refused.total, "counts": refused.counts, "examples": examples}
    _write_meta(folder / encoded.META, {"objective": objective, **counts, "files": source.files}, list(notes))


def _write_meta(file: Path, meta: dict[str, object], notes: list[str]) -> None:
    """Write meta.json twice where rows contradict one another: only written rows can be searched for that."""
    file.write_text(json.dumps(meta | {"notes": notes}), encoding="utf-8")
    written = encoded.EncodedRows(file.parent)
    if conflict := conflict_note(written.spellings, written.rows()):
        file.write_text(json.dumps(meta | {"notes": [*notes, conflict]}), encoding="utf-8")


@contextmanager
def _old_objects_left_alone() -> Iterator[None]:
    """Hide the objects loaded so far (a million of torch and transformers) from the garbage collector: 10 % faster."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _batches(rows: Iterable[Row | Refusal | Note], refused: Refusals, notes: dict[str, None]) -> Iterator[list[Row]]:
    """Batches of exactly `encoded.BATCH` rows; the last may be shorter. Counts refusals and collects notes."""

    def accepted() -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Refusal):
                refused.add(row)
            elif isinstance(row, Note):
                notes[row.text] = None
            else:
                yield row

    stream = accepted()
    while batch := list(islice(stream, encoded.BATCH)):
        yield batch


def _record_batch(rows: list[Row]) -> pa.RecordBatch:
    """The columns of `_SCHEMA`, as flat lists: several times as fast as one dictionary for each row."""
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


def _flat(lists: Iterable[Sequence[int]]) -> np.ndarray:
    return np.fromiter(chain.from_iterable(lists), dtype=np.int32)
