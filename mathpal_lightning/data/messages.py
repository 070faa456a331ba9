"""Reads a field of a record: a text, or a chat of messages."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, pairwise
from math import isfinite
from typing import Any, NamedTuple

from mathpal_lightning.data.names import folded
from mathpal_lightning.schema import Role
from mathpal_lightning.text import parse_number

Turns = list[tuple[Role, object]]
"""(role, content). The content is as the record has it; `text_of` reads it."""
_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_ROLES |= {"model": "assistant", "human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant"}
_NOT_TO_LEARN = ("weight", "train")
"""Marks of an answer that a chat shows but nobody shall learn: OpenAI's `weight: 0`, Axolotl's `train: false`."""
_LEVELS = dict.fromkeys(("nhan biet", "nb", "de", "easy"), 1.0)
_LEVELS |= dict.fromkeys(("thong hieu", "th", "trung binh", "medium"), 2.0)
_LEVELS |= dict.fromkeys(("van dung", "van dung thap", "vd", "vdt", "kho", "hard"), 3.0)
_LEVELS |= dict.fromkeys(("van dung cao", "vdc", "rat kho", "very hard"), 4.0)
"""Folded by `folded`."""
_MOST_DIGITS = 1000
_LARGEST = 1e300


class Unreadable(NamedTuple):
    """What a reader puts in the place of a cell that holds no value: a row that needs the cell is refused with this reason."""

    what: str


def chat_of(field: object, system: object = None) -> Turns | str:
    """The turns of a chat, or the reason why it is refused.

    Args:
        field: a list of {role, content} or of ShareGPT's {from, value}, such a list as columns ({role: [...], content: [...]}),
            or as JSON text (a cell of a table).
        system: the system text, if the record has it in a field of its own.
    """
    if isinstance(field, str):
        try:
            field = json.loads(field)
        except (ValueError, RecursionError):
            return "a text instead of a chat (a chat in a cell must be JSON, as json.dumps writes it)"
    turns = chat_turns(field)
    return turns if isinstance(turns, str) else after_system(system, turns)


def after_system(system: object, turns: Turns) -> Turns:
    """The turns below the system text of a record, where it has one in a field of its own, and they begin with none."""
    if not isinstance(system, str) or not system.strip() or (turns and turns[0][0] == "system"):
        return turns
    return [("system", system), *turns]


def earlier_turns(history: object) -> Turns | str:
    """The turns of Alpaca's `history`, [[question, answer], ...] (LLaMA-Factory's rows), or the reason why it is refused."""
    if not isinstance(history, Sequence) or isinstance(history, str):
        return [] if not history else "an earlier conversation that is not a list of questions and answers"
    if any(not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2 for pair in history):
        return "an earlier conversation that is not a list of questions and answers"
    return [turn for question, answer in history for turn in (("user", question), ("assistant", answer))]


def chat_turns(messages: object) -> Turns | str:
    """The turns of a list of messages, or the reason why it is refused."""
    messages = _one_by_one(messages)
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        return "not a list"
    turns: Turns = []
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping):
            return f"a list of {'texts' if isinstance(message, str) else 'values'} instead of a text or a chat"
        name = message.get("role", message.get("from"))
        role = _ROLES.get(name.lower()) if isinstance(name, str) else None
        if role is None:
            return f"message {number} with the role {name!r}, not one of {', '.join(_ROLES)}"
        if role == "system" and number > 0:
            return f"message {number} is a system turn, which may only stand first"
        if role == "assistant" and (mark := next((mark for mark in _NOT_TO_LEARN if message.get(mark) in (0, False)), None)):
            mark = f"{mark}: {message[mark]}"
            return f"message {number} is not to be learned ({mark}), but training learns every answer of a chat"
        turns.append((role, message.get("content", message.get("value"))))
    return turns


def _one_by_one(messages: object) -> object:
    """The messages of a single one, or of `datasets`' older form of a list, {"role": [...], "content": [...]}."""
    if not isinstance(messages, Mapping):
        return messages
    name = next((name for name in ("role", "from") if name in messages), None)
    if name is None:
        return messages
    if not isinstance(messages[name], list):
        return [messages]
    columns = {key: values for key, values in messages.items() if isinstance(values, list)}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=False)]


def fault_of_order(roles: Sequence[Role]) -> str:
    """Why Gemma's chat template would refuse turns in this order; empty where it would not.

    >>> fault_of_order(["system", "user", "assistant"]), fault_of_order(["user", "user"])
    ('', "two turns of the user in a row, but Gemma's turns alternate")
    """
    talk = [role for role in roles if role != "system"]
    if talk and talk[0] != "user":
        return f"the first turn is the {talk[0]}'s, not the user's"
    twice = next((role for role, following in pairwise(talk) if role == following), None)
    return f"two turns of the {twice} in a row, but Gemma's turns alternate" if twice else ""


