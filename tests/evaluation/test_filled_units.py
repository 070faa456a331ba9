"""Blanks that ask for a unit: `Chiếc bút chì dài 15 …`."""

import pytest

from mathpal_lightning.evaluation import extract_answer, judge

PENCIL = "Điền đơn vị đo thích hợp vào chỗ chấm: Chiếc bút chì dài 15 ..."
TABLE = "Điền cm, dm hoặc m vào chỗ chấm: Bàn học cao 7 …"
WEIGHTS = (
    "Chọn đơn vị g, kg, tấn điền vào chỗ chấm cho hợp lí:\n"
    "a) Con voi nặng khoảng 5 …\nb) Quả trứng nặng khoảng 55 …\nc) Bao gạo nặng 50 …"
)


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        (PENCIL, "cm", "15 cm"),
        (PENCIL, "cm", "Chiếc bút chì dài 15 cm."),
        (PENCIL, "Chiếc bút chì dài 15 cm.", "cm"),
        (PENCIL, "cm", "xăng-ti-mét"),
        (TABLE, "dm", "Đáp số: dm"),
        (WEIGHTS, "a) tấn; b) g; c) kg", "a) tấn\nb) g\nc) kg"),
        (WEIGHTS, "a) tấn; b) g; c) kg", "Con voi nặng khoảng 5 tấn, quả trứng nặng khoảng 55 g, bao gạo nặng 50 kg."),
        (
            WEIGHTS,
            "a) tấn; b) g; c) kg",
            "a) Con voi nặng 5 tấn. b) Quả trứng nặng 55 gam. c) Bao gạo nặng 50 kg.",
        ),
    ],
)
def test_the_unit_is_the_answer(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict == "correct"


@pytest.mark.parametrize(
    ("question", "gold", "solution"),
    [
        (PENCIL, "cm", "m"),
        (PENCIL, "cm", "15"),
        (PENCIL, "cm", "cm hoặc dm"),
        (PENCIL, "cm", "Chiếc bút chì dài 15 m."),
        (TABLE, "dm", "Không phải dm"),
        (WEIGHTS, "a) tấn; b) g; c) kg", "a) tấn\nb) kg\nc) g"),
        (WEIGHTS, "a) tấn; b) g; c) kg", "g, kg, tấn"),
    ],
)
def test_another_unit_is_not(question: str, gold: str, solution: str):
    assert judge(question, gold, solution).verdict != "correct"


def test_a_conversion_is_no_such_question():
    answer = extract_answer("3 m = 300 cm", "Viết số thích hợp vào chỗ chấm: 3 m = ... cm")
    assert answer is not None
    assert answer.kind != "text"
