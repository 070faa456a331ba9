"""Vietnamese text of before Unicode, as today's programs show it: TCVN3 ("TÝnh diÖn tÝch") and VNI ("Tính dieän tích").

Both were fonts that drew Vietnamese letters in the places of Western ones. A table with such text is valid Unicode, but
its letters are wrong. The text is converted only if that is certain: read in one of the two ways, its words are Vietnamese
syllables, and read as they stand, they are not.

Tables: TCVN 5712:1993 (VN3), as `iconv -f TCVN5712-1` reads it; VNI as in the VNI-Windows fonts.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Literal

from mathpal_lightning.data.common_words import COMMON_WORDS

LegacyEncoding = Literal["TCVN3", "VNI"]
LEAST_WORDS = 3
CERTAIN_SHARE = 0.9
_MOST_WORDS = 2000
MODERN = re.compile("[\u0100-\u01b0\u1ea0-\u1ef9\u0300\u0301\u0303\u0309\u0323]")
"""Letters and marks of Vietnamese in Unicode that no text in TCVN3 or VNI holds."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = r"[A-Za-z\xa1-\xff]"
_LATIN_WORD = re.compile(f"{_LATIN}+")
_PLAIN_LETTER, _UPPER_HALF = re.compile("[A-Za-z]"), re.compile("[\xa1-\xb1\xb4-\xff]")  # ² and ³ stand behind units

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_SIGNS = "×÷½¼¾·"
_SIGN = re.compile(f"[{_SIGNS}]")
"""What TCVN3 draws as ì, ữ, ẵ, ẳ, ắ and ã, and people paste from elsewhere."""
_FORMULA = re.compile(
    rf"(?:(?!(?i:t×m|h·y|d·y|l·i)(?!{_LATIN}))[A-Za-z](?:[{_SIGNS}][A-Za-z])+|[{_SIGNS}]{_LATIN}*|{_LATIN}*[{_SIGNS}](?=[\d(])"
    rf"|µ(?:[A-Za-z]|mol|Pa)|[abcnxyz]¹)(?!{_LATIN})"
)
"""`x·y`, `m×n`, `N·m`, `µm`, `x¹`, but `t×m`, `h·y` and others are tìm and hãy."""
SYLLABLE_LETTERS = frozenset(chr(letter) for letter in _TCVN3.values())
"""The letters of Vietnamese that are not ASCII, in lower case, and some in upper case."""
_VNI_PAIRS = {
    "a": {"ø": "à", "ù": "á", "û": "ả", "õ": "ã", "ï": "ạ", "â": "â", "à": "ầ", "á": "ấ", "å": "ẩ", "ã": "ẫ", "ä": "ậ"}
    | {"ê": "ă", "è": "ằ", "é": "ắ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"},
    "e": {"ø": "è", "ù": "é", "û": "ẻ", "õ": "ẽ", "ï": "ẹ", "â": "ê", "à": "ề", "á": "ế", "å": "ể", "ã": "ễ", "ä": "ệ"},
    "o": {"ø": "ò", "ù": "ó", "û": "ỏ", "õ": "õ", "ï": "ọ", "â": "ô", "à": "ồ", "á": "ố", "å": "ổ", "ã": "ỗ", "ä": "ộ"},
    "u": {"ø": "ù", "ù": "ú", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "y": {"ø": "ỳ", "ù": "ý", "û": "ỷ", "õ": "ỹ"},
    "ô": {"ø": "ờ", "ù": "ớ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "ö": {"ø": "ừ", "ù": "ứ", "û": "ử", "õ": "ữ", "ï": "ự"},
}
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_SMALL = {base + mark: letter for base, marks in _VNI_PAIRS.items() for mark, letter in marks.items()} | _VNI_LETTERS
_VNI = {written.upper(): letter.upper() for written, letter in _VNI_SMALL.items()} | _VNI_SMALL
_VNI |= {base.upper() + mark: letter.upper() for base, marks in _VNI_PAIRS.items() for mark, letter in marks.items()}
_VNI_WRITTEN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_OF_UNICODE = frozenset("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ°±²³¹µ" + _SIGNS)
_TELLING = re.compile(f"[{''.join(sorted({*map(chr, _TCVN3), *''.join(_VNI)} - _OF_UNICODE - set(string.ascii_letters)))}]")
"""Letters of the two that Vietnamese in Unicode does not have."""


def tcvn3(text: str) -> str:
    """TCVN3 -> Unicode. A sign of mathematics whose place a letter has stays a sign where no syllable needs it.

    >>> tcvn3("TÝnh diÖn tÝch h×nh vu«ng: 5 × 5")
    'Tính diện tích hình vuông: 5 × 5'
    """
    return _LATIN_WORD.sub(_of_tcvn3, text)


def _of_tcvn3(match: re.Match[str]) -> str:
    word, text = match[0], match.string
    converted = word.translate(_TCVN3)
    if _SIGN.search(word) is None:
        return converted
    behind_digit = word[0] in _SIGNS and text[max(0, match.start() - 1) : match.start()].isdigit()
    before_digit = word[-1] in _SIGNS and text[match.end() : match.end() + 1].isdigit()
    if word.strip(_SIGNS) and not behind_digit and not before_digit and _are_syllables(converted):
        return converted
    return "".join(letter if letter in _SIGNS else letter.translate(_TCVN3) for letter in word)


def vni(text: str) -> str:
    """VNI -> Unicode.

    >>> vni("Tính dieän tích hình vuoâng")
    'Tính diện tích hình vuông'
    """
    return _VNI_WRITTEN.sub(lambda written: _VNI[written[0]], text)


CONVERTERS: dict[LegacyEncoding, Callable[[str], str]] = {"TCVN3": tcvn3, "VNI": vni}


def marked_words(text: str) -> list[str]:
    """The words with a plain letter and one of the upper half of latin-1, where TCVN3 and VNI keep their letters.

    >>> marked_words("TÝnh 3m×4m, x·y, 5 µm")
    ['TÝnh']
    """
    words = [word for word in _LATIN_WORD.finditer(text) if _UPPER_HALF.search(word[0]) and _PLAIN_LETTER.search(word[0])]
    return [word[0] for word in words if _FORMULA.match(text, word.start()) is None]


def is_suspect(text: str) -> bool:
    """Whether a text could be TCVN3 or VNI: it holds their letters and none that only Unicode has."""
    return not text.isascii() and MODERN.search(text) is None and bool(marked_words(text))


def syllable_share(text: str, convert: Callable[[str], str] | None = None) -> float:
    """The share of the different words with diacritics that are Vietnamese syllables, 0 to 1; 0 where there are none.

    Args:
        text: the text.
        convert: what to read it with; None for as it is.
    """
    found = marked_words(text) if convert else [word for word in _WORD.findall(_composed(text)) if not word.isascii()]
    words = sorted(set(found))[:_MOST_WORDS]
    if not words:
        return 0.0
    return sum(_are_syllables(convert(word) if convert else word) for word in words) / len(words)


def legacy_encoding(texts: Iterable[str]) -> LegacyEncoding | Literal["unclear"] | None:
    """What suspect texts of one source are written in: TCVN3, VNI, neither (None), or one of them without certainty.

    >>> legacy_encoding(["TÝnh diÖn tÝch h×nh vu«ng cã c¹nh 5 cm"])
    'TCVN3'
    >>> legacy_encoding(["Hình vuông có góc là góc vuông", "déjà vu, garçon"]) is None
    True
    """
    text = "\n".join(filter(is_suspect, texts))
    if len(set(marked_words(text))) < LEAST_WORDS:
        return None
    shares = {name: syllable_share(text, convert) for name, convert in CONVERTERS.items()}
    best = max(shares, key=lambda name: shares[name])
    as_it_stands = syllable_share(text, str)  # of the same words: units (cm²) and Greek letters must not count against it
    if as_it_stands >= max(0.5, shares[best]) or shares[best] < 0.5:
        return None
    return best if shares[best] >= CERTAIN_SHARE else "unclear"


def reading_of(texts: Iterable[str], prior: LegacyEncoding | None) -> LegacyEncoding | Literal["unclear"] | None:
    """What the suspect texts of one row are written in.

    >>> reading_of(["TÝnh diÖn tÝch h×nh vu«ng"], None), reading_of(["Tính 3 + 4"], "TCVN3"), reading_of(["TÝnh 3 + 4"], None)
    ('TCVN3', None, 'unclear')

    Args:
        texts: the suspect ones among the texts of a row.
        prior: what the first rows of its file are written in.
    """
    words = {word for text in texts for word in marked_words(text)}
    as_it_stands = sum(map(_are_syllables, words))
    counts = {name: sum(_are_syllables(convert(word)) for word in words) for name, convert in CONVERTERS.items()}
    if prior and counts[prior] == as_it_stands > 0:
        return _by_common_words(words, prior)
    if prior:
        return prior if counts[prior] > as_it_stands else None
    best = max(counts, key=lambda name: counts[name])
    if 2 * as_it_stands >= len(words) or 2 * counts[best] < len(words):
        return None
    if len(words) < LEAST_WORDS:
        return "unclear" if counts[best] == len(words) and not as_it_stands else None
    return best if counts[best] >= CERTAIN_SHARE * len(words) else "unclear"


def _by_common_words(words: Iterable[str], prior: LegacyEncoding) -> LegacyEncoding | Literal["unclear"] | None:
    """What words are written in that are syllables both ways: as more of them are common words."""
    lowered = [word.lower() for word in words if CONVERTERS[prior](word) != word]
    if not lowered:
        return None
    kept = sum(word in COMMON_WORDS for word in lowered)
    converted = sum(CONVERTERS[prior](word) in COMMON_WORDS for word in lowered)
    return "unclear" if kept == converted else prior if converted > kept else None


def is_half_converted(text: str) -> bool:
    """Whether a text with letters that only Unicode has also holds words that are syllables in TCVN3 or VNI alone.

    >>> is_half_converted("H×nh vu«ng ®ã, Đáp số: 25"), is_half_converted("Ông Müller ăn phở ở Orléans")
    (True, False)
    """
    if _TELLING.search(text) is None or MODERN.search(text) is None:
        return False
    words = {word for word in marked_words(text) if not _are_syllables(word)}
    return sum(any(_are_syllables(convert(word)) for convert in CONVERTERS.values()) for word in words) > 1


@lru_cache(maxsize=20_000)
def _are_syllables(word: str) -> bool:
    found = _WORD.findall(word.lower())
    return bool(found) and "".join(found) == word.lower() and all(syllable in _syllables() for syllable in found)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@cache
def _syllables() -> frozenset[str]:
    from mathpal_lightning.vocabulary.choose import word_lists  # brings a model's libraries: only doubtful text pays
    from mathpal_lightning.vocabulary.syllables import syllables

    return frozenset(syllables(word_lists()["initials"], word_lists()["rimes"]))
