"""Every shape of a problem passes the judge: its gold is correct, its mistakes are wrong."""

import pytest

from mathpal_lightning.curriculum import SHAPES, generate_problems
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation import judge

TOPICS = ["sum_and_difference", "price_of_several", "percent_of_number", "two_step_sum", "rectangle_perimeter"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_judged_as_it_should(shape):
    problems = list(generate_problems(24, topics=TOPICS, shape=shape))
    assert len({problem.question for problem in problems}) >= 20
    for problem in problems:
        stated = problem.solution.rpartition("\n")[2]
        assert judge(problem.question, problem.solution, stated, strict=True).verdict == "correct", problem
        assert problem.mistakes
        for mistake in problem.mistakes:
            assert judge(problem.question, problem.solution, mistake, strict=True).verdict == "wrong", (problem, mistake)


def test_wrong_options_are_what_mistakes_lead_to():
    for problem in generate_problems(10, topics=TOPICS, shape="choice"):
        options = [line.partition(". ")[2] for line in problem.question.splitlines()[-4:]]
        results = [text.splitlines()[-2].removeprefix("Đáp số: ") for text in (problem.solution, *problem.mistakes)]
        assert sorted(options) == sorted(results)


def test_the_wrong_line_is_the_one_that_is_named():
    for problem in generate_problems(10, topics=TOPICS, shape="find_mistake"):
        assert f"\n({problem.answer}) " in problem.question


def test_a_table_is_markdown():
    (problem,) = generate_problems(1, topics=["two_step_sum"], shape="table")
    assert "| Đại lượng | Số liệu |\n| --- | --- |\n| " in problem.question


def test_steps_are_counted_and_chosen():
    for problem in generate_problems(20, topics=["rectangle_perimeter", "two_step_sum"], steps=[2]):
        assert problem.solution.count("là:") == 2


def test_an_unknown_shape_and_steps_that_no_topic_has():
    with pytest.raises(ConfigError, match="choice"):
        generate_problems(1, shape="riddle")
    with pytest.raises(ConfigError, match="Widen"):
        next(generate_problems(1, topics=["sum_and_difference"], steps=[7]))
