"""What a field of a record may hold: a text, or a chat of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from mathpal_lightning.schema import Role
from mathpal_lightning.text import parse_number

Turns = list[tuple[Role, Any]]
"""(role, content) as it was written: `text_of` reads the content."""
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant", "model": "assistant"}


def chat_turns(messages: Any) -> Turns | str:
    """The turns of a chat, or what is wrong with it."""
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        return "not a list"
    turns: Turns = []
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
            return f"message {number} without a role among {', '.join(_ROLES)}"
        role = _ROLES[message["role"]]
        if role == "system" and number > 0:
            return f"message {number} is a system turn, which may only stand first"
        turns.append((role, message.get("content")))
    return turns


def text_of(content: Any) -> str | None:
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


def number_of(content: Any) -> float | None:
    """The number of a field: 2, 2.5, "2,5". None where it holds none."""
    if isinstance(content, str):
        number = parse_number(content)
        return float(number.value) if number else None
    known = isinstance(content, int | float) and not isinstance(content, bool) and isfinite(content)
    return float(content) if known else None


def holds_messages(field: Any) -> bool:
    """Whether a field is a list of messages, well-formed or not, rather than a text or a list of its parts."""
    return isinstance(field, Sequence) and not isinstance(field, str) and text_of(field) is None
