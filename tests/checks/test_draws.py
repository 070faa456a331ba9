from types import SimpleNamespace

import pytest

from mathpal_lightning.checks.draws import check_draws
from mathpal_lightning.errors import ModelError
from mathpal_lightning.schema import DrawnGroup, DrawnSolution, Row, Turn

ROWS = [Row((Turn("user", f"{n} + 1 = ?"), Turn("assistant", f"Đáp số: {n + 1}"))) for n in range(16)]


def module(right: int):
    """A policy whose solutions are right for the first `right` of four tries."""

    def draw(questions, seed):
        answers = [int(question.split()[0]) + 1 for question in questions]
        texts = [[f"Đáp số: {answer if number < right else answer + 5}" for number in range(4)] for answer in answers]
        return [DrawnGroup([2], [DrawnSolution([5], [0.0], text, True) for text in group]) for group in texts]

    rewards = {"mathpal_lightning.evaluation.reward.strict_reward": 1.0}
    return SimpleNamespace(draw=draw, policy=SimpleNamespace(group_size=4, rewards=rewards))


def test_a_policy_that_is_sometimes_right_can_learn():
    finding = check_draws(module(1), ROWS, solutions=6400)
    assert finding.level == "ok"
    assert "25% of 64 solutions right, 100% of 16 problems solved at least once; 100% of the groups teach" in finding.found


@pytest.mark.parametrize(("right", "message"), [(0, "`objective: sft` first"), (4, "harder topics")])
def test_a_policy_that_is_never_or_always_right_is_refused(right: int, message: str):
    with pytest.raises(ModelError, match=message):
        check_draws(module(right), ROWS, solutions=6400)


@pytest.mark.parametrize("reward", ["longer_is_better", "shorter_is_better"])
def test_a_reward_of_many_values_teaches_though_all_its_values_are_above_or_below_0(reward: str):
    policy = module(0)
    policy.draw = lambda questions, seed: [
        DrawnGroup([2], [DrawnSolution([5], [0.0], "x" * length, True) for length in (1, 2, 3, 4)]) for _ in questions
    ]
    policy.policy.rewards = {f"{__name__}.{reward}": 1.0}
    assert "100% of the groups teach" in check_draws(policy, ROWS, solutions=6400).found


def longer_is_better(question: str, gold: str, solution: str) -> float:
    return float(len(solution))


def shorter_is_better(question: str, gold: str, solution: str) -> float:
    return -float(len(solution))
