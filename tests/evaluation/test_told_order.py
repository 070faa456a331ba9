"""Answers that are told and not written with signs: orders, numbers in words, comparisons, true or false, no solution."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

TALL = "Nam, Bình, Tú, Hà cao lần lượt 132 cm, 128 cm, 140 cm, 135 cm. Viết tên các bạn theo thứ tự từ thấp đến cao."
FALLING = "Xếp các số 3/4; 1/2; 5/8 theo thứ tự giảm dần."
PEOPLE = "Mỗi đội có mấy người?"
CAKE = "Mỗi bạn được mấy phần cái bánh?"
ARRIVES = "Xe đi lúc 7 giờ 20 phút và đi hết 1 giờ 50 phút. Hỏi xe đến nơi lúc mấy giờ?"
COMPARE = "So sánh hai phân số 3/5 và 4/7."
EQUAL = "So sánh hai phân số 3/5 và 6/10."
SIGN = "Điền dấu (>, <, =): 45 kg ... 450 yến"
SAYS = "Bạn Hoa nói: 'Số 91 là số nguyên tố'. Hoa nói đúng không?"
TRUE_FALSE = "Đúng ghi Đ, sai ghi S:\na) 5 > 3\nb) 7 < 2\nc) 4 = 4"
NO_ROOT = "Giải phương trình |x| = -3."
BOUND = "Giải bất phương trình 4x - 8 > 0."
ENOUGH = "Lan có 50 000 đồng, mua 3 quyển vở, mỗi quyển 15 000 đồng. Lan có đủ tiền không?"
DIVISION = "Thực hiện phép chia 86 : 9."
OPTIONS = "Kết quả của 7 × 8 là:\nA. 54\nB. 56\nC. 58\nD. 64"
BETWEEN = "Tìm số tự nhiên x biết 3 < x < 6."
DAY = "Ngày 2 tháng 9 là thứ Hai. Hỏi ngày 10 tháng 9 cùng năm là thứ mấy?"
PRIMES = "Phân tích 60 ra thừa số nguyên tố."
ROOTS = "Giải phương trình 2x² - 8 = 0."
SYSTEM = "Giải hệ phương trình x + y = 7; x - y = 3."
NEXT = "Viết tiếp hai số vào dãy 1; 4; 9; 16; ...; ..."
BOX = "Số thích hợp điền vào ô trống: 7 × □ = 63"
TALLER = "Bạn nào cao hơn: Hùng 1,42 m hay Dũng 1,4 m?"
BOTH = "Hai bạn An và Bình, ai nói đúng?"
HOURS = "Đổi 2 giờ 30 phút ra giờ."
CENTURY = "Năm 2024 thuộc thế kỉ nào?"
ROMAN = "Viết số 19 bằng chữ số La Mã."
RIGHT = "Tam giác có ba cạnh 3 cm, 4 cm, 5 cm là tam giác gì?"
PRIME = "Số 1 có phải là số nguyên tố không?"
CLASS = "Lớp có 40 học sinh, 60% là nữ. Tính số học sinh nữ và số học sinh nam."
ANIMALS = "Mèo nặng 4 kg, chó nặng 11 kg, thỏ nặng 2 kg. Viết tên các con vật theo thứ tự cân nặng tăng dần."
HALF = "Điền dấu thích hợp: 1/2 giờ ... 25 phút"
MIXED = "Viết 2,75 dưới dạng hỗn số."
LEAP = "Một năm nhuận có bao nhiêu ngày?"
FACTORS = "Phân tích đa thức 5x² - 10x thành nhân tử."
RATIO = "Lớp 5B có 20 nam và 15 nữ. Viết tỉ số của số nam và số nữ."
BOTH_OF_DIVISION = "Chia 100 cho 8 được thương và số dư là bao nhiêu?"
CLASSES = "Ba lớp góp sách: 6A 120 quyển, 6B 95 quyển, 6C 110 quyển. Lớp nào góp ít nhất?"
SIDES = "Mảnh vườn có chu vi 40 m, dài hơn rộng 4 m. Tính chiều dài và chiều rộng."
STARTS = "Kì nghỉ hè bắt đầu ngày nào?"
GOLD = {
    TALL: "Bình, Nam, Hà, Tú", FALLING: "3/4; 5/8; 1/2", PEOPLE: "7 người", CAKE: "1/4 cái bánh", ARRIVES: "9 giờ 10 phút",
    COMPARE: "3/5 > 4/7", EQUAL: "3/5 = 6/10", SIGN: "<", SAYS: "Sai", TRUE_FALSE: "a) Đ; b) S; c) Đ", NO_ROOT: "vô nghiệm",
    BOUND: "x > 2", ENOUGH: "Có", DIVISION: "9 dư 5", OPTIONS: "B", BETWEEN: "x = 4; x = 5", DAY: "thứ Ba",
    STARTS: "ngày 1 tháng 6", PRIMES: "2² . 3 . 5", ROOTS: "x = 2; x = -2", SYSTEM: "(5; 2)", NEXT: "25; 36", BOX: "9",
    TALLER: "Hùng", BOTH: "Cả hai bạn đều đúng", HOURS: "2,5 giờ", CENTURY: "thế kỉ XXI", ROMAN: "XIX", RIGHT: "tam giác vuông",
    PRIME: "Không", CLASS: "24 nữ, 16 nam",
    ANIMALS: "thỏ, mèo, chó", HALF: "1/2 giờ > 25 phút", MIXED: "2 3/4", LEAP: "366 ngày", FACTORS: "5x(x - 2)", RATIO: "4/3",
    BOTH_OF_DIVISION: "thương 12, dư 4", CLASSES: "lớp 6B", SIDES: "Dài 12 m, rộng 8 m",
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "solution"),
    [
        (TALL, "Bạn Bình thấp nhất, tiếp theo là Nam, sau đó là Hà, cao nhất là Tú."),
        (TALL, "Thấp nhất là Bình (128 cm), tiếp theo là Nam (132 cm), sau đó Hà (135 cm), cuối cùng Tú (140 cm)."),
        (TALL, "Bạn thấp nhất là Bình. Tiếp theo là Nam. Sau đó là Hà. Cao nhất là Tú."),
        (TALL, "Xếp theo thứ tự: đầu tiên là Bình, thứ hai là Nam, thứ ba là Hà, cuối cùng là Tú."),
        (FALLING, "Lớn nhất là 3/4, tiếp theo là 5/8, bé nhất là 1/2."),
        (PEOPLE, "Mỗi đội có bảy người."),
        (CAKE, "Mỗi bạn được một phần tư cái bánh."),
        (ARRIVES, "Xe đến nơi lúc 9:10."),
        (ARRIVES, "Xe đến nơi lúc chín giờ mười phút."),
        (COMPARE, "Phân số 3/5 lớn hơn phân số 4/7."),
        (COMPARE, "4/7 bé hơn 3/5"),
        (EQUAL, "Hai phân số bằng nhau vì 6/10 = 3/5."),
        (SIGN, "Ta điền dấu bé hơn."),
        (SIGN, "Điền dấu < vì 450 yến = 4500 kg"),
        (SIGN, "<"),
        (SAYS, "Hoa nói không đúng vì 91 = 7 × 13."),
        (SAYS, "Không đúng. 91 chia hết cho 7 nên là hợp số."),
        (SAYS, "Không, vì 91 chia hết cho 7."),
        (TRUE_FALSE, "Câu a đúng, câu b sai, câu c đúng."),
        (TRUE_FALSE, "a) Đúng\nb) Sai vì 7 lớn hơn 2\nc) Đúng"),
        (TRUE_FALSE, "Đ; S; Đ"),
        (NO_ROOT, "Vậy không tồn tại x thỏa mãn phương trình."),
        (NO_ROOT, "Không có giá trị nào của x."),
        (NO_ROOT, "Tập nghiệm rỗng."),
        (BOUND, "Vậy x phải lớn hơn 2."),
        (ENOUGH, "3 × 15 000 = 45 000 đồng. 45 000 < 50 000 nên đủ tiền để mua."),
        (ENOUGH, "Có, Lan còn thừa 5 000 đồng."),
        (DIVISION, "86 chia 9 được 9 và còn dư 5."),
        (DIVISION, "Thương 9, số dư 5"),
        (OPTIONS, "B. 56"),
        (OPTIONS, "Đáp án: B (56)"),
        (OPTIONS, "Chọn B vì 7 × 8 = 56"),
        (BETWEEN, "x có thể là 4 hoặc 5."),
        (DAY, "Từ ngày 2 đến ngày 10 là 8 ngày nên ngày 10 tháng 9 là thứ ba."),
        (STARTS, "Kì nghỉ hè bắt đầu từ ngày 1/6."),
        (PRIMES, "60 = 2.2.3.5"),
        (ROOTS, "Phương trình có hai nghiệm x₁ = -2, x₂ = 2"),
        (ROOTS, "Nghiệm của phương trình là 2 và -2."),
        (SYSTEM, "Cộng vế: 2x = 10, x = 5. Thay vào được y = 2."),
        (NEXT, "Hai số tiếp theo lần lượt là 25 và 36."),
        (BOX, "Vì 7 × 9 = 63 nên điền số 9."),
        (TALLER, "1,42 > 1,4 nên Hùng cao hơn Dũng."),
        (BOTH, "Cả An và Bình đều nói đúng."),
        (HOURS, "2 giờ 30 phút = 2 giờ rưỡi"),
        (CENTURY, "Năm 2024 thuộc thế kỉ hai mươi mốt."),
        (ROMAN, "Số 19 viết là XIX."),
        (RIGHT, "Vì 3² + 4² = 5² nên tam giác đó vuông."),
        (PRIME, "Không phải, vì số 1 chỉ có một ước."),
        (ANIMALS, "Thỏ nhẹ nhất nên đứng trước, sau đến mèo, nặng nhất là chó."),
        (HALF, "1/2 giờ = 30 phút, 30 phút nhiều hơn 25 phút nên điền dấu >"),
        (MIXED, "2,75 = 2 và 3/4"),
        (LEAP, "Năm nhuận có 366 ngày, nhiều hơn năm thường 1 ngày."),
        (BOUND, "Nghiệm của bất phương trình là mọi x lớn hơn 2."),
        (FACTORS, "Đặt 5x làm nhân tử chung, ta được 5x.(x - 2)."),
        (RATIO, "Tỉ số của số nam và số nữ là 20/15 = 4/3, tức 4 : 3"),
        (BOTH_OF_DIVISION, "Thương bằng 12 còn số dư bằng 4."),
        (CLASSES, "95 < 110 < 120 nên lớp 6B góp ít nhất."),
        (SIDES, "Nửa chu vi: 20 m. Chiều dài: (20 + 4) : 2 = 12 (m). Chiều rộng: 12 - 4 = 8 (m)."),
        (CLASS, "Số nữ: 40 × 60% = 24 (học sinh). Số nam: 40 - 24 = 16 (học sinh)."),
    ],
)
def test_what_a_teacher_signs(question: str, solution: str):
    assert judge(question, GOLD[question], solution).verdict == "correct", extract_answer(solution, question)


@pytest.mark.parametrize(
    ("question", "solution"),
    [
        (TALL, "Cao nhất là Tú, tiếp theo là Hà, sau đó là Nam, thấp nhất là Bình."),
        (TALL, "Cao nhất là Bình, kế đến là Nam, rồi Hà và thấp nhất là Tú."),
        (TALL, "Thấp nhất là Bình, tiếp theo là Hà, sau đó là Nam, cao nhất là Tú."),
        (TALL, "Thấp nhất là Bình, cao nhất là Tú."),
        (TALL, "Có thể thấp nhất là Bình, tiếp theo là Nam, sau đó là Hà, cao nhất là Tú."),
        (FALLING, "Bé nhất là 1/2, tiếp theo là 5/8, lớn nhất là 3/4."),
        (PEOPLE, "Mỗi đội có bảy mươi người."),
        (PEOPLE, "Mỗi đội có bảy hoặc tám người."),
        (PEOPLE, "Không phải bảy người."),
        (PEOPLE, "Mỗi đội có bảy con voi."),
        (CAKE, "Mỗi bạn được ba phần tư cái bánh."),
        (ARRIVES, "Xe đến nơi lúc 8:70."),
        (ARRIVES, "Xe đến nơi lúc 9:01."),
        (COMPARE, "Phân số 4/7 lớn hơn phân số 3/5."),
        (COMPARE, "Hai phân số bằng nhau."),
        (SIGN, "Ta điền dấu lớn hơn."),
        (SIGN, ">, <, ="),
        (SAYS, "Hoa nói đúng vì 91 chỉ chia hết cho 1 và chính nó."),
        (SAYS, "Hoa nói vừa đúng vừa sai."),
        (SAYS, "Hoa nói đúng không?"),
        (TRUE_FALSE, "a) Đ, b) Đ, c) Đ"),
        (TRUE_FALSE, "a) Đ, b) S"),
        (TRUE_FALSE, "S; Đ; S"),
        (NO_ROOT, "Em không tìm được x."),
        (NO_ROOT, "x = 3 hoặc x = -3"),
        (BOUND, "x không nhỏ hơn 2"),
        (BOUND, "x nhỏ hơn 2"),
        (ENOUGH, "Lan không đủ tiền."),
        (ENOUGH, "Có thể đủ hoặc không."),
        (DIVISION, "86 chia 9 được 5 và còn dư 9."),
        (DIVISION, "86 : 9 = 9"),
        (OPTIONS, "Chọn B. 54"),
        (OPTIONS, "Đáp án B: 58"),
        (OPTIONS, "B. 65"),
        (OPTIONS, "Chọn A. 56"),
        (BETWEEN, "Có thể là 4."),
        (DAY, "Ngày 9 tháng 9 là thứ Hai."),
        (DAY, "Thứ Hai hoặc thứ Ba."),
        (STARTS, "Kì nghỉ hè bắt đầu từ ngày 6/1."),
        (PRIMES, "60 = 4.15"),
        (PRIMES, "60 = 2.2.15"),
        (ROOTS, "Nghiệm của phương trình là 2."),
        (SYSTEM, "Cộng vế: 2x = 10, x = 2. Thay vào được y = 5."),
        (NEXT, "36; 25"),
        (BOX, "Vì 7 × 8 = 63 nên điền số 8."),
        (TALLER, "Hùng thấp hơn Dũng."),
        (TALLER, "Dũng cao hơn Hùng."),
        (BOTH, "An đúng, Bình sai."),
        (BOTH, "Cả hai bạn đều sai."),
        (HOURS, "2 giờ 30 phút = 2,3 giờ"),
        (CENTURY, "Năm 2024 thuộc thế kỉ hai mươi."),
        (ROMAN, "19"),
        (ROMAN, "XXI"),
        (RIGHT, "Tam giác đó cân."),
        (PRIME, "Số 1 là số nguyên tố."),
        (ANIMALS, "Chó nặng nhất nên đứng trước, sau đến mèo, nhẹ nhất là thỏ."),
        (ANIMALS, "Thỏ nặng nhất nên đứng trước, sau đến mèo, nhẹ nhất là chó."),
        (HALF, "1/2 giờ < 25 phút"),
        (MIXED, "2,75 = 2 và 4/3"),
        (LEAP, "Năm nhuận có 365 ngày, nhiều hơn năm thường 1 ngày."),
        (LEAP, "Năm nhuận có nhiều hơn 366 ngày."),
        (BOUND, "Nghiệm của bất phương trình là mọi x nhỏ hơn 2."),
        (FACTORS, "Ta được 5.(x² - 2x)."),
        (RATIO, "Tỉ số của số nam và số nữ là 4/3, tức 3 : 4"),
        (BOTH_OF_DIVISION, "Thương bằng 4 còn số dư bằng 12."),
        (CLASSES, "lớp 6C"),
        (CLASSES, "lớp 6A, 6B"),
        (SIDES, "Nửa chu vi: 20 m. Chiều dài: 20 - 12 = 8 (m). Chiều rộng: 20 - 8 = 12 (m)."),
        (PEOPLE, "Mỗi đội có sáu bảy người."),
        (PEOPLE, "Sáu người\nBảy người"),
        (OPTIONS, "Chọn B (54)"),
        (OPTIONS, "Chọn B hoặc 54"),
        (ARRIVES, "Xe đến nơi trước 9:10."),
        (ENOUGH, "Có thể."),
        (ENOUGH, "Nếu đủ tiền thì có."),
        (SYSTEM, "x = 5 hoặc y = 2"),
        (SIGN, "Không điền dấu <"),
        (CLASS, "Số nữ: 40 × 40% = 16 (học sinh). Số nam: 40 - 16 = 24 (học sinh)."),
    ],
)
def test_what_no_teacher_signs(question: str, solution: str):
    assert judge(question, GOLD[question], solution).verdict != "correct", extract_answer(solution, question)


@pytest.mark.parametrize("question", GOLD)
def test_each_reference_is_read_and_right(question: str):
    assert judge(question, GOLD[question], f"{GOLD[question]}.").verdict == "correct"


def test_a_letter_beside_the_words_of_another_option_is_told_to_the_pupil():
    assert judge(OPTIONS, "B", "Chọn B. 54").reason == "Chữ cái em chọn và nội dung em viết không khớp nhau."
