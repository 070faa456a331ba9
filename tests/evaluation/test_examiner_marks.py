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
