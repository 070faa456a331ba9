"""What is checked without the model: written arithmetic, the answer of a direct question, and whether a text repeats itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.evaluation.question.computed import answer_fits, computed_answer
from mathpal_lightning.evaluation.steps.by_hand import LINES_BEFORE, continued
from mathpal_lightning.evaluation.steps.check import check_steps
from mathpal_lightning.serving.corrections import correction_of
from mathpal_lightning.text import asks_for_mathematics, plain_text

__all__ = ["NO_MATHEMATICS", "REPEATS", "LineCheck", "asks_for_mathematics", "check_line", "repeats", "summary_of"]

NO_MATHEMATICS = "Mình chỉ biết giải toán thôi. Em gõ một đề toán vào đây nhé!"
REPEATS = "Máy viết lặp đi lặp lại nên đã dừng. Em đừng tin lời giải này nhé."
_WRONG = "Có phép tính sai ở trên, nên em đừng tin đáp số này."
_MISFIT = "Đáp số không khớp với kết quả máy tính lại từ đề bài, nên em đừng tin lời giải này."
_FITS = "Đáp số khớp với kết quả máy tính lại từ đề bài."
_NOTHING = "Máy chưa kiểm tra được phép tính nào ở đây. Em tự kiểm tra lại nhé."
_UNUSED = "Phép tính ở {} dòng có dấu ✓ là đúng, nhưng lời giải không dùng đến số {} của đề bài. Cách giải có thể sai."
_LONGEST_PERIOD, _REPEATED = 80, 240


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


def check_line(line: str, before: Sequence[str] = ()) -> LineCheck:
    """Compute the arithmetic of one line again.

    >>> check_line("Số kẹo còn lại là: 20 + 7 = 22 (cái)").wrong
    '20 + 7 = 27, không phải 22'
    >>> check_line("x = 8", before=["x = 12 - 5"]).wrong
    '12 - 5 = 7, không phải 8'

    Args:
        line: the line, whole.
        before: the lines before it, the nearest last: a chain goes on from them.
    """
    reports = check_steps(line), check_steps(continued([plain_text(one) for one in before[-LINES_BEFORE:]], plain_text(line)))
    failing = [step for report in reports for step in report.failing]
    return LineCheck(any(report.checked for report in reports) or bool(failing), correction_of(failing[0]) if failing else "")


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


def summary_of(checks: list[LineCheck], unused: Sequence[str] = ()) -> str:
    """What was checked in a solution and what was not, for the pupil.

    Args:
        checks: of its lines.
        unused: numbers of the question that it does not use.
    """
    if any(check.fits is False for check in checks):
        return _MISFIT
    if any(check.wrong for check in checks):
        return _WRONG
    if any(check.fits for check in checks):
        return _FITS
    count = sum(check.checked for check in checks)
    if count and unused:
        return _UNUSED.format(count, ", ".join(unused))
    return f"Phép tính ở {count} dòng có dấu ✓ là đúng. Cách giải thì chưa được kiểm tra." if count else _NOTHING
