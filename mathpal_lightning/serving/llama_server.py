"""llama.cpp's own server on a GGUF, on a loopback port that closes with this process, and the few requests made to it."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Event
from weakref import WeakSet

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.errors import ConfigError, DataError, ModelError

_MOST_TOKENS = 1024
"""Where a solution is cut whose asker names no other length."""
_SLOTS = 4
"""Problems solved at a time; they share one context, and further ones wait."""
_LOOPBACK = "127.0.0.1"
_TIMEOUT_S, _POLL_S = 600, 0.05
_PATIENT = {"OMP_WAIT_POLICY": "passive"}
"""Threads that wait for each other sleep. By default they hold their cores, and where another program wants one of those
(two threads, two busy cores) the 270M writes 3 tokens a second instead of 15, and starts after 3 seconds instead of 0.1."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a solution ended."""

    stopped: bool
    """At end-of-turn, not cut for its length."""
    tokens: int
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running llama.cpp server. Its key keeps other programs of the machine out."""

    host: str
    port: int
    key: str
    _open: WeakSet[socket.socket] = field(default_factory=WeakSet, repr=False, compare=False)
    _hung_up: Event = field(default_factory=Event, repr=False, compare=False)

    def request(self, method: str, path: str, body: bytes | None = None) -> HTTPResponse:
        """Send a request; the response is read, and closed, by the caller, as it arrives.

        Raises:
            OSError: nothing answers.
        """
        connection = HTTPConnection(self.host, self.port, timeout=_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Connection": "close"}
        connection.request(method, path, body, headers)
        self._open.add(connection.sock)
        if self._hung_up.is_set():
            connection.close()
            raise ConnectionAbortedError("llama.cpp is being stopped")
        return connection.getresponse()

    def hang_up(self) -> None:
        """Break off every answer that is being read. llama.cpp does not stop before: it would wait for their readers."""
        self._hung_up.set()
        for connection in list(self._open):
            with suppress(OSError):  # ended by itself
                connection.shutdown(socket.SHUT_RDWR)

    def is_ready(self) -> bool:
        """Whether the model is loaded and questions are answered."""
        try:
            with self.request("GET", "/health") as response:
                return response.status == 200
        except ConnectionRefusedError:
            return False

    def solve(self, question: str) -> Iterator[str | Ending]:
        """Write the solution of a normalised question, piece by piece, then how it ended.

        Closing the iterator stops llama.cpp.

        Raises:
            DataError: llama.cpp refuses the question, mostly for its length.
            OSError: nothing answers.
        """
        body = {"messages": [{"role": "user", "content": question}], "stream": True, "stream_options": {"include_usage": True}}
        with self.request("POST", "/v1/chat/completions", json.dumps(body).encode()) as response:
            if response.status != 200:
                said = json.load(response)["error"]["message"]
                raise DataError(
                    "a question that fits the model's context", said, "Shorten it, or serve with a larger --context."
                )
            reason, last = "", {}
            for line in response:
                if not line.startswith(b"data: {"):
                    continue
                last = json.loads(line[6:])
                for choice in last.get("choices", []):
                    reason = choice["finish_reason"] or reason
                    if piece := choice["delta"].get("content"):
                        yield piece
            if "usage" not in last:
                raise ConnectionError(f"llama.cpp broke off after {last}")
            yield Ending(reason == "stop", last["usage"]["completion_tokens"], last["timings"]["predicted_per_second"])


def start_llama(
    gguf: Path, name: str, context: int = 4096, threads: int | None = None, program: Path | None = None
) -> AbstractContextManager[LlamaServer]:
    """Load a GGUF and serve it for the block; greedy and at most 1,024 tokens where a request says nothing else.

    Args:
        gguf: the model.
        name: what the API calls it.
        context: tokens that the questions and solutions of one moment share.
        threads: by default llama.cpp's own choice.
        program: an installed llama-server; by default xllamacpp in this process, then a llama-server on the PATH.

    Raises:
        ConfigError: there is no llama.cpp, with the command that installs it.
        ModelError: llama.cpp cannot load the file.
    """
    if program is None and importlib.util.find_spec("xllamacpp"):
        return _in_this_process(gguf, name, context, threads or _threads())
    return _as_program(_find_program(program), gguf, name, context, threads or _threads())


@contextmanager
def _in_this_process(gguf: Path, name: str, context: int, threads: int) -> Iterator[LlamaServer]:
    os.environ.update(_PATIENT | os.environ)  # read when the library is loaded; the user's own value stays
    import xllamacpp

    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias, params.api_keys = str(gguf), {name}, [key]
    params.n_ctx, params.n_predict, params.n_parallel, params.kv_unified = context, _MOST_TOKENS, _SLOTS, True
    params.sampling.temp = 0.0
    params.verbosity, params.ui, params.cors_origins = -1, False, ""
    params.cpuparams.n_threads = threads
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise _unloadable(gguf, str(error).rstrip(". ")) from error
    host, _, port = server.listening_address.removeprefix("http://").rpartition(":")
    llama = LlamaServer(host, int(port), key)
    try:
        with llama.request("GET", "/slots") as response:
            response.read()  # answered by the main loop: freed before that has begun, llama.cpp waits for ever
        yield llama
    finally:
        llama.hang_up()
        del server  # and with it the model


@contextmanager
def _as_program(program: str, gguf: Path, name: str, context: int, threads: int) -> Iterator[LlamaServer]:
    with socket.create_server((_LOOPBACK, 0)) as probe:
        server = LlamaServer(_LOOPBACK, probe.getsockname()[1], secrets.token_urlsafe(24))
    settings = {"model": gguf, "alias": name, "host": server.host, "port": server.port, "ctx-size": context}
    settings |= {"n-predict": _MOST_TOKENS, "parallel": _SLOTS, "temp": 0, "threads": threads}
    flags = [word for flag, value in settings.items() for word in (f"--{flag}", str(value))]
    command = command_of_child([program, "--jinja", "--kv-unified", *flags])
    environment = (
        _PATIENT | os.environ | {"LLAMA_API_KEY": server.key}
    )  # an argument would be shown to every user of the machine
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            while not server.is_ready():
                if process.poll() is not None:
                    said.seek(0)
                    lines = said.read().splitlines()[-3:]
                    raise _unloadable(gguf, " | ".join([f"{program} ended with status {process.returncode}", *lines]))
                time.sleep(_POLL_S)
            yield server
        finally:
            server.hang_up()
            process.terminate()
            process.wait()


def _find_program(named: Path | None) -> str:
    found = shutil.which(str(named or "llama-server"))
    if found is None:
        raise ConfigError(
            "llama.cpp: the package xllamacpp or its program llama-server",
            f"no program {named}" if named else "neither",
            "Install it: pip install 'mathpal-lightning[serve]', or name an installed one: --llama_server PATH.",
        )
    return found


def _unloadable(gguf: Path, said: str) -> ModelError:
    return ModelError("a GGUF that llama.cpp loads", f"{gguf}: {said}", "Export it again, or update llama.cpp.")


def _threads() -> int:
    """llama.cpp's own choice (-1), which knows slow cores from fast ones, unless this process may use only some of them."""
    allowed = usable_cores()
    return -1 if allowed == os.cpu_count() else allowed
