"""A question -> the events of a page: the question typeset, its place in the queue, each line of the solution as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from mathpal_lightning.errors import DataError
from mathpal_lightning.llama_cpp import Ending
from mathpal_lightning.llama_cpp.stream import solve
from mathpal_lightning.serving.desk import ANSWER_S, Desk
from mathpal_lightning.serving.fields import MOST_TOKENS
from mathpal_lightning.serving.honest import (
    NO_MATHEMATICS,
    REPEATS,
    LineCheck,
    asks_for_mathematics,
    check_line,
    repeats,
    summary_of,
)
from mathpal_lightning.serving.waiting import TooManyWaiting
from mathpal_lightning.text import needs_picture
from mathpal_lightning.typeset import Line, LineTypesetter, typeset_text

TOO_LONG = "Đề bài dài quá. Em viết ngắn lại nhé."
TROUBLE = "Máy giải bài vừa gặp trục trặc nên lời giải bị ngắt. Em bấm “Giải lại” nhé."
CROWDED = "Đang có quá nhiều bạn chờ. Em đợi một lát rồi bấm “Giải lại” nhé."
NEEDS_PICTURE = "Bài này có vẻ cần hình vẽ, mà máy không xem được hình, nên lời giải có thể sai."
CUT = "Lời giải dài quá nên bị cắt ở đây."


async def solution_events(desk: Desk, who: str, question: str) -> AsyncGenerator[dict[str, object]]:
    """Solve a normalised question.

    Args:
        desk: where it waits and is answered.
        who: who asks; see `WaitingLine.join`.
        question: the question.

    Yields:
        {"question": html}, {"note": text}, {"queue": number in front} while it waits, {"starting": true} while llama.cpp is
        started anew, {"line": number, "html": html, "answer": bool} where a number comes again with more of its line, and a
        last time with {"checked": true} or {"wrong": text} if it holds arithmetic, {"checks": text} about what was checked,
        {"error": text} after which the pupil may try again, and last {"end": tokens per second} if it came to an end.
    """
    yield {"question": typeset_text(question)}
    if not asks_for_mathematics(question):
        yield {"note": NO_MATHEMATICS}
        yield {"end": 0.0}
        return
    if needs_picture(question):
        yield {"note": NEEDS_PICTURE}
    try:
        async with aclosing(_solved(desk, who, question)) as events:
            async for event in events:
                yield event
    except TooManyWaiting:
        yield {"error": CROWDED}
    except DataError:
        yield {"error": TOO_LONG}
    except (ConnectionError, TimeoutError):
        desk.metrics.broken.inc()
        yield {"error": TROUBLE}


async def _solved(desk: Desk, who: str, question: str) -> AsyncGenerator[dict[str, object]]:
    with desk.ticket(who, len(question.encode()) + MOST_TOKENS) as ticket:
        async for place in desk.line.places(ticket):
            yield {"queue": place}
        if not desk.is_ready():
            yield {"starting": True}
        written = Written()
        async with asyncio.timeout(ANSWER_S), aclosing(solve(desk.http, desk.client, question)) as pieces:
            async for piece in pieces:
                for event in written.end() if isinstance(piece, Ending) else written.add(piece):
                    yield event
                if isinstance(piece, Ending):
                    desk.metrics.tokens.inc(piece.tokens)
                    if not piece.stopped:
                        yield {"note": CUT}
                    yield {"end": piece.tokens_per_second}
                elif repeats(written.text):
                    yield {"note": REPEATS}
                    yield {"end": 0.0}
                    return


class Written:
    """A solution as far as it is written: pieces -> the events of its lines, each checked when it is whole."""

    def __init__(self) -> None:
        self.text = ""
        self._typesetter = LineTypesetter()
        self._checks: list[LineCheck] = []

    def add(self, piece: str) -> Iterator[dict[str, Any]]:
        """The events of the lines that the next piece changes."""
        self.text += piece
        return self._events(self._typesetter.add(piece), whole=self.text.count("\n"))

    def end(self) -> Iterator[dict[str, Any]]:
        """The last line as it stands, and what was checked."""
        yield from self._events([self._typesetter.end()], whole=self.text.count("\n") + 1)
        yield {"checks": summary_of(self._checks)}

    def _events(self, lines: list[Line], whole: int) -> Iterator[dict[str, object]]:
        for line in lines:
            check = LineCheck()
            if line.number < whole:
                check = check_line(self.text.split("\n")[line.number])
                self._checks.append(check)
            so_far = not any(check.wrong for check in self._checks)
            event = {"line": line.number, "html": line.html, "answer": line.is_answer and so_far}
            yield event | ({"wrong": check.wrong} if check.wrong else {"checked": True} if check.checked else {})
