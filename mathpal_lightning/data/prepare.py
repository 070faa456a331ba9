"""Sources -> the splits of a data set: encoded, without rows that are too long, and without training rows that are held out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mathpal_lightning.content_key import tokenizer_digest
from mathpal_lightning.data.cache import prepare_rows
from mathpal_lightning.data.duplicates import near_duplicates
from mathpal_lightning.data.mixture import JoinedRows, mix
from mathpal_lightning.data.python_rows import Table
from mathpal_lightning.data.report import EXAMPLES_KEPT, Reason, Refusal, Refusals, require_few_faults
from mathpal_lightning.data.settings import DataSettings
from mathpal_lightning.data.sources import GENERATED, Source, open_source
from mathpal_lightning.data.split import split_rows
from mathpal_lightning.data.split_names import Split, listing
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import prompt_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

log = logging.getLogger(__name__)


class Part(NamedTuple):
    """The rows of one split: `read == len(documents) + refused.total` (law 3 of docs/architecture.md)."""

    encoded: JoinedRows
    documents: np.ndarray
    """Numbers of the documents of `encoded` that are used, int64."""
    read: int
    refused: Refusals
    files: tuple[str, ...]
    """Where its rows come from."""

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each used document, int64."""
        taken: np.ndarray = self.encoded.lengths[self.documents]
        return taken

    @property
    def difficulties(self) -> np.ndarray:
        """The difficulty of each used document, float64; NaN where unknown."""
        taken: np.ndarray = self.encoded.difficulties[self.documents]
        return taken


def prepare_parts(how: DataSettings, wanted: Iterable[Split], tokenizer: PreTrainedTokenizerBase) -> dict[Split, Part]:
    """Prepare the wanted splits that exist: the held-out rows that a source has itself, and a share of the other sources.

    Training rows whose question is also in a held-out split are refused as leaks.

    Raises:
        DataError: a source cannot be read, or too many rows are refused.
    """
    digest = tokenizer_digest(tokenizer)
    given = {split: encoded for split in wanted if (encoded := _given(how, split, tokenizer, digest)) is not None}
    dealt = _splits_dealt(how)
    if "train" not in given and any(split in splits for split in wanted for splits in dealt):
        train = _given(how, "train", tokenizer, digest)
        given |= {"train": train} if train is not None else {}
    parts: dict[Split, Part] = {}
    for split, encoded in given.items():
        parts[split] = _part(encoded, np.arange(len(encoded)), encoded.refused, how.max_length)
        require_few_faults(split, parts[split].read, parts[split].refused, how.max_refused_share)
    if "train" in given:
        for split, part in _divide(given["train"], dealt, how).items():
            parts[split] = _together(parts[split], part) if split in parts and split != "train" else part
        if len(given["train"]) and not parts["train"].read:
            found = f"none left, for all {len(given['train'])} rows of {listing(given['train'].files)} are held out"
            raise DataError("train rows", found, "Lower data.validation_share and data.test_share, or give more rows.")
    if "train" in parts:
        others = [part for split, part in parts.items() if split != "train"]
        parts["train"] = _in_proportion(_without_repeats(_without_leaks(parts["train"], others), others, how), how)
    _warn_of_shared_questions(parts)
    for split in wanted:
        if split in parts:
            _require_rows(split, parts[split])
    return {split: parts[split] for split in wanted if split in parts}


def validation_rows_for_test(settings: DataSettings, tokenizer: PreTrainedTokenizerBase) -> dict[Split, Part]:
    """The validation rows as test rows, for a run that held out none.

    Args:
        settings: of the data module.
        tokenizer: encodes the rows.

    Raises:
        ConfigError: the run held out no validation rows either.
    """
    parts = prepare_parts(settings, ("validation",), tokenizer)
    if not parts:
        raise ConfigError(
            "held-out rows to score",
            "neither test nor validation rows",
            "Set data.test to a file of problems that training has not seen.",
        )
    log.warning(
        "There are no test rows, so the validation rows are scored. Validation may have chosen the best checkpoint, so "
        "this score can be a little too high. For test rows, set data.test to a file, or train with --data.test_share 0.05."
    )
    return {"test": parts["validation"]}


def _require_rows(split: Split, part: Part) -> None:
    if len(part.documents):
        return
    if not part.read:
        raise DataError(f"{split} rows", f"none at all in {listing(part.files)}", "Give a file that holds rows.")
    raise DataError(
        f"{split} rows that can be used",
        f"all {part.read} rows of {listing(part.files)} refused: {'; '.join(part.refused.lines())}",
        "Repair them, or give others. A row whose question is held out (leak) is never trained on.",
    )


