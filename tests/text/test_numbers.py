"""Vietnamese numbers, each with the value a pupil would name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.text import parse_number


@pytest.mark.parametrize(
    ("text", "value", "form", "canonical"),
    [
        ("2,5", Fraction(5, 2), "decimal", "2.5"),
        ("1, 45", Fraction(29, 20), "decimal", "1.45"),
        ("54 000", 54000, "integer", "54000"),
        ("54.000", 54000, "integer", "54000"),
        ("54&nbsp;000", 54000, "integer", "54000"),
        ("1.234.567", 1234567, "integer", "1234567"),
        ("1.234,5", Fraction(2469, 2), "decimal", "1234.5"),
        ("42.86", Fraction(2143, 50), "decimal", "42.86"),
        ("0.025", Fraction(1, 40), "decimal", "0.025"),
        ("-3", -3, "integer", "-3"),
        ("−2,5", Fraction(-5, 2), "decimal", "-2.5"),
        ("3/4", Fraction(3, 4), "fraction", "3/4"),
        ("\\frac{{3}}{4}", Fraction(3, 4), "fraction", "3/4"),
        ("2 3/4", Fraction(11, 4), "mixed", "2 3/4"),
        ("$2\\frac{3}{4}$", Fraction(11, 4), "mixed", "2 3/4"),
        ("½", Fraction(1, 2), "fraction", "1/2"),
        ("1 200/7", Fraction(1200, 7), "fraction", "1200/7"),
        ("123 456/7", Fraction(123456, 7), "fraction", "123456/7"),
        ("-1 200/7", Fraction(-1200, 7), "fraction", "-1200/7"),
        ("-2 3/4", Fraction(-11, 4), "mixed", "-2 3/4"),
        ("-3 : 4", Fraction(-3, 4), "ratio", "-3/4"),
        ("20%", Fraction(1, 5), "percent", "20%"),
        ("52,5 %", Fraction(21, 40), "percent", "52.5%"),
        ("3 : 4", Fraction(3, 4), "ratio", "3/4"),
    ],
)
def test_reads(text: str, value: Fraction, form: str, canonical: str):
    number = parse_number(text)
    assert number is not None
    assert (number.value, number.form, number.canonical) == (value, form, canonical)


def test_a_dot_before_three_digits_keeps_both_readings_thousands_first():
    number = parse_number("1.000")
    assert number is not None
    assert number.readings == (1000, 1)
    assert parse_number("5.025").readings == (5025, Fraction(201, 40))
    assert parse_number("123.456").readings == (123456, Fraction(15432, 125))
    assert parse_number("1.234.567").readings == (1234567,)
    assert parse_number("1234.567").readings == (Fraction(1234567, 1000),)
    assert parse_number("0.025").readings == (Fraction(1, 40),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 kg",
        "1,234,567",
        "3/0",
        "3 : 0",
        "hai",
        "1 2",
        "--3",
        "9" * 5000,
        "1/2/3",
        "2,5,",
        "1234 567/8",
        "2 5/4",
        "2 4/4",
        "2 3/0",
        "3/4 %",
    ],
)
def test_refuses_what_is_no_number(text: str):
    assert parse_number(text) is None


@given(st.integers(0, 10**12), st.integers(0, 999))
def test_grouping_never_changes_the_value(whole: int, thousandths: int):
    grouped = f"{whole:,}"
    written = f"{grouped.replace(',', '.')},{thousandths:03d}"
    spaced = f"{grouped.replace(',', ' ')},{thousandths:03d}"
    exact = Fraction(whole * 1000 + thousandths, 1000)
    assert parse_number(written).value == parse_number(spaced).value == exact


@given(st.text(max_size=40))
def test_never_raises(text: str):
    parse_number(text)
