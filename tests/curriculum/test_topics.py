"""What a strict teacher asks of every topic: the answer is stated, the arithmetic holds, the mistakes are wrong."""

import re

import pytest

from mathpal_lightning.curriculum import Topic, generate_problems, programme, topics
from mathpal_lightning.curriculum.syllabus import LEVELS
from mathpal_lightning.evaluation import check_steps, extract_answer, is_equivalent
from tests.curriculum.old_topics import OLD_TOPICS

SUBJECTS = ("mathematics", "physics")
EVERY_TOPIC = [(subject, topic) for subject in SUBJECTS for topic in topics(subject)]
OLD_ONES = [(subject, topic) for subject, topic in EVERY_TOPIC if topic.name in OLD_TOPICS]
each_topic = pytest.mark.parametrize(("subject", "topic"), EVERY_TOPIC, ids=lambda value: getattr(value, "name", value))
each_old_topic = pytest.mark.parametrize(("subject", "topic"), OLD_ONES, ids=lambda value: getattr(value, "name", value))
"""The others are held to more than this by `test_policies.py`."""
WITHOUT_ARITHMETIC = {
    *("round_decimals", "fraction_equation", "experimental_probability"),
    *("numbers_to_10", "count_to_100", "neighbours_of_number", "compare_to_100", "shapes_and_solids"),
    *("numbers_to_1000", "compare_to_1000", "certain_or_possible"),
    *("numbers_to_100000", "compare_to_100000", "round_to_tens"),
}
"""Topics whose solutions count, read, compare or name, and calculate nothing."""


def _problems(subject: str, topic: Topic, count: int, **choices):
    return list(generate_problems(count, topics=[topic.name], subject=subject, **choices))


def _skeleton(question: str) -> str:
    """The wording without its names and numbers."""
    return re.sub(r"[\d/,]+|\b[A-ZĐ]\w*", "#", question)


def test_enough_topics_in_each_grade():
    generated = topics()
    assert len(generated) >= 60
    assert {topic.grade for topic in generated} >= set(range(1, 8))
    assert {topic.strand for topic in generated} == {"Số và Đại số", "Hình học và Đo lường", "Thống kê và Xác suất"}
    assert {topic.grade for topic in programme()} == set(range(1, 10))
    assert all(topic.title and topic.expects.endswith(".") for topic in programme())


@each_old_topic
def test_solution_states_the_answer_and_its_arithmetic_holds(subject: str, topic: Topic):
    checked = 0
    for problem in _problems(subject, topic, 12):
        found = extract_answer(problem.solution, problem.question)
        assert found is not None, problem
        form = problem.answer.split("; ") if found.kind == "multi" else problem.answer
        assert is_equivalent(type(found).from_canonical(form), found), (problem.answer, found)
        report = check_steps(problem.solution)
        assert report.holds, (report.failing, problem.solution)
        checked += report.checked
    assert checked or topic.name in WITHOUT_ARITHMETIC


@each_old_topic
def test_every_mistake_is_wrong(subject: str, topic: Topic):
    for problem in _problems(subject, topic, 12):
        assert len(set(problem.mistakes)) >= 2
        for mistake in problem.mistakes:
            found = extract_answer(mistake)
            assert found is not None, mistake
            gold = type(found).from_canonical(problem.answer)
            assert not is_equivalent(gold, found), (problem.answer, mistake)


@each_old_topic
def test_wording_varies(subject: str, topic: Topic):
    skeletons = {_skeleton(problem.question) for problem in _problems(subject, topic, 120)}
    assert len(skeletons) >= 6


@each_topic
def test_every_split_and_level_has_its_own_problems(subject: str, topic: Topic):
    for level in set(LEVELS) - set(topic.few):
        for split in ("train", "validation", "test"):
            problems = _problems(subject, topic, 8, levels=[level], split=split)
            assert len({problem.question for problem in problems}) >= 3, (level, split)


@each_topic
def test_text_is_clean(subject: str, topic: Topic):
    for problem in _problems(subject, topic, 12):
        for text in (problem.question, problem.solution, *problem.mistakes):
            assert not re.search(r"\{[a-z_]*\}", text), "a field that was not filled in"
            assert "  " not in text
            assert not re.search(r"\d\.\d", text), text
            assert "Fraction" not in text
        first = problem.question.split()[0]
        assert first[0].isupper() or first[0].isdigit() or len(first) == 1, "a small letter only where it names a line"
        assert problem.solution.splitlines()[-1].startswith("Đáp số: ")
