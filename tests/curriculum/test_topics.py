"""What every topic gives: problems in each split and level, in clean text. What they are held to is in test_policies.py."""

import re

import pytest

from mathpal_lightning.curriculum import Topic, generate_problems, programme, topics
from mathpal_lightning.curriculum.syllabus import LEVELS

SUBJECTS = ("mathematics", "physics")
EVERY_TOPIC = [(subject, topic) for subject in SUBJECTS for topic in topics(subject)]
each_topic = pytest.mark.parametrize(("subject", "topic"), EVERY_TOPIC, ids=lambda value: getattr(value, "name", value))


def _problems(subject: str, topic: Topic, count: int, **choices):
    return list(generate_problems(count, topics=[topic.name], subject=subject, **choices))


def test_enough_topics_in_each_grade():
    generated = topics()
    assert len(generated) >= 170
    assert {topic.grade for topic in generated} == set(range(1, 10))
    assert {topic.strand for topic in generated} == {"Số và Đại số", "Hình học và Đo lường", "Thống kê và Xác suất"}
    assert {topic.grade for topic in programme()} == set(range(1, 10))
    assert all(topic.title and topic.expects.endswith(".") for topic in programme())


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


@pytest.mark.parametrize("topic", ["algebraic_fractions", "algebraic_fraction_sum", "algebraic_fraction_product"])
def test_algebraic_fractions_say_where_they_are_defined(topic: str):
    """The condition comes first, and names exactly the values at which a denominator is 0."""
    for problem in generate_problems(45, topics=[topic], mistakes=False):
        condition = problem.solution.split("\n")[0]
        assert condition.startswith("Điều kiện xác định: ")
        excluded = re.findall(r"([a-z]) ≠ (-?\d+)", condition)
        stated = [line.removeprefix("Vậy ").rpartition(" = ")[0] for line in problem.solution.split("\n")]
        written = max((left for left in stated if left in problem.question), key=len)
        assert excluded
        for letter, value in excluded:
            with pytest.raises(ZeroDivisionError):
                _value(written, **{letter: int(value)})
        for value in set(range(-20, 21)) - {int(value) for _, value in excluded}:
            if "x" in written and not re.search("[a-wyz]", written):
                _value(written, x=value)


def _value(written: str, **letters: int) -> float:
    """The value of an expression of letters, all others of which are 7."""
    code = (
        re.sub("[²³⁴⁵⁶]", lambda match: f"**{'²³⁴⁵⁶'.index(match[0]) + 2}", written.replace(" ", ""))
        .replace("×", "*")
        .replace(":", "/")
    )
    code = re.sub(r"(?<=[\da-z)])(?=[a-z(])", "*", code)
    return float(eval(code, {"__builtins__": {}}, {**dict.fromkeys("abmnxyz", 7), **letters}))
