"""Rows in TCVN3, VNI or misread UTF-8 become Unicode, each by itself; rows in Unicode stay whatever stands around them."""

import pytest

from mathpal_lightning.data.in_unicode import in_unicode
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row
from tests.data.test_mojibake import misread

UNICODE = {"question": "Một cửa hàng có 54 kg gạo", "solution": "Còn lại 36 kg"}
TCVN3 = {"question": "TÝnh diÖn tÝch h×nh vu«ng cã c¹nh 5 cm", "solution": "DiÖn tÝch h×nh vu«ng lµ: 5 × 5 = 25"}
VNI = {"question": "Tính dieän tích hình vuoâng coù caïnh 5 cm", "solution": "Dieän tích laø: 5 × 5 = 25"}
MEANT = "Tính diện tích hình vuông có cạnh 5 cm"
LOOKS_LIKE_BOTH = [
    {"question": "Tính 35 + 27", "solution": "Hình vuông có góc vuông"},
    {"question": "Tìm hai số khi cho hình tròn có tâm", "solution": "cô có 5 quả"},
]
SYLLABLES_BOTH_WAYS = [
    {"question": "Có 3 góc và 2 góc", "solution": "Có 5 góc"},
    {"question": "3 cô, 2 cô", "solution": "5 cô"},
    {"question": "Có 5 tô, thêm 2 tô", "solution": "Còn 2 lít"},
]
FORMULAS = [
    {"question": "Biết x·y = 6 và m·n = 4", "solution": "x·y = 6\nm·n = 4\nh·m = 2"},
    {"question": "m×n", "solution": "m×n = 12; n×m = 12; k×m = 3m×4m"},
    {"question": "N·m", "solution": "x·y = 6 => 2·6 = 12; 5 µm = 0,005 mm"},
]
CONVERTED = Note("text in TCVN3 converted to Unicode")


def _read(*files: list[dict], columns: Columns = Columns()) -> list[Row | Refusal | Note]:  # noqa: B008  frozen
    records = [
        Record(f"{name}:{number}", one, name)
        for name, rows in zip("abc", files, strict=False)
        for number, one in enumerate(rows, start=1)
    ]
    return list(read_rows(records, columns))


