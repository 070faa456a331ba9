"""The checks that every request passes first (another website, the key), and the headers that every answer carries."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mathpal_lightning.serving.answers import refusal
from mathpal_lightning.serving.guard import Guard
from mathpal_lightning.serving.metrics import Metrics
from mathpal_lightning.serving.throttle import Throttle

WITHOUT_KEY = ("/page.css", "/icon.svg", "/login", "/login.js", "/health")
PAGES = ("/", "/teacher")
"""What a person opens: without the key, each asks for it."""
_LOGIN = Path(__file__).with_name("page") / "login.html"
_PLACE = "<!-- what was wrong -->"
_WRONG = "Mã này chưa đúng. Em xem lại rồi nhập lần nữa nhé."
_TOO_MANY = "Em đã nhập sai nhiều lần. Em đợi {} giây rồi nhập lại nhé."
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser's own form would not say where it comes from
    "Cache-Control": "no-store",
}
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


class Door:
    """ASGI middleware. A refused request's body is not read.

    Args:
        app: what answers the requests that are let in.
        guard: knows the key.
        throttle: slows the guessing of it.
        metrics: counts the requests.
        paths: those that are counted by name.
    """

    def __init__(self, app: ASGIApp, guard: Guard, throttle: Throttle, metrics: Metrics, paths: set[str]):
        self._app, self._guard, self._throttle, self._metrics, self._paths = app, guard, throttle, metrics, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request, pass on any other."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"] if scope["path"] in self._paths else "other"

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                named = {name.lower() for name, _ in own}
                message = {**message, "headers": [*own, *(one for one in _RAW_HEADERS if one[0] not in named)]}
                self._metrics.requests.labels(path, str(message["status"])).inc()
            await send(message)

        answer = self._refusal(HTTPConnection(scope)) or self._app
        await answer(scope, receive, send_marked)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        path, address, guard = request.scope["path"], address_of(request), self._guard
        if guard.is_from_another_website(request.headers):
            return refusal(403, "Requests of other websites, and to other names, are not answered.")
        if path in WITHOUT_KEY or guard.key is None or guard.has_cookie(request.headers):
            return None
        shown = guard.shown_key(request.headers)
        if not shown:
            return self.ask_for_key(path)
        return self.refuse_key(shown, address, path)

    def refuse_key(self, shown: str, address: str, path: str) -> Response | None:
        """Look at a key that somebody shows: None if it is right; after many wrong ones it is not even looked at."""
        if wait_s := self._throttle.wait_s(address):
            seconds = int(wait_s) + 1
            headers = {"Retry-After": str(seconds)}
            if path in PAGES:
                return _login(429, _TOO_MANY.format(seconds), headers)
            return refusal(429, f"Too many wrong keys. The next one is looked at in {seconds} s.", headers=headers)
        if self._guard.is_key(shown):
            self._throttle.count_right(address)
            return None
        self._throttle.count_wrong(address)
        self._metrics.wrong_keys.inc()
        return self.ask_for_key(path, _WRONG)

    def ask_for_key(self, path: str, told: str = "") -> Response:
        """The page that asks for the key and tells what was wrong, or for a program the refusal that says how to show it."""
        if path in PAGES:
            return _login(401, told)
        message = "Expected the key of this server: Authorization: Bearer KEY."
        return refusal(401, message, headers={"WWW-Authenticate": "Bearer"})


def _login(status: int, told: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    shown = f'<p class="error" role="alert">{told}</p>' if told else ""
    return HTMLResponse(_LOGIN.read_text(encoding="utf-8").replace(_PLACE, shown), status, headers)


def address_of(request: HTTPConnection) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""
