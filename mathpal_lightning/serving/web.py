"""The small server in front of llama.cpp: a page for a pupil, and the OpenAI-compatible API passed through.

    GET  /                        the page, with its style sheet, script and icon
    POST /solve                   {"question": text} -> the events of `solution_events`, server-sent
    POST /login                   the key, typed into the page -> a cookie
    GET  /v1/models, /health      llama.cpp's answer as it is
    POST /v1/chat/completions     messages normalised as in training; llama.cpp's answer as it arrives
    POST /v1/completions          a raw prompt as it is

Where there is a key, every path but the style sheet, the icon and /login wants it: `Authorization: Bearer KEY`, or the cookie.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import sys
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs

import httpx

from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.llama_cpp.client import TIMEOUT_S
from mathpal_lightning.serving.events import solution_events
from mathpal_lightning.serving.guard import Guard, is_loopback
from mathpal_lightning.serving.question import read_chat, read_question

_PAGE = Path(__file__).with_name("page")
_HTML = "text/html; charset=utf-8"
_FILES = {
    "/": ("index.html", _HTML),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_PASSED_THROUGH = {("GET", "/v1/models"), ("GET", "/health"), ("POST", "/v1/chat/completions"), ("POST", "/v1/completions")}
_WITHOUT_KEY = ("/page.css", "/icon.svg", "/login")
_MOST_BYTES = 1 << 20
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser's own form would not say where it comes from
    "Cache-Control": "no-store",
}


class PageServer(ThreadingHTTPServer):
    """One thread a request. Bound before the model is loaded: `llama` is set when it is, before `serve_forever`."""

    daemon_threads = True
    llama: LlamaCpp

    def __init__(self, host: str, port: int):
        self.address_family, *_, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
        super().__init__((str(address[0]), port), _Handler)
        self.guard = Guard(loopback=is_loopback(str(self.server_address[0])))

    def server_bind(self) -> None:
        """Bind without asking for this machine's name, which waits for a network that may not be there."""
        TCPServer.server_bind(self)

    @property
    def url(self) -> str:
        """Where a browser finds the page, of another machine too where every address is listened on."""
        host, port = str(self.server_address[0]), self.server_address[1]
        host = _own_address() if ipaddress.ip_address(host).is_unspecified else host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who has gone or sends nothing is no error, nor is llama.cpp that has been stopped."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | HTTPException):
            super().handle_error(request, client_address)


def bind(host: str, port: int) -> PageServer:
    """Take the address, before anything slow.

    Raises:
        ConfigError: it is in use, not an address of this machine, or not allowed.
    """
    try:
        return PageServer(host, port)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            "a free address of this machine",
            f"{host}:{port}: {getattr(error, 'strerror', None) or str(error).rstrip('.')}",
            "Stop the program that uses it, or choose another port: --port 8081, or --port 0 for any free one.",
        ) from error


def _own_address() -> str:
    """The address under which the network knows this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a datagram socket: nothing is sent, a route is chosen
        except OSError:
            return socket.gethostname()
        return probe.getsockname()[0]


class _Handler(BaseHTTPRequestHandler):
    timeout = 60
    disable_nagle_algorithm = True  # each token leaves at once
    server_version, sys_version = "mathpal", ""
    server: PageServer

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Expected a body of at most {_MOST_BYTES} bytes and its length.")
        else:
            self._answer("POST", self.rfile.read(int(length)))

    def _answer(self, method: str, body: bytes = b"") -> None:
        path = self.path.partition("?")[0]
        guard = self.server.guard
        try:
            if guard.is_from_another_website(self.headers):
                self._refuse(HTTPStatus.FORBIDDEN, "Requests of other websites, and to other names, are not answered.")
            elif path not in _WITHOUT_KEY and not guard.has_shown_key(self.headers):
                self._ask_for_key(path)
            elif method == "GET" and path in _FILES:
                self._send_file(*_FILES[path])
            elif (method, path) == ("POST", "/login"):
                self._login(body)
            elif (method, path) == ("POST", "/solve"):
                self._solve(read_question(_json_object(body).get("question")))
            elif (method, path) in _PASSED_THROUGH:
                self._pass_through(method, path, read_chat(_json_object(body)) if path.endswith("/chat/completions") else body)
            else:
                self._refuse(HTTPStatus.NOT_FOUND, f"There is no {method} {path}.")
        except DataError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))

    def _ask_for_key(self, path: str) -> None:
        if path == "/":
            self._send_file("login.html", _HTML, HTTPStatus.UNAUTHORIZED)
        else:
            self._refuse(HTTPStatus.UNAUTHORIZED, "Expected the key of this server: Authorization: Bearer KEY.")

    def _login(self, body: bytes) -> None:
        (key,) = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[:1]
        if self.server.guard.is_key(key):
            self._start(HTTPStatus.SEE_OTHER, _HTML, {"Location": "/", "Set-Cookie": self.server.guard.cookie()})
        else:
            self._ask_for_key("/")

    def _solve(self, question: str) -> None:
        self._start(HTTPStatus.OK, "text/event-stream; charset=utf-8")
        with closing(solution_events(self.server.llama, question)) as events:
            for event in events:
                self.wfile.write(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")

    def _pass_through(self, method: str, path: str, body: bytes) -> None:
        llama = self.server.llama
        try:
            with httpx.stream(
                method, llama.address + path, content=body, headers=llama.headers, timeout=TIMEOUT_S, trust_env=False
            ) as response:
                self._start(response.status_code, response.headers["Content-Type"])
                for piece in response.iter_raw():
                    self.wfile.write(piece)
        except httpx.ConnectError:
            self._refuse(HTTPStatus.BAD_GATEWAY, "llama.cpp does not answer.")
        except httpx.TransportError as error:
            raise ConnectionError("llama.cpp broke off") from error

    def _send_file(self, name: str, kind: str, status: int = HTTPStatus.OK) -> None:
        self._start(status, kind)
        self.wfile.write((_PAGE / name).read_bytes())

    def _refuse(self, status: int, message: str) -> None:
        """Answer as the OpenAI API does when something is wrong."""
        self._start(status, "application/json")
        self.wfile.write(
            json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": int(status)}}).encode()
        )

    def _start(self, status: int, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | {"Content-Type": kind, "Connection": "close"} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: what a pupil asks is nobody else's business."""


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise DataError("a JSON object", str(error), "Send one with Content-Type: application/json.") from error
    if not isinstance(read, dict):
        raise DataError("a JSON object", type(read).__name__, "Send one with Content-Type: application/json.")
    return read
