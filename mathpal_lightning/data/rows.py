"""Record -> Row: the named columns or the chat messages, normalised; what cannot be used is refused with a reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mathpal_lightning.data.report import Refusal
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Role, Row, Turn
from mathpal_lightning.text import needs_picture, normalize_text
from mathpal_lightning.text.normalize import PICTURE

MOST_CHARACTERS = 1_000_000
"""A longer row is refused before it is tokenised: no model here could take it."""
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant", "model": "assistant"}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Columns:
    """The names of the columns to read. A source with a column `messages` and no `question` is read as chats.

    Args:
        question: the column of the problem.
        solution: the column of the worked solution.
        messages: the column of a chat, a list of {role, content}.
        topic: a column that names the topic; it may be missing.
    """

    question: str = "question"
    solution: str = "solution"
    messages: str = "messages"
    topic: str = "topic"


class _ControlTokens(NamedTuple):
    """A Gemma has 6,000 special tokens: they are looked up by where they may begin, not tried one by one."""

    tokens: frozenset[str]
    lengths: tuple[int, ...]
    beginnings: re.Pattern[str]

    @classmethod
    def of(cls, tokens: Sequence[str]) -> _ControlTokens:
        beginnings = "".join(re.escape(first) for first in sorted({token[0] for token in tokens}))
        pattern = re.compile(f"[{beginnings}]" if beginnings else r"(?!)")
        return cls(frozenset(tokens), tuple(sorted({len(token) for token in tokens})), pattern)

    def first_in(self, text: str) -> str | None:
        for begin in self.beginnings.finditer(text):
            for length in self.lengths:
                if (found := text[begin.start() : begin.start() + length]) in self.tokens:
                    return found
        return None


def read_rows(
    records: Iterable[Record | Refusal],
    columns: Columns,
    *,
    needs_solution: bool = True,
    drop_picture_rows: bool = True,
    control_tokens: Sequence[str] = (),
) -> Iterator[Row | Refusal]:
    """Turn records into normalised rows; every record gives exactly one row or one refusal.

    Args:
        records: what a source yields.
        columns: which fields to read.
        needs_solution: False for questions to predict.
        drop_picture_rows: refuse rows whose question shows a picture that the text does not hold.
        control_tokens: the tokenizer's tokens that no text may contain ("<end_of_turn>").

    Raises:
        DataError: the first record holds none of the columns.
    """
    control = _ControlTokens.of(control_tokens)
    checked = False
    for record in records:
        if isinstance(record, Refusal):
            yield record
            continue
        if not checked:
            _require_columns(record, columns, needs_solution)
            checked = True
        row = _row(record, columns)
        yield row if isinstance(row, Refusal) else _accepted(row, needs_solution, drop_picture_rows, control)


def _require_columns(record: Record, columns: Columns, needs_solution: bool) -> None:
    found = list(record.fields)
    if columns.messages in found and columns.question not in found:
        return
    for wanted in (columns.question, columns.solution) if needs_solution else (columns.question,):
        if wanted not in found:
            near = difflib.get_close_matches(wanted, [str(name) for name in found], n=1)
            raise DataError(
                f"a column {wanted!r} (or {columns.messages!r} with a chat)",
                f"columns {', '.join(map(repr, found)) or 'none'} in {record.place}",
                f"Did you mean {near[0]!r}? Name it in `columns`." if near else "Name the right one in `columns`.",
            )


def _row(record: Record, columns: Columns) -> Row | Refusal:
    fields, place = record.fields, record.place
    topic = str(fields.get(columns.topic) or "")
    if columns.question not in fields and columns.messages in fields:
        messages = fields[columns.messages]
        turns = _chat(messages) if isinstance(messages, Sequence) and not isinstance(messages, str) else "not a list"
    else:
        turns = [("user", fields.get(columns.question)), ("assistant", fields.get(columns.solution))]
    if isinstance(turns, str):
        return Refusal("unreadable", place, turns)
    texts = [(role, _text(content)) for role, content in turns]
    if any(text is None for _, text in texts):
        return Refusal("unreadable", place, "a field that is not text")
    if any(_LONE_SURROGATE.search(text or "") for _, text in texts):
        return Refusal("unreadable", place, "not UTF-8")
    if (length := sum(len(text or "") for _, text in texts)) > MOST_CHARACTERS:
        return Refusal("too_long", place, f"{length} characters")
    return Row(tuple(Turn(role, normalize_text(text or "")) for role, text in texts), topic, place)


def _chat(messages: Sequence[Any]) -> list[tuple[Role, Any]] | str:
    """The turns of a chat, or what is wrong with it."""
    turns: list[tuple[Role, Any]] = []
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
            return f"message {number} without a role among {', '.join(_ROLES)}"
        role = _ROLES[message["role"]]
        if role == "system" and number > 0:
            return f"message {number} is a system turn, which may only stand first"
        turns.append((role, message.get("content")))
    return turns


def _text(content: Any) -> str | None:
    """The text of a field: a string, a number, nothing, or a list of text parts. None where it is none of these."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, int | float) and not isinstance(content, bool):
        return str(content)
    if isinstance(content, list) and all(isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in content):
        return "".join(part["text"] for part in content)
    return None


def _accepted(row: Row, needs_solution: bool, drop_picture_rows: bool, control: _ControlTokens) -> Row | Refusal:
    questions = [turn.text for turn in row.turns if turn.role == "user"]
    if not questions or not all(questions):
        return Refusal("empty_question", row.place)
    if not needs_solution:
        row = Row(row.turns[:-1] if row.turns[-1].role == "assistant" else row.turns, row.topic, row.place)
    elif row.turns[-1].role != "assistant" or not all(turn.text for turn in row.turns if turn.role == "assistant"):
        return Refusal("empty_solution", row.place)
    if found := next(filter(None, (control.first_in(turn.text) for turn in row.turns)), None):
        return Refusal("control_token", row.place, repr(found))
    if drop_picture_rows and any(
        needs_picture(turn.text) if turn.role == "user" else PICTURE in turn.text for turn in row.turns
    ):
        return Refusal("needs_picture", row.place)
    return row
