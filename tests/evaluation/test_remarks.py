"""What stands beside the mathematics: dollars among LaTeX, thoughts, notes behind the answer."""

import pytest

from mathpal_lightning.evaluation import extract_answer
from mathpal_lightning.evaluation.solution.dollars import dollars_in_words
from mathpal_lightning.evaluation.solution.remarks import without_remarks, without_thoughts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Còn lại $50 - $33 = $17.", "Còn lại 50 đô la - 33 đô la = 17 đô la."),
        ("Lương một năm là $30,000", "Lương một năm là 30000 đô la"),
        ("Phí là $1.40 và $0.35", "Phí là 1,40 đô la và 0,35 đô la"),
        ("Trả \\$121.50", "Trả 121,50 đô la"),
        ("$x = 17$ và $y = 5$", "$x = 17$ và $y = 5$"),
        ("Tổng là: $25 + 25 = 50$ (kg)", "Tổng là: $25 + 25 = 50$ (kg)"),
        ("$96 \\times 150 = 14\\,400 \\text{ (đồng)}$", "$96 \\times 150 = 14\\,400 \\text{ (đồng)}$"),
        ("$$S = 5$$", "$$S = 5$$"),
    ],
)
def test_dollars_are_told_from_latex(text: str, words: str):
    assert dollars_in_words(text) == words


def test_a_thought_is_no_solution():
    assert without_thoughts("<think>24 - 8 = 16</think>Còn 16 cái.") == "Còn 16 cái."
    assert without_thoughts("<think>24 - 8 = 16. Đáp số: 16") is None
    assert without_thoughts("3 < 5") == "3 < 5"
    assert extract_answer("<think>thử 20</think>\nĐáp số: 16").canonical() == "16"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["x = 6", "Lưu ý: nhớ đổi dấu khi chuyển vế nhé!"], ["x = 6"]),
        (["7 × 8 = 56", "Em có muốn thử thêm bài khác không?"], ["7 × 8 = 56"]),
        (["Lưu ý: đổi đơn vị trước.", "5 × 4 = 20 (cm)", "Đáp số: 20 cm"], ["5 × 4 = 20 (cm)", "Đáp số: 20 cm"]),
        (["S = 42 cm²", "Sai lầm thường gặp: quên chia cho 2 và ra 84 cm²."], ["S = 42 cm²"]),
    ],
)
def test_notes_behind_the_answer_are_no_answer(lines: list[str], kept: list[str]):
    assert without_remarks(lines) == kept
