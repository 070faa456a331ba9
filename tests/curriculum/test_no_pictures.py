"""A generated problem is whole: the rule that refuses rows without their picture refuses none of them."""

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.text import needs_picture


def test_no_generated_question_needs_a_picture():
    questions = [problem.question for problem in generate_problems(2000, seed=5)]
    assert [question for question in questions if needs_picture(question)] == []
