"""Record -> Row: the named columns or the chat messages, normalised; what cannot be used is refused with a reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mathpal_lightning.chat import ControlTokens, every_control_token
from mathpal_lightning.data.messages import chat_turns, number_of, text_of
from mathpal_lightning.data.preference import Sides, pair_sides, unusable_pair
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Objective, Row, Turn
from mathpal_lightning.text import needs_picture, normalize_text
from mathpal_lightning.text.normalize import PICTURE

MOST_CHARACTERS = 1_000_000
"""A longer row is refused before it is tokenised: no model here could take it."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Columns:
    """The names of the columns to read. A source with a column `messages` and no `question` is read as chats.

    Args:
        question: the column of the problem.
        solution: the column of the worked solution.
        messages: the column of a chat, a list of {role, content}.
        topic: a column that names the topic; it may be missing.
        difficulty: a column of numbers, the larger the harder (a level, a grade); it may be missing. For `order: easy_first`.
        prompt: of preference pairs, the column of the problem, a text or a chat; `question` does as well, and the column may
            be missing where chosen and rejected are whole chats.
        chosen: of preference pairs, the column of the solution to prefer, a text or messages.
        rejected: of preference pairs, the column of the other solution.
        answer: of preference pairs, a column of the final answer; it may be missing. A pair whose chosen solution comes to
            another answer is refused.
    """

    question: str = "question"
    solution: str = "solution"
    messages: str = "messages"
    topic: str = "topic"
    difficulty: str = "difficulty"
    prompt: str = "prompt"
    chosen: str = "chosen"
    rejected: str = "rejected"
    answer: str = "answer"


def read_rows(
    records: Iterable[Record | Refusal],
    columns: Columns,
    *,
    objective: Objective = "sft",
    needs_solution: bool = True,
    drop_picture_rows: bool = True,
    control_tokens: Sequence[str] = (),
) -> Iterator[Row | Refusal]:
    """Turn records into normalised rows; every record gives exactly one row or one refusal.

    Args:
        records: what a source yields.
        columns: which fields to read.
        objective: "dpo" reads preference pairs.
        needs_solution: False for questions to predict.
        drop_picture_rows: refuse rows whose question shows a picture that the text does not hold.
        control_tokens: further tokens of the tokenizer that no text may contain, besides those of every family of Gemma.

    Raises:
        DataError: the first record holds none of the columns.
    """
    control = ControlTokens.of([*every_control_token().tokens, *control_tokens])
    checked = False
    for record in records:
        if isinstance(record, Refusal):
            yield record
            continue
        if not checked:
            _require_columns(record, columns, objective, needs_solution)
            checked = True
        row = _row(record, columns, objective)
        if isinstance(row, Row):
            row = _accepted(row, needs_solution, drop_picture_rows, control)
        if isinstance(row, Row) and objective == "dpo":
            row = unusable_pair(row, text_of(record.fields.get(columns.answer)) or "") or row
        yield row


def _require_columns(record: Record, columns: Columns, objective: Objective, needs_solution: bool) -> None:
    found = list(record.fields)
    if objective == "dpo":
        needed, otherwise = [columns.chosen, columns.rejected], ""
    elif columns.messages in found and columns.question not in found:
        return
    else:
        needed = [columns.question, columns.solution] if needs_solution else [columns.question]
        otherwise = f" (or {columns.messages!r} with a chat)"
    for wanted in needed:
        if wanted not in found:
            near = difflib.get_close_matches(wanted, [str(name) for name in found], n=1)
            raise DataError(
                f"a column {wanted!r}{otherwise}",
                f"columns {', '.join(map(repr, found)) or 'none'} in {record.place}",
                f"Did you mean {near[0]!r}? Name it in `columns`." if near else "Name the right one in `columns`.",
            )


def _row(record: Record, columns: Columns, objective: Objective) -> Row | Refusal:
    fields, place = record.fields, record.place
    topic = str(fields.get(columns.topic) or "")
    sides: Sides | str
    if objective == "dpo":
        prompt = fields.get(columns.prompt, fields.get(columns.question))
        sides = pair_sides(prompt, fields.get(columns.chosen), fields.get(columns.rejected))
    elif columns.question not in fields and columns.messages in fields:
        turns = chat_turns(fields[columns.messages])
        sides = turns if isinstance(turns, str) else (turns, None)
    else:
        sides = [("user", fields.get(columns.question)), ("assistant", fields.get(columns.solution))], None
    if isinstance(sides, str):
        return Refusal("unreadable", place, sides)
    roles = [role for role, _ in sides[0]]
    texts = [text_of(content) for content in (*(content for _, content in sides[0]), sides[1])]
    if any(text is None for text in texts):
        return Refusal("unreadable", place, "a field that is not text")
    if any(_LONE_SURROGATE.search(text or "") for text in texts):
        return Refusal("unreadable", place, "not UTF-8")
    if (length := sum(len(text or "") for text in texts)) > MOST_CHARACTERS:
        return Refusal("too_long", place, f"{length} characters")
    *contents, rejected = (normalize_text(text) if text else "" for text in texts)
    return Row(tuple(map(Turn, roles, contents)), topic, place, rejected, number_of(fields.get(columns.difficulty)))


def _accepted(row: Row, needs_solution: bool, drop_picture_rows: bool, control: ControlTokens) -> Row | Refusal:
    questions = [turn.text for turn in row.turns if turn.role == "user"]
    if not questions or not all(questions):
        return Refusal("empty_question", row.place)
    if not needs_solution:
        row = Row(row.turns[:-1] if row.turns[-1].role == "assistant" else row.turns, row.topic, row.place)
    elif row.turns[-1].role != "assistant" or not all(turn.text for turn in row.turns if turn.role == "assistant"):
        return Refusal("empty_solution", row.place)
    answers = [row.rejected, *(turn.text for turn in row.turns if turn.role != "user")]
    if found := next(filter(None, map(control.first_in, [*answers, *questions])), None):
        return Refusal("control_token", row.place, repr(found))
    if drop_picture_rows and (any(map(needs_picture, questions)) or any(PICTURE in answer for answer in answers)):
        return Refusal("needs_picture", row.place)
    return row
