"""Which column holds what: the names in the settings, else usual names for it. A name that was not set is always reported."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from mathpal_lightning.data.choices import Choices, find_choices
from mathpal_lightning.data.names import as_typed, folded, readings
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import Objective


@dataclass(frozen=True)
class Columns:
    """The names of the columns to read. Rows with a column `messages` are chats, unless they have question and solution.

    If there is no column of that name, usual names for it are tried (`Đề bài`, `Lời giải`, `instruction`, `output`,
    `conversations`, ...), and the log says which was taken.

    Args:
        question: the column of the problem.
        solution: the column of the worked solution.
        messages: the column of a chat, a list of {role, content} or of {from, value}, or such a list as JSON text. Of
            preference pairs whose completions are single messages, the conversation before them.
        topic: a column that names the topic; it may be missing.
        difficulty: a column of numbers, the larger the harder (a level, a grade), or of the levels of exams (Nhận biết, ...,
            Vận dụng cao); it may be missing. For `order: easy_first`.
        prompt: of preference pairs, the column of the problem, a text or a chat; `question` does as well, and the column may
            be missing where chosen and rejected are whole chats.
        chosen: of preference pairs, the column of the solution to prefer, a text or messages.
        rejected: of preference pairs, the column of the other solution.
        answer: of preference pairs, a column of the final answer; it may be missing. A pair whose chosen solution comes to
            another answer is refused. Of multiple choice, the column that says which option is right.
        choices: of multiple choice, the column that lists the options; they stand below the question, one a line. Columns of
            their own (A, B, C, D; option_a, option_b, ...) are found without a name. "" reads no options.
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
    choices: str = "choices"

    @classmethod
    def of(cls, names: Columns | Mapping[str, str]) -> Columns:
        """The columns from their names: {"question": "Đề bài"}.

        Raises:
            ConfigError: a key is not one of the above.
        """
        if isinstance(names, Columns):
            return names
        known = [field.name for field in fields(cls)]
        if unknown := [name for name in names if name not in known]:
            near = difflib.get_close_matches(unknown[0], known, n=1)
            way_out = f"Did you mean {near[0]!r}?" if near else "Write what a column holds, then its name."
            raise ConfigError(f"data.columns with keys among {', '.join(known)}", repr(unknown[0]), way_out)
        return cls(**names)

    @property
    def named(self) -> frozenset[str]:
        """The names that are set, as a person types them."""
        return frozenset(as_typed(name) for name in (set(vars(self).values()) - set(vars(Columns()).values())))


_NAMES: dict[str, tuple[str, ...]] = {
    "question": ("de bai", "cau hoi", "bai toan", "noi dung cau hoi", "de toan", "de", "problem", "instruction", "query")
    + ("noi dung", "prompt", "input"),
    "solution": ("loi giai", "bai giai", "huong dan giai", "giai", "loi giai chi tiet", "huong dan giai chi tiet")
    + ("output", "response", "completion", "dap an", "dap so", "answer"),
    "messages": ("conversations", "conversation"),
    "topic": ("chu de", "dang bai", "dang toan", "chuong"),
    "difficulty": ("do kho", "muc do"),
    "answer": ("dap an", "dap so"),
}
"""Usual names of a column, folded by `folded`. If a file has two names of one line, the earlier one is taken."""
_DATA = re.compile(r"[=?]|^\s*[-+]?[\d.,]+\s*$|.{60}", re.DOTALL)
"""A sum, a question, a number or a sentence does not name a column."""
_LISTED = 6
"""The most cells of a first row that an error shows."""
_LAST_RESORT = {"question": ("noi dung", "prompt", "input"), "solution": ("dap an", "dap so", "answer")}
"""Taken only if no other column could be it."""
_BELOW = ("input", "context", "passage", "ngu canh", "boi canh")
"""Belongs below an `instruction`: Alpaca's `input`, Dolly's `context`."""
_SYSTEM = ("system", "system prompt")
"""Stands before the question."""
_KNOWN = {name for names in _NAMES.values() for name in names} | {field.name for field in fields(Columns)} | {"input"}
_MARK = "is correct"
"""Which solutions are right: `rows.py` reads it."""


