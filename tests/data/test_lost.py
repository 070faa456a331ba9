"""Texts that lost something before they were read are refused, and whole ones are not."""

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.lost import loss_of
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Record
from tests.own_rows import OWN_ROWS
from tests.pace import seconds


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("$\frac{1}{2}$", "frac"),
        ("3 \times 4", "times"),
        ("5 \text{ kg}", "text"),
        ("a \neq b", "neq"),
        ("x \ne 0", "ne"),
        ("\\left( 2 \right)", "right"),
        ("5{\rm cm}", "rm"),
        ("\beta + 1", "beta"),
        ("\alpha + 1", "alpha"),
        ("\vec{a}", "vec"),
        ("x \to 0", "to"),
        ("\tan x", "tan"),
        ("60\theta", "theta"),
    ],
)
def test_a_lost_backslash_is_named(text: str, command: str):
    assert loss_of(text).startswith(f"\\{command} with a single backslash")


@pytest.mark.parametrize(
    "text",
    [
        "\\frac{1}{2} \\times 3, \\neq, \\right)",
        "Lan\tan toàn\rích lợi\nề ngoài",
        "Câu hỏi:\na 5\nb 6\nd 8\ne 9",
        "Giải:\x0bTa có\x0ctrang 2",
        "\to\tÝ thứ hai",
        "Điền dấu: a?b; c?d; m?n",
        "1/2 ? 1/3",
        "Có bao nhiêu?Hỏi gì?biết",
        "3 ✖️ 4 \uf0b4 5",
        "Lan: █ █ █\n■(5 quả) ▒▒",
        "Cho dãy số (u_n):\nu_1 = 3",
        "Giải hệ\nu = 3",
        "Chọn:\n\uf0a7 1 + 1 = 2\n\uf0d8 Tính 5 + 3\n \uf0fc\t(1)\n\uf076 $x$",
        "",
    ],
)
def test_what_is_whole_stays(text: str):
    assert loss_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "\ufffc = 5",
        "\ue000 + 1",
        "\x01\x02Tính",
        "Tính\x07",
        "a\x13 EQ \x15",
        "\ud800",
        "5 \ufffd 3",
        "\uf076 = 5",
        "5 \uf0a7 3",
        "〖(x+1)〗^2",
        "█(x+y=5@x-y=1)",
        "∑_(i=1)^n▒i",
    ],
)
def test_signs_that_stand_for_something_else_are_lost(text: str):
    assert loss_of(text)


@pytest.mark.parametrize(
    "text", ["M?t c?a hàng có 54 kg g?o", "T?nh di?n t?ch h?nh vu?ng", "C?a hàng còn l?i: 54 - 18 = 36 (kg)"]
)
def test_letters_that_became_question_marks_are_lost(text: str):
    assert '"?"' in loss_of(text)


def test_no_problem_of_ours_lost_anything():
    texts = [text for row in OWN_ROWS for text in (row["question"], row["solution"])]
    texts += [text for one in generate_problems(500, seed=3) for text in (one.question, one.solution)]
    assert [text for text in texts if loss_of(text)] == []


def test_a_row_that_lost_something_is_refused_with_the_way_out():
    (refusal,) = read_rows([Record("a.jsonl:1", {"question": "Tính $\frac{1}{2}$", "solution": "0,5"})], Columns())
    assert isinstance(refusal, Refusal)
    assert "write \\\\frac" in refusal.detail


def test_many_breaks_and_question_marks_take_linear_time():
    assert seconds(lambda: loss_of("a?\n\t" * 100_000), 1) < 1
