"""Reads a field of a record: a text, or a chat of messages."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from mathpal_lightning.schema import Role
from mathpal_lightning.text import parse_number

Turns = list[tuple[Role, object]]
"""(role, content). The content is as the record has it; `text_of` reads it."""
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant", "model": "assistant"}
_ROLES |= {"human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant"}
_MOST_DIGITS = 1000
_LARGEST = 1e300


class Unreadable(NamedTuple):
    """What a reader puts in the place of a cell that holds no value: a row that needs the cell is refused with this reason."""

    what: str


def chat_of(field: object, system: object = None) -> Turns | str:
    """The turns of a chat, or the reason why it is refused.

    Args:
        field: a list of {role, content} or of ShareGPT's {from, value}, or such a list as JSON text (a cell of a table).
        system: the system text, if the record has it in a field of its own.
    """
    if isinstance(field, str):
        try:
            field = json.loads(field)
        except (ValueError, RecursionError):
            return "a text instead of a chat (a chat in a cell must be JSON, as json.dumps writes it)"
    turns = chat_turns(field)
    if isinstance(turns, str) or not isinstance(system, str) or not system.strip():
        return turns
    return turns if turns and turns[0][0] == "system" else [("system", system), *turns]


def chat_turns(messages: object) -> Turns | str:
    """The turns of a list of messages, or the reason why it is refused."""
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        return "not a list"
    turns: Turns = []
    for number, message in enumerate(messages):
        name = message.get("role", message.get("from")) if isinstance(message, Mapping) else None
        if not isinstance(name, str) or name not in _ROLES:
            return f"message {number} with the role {name!r}, not one of {', '.join(_ROLES)}"
        role = _ROLES[name]
        if role == "system" and number > 0:
            return f"message {number} is a system turn, which may only stand first"
        turns.append((role, message.get("content", message.get("value"))))
    return turns


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
    if isinstance(content, list) and all(isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in content):
        return "".join(part["text"] for part in content)
    return None


def in_vietnamese(number: float) -> str:
    """A number of a table as Excel shows it in Vietnam: 15 digits, a decimal comma, no exponent.

    With a decimal point, 1.234 would be one thousand two hundred and thirty-four to every later reader.

    >>> in_vietnamese(0.1 + 0.2), in_vietnamese(1.234), in_vietnamese(1e16)
    ('0,3', '1,234', '10000000000000000')
    """
    return f"{Decimal(f'{number:.15g}'):f}".replace(".", ",")


def what_it_is(content: object) -> str:
    """Names what a field has instead of a text, for a refusal."""
    if isinstance(content, Unreadable):
        return content.what
    if isinstance(content, datetime.date | datetime.time):
        return f"the date {content} (Excel makes dates of 1/2 and 3-4)"
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, float):
        return str(content)
    if isinstance(content, int):
        return f"a number of more than {_MOST_DIGITS} digits"
    return {"list": "a list", "dict": "an object"}.get(type(content).__name__, f"a value of the type {type(content).__name__}")


def number_of(content: Any) -> float | None:
    """The number in a field: 2, 2.5, "2,5". None if there is none, or if it is too large for a float."""
    if isinstance(content, str):
        number = parse_number(content)
        content = number.value if number else None
    if content is None or isinstance(content, bool) or not hasattr(content, "__float__"):
        return None
    return float(content) if content == content and abs(content) < _LARGEST else None


def holds_messages(field: object) -> bool:
    """Whether a field is a list of messages, correct or not, and not a text or a list of text parts."""
    return isinstance(field, Sequence) and not isinstance(field, str | Unreadable) and text_of(field) is None


def turns_of(field: object, role: Role) -> Turns | str:
    """The turns of a field that is a text or a list of messages, or the reason why it is refused.

    Args:
        field: a text becomes one turn.
        role: whose turn a text is.
    """
    return chat_turns(field) if holds_messages(field) else [(role, field)]
