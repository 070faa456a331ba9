"""Tables as Excel and others write them: recognised and said, or refused; never guessed in silence."""

from pathlib import Path

import pytest

from mathpal_lightning.data.readers import Item, Record, read_file
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row

QUESTION, SOLUTION = "Một hình vuông có cạnh 2,5 cm. Tính diện tích của hình đó.", "Diện tích là 6,25 cm². Đáp số: 6,25"
TABLE = f'Đề bài;Lời giải;Độ khó\n"{QUESTION}";"{SOLUTION}";1,5\n"Tính 5 × 3 bằng mấy?";"Đáp số: 15";2\n'


def read(path: Path, content: bytes) -> list[Item]:
    path.write_bytes(content)
    return list(read_file(path, path.name))


def notes(items: list[Item]) -> str:
    return "; ".join(item.text for item in items if isinstance(item, Note))


def first_fields(items: list[Item]) -> dict[str, str]:
    return dict(next(item for item in items if isinstance(item, Record)).fields)


EXPECTED = {"Đề bài": QUESTION, "Lời giải": SOLUTION, "Độ khó": "1,5"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.encode(), ["semicolons", "decimal commas"]),
        (TABLE.encode("utf-8-sig"), ["semicolons"]),
        (b"sep=;\r\n" + TABLE.replace("\n", "\r\n").encode(), ["semicolons"]),
        (TABLE.replace(";", "\t").encode("utf-16"), ["UTF-16", "tabs"]),
        (TABLE.replace(";", "\t").encode("utf-16-le"), ["UTF-16", "tabs"]),
        (TABLE.replace(";", "|").encode(), ["vertical bars"]),
        (TABLE.replace(";", "\t").encode("utf-32"), ["UTF-32", "tabs"]),
        (TABLE.replace("1,5", '"1,5"').replace(";", ",").encode(), []),
    ],
    ids=["semicolons", "with a mark", "sep line", "UTF-16 with mark", "UTF-16 without", "bars", "UTF-32", "commas"],
)
def test_what_excel_writes_is_recognised_and_said(content: bytes, said: list[str], tmp_path: Path):
    items = read(tmp_path / "toan.csv", content)
    assert first_fields(items) == EXPECTED
    assert all(word in notes(items) for word in said)
    assert said or not notes(items)
    assert len([item for item in items if isinstance(item, Record)]) == 2


def windows_1258(text: str) -> bytes:
    """As a Vietnamese Windows writes it: the tone as a mark of its own after its vowel."""
    import unicodedata

    written = bytearray()
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", letter)
            base, tone = unicodedata.normalize("NFC", decomposed.translate(NO_TONES)), decomposed.translate(ONLY_TONES)
            written += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(written)


TONES = "\u0300\u0301\u0303\u0309\u0323"
NO_TONES = dict.fromkeys(map(ord, TONES))


class _OnlyTones(dict):  # type: ignore[type-arg]
    def __missing__(self, code: int) -> int | None:
        return code if chr(code) in TONES else None


ONLY_TONES = _OnlyTones()


def test_windows_1258_is_recognised_by_its_syllables(tmp_path: Path):
    from mathpal_lightning.text import normalize_text

    items = read(tmp_path / "toan.csv", windows_1258(TABLE.replace("²", "2").replace("×", "x")))
    fields = {normalize_text(name): normalize_text(text) for name, text in first_fields(items).items()}
    assert fields["Đề bài"] == QUESTION
    assert "Windows-1258" in notes(items)


def test_an_encoding_that_cannot_be_told_is_refused_with_line_and_way_out(tmp_path: Path):
    french = "question;solution\nun;deux\nL'élève façonne une règle très générale;Où est la clé du château\n"
    with pytest.raises(DataError, match=r"toan\.csv.*UTF-8.*line 3.*CSV UTF-8"):
        read(tmp_path / "toan.csv", french.encode("cp1252"))


def test_one_damaged_byte_refuses_no_file(tmp_path: Path):
    items = read(tmp_path / "toan.csv", TABLE.encode().replace("hình vuông".encode(), b"h\xecnh vu", 1))
    assert len([item for item in items if isinstance(item, Record)]) == 2


def test_two_columns_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(DataError, match=r"toan\.csv.*'question' twice.*Rename"):
        read(tmp_path / "toan.csv", b"question,solution,question\na,b,c\n")


def test_rows_and_header_may_be_filled_up_as_excel_does(tmp_path: Path):
    items = read(tmp_path / "toan.csv", b"question,solution,,\na,b,,\n,,,\nc,d,\ne,f\ng,h,i,j\nk,l,,,,\n")
    assert [dict(item.fields) for item in items if isinstance(item, Record)] == [
        {"question": "a", "solution": "b"},
        {"question": "c", "solution": "d"},
        {"question": "e", "solution": "f"},
    ]
    assert [str(item) for item in items if isinstance(item, Refusal)] == [
        "toan.csv:6 (4 fields, not 2 as in the header)",
        "toan.csv:7 (6 fields, not 2 as in the header)",
    ]


