"""Excel and Parquet: cells as they are, what cannot be held is named."""

import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mathpal_lightning.data.readers import Item, Record, read_file
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.errors import DataError


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def read(path: Path, sheet: str = "") -> list[Item]:
    return list(read_file(path, path.name, sheet))


def fields(items: list[Item]) -> list[dict[str, object]]:
    return [dict(item.fields) for item in items if isinstance(item, Record)]


HEADER: list[object] = ["Đề bài", None, "Lời giải"]


def test_the_first_sheet_is_read_unless_one_is_named(tmp_path: Path):
    first = [[], HEADER, ["1 + 1", "x", 2], [], ["2,5", None, 0.5]]
    path = workbook(tmp_path / "toan.XLSX", A=first, B=[HEADER, ["b", None, "c"]])
    items = read(path)
    assert fields(items) == [{"Đề bài": "1 + 1", "Lời giải": 2}, {"Đề bài": "2,5", "Lời giải": 0.5}]
    assert [item.place for item in items if isinstance(item, Record)] == ["toan.XLSX:3", "toan.XLSX:5"]
    assert "first sheet, 'A'; not read: B" in "".join(item.text for item in items if isinstance(item, Note))
    assert fields(read(path, "B")) == [{"Đề bài": "b", "Lời giải": "c"}]
    with pytest.raises(DataError, match=r"sheet 'C'.*A, B"):
        read(path, "C")


def test_a_fraction_that_excel_took_for_a_date_is_refused(tmp_path: Path):
    items = read(workbook(tmp_path / "toan.xlsx", A=[HEADER, ["1/2 = ?", None, datetime.datetime(2026, 2, 1)]]))
    assert [str(item) for item in items if isinstance(item, Refusal)] == [
        "toan.xlsx:2 (a date in 'Lời giải': Excel makes dates of 1/2 and 3-4)"
    ]


@pytest.mark.parametrize(
    ("rows", "found"), [([], "an empty sheet"), ([["a", "a"], [1, 2]], "'a' twice")], ids=["empty", "two of one name"]
)
def test_a_sheet_that_is_no_table(rows: list[list[object]], found: str, tmp_path: Path):
    with pytest.raises(DataError, match=rf"toan\.xlsx.*{found}"):
        read(workbook(tmp_path / "toan.xlsx", A=rows))


def test_a_damaged_workbook_is_one_line(tmp_path: Path):
    content = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["a", None, "b"]]).read_bytes()
    for harmed in (b"", b"PK\x03\x04", content[: len(content) // 2], b"question,solution\na,b"):
        (tmp_path / "toan.xlsx").write_bytes(harmed)
        with pytest.raises(DataError, match=r"toan\.xlsx"):
            read(tmp_path / "toan.xlsx")


def test_a_date_beyond_python_leaves_its_column_out(tmp_path: Path):
    table = pa.table(
        {
            "question": ["1 + 1 = ?"],
            "day": pa.array([10**7], pa.date32()),
            "moment": pa.array([2**60], pa.timestamp("ms")),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    items = read(tmp_path / "rows.parquet")
    assert fields(items) == [{"question": "1 + 1 = ?"}]
    said = "".join(item.text for item in items if isinstance(item, Note))
    assert "'day'" in said
    assert "'moment'" in said


def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path):
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["question", "question"])
    pq.write_table(table, tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="'question' twice"):
        read(tmp_path / "rows.parquet")
