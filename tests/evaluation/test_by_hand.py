"""Carries, quotients, words and chains that go on below are checked as signs are."""

import pytest

from mathpal_lightning.evaluation import check_steps


@pytest.mark.parametrize(
    ("solution", "checked", "failing"),
    [
        ("7 × 6 = 42 (viết 2, nhớ 4)", 1, []),
        ("7 × 6 = 42 (viết 4, nhớ 2)", 1, ["42 viết 4, nhớ 2"]),
        ("7 × 6 = 43 (viết 3, nhớ 4)", 1, ["7 × 6 = 43"]),
        ("8 + 5 = 13, viết 3 nhớ 1; 2 + 3 + 1 = 6", 2, []),
        ("8 + 5 = 13, viết 1 nhớ 3", 1, ["13 viết 1, nhớ 3"]),
        ("12 - 8 = 4, viết 4 nhớ 1", 1, []),
        ("24 : 7 được 3; 7 × 3 = 21; 24 - 21 = 3", 2, []),
        ("20 : 7 được 3", 0, ["20 : 7 được 3"]),
        ("12 cộng 5 bằng 18", 1, ["12 + 5 = 18"]),
        ("24 chia cho 7 bằng 3 dư 3", 1, []),
        ("20% của 360 kg gạo là 72 kg", 1, []),
        ("1/4 của 20 cái kẹo là 6 cái kẹo", 1, ["1/4 × 20 = 6"]),
        ("a) 3 + 4 = 8", 1, ["3 + 4 = 8"]),
        ("| 3 + 4 = 7 | 5 + 6 = 12 |", 2, ["5 + 6 = 12"]),
        ("Bước 1: 3 + 4 = 7", 1, []),
        ("- 3 + 4 = 7", 1, []),
        ("25 + 38: 5 + 8 = 13, viết 3 nhớ 1", 1, []),
        ("3 + 4 = 8 vì em đếm", 1, ["3 + 4 = 8"]),
        ("3 + 4 = 8!", 1, ["3 + 4 = 8"]),
        ("x + 5 = 12\nx = 12 - 5\nx = 8", 1, ["12 - 5 = 8"]),
        ("A = 3 × 4 + 5\n= 12 + 5\n= 18", 2, ["12 + 5 = 18"]),
        ("x = 3 - 1\nx = 2 hoặc x = 4", 0, []),
        ("x = 12 - 5\ny = 8", 0, []),
        ("Số bi của An bằng 1/2 số bi của Bình.", 0, []),
    ],
)
def test_what_stands_beside_the_signs(solution: str, checked: int, failing: list[str]):
    report = check_steps(solution)
    assert (report.checked, list(report.failing)) == (checked, failing)


@pytest.mark.parametrize(
    "line",
    ["12 cm × 5 cm = 60 cm", "5 kg + 3 kg = 8 m", "5 m + 3 cm = 8 m", "24 kg : 4 kg = 6 kg", "3 dm × 4 cm = 12 cm^2"],
)
def test_a_unit_that_its_numbers_do_not_have_is_false(line: str):
    assert check_steps(line).failing == (line,)


@pytest.mark.parametrize(
    "line", ["12 cm × 5 cm = 60 cm^2", "3 m × 2 = 6 m", "24 kg : 4 kg = 6", "12 × 5 = 60 (cm^2)", "60 km : 2 giờ = 30 km"]
)
def test_a_unit_that_they_may_have_is_not(line: str):
    assert check_steps(line).holds
