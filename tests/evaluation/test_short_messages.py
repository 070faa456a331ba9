"""Short messages, as people type them in a chat: what they state counts, and a wrong one stays wrong."""

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.verdict.short_message import MAX_MESSAGE, readings
from mathpal_lightning.evaluation.verdict.typed_words import in_full, is_unmarked, one_by_one

BOYS = "Lớp 2A có 31 học sinh, trong đó có 17 bạn nữ. Hỏi lớp 2A có bao nhiêu bạn nam?"
RECTANGLE = "Một hình chữ nhật dài 9 cm, rộng 5 cm. Tính chu vi và diện tích hình chữ nhật đó."
SIDES = "Một mảnh vườn hình chữ nhật có chu vi 34 m và diện tích 60 m². Tính chiều dài và chiều rộng."
SPHERE = "Cho mặt cầu (S): (x - 2)² + (y + 1)² + z² = 9. Tìm tọa độ tâm I và bán kính R của (S)."
FILM = "Phim bắt đầu lúc 19 giờ 40 phút và kết thúc lúc 20 giờ 25 phút. Hỏi phim dài bao nhiêu phút?"
CHANGE = "Lan mua 4 quyển vở, mỗi quyển 7 000 đồng, và đưa 50 000 đồng. Hỏi cô bán hàng trả lại Lan bao nhiêu tiền?"
LETTERS = "Số nào chia hết cho 9?\nA. 124\nB. 235\nC. 342\nD. 451"
TWO_PARTS = "Gieo một con xúc xắc. Tính xác suất của:\na) mặt 2 chấm hoặc 5 chấm\nb) mặt chẵn"
CYLINDER = "Một hình trụ có bán kính đáy 2 cm, chiều cao 7 cm. Tính diện tích xung quanh và thể tích (theo π)."


@pytest.mark.parametrize(
    ("question", "reference", "right", "wrong"),
    [
        (BOYS, "Lớp 2A có 14 bạn nam.", "14 ban nam", "14 ban nu"),
        (BOYS, "Lớp 2A có 14 bạn nam.", "14 bạn nhé bạn, lấy 31 trừ 17", "15 bạn nhé bạn, lấy 31 trừ 17"),
        (BOYS, "Lớp 2A có 14 bạn nam.", "lop 2a co 14 ban nam a", "lop 2a co 17 ban nam a"),
        (RECTANGLE, "Chu vi: 28 cm; diện tích: 45 cm²", "cv 28cm dt 45cm vuông", "cv 45cm dt 28cm vuông"),
        (RECTANGLE, "Chu vi: 28 cm; diện tích: 45 cm²", "chu vi 28 cm, diện tích 45 cm2 nha mn", "chu vi 28 cm nha mn"),
        (SIDES, "Chiều dài 12 m, chiều rộng 5 m.", "dài 12 rộng 5", "dài 5 rộng 12"),
        (SIDES, "Chiều dài 12 m, chiều rộng 5 m.", "rong 5m, dai 12m", "rong 12m, dai 5m"),
        (SPHERE, "Tâm I(2; -1; 0), bán kính R = 3.", "I(2;-1;0) R=3", "I(2;-1;0) R=9"),
        (FILM, "45 phút", "45p nhé. 20p tới 20h rồi thêm 25p nữa", "25p nhé. 20p tới 20h rồi thêm 25p nữa"),
        (CHANGE, "22 000 đồng", "vở 4x7=28k, đưa 50k thối lại 22k", "vở 4x7=28k, đưa 50k thối lại 28k"),
        (CHANGE, "22 000 đồng", "4x7=28 => còn 22k", "4x7=28 => còn 28k"),
        (LETTERS, "C", "c. vì 3+4+2=9", "b. vì 3+4+2=9"),
        (LETTERS, "C", "3+4+2=9 nên C", "3+4+2=9 nên D"),
        (TWO_PARTS, "a) 1/3\nb) 1/2", "a 1/3 b 1/2", "a 1/2 b 1/3"),
        (TWO_PARTS, "a) 1/3\nb) 1/2", "a. 2/6 b. 50%", "a. 2/6 b. 5%"),
        (CYLINDER, "Sxq = 28π cm²; V = 28π cm³", "sxq 28π cm2, V 28π cm3", "sxq 14π cm2, V 28π cm3"),
        ("Tính √12 + √27.", "5√3", "5can3", "6can3"),
        ("Viết 10³ · 10 dưới dạng một lũy thừa của 10.", "10⁴", "10 mũ 4 á", "10 mũ 3 á"),
        ("Gửi 20 000 000 đồng, lãi 0,5% một tháng. Sau một tháng có bao nhiêu tiền?", "20 100 000 đồng", "20tr100k", "20tr10k"),
        ("Giải phương trình x² - x - 6 = 0.", "x = 3 hoặc x = -2", "x1=3 x2=-2", "x1=3 x2=2"),
        ("Tìm x: x + 12 = 5", "x = -7", "am 7", "7"),
        ("Số 51 có phải là số nguyên tố không?", "Không", "không, 51 chia hết cho 3", "có, 51 chia hết cho 3"),
        ("Hôm nay là thứ Năm. Ngày kia là thứ mấy?", "thứ Bảy", "t7 bạn ạ, vì mai t6 mà", "t6 bạn ạ, vì mai t6 mà"),
        (
            "Tìm tiệm cận của y = (3x + 1)/(x - 2).",
            "Tiệm cận đứng x = 2, tiệm cận ngang y = 3",
            "tcđ x=2, tcn y=3",
            "tcđ x=3, tcn y=2",
        ),
    ],
)
def test_a_message_is_read_as_it_is_meant(question: str, reference: str, right: str, wrong: str) -> None:
    assert judge(question, reference, right).verdict == "correct"
    assert judge(question, reference, wrong).verdict != "correct"


