"""A solution that is one line and nothing but its answer, and the words that a question asks for."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

OPTIONS = "Kết quả của 3 + 4 là: A. 6 B. 7 C. 8 D. 9"
WHO = "Trong ba bạn Lan, Hoa, Minh, ai cao nhất?"
SQUARE = "Tứ giác ABCD là hình gì?"
PRIME = "Số 7 là số nguyên tố hay hợp số?"
DAY = "Hỏi ngày 20 tháng 11 là thứ mấy?"
LINE = "Viết phương trình đường thẳng qua A(0; 1) và B(1; 3)."

ALONE = [
    (OPTIONS, "B", "B"),
    (OPTIONS, "Câu 3: B", "B"),
    (OPTIONS, "3 + 4 = 7 ⇒ B", "B"),
    (WHO, "Hoa", "Hoa"),
    (WHO, "Bạn Hoa", "Bạn Hoa"),
    (WHO, "Hoa cao nhất.", "Hoa"),
    (SQUARE, "hình thoi", "hình thoi"),
    (SQUARE, "ABCD là hình thoi.", "hình thoi"),
    ("Tam giác có ba góc bằng nhau là tam giác gì?", "Tam giác đó là tam giác đều.", "tam giác đều"),
    (PRIME, "số nguyên tố", "số nguyên tố"),
    (PRIME, "Số 7 là số nguyên tố.", "số nguyên tố"),
    ("Khẳng định đúng hay sai?", "Sai", "sai"),
    (DAY, "thứ 6", "thứ 6"),
    (DAY, "Ngày 20 tháng 11 là thứ Sáu.", "thứ Sáu"),
    (DAY, "Chủ nhật", "Chủ nhật"),
    ("Có chia đều được không?", "Không", "Không"),
    (LINE, "y = 2x + 1", "y = 2x + 1"),
    ("Giải bất phương trình |x| < 2", "-2<x<2", "-2 < x < 2"),
    ("Điều kiện xác định của 1/(x - 4)?", "x khác 4", "x ≠ 4"),
    ("Tìm x để √(x - 2) có nghĩa.", "x lớn hơn hoặc bằng 2", "x ≥ 2"),
    ("Nguyên hàm của 2x?", "x²+C", "x^2+C"),
    ("Bậc của đa thức x⁵ + 2 là mấy?", "bậc 5", "5"),
    ("Tính số bi đỏ và số bi xanh.", "Bi xanh: 20 viên; bi đỏ: 12 viên", ["12 viên", "20 viên"]),
]
NOTHING = [
    (WHO, "Em không biết"),
    (WHO, "Lan hay Hoa"),
    (WHO, "Lan, Hoa"),
    (SQUARE, "Xem hình vẽ"),
    (SQUARE, "hình gì?"),
    (PRIME, "số nguyên tố hay hợp số"),
    ("Khẳng định đúng hay sai?", "đúng hay sai"),
    ("Tìm x, biết 2x + 3 = 11.", "2x = 11 - 3"),
    ("Giải phương trình x - 3 = 0.", "x - 3 = 0"),
    ("Tìm x để √(x - 2) có nghĩa.", "x - 2 ≥ 0"),
    ("Tính thể tích hình lập phương cạnh 5 cm.", "chưa làm được ạ"),
]


@pytest.mark.parametrize(("question", "solution", "canonical"), ALONE)
def test_a_line_that_is_the_answer(question: str, solution: str, canonical: str | list[str]):
    answer = extract_answer(solution, question)
    assert answer is not None
    assert answer.canonical() == canonical


@pytest.mark.parametrize(("question", "solution"), NOTHING)
def test_a_line_that_is_none(question: str, solution: str):
    assert extract_answer(solution, question) is None


@pytest.mark.parametrize(
    ("question", "gold", "solution", "right"),
    [
        (DAY, "thứ Sáu", "thứ 6", True),
        (DAY, "thứ Sáu", "Vậy ngày đó là thứ Bảy.", False),
        ("Điền Đ hay S: 0,5 = 1/2", "Đ", "Đúng", True),
        ("Điền Đ hay S: 0,5 = 1/3", "S", "Đúng", False),
        ("Nam nên chọn gói nào?", "gói B", "Vậy Nam nên chọn gói B.", True),
        ("Nam nên chọn gói nào?", "gói B", "Vậy Nam nên chọn gói A.", False),
        ("Nam nên chọn gói nào?", "gói B", "Vậy Nam không nên chọn gói B.", False),
        ("Hình nào có trục đối xứng? A. Hình bình hành B. Hình thang cân", "B", "Đáp án đúng: Hình thang cân", True),
        ("Hình nào có trục đối xứng? A. Hình bình hành B. Hình thang cân", "B", "Đáp án đúng: Hình bình hành", False),
        ("An đứng thứ mấy?", "thứ 3", "An đứng thứ ba.", True),
    ],
)
def test_words_are_compared_by_what_they_say(question: str, gold: str, solution: str, right: bool):
    assert (judge(question, gold, solution).verdict == "correct") is right
