"""The page in Chromium as its readers open it: without a network after the first visit, over plain HTTP, as a file.

The package's Python takes seconds to start in a browser, three times here. `test_chromium.py` starts it in every run of the
tests; here a worker that answers at once stands in its place, but in one slow test.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning.export.web import write_web
from mathpal_lightning.phone import folder
from mathpal_lightning.run import RunFolder
from tests.conftest import take_user_cache
from tests.serving.browser import CHROMIUM, Browser

MISSING = CHROMIUM is None or shutil.which("npm") is None
pytestmark = pytest.mark.skipif(
    MISSING and not os.environ.get("CI_RUN"), reason="needs Chromium and npm: apt-get install chromium npm"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(root: Path, host: str = "127.0.0.1", handler: type[Quiet] = Quiet) -> Iterator[str]:
    """The address of any web server for static files, until the block ends."""
    with ThreadingHTTPServer((host, 0), partial(handler, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()


QUICK_THINKER = """
const answers = {
  solve: { events: [], ask: { prompt: "1 + 1 =" } },
  add: { events: [{ line: 0, html: "2", text: "2", answer: false, sure: false }], repeated: false },
  end: { events: [{ end: 1 }], ask: null },
};
onmessage = ({ data: { number, name } }) => postMessage({ number, value: answers[name] });
postMessage({ ready: true });
"""


@pytest.fixture(scope="module")
def whole_page(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with a tiny Gemma of random weights, which would not end by itself: it writes a few tokens only."""
    (gguf,) = (run_folder / "gguf").glob("*.gguf")
    with pytest.MonkeyPatch.context() as monkeypatch:
        take_user_cache(monkeypatch)
        monkeypatch.setattr(folder, "MOST_TOKENS", 24)
        return write_web(RunFolder(tmp_path_factory.mktemp("page") / "lop5"), [gguf])


@pytest.fixture(scope="module")
def quick_page(whole_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same page without Python."""
    page = shutil.copytree(whole_page, tmp_path_factory.mktemp("quick") / "web", copy_function=os.link)
    (page / "thinker.js").unlink()
    (page / "thinker.js").write_text(QUICK_THINKER, encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests: each has an address, and so a store, of its own."""
    with Browser(tmp_path_factory.mktemp("profile"), 390, 844) as browser:
        yield browser


@pytest.mark.parametrize("kind", ["quick_page", pytest.param("whole_page", marks=pytest.mark.slow)])
def test_after_the_first_visit_it_solves_without_a_network(kind: str, request: pytest.FixtureRequest, browser: Browser):
    page: Path = request.getfixturevalue(kind)
    browser.requested.clear()
    with served(page) as address:
        browser.open(address)
        browser.wait_for("crossOriginIsolated && document.querySelector('#machine button') !== null")  # by its service worker
        assert browser.read("sessionStorage.getItem('opened again')") == "yes", "the host sends no headers for threads"
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


def test_a_problem_that_is_too_long_says_so_in_an_older_browser_too(quick_page: Path, tmp_path: Path, browser: Browser):
    page = shutil.copytree(quick_page, tmp_path / "web", copy_function=os.link)
    (page / "thinker.js").unlink()
    long = QUICK_THINKER.replace(
        '{ prompt: "1 + 1 =" }', '{ get prompt() { return begun++ ? "1 + 1 =" : "1 + ".repeat(3000); } }'
    )
    (page / "thinker.js").write_text(f"let begun = 0;{long}", encoding="utf-8")
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete AbortSignal.any")
    with served(page) as address:
        browser.open(address)
        browser.wait_for("document.querySelector('#machine button') !== null")
        for told in ("Đề bài dài quá. Em viết ngắn lại nhé.", None):
            browser.click("#question")
            browser.type("1 + 1")
            browser.click("#solve")
            browser.wait_for("document.querySelector('.actions') !== null && !document.querySelector('.writing')")
            assert (
                browser.read("[...document.querySelectorAll('.problem')].at(-1).querySelector('.error')?.textContent ?? null")
                == told
            )
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])


