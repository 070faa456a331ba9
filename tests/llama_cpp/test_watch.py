"""llama.cpp is really killed, really hangs, and its model really vanishes: it is replaced, or the watch gives up."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mathpal_lightning.errors import ModelError
from mathpal_lightning.llama_cpp import LlamaSettings, watch_llama
from mathpal_lightning.llama_cpp import watch as module


@pytest.fixture
def settings(run_folder: Path, tmp_path: Path) -> LlamaSettings:
    gguf = shutil.copy(run_folder / "gguf" / "model-q8_0.gguf", tmp_path / "model.gguf")
    return LlamaSettings(Path(gguf), context=256, threads=1)


def until(happens: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_killed_process_is_replaced_again_and_again(settings: LlamaSettings):
    told: list[str] = []
    with watch_llama(settings, told.append) as watched:
        for number in range(2):
            assert watched.client
            client, before = watched.client, watched.pid
            asked = client.tokenize("2 + 3")
            os.kill(before, signal.SIGKILL)
            until(lambda: watched.client not in (None, client))  # noqa: B023 (called at once)
            assert watched.pid != before
            assert watched.client
            assert watched.client.tokenize("2 + 3") == asked
            assert watched.restarts == number + 1
        assert len(told) == 2
        assert all("llama.cpp ended. A new one answers after" in line for line in told)
        last = watched.pid
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


def test_a_process_that_hangs_is_replaced(settings: LlamaSettings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_ASK_EVERY_S", 0.1)
    monkeypatch.setattr(module, "TIMEOUT_S", 1)
    told: list[str] = []
    with watch_llama(settings, told.append) as watched:
        os.kill(watched.pid, signal.SIGSTOP)
        until(lambda: watched.restarts >= 1)
        monkeypatch.setattr(module, "TIMEOUT_S", 60)  # on a busy machine the new one may take more than a second
        assert watched.wait_for_client().tokenize("1")
    assert "no longer answered" in told[0]


def test_where_no_new_process_starts_the_watch_gives_up_and_says_why(settings: LlamaSettings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_PAUSE_S", 0.01)
    gave_up = threading.Event()
    with watch_llama(settings, give_up=gave_up.set) as watched:
        settings.gguf.unlink()
        os.kill(watched.pid, signal.SIGKILL)
        assert gave_up.wait(60)
        assert isinstance(watched.failure, ModelError)
        assert watched.client is None


def test_the_block_can_be_left_while_a_new_process_starts(settings: LlamaSettings):
    with watch_llama(settings) as watched:
        os.kill(watched.pid, signal.SIGKILL)
        until(lambda: watched.client is None or watched.restarts == 1)
    assert not watched._thread.is_alive()
