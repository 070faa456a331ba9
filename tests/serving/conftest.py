"""A tiny Gemma as a GGUF in a run folder, and the page server on a free port."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export import save_tokenizer, write_gguf
from mathpal_lightning.serving import LlamaServer, start_llama
from mathpal_lightning.serving.web import PageServer, bind


@pytest.fixture(scope="session")
def run_folder(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with gguf/model-q8_0.gguf, a random tiny Gemma 3. Read only."""
    merged = tmp_path_factory.mktemp("serving") / "merged"
    shutil.copytree(gemma3_folder, merged)
    save_tokenizer(load_tokenizer(gemma3_folder), merged)
    write_gguf(merged, merged.parent / "lop5" / "gguf" / "model-q8_0.gguf")
    return merged.parent / "lop5"


@contextmanager
def page_server(llama: LlamaServer, host: str = "127.0.0.1") -> Iterator[PageServer]:
    """Serve the page and the API before `llama` for the block, on a free port."""
    with bind(host, 0) as server:
        server.llama = llama
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def llama(run_folder: Path) -> Iterator[LlamaServer]:
    """Real llama.cpp on the tiny Gemma."""
    with start_llama(run_folder / "gguf" / "model-q8_0.gguf", "lop5", 2048, threads=1) as server:
        yield server