@pytest.mark.parametrize(
    ("question", "reference", "message"),
    [
        (BOYS, "14 bạn nam", "14 hoặc 15 bạn"),
        (BOYS, "14 bạn nam", "cách 1 được 13, cách 2 được 14"),
        (BOYS, "14 bạn nam", "13 bạn\n14 bạn"),
        (BOYS, "14 bạn nam", "không phải 14"),
        (BOYS, "14 bạn nam", "31, 17, 14"),
        (BOYS, "14 bạn nam", "bạn nữ là 14"),
        (BOYS, "14 bạn nam", "Cuối cùng bài này ra 14 con voi."),
        (BOYS, "14 bạn nam", "ra từ 1 đến 14 bạn"),
        ("Hãy tính 2 + 2 + 2.", "6", "7 hay 6"),
        (BOYS, "14 bạn nam", "Còn 17 bạn (14 bạn đã về)"),
        ("Một sợi dây 7,2 m cắt thành 8 đoạn bằng nhau. Mỗi đoạn dài bao nhiêu mét?", "0,9 m", "Mỗi đoạn dài cỡ 0,9 m"),
        ("Rừng có 4 500 cây trên 15 ha. Trung bình mỗi héc-ta có bao nhiêu cây?", "300 cây", "300 ha"),
        ("Tìm giá trị lớn nhất của B và x khi đó.", "x = -1; giá trị lớn nhất của B là 1", "max B = -1 khi x = 1"),
        (CHANGE, "22 000 đồng", "Lan mua hết 22k"),
        ("Giải phương trình x² - 4x + 3 = 0.", "x = 1; x = 3", "x = 1; x = 3. Vì x > 2 nên x = 3."),
        ("Sắp xếp 0,5; 0,45; 0,54 từ bé đến lớn.", "0,45; 0,5; 0,54", "Từ lớn đến bé: 0,45; 0,5; 0,54"),
    ],
)
def test_cutting_a_message_makes_no_wrong_answer_right(question: str, reference: str, message: str) -> None:
    assert judge(question, reference, message).verdict != "correct"


def test_only_short_messages_that_state_nothing_themselves_are_read_otherwise() -> None:
    assert list(readings("14 ban nam", BOYS, "14 bạn nam"))
    assert not list(readings("14 ban nam " * (MAX_MESSAGE // 11 + 1), BOYS, "14 bạn nam"))
    assert not list(readings("Vậy có 14 ban nam", BOYS, "14 bạn nam"))
    assert not list(readings("chắc là 14 ban nam", BOYS, "14 bạn nam"))


def test_words_get_the_marks_that_the_question_gives_them() -> None:
    assert in_full("9 ban", "Cần bao nhiêu bàn?", "9 bàn") == "9 bàn"
    assert in_full("9 ban", "Có bao nhiêu bạn, bao nhiêu bàn?", "") == "9 ban"
    assert in_full("an 5, bc=7", "An có mấy viên bi? Tính BC.", "") == "an 5, BC=7"


def test_a_negative_number_that_is_added_is_no_double_sign() -> None:
    assert in_full("3 + -2", "Tính 3 + (-2).", "1") == "3 + -2"


def test_a_text_without_marks_is_known() -> None:
    assert is_unmarked("rong 12m, dai 5m")
    assert not is_unmarked("rộng 12m, dai 5m")
    assert not is_unmarked("x = 5")


def test_results_in_a_row_are_parted() -> None:
    assert one_by_one("12 nữ 20 nam") == "12 nữ; 20 nam"
    assert one_by_one("chu vi 40cm diện tích 84cm vuông") == "chu vi 40cm; diện tích 84cm vuông"
    assert one_by_one("5 + 7 = 12 quả") == "5 + 7 = 12 quả"
