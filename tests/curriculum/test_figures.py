"""What is told of a figure can be drawn: triangles exist, a letter names one point, a question has one answer."""

import re
from functools import cache
from itertools import combinations
from math import gcd

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.schema import Problem

NUMBER = r"\d[\d\u00a0 ]*(?:,\d+)?"


@cache
def drawn(topic: str, count: int = 150) -> list[Problem]:
    return list(generate_problems(count, seed=3, topics=[topic], mistakes=False))


def value(written: str) -> float:
    return float(re.sub(r"\s", "", written).replace(",", "."))


def lengths(problem: Problem) -> dict[frozenset[str], float]:
    """The length of each side that a problem tells or works out."""
    told = re.findall(rf"\b([A-Z]{{2}}) = ({NUMBER})", f"{problem.question}\n{problem.solution}")
    found = re.findall(rf"(?m)^Độ dài ([A-Z]{{2}}) là:\n(?:.*\n)*?.* = ({NUMBER}) \(\w+\)$", problem.solution)
    return {frozenset(name): value(written) for name, written in [*told, *found]}


def triangles(problem: Problem) -> list[list[float]]:
    """The sides of each triangle of which all are known."""
    known = lengths(problem)
    names = set(re.findall(r"[Tt]am giác (?:\w+ )?([A-Z]{3})\b", f"{problem.question}\n{problem.solution}"))
    sides = [[known.get(frozenset(pair), 0.0) for pair in combinations(name, 2)] for name in names]
    return [lengths for lengths in sides if all(lengths)]


def listed(problem: Problem) -> list[float]:
    """The sides of a base: "các cạnh là 12 cm, 5 cm, 13 cm"."""
    found = re.search(rf"cạnh (?:là )?({NUMBER} \w+(?:, {NUMBER} \w+)+)", problem.question)
    return [value(written) for written in re.findall(rf"({NUMBER}) [cd]m", found[1])] if found else []


@pytest.mark.parametrize("topic", ["angle_bisector", "midline", "similar_triangles", "pythagoras", "trigonometry"])
def test_no_side_is_as_long_as_the_others_together(topic: str):
    sides = [lengths for problem in drawn(topic) for lengths in triangles(problem)]
    assert sides
    assert all(2 * max(lengths) < sum(lengths) for lengths in sides)


def test_the_base_of_a_prism_can_be_drawn():
    for problem in drawn("prism_side_area"):
        sides = listed(problem)[:4] if "tứ giác" in problem.question else listed(problem)[:3]
        assert len(sides) in (3, 4)
        assert 2 * max(sides) < sum(sides), problem.question


def test_a_pyramid_has_a_height_and_either_base():
    questions = [problem.question for problem in drawn("pyramids")]
    for question in questions:
        side = value(re.search(rf"cạnh đáy ({NUMBER}) cm", question)[1])
        slant = re.search(rf"trung đoạn ({NUMBER}) cm", question)
        assert slant is None or value(slant[1]) > side / 2, question
        low = re.search(rf"tam giác đáy khoảng ({NUMBER}) cm", question)
        assert low is None or abs(value(low[1]) - side * 3**0.5 / 2) < 0.5, question
    assert {base for question in questions for base in re.findall("hình chóp (tam|tứ) giác đều", question)} == {"tam", "tứ"}


@pytest.mark.parametrize(
    ("topic", "sign"),
    [
        ("medians", r"tam giác \w*G\w* .*trọng tâm|trọng tâm .*tam giác \w*G"),
        ("circle_angles", r"cung nhỏ \w*([A-Z])\w* .*điểm \1 "),
        ("tangents", r"Gọi ([A-Z]) là hình chiếu của O trên (?:\1\w|\w\1)"),
    ],
)
def test_a_letter_names_one_point(topic: str, sign: str):
    for problem in drawn(topic, 200):
        assert not re.search(sign, f"{problem.question}\n{problem.solution}"), problem.question


def test_an_inscribed_triangle_with_two_arcs_is_acute():
    """With an obtuse angle another triangle has the same minor arcs."""
    asked = [problem for problem in drawn("circle_angles") if problem.level == 3]
    assert asked
    for problem in asked:
        arcs = [int(arc) for arc in re.findall(r"bằng (\d+)°", problem.question)]
        assert "tam giác nhọn" in problem.question.lower()
        assert sum(arcs) > 180, problem.question


def test_the_part_of_a_circle_is_in_lowest_terms():
    for problem in drawn("arcs_and_sectors"):
        for top, bottom in re.findall(r"/360 = (\d+)/(\d+)", problem.solution):
            assert gcd(int(top), int(bottom)) == 1, problem.solution


def test_points_and_their_segments_are_named_in_turn():
    for topic, sign in (("midline", r"(?<!lần lượt )là trung điểm (?:của )?\w\w,"), ("spheres", r"bán kính là .* và ")):
        assert not [problem.question for problem in drawn(topic) if re.search(sign, problem.question)]


def test_of_a_cyclic_quadrilateral_an_angle_or_a_difference_is_asked():
    asked = [problem.question for problem in drawn("cyclic_quadrilateral")]
    assert not [question for question in asked if re.search(r"T = |\d × \(?góc", question)]
    assert any("đa giác đều" in question for question in asked)
