"""A generated problem is whole: the rule that refuses rows without their picture refuses none of them."""

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.text import needs_picture


def test_a_chart_of_signs_holds_its_picture():
    """`Biểu đồ dưới đây ...` above rows of ♥ was refused: three of a hundred of these problems."""
    questions = [problem.question for problem in generate_problems(400, seed=9, topics=["picture_graphs"])]
    assert any("dưới đây" in question and "♥" in question for question in questions)
    assert [question for question in questions if needs_picture(question)] == []
    assert needs_picture("Biểu đồ dưới đây cho biết số quả táo của các bạn. Hỏi ai có nhiều nhất?")


def test_no_generated_question_needs_a_picture():
    questions = [problem.question for problem in generate_problems(2000, seed=5)]
    assert [question for question in questions if needs_picture(question)] == []
