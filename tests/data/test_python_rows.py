"""Rows that a program holds: lists, frames and data sets give what the same rows in a file give."""

import inspect
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mathpal_lightning import MathDataModule
from mathpal_lightning.data.readers import Record
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import Row
from tests.data.conftest import sums

ROWS = sums(30)


@pytest.mark.parametrize(
    "table",
    [
        ROWS,
        tuple(ROWS),
        np.array(ROWS, dtype=object),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).convert_dtypes(dtype_backend="pyarrow"),
        pa.Table.from_pylist(ROWS),
        pa.RecordBatch.from_pylist(ROWS),
        datasets.Dataset.from_list(ROWS),
        datasets.DatasetDict(train=datasets.Dataset.from_list(ROWS)),
    ],
    ids=["list", "tuple", "array", "DataFrame", "DataFrame of Arrow", "Table", "RecordBatch", "Dataset", "DatasetDict"],
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
    with pytest.raises(ConfigError, match=r"but found dict_values\. Make a list of dictionaries"):
        open_source({}.values(), "train", Generator())  # type: ignore[arg-type]


def records(table: object) -> list[dict[str, object]]:
    source = open_source(table, "train", Generator())  # type: ignore[arg-type]
    assert source is not None
    return [dict(item.fields) for item in source.records() if isinstance(item, Record)]


def solutions(table: object, objective: str = "sft") -> list[str]:
    """The solutions of the rows that are read; a refused row fails the test."""
    source = open_source(table, "train", Generator())  # type: ignore[arg-type]
    assert source is not None
    rows = [row for row in read_rows(source.records(), Columns(), objective=objective) if not hasattr(row, "text")]
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.solution for row in rows if isinstance(row, Row)]


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


CHATS = datasets.Dataset.from_list(
    [{"messages": [said("user", f"{n} + 1 = ?"), said("assistant", f"{n + 1}")]} for n in range(4)]
)
PAIRS = datasets.Dataset.from_list(
    [
        {
            side: [said("user", f"{n} + 1 = ?"), said("assistant", f"{n + more}")]
            for side, more in (("chosen", 1), ("rejected", 2))
        }
        for n in range(4)
    ]
)
FORMS: dict[str, Any] = {
    "numpy": lambda rows: rows.with_format("numpy"),
    "torch": lambda rows: rows.with_format("torch"),
    "pandas": lambda rows: rows.with_format("pandas"),
    "arrow": lambda rows: rows.with_format("arrow"),
    "a transform": lambda rows: rows.with_transform(lambda batch: {name: np.array(cells) for name, cells in batch.items()}),
    "DataFrame": lambda rows: rows.to_pandas(),
    "DataFrame of Arrow": lambda rows: rows.data.table.to_pandas(types_mapper=pd.ArrowDtype),
    "Table": lambda rows: rows.data.table,
    "records of a DataFrame": lambda rows: rows.to_pandas().to_dict("records"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_chats_are_read_in_every_form_of_a_table(form: Any):
    assert solutions(form(CHATS)) == ["1", "2", "3", "4"]
    assert solutions(form(PAIRS), "dpo") == ["1", "2", "3", "4"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_numbers_are_answers_in_every_form_of_a_table(form: Any):
    rows = datasets.Dataset.from_dict({"question": ["1 + 1 = ?", "1 + 2 = ?"], "solution": [2, 3]})
    assert solutions(form(rows)) == ["2", "3"]


def test_numbers_of_numpy_and_decimals_are_answers():
    rows = [
        {"question": f"{n} = ?", "solution": number} for n, number in enumerate((np.int64(5), np.float32(0.1), Decimal("2.50")))
    ]
    assert solutions(rows) == ["5", "0,1", "2,5"]
    tenth = {"question": ["1 : 10 = ?"], "solution": np.array([0.1], dtype=np.float32)}
    features = datasets.Features({"question": datasets.Value("string"), "solution": datasets.Value("float32")})
    assert solutions(pd.DataFrame(tenth)) == ["0,1"]
    assert solutions(pa.table(tenth)) == ["0,1"]
    assert solutions(datasets.Dataset.from_dict(tenth, features=features)) == ["0,1"]


def test_columns_that_a_format_hides_stay_hidden():
    rows = datasets.Dataset.from_list(ROWS)
    assert records(rows.with_format("numpy", columns=["question"])) == [{"question": row["question"]} for row in ROWS]


def test_lists_of_options_are_read_from_a_frame():
    frame = pd.DataFrame({"question": ["1 + 1 = ?"], "choices": [np.array(["1", "2", "3"])], "answer": ["B"]})
    assert solutions(frame) == ["Đáp án: B"]


def test_an_empty_cell_of_a_frame_is_an_empty_cell():
    frame = pd.DataFrame({"question": ["1 + 1 = ?"] * 3, "solution": [None, float("nan"), pd.NA], "topic": [pd.NaT] * 3})
    source = open_source(frame, "train", Generator())
    assert source is not None
    assert [row.reason for row in read_rows(source.records(), Columns())] == ["empty_solution"] * 3  # type: ignore[union-attr]


def test_several_tables_and_files_are_one_set(write_jsonl, tokenizer, tmp_path: Path):
    parts = [datasets.Dataset.from_list(ROWS[:10]), pd.DataFrame(ROWS[10:20]), Path(write_jsonl(ROWS[20:]))]
    module = MathDataModule(tuple(parts), tokenizer=tokenizer, max_length=128, cache_dir=str(tmp_path), validation_share=0.0)
    module.setup("fit")
    assert [row.question for row in module.train_rows] == [row["question"] for row in ROWS]
    assert [str(one)[:12] for one in json.loads(json.dumps(dict(module.hparams)))["train"]][:2] == [
        "<Dataset of ",
        "<DataFrame o",
    ]


def test_what_speaks_arrow_is_a_table():
    held = pa.Table.from_pylist(ROWS)
    polars = SimpleNamespace(columns=held.column_names)  # as polars: its class has both, and no itertuples
    kind = type("Frame", (), {"columns": polars.columns, "__len__": lambda self: 30})
    kind.__arrow_c_stream__ = lambda self, requested_schema=None: held.__arrow_c_stream__(requested_schema)  # type: ignore[attr-defined]
    assert records(kind()) == ROWS
    two = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["question", "question"])
    with pytest.raises(ConfigError, match=r"a Table with different column names.*question, question"):
        open_source(two, "train", Generator())


def numbers() -> Iterator[dict[str, str]]:
    yield from ROWS


@pytest.mark.parametrize(
    ("stream", "way_out"),
    [
        (numbers(), "list(rows)."),
        (datasets.Dataset.from_list(ROWS).to_iterable_dataset(), "list(rows.take(10000))."),
        (
            datasets.IterableDatasetDict(train=datasets.Dataset.from_list(ROWS).to_iterable_dataset()),
            "list(rows['train'].take(10000)).",
        ),
    ],
    ids=["generator", "IterableDataset", "IterableDatasetDict"],
)
def test_a_stream_is_refused_with_what_to_write(stream: Any, way_out: str):
    with pytest.raises(ConfigError) as error:
        MathDataModule(stream)
    assert type(stream).__name__ in str(error.value)
    assert str(error.value).endswith(way_out)
    name = way_out.removesuffix(".")
    assert eval(name, {"rows": stream}) == ROWS  # the advice can be followed


def test_a_dictionary_that_is_no_mixture_says_what_to_write():
    rows = datasets.Dataset.from_list(ROWS)
    with pytest.raises(ConfigError, match=r"\['Dataset', 'Dataset'\].*train=..., test=..."):
        MathDataModule({"train": rows, "test": rows})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match=r"\['a.jsonl', 'b.jsonl'\].*train=..., test=..."):
        MathDataModule({"train": "a.jsonl", "test": "b.jsonl"})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match=r"\['list', 'list'\].*Dataset.from_dict"):
        MathDataModule({"question": ["1 + 1 = ?"], "solution": ["2"]})  # type: ignore[dict-item]


