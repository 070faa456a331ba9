"""str -> str and str -> number. Standard library only."""

from mathpal_lightning.text.language import (
    asks_for_mathematics,
    holds_mathematics,
    is_vietnamese,
    needs_picture,
    shows_picture,
    states_answer,
    without_formulas,
)
from mathpal_lightning.text.normalize import comparison_key, normalize_text, with_one_tone_place, without_marks
from mathpal_lightning.text.numbers import ParsedNumber, parse_number
from mathpal_lightning.text.plain import plain_text

__all__ = [
    "ParsedNumber",
    "comparison_key",
    "asks_for_mathematics",
    "holds_mathematics",
    "is_vietnamese",
    "needs_picture",
    "normalize_text",
    "parse_number",
    "plain_text",
    "shows_picture",
    "states_answer",
    "with_one_tone_place",
    "without_formulas",
    "without_marks",
]
