"""A Comet server on this machine that answers, and one that goes away: hangs, or closes every connection."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Mood = Literal["answers", "hangs", "closes", "fails"]


class CometServer(ThreadingHTTPServer):
    """Answers the handshake and swallows what it is sent; after `patience` requests it takes on its `mood`."""

    daemon_threads = True

    def __init__(self, mood: Mood, patience: int = 0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mood, self.patience = mood, patience
        self.requests: list[tuple[str, bytes]] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/clientlib/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CometServer

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.path, body))
        mood = self.server.mood if len(self.server.requests) > self.server.patience else "answers"
        if mood == "hangs":
            self.server.over.wait()
        if mood in ("hangs", "closes"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = json.dumps({"runId": "r", "experimentId": "e", "project_id": "p", "msg": "", "version": "99"}).encode()
        self.send_response(200 if mood == "answers" else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def comet_server(mood: Mood, patience: int = 0) -> Iterator[CometServer]:
    server = CometServer(mood, patience)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
