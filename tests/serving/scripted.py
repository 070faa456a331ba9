"""A local server that answers as llama.cpp's does (its server-sent events of a chat), with a solution of our choice.

Attempts drawn at random, which carry a seed, get the solutions in `further`, each in one piece.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mathpal_lightning.llama_cpp import LlamaCpp

QUESTION = "(the question)"
"""A piece that is answered with the pupil's question."""


class ScriptedLlama(ThreadingHTTPServer):
    """Writes `pieces`, one whenever `may_write` is released; keeps what it was asked and learns when its reader leaves."""

    daemon_threads = True

    def __init__(
        self, pieces: Sequence[str], finish_reason: str = "stop", free: bool = True, further: Sequence[str] = ("Đáp số: 0",)
    ):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pieces, self.finish_reason, self.further = pieces, finish_reason, further
        self.may_write = threading.Semaphore(10_000 if free else 0)
        self.asked: list[dict[str, Any]] = []
        self.reader_left = threading.Event()

    @property
    def llama(self) -> LlamaCpp:
        return LlamaCpp(f"http://127.0.0.1:{self.server_address[1]}", "its-key")

    def misses_its_reader(self) -> bool:
        """Write on, little by little: a thousand pieces at once may all be in the line before anybody is missed."""
        for _ in range(900):
            self.may_write.release(10)
            if self.reader_left.wait(0.1):
                break
        return self.reader_left.is_set()


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedLlama

    def do_POST(self) -> None:
        assert self.headers["Authorization"] == "Bearer its-key"
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        further = self.server.further
        pieces = [further[(asked["seed"] - 1) % len(further)]] if "seed" in asked else self.server.pieces
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for piece in pieces:
                self.server.may_write.acquire()
                content = asked["messages"][-1]["content"] if piece == QUESTION else piece
                self._send({"choices": [{"finish_reason": None, "index": 0, "delta": {"content": content}}]})
            if self.server.finish_reason == "break off":
                return
            self._send({"choices": [{"finish_reason": self.server.finish_reason, "index": 0, "delta": {}}]})
            usage = {"completion_tokens": len(self.server.pieces)}
            self._send({"choices": [], "usage": usage, "timings": {"predicted_per_second": 50.0}})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.server.reader_left.set()

    def _send(self, event: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def scripted_llama(pieces: Sequence[str], **settings: Any) -> Iterator[ScriptedLlama]:
    """Serve for the block."""
    with ScriptedLlama(pieces, **settings) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
