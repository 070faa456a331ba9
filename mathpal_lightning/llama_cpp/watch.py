"""Keep llama.cpp running: a process that ends or no longer answers is replaced by a new one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mathpal_lightning.errors import MathPalError
from mathpal_lightning.llama_cpp.client import TIMEOUT_S, LlamaCpp
from mathpal_lightning.llama_cpp.process import LlamaProcess, LlamaSettings

_POLL_S = 0.1
_ASK_EVERY_S = 10.0
_STARTS = 3
_PAUSE_S = 1.0


class WatchedLlama:
    """llama.cpp, and a thread that replaces its process when needed.

    Attributes:
        restarts: how often the process was replaced.
        failure: why no new process could be started; then nothing answers any more.
    """

    def __init__(self, settings: LlamaSettings, tell: Callable[[str], None], give_up: Callable[[], None]):
        """Start llama.cpp, and watch it.

        Args:
            settings: what it is started with, each time.
            tell: takes a line for whoever runs the server, after every replacement.
            give_up: called when it cannot be started again.

        Raises:
            ConfigError: there is no llama.cpp.
            ModelError: llama.cpp cannot load the file.
        """
        self._settings, self._tell, self._give_up = settings, tell, give_up
        self._process = LlamaProcess(settings)
        self._replacing = False
        self.restarts = 0
        self.failure: MathPalError | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="llama.cpp's watch", daemon=True)
        self._thread.start()

    @property
    def client(self) -> LlamaCpp | None:
        """For requests to the process of now; None while one is being started."""
        return None if self._replacing or self._process.has_ended() else self._process.client

    def wait_for_client(self) -> LlamaCpp:
        """For requests to the process of now, waiting while one is started.

        Raises:
            ConfigError, ModelError: it cannot be started again.
        """
        while (client := self.client) is None or not client.is_ready():
            if self.failure and not self._thread.is_alive():
                raise self.failure
            time.sleep(_POLL_S)
        return client

    @property
    def pid(self) -> int:
        """The number of the process of now."""
        return self._process.pid

    def end(self) -> None:
        """End the watch, then llama.cpp."""
        self._ending.set()
        self._process.end()  # before the thread, which may wait for an answer of it
        self._thread.join()
        self._process.end()  # the one that the thread may have started meanwhile

    def _watch(self) -> None:
        asked = time.monotonic()
        while not self._ending.wait(_POLL_S):
            silent = False
            if time.monotonic() - asked > _ASK_EVERY_S:
                silent, asked = not self._process.client.is_working(TIMEOUT_S), time.monotonic()
            if (self._process.has_ended() or silent) and not self._ending.is_set():
                self._replace("no longer answered" if silent and not self._process.has_ended() else "ended")
                if self.failure:
                    self._give_up()
                    return

    def _replace(self, reason: str) -> None:
        """End what is left of the process, and start another one."""
        self._replacing = True
        began = time.monotonic()
        self._process.kill()
        said = self._process.last_words()
        for attempt in range(_STARTS):
            try:
                self._process = LlamaProcess(self._settings)
            except MathPalError as error:
                self.failure = error
                if self._ending.wait(_PAUSE_S * 2**attempt):
                    return
            else:
                self.failure = None
                self.restarts += 1
                self._replacing = False
                took = time.monotonic() - began
                self._tell(f"llama.cpp {reason}{f' ({said})' if said else ''}. A new one answers after {took:.1f} s.")
                return


@contextmanager
def watch_llama(
    settings: LlamaSettings, tell: Callable[[str], None] = print, give_up: Callable[[], None] = lambda: None
) -> Iterator[WatchedLlama]:
    """Start and watch llama.cpp for the block; see `WatchedLlama`."""
    watched = WatchedLlama(settings, tell, give_up)
    try:
        yield watched
    finally:
        watched.end()
