"""The finished folder in a headless Chromium: the fixed problems asked there, and what came back.

A server on the loopback serves the folder, two pages more (`site/verify.*`) and the problems; the page sends its answers back
with a POST. So no driver of a browser is needed, only the browser.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.errors import ExportError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
_PATIENCE_S = 900
"""One slow core writes 4 answers of 160 tokens in 2 to 5 minutes."""
_SITE = Path(__file__).with_name("site")
_ADDED = {f"/{file.name}": file for file in (_SITE / "verify.html", _SITE / "verify.js")}


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What the page made of one problem."""

    prompt: str
    """As its Python wrote it, less BOS."""
    prompt_tokens: int
    """Of that prompt, BOS too. wllama gives no token ids."""
    text: str
    tokens: int
    """That it wrote, end-of-turn too."""
    stopped: bool
    """At a stop token, not at the limit of new tokens."""
    first_line_s: float
    """Seconds from the question until its first line stands in the page."""
    tokens_per_s: float


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """All answers of a page, and what it took to start."""

    answers: list[PageAnswer]
    start_s: float
    """Seconds until the model and Python were ready."""
    python_s: float
    """Those of them until Python was."""
    threads: int


def find_chromium() -> str | None:
    """A Chromium or Chrome on the PATH; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def ask_page(folder: Path, questions: Sequence[str], most_tokens: int) -> AnsweredPage:
    """Open the folder in a headless Chromium and ask it.

    Args:
        folder: what `write_page` wrote.
        questions: what is asked.
        most_tokens: where an answer is cut.

    Raises:
        ExportError: Chromium is not installed or does not start, or the page fails in it or does not answer.
    """
    chromium = find_chromium()
    if chromium is None:
        raise ExportError("a Chromium on the PATH", "none", "Install it: apt-get install chromium.")
    asked = {"questions": list(questions), "most_tokens": most_tokens}
    with _Server(folder, asked) as server, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        address = f"http://127.0.0.1:{server.server_port}/verify.html"
        command = command_of_child([chromium, *_FLAGS, f"--user-data-dir={profile}", address])
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                server.wait(process)
            finally:
                process.terminate()
    got = server.got
    if got is None or "failed" in got:
        found = got["failed"] if got else f"no answer; Chromium's exit status: {process.returncode}"
        raise ExportError(f"a page in {folder} that answers in {chromium}", found, "Report this, with the browser's version.")
    answers = [PageAnswer(**answer) for answer in got["answers"]]
    return AnsweredPage(answers, got["start_s"], got["python_s"], got["threads"])


class _Server(ThreadingHTTPServer):
    """The folder on a free port of the loopback, until the block ends."""

    daemon_threads = True

    def __init__(self, folder: Path, asked: dict[str, object]):
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.asked = asked
        self.got: dict[str, Any] | None = None
        self.answered = threading.Event()

    def __enter__(self) -> _Server:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Until the answers are here, or the browser is gone, or patience ends."""
        for _ in range(_PATIENCE_S):
            if self.answered.wait(1) or process.poll() is not None:
                return

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that leaves closes connections; that is no error."""


class _Handler(SimpleHTTPRequestHandler):
    server: _Server

    def translate_path(self, path: str) -> str:
        added = _ADDED.get(path)
        return str(added) if added else super().translate_path(path)

    def do_GET(self) -> None:
        if self.path != "/verify.json":
            return super().do_GET()
        body = json.dumps(self.server.asked, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def do_POST(self) -> None:
        self.server.got = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with suppress(OSError):
            self.send_response(204)
            self.end_headers()
        self.server.answered.set()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""
