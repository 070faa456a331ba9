"""Results one beside or below the other, and values that several ways of writing name."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

AXES = "Tìm tọa độ giao điểm của đồ thị với trục Ox và trục Oy."
CONVERT = "Đổi: 3 tấn 45 kg = ... kg; 2 phút 15 giây = ... giây"


@pytest.mark.parametrize(
    ("question", "solution", "canonical"),
    [
        (CONVERT, "3 tấn 45 kg = 3045 kg\n2 phút 15 giây = 135 giây", ["3045 kg", "135 giây"]),
        ("Viết thành tổng: 52 314; 80 705.", "52 314 = 52 000 + 314\n80 705 = 80 000 + 705", ["52000 + 314", "80000 + 705"]),
        (AXES, "Giao với Ox: A(2; 0)\nGiao với Oy: B(0; -4)", ["(2;0)", "(0;-4)"]),
        ("Tính DE và góc B.", "DE = AB = 5 cm; góc B = góc E = 60°", ["5 cm", "60 độ"]),
        ("Tìm tâm và bán kính.", "Mặt cầu có tâm I(1; -2; 0) và bán kính R = 3.", ["(1;-2;0)", "3"]),
        ("Tìm tâm.", "Mặt cầu có tâm I(1; -2; 0) và bán kính R = 3.", "(1;-2;0)"),
        ("Tính số học sinh mỗi lớp.", "Vậy lớp 8A có 41 học sinh, lớp 8B có 37 học sinh", ["41 học sinh", "37 học sinh"]),
        ("Một hộp có 120 quả. Tính số quả còn lại.", "3 × 20 = 60 (quả)\n120 - 60 = 60 (quả)", "60 quả"),
        ("Giải hệ.", r"\begin{cases} x = 3 \\ y = 1 \end{cases}", ["3", "1"]),
        ("Giải phương trình.", r"\left[\begin{array}{l} x = 3 \\ x = -2 \end{array}\right.", ["3", "-2"]),
        ("Viết phương trình bậc hai có nghiệm 2 và 5.", "Phương trình cần tìm là x² - 7x + 10 = 0.", "x^2 - 7x + 10 = 0"),
        ("Giải phương trình 3x - 12 = 0.", "3x = 12", None),
        ("Tìm m để phương trình có nghiệm x = 2.", "Với m = 3 thì phương trình có nghiệm x = 2.", "3"),
        ("Tính giới hạn.", r"$\lim_{x \to 2} (x^2 + 1) = 5$", "5"),
        ("Tập hợp ước của 9?", "Ư(9)={1;3;9}", ["1", "3", "9"]),
        ("Một tuần có mấy ngày, mấy giờ?", "7 ngày, 168 giờ", ["7 ngày", "168 giờ"]),
        ("Sau bao nhiêu ngày thì bể chỉ còn 45 lít?", "Vậy cần 10 ngày để bể chỉ còn 45 lít", "10 ngày"),
    ],
)
def test_what_a_solution_ends_in(question: str, solution: str, canonical: str | list[str] | None):
    answer = extract_answer(solution, question)
    assert (answer and answer.canonical()) == canonical


@pytest.mark.parametrize(
    ("gold", "solution", "right"),
    [
        ("(-∞; -1) ∪ (1; +∞)", "Vậy hàm số đồng biến trên các khoảng (-∞; -1) và (1; +∞).", True),
        ("(-∞; -1) ∪ (1; +∞)", "Vậy hàm số đồng biến trên các khoảng (-∞; -1) và (2; +∞).", False),
        ("(-∞; -1) ∪ (1; +∞)", "Vậy hàm số đồng biến trên khoảng (-∞; -1).", False),
    ],
)
def test_intervals_side_by_side_are_their_union(gold: str, solution: str, right: bool):
    assert (judge("Tìm các khoảng đồng biến.", gold, solution).verdict == "correct") is right
