"""A question -> the events of a page: the question typeset, its place in the queue, each line of the solution as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from mathpal_lightning.errors import DataError
from mathpal_lightning.llama_cpp import Ending
from mathpal_lightning.llama_cpp.stream import solve
from mathpal_lightning.serving.desk import ANSWER_S, Desk
from mathpal_lightning.serving.fields import MOST_TOKENS
from mathpal_lightning.serving.honest import REPEATS, repeats
from mathpal_lightning.serving.waiting import TooManyWaiting
from mathpal_lightning.serving.written import CUT, Written, opening

TOO_LONG = "Đề bài dài quá. Em viết ngắn lại nhé."
TROUBLE = "Máy giải bài vừa gặp trục trặc nên lời giải bị ngắt. Em bấm “Giải lại” nhé."
CROWDED = "Đang có quá nhiều bạn chờ. Em đợi một lát rồi bấm “Giải lại” nhé."


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
    first, is_solved = opening(question)
    for event in first:
        yield event
    if not is_solved:
        return
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
