"""An answer in words: `thứ Ba`, `cửa hàng B`, `vô nghiệm`; and numbers written in words or in Roman numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from mathpal_lightning.schema import AnswerKind
from mathpal_lightning.text import comparison_key

NO_SOLUTION, EVERY_SOLUTION = "vô nghiệm", "vô số nghiệm"


@dataclass(frozen=True, slots=True)
class Words:
    """Words, as they were written."""

    written: str
    named: bool = False
    """The words are no sentence but a name: a letter, a set sign."""

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        return "text"

    @property
    def canonical(self) -> str:
        """The canonical form: the words themselves."""
        return self.written

    def same(self, other: Words, question: str = "") -> bool:
        """Whether both say the same, without regard to case, place of the tone mark and words that carry nothing.

        One side may repeat words of the question (`Lan`, `Lan cao nhất` where it is asked who is tallest), or say what the
        named one is compared with (`hộp A nặng hơn hộp B`); it may not deny, doubt or name another one.
        """
        if _says_no_solution(self.written) and _says_no_solution(other.written):
            return True
        left, right = _key(self.written), _key(other.written)
        if left == right:
            return bool(left) or self.written == other.written
        if _BOTH.fullmatch(self.written) and _BOTH.fullmatch(other.written):
            return True
        classes = [_CLASS.fullmatch(side.written.strip(" .")) for side in (self, other)]
        if classes[0] and classes[1]:
            return classes[0]["name"].lower() == classes[1]["name"].lower()
        if (number := numbered(self.written)) and number == numbered(other.written):
            return True
        numbers = number_in_words(self.written), number_in_words(other.written)
        if None not in numbers and numbers[0] == numbers[1]:
            return True
        (shorter, short), (longer, long) = sorted(((left, self), (right, other)), key=lambda side: len(side[0]))
        return bool(shorter) and _only_repeats(shorter, longer, long.written, question)


_FILLERS = [
    comparison_key(word)
    for word in (
        "vậy",
        "là",
        "ngày",
        "chữ",
        "cái",
        "bạn",
        "số",
        "đó",
        "ta",
        "có",
        "đáp",
        "án",
        "em",
        "hình",
        "vì",
        "nên",
        "chọn",
        "mua",
        "ở",
    )
]
_LEADING_FILLERS = re.compile(rf"^(?:(?:{'|'.join(_FILLERS)}) )+")
_WINS = {comparison_key(words) for words in ("thắng", "thắng cuộc", "chiến thắng")}
_DENIES = re.compile(
    r"(?i)(?<!\w)(?:không|chưa|chẳng|hay|hoặc|đừng|trừ|ngoài|sai|nhưng|còn|và|cùng|hơn cả|có thể|chắc)(?!\w)|[,;/]"
)
_NO_SOLUTION = re.compile(
    r"(?i)(?:[^.;\d]{0,60} )?vô nghiệm(?: [^\d.;]{0,20})?|(?:[A-Z] ?= ?|[a-z] ?∈ ?)?∅|tập rỗng"
    r"|(?:[^.;\d]{0,40} )?không có nghiệm(?: nào)?"
    r"|(?!(?:em|tôi|mình|tớ|con) )(?:[^.;\d]{0,40} )?(?:không|chẳng) (?:có|tồn tại|tìm được) (?=.*(?:nào|thỏa|thoả))"
    r"(?:giá trị|cặp số|số(?: thực| nguyên| \w+)?)?(?: ?[a-z](?!\w))?(?: nào)?(?: của \w)?(?: nào)?"
    r"(?: (?:để )?(?:(?:thỏa|thoả) mãn|là nghiệm).{0,60})?"
    r"|(?:[^.;\d]{0,40} )?tập (?:nghiệm )?(?:là )?(?:tập )?rỗng|không tồn tại(?: [^.;\d,]{1,60})?"
)


_CLASS = re.compile(r"(?i)(?:lớp )?(?P<name>\d{1,2}[a-k]\d?)")
"""`4C` is `lớp 4C`."""
_BOTH = re.compile(
    r"(?i:vậy )?(?i:cả )(?:(?i:hai|2)(?: (?:bạn|người|em|ý kiến|cách))?|[A-ZĐ]\w* và [A-ZĐ]\w*)"
    r"(?: (?:này|đó))?(?: đều)?(?: nói)?(?: đúng)?"
)
"""`cả hai bạn đều`, `Cả An và Bình đều nói đúng`."""


def _says_no_solution(text: str) -> bool:
    return _NO_SOLUTION.fullmatch(text.strip(" .")) is not None


_TRUTH = {"đ": "đúng", "s": "sai"}
"""What a pupil writes into the box of `Đúng ghi Đ, sai ghi S`."""


_POINTING = re.compile(r"(?i) (?:đó|này|ấy|đã cho)(?!\w)")
"""`tam giác đó vuông` is `tam giác vuông`."""


def _key(text: str) -> str:
    text = _POINTING.sub("", _TRUTH.get(text.strip(" .'").lower(), text))
    return _LEADING_FILLERS.sub("", comparison_key(text))


def _only_repeats(shorter: str, longer: str, written: str, question: str) -> bool:
    """Whether `longer` adds to `shorter` nothing but words of the question, or what it is compared with."""
    if _DENIES.search(written) or f" {longer} " in f" {comparison_key(question)} ":
        return False  # what the question offers as a whole is no answer in part: `khối lập` for `khối lập phương`
    words, less = longer.split(), shorter.split()
    if longer.endswith(f" {comparison_key('hơn')} {shorter}"):
        return False  # `Vy nhanh hơn Hà` names Vy
    if re.search(r"\d$", shorter) and words[: len(less)] != less:
        return False
    if words[: len(less)] == less:
        behind = words[len(less) :]
        compared = re.search(rf"(?:^| )({'|'.join(map(comparison_key, ('hơn', 'nhất')))})(?: |$)", " ".join(behind))
        if compared and compared[1] == comparison_key("hơn") and behind[0] != compared[1]:
            asked_how = re.findall(rf"(\S+) {comparison_key('hơn')}(?: |$)", comparison_key(question))
            return not asked_how or behind[0] in asked_how  # `thấp hơn Dũng` does not answer who is `cao hơn`
    else:
        behind = words[: len(words) - len(less)] if words[-len(less) :] == less else []
    if behind and " ".join(behind) in _WINS and words[: len(less)] == less and len(less) > 1:
        return True
    asked = set(comparison_key(asking_sentence(question)).split())
    if len(less) == 1 and not re.search(r"(?<!\w)[A-ZĐÂĂÊÔƠƯ]", written):
        return False
    return bool(behind) and set(behind) <= asked and not any(word[:1].isupper() for word in _added(written, shorter))


_ASKS_WHICH = re.compile(r"(?i)(?<!\w)(?:ai|nào|gì)(?!\w)[^.?!]*:$")


def asking_sentence(question: str) -> str:
    """The sentence of a question that asks: `Ai đúng:` of `Ai đúng: An nói 3 > 2, Bình nói 3 < 2?`."""
    sentences = [part for part in re.split(r"(?<=[.?!:])\s", question) if part.strip()]
    if len(sentences) > 1 and _ASKS_WHICH.search(sentences[-2]) and not _ASKS_WHICH.search(sentences[-1]):
        return sentences[-2]
    asking = [part for part in sentences if re.search(r"(?i)\?|hỏi|(?<!\w)(?:nào|ai|gì|mấy|so sánh|tìm|dùng từ)(?!\w)", part)]
    return (asking or sentences or [""])[-1]


def _added(written: str, shorter: str) -> list[str]:
    """The words of a text that are not among those of the shorter one; the first word's capital letter says nothing."""
    known = set(shorter.split())
    return [word for word in re.findall(r"\w+", written)[1:] if comparison_key(word) not in known]


