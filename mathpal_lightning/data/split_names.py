"""Which file belongs to which split, by the words in its name and in the names of its folders. Unclear names are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from mathpal_lightning.data.names import folded
from mathpal_lightning.errors import DataError

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_WORDS: dict[str, Split] = dict.fromkeys(("train", "training", "trn", "huan luyen", "huanluyen"), "train")
_WORDS |= dict.fromkeys(
    ("validation", "valid", "val", "vld", "dev", "development", "eval", "evals", "evaluation"), "validation"
)
_WORDS |= dict.fromkeys(
    ("test", "tests", "testing", "tst", "holdout", "hold out", "heldout", "held out", "kiem thu", "kiemthu"), "test"
)
_KINDS = "set|sets|data|dataset|rows?|files?|splits?|part|examples|questions|problems"
"""What names add to such a word without a space: trainset, testdata."""
_MEANS = re.compile(rf"\b(?:{_KINDS})?(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:{_KINDS})?\b")
_EXAMS: dict[str, Split] = {"kiem tra": "test", "kiemtra": "test", "danh gia": "validation", "danhgia": "validation"}
"""Names of exams too, so they mean a split only beside files whose names say train."""
_SHORT: dict[str, Split] = {"tr": "train", "te": "test", "ts": "test", "va": "validation", "vl": "validation"}
"""They mean splits only where some of the files are `tr` and others are not."""
_MOST_SHOWN = 8


def _words(name: str) -> str:
    """The words of a name, folded: "toanTrain-00000" is "toan train"."""
    return " ".join(re.findall(r"[^\W\d_]+", folded(re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name))))


def splits_in(name: str) -> set[Split]:
    """The splits that the words of a name mean.

    >>> splits_in("toan_train-00000-of-2.jsonl"), splits_in("lop5Testing.csv"), splits_in("latest.csv")
    ({'train'}, {'test'}, set())
    """
    return {_WORDS[found["word"]] for found in _MEANS.finditer(_words(name))}


def split_of(file: Path, root: Path) -> Split | None:
    """The split of a file by its name, else by the nearest folder below `root` whose name tells; None where nothing tells.

    Raises:
        DataError: its names mean two splits.
    """
    names = file.relative_to(root).parts[::-1]
    told = [found for name in names if (found := splits_in(name))]
    if not told:
        return None
    held_out_and_trained = {"train"} < set().union(*told)
    if len(told[0]) > 1 or held_out_and_trained:
        raise DataError(
            f"one split for {file}",
            f"a name that says {' and '.join(sorted(set().union(*told)))}",
            "Rename it, or name the files: data.train: [...], data.validation: [...], data.test: [...].",
        )
    return told[0].copy().pop()


def files_by_split(files: Sequence[Path], root: Path) -> dict[Split, list[Path]] | None:
    """The files of each split; None where no name tells a split: then all of them are one set of rows.

    Raises:
        DataError: some names mean a split and others do not, or one means two.
    """
    told = {file: split_of(file, root) for file in files}
    for table in (_EXAMS, _SHORT):
        guessed = {file: split or _split_by(table, file, root) for file, split in told.items()}
        told = guessed if {"train"} < set(guessed.values()) - {None} else told
    if not any(told.values()):
        return None
    if unclear := [file for file, split in told.items() if split is None]:
        clear = [f"{file.relative_to(root)} ({split})" for file, split in told.items() if split]
        raise DataError(
            f"a split for every file of {root}",
            f"{listing([str(file.relative_to(root)) for file in unclear])} beside {listing(clear)}",
            "Put train, validation or test into the names, move the others away, or name the files: data.train: [...], "
            "data.test: [...].",
        )
    return {split: [file for file, own in told.items() if own == split] for split in SPLITS}


def _split_by(table: Mapping[str, Split], file: Path, root: Path) -> Split | None:
    """The split that one of the words of a table means in a file's name, else in the names of its folders."""
    texts = [f" {_words(name)} " for name in file.relative_to(root).parts[::-1]]
    return next((split for text in texts for word, split in table.items() if f" {word} " in text), None)


def name_of_split(names: Iterable[str], split: Split, where: str, called: Callable[[str], str]) -> str | None:
    """The name among those of a data set's own splits that stands for one of ours: "train_sft" for train.

    Args:
        names: the data set's own splits.
        split: one of ours.
        where: the data set, for the error.
        called: how a user names one split of it.

    Raises:
        DataError: several do.
    """
    names = list(names)
    found: list[str] = [split] if split in names else [name for name in names if splits_in(name) == {split}]
    if len(found) > 1:
        raise DataError(f"one split for {split} rows in {where}", ", ".join(names), f"Say which: {called(found[0])}.")
    return found[0] if found else None


def listing(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
