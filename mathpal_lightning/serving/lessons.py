"""The teacher's mode: the day's questions in memory, and what a teacher says of them saved as rows to train on.

Off unless `mathpal serve --lessons FOLDER` asks for it, and shown to the machine itself only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.files import read_objects, write_json_lines
from mathpal_lightning.serving.honest import REPEATS
from mathpal_lightning.serving.question import read_question
from mathpal_lightning.serving.written import CUT, Event, Written
from mathpal_lightning.text import normalize_text

SOLUTIONS, PAIRS = "solutions.jsonl", "pairs.jsonl"
"""Rows of question and solution for `objective: sft`; of question, chosen and rejected for `objective: dpo`."""
_MOST = 1_000
_SHOWN = {"question", "line", "checks", "agreement", "note", "error"}
"""The events that tell what a pupil sees in the end."""
_WAY_OUT = "Correct or delete that line, then mark the question again."
_BROKEN_OFF = "bài giải này bị ngắt giữa chừng"
_NO_ANSWER = "không tìm thấy đáp số"


@dataclass(slots=True)
class Asked:
    """One question of the day, with what was shown and what the teacher says."""

    question: str
    events: list[Event]
    """What the pupil sees in the end: each line once, with its marks."""
    right: bool | None = None
    correction: str = ""
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    """By the name of the file, the row that the teacher's mark put there."""

    @property
    def solution(self) -> str:
        """The text of its lines."""
        return "\n".join(str(event["text"]) for event in self.events if "line" in event)

    @property
    def sure(self) -> bool:
        """Whether the answer is green on the pupil's page."""
        return any(event.get("sure") for event in self.events) and not any("wrong" in event for event in self.events)

    @property
    def is_broken_off(self) -> bool:
        """Whether the solution has no end."""
        return any("error" in event or event.get("note") in (CUT, REPEATS) for event in self.events)


class Lessons:
    """The questions of one day, the newest 1,000 of them, and the files of rows.

    Args:
        folder: where the rows are saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked: OrderedDict[int, Asked] = OrderedDict()
        self._next = 0

    def note(self, question: str, events: Sequence[Event]) -> None:
        """Keep a question that was answered, with the events of what the pupil sees in the end; without a line, nothing."""
        if any("line" in event for event in events):
            self._asked[self._next] = Asked(question, list(events))
            self._next += 1
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)

    async def noting(self, events: AsyncGenerator[Event], question: str) -> AsyncGenerator[Event]:
        """The events of a solution as they are; what they show in the end is kept."""
        shown: dict[object, Event] = {}
        async with aclosing(events):
            async for event in events:
                shown = _shown(shown, event)
                yield event
        self.note(question, list(shown.values()))

    def day(self) -> list[dict[str, object]]:
        """The questions, the newest first."""
        return [
            {
                "number": number,
                "question": one.question,
                "solution": one.solution,
                "events": one.events,
                "sure": one.sure,
                "right": one.right,
                "correction": one.correction,
            }
            for number, one in reversed(self._asked.items())
        ]

    def mark(self, body: dict[str, object]) -> dict[str, object]:
        """What the teacher says of one question, and its rows. A second mark takes away the rows of the first one only.

        Args:
            body: {"number": of the question, "right": bool, "correction": a whole solution, or empty}.

        Returns:
            {"saved": names of the files that hold its rows now, "removed": names of those that hold one less, "wrong": [what
            is doubtful in the solution that was saved]}.

        Raises:
            DataError: there is no such question, a field of another kind, a correction that contradicts the mark, or a file of
                rows that cannot be read.
        """
        number, right, correction = body.get("number"), body.get("right"), body.get("correction", "")
        if not isinstance(number, int) or number not in self._asked or not isinstance(right, bool):
            raise DataError(
                "the number of a question of today, and right: true or false", repr(body)[:80], "Load the page again."
            )
        one = self._asked[number]
        correction = read_question(correction) if correction else ""
        if correction and right == (correction != normalize_text(one.solution)):
            expected = "no other solution beside one that is right" if right else "a correction that differs from the solution"
            raise DataError(expected, repr(correction)[:80], "Wrong saves the correction, right the solution.")
        chosen = one.solution if right else correction
        rows: dict[str, dict[str, object]] = {SOLUTIONS: {"question": one.question, "solution": chosen}} if chosen else {}
        if chosen and not right:
            rows[PAIRS] = {"question": one.question, "chosen": chosen, "rejected": one.solution}
        removed = self._replace(one, rows)
        one.right, one.correction, one.rows = right, correction, rows
        wrong = _doubts(one.question, chosen) + [_BROKEN_OFF] * (right and one.is_broken_off) if chosen else []
        return {"saved": list(rows), "removed": removed, "wrong": wrong}

    def _replace(self, one: Asked, rows: dict[str, dict[str, object]]) -> list[str]:
        """Put the rows in the place of those of its former mark; returns the names of the files that hold one less."""
        kept = {name: self._read(name) for name in {**one.rows, **rows}}
        removed = []
        for name, before in kept.items():
            row, former = rows.get(name), one.rows.get(name)
            others = [other.rows.get(name) for other in self._asked.values() if other is not one]
            after = [held for held in before if held != former or former in others]
            after += [row] if row and row not in after else []
            if after != before:
                write_json_lines(self._folder / name, after)
            removed += [name] if name not in rows and len(after) < len(before) else []
        return removed

    def _read(self, name: str) -> list[dict[str, object]]:
        file = self._folder / name
        rows = read_objects(file, _WAY_OUT) if file.exists() else []
        for number, row in enumerate(rows, 1):
            if not isinstance(row.get("question"), str):
                found = f"row {number} with {row['question']!r:.60}" if "question" in row else f"row {number} without one"
                raise DataError(f"a text as `question` in every row of {file}", found, _WAY_OUT)
        return rows


def _shown(shown: dict[object, Event], event: Event) -> dict[object, Event]:
    """What is seen after one event more: a line that comes again takes its place, another attempt that of all lines."""
    if "attempt" in event:
        return {key: before for key, before in shown.items() if "question" in before}
    kind = next((name for name in event if name in _SHOWN), "")
    return {**shown, (kind, event[kind]): event} if kind else shown


def _doubts(question: str, solution: str) -> list[str]:
    """What a teacher should look at before the solution is learned from."""
    written = Written(question)
    written.read(solution)
    wrong = [check.wrong for check in written.checked.checks if check.wrong]
    return wrong + ([] if extract_answer(solution, question) else [_NO_ANSWER])
