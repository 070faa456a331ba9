"""Names of columns as people write them, made comparable."""

from __future__ import annotations

import re
import unicodedata


def as_typed(name: str) -> str:
    """A name as a person sees it: letters composed (macOS writes them decomposed), each space a plain one."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def folded(name: str) -> str:
    """A name without case, diacritics and signs: "Đề bài:" and "de_bai" are "de bai"."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return " ".join(re.findall(r"[^\W_]+", "".join(letter for letter in letters if not unicodedata.combining(letter))))
