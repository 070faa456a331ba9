"""Which tokens of a base's vocabulary the small one keeps: a rule over its own tokens and fixed lists.

A user's rows have no part in it, so every adapter trained on the small vocabulary of a base fits every other run with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mathpal_lightning.vocabulary.syllables import syllables

Cut = Callable[[Sequence[str]], list[list[int]]]
"""Texts -> the full tokenizer's ids of each, without BOS."""

_SPACE = "\u2581"  # sentencepiece's sign for a space
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_LETTERS = re.compile(rf"{_SPACE}?[A-Za-z]+")
_NAMES = re.compile(rf"{_SPACE}?(?:[A-Z]{{1,2}}|[A-Z][a-z]|[a-z]{{1,2}})")  # points A and AB, rays Ox, variables x and ab
_SIGN = r"[!-/0-9:-@\[-`{-~\u00a0-\u00bf\u2013-\u2026\u2032\u2033\u2070-\u209f\u2190-\u22ff×÷°√∠ΔΩαβγδεθλμπρσφω△□◯]"
# Ranges of single characters that are always kept: Latin with Vietnamese, combining marks, Greek, signs of mathematics.
_CHARACTERS = (
    (0x20, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x3FF),
    (0x1E00, 0x22FF),
    (0x2460, 0x24FF),
    (0x25A0, 0x26FF),
    (0x27C0, 0x29FF),
)


def small_pieces(pieces: Sequence[str], added: Sequence[str], cut: Cut) -> set[int]:
    """The ids of the small vocabulary of a base, not yet closed under merges.

    Args:
        pieces: the base's tokens by id, spaces written as sentencepiece does.
        added: its control and user-defined tokens.
        cut: its tokenizer.
    """
    ids = {piece: index for index, piece in enumerate(pieces)}
    kept = {ids[piece] for piece in added if piece in ids and not piece.startswith("<unused")}
    kept |= {index for index, piece in enumerate(pieces) if _BYTE.fullmatch(piece)}
    first_merge = 1 + max(kept & {index for index, piece in enumerate(pieces) if _BYTE.fullmatch(piece)}, default=0)
    lists = word_lists()
    signs = re.compile(rf"{_SPACE}?{_SIGN}{{1,{lists['longest_sign']}}}")
    for index, piece in enumerate(pieces):
        frequent = first_merge <= index < first_merge + lists["frequent_pieces"] and _LETTERS.fullmatch(piece)
        if frequent or _is_kept_character(piece) or any(one.fullmatch(piece) for one in (_NAMES, signs)):
            kept.add(index)
    for found in cut(_wanted_texts()):
        kept.update(found)
    return kept


def _wanted_texts() -> list[str]:
    lists = word_lists()
    words = [form for word in syllables(lists["initials"], lists["rimes"]) for form in (word, word.capitalize(), word.upper())]
    words += [form for name in ("units", "english") for word in lists[name] for form in (word, word.capitalize())]
    words += [*lists["latex"], *lists["markdown"], *lists["figures"]]
    return [before + word for word in words for before in ("", " ", "(")]


def _is_kept_character(piece: str) -> bool:
    return len(piece) == 1 and any(low <= ord(piece) <= high for low, high in _CHARACTERS)


@cache
def word_lists() -> dict[str, Any]:
    """The content of lists.yaml."""
    lists: dict[str, object] = yaml.safe_load((Path(__file__).parent / "lists.yaml").read_text(encoding="utf-8"))
    return lists
