"""Names of columns as people write them, made comparable."""

from __future__ import annotations

import re
import unicodedata

from mathpal_lightning.data.legacy import CONVERTERS, is_suspect
from mathpal_lightning.data.mojibake import may_be_mojibake, repaired
from mathpal_lightning.text import without_marks


def as_typed(name: str) -> str:
    """A name as a person sees it: letters composed (macOS writes them decomposed), each space a plain one."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def folded(name: str) -> str:
    """A name without case, diacritics and signs: "Đề bài:" and "de_bai" are "de bai"."""
    return " ".join(re.findall(r"[^\W_]+", without_marks(name.casefold())))


def readings(name: str) -> list[str]:
    """A name as it is written, and as it may have been meant: in TCVN3, in VNI, or in UTF-8 that was read wrongly.

    >>> readings("§Ò bµi")[1], readings("question")
    ('Đề bài', ['question'])
    """
    said = repaired(name) if may_be_mojibake(name) else None
    legacy = [convert(name) for convert in CONVERTERS.values()] if is_suspect(name) else []
    return [name, *([] if said is None else [said]), *legacy]
