"""The teacher's mode: the day's questions on the machine itself only, and marks that become rows the data module reads."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row
from mathpal_lightning.serving.app import App
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.guard import API_KEY_VARIABLE, Guard, is_of_this_machine
from mathpal_lightning.serving.honest import REPEATS
from mathpal_lightning.serving.lessons import PAIRS, SOLUTIONS, Lessons
from mathpal_lightning.serving.settings import PageSettings
from mathpal_lightning.serving.written import CUT, Event, Written


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def answer(lessons: Lessons, question: str, solution: str, *more: Event) -> None:
    async def solved() -> AsyncGenerator[Event]:
        for event in [*Written(question).read(solution), *more]:
            yield event

    async def noted() -> None:
        async for _ in lessons.noting(solved(), question):
            pass

    asyncio.run(noted())


def test_marks_become_rows_and_a_second_mark_replaces_the_first(tmp_path: Path):
    lessons = Lessons(tmp_path)
    answer(lessons, "2 + 3 = ?", "2 + 3 = 6\nĐáp số: 6")
    answer(lessons, "1 + 1 = ?", "1 + 1 = 2\nĐáp số: 2")
    assert [one["question"] for one in lessons.day()] == ["1 + 1 = ?", "2 + 3 = ?"], "the newest first"
    assert lessons.mark({"number": 1, "right": True})["saved"] == [SOLUTIONS]
    assert lessons.mark({"number": 0, "right": False}) == {"saved": [], "removed": [], "wrong": []}
    marked = lessons.mark({"number": 0, "right": False, "correction": "2 + 3 = 5\nĐáp số: 5"})
    assert marked == {"saved": [SOLUTIONS, PAIRS], "removed": [], "wrong": []}
    (pair,) = rows(tmp_path, PAIRS)
    assert (pair["chosen"], pair["rejected"]) == ("2 + 3 = 5\nĐáp số: 5", "2 + 3 = 6\nĐáp số: 6")
    records = [Record("here", row) for row in rows(tmp_path, SOLUTIONS)]
    assert all(isinstance(row, Row) for row in read_rows(records, Columns()))
    assert len(records) == 2
    assert lessons.mark({"number": 0, "right": False})["removed"] == [SOLUTIONS, PAIRS]
    assert rows(tmp_path, PAIRS) == []
    assert [row["question"] for row in rows(tmp_path, SOLUTIONS)] == ["1 + 1 = ?"]
    wrong = lessons.mark({"number": 0, "right": False, "correction": "2 + 3 = 7"})["wrong"]
    assert wrong == ["2 + 3 = 5, không phải 7"], "a teacher may slip too"


def test_a_mark_touches_no_row_of_another_pupil_or_of_an_earlier_day(tmp_path: Path):
    """A class asks the same homework."""
    yesterday = Lessons(tmp_path)
    answer(yesterday, "Tính 20 + 7", "Đáp số: 28")
    yesterday.mark({"number": 0, "right": False, "correction": "20 + 7 = 27\nĐáp số: 27"})
    held = [rows(tmp_path, name) for name in (SOLUTIONS, PAIRS)]
    today = Lessons(tmp_path)
    for solution in ("Đáp số: 13", "20 + 7 = 27", "20 + 7 = 27"):
        answer(today, "Tính 20 + 7", solution)
    assert today.mark({"number": 0, "right": False})["removed"] == []
    assert [rows(tmp_path, name) for name in (SOLUTIONS, PAIRS)] == held
    today.mark({"number": 1, "right": True})
    today.mark({"number": 2, "right": True})
    own = {"question": "Tính 20 + 7", "solution": "20 + 7 = 27"}
    assert rows(tmp_path, SOLUTIONS) == [*held[0], own], "the same row stands once"
    assert rows(tmp_path, PAIRS) == held[1]
    assert today.mark({"number": 1, "right": False})["removed"] == [], "the third pupil's solution is the same, and right"
    assert today.mark({"number": 2, "right": False})["removed"] == [SOLUTIONS]
    assert [rows(tmp_path, name) for name in (SOLUTIONS, PAIRS)] == held


def test_a_correction_that_contradicts_its_mark_is_refused(tmp_path: Path):
    lessons = Lessons(tmp_path)
    answer(lessons, "Tính 20 + 7", "20 + 7 = 27")
    for right, correction in ((True, "20 + 7 = 28"), (False, " 20 + 7 = 27 ")):
        with pytest.raises(DataError, match="Wrong saves the correction"):
            lessons.mark({"number": 0, "right": right, "correction": correction})
    assert not list(tmp_path.iterdir()), "nothing is saved"
    assert lessons.mark({"number": 0, "right": True, "correction": "20 + 7 = 27"})["saved"] == [SOLUTIONS]


@pytest.mark.parametrize(
    ("solution", "end", "wrong"),
    [
        ("20 + 7 = 22\nĐáp số: 22", {}, ["20 + 7 = 27, không phải 22"]),
        ("Ta có:\n20 + 7 = ", {"error": "bị ngắt"}, ["không tìm thấy đáp số", "bài giải này bị ngắt giữa chừng"]),
        ("20 + 7 = 27\nĐáp số: 27", {"note": CUT}, ["bài giải này bị ngắt giữa chừng"]),
        ("20 + 7 = 27\nĐáp số: 27", {"note": "có hình"}, []),
    ],
    ids=["false", "broken off", "too long", "sound"],
)
def test_what_is_doubtful_in_a_saved_solution_is_said(tmp_path: Path, solution: str, end: Event, wrong: list[str]):
    lessons = Lessons(tmp_path)
    answer(lessons, "Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?", solution, end)
    assert lessons.mark({"number": 0, "right": True})["wrong"] == wrong
    said = lessons.mark({"number": 0, "right": False, "correction": "sai rồi, em cộng chứ không trừ"})
    assert said["wrong"] == ["không tìm thấy đáp số"]


def test_rows_that_somebody_edited_are_kept(tmp_path: Path):
    """A blank line and a byte order mark, as Notepad leaves them, and separators of Unicode, which JSON does not escape."""
    lines = [json.dumps({"question": question, "solution": "a"}, ensure_ascii=False) for question in ("một\u2028", "hai\u0085")]
    (tmp_path / SOLUTIONS).write_bytes("\ufeff{}\r\n\r\n{}\r\n".format(*lines).encode())
    lessons = Lessons(tmp_path)
    answer(lessons, "ba", "3")
    assert lessons.mark({"number": 0, "right": True})["saved"] == [SOLUTIONS]
    kept = (tmp_path / SOLUTIONS).read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert [json.loads(line)["question"] for line in kept] == ["một\u2028", "hai\u0085", "ba"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"question": "1"', "line 2: Expecting"),
        ("{}", "row 2 without one"),
        ('{"question": ["1"]}', r"row 2 with \['1'\]"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_nothing_is_lost(line: str, found: str, tmp_path: Path):
    held = f'{{"question": "1", "solution": "1"}}\n{line}\n'
    (tmp_path / SOLUTIONS).write_text(held, encoding="utf-8")
    lessons = Lessons(tmp_path)
    answer(lessons, "ba", "3")
    with pytest.raises(DataError, match=rf"solutions\.jsonl, but found {found}"):
        lessons.mark({"number": 0, "right": True})
    assert (tmp_path / SOLUTIONS).read_text(encoding="utf-8") == held
    assert lessons.day()[0]["right"] is None, "the page shows as marked only what was saved"


@pytest.mark.parametrize("body", [{}, {"number": 7, "right": True}, {"number": 0}, {"number": 0, "right": "yes"}])
def test_a_mark_of_nothing_is_refused(tmp_path: Path, body: dict[str, object]):
    lessons = Lessons(tmp_path)
    answer(lessons, "1", "1")
    with pytest.raises(DataError, match="number of a question"):
        lessons.mark(body)


def test_what_was_shown_in_the_end_is_kept(tmp_path: Path):
    lessons = Lessons(tmp_path)

    async def events() -> AsyncGenerator[dict[str, object]]:
        yield {"question": "<p>1 + 1 = ?</p>"}
        yield {"line": 0, "text": "1 + 1 = 3", "sure": False, "wrong": "x"}
        yield {"note": REPEATS}
        yield {"attempt": 2}
        yield {"line": 0, "text": "1 +", "sure": False}
        yield {"line": 0, "text": "1 + 1 = 2", "sure": False}
        yield {"line": 1, "text": "Đáp số: 2", "sure": True}

    async def passed_on() -> int:
        return len([event async for event in lessons.noting(events(), "1 + 1 = ?")])

    assert asyncio.run(passed_on()) == 7
    (kept,) = lessons.day()
    assert (kept["solution"], kept["sure"]) == ("1 + 1 = 2\nĐáp số: 2", True)
    assert [next(iter(event)) for event in kept["events"]] == ["question", "line", "line"], "for the page, with its marks"


def test_the_page_is_off_by_default_and_on_this_machine_only(tmp_path: Path):
    def status(settings: PageSettings, client: str, **headers: str) -> int:
        app = App(Desk(1, 1), Guard(loopback=True), settings)
        test_client = TestClient(app.asgi, base_url="http://127.0.0.1", client=(client, 1))
        return test_client.get("/teacher/day", headers=headers).status_code

    on = PageSettings(lessons=tmp_path)
    assert status(PageSettings(), "127.0.0.1") == 404
    assert status(on, "127.0.0.1") == 200
    assert status(on, "192.168.1.7") == 403
    assert status(on, "127.0.0.1", **{"X-Forwarded-For": "192.168.1.7"}) == 403
    assert not is_of_this_machine("127.0.0.1", {"Host": "school.example"})


@pytest.mark.parametrize(
    ("address", "host", "forwarded", "here"),
    [
        ("192.168.1.5", "192.168.1.5:8080", {}, True),
        ("192.168.1.7", "192.168.1.5:8080", {}, False),
        ("192.168.1.5", "192.168.1.5:9000", {}, False),
        ("192.168.1.5", "192.168.1.5:8080", {"X-Real-IP": "192.168.1.7"}, False),
        ("::1", "[::1]:8080", {}, True),
    ],
    ids=["own address", "another machine", "another port: a relay on this machine", "a proxy on this machine", "IPv6"],
)
def test_the_address_that_is_shown_to_the_teacher_is_let_in(address: str, host: str, forwarded: dict[str, str], here: bool):
    arrived = ("192.168.1.5", 8080)
    assert is_of_this_machine(address, {"Host": host, **forwarded}, arrived) is here


def test_the_code_for_telephones_is_shown_where_they_can_reach_the_page(tmp_path: Path):
    def client(link: str | None) -> TestClient:
        app = App(Desk(1, 1), Guard(loopback=True), PageSettings(lessons=tmp_path), link)
        return TestClient(app.asgi, base_url="http://127.0.0.1", client=("127.0.0.1", 1))

    assert client(None).get("/teacher/link.svg").status_code == 404
    assert client(None).get("/teacher/day").json()["link"] is None
    link = "http://192.168.1.5:8080/#khoa=0123456789abcdef"
    assert client(link).get("/teacher/day").json()["link"] == link
    picture = client(link).get("/teacher/link.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml") or b"<svg" in picture.content[:80]


def test_whoever_types_the_key_on_the_teachers_page_comes_back_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv(API_KEY_VARIABLE, "mở ra đi")
    app = App(Desk(1, 1), Guard(loopback=True), PageSettings(lessons=tmp_path))
    client = TestClient(app.asgi, base_url="http://127.0.0.1", client=("127.0.0.1", 1), follow_redirects=False)
    assert "nhập mã truy cập" in client.get("/teacher").text
    for page, back in (("/teacher", "/teacher"), ("/", "/"), ("/login", "/")):
        headers = {"Referer": f"http://127.0.0.1{page}"}
        assert client.post("/login", data={"key": "mở ra đi"}, headers=headers).headers["location"] == back
