"""JSON in every shape that people have: the same rows, their lines, and an error that names the line."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.data.readers import Item, Record, read_file
from mathpal_lightning.data.report import Note
from mathpal_lightning.errors import DataError

ROWS = [{"question": "1 + 1 = ?", "solution": "2"}, {"question": 'nói "[x]", rồi \\', "solution": "{"}]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(path: Path, content: object, **settings: object) -> list[Item]:
    text = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, **settings).encode()  # type: ignore[arg-type]
    path.write_bytes(text)
    return list(read_file(path, path.name))


def fields(items: list[Item]) -> list[dict[str, object]]:
    return [dict(item.fields) for item in items if isinstance(item, Record)]


COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (ROWS, ""),
        ({"version": 1, "data": ROWS}, "'data'"),
        ({"train": ROWS, "names": ["a", "b"]}, "'train'"),
        ({name: dict(enumerate(cells)) for name, cells in COLUMNS.items()}, "column by column (pandas)"),
        (COLUMNS, "column by column"),
        ({"columns": list(COLUMNS), "index": [0, 1], "data": [list(row.values()) for row in ROWS]}, "orient='split'"),
        ({str(10 + number): row for number, row in enumerate(ROWS)}, "each key holds a row"),
        (
            {"features": [{"name": "question"}], "rows": [{"row_idx": 0, "row": row} for row in ROWS], "num_rows_total": 2},
            "'rows'",
        ),
        ({"rows": ROWS, "licenses": [{"name": "CC BY 4.0"}]}, "'rows'"),
    ],
    ids=["list", "data", "named list", "pandas", "lists", "split", "index", "the Hub's viewer", "licenses"],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_every_shape_gives_the_same_rows(document: object, said: str, indent: int | None, tmp_path: Path):
    items = read(tmp_path / "rows.json", document, indent=indent)
    assert fields(items) == ROWS
    assert said in "".join(item.text for item in items if isinstance(item, Note))


def test_one_object_is_one_row(tmp_path: Path):
    chat = {"messages": [{"role": "user", "content": "1 + 1"}, {"role": "assistant", "content": "2"}]}
    assert fields(read(tmp_path / "rows.json", ROWS[0], indent=2)) == [ROWS[0]]
    assert fields(read(tmp_path / "rows.json", chat)) == [chat]


def test_lines_are_lines_whatever_the_name(tmp_path: Path):
    lines = b"\n".join(json.dumps(row).encode() for row in ROWS)
    for name in ("rows.json", "rows.jsonl", "rows.ndjson", "rows.JSONL"):
        assert fields(read(tmp_path / name, lines)) == ROWS
    assert fields(read(tmp_path / "rows.json", b"{oops\n" + lines)) == ROWS


def test_utf_16_is_read_too(tmp_path: Path):
    assert fields(read(tmp_path / "rows.json", json.dumps(ROWS).encode("utf-16"))) == ROWS
    assert fields(read(tmp_path / "rows.jsonl", json.dumps(ROWS[0]).encode("utf-16"))) == ROWS[:1]


def test_two_lists_of_rows_cannot_be_told_apart(tmp_path: Path):
    with pytest.raises(DataError, match=r"rows\.json.*one list of rows.*'test', 'train'"):
        read(tmp_path / "rows.json", {"train": ROWS, "test": ROWS})


def test_what_python_writes_for_nothing_is_nothing(tmp_path: Path):
    content = b'[{"question": "x: NaN, -Infinity", "difficulty": NaN, "a": [Infinity,-Infinity]}, {"question": NaN}]'
    assert fields(read(tmp_path / "rows.json", content)) == [
        {"question": "x: NaN, -Infinity", "difficulty": None, "a": [None, None]},
        {"question": None},
    ]


def test_half_a_surrogate_pair_is_never_lost_in_silence(tmp_path: Path):
    whole, half = "\\ud83c\\udf4a", "\\ud83c"
    content = f'[{{"question": "{whole}"}}, {{"question": "a{half}b"}}, {{"question": "\\\\{half[1:]}"}}]'.encode()
    assert [row["question"] for row in fields(read(tmp_path / "rows.json", content))] == ["🍊", "a\ufffdb", "\\ud83c"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'[{"question": "a"},\n {"question"', "line 2"),
        (b'[{"question": "a"}\n\n {"question": "b"}]', "line 3"),
        (b'[{"question": "a", "question": "b"}]', "'question' twice in line 1"),
        (b'[\n"\xff"]', "line 2"),
        (b'[{"question": "a\\', "line 1"),  # once an endless loop
        (b'"text"', "a single value in line 1"),
        (b"17", "a single value"),
    ],
)
def test_damage_is_named_with_its_line(content: bytes, found: str, tmp_path: Path):
    with pytest.raises(DataError, match=r"rows\.json") as error:
        read(tmp_path / "rows.json", content)
    assert found in str(error.value)


def test_empty_files_hold_no_rows(tmp_path: Path):
    assert read(tmp_path / "rows.json", []) == []
    assert read(tmp_path / "rows.jsonl", b"") == []


@given(st.lists(st.dictionaries(st.text(), JSON_VALUES, max_size=3), min_size=1, max_size=4), st.sampled_from([None, 0, 2]))
def test_any_list_reads_as_json_does(tmp_path_factory: Any, rows: list[dict[str, object]], indent: int | None):
    text = json.dumps(rows, indent=indent)
    read_back = fields(read(tmp_path_factory.getbasetemp() / "any.json", text.encode()))
    assert str(read_back).replace("\ufffd", "?") == str(rows).replace("\ufffd", "?") or "\\ud" in text


def test_memory_stays_flat(tmp_path: Path):
    path = tmp_path / "rows.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"data": [' + ",\n".join(json.dumps({"question": f"{n} " * 50}) for n in range(40_000)) + "]}")
    assert path.stat().st_size > 8_000_000
    tracemalloc.start()
    assert sum(isinstance(item, Record) for item in read_file(path, "rows.json")) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_the_options_of_a_single_row_are_no_rows(tmp_path: Path):
    row = {"question": "1 + 1 = ?", "choices": [{"label": "A", "text": "1"}, {"label": "B", "text": "2"}], "answer": "B"}
    assert fields(read(tmp_path / "toan.json", row, indent=1)) == [row]
