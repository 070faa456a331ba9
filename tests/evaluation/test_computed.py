"""What a direct question comes to, and which questions are none."""

import time

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.evaluation.question.computed import answer_fits, computed_answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Tìm 25% của 360.", "90"),
        ("Thực hiện phép tính: 82 + 58", "140"),
        ("Tính số dư trong phép chia 244 cho 6.", "4"),
        ("Biết x × 5 - 13 = 32. Hãy tìm số tự nhiên x.", "9"),
        ("Tìm số tự nhiên x, biết 8x + 19 = 323.", "38"),
        ("Số tự nhiên x bằng bao nhiêu, biết 4 . x + 88 = 208?", "30"),
        ("Tính 60 % của 60", "36"),
        ("12,5% của 80 kg là bao nhiêu?", "10 kg"),
        ("3/4 của 120 là bao nhiêu?", "90"),
        ("Tìm một số, biết 25% của số đó là 90.", "360"),
        ("Tính: 12 + 5 × 3.", "27"),
        ("Đặt tính rồi tính: 2 345 + 17", "2362"),
        ("7,5 : 2 = ?", "3,75"),
        (r"Tính $\frac{1}{3} + \frac{1}{3}$.", "2/3"),
        ("Tính giá trị biểu thức (15 - 3) : 4", "3"),
        ("Tính 5 - 8", "-3"),
        ("Đổi 3 m 5 cm ra cm.", "305 cm"),
        ("2 giờ 15 phút = ... phút", "135 phút"),
        ("2,5 kg bằng bao nhiêu g?", "2500 g"),
        ("57 chia 7 được mấy dư mấy?", "8 dư 1"),
        ("Phép chia 57 : 7 có số dư là bao nhiêu?", "1"),
        ("Tìm số dư trong phép chia 89 cho 9.", "8"),
        ("Tìm thương và số dư của phép chia 100 : 7.", "14 dư 2"),
        ("Tìm x, biết: x × 3 + 28 = 40", "4"),
        ("Tìm x biết: 3 × x - 7 = 20.", "9"),
        ("Tìm x: 48 : x = 6", "8"),
        ("1) 25 + 17 = ?", "42"),
        ("Bài 3: Tính 4 × 6", "24"),
        ("2. Tìm 25% của 360.", "90"),
        ("Tìm y, biết: 100 - y = 37", "63"),
        ("Giải phương trình 2x + 3 = 9", "3"),
        ("Giải phương trình 5x - 1 = 3x + 7", "4"),
    ],
)
def test_a_direct_question_is_computed(question: str, answer: str):
    computed = computed_answer(question)
    assert computed is not None
    assert computed.text == answer


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Một lớp có 36 em, 25% là nữ. Hỏi có bao nhiêu em nữ?",
        "Tìm 25% của 360 rồi cộng 5.",
        "Biết x + 2 = 5 và y = 3. Tìm x",
        "Cho 24 viên bi = 2 túi. Tìm x",
        "Tìm 25% của 360 học sinh và 20 giáo viên.",
        "Tính 57 : 7",
        "Tính 1.000 + 5",
        "Tính 5 : 0",
        "Tính chu vi hình vuông cạnh 5 cm.",
        "Tính 12 + 5. Viết kết quả bằng chữ.",
        "Tính nhanh: 2 + 4 + 6 + ... + 100",
        "a) 2 + 3 b) 4 + 5",
        "Đổi 1 năm ra ngày",
        "Đổi 3 m ra kg",
        "Tìm x, biết: x × x = 16",
        "Tìm x, biết: x > 5",
        "Tìm x, biết: x + 3 = x + 5",
        "Tìm x, biết: 0 × x = 0",
        "57 chia 0 dư mấy?",
        "Điền số: 3, 6, 9, ...",
        "12",
        "9" * 30_000,
        "2/ 12 + 5",
        "3: 12 + 4",
    ],
)
def test_other_questions_are_left_alone(question: str):
    assert computed_answer(question) is None


@pytest.mark.parametrize(
    ("question", "solution", "fits"),
    [
        ("Tìm 25% của 360.", "360 : 5 = 72\nĐáp số: 72", False),
        ("Tìm 25% của 360.", "360 : 4 = 90\nĐáp số: 90", True),
        ("Tìm 25% của 2 km.", "Đáp số: 500 m", True),
        ("Đổi 3 m 5 cm ra cm.", "Đáp số: 35 cm", False),
        ("Đổi 90 phút ra giờ", "Đáp số: 1 giờ 30 phút", True),
        ("57 chia 7 được mấy dư mấy?", "57 : 7 = 8 (dư 1)\nĐáp số: 8 (dư 1)", True),
        ("57 chia 7 được mấy dư mấy?", "Đáp số: 7 (dư 8)", False),
        ("Tìm x, biết: x × 3 + 28 = 40", "Đáp số: x = 4", True),
        ("Tìm x, biết: x × 3 + 28 = 40", "Đáp số: x = 12", False),
        ("Tính 3/4 + 1/2", "Đáp số: 1,25", True),
        ("Tìm 25% của 360.", "Đáp số: không biết", None),
        ("Tìm 25% của 360.", "Đáp số: khoảng 90", None),
        ("An có 3 quả, ăn 1 quả. Còn mấy quả?", "Đáp số: 7 quả", None),
        ("Tính 1,250 + 2,750", "Đáp số: 4,000", None),
        ("Tính: 12,345 - 2,345", "Đáp số: 11,000", False),
    ],
)
def test_an_answer_is_held_against_the_computed_value(question: str, solution: str, fits: bool | None):
    assert answer_fits(question, extract_answer(solution, question)) is fits


def test_no_reference_of_the_generator_is_contradicted():
    topics = ["linear_equation", "percent_of_number", "division_with_remainder", "sum_and_difference"]
    problems = list(generate_problems(100, seed=7, levels=[1], topics=topics))
    fits = [answer_fits(one.question, extract_answer(one.solution, one.question)) for one in problems]
    assert False not in fits, [one.question for one, fit in zip(problems, fits, strict=True) if fit is False]
    assert fits.count(True) > 10


@pytest.mark.parametrize("piece", ["(", "1 + ", "1 m ", "x + ", "1/"])
def test_a_hostile_question_takes_no_time(piece: str):
    began = time.process_time()
    for beginning in ("Tính ", "Đổi ", "Tìm x, biết: ", "Giải phương trình "):
        computed_answer((beginning + piece * 99)[:200])
    assert time.process_time() - began < 0.5
