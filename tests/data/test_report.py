import numpy as np
import pytest

from mathpal_lightning.data.report import DataReport, Refusal, Refusals, break_down, require_few_faults
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row, Turn


def _refusals(**counts: int) -> Refusals:
    refused = Refusals()
    for reason, count in counts.items():
        for number in range(count):
            refused.add(Refusal(reason, f"rows.jsonl:{number + 1}", "why"))
    return refused


def test_refusals_are_counted_and_the_first_three_kept():
    refused = _refusals(unreadable=5, needs_picture=1)
    assert refused.counts == {"unreadable": 5, "needs_picture": 1}
    assert [example.place for example in refused.examples["unreadable"]] == ["rows.jsonl:1", "rows.jsonl:2", "rows.jsonl:3"]
    assert (refused.total, refused.faults) == (6, 5)


def test_sums_of_refusals_keep_three_examples():
    both = _refusals(unreadable=2, leak=1) + _refusals(unreadable=2)
    assert both.counts == {"unreadable": 4, "leak": 1}
    assert [example.place[-1] for example in both.examples["unreadable"]] == ["1", "2", "1"]


def test_too_many_faults_stop_with_counts_and_places():
    require_few_faults("train", 100, _refusals(unreadable=3, too_long=2, needs_picture=40), 0.05)
    with pytest.raises(DataError) as error:
        require_few_faults("train", 100, _refusals(unreadable=4, too_long=2, needs_picture=40), 0.05)
    assert "6.0%" in str(error.value)
    assert "40 needs_picture: rows.jsonl:1" in str(error.value)
    assert "4 unreadable: rows.jsonl:1 (why); rows.jsonl:2 (why); rows.jsonl:3 (why); 2 too_long: " in str(error.value)
    assert "\n" not in str(error.value), "an error is one line"


def test_nothing_left_stops_whatever_the_share():
    with pytest.raises(DataError, match=r"found 2 of 2 rows refused: 2 needs_picture: rows\.jsonl:1 \(why\); rows"):
        require_few_faults("train", 2, _refusals(needs_picture=2), 1.0)


def test_the_summary_is_one_line_with_every_count():
    report = DataReport("train", 10, 8, _refusals(too_long=1, leak=1), 900, 400, 200, 1, 900 / 1024)
    assert report.summary() == (
        "train: 10 rows read, 8 kept, refused: 1 leak, 1 too_long; 900 tokens, 400 supervised, longest row 200; "
        "1 packs, 87.9% full"
    )


def test_the_breakdown_counts_lengths_topics_language_and_content():
    def row(question: str, solution: str, topic: str = "") -> Row:
        return Row((Turn("user", question), Turn("assistant", solution)), topic)

    rows = [
        row("Tìm số tự nhiên x, biết x + 1 = 3", "x = 2", "unknown_term"),
        row("Một hình vuông có cạnh dài 3 cm", "12 cm", "perimeter"),
        row("What is the sum of two and three", "five", "perimeter"),
    ]
    breakdown = break_down(rows, np.array([64, 65, 500]))
    assert breakdown.lengths == [(64, 1), (128, 1), (512, 1)]
    assert breakdown.topics == [("perimeter", 2), ("unknown_term", 1)]
    assert (breakdown.vietnamese, breakdown.mathematics) == (2, 2)


@pytest.mark.parametrize(
    ("solution", "is_bare"),
    [
        ("42 kg", True),
        ("Đáp số: 42 kg", True),
        ("54 - 12 = 42 (kg)", False),
        ("Còn lại:\nĐáp số: 42 kg", False),
        ("không biết", False),
    ],
)
def test_a_solution_that_is_an_answer_alone_is_found(solution: str, is_bare: bool):
    row = Row((Turn("user", "Có 54 kg gạo, bán 12 kg. Còn lại bao nhiêu?"), Turn("assistant", solution)), place="rows.jsonl:1")
    assert break_down([row], np.array([9])).bare_answers == ["rows.jsonl:1"] * is_bare


@pytest.mark.parametrize(
    ("question", "solution", "missing"),
    [
        ("Hình vuông cạnh 5 cm có chu vi là:", "5 × 4 = 20 (cm). Chọn A.", "A"),
        ("Số nào chia hết cho 3?", "1 + 2 = 3 nên 12 chia hết cho 3.\nVậy chọn đáp án B.", "B"),
        ("Số bé nhất là: A. 10 B. 11 C. 99", "Số bé nhất là 10. Chọn D.", "D"),
        ("Số bé nhất là: A. 10 B. 11 C. 99", "Số bé nhất là 10. Chọn A.", ""),
        ("Tam giác ABC có AB = 3, BC = 4, AC = 5 vuông tại đâu?", "3² + 4² = 5². Đáp số: B", ""),
        ("Hình vuông cạnh 5 cm có chu vi là:", "5 × 4 = 20 (cm). Đáp số: 20 cm", ""),
    ],
)
def test_a_solution_that_chooses_an_option_that_is_not_there_is_found(question: str, solution: str, missing: str):
    row = Row((Turn("user", question), Turn("assistant", solution)), place="exam.json:1")
    found = break_down([row], np.array([9]))
    assert found.missing_options == [f"exam.json:1 ({missing})"] * bool(missing)
    assert not found.no_answer
