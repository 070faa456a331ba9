"""The page server on a free port, and real llama.cpp behind it."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, start_llama
from mathpal_lightning.serving import SLOTS
from mathpal_lightning.serving.desk import Llama
from mathpal_lightning.serving.settings import PageSettings
from mathpal_lightning.serving.web import PageServer, Tls, bind


def certificate_of_localhost(folder: Path) -> Tls:
    """The files of a new certificate of 127.0.0.1 that signs itself."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *named], check=True, capture_output=True)
    return Tls(certificate, key)


@dataclass(frozen=True)
class Steady:
    """A llama.cpp that nobody watches."""

    client: LlamaCpp | None


@contextmanager
def serving_thread(
    llama: Llama,
    host: str = "127.0.0.1",
    context: int = 2048,
    tls: Tls | None = None,
    settings: PageSettings | None = None,
) -> Iterator[PageServer]:
    """Serve the page and the API before `llama` for the block, on a free port."""
    with bind(host, 0, context, tls, settings) as server:
        server.llama = llama
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def page_server(
    llama: LlamaCpp, host: str = "127.0.0.1", settings: PageSettings | None = None
) -> AbstractContextManager[PageServer]:
    """The same before a llama.cpp that nobody watches, with an example on the page."""
    return serving_thread(
        Steady(llama),
        host,
        settings=settings or PageSettings(examples=("Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?",)),
    )


@pytest.fixture(scope="session")
def llama(run_folder: Path) -> Iterator[LlamaCpp]:
    """Real llama.cpp on the tiny Gemma."""
    settings = LlamaSettings(run_folder / "gguf" / "model-q8_0.gguf", "lop5", 2048, SLOTS, shared=True, threads=1)
    with start_llama(settings) as server:
        yield server
