"""What Excel shows beside bare values: powers, struck-out text, fractions, units, hidden rows, names over several columns."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from mathpal_lightning.data.readers import Item, Record, read_file
from mathpal_lightning.data.readers.number_format import as_shown
from mathpal_lightning.data.report import Note
from tests.data.readers.test_tables import fields, read, usable, workbook

HEADER: list[object] = ["Đề bài", "Lời giải"]


def rich(*parts: str | tuple[str, str]) -> CellRichText:
    """Texts, and (format, text)."""
    fonts = {
        "sup": InlineFont(vertAlign="superscript"),
        "sub": InlineFont(vertAlign="subscript"),
        "strike": InlineFont(strike=True),
        "bold": InlineFont(b=True),
    }
    return CellRichText(*(part if isinstance(part, str) else TextBlock(fonts[part[0]], part[1]) for part in parts))


def said(items: list[Item]) -> str:
    return "; ".join(item.text for item in items if isinstance(item, Note))


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part of the archive changed."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    before, parts[part] = parts[part], change(parts[part])
    assert parts[part] != before
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def with_table_of_texts(path: Path) -> Path:
    """The workbook as Excel writes it, with all texts in a table; openpyxl writes them into their cells."""
    texts = list[bytes]()

    def moved(cell: re.Match[bytes]) -> bytes:
        texts.append(b"<si>%s</si>" % cell[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    changed(path, "xl/worksheets/sheet1.xml", lambda page: re.sub(rb't="inlineStr"><is>(.*?)</is>', moved, page))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    changed(path, "[Content_Types].xml", lambda types: types.replace(b"</Types>", override))
    space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", space + b"".join(texts) + b"</sst>")
    return path


@pytest.mark.parametrize("as_stored", [lambda path: path, with_table_of_texts], ids=["in the cell", "in the table"])
def test_powers_indices_and_struck_out_text(as_stored: Callable[[Path], Path], tmp_path: Path):
    question = rich("Tính 2", ("sup", "3"), " + 10", ("sup", "1"), ("sup", "2"), " với a", ("sub", "1 "), ("bold", "lớn."))
    solution = rich("Diện tích: 4 cm", ("sup", "2"), ("strike", " sai 45"))
    rows = [HEADER, [question, solution], ["1 + 1 = ?", rich(("strike", "3"))], ["2 + 2 = ?", "4"]]
    path = as_stored(workbook(tmp_path / "toan.xlsx", A=rows))
    assert usable(read(path)) == [
        "Tính 2^3 + 10^{12} với a_1 lớn. -> Diện tích: 4 cm^2",
        "toan.xlsx:3 (struck-out text instead of a text)",
        "2 + 2 = ? -> 4",
    ]


def test_a_cell_that_is_struck_out_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["1 + 1 = ?", 3], ["2 + 2 = ?", 4]])
    book = openpyxl.load_workbook(path)
    book["A"]["B2"].font = Font(strike=True)
    book.save(path)
    assert usable(read(path)) == ["toan.xlsx:2 (struck-out text instead of a text)", "2 + 2 = ? -> 4"]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.75, "# ?/?", "3/4"),
        (1 / 3, "# ??/??", "1/3"),
        (-1.25, "# ?/?", "-1 1/4"),
        (1.75, "?/?", "7/4"),
        (0.5, "# ?/4", "2/4"),
        (2, "# ?/?", 2),
        (3.14159, "# ?/?", 3.14159),
        (36, '0" kg"', "36 kg"),
        (12.5, '"Đáp số: "0.0" m"', "Đáp số: 12,5 m"),
        (1500000, r'#,##0\ "đồng"', "1500000 đồng"),
        (54000, r'_-* #,##0\ "₫"_-;\-* #,##0\ "₫"_-;_-* "-"\ "₫"_-;_-@_-', "54000 ₫"),
        (36, "#,##0 [$₫-42A]", "36 ₫"),
        (3, 'General "học sinh"', "3 học sinh"),
        (25, '0"%"', "25%"),
        (2.5, "0.00", 2.5),
        (54000, '0," nghìn"', 54000),
        (54000, '[>=1000]0," nghìn";0', 54000),
        (912345678, r"000\-000\-000", 912345678),
        (5, "[Red]0_);(0)", 5),
    ],
)
def test_a_number_as_excel_shows_it(value: float, number_format: str, shown: float | str):
    assert as_shown(value, number_format) == shown


def test_a_fraction_and_a_unit_of_a_sheet(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["6/8 = ?", 0.75], ["Có mấy kg?", 36]])
    book = openpyxl.load_workbook(path)
    book["A"]["B2"].number_format, book["A"]["B3"].number_format = "# ?/?", '0" kg"'
    book.save(path)
    assert usable(read(path)) == ["6/8 = ? -> 3/4", "Có mấy kg? -> 36 kg"]


def test_a_header_over_several_columns_names_all_of_them(tmp_path: Path):
    rows = [[*HEADER, None], ["54 - 18 = ?", "54 - 18 = 36", "Đáp số: 36"], ["1 + 1 = ?", None, 2]]
    path = workbook(tmp_path / "toan.xlsx", A=rows)
    book = openpyxl.load_workbook(path)
    book["A"].merge_cells("B1:C1")
    book.save(path)
    assert usable(read(path)) == ["54 - 18 = ? -> 54 - 18 = 36\nĐáp số: 36", "1 + 1 = ? -> 2"]
    assert not said(read(path))


def test_a_letterhead_and_a_cover_hide_no_header(tmp_path: Path):
    head = [
        ["PHÒNG GD&ĐT", "CỘNG HÒA XÃ HỘI"],
        ["TRƯỜNG A", "Độc lập"],
        ["Đề bài", None],
        ["STT", *HEADER],
        [1, "1 + 1 = ?", 2],
    ]
    assert usable(read(workbook(tmp_path / "toan.xlsx", A=head))) == ["1 + 1 = ? -> 2"]
    cover = [["Đề bài", "BỘ ĐỀ 2026"], ["Trường", "X"]]
    assert usable(read(workbook(tmp_path / "bia.xlsx", A=cover, B=[HEADER, ["1 + 1 = ?", 2]]))) == ["1 + 1 = ? -> 2"]
    first = [HEADER, ["Đề bài", "Lời giải"], ["question", "solution"]]
    assert len(fields(read(workbook(tmp_path / "lap.xlsx", A=first)))) == 2


def test_options_below_one_name_keep_their_letters(tmp_path: Path):
    header = [["Câu hỏi", "Phương án", None, None, None, "Đáp án"], [None, *"ABCD", None]]
    rows = [["Số lẻ?", 2, None, 3, 4, "C"], ["1 m = ?", "1 m\n100 cm", "2", "3", "4", "C"], ["1 + 1 = ?", *[None] * 4, 2]]
    path = workbook(tmp_path / "toan.xlsx", A=[*header, *rows])
    book = openpyxl.load_workbook(path)
    for cells in ("A1:A2", "B1:E1", "F1:F2"):
        book["A"].merge_cells(cells)
    book.save(path)
    refused, *read_rows = usable(read(path))
    assert "option B is empty" in refused
    assert read_rows == ["1 m = ?\nA. 1 m 100 cm\nB. 2\nC. 3\nD. 4 -> Đáp án: C", "1 + 1 = ? -> 2"]


def test_cells_without_a_name_above_them_are_said(tmp_path: Path):
    rows = [["Đề bài", None, "Lời giải"], ["1 + 1 = ?", "dễ", 2, " "], ["2 + 2 = ?", None, 4, "Đáp số: 4"]]
    items = read(workbook(tmp_path / "toan.xlsx", A=rows))
    assert fields(items) == [{"Đề bài": "1 + 1 = ?", "Lời giải": 2}, {"Đề bài": "2 + 2 = ?", "Lời giải": 4}]
    assert said(items) == "toan.xlsx: 2 cells below no name of a column are not read, the first is B2"


def test_hidden_rows_are_said(tmp_path: Path):
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["1 + 1 = ?", 2], ["1 + 2 = ?", 7], ["2 + 2 = ?", 4], []])
    book = openpyxl.load_workbook(path)
    for row in (3, 9):
        book["A"].row_dimensions[row].hidden = True
    book.save(path)
    assert said(read(path)) == "toan.xlsx: 1 hidden rows are read as the others are, the first is row 3"


def test_a_zero_beside_a_formula_that_shall_be_calculated_is_no_value(tmp_path: Path):
    """XlsxWriter, which pandas writes workbooks with, puts it there."""
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["3 × 4 = ?", "=3*4"], ["2 × 4 = ?", "=2*4"]])
    changed(path, "xl/worksheets/sheet1.xml", lambda page: page.replace(b"<f>3*4</f><v />", b"<f>3*4</f><v>0</v>"))
    changed(path, "xl/worksheets/sheet1.xml", lambda page: page.replace(b"<f>2*4</f><v />", b"<f>2*4</f><v>8</v>"))
    never = "a formula that was never calculated (open the file in Excel and save it) instead of a text"
    assert usable(read(path)) == [f"toan.xlsx:2 ({never})", "2 × 4 = ? -> 8"]
    changed(path, "xl/workbook.xml", lambda book: book.replace(b' fullCalcOnLoad="1"', b""))
    assert usable(read(path)) == ["3 × 4 = ? -> 0", "2 × 4 = ? -> 8"]


def test_a_formula_that_shows_nothing_is_empty(tmp_path: Path):
    formula = '=IF(D3="","",D3)'
    path = workbook(tmp_path / "toan.xlsx", A=[HEADER, ["1 + 1 = ?", 2], [formula, formula], ["2 + 2 = ?", formula]])
    pattern = re.compile(rb'<c r="([AB]\d)"(?: t="\w+")?><f>(.*?)</f><v ?/></c>')
    empty = rb'<c r="\1" t="str"><f>\2</f><v></v></c>'
    changed(path, "xl/worksheets/sheet1.xml", lambda page: pattern.sub(empty, page))
    assert usable(read(path)) == ["1 + 1 = ? -> 2", "toan.xlsx:4"]


def test_names_that_are_set_tell_the_header_and_the_sheet(tmp_path: Path):
    title: list[list[object]] = [["Danh sách bài lớp 5"], ["Bài", "Cách làm"], ["1 + 1 = ?", 2]]
    path = workbook(tmp_path / "toan.xlsx", Chú=[HEADER, ["a", "b"]], Lớp=title)
    items = list(read_file(path, path.name, named={"Bài", "Cách làm"}))
    assert fields(items) == [{"Bài": "1 + 1 = ?", "Cách làm": 2}]
    assert [item.place for item in items if isinstance(item, Record)] == ["toan.xlsx:3"]
    assert fields(read(path)) == [{"Đề bài": "a", "Lời giải": "b"}]
