"""Sources -> the parts of a data set: encoded, split, without rows that are too long or that leak into held-out parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mathpal_lightning.data.cache import EncodedRows, prepare_rows
from mathpal_lightning.data.encode import Supervise
from mathpal_lightning.data.report import EXAMPLES_KEPT, Reason, Refusal, Refusals, require_few_faults
from mathpal_lightning.data.rows import Columns
from mathpal_lightning.data.sources import Generator, Split, open_source
from mathpal_lightning.data.split import split_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Preparation:
    """How rows are read, encoded, split and refused: the settings of MathDataModule that decide its parts."""

    sources: Mapping[Split, str | None]
    shares: Mapping[Split, float]
    columns: Columns
    generator: Generator
    supervise: Supervise
    drop_picture_rows: bool
    max_length: int
    max_refused_share: float
    seed: int
    cache_dir: str | None


class Part(NamedTuple):
    """The rows of one split: `read == len(documents) + refused.total` (law 3)."""

    encoded: EncodedRows
    documents: np.ndarray
    """Numbers of the documents of `encoded` that are used, int64."""
    read: int
    refused: Refusals

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each used document, int64."""
        return self.encoded.lengths[self.documents]


def prepare_parts(how: Preparation, wanted: Iterable[Split], tokenizer: PreTrainedTokenizerBase) -> dict[Split, Part]:
    """Prepare the wanted splits that exist: given ones as given, others as a share of the training rows.

    Training rows whose question also stands in a held-out part are refused as leaks.

    Raises:
        DataError: a source that cannot be read, or too many refused rows.
    """
    given = {split: encoded for split in wanted if (encoded := _given(how, split, tokenizer)) is not None}
    if "train" not in given and any(split not in given for split in wanted):
        train = _given(how, "train", tokenizer)
        given |= {"train": train} if train is not None else {}
    parts: dict[Split, Part] = {}
    for split, encoded in given.items():
        whole = _part(encoded, np.arange(len(encoded)), encoded.refused, how.max_length)
        require_few_faults(split, whole.read, whole.refused, how.max_refused_share)
        parts |= {split: whole} if split != "train" else _divide(encoded, set(given), how)
    if "train" in parts:
        parts["train"] = _without_leaks(parts["train"], [part for split, part in parts.items() if split != "train"])
    return {split: parts[split] for split in wanted if split in parts}


def _given(how: Preparation, split: Split, tokenizer: PreTrainedTokenizerBase) -> EncodedRows | None:
    """The split's own rows: those its source gives, else those that the training source holds for it."""
    name = how.sources[split] or how.sources["train"]
    if name is None:
        return None
    source = open_source(name, split, how.generator, must_hold=split == "train" or how.sources[split] is not None)
    if source is None:
        return None
    return prepare_rows(
        source,
        tokenizer,
        columns=how.columns,
        supervise=how.supervise,
        drop_picture_rows=how.drop_picture_rows,
        folder=how.cache_dir,
    )


def _divide(encoded: EncodedRows, given: set[Split], how: Preparation) -> dict[Split, Part]:
    """Deal the training source's rows to train and the splits that have no rows of their own; refusals stay with train."""
    held_out = [split for split, share in how.shares.items() if split not in given and share > 0]
    train, *others = split_rows(encoded.keys, [how.shares[split] for split in held_out], how.seed)
    parts = {split: _part(encoded, rows, Refusals(), how.max_length) for split, rows in zip(held_out, others, strict=True)}
    return {"train": _part(encoded, train, encoded.refused, how.max_length), **parts}


def _part(encoded: EncodedRows, rows: np.ndarray, refused: Refusals, max_length: int) -> Part:
    """The rows that fit, and the refusals so far with those that do not."""
    lengths = encoded.lengths[rows]
    long = _refusals(encoded, rows[lengths > max_length], "too_long", f"tokens, max_length is {max_length}")
    return Part(encoded, rows[lengths <= max_length], len(rows) + refused.total, refused + long)


def _without_leaks(train: Part, held_out: list[Part]) -> Part:
    held_out_keys = [part.encoded.keys[part.documents] for part in held_out]
    leaks = np.isin(train.encoded.keys[train.documents], np.concatenate([np.empty(0, dtype=np.uint64), *held_out_keys]))
    refused = _refusals(train.encoded, train.documents[leaks], "leak")
    return train._replace(documents=train.documents[~leaks], refused=train.refused + refused)


def _refusals(encoded: EncodedRows, rows: np.ndarray, reason: Reason, limit: str = "") -> Refusals:
    """Count the rows, and read the places of the first few."""
    if not len(rows):
        return Refusals()
    first, stored = rows[:EXAMPLES_KEPT], encoded.rows()
    examples = [Refusal(reason, stored[row].place, f"{encoded.lengths[row]} {limit}" if limit else "") for row in first]
    return Refusals({reason: len(rows)}, {reason: examples})