def _sources(how: DataSettings, split: Split) -> list[Source]:
    """The sources that have rows of a split: those named in the settings, else training sources with such rows."""
    names = how.names(split) or _names_held_out(how, split)
    must_hold = split == "train" or how.sources[split] is not None
    named = how.columns.named
    sources = [open_source(name, split, how.generator, must_hold=must_hold, reads=how.reads, columns=named) for name in names]
    return [source for source in sources if source is not None]


def _names_held_out(how: DataSettings, split: Split) -> list[str | Table]:
    """The training sources that may bring held-out rows: beside others, generated ones only where their number is given."""
    names = how.names("train")
    others = [name for name in names if not (isinstance(name, str) and name == GENERATED)]
    return names if not others or how.generator.is_asked_for(split) else others


def _splits_dealt(how: DataSettings) -> list[tuple[Split, ...]]:
    """For each training source: the held-out splits that get a share of its rows, because it has none for them.

    Generated rows are not divided if there are other sources: `data.generator` says how many are held out. This asks for all
    splits, not only for those that a stage wants: `mathpal test` must hold out the rows that the fit did.
    """
    names = how.names("train")
    alone = all(isinstance(name, str) and name == GENERATED for name in names)
    cut: list[Split] = [split for split, share in how.shares.items() if share > 0 and how.sources[split] is None]

    def lacks(name: str | Table, split: Split) -> bool:
        generated = isinstance(name, str) and name == GENERATED
        return (alone or not generated) and open_source(name, split, how.generator, must_hold=False) is None

    return [tuple(split for split in cut if lacks(name, split)) for name in names]


def _given(how: DataSettings, split: Split, tokenizer: PreTrainedTokenizerBase, digest: str) -> JoinedRows | None:
    """The encoded rows that sources have for this split; None if they have none."""
    encoded = [
        prepare_rows(
            source,
            tokenizer,
            columns=how.columns,
            objective=how.reads,
            supervise=how.supervise,
            drop_picture_rows=how.drop_picture_rows,
            folder=how.cache_dir,
            digest_of_tokenizer=digest,
        )
        for source in _sources(how, split)
    ]
    return JoinedRows(encoded) if encoded else None


def _divide(encoded: JoinedRows, dealt: Sequence[tuple[Split, ...]], how: DataSettings) -> dict[Split, Part]:
    """Divide each training source between train and the splits that take a share of it. Refusals are counted for train."""
    left: list[np.ndarray] = []
    held_out: dict[Split, list[np.ndarray]] = {}
    for splits, rows in _rows_by_splits(encoded, dealt):
        train, *others = split_rows(encoded.keys[rows], [how.shares[split] for split in splits], how.seed)
        left.append(rows[train])
        for split, share in zip(splits, others, strict=True):
            held_out.setdefault(split, []).append(rows[share])
    parts: dict[Split, Part] = {"train": _part(encoded, _sorted(left), encoded.refused, how.max_length)}
    for split, pieces in held_out.items():
        cut = [file for source, splits in zip(encoded.sources, dealt, strict=True) if split in splits for file in source.files]
        if len(rows := _sorted(pieces)):
            part = _part(encoded, rows, Refusals(), how.max_length)
            parts[split] = part._replace(files=tuple(f"{how.shares[split]:.0%} of {file}" for file in cut))
        elif len(encoded):
            log.warning(
                "%s: no rows, because %g of the %d rows of %s rounds to none. Set data.%s to a file, or raise data.%s_share.",
                *(split, how.shares[split], len(encoded), listing(cut), split, split),
            )
    return parts


def _rows_by_splits(encoded: JoinedRows, dealt: Sequence[tuple[Split, ...]]) -> Iterator[tuple[tuple[Split, ...], np.ndarray]]:
    """The rows of all sources that are divided between the same splits. Equal questions of several sources stay together."""
    rows = np.arange(len(encoded))
    if len(set(dealt)) == 1:
        yield dealt[0], rows
        return
    source_of = encoded.source_of(rows)
    for splits in sorted(set(dealt)):
        yield splits, rows[np.isin(source_of, [number for number, own in enumerate(dealt) if own == splits])]


