"""Several encoded sources as one, and how many rows of each a mixture takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import overload

import numpy as np

from mathpal_lightning.data.encoded import EncodedRows, Rows
from mathpal_lightning.data.report import Refusals
from mathpal_lightning.schema import Encoded, EncodedPair, Row


class JoinedRows:
    """The documents of several sources, numbered one after the other, with the interface of EncodedRows."""

    def __init__(self, sources: Sequence[EncodedRows]):
        """Join at least one source."""
        self.sources = sources
        self.starts = np.cumsum([0, *(len(source) for source in sources)])
        self.read = sum(source.read for source in sources)
        self.files = tuple(file for source in sources for file in source.files)
        self.notes = tuple(dict.fromkeys(note for source in sources for note in source.notes))
        self.refused = sum((source.refused for source in sources), Refusals())
        self.supervised_lengths = _joined([source.supervised_lengths for source in sources])
        self.keys = _joined([source.keys for source in sources])
        self.spellings = _joined([source.spellings for source in sources])
        starts = (np.array([start, 0], np.uint64) for start in self.starts)
        self.earlier = _joined([source.earlier + start for source, start in zip(sources, starts, strict=False)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each document, int64. Computed from the files at every call."""
        return _joined([source.lengths for source in self.sources])

    @property
    def difficulties(self) -> np.ndarray:
        """The difficulty of each document, float64; NaN where unknown."""
        return np.concatenate([source.rows().difficulties() for source in self.sources])

    def source_of(self, documents: np.ndarray) -> np.ndarray:
        """The number of each document's source, int64."""
        return np.searchsorted(self.starts, documents, side="right") - 1

    def __getitem__(self, index: int) -> Encoded | EncodedPair:
        source = int(self.source_of(np.asarray(index)))
        return self.sources[source][int(index - self.starts[source])]

    def digest(self, documents: np.ndarray) -> str:
        """A digest of the ids of all documents, and of which are used and in which order."""
        content = sha256(documents.data)
        content.update(self.starts.data)
        for source in self.sources:
            content.update(source.digest().encode())
        return content.hexdigest()

    def rows(self, chosen: np.ndarray | None = None) -> Sequence[Row]:
        """The rows behind the documents, in the order of `chosen`."""
        return _JoinedTexts(self, np.arange(len(self)) if chosen is None else chosen)


def _joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The arrays end to end. A single array stays memory-mapped."""
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0]


class _JoinedTexts(Sequence[Row]):
    def __init__(self, joined: JoinedRows, chosen: np.ndarray):
        self._joined, self._chosen = joined, chosen
        self._texts: list[Rows] = [source.rows() for source in joined.sources]

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        document = self._chosen[index]
        source = int(self._joined.source_of(document))
        return self._texts[source][int(document - self._joined.starts[source])]

    def __iter__(self) -> Iterator[Row]:
        sources = self._joined.source_of(self._chosen)
        for run in np.split(np.arange(len(self)), np.flatnonzero(np.diff(sources)) + 1):
            if len(run):
                source = int(sources[run[0]])
                yield from self._joined.sources[source].rows(self._chosen[run] - self._joined.starts[source])


def mix(sources: np.ndarray, weights: Sequence[float], seed: int) -> np.ndarray:
    """Choose rows so that each source has its share, no row is taken twice, and the mixture is as large as possible.

    Sources of 100 and 1,000 rows with weights 1 and 2 give 100 and 200 rows.

    Args:
        sources: the number of each row's source, int64 [rows].
        weights: one positive weight a source.
        seed: which rows of a larger source are taken.

    Returns:
        True for the rows taken, bool [rows].

    Raises:
        ValueError: a weight is not positive.
    """
    if min(weights) <= 0:
        raise ValueError(f"Expected argument `weights` to be positive, but got {list(weights)}")
    sizes = np.bincount(sources, minlength=len(weights))
    wanted = np.floor(np.min(sizes / np.asarray(weights)) * np.asarray(weights) + 1e-9).astype(np.int64)
    taken = np.zeros(len(sources), dtype=bool)
    for source, number in enumerate(wanted):
        rows = np.flatnonzero(sources == source)
        taken[np.random.default_rng([seed, source]).permutation(rows)[:number]] = True
    return taken