def read_words(text: str) -> Words | None:
    """Read words; `Phương trình vô nghiệm` and `S = ∅` in their canonical form."""
    text = text.strip()
    if re.fullmatch(r"(?:[^.;\d]{0,60} )?vô số nghiệm(?: [^\d.;]{0,20})?", text, re.IGNORECASE):
        return Words(EVERY_SOLUTION)
    if _NO_SOLUTION.fullmatch(text):
        return Words("∅" if "∅" in text or "rỗng" in text else NO_SOLUTION)
    return Words(text) if text else None


_DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {"nghìn": 1000, "ngàn": 1000, "triệu": 10**6, "tỉ": 10**9, "tỷ": 10**9}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_NUMBER = re.compile(
    r"(?:thế k[ỉỷ] )?(?=[IVXLCDM]{2,}|(?<= )[IVX]$)(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))"
)


SPELLING = {*_DIGITS, *_SCALES, "trăm", "mươi", "mười", "linh", "lẻ", "phẩy", "phần", "âm"}
"""The words of numbers."""


def is_spelled(text: str) -> bool:
    """Whether a text is a number in words and nothing else: `Năm phẩy bảy`, `ba phần tư`."""
    words = re.findall(r"\w+", text.lower())
    return 1 < len(words) <= 40 and set(words) <= SPELLING


