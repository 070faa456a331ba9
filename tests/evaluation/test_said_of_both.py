"""Answers of two things, of which each may be false alone; and words that turn an answer into its opposite."""

import pytest

from mathpal_lightning.evaluation import judge

CANDLES = "Hà có 14 cái nến, Vân có 9 cái nến. Hỏi ai có nhiều nến hơn và nhiều hơn mấy cái?"
CANDLES_GOLD = "Vì 14 > 9 nên Hà có nhiều nến hơn Vân. Hà nhiều hơn Vân: 14 - 9 = 5 (cái nến)."
LIGHTER = "Bao A nặng 42 kg, bao B nặng 38 kg. Hỏi bao nào nhẹ hơn và nhẹ hơn bao nhiêu ki-lô-gam?"
SALES = "Tổ 1 bán 24 vé, tổ 2 bán 31 vé, tổ 3 bán 27 vé. Hỏi tổ nào bán nhiều vé nhất và cả ba tổ bán bao nhiêu vé?"
SALES_GOLD = "Tổ 2 bán được nhiều vé nhất; cả ba tổ bán được 82 vé."
DAYS = "Hôm nay là thứ Sáu. Hỏi ngày mai là thứ mấy? Hôm qua là thứ mấy?"
DAYS_GOLD = "Ngày mai là thứ Bảy, hôm qua là thứ Năm."
OLDER = "Bố 41 tuổi, con 12 tuổi. Hỏi bố hơn con bao nhiêu tuổi?"
OLDER_GOLD = "Bố hơn con số tuổi là: 41 - 12 = 29 (tuổi)\nĐáp số: 29 tuổi"
TALLER = "Cây thứ nhất cao 96 cm, cây thứ hai cao 88 cm. Hỏi cây thứ nhất cao hơn cây thứ hai bao nhiêu xăng-ti-mét?"
GLASSES = "Lớp 5B có 36 học sinh, trong đó 2/9 đeo kính. Hỏi có bao nhiêu học sinh không đeo kính?"
GLASSES_GOLD = "36 × 2/9 = 8 (học sinh); 36 - 8 = 28 (học sinh). Đáp số: 28 học sinh"
CHANCE = 'Túi có 4 viên bi xanh, không có viên nào khác. Dùng từ "chắc chắn",'
CHANCE += ' "có thể" hoặc "không thể" để nói về việc lấy được bi xanh.'
CHANCE_GOLD = "Chắc chắn lấy được viên bi xanh."
TRUTH = 'Bạn Hải nói: "Số 1 116 chia hết cho cả 4 và 9". Bạn Hải nói đúng hay sai?'
TRUTH_GOLD = "Hai chữ số tận cùng là 16 chia hết cho 4, tổng các chữ số là 9. Vậy bạn Hải nói đúng."
NONE = "Phương trình sin x = 2 có nghiệm hay không?"
ONE = "Hệ phương trình x + y = 1 và 3x + 3y = 3 có nghiệm duy nhất không?"
AXIS = "Tìm toạ độ đỉnh và trục đối xứng của parabol y = x² - 6x + 4."
ASYMPTOTE = "Tiệm cận ngang của đồ thị hàm số y = (3x - 1)/(x - 2) là\nA. x = 2\nB. y = 3\nC. y = -3\nD. x = 3"


