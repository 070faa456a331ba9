"""Parts that are read by their letters alone or judged one by one, and what references and solutions say in other forms."""

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.solution.bare_letters import with_brackets

SUMS = "Tính:\na) 2/3 + 1/4\nb) 5/6 - 1/3\nc) 3/5 × 10/9"
BLANKS = "Tìm số thích hợp:\na) ... + 26 = 61\nb) 5 × ... = 45"
ANGLES = "Cho biết mỗi góc có số đo sau là góc gì?\na) 60°\nb) 90°\nc) 120°"
CHANCE = "Viết tỉ số của:\na) số lần mặt sấp và tổng số lần tung\nb) số lần mặt ngửa và tổng số lần tung"
SHARES = (
    "Một lớp có 40 học sinh gồm ba loại: giỏi, khá, trung bình. Số học sinh giỏi chiếm 1/5 số học sinh cả lớp. "
    "Số học sinh trung bình bằng 3/8 số học sinh còn lại. Tính số học sinh mỗi loại."
)
SHARES_WORKED = (
    "Giỏi: 40 . 1/5 = 8 (học sinh). Còn lại: 32 học sinh. Trung bình: 32 . 3/8 = 12 (học sinh). Khá: 32 - 12 = 20 (học sinh)."
)
BOTH_WAYS = "Một số tăng 20% rồi giảm 20% thì tăng hay giảm bao nhiêu phần trăm?"