def number_in_words(text: str) -> Fraction | None:
    """`ba mươi lăm` -> 35, `âm ba phần tư` -> -3/4, `XIX` -> 19, `thế kỉ XI` -> 11; None where the text is no number."""
    text = re.sub(r"(?i)^(?:thế k[ỉỷ]|tk) (?:thứ )?(?=\w)", "thế kỉ ", text)
    text = re.sub(r"^thế kỉ (?=[^\W\d_]{2,})(?![IVX])", "", text)
    if century := re.fullmatch(r"thế kỉ (\d{1,2})", text):
        return Fraction(century[1])
    negative = text.lower().startswith("âm ")
    text = (text[3:] if negative else text).strip(" .")
    if (decimal := _decimal_in_words(text)) is not None:
        return -decimal if negative else decimal
    numbers = [_whole_in_words(part) for part in text.split(" phần ")]
    top, bottom = numbers[0], numbers[-1] if len(numbers) == 2 else 1
    if top is None or not bottom or len(numbers) > 2:
        return None
    return Fraction(-top if negative else top, bottom)


_NUMBERED = re.compile(
    r"(?i)(?P<head>tháng|quý|tuần|tầng|lớp|tiết|chương|khối) (?:thứ )?(?P<number>\d{1,3}|[^\W\d_]+(?: [^\W\d_]+){0,2})"
)
_MONTHS = {"giêng": 1, "chạp": 12}


def numbered(text: str) -> tuple[str, Fraction] | None:
    """`tháng Hai` -> ("tháng", 2), `lớp 4` -> ("lớp", 4); None for every other text."""
    named = _NUMBERED.fullmatch(text.strip(" ."))
    if named is None:
        return None
    word = named["number"].lower()
    number = Fraction(word) if word.isdigit() else number_in_words(word)
    number = Fraction(_MONTHS[word]) if word in _MONTHS and named["head"].lower() == "tháng" else number
    return None if number is None else (named["head"].lower(), number)


def reading_key(text: str) -> str:
    """The words of a number as one says them: `lẻ` is `linh`, `ngàn` is `nghìn`, `tư` behind tens is `bốn`."""
    words = re.findall(r"\w+", text.lower())
    return " ".join(_SAID.get(word, word) for word in words)


_SAID = {"lẻ": "linh", "ngàn": "nghìn", "tỷ": "tỉ", "bẩy": "bảy", "tư": "bốn", "nhăm": "lăm"}


def _decimal_in_words(text: str) -> Fraction | None:
    """`ba phẩy không bảy` -> 3,07, `hai phẩy mười bốn` -> 2,14: noughts in front are said one by one."""
    whole, comma, behind = text.lower().partition(" phẩy ")
    value = _whole_in_words(whole) if comma else None
    noughts = re.match(r"(?:không )*", behind)
    rest = behind[noughts.end() :] if noughts else behind
    digits = [_DIGITS.get(word) for word in rest.split()]
    read = "".join(map(str, digits)) if rest and None not in digits else str(_whole_in_words(rest) or "") if rest else ""
    written = "0" * behind.split()[: (noughts.end() // len("không ")) if noughts else 0].count("không") + read
    if value is None or not comma or not written or (rest and not read):
        return None
    return value + Fraction(int(written), 10 ** len(written))


def _whole_in_words(text: str) -> int | None:
    if ordinal := re.fullmatch(r"(?i)thứ (?:(\d{1,2})|nhất|nhì|(\w+))", text):
        return int(ordinal[1]) if ordinal[1] else _DIGITS.get((ordinal[2] or "").lower(), 2 if "nhì" in text.lower() else 1)
    if roman := _ROMAN_NUMBER.fullmatch(text):
        values = [_ROMAN[letter] for letter in roman[1]]
        return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    words = text.lower().replace(",", "").split()
    if not words or len(words) > 40 or not set(words) <= SPELLING - {"phẩy", "phần", "âm"}:
        return None
    if any(first in _DIGITS and second in _DIGITS for first, second in pairwise(words)):
        return None  # `sáu bảy`: six or seven
    total = group = tens = digit = 0
    for word in words:
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word == "trăm":
            group, digit = 100 * digit, 0
        elif word in ("mươi", "mười"):
            tens, digit = 10 * (digit if word == "mươi" else 1), 0
        elif word in _SCALES:
            total += (group + tens + digit) * _SCALES[word]
            group = tens = digit = 0
    return total + group + tens + digit


_INFINITE = re.compile(r"(?i)(?:(?P<negative>-|âm )|\+|dương )? ?(?:∞|vô (?:cực|cùng))")


def read_infinity(text: str) -> Words | None:
    """`+∞`, `dương vô cực`: what a limit may be."""
    infinite = _INFINITE.fullmatch(text)
    return Words("-∞" if infinite["negative"] else "+∞") if infinite else None
