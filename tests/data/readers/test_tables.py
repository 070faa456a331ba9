"""Excel and Parquet: cells as they are, what cannot be held is named."""

import datetime
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from mathpal_lightning.data.readers import Item, Record, is_data_file, opened, read_file
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row


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


def usable(items: list[Item]) -> list[str]:
    """What becomes of the records: the text of a row, or why it is refused."""
    rows = read_rows([item for item in items if isinstance(item, Record)], Columns())
    return [
        f"{row.question} -> {row.solution}" if isinstance(row, Row) else str(row) for row in rows if not isinstance(row, Note)
    ]


def test_a_fraction_that_excel_took_for_a_date_is_refused_and_a_column_of_dates_is_none_of_our_business(tmp_path: Path):
    day = datetime.datetime(2026, 2, 1)
    rows: list[list[object]] = [["Ngày", "Đề bài", "Lời giải"], [day, "1/2 = ?", day], [day, "1 + 1 = ?", 2]]
    assert usable(read(workbook(tmp_path / "toan.xlsx", A=rows))) == [
        "toan.xlsx:2 (the date 2026-02-01 00:00:00 (Excel makes dates of 1/2 and 3-4) instead of a text)",
        "1 + 1 = ? -> 2",
    ]


def test_a_formula_without_a_value_and_an_error_of_excel_are_named(tmp_path: Path):
    rows: list[list[object]] = [["STT", "Đề bài", "Lời giải"], ["=ROW()-1", "1 + 1 = ?", "=1+1"]]
    rows += [["=ROW()-1", "1 : 0 = ?", "#DIV/0!"], ["=ROW()-1", "2 + 2 = ?", "4"]]
    assert usable(read(workbook(tmp_path / "toan.xlsx", A=rows))) == [
        "toan.xlsx:2 (a formula that was never calculated (open the file in Excel and save it) instead of a text)",
        "toan.xlsx:3 (Excel's error #DIV/0! instead of a text)",
        "2 + 2 = ? -> 4",
    ]


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path: Path):
    """A topic that is written once beside its problems, and a header of two rows."""
    path = tmp_path / "toan.xlsx"
    workbook(path, A=[["Chủ đề", "Đề bài", "Lời giải"], [None, None, "cách làm"], ["Cộng", "1 + 1", 2], [None, "2 + 2", 4]])
    book = openpyxl.load_workbook(path)
    for cells in ("A1:A2", "B1:B2", "A3:A4"):
        book["A"].merge_cells(cells)
    book.save(path)
    items = read(path)
    assert fields(items) == [
        {"Chủ đề": "Cộng", "Đề bài": "1 + 1", "Lời giải": 2},
        {"Chủ đề": "Cộng", "Đề bài": "2 + 2", "Lời giải": 4},
    ]
    assert "1 merged cells of several rows" in "".join(item.text for item in items if isinstance(item, Note))


def test_a_title_above_the_header_is_left_out_and_that_is_said(tmp_path: Path):
    title: list[list[object]] = [["DANH SÁCH BÀI TOÁN LỚP 5"], ["Trường Tiểu học Kim Đồng"], []]
    items = read(workbook(tmp_path / "toan.xlsx", A=[*title, HEADER, ["1 + 1", "x", 2]]))
    assert fields(items) == [{"Đề bài": "1 + 1", "Lời giải": 2}]
    assert "left out ('DANH SÁCH BÀI TOÁN LỚP 5')" in "".join(item.text for item in items if isinstance(item, Note))


