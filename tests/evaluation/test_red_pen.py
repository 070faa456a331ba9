"""Questions of grades 1 to 12, a right and a wrong solution each, by people who had read neither tests nor rules."""

import json
from pathlib import Path

from mathpal_lightning.evaluation import extract_answer, judge
from mathpal_lightning.evaluation.question.parts import asks_in_parts

HERE = Path(__file__).parent
ROWS, SECOND, THIRD, FOURTH, FIFTH, SIXTH = (
    [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    for name in (
        "verdicts_red_pen.jsonl",
        "verdicts_second_pen.jsonl",
        "verdicts_third_pen.jsonl",
        "verdicts_fourth_pen.jsonl",
        "verdicts_fifth_pen.jsonl",
        "verdicts_sixth_pen.jsonl",
    )
)
REFUSED = ("Tính cạnh BC và diện tích tam giác ABC", "Viết mệnh đề phủ định")
"""Right ones that are not signed: a side called by its small letter, and a proposition with a quantifier."""
REFUSED_OF_SECOND = ("Tính toạ độ vectơ AB và độ dài đoạn AB",)
"""A vector and its length, both called AB."""

REFUSED_OF_THIRD = (
    "Hãy cho biết mỗi góc là góc nhọn",
    "Bạn Nam tung một đồng xu 10 lần",
    "Điền kí hiệu ∈ hoặc ∉",
    "Ước lượng kết quả của phép tính 7,82",
    "cho biết bậc và hệ số tự do",
    "Chứng minh tứ giác BCEF nội tiếp",
    "Xác định toạ độ đỉnh và trục đối xứng",
)
"""A class for each angle, letters of a coin, a set and its signs, three results of another sort, a proof with its centre."""
REFUSED_OF_FOURTH = (
    "Bảng số vật nuôi của nhà bác Tư",
    "Trong túi có 3 tấm thẻ",
    "Góc đỉnh O, cạnh OA, OB có số đo 120°",
    "Viết tập hợp A các số tự nhiên lớn hơn 7",
    "Lớp 6A có 40 học sinh gồm ba loại",
    "chỉ ra thương, dư",
    "góc ngoài tại đỉnh C",
    "Tìm điều kiện xác định và rút gọn A",
    "Tìm tọa độ vectơ AB và tính độ dài đoạn thẳng AB",
    "3x² – 2sin2x",
)
"""Names and numbers in one sentence, pairs of cards, a set in two ways, divisions of polynomials, a vector and its length."""


def _signed(rows: list[dict], which: str) -> list[dict]:
    return [row for row in rows if judge(row["question"], row["gold"], row[which]).verdict == "correct"]


def _refused(rows: list[dict], known: tuple[str, ...]) -> list[str]:
    """The questions whose right solution is not signed, but for the known ones."""
    signed = _signed(rows, "right")
    return [row["question"] for row in rows if row not in signed and not any(part in row["question"] for part in known)]


def test_right_solutions_are_signed_but_for_two():
    assert len(ROWS) == 85
    assert _refused(ROWS, REFUSED) == []


def test_no_wrong_solution_is_signed():
    assert _signed(ROWS, "wrong") == []


def test_right_solutions_of_the_second_reader_are_signed_but_for_one():
    assert len(SECOND) == 80
    assert _refused(SECOND, REFUSED_OF_SECOND) == []


def test_no_wrong_solution_of_the_second_reader_is_signed():
    assert _signed(SECOND, "wrong") == []


def test_right_solutions_of_the_third_reader_are_signed_but_for_seven():
    assert len(THIRD) == 160
    assert _refused(THIRD, REFUSED_OF_THIRD) == []


def test_no_wrong_solution_of_the_third_reader_is_signed():
    assert _signed(THIRD, "wrong") == []


def test_right_solutions_of_the_fourth_reader_are_signed_but_for_eleven():
    assert len(FOURTH) == 160
    assert _refused(FOURTH, REFUSED_OF_FOURTH) == []


def test_no_wrong_solution_of_the_fourth_reader_is_signed():
    assert _signed(FOURTH, "wrong") == []


def test_right_solutions_of_the_fifth_reader_are_signed_but_for_a_fifth():
    assert len(FIFTH) == 120
    assert len(_signed(FIFTH, "right")) >= 99


def test_no_wrong_solution_of_the_fifth_reader_is_signed():
    assert _signed(FIFTH, "wrong") == []


def test_parts_told_without_their_letters_are_signed_but_for_a_sixth():
    assert len(SIXTH) == 80
    assert len(_signed(SIXTH, "right")) >= 66


def test_no_wrong_solution_with_parts_without_letters_is_signed():
    assert _signed(SIXTH, "wrong") == []


def test_results_of_parts_that_are_joined_by_or_are_not_signed():
    golds = [(row, extract_answer(row["gold"], row["question"])) for row in (*THIRD, *FOURTH, *FIFTH, *SIXTH)]
    texts = [
        (row["question"], row["gold"], " hoặc ".join(part.text.replace(".", ",") for part in gold.parts))
        for row, gold in golds
        if gold is not None and asks_in_parts(row["question"]) and len(gold.parts) > 1 and all(part.text for part in gold.parts)
    ]
    assert len(texts) > 100
    assert [text for text in texts if judge(*text).verdict == "correct"] == []
