"""Pairs from judged samples: tables that can be checked by hand, and the law of lengths."""

import math
from collections import Counter
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.mining import (
    Judged,
    Pair,
    balance_lengths,
    choose_pairs,
    judge_samples,
    log_length_ratio,
    pass_at_k,
    right_rows,
    sum_up,
)
from mathpal_lightning.schema import Row, Sample, Turn


def problem(question: str = "Tính: 2 + 3", gold: str = "2 + 3 = 5\nĐáp số: 5", topic: str = "sums") -> Row:
    return Row((Turn("user", question), Turn("assistant", gold)), topic)


def judged(right: list[str], wrong: list[str], question: str = "Tính: 2 + 3") -> Judged:
    return Judged(problem(question), ("correct",) * len(right) + ("wrong",) * len(wrong), tuple(right), tuple(wrong), 0, 0, 0)


def test_what_may_be_used():
    written = [
        Sample("2 + 3 = 5\nĐáp số: 5"),
        Sample("Đáp số: 6"),
        Sample("2 + 3 = 5\n Đáp số: 5 "),  # the same again
        Sample("2 + 3 = 6 - 2\nĐáp số: 5"),  # right after a false step
        Sample("Em không biết làm bài này."),  # no answer
        Sample("Đáp số: 5 Đáp số: 5", ended=False),  # cut
        Sample("Đáp số: 7", ended=False),
        Sample("Vậy tổng là 5.\nĐáp số: 5"),
    ]
    one = judge_samples(problem(), written)
    assert one.verdicts == ("correct", "wrong", "correct", "correct", "no_answer", "correct", "wrong", "correct")
    assert one.right == ("2 + 3 = 5\nĐáp số: 5", "Vậy tổng là 5.\nĐáp số: 5")
    assert one.wrong == ("Đáp số: 6",)
    assert (one.cut, one.repeated, one.false_steps) == (2, 1, 1)


def test_a_right_solution_in_another_language_is_not_learned():
    english = "We add the two numbers of the question together: 2 + 3 = 5. The answer is 5.\nĐáp số: 5"
    one = judge_samples(problem(), [Sample(english), Sample("2 + 3 = 5\nĐáp số: 5")])
    assert one.verdicts == ("correct", "correct")
    assert one.right == ("2 + 3 = 5\nĐáp số: 5",)
    assert (one.foreign, one.false_steps) == (1, 0)
    assert sum_up([one], [], []).foreign == 1


def test_half_a_character_is_not_used_because_its_pair_would_be_refused():
    one = judge_samples(problem(), [Sample("2 + 3 = 5\nĐáp số: 5"), Sample("T\ufffdng là:\nĐáp số: 6"), Sample("Đáp số: 6")])
    assert one.wrong == ("Đáp số: 6",)
    assert one.cut == 1


def test_without_a_readable_gold_nothing_is_used():
    one = judge_samples(problem(gold="Xem sách giáo khoa."), [Sample("Đáp số: 5"), Sample("Đáp số: 6")])
    assert one.verdicts == ("gold_unreadable",) * 2
    assert one.right == one.wrong == ()
    assert sum_up([one], [], []).pass_at == {}


def test_what_the_model_writes_most_often_comes_first():
    """A slip that does no harm is rare: of eight solutions of `453 : 4` one ended with `1 - 1 = 0`."""
    texts = ["2 + 3 = 5; 1 - 1 = 0\nĐáp số: 5", "2 + 3 = 5\nĐáp số: 5", "2 + 3 = 5\n Đáp số: 5"]
    assert judge_samples(problem(), [Sample(text) for text in texts]).right == (texts[1], texts[0])


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_at_most_so_many_pairs_and_none_twice(most: int):
    pairs = choose_pairs([judged(["5", "tổng 5"], ["6", "77", "888"]), judged([], ["1"]), judged(["2"], [])], most)
    assert len(pairs) == min(most, 6)
    assert len(set(pairs)) == len(pairs)
    if most == 2:
        assert len({pair.chosen for pair in pairs}) == len({pair.rejected for pair in pairs}) == 2, "each used once first"


def test_of_pairs_as_new_the_one_that_evens_the_lengths_is_taken():
    # Lengths 4 against 1, 4 and 16: alone the middle one; after a surplus of log 4 the third one evens it.
    alone = choose_pairs([judged(["aaaa"], ["b", "bbbb", "b" * 16])], 1)
    assert [len(pair.rejected) for pair in alone] == [4]
    after = choose_pairs([judged(["cccc"], ["d"]), judged(["aaaa"], ["b", "bbbb", "b" * 16])], 1)
    assert [len(pair.rejected) for pair in after] == [1, 16]


