"""The packs of one split as a data set of PyTorch, and the report on them."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np
from torch.utils.data import Dataset

from mathpal_lightning.data.packing import Packs, density
from mathpal_lightning.data.prepare import Part
from mathpal_lightning.data.report import DataReport
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Encoded, EncodedPair

Content = TypeVar("Content")


class BySplit(dict[Split, Content]):
    """Split -> what it has; one that is not there is an error that says how to get it."""

    def __missing__(self, split: Split) -> Content:
        if not self:
            raise ConfigError(f"{split} rows", "none yet", "Call setup('fit') of the data module first.")
        raise ConfigError(
            f"{split} rows", f"those of {' and '.join(self)} alone", f"Give rows in data.{split}, and call setup()."
        )


class PackDataset(Dataset[list[Encoded | EncodedPair]]):
    """The packs of one split. Index -> the documents of that pack, read from disk."""

    def __init__(self, part: Part, packs: Packs, stages: np.ndarray | None = None):
        """Store which documents are used, how they are packed and, with `order: easy_first`, the stage of each pack."""
        self.part, self.packs, self.stages = part, packs, stages

    def __len__(self) -> int:
        return len(self.packs)

    def __getitem__(self, index: int) -> list[Encoded | EncodedPair]:
        return [self.part.encoded[document] for document in self.part.documents[self.packs.pack(index)]]

    @cached_property
    def digest(self) -> str:
        """A digest of every token of every pack."""
        return self.part.encoded.digest(self.part.documents)


def report_on(name: str, part: Part, packs: Packs, max_length: int) -> DataReport:
    """How many rows of one split were kept and refused, and how full its packs are."""
    lengths, questions = part.lengths, len(np.unique(part.encoded.spellings[part.documents]))
    repeated = [f"{name}: {len(lengths)} rows ask {questions} different questions"] if questions < len(lengths) else []
    return DataReport(
        name=name,
        read=part.read,
        kept=len(part.documents),
        refused=part.refused,
        tokens=int(lengths.sum()),
        supervised_tokens=int(part.encoded.supervised_lengths[part.documents].sum()),
        longest=int(lengths.max(initial=0)),
        packs=len(packs),
        density=density(lengths, packs, max_length),
        files=part.files,
        notes=(*part.encoded.notes, *repeated),
    )
