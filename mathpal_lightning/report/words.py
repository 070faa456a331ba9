"""The texts of the page, by language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Language = Literal["en", "vi"]


@cache
def words(language: Language) -> dict[str, str]:
    """Every text of the page in one language, from words.yaml."""
    return {key: texts[language] for key, texts in _read().items()}


def say(language: Language, key: str, **values: object) -> str:
    """A text with its values filled in.

    >>> say("vi", "not_learned", after="0 trên 2")
    'Mô hình chưa học được: 0 trên 2 bài.'
    """
    return str(words(language)[key]).format(**values)


@cache
def _read() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return texts