def _texts(rows: list[Row | Refusal | Note]) -> list[tuple[str, str]]:
    return [(row.question, row.solution) for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("legacy", [TCVN3, VNI])
def test_rows_behind_many_in_unicode_are_converted(legacy: dict):
    same, other = _read([UNICODE] * 300 + [legacy]), _read([UNICODE] * 300, [legacy])
    assert _texts(same)[-1][0] == _texts(other)[-1][0] == MEANT


@pytest.mark.parametrize("legacy", [TCVN3, VNI])
def test_rows_in_unicode_stay_beside_others(legacy: dict):
    wanted = [(one["question"], one["solution"]) for one in LOOKS_LIKE_BOTH]
    assert _texts(_read([legacy] * 300, LOOKS_LIKE_BOTH))[300:] == wanted
    assert _texts(_read([legacy] * 9 + LOOKS_LIKE_BOTH))[9:] == wanted


@pytest.mark.parametrize("legacy", [TCVN3, VNI])
def test_words_that_are_syllables_both_ways_are_read_as_the_common_words(legacy: dict):
    wanted = [(one["question"], one["solution"]) for one in SYLLABLES_BOTH_WAYS]
    assert _texts(_read([legacy] * 3 + SYLLABLES_BOTH_WAYS))[3:] == wanted
    short = {"question": "T×m x: x + 5 = 9", "solution": "4"}, {"question": "Cã 3 gãc, Mét phót", "solution": "3 lín h¬n 2"}
    assert _texts(_read([TCVN3] * 3 + [*short]))[3:] == [
        ("Tìm x: x + 5 = 9", "4"),
        ("Có 3 góc, Một phút", "3 lớn hơn 2"),
    ]


@pytest.mark.parametrize("before", [[], [TCVN3] * 3, [UNICODE] * 300])
def test_products_and_units_are_no_words(before: list[dict]):
    read = _read([*before, *SYLLABLES_BOTH_WAYS, *FORMULAS])
    assert _texts(read)[len(before) :] == [(one["question"], one["solution"]) for one in SYLLABLES_BOTH_WAYS + FORMULAS]
    assert not any(isinstance(row, Refusal) for row in _read(FORMULAS + [UNICODE]))


def test_signs_between_numbers_stay_signs():
    *_, row, note = _read([TCVN3, {**TCVN3, "solution": "Sè g¹o lµ: 25 × 4 = 100; 8 ÷ 2; 2½ kg; a×b; h×nh"}])
    assert row.solution == "Số gạo là: 25 × 4 = 100; 8 : 2; 2 1/2 kg; a×b; hình"
    assert note == CONVERTED


def test_a_worked_solution_of_multiple_choice_is_converted():
    row = _read([{**TCVN3, "A": "25", "B": "20", "C": "10", "D": "5", "answer": "A"}])[-2]
    assert row.solution == "Diện tích hình vuông là: 5 × 5 = 25\nĐáp án: A"


def test_a_chat_is_converted():
    chat = [{"role": "user", "content": TCVN3["question"]}, {"role": "assistant", "content": TCVN3["solution"]}]
    assert _texts(_read([{"messages": chat}]))[0][0] == MEANT


def test_half_a_text_in_another_encoding_is_refused():
    half = {**TCVN3, "solution": "H×nh vu«ng ®ã cã diÖn tÝch 25, Đáp số: 25 cm²"}
    for rows in ([TCVN3, half], [UNICODE] * 300 + [half]):
        refusal = next(row for row in _read(rows) if isinstance(row, Refusal))
        assert "half in Unicode" in refusal.detail


def test_a_word_that_may_be_anything_is_refused():
    (refusal,) = _read([{"question": "TÝnh 3 + 4", "solution": "7"}])[-1:]
    assert isinstance(refusal, Refusal)
    assert "neither Unicode nor clearly TCVN3" in refusal.detail


def test_a_file_that_is_not_certain_is_refused_as_a_whole():
    garbled = {"question": "TÝnh diÖn tÝch, h×nh ch÷ nhËt", "solution": "ærø blåbær smørrebrød Ýmöt æðing þór"}
    with pytest.raises(DataError, match="neither Unicode nor clearly TCVN3 or VNI"):
        _read([garbled])


@pytest.mark.parametrize("page", ["cp1252", "cp1258"])
def test_utf8_that_was_read_wrongly_is_repaired_with_its_header(page: str):
    names = {"question": "Đề bài", "solution": "Lời giải"}
    rows = [{misread(names[name], page): misread(text, page) for name, text in UNICODE.items()}, UNICODE | {"topic": "cộng"}]
    note, row, *_, last = _read(rows[:1])
    assert note == Note("a: question from 'Đề bài', solution from 'Lời giải'")
    assert (row.question, row.solution) == (UNICODE["question"], UNICODE["solution"])
    assert "repaired" in last.text


@pytest.mark.parametrize("names", [("§Ò bµi", "Lêi gi¶i"), ("Ñeà baøi", "Lôøi giaûi")])
def test_headers_of_old_fonts_are_known(names: tuple[str, str]):
    legacy = TCVN3 if names[0] == "§Ò bµi" else VNI
    rows = [dict(zip(names, legacy.values(), strict=True))]
    assert _texts(_read(rows)) == _texts(_read(rows, columns=Columns(question=names[0], solution=names[1])))
    assert _texts(_read(rows))[0][0] == MEANT


def test_rows_in_unicode_are_handed_on_as_they_are():
    records = [
        Record("a:1", UNICODE, "a"),
        Note("n"),
        *(Record("b:1", one, "b") for one in LOOKS_LIKE_BOTH),
        Refusal("leak", "c"),
    ]
    found = list(in_unicode(records))
    assert all(one is other for one, other in zip(found, records, strict=True))