def is_known_name(name: str, named: Container[str] = ()) -> bool:
    """Whether a cell of a header is a usual name of one of our columns, or one of those that are named."""
    return known_reading(name) is not None or as_typed(name) in named


def is_last_resort(what: str, name: str, columns: Columns) -> bool:
    """Whether a column is read only because no other one could be it: a bare answer in the place of a worked solution."""
    return folded(name) in _LAST_RESORT[what] and name != getattr(columns, what)


def known_reading(name: str) -> str | None:
    """A usual name of one of our columns in Unicode, however it was written; None where a name is none of these."""
    return next((reading for reading in readings(name) if folded(reading) in _KNOWN), None)


class Chosen(NamedTuple):
    """The columns that are read from rows with given fields."""

    columns: Columns
    chat: bool
    """Whether the rows are chats."""
    note: str = ""
    """Says which columns were taken although their names were not set; empty if there are none."""
    below: str = ""
    """The column whose text belongs below the question: `input` beside `instruction`, as in Alpaca's rows."""
    system: str = ""
    """The column of a system text, which stands before the question."""
    choices: Choices | None = None
    """The columns of multiple choice."""


def choose_columns(names: Sequence[str], columns: Columns, objective: Objective, needs_solution: bool, place: str) -> Chosen:
    """Find the columns to read among the names of the fields.

    Args:
        names: the fields of a row.
        columns: the names that are set; a default name that is not there may be replaced.
        objective: "dpo" needs chosen and rejected completions.
        needs_solution: False for questions to predict.
        place: the row, for the error.

    Raises:
        DataError: a column that is needed is not there, or two could be it; or the rows are TRL's unpaired preferences.
    """
    taken: dict[str, str] = {}
    wanted = ["chosen", "rejected"] if objective == "dpo" else ["question", "solution"] if needs_solution else ["question"]
    choices = find_choices(names, columns.choices, columns.answer)
    has_pair = columns.question in names and (not needs_solution or choices is not None or _is_worked(names, columns, place))
    chat = objective == "sft" and not has_pair and _found("messages", names, columns, place) is not None
    if chat:
        wanted, choices = ["messages"], None
    optional = ["topic", "difficulty"]
    if objective == "dpo":
        optional += ["answer", *(() if columns.prompt in names or columns.question in names else ("question", "messages"))]
    for what in [*wanted, *optional]:
        found = _found(what, names, columns, place)
        if choices and what == "solution" and (found is None or is_last_resort(what, found, columns)):
            found = choices.explanation or choices.key or found
        if found is not None and found != getattr(columns, what):
            taken[what] = found
        if found is None and what in wanted:
            read = {taken.get(other, getattr(columns, other)) for other in wanted if other != what}
            raise _missing(what, names, read, columns, objective, place)
    if taken.get("solution") == "completion" and "label" in names:
        raise _unpaired(place)
    chosen = Columns(**{field.name: taken.get(field.name, getattr(columns, field.name)) for field in fields(Columns)})
    is_instruction = not chat and folded(chosen.question) == "instruction"
    below = next((name for name in names if is_instruction and folded(name) in _BELOW), "")
    system = next((name for name in names if folded(name) in _SYSTEM), "")
    if choices:
        judged = objective != "dpo" and needs_solution
        choices = choices._replace(key=(choices.key or chosen.solution) if judged else "")
    said = [f"{what} from {name!r}" for what, name in taken.items()]
    said += [f"{below!r} stands below the question"] * bool(below)
    before = [system, *(["history"] if is_instruction and objective == "sft" else [])]
    said += [f"{name!r} stands before the question" for name in before if name in names]
    said += [choices.note] if choices else []
    pair = ["prompt", "question"] if objective == "dpo" else []
    used = {getattr(chosen, what) for what in [*wanted, *optional, *pair]} | {*before, below}
    used |= {*choices.columns, choices.key} if choices else set()
    unread = [repr(name) for name in names if name not in used and folded(name) != _MARK]
    more = f" and {len(unread) - _LISTED} more" * (len(unread) > _LISTED)
    said += [f"not read: {', '.join(unread[:_LISTED])}{more}"] if unread and needs_solution else []
    return Chosen(chosen, chat, ", ".join(filter(None, said)), below, system, choices)