def test_held_out_splits_of_their_own_need_no_train(tokenizer, tmp_path: Path):
    rows = datasets.Dataset.from_list(ROWS)
    held_out = datasets.DatasetDict(test=rows.select(range(3)), validation=rows.select(range(3, 8)))
    module = MathDataModule(
        ROWS[8:], test=held_out, validation=held_out, tokenizer=tokenizer, max_length=128, cache_dir=str(tmp_path)
    )
    module.setup()
    assert {name: report.kept for name, report in module.reports.items()} == {"train": 22, "validation": 5, "test": 3}


def test_other_rows_are_described_otherwise():
    splits = [datasets.DatasetDict(train=datasets.Dataset.from_list(rows)) for rows in (ROWS, ROWS[:2])]
    tables = [*splits, *(each["train"] for each in splits), ROWS, ROWS[:-1], pd.DataFrame(ROWS), pd.DataFrame(ROWS[::-1])]
    described = [MathDataModule(table).hparams["train"] for table in tables]
    assert len(set(described)) == len(tables)
    assert described[4].startswith("<list of 30 rows, ")


def test_the_split_that_an_error_names_can_be_given():
    rows = datasets.Dataset.from_list(ROWS)
    splits = datasets.DatasetDict(train_sft=rows, train_gen=rows, test_sft=rows.select([0]))
    for wanted in (splits, datasets.DatasetDict(default=rows, other=rows)):
        with pytest.raises(DataError, match=r"one split alone, as in rows\['\w+'\]") as error:
            open_source(wanted, "train", Generator())
        name = str(error.value).rpartition("rows['")[2].partition("'")[0]
        assert records(wanted[name]) == ROWS


def test_the_report_names_the_kind_of_table_that_was_given(tokenizer, tmp_path: Path):
    for table, kind in ((ROWS, "list"), (pd.DataFrame(ROWS), "DataFrame")):
        module = MathDataModule(table, tokenizer=tokenizer, max_length=128, cache_dir=str(tmp_path), validation_share=0.0)
        module.setup("fit")
        assert module.report.files == (f"{kind} of 30 rows",)


def test_long_arrays_that_differ_in_the_middle_have_other_fingerprints():
    longer = [np.arange(5000), np.arange(5000)]
    longer[1][2500] = -1
    frames = [pd.DataFrame({"question": ["1 + 1 = ?"], "solution": ["2"], "more": [more]}) for more in longer]
    assert len({open_source(frame, "train", Generator()).fingerprint for frame in frames}) == 2


def test_only_sources_are_shown_as_positional():
    kinds = {name: each.kind for name, each in inspect.signature(MathDataModule).parameters.items()}
    positional = [name for name, kind in kinds.items() if kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == ["train", "validation", "test", "predict"]
    assert "objective" in kinds


def test_other_rows_have_another_fingerprint():
    prints = {open_source(rows, "train", Generator()).fingerprint for rows in (ROWS, ROWS[:-1], pd.DataFrame(ROWS[::-1]))}
    assert len(prints) == 3
