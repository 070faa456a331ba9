"""The source `generated`: what a mix changes, and what it must leave alone."""

from collections import Counter

import pytest

from mathpal_lightning.data.generated import Generator
from mathpal_lightning.errors import ConfigError

HARD = "order_of_operations"


def _topics(generator: Generator, split: str) -> Counter[str]:
    return Counter(record.fields["topic"] for record in generator.records(split))


def test_a_mix_weighs_the_training_problems_and_keeps_the_other_topics_of_the_grades():
    equal, mixed = (Generator(count=600, grades=[3], levels=[1], mix=mix) for mix in (None, {HARD: 20}))
    before, after = _topics(equal, "train"), _topics(mixed, "train")
    assert after[HARD] > 5 * before[HARD]
    assert set(after) == set(before)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_mix_leaves_the_held_out_problems_as_they_are(split):
    equal, mixed = (Generator(validation_count=30, test_count=30, grades=[3, 4], mix=mix) for mix in (None, {HARD: 20}))
    assert list(equal.records(split)) == list(mixed.records(split))


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_without_grades_a_mix_also_chooses_the_topics(split):
    generator = Generator(count=40, validation_count=40, test_count=40, mix={HARD: 3, "linear_equation": 1})
    assert set(_topics(generator, split)) == {HARD, "linear_equation"}


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_mix_of_another_grade_is_refused(split):
    with pytest.raises(ConfigError, match="found linear_equation"):
        list(Generator(grades=[3], mix={"linear_equation": 2}).records(split))


def test_a_weight_of_zero_is_refused_at_once():
    with pytest.raises(ConfigError, match="data.generator.mix above 0, but found order_of_operations: 0"):
        Generator(mix={HARD: 0})
