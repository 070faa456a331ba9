"""The strict reward: reference solutions earn it whatever their formulas; another language and damaged text do not."""

import pytest

from mathpal_lightning.curriculum import generate_problems, topics
from mathpal_lightning.evaluation.reward import in_vietnamese, strict_reward

QUESTION = "Một cửa hàng có 54 kg gạo, đã bán 18 kg. Hỏi còn lại bao nhiêu ki-lô-gam?"
GOLD = "Cửa hàng còn lại số gạo là: 54 - 18 = 36 (kg). Đáp số: 36 kg"


@pytest.mark.parametrize("subject", ["mathematics", "physics"])
def test_the_solutions_of_every_topic_are_in_vietnamese(subject: str):
    problems = generate_problems(6 * len(topics(subject)), seed=5, subject=subject, mistakes=False)
    assert not [one.solution for one in problems if not in_vietnamese(one.question, one.solution, one.solution)]


@pytest.mark.parametrize("seed", [7, 11])
def test_the_solutions_of_polynomials_earn_the_reward(seed: int):
    problems = generate_problems(40, seed=seed, topics=["polynomials"], mistakes=False)
    assert all(strict_reward(one.question, one.solution, one.solution) == 1.0 for one in problems)


@pytest.mark.parametrize(
    "solution",
    [
        GOLD,
        "Đáp số: 36 kg",
        "36 kg",
        "54 - 18 = 36 kg",
        "A = abc + xyz - xyz + ab - ab = abc; abc = xy = 36; B = xyz : xyz = 1; 54 - 18 = 36 kg",
        "Xét tam giác ABC và tứ giác MNPQ, ABCD, EFGH: AB = CD = MN. Vậy 54 - 18 = 36 (kg)",
        "\\text{Vậy } \\frac{108}{2} - \\frac{36}{2} = \\frac{72}{2} = 36\nĐáp số: 36 kg",
    ],
)
def test_right_solutions_in_vietnamese_earn_the_reward(solution: str):
    assert strict_reward(QUESTION, GOLD, solution) == 1.0


@pytest.mark.parametrize(
    "solution",
    [
        "The shop has 54 - 18 = 36 (kg) of rice left over. Answer: 36 kg",
        "Cua hang con lai so gao la: 54 - 18 = 36 (kg). Dap so: 36 kg",
        "Cửa hàng còn lại \ufffd số gạo là: 54 - 18 = 36 (kg). Đáp số: 36 kg",
        "Đáp số: 37 kg",
        "54 - 18 = 26; Đáp số: 36 kg",
    ],
)
def test_other_languages_damaged_text_and_wrong_steps_earn_nothing(solution: str):
    assert strict_reward(QUESTION, GOLD, solution) == 0.0
