"""What is checked without the model: written arithmetic, the answer of a direct question, and whether a text repeats itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from mathpal_lightning.evaluation.answers import extract_answer
from mathpal_lightning.evaluation.arithmetic import evaluate
from mathpal_lightning.evaluation.by_hand import continued, corrected_note
from mathpal_lightning.evaluation.direct import answer_fits, computed_answer
from mathpal_lightning.evaluation.steps import check_steps
from mathpal_lightning.evaluation.units import parse_unit
from mathpal_lightning.text import asks_for_mathematics, plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER

__all__ = ["NO_MATHEMATICS", "REPEATS", "LineCheck", "asks_for_mathematics", "check_line", "repeats", "summary_of"]

NO_MATHEMATICS = "Mình chỉ biết giải toán thôi. Em gõ một đề toán vào đây nhé!"
REPEATS = "Máy viết lặp đi lặp lại nên đã dừng. Em đừng tin lời giải này nhé."
_WRONG = "Có phép tính sai ở trên, nên em đừng tin đáp số này."
_MISFIT = "Đáp số không khớp với kết quả máy tính lại từ đề bài, nên em đừng tin lời giải này."
_FITS = "Đáp số khớp với kết quả máy tính lại từ đề bài."
_NOTHING = "Máy chưa kiểm tra được phép tính nào ở đây. Em tự kiểm tra lại nhé."
_WITH_UNIT = re.compile(rf"-?{PLAIN_NUMBER}( ?%| ?[^\W\d_][^\W\d_ ./]*(?:/[^\W\d_]+)?(?:\^?[23])?)")
_LETTER, _HUNDRED = re.compile(r"[^\W\d_]"), re.compile(r"100(?!%)")
"""Who multiplies by 100 before the % is written has done so already."""
_DIVISION = re.compile(r"(\d{1,9}) ?: ?(\d{1,9})")
_LONGEST_PERIOD, _REPEATED = 80, 240
_MOST_DIGITS = 12


def repeats(text: str) -> bool:
    """Whether the last 240 characters are one piece of at most 80 again and again."""
    tail = text[-_REPEATED:]
    return len(tail) == _REPEATED and any(tail[period:] == tail[:-period] for period in range(1, _LONGEST_PERIOD + 1))


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What checking one line gave."""

    checked: bool = False
    """It holds arithmetic that could be computed."""
    wrong: str = ""
    """What is wrong with it, for the pupil."""
    fits: bool | None = None
    """Of a line with the answer of a direct question: whether it is the value that the question comes to."""


def check_line(line: str, before: str = "") -> LineCheck:
    """Compute the arithmetic of one line again.

    >>> check_line("Số kẹo còn lại là: 20 + 7 = 22 (cái)").wrong
    '20 + 7 = 27, không phải 22'
    >>> check_line("x = 8", before="x = 12 - 5").wrong
    '12 - 5 = 7, không phải 8'

    Args:
        line: the line, whole.
        before: the line before it, which a chain goes on from.
    """
    reports = check_steps(line), check_steps(continued(plain_text(before), plain_text(line)))
    failing = [step for report in reports for step in report.failing]
    return LineCheck(any(report.checked for report in reports) or bool(failing), _correction(failing[0]) if failing else "")


def check_answer(question: str, solution: str, check: LineCheck) -> LineCheck:
    """The check of a line that states the answer, held against the value that a direct question comes to.

    Args:
        question: the normalised question.
        solution: as far as it is written, this line included.
        check: of the line's own arithmetic.
    """
    fits = answer_fits(question, extract_answer(solution, question))
    computed = computed_answer(question)
    if fits is None or computed is None or check.wrong:
        return check
    return LineCheck(True, "" if fits else f"không khớp: máy tính lại được {computed.text}", fits)


def summary_of(checks: list[LineCheck]) -> str:
    """What was checked in a solution and what was not, for the pupil."""
    if any(check.fits is False for check in checks):
        return _MISFIT
    if any(check.wrong for check in checks):
        return _WRONG
    if any(check.fits for check in checks):
        return _FITS
    count = sum(check.checked for check in checks)
    return f"Phép tính ở {count} dòng có dấu ✓ là đúng. Cách giải thì chưa được kiểm tra." if count else _NOTHING


def _correction(failing: str) -> str:
    """`20 + 7 = 22` -> `20 + 7 = 27, không phải 22`, where the right value can be written; else only that it is wrong."""
    if note := corrected_note(failing):
        return note
    left, sign, right = (part.strip() for part in (*re.split(r"([=≈])", failing, maxsplit=1), "", "")[:3])
    division = _DIVISION.fullmatch(left)
    if division and right.isdigit() and int(division[2]) and int(division[1]) // int(division[2]) == int(right):
        return f"{left} = {right} dư {int(division[1]) % int(division[2])}"
    written = _value_like(right, left) if sign else ""
    return f"{left} {sign} {written}, không phải {right}" if written else f"{failing} là sai"


def _value_like(right: str, left: str) -> str:
    """The value of the left side, in the unit of the right side; empty where it cannot be written so.

    >>> _value_like("50 cm", "5 m"), _value_like("50%", "21 : 40"), _value_like("46 kg", "54 - 18")
    ('500 cm', '52,5%', '36 kg')
    """
    unit = match[1] if (match := _WITH_UNIT.fullmatch(right)) else ""
    is_share, is_measured = unit.strip() == "%", _LETTER.search(left.replace(" x ", " ")) is not None
    value, one = evaluate(left, is_measured), parse_unit(unit) if is_measured else None
    if value is None or is_measured and (one is None or one.dimension != value.dimension) or is_share and _HUNDRED.search(left):
        return ""
    written = _written(value.value / one.factor if one else value.value * 100 if is_share else value.value)
    return f"{written}{unit}" if written else ""


def _written(value: Fraction) -> str:
    """A number as a pupil writes it, `12,5` or `3/7`; empty for one of many digits."""
    tenfold = next((places for places in range(7) if (value * 10**places).denominator == 1), None)
    if tenfold is None:
        text = f"{value.numerator}/{value.denominator}"
    else:
        text = f"{float(value):.{tenfold}f}".replace(".", ",") if tenfold else str(value.numerator)
    return text if len(text) <= _MOST_DIGITS else ""
