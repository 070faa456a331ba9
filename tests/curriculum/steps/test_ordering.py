"""Numbers are put in order, and the largest found, two at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.curriculum.steps import Sheet, ordering
from mathpal_lightning.curriculum.steps.slips import Slip
from mathpal_lightning.evaluation import check_steps

_VALUES = st.lists(st.integers(0, 999), min_size=2, max_size=7, unique=True)


@given(_VALUES, st.booleans())
def test_the_numbers_are_put_in_order_one_by_one(values, falling):
    sheet = Sheet(4)
    order = ordering.in_order(sheet, values, list(map(str, values)), falling=falling)
    assert [values[place] for place in order] == sorted(values, reverse=falling)
    assert len(sheet.lines) == len(values), "the rule, then a line for each number but the first"
    assert not check_steps("\n".join(sheet.lines)).failing


@given(_VALUES, st.booleans())
def test_each_number_is_compared_with_the_one_that_was_kept(values, largest):
    sheet = Sheet(4)
    found = ordering.extreme(sheet, values, list(map(str, values)), largest=largest)
    assert values[found] == (max if largest else min)(values)
    assert not check_steps("\n".join(sheet.lines)).failing


def test_how_it_is_written():
    sheet = Sheet(4)
    ordering.in_order(sheet, (52, 17, 40), ("52", "17", "40"), falling=False)
    ordering.extreme(sheet, (52, 17, 40), ("52", "17", "40"), largest=False)
    assert sheet.lines == [
        "Xếp thêm từng số vào dãy theo thứ tự từ bé đến lớn:",
        "17 < 52",
        "17 < 40 < 52",
        "So sánh lần lượt, mỗi lần giữ lại số bé hơn:",
        "52 > 17; 17 < 40",
    ]


@pytest.mark.parametrize("step", range(1, 5))
def test_a_slip_leads_to_another_order(step):
    values = (52, 17, 40, 63)
    order = ordering.in_order(Sheet(4, slip=Slip(step, "", 0)), values, list(map(str, values)), falling=False)
    assert sorted(order) == [0, 1, 2, 3]
    assert order != [1, 2, 0, 3]
