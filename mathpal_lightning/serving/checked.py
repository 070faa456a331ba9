"""What is known of a solution while it is written: the checks of its whole lines, and what they are worth together."""

from __future__ import annotations

from mathpal_lightning.evaluation.question.computed import computed_answer
from mathpal_lightning.evaluation.question.used_numbers import names_numbers, unused_numbers
from mathpal_lightning.serving.honest import LineCheck, check_answer, check_line, summary_of


class Checked:
    """The whole lines of a solution with their checks.

    Args:
        question: the normalised question. The answer of a direct one is compared with its value; empty compares nothing.
    """

    def __init__(self, question: str = "") -> None:
        self.question = question
        self.lines: list[str] = []
        self.checks: list[LineCheck] = []

    @property
    def is_wrong(self) -> bool:
        """Whether a line holds false arithmetic, or a false answer."""
        return any(check.wrong for check in self.checks)

    @property
    def unused(self) -> list[str]:
        """The numbers of the question that are not used so far; none where its answer is compared anyway."""
        return [] if self._is_direct else unused_numbers(self.question, "\n".join(self.lines))

    @property
    def is_supported(self) -> bool:
        """Whether an answer may be green: nothing is false, something was computed, from all numbers of the question."""
        if self.is_wrong or not any(check.checked for check in self.checks):
            return False
        if not self.question:
            return True
        if self._is_direct:
            return any(check.fits for check in self.checks)
        return names_numbers(self.question) and not self.unused

    @property
    def summary(self) -> str:
        """What was checked and what was not, for the pupil."""
        return summary_of(self.checks, self.unused)

    def add(self, line: str, is_answer: bool) -> LineCheck:
        """Check the next whole line; after a false one it is no news that the answer is false too."""
        check = check_line(line, self.lines)
        self.lines.append(line)
        if is_answer and self._is_direct and not self.is_wrong:
            check = check_answer(self.question, "\n".join(self.lines), check)
        self.checks.append(check)
        return check

    @property
    def _is_direct(self) -> bool:
        return computed_answer(self.question) is not None