@pytest.mark.parametrize(
    ("question", "reference", "right", "wrong"),
    [
        (SUMS, "a) 11/12\nb) 1/2\nc) 2/3", "a 11/12\nb 1/2\nc 2/3", "a 11/12\nb 2/3\nc 1/2"),
        (SUMS, "a) 11/12\nb) 1/2\nc) 2/3", "a 11/12, b 1/2, c 2/3", "a 11/12, b 1/2"),
        (BLANKS, "a) 35\nb) 9", "a là 35 (35 + 26 = 61), b là 9 vì 5 nhân 9 bằng 45", "a là 35, b là 8 vì 5 nhân 8 bằng 40"),
        (BLANKS, "a) 35\nb) 9", "câu a bằng 35 còn câu b bằng 9", "câu a bằng 9 còn câu b bằng 35"),
        (BLANKS, "a) 35\nb) 9", "a) 35 (35 + 26 = 61)\nb) 9", "a) 36 (35 + 26 = 61)\nb) 9"),
        (ANGLES, "a) góc nhọn; b) góc vuông; c) góc tù", "a nhọn, b vuông, c tù", "a nhọn, b tù, c vuông"),
        (ANGLES, "a) góc nhọn; b) góc vuông; c) góc tù", "a) nhọn\nb) vuông\nc) tù", "a) tù\nb) vuông\nc) nhọn"),
        (CHANCE, "a) 12/20 (hay 3/5)\nb) 8/20 (hay 2/5)", "a) 3/5\nb) 8/20", "a) 2/5\nb) 3/5"),
        (
            "Tìm:\na) góc giữa SC và (ABCD)\nb) thể tích khối chóp",
            "a) tan SCA = SA/AC = 1 nên góc bằng 45°.\nb) V = 12",
            "a) 45°\nb) 12",
            "a) 1\nb) 12",
        ),
        (SHARES, SHARES_WORKED, "8 bạn giỏi, 20 bạn khá, 12 bạn trung bình", "8 bạn giỏi, 12 bạn khá, 20 bạn trung bình"),
        (SHARES, SHARES_WORKED, "Đáp số: giỏi 8, khá 20, trung bình 12.", "Đáp số: giỏi 8, khá 32, trung bình 12."),
        (BOTH_WAYS, "Giảm 4%", "Số đó giảm 4%.", "Số đó tăng 4%."),
        (BOTH_WAYS, "Giảm 4%", "Giảm 4%.", "Tăng 4%."),
        ("Tính độ dài AB.", "AB^2 = 25 nên AB bằng 5 cm.", "5 cm", "25 cm"),
        ("Tính xác suất.", "0,25 (hay 25%)", "25%", "2,5%"),
        ("Tìm giá trị cực đại của y = x^3 - 3x + 2.", "Giá trị cực đại: y(-1) = 4", "Vậy y_CĐ = y(-1) = 4.", "-1"),
        ("Tìm giá trị cực đại của y = x^3 - 3x + 2.", "y(-1) = 4", "Giá trị cực đại là 4.", "Hàm số đạt cực đại tại x = 4."),
        ("Tìm giá trị cực đại của y = x^3 - 3x + 2.", "y(-1) = 4", "Giá trị cực đại bằng 4", "Hàm số có 4 điểm cực đại."),
        ("Tìm số thích hợp: ... + 26 = 61", "35", "35 (35 + 26 = 61)", "36 (35 + 26 = 61)"),
        ("Tìm số thích hợp: ... + 26 = 61", "35", "Câu 1: 35 + 26 = 61", "Số cần điền là 36: 35 + 26 = 61"),
        ("Viết số 648 thành tổng các trăm, chục và đơn vị.", "648 = 600 + 40 + 8", "600 + 40 + 8", "648 = 600 + 48"),
        (
            "Chữ số 7 trong số 5 072 304 thuộc hàng nào, lớp nào và có giá trị là bao nhiêu?",
            "Chữ số 7 thuộc hàng chục nghìn, lớp nghìn; giá trị của chữ số 7 là 70 000.",
            "Chữ số 7 thuộc hàng chục nghìn, lớp nghìn và có giá trị là 70 000.",
            "Chữ số 7 thuộc hàng chục nghìn, lớp nghìn và có giá trị là 7 000.",
        ),
        (
            "Cho A(1; 2), B(4; 6). Tìm toạ độ vectơ AB, độ dài AB và toạ độ trung điểm M của AB.",
            "AB = (3; 4); AB = 5; M(5/2; 4)",
            "AB = (3; 4); AB = 5; M(5/2; 4).",
            "AB = (3; 4); AB = 7; M(5/2; 4)",
        ),
        ("Tính giới hạn của x + 3 khi x dần tới 3.", "lim (x + 3) = 6 khi x → 3.", "6", "3"),
        (
            "Tìm giá trị lớn nhất và giá trị nhỏ nhất của f(x) = x^4 - 2x^2 + 3 trên đoạn [0; 2].",
            "Giá trị lớn nhất bằng 11 (tại x = 2); giá trị nhỏ nhất bằng 2 (tại x = 1)",
            "Giá trị lớn nhất là 11, giá trị nhỏ nhất là 2.",
            "Giá trị lớn nhất là 2, giá trị nhỏ nhất là 11.",
        ),
        (
            "Tìm các chữ số a, b sao cho số 4a5b chia hết cho cả 2; 5 và 9.",
            "Vậy (a; b) là (0; 0) hoặc (9; 0).",
            "Vậy a = 0, b = 0 hoặc a = 9, b = 0.",
            "Vậy a = 0, b = 0 hoặc a = 9, b = 5.",
        ),
        (
            "Cho cấp số cộng có u_1 = 3, d = 4. Tính S_10.",
            "S_10 = 210",
            "Tổng 10 số hạng đầu: S_10 = 5 × 42 = 210",
            "u_10 = 210",
        ),
        ("Bài học kéo dài bao nhiêu phút?", "35 phút", "35p nhé", "40p nhé"),
        ("Năm 1954 thuộc thế kỉ nào?", "Thế kỉ XX", "tk XX nha", "tk XIX nha"),
        ("Ngày kia là thứ mấy?", "thứ Sáu", "t6 nha", "t5 nha"),
        ("Góc 150° là: A. 2π/3 B. 3π/4 C. 5π/6", "C", "C (5π/6)", "C (3π/4)"),
        ("So sánh 3/4 và 4/5.", "3/4 < 4/5", "Đáp số: 4/5 lớn hơn", "Đáp số: 3/4 lớn hơn"),
        ("So sánh 3/4 và 4/5.", "3/4 < 4/5", "Số 3/4 bé hơn.", "Số 4/5 bé hơn."),
        ("Em nghĩ một số. Số em nghĩ là số mấy?", "9", "Số 9 nè, vì 9 × 3 = 27", "Số 27 nè, vì 9 × 3 = 27"),
    ],
)
def test_the_right_one_is_signed_and_the_wrong_one_is_not(question: str, reference: str, right: str, wrong: str):
    assert [judge(question, reference, said).verdict == "correct" for said in (right, wrong)] == [True, False]


@pytest.mark.parametrize(
    "said",
    ["a + b = 5", "a 5", "a 5, b", "a 5, b 6, a 7", "b 5, a 6", "a) 5, b 6", "Ta có a 5, b 6", "a > 5, b 6"],
)
def test_letters_that_name_no_part_stay(said: str):
    assert with_brackets(said, "Tính:\na) 2 + 3\nb) 2 + 4") == said


def test_letters_of_unknowns_are_no_parts():
    assert with_brackets("a 5, b 6", "Tìm a và b:\na) biết a + b = 11\nb) biết a - b = 1") == "a 5, b 6"


def test_a_part_that_is_wrong_or_missing_is_not_excused_by_the_others():
    assert judge(ANGLES, "a) góc nhọn; b) góc vuông; c) góc tù", "a) nhọn\nb) vuông").verdict == "wrong"
    strict = judge(BLANKS, "a) 35\nb) 9", "a) 35, vì 35 + 26 = 62\nb) 9 vì 5 nhân 9 bằng 45", strict=True)
    assert strict.verdict == "wrong"
