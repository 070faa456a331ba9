"""A doubtful solution is solved again, the one to show is chosen without a reference, and the pupil is told how many agree."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from mathpal_lightning.evaluation.scores.votes import read_attempt
from mathpal_lightning.serving import SLOTS, work
from mathpal_lightning.serving.answers import one_of
from mathpal_lightning.serving.choosing import Plan
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.events import solution_events
from mathpal_lightning.serving.own_work import NO_MODEL, NO_QUESTION, NOT_SURE, lines_of_work, summary_of_work, verdict_of
from mathpal_lightning.serving.settings import plan_of
from mathpal_lightning.serving.work import work_events
from mathpal_lightning.serving.written import Event
from tests.serving.conftest import Steady
from tests.serving.scripted import ScriptedLlama, scripted_llama

QUESTION = "Tính 20 + 7"
STORY = "An có 20 quả cam, mẹ cho thêm 7 quả. Hỏi An có bao nhiêu quả cam?"  # no answer can be computed from it
WRONG, RIGHT, OTHER = "20 + 7 = 22\nĐáp số: 22", "20 + 7 = 27\nĐáp số: 27", "20 + 8 = 28\nĐáp số: 28"


@pytest.fixture
def scripted() -> Iterator[ScriptedLlama]:
    with scripted_llama([WRONG]) as server:
        yield server


def told(scripted: ScriptedLlama, make: Any) -> list[Event]:
    """All events that `make(desk)` yields."""

    async def collect() -> list[Event]:
        desk = Desk(SLOTS, 20_000)
        desk.llama = Steady(scripted.llama)
        async with desk.opened():
            events: AsyncIterator[Event] = make(desk)
            return [event async for event in events]

    return asyncio.run(collect())


def solved(scripted: ScriptedLlama, plan: Plan, hints: bool = False) -> list[Event]:
    return told(scripted, lambda desk: solution_events(desk, "An", QUESTION, plan, hints))


def all_of(events: list[Event], name: str) -> list[object]:
    return [event[name] for event in events if name in event]


def test_false_arithmetic_is_solved_again_until_an_attempt_holds(scripted: ScriptedLlama):
    scripted.further = [RIGHT]
    events = solved(scripted, Plan(most=4))
    assert all_of(events, "wrong") == ["20 + 7 = 27, không phải 22"]
    assert all_of(events, "attempt") == [2]
    after = events[next(place for place, event in enumerate(events) if "attempt" in event) :]
    assert {event["html"] for event in after if event.get("sure")} == {"Đáp số: 27"}
    assert all_of(events, "agreement") == ["Chỉ 1 trên 2 lần giải cho đáp số này."]
    assert "end" in events[-1]
    assert [one.get("temperature") for one in scripted.asked[:2]] == [None, 0.6], "the first one is greedy"


def test_where_no_attempt_holds_this_is_said_and_nothing_is_green(scripted: ScriptedLlama):
    scripted.further = [WRONG]
    events = solved(scripted, Plan(most=3))
    assert not any(all_of(events, "sure"))
    assert all_of(events, "agreement") == ["3 trên 3 lần giải cho cùng đáp số."]
    assert "đừng tin" in str(all_of(events, "note")[-1])


def test_a_solution_that_holds_is_not_solved_again(scripted: ScriptedLlama):
    scripted.pieces = [RIGHT]
    events = solved(scripted, Plan(most=4))
    assert len(scripted.asked) == 1
    assert all_of(events, "sure")[-1] is True
    assert not all_of(events, "thinking")


def test_where_the_run_asks_for_votes_the_majority_is_shown(scripted: ScriptedLlama):
    scripted.pieces, scripted.further = [OTHER], [RIGHT, OTHER, RIGHT, RIGHT]
    events = solved(scripted, Plan(most=5, always=True))
    assert all_of(events, "agreement") == ["3 trên 5 lần giải cho cùng đáp số."]
    assert all_of(events, "thinking") == [1, 2, 3, 4, 5]
    assert [event["html"] for event in events if event.get("sure")][-1] == "Đáp số: 27"


def test_a_solution_in_circles_is_stopped_and_solved_again(scripted: ScriptedLlama):
    scripted.pieces, scripted.further = ["1 + 1 = 2\n"] * 100, [RIGHT]
    events = solved(scripted, Plan(most=2))
    assert "lặp" in str(all_of(events, "note")[0])
    assert len([event for event in events if "line" in event]) < 60, "stopped before its end"
    assert all_of(events, "attempt") == [2]


def test_what_is_no_problem_is_not_sent_to_the_model(scripted: ScriptedLlama):
    events = told(scripted, lambda desk: solution_events(desk, "An", "Xin chào bạn", Plan()))
    assert "giải toán" in str(all_of(events, "note"))
    assert scripted.asked == []


def test_hints_are_those_of_the_solution_that_is_shown(scripted: ScriptedLlama):
    scripted.further = [RIGHT]
    assert all_of(solved(scripted, Plan(), hints=True), "hints") == [["20 + 7 = ?", "Đáp số: ?"]]


@pytest.mark.parametrize(
    ("config", "votes", "plan"),
    [
        ({}, None, Plan(4, False)),
        ({"evaluation": {"votes": 8, "votes_temperature": 0.9}}, None, Plan(8, True, 0.9)),
        ({"evaluation": {"votes": 8}}, 1, Plan(1, False)),
        ({"evaluation": {}}, 2, Plan(2, True)),
    ],
)
def test_the_command_decides_then_the_run(config: dict[str, Any], votes: int | None, plan: Plan):
    assert plan_of(config, votes) == plan


def test_a_program_gets_the_chosen_attempt_and_what_is_known_of_it():
    choices = [{"index": place, "message": {"content": text}} for place, text in enumerate([WRONG, RIGHT, RIGHT, None])]
    body = one_of({"id": "x", "choices": choices}, QUESTION, "majority_that_holds")
    assert body["choices"] == [{"index": 0, "message": {"content": RIGHT}}]
    assert body["mathpal"] == {"rule": "majority_that_holds", "attempts": 4, "agree": 2, "arithmetic_holds": True}


def checked(scripted: ScriptedLlama, work: str, question: str = QUESTION) -> list[Event]:
    return told(scripted, lambda desk: work_events(desk, "An", question, work))


def test_the_first_wrong_line_of_a_pupil_is_shown_with_why(scripted: ScriptedLlama):
    events = checked(scripted, "1 + 1 = 2\n20 + 7 = 22\n3 × 3 = 6\nĐáp số: 22", question="")
    assert all_of(events, "first_wrong") == [1]
    assert "dòng 2: 20 + 7 = 27, không phải 22" in str(all_of(events, "checks"))
    assert all_of(events, "wrong") == ["20 + 7 = 27, không phải 22", "3 × 3 = 9, không phải 6"]
    assert all_of(events, "verdict") == [NO_QUESTION]
    assert scripted.asked == [], "arithmetic needs no model"
    assert not any(all_of(events, "sure"))


@pytest.mark.parametrize(
    ("further", "work", "right", "said"),
    [
        ([RIGHT], "20 + 7 = 27\nĐáp số: 27", True, "giống đáp số mà 4 trên 4"),
        ([RIGHT, RIGHT, RIGHT, OTHER], "Đáp số: 28", False, "khác đáp số mà 3 trên 4"),
        ([RIGHT, OTHER], "Đáp số: 27", None, NOT_SURE),
        (["Đáp số: 27"], "Đáp số: 27", None, NOT_SURE),
        ([RIGHT], "Em chưa biết làm", None, "chưa viết đáp số"),
    ],
    ids=["right", "wrong", "attempts differ", "nothing was checked", "no answer"],
)
def test_an_answer_is_judged_only_where_attempts_agree(
    scripted: ScriptedLlama, further: list[str], work: str, right: bool | None, said: str
):
    scripted.further = further
    (verdict,) = [event for event in checked(scripted, work, STORY) if "verdict" in event]
    assert verdict["right"] is right
    assert said in str(verdict["verdict"])
    assert "27" not in str(verdict["verdict"]), "the answer is not told"


RECTANGLE = "Một hình chữ nhật dài 8 cm, rộng 5 cm. a) Tính chu vi. b) Tính diện tích."
PERIMETER, AREA = "Chu vi: (8 + 5) × 2 = 26 (cm)", "Diện tích: 8 × 5 = 40 (cm²)"
BOTH, SQUARE = f"a) {PERIMETER}\nb) {AREA}\nĐáp số: a) 26 cm; b) 40 cm²", "5 × 4 = 20 (cm)\nĐáp số: 20 cm"


@pytest.mark.parametrize(
    ("question", "attempt", "work", "right"),
    [
        (RECTANGLE, f"{PERIMETER}\nĐáp số: 26 cm", BOTH, None),
        (RECTANGLE, f"a) {PERIMETER}\nb) Em tính diện tích.", BOTH, None),
        (RECTANGLE, f"a) {PERIMETER}\nb) Ta lấy chiều dài nhân với chiều rộng.\nĐáp số: a) 26 cm", BOTH, None),
        (RECTANGLE, f"{AREA}\nĐáp số: 40 cm²", BOTH, None),
        ("Tính chu vi và diện tích hình vuông cạnh 5 cm.", SQUARE, "20 cm và 25 cm²\nĐáp số: 20 cm và 25 cm²", None),
        (RECTANGLE, BOTH, BOTH.replace("\nĐáp số", " \nĐáp số"), True),
        (RECTANGLE, BOTH, BOTH.replace("40", "41"), False),
        (RECTANGLE, BOTH, f"{PERIMETER}\nĐáp số: 26 cm", False),
    ],
    ids=["a", "b is a heading", "b in words", "b", "one of two", "full: right", "full: wrong", "full: pupil has a only"],
)
def test_a_fuller_answer_than_the_models_is_not_judged(question: str, attempt: str, work: str, right: bool | None):
    verdict = verdict_of(question, work, [read_attempt(question, attempt)] * 4)
    assert verdict["right"] is right
    assert (verdict["verdict"] == NOT_SURE) is (right is None)


@pytest.mark.parametrize(("answer", "right"), [("36", True), ("6", False)])
def test_the_answer_of_a_direct_question_is_judged_without_the_model(scripted: ScriptedLlama, answer: str, right: bool):
    (verdict,) = [event for event in checked(scripted, f"Đáp số: {answer}", "Tìm 60% của 60.") if "verdict" in event]
    assert verdict["right"] is right
    assert scripted.asked == []


def test_a_long_solution_of_one_pupil_stops_nobody(monkeypatch: pytest.MonkeyPatch):
    others_are_answered = threading.Event()

    def slow(question: str, own: str) -> list[Event]:
        assert others_are_answered.wait(20), "the loop that answers everybody stands still"
        return []

    async def check() -> None:
        monkeypatch.setattr(work, "lines_of_work", slow)
        events = work_events(Desk(1, 1), "An", "", "1 + 1 = 2")
        asyncio.get_running_loop().call_later(0.05, others_are_answered.set)
        assert [event async for event in events][-1] == {"end": 0.0}

    asyncio.run(check())


def test_a_solution_of_many_answers_is_checked_in_linear_time():
    began = time.process_time()
    assert len(lines_of_work("", "Đáp số: 1\n" * 500)) > 500
    assert time.process_time() - began < 5


def test_arithmetic_is_checked_while_llama_cpp_is_away(scripted: ScriptedLlama):
    scripted.finish_reason = "break off"
    events = checked(scripted, "1 + 1 = 3", STORY)
    assert all_of(events, "wrong") == ["1 + 1 = 2, không phải 3"]
    assert all_of(events, "verdict") == [NO_MODEL]
    assert "chưa tìm thấy phép tính" in summary_of_work([])
