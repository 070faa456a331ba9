"""Column arithmetic, by literals a pupil can check, and by evaluating every step written."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.curriculum import working


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (working.add(96, 65, "kg"), ["6 + 5 = 11 (nhớ 1); 9 + 6 = 15; 15 + 1 = 16", "96 + 65 = 161 (kg)"]),
        (working.add(8, 5), ["8 + 5 = 13"]),
        (working.add(999, 1), ["9 + 1 = 10 (nhớ 1); 9 + 1 = 10 (nhớ 1); 9 + 1 = 10", "999 + 1 = 1 000"]),
        (working.subtract(82, 29, "m"), ["2 - 9 không được; 12 - 9 = 3 (nhớ 1); 2 + 1 = 3; 8 - 3 = 5", "82 - 29 = 53 (m)"]),
        (
            working.subtract(144, 45),
            [
                "4 - 5 không được; 14 - 5 = 9 (nhớ 1); 4 + 1 = 5; 4 - 5 không được; 14 - 5 = 9 (nhớ 1); 1 - 1 = 0",
                "144 - 45 = 99",
            ],
        ),
        (working.multiply(47, 6), ["7 × 6 = 42 (nhớ 4); 4 × 6 = 24; 24 + 4 = 28", "47 × 6 = 282"]),
        (working.multiply(25_000, 4), ["5 × 4 = 20 (nhớ 2); 2 × 4 = 8; 8 + 2 = 10", "25 000 × 4 = 100 000"]),
        (working.multiply(24, 13), ["24 × 10 = 240; 24 × 3 = 72; 240 + 72 = 312", "24 × 13 = 312"]),
        (working.divide(282, 6, "cm"), ["28 : 6 = 4 (dư 4); 42 : 6 = 7", "282 : 6 = 47 (cm)"]),
        (working.divide(1700, 100), ["1 700 : 100 = 17"]),
        (working.long_division(503, 4), ["5 : 4 = 1 (dư 1)", "10 : 4 = 2 (dư 2)", "23 : 4 = 5 (dư 3)"]),
        (
            working.decimals("+", Fraction(5, 2), Fraction(5, 4)),
            ["0 + 5 = 5; 5 + 2 = 7; 2 + 1 = 3", "250 + 125 = 375", "2,5 + 1,25 = 3,75"],
        ),
        (working.decimals(":", Fraction(36, 5), Fraction(6, 5)), ["72 : 12 = 6", "7,2 : 1,2 = 6"]),
    ],
)
def test_literals(lines: list[str], expected: list[str]):
    assert lines == expected


def _hold(lines: list[str]) -> int:
    """Evaluate every "a o b = c (dư r)" written; return how many there were."""
    steps = [step for text in lines for step in text.split("; ")]
    for step in steps:
        if refused := re.fullmatch(r"(\d) - (\d+) không được", step):
            assert int(refused[1]) < int(refused[2])
            continue
        left, c, rest = re.fullmatch(r"(\d+(?: [-+×:] \d+)+) = (\d+)(?: \(dư (\d+)\)| \(nhớ \d\))?", step).groups()
        a, sign, b, *more = left.split(" ")
        value = {"+": int(a) + int(b) + sum(map(int, more[1::2])), "-": int(a) - int(b), "×": int(a) * int(b)}.get(sign)
        assert int(c) * int(b) + int(rest or 0) == int(a) if sign == ":" else int(c) == value, step
    return len(steps)


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_every_step_of_any_calculation_holds(a: int, b: int):
    calculations = (working.add(a, b), working.subtract(max(a, b), min(a, b)), working.multiply(a, b), working.divide(a * b, b))
    for lines in calculations:
        assert _hold([re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text) for text in lines]) >= 1


@given(st.integers(1, 9999), st.integers(2, 99))
def test_long_division_ends_with_the_remainder(a: int, b: int):
    last = working.long_division(a, b)[-1]
    rest = re.search(r"dư (\d+)", last)
    assert (int(rest[1]) if rest else 0) == a % b
