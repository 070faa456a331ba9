"""Several results without names, in the order of the question; what is asked of each of several; names beside amounts."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

SUMS = "Đặt tính rồi tính:\na) 4568 + 2754\nb) 9003 − 4687\nc) 1206 × 7"
SUMS_KEY = "a) 7322; b) 4316; c) 8442"
BLANKS = "Số?\n5 m 7 cm = … cm\n3 km 40 m = … m\n2 tấn 5 yến = … kg"
SIGNS = "Điền dấu >, <, = vào chỗ chấm:\na) 3/4 ... 5/8\nb) 2,05 ... 2,5\nc) 7/2 ... 3,5"
TRUTHS = "Các khẳng định sau đúng hay sai?\n(1) Số 1 là số nguyên tố.\n(2) √16 là số vô tỉ.\n(3) −3 > −5."
TREES = "Lớp 4A trồng ít hơn lớp 4B 28 cây, và bằng 5/9 số cây của lớp 4B. Mỗi lớp trồng được bao nhiêu cây?"
TREES_KEY = "Giá trị một phần là: 28 : 4 = 7 (cây)\nLớp 4A trồng được: 7 × 5 = 35 (cây)\nLớp 4B trồng được: 7 × 9 = 63 (cây)"
CARS = "Trong bãi có 40 chiếc xe gồm xe máy (2 bánh) và ô tô (4 bánh), có 116 bánh xe. Có bao nhiêu xe mỗi loại?"
CARS_KEY = "Số ô tô: 36 : 2 = 18 (chiếc).\nSố xe máy: 40 − 18 = 22 (chiếc)."
BOOKS = (
    "Lớp 3A góp 85 quyển, lớp 3B góp 102 quyển, lớp 3C góp 79 quyển. Lớp nào góp được nhiều nhất? "
    "Lớp đó góp nhiều hơn lớp ít nhất bao nhiêu quyển?"
)
BOOKS_KEY = (
    "Vì 102 > 85 > 79 nên lớp 3B góp nhiều nhất, lớp 3C ít nhất.\nLớp 3B nhiều hơn lớp 3C số quyển là: 102 - 79 = 23 (quyển)."
)
PARABOLA = "Cho hàm số y = -2x² + 8x - 3. Tìm tọa độ đỉnh của đồ thị và khoảng đồng biến của hàm số."
PARABOLA_KEY = "Đỉnh I(2; 5). Hàm số đồng biến trên (-∞; 2)."
CLASSES = "Ba lớp 7A, 7B, 7C góp sách, lần lượt tỉ lệ với 5; 6; 8, tổng là 152 quyển. Tính số sách mỗi lớp góp được."
CLASSES_KEY = "Lớp 7A: 40 quyển; lớp 7B: 48 quyển; lớp 7C: 64 quyển"


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        (SUMS, SUMS_KEY, "Kết quả ba phép tính theo thứ tự là 7 322, 4 316 và 8 442."),
        (SUMS, SUMS_KEY, "câu 1: 7322\ncâu 2: 4316\ncâu 3: 8442"),
        (BLANKS, "507; 3040; 2050", "Các số cần điền lần lượt từ trên xuống: 507 – 3040 – 2050."),
        (SIGNS, "a) >; b) <; c) =", "Lần lượt điền: lớn hơn, bé hơn, bằng."),
        (TRUTHS, "(1) Sai. (2) Sai. (3) Đúng.", "1S 2S 3Đ"),
        (TRUTHS, "(1) Sai. (2) Sai. (3) Đúng.", "SSĐ"),
        (TREES, TREES_KEY, "4A: 35 cây | 4B: 63 cây"),
        (TREES, TREES_KEY, "Số cây lớp 4B là:\n28 : (9 − 5) × 9 = 63 (cây)\nSố cây lớp 4A là:\n63 − 28 = 35 (cây)"),
        (CARS, CARS_KEY, "Đáp số: 22 xe máy, 18 ô tô"),
        (BOOKS, BOOKS_KEY, "Đáp số: lớp 3B; 23 quyển"),
        (BOOKS, BOOKS_KEY, "Lớp 3B góp nhiều nhất và nhiều hơn lớp ít nhất 23 quyển."),
        (PARABOLA, PARABOLA_KEY, "Đỉnh: $\\boxed{I(2;5)}$\nĐồng biến trên $\\boxed{(-\\infty;2)}$"),
        (
            PARABOLA,
            PARABOLA_KEY,
            "Tung độ đỉnh: y = 5\nVậy đỉnh I(2; 5).\nHàm số đồng biến trên (-∞; 2), nghịch biến trên (2; +∞).",
        ),
        (CLASSES, CLASSES_KEY, "Vậy lớp 7A góp 40 quyển, lớp 7B 48 quyển, lớp 7C 64 quyển."),
    ],
)
def test_right_results_are_found(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict == "correct"


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        (SUMS, SUMS_KEY, "Kết quả theo thứ tự là 4 316, 7 322 và 8 442."),
        (SUMS, SUMS_KEY, "câu 2: 7322\ncâu 1: 4316\ncâu 3: 8442"),
        (SUMS, SUMS_KEY, "7322; 4316"),
        (BLANKS, "507; 3040; 2050", "507 – 2050 – 3040"),
        (SIGNS, "a) >; b) <; c) =", "Lần lượt điền: bé hơn, lớn hơn, bằng."),
        (TRUTHS, "(1) Sai. (2) Sai. (3) Đúng.", "1S 2Đ 3Đ"),
        (TREES, TREES_KEY, "63 cây"),
        (TREES, TREES_KEY, "4A: 63 cây | 4B: 35 cây"),
        (CARS, CARS_KEY, "22 chiếc"),
        (CARS, CARS_KEY, "Đáp số: 18 xe máy, 22 ô tô"),
        (BOOKS, BOOKS_KEY, "Đáp số: lớp 3A; 23 quyển"),
        (BOOKS, BOOKS_KEY, "Đáp số: 23 quyển"),
        (PARABOLA, PARABOLA_KEY, "Đỉnh: $\\boxed{I(5;2)}$\nĐồng biến trên $\\boxed{(-\\infty;2)}$"),
        (CLASSES, CLASSES_KEY, "Vậy lớp 7A góp 64 quyển, lớp 7B 48 quyển, lớp 7C 40 quyển."),
    ],
)
def test_wrong_ones_are_not_signed(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict != "correct"


def test_names_that_a_question_does_not_have_raise_nothing():
    assert extract_answer("Chưa rõ.", "Ai cao nhất, ai thấp nhất?") is None
