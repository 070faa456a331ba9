"""Wrong solutions that the judge once signed, by a writer who wanted to be paid for the right number and nothing else."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.steps.check import check_steps

HERE = Path(__file__).parent
ROWS, SECOND, THIRD = (
    [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    for name in ("verdicts_attack.jsonl", "verdicts_second_attack.jsonl", "verdicts_third_attack.jsonl")
)
STILL_SIGNED = 18
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
    assert len(signed["wrong"]) <= 6


def test_a_third_attack_by_somebody_else():
    """Blind it was 82 of 90 right ones, and 59 of 225 wrong ones: most of them say something true of something else."""
    signed = {
        which: [one for row in THIRD for one in row[which] if judge(row["question"], row["gold"], one).verdict == "correct"]
        for which in ("right", "wrong")
    }
    assert (len(THIRD), sum(len(row["right"]) for row in THIRD), sum(len(row["wrong"]) for row in THIRD)) == (45, 90, 225)
    assert len(signed["right"]) >= 82
    assert len(signed["wrong"]) <= 47


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


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        ("Cho y = 2x + b. Tìm b biết đồ thị đi qua M(1; 5).", "3", "a = 3"),
        ("Tìm giá trị nhỏ nhất của P = x² - 4x + 9.", "5", "x = 5"),
        ("Tìm số hạng tiếp theo của dãy 2; 5; 8; 11; ...", "14", "Số hạng thứ 14"),
        ("Tính diện tích hình thang đáy 12 dm và 8 dm, cao 5 dm.", "50 dm²", "Chiều cao hình thang là 50 dm²."),
        ("Quy đồng mẫu số hai phân số 2/3 và 3/5.", "10/15 và 9/15", "2/3 = 9/15; 3/5 = 10/15"),
        ("Tìm hai số có tổng là 90 và tỉ số 2/3.", "36 và 54", "Số lớn là 36, số bé là 54."),
        ("Tam giác ABC vuông tại A. Tính BC và AH.", "BC = 15; AH = 7,2", "BC = 15; BH = 7,2"),
        ("Trung bình mỗi lớp trồng được bao nhiêu cây?", "48 cây", "Trung bình mỗi học sinh trồng được 48 cây."),
        ("Tìm số trung vị của 4; 6; 7; 8; 10; 13.", "7,5", "Tứ phân vị thứ nhất Q1 = 7,5."),
        ("Giải phương trình (x - 1)/2 = (x + 3)/4.", "x = 5", "Nghiệm là x = 5 và x = 1."),
        ("Giải phương trình (x - 1)/2 = (x + 3)/4.", "x = 5", "x + 3 = 5"),
        ("Áo giá 250 nghìn.\na) Số tiền được giảm là bao nhiêu?\nb) Giá bán là bao nhiêu?", "a) 50 nghìn; b) 200 nghìn",
         "a) Giá bán là 50 nghìn.\nb) Số tiền được giảm là 200 nghìn."),
        ("Lãi suất là bao nhiêu?", "6%/năm", "6%/tháng"),
        ("Viết tỉ số của 12 và 18 dưới dạng tối giản.", "2 : 3", "12 : 18"),
    ],
)  # fmt: skip
def test_the_right_value_of_something_else_is_not_signed(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict != "correct"


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        ("Tính diện tích hình vuông cạnh 5 cm.", "25 cm²", "Diện tích hình vuông cạnh 5 cm là 25 cm²."),
        ("Tính diện tích hình chữ nhật dài 5 cm, rộng 3 cm.", "15 cm²", "Hình dài 5 cm, chiều rộng 3 cm có diện tích 15 cm²."),
        ("Tính chu vi hình vuông có diện tích 25 cm².", "20 cm", "Hình vuông có diện tích 25 cm² thì chu vi là 20 cm."),
        ("Bể dài 2 m, rộng 1 m, cao 1 m chứa bao nhiêu lít nước?", "2000 lít", "Bể có chiều cao 1 m chứa được 2000 lít nước."),
        ("An có 5 bi, Bình có 7 bi. Hỏi hai bạn có bao nhiêu bi?", "12 bi", "Cả hai bạn có 12 bi."),
        ("Thùng có 20 lít, rót ra 5 lít. Hỏi trong thùng có bao nhiêu lít?", "15 lít", "Trong thùng còn lại 15 lít."),
        ("Tìm giá trị nhỏ nhất của P = x² - 4x + 9.", "5", "P = 5"),
        ("Tính phương sai của mẫu 1; 3.", "1", "Phương sai bằng 1."),
        ("Cấp số cộng có u1 = 2, u2 = 5. Tìm công sai.", "3", "d = 5 - 2 = 3 nên công sai bằng 3"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_asked_thing_is_signed(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict == "correct"


def test_an_endless_decimal_is_no_false_step():
    assert check_steps("1/3 = 0,333... = 0,(3)").failing == ()
    assert check_steps("Lấy 54 trừ 18 được 46").failing != ()
    assert check_steps("54 - 18 == 46").failing != ()
