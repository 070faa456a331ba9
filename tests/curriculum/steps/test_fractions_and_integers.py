"""Steps made of the four operations: fractions, signs, powers, prime factors, expressions, units."""

from fractions import Fraction
from math import gcd, lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.curriculum.steps import Sheet, fractions, integers, measures, rationals
from tests.curriculum.steps_policy import leaps

_SIGNS = {"+": fractions.add, "-": fractions.subtract, "×": fractions.multiply, ":": fractions.divide}


@given(st.sampled_from("+-×:"), *[st.integers(1, 12)] * 4, st.sampled_from((5, 6)))
def test_fractions_are_right_and_worked(sign, a, b, c, d, grade):
    x, y = Fraction(a, b), Fraction(c, d)
    if sign == "-" and x < y:
        a, b, c, d, x, y = c, d, a, b, y, x
    sheet = Sheet(grade)
    value = _SIGNS[sign](sheet, (a, b), (c, d))
    assert value == {"+": x + y, "-": x - y, "×": x * y, ":": x / y}[sign]
    assert not leaps("\n".join(sheet.lines), grade), sheet.lines


def test_a_sum_of_fractions_as_a_textbook_writes_it():
    sheet = Sheet(5)
    fractions.add(sheet, (3, 4), (1, 6))
    assert sheet.lines[:6] == [
        "3/4 + 1/6 = ?",
        "Mẫu số chung là 4 × 6.",
        "4 × 6 = 24",
        "3 × 6 = 18; 3/4 = 18/24",
        "1 × 4 = 4; 1/6 = 4/24",
        "18 + 4 = 22; 18/24 + 4/24 = 22/24",
    ]
    assert sheet.lines[-1] == "3/4 + 1/6 = 11/12"


@given(st.integers(-99, 99), st.integers(-99, 99))
def test_signed_numbers(a, b):
    for work, expected in ((integers.add, a + b), (integers.subtract, a - b), (integers.multiply, a * b)):
        sheet = Sheet(6)
        assert work(sheet, a, b) == expected
        assert not leaps("\n".join(sheet.lines), 6), sheet.lines


@given(st.integers(2, 600), st.integers(2, 600))
def test_common_divisors_and_multiples(a, b):
    sheet = Sheet(6)
    assert integers.common_divisor(sheet, a, b) == gcd(a, b)
    assert integers.common_multiple(sheet, a, b) == lcm(a, b)
    assert not leaps("\n".join(sheet.lines), 6), sheet.lines


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("25 + 17 × 2", 59),
        ("(25 + 17) × 2 - 36 : 4", 75),
        ("100 - [3 × (7 + 8) - 5]", 60),
        ("96 : 4 : 2", 12),
        ("50 - 20 - 5", 25),
    ],
)
def test_expressions_in_the_right_order(expression, value):
    sheet = Sheet(4)
    assert integers.evaluate(sheet, expression) == value
    assert not leaps("\n".join(sheet.lines), 4), sheet.lines


@pytest.mark.parametrize(
    ("expression", "value"),
    [("5 × 2³ + 36 : 3²", 44), ("80 - [130 - (12 - 4)²]", 14), ("(9 - 7)³ × 10", 80), ("2¹⁰ : 4", 256)],
)
def test_powers_come_before_products_and_sums(expression, value):
    sheet = Sheet(6)
    assert integers.evaluate(sheet, expression) == value
    assert not leaps("\n".join(sheet.lines), 6), sheet.lines


@given(st.sampled_from("+-×:"), *[st.integers(-12, 12).filter(bool), st.integers(1, 12)] * 2)
def test_fractions_of_any_sign_are_right_and_worked(sign, a, b, c, d):
    sheet = Sheet(7)
    top, bottom = rationals.calculate(sheet, sign, (a, b), (c, d))
    x, y = Fraction(a, b), Fraction(c, d)
    assert Fraction(top, bottom) == {"+": x + y, "-": x - y, "×": x * y, ":": x / y}[sign]
    assert gcd(top, bottom) == 1
    assert not leaps("\n".join(sheet.lines), 7), sheet.lines


def test_a_product_of_fractions_below_nought_as_a_textbook_writes_it():
    sheet = Sheet(6)
    rationals.calculate(sheet, "×", (-3, 4), (5, 6))
    assert sheet.lines == [
        "-3/4 × 5/6 = ?",
        "Tích của hai số khác dấu là số âm.",
        "3/4 × 5/6 = ?",
        "3 × 5 = 15; 4 × 6 = 24; 3/4 × 5/6 = 15/24",
        "15 : 3 = 5; 24 : 3 = 8; 15/24 = 5/8",
        "3/4 × 5/6 = 5/8",
        "-3/4 × 5/6 = -5/8",
    ]


def test_a_power_of_a_fraction_has_the_sign_of_its_exponent():
    sheet = Sheet(7)
    assert rationals.raise_to(sheet, (-2, 3), 3, "(-2/3)³") == (-8, 27)
    assert sheet.lines[0] == "Cơ số âm, số mũ lẻ nên (-2/3)³ là số âm."


@pytest.mark.parametrize(("a", "unit", "to", "value"), [(Fraction(5, 2), "m", "cm", 250), (4500, "g", "kg", Fraction(9, 2))])
def test_units(a, unit, to, value):
    assert measures.convert(Sheet(5), a, unit, to) == value


def test_powers_and_roots():
    assert integers.raise_to(Sheet(6), 7, 3) == 343
    sheet = Sheet(7)
    integers.root(sheet, 1849, 43)
    assert sheet.lines[-1] == "Vì 43 > 0 và 43² = 1 849 nên √1 849 = 43"
