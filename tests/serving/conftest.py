"""The page server on a free port, and real llama.cpp behind it."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, start_llama
from mathpal_lightning.serving import SLOTS
from mathpal_lightning.serving.desk import Llama
from mathpal_lightning.serving.web import PageServer, bind


@dataclass(frozen=True)
class Steady:
    """A llama.cpp that nobody watches."""

    client: LlamaCpp | None


@contextmanager
def serving_thread(llama: Llama, host: str = "127.0.0.1", context: int = 2048) -> Iterator[PageServer]:
    """Serve the page and the API before `llama` for the block, on a free port."""
    with bind(host, 0, context) as server:
        server.llama = llama
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def page_server(llama: LlamaCpp, host: str = "127.0.0.1") -> AbstractContextManager[PageServer]:
    """The same before a llama.cpp that nobody watches."""
    return serving_thread(Steady(llama), host)


@pytest.fixture(scope="session")
def llama(run_folder: Path) -> Iterator[LlamaCpp]:
    """Real llama.cpp on the tiny Gemma."""
    settings = LlamaSettings(run_folder / "gguf" / "model-q8_0.gguf", "lop5", 2048, SLOTS, shared=True, threads=1)
    with start_llama(settings) as server:
        yield server
