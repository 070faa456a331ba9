"""What problems of grades 4 and 5 (and some of grade 6) tell of life, and what they ask of these grades."""

import re
from collections.abc import Iterator

import pytest

from mathpal_lightning.curriculum import generate_problems, topics
from mathpal_lightning.curriculum.bounds import out_of_bounds
from mathpal_lightning.schema import Problem

_NUMBER = r"\d{1,3}(?: \d{3})*(?:,\d+)?"


def _drawn(count: int, *names: str, levels: tuple[int, ...] = (1, 2, 3)) -> Iterator[Problem]:
    for name in names:
        for level in levels:
            yield from generate_problems(count, seed=11, topics=[name], levels=[level], mistakes=False)


def _value(written: str) -> float:
    return float(written.replace(" ", "").replace(",", "."))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("73,4 × 11,27", 1),
        ("502,15 : 6,05", 1),
        ("351 : 375", 1),
        ("73,4 × 0,25", 0),
        ("502,15 : 6,5", 0),
        ("351 : 750", 0),
        ("37,5 × 3,14 = 117,75", 0),
        ("117,75 : 3,14 = 37,5", 0),
        ("69 : 132 hay 69/132", 0),
    ],
)
def test_grade_5_multiplies_and_divides_by_two_digits(text: str, found: int):
    assert len(out_of_bounds(text, 5)) == found


@pytest.mark.parametrize("grade", [4, 5])
def test_no_topic_goes_beyond_its_grade(grade: int):
    for topic in topics():
        if topic.grade == grade:
            for problem in _drawn(12, topic.name):
                assert not out_of_bounds(f"{problem.question}\n{problem.solution}", grade), problem


def test_sums_of_grade_4_carry_at_most_three_times():
    for problem in _drawn(60, "add_large_numbers"):
        assert problem.solution.count("nhớ 1)") <= 3, problem


def test_parts_are_introduced_and_nothing_is_taken_once():
    for problem in _drawn(60, "sum_and_ratio", "difference_and_ratio"):
        assert len(re.findall(r"(?m)^Coi .+ là \d phần thì .+ là \d phần", problem.solution)) == 1, problem
        assert not re.search(rf"(?m)^{_NUMBER} [×:] 1 = {_NUMBER}(?: \(|$)", problem.solution), problem


def test_rectangles_have_the_widths_of_life():
    widths = [
        re.search(r"chiều rộng bằng (\d+)%", problem.question) for problem in _drawn(150, "percent_of_number", levels=(2, 3))
    ]
    told = [int(width[1]) for width in widths if width]
    assert told
    assert all(40 <= percent <= 80 for percent in told)


def test_fields_bear_what_they_bear_in_life():
    for problem in _drawn(60, "several_step_stories", "three_step_stories"):
        assert not re.search(r"m²[^.]* kg (?:ngô|thóc|lúa)|trồng (?:ngô|lúa)", problem.question), problem


def test_places_on_a_map_are_as_far_apart_as_in_life():
    least = {
        "thành phố": 20,
        "xã": 3,
        "nhà ga": 3,
        "bến xe": 1,
        "trường học": 0.4,
        "ngôi chợ": 0.4,
        "cây cầu": 0.4,
        "ngôi nhà": 0,
    }
    for problem in _drawn(120, "map_scale"):
        things = re.search(r"hai (.+?)(?= (?:cách|là|dài|đo|trên|theo)|[?.])", problem.question.lower())[1]
        measure = re.search(
            rf"({_NUMBER}) (k?m)\b", problem.question if problem.level == 3 else problem.solution.split("\n")[-1]
        )
        assert _value(measure[1]) / (1 if measure[2] == "km" else 1000) >= least[things], problem


def test_a_coin_falls_about_as_often_on_each_side():
    for problem in _drawn(120, "ratio_of_repetitions", "experimental_probability", levels=(1, 2)):
        if "đồng xu" in problem.question:
            throws, side = sorted((int(found) for found in re.findall(r"(\d+) lần", problem.question)), reverse=True)
            assert abs(2 * side - throws) <= 2.5 * throws**0.5, problem


def test_about_half_of_the_pupils_are_girls():
    told = [
        problem
        for problem in _drawn(250, "whole_from_fraction", "whole_from_percent", levels=(1, 2))
        if "học sinh nữ" in problem.question
    ]
    assert told
    for problem in told:
        girls = _value(re.search(rf"({_NUMBER}) học sinh nữ", problem.question)[1])
        assert 0.4 <= girls / _value(re.search(rf"Đáp số: ({_NUMBER})", problem.solution)[1]) <= 0.6, problem


def test_a_quotient_of_times_has_its_unit():
    for problem in _drawn(100, "time_times_number", levels=(2,)):
        assert not re.search(rf"(?m)^{_NUMBER} : {_NUMBER} = {_NUMBER}$", problem.solution), problem


def test_people_live_in_towns_and_countries_of_their_size():
    for problem in _drawn(100, "round_large_numbers"):
        told = re.search(rf"ột (thành phố|tỉnh|nước) (?:là|có) ({_NUMBER}) người", problem.question)
        assert "người" not in problem.question or _value(told[2]) < {"thành phố": 10**6, "tỉnh": 10**7, "nước": 10**9}[told[1]]


def test_a_chart_is_chosen():
    asked = [problem for problem in _drawn(60, "chart_choice") if problem.question.endswith("hay biểu đồ hình quạt tròn?")]
    assert {problem.answer for problem in asked} == {"biểu đồ cột", "biểu đồ hình quạt tròn"}
