"""What a pupil or a program asks -> the text that training would have seen."""

from __future__ import annotations

import json
import re
from typing import Any

from mathpal_lightning.chat import every_control_token
from mathpal_lightning.errors import DataError
from mathpal_lightning.text import normalize_text

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def read_question(text: Any) -> str:
    """Normalise a question as the data module does; what it refuses in a row is refused here.

    Raises:
        DataError: no text, not UTF-8, or a control token, with which a question could end its own turn.
    """
    if not isinstance(text, str) or not (question := normalize_text(text)):
        raise DataError("a question", "an empty text" if isinstance(text, str) else type(text).__name__, "Write a problem.")
    if _LONE_SURROGATE.search(question):
        raise DataError("a text in UTF-8", "half a character", "Write it again.")
    if found := every_control_token().first_in(question):
        raise DataError("a text without control tokens", repr(found), "Write it without.")
    return question


def read_chat(body: dict[str, Any]) -> bytes:
    """Normalise the texts of an OpenAI chat request; everything else stays as it is.

    Raises:
        DataError: see `read_question`.
    """
    messages = body.get("messages")
    if isinstance(messages, list):
        body = body | {"messages": [_message(message) for message in messages]}
    return json.dumps(body).encode()


def _message(message: Any) -> Any:
    """Read the parts of a content as one text, as the data module does; what is no text is left to llama.cpp to refuse."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
        content = "".join(part["text"] for part in content)
    return message | {"content": read_question(content)} if isinstance(content, str) else message
