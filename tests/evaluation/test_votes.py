"""Which of several attempts is shown, by each rule."""

import pytest

from mathpal_lightning.evaluation.scores.votes import Rule, agreeing, choose, read_attempt

QUESTION = "Lan có 3 túi, mỗi túi 4 viên bi. Hỏi Lan có bao nhiêu viên bi?"
RIGHT = "Số viên bi của Lan là:\n3 × 4 = 12 (viên)\nĐáp số: 12 viên bi."
SLIP = "Số viên bi của Lan là:\n3 × 4 = 13 (viên)\nĐáp số: 13 viên bi."
SUM = "Số viên bi của Lan là:\n3 + 4 = 7 (viên)\nĐáp số: 7 viên bi."
BARE = "Đáp số: 13 viên bi."
NOTHING = "Em chưa biết."


@pytest.mark.parametrize(("solution", "holds"), [(RIGHT, True), (SUM, True), (SLIP, False), (BARE, False), (NOTHING, False)])
def test_an_attempt_holds_where_it_answers_and_its_arithmetic_is_true(solution: str, holds: bool):
    assert read_attempt(QUESTION, solution).holds is holds


def test_an_attempt_at_a_direct_question_holds_where_its_answer_is_the_value():
    attempts = [read_attempt("Tìm 25% của 360.", f"{step}\nĐáp số: {end}") for step, end in (("360 : 5 = 72", 72), ("", 90))]
    assert [one.holds for one in attempts] == [False, True]
    assert choose(attempts, "first_that_holds") == 1


@pytest.mark.parametrize(
    ("rule", "solutions", "place"),
    [
        ("first", [SLIP, RIGHT], 0),
        ("majority", [SUM, RIGHT, RIGHT], 1),
        ("majority", [SUM, RIGHT], 0),
        ("majority", [NOTHING, RIGHT], 1),
        ("majority", [NOTHING, NOTHING], 0),
        ("majority", [SLIP, RIGHT, "12 viên bi", BARE, "Đáp số: 13"], 0),
        ("first_that_holds", [SLIP, BARE, RIGHT, SUM], 2),
        ("first_that_holds", [SLIP, BARE], 0),
        ("majority_that_holds", [SLIP, BARE, RIGHT, SUM, SUM], 3),
        ("majority_that_holds", [NOTHING, SLIP, BARE], 1),
    ],
)
def test_the_attempt_that_a_rule_shows(rule: Rule, solutions: list[str], place: int):
    assert choose([read_attempt(QUESTION, solution) for solution in solutions], rule) == place


def test_attempts_agree_where_their_answers_are_equal_in_value():
    attempts = [read_attempt(QUESTION, solution) for solution in (RIGHT, "Vậy Lan có 12 viên bi.", SUM, NOTHING)]
    assert [agreeing(attempts, place) for place in range(4)] == [2, 2, 1, 0]
