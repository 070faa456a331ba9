"""Small questions about the characters of a text, asked in many rules."""

from __future__ import annotations


def without_spaces(text: str) -> str:
    """The text without white space: two ways to write one formula become equal."""
    return "".join(text.split())


def only_words(text: str) -> str:
    """The letters, digits and underscores of a text."""
    return "".join(sign for sign in text if sign.isalnum() or sign == "_")


def has_digit(text: str) -> bool:
    """Whether a digit stands in the text."""
    return any(sign.isdecimal() for sign in text)


def has_letter(text: str) -> bool:
    """Whether a letter stands in the text; `²` counts as one."""
    return any(sign.isalnum() and not sign.isdecimal() for sign in text)


def is_unknown(text: str) -> bool:
    """Whether the text is one small letter, as `x` and `y` are."""
    return len(text) == 1 and "a" <= text <= "z"
