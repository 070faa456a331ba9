"""Start llama.cpp on a GGUF file in a process of its own, wait until it answers, end it."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.errors import ConfigError, ModelError
from mathpal_lightning.llama_cpp.client import LlamaCpp

MOST_TOKENS = 1024
"""Where a solution is cut if its request names no other length."""
_LOOPBACK = "127.0.0.1"
_POLL_S, _END_S = 0.05, 5.0
_CHILD = Path(__file__).with_name("child.py")
_PATIENT = {"OMP_WAIT_POLICY": "passive"}
"""Threads that wait for each other sleep. By default they spin on their cores, and where another program wants one of those
(two threads, two busy cores) the 270M writes 3 tokens a second instead of 15, and starts after 3 seconds instead of 0.1."""


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """What llama.cpp is started with.

    Attributes:
        gguf: the model.
        name: what the API calls it.
        context: tokens of prompts and solutions; of all slots together if `shared`, else of each.
        slots: sequences written at a time; further ones wait.
        shared: the slots share one context. Which sequences share a step may then change the last bits of the logits.
        threads: by default llama.cpp's own choice.
        program: an installed llama-server; by default the package xllamacpp, then a llama-server on the PATH.
    """

    gguf: Path
    name: str = "model"
    context: int = 1024
    slots: int = 1
    shared: bool = False
    threads: int | None = None
    program: Path | None = None


class LlamaProcess:
    """One started llama.cpp process. `client` makes requests to it."""

    def __init__(self, settings: LlamaSettings):
        """Start it, and return when the model is loaded.

        Raises:
            ConfigError: there is no llama.cpp, with the command that installs it.
            ModelError: llama.cpp cannot load the file.
        """
        program = _find_program(settings.program)
        port, key = _free_port(), secrets.token_urlsafe(24)
        told = asdict(settings) | {"gguf": str(settings.gguf), "program": program, "host": _LOOPBACK, "port": port, "key": key}
        told |= {"threads": settings.threads or _threads(), "most_tokens": MOST_TOKENS}
        self.client = LlamaCpp(f"http://{_LOOPBACK}:{port}", key, settings.name)
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD)],  # -P: this folder's files must not hide the standard library's
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_PATIENT | os.environ,
            start_new_session=True,  # Ctrl-C is for this process, which then ends the other one
        )
        self._said: deque[bytes] = deque(maxlen=3)
        self._listener = threading.Thread(target=lambda: self._said.extend(self._process.stdout or ()), daemon=True)
        self._listener.start()
        self._tell(told)
        try:
            self._wait_until_ready(settings.gguf)
        except BaseException:
            self.end()
            raise

    def _tell(self, settings: dict[str, object]) -> None:
        """Send the settings on standard input: every user of the machine could read the key among the arguments."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already, and `_wait_until_ready` says why
            self._process.stdin.write(json.dumps(settings).encode() + b"\n")
            self._process.stdin.flush()

    def _wait_until_ready(self, gguf: Path) -> None:
        while not self.client.is_ready():
            if (status := self._process.poll()) is not None:
                raise ModelError(
                    "a GGUF that llama.cpp loads",
                    f"{gguf}: {self.last_words() or f'it ended with status {status}'}",
                    "Export it again, or update llama.cpp: pip install --upgrade xllamacpp.",
                )
            time.sleep(_POLL_S)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def wait(self, seconds: float) -> bool:
        """Wait until the process has ended, at most so long; whether it has."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self) -> str:
        """The last three lines that the process printed before it ended."""
        self._listener.join(_END_S)
        return " | ".join(line.decode("utf-8", "replace").strip() for line in self._said).rstrip(". ")

    def end(self) -> None:
        """End the process and free the model."""
        with suppress(BrokenPipeError):  # it has ended by itself
            assert self._process.stdin is not None
            self._process.stdin.close()
        self.wait(_END_S)
        self.kill()

    def kill(self) -> None:
        """End the process at once, even one that hangs, and the llama-server that it may have started."""
        self.client.close()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(self._process.pid, signal.SIGKILL)
        else:  # Windows
            self._process.kill()
        self._process.wait()
        self._listener.join(_END_S)


@contextmanager
def start_llama(settings: LlamaSettings) -> Iterator[LlamaCpp]:
    """Load a GGUF for the block. Greedy and at most 1,024 tokens where a request says nothing else.

    Raises:
        ConfigError: there is no llama.cpp, with the command that installs it.
        ModelError: llama.cpp cannot load the file.
    """
    process = LlamaProcess(settings)
    try:
        yield process.client
    finally:
        process.end()


def _find_program(named: Path | None) -> str | None:
    """The llama-server to start; None for the package xllamacpp."""
    if named is None and importlib.util.find_spec("xllamacpp"):
        return None
    found = shutil.which(str(named or "llama-server"))
    if found is None:
        raise ConfigError(
            "llama.cpp: the package xllamacpp or its program llama-server",
            f"no program {named}" if named else "neither",
            "Install it: pip install 'mathpal-lightning[serve]', or name an installed one: --llama_server PATH.",
        )
    return found


MOST_PORTS = 50
"""Ports tried below those of outgoing connections."""


def _free_port() -> int:
    """A free port below 32,768: systems give outgoing connections higher ones, which could take it before llama.cpp does."""
    for _ in range(MOST_PORTS):
        with suppress(OSError), socket.create_server((_LOOPBACK, port := 20_000 + secrets.randbelow(12_000))):
            return port
    with socket.create_server((_LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])


def _threads() -> int:
    """llama.cpp's own choice (-1), which knows slow cores from fast ones, unless this process may use only some of them."""
    allowed = usable_cores()
    return -1 if allowed == os.cpu_count() else allowed