def _is_worked(names: Sequence[str], columns: Columns, place: str) -> bool:
    """Whether there is a column of solutions; beside a chat, a column that may hold bare answers is none."""
    found = _found("solution", names, columns, place)
    if found is None or not is_last_resort("solution", found, columns):
        return found is not None
    return _found("messages", names, columns, place) is None


def _found(what: str, names: Sequence[str], columns: Columns, place: str) -> str | None:
    """The name of the column that holds this content, or None.

    Raises:
        DataError: two columns could be it.
    """
    name = getattr(columns, what)
    if name in names or name != getattr(Columns(), what):
        same = [other for other in names if as_typed(other) == as_typed(name)]
        return name if name in names else same[0] if len(same) == 1 else None
    by_folded: dict[str, list[str]] = {}
    for other in names:
        by_folded.setdefault(folded(other), []).append(other)
    candidates = [other for known in (folded(name), *_NAMES.get(what, ())) for other in by_folded.get(known, ())]
    last = _LAST_RESORT.get(what, ())
    candidates = [other for other in candidates if folded(other) not in last] or candidates
    if len(candidates) > 1:
        raise DataError(
            f"one column that could be the {what}",
            f"{' and '.join(map(repr, candidates))} in {place}",
            f"Say which: {_naming(what, candidates[0])}",
        )
    return candidates[0] if candidates else None


def _missing(
    what: str, names: Sequence[str], read: Container[str], columns: Columns, objective: Objective, place: str
) -> DataError:
    """The error about a column that is not there.

    Args:
        what: what the column should hold.
        names: the fields of a row.
        read: columns that hold something else already, so that they are not proposed.
        columns: the names that are set.
        objective: of the training.
        place: the row.
    """
    wanted = getattr(columns, what)
    otherwise = f" (or {columns.messages!r} with a chat)" if objective == "sft" else ""
    expected, found = f"a column {wanted!r}{otherwise}", f"columns {', '.join(map(repr, names)) or 'none'} in {place}"
    if what == "solution" and {columns.chosen, columns.rejected} <= set(names):
        pairs = "These are preference pairs: train on them with --config dpo, and look at them with --objective dpo."
        return DataError(expected, found, f"{pairs} To learn the better ones alone: {_naming('solution', columns.chosen)}")
    if (outer := next((name for name in names if wanted.startswith(f"{name}.")), None)) is not None:
        return DataError(expected, found, f"Fields inside {outer!r} are not read: write {wanted!r} into a column of its own.")
    near = difflib.get_close_matches(wanted, [name for name in names if name not in read], n=1)
    if not near and any(map(_DATA.search, names)):
        listed = [repr(name[:60]) for name in names[:_LISTED]]
        more = f" and {len(names) - _LISTED} more" * (len(names) > _LISTED)
        return DataError(
            f"a first row that names the columns, among them {wanted!r}",
            f"{', '.join(listed)}{more} above {place}",
            "Write the names above the rows: question and solution.",
        )
    free = [name for name in names if name not in read]
    if not free:
        lines = " A .txt file of plain lines holds questions alone: make a table of it (.xlsx, .csv)." * (".txt:" in place)
        return DataError(expected, found, f"Add the column {wanted!r} to the file: one {what} a row.{lines}")
    example = near[0] if near else free[0] if len(free) == 1 else "NAME"
    naming = _naming(what, example)
    return DataError(
        expected,
        found,
        f"Did you mean {near[0]!r}? Name it: {naming}" if near else f"If one of them holds it, name it: {naming}",
    )


def _naming(what: str, name: str) -> str:
    """How a person names a column, on the command line and in Python."""
    return f"--data.columns.{what} {shlex.quote(name)} (in Python columns={{{what!r}: {name!r}}})."


def _unpaired(place: str) -> DataError:
    """TRL's unpaired preferences have wrong completions among the right ones: a run must not learn them all."""
    return DataError(
        "solutions to learn from",
        f"completions with a `label`, some of which are wrong, in {place}",
        "Keep the rows whose label is true, and leave the column `label` out.",
    )
