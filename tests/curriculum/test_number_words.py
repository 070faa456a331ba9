"""Numbers in words, against what a primary textbook prints."""

from __future__ import annotations

import pytest

from mathpal_lightning.curriculum.number_words import LARGEST, spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (105, "một trăm linh năm"),
        (611, "sáu trăm mười một"),
        (7_000, "bảy nghìn"),
        (20_005, "hai mươi nghìn không trăm linh năm"),
        (45_671, "bốn mươi lăm nghìn sáu trăm bảy mươi mốt"),
        (100_000, "một trăm nghìn"),
    ],
)
def test_a_number_is_read_as_in_the_textbook(value: int, words: str):
    assert spoken(value) == words


@pytest.mark.parametrize("value", [-1, LARGEST + 1])
def test_a_number_that_is_not_read_is_refused(value: int):
    with pytest.raises(ValueError, match="from 0 to 999999"):
        spoken(value)


def test_no_two_numbers_are_read_alike():
    assert len({spoken(value) for value in range(20_000)}) == 20_000
