"""The application in front of llama.cpp: a page for a pupil, and an API as OpenAI's.

    GET  /                        the page, with its style sheet, scripts and icon
    GET  /examples                the problems on the page's buttons, and whether a teacher sees the questions
    POST /solve                   {"question": text} -> the events of `solution_events`, server-sent
    POST /check                   {"question": text, "work": text} -> the events of `work_events`, server-sent
    POST /login                   the key, typed into the page -> a cookie; a wrong one: the page that asks for it, and why
    GET  /v1/models               llama.cpp's answer as it is
    POST /v1/chat/completions     messages normalised as in training; llama.cpp's answer as it arrives, or with the header
                                  X-Mathpal-Choose the one of `n` attempts that a rule chooses
    POST /v1/completions          a raw prompt as it is
    GET  /teacher                 in the teacher's mode, on this machine only: the questions of /teacher/day, a QR code of
                                  /teacher/link.svg that opens the page on other machines, and POST /teacher/mark
    GET  /health                  whether questions are answered, without a key
    GET  /metrics                 counts, for Prometheus
    GET  /openapi.json            all this, with the fields of each request and their bounds

Where there is a key, every path but the style sheet, the icon, /login and /health wants it: `Authorization: Bearer KEY`, or
the cookie.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import Rule
from mathpal_lightning.llama_cpp.stream import open_answer
from mathpal_lightning.serving import fields
from mathpal_lightning.serving.answers import (
    LiveAnswer,
    api_answer,
    as_events,
    in_one,
    one_of,
    passed_through,
    refusal,
    server_sent,
)
from mathpal_lightning.serving.body import Refused, read_bytes, read_object
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.door import PAGES, Door, address_of
from mathpal_lightning.serving.events import solution_events
from mathpal_lightning.serving.font import math_font
from mathpal_lightning.serving.guard import Guard, is_of_this_machine
from mathpal_lightning.serving.invitation import code_as_svg
from mathpal_lightning.serving.lessons import Lessons
from mathpal_lightning.serving.metrics import CONTENT_TYPE
from mathpal_lightning.serving.settings import PageSettings
from mathpal_lightning.serving.several import streamed_answers, whole_answer
from mathpal_lightning.serving.throttle import Throttle
from mathpal_lightning.serving.work import work_events

_PAGE = Path(__file__).with_name("page")
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FONT_S = 86_400
_FILES = {
    "/": (_PAGE / "index.html", "text/html; charset=utf-8"),
    "/openapi.json": (fields.OPENAPI, "application/json"),
    **{f"/{file.name}": (file, _KINDS[file.suffix]) for file in _PAGE.iterdir() if file.suffix in _KINDS},
}


class App:
    """The handlers of the requests that the door lets in.

    Attributes:
        paths: those that are answered.
    """

    def __init__(self, desk: Desk, guard: Guard, settings: PageSettings | None = None, link: str | None = None):
        """Take what the handlers need.

        Args:
            desk: where questions are answered.
            guard: knows the key.
            settings: of the page.
            link: what opens the page on other machines, with the key; None where they cannot reach it.
        """
        self._desk, self._guard, self._settings, self._link = desk, guard, settings or PageSettings(), link
        self._lessons = Lessons(self._settings.lessons) if self._settings.lessons else None
        routes = [Route("/math.ttf", self._font), *(Route(path, self._file) for path in _FILES)]
        if self._lessons:
            routes += [Route("/teacher", self._teacher), Route("/teacher/day", self._day)]
            routes += [Route("/teacher/link.svg", self._code), Route("/teacher/mark", self._mark, methods=["POST"])]
        routes += [
            Route("/login", self._login, methods=["GET", "POST"]),
            Route("/examples", self._examples),
            Route("/health", self._health),
            Route("/metrics", self._metrics),
            Route("/v1/models", self._models),
        ]
        routes += [
            Route(path, handler, methods=["POST"])
            for path, handler in (
                ("/solve", self._solve),
                ("/check", self._check),
                ("/v1/chat/completions", self._chat),
                ("/v1/completions", self._complete),
            )
        ]
        handlers = {HTTPException: _no_such_path, DataError: _bad_data, Refused: _refused, Exception: _fault}
        app = Starlette(routes=routes, exception_handlers=handlers, lifespan=self._opened)
        self.paths = {route.path for route in routes}
        self._door = Door(app, guard, Throttle(), desk.metrics, self.paths)

    @property
    def asgi(self) -> ASGIApp:
        """What a server runs."""
        return self._door

    @asynccontextmanager
    async def _opened(self, _: Starlette) -> AsyncIterator[None]:
        async with self._desk.opened():
            yield

    async def _file(self, request: Request) -> Response:
        file, kind = _FILES[request.url.path]
        return Response(file.read_bytes(), media_type=kind)

    async def _font(self, request: Request) -> Response:
        return FileResponse(math_font(), media_type="font/ttf", headers={"Cache-Control": f"max-age={_FONT_S}"})

    async def _health(self, request: Request) -> Response:
        ready = self._desk.is_ready()
        return JSONResponse({"status": "ok" if ready else "starting"}, 200 if ready else 503)

    async def _metrics(self, request: Request) -> Response:
        return Response(self._desk.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _models(self, request: Request) -> Response:
        try:
            async with open_answer(self._desk.http, self._desk.client, "GET", "/v1/models") as answer:
                return Response(await answer.aread(), answer.status_code, media_type="application/json")
        except ConnectionError:
            return refusal(502, "llama.cpp does not answer.")

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":  # the address that stands in the bar after a wrong key, opened anew
            return RedirectResponse("/", 303)
        try:
            (key,) = parse_qs((await read_bytes(request)).decode("utf-8", "replace"), max_num_fields=8).get("key", [""])[:1]
        except ValueError:
            key = ""
        wrong = self._door.refuse_key(key, address_of(request), "/") if self._guard.key else None
        if wrong:
            return wrong
        came_from = urlsplit(request.headers.get("Referer", "")).path  # the page on which the key was typed
        return RedirectResponse(came_from if came_from in PAGES else "/", 303, {"Set-Cookie": self._guard.cookie()})

    async def _examples(self, request: Request) -> Response:
        return JSONResponse({"examples": self._settings.examples, "watched": self._lessons is not None})

    async def _teacher(self, request: Request) -> Response:
        self._require_this_machine(request)
        return Response((_PAGE / "teacher.html").read_bytes(), media_type="text/html; charset=utf-8")

    async def _day(self, request: Request) -> Response:
        return JSONResponse({"day": self._require_this_machine(request).day(), "link": self._link})

    async def _code(self, request: Request) -> Response:
        self._require_this_machine(request)
        if self._link is None:
            raise Refused(404, "Only this machine reaches the server, so there is no link for others.")
        return Response(code_as_svg(self._link), media_type="image/svg+xml")

    async def _mark(self, request: Request) -> Response:
        return JSONResponse(self._require_this_machine(request).mark(await read_object(request)))

    def _require_this_machine(self, request: Request) -> Lessons:
        """The lessons, for whoever sits at this machine: not for a proxy that runs on it."""
        arrived = request.scope.get("server")
        if self._lessons is None or not is_of_this_machine(address_of(request), request.headers, arrived and tuple(arrived)):
            raise Refused(403, "The teacher's page is shown on the machine itself only.")
        return self._lessons

    async def _solve(self, request: Request) -> Response:
        asked = await asyncio.to_thread(fields.read_solve, await read_object(request))
        who = f"{address_of(request)} {asked.pupil}"
        events = solution_events(self._desk, who, asked.question, self._settings.plan, asked.hints)
        if self._lessons:
            events = self._lessons.noting(events, asked.question)
        return _response(server_sent(self._desk, events))

    async def _check(self, request: Request) -> Response:
        asked = await asyncio.to_thread(fields.read_work, await read_object(request))
        who = f"{address_of(request)} {asked.pupil}"
        return _response(server_sent(self._desk, work_events(self._desk, who, asked.question, asked.work)))

    async def _chat(self, request: Request) -> Response:
        body = await read_object(request)
        rule = fields.read_rule(request.headers.get("X-Mathpal-Choose"), body)
        body = fields.with_attempts(body) if rule else body
        read = await asyncio.to_thread(fields.read_chat, body, await self._model())  # a body of 1 MiB takes seconds
        return self._answered(request, body, read, rule)

    async def _complete(self, request: Request) -> Response:
        body = await read_object(request)
        return self._answered(request, body, await asyncio.to_thread(fields.read_completion, body, await self._model()))

    def _answered(self, request: Request, body: dict[str, object], read: dict[str, Any], rule: Rule | None = None) -> Response:
        singles, stream = fields.one_by_one(read), bool(read.get("stream"))
        asked = self._desk, _who(request, body), request.url.path

        async def whole() -> dict[str, Any]:
            answer = await whole_answer(*asked, singles)
            return one_of(answer, read["messages"][-1]["content"], rule) if rule else answer

        if len(singles) == 1 and not rule:
            pieces = passed_through(*asked, singles[0])
        else:
            pieces = as_events(streamed_answers(*asked, singles)) if stream else in_one(whole)
        return _response(api_answer(self._desk, pieces, stream))

    async def _model(self) -> str:
        return (await self._desk.client()).name


def _who(request: Request, body: dict[str, object]) -> str:
    return f"{address_of(request)} {body.get('user') or ''}"


def _response(answer: LiveAnswer) -> Response:
    """Starlette calls whatever a handler returns as an ASGI application; only its types ask for a Response."""
    return cast(Response, answer)


async def _no_such_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"There is no {request.method[:20]} {request.url.path[:200]}."
    return refusal(error.status_code, message, headers=dict(error.headers or {}))


async def _bad_data(request: Request, error: Exception) -> Response:
    return refusal(400, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error.status, error.message, error.code, error.headers)


async def _fault(request: Request, error: Exception) -> Response:
    """An error of this program: shown to whoever runs the server, without the question."""
    if not isinstance(error, ClientDisconnect):
        print(f"mathpal: {request.method} {request.url.path} failed. Please report this:", file=sys.stderr)
        traceback.print_exception(error, file=sys.stderr)
    return refusal(500, "The server has a fault. The person who runs it sees which.")
