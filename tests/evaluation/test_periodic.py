"""Solutions that repeat, compared as sets of numbers."""

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.values.periodic import same_periodic


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["2π/3 + k2π", "-2π/3 + k2π"], ["2π/3 + k2π", "4π/3 + k2π"]),
        (["π/2 + kπ"], ["π/2 + k2π", "-π/2 + k2π"]),
        (["π/4 + kπ/2"], ["π/4 + kπ", "3π/4 + kπ"]),
        (["x = 30° + k360°"], ["π/6 + 2kπ"]),
        (["-π/6 + n2π"], ["11π/6 + k2π"]),
    ],
)
def test_the_same_numbers_in_another_form(left, right):
    assert same_periodic(left, right) is True
    assert same_periodic(right, left) is True


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["π/6 + k2π"], ["π/6 + kπ"]),
        (["π/6 + k2π", "5π/6 + k2π"], ["π/6 + k2π"]),
        (["π/6 + k2π"], ["-π/6 + k2π"]),
        (["30° + k180°"], ["π/6 + k2π"]),
    ],
)
def test_other_numbers(left, right):
    assert same_periodic(left, right) is False
    assert same_periodic(right, left) is False


@pytest.mark.parametrize("text", ["3", "kx + 2", "k", "2k + k", ""])
def test_what_is_no_family_is_left_to_the_other_values(text):
    assert same_periodic([text], ["π/6 + kπ"]) is None


def test_the_judge_reads_both_signs_and_whole_numbers_in_words():
    question, gold = "Giải phương trình 2cos x + 1 = 0.", "$x=\\pm\\dfrac{2\\pi}{3}+k2\\pi\\ (k\\in\\mathbb Z)$."
    right = "Vậy x = 2π/3 + k2π hoặc x = 4π/3 + k2π, với k nguyên."
    assert judge(question, gold, right).verdict == "correct"
    assert judge(question, gold, right.replace("4π", "5π")).verdict == "wrong"
