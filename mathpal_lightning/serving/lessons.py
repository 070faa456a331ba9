"""The teacher's mode: the day's questions in memory, and what a teacher says of them saved as rows to train on.

Off unless `mathpal serve --lessons FOLDER` asks for it, and shown to the machine itself only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from mathpal_lightning.errors import DataError
from mathpal_lightning.files import read_objects, write_json_lines
from mathpal_lightning.serving.honest import check_line
from mathpal_lightning.serving.question import read_question
from mathpal_lightning.serving.written import Event

SOLUTIONS, PAIRS = "solutions.jsonl", "pairs.jsonl"
"""Rows of question and solution for `objective: sft`; of question, chosen and rejected for `objective: dpo`."""
_MOST = 1_000
_WAY_OUT = "Correct or delete that line, then mark the question again."


@dataclass(slots=True)
class Asked:
    """One question of the day, with what was shown and what the teacher says."""

    question: str
    solution: str
    sure: bool
    right: bool | None = None
    correction: str = ""


class Lessons:
    """The questions of one day, the newest 1,000 of them, and the files of rows.

    Args:
        folder: where the rows are saved; it is made when the first one is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked: OrderedDict[int, Asked] = OrderedDict()
        self._next = 0

    def note(self, question: str, solution: str, sure: bool) -> None:
        """Keep a question that was answered."""
        self._asked[self._next] = Asked(question, solution, sure)
        self._next += 1
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)

    async def noting(self, events: AsyncGenerator[Event], question: str) -> AsyncGenerator[Event]:
        """The events of a solution as they are; what they show in the end is kept."""
        lines: dict[object, str] = {}
        sure = False
        async with aclosing(events):
            async for event in events:
                if "attempt" in event:
                    lines, sure = {}, False
                if "line" in event:
                    lines[event["line"]] = str(event["text"])
                    sure = (sure or bool(event["sure"])) and "wrong" not in event
                yield event
        if lines:
            self.note(question, "\n".join(lines.values()), sure)

    def day(self) -> list[dict[str, object]]:
        """The questions, the newest first."""
        return [
            {
                "number": number,
                "question": one.question,
                "solution": one.solution,
                "sure": one.sure,
                "right": one.right,
                "correction": one.correction,
            }
            for number, one in reversed(self._asked.items())
        ]

    def mark(self, body: dict[str, object]) -> dict[str, object]:
        """What the teacher says of one question, and its rows.

        Args:
            body: {"number": of the question, "right": bool, "correction": a whole solution, or empty}.

        Returns:
            {"saved": names of the files that hold its rows now, "wrong": [what is wrong with the correction's arithmetic]}.

        Raises:
            DataError: there is no such question, a field of another kind, or a file of rows that cannot be read.
        """
        number, right, correction = body.get("number"), body.get("right"), body.get("correction", "")
        if not isinstance(number, int) or number not in self._asked or not isinstance(right, bool):
            raise DataError(
                "the number of a question of today, and right: true or false", repr(body)[:80], "Load the page again."
            )
        one = self._asked[number]
        correction = read_question(correction) if correction else ""
        chosen = one.solution if right else correction
        row, pair = {"solution": chosen}, {"chosen": chosen, "rejected": one.solution}
        saved = [(SOLUTIONS, row if chosen else None), (PAIRS, pair if chosen and not right else None)]
        for name, values in saved:
            self._keep(name, one.question, values)
        one.right, one.correction = right, correction
        lines = correction.split("\n")
        checks = [check_line(line, lines[:number]) for number, line in enumerate(lines)]
        wrong = [check.wrong for check in checks if check.wrong]
        return {"saved": [name for name, values in saved if values], "wrong": wrong}

    def _keep(self, name: str, question: str, values: dict[str, str] | None) -> None:
        """One row a question; None takes it away."""
        file = self._folder / name
        kept = read_objects(file, _WAY_OUT) if file.exists() else []
        if any("question" not in row for row in kept):
            raise DataError(f"a `question` in every row of {file}", "a row without one", _WAY_OUT)
        rows = {row["question"]: row for row in kept}
        before = rows.pop(question, None)
        if values:
            rows[question] = {"question": question, **values}
        if values or before:
            write_json_lines(file, rows.values())
