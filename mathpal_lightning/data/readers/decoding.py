"""Bytes of a text file -> its encoding: UTF-8 or UTF-16, or what a Vietnamese Windows writes, if that is certain."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.data.legacy import CERTAIN_SHARE, LEAST_WORDS, marked_words, syllable_share, tcvn3, vni
from mathpal_lightning.data.readers.opened import open_bytes
from mathpal_lightning.data.readers.records import unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""In this order: the mark of UTF-32 begins with that of UTF-16."""
_BLOCK = 1 << 20
_MOST_JUDGED = 1 << 16
"""Bytes around non-ASCII letters that decide about the encoding."""
_SURROGATE = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")


class Encoding(NamedTuple):
    """How to decode a file."""

    name: str
    """For Python's `open`. TCVN3 and VNI are read as latin-1: `data/legacy.py` converts the text of the rows."""
    note: str = ""
    """What to tell a person; empty for UTF-8."""


def encoding_of(path: Path) -> Encoding:
    """Find the encoding of a text file.

    A byte order mark decides; without one, a text that is UTF-8 is UTF-8. What is neither is one of the encodings of a
    Vietnamese Windows if, read so, at least nine in ten of its words with diacritics are Vietnamese syllables and read in
    any other way they are not. A file with a few damaged bytes counts as UTF-8: its rows are refused one by one.

    Raises:
        DataError: no encoding is certain.
    """
    with open_bytes(path) as content:
        beginning = content.read(4096)
    if (found := _by_first_bytes(beginning)) is not None:
        return found
    damaged, intact, lines = _utf8_evidence(path)
    if not damaged or intact > 10 * damaged:
        return Encoding("utf-8")
    if (certain := _windows_encoding(lines)) is not None:
        return certain
    line = next(number for number, text in enumerate(_lines_of(path), start=1) if not is_utf8(text))
    example = ", ".join(sorted(set(marked_words(lines.decode("latin-1"))))[:3])
    raise unreadable(
        path,
        "text in UTF-8, UTF-16, Windows-1258, TCVN3 or VNI",
        f"an encoding that cannot be told (line {line}; read as latin-1: {example})",
        "Save it as UTF-8: in Excel, Save As, `CSV UTF-8 (Comma delimited)`.",
    )


def windows_encoding_of(path: Path) -> Encoding | None:
    """The encoding of a Vietnamese Windows in which a file is written; None where it is UTF-8 or no such one is certain."""
    damaged, intact, lines = _utf8_evidence(path)
    found = _windows_encoding(lines) if damaged and intact <= 10 * damaged else None
    return found if found and found.note else None


def _by_first_bytes(beginning: bytes) -> Encoding | None:
    for mark, name in _BOMS:
        if beginning.startswith(mark):
            return Encoding(name, "" if name == "utf-8-sig" else f"read as {name.upper()}")
    for name, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if len(zeros) > 4 and zeros.count(0) > 0.3 * len(zeros):
            return Encoding(name, "read as UTF-16")
    return None


def _utf8_evidence(path: Path) -> tuple[int, int, bytes]:
    """Bytes that are not UTF-8, characters beyond ASCII that are, and lines that hold either."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    damaged = intact = 0
    lines = b""
    with open_bytes(path) as content:
        while block := content.read(_BLOCK):
            text = decoder.decode(block)
            if text.isascii():
                continue
            damaged += len(_SURROGATE.findall(text))
            intact += len(_BEYOND_ASCII.findall(text))
            if len(lines) < _MOST_JUDGED:
                lines += b"\n".join(line for line in block.split(b"\n") if not line.isascii())[:_MOST_JUDGED] + b"\n"
    return damaged, intact, lines


def _windows_encoding(lines: bytes) -> Encoding | None:
    """What the lines are written in; UTF-8 where too few words tell, None where no encoding is certain."""
    vietnamese, latin = lines.decode("cp1258", "replace"), lines.decode("latin-1")
    shares = {
        Encoding("cp1258", "read as Windows-1258, the encoding of a Vietnamese Windows"): syllable_share(vietnamese),
        Encoding("latin-1", "its bytes are TCVN3 (fonts such as .VnTime)"): syllable_share(latin, tcvn3),
        Encoding("latin-1", "its bytes are VNI (fonts such as VNI-Times)"): syllable_share(latin, vni),
    }
    best, *others = sorted(shares, key=lambda encoding: -shares[encoding])
    words = set(marked_words(latin))
    if len(words) < LEAST_WORDS:
        return Encoding("utf-8")
    if shares[best] >= CERTAIN_SHARE and all(shares[other] <= 0.5 for other in others):
        return best
    return None


def _lines_of(path: Path) -> list[bytes]:
    with open_bytes(path) as content:
        return content.readlines(64 << 20)


def is_utf8(line: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
