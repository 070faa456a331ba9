"""A solution as it is written -> the events of the page. Nothing here knows where the pieces come from.

`events.py` asks llama.cpp on the server; the page without a server runs this file inside the browser. So it imports only what
needs no network, no torch and no server.
"""

from __future__ import annotations

from collections.abc import Iterator

from mathpal_lightning.serving.checked import Checked
from mathpal_lightning.serving.honest import NO_MATHEMATICS, LineCheck, asks_for_mathematics
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
        self.text = ""
        self.checked = Checked(question)
        self._typesetter = LineTypesetter()

    def add(self, piece: str) -> Iterator[Event]:
        """The events of the lines that the next piece changes."""
        self.text += piece
        return self._events(self._typesetter.add(piece), whole=self.text.count("\n"))

    def end(self) -> Iterator[Event]:
        """The last line as it stands, and what was checked."""
        yield from self._events(self._typesetter.end(), whole=self.text.count("\n") + 1)
        yield {"checks": self.checked.summary}

    def read(self, solution: str) -> list[Event]:
        """All events of a whole solution."""
        return [*self.add(solution), *self.end()]

    def _check(self, line: Line) -> LineCheck:
        """The check of a whole line; a line comes again where its block grows, and is checked once."""
        if line.number == len(self.checked.checks):
            return self.checked.add(line.text, line.is_answer)
        return self.checked.checks[line.number]

    def _events(self, lines: list[Line], whole: int) -> Iterator[Event]:
        for line in lines:
            event: Event = {"line": line.number, "html": line.html, "text": line.text}
            event |= {"inside": True} if line.is_inside else {}
            check = self._check(line) if line.number < whole else LineCheck()
            event["answer"] = line.is_answer and not self.checked.is_wrong
            event["sure"] = event["answer"] and self.checked.is_supported
            yield event | ({"wrong": check.wrong} if check.wrong else {"checked": True} if check.checked else {})
