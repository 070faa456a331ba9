"""UTF-8 that a program read as Windows-1252 or 1258 and saved again: "cá»­a hÃ ng" for "cửa hàng". Nothing is lost in it."""

from __future__ import annotations

import re
import unicodedata

from mathpal_lightning.data.legacy import SYLLABLE_LETTERS

_PAGES = ("cp1252", "cp1258")


def _shown(page: str) -> dict[int, int]:
    """Character -> byte. The bytes that a page leaves out stay as they are."""
    letters = (bytes([byte]).decode(page, "ignore") or chr(byte) for byte in range(0x80, 0x100))
    return {ord(letter): byte for byte, letter in enumerate(letters, start=0x80)}


_TABLES = [_shown(page) for page in _PAGES]
_BEHIND = "\x80-\xbf" + "".join(map(re.escape, (chr(letter) for letter, byte in _TABLES[0].items() if byte < 0xC0 < letter)))
"""What the bytes behind the first one of a letter look like."""
_SUSPECT = re.compile(f"[ÃĂÄÆÂÌâ][{_BEHIND}]|á[¸¹º»][{_BEHIND}]")
_CERTAIN = re.compile(f"á[º»][{re.sub('[…’”]', '', _BEHIND)}]|Ä[‘\x90ƒ‚]|Æ[°¡]|[ÃĂ][\xa1-\xba\xbc-\xbf]")
"""What no text in Unicode has inside its words."""


def may_be_mojibake(text: str) -> bool:
    """Whether a text holds characters beside each other that bytes of UTF-8 look like."""
    return _SUSPECT.search(text) is not None


def repaired(text: str) -> str | None:
    r"""The text that was meant; None where that is not certain.

    It is certain where all that is not ASCII reads as UTF-8, and comes to letters of Vietnamese or Greek, or to signs.

    >>> repaired("Má»™t cá»­a hÃ\xa0ng"), repaired("XÃ… HỘI")
    ('Một cửa hàng', None)
    """
    for table in _TABLES:
        read = text.translate(table)
        if max(map(ord, read), default=0) < 0x100:
            meant = read.encode("latin-1").decode("utf-8", "replace")
            if all(map(_is_meant, set(meant))):
                return meant
    return None


def is_half_mojibake(text: str) -> bool:
    """Whether a text that cannot be repaired was read wrongly in more than one place."""
    return len(_CERTAIN.findall(text)) > 1


def _is_meant(sign: str) -> bool:
    if sign.isascii() or sign.casefold() in SYLLABLE_LETTERS or "α" <= sign.casefold() <= "ω":
        return True
    return sign != "\ufffd" and unicodedata.category(sign)[0] not in "LC"
