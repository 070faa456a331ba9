"""Answers that are written while llama.cpp computes them, and whose computation stops when their client leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, NamedTuple

from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import Rule, agreeing, choose, read_attempt
from mathpal_lightning.llama_cpp.stream import open_answer
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.fields import Single, texts_and_tokens
from mathpal_lightning.serving.several import NotAnswered
from mathpal_lightning.serving.waiting import TooManyWaiting
from mathpal_lightning.serving.written import Event

EVENT_STREAM = "text/event-stream; charset=utf-8"
_BROKEN = "llama.cpp broke off. Send the request again."
_CROWDED = "Too many requests wait. Send this one again later."


class LiveAnswer:
    """An ASGI answer that a function writes; the function is cancelled when the client leaves.

    Args:
        desk: counts the clients that leave.
        write: sends the answer.
    """

    def __init__(self, desk: Desk, write: Callable[[Scope, Receive, Send], Awaitable[None]]):
        self._desk, self._write = desk, write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the end, or until the client leaves."""
        writing = asyncio.ensure_future(self._write(scope, receive, send))
        leaving = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if writing.cancel():
                self._desk.metrics.abandoned.inc()
            leaving.cancel()
            await asyncio.wait((writing, leaving))
        if not writing.cancelled():
            writing.result()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def server_sent(desk: Desk, events: AsyncGenerator[Event]) -> LiveAnswer:
    """The events of a solution, as `solution_events` or `work_events` gives them, server-sent."""

    async def write(scope: Scope, receive: Receive, send: Send) -> None:
        await send(_start(200, EVENT_STREAM))
        async with aclosing(events):
            async for event in events:
                await send(_more(_event(event)))
                await asyncio.sleep(0)  # lets the loop notice a client that has left, and others have their turn
        await send(_end())

    return LiveAnswer(desk, write)


class Head(NamedTuple):
    """The status and headers of an answer, which are sent before its bytes."""

    status: int
    kind: str
    """The content type."""


Pieces = AsyncGenerator[Head | bytes]
"""A head, then bytes."""


async def passed_through(desk: Desk, who: str, path: str, single: Single) -> Pieces:
    """llama.cpp's own answer to a request for one answer, as it arrives.

    Args:
        desk: where the request waits.
        who: who asks; see `WaitingLine.join`.
        path: the path of llama.cpp's API.
        single: the request, already held against its bounds.
    """
    slot = desk.slot(who, *texts_and_tokens(single))
    async with slot, open_answer(desk.http, desk.client, "POST", path, single) as answer:
        yield Head(answer.status_code, answer.headers["Content-Type"])
        async for piece in answer.aiter_raw():
            yield piece


async def in_one(answer: Callable[[], Awaitable[dict[str, Any]]]) -> Pieces:
    """An answer that is sent when it is whole."""
    body = await answer()
    yield Head(200, "application/json")
    yield json.dumps(body, ensure_ascii=False).encode()


async def as_events(events: AsyncGenerator[dict[str, Any]]) -> Pieces:
    """An answer in events, server-sent as the OpenAI API does."""
    async with aclosing(events):
        event = await anext(events)
        yield Head(200, EVENT_STREAM)
        yield _event(event)
        async for event in events:
            yield _event(event)
    yield b"data: [DONE]\n\n"


def api_answer(desk: Desk, pieces: Pieces, stream: bool) -> LiveAnswer:
    """An answer of the API; one that breaks off says so, by an event where it is a stream."""

    async def write(scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    started = True
                    await send(_start(*piece) if isinstance(piece, Head) else _more(piece))
                    await asyncio.sleep(0)
        except (TooManyWaiting, NotAnswered, DataError, ConnectionError, TimeoutError) as error:
            if isinstance(error, ConnectionError | TimeoutError):
                desk.metrics.broken.inc()
            answer = _answer_to(error)
            if not started:
                await answer(scope, receive, send)
                return
            if not stream:
                raise  # uvicorn closes the connection: the client sees that the answer is cut
            await send(_more(b"data: " + answer.body + b"\n\n"))
        await send(_end())

    return LiveAnswer(desk, write)


def _answer_to(error: Exception) -> JSONResponse:
    if isinstance(error, NotAnswered):
        return JSONResponse(error.body, error.status)
    if isinstance(error, DataError):
        return refusal(400, str(error), "context_length_exceeded")
    if isinstance(error, TooManyWaiting):
        return refusal(503, _CROWDED, headers={"Retry-After": "30"})
    return refusal(502, _BROKEN, headers={"Retry-After": "5"})


def one_of(body: dict[str, Any], question: str, rule: Rule) -> dict[str, Any]:
    """A chat answer with several choices -> the same with the chosen one, and what is known of it in `mathpal`."""
    attempts = [read_attempt(question, choice["message"]["content"] or "") for choice in body["choices"]]
    place = choose(attempts, rule)
    told = {
        "rule": rule,
        "attempts": len(attempts),
        "agree": agreeing(attempts, place),
        "arithmetic_holds": attempts[place].holds,
    }
    return body | {"choices": [body["choices"][place] | {"index": 0}], "mathpal": told}


def refusal(status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """Answer as the OpenAI API does when something is wrong."""
    return JSONResponse(_error(status, message, code), status, headers)


def _error(status: int, message: str, code: str | None = None) -> dict[str, object]:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "code": code or status}}


def _event(event: object) -> bytes:
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def _start(status: int, kind: str) -> Message:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]}


def _more(piece: bytes) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": True}


def _end() -> Message:
    return {"type": "http.response.body", "body": b""}
