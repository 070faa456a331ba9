"""Algebra on a sheet: how terms are written, and signed coefficients calculated in the head or on paper."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.curriculum.steps import Sheet
from mathpal_lightning.curriculum.steps.polynomials import (
    bracketed,
    joined,
    literal,
    minus,
    over,
    plus,
    term,
    text,
    times,
    whole,
)
from mathpal_lightning.curriculum.steps.slips import Absurd, Slip
from tests.curriculum.steps_policy import leaps

_COEFFICIENTS = st.integers(-200, 200)


@pytest.mark.parametrize(
    ("coefficient", "letters", "written"),
    [
        (3, "x", "3x"),
        (1, "x", "x"),
        (-1, "x²y", "-x²y"),
        (-7, "", "-7"),
        (1, "", "1"),
        (Fraction(5, 2), "x", "(5/2)x"),
        (Fraction(6, 2), "x", "3x"),
        (1200, "a", "1 200a"),
    ],
)
def test_a_term(coefficient, letters, written):
    assert term(coefficient, letters) == written


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        ([(3, "x"), (-5, "")], "3x - 5"),
        ([(-1, "x²"), (0, "x"), (1, "")], "-x² + 1"),
        ([(0, "x"), (0, "")], "0"),
        ([(2, "x"), (-1, "y")], "2x - y"),
        ([(Fraction(-1, 3), "x"), (Fraction(1, 2), "")], "(-1/3)x + 1/2"),
        ([(1, "(x + 2)"), (-4, "(x - 1)")], "(x + 2) - 4(x - 1)"),
    ],
)
def test_a_sum_of_terms_leaves_out_what_is_nought(parts, written):
    assert joined(*parts) == written


def test_a_polynomial_is_written_in_falling_powers():
    assert text({(0,): 7, (2,): 3, (1,): -5}) == "3x² - 5x + 7"
    assert text({(1, 2): 4, (2, 0): -1}, "xy") == "-x² + 4xy²"
    assert text({}) == "0"
    assert literal((2, 0, 1), "xyz") == "x²z"


def test_a_negative_number_stands_in_brackets():
    assert (bracketed(-3), bracketed(7), bracketed(Fraction(-1, 2))) == ("(-3)", "7", "(-1/2)")


@settings(max_examples=30)
@given(_COEFFICIENTS, _COEFFICIENTS)
def test_coefficients_are_calculated_right_and_without_leaps(a, b):
    for work, expected in ((plus, a + b), (minus, a - b), (times, a * b)):
        sheet = Sheet(8)
        assert work(sheet, a, b) == expected
        assert not leaps("\n".join(sheet.lines), 8), sheet.lines


def test_what_is_done_in_the_head_takes_no_line_and_the_rest_is_worked():
    sheet = Sheet(8)
    assert (plus(sheet, 12, -5), minus(sheet, -3, 9), times(sheet, -7, 8)) == (7, -12, -56)
    assert sheet.lines == []
    assert times(sheet, 23, -14) == -322
    assert sheet.lines[0] == "23 × (-14) = ?"
    assert sheet.lines[-1] == "23 × (-14) = -322"


@given(_COEFFICIENTS, st.integers(1, 60), st.booleans())
def test_a_quotient_is_a_fraction_in_lowest_terms(a, b, turned):
    divisor = -b if turned else b
    sheet = Sheet(8)
    assert over(sheet, a, divisor) == Fraction(a, divisor)
    assert not leaps("\n".join(sheet.lines), 8), sheet.lines


def test_a_quotient_by_nought_and_a_fraction_for_a_whole_number_are_given_up():
    with pytest.raises(Absurd):
        over(Sheet(8), 5, 0)
    with pytest.raises(Absurd):
        whole(Fraction(5, 2))
    assert whole(Fraction(6, 2)) == 3


@pytest.mark.parametrize("work", [plus, minus, times])
def test_every_slip_that_a_step_announces_changes_its_value(work):
    right = Sheet(8)
    expected = work(right, 7, -3)
    assert right.sites, "a step without a slip would leave topics without mistakes"
    for step, kind in right.sites:
        assert work(Sheet(8, Slip(step, kind, 1)), 7, -3) != expected, kind
