"""JSON lines: each line that is none is refused by itself, in words that a person understands."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.data.readers import Item, Record, read_file
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row

GOOD = json.dumps({"question": "Một cửa hàng có năm quả", "solution": "Đáp số: 5"}, ensure_ascii=False)


def read(path: Path, content: bytes) -> list[Item]:
    path.write_bytes(content)
    return list(read_file(path, path.name))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"question": "1 + 1", "solution":', "Expecting value at character 34"),
        (b'{"question": "1 + \xe1", "solution": "2"}', "not UTF-8 at byte 19"),
        (b'{"question": "1", "question": "2"}', "the key 'question' twice"),
        (b"[1, 2]", "not an object but list"),
        (b'{"question": "1", "solution": "2"},', "a comma at the end of the line: remove it"),
    ],
    ids=["cut", "one damaged byte", "a key twice", "a list", "a comma"],
)
def test_a_damaged_line_is_refused_alone(line: bytes, why: str, tmp_path: Path):
    items = read(tmp_path / "toan.jsonl", b"\n".join([GOOD.encode(), line, GOOD.encode()]))
    assert [str(item) for item in items if isinstance(item, Refusal)] == [f"toan.jsonl:2 ({why})"]
    assert [item.place for item in items if isinstance(item, Record)] == ["toan.jsonl:1", "toan.jsonl:3"]


def test_lines_in_tcvn3_are_recognised_and_said(tmp_path: Path):
    """Bytes of a file that was typed with a font such as .VnTime: Tính tổng của 3 và 5, rồi nhân với 2."""
    line = b'{"question": "T\xddnh t\xe6ng c\xf1a 3 v\xb5 5, r\xe5i nh\xa9n v\xedi 2", "solution": "\xa7\xb8p s\xe8: 16"}'
    items = read(tmp_path / "toan.jsonl", b"\n".join([b'{"question": "1 + 1 = ?", "solution": "2"}', line, line]))
    assert "TCVN3" in "".join(item.text for item in items if isinstance(item, Note))
    rows = [row for row in read_rows(items, Columns()) if isinstance(row, Row)]
    assert [row.question for row in rows][:2] == ["1 + 1 = ?", "Tính tổng của 3 và 5, rồi nhân với 2"]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_under_the_name_of_lines_is_read_and_said(indent: int | None, tmp_path: Path):
    note, *rows = read(tmp_path / "toan.jsonl", json.dumps([json.loads(GOOD)] * 2, indent=indent).encode())
    assert isinstance(note, Note)
    assert "read as one JSON document" in note.text
    assert [type(row) for row in rows] == [Record, Record]


def test_objects_of_several_lines_are_refused_with_the_way_out(tmp_path: Path):
    pretty = json.dumps(json.loads(GOOD), indent=2).encode()
    with pytest.raises(DataError, match="Write objects that follow each other one a line"):
        read(tmp_path / "toan.jsonl", pretty + b"\n" + pretty)
