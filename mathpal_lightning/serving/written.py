"""A solution as it is written -> the events of the page. Nothing here knows where the pieces come from.

`events.py` asks llama.cpp on the server; the page without a server runs this file inside the browser. So it imports only what
needs no network, no torch and no server.
"""

from __future__ import annotations

from collections.abc import Iterator

from mathpal_lightning.evaluation.direct import computed_answer
from mathpal_lightning.evaluation.used import names_numbers, unused_numbers
from mathpal_lightning.serving.honest import (
    NO_MATHEMATICS,
    LineCheck,
    asks_for_mathematics,
    check_answer,
    check_line,
    summary_of,
)
from mathpal_lightning.text import needs_picture
from mathpal_lightning.typeset import Line, LineTypesetter, typeset_text

Event = dict[str, object]

NEEDS_PICTURE = "Bài này có vẻ cần hình vẽ, mà máy không xem được hình, nên lời giải có thể sai."
CUT = "Lời giải dài quá nên bị cắt ở đây."


def opening(question: str) -> tuple[list[Event], bool]:
    """The events before a normalised question is solved, and whether it is to be solved at all."""
    events: list[Event] = [{"question": typeset_text(question)}]
    if not asks_for_mathematics(question):
        return [*events, {"note": NO_MATHEMATICS}, {"end": 0.0}], False
    return [*events, {"note": NEEDS_PICTURE}] if needs_picture(question) else events, True


class Written:
    """A solution as far as it is written: pieces -> the events of its lines, each checked when it is whole.

    Args:
        question: the normalised question. The answer of a direct one is compared with its value; empty compares nothing.
    """

    def __init__(self, question: str = "") -> None:
        self.question = question
        self.text = ""
        self.checks: list[LineCheck] = []
        self._before: list[str] = []
        self._typesetter = LineTypesetter()

    @property
    def is_wrong(self) -> bool:
        """Whether a whole line holds false arithmetic."""
        return any(check.wrong for check in self.checks)

    @property
    def unused(self) -> list[str]:
        """The numbers of the question that are not used so far; none where its answer is compared anyway."""
        return [] if self._is_direct else unused_numbers(self.question, self.text)

    def add(self, piece: str) -> Iterator[Event]:
        """The events of the lines that the next piece changes."""
        self.text += piece
        return self._events(self._typesetter.add(piece), whole=self.text.count("\n"))

    def end(self) -> Iterator[Event]:
        """The last line as it stands, and what was checked."""
        yield from self._events(self._typesetter.end(), whole=self.text.count("\n") + 1)
        yield {"checks": summary_of(self.checks, self.unused)}

    def read(self, solution: str) -> list[Event]:
        """All events of a whole solution."""
        return [*self.add(solution), *self.end()]

    @property
    def _is_direct(self) -> bool:
        """Whether the answer will be compared with the question's value: until then it is not sure."""
        return computed_answer(self.question) is not None

    def _is_supported(self, is_whole: bool) -> bool:
        """Whether an answer may be green: something was computed, from all the numbers that the question tells."""
        if not any(one.checked for one in self.checks):
            return False
        if not self.question or self._is_direct:
            return is_whole or not self.question
        return names_numbers(self.question) and not self.unused

    def _check(self, line: Line) -> LineCheck:
        """The check of a whole line; a line comes again where its block grows, and is checked once."""
        if line.number == len(self.checks):
            check = check_line(line.text, self._before)
            self._before.append(line.text)
            compared = line.is_answer and not self.is_wrong  # after a false line it is no news that the answer is false
            self.checks.append(check_answer(self.question, self.text, check) if compared else check)
        return self.checks[line.number]

    def _events(self, lines: list[Line], whole: int) -> Iterator[Event]:
        for line in lines:
            event: Event = {"line": line.number, "html": line.html, "text": line.text}
            event |= {"inside": True} if line.is_inside else {}
            is_whole = line.number < whole
            check = self._check(line) if is_whole else LineCheck()
            event["answer"] = line.is_answer and not self.is_wrong
            event["sure"] = event["answer"] and self._is_supported(is_whole)
            yield event | ({"wrong": check.wrong} if check.wrong else {"checked": True} if check.checked else {})
