"""Units: what they measure, how they convert, what their canonical name is."""

from fractions import Fraction

import pytest

from mathpal_lightning.evaluation.mathematics.units import UNITS, parse_unit, unit_name


@pytest.mark.parametrize(
    ("one", "factor", "other"),
    [
        ("km", 1000, "m"),
        ("ha", 10000, "m^2"),
        ("m^3", 1000, "lít"),
        ("tấn", 10, "tạ"),
        ("giờ", 3600, "giây"),
        ("thế kỉ", 100, "năm"),
        ("triệu đồng", 1000, "nghìn đồng"),
        ("m/giây", Fraction(18, 5), "km/giờ"),
        ("lít", 1000, "ml"),
        ("km^2", 100, "ha"),
    ],
)
def test_converts(one: str, factor: Fraction, other: str):
    first, second = parse_unit(one), parse_unit(other)
    assert first.dimension == second.dimension
    assert first.factor == factor * second.factor


@pytest.mark.parametrize("name", ["học sinh", "quyển", "", "lần", "mong", "x" * 200])
def test_a_noun_is_no_unit(name: str):
    assert parse_unit(name) is None


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("km/h", "km/giờ"),
        ("m2", "m^2"),
        ("mét vuông", "m^2"),
        ("xăng-ti-mét khối", "cm^3"),
        ("kg gạo", "kg gạo"),
        ("học sinh", "học sinh"),
    ],
)
def test_canonical_name(written: str, canonical: str):
    assert unit_name(written) == canonical


def test_every_name_is_read_back():
    assert len(UNITS) > 150
    assert all(parse_unit(name) == unit for name, unit in UNITS.items())