def test_a_decimal_comma_without_quotes_moves_no_cell_into_another_column(tmp_path: Path):
    content = "Đề bài,Lời giải,Ghi chú,Chủ đề\nLan có 2,5 kg,Đáp số: 2.5 kg,,\nTính 1 + 1,2,,\n"
    items = read(tmp_path / "toan.csv", content.encode())
    assert [str(item) for item in items if isinstance(item, Refusal)] == ["toan.csv:2 (5 fields, not 4 as in the header)"]
    assert first_fields(items) == {"Đề bài": "Tính 1 + 1", "Lời giải": "2", "Ghi chú": "", "Chủ đề": ""}


def test_a_table_of_one_column_keeps_its_commas(tmp_path: Path):
    items = read(tmp_path / "toan.csv", 'Đề bài\nTính 1,5 + 2,5 = ?\nTính 5 + 4,\n"Có 3;\nTính"\n'.encode())
    questions = [item.fields["Đề bài"] for item in items if isinstance(item, Record)]
    assert questions == ["Tính 1,5 + 2,5 = ?", "Tính 5 + 4,", "Có 3;\nTính"]
    assert not notes(items)


def test_a_fraction_that_excel_took_for_a_date_is_refused(tmp_path: Path):
    answers = ("03-Thg4", "01-Feb", "Thg3-04", "2-3", "May-2", "01/02/2024")
    content = "Đề bài;Chủ đề;Đáp số\n" + "".join(f"Rút gọn;1-Jan;{answer}\n" for answer in answers)
    rows = [row for row in read_rows(read(tmp_path / "toan.csv", content.encode()), Columns()) if not isinstance(row, Note)]
    assert [row.solution if isinstance(row, Row) else str(row) for row in rows] == [
        *(
            f"toan.csv:{line} (the date {date} (Excel makes dates of 1/2 and 3-4) instead of a text)"
            for line, date in enumerate(answers[:3], start=2)
        ),
        *answers[3:],
    ]


def test_names_that_are_set_tell_the_header(tmp_path: Path):
    (tmp_path / "toan.csv").write_text("Danh sách\nBài,Cách làm\n1 + 1,2\n", encoding="utf-8")
    items = list(read_file(tmp_path / "toan.csv", "toan.csv", named={"Bài", "Cách làm"}))
    assert first_fields(items) == {"Bài": "1 + 1", "Cách làm": "2"}


@pytest.mark.parametrize(
    "above", ["Danh sách bài toán lớp 5\n", "\nDanh sách bài toán;;\n;;\n", "\n"], ids=["bare", "filled up", "empty"]
)
def test_what_stands_above_the_header_is_left_out(above: str, tmp_path: Path):
    items = read(tmp_path / "toan.csv", (above + TABLE).encode())
    assert first_fields(items) == EXPECTED
    assert ("left out ('Danh sách" in notes(items)) == ("Danh" in above)
    places = [item.place for item in items if isinstance(item, Record)]
    assert places[0] == f"toan.csv:{above.count(chr(10)) + 2}"


def test_the_rule_of_a_markdown_table_is_no_row(tmp_path: Path):
    items = read(tmp_path / "toan.txt", "| Đề bài | Lời giải |\n|:---|---:|\n| 1 + 1 = ? | 2 |\n".encode())
    questions = [item.fields["Đề bài"].strip() for item in items if isinstance(item, Record)]
    assert questions == ["1 + 1 = ?"]


def test_a_single_column_with_commas_keeps_its_header(tmp_path: Path):
    items = read(tmp_path / "toan.csv", 'question\nTính 1 + 1\n"Tính 1,5 + 2"\n'.encode())
    questions = [item.fields["question"] for item in items if isinstance(item, Record)]
    assert questions == ["Tính 1 + 1", "Tính 1,5 + 2"]


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><title>404</title>", b"\xef\xbb\xbf\n<HTML><table>", b"<table><tr><td>question"]
)
def test_a_web_page_is_named(page: bytes, tmp_path: Path):
    for name in ("toan.csv", "toan.jsonl", "toan.json"):
        with pytest.raises(DataError, match=rf"{name}.*a web page.*Download it again"):
            read(tmp_path / name, page)


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"PK\x03\x04", r"\.xlsx"),
        (b"PAR1", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0", "old Excel"),
        (b"version https://git-lfs", "git lfs"),
    ],
)
def test_a_table_of_another_kind_is_named(beginning: bytes, kind: str, tmp_path: Path):
    with pytest.raises(DataError, match=f"toan.csv.*{kind}"):
        read(tmp_path / "toan.csv", beginning + b"\0\0\0\0 more")


def test_a_text_file_is_a_table_or_a_question_a_line(tmp_path: Path):
    table = read(tmp_path / "toan.txt", b"question\tsolution\n1 + 1\t2\n")
    assert first_fields(table) == {"question": "1 + 1", "solution": "2"}
    lines = read(tmp_path / "toan.txt", "Tính 1 + 1, rồi cộng 3\n\n2 + 2 = ?\n".encode())
    assert [(item.place, item.fields["question"]) for item in lines if isinstance(item, Record)] == [
        ("toan.txt:1", "Tính 1 + 1, rồi cộng 3"),
        ("toan.txt:3", "2 + 2 = ?"),
    ]
    assert "one question a line" in notes(lines)