@pytest.mark.parametrize(
    ("question", "gold", "right", "wrong"),
    [
        (CANDLES, CANDLES_GOLD, "Hà có nhiều nến hơn và nhiều hơn 5 cái", "Vân có nhiều nến hơn và nhiều hơn 5 cái"),
        (CANDLES, CANDLES_GOLD, "Vân ít hơn Hà 5 cái", "Vân nhiều hơn Hà 5 cái"),
        (CANDLES, CANDLES_GOLD, "hà, hơn 5 cái", "hà, ít hơn 5 cái"),
        (CANDLES, CANDLES_GOLD, "Hà nhiều hơn 5 cái", "5 cái"),
        (CANDLES, CANDLES_GOLD, "Đáp số: Hà; 5 cái", "Hà không nhiều hơn Vân 5 cái"),
        (LIGHTER, "Bao B nhẹ hơn bao A 4 kg", "Bao A nặng hơn bao B 4 kg", "Đáp số: bao A; 4 kg"),
        (SALES, SALES_GOLD, "tổ 2 nhiều nhất, tổng 82 vé", "tổ 3 nhiều nhất, tổng 82 vé"),
        (SALES, SALES_GOLD, "Vì 31 > 27 > 24 nên tổ 2 bán nhiều nhất.\nĐáp số: tổ 2; 82 vé", "82 vé"),
        (SALES, SALES_GOLD, "Tổ 2 bán nhiều nhất (31 vé), cả ba tổ bán 82 vé", "tổ 2 không bán nhiều nhất, tổng 82 vé"),
        (DAYS, DAYS_GOLD, "mai t7, qua t5", "mai chủ nhật, qua thứ năm"),
        (DAYS, DAYS_GOLD, "* Hôm qua: thứ Năm\n* Ngày mai: thứ Bảy", "thứ Năm"),
        (DAYS, DAYS_GOLD, "thứ bảy, thứ năm", "thứ năm, thứ bảy"),
        (OLDER, OLDER_GOLD, "Đáp số: con kém bố 29 tuổi", "Đáp số: con hơn bố 29 tuổi"),
        (OLDER, OLDER_GOLD, "Vậy con ít tuổi hơn bố 29 tuổi.", "Bố kém con 29 tuổi"),
        (TALLER, "Đáp số: 8 cm", "Cây thứ hai thấp hơn cây thứ nhất 8 cm", "Cây thứ nhất thấp hơn cây thứ hai 8 cm"),
        (GLASSES, GLASSES_GOLD, "Có 28 học sinh không đeo kính", "số học sinh đeo kính là 36 - 8 = 28"),
        (CHANCE, CHANCE_GOLD, "Lấy 1 viên thì chắc chắn lấy được bi xanh.", "chắc chắn sẽ không lấy được bi xanh"),
        (TRUTH, TRUTH_GOLD, "Bạn Hải nói hoàn toàn đúng", "Hải nói đúng một nửa, 1116 chỉ chia hết cho 4"),
        (TRUTH, TRUTH_GOLD, "đúng", "Hải nói không hoàn toàn đúng"),
        (NONE, "Không. Vì sin x ≤ 1 nên phương trình vô nghiệm.", "vô nghiệm", "Có vô số nghiệm vì hàm sin tuần hoàn"),
        (ONE, "Không. Hệ có vô số nghiệm.", "Hệ có vô số nghiệm", "Hệ có nghiệm duy nhất"),
        (AXIS, "Đỉnh I(3; -5); trục đối xứng x = 3", "I(3; -5), trục đối xứng x = 3", "I(3; -5), trục đối xứng y = 3"),
        (ASYMPTOTE, "Chọn B.", "Vậy tiệm cận ngang là y = 3", "Vậy tiệm cận ngang là x = 3"),
    ],
)
def test_each_of_both_is_judged(question, gold, right, wrong):
    assert [judge(question, gold, text).verdict == "correct" for text in (right, wrong)] == [True, False]


def test_a_sum_behind_a_ratio_of_segments():
    question = "M nằm giữa A và B, MB = 8 cm, N là trung điểm của MB. Tính MN."
    assert judge(question, "Vậy MN = 4 cm.", "Vì N là trung điểm nên MN = MB : 2 = 8 : 2 = 4 (cm)").verdict == "correct"
    assert judge(question, "Vậy MN = 4 cm.", "Vì N là trung điểm nên MN = MB : 2 = 9 : 2 = 4 (cm)").verdict == "wrong"
