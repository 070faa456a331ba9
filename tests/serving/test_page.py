"""The page in a real headless Chromium: a pupil types, the solution streams in typeset, nothing of it is obeyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.serving.guard import API_KEY_VARIABLE
from tests.serving.browser import CHROMIUM, Browser
from tests.serving.conftest import page_server
from tests.serving.scripted import scripted_llama

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")

SOLUTION = [
    "Ta có: $\\fr",
    "ac{1}{2} \\times 3$ và 3/4\n",
    "<script>window.hacked = 1</script><img src=x onerror=a>\n",
    "Đáp số: 5 cm^2",
]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile") as browser:
        yield browser


def text(browser: Browser, selector: str) -> str:
    return browser.read(f"document.querySelector('{selector}')?.innerText ?? ''")


def press_example(browser: Browser) -> None:
    browser.wait_for("document.querySelector('.example') !== null")
    browser.click(".example")


def test_a_pupil_asks_and_the_solution_streams_in(browser: Browser):
    with scripted_llama(SOLUTION, free=False) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        assert text(browser, "#welcome h2").startswith("Chào em")
        browser.type("Tính 1/2 × 3")
        browser.press_enter()
        browser.wait_for("document.querySelector('.question math') !== null")
        scripted.may_write.release()
        browser.wait_for("document.querySelector('.lines').innerText === 'Ta có:'")
        scripted.may_write.release()
        browser.wait_for("document.querySelectorAll('.lines mfrac').length === 2")
        assert text(browser, "#solve") == "Dừng", "still writing"
        scripted.may_write.release(2)
        browser.wait_for("document.querySelector('.answer')?.innerText === 'Đáp số: 5 cm2'")
        browser.wait_for("document.querySelector('.writing') === null")
        assert text(browser, "#solve") == "Giải"
        assert browser.read("document.querySelector('.lines p').clientHeight") > browser.read(
            "document.querySelector('.lines p:nth-child(2)').clientHeight"
        ), "a typeset fraction is higher than a line of text"
        assert scripted.asked[0]["messages"][0]["content"] == "Tính 1/2 × 3"


def test_what_the_model_writes_is_shown_and_never_obeyed(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.type("<script>window.hacked = 2</script><b>đậm</b> 1")
        browser.click("#solve")
        browser.wait_for("document.querySelector('.answer') !== null")
        assert "<script>window.hacked = 1</script>" in text(browser, ".lines")
        assert "<script>window.hacked = 2</script>" in text(browser, ".question")
        assert browser.read("document.querySelectorAll('article script, article img').length") == 0
        assert browser.read("window.hacked") is None
        assert {address.removeprefix(page.url) for address in browser.requested} == {
            *("/", "/page.css", "/page.js", "/ask.js", "/solution.js", "/icon.svg", "/solve")
        }, "nothing is asked of anybody else"


def test_the_policy_stops_a_script_even_if_one_got_in(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.read(
            "document.body.insertAdjacentHTML('beforeend', '<img id=i src=/nothing.png onerror=\"window.hacked = 3\">')"
        )
        browser.wait_for("document.getElementById('i').complete")
        assert browser.read("window.hacked") is None


def test_stop_stops_llama_cpp_and_the_next_problem_goes(browser: Browser):
    with scripted_llama(["1 "] * 9000, free=False) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        press_example(browser)
        scripted.may_write.release()
        browser.wait_for("document.querySelector('.lines').innerText === '1'")
        browser.click("#solve")
        browser.wait_for("document.querySelector('.writing') === null")
        assert scripted.misses_its_reader()
        browser.type("bài hai")
        browser.press_enter()
        browser.wait_for("document.querySelectorAll('.problem').length === 2")


def test_shift_enter_is_a_new_line_and_trouble_is_told(browser: Browser):
    with page_server(LlamaCpp("http://127.0.0.1:1", "nobody")) as page:
        browser.open(page.url)
        browser.press_enter()
        assert browser.read("document.querySelectorAll('.problem').length") == 0, "an empty problem is not sent"
        browser.type("a) 1 + 1\nb) 2 + 2")
        browser.press_enter()
        browser.wait_for("document.querySelector('.error')?.innerText.includes('trục trặc')")
        assert browser.read("document.querySelectorAll('.question p').length") == 2


def test_a_false_line_is_marked_and_no_green_box_is_shown_then(browser: Browser):
    wrong = ["20 - 8 = 12\n", "20 + 7 = 22\n", "Đáp số: 22"]
    with scripted_llama(wrong) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        press_example(browser)
        browser.wait_for("document.querySelector('.problem') !== null && !document.querySelector('.writing')")
        assert text(browser, ".correction") == "20 + 7 = 27, không phải 22"
        assert browser.read("document.querySelectorAll('.checked').length") == 1
        assert browser.read("document.querySelector('.answer')") is None
        assert "đừng tin" in text(browser, ".checks")


def test_a_pupil_in_the_queue_sees_the_place_and_after_trouble_tries_again(browser: Browser):
    with scripted_llama(["Đáp số: 5"], free=False) as scripted, page_server(scripted.llama) as page:
        ahead = [page._desk.line.join(name, 10_000) for name in ("An", "Bình", "Chi")]
        browser.open(page.url)
        press_example(browser)
        browser.wait_for("document.querySelector('.waiting')?.innerText.includes('Còn 2 bạn')")
        scripted.finish_reason = "break off"
        for ticket in ahead:
            page._desk.line.leave(ticket)  # asyncio.Event wakes its waiter at the next look, within half a second
        scripted.may_write.release()
        browser.wait_for("document.querySelector('.error')?.innerText.includes('Giải lại')")
        assert text(browser, ".waiting") == ""
        scripted.finish_reason = "stop"
        scripted.may_write.release()
        browser.click(".again")
        browser.wait_for("document.querySelector('.answer')?.innerText === 'Đáp số: 5'")
        assert browser.read("document.querySelectorAll('.problem').length") == 2


def test_a_telephone_shows_the_whole_width(browser: Browser):
    with (
        scripted_llama(["1" * 200, "\n", "$" + "2 + " * 40 + "3$", "\n$" + "x = " * 40 + "3$"]) as scripted,
        page_server(scripted.llama) as page,
    ):
        browser.resize(360, 740)
        browser.open(page.url)
        press_example(browser)
        browser.wait_for("document.querySelector('.lines math') !== null && !document.querySelector('.writing')")
        assert browser.read("document.documentElement.scrollWidth") == 360
        height = "document.querySelector('.lines p:nth-child({})').clientHeight"
        assert browser.read(height.format(3)) > 2 * browser.read(height.format(2)), "a chain of equations breaks its line"
        box = "document.getElementById('question').getBoundingClientRect()"
        assert browser.read(f"{box}.bottom <= innerHeight && {box}.width > 200")


def test_a_server_with_a_key_lets_a_browser_in_that_types_it(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(API_KEY_VARIABLE, "mở ra đi")
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.click("#key")
        browser.type("sai")
        browser.press_enter()
        browser.wait_for("location.pathname === '/login' && document.querySelector('#key')?.value === ''")
        browser.wait_for("document.readyState === 'complete'")
        browser.click("#key")
        browser.type("mở ra đi")
        browser.press_enter()
        browser.wait_for("document.querySelector('#welcome') !== null && document.readyState === 'complete'")
        press_example(browser)
        browser.wait_for("document.querySelector('.answer') !== null")
