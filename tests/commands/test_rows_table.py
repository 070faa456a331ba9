"""What `mathpal data report` prints of a split, in both languages."""

import io
from collections import Counter

import pytest
from rich.console import Console

from mathpal_lightning.commands.rows_table import rows_lines, rows_table, vocabulary_lines
from mathpal_lightning.data.report import Breakdown, DataReport, Reason, Refusal, Refusals
from mathpal_lightning.report.words import Language
from mathpal_lightning.vocabulary import Coverage

REFUSED = Refusals()
REFUSED.add(Refusal("empty_question", "rows.jsonl:42"))
REFUSED.add(Refusal("missing_option", "rows.jsonl:43", "the answer C is none of the question's options"))
AGAIN = "2 questions stand more than once with different answers (4 rows repeat a question), first at a:7 and a:8: 'D' and 'A'"
REPORT = DataReport("train", 42, 40, REFUSED, 1000, 655, 60, 3, 0.875, files=("5% of rows.jsonl",), notes=(AGAIN,))
BREAKDOWN = Breakdown(
    [(32, 39), (64, 15)],
    [("sums", 40)],
    40,
    38,
    ["rows.jsonl:7 (1 + 1 = 3)"],
    [f"rows.jsonl:{n}" for n in range(9)],
    [f"drills.jsonl:{n}" for n in range(30)],
    ["exam.json:3 (A)"],
)
COVERAGE = Coverage(123_456, 120_000, 150_000, Counter({"ơi": 3456}), 14_761, 262_144)


def printed(language: Language, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(rows_table(REPORT, BREAKDOWN, language))
    assert isinstance(console.file, io.StringIO)
    return "\n".join([console.file.getvalue(), *rows_lines(REPORT, BREAKDOWN, language), *vocabulary_lines(COVERAGE, language)])


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            (
                *("rows read", "refused: empty_question", "1  (2.4%)", "3, 87.5% full", "up to 32", "60 tokens", "sums"),
                *("train rows are from 5% of rows.jsonl", "train: 1 empty_question: rows.jsonl:42"),
                "train: look at 1 of the rows: their arithmetic is false: rows.jsonl:7 (1 + 1 = 3)",
                "train: look at 30 of the rows: they have an answer but no worked solution",
                "train: look at 9 of the rows: no answer is found in their solution: rows.jsonl:0; ",
                "train: look at 1 of the rows: their solution chooses an option that the question does not have. ",
                "(Đáp số: 20 cm): exam.json:3 (A)",
                "vocabulary: 97.20% of 123,456 tokens are in the small vocabulary (14,761 of 262,144 tokens); with it the "
                "texts take 21.5% more tokens.",
                "mathpal vocabulary ROWS --out FILE",
            ),
        ),
        (
            "vi",
            (
                *("số dòng đã đọc", "bị loại: thiếu đề bài", "1  (2,4%)", "3, đầy 87,5%", "đến 32", "60 token", "sums"),
                *(
                    "dữ liệu huấn luyện: các dòng lấy từ 5% của rows.jsonl",
                    "dữ liệu huấn luyện: 1 dòng thiếu đề bài: rows.jsonl:42",
                    "2 đề bài xuất hiện nhiều lần",
                ),
                "dữ liệu huấn luyện: nên xem lại 1 dòng có phép tính sai: rows.jsonl:7 (1 + 1 = 3)",
                "dữ liệu huấn luyện: nên xem lại 30 dòng chỉ có đáp số mà không có lời giải",
                "dữ liệu huấn luyện: nên xem lại 9 dòng có lời giải không tìm thấy đáp số: rows.jsonl:0; ",
                "dữ liệu huấn luyện: nên xem lại 1 dòng có lời giải chọn một phương án mà đề bài không có. ",
                "bộ từ vựng: 97,20% trong 123 456 token".replace("123 456", "123\N{NO-BREAK SPACE}456"),
                "; dùng bộ từ vựng này, số token tăng 21,5%.",
                "mathpal vocabulary ROWS --out FILE",
            ),
        ),
    ],
)
def test_every_figure_and_line_is_in_the_reader_s_language(language: Language, expected: tuple[str, ...]):
    shown = printed(language)
    for text in expected:
        assert text in shown
    assert shown.count("rows.jsonl:7;") == 1, "eight places are named, then only that there are more"
    assert "rows.jsonl:8" not in shown
    if language == "vi":
        rest = shown.replace("rows.jsonl", "").replace("mathpal vocabulary ROWS", "")
        assert "(đáp án C không có trong các phương án của đề bài)" in shown
        assert not [word for word in ("rows", "refused", "tokens", "vocabulary", "look", "arithmetic") if word in rest]


def test_every_reason_has_a_name():
    from typing import get_args

    from mathpal_lightning.report.words import words

    assert set(get_args(Reason)) <= words("vi").keys()


def test_a_bar_stands_beside_its_number_in_a_narrow_terminal():
    said = printed("en", width=60).splitlines()
    assert ["█" in line for line in said if "up to" in line] == [True, True]
    longest, other = (line.count("█") for line in said if "up to" in line)
    assert longest > 2 * other > 0
