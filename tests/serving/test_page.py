"""The page in a real headless Chromium: a pupil types, the solution streams in typeset, nothing of it is obeyed.

One browser serves all tests of this file; each opens the page of a server of its own.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.serving.guard import API_KEY_VARIABLE
from mathpal_lightning.serving.settings import PageSettings
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
WRONG, RIGHT = ["20 - 8 = 12\n", "20 + 7 = 22\n", "Đáp số: 22"], "20 + 7 = 27\nĐáp số: 27"


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(one_browser: Browser) -> Browser:
    one_browser.resize(1280, 800, phone=False)
    one_browser.requested.clear()
    return one_browser


def text(browser: Browser, selector: str) -> str:
    return browser.read(f"document.querySelector('{selector}')?.innerText ?? ''")


def count(browser: Browser, selector: str) -> int:
    return browser.read(f"document.querySelectorAll('{selector}').length")


def press_example(browser: Browser) -> None:
    browser.wait_for("document.querySelector('.example') !== null")
    browser.click(".example")


def wait_for_the_end(browser: Browser) -> None:
    browser.wait_for("document.querySelector('.actions') !== null && !document.querySelector('.writing')")


def test_a_pupil_asks_and_the_solution_streams_in(browser: Browser):
    with scripted_llama(SOLUTION, free=False) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        assert text(browser, "#welcome h2").startswith("Chào em")
        browser.type("Một tam giác có đáy 1/2 × 3 cm. Tính diện tích.")
        browser.press_enter()
        browser.wait_for("document.querySelector('.question math') !== null")
        scripted.may_write.release()
        browser.wait_for("document.querySelector('.lines').innerText === 'Ta có:'")
        scripted.may_write.release()
        browser.wait_for("document.querySelectorAll('.lines mfrac').length === 2")
        assert text(browser, "#solve") == "Dừng", "still writing"
        scripted.may_write.release(2)
        browser.wait_for("document.querySelector('.answer')?.innerText === 'Đáp số: 5 cm2'")
        wait_for_the_end(browser)
        assert text(browser, "#solve") == "Giải"
        assert count(browser, ".sure") == 0, "no arithmetic was checked: the box is not green"
        assert text(browser, "#said") == "Xong. Đáp số: 5 cm^2", "one announcement at the end"
        assert count(browser, "[aria-live]") == 0
        assert browser.read("document.activeElement.id") == "question"
        assert browser.read("document.querySelector('.line').clientHeight") > browser.read(
            "document.querySelector('.line:nth-child(2)').clientHeight"
        ), "a typeset fraction is higher than a line of text"
        assert scripted.asked[0]["messages"][0]["content"] == "Một tam giác có đáy 1/2 × 3 cm. Tính diện tích."


def test_what_the_model_writes_is_shown_and_never_obeyed(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.type("Tính 1 + 1. <script>window.hacked = 2</script><b>đậm</b>")
        browser.click("#solve")
        wait_for_the_end(browser)
        assert "<script>window.hacked = 1</script>" in text(browser, ".lines")
        assert "<script>window.hacked = 2</script>" in text(browser, ".question")
        assert count(browser, "article script, article img") == 0
        assert browser.read("window.hacked") is None
        assert all(address.startswith(page.url) for address in browser.requested), "nothing is asked of anybody else"
        assert page.url + "/solve" in browser.requested
        browser.read(
            "document.body.insertAdjacentHTML('beforeend', '<img id=i src=/nothing.png onerror=\"window.hacked = 3\">')"
        )
        browser.wait_for("document.getElementById('i').complete")
        assert browser.read("window.hacked") is None, "the policy stops a script even if one got in"


def test_stop_stops_llama_cpp_and_the_next_problem_goes(browser: Browser):
    with scripted_llama(["1 "] * 9000, free=False) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        press_example(browser)
        scripted.may_write.release()
        browser.wait_for("document.querySelector('.lines').innerText === '1'")
        time.sleep(0.8)  # no double click
        browser.click("#solve")
        browser.wait_for("document.querySelector('.writing') === null")
        assert scripted.misses_its_reader()
        assert text(browser, ".note") == text(browser, "#said") == "Em đã bấm “Dừng” nên bài này chưa làm xong."
        assert browser.read("localStorage.getItem('mathpal.history')") is None, "only what was answered is kept"
        browser.type("bài hai 2")
        browser.press_enter()
        browser.wait_for("document.querySelectorAll('.problem').length === 2")


def test_a_double_click_asks_once_and_stops_nothing(browser: Browser):
    with scripted_llama(["20 + 7 = 27\n", "Đáp số: 27"], free=False) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.click("#question")
        browser.type("Tính 20 + 7")
        browser.read("[1, 2].forEach(() => document.getElementById('ask').requestSubmit())")
        scripted.may_write.release(9)
        wait_for_the_end(browser)
        assert count(browser, ".problem") == 1
        assert browser.read("document.querySelector('.answer').dataset.text") == "Đáp số: 27"
        assert count(browser, ".note") == 0


def test_until_the_script_is_there_nothing_typed_is_lost(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.open(page.url)
        browser.click("#question")
        browser.type("Tính 20 + 7")
        browser.click("#solve")
        assert browser.read("document.getElementById('question').value") == "Tính 20 + 7"
        assert browser.read("location.search") == "", "the browser itself sends no form"
        assert "cần JavaScript" in text(browser, "noscript")
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
        browser.open(page.url)
        browser.wait_for("!document.getElementById('solve').disabled")


def test_a_long_problem_is_not_cut_and_says_so_itself(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.click("#question")
        browser.type("1 + " * 9_000 + "2")
        assert browser.read("document.getElementById('question').value.length") == 36_001
        browser.press_enter()
        browser.wait_for("document.querySelector('.error')?.innerText.includes('dài quá')")


def test_what_is_being_typed_stays_when_a_button_asks(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        typed = "document.getElementById('question').value"
        browser.click("#question")
        browser.type("Bài đang gõ dở")
        press_example(browser)
        wait_for_the_end(browser)
        assert browser.read(typed) == "Bài đang gõ dở"
        browser.click(".actions .again")
        browser.wait_for("document.querySelectorAll('.problem').length === 2")
        wait_for_the_end(browser)
        assert browser.read(typed) == "Bài đang gõ dở"
        browser.click("#solve")
        browser.wait_for("document.querySelectorAll('.problem').length === 3")
        assert browser.read(typed) == "", "what was sent is gone"


def test_trouble_is_told_and_the_problem_can_be_edited(browser: Browser):
    with page_server(LlamaCpp("http://127.0.0.1:1", "nobody")) as page:
        browser.open(page.url)
        browser.press_enter()
        assert count(browser, ".problem") == 0, "an empty problem is not sent"
        browser.type("a) 1 + 1\nb) 2 + 2")
        browser.press_enter()
        browser.wait_for("document.querySelector('.error')?.innerText.includes('trục trặc')")
        assert count(browser, ".question p") == 2
        wait_for_the_end(browser)
        browser.click(".actions button:nth-child(2)")
        assert browser.read("document.getElementById('question').value") == "a) 1 + 1\nb) 2 + 2"
        assert browser.read("document.activeElement.id") == "question"
        assert browser.read("localStorage.getItem('mathpal.history')") is None, "only what was answered is kept"


def test_a_false_line_is_marked_solved_again_and_kept_in_the_history(browser: Browser):
    with scripted_llama(WRONG, further=[RIGHT]) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        press_example(browser)
        wait_for_the_end(browser)
        assert browser.read("document.querySelector('.aside .correction').textContent") == "20 + 7 = 27, không phải 22"
        assert count(browser, ".aside .checked") == 1
        assert count(browser, ".aside .answer") == 0
        assert text(browser, ".solution > .lines .sure") == "Đáp số: 27"
        assert "1 trên 2 lần giải" in text(browser, ".agreement")
        assert "Cách giải thì chưa được kiểm tra" in text(browser, ".solution > .checks")
        browser.click("#open-history")
        assert browser.read("document.querySelector('dialog').open")
        assert "Đáp số: 27" in text(browser, "dialog")
        assert text(browser, "#who-keeps").startswith("Chỉ trình duyệt này giữ")
        browser.click("#close-history")
        browser.click("#check-mode")
        browser.click("#question")
        browser.type("Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?")
        browser.click("#work")
        browser.type("20 + 7 = 27")
        browser.click("#solve")
        browser.wait_for("document.querySelectorAll('.problem').length === 2 && !document.querySelector('.writing')")
        browser.click("#work")
        browser.type("20 + 7 = 27")
        browser.read("document.getElementById('open-history').click()")
        assert "Đáp số: 27" in text(browser, "dialog"), "the check has no answer of its own"
        browser.read("document.querySelector('dialog .example').click()")
        assert browser.read("document.getElementById('question').value").startswith("Lan có 20")
        assert browser.read("document.getElementById('work').value") == "20 + 7 = 27", "it is the pupil's own"
        browser.read("document.getElementById('open-history').click()")
        browser.click("#clear-history")
        assert "Chưa có bài nào" in text(browser, "dialog ul")
        browser.click("#close-history")


def test_where_every_attempt_is_wrong_no_green_box_is_shown(browser: Browser):
    with scripted_llama(WRONG, further=["".join(WRONG)]) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        press_example(browser)
        wait_for_the_end(browser)
        assert count(browser, ".answer, .sure") == 0
        assert "đừng tin" in text(browser, ".note")


def test_hints_uncover_a_solution_step_by_step(browser: Browser):
    lines = ["Ta có:\n20 - 8 = 12\n", "12 + 7 = 19\nĐáp số: 19"]
    with scripted_llama(lines) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.click("#modes label:nth-child(3)")
        press_example(browser)
        wait_for_the_end(browser)
        assert text(browser, ".step").split("\n") == ["Ta có:", "20 − 8 = ?"]
        assert "12" not in text(browser, ".solution"), "nothing of the result is seen"
        browser.click(".steps .buttons button")
        assert "20 − 8 = 12" in text(browser, ".step")
        browser.click(".steps .buttons button")
        assert "12 + 7 = ?" in text(browser, ".step:last-of-type, .step:nth-last-child(2)")
        assert browser.read("document.activeElement.textContent") == "Xem kết quả bước này"


def test_a_pupil_has_a_solution_checked_with_the_keys_of_the_page(browser: Browser):
    with scripted_llama([], further=["20 + 7 = 27\nĐáp số: 27"]) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.type("Tính 20 + 7")
        browser.click("#check-mode")
        assert browser.read("document.getElementById('work').clientHeight") > 60, "three lines, though it was hidden before"
        browser.click("#work")
        browser.type("20 + 7 = 27")
        browser.click(".key:last-child")
        browser.type("27 ")
        browser.click(".key:first-child")
        browser.type(" 2 = 44\nĐáp số: 28")
        browser.click("#solve")
        wait_for_the_end(browser)
        assert text(browser, ".first .correction") == "27 × 2 = 54, không phải 44"
        assert count(browser, ".checked") == 1
        assert "dòng 2" in text(browser, ".checks")
        assert "không khớp với kết quả máy tính lại" in text(browser, ".verdict.not-right")
        browser.read("document.querySelector('.verdict').className = 'verdict right'")
        aligned = browser.read("getComputedStyle(document.querySelector('.verdict')).textAlign")
        assert aligned == "start", "`right` moves only the cells of a table"


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
        wait_for_the_end(browser)
        assert text(browser, ".waiting") == ""
        scripted.finish_reason = "stop"
        scripted.may_write.release()
        browser.click(".again")
        browser.wait_for("document.querySelector('.answer')?.innerText === 'Đáp số: 5'")
        assert count(browser, ".problem") == 2


def test_a_telephone_shows_the_whole_width_and_enter_is_a_new_line(browser: Browser):
    with (
        scripted_llama(["1" * 200, "\n", "$" + "2 + " * 40 + "3$", "\n$" + "x = " * 40 + "3$"]) as scripted,
        page_server(scripted.llama) as page,
    ):
        browser.resize(390, 844)
        browser.open(page.url)
        browser.click("#question")
        browser.type("1")
        browser.press_enter()
        assert browser.read("document.getElementById('question').value") == "1\n"
        press_example(browser)
        wait_for_the_end(browser)
        assert browser.read("document.documentElement.scrollWidth") == 390
        edge = "document.querySelector('{}').getBoundingClientRect().{}"
        assert browser.read(f"{edge.format('.actions', 'bottom')} <= {edge.format('form', 'top')}"), "nothing is hidden"
        height = "document.querySelector('.line:nth-child({})').clientHeight"
        assert browser.read(height.format(3)) > 2 * browser.read(height.format(2)), "a chain of equations breaks its line"
        box = "document.getElementById('question').getBoundingClientRect()"
        assert browser.read(f"{box}.bottom <= innerHeight && {box}.width > 200")


def test_a_whole_solution_to_check_leaves_a_small_phone_its_page(browser: Browser):
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.resize(360, 640)
        browser.open(page.url)
        browser.click("#check-mode")
        for area in ("question", "work"):
            browser.click(f"#{area}")
            browser.type("20 + 7 = 27\n" * 8)
        form = "document.getElementById('ask').getBoundingClientRect()"
        assert browser.read(f"{form}.top > 0 && {form}.bottom <= innerHeight")


@pytest.mark.parametrize(("width", "height", "phone"), [(390, 844, True), (1280, 800, False)])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_above_minor(browser: Browser, width: int, height: int, phone: bool, dark: bool):
    axe = pytest.importorskip("axe_core_python", reason="needs axe-core-python")
    source = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with scripted_llama(WRONG, further=[RIGHT]) as scripted, page_server(scripted.llama) as page:
        browser.resize(width, height, phone)
        browser.dark(dark)
        browser.open(page.url)
        assert browser.faults(source) == []
        press_example(browser)
        wait_for_the_end(browser)
        assert count(browser, ".sure") == 1
        assert browser.faults(source) == []
        browser.click("#open-history")
        assert "Lan có 20" in text(browser, "dialog li")
        assert browser.faults(source) == [], "of the history"
        browser.click("#clear-history")


def test_a_teacher_sees_the_day_on_the_machine_itself_and_a_code_for_telephones(browser: Browser, tmp_path: Path):
    axe = pytest.importorskip("axe_core_python", reason="needs axe-core-python")
    source = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    settings = PageSettings(examples=("Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?",), lessons=tmp_path)
    with scripted_llama(WRONG, further=[RIGHT]) as scripted, page_server(scripted.llama, "0.0.0.0", settings) as page:
        here = f"http://127.0.0.1:{page.server_address[1]}"
        browser.call("Page.navigate", url=f"{here}/#khoa={page.guard.key}")
        press_example(browser)
        wait_for_the_end(browser)
        assert "Thầy cô của em xem được" in text(browser, "form .watched")
        assert "Chỉ" not in browser.read("document.getElementById('who-keeps').textContent")
        browser.open(f"{here}/teacher")
        browser.wait_for("document.querySelector('article') !== null")
        assert text(browser, "article .line:last-child") == "Đáp số: 27", "what was shown in the end"
        browser.click("#invitation summary")
        browser.wait_for("document.querySelector('#invitation img').naturalWidth > 0")
        assert text(browser, "#invitation a") == f"{page.url}/#khoa={page.guard.key}"
        for dark in (False, True):
            browser.dark(dark)
            assert browser.faults(source) == []
        browser.read("document.querySelector('.actions').scrollIntoView()")
        browser.click(".actions .again")
        browser.wait_for("document.querySelector('.marked-right') !== null")
        assert "solutions.jsonl" in text(browser, "#said")
        assert json.loads((tmp_path / "solutions.jsonl").read_text(encoding="utf-8"))["solution"] == RIGHT


def test_a_teacher_sees_the_marks_of_pupils_and_loses_no_correction(browser: Browser, tmp_path: Path):
    wrong = "".join([*WRONG[:-1], "$\\frac{1}{2}$ " + "a" * 300 + "\n", WRONG[-1]])
    with (
        scripted_llama([wrong], further=[wrong]) as scripted,
        page_server(scripted.llama, settings=PageSettings(lessons=tmp_path)) as page,
    ):
        browser.open(page.url)
        browser.wait_for("document.querySelector('.watched') !== null")  # this line moves the form
        browser.click("#question")
        browser.type("Tính:\na) $\\frac{1}{2}+\\frac{1}{2}$\nb) 20 + 7 " + "b" * 300)
        browser.press_enter()
        wait_for_the_end(browser)
        browser.resize(390, 844)
        browser.open(f"{page.url}/teacher")
        browser.wait_for("document.querySelector('article') !== null")
        assert text(browser, "article h2") == "Bài giải có chỗ sai"
        assert text(browser, "article .correction") == "20 + 7 = 27, không phải 22"
        assert "đừng tin" in text(browser, "article .note")
        assert count(browser, ".question p") == 3
        assert count(browser, ".question mfrac") == 2
        assert count(browser, ".lines mfrac") == 1
        assert browser.read("document.documentElement.scrollWidth") == 390, "what has no space is broken"
        browser.resize(1280, 1600, phone=False)
        right, save = ".actions button:nth-child(1)", ".actions button:nth-child(2)"
        assert text(browser, save) == "Bài giải này sai"
        browser.click(".correcting")
        browser.type("20 + 7 = 27\nĐáp số: a) 1; b) 27")
        assert text(browser, save) == "Lưu lời giải sửa"
        browser.click(right)
        assert "đã viết lời giải khác" in text(browser, "#said")
        assert not list(tmp_path.iterdir()), "the model's solution is not saved in the place of the teacher's"
        browser.click("#reload")
        browser.wait_for("document.getElementById('said').textContent === 'Có 1 bài.'")
        assert browser.read("document.querySelector('.correcting').value").startswith("20 + 7 = 27"), "loading again keeps it"
        browser.click(save)
        browser.wait_for("document.querySelector('.marked-wrong') !== null")
        assert text(browser, "#said") == "Đã lưu vào solutions.jsonl và pairs.jsonl."
        browser.read("document.querySelector('.correcting').value = ''")
        browser.click(right)
        browser.wait_for("document.querySelector('.marked-right') !== null")
        assert "Đã bỏ dòng của lần đánh dấu trước khỏi pairs.jsonl." in text(browser, "#said")
        assert "Thầy cô xem lại lời giải vừa lưu: 20 + 7 = 27, không phải 22" in text(browser, "#said")


def test_a_server_with_a_key_lets_a_browser_in_that_types_it(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(API_KEY_VARIABLE, "mở ra đi")
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.open(page.url)
        browser.click("#key")
        browser.type("sai")
        browser.press_enter()
        browser.wait_for("location.pathname === '/login' && document.querySelector('#key')?.value === ''")
        browser.wait_for("document.readyState === 'complete'")
        assert "Mã này chưa đúng" in text(browser, "[role=alert]")
        browser.open(f"{page.url}/login")
        assert browser.read("location.pathname") == "/", "its address opened anew asks again"
        assert count(browser, "[role=alert]") == 0
        browser.click("#key")
        browser.type("mở ra đi")
        browser.press_enter()
        browser.wait_for("document.querySelector('#welcome') !== null && document.readyState === 'complete'")
        press_example(browser)
        browser.wait_for("document.querySelector('.answer') !== null")


def test_a_link_that_carries_the_key_opens_the_page(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(API_KEY_VARIABLE, "mở ra đi")
    with scripted_llama(SOLUTION) as scripted, page_server(scripted.llama) as page:
        browser.call("Page.navigate", url=page.url + "/#khoa=m%E1%BB%9F%20ra%20%C4%91i")
        browser.wait_for("document.querySelector('#welcome') !== null && document.querySelector('.example') !== null")
        assert "khoa" not in browser.read("location.href"), "the key is not left in the address"
