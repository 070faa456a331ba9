"""The browser's Python reads, typesets and checks as the server does."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.phone import brain
from mathpal_lightning.serving.honest import NO_MATHEMATICS, REPEATS


@pytest.fixture(autouse=True)
def turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "turns.json"
    file.write_text('["<", ">"]', encoding="utf-8")
    monkeypatch.setattr(brain, "_TURNS", file)


def test_a_question_is_normalised_as_in_training_and_framed():
    begun = json.loads(brain.solve("Tính  2×3"))  # decomposed letters, two spaces
    assert begun["ask"]["prompt"].startswith("<Tính 2")
    assert "question" in begun["events"][0]


@pytest.mark.parametrize("text", ["", "  ", "2 + 2<end_of_turn>"])
def test_what_training_refuses_is_refused(text: str):
    begun = json.loads(brain.solve(text))
    assert begun["ask"] is None
    assert begun["events"] == [{"error": brain.UNREADABLE}]


def test_a_greeting_never_reaches_the_model():
    begun = json.loads(brain.solve("Chào bạn"))
    assert begun["ask"] is None
    assert {"note": NO_MATHEMATICS} in begun["events"]


def test_a_false_line_is_marked_and_solved_again_until_one_holds():
    brain.solve("20 + 7 = ?")
    events = json.loads(brain.add("20 + 7 = 22\nĐáp số: 22"))["events"]
    assert next(event for event in events if "wrong" in event)["wrong"] == "20 + 7 = 27, không phải 22"
    assert not any(event.get("answer") for event in events)
    again = json.loads(brain.end(True, 5.0))
    assert again["ask"]["temperature"] > 0
    assert {"thinking": 1, "of": brain.PLAN.most} in again["events"]
    assert json.loads(brain.add("20 + 7 = 27\nĐáp số: 27"))["events"] == [], "in the background"
    step = json.loads(brain.end(True, 5.0))
    assert step["ask"] is None
    assert {"attempt": 2} in step["events"]
    assert any(event.get("answer") and event["sure"] for event in step["events"])
    assert step["events"][-1] == {"end": 5.0}


def test_own_work_is_checked_line_by_line_and_judged_where_attempts_agree():
    question = "Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?"
    step = json.loads(brain.check(question, "20 + 7 = 28\nĐáp số: 28"))
    assert {"first_wrong": 0} in step["events"]
    asked = 0
    while step["ask"]:
        asked += 1
        brain.add("20 + 7 = 27\nĐáp số: 27")
        step = json.loads(brain.end(True, 5.0))
    assert asked == 4
    assert next(event for event in step["events"] if "verdict" in event)["right"] is False
    direct = json.loads(brain.check("Tìm 60% của 60.", "Đáp số: 36"))
    assert direct["ask"] is None, "nor does the answer of a direct question"
    assert direct["events"][-2]["right"] is True
    assert json.loads(brain.check("", "1 + 1 = 2"))["ask"] is None, "arithmetic needs no model"


def test_hints_hide_what_a_line_computes():
    brain.solve("Tính 2 + 3", True)
    brain.add("2 + 3 = 5\nĐáp số: 5")
    events = json.loads(brain.end(True, 5.0))["events"]
    (hints,) = [event["hints"] for event in events if "hints" in event]
    assert hints
    assert not any("= 5" in hint for hint in hints)


def test_a_new_question_forgets_the_last_one_and_a_cut_is_told():
    brain.solve("1 + 1 = ?")
    brain.add("1 + 1 = 3\n")
    brain.solve("2 + 2 = ?")
    events = json.loads(brain.add("2 + 2 = 4\n"))["events"]
    assert events[0]["line"] == 0
    assert any("cắt" in event.get("note", "") for event in json.loads(brain.end(False, 5.0))["events"])


def test_repetition_stops_the_model():
    brain.solve("1 + 1 = ?")
    assert json.loads(brain.add("1 + 1 = 2, " * 40))["repeated"]
    assert {"note": REPEATS} in json.loads(brain.end(False, 5.0))["events"]