def _sorted(rows: Sequence[np.ndarray]) -> np.ndarray:
    return rows[0] if len(rows) == 1 else np.sort(np.concatenate(rows))


def _together(own: Part, share: Part) -> Part:
    """The rows that sources have for a split, and its share of the training rows."""
    encoded = JoinedRows([*own.encoded.sources, *share.encoded.sources])
    documents = np.concatenate([own.documents, share.documents + len(own.encoded)])
    refused, files = own.refused + share.refused, (*own.files, *share.files)
    return Part(encoded, documents, own.read + share.read, refused, files)


def _part(encoded: JoinedRows, rows: np.ndarray, refused: Refusals, max_length: int) -> Part:
    """The rows that fit, and the refusals so far together with the rows that are too long."""
    lengths = encoded.lengths[rows]
    long = _refusals(encoded, rows[lengths > max_length], "too_long", f"tokens, max_length is {max_length}")
    return Part(encoded, rows[lengths <= max_length], len(rows) + refused.total, refused + long, encoded.files)


def _warn_of_shared_questions(parts: dict[Split, Part]) -> None:
    """Validation chooses the best checkpoint, so the score on test rows that repeat its questions is too high."""
    if "validation" not in parts or "test" not in parts:
        return
    validation, test = (part.encoded.spellings[part.documents] for part in (parts["validation"], parts["test"]))
    if shared := int(_among(test, np.unique(validation)).sum()):
        log.warning(
            "%d of the %d test questions are validation questions too. Validation chooses the best checkpoint, so the score "
            "on them is a little too high: give other questions in data.test.",
            *(shared, len(test)),
        )


def _without_leaks(train: Part, held_out: list[Part]) -> Part:
    held_out_keys = [part.encoded.spellings[part.documents] for part in held_out]
    keys = np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *held_out_keys]))
    leaks = _among(train.encoded.spellings, keys)
    rows, earlier = train.encoded.earlier.T
    leaks[rows[_among(earlier, keys)].astype(np.int64)] = True
    return _without(train, leaks[train.documents], "leak")


def _among(keys: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Which keys are among the distinct, sorted ones. np.isin would sort both together and take 60 bytes a row."""
    if not len(distinct):
        return np.zeros(len(keys), dtype=bool)
    taken: np.ndarray = distinct[np.minimum(np.searchsorted(distinct, keys), len(distinct) - 1)] == keys
    return taken


def _without_repeats(train: Part, held_out: list[Part], how: DataSettings) -> Part:
    """Refuse training rows that nearly repeat a held-out row or an earlier training row."""
    if how.near_duplicates is None:
        return train
    parts = [*held_out, train]
    prompts = (prompt_text(row.prompt) for part in parts for row in part.encoded.rows(part.documents))
    first_train_row = sum(len(part.documents) for part in held_out)
    repeats = near_duplicates(prompts, how.near_duplicates)
    leaks, repeated = np.zeros((2, len(train.documents)), dtype=bool)
    for later, first in repeats.items():
        if later >= first_train_row:
            (leaks if first < first_train_row else repeated)[later - first_train_row] = True
    return _without(_without(train, leaks, "leak"), repeated[~leaks], "near_duplicate")


def _in_proportion(train: Part, how: DataSettings) -> Part:
    weights = how.weights("train")
    if not weights:
        return train
    sources = train.encoded.source_of(train.documents)
    taken = mix(sources, weights, how.seed)
    for number, source in enumerate(train.encoded.sources):
        if np.any(sources == number) and not np.any(taken[sources == number]):
            log.warning(
                "The mixture takes no row of %s: its share is less than one row. Give it a larger weight in data.train.",
                listing(source.files),
            )
    return _without(train, ~taken, "not_drawn")


def _without(part: Part, dropped: np.ndarray, reason: Reason) -> Part:
    refused = _refusals(part.encoded, part.documents[dropped], reason)
    return part._replace(documents=part.documents[~dropped], refused=part.refused + refused)


def _refusals(encoded: JoinedRows, rows: np.ndarray, reason: Reason, limit: str = "") -> Refusals:
    """Count the rows as refused, and read the places of the first few."""
    if not len(rows):
        return Refusals()
    first, stored = rows[:EXAMPLES_KEPT], encoded.rows()
    examples = [Refusal(reason, stored[row].place, f"{encoded.lengths[row]} {limit}" if limit else "") for row in first]
    return Refusals({reason: len(rows)}, {reason: examples})
