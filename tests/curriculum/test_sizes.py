"""Stories of grades 6 to 9 and physics have sizes that occur: nobody runs records, shares are several, a die has six faces."""

import re
from functools import cache

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.schema import Problem


@cache
def drawn(topic: str, subject: str = "mathematics") -> list[Problem]:
    return list(generate_problems(150, seed=8, topics=[topic], subject=subject, mistakes=False))


def value(written: str) -> float:
    return float(re.sub(r"\s", "", written).replace(",", "."))


def test_nobody_runs_faster_than_a_pupil():
    for problem in drawn("speed_in_metres", "physics"):
        text = f"{problem.question}\n{problem.solution}"
        speed = value(re.search(r"([\d,]+) m/s", problem.question + problem.solution.rpartition("\n")[2])[1])
        most = {"chạy": 6, "đi bộ": 2, "xe đạp": 6, "ngựa": 12, "ô tô": 25}
        assert all(speed <= limit for who, limit in most.items() if who in text), text


def test_sound_is_as_fast_as_air_of_its_warmth_lets_it_be():
    for problem in drawn("echo_distance", "physics"):
        if problem.level < 3:
            warmth, speed = int(re.search(r"(\d+) °C", problem.question)[1]), int(re.search(r"(\d+) m/s", problem.question)[1])
            assert abs(331 + 0.6 * warmth - speed) < 1, problem.question


def test_what_is_shared_out_makes_several_shares():
    for problem in drawn("greatest_common_divisor"):
        if re.search(r"nhóm|phần thưởng|xăng-ti-mét", problem.question):
            assert value(re.search(r"Đáp số: (\d+)", problem.solution)[1]) >= 4, problem.question


def test_a_kitchen_feeds_many():
    told = [
        re.findall(r"(\d+) người", problem.question) for problem in drawn("inverse_proportion") if "gạo" in problem.question
    ]
    assert told
    assert all(int(people) >= 12 for found in told for people in found)


def test_a_die_has_six_faces():
    for problem in drawn("dice_probability"):
        if "xúc xắc" in problem.question:
            assert all(int(by) < 6 for by in re.findall(r"chia (?:hết )?cho (\d+)", problem.question)), problem.question


@pytest.mark.parametrize("topic", ["problems_by_quadratic", "real_distances"])
def test_a_piece_of_land_is_not_as_wide_as_its_area(topic: str):
    for problem in drawn(topic):
        assert not re.search(r"rộng [\d ]+ m²|(?:sông|hồ nước|lầy) AB", problem.question), problem.question


def test_the_first_level_of_points_is_of_one_size():
    counts = [int(re.search(r"\d+", problem.question)[0]) for problem in drawn("lines_through_points") if problem.level == 1]
    assert max(counts) <= 3 * min(counts)
