"""Record -> Row: the named columns or the chat messages, normalised. A record that cannot be used is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from functools import lru_cache

from mathpal_lightning.chat import ControlTokens, every_control_token
from mathpal_lightning.data.choices import MissingOption, is_offered, with_choices
from mathpal_lightning.data.columns import Chosen, Columns, choose_columns, is_last_resort
from mathpal_lightning.data.in_unicode import in_unicode
from mathpal_lightning.data.lost import loss_of
from mathpal_lightning.data.marks import holds_picture, unless_marked
from mathpal_lightning.data.messages import (
    after_system,
    chat_of,
    earlier_turns,
    fault_of_order,
    holds_messages,
    level_of,
    text_of,
    turns_of,
    what_it_is,
)
from mathpal_lightning.data.names import folded
from mathpal_lightning.data.preference import Sides, pair_sides, unusable_pair
from mathpal_lightning.data.readers.records import Item, Record
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Objective, Row, Turn, prompt_text
from mathpal_lightning.text import needs_picture, normalize_text, shows_picture

MOST_CHARACTERS = 1_000_000
"""A longer row is refused before it is tokenised, because no Gemma has a context for it."""
_LETTER = re.compile(r"(?:Đáp án: )?(?P<letter>[A-H])\.?")
"""A solution that is the letter of an option."""
_NO_TEXTS = frozenset({"nan", "nat", "none", "null", "n/a", "<na>", "#n/a", "#value!", "#ref!", "#name?"})
"""Texts that programs write for an empty cell."""


def read_rows(
    records: Iterable[Item],
    columns: Columns,
    *,
    objective: Objective = "sft",
    needs_solution: bool = True,
    drop_picture_rows: bool = True,
    control_tokens: Sequence[str] = (),
) -> Iterator[Row | Refusal | Note]:
    """Turn records into normalised rows. Every record gives exactly one row or one refusal.

    Args:
        records: what a source yields.
        columns: which fields to read.
        objective: "dpo" reads preference pairs.
        needs_solution: False for questions to predict.
        drop_picture_rows: refuse rows whose question shows a picture that the text does not hold.
        control_tokens: further tokens of the tokenizer that no text may contain, besides those of every family of Gemma.

    Yields:
        Rows and refusals in the order of the records, and notes on decisions about a file.

    Raises:
        DataError: the first record of a file lacks a column that is needed, or its text is TCVN3 or VNI without certainty.
    """
    control = ControlTokens.of([*every_control_token().tokens, *control_tokens])
    layouts, unordered, thanked = _Layouts(columns, objective, needs_solution), 0, 0
    for record in in_unicode(records, frozenset(astuple(columns))):
        if not isinstance(record, Record):
            yield record
            continue
        chosen, is_to_say = layouts.of(record)
        if is_to_say and chosen.note:
            yield Note(f"{record.file or 'the rows'}: {chosen.note}")
        row = _row(record, chosen, objective)
        if isinstance(row, Row) and row.difficulty is None and text_of(record.fields.get(chosen.columns.difficulty)):
            unordered += 1
        if objective == "sft" and needs_solution:
            row = unless_marked(row, record.fields)
        if isinstance(row, Row) and drop_picture_rows and holds_picture(record.fields):
            row = Refusal("needs_picture", row.place, "a column of pictures")
        if isinstance(row, Row) and needs_solution and [turn.role for turn in row.turns[-2:]] == ["assistant", "user"]:
            row, thanked = replace(row, turns=row.turns[:-1]), thanked + 1
        if isinstance(row, Row):
            row = _accepted(row, needs_solution, drop_picture_rows, control)
        if isinstance(row, Row) and objective == "dpo":
            row = unusable_pair(row, text_of(record.fields.get(chosen.columns.answer)) or "") or row
        yield row
    if thanked:
        yield Note(f"{thanked} chats end with words of the user that nobody answers: these are left out")
    if unordered:
        yield Note(f"{unordered} rows have a difficulty that is neither a number nor a known level: it is not used")


class _Layouts:
    """Decides which columns are read, for each file, and again for rows of a file with other fields."""

    def __init__(self, columns: Columns, objective: Objective, needs_solution: bool):
        self._columns, self._objective, self._needs_solution = columns, objective, needs_solution
        self._file: str | None = None
        self._known: dict[tuple[str, ...], Chosen] = {}
        self._first: Chosen | None = None

    def of(self, record: Record) -> tuple[Chosen, bool]:
        """The columns of a row, and whether to say so: of the first row of a file, and where others hold question or solution.

        Raises:
            DataError: the first row of a file lacks a column that is needed.
        """
        if record.file != self._file:
            self._file, self._known, self._first = record.file, {}, None
        names = tuple(record.fields)
        if (known := self._known.get(names)) is not None:
            return known, False
        first = self._first
        known = self._known[names] = self._choose(names, record.place, first)
        self._first = first or known
        return known, first is None or _sides_of(known) != _sides_of(first)

    def _choose(self, names: tuple[str, ...], place: str, first: Chosen | None) -> Chosen:
        texts = [name for name in names if isinstance(name, str)]
        try:
            chosen = choose_columns(texts, self._columns, self._objective, self._needs_solution, place)
        except DataError:
            if first is None:
                raise
            return Chosen(self._columns, chat=False)  # only this row is damaged, not the whole file
        return chosen if first is None or chosen.chat or chosen.choices else self._as_first(chosen, first, names)

    def _as_first(self, chosen: Chosen, first: Chosen, names: tuple[str, ...]) -> Chosen:
        """Without a bare answer in the place of the solution that the first row of the file has and this row lacks."""
        worked = first.columns.solution
        if first.chat or worked in names or is_last_resort("solution", worked, self._columns):
            return chosen
        is_bare = is_last_resort("solution", chosen.columns.solution, self._columns)
        return chosen._replace(columns=replace(chosen.columns, solution=worked), note="") if is_bare else chosen


def _sides_of(chosen: Chosen) -> tuple[str, str, bool]:
    return chosen.columns.question, chosen.columns.solution, chosen.chat


def _row(record: Record, chosen: Chosen, objective: Objective) -> Row | Refusal:
    fields, columns, place = record.fields, chosen.columns, record.place
    sides = _sides(fields, chosen, objective)
    if isinstance(sides, str):
        return Refusal("missing_option" if isinstance(sides, MissingOption) else "unreadable", place, sides)
    roles = [role for role, _ in sides[0]]
    if fault := fault_of_order(roles):
        return Refusal("unreadable", place, fault)
    contents = [*(content for _, content in sides[0]), sides[1], fields.get(columns.topic)]
    texts = [text_of(content) for content in contents]
    if None in texts[:-1]:
        return Refusal("unreadable", place, f"{what_it_is(contents[texts.index(None)])} instead of a text")
    if not chosen.chat and _is_header([text or "" for text in texts[: len(roles)]], columns):
        return Refusal("unreadable", place, "the header once more, in the place of a row")
    known = ["" if text is None or (len(text) < 12 and text.strip().lower() in _NO_TEXTS) else text for text in texts]
    if loss := next(filter(None, map(loss_of, known)), ""):
        return Refusal("unreadable", place, loss)
    if (length := sum(map(len, known))) > MOST_CHARACTERS:
        return Refusal("too_long", place, f"{length} characters")
    *normal, rejected = (normalize_text(text) if text else "" for text in known[:-1])
    turns = tuple(map(Turn, roles, normal))
    if turns[:1] == (Turn("system", ""),):
        turns = turns[1:]
    return Row(turns, _normal_topic(known[-1]), place, rejected, level_of(fields.get(columns.difficulty)))


def _is_header(texts: Sequence[str], columns: Columns) -> bool:
    """Whether a row is the header once more; in other capitals only if the solution is so too."""
    if texts[:1] and texts[0].strip("\ufeff \n") == columns.question:
        return True
    names = columns.question, columns.solution
    return sum(map(len, texts)) < 2 * sum(map(len, names)) and [*map(folded, texts)] == [*map(folded, names)]


@lru_cache(maxsize=10_000)
def _normal_topic(topic: str) -> str:
    return normalize_text(topic)


def _sides(fields: Mapping[str, object], chosen: Chosen, objective: Objective) -> Sides | str:
    """The turns of a row and the content of the rejected completion, or the reason why the row is refused."""
    columns = chosen.columns
    if objective == "dpo":
        prompt = fields.get(columns.prompt, fields.get(columns.question))
        if prompt is None and isinstance(fields.get(columns.chosen), Mapping):  # ShareGPT's pairs
            prompt = fields.get(columns.messages)
        if chosen.below:
            prompt = _one_below_the_other(prompt, fields.get(chosen.below))
        if chosen.choices and text_of(prompt):
            asked = with_choices(prompt, None, fields, chosen.choices)
            if isinstance(asked, str):
                return asked
            prompt = asked[0]
        pair = pair_sides(prompt, fields.get(columns.chosen), fields.get(columns.rejected))
        return pair if isinstance(pair, str) else (after_system(fields.get(chosen.system), pair[0]), pair[1])
    if chosen.chat or (columns.question not in fields and columns.messages in fields):
        turns = chat_of(fields[columns.messages], system=fields.get(chosen.system))
        return turns if isinstance(turns, str) else (turns, None)
    question = fields.get(columns.question)
    if chosen.below:
        question = _one_below_the_other(question, fields.get(chosen.below))
    solution = fields.get(columns.solution)
    if chosen.choices and not holds_messages(question):
        asked = with_choices(question, solution, fields, chosen.choices)
        if isinstance(asked, str):
            return asked
        question, solution = asked
    before = earlier_turns(fields.get("history")) if folded(columns.question) == "instruction" else []
    sides = before, turns_of(question, "user"), turns_of(solution, "assistant")  # lists of messages: TRL's chats
    if wrong := next((side for side in sides if isinstance(side, str)), None):
        return wrong
    return after_system(fields.get(chosen.system), [*sides[0], *sides[1], *sides[2]]), None


def _one_below_the_other(instruction: object, further: object) -> object:
    """Alpaca's instruction and input as one question. A field that is not a text is left to the check of the row."""
    first, second = text_of(instruction), text_of(further)
    if first is None or second is None:
        return instruction if first is None else further
    return f"{first}\n{second}" if second.strip() else first


