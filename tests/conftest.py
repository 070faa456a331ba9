"""What every test stands on: no network, caches in a temporary folder, one thread, tiny Gemma folders built once."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

# Before anything imports huggingface_hub, datasets or our cache folder: they read the environment once.
_USER_CACHE = os.environ.get("MATHPAL_CACHE")
_CACHE = tempfile.mkdtemp(prefix="mathpal-tests-")
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_HOME": f"{_CACHE}/huggingface",
    "MATHPAL_CACHE": f"{_CACHE}/mathpal",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}

import shutil  # noqa: E402

import pytest  # noqa: E402
import torch  # noqa: E402
from huggingface_hub import constants  # noqa: E402
from huggingface_hub.utils import _http  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from mathpal_lightning.messages import speak  # noqa: E402
from tests.export.hub_server import TOKEN, Hub  # noqa: E402
from tests.runs import Runs  # noqa: E402
from tests.tiny import Family, tiny_gemma_folder, tiny_gguf  # noqa: E402

torch.set_num_threads(1)
# A busy machine is no failure. Whoever runs the tests by hand draws new examples; CI draws the same ones each time.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI_RUN" in os.environ
)
settings.load_profile("patient")
# Where pytest was started in the background, Ctrl-C is ignored, and would be by every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):  # and where it was started under nohup, a closed terminal is ignored
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once: one of the native libraries now and then never comes to the end of the interpreter's own shutdown."""
    shutil.rmtree(_CACHE, ignore_errors=True)
    config.get_terminal_writer().flush()
    if _STATUS in config.stash:
        os._exit(config.stash[_STATUS])


_STATUS = pytest.StashKey[int]()


@pytest.fixture(autouse=True)
def messages_in_english() -> Iterator[None]:
    """After a test with `--lang vi` the next one reads English again: pytest's log handlers live on."""
    yield
    speak("en")


@pytest.fixture(scope="session")
def gemma_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Family], Path]:
    """`gemma_folder("gemma4")` is a tiny base model's folder, built once a session. Read only: copy before writing into it."""
    folders: dict[Family, Path] = {}

    def folder_of(family: Family) -> Path:
        if family not in folders:
            folders[family] = tiny_gemma_folder(tmp_path_factory.mktemp(family), family)
        return folders[family]

    return folder_of


@pytest.fixture(scope="session")
def gemma3_folder(gemma_folder: Callable[[Family], Path]) -> Path:
    """The tiny Gemma 3's folder; read only."""
    return gemma_folder("gemma3")


@pytest.fixture(scope="session")
def run_folder(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with gguf/model-q8_0.gguf of the tiny Gemma 3, untrained; read only."""
    folder = tmp_path_factory.mktemp("runs")
    tiny_gguf(gemma3_folder, folder, folder / "lop5" / "gguf" / "model-q8_0.gguf")
    return folder / "lop5"


@pytest.fixture
def user_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a test the user's own cache folder, where the offline Gemma is prepared once for all runs."""
    take_user_cache(monkeypatch)


def take_user_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a fixture of a wider scope."""
    if _USER_CACHE is None:
        monkeypatch.delenv("MATHPAL_CACHE")
    else:
        monkeypatch.setenv("MATHPAL_CACHE", _USER_CACHE)


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Online with TOKEN in the environment; waits between retries are noted in the list instead of slept."""
    waits: list[float] = []
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    monkeypatch.setattr(_http, "time", SimpleNamespace(sleep=waits.append))  # not time itself: other threads sleep too
    return waits


@pytest.fixture
def hub(online: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub on loopback, which huggingface_hub takes for the real one."""
    with Hub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        yield server
    _http.close_session()


@pytest.fixture(scope="session")
def runs() -> Iterator[Runs]:
    """Real `mathpal` processes without the seconds of a start."""
    with Runs() as opened:
        yield opened
