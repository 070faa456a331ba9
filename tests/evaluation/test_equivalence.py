"""Equivalence against a table that a teacher can read, and its laws."""

from itertools import chain
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.evaluation import extract_answer, grade, is_equivalent
from mathpal_lightning.schema import Answer

HERE = Path(__file__).parent
TABLE = yaml.safe_load((HERE / "equivalence_pairs.yaml").read_text(encoding="utf-8"))
TABLE["of upper classes"] = yaml.safe_load((HERE / "pairs_developed.yaml").read_text(encoding="utf-8"))
TABLE["of twelve styles"] = yaml.safe_load((HERE / "pairs_seventh.yaml").read_text(encoding="utf-8"))
PAIRS = [
    pytest.param(first, second, verdict == "same", id=f"{kind}: {first} | {second}")
    for kind, verdicts in TABLE.items()
    for verdict, pairs in verdicts.items()
    for first, second in pairs
]
TEXTS = sorted(set(chain.from_iterable(param.values[:2] for param in PAIRS)))


def test_the_table_is_large_and_holds_both_verdicts():
    assert len(PAIRS) >= 300
    assert 0.3 < sum(param.values[2] for param in PAIRS) / len(PAIRS) < 0.8
    assert all(set(verdicts) == {"same", "different"} for verdicts in TABLE.values())


@pytest.mark.parametrize(("first", "second", "same"), PAIRS)
def test_a_pair_is_judged_as_a_teacher_does_in_both_orders(first: str, second: str, same: bool):
    assert is_equivalent(first, second) is same
    assert is_equivalent(second, first) is same


@pytest.mark.parametrize("text", TEXTS)
def test_equivalence_is_reflexive_on_texts_and_on_read_answers(text: str):
    answer = extract_answer(text)
    assert is_equivalent(text, text)
    assert answer is None or is_equivalent(answer, answer)
    assert answer is None or is_equivalent(Answer.from_canonical(answer.canonical()), answer)


def _answer_texts() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(
        ["3", "2,5", "1.000", "1/2", "20%", "cm", "cm²", "giờ", "phút", "học sinh", "x =", ";", "và", "a)", "b)", "≈"]
    )
    return st.one_of(st.sampled_from(TEXTS), st.lists(pieces, min_size=1, max_size=7).map(" ".join), st.text(max_size=30))


@settings(max_examples=400, deadline=None)
@given(_answer_texts(), _answer_texts())
def test_equivalence_is_symmetric_and_never_raises(first: str, second: str):
    assert is_equivalent(first, second) is is_equivalent(second, first)
    left, right = extract_answer(first), extract_answer(second)
    if left is not None and right is not None:
        assert is_equivalent(left, right) is is_equivalent(right, left)


def test_unreadable_input_is_different_not_an_error():
    assert not is_equivalent("x" * 30_000, "5")
    assert not is_equivalent("", "5")
    assert not is_equivalent(5, "5")  # type: ignore[arg-type]  # a program may hand over anything


OPTIONS = "Diện tích là: A. 12 cm² B. 20 cm² C. 24 cm²"


@pytest.mark.parametrize(
    ("question", "gold", "predicted", "verdict"),
    [
        (None, "Đáp số: 36 cm", "Vậy chu vi là 36 cm.", "correct"),
        (None, "Đáp số: 36 cm", "Đáp số: 36 m", "wrong"),
        (None, "Đáp số: 36 cm", "Chiều dài là:", "no_answer"),
        (None, "Ta xếp như sau:", "Đáp số: 36", "gold_unreadable"),
        (OPTIONS, "Chọn C", "Đáp số: 24 cm²", "correct"),
        (OPTIONS, "Chọn C", "Diện tích là 4 × 6 = 24 (cm²)", "correct"),
        (OPTIONS, "Chọn C", "Chọn B", "wrong"),
        (OPTIONS, "Đáp số: 24 cm²", "Đáp án: C", "correct"),
        ("Tìm hai số.", "Số lớn là 30\nSố bé là 20", "Đáp số: Số lớn: 30; số bé: 20", "correct"),
        (None, "Đáp số: khoảng 42,86%", "Đáp số: 42,857%", "correct"),
        (None, "Đáp số: 42,857%", "Đáp số: khoảng 42,86%", "wrong"),  # only the gold may allow rounding
        ("Tính 10 : 3, làm tròn đến hàng phần trăm.", "Đáp số: 3,33", "Đáp số: 10/3", "wrong"),  # two digits are asked for
    ],
)
def test_grade(question: str | None, gold: str, predicted: str, verdict: str):
    assert grade(question, gold, predicted)[0] == verdict
