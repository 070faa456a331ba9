"""Units on a sheet: a measure in another unit, with the line that says how the units are related."""

from __future__ import annotations

from fractions import Fraction

from mathpal_lightning.curriculum.steps.sheet import Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.writing import number

_SCALES: tuple[dict[str, Value], ...] = (
    {"mm": 1, "cm": 10, "dm": 100, "m": 1000, "km": 1_000_000},
    {"g": 1, "kg": 1000, "yến": 10_000, "tạ": 100_000, "tấn": 1_000_000},
    {"ml": 1, "l": 1000},
    {"mm²": 1, "cm²": 100, "dm²": 10_000, "m²": 1_000_000, "ha": 10_000_000_000, "km²": 1_000_000_000_000},
    {"mm³": 1, "cm³": 1000, "dm³": 1_000_000, "l": 1_000_000, "m³": 1_000_000_000},
    {"giây": 1, "phút": 60, "giờ": 3600, "ngày": 86_400, "tuần": 604_800},
    {"tháng": 1, "năm": 12, "thế kỉ": 1200},
)


def ratio(large: str, small: str) -> Value:
    """How many of the smaller unit the larger one holds: 100 for m and cm.

    Raises:
        KeyError: the two units do not measure the same.
    """
    for scale in _SCALES:
        if large in scale and small in scale:
            found = Fraction(scale[large]) / scale[small]
            return found.numerator if found.denominator == 1 else found
    raise KeyError(f"{large} and {small} do not measure the same")


def convert(sheet: Sheet, value: Value, unit: str, to: str, lead: str = "") -> Value:
    """The measure in another unit: "1 m = 100 cm", then "2,5 × 100 = 250 (cm)"."""
    down = ratio(unit, to) >= 1
    large, small = (unit, to) if down else (to, unit)
    right = ratio(large, small)
    wrong = (right * 10, right // 10 if isinstance(right, int) and right % 100 == 0 else 100 if right != 100 else 1000)
    factor = sheet.pick(right, *wrong, kind="relation")
    sheet.lead(lead)
    sheet.say(f"1 {large} = {number(factor)} {small}")
    return sheet.multiply(value, factor, to) if down else sheet.divide(value, factor, to)
