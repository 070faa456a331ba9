"""A solution on a sheet: worked as a textbook does, and written again with one step gone wrong."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.curriculum.steps import Plan, Sheet, columns, division, finish
from mathpal_lightning.curriculum.steps.integers import root
from mathpal_lightning.curriculum.steps.mental import in_head
from mathpal_lightning.curriculum.steps.plan import run_with
from mathpal_lightning.curriculum.steps.slips import Slip
from tests.curriculum.steps_policy import leaps


def _lines(grade: int, sign: str, a, b) -> list[str]:
    sheet = Sheet(grade)
    sheet.calculate(sign, a, b)
    return sheet.lines


@pytest.mark.parametrize(
    ("grade", "sign", "a", "b", "expected"),
    [
        (3, "+", 96, 65, ["96 + 65 = ?", "6 + 5 = 11 (viết 1, nhớ 1); 9 + 6 = 15; 15 + 1 = 16", "96 + 65 = 161"]),
        (2, "+", 8, 5, ["8 + 5 = 13"]),
        (3, "-", 82, 29, ["82 - 29 = ?", "2 - 9 không được; 12 - 9 = 3 (nhớ 1); 2 + 1 = 3; 8 - 3 = 5", "82 - 29 = 53"]),
        (3, "×", 47, 6, ["47 × 6 = ?", "7 × 6 = 42 (viết 2, nhớ 4); 4 × 6 = 24; 24 + 4 = 28", "47 × 6 = 282"]),
        (3, "×", 7, 80, ["7 × 80 = 560"]),
        (
            4,
            "×",
            24,
            13,
            [
                "24 × 13 = ?",
                "24 × 3 = ?; 4 × 3 = 12 (viết 2, nhớ 1); 2 × 3 = 6; 6 + 1 = 7; 24 × 3 = 72",
                "24 × 10 = 240",
                "72 + 240 = ?; 2 + 0 = 2; 7 + 4 = 11 (viết 1, nhớ 1); 2 + 1 = 3; 72 + 240 = 312",
                "24 × 13 = 312",
            ],
        ),
        (
            3,
            ":",
            282,
            6,
            ["282 : 6 = ?", "28 : 6 được 4; 6 × 4 = 24; 28 - 24 = 4; 42 : 6 được 7; 6 × 7 = 42; 42 - 42 = 0", "282 : 6 = 47"],
        ),
        (5, ":", Fraction(637, 10), 100, ["63,7 : 100 = 0,637"]),
        (
            5,
            "+",
            Fraction(5, 2),
            Fraction(5, 4),
            [
                "2,5 + 1,25 = ?",
                "Viết 2,5 thành 2,50 rồi đặt các dấu phẩy thẳng cột.",
                "0 + 5 = 5; 5 + 2 = 7; 2 + 1 = 3",
                "2,5 + 1,25 = 3,75",
            ],
        ),
    ],
)
def test_an_operation_is_named_worked_and_stated(grade, sign, a, b, expected):
    assert _lines(grade, sign, a, b) == expected


def test_the_quotient_of_a_division_with_remainder_is_said_first():
    sheet = Sheet(3)
    assert sheet.share(47, 6) == (7, 5)
    assert sheet.lines == ["47 : 6 = ?", "47 : 6 được 7; 6 × 7 = 42; 47 - 42 = 5", "47 : 6 = 7 (dư 5)"]


def test_a_difference_below_nought_is_worked_the_other_way_round():
    assert Sheet(7).inline("-", 30, 108) == (
        -78,
        "108 - 30 = ?; 8 - 0 = 8; 0 - 3 không được; 10 - 3 = 7 (nhớ 1); 1 - 1 = 0; 108 - 30 = 78; 30 - 108 = -78",
    )


def test_a_wrong_fact_of_a_difference_is_one_digit():
    wrong = [columns.subtract(a, b, "table", nth) for a in (91, 190, 999) for b in (52, 0, 71) for nth in range(6)]
    assert len({work.value for work in wrong}) > 9
    assert not [work for work in wrong if " = 10" in work.lines[0] or work.value > 999]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (columns.add(96, 65, "carry"), 151),
        (columns.subtract(82, 29, "borrow"), 63),
        (columns.subtract(82, 29, "reversed"), 67),
        (columns.multiply(24, 13, 4, "shift"), 96),
        (division.divide(612, 6, 3, "zero"), 12),
        (columns.multiply(47, 6, 3, "carry"), 242),
    ],
)
def test_slips_lead_where_pupils_come_to(column, value):
    assert column.value == value


@given(st.sampled_from("+-×:"), st.integers(1, 99_999), st.integers(1, 999), st.integers(3, 9))
def test_any_calculation_is_right_and_without_leaps(sign, a, b, grade):
    a, b = (max(a, b), min(a, b)) if sign == "-" else (a * b, b) if sign == ":" else (a, b)
    sheet = Sheet(grade)
    value = sheet.calculate(sign, a, b)
    assert value == {"+": a + b, "-": a - b, "×": a * b, ":": a // b}[sign]
    assert not leaps("\n".join(sheet.lines), grade)


@given(st.sampled_from("+-×:"), st.integers(1, 9999), st.integers(1, 99), st.integers(0, 2), st.integers(0, 2))
def test_decimals_are_right_and_without_leaps(sign, a, b, places, more):
    x, y = Fraction(a, 10**places), Fraction(b, 10**more)
    x, y = (max(x, y), min(x, y)) if sign == "-" else (x * y, y) if sign == ":" else (x, y)
    sheet = Sheet(5)
    assert sheet.calculate(sign, x, y) == {"+": x + y, "-": x - y, "×": x * y, ":": x / y}[sign]
    assert not leaps("\n".join(sheet.lines), 5)


def _perimeter(sheet: Sheet) -> None:
    half = sheet.add(25, 17, "m", lead="nửa chu vi là")
    sheet.answer(sheet.multiply(half, sheet.pick(2, 4), "m", lead="chu vi là"), "m")


def test_mistakes_differ_from_the_solution_from_their_wrong_line_on():
    kinds = set()
    for seed in range(40):
        draft = finish(Plan((25, 17), "", _perimeter), 3, Random(seed))
        right = draft.solution.split("\n")
        assert len(draft.mistakes) == len(draft.mistake_lines) >= 2
        for text, number in zip(draft.mistakes, draft.mistake_lines, strict=True):
            lines = text.split("\n")
            assert lines[: number - 1] == right[: number - 1]
            assert lines[number - 1] != right[number - 1]
            assert lines[-1] != right[-1]
            kinds.add(lines[-1])
    assert len(kinds) >= 8, "one of many steps goes wrong, not always the same"


def test_a_mistake_that_no_pupil_would_write_is_not_taken():
    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.subtract(30, sheet.add(12, 17), "học sinh"), "học sinh")

    for seed in range(40):
        draft = finish(Plan((), "", solve), 2, Random(seed))
        assert not any("Đáp số: -" in text for text in draft.mistakes)


@pytest.mark.parametrize(
    ("sign", "a", "b", "grade", "easy"),
    [("+", 7, 8, 2, True), ("+", 57, 38, 3, False), ("+", 57, 38, 6, False), ("×", 7, 80, 3, True), ("×", 7, 8, 2, False)]
    + [
        (":", 282, 6, 4, False),
        ("+", 40, 7, 1, True),
        ("×", 5, 8, 2, True),
        ("-", 203, 195, 3, False),
        (":", 5600, 70, 4, True),
    ],
)
def test_what_is_done_in_the_head(sign, a, b, grade, easy):
    assert in_head(sign, a, b, grade) == easy


@pytest.mark.parametrize(
    ("wrong", "unit", "absurd"), [(361, "°", True), (360, "°", False), (895, "cm", False), (Fraction(1801, 5), "°", True)]
)
def test_nobody_writes_an_angle_beyond_the_full_one(wrong, unit, absurd):
    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.pick(60, wrong), unit)

    assert (run_with(solve, 7, Slip(1, "formula", 0)) is None) == absurd


def test_nobody_shares_out_nothing():
    """A dividend that was got wrong and is smaller than the divisor: 13 : 17 = 0 pupils."""

    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.divide(13, sheet.pick(1, 17)), "học sinh")

    assert run_with(solve, 5, Slip(1, "formula", 0)) is None


def test_a_line_is_not_written_twice_in_a_row():
    sheet = Sheet(9)
    for text in ("x = 32", "x = 32", "Vậy x = 32.", "x = 32"):
        sheet.say(text)
    assert sheet.lines == ["x = 32", "Vậy x = 32.", "x = 32"]


def test_who_stops_before_the_last_step_answers_with_the_root_and_not_with_its_square():
    def solve(sheet: Sheet) -> None:
        half = root(sheet, 144, 12, "cm")
        sheet.say("Vậy AH = 12 cm.")
        sheet.answer(sheet.multiply(half, 2, "cm"), "cm")

    right = Sheet(9)
    solve(right)
    step = next(step for step, kind in right.sites if kind == "early_stop")
    early = run_with(solve, 9, Slip(step, "early_stop", 0))
    assert early is not None
    assert early.lines[-2:] == ["Vậy AH = 12 cm.", "Đáp số: 12 cm"]


@pytest.mark.parametrize(
    ("a", "b", "lines"),
    [
        (
            96,
            24,
            ["làm tròn 24 thành 20; 9 : 2 được 4; 4 × 4 = 16 (viết 6, nhớ 1); 2 × 4 = 8; 8 + 1 = 9; 24 × 4 = 96; 96 : 24 = 4"],
        ),
        (120, 30, ["12 : 3 được 4; 30 × 4 = 120; 120 : 30 = 4"]),
    ],
)
def test_a_digit_of_a_quotient_is_estimated_before_it_is_tried(a, b, lines):
    assert list(division.divide(a, b, 4).lines) == lines


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (98, 14, ["126 lớn hơn 98 nên thử 8", "112 lớn hơn 98 nên thử 7"]),
        (273, 39, ["số dư 39 bằng số chia nên thử 7"]),
        (95, 19, ["số dư 19 bằng số chia nên thử 5"]),
        (179, 19, ["17 : 2 được 8", "số dư 27 lớn hơn số chia nên thử 9"]),
    ],
)
def test_an_estimate_that_does_not_fit_is_mended(a, b, said):
    pieces = division.divide(a, b, 4).lines[0].split("; ")
    assert [piece for piece in pieces if piece in said] == said


@given(st.integers(11, 9999), st.integers(1, 99_999))
def test_a_quotient_by_several_digits_is_right_and_its_trials_end(b, a):
    work = division.divide(a, b, 4)
    assert (work.value, work.rest) == divmod(a, b)


@pytest.mark.parametrize(
    ("a", "b", "lines"),
    [
        (11_948, 1000, ["11 948 = 11 000 + 948; 11 000 : 1 000 = 11"]),
        (9000, 1000, ["9 000 : 1 000 = 9"]),
        (948, 1000, ["948 < 1 000"]),
    ],
)
def test_what_noughts_divide_is_split(a, b, lines):
    sheet = Sheet(4)
    assert sheet.share(a, b) == divmod(a, b)
    assert sheet.lines[1:-1] == lines


def test_a_digit_that_meets_no_other_is_brought_down():
    assert columns.add(2940, 19) == (("0 + 9 = 9; 4 + 1 = 5; hạ 9; hạ 2",), 2959, 0)
    assert columns.subtract(118, 2) == (("8 - 2 = 6; hạ 1; hạ 1",), 116, 0)
    assert columns.add(95, 7).lines == ("5 + 7 = 12 (viết 2, nhớ 1); 9 + 1 = 10",)
