"""The same number answers `thứ mấy` behind `thứ`, and not behind `ngày` or `tháng`."""

import pytest

from mathpal_lightning.evaluation import judge

WEEKDAY = ("Hôm qua là thứ Hai. Hỏi hôm nay là thứ mấy?", "thứ Ba")
CENTURY = ("Năm 1945 thuộc thế kỉ thứ mấy?", "thế kỉ XX")
MONTH = ("Hội chợ mở vào tháng mấy?", "tháng 3")
DATE = ("Hội chợ mở vào ngày mấy tháng 6?", "ngày 20")


@pytest.mark.parametrize(
    ("problem", "solution"),
    [
        (WEEKDAY, "Hôm nay là thứ 3."),
        (WEEKDAY, "Hôm nay là thứ ba, ngày 3."),
        (WEEKDAY, "3"),
        (CENTURY, "Đáp số: thế kỷ 20"),
        (CENTURY, "Đáp số: thứ 20"),
        (MONTH, "Đáp số: tháng 3"),
        (DATE, "Đáp số: ngày 20"),
        (DATE, "Đáp số: 20"),
    ],
)
def test_what_a_teacher_signs(problem: tuple[str, str], solution: str):
    assert judge(*problem, solution).verdict == "correct"


@pytest.mark.parametrize(
    ("problem", "solution"),
    [
        (WEEKDAY, "Hôm nay là ngày 3."),
        (WEEKDAY, "Đáp số: ngày 3"),
        (WEEKDAY, "Đáp số: 3 ngày"),
        (WEEKDAY, "Đáp số: tháng ba"),
        (WEEKDAY, "Đáp số: tuần 3"),
        (CENTURY, "Đáp số: năm 20"),
        (CENTURY, "Đáp số: ngày 20"),
        (MONTH, "Đáp số: thứ Ba"),
        (MONTH, "Đó là ngày 3."),
        (DATE, "Đáp số: tháng 20"),
    ],
)
def test_what_no_teacher_signs(problem: tuple[str, str], solution: str):
    assert judge(*problem, solution).verdict != "correct"
