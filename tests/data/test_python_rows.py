"""Rows that a program holds: lists, frames and data sets give what the same rows in a file give."""

import json
from pathlib import Path

import datasets
import pandas as pd
import pytest

from mathpal_lightning import MathDataModule
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import ConfigError
from tests.data.conftest import sums

ROWS = sums(30)


@pytest.mark.parametrize(
    "table",
    [ROWS, pd.DataFrame(ROWS), datasets.Dataset.from_list(ROWS), datasets.DatasetDict(train=datasets.Dataset.from_list(ROWS))],
    ids=["list", "DataFrame", "Dataset", "DatasetDict"],
)
def test_rows_in_memory_are_those_of_a_file(table, write_jsonl, tokenizer, tmp_path: Path):
    settings = {"tokenizer": tokenizer, "max_length": 128, "cache_dir": str(tmp_path / "cache"), "validation_share": 0.1}
    modules = [MathDataModule(source, **settings) for source in (table, write_jsonl(ROWS))]
    for module in modules:
        module.setup("fit")
    kept = [[(row.question, row.solution) for row in module.train_rows] for module in modules]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 27
    assert json.loads(json.dumps(dict(modules[0].hparams)))["train"].startswith("<")


def test_the_splits_of_a_data_set_are_kept_apart(tokenizer, tmp_path: Path):
    rows = datasets.Dataset.from_list(ROWS)
    parts = {"train": range(20), "validation": range(20, 25), "test": range(25, 30)}
    splits = datasets.DatasetDict({name: rows.select(part) for name, part in parts.items()})
    module = MathDataModule(splits, tokenizer=tokenizer, max_length=128, cache_dir=str(tmp_path))
    module.setup()
    assert {name: report.kept for name, report in module.reports.items()} == {"train": 20, "validation": 5, "test": 5}


def test_a_frame_with_gaps_refuses_its_rows_and_other_kinds_are_named():
    frame = pd.DataFrame({"question": ["1 + 1 = ?", None, float("nan")], "solution": ["2", "3", "4"]})
    source = open_source(frame, "train", Generator())
    assert [item.fields["solution"] for item in source.records()] == ["2", "3", "4"]
    with pytest.raises(ConfigError, match=r"list of dictionaries.*but found int"):
        open_source(17, "train", Generator())  # type: ignore[arg-type]


def test_other_rows_have_another_fingerprint():
    prints = {open_source(rows, "train", Generator()).fingerprint for rows in (ROWS, ROWS[:-1], pd.DataFrame(ROWS[::-1]))}
    assert len(prints) == 3
