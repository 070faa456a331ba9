"""A last sentence that states no answer is searched for a value of the reference's kind; what doubts or lists holds none."""

import pytest

from mathpal_lightning.evaluation import judge

RICE = ("Cửa hàng có 60 kg gạo, bán 25 kg rồi bán tiếp 12 kg. Hỏi còn bao nhiêu ki-lô-gam gạo?", "23 kg")
SPEED = ("Một xe máy đi 90 km hết 2 giờ. Tính vận tốc của xe máy.", "45 km/giờ")
CHANGE = ("Hà mua 3 cây bút giá 7 000 đồng một cây, đưa 50 000 đồng. Cô bán hàng trả lại Hà bao nhiêu tiền?", "29000 đồng")
TANK = ("Bể dài 3 m, rộng 2 m, cao 1 m. Bể chứa được bao nhiêu lít nước?", "6000 lít")
AREA = ("Đổi: 4 m² 7 dm² = ... dm²", "407 dm²")
ANGLE = ("Tam giác ABC có góc A = 40°, góc B = 80°. Tính góc C.", "60°")
SUM = ("Tính: 1/2 + 1/3", "5/6")
COMPARE = ("So sánh 4/5 và 7/9.", "4/5 > 7/9")
FASTER = ("Nga bơi hết 42 giây, Thu bơi hết 39 giây. Ai bơi nhanh hơn?", "Thu")
SHAPE = ("Trong các hình: hình thoi, hình bình hành, hình thang, hình nào có bốn cạnh bằng nhau?", "hình thoi")
SAYS = ("Bạn Phúc nói 0,3 > 0,29. Bạn Quân nói 0,3 < 0,29. Bạn nào nói đúng?", "Phúc")
ROOTS = ("Giải phương trình x² - 7x + 12 = 0.", "x = 3 hoặc x = 4")
PRODUCT = ("Giải phương trình (x - 2)(x + 6) = 0.", "x = 2; x = -6")
BOUND = ("Giải bất phương trình 2x - 8 > 0.", "x > 4")
BELOW = ("Tìm x biết 6 - x ≥ 2.", "x ≤ 4")
BOTH = ("Hình chữ nhật dài 9 cm, rộng 4 cm. Tính chu vi và diện tích.", "chu vi 26 cm, diện tích 36 cm²")
NEXT = ("Viết tiếp hai số vào dãy: 3, 7, 11, ..., ...", "15, 19")
ENOUGH = ("Có 4 hộp, mỗi hộp đựng 8 quả. Hỏi 4 hộp có đựng hết 35 quả không?", "Không")
CITIES = (
    "Nhiệt độ ở Lào Cai 12 °C, Huế 24 °C, Vinh 19 °C. Xếp tên các nơi theo thứ tự nhiệt độ giảm dần.",
    "Huế, Vinh, Lào Cai",
)
SHORTER = ("Rút gọn: 3(x + 2) - 2x.", "x + 6")
OPTIONS = ("Số nào chia hết cho 3?\nA. 25\nB. 42\nC. 53\nD. 70", "B")


@pytest.mark.parametrize(
    ("problem", "solution"),
    [
        (RICE, "Từ 60 kg lấy đi 37 kg thì trong kho chỉ còn 23 kg thôi."),
        (SPEED, "Cứ mỗi giờ xe máy chạy được 45 km."),
        (CHANGE, "Hà mua hết 21k, cô phải thối lại 29k."),
        (CHANGE, "Ba cây bút hết 21 nghìn nên Hà được trả lại 29 nghìn ạ."),
        (TANK, "Vì 1 m³ = 1000 l nên bể chứa được 6 m³ nước, bằng 6000 l."),
        (AREA, "4 m² là 400 dm², cộng thêm 7 dm² nữa thành 407."),
        (ANGLE, "Tổng ba góc bằng 180 độ, vậy góc còn lại C bằng 60 độ."),
        (SUM, "Mẫu chung 6: 3/6 + 2/6 được kết quả năm phần sáu"),
        (COMPARE, "4/5 = 36/45, 7/9 = 35/45 nên phân số thứ nhất lớn hơn."),
        (COMPARE, "Ta thấy bốn phần năm lớn hơn bảy phần chín."),
        (COMPARE, "36/45 > 35/45, phân số lớn hơn là 4/5."),
        (FASTER, "39 giây < 42 giây. Bạn Thu nhanh hơn bạn Nga."),
        (FASTER, "Nga chậm hơn 3 giây nên người bơi nhanh hơn là Thu ạ"),
        (SHAPE, "Chỉ hình thoi mới có cả bốn cạnh bằng nhau."),
        (SAYS, "0,30 > 0,29 nên ý kiến của bạn Phúc mới chính xác, Quân nhầm rồi."),
        (ROOTS, "Δ = 49 - 48 = 1 > 0, phương trình có hai nghiệm: x₁ = (7+1)/2 = 4, x₂ = (7-1)/2 = 3."),
        (PRODUCT, "Hoặc x - 2 = 0 tức x = 2, hoặc x + 6 = 0 tức x = -6."),
        (BOUND, "2x > 8, chia cho 2: những x lớn hơn 4 là nghiệm."),
        (BELOW, "-x ≥ -4 nên x không lớn hơn 4."),
        (BOTH, "P = (9 + 4) x 2 = 26 cm; S = 9 x 4 = 36 cm2"),
        (NEXT, "Mỗi số hơn số trước 4 đơn vị nên hai số tiếp theo là 11 + 4 = 15 và 15 + 4 = 19."),
        (ENOUGH, "4 hộp chứa nhiều nhất 32 quả, thành ra không đựng hết được."),
        (CITIES, "Huế nóng nhất, sau đó là Vinh, lạnh nhất là Lào Cai."),
        (SHORTER, "Bỏ ngoặc được 3x + 6 - 2x, còn lại x + 6."),
        (OPTIONS, "Phương án B đúng, vì 4 + 2 = 6; các phương án A, C, D đều loại."),
    ],
)
def test_what_a_teacher_signs(problem: tuple[str, str], solution: str):
    assert judge(*problem, solution).verdict == "correct"