def test_a_hidden_sheet_is_not_the_first(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", Nháp=[HEADER, ["a", None, "b"]], Bài=[HEADER, ["1 + 1", None, 2]])
    book = openpyxl.load_workbook(path)
    book["Nháp"].sheet_state = "hidden"
    book.save(path)
    items = read(path)
    assert fields(items) == [{"Đề bài": "1 + 1", "Lời giải": 2}]
    assert "not read: Nháp (hidden)" in "".join(item.text for item in items if isinstance(item, Note))
    assert fields(read(path, "Nháp")) == [{"Đề bài": "a", "Lời giải": "b"}]


def test_a_cover_sheet_is_passed_over_and_that_is_said(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", Bìa=[["Trường Tiểu học Kim Đồng"]], Bài=[HEADER, ["1 + 1", None, 2]])
    items = read(path)
    assert fields(items) == [{"Đề bài": "1 + 1", "Lời giải": 2}]
    assert "names known columns, 'Bài'; not read: Bìa" in "".join(item.text for item in items if isinstance(item, Note))


def test_a_number_is_written_as_in_vietnam(tmp_path: Path):
    """1.234 with a point would be read as one thousand two hundred and thirty-four."""
    numbers: list[object] = [1.234, 0.1 + 0.2, 1e16, 2.0, 1e-7, 42]
    rows = [["1 + 1 = ?", None, number] for number in numbers]
    said = usable(read(workbook(tmp_path / "toan.xlsx", A=[HEADER, *rows])))
    assert [text.partition(" -> ")[2] for text in said] == ["1,234", "0,3", "10000000000000000", "2", "0,0000001", "42"]


def test_a_number_in_per_cent_keeps_its_sign(tmp_path: Path):
    """The judge holds that 0,25 is another answer than 25%. A quoted sign is shown and does not multiply by 100."""
    path = workbook(
        tmp_path / "toan.xlsx", A=[HEADER, *(["1 + 1 = ?", None, share] for share in (0.25, 0.125, 0.29, 1, 25, 0.25))]
    )
    book = openpyxl.load_workbook(path)
    for cell, shown in zip(book["A"]["C"][1:], ("0%", "0.0%", "0.00%;[Red]-0.00%", "0%", '0"%"', "0.00"), strict=True):
        cell.number_format = shown
    book.save(path)
    said = [text.partition(" -> ")[2] for text in usable(read(path))]
    assert said == ["25%", "12,5%", "29%", "100%", "25%", "0,25"]


def test_a_format_that_the_file_does_not_hold_is_none(tmp_path: Path):
    path, whole = tmp_path / "toan.xlsx", workbook(tmp_path / "whole.xlsx", A=[HEADER, ["1 + 1 = ?", None, 2]])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'r="C2"', b'r="C2" s="7"'))
    assert usable(read(path)) == ["1 + 1 = ? -> 2"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"<html><table>", "a web page"), (b"question,solution\n1,2\n", "a text"), (b"\xd0\xcf\x11\xe0", "a password")],
    ids=["html", "csv", "old"],
)
def test_what_is_no_workbook_is_called_by_its_name(content: bytes, kind: str, tmp_path: Path):
    (tmp_path / "toan.xlsx").write_bytes(content)
    with pytest.raises(DataError, match=rf"toan\.xlsx.*{kind}"):
        read(tmp_path / "toan.xlsx")


@pytest.mark.parametrize(
    ("name", "found"), [("~$rows.xlsx", "Excel locks an open workbook.*rows.xlsx"), ("rows.xlsx", "an empty file")]
)
def test_a_lock_file_and_an_empty_one_are_told_apart(name: str, found: str, tmp_path: Path):
    (tmp_path / name).write_bytes(b"\x05An" if name.startswith("~") else b"")
    with pytest.raises(DataError, match=found):
        list(read_file(tmp_path / name, name))


def test_excels_codes_of_control_characters_are_no_text(tmp_path: Path):
    items = read(workbook(tmp_path / "toan.xlsx", A=[HEADER, ["1 + 1 = ?", None, "1 + 1 = 2_x000D_\nĐáp số: 2"]]))
    assert usable(items) == ["1 + 1 = ? -> 1 + 1 = 2\nĐáp số: 2"]


def test_a_short_row_lacks_its_last_cell_and_not_its_column(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", A=[["Đề bài", "Lời giải"], ["1 + 1 = ?", "2"], ["2 + 2 = ?"]])
    rows = read_rows([item for item in read(path) if isinstance(item, Record)], Columns())
    assert [row.reason for row in rows if isinstance(row, Refusal)] == ["empty_solution"]


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opened, "_ALWAYS_ALLOWED", 1 << 16)
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, *[["a", None, "1" * 32_000]] * 100])
    monkeypatch.setattr(opened, "_MOST_BLOWN_UP", 1)
    with pytest.raises(DataError, match=r"toan\.xlsx.*unpack to more than.*would fill the memory"):
        read(path)


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


def test_decimals_and_short_floats_of_a_parquet_file_are_answers(tmp_path: Path):
    for name, column, expected in (
        ("decimal", pa.array([Decimal("2.50")]), "2,5"),
        ("float32", pa.array([0.1], pa.float32()), "0,1"),
        ("float64", pa.array([0.1]), "0,1"),
    ):
        pq.write_table(pa.table({"question": ["1 : 4 = ?"], "solution": column}), tmp_path / f"{name}.parquet")
        assert usable(read(tmp_path / f"{name}.parquet")) == [f"1 : 4 = ? -> {expected}"], name


def test_arrow_files_of_both_forms_are_read_where_they_are_named(tmp_path: Path):
    table = pa.table({"question": ["1 + 1 = ?", "1 + 2 = ?"], "solution": [2, 3], "day": pa.array([10**7, 0], pa.date32())})
    feather.write_feather(table, tmp_path / "rows.feather")
    feather.write_feather(table, tmp_path / "rows.arrow", compression="uncompressed")
    with pa.OSFile(str(tmp_path / "stream.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    for name in ("rows.feather", "rows.arrow", "stream.arrow"):
        items = read(tmp_path / name)
        assert usable(items) == ["1 + 1 = ? -> 2", "1 + 2 = ? -> 3"]
        assert "'day' (date32[day]) is left out" in "".join(item.text for item in items if isinstance(item, Note))
        assert not is_data_file(tmp_path / name)
    (tmp_path / "rows.arrow").write_bytes((tmp_path / "rows.arrow").read_bytes()[:200])
    with pytest.raises(DataError, match=r"a whole \.arrow file"):
        read(tmp_path / "rows.arrow")