def text_of(content: object) -> str | None:
    """The text of a field: a string, UTF-8 bytes, a finite number, nothing, or a list of text parts; None for anything else."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, bytes):  # some Parquet writers store texts as bytes; bytes that are not UTF-8 become surrogates
        return content.decode("utf-8", "surrogateescape")
    if isinstance(content, int) and not isinstance(content, bool):
        return str(content) if abs(content) < 10**_MOST_DIGITS else None
    if isinstance(content, float):
        return in_vietnamese(content) if isfinite(content) else None
    if isinstance(content, Decimal):
        is_writable = content.is_finite() and abs(content.adjusted()) < _MOST_DIGITS
        return _with_comma(content) if is_writable else None
    if isinstance(content, list) and all(isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in content):
        texts = [part["text"] for part in content]
        glued = ("" if one[-1:].isspace() or other[:1].isspace() else "\n" for one, other in pairwise(texts))
        return "".join(chain.from_iterable(zip(texts, [*glued, ""], strict=False)))
    return None


def in_vietnamese(number: float) -> str:
    """A number of a table as Excel shows it in Vietnam: 15 digits, a decimal comma, no exponent.

    With a decimal point, 1.234 would be one thousand two hundred and thirty-four to every later reader.

    >>> in_vietnamese(0.1 + 0.2), in_vietnamese(1.234), in_vietnamese(1e16)
    ('0,3', '1,234', '10000000000000000')
    """
    return _with_comma(Decimal(f"{number:.15g}"))


def _with_comma(number: Decimal) -> str:
    """Every digit of a number without an exponent; a column of decimals has 2.50 for 2,5 and 3.00 for 3."""
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{whole},{fraction}".rstrip("0").rstrip(",") if fraction else whole


def percent_in_vietnamese(share: float) -> str:
    """A share as a table shows it in per cent, with every digit that it has.

    >>> percent_in_vietnamese(0.125), percent_in_vietnamese(0.29), percent_in_vietnamese(1)
    ('12,5%', '29%', '100%')
    """
    written = Decimal(share if isinstance(share, int) else f"{share:.15g}").scaleb(2)
    return f"{written:f}%".replace(".", ",")


def what_it_is(content: object) -> str:
    """Names what a field has instead of a text, for a refusal."""
    if isinstance(content, Unreadable):
        return content.what
    if isinstance(content, datetime.date | datetime.time):
        return date_of_excel(content)
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, list) and (kinds := {str(part.get("type")) for part in content if isinstance(part, Mapping)}):
        return f"a list of parts of the types {', '.join(sorted(kinds))}"
    if isinstance(content, float):
        return str(content)
    if isinstance(content, int):
        return f"a number of more than {_MOST_DIGITS} digits"
    return {"list": "a list", "dict": "an object"}.get(type(content).__name__, f"a value of the type {type(content).__name__}")


def date_of_excel(date: object) -> str:
    """Names a date in the place of a text."""
    return f"the date {date} (Excel makes dates of 1/2 and 3-4)"


def number_of(content: Any) -> float | None:
    """The number in a field: 2, 2.5, "2,5". None if there is none, or if it is too large for a float."""
    if isinstance(content, str):
        number = parse_number(content)
        content = number.value if number else None
    if content is None or isinstance(content, bool) or not hasattr(content, "__float__"):
        return None
    return float(content) if content == content and abs(content) < _LARGEST else None


def level_of(content: Any) -> float | None:
    """The difficulty in a field: a number, or one of the levels that Vietnamese exams name, and others in words.

    >>> level_of(2), level_of("Vận dụng cao"), level_of("NB"), level_of("Level 5"), level_of("?")
    (2.0, 4.0, 1.0, 5.0, None)
    """
    number = number_of(content)
    if number is not None or not isinstance(content, str):
        return number
    words = folded(content)
    numbered = re.fullmatch(r"(?:level|grade|lop|muc|muc do|cap do) (\d{1,3})", words)
    return float(numbered[1]) if numbered else _LEVELS.get(words)


def holds_messages(field: object) -> bool:
    """Whether a field is a message or a list of them, correct or not, and not a text or a list of text parts."""
    if isinstance(field, Mapping):
        return "role" in field or "from" in field
    return isinstance(field, Sequence) and not isinstance(field, str | Unreadable) and text_of(field) is None


def turns_of(field: object, role: Role) -> Turns | str:
    """The turns of a field that is a text or a list of messages, or the reason why it is refused.

    Args:
        field: a text becomes one turn.
        role: whose turn a text is.
    """
    return chat_turns(field) if holds_messages(field) else [(role, field)]
