"""What is the same problem and what is another one: a table for a teacher."""

import pytest

from mathpal_lightning.data.duplicates import grams, near_duplicates, numbers_and_signs, similarity
from tests.own_rows import OWN_ROWS

SAME = [
    ("Lan có 24 quả cam. Hỏi Lan có bao nhiêu quả?", "lan có 24 quả cam, hỏi Lan có bao nhiêu quả"),
    ("Tính thể tích hình hoà 3 cm.", "Tính thể tích hình hòa 3 cm."),
    (
        "Một hình chữ nhật có chiều dài 12 cm và chiều rộng 8 cm. Tính diện tích hình chữ nhật đó.",
        "Một hình chữ nhật có chiều dài 12 cm, chiều rộng 8 cm. Hãy tính diện tích hình chữ nhật đó.",
    ),
]
OTHER = [
    ("Lan có 24 quả cam. Hỏi Lan có bao nhiêu quả?", "Lan có 25 quả cam. Hỏi Lan có bao nhiêu quả?"),
    ("Đặt tính rồi tính giá trị: 12 + 3", "Đặt tính rồi tính giá trị: 12 - 3"),
    ("Tính tỉ số phần trăm của 3 và 4", "Tính tỉ số phần trăm của 4 và 3"),
    (
        "Lan có 15 viên bi, Hoa có nhiều hơn Lan 7 viên bi. Hỏi Hoa có bao nhiêu viên bi?",
        "Lan có 15 viên bi, Hoa có ít hơn Lan 7 viên bi. Hỏi Hoa có bao nhiêu viên bi?",
    ),
    (
        "Lan có ba quả táo, mẹ cho Lan thêm hai quả táo nữa. Hỏi Lan có tất cả mấy quả táo?",
        "Lan có ba quả táo, mẹ cho Lan thêm bốn quả táo nữa. Hỏi Lan có tất cả mấy quả táo?",
    ),
    ("Trong các số 345; 543; 453, số lớn nhất là số nào?", "Trong các số 345; 543; 453, số bé nhất là số nào?"),
    ("Một hình chữ nhật có chiều dài 12 cm và chiều rộng 8 cm. Tính chu vi.", "Tìm hai số có tổng là 12 và hiệu là 8."),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_problem_in_nearly_the_same_words(first: str, second: str):
    assert near_duplicates([first, "Tính 1 + 1", second], 0.7) == {2: 0}


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_another_problem_however_alike_its_words(first: str, second: str):
    assert near_duplicates([first, second], 0.5) == {}


def test_a_repeat_names_the_first_and_repeats_of_repeats_do_too():
    question = "Một lớp học có 30 học sinh, trong đó có 12 học sinh nữ. Hỏi có bao nhiêu học sinh nam?"
    assert near_duplicates([question, question.lower(), question + " ", "khác 5"], 0.9) == {1: 0, 2: 0}


def test_similarity_is_common_over_all():
    assert grams("abcdef") == {"abcd", "bcde", "cdef"}
    assert similarity(grams("abcdef"), grams("abcdex")) == 2 / 4
    assert grams("a") == {"a"}


def test_numbers_and_signs_are_what_makes_a_problem():
    assert numbers_and_signs("Tính: 2,5 × 4 - 3 = ?") == "2,5 × 4 - 3 ="


def test_rows_in_our_own_words_that_repeat_are_found():
    questions = [row["question"] for row in OWN_ROWS]
    assert near_duplicates(questions, 0.8) == near_duplicates(questions[::-1], 0.8) == {}
    again = [questions[3], questions[7].replace("Hỏi lớp", "Hỏi rằng lớp")]
    assert set(near_duplicates([*questions, *again], 0.8)) == {len(questions), len(questions) + 1}


def test_real_rows_that_repeat_are_found(real_rows):
    """FACTS: 8 train questions repeat. Every exact repeat must be among the near ones."""
    import json

    questions = [row["question"] for row in json.loads(real_rows.read_text(encoding="utf-8"))]
    found = near_duplicates(questions, 0.8)
    seen: dict[str, int] = {}
    exact = {number for number, question in enumerate(questions) if seen.setdefault(question, number) != number}
    assert exact
    assert exact <= set(found)
    assert len(found) < 60, "a near-duplicate is rare"