def pair_of(chosen: int, rejected: int) -> Pair:
    return Pair("q", "a" * chosen, "b" * rejected, "")


def mean_ratio(pairs: list[Pair]) -> float:
    return math.exp(fmean(log_length_ratio(pair.chosen, pair.rejected) for pair in pairs))


def test_the_most_lopsided_go_first():
    pairs = [pair_of(40, 10), pair_of(10, 10), pair_of(20, 10), pair_of(10, 12)]
    kept = balance_lengths(pairs, 1.2)  # 4, 1, 2, 0.83: the mean is 1.6; without the first 1.19
    assert kept == pairs[1:]
    assert mean_ratio(kept) == pytest.approx((2 * 10 / 12) ** (1 / 3))
    assert balance_lengths(pairs, 1.7) == pairs
    assert balance_lengths([Pair(*pair[:1], pair.rejected, pair.chosen, "") for pair in pairs], 1.2) == [
        Pair("q", pair.rejected, pair.chosen, "") for pair in pairs[1:]
    ]
    assert balance_lengths([pair_of(40, 10)], 1.2) == balance_lengths([], 1.2) == []


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), max_size=30), st.sampled_from([1.05, 1.2, 2.0]))
def test_what_is_kept_is_balanced_and_less_lopsided_than_what_is_not(lengths, limit):
    pairs = [pair_of(*both) for both in lengths]
    kept = balance_lengths(pairs, limit)
    if pairs and abs(math.log(mean_ratio(pairs))) <= math.log(limit):
        assert kept == pairs
    if kept:
        assert abs(math.log(mean_ratio(kept))) <= math.log(limit) + 1e-6
        ratios = sorted(log_length_ratio(pair.chosen, pair.rejected) for pair in kept)
        gone = Counter(pairs) - Counter(kept)
        assert not any(ratios[0] < log_length_ratio(pair.chosen, pair.rejected) < ratios[-1] for pair in gone)


def test_pass_at_k_is_the_share_of_all_choices():
    for samples in range(1, 6):
        for correct in range(samples + 1):
            for k in range(1, samples + 1):
                choices = list(combinations([True] * correct + [False] * (samples - correct), k))
                assert pass_at_k(samples, correct, k) == pytest.approx(sum(map(any, choices)) / len(choices))
    with pytest.raises(ValueError, match="from 1 to the 4 samples, but got 5"):
        pass_at_k(4, 2, 5)


def test_the_report_adds_up():
    first = judge_samples(problem(), [Sample(f"Đáp số: {answer}") for answer in (5, 5, 6, 7)])
    second = judge_samples(problem("Tính: 1 + 1", "Đáp số: 2"), [Sample(f"Đáp số: {answer}") for answer in (22, 23, 24, 25)])
    chosen = choose_pairs([first, second], 2)
    report = sum_up([first, second], chosen, balance_lengths(chosen, 1.1))
    assert (report.problems, report.samples, report.repeated, report.cut) == (2, 8, 1, 0)
    assert report.verdicts == {"correct": 2, "wrong": 6, "no_answer": 0, "gold_unreadable": 0}
    # 2 of 4 right and 0 of 4: 1/2, 1 - C(2, 2) / C(4, 2) = 5/6, 1; halved.
    assert report.pass_at == pytest.approx({1: 0.25, 2: 5 / 12, 4: 0.5})
    assert (report.problems_with_pair, report.pairs, report.left_out) == (1, 2, 0)
    assert report.length_ratio == report.length_ratio_offered == pytest.approx(1.0)


def test_right_rows_are_capped_and_different():
    one = judge_samples(problem(), [Sample(text) for text in ("Đáp số: 5", "Đáp số: 5", "Tổng là 5", "2 + 3 = 5", "Đáp số: 4")])
    assert right_rows([one], 2) == [
        {"question": "Tính: 2 + 3", "solution": "Đáp số: 5", "topic": "sums"},
        {"question": "Tính: 2 + 3", "solution": "Tổng là 5", "topic": "sums"},
    ]
    assert len(right_rows([one], 10)) == 3


def test_every_typical_mistake_of_the_syllabus_makes_a_pair():
    problems = list(generate_problems(400))
    results = []
    for one in problems:
        row = problem(one.question, one.solution, one.topic)
        results.append(judge_samples(row, [Sample(one.solution), *map(Sample, one.mistakes)]))
    assert [(result.row.topic, result.right) for result in results] == [(one.topic, (one.solution,)) for one in problems]
    assert [result.wrong for result in results] == [one.mistakes for one in problems]
    assert sum(len(result.wrong) for result in results) > 700
