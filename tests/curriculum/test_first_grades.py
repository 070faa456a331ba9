"""What teachers of grades 1 to 3 would strike out, looked for in many problems of each topic."""

from __future__ import annotations

import re

import pytest

from mathpal_lightning.curriculum import Topic, generate_problems, topics
from mathpal_lightning.curriculum.bounds import carries, out_of_bounds
from mathpal_lightning.schema import Problem
from tests.curriculum.sense import faults

OF_STORIES = ("three_step_stories", "several_step_stories", "sum_and_difference_known", "multiply_by_two_digits")
READ = [topic for topic in topics() if topic.grade <= 3 or topic.name in OF_STORIES]


def draw(topic: str, count: int, *levels: int) -> list[Problem]:
    return list(generate_problems(count, seed=3, topics=[topic], levels=levels or None, mistakes=False))


@pytest.mark.parametrize("topic", READ, ids=lambda topic: topic.name)
def test_many_problems_of_the_first_grades_make_sense_and_keep_their_bounds(topic: Topic):
    for problem in draw(topic.name, 120):
        text = f"{problem.question}\n{problem.solution}"
        assert not faults(problem), (faults(problem), text)
        assert not out_of_bounds(text, topic.grade), (out_of_bounds(text, topic.grade), text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("199 + 99 = 298", True),
        ("805 - 306 = 499", True),
        ("600 - 37 = 563", True),
        ("468 + 31 + 283 = 782", False),
        ("85 + 47 = 132", False),
        ("Tính: 62 - 38 = 24", False),
        ("8 × 5 = 40", True),
        ("10 × 10 = 100", True),
        ("5 × 8 = 40", False),
        ("6 + 6 + 6 + 6 = 24; 6 × 4 = 24", False),
    ],
)
def test_grade_2_carries_once_and_knows_two_tables(text: str, seen: bool):
    assert bool(out_of_bounds(text, 2)) == seen
    assert not out_of_bounds(text, 3)


@pytest.mark.parametrize(
    ("sign", "a", "b", "times"), [("+", 199, 99, 2), ("+", 85, 47, 1), ("+", 7, 3, 0), ("-", 805, 306, 2), ("-", 62, 38, 1)]
)
def test_what_is_carried_is_counted(sign: str, a: int, b: int, times: int):
    assert carries(sign, a, b) == times


def test_how_many_times_is_told_in_times():
    for problem in draw("how_many_times", 120):
        assert problem.answer.endswith(" lần")
        assert problem.solution.split("\n")[0].endswith("số lần là:")


def test_equal_terms_end_in_their_product():
    for problem in draw("equal_terms", 60, 3):
        assert re.search(r"\d × \d = \d+(?: \([^)]*\))?\nĐáp số", problem.solution), problem.solution


def test_chances_of_grade_3_are_listed_one_by_one():
    for problem in draw("possible_outcomes", 90):
        assert f"({problem.answer.split()[0]})" in problem.solution.split("\n")[0]
        assert "×" not in problem.solution


def test_no_unknown_divisor_in_grade_3():
    assert not any(": ? =" in problem.question or "số chia" in problem.question for problem in draw("unknown_term", 150))


def test_hard_differences_to_10_are_harder_than_easy_ones():
    assert all(len(re.findall(r"\d+ - \d+ - \d+", problem.question)) == 1 for problem in draw("subtract_within_10", 60, 3))


def test_stories_say_so_of_what_was_there_first():
    asked = [problem for problem in draw("three_step_stories", 200, 1, 2) if "để lẻ" in problem.question]
    dated = [problem for problem in asked if re.search(r"bán đi|đã bán|còn lại \d", problem.question)]
    assert any("lúc đầu" in problem.question for problem in dated)
    for problem in dated:
        assert not re.search(r"\. (?:Hỏi (?:cửa hàng có|có)|Tính số \w+ \w+\.$)", problem.question), problem.question


def test_the_temperature_that_is_found_is_the_one_asked_for():
    for problem in draw("temperature", 90):
        named = re.findall(r"Nhiệt độ (.+) là:", problem.solution)[-1]
        assert named in problem.question.rpartition(". ")[2]
