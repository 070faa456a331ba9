"""Every format gives the same records with their places; what is unreadable as a whole names file and line."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mathpal_lightning import MathDataModule
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.sources import Generator, Record, open_source
from mathpal_lightning.errors import DataError

ROWS = [{"question": "Tính 2,5 + 1 = ?", "solution": "3,5"}, {"question": "a\nb", "solution": 'nói "x", rồi'}]


def _read(path: Path | str, split="train", **settings) -> list[Record | Refusal]:
    source = open_source(str(path), split, Generator(), **settings)
    assert source is not None
    return list(source.records())


def _write(path: Path) -> Path:
    if path.suffix == ".json":
        path.write_text(json.dumps(ROWS, ensure_ascii=False, indent=1), encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, ["question", "solution"])
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize(
    ("suffix", "places"),
    [
        (".json", ["rows.json:2 item 1", "rows.json:6 item 2"]),
        (".jsonl", ["rows.jsonl:1", "rows.jsonl:2"]),
        (".csv", ["rows.csv:2", "rows.csv:3"]),
        (".parquet", ["rows.parquet:1", "rows.parquet:2"]),
    ],
)
def test_each_format_gives_the_same_records(tmp_path: Path, suffix: str, places: list[str]):
    records = _read(_write(tmp_path / f"rows{suffix}"))
    assert [dict(record.fields) for record in records] == ROWS
    assert [record.place for record in records] == places


def test_a_json_file_of_lines_is_read_as_lines(tmp_path: Path):
    _write(tmp_path / "rows.jsonl").rename(tmp_path / "rows.json")
    assert [record.place for record in _read(tmp_path / "rows.json")] == ["rows.json:1", "rows.json:2"]


def test_a_folder_is_all_its_files_in_order(tmp_path: Path):
    for name in ("b.csv", "a.jsonl", "notes.txt"):
        _write(tmp_path / name) if name != "notes.txt" else (tmp_path / name).write_text("no rows", encoding="utf-8")
    assert [record.place for record in _read(tmp_path)] == ["a.jsonl:1", "a.jsonl:2", "b.csv:2", "b.csv:3"]
    assert open_source(str(tmp_path), "test", Generator(), must_hold=False) is None


def test_a_folder_with_splits_gives_each_as_named(tmp_path: Path):
    for name in ("train-00000-of-1.parquet", "val.jsonl", "test.csv"):
        _write(tmp_path / name)
    assert _read(tmp_path, "train")[0].place == "train-00000-of-1.parquet:1"
    assert _read(tmp_path, "validation", must_hold=False)[0].place == "val.jsonl:1"
    assert _read(tmp_path, "test")[0].place == "test.csv:2"


def test_bad_lines_are_refused_one_by_one_with_their_line(tmp_path: Path):
    lines = [b'{"question": "a", "solution": "b"}', b"{oops", b"", b'"text"', b'{"question": "\xff"}', b"[" * 100_000]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(lines))
    record, *refusals = _read(tmp_path / "rows.jsonl")
    assert record.place == "rows.jsonl:1"
    assert [(refusal.reason, refusal.place) for refusal in refusals] == [
        ("unreadable", f"rows.jsonl:{line}") for line in (2, 4, 5, 6)
    ]
    assert "not an object but str" in str(refusals[1])


def test_a_csv_row_of_another_width_is_refused_and_places_stay_right(tmp_path: Path):
    (tmp_path / "rows.csv").write_text('question,solution\n"a\nb",c\nd\ne,f,g\nh,i\n', encoding="utf-8")
    assert [(record.place, isinstance(record, Refusal)) for record in _read(tmp_path / "rows.csv")] == [
        ("rows.csv:2", False),
        ("rows.csv:4", True),
        ("rows.csv:5", True),
        ("rows.csv:6", False),
    ]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("rows.json", b'[{"question": "a"},\n {"question"', "line 2"),
        ("rows.json", b'[{"question": "a"}\n {"question": "b"}]', "line 2"),
        ("rows.json", b'"text"', "a list of objects"),
        ("rows.json", b"[\xff]", "UTF-8"),
        ("rows.csv", b"", "no header"),
        ("rows.csv", b'question,solution\na,"b', "line 2"),
        ("rows.parquet", b"PAR1 nothing", "rows.parquet"),
    ],
)
def test_a_file_that_is_unreadable_as_a_whole_stops_with_file_and_line(tmp_path: Path, name: str, content: bytes, found: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name) as error:
        _read(tmp_path / name)
    assert found in str(error.value)


def test_a_missing_file_suggests_the_nearest(tmp_path: Path):
    _write(tmp_path / "rows.jsonl")
    with pytest.raises(DataError, match=r"Did you mean .*rows\.jsonl"):
        _read(tmp_path / "row.jsonl")
    with pytest.raises(DataError, match="generated"):
        _read("generate")


def test_a_folder_of_files_named_test_says_that_their_names_say_so(tmp_path: Path):
    _write(tmp_path / "Test 1.jsonl")
    with pytest.raises(DataError, match=r"Test 1\.jsonl, whose names say test.*one by one"):
        _read(tmp_path)


@pytest.mark.parametrize("name", ["./problems", "../x", "a/.b"])
def test_a_path_is_not_looked_up_on_the_hub(name: str):
    with pytest.raises(DataError, match="nothing at"):
        open_source(name, "train", Generator())


def test_an_empty_folder_says_what_it_looked_for(tmp_path: Path):
    with pytest.raises(DataError, match=r"\*\.parquet.*an empty folder"):
        _read(tmp_path)


def test_a_hub_id_that_cannot_be_reached_is_one_error():
    with pytest.raises(DataError, match="no-such-owner/no-such-set"):
        open_source("no-such-owner/no-such-set", "train", Generator())


def test_the_fingerprint_follows_the_content(tmp_path: Path):
    path = _write(tmp_path / "rows.jsonl")
    first = open_source(str(path), "train", Generator())
    assert not first.has_changed()
    path.write_text(path.read_text(encoding="utf-8").replace("3,5", "3,6"), encoding="utf-8")
    second = open_source(str(path), "train", Generator())
    assert first.fingerprint != second.fingerprint
    assert first.has_changed()
    generated = {
        open_source("generated", split, Generator(seed=seed)).fingerprint for split in ("train", "test") for seed in (0, 1)
    }
    assert len(generated) == 4


def test_generated_splits_are_as_large_as_asked_and_disjoint():
    settings = Generator(count=30, validation_count=20, test_count=0)
    parts = [list(open_source("generated", split, settings).records()) for split in ("train", "validation")]
    assert [len(part) for part in parts] == [30, 20]
    questions = [{record.fields["question"] for record in part} for part in parts]
    assert not questions[0] & questions[1]
    assert open_source("generated", "test", settings, must_hold=False) is None


@pytest.mark.parametrize("objective", ["sft", "dpo", "grpo"])
def test_of_generated_rows_no_column_is_said_to_be_unread(objective, tokenizer, tmp_path):
    settings = {"generator": Generator(count=6, validation_count=2, test_count=2, grades=[4]), "max_refused_share": 1.0}
    data = MathDataModule(
        "generated", objective=objective, tokenizer=tokenizer, max_length=2048, cache_dir=str(tmp_path), **settings
    )
    data.setup("fit")
    assert {split: report.notes for split, report in data.reports.items()} == {"train": (), "validation": (), "test": ()}


def test_rows_of_each_objective_are_the_same_problems():
    settings = Generator(count=20)
    every, *read = (list(settings.records("train", reads)) for reads in (None, "sft", "dpo"))
    assert any(record.fields["rejected"] for record in every)
    for records in read:
        for whole, part in zip(every, records, strict=True):
            assert part.place == whole.place
            assert part.fields.items() <= whole.fields.items()


@pytest.mark.parametrize(
    ("named", "way_out"),
    [
        ("https://huggingface.co/datasets/openai/gsm8k", "Name the data set by its Hub id: openai/gsm8k."),
        ("hf://datasets/openai/gsm8k/main.parquet", "Name the data set by its Hub id: openai/gsm8k."),
        ("https://example.com/rows.jsonl", "download the file"),
        ("rows.jsonl[:10]", "Slices such as"),
        ("openai/gsm8k:main:train[:10%]", "Slices such as"),
        ("rows.jsonl,more.jsonl", "as a list: [rows.jsonl, more.jsonl]."),
        ("toan\\rows.jsonl", "Write it with slashes: toan/rows.jsonl."),
        ("/dev/null", "Write the rows into a file"),
    ],
)
def test_names_that_work_in_other_programs_are_refused_with_the_way_out(
    named: str, way_out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("toan").mkdir()
    for file in ("rows.jsonl", "more.jsonl", "toan/rows.jsonl"):
        _write(Path(file))
    with pytest.raises(DataError) as raised:
        _read(named)
    assert way_out in str(raised.value)


def test_tables_of_a_folder_that_are_not_read_are_said(tmp_path: Path):
    _write(tmp_path / "lop4.jsonl")
    for name in ("lop3.xls", "lop5.docx", "~$lop5.docx", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    note, *records = _read(tmp_path)
    assert note == Note(f"{tmp_path.name}: not read: lop3.xls, lop5.docx (save them as .xlsx or as CSV UTF-8)")
    assert len(records) == 2


def test_a_file_of_test_rows_is_another_source_where_it_is_trained_on(tmp_path: Path):
    """What is said of it is stored with the rows, and must not be said of the test."""
    path = str(_write(tmp_path / "my_test.jsonl"))
    fingerprints = [open_source(path, split, Generator()).fingerprint for split in ("train", "test")]
    assert fingerprints[0] != fingerprints[1]


def test_an_equal_suffix_makes_no_file_a_near_one(tmp_path: Path):
    (tmp_path / "hmerge.xlsx").touch()
    with pytest.raises(DataError, match="Give one of"):
        _read(tmp_path / "nothere.xlsx")
    with pytest.raises(DataError, match=r"Did you mean .*hmerge\.xlsx"):
        _read(tmp_path / "hmerg.csv")
