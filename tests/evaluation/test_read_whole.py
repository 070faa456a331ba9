"""References of which a part was left out, or a step taken for a result: each must be read whole, and only then signed."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

WAYS = "Tìm các khoảng đồng biến, nghịch biến của hàm số y = 2x³ - 3x² + 1."
WAYS_GOLD = "Trên các khoảng (-∞; 0) và (1; +∞), y' > 0 nên hàm số đồng biến. Trên (0; 1), y' < 0 nên hàm số nghịch biến."
WAYS_TOLD = "Hàm số đồng biến trên các khoảng (-∞; 0), (1; +∞) và nghịch biến trên khoảng (0; 1)."
DIVIDED = "Trong các số 4 615; 4 620; 4 632, số nào chia hết cho cả 2 và 5?"
STEPS = "Tìm y, biết: y × 1,5 = 4 × 3"
STEPS_GOLD = "y × 1,5 = 12; y = 12 : 1,5; y = 8"
ROOTS = "Giải bất phương trình x² - 2x - 8 < 0."
ROOTS_GOLD = "f(x) = x² - 2x - 8 có hai nghiệm x₁ = -2, x₂ = 4 và a = 1 > 0. Vậy tập nghiệm là S = (-2; 4)."
KIND = "Tam giác DEF có góc D = 40°, góc E = 70°. Tính góc F. Tam giác DEF là tam giác gì?"
KIND_GOLD = "Góc F = 180° - 40° - 70° = 70°.\nVậy ∠F = 70° và tam giác DEF cân tại D."
HEAT = "Lúc sáng nhiệt độ là -4°C, đến trưa tăng 2°C. Hỏi nhiệt độ buổi trưa?"
TRUTHS = "Trả lời đúng (Đ) hoặc sai (S), biết f(x) = x² + 2x:\na) f'(x) = 2x + 2.\nb) f'(1) = 3.\nc) f(0) = 0."
TERMS = "Đặt log₂5 = a. Hãy biểu diễn log₂20 và log₅8 theo a."
TERMS_GOLD = "log₂20 = log₂(4.5) = 2 + a; log₅8 = 3/log₂5 = 3/a"
DENIAL = 'Mệnh đề phủ định của mệnh đề "∀x ∈ R, x² + 3 > 0" là gì?'
DENIAL_OFFERED = f"{DENIAL}\nA. ∀x ∈ R, x² + 3 ≤ 0\nB. ∃x ∈ R, x² + 3 ≤ 0\nC. ∃x ∈ R, x² + 3 < 0"
DENIAL_GOLD = '"∃x ∈ R, x² + 3 ≤ 0"'
MIDDLE = "Cho A(1; 1), B(4; 5). Tính độ dài đoạn AB và toạ độ trung điểm M của AB."
MIDDLE_GOLD = "AB = √[(4 - 1)² + (5 - 1)²] = 5. M((1 + 4)/2; (1 + 5)/2) = (5/2; 3)."
CURRENT = "Mắc điện trở 10 Ω vào 5 V. Tính cường độ dòng điện qua dây và nhiệt lượng toả ra trong 2 phút."
RATE = "Biết x và y tỉ lệ thuận, khi x = 2 thì y = 9. Tìm hệ số tỉ lệ k của y đối với x và tính y khi x = 4."
NEXT = "Viết số thích hợp vào chỗ chấm: Số liền trước của 80 là ..., số liền sau của 80 là ..."
MONEY = "Cô có 20 nghìn đồng. Bánh giá 8 nghìn, sữa giá 9 nghìn. Cô có đủ tiền mua cả bánh và sữa không?"


@pytest.mark.parametrize(
    ("question", "gold", "right", "wrong"),
    [
        (WAYS, WAYS_GOLD, WAYS_TOLD, "Hàm số đồng biến trên (0; 1), nghịch biến trên (-∞; 0) và (1; +∞)."),
        (WAYS, WAYS_TOLD, WAYS_GOLD, "Hàm số đồng biến trên (-∞; 0), nghịch biến trên (1; +∞)."),
        (WAYS, WAYS_TOLD, "Đồng biến: (-∞; 0) và (1; +∞). Nghịch biến: (0; 1).", "Hàm số đồng biến trên (-∞; 0) và (1; +∞)."),
        (WAYS, WAYS_TOLD, WAYS_GOLD, "Hàm số không đồng biến trên (-∞; 0) và (1; +∞), nghịch biến trên (0; 1)."),
        (DIVIDED, "Vậy số cần tìm là 4 620.", "Số chia hết cho cả 2 và 5 là: 4 620", "Số chia hết cho cả 2 và 5 là: 4 615"),
        (STEPS, STEPS_GOLD, "y = 12 : 1,5 = 8", "y = 12"),
        (ROOTS, ROOTS_GOLD, "-2 < x < 4", "x = -2; x = 4"),
        (KIND, KIND_GOLD, "F = 70 độ, cân tại D", "∠F = 70°"),
        (KIND, KIND_GOLD, "Góc F bằng 70°. Tam giác DEF là tam giác cân.", "∠F = 70°, tam giác DEF đều"),
        (HEAT, "-4 + 2 = -2 (°C)", r"$-4 + 2 = -2^\circ C$", r"$4 - 2 = 2^\circ C$"),
        (TRUTHS, "a) Đ; b) S (f'(1) = 4); c) Đ", "a) Đúng\nb) Sai\nc) Đúng", "a) Đ b) Đ c) Đ"),
        (TERMS, TERMS_GOLD, "log₂20 = 2 + a, log₅8 = 3/a", "log₂20 = 3/a, log₅8 = 2 + a"),
        (TERMS, TERMS_GOLD, "log₂20 = log₂4 + log₂5 = 2 + a\nlog₅8 = 3log₅2 = 3/a", "log₂20 = 2a; log₅8 = 3/a"),
        (DENIAL, DENIAL_GOLD, r"$\overline{P}: \exists x\in\mathbb R,\ x^2+3\le0$", "∀x ∈ R, x² + 3 ≤ 0"),
        (DENIAL_OFFERED, "B. ∃x ∈ R, x² + 3 ≤ 0", "Chọn B.", "Chọn C."),
        (DENIAL_OFFERED, "B. ∃x ∈ R, x² + 3 ≤ 0", "Phủ định là “∃x ∈ R, x² + 3 ≤ 0”. Chọn B.", "Chọn A."),
        (DENIAL, DENIAL_GOLD, "Mệnh đề phủ định là ∃x ∈ R: x² + 3 ≤ 0", "∃x ∈ R, x² + 3 < 0"),
        (MIDDLE, MIDDLE_GOLD, "AB = √(9 + 16) = 5\nM((1 + 4)/2; (1 + 5)/2) = (2,5; 3)", "M(2,5; 3)"),
        (MIDDLE, MIDDLE_GOLD, "AB = 5; M(2,5; 3)", "AB = 7; M(2,5; 3)"),
        (CURRENT, "Đáp số: 0,5 A; 300 J", "Cường độ: I = 5/10 = 0,5 (A)\nNhiệt lượng: Q = 0,25.10.120 = 300 (J)", "I = 0,5 A"),
        (RATE, "k = 4,5; y = 18", "Vì y = kx nên 9 = k.2 => k = 4,5\nKhi x = 4 thì y = 4,5.4 = 18", "k = 4,5; y = 9"),
        (NEXT, "Đáp số: 79; 81", "Số liền trước của 80 là 79, số liền sau của 80 là 81.", "81; 79"),
        (MONEY, "Vì 20 > 17 nên cô có đủ tiền mua cả hai.", "Có", "Cô không đủ tiền mua cả hai"),
    ],
)
def test_the_whole_reference_counts(question, gold, right, wrong):
    assert [judge(question, gold, text).verdict == "correct" for text in (right, wrong)] == [True, False]


def test_both_signs_in_a_box_are_two_roots():
    found = extract_answer(r"$\boxed{z = 1 \pm 3i}$", "Giải phương trình z² - 2z + 10 = 0 trên tập số phức.")
    assert [part.text for part in found.parts] == ["1 + 3i", "1 - 3i"]


def test_a_step_that_does_not_hold_stays_beside_its_result():
    assert judge("Tìm x biết x + 15 = 40", "x = 40 - 15; x = 25", "x = 40 - 15; x = 26").verdict == "wrong"
