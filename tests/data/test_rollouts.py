"""Which problems are drawn, what is rewarded, and what of it becomes a batch."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from mathpal_lightning.data.rollouts import (
    GradedGroup,
    PassRates,
    Rewards,
    draw_figures,
    encode_group,
    find_reward,
    group_batch,
    line_of,
)
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import IGNORE_INDEX, DrawnGroup, DrawnSolution, Row, Turn

X = IGNORE_INDEX


def row(question: str = "2 + 3 = ?", topic: str = "sum", difficulty: float | None = 3.1) -> Row:
    return Row((Turn("user", question), Turn("assistant", "Đáp số: 5")), topic=topic, difficulty=difficulty)


def drawn(*texts: str, ended: bool = True) -> DrawnGroup:
    solutions = [DrawnSolution([30 + n, 31, 9], [-0.5, -0.25, -0.125], text, ended) for n, text in enumerate(texts)]
    return DrawnGroup([2, 7], solutions)


def length_of(question: str, gold: str, solution: str) -> float:
    return len(solution)


def not_a_number(question: str, gold: str, solution: str) -> float:
    return float("nan")


LENGTH = f"{__name__}.length_of"


def test_a_group_is_its_prompt_once_and_all_its_solutions():
    encoded = encode_group(drawn("a", "b"))
    assert encoded.input_ids == [2, 7, 30, 31, 9, 31, 31, 9]
    assert encoded.labels == [X, X, 30, 31, 9, 31, 31, 9]
    assert encoded.segment_ids == [0, 0, 1, 1, 1, 2, 2, 2]
    assert encoded.drawn_log_probs == [0.0, 0.0, -0.5, -0.25, -0.125, -0.5, -0.25, -0.125]


def test_equal_solutions_stand_in_a_group_once():
    """The first and the third are equal, the fourth is their beginning."""
    ids = [[30, 31, 9], [40, 9], [30, 31, 9], [30, 31]]
    encoded = encode_group(DrawnGroup([2, 7], [DrawnSolution(one, [-0.5] * len(one), "", True) for one in ids]))
    assert encoded.input_ids == [2, 7, 30, 31, 9, 40, 9, 30, 31]
    assert encoded.segment_ids == [0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert encoded.written_as == [1, 2, 1, 3]


def test_the_batch_says_which_solution_each_drawn_one_is():
    def group(*texts: str, rewards: tuple[float, ...]) -> GradedGroup:
        solutions = [DrawnSolution([*map(ord, text), 9], [-0.5] * (len(text) + 1), text, True) for text in texts]
        return GradedGroup(row(), DrawnGroup([2, 7], solutions), rewards, ({},) * len(texts), (False,) * len(texts))

    made = [group("abc", "abc", "ab", rewards=(1, 1, 0)), group("b", "a", "b", rewards=(0, 1, 0))]
    batch = group_batch(made, max_length=64, pad_token_id=0)
    assert batch.segment_ids.shape == (1, 2 + 4 + 3 + 2 + 2 + 2)
    assert batch.rewards.tolist() == [1, 1, 0, 0, 1, 0]
    assert batch.written_as.tolist() == [0, 0, 1, 2, 3, 2]


def graded(*rewards: float, **of_row):
    group = drawn(*("x" * int(reward) for reward in rewards))
    return Rewards({LENGTH: 1.0}).grade(row(**of_row), group)


def test_only_groups_with_something_to_teach_become_a_batch():
    batch = group_batch([graded(1, 1), graded(0, 2), graded(3, 3)], max_length=64, pad_token_id=0)
    assert batch.rewards.tolist() == [0, 2]
    assert batch.group_ids.unique().tolist() == [0]
    assert batch.is_fresh
    assert batch.left_out == 4


def test_groups_of_equal_rewards_can_be_kept():
    batch = group_batch([graded(1, 1), graded(0, 2), graded(3, 3)], max_length=64, pad_token_id=0, keep_all=True)
    assert sorted(batch.rewards.tolist()) == [0, 1, 1, 2, 3, 3]
    assert batch.left_out == 0


def test_where_no_group_teaches_the_first_stands_for_all():
    batch = group_batch([graded(1, 1), graded(3, 3)], max_length=64, pad_token_id=0)
    assert batch.rewards.tolist() == [1, 1]
    assert batch.left_out == 2


def test_rewards_follow_their_groups_into_the_packed_rows():
    """The longer group is placed first, whatever the order of drawing."""
    short, long = graded(1, 2), graded(5, 6, 7)
    batch = group_batch([short, long], max_length=16, pad_token_id=0)
    assert batch.rewards.tolist() == [5, 6, 7, 1, 2]
    assert batch.input_ids.shape == (2, 11)
    assert (batch.segment_ids.max(1).values == batch.segment_ids.new_tensor([3, 2])).all()
    assert batch.drawn_log_probs[0, 2] == -0.5


def test_a_group_longer_than_a_row_has_a_row_of_its_own():
    assert group_batch([graded(1, 2, 3, 4)], max_length=8, pad_token_id=0).input_ids.shape == (1, 14)


def test_a_cut_solution_earns_nothing():
    group = Rewards({LENGTH: 1.0}).grade(row(), drawn("a long solution", ended=False))
    assert group.rewards == (0.0,)


def test_a_cut_solution_is_never_worth_more_than_one_that_ended():
    """Where rewards are below 0, a reward of 0 would teach the policy not to end."""
    ended, cut = drawn("1", "22"), drawn("333", ended=False)
    group = Rewards({LENGTH: -1.0}).grade(row(), DrawnGroup([2, 7], [*ended.solutions, *cut.solutions]))
    assert group.rewards == (-1.0, -2.0, -2.0)


def test_what_the_function_of_the_greatest_weight_rewards_counts_as_right():
    """Both solutions have a reward above 0; only the second is right."""
    strict = "mathpal_lightning.evaluation.reward.strict_reward"
    group = Rewards({LENGTH: 0.01, strict: 1.0}).grade(row(), drawn("Đáp số: 6", "Đáp số: 5"))
    assert min(group.rewards) > 0
    assert group.pass_rate == 0.5


def test_two_functions_of_one_name_both_count():
    group = Rewards({LENGTH: 1.0, "tests.rewards.length_of": 10.0}).grade(row(), drawn("abc"))
    assert group.rewards == (3.0 + 10.0 * 1,)
    assert group.parts == ({LENGTH: 3.0, "tests.rewards.length_of": 1.0},)


def test_several_rewards_are_weighed_and_logged_apart():
    strict = "mathpal_lightning.evaluation.reward.strict_reward"
    one = Rewards({strict: 2.0, LENGTH: 0.1}).grade(row(), drawn("2 + 3 = 5\nĐáp số: 5", "Đáp số: 6"))
    assert one.rewards == (2.0 + 0.1 * 19, 0.1 * 9)
    figures = draw_figures([one])
    assert figures["reward/strict_reward"] == 0.5
    assert figures["signal"] == 1.0
    assert line_of(one, 7)["solutions"][0]["parts"] == {"strict_reward": 1.0, "length_of": 19.0}


@pytest.mark.parametrize("path", ["", "nowhere", "no.such.module", "math.no_such_function", "math.pi", "relative..x"])
def test_a_reward_that_is_none_is_refused_with_its_path(path: str):
    with pytest.raises(ConfigError, match="reward function|a function"):
        find_reward(path)


def test_a_reward_that_is_no_number_is_refused():
    with pytest.raises(ConfigError, match="finite number from the reward not_a_number, but found nan"):
        Rewards({f"{__name__}.not_a_number": 1.0}).grade(row(), drawn("a"))


NUMBERS = [2, 2.0, True, np.float32(2), np.int64(2), np.bool_(True), np.array(2.0), torch.tensor(2.0), Fraction(2)]


def of_a_type(question: str, gold: str, solution: str) -> float:
    return NUMBERS[int(solution)]  # type: ignore[return-value]


@pytest.mark.parametrize("number", range(len(NUMBERS)), ids=[type(one).__name__ for one in NUMBERS])
def test_a_reward_may_be_any_number(number: int):
    one = Rewards({f"{__name__}.of_a_type": 1.0}).grade(row(), drawn(str(number)))
    assert one.rewards == (float(NUMBERS[number]),)


ROWS = [row(topic=topic, difficulty=4.0) for topic in ("easy", "right", "hard") for _ in range(20)]


def rates(**known: float) -> PassRates:
    made = PassRates(ROWS, (0.2, 0.8), 8)
    for topic, rate in known.items():
        made.rates[made.names.index(f"{topic} 4")] = rate
    return made


def topics_of(numbers: list[int]) -> dict[str, int]:
    topics = [ROWS[number].topic for number in numbers]
    return {topic: topics.count(topic) for topic in ("easy", "right", "hard")}


def test_before_anything_is_known_the_order_decides():
    assert rates().choose(range(60), (1, 2)) == list(range(60))


def test_topics_that_are_too_easy_or_too_hard_are_mostly_passed_over():
    chosen = topics_of(rates(easy=1.0, right=0.5, hard=0.0).choose(range(60), (1, 2)))
    assert chosen["right"] > 45
    assert chosen["easy"] > 0 or chosen["hard"] > 0, "they are still looked at, for they may change"


def test_what_is_nearly_always_or_seldom_solved_is_not_forgotten():
    """Of groups of 8 with a pass rate of 0.9 or 0.1, 57 % hold right and wrong solutions: as many of their problems stay."""
    draws = [topics_of(rates(easy=0.9, right=0.5, hard=0.1).choose(range(60), (1, draw))) for draw in range(50)]
    for topic in ("easy", "hard"):
        assert sum(draw[topic] for draw in draws) / 50 == pytest.approx(20 * 0.57, abs=1.5)


def test_the_same_draw_and_rates_choose_the_same_problems_and_another_draw_others():
    known = rates(easy=1.0, right=0.5, hard=0.0)
    assert known.choose(range(60), (1, 2)) == known.choose(range(60), (1, 2))
    assert known.choose(range(60), (1, 2)) != known.choose(range(60), (1, 3))


def test_where_nothing_is_informative_the_order_stays():
    assert rates(easy=1.0, right=1.0, hard=0.0).choose(range(60), (1, 2)) == list(range(60))


def test_pass_rates_follow_what_was_drawn():
    known = rates()
    counts = known.counts([0, 20, 21], [graded(1, 0), graded(1, 1), graded(0, 0)])
    assert counts[:, known.cells[0]].tolist() == [1, 2]
    assert counts[:, known.cells[20]].tolist() == [2, 4]
    known.update(*counts)
    assert known.rates[known.cells[0]] == 0.5
    assert np.isnan(known.rates[known.cells[40]])
    known.update(*known.counts([0], [graded(1, 1)]))
    assert known.rates[known.cells[0]] == pytest.approx(0.7 * 0.5 + 0.3 * 1.0)


def test_rows_without_a_topic_stand_each_for_itself():
    made = PassRates([row(topic="", difficulty=None) for _ in range(3)], (0.2, 0.8), 8)
    assert made.names == ["row 0", "row 1", "row 2"]