LATE_WORKER = """
const register = navigator.serviceWorker?.register.bind(navigator.serviceWorker);
navigator.serviceWorker.register = (...given) => new Promise((go) => (globalThis.begin = go)).then(() => register(...given));
"""


def test_what_was_typed_before_the_service_worker_came_stays(quick_page: Path, browser: Browser):
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source=LATE_WORKER)
    with served(quick_page) as address:
        browser.open(address)
        browser.wait_for("globalThis.begin !== undefined")
        browser.read("document.querySelector('textarea').value = '2 + 3'; begin()")
        browser.wait_for("navigator.serviceWorker.controller !== null")
        later = "new Promise((go) => setTimeout(go, 500))"  # the page looks for its worker every 50 ms
        browser.call("Runtime.evaluate", expression=later, awaitPromise=True)
        assert browser.read("document.querySelector('textarea').value") == "2 + 3"
        assert browser.read("sessionStorage.getItem('opened again')") is None
    browser.call("Page.removeScriptToEvaluateOnNewDocument", **script)


def test_over_plain_http_it_solves_and_says_what_that_means(quick_page: Path, browser: Browser):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address of this machine others see
        host = probe.getsockname()[0]
    with served(quick_page, host) as address:
        browser.open(address)
        browser.wait_for("document.querySelector('#machine')?.textContent.includes('mở bằng http')")
        assert browser.read("isSecureContext") is False
        browser.click(".example")
        browser.wait_for("document.querySelector('.problem .line') !== null")


def test_opened_as_a_file_it_says_what_to_do_in_one_line(whole_page: Path, browser: Browser):
    browser.open((whole_page / "index.html").as_uri())
    said = browser.read("document.body.innerText")
    assert "python3 -m http.server" in said
    assert "\n" not in said.strip()


class Remembered(Quiet):
    """A host whose files a browser may keep for an hour without asking again."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()


def publish(page: Path, version: str, second: int) -> None:
    """A page of two files, of which the second is fetched when it is needed, with the real service worker.

    Each call has a time of its own: a host says `not modified` of a file that was written twice within a second.
    """
    page.mkdir(exist_ok=True)
    for name in ("index.html", "late.txt"):
        (page / name).write_text(version, encoding="utf-8")
    worker = Path(folder.__file__).with_name("site") / "sw.js"
    constants = f'const VERSION = "{version}";\nconst FIRST = ["./"];\n'
    (page / "sw.js").write_text(constants + worker.read_text(encoding="utf-8"), encoding="utf-8")
    for file in page.iterdir():
        os.utime(file, (second, second))


def test_a_new_page_keeps_no_file_of_the_old_one_and_pages_of_one_host_keep_their_own(tmp_path: Path, browser: Browser):
    def now(expression: str) -> Any:
        asked = browser.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return asked["result"].get("value")

    kept = "Promise.all({}.map(async (file) => (await (await caches.match(file)).text()))).then((texts) => texts.join())"
    install = "navigator.serviceWorker.register('sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)"
    with served(tmp_path, handler=Remembered) as address:
        for second, (version, page) in enumerate([("lop4-old", "lop4"), ("lop5", "lop5"), ("lop4-new", "lop4")], start=10**9):
            publish(tmp_path / page, version, second)
            browser.open(f"{address}{page}/")
            if version != "lop4-new":
                now("fetch('late.txt').then((got) => got.text())")  # without a service worker: the HTTP cache holds it
                assert now(install) == 1
                browser.wait_for("navigator.serviceWorker.controller !== null")
        now("navigator.serviceWorker.getRegistration().then((ours) => ours.update())")
        names = "caches.keys().then((names) => names.map((name) => name.split(' ').at(-1)).sort().join())"
        until = time.monotonic() + 60
        while now(names) != "lop4-new,lop5":
            assert time.monotonic() < until, now(names)
        now("fetch('late.txt').then((got) => got.text())")
        assert now(kept.format("['./', 'late.txt']")) == "lop4-new,lop4-new"
        assert now(kept.format("['../lop5/']")) == "lop5", "another page of the same host stays"