def _accepted(row: Row, needs_solution: bool, drop_picture_rows: bool, control: ControlTokens) -> Row | Refusal:
    questions = [turn.text for turn in row.turns if turn.role == "user"]
    if needs_solution and row.turns and not any(turn.text for turn in row.turns):
        return Refusal("empty_row", row.place)
    if not questions or not all(questions):
        return Refusal("empty_question", row.place)
    if not needs_solution:
        row = Row(row.turns[:-1] if row.turns[-1].role == "assistant" else row.turns, row.topic, row.place)
    elif row.turns[-1].role != "assistant" or not all(turn.text for turn in row.turns if turn.role == "assistant"):
        return Refusal("empty_solution", row.place)
    answers = [row.rejected, *(turn.text for turn in row.turns if turn.role != "user")]
    if found := next(filter(None, map(control.first_in, [*answers, *questions])), None):
        return Refusal("control_token", row.place, repr(found))
    if drop_picture_rows and (any(map(needs_picture, questions)) or any(map(shows_picture, answers))):
        return Refusal("needs_picture", row.place)
    letter = _LETTER.fullmatch(row.solution) if needs_solution else None
    if letter and not is_offered(letter["letter"], prompt_text(row.prompt)):
        return Refusal("missing_option", row.place, f"the answer {letter['letter']} is none of the question's options")
    return row
