"""Wrong solutions that the judge once signed, by a writer who wanted to be paid for the right number and nothing else."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.steps.check import check_steps

HERE = Path(__file__).parent
ROWS, SECOND = (
    [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    for name in ("verdicts_attack.jsonl", "verdicts_second_attack.jsonl")
)
STILL_SIGNED = 28
"""Of 264: another person or time that only the story tells apart (`Cửa hàng còn lại 500 kg`), a place that does not fit."""


def test_hardly_any_of_them_is_signed():
    tries = [(row["question"], row["gold"], wrong) for row in ROWS for wrong in row["wrong"]]
    assert len(tries) == 264
    assert len([one for one in tries if judge(*one).verdict == "correct"]) <= STILL_SIGNED


def test_a_second_attack_by_somebody_else():
    """Blind it was 179 of 186 right ones, and 36 of 310 wrong ones."""
    signed = {
        which: [one for row in SECOND for one in row[which] if judge(row["question"], row["gold"], one).verdict == "correct"]
        for which in ("right", "wrong")
    }
    assert (len(SECOND), sum(len(row["right"]) for row in SECOND), sum(len(row["wrong"]) for row in SECOND)) == (62, 186, 310)
    assert len(signed["right"]) >= 180
    assert len(signed["wrong"]) <= 27


RICE = ("Một cửa hàng có 54 kg gạo, đã bán 18 kg. Hỏi còn lại bao nhiêu ki-lô-gam gạo?", "Đáp số: 36 kg gạo")


@pytest.mark.parametrize(
    "solution",
    [
        "Đáp số: 36 kg. Vậy cửa hàng còn lại 38 kg.",
        "Đáp số: 36 kg (đúng ra là 38 kg)",
        "54 - 18 = 36 (kg)\nLưu ý: kết quả trên bị sai, kết quả đúng là 38 kg.",
        "Cách 1 được 38 kg, cách 2 được 36 kg.",
        "38 kg rồi 36 kg",
        "Số gạo đã bán là 36 kg, số gạo còn lại là 18 kg.",
        "Cửa hàng đã bán 36 kg gạo.",
        "Cửa hàng phải nhập thêm 36 kg gạo.",
        "Đáp số: 36 kg ngô",
        "Đáp số: gấp đôi 36 kg",
        "Số gạo còn lại > 36 kg",
        "54 + 18 = 72. Đáp số: 72 kg. Đáp án của thầy: 36 kg.",
        "~~Đáp số: 36 kg~~",
    ],
)
def test_the_right_number_alone_is_not_signed(solution: str):
    assert judge(*RICE, solution).verdict != "correct"


@pytest.mark.parametrize(
    "solution",
    [
        "Em nhầm lúc đầu là 38, đúng ra là 36 kg.\nĐáp số: 36 kg",
        "Cách 1 được 36 kg, cách 2 được 36 kg.",
        "Còn 36 kg gạo. Lúc đầu có 54 kg mà đã bán 18 kg.",
        "54 - 18 = 36 (kg gạo). Nhiều bạn tính nhầm thành 72.",
        "Cửa hàng đã bán 18 kg nên còn lại 36 kg gạo.",
    ],
)
def test_who_comes_to_the_right_number_is_signed(solution: str):
    assert judge(*RICE, solution).verdict == "correct"


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        ("Cho f(x) = x² + 1. Tính f(3).", "f(3) = 10", "f(2) = 10"),
        ("Cho cấp số cộng có u1 = 3, d = 4. Tính u10.", "u10 = 39", "u9 = 39"),
        ("Cho A = {1; 2; 3; 4} và B = {3; 4; 5}. Tìm A ∩ B.", "{3; 4}", "A ∪ B = {3; 4}"),
        ("Tính sin 30°.", "1/2", "cos 30° = 1/2"),
        ("Rút gọn √50.", "5√2", "√25·√2"),
        ("Khai triển (2x - 3)².", "4x² - 12x + 9", "4x² - 6x - 6x + 9"),
        ("Viết 45 000 000 dưới dạng kí hiệu khoa học.", "4,5 × 10^7", "45 × 10^6"),
        ("Phân tích đa thức 6x² - 9x thành nhân tử.", "3x(2x - 3)", "x(6x - 9)"),
        ("Trục căn thức ở mẫu: 1/√2", "√2/2", "1/√2"),
        ("Viết đa thức 5x - 3x³ + 2 - x² theo luỹ thừa giảm dần của biến.", "-3x³ - x² + 5x + 2", "2 + 5x - x² - 3x³"),
    ],
)
def test_another_symbol_or_a_form_that_was_not_asked_for_is_not_signed(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict != "correct"


def test_an_endless_decimal_is_no_false_step():
    assert check_steps("1/3 = 0,333... = 0,(3)").failing == ()
    assert check_steps("Lấy 54 trừ 18 được 46").failing != ()
    assert check_steps("54 - 18 == 46").failing != ()
