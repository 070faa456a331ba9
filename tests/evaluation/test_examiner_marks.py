"""An examiner's marks are no part of a solution."""

import pytest

from mathpal_lightning.evaluation import check_steps, extract_answer
from mathpal_lightning.evaluation.solution.examiner_marks import without_marks


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("x = 5 (0,5 điểm)", "x = 5"),
        ("x = 5 (0,5đ).", "x = 5."),
        ("x = 5 [0,25 điểm]", "x = 5"),
        ("x = 5  0,5đ", "x = 5"),
        ("x = 5 | 0,5đ", "x = 5"),
        ("2x = 10 0,25đ\nx = 5 0,25đ", "2x = 10\nx = 5"),
        ("2x = 10 (0,25)\nx = 5 (0,25)", "2x = 10\nx = 5"),
        ("$2x = 10$ 0,25\nVậy x = 5. 0,25", "$2x = 10$\nVậy x = 5."),
        ("Đáp số: 27 bạn (thiếu đáp số trừ 0,25đ)", "Đáp số: 27 bạn"),
        ("3x = 12 | 0,25\nVậy phương trình có nghiệm x = 4. | 0,25", "3x = 12\nVậy phương trình có nghiệm x = 4."),
        ("x - 1 = 2 | 0,5\nx = 3 | 1", "x - 1 = 2\nx = 3"),
        ("3x = 12\t0,25\nVậy phương trình vô nghiệm\t0,25", "3x = 12\nVậy phương trình vô nghiệm"),
        ("$3x = 12$ \\hfill 0,25\n$x = 4$ \\hfill **0,25**", "$3x = 12$\n$x = 4$"),
        ("3x = 12 & 0,5 \\\\\nx = 4 & 0,5 \\\\", "3x = 12\nx = 4"),
        ("3x = 12 | 0,25 + 0,25\nx = 4 | 2x0,25", "3x = 12\nx = 4"),
        ("3x = 12 (0,25đ x 2)", "3x = 12"),
        ("3x = 12\n0,25\nx = 4\n0,25", "3x = 12\nx = 4"),
        ("3x = 12 // 0,25\nx = 4 // 0,25", "3x = 12\nx = 4"),
        ("3x = 12; 0,25đ\nx = 4; 0,5đ", "3x = 12\nx = 4"),
        ("Ta có: | 1\n3x = 12 | 1\nx = 4 | 2", "Ta có:\n3x = 12\nx = 4"),
        ("3x = 12 | 1/4\nx = 4 | 1/4", "3x = 12\nx = 4"),
        ("3x = 12 (1/4đ)\nx = 4 (1/4đ)", "3x = 12\nx = 4"),
        ("3x = 12 (+0,25)\nx = 4 (+0,25)", "3x = 12\nx = 4"),
        ("3x = 12 (+0,25đ)", "3x = 12"),
        ("3x = 12 : 0,25đ\nx = 4 : 0,25đ", "3x = 12\nx = 4"),
        ("3x = 12 +0,25đ\nx = 4 +0,25đ", "3x = 12\nx = 4"),
        ("Vậy x = 5 0,5 điểm", "Vậy x = 5"),
        ("3x = 12 ( 0,25 đ )\nx = 4 ( 0,25 đ )", "3x = 12\nx = 4"),
        ("3x = 12 (0.25 pt)\nx = 4 <b>0,25</b>", "3x = 12\nx = 4"),
        ("3x = 12 ……(0,5đ)", "3x = 12"),
        ("3x = 12\n\n0,5 điểm\n\nx = 4\n\n0,5 điểm", "3x = 12\n\nx = 4"),
        ("Dài là 24 (m) ... 0,5đ", "Dài là 24 (m)"),
        ("|Câu|Nội dung|Điểm|\n|---|---|---|\n|1a|x = 5|0,5|\n|1b|y = 6|0,25<br>0,25|", "a) x = 5\nb) y = 6"),
        ("Nội dung | Điểm\n3x = 12 | 0,5\nVậy x = 4 | 0,5", "3x = 12\nVậy x = 4"),
    ],
)
def test_marks_go(written: str, plain: str):
    assert without_marks(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Điểm trung bình là 1,5 điểm",
        "Chai to: 0,75\nChai nhỏ: 0,5",
        "a = 0,25\nb = 0,5",
        "Đáp số: 2 điểm",
        "f(0,5)",
        "M là trung điểm (2 điểm A, B)",
        "Giá: 500 đ",
        "(0,25) là số",
        "Hoa được 2 điểm\nMai được 1 điểm",
        "| Hoa | 0,5 |\n| Mai | 0,75 |",
        "1/2 =\n0,5\n1/4 =\n0,25",
        "x + y = 12 (1)\nx - y = 2 (2)",
        "0,25\n0,5",
        "x ≈ 0,5\ny = 3 ≈ 0,25",
        "a = 1; 0,5\nb = 2; 0,25",
        "Vở giá 2 đ, bút 1 đ",
        "x + y = 4 ⇒ 2\nx = 4 ⇒ 1",
        "126 x (9,8 + 0,7 - 0,5)\n= 12 x (10,5 - 0,5)",
        "$0,25 \\times 3 + 3 \\times 0,75$\n$= 3 \\times (0,25 + 0,75)$\n= 3 x (0,5 + 0,5)\n= 3 x 0,5",
        "4,5 - 0,5\n= 5 - 1 - 0,5",
        "a = 3 | 1/2 là số hữu tỉ",
        "2 × 3 = 6 (1/4 của 24)",
        "Lan: 0,5 điểm\nMai: 0,25 điểm",
    ],
)
def test_what_is_no_mark_stays(text: str):
    assert without_marks(text) == text


def test_a_key_is_read_and_its_steps_are_checked():
    key = "Chiều rộng: 24 × 2/3 = 16 (m)  0,5 điểm\nDiện tích: 24 × 16 = 384 (m²)  0,5 điểm\nĐáp số: 384 m²  0,25 điểm"
    answer = extract_answer(key, "Tính diện tích mảnh đất.")
    assert answer is not None
    assert answer.canonical() == "384 m^2"
    assert (check_steps(key).checked, check_steps(key).failing) == (2, ())
