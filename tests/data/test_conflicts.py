"""Equal questions with different answers are said."""

import numpy as np

from mathpal_lightning.data.conflicts import conflict_note, repeated
from mathpal_lightning.data.split import question_keys
from mathpal_lightning.schema import Row, Turn


def row(question: str, solution: str, place: str) -> Row:
    return Row((Turn("user", question), Turn("assistant", solution)), place=place)


def note(*rows: tuple[str, str]) -> str:
    made = [row(question, solution, f"rows.jsonl:{number}") for number, (question, solution) in enumerate(rows, start=1)]
    return conflict_note(question_keys(one.question for one in made), made)


def test_equal_questions_with_different_answers_are_counted_with_an_example():
    found = note(("2 + 3 = ?", "Đáp số: 5"), ("1 + 1 = ?", "Đáp số: 2"), ("2 + 3 = ?", "Đáp số: 6"), ("2 + 3 = ?", "5"))
    assert found.startswith("1 questions stand more than once with different answers (3 rows repeat a question)")
    assert "rows.jsonl:1 and rows.jsonl:3: '5' and '6'" in found


def test_other_words_for_the_same_answer_are_no_conflict():
    assert note(("2 + 3 = ?", "Đáp số: 5"), ("2 + 3 = ?", "Ta có 2 + 3 = 5. Đáp số: 5")) == ""
    assert note(("a", "Đáp số: 1"), ("b", "Đáp số: 2")) == ""
    assert note() == ""


def test_a_lost_column_is_seen():
    found = note(*[("Viết câu trả lời.", f"Một bài văn thứ {number}, không có số") for number in range(40)])
    assert "40 rows repeat a question" in found


def test_repeated_keys_are_grouped_in_the_order_of_rows():
    assert [group.tolist() for group in repeated(np.array([7, 3, 7, 5, 3, 7], dtype=np.uint64))] == [[0, 2, 5], [1, 4]]
    assert repeated(np.array([], dtype=np.uint64)) == []
