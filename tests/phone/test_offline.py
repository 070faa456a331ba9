"""The page in Chromium as its readers open it: without a network after the first visit, over plain HTTP, as a file."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mathpal_lightning.export.web import write_web
from mathpal_lightning.run import RunFolder
from tests.serving.browser import CHROMIUM, Browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of any web server for static files, until the block ends."""
    with ThreadingHTTPServer((host, 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def page(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (gguf,) = (run_folder / "gguf").glob("*.gguf")
    return write_web(RunFolder(tmp_path_factory.mktemp("page") / "lop5"), [gguf])


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile", 390, 844) as browser:
        yield browser


def test_after_the_first_visit_it_solves_without_a_network(page: Path, browser: Browser):
    with served(page) as address:
        browser.open(address)
        browser.wait_for("document.querySelector('#machine button') !== null")
        assert browser.read("crossOriginIsolated") is False, "free hosts send no headers for threads"
        browser.click("#machine button")
        browser.wait_for("document.querySelector('#machine').textContent.includes('Không có mạng vẫn dùng được')")
    browser.open(address)
    assert browser.read("crossOriginIsolated") is True, "the service worker adds them"
    browser.wait_for("document.querySelector('.example') !== null")
    browser.click(".example")
    browser.wait_for("document.querySelector('.problem .line') !== null")
    browser.wait_for("document.querySelector('.writing') === null")
    assert browser.read("document.querySelector('.error')?.textContent ?? null") is None
    assert all(url.startswith((address, "blob:", "data:")) for url in browser.requested), "nothing is asked of anybody else"


def test_over_plain_http_it_solves_and_says_what_that_means(page: Path, browser: Browser):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address of this machine others see
        host = probe.getsockname()[0]
    with served(page, host) as address:
        browser.open(address)
        browser.wait_for("document.querySelector('#machine')?.textContent.includes('mở bằng http')")
        assert browser.read("isSecureContext") is False
        browser.click(".example")
        browser.wait_for("document.querySelector('.problem .line') !== null")


def test_opened_as_a_file_it_says_what_to_do_in_one_line(page: Path, browser: Browser):
    browser.open((page / "index.html").as_uri())
    said = browser.read("document.body.innerText")
    assert "python3 -m http.server" in said
    assert "\n" not in said.strip()
