"""Rules in tables: each says what it is for and shows one example, which a test runs with and without the rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

Change: TypeAlias = Callable[[str, str], str]
"""(text, the text beside it) -> text."""


class Rule(NamedTuple):
    """One rewrite of a text. `before` becomes `after` in its table, and does not without this rule."""

    why: str
    change: Change
    before: str
    after: str
    beside: str = ""


def applied(rules: Sequence[Rule], text: str, beside: str = "") -> str:
    """The text after all rules, in their order.

    Args:
        rules: the table.
        text: what is rewritten.
        beside: what else may decide: of a solution its question.
    """
    for rule in rules:
        text = rule.change(text, beside)
    return text


def replacing(pattern: str | re.Pattern[str], by: str | Callable[[re.Match[str]], str]) -> Change:
    """Writes `by` for what the pattern matches."""
    compiled = re.compile(pattern)
    return lambda text, beside: compiled.sub(by, text)


def where(pattern: str | re.Pattern[str], change: Change) -> Change:
    """The change, where the text holds the pattern."""
    compiled = re.compile(pattern)
    return lambda text, beside: change(text, beside) if compiled.search(text) else text


def where_either(pattern: str | re.Pattern[str], change: Change) -> Change:
    """The change, where the text or the one beside it holds the pattern."""
    compiled = re.compile(pattern)
    return lambda text, beside: change(text, beside) if compiled.search(f"{text}\n{beside}") else text


def unless(pattern: str | re.Pattern[str], change: Change) -> Change:
    """The change, unless the text or the one beside it holds the pattern."""
    compiled = re.compile(pattern)
    return lambda text, beside: text if compiled.search(f"{text}\n{beside}") else change(text, beside)


def asked(pattern: str | re.Pattern[str], change: Change) -> Change:
    """The change, where the text beside it, the question, holds the pattern."""
    compiled = re.compile(pattern)
    return lambda text, beside: change(text, beside) if compiled.search(beside) else text


def unless_asked(pattern: str | re.Pattern[str], change: Change) -> Change:
    """The change, unless the text beside it, the question, holds the pattern."""
    compiled = re.compile(pattern)
    return lambda text, beside: text if compiled.search(beside) else change(text, beside)


class Sign(NamedTuple):
    """Words by which something shows. A table of them is one pattern; it matches the example, and does not without these."""

    why: str
    words: str
    example: str


def any_of(signs: Sequence[Sign]) -> str:
    """The pattern of a table of signs, to stand inside another one."""
    return "|".join(sign.words for sign in signs)