@pytest.mark.parametrize(
    ("problem", "solution"),
    [
        (RICE, "Cả hai lần bán hết 37 kg gạo."),
        (RICE, "Em ra 25 kg, bạn em ra 23 kg."),
        (RICE, "Bạn em ra 23 kg, còn em ra 25 kg."),
        (RICE, "Các số trong bài là 60, 25, 12, 23 kg."),
        (RICE, "Tính lần lượt ta được 23 kg là sai nhé."),
        (RICE, "Cộng trừ hết rồi, tất cả là 30 = 5 = 23 kg nhé"),
        (RICE, "Kho chỉ còn 23 kg hoặc 25 kg thôi."),
        (RICE, "Em nghĩ là 23 kg, mà cũng có thể 25 kg."),
        (RICE, "Hình như trong kho chỉ còn 23 kg."),
        (SPEED, "Cứ mỗi phút xe máy chạy được 45 km."),
        (CHANGE, "Cô phải thối lại 21k, Hà mua hết 29k."),
        (TANK, "Bể chứa được 6000 m³ nước."),
        (COMPARE, "4 < 7 và 5 < 9 nên bốn phần năm bé hơn bảy phần chín."),
        (COMPARE, "36/45 > 35/45 nên phân số thứ hai lớn hơn."),
        (COMPARE, "Phân số thứ nhất lớn hơn phân số thứ hai, hay phân số thứ hai lớn hơn."),
        (FASTER, "Nga nhanh hơn Thu."),
        (FASTER, "Nga và Thu nhanh hơn."),
        (FASTER, "Thu không nhanh hơn Nga, Nga nhanh hơn Thu."),
        (FASTER, "Nga nhanh hơn, Thu chậm hơn."),
        (SHAPE, "Chỉ hình thang mới có bốn cạnh bằng nhau, hình thoi thì không."),
        (SAYS, "Phúc sai rồi, Quân mới đúng."),
        (ROOTS, "x₁ = (7+1)/2 = 4, x₂ = (7+3)/2 = 5."),
        (PRODUCT, "Hoặc x - 2 = 0 tức x = 2, hoặc x + 6 = 0 tức x = 6."),
        (BOUND, "Những x bé hơn 4 là nghiệm."),
        (BOUND, "x > 6 hay x > 4 đều là nghiệm nhé"),
        (BOTH, "P = 9 x 4 = 36 cm; S = (9 + 4) x 2 = 26 cm2"),
        (NEXT, "Hai số tiếp theo là 15 + 4 = 19 và 11 + 4 = 15."),
        (ENOUGH, "4 hộp chứa 40 quả, thành ra đựng hết được."),
        (CITIES, "Lào Cai lạnh nhất, sau đó là Vinh, nóng nhất là Huế."),
        (CITIES, "Huế lạnh nhất, sau đó là Vinh, nóng nhất là Lào Cai."),
        (SHORTER, "Bỏ ngoặc được 3x + 2 - 2x, còn lại x + 2."),
        (OPTIONS, "Phương án C đúng; các phương án A, B, D đều loại."),
    ],
)
def test_what_no_teacher_signs(problem: tuple[str, str], solution: str):
    assert judge(*problem, solution).verdict != "correct"


def test_a_stated_answer_is_not_looked_at_again():
    question, gold = RICE
    judgement = judge(question, gold, "Kho chỉ còn 23 kg thôi.\nĐáp số: 23 kg và 25 kg")
    assert judgement.verdict == "wrong"
    assert judgement.answer is not None
    assert judgement.answer.rule == "stated"


def test_the_rule_is_named():
    judgement = judge(*SPEED, "Cứ mỗi giờ xe máy chạy được 45 km.")
    assert judgement.answer is not None
    assert (judgement.answer.rule, judgement.answer.text) == ("guided", "45 km/giờ")
