"""How exercises of secondary school ask: every wording holds what is given and what is asked, and reads as a sentence."""

import re
from random import Random

import pytest

from mathpal_lightning.curriculum.asking import ask_for, ask_to

_DRAWS = 300


def _many(write) -> set[str]:
    return {write(Random(seed)) for seed in range(_DRAWS)}


def _without_names(question: str) -> str:
    """The wording alone: names of pupils are all that begins with a capital inside a sentence."""
    return re.sub(r"(?<=[a-zà-ỹ,] )[A-ZĐ]\w+|^[A-ZĐ]\w+(?= (?:cần|được|muốn))", "#", question)


@pytest.fixture(scope="module")
def found() -> set[str]:
    return _many(lambda random: ask_for(random, "tam giác ABC có [góc |]A = {angle}°", "số đo [góc |]B", angle=40))


@pytest.fixture(scope="module")
def done() -> set[str]:
    return _many(lambda random: ask_to(random, "phân tích", "đa thức", "x² - 9", "thành nhân tử"))


def test_what_is_given_and_what_is_asked_stand_in_every_wording(found: set[str], done: set[str]):
    assert all("tam giác abc có" in question.lower() and "A = 40°" in question for question in found)
    assert all("số đo" in question for question in found)
    assert all("x² - 9" in question and "phân tích" in question.lower() for question in done)
    assert all(question.count("thành nhân tử") == 1 for question in done)


def test_there_are_dozens_of_wordings(found: set[str], done: set[str]):
    assert len({_without_names(question) for question in found}) >= 30
    assert len({_without_names(question) for question in done}) >= 30


def test_every_wording_is_made_of_sentences(found: set[str], done: set[str]):
    for question in found | done:
        assert question[0].isupper(), question
        assert question[-1] in ".?", question
        assert not re.search(r"[\[\]{}|]|  | [.,?]|\.\.", question), question
        assert all(sentence[0].isupper() for sentence in re.split(r"(?<=[a-zà-ỹ°][.?]) ", question)), question


def test_the_same_random_numbers_give_the_same_wording():
    assert ask_to(Random(5), "giải", "phương trình", "x + 1 = 2") == ask_to(Random(5), "giải", "phương trình", "x + 1 = 2")
