"""Log lines in Vietnamese, for `--lang vi`: a catalogue of sentences with gaps, as gettext has them.

`vietnamese.yaml` gives each English line with its gaps, and the same line in Vietnamese. A line is translated when it is
printed, so no other room knows the language. A line that the catalogue does not have stays English; errors are in English too.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import yaml

_GAP = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"[<>]?=? ?-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)? ?%?")
_SWAPPED = str.maketrans(",.", "\N{NO-BREAK SPACE},")
_EACH = (", ", "; ")
_language = "en"


def in_vietnamese(text: str) -> str:
    r"""A line of ours in Vietnamese; unchanged where the catalogue does not have it. Numbers get a decimal comma.

    >>> in_vietnamese("step 40 of 1,190: loss 0.612")
    'bước 40 trên 1\xa0190: loss 0,612'
    """
    if _NUMBER.fullmatch(text):
        return text.translate(_SWAPPED)
    for pattern, translated in _catalogue():
        if found := pattern.fullmatch(text):
            return translated.format(**{name: _gap(value) for name, value in found.groupdict().items()})
    return text


def told(text: str) -> str:
    """A line in the language that `speak` has set."""
    return in_vietnamese(text) if _language == "vi" else text


def speak(language: str) -> None:
    """Print our log lines in `en` or `vi` from now on, through the handlers that are there now."""
    global _language
    _language = language
    for handler in (*logging.getLogger().handlers, *logging.getLogger("mathpal_lightning").handlers):
        handler.removeFilter(_translated)
        if language == "vi":
            handler.addFilter(_translated)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Print our log lines in `en` or `vi` for the block, and then as before."""
    before = _language
    speak(language)
    try:
        yield
    finally:
        speak(before)


def _translated(record: logging.LogRecord) -> bool:
    """A filter of a handler: it keeps every record, and translates each line of ours."""
    if record.name.startswith("mathpal_lightning"):
        record.msg, record.args = "\n".join(map(told, record.getMessage().split("\n"))), None
    return True


def _gap(value: str) -> str:
    """What stands in a gap: a number, a sentence of the catalogue, or a list of such."""
    if (whole := in_vietnamese(value)) != value:
        return whole
    for separator in _EACH:
        if separator in value:
            return separator.join(map(_gap, value.split(separator)))
    return value


@cache
def _catalogue() -> list[tuple[re.Pattern[str], str]]:
    """The patterns with the most words first: whole sentences, then those with gaps."""
    texts: dict[str, str] = yaml.safe_load(Path(__file__).with_name("vietnamese.yaml").read_text(encoding="utf-8"))
    closest = sorted(texts, key=lambda english: ("{" in english, -len(_GAP.sub("", english))))
    return [(re.compile(_pattern(english)), texts[english]) for english in closest]


def _pattern(english: str) -> str:
    """`step {step} of {total}` -> a pattern whose groups are the gaps; a gap named `n_...` holds a number."""
    parts = _GAP.split(english)  # text, name, text, name, ..., text
    texts, names = parts[::2], [*parts[1::2], ""]
    gaps = [f"(?P<{name}>{_digits_or_any(name)})" if name else "" for name in names]
    return "".join(re.escape(text) + gap for text, gap in zip(texts, gaps, strict=True))


def _digits_or_any(name: str) -> str:
    return r"\d[\d,.]*" if name.startswith("n_") else ".+?"
