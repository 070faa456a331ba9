"""Numbers as Vietnamese pupils write them, and the canonical form of answers."""

from fractions import Fraction

import pytest

from mathpal_lightning.curriculum.writing import canonical, decimal_places, fraction, in_brackets, number, with_unit


@pytest.mark.parametrize(
    ("value", "written", "canonical_form"),
    [
        (7, "7", "7"),
        (54_000, "54 000", "54000"),
        (1_234_567, "1 234 567", "1234567"),
        (-1200, "-1 200", "-1200"),
        (Fraction(5, 2), "2,5", "2.5"),
        (Fraction(-1, 8), "-0,125", "-0.125"),
        (Fraction(24691, 20), "1 234,55", "1234.55"),
        (Fraction(1, 3), "1/3", "1/3"),
        (Fraction(6, 3), "2", "2"),
    ],
)
def test_numbers(value, written, canonical_form):
    assert number(value) == written
    assert canonical(value) == canonical_form


@pytest.mark.parametrize(
    ("unit", "written", "canonical_form"),
    [
        ("cm²", "12 cm²", "12 cm^2"),
        ("m³", "12 m³", "12 m^3"),
        ("%", "12%", "12%"),
        ("°", "12°", "12 độ"),
        ("l", "12 l", "12 lít"),
        ("học sinh", "12 học sinh", "12 học sinh"),
        ("", "12", "12"),
    ],
)
def test_units(unit, written, canonical_form):
    assert with_unit(number(12), unit) == written
    assert canonical(12, unit) == canonical_form


def test_fractions_stay_fractions():
    assert fraction(Fraction(5, 2)) == "5/2"
    assert fraction(Fraction(4, 2)) == "2"


@pytest.mark.parametrize(("value", "places"), [(3, 0), (Fraction(1, 8), 3), (Fraction(7, 20), 2), (Fraction(1, 3), None)])
def test_decimal_places(value, places):
    assert decimal_places(value) == places


def test_a_unit_behind_a_result_is_no_bare_sign():
    assert [in_brackets(unit) for unit in ("kg", "%", "°", "")] == [" (kg)", " (%)", " (độ)", ""]
