"""What a pupil or a program asks -> the text that training would have seen."""

from __future__ import annotations

import re

from mathpal_lightning.chat import every_control_token
from mathpal_lightning.errors import DataError
from mathpal_lightning.text import normalize_text

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def read_question(text: object) -> str:
    """Normalise a question as the data module does; what it refuses in a row is refused here.

    Raises:
        DataError: no text, not UTF-8, or a control token, with which a question could end its own turn.
    """
    if not isinstance(text, str) or not (question := normalize_text(text)):
        raise DataError("a question", "an empty text" if isinstance(text, str) else type(text).__name__, "Write a problem.")
    if _LONE_SURROGATE.search(question):
        raise DataError("a text in UTF-8", "a surrogate without its pair", "Write it again.")
    if found := every_control_token().first_in(question):
        raise DataError("a text without control tokens", repr(found), "Write it without.")
    return question
