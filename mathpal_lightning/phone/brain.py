"""What runs inside the browser, in Pyodide: it reads, typesets, checks and thinks again as the server of `mathpal serve` does.

`site/thinker.js` calls these functions and reads the JSON that they return:

    solve(question, hints), check(question, work)   -> {"events": [...], "ask": what the model is to write next, or null}
    add(piece)                                      -> {"events": [...], "repeated": the model must be stopped}
    end(stopped, tokens_per_second)                 -> as `solve`

Pyodide has the standard library. `folder.py` packs every module that this file reaches and the libraries that those need, and
nothing here may import torch or a server.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import Attempt, read_attempt
from mathpal_lightning.serving.choosing import TEMPERATURE, Plan, chosen_events
from mathpal_lightning.serving.hints import hints_to_show
from mathpal_lightning.serving.honest import REPEATS, asks_for_mathematics, repeats
from mathpal_lightning.serving.own_work import ATTEMPTS, NO_QUESTION, computed_verdict, lines_of_work, verdict_of
from mathpal_lightning.serving.question import read_question
from mathpal_lightning.serving.written import CUT, Event, Written, opening

UNREADABLE = "Máy không đọc được đề bài này, có thể vì nó có kí hiệu lạ. Em sửa lại rồi gửi nhé."
PLAN = Plan()
_TURNS = Path(__file__).with_name("turns.json")
"""In the browser, the texts before and after a question in the prompt; `folder.py` writes them."""


@dataclass(frozen=True, slots=True)
class Step:
    """Events for the page, and what the model is asked next."""

    events: list[Event]
    ask: dict[str, object] | None = None
    """Fields of a completion request; None at the end."""


@dataclass(slots=True)
class Writing:
    """What the model is writing."""

    live: Written | None = None
    """Shows it while it is written; None for an attempt in the background."""
    text: str = ""
    repeated: bool = False
    stopped: bool = False
    tokens_per_second: float = 0.0


Course = Generator[Step, Writing, None]
"""Gives a step, and is sent what the model wrote."""


@dataclass(slots=True)
class _Session:
    course: Course | None = None
    writing: Writing = field(default_factory=Writing)


_session = _Session()
_UNREADABLE = Step([{"error": UNREADABLE}])


def solve(question: str, hints: bool = False) -> str:
    """Begin to solve a problem."""
    try:
        return _begin(_solution(read_question(question), hints))
    except DataError:
        return _said(_UNREADABLE)


def check(question: str, work: str) -> str:
    """Begin to check a pupil's own solution; `question` may be empty."""
    try:
        return _begin(_checked(read_question(question) if question.strip() else "", read_question(work)))
    except DataError:
        return _said(_UNREADABLE)


def add(piece: str) -> str:
    """The next piece of what the model writes."""
    writing = _session.writing
    writing.text += piece
    events = list(writing.live.add(piece)) if writing.live and piece else []
    writing.repeated = repeats(writing.text)
    return json.dumps({"events": events, "repeated": writing.repeated})


def end(stopped: bool, tokens_per_second: float) -> str:
    """The model has ended, by itself, at its longest, or because it was stopped."""
    writing, course = _session.writing, _session.course
    assert course is not None, "nothing is being solved"
    writing.stopped, writing.tokens_per_second = stopped, tokens_per_second
    return _said(course.send(writing))


def _begin(course: Course) -> str:
    _session.course = course
    return _said(next(course))


def _said(step: Step) -> str:
    return json.dumps({"events": step.events, "ask": step.ask})


def _asked(question: str, live: Written | None = None, **settings: object) -> dict[str, object]:
    _session.writing = Writing(live)
    before, after = json.loads(_TURNS.read_text(encoding="utf-8"))
    return {"prompt": f"{before}{question}{after}", **settings}


def _solution(question: str, hints: bool) -> Course:
    """A problem solved greedily; where that is doubtful, again."""
    events, is_solved = opening(question)
    if not is_solved:
        yield Step(events)
        return
    written = Written(question)
    writing = yield Step(events, _asked(question, written))
    notes: list[Event] = [{"note": REPEATS}] if writing.repeated else [] if writing.stopped else [{"note": CUT}]
    events = [*written.end(), *notes]
    shown, rate, first = writing.text, writing.tokens_per_second, read_attempt(question, writing.text)
    attempts = [replace(first, holds=first.holds and not writing.repeated)]
    if writing.repeated or written.checked.is_wrong:
        while len(attempts) < PLAN.most and not attempts[-1].holds:
            thinking: Event = {"thinking": len(attempts), "of": PLAN.most}
            writing = yield Step([*events, thinking], _asked(question, temperature=TEMPERATURE, seed=len(attempts)))
            events = []
            attempts.append(read_attempt(question, writing.text))
        shown, events = chosen_events(question, attempts, PLAN)
    if hints:
        events.append({"hints": hints_to_show(question, shown)})
    yield Step([*events, {"end": rate}])


def _checked(question: str, work: str) -> Course:
    """A pupil's lines checked, and the answer judged where the model is sure of one."""
    events = lines_of_work(question, work)
    computed = computed_verdict(question, work)
    if computed or not (question and asks_for_mathematics(question)):
        yield Step([*events, computed or {"verdict": NO_QUESTION, "right": None}, {"end": 0.0}])
        return
    attempts: list[Attempt] = []
    for seed in range(1, ATTEMPTS + 1):
        thinking: Event = {"thinking": len(attempts), "of": ATTEMPTS}
        writing = yield Step([*events, thinking], _asked(question, temperature=TEMPERATURE, seed=seed))
        events = []
        attempts.append(read_attempt(question, writing.text))
    yield Step([verdict_of(question, work, attempts), {"end": 0.0}])
