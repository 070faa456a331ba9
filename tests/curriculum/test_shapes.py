"""Every shape of a problem passes the judge: its gold is correct, its mistakes are wrong."""

import re

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


def test_whoever_misses_the_first_wrong_line_does_not_correct_a_line_into_itself():
    for problem in generate_problems(40, topics=TOPICS, shape="find_mistake"):
        shown = dict(re.findall(r"(?m)^\((\d+)\) (.+)$", problem.question))
        for text in (problem.solution, *problem.mistakes):
            line, mended = re.search(r"Dòng (\d+) phải sửa thành: (.+)", text).groups()
            assert mended != shown[line]


def test_a_result_is_compared_as_a_number():
    for problem in generate_problems(20, topics=["degree_and_roots"], levels=[1], shape="compare"):
        assert re.search(r"So sánh đáp số với -?[\d /]+: ", problem.question)
        assert not re.search(r"hơn x = |bằng x = ", problem.solution)


def test_a_table_holds_the_ratio_that_its_story_tells():
    for topic in ("sum_and_ratio", "difference_and_ratio"):
        for problem in generate_problems(6, topics=[topic], shape="table"):
            assert re.search(r"(?m)^\| Tỉ số của .* \| \d/\d \|$", problem.question)


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
        next(generate_problems(1, topics=["sum_and_difference"], steps=[7], mistakes=False))


def test_a_blank_is_filled_in_by_its_own_line():
    for problem in generate_problems(40, topics=["prime_factorization", "two_step_sum"], shape="blank"):
        shown = next(line for line in reversed(problem.question.split("\n")) if "..." in line).partition("...")[0]
        for text in (problem.solution, *problem.mistakes):
            assert text.split("\n")[-2].startswith(shown), (shown, text)


@pytest.mark.parametrize("shape", ["true_false", "find_mistake"])
def test_whoever_works_is_not_in_the_story(shape: str):
    for problem in generate_problems(60, topics=["two_step_sum", "how_many_more"], shape=shape):
        name = re.search(r"(?m)^(?:Bài làm của )?(\w+)(?: làm bài này|:$)", problem.question)[1]
        assert name not in problem.question.split("\n")[0]
