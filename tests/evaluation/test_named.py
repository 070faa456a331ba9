"""Answers in words that have a value: an order of names, results in parts, the place of a digit, a number read aloud."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

ORDER = "An chạy hết 15 giây, Bình hết 12 giây, Chi hết 14 giây. Viết tên các bạn theo thứ tự từ nhanh đến chậm."
BOXES = "Hộp X nặng 3 kg, hộp Y nặng 5 kg, hộp Z nặng 4 kg. Sắp xếp các hộp theo thứ tự từ nhẹ đến nặng."
PARTS = "Tìm hai số, biết:\na) Tổng là 12, hiệu là 2\nb) Tổng là 20, hiệu là 6"
PLACE = "Chữ số 6 trong số 46 213 thuộc hàng nào?"
BOTH = "Trong số 305 812 467, chữ số 8 thuộc hàng nào, lớp nào?"
ALOUD = "Đọc số 7 015."
GOLD = {
    ORDER: "Bình, Chi, An",
    BOXES: "X < Z < Y",
    PARTS: "a) Số lớn: 7; số bé: 5\nb) Số lớn: 13; số bé: 7",
    PLACE: "hàng nghìn",
    BOTH: "hàng trăm nghìn, lớp nghìn",
    ALOUD: "bảy nghìn không trăm mười lăm",
}


@pytest.mark.parametrize(
    ("question", "solution"),
    [
        (ORDER, "Vì 12 < 14 < 15 nên các bạn xếp theo thứ tự từ nhanh đến chậm là: Bình, Chi, An."),
        (ORDER, "Đáp số: bạn Bình, bạn Chi, bạn An"),
        (ORDER, "Thứ tự là:\n1. Bình (12 giây)\n2. Chi (14 giây)\n3. An (15 giây)"),
        (ORDER, "Bình → Chi → An"),
        (BOXES, "3 < 4 < 5 nên X < Z < Y"),
        (BOXES, "Từ nhẹ đến nặng: hộp X, hộp Z, hộp Y"),
        (PARTS, "a) Số lớn là 7, số bé là 5\nb) Số lớn là 13, số bé là 7"),
        (PARTS, "Đáp số: a) số lớn 7; số bé 5. b) số lớn 13; số bé 7"),
        (PARTS, "a) số bé 5 và số lớn 7\nb) số bé 7 và số lớn 13"),
        (PLACE, "Chữ số 6 trong số 46 213 thuộc hàng nghìn."),
        (PLACE, "Hàng ngàn ạ"),
        (PLACE, "Chữ số 6 thuộc hàng nghìn, lớp nghìn.\nĐáp số: hàng nghìn"),
        (BOTH, "Chữ số 8 thuộc hàng trăm nghìn và thuộc lớp nghìn."),
        (ALOUD, "7 015 đọc là: bảy ngàn không trăm mười lăm."),
        (ALOUD, "Bảy nghìn không trăm mười lăm"),
    ],
)
def test_what_a_teacher_signs(question: str, solution: str):
    assert judge(question, GOLD[question], solution).verdict == "correct", judge(question, GOLD[question], solution)


@pytest.mark.parametrize(
    ("question", "solution"),
    [
        (ORDER, "An, Bình, Chi"),
        (ORDER, "An, Chi, Bình"),
        (ORDER, "Bình, Chi"),
        (ORDER, "Bình, Chi, An hoặc An, Chi, Bình"),
        (ORDER, "Không phải Bình, Chi, An"),
        (ORDER, "Bình, Chi, An, Bình"),
        (ORDER, "12 giây, 14 giây, 15 giây"),
        (ORDER, "Có thể là Bình, Chi, An"),
        (ORDER, "Đáp số: Bình, Chi, An\nVậy thứ tự là An, Chi, Bình\nĐáp số: An, Chi, Bình"),
        (BOXES, "Y > Z > X"),
        (BOXES, "X, Y, Z"),
        (BOXES, "X < Y < Z"),
        (BOXES, "3 kg < 4 kg < 5 kg"),
        (PARTS, "a) Số lớn: 13; số bé: 7\nb) Số lớn: 7; số bé: 5"),
        (PARTS, "a) Số lớn: 5; số bé: 7\nb) Số lớn: 13; số bé: 7"),
        (PARTS, "a) Số lớn: 7\nb) Số lớn: 13"),
        (PARTS, "a) 7; 5; 13\nb) 7"),
        (PLACE, "hàng trăm"),
        (PLACE, "hàng phần nghìn"),
        (PLACE, "hàng nghìn hoặc hàng trăm"),
        (PLACE, "không thuộc hàng nghìn"),
        (PLACE, "hàng đơn vị, hàng chục, hàng trăm, hàng nghìn"),
        (PLACE, "6 000"),
        (PLACE, "Chữ số 6 thuộc hàng nào?"),
        (PLACE, "hàng nghìn?"),
        (BOTH, "hàng trăm nghìn"),
        (BOTH, "lớp nghìn"),
        (BOTH, "hàng trăm nghìn, lớp triệu"),
        (ALOUD, "Đọc số 7 015"),
        (ALOUD, "7 015"),
        (ALOUD, "bảy nghìn mười lăm"),
        (ALOUD, "bảy nghìn một trăm năm mươi"),
        (ALOUD, "bảy nghìn không trăm mười lăm hoặc bảy nghìn một trăm năm mươi"),
        (ALOUD, "không phải bảy nghìn không trăm mười lăm"),
    ],
)
def test_what_no_teacher_signs(question: str, solution: str):
    assert judge(question, GOLD[question], solution).verdict != "correct", extract_answer(solution, question)


def test_parts_with_several_results_are_flat_in_their_canonical_form():
    answer = extract_answer("a) x = 1; y = 2\nb) x = 3; y = 4", "Giải hệ:\na) x + y = 3\nb) x + y = 7")
    assert answer is not None
    assert answer.canonical() == ["1", "2", "3", "4"]
    assert [len(part.parts) for part in answer.parts] == [2, 2]
