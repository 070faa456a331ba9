"""Every syllable that Vietnamese spelling allows: initial consonants x rimes x tones.

The rules follow the quốc ngữ orthography: k, gh and ngh stand before e, ê, i and y; c, g and ng before the other vowels; a
rime that ends in c, ch, p or t takes only the tones sắc and nặng. Many of the syllables are no words, which costs nothing
here: the list only decides which tokens a small vocabulary keeps.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # ngang, huyền, sắc, hỏi, ngã, nặng
_STOPPED_TONES = ("\u0301", "\u0323")
_VOWELS = "aăâeêioôơuưy"


def syllables(initials: Sequence[str], rimes: Sequence[str]) -> Iterator[str]:
    """All syllables in lower case, composed characters (NFC), each once; "hòa" and "hoà" both.

    Args:
        initials: the consonants that a syllable may begin with; the empty one among them.
        rimes: the rest of a syllable, without a tone mark.
    """
    seen = set()
    for initial in initials:
        for rime in rimes:
            if not _fits(initial, rime):
                continue
            tones = _STOPPED_TONES if rime.endswith(("c", "ch", "p", "t")) else _TONES
            for place in _tone_places(rime):
                for tone in tones:
                    syllable = unicodedata.normalize("NFC", f"{initial}{rime[: place + 1]}{tone}{rime[place + 1 :]}")
                    if syllable not in seen:
                        seen.add(syllable)
                        yield syllable


def _fits(initial: str, rime: str) -> bool:
    front = rime[0] in "eêiy"
    if initial in ("k", "gh", "ngh"):
        return front
    if initial in ("c", "g", "ng"):
        return not front or (initial == "g" and rime.startswith("i"))  # gì, gìn
    if initial == "qu":
        return rime[0] in "aăâeêiơoôy"  # quá, quê, quốc, quỳ
    return True


def _tone_places(rime: str) -> tuple[int, ...]:
    """Where the tone mark may stand: the index of its vowel. Two places where both ways of spelling are in use."""
    vowels = [index for index, letter in enumerate(rime) if letter in _VOWELS]
    marked = [index for index in vowels if rime[index] in "ăâêôơ"]
    if marked:
        return (marked[-1],)
    if len(vowels) == 1:
        return (vowels[0],)
    if rime in ("oa", "oe", "uy"):
        return (0, 1)  # hòa and hoà
    if rime in ("ia", "ua", "ưa") or (len(vowels) == 2 and vowels[-1] == len(rime) - 1):
        return (vowels[0],)
    return (vowels[1],)  # oai, uya, toán
