"""What a Vietnamese teacher would not sign, and what she would: each row is one kind, with the reason that the pupil reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.evaluation import grade, judge
from mathpal_lightning.schema import Judgement
from tests.pace import seconds

OPTIONS = "Diện tích hình vuông cạnh 5 cm là: A. 20 cm² B. 25 cm² C. 30 cm² D. 10 cm²"
SUGAR = "Lan có 24 cái kẹo, cho bạn 8 cái. Hỏi Lan còn lại bao nhiêu cái kẹo?"
MARBLES = "An và Bình có 50 viên bi, Bình có nhiều hơn An 10 viên. Tính số bi của mỗi bạn."
GARDEN = "Tính chiều dài và chiều rộng của mảnh vườn."
PRICES = "Tính giá tiền một quyển sách và một cái cặp."
TALLEST = "Trong ba bạn Lan, Hoa, Minh, ai cao nhất?"

NOT_AN_ANSWER = [  # question, reference, what the pupil writes: equal to the reference, or nearly, and still no answer
    # the question copied back
    ("Tính nhanh 25 × 17 × 4", "1700", "25 × 17 × 4"),
    ("Tính nhanh 25 × 17 × 4", "1700", "25 × 4 × 17"),
    ("Tính 3/4 + 1/8", "7/8", "3/4 + 1/8"),
    ("Tính 18 : 24", "3/4", "18/24"),
    ("Rút gọn 18/24", "3/4", "18/24"),
    ("Rút gọn phân số 18/24", "3/4", "9/12"),
    ("Viết phân số 18/24 dưới dạng phân số tối giản.", "3/4", "6/8"),
    ("Đổi 3,5 m ra cm", "350 cm", "3,5 m"),
    ("3,5 m = ... cm", "350 cm", "35 dm"),
    ("Hỏi sợi dây dài bao nhiêu xăng-ti-mét, biết nó dài 3,5 m?", "350 cm", "3,5 m"),
    ("Viết 2 giờ 30 phút = ... phút", "150 phút", "2 giờ 30 phút"),
    ("Viết hỗn số 2 1/3 thành phân số", "7/3", "2 1/3"),
    ("Viết phân số 7/3 thành hỗn số", "2 1/3", "7/3"),
    ("Viết 3/4 dưới dạng số thập phân", "0,75", "3/4"),
    ("Tìm tỉ số phần trăm của 3 và 4", "75%", "3/4"),
    ("Tìm tỉ số phần trăm của 3 và 4", "75%", "0,75"),
    ("Phân tích x² - 9 thành nhân tử", "(x - 3)(x + 3)", "x² - 9"),
    ("Phân tích đa thức x² - 9", "(x - 3)(x + 3)", "x² - 9"),
    ("Phân tích 2x³ - 8x thành nhân tử", "2x(x - 2)(x + 2)", "2x(x² - 4)"),
    ("Phân tích số 96 ra thừa số nguyên tố", "2^5 · 3", "96"),
    ("Phân tích số 96 ra thừa số nguyên tố", "2^5 · 3", "2^4 · 6"),
    ("Viết 5 · 5 · 5 dưới dạng lũy thừa", "5^3", "125"),
    ("Rút gọn biểu thức 3x + 2x - x", "4x", "3x + 2x - x"),
    ("Thực hiện phép nhân (2x + 3)(x - 1)", "2x^2 + x - 3", "(x - 1)(2x + 3)"),
    ("Tính giá trị của √50 - √18", "2√2", "√50 - √18"),
    ("Tìm x: 2x + 3 = 13", "x = 5", "2x + 3 = 13"),
    ("Làm tròn 13,7317 đến hàng phần trăm", "13,73", "13,7317"),
    ("Làm tròn 13,7317 đến hàng phần trăm", "13,73", "13,7"),
    ("Tính 10 : 3, làm tròn đến hàng phần trăm.", "3,33", "10/3"),
    ("Tính 2^3 × 5", "40", "2^3 × 5"),
    ("Tính diện tích hình tròn bán kính 2 (π = 3,14)", "12,56", "2 × 2 × 3,14"),
    # order and names
    ("Sắp xếp các số 0,5; 0,45; 4,5 theo thứ tự từ bé đến lớn", "0,45; 0,5; 4,5", "0,5; 0,45; 4,5"),
    ("Sắp xếp các số 0,5; 0,45; 4,5 theo thứ tự từ bé đến lớn", "0,45; 0,5; 4,5", "4,5; 0,5; 0,45"),
    ("Viết các số 3, 1, 2 từ lớn đến bé", "3; 2; 1", "1; 2; 3"),
    (MARBLES, "An: 20 viên; Bình: 30 viên", "An: 30 viên; Bình: 20 viên"),
    (MARBLES, "An: 20 viên; Bình: 30 viên", "30 viên; 20 viên"),
    (GARDEN, "Chiều dài: 12 m; chiều rộng: 8 m", "Chiều dài: 8 m; chiều rộng: 12 m"),
    ("Tìm hai số biết tổng là 50, hiệu là 10.", "Số lớn: 30; số bé: 20", "Số lớn: 20; số bé: 30"),
    ("Tìm x và y", "x = 2; y = 3", "x = 3; y = 2"),
    # words that only begin alike
    ("Cửa hàng nào bán rẻ hơn?", "cửa hàng B", "cửa hàng"),
    ("Cửa hàng nào bán rẻ hơn?", "cửa hàng B", "cửa hàng A và B"),
    (TALLEST, "Lan", "Lan, Hoa, Minh"),
    (TALLEST, "Lan", "Lan không cao nhất"),
    (TALLEST, "Lan", "Lan hoặc Hoa"),
    ("Khẳng định đúng hay sai?", "đúng", "đúng hay sai"),
    ("Khẳng định đúng hay sai?", "đúng", "không đúng"),
    # a sign or a bracket
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "x ≤ 4"),
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "x = 4"),
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "x > 4"),
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "4"),
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "2x ≥ 8"),
    ("Giải phương trình x² = 9", "x = ±3", "x = 3"),
    ("Giải hệ phương trình", "(3; 1)", "(3; -1)"),
    ("Tìm tập nghiệm", "[2; 5]", "(2; 5)"),
    ("Điền dấu: 3 ... 2", ">", "<"),
    ("Tìm tọa độ giao điểm", "A(0; -2)", "A(0; 2)"),
    ("Viết phương trình đường thẳng", "2x + 3y = 7", "7"),
    ("Xác định hàm số y = ax + b", "y = -2x + 4", "-2"),
    ("Xác định hàm số y = ax + b", "y = -2x + 4", "y = 2x + 4"),
    ("Tìm giá trị lớn nhất của -x² - 4x", "4 khi x = -2", "-2"),
    # doubt, denial, several at once
    (SUGAR, "16 cái kẹo", "16 cái (hoặc 8 cái)"),
    (SUGAR, "16 cái kẹo", "không phải 16"),
    (SUGAR, "16 cái kẹo", "không phải 16 cái kẹo"),
    (SUGAR, "16 cái kẹo", "hơn 16"),
    (SUGAR, "16 cái kẹo", "khoảng 16"),
    (SUGAR, "16 cái kẹo", "khoảng 16 cái kẹo"),
    (SUGAR, "16 cái kẹo", "16 nên 20 cái"),
    (SUGAR, "16 cái kẹo", "24 = 8 = 16"),
    (SUGAR, "16 cái kẹo", "24 - 7 = 16"),
    (SUGAR, "16 cái kẹo", "24 - 8"),
    (SUGAR, "16 cái kẹo", "24; 8; 16"),
    (SUGAR, "16 cái kẹo", "16 hoặc 32"),
    (SUGAR, "16 cái kẹo", "16 hay 17"),
    (SUGAR, "16 cái kẹo", "16 cái, 32 cái"),
    (SUGAR, "16 cái kẹo", "16 cái kẹo?"),
    (SUGAR, "16 cái kẹo", "từ 15 đến 16"),
    (SUGAR, "16 cái kẹo", "16 sai"),
    # prices without names, in the other order
    (PRICES, "30 000 đồng; 150 000 đồng", "150 000 đồng; 30 000 đồng"),
    (PRICES, "Sách: 30 000 đồng; cặp: 150 000 đồng", "150 000 đồng; 30 000 đồng"),
    (PRICES, "30 000 đồng; 150 000 đồng", "Sách: 150 000 đồng; cặp: 30 000 đồng"),
    ("Tìm số học sinh nam và số học sinh nữ.", "18; 22", "22; 18"),
    # units and dots
    (SUGAR, "16 cái kẹo", "16 km"),
    (SUGAR, "16 cái kẹo", "16 con voi"),
    ("Tính diện tích", "50 cm²", "50 con gà"),
    ("Tính diện tích", "50 cm²", "50 cm"),
    ("Hỏi giá bao nhiêu?", "20 đô la", "20 euro"),
    ("Tính góc", "60 độ", "60 rad"),
    ("Hỏi nặng bao nhiêu?", "1,5 kg", "1.500 kg"),
]
NOT_A_SOLUTION = [  # question, reference, the whole text
    (OPTIONS, "Chọn B", "Chọn C, D, A, B"),
    (OPTIONS, "Chọn B", "Chọn B hoặc C"),
    (OPTIONS, "Chọn B", "Chọn A, B"),
    (OPTIONS, "Chọn B", "Không chọn B"),
    (OPTIONS, "Chọn B", "Đáp án không phải B"),
    (OPTIONS, "Chọn B", "Chọn A. Chọn B. Chọn C. Chọn D."),
    (OPTIONS, "Chọn B", "Đáp số: 25 cm² hoặc 20 cm²"),
    (OPTIONS, "Chọn B", "Diện tích là 5 × 5 = 25 (cm²)\nChọn C"),
    (SUGAR, "Đáp số: 16 cái kẹo", "<think>Lan còn 24 - 8 = 16. Đáp số: 16 cái kẹo"),
    (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16 cái kẹo\nVậy Lan còn 20 cái kẹo."),
    (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16 cái kẹo. Đáp số: 20 cái kẹo."),
    (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 20 cái kẹo. Đáp số: 16 cái kẹo."),
    (SUGAR, "Đáp số: 16 cái kẹo", "Lan còn lại số kẹo là: 24 - 7 = 16 (cái kẹo)"),
    (SUGAR, "Đáp số: 16 cái kẹo", "Lan có 24 cái kẹo, cho bạn 8 cái. Hỏi Lan còn lại bao nhiêu cái kẹo?"),
    (SUGAR, "Đáp số: 16 cái kẹo", "Không phải 16 cái kẹo."),
    ("Hãy xác định hàm số y = ax + b.", "y = -5x - 15", "Vậy kết quả là y = -6x - 15 hay y = -5x - 15."),
    ("Rút gọn biểu thức x + 2x.", "3x", "Vậy kết quả là 4x hay 3x."),
    ("Số bạn không chọn bơi nhiều hơn số bạn chọn bơi mấy bạn?", "10 bạn", "Kết quả không phải là 10 bạn."),
    (SUGAR, "Đáp số: 16 cái kẹo", "Lan còn hơn 16 cái kẹo."),
    (SUGAR, "Đáp số: 16 cái kẹo", "Lan không còn 16 cái kẹo."),
]
AN_ANSWER = [  # question, reference, what the pupil writes: the same, in a form that the question allows
    (SUGAR, "16 cái kẹo", "16"),
    (SUGAR, "16 cái kẹo", "16 kẹo"),
    (SUGAR, "16 cái kẹo", "24 - 8 = 16 cái kẹo"),
    ("Tính 3/4 + 1/8", "7/8", "0,875"),
    ("Tính 1/2 + 1/4", "3/4", "6/8"),
    ("Tìm x: x + 1/2 = 1", "0,5", "1/2"),
    ("Đổi 3,5 m ra cm", "350 cm", "350"),
    ("Hỏi tấm vải dài bao nhiêu?", "1,2 m", "120 cm"),
    ("Hỏi hết bao nhiêu đồng?", "35 000 đồng", "35 nghìn đồng"),
    ("Hỏi ô tô đi trong bao nhiêu giờ?", "1,5 giờ", "1 giờ 30 phút"),
    ("Rút gọn 18/24", "3/4", "3/4"),
    ("Viết hỗn số 2 1/3 thành phân số", "7/3", "7/3"),
    ("Phân tích x² - 9 thành nhân tử", "(x - 3)(x + 3)", "(x + 3)(x - 3)"),
    ("Phân tích số 96 ra thừa số nguyên tố", "2^5 · 3", "3 · 2^5"),
    ("Tính 2^5 × 3", "96", "96"),
    ("Rút gọn biểu thức (x + 1)² - x²", "2x + 1", "1 + 2x"),
    ("Tính √50 - √18", "2√2", "√8"),
    ("Làm tròn 13,7317 đến hàng phần trăm", "13,73", "13,73"),
    ("Làm tròn 13,7317 đến hàng phần trăm", "≈ 13,73", "13,73"),
    ("Tính 10 : 3, làm tròn đến hàng phần trăm.", "10/3", "3,33"),
    ("Sắp xếp các số 0,5; 0,45; 4,5 theo thứ tự từ bé đến lớn", "0,45; 0,5; 4,5", "0,45 < 0,5 < 4,5"),
    ("Tìm hai số biết tổng là 50, hiệu là 10.", "Số lớn: 30; số bé: 20", "20 và 30"),
    (MARBLES, "An: 20 viên; Bình: 30 viên", "Bình: 30 viên; An: 20 viên"),
    (MARBLES, "An: 20 viên; Bình: 30 viên", "20 viên; 30 viên"),
    (PRICES, "30 000 đồng; 150 000 đồng", "Cặp: 150 000 đồng; sách: 30 000 đồng"),
    ("Tính chu vi và diện tích.", "20 cm; 24 cm²", "24 cm²; 20 cm"),
    ("Trong vườn có bao nhiêu con gà?", "51 con", "51 gà"),
    ("Giải bất phương trình |x| < 2", "-2 < x < 2", "(-2; 2)"),
    ("Viết phương trình đường thẳng.", "y = 2x + 1", "y = 2x + 1 hay 2x - y + 1 = 0"),
    (TALLEST, "Lan", "bạn Lan"),
    (TALLEST, "Lan", "Lan cao nhất"),
    ("Giải bất phương trình 2x ≥ 8", "x ≥ 4", "[4; +∞)"),
    ("Giải phương trình x² = 9", "x = ±3", "x = 3 hoặc x = -3"),
    ("Xác định hàm số y = ax + b", "y = -2x + 4", "y = 4 - 2x"),
    ("Tìm giá trị lớn nhất của -x² - 4x", "4 khi x = -2", "4"),
    (OPTIONS, "B", "25 cm²"),
    ("Hỏi nặng bao nhiêu?", "1500 kg", "1.500 kg"),
]


@pytest.mark.parametrize(("question", "gold", "answer"), NOT_AN_ANSWER)
def test_what_a_teacher_does_not_sign(question: str, gold: str, answer: str):
    judgement = judge(question, f"Đáp số: {gold}", f"Đáp số: {answer}")
    assert judgement.gold_answer is not None
    assert judgement.verdict != "correct"
    assert judgement.reason.endswith(".")


@pytest.mark.parametrize(("question", "gold", "solution"), NOT_A_SOLUTION)
def test_a_solution_that_does_not_stand_by_its_answer(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict != "correct"


@pytest.mark.parametrize(("question", "gold", "answer"), AN_ANSWER)
def test_what_a_teacher_signs(question: str, gold: str, answer: str):
    judgement = judge(question, f"Đáp số: {gold}", f"Đáp số: {answer}")
    assert judgement.verdict == "correct", judgement.reason


@pytest.mark.parametrize(("question", "gold"), sorted({(question, gold) for question, gold, _ in NOT_AN_ANSWER + AN_ANSWER}))
def test_the_reference_is_right_and_its_answer_too(question: str, gold: str):
    assert judge(question, f"Đáp số: {gold}", f"Đáp số: {gold}").verdict == "correct"
    assert judge(question, f"Đáp số: {gold}", f"Bài giải\nĐáp số: {gold}").verdict == "correct"


@pytest.mark.parametrize(
    ("question", "gold", "solution", "reason"),
    [
        ("Rút gọn phân số 18/24", "Đáp số: 3/4", "Đáp số: 9/12", "Em chưa rút gọn phân số."),
        (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16", "Đúng, nhưng thiếu tên đơn vị đếm."),
        ("Tính chu vi.", "Đáp số: 36 cm", "Đáp số: 36", "Đúng, nhưng thiếu đơn vị."),
        ("Tính chu vi.", "Đáp số: 36 cm", "Đáp số: 36 m", "Đơn vị chưa đúng."),
        ("Đổi 3,5 m ra cm", "Đáp số: 350 cm", "Đáp số: 35 dm", "Đề bài yêu cầu đơn vị cm."),
        ("Tính 25 × 4", "Đáp số: 100", "Đáp số: 25 × 4", "Em chưa tính ra kết quả."),
        ("Tìm hai số.", "Đáp số: 30 và 20", "Đáp số: 30", "Em còn thiếu đáp số."),
        (
            SUGAR,
            "Đáp số: 16 cái kẹo",
            "Bài giải\nSố kẹo là: 24 - 7 = 16\nĐáp số: 16 cái kẹo",
            "Đúng, nhưng phép tính ở dòng 2 sai.",
        ),
        (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 15 cái kẹo", "Đáp số chưa đúng."),
        (SUGAR, "Đáp số: 16 cái kẹo", "Số kẹo còn lại là:", "Em chưa viết đáp số."),
        (SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16 cái kẹo", "Đúng."),
        (SUGAR, "Xem hình vẽ.", "Đáp số: 16 cái kẹo", "Máy không đọc được đáp số trong lời giải mẫu."),
    ],
)
def test_the_reason_is_one_sentence_for_the_pupil(question: str, gold: str, solution: str, reason: str):
    assert judge(question, gold, solution).reason == reason


def test_strict_judging_also_asks_that_the_written_arithmetic_holds():
    solution = "Số kẹo Lan còn lại là:\n24 - 7 = 16 (cái)\nĐáp số: 16 cái kẹo"
    lenient, strict = judge(SUGAR, "Đáp số: 16 cái kẹo", solution), judge(SUGAR, "Đáp số: 16 cái kẹo", solution, strict=True)
    assert (lenient.verdict, strict.verdict) == ("correct", "wrong")
    assert lenient.false_steps == strict.false_steps == ("24 - 7 = 16",)
    assert strict.reason == "Đáp số đúng, nhưng phép tính ở dòng 2 sai."
    right = solution.replace("24 - 7", "24 - 8")
    assert judge(SUGAR, "Đáp số: 16 cái kẹo", right, strict=True).verdict == "correct"


def test_a_false_step_that_the_reference_writes_too_is_not_held_against_the_pupil():
    gold = "24 : 8 = 248 = 3\nĐáp số: 3"
    assert judge("Tính 24 : 8", gold, "24 : 8 = 248 = 3\nVậy kết quả là 3.", strict=True).verdict == "correct"


def test_grade_gives_the_first_three_fields():
    judgement = judge(SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16")
    assert isinstance(judgement, Judgement)
    assert grade(SUGAR, "Đáp số: 16 cái kẹo", "Đáp số: 16") == (judgement.verdict, judgement.gold_answer, judgement.answer)


HENS = "Trong chuồng có 60 con gà, bán 9 con. Hỏi còn lại bao nhiêu con gà?"


@pytest.mark.parametrize("gold", ["51", "51 con", "51 con gà"])
@pytest.mark.parametrize("answer", ["51 con voi", "51 voi", "51 quả cam", "51 học sinh"])
def test_another_thing_than_the_one_that_is_counted_is_wrong(gold: str, answer: str):
    assert judge(HENS, f"Đáp số: {gold}", f"Đáp số: {answer}").verdict == "wrong"


@pytest.mark.parametrize("gold", ["51", "51 con", "51 con gà"])
@pytest.mark.parametrize("answer", ["51", "51 con", "51 con gà"])
def test_a_noun_may_be_short_or_missing(gold: str, answer: str):
    assert judge(HENS, f"Đáp số: {gold}", f"Đáp số: {answer}").verdict == "correct"


@pytest.mark.parametrize(
    ("question", "gold", "answer"),
    [
        ("Số thập phân nào bằng phân số 721/20?", "36,05", "721/20"),
        ("957 phút bằng bao nhiêu giờ và bao nhiêu phút?", "15 giờ 57 phút", "957 phút"),
        ("760 phút bằng bao nhiêu giờ và bao nhiêu phút?", "12 giờ 40 phút", "760"),
        ("Khối ru-bích có dạng khối gì: khối lập phương hoặc khối hộp chữ nhật?", "khối lập phương", "khối lập"),
    ],
)
def test_what_the_question_gives_is_no_answer_whole_or_in_part(question: str, gold: str, answer: str):
    assert judge(question, f"Đáp số: {gold}", f"Đáp số: {gold}").verdict == "correct"
    assert judge(question, f"Đáp số: {gold}", f"Đáp số: {answer}").verdict == "wrong"


MOST, LEAST = "Hỏi chia được nhiều nhất bao nhiêu nhóm?", "Hỏi cần ít nhất bao nhiêu nhóm?"


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (MOST, "nhiều nhất 54 nhóm", "correct"),
        (MOST, "tối đa 54 nhóm", "correct"),
        (MOST, "ít nhất 54 nhóm", "wrong"),
        (LEAST, "ít nhất 54 nhóm", "correct"),
        (LEAST, "nhiều nhất 54 nhóm", "wrong"),
    ],
)
def test_only_the_bound_that_is_asked_for_may_stand_before_the_number(question: str, answer: str, verdict: str):
    assert judge(question, "Đáp số: 54 nhóm", f"Đáp số: {answer}").verdict == verdict


def test_a_sentence_behind_a_chosen_letter_takes_nothing_back():
    question = "Điểm nào thuộc đồ thị hàm số y = 2x - 1? A. (0; 1) B. (1; 1) C. (2; 2) D. (-1; 3)"
    solution = "Đáp án đúng là: B\nThay x = 1 ta được y = 1.\nVậy điểm (1; 1) thuộc đồ thị hàm số."
    assert judge(question, "Chọn B", solution).verdict == "correct"
    assert judge("Tính 8 + 8. A. 16 B. 17", "Chọn A", "Đáp án đúng là: A\nVậy kết quả là 17.").verdict == "wrong"


PIECES = [
    "Đáp số: ", "16 cái ", "(hoặc 8) ", "không phải ", "x ≥ 4 ", "[2; 5) ", "∪ ", "(3; 1) ", "√(", "^", "= ", "≈ ", "± 3 ",
    "\n", "Vậy ",
    "; ",
    "là ", "$", "\\frac{", "}", "{", "1/2 ", "2 1/3 ", "∅ ", "?", "Chọn A ",
    "A. 5 B. 6 ", "sin ", "|", "<think>", "1 triệu 500 nghìn ", "nên ",
    "a) ", "b) ", "5 km ", "3 giờ chiều ", "%", "x_1 ", "Rút gọn ",
    "làm tròn đến hàng phần trăm ", "ℝ \\ {", "9" * 30, "thì ", "- ",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.one_of(st.none(), st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=15).map("".join)),
)
def test_never_raises_and_always_says_why(gold: str, solution: str, question: str | None):
    judgement = judge(question, gold, solution, strict=True)
    assert judgement.reason.endswith(".")
    assert judge(question, gold, gold).verdict in ("correct", "gold_unreadable")


@pytest.mark.parametrize("piece", PIECES)
def test_twenty_thousand_characters_take_a_fifth_of_a_second(piece: str):
    text = (piece * 20_000)[:19_990]

    def two_judgements() -> None:
        judge(text[:3000], "Đáp số: 16 cái kẹo", text)
        judge(text[:3000], f"Đáp số: {text[:300]}", f"Đáp số: {text[:500]}")

    assert seconds(two_judgements, 0.4) < 0.4


def test_a_lone_sign_in_a_box_is_judged():
    question = "Hãy so sánh hai số hữu tỉ -3,4 và -11/4 rồi điền dấu >, < hoặc =: -3,4 ... -11/4"
    assert judge(question, "-3,4 < -11/4", "\\boxed{>}").verdict != "correct"
