"""Words as people type them in a chat -> the same words in full: `15 ban nam`, `tcđ x=-3`, `20tr100k`, `10can3`."""

from __future__ import annotations

import re
import unicodedata

from mathpal_lightning.evaluation.language.rules import Rule, applied, asked, replacing
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.text import without_marks


def in_full(message: str, question: str, gold_solution: str) -> str:
    """The message with the marks of its words, without friendly words, its short words written in full.

    Args:
        message: what was typed.
        question: what it answers.
        gold_solution: the reference; with the question it tells which word an unmarked one stands for.
    """
    return applied(WORDS, with_marks(message, f"{question} {gold_solution}"), question)


def is_unmarked(text: str) -> bool:
    """Whether a text has words of Vietnamese and not one letter with a mark."""
    return without_marks(text) == text and re.search(r"[^\W\d_]{2}", text) is not None


_WORD = re.compile(r"(?:^|(?<=[.?!:\n] )|(?<=\n))(?P<first>[^\W_]+)|(?P<later>[^\W_]+)")


def with_marks(message: str, known: str) -> str:
    """Each word typed without its marks or capitals as a known text writes it, else as the common word that it can only mean.

    A word stays where the known text has it as it was typed, or writes it in two ways.

    >>> with_marks("15 ban nam, ab = 5", "Lớp 1A có bao nhiêu bạn nam? Tính AB.")
    '15 bạn nam, AB = 5'
    """
    forms: dict[str, set[str]] = {}
    for found in _WORD.finditer(unicodedata.normalize("NFC", known)):
        word = found["later"] or found["first"].lower()
        forms.setdefault(without_marks(word).lower(), set()).add(word)
    meant = {typed: max(words) for typed, words in forms.items() if len({word.lower() for word in words}) == 1}

    unmarked = is_unmarked(message)

    def written(typed: re.Match[str]) -> str:
        word = typed[0]
        if len(word) == 1 or word.isdecimal() or without_marks(word) != word or word != word.lower():
            return word
        if word in _STAYS:
            return word
        if word in forms:
            return meant.get(word, word)
        return COMMON.get(word, word) if unmarked else word

    return _PIECE.sub(written, message)


_PIECE = re.compile(r"(?<![^\W_])\d{1,2}[a-z]\d?(?![^\W_])|[^\W\d_]+(?:(?<=[a-z]{2})|\d*)")
"""A word, or a name with a digit: `3b`, `x1`."""


_COMMON_WORDS = (
    "và vì là nên được không có đúng sai thứ tư năm sáu bảy tám chín mười một hai bốn phần trăm nghìn triệu âm lớn hơn "
    "nhỏ bé bằng nhân trừ cộng số dài rộng đỉnh trục nghiệm vô mỗi tổng tuổi giờ phút giây mét vuông khối độ góc cân đều tại "
    "đồng biến nghịch khoảng từ đến lấy trước sau tức giảm tăng thực ảo giao hợp hiệu căn bình phương tồn kết quả đáp thì "
    "hoặc gồm phẩy mũ đủ"
)
_STAYS = {"hay", "con"}
"""Words without marks that say something else than those with marks: `7 hay 6`, `194 con voi`."""
COMMON = {without_marks(word): word for word in _COMMON_WORDS.split()}
"""What a word means that is typed without marks, where neither question nor reference has it."""

_ENDS = r"(?=[\s,.;:()!]|$)"
_LISTENER = "bạn|bn|mn|em|cô|thầy|nha|nhé|nhe|ạ|ơi|mọi người"
_FRIENDLY = r"nha|nhé|nhe|nhá|nè|á|ạ|xong|ok|luôn|thôi|chứ nhiêu|bạn (?:ạ|nhé|nha|ơi)|cô (?:ạ|ơi)|thầy (?:ạ|ơi)|chắc rồi"
_MEASURED = rf"(?i:-?\d[\d.,/]*(?:√\d+|π)?%?(?: ?(?:{MEASURE})(?: vuông| khối)?(?!\w))?)"
_POINT = r"\(-?\d[^()]*[;,][^()]*\)"
_WORDS_ONLY = r"(?!(?i:khi|tại|với|nếu|nên|thì|và|hoặc|hay|đến|từ)(?!\w))[^\W\d_]+\d{0,2}(?: [^\W\d_]+){0,3}"
_NAME_FIRST = re.compile(rf"{_WORDS_ONLY}(?:(?: là| bằng)? | ?[=:] ?|(?=\())(?:{_MEASURED}|{_POINT})(?= |$)")
_VALUE_FIRST = re.compile(rf"{_MEASURED} {_WORDS_ONLY}(?= \d|$)")


def one_by_one(text: str) -> str:
    """Results in a row, parted by semicolons, where the whole text is names and values in turn; else the text itself.

    >>> one_by_one("dài 12 m rộng 7 m"), one_by_one("12 nữ 20 nam"), one_by_one("còn 7 quyển vở")
    ('dài 12 m; rộng 7 m', '12 nữ; 20 nam', 'còn 7 quyển vở')
    """
    for one in (_NAME_FIRST, _VALUE_FIRST):
        found = one.findall(text)
        if len(found) > 1 and " ".join(found) == text:
            return "; ".join(found)
    return text


WORDS = (
    Rule(
        "what is said behind a friendly full stop",
        replacing(rf"(?i)(?<=[\w)°%²³}}\]]),? (?:{_FRIENDLY})(?: (?:{_LISTENER}))*[.!] (?=\S)", ", vì "),
        "35 phút nhé. 15 phút tới 8h rồi thêm 20 phút",
        "35 phút, vì 15 phút tới 8h rồi thêm 20 phút",
    ),
    Rule(
        "a friendly word",
        replacing(rf"(?i)(?<=[\w)°%²³}}\]]),? (?:{_FRIENDLY})(?: (?:{_LISTENER}))*{_ENDS}", ""),
        "600 + 40 + 8 á",
        "600 + 40 + 8",
    ),
    Rule(
        "and, as it is typed",
        replacing(r"(?i)(?<=[\w)°%²³}\]]) (?:vs|với)(?= \S*\d)", " và"),
        "(1;0) với (3;0)",
        "(1;0) và (3;0)",
    ),
    Rule("or, as it is typed", replacing(r"(?<!\w)or(?!\w)", "hoặc"), "a = 0 or a = 9", "a = 0 hoặc a = 9"),
    Rule("π in letters", replacing(r"(?i)(?<![^\W\d_])(\d*k?\d*)pi(?!\w)", r"\1π"), "x = pi/6 + k2pi", "x = π/6 + k2π"),
    Rule(
        "whole numbers behind a comma",
        replacing(r"(?i), ?k (?:là số )?nguyên(?: bất kỳ)?\W*$", " (k ∈ ℤ)"),
        "x = π/6 + k2π, k nguyên",
        "x = π/6 + k2π (k ∈ ℤ)",
    ),
    Rule("no, in two letters", replacing(r"(?i)(?<!\w)(?:ko|k|hok|kh|hông)(?= [^\W\d_])", "không"), "ko lấy 3", "không lấy 3"),
    Rule(
        "kilograms as they are said",
        replacing(r"(?i)(?<=\d) ?(?:kí|ký|kilo|cân)(?!\w)", " kg"),
        "45 kí mỗi thùng",
        "45 kg mỗi thùng",
    ),
    Rule(
        "an hour with one letter",
        asked(r"(?i)mấy giờ|lúc nào|bao lâu", replacing(r"(?<=\d)h(?!\w)", " giờ")),
        "lúc 9h",
        "lúc 9 giờ",
        "mấy giờ",
    ),
    Rule("sharp, of a time", replacing(r"(?i)(?<= giờ) đúng(?!\w)", ""), "9 giờ đúng", "9 giờ"),
    Rule("years of age", asked("(?i)tuổi", replacing(r"(?<=\d) ?t(?!\w)", " tuổi")), "con 16t", "con 16 tuổi", "mấy tuổi"),
    *(
        Rule(f"{full}, shortened", replacing(rf"(?i)(?<!\w){short}(?!\w)", full), f"{short} 5", f"{full} 5")
        for short, full in (
            ("tcđ", "tiệm cận đứng"),
            ("tcn", "tiệm cận ngang"),
            ("tcx", "tiệm cận xiên"),
            ("sxq", "diện tích xung quanh"),
            ("stp", "diện tích toàn phần"),
            ("dt", "diện tích"),
            ("cv", "chu vi"),
            ("cd", "chiều dài"),
            ("cr", "chiều rộng"),
            ("vt", "vectơ"),
            ("gtln", "giá trị lớn nhất"),
            ("gtnn", "giá trị nhỏ nhất"),
            ("đb", "đồng biến"),
            ("nb", "nghịch biến"),
            ("hs", "học sinh"),
        )
    ),
    Rule("was, shortened", replacing(r"(?i)(?<!\w)[dđ]c(?!\w)", "được"), "dc 3/4", "được 3/4"),
    Rule(
        "millions and thousands",
        replacing(r"(?i)(?<=\d)tr(\d{1,3})k(?!\w)", r" triệu \1 nghìn đồng"),
        "20tr100k",
        "20 triệu 100 nghìn đồng",
    ),
    *(
        Rule(
            f"{word} between numbers",
            replacing(rf"(?i)(?<=\d) {word} (?=-?\d)", f" {sign} "),
            f"6 {word} 3 = x",
            f"6 {sign} 3 = x",
        )
        for word, sign in (("chia", ":"), ("nhân", "×"), ("cộng", "+"), ("trừ", "-"))
    ),
    Rule("a root in letters", replacing(r"(?i)(?<![^\W\d_])(?:căn|can) ?(?=\d|[a-z](?![^\W_])|\()", "√"), "10can3", "10√3"),
    Rule("infinity in letters", replacing(r"(?i)(?<=[-+])vc(?!\w)", "∞"), "(2;+vc)", "(2;+∞)"),
    Rule("a fraction in words", replacing(r"(?<=\d) phần (?=\d)", "/"), "1 phần 6", "1/6"),
    Rule("both signs", replacing(r"\+/?- ?(?=\d)", "±"), "z = 1 +- 2i", "z = 1 ±2i"),
    Rule("a letter and its value", replacing(r"(?<![\w.=)])([A-Z]) (?=-?\d)", r"\1 = "), "P = 26, S 40", "P = 26, S = 40"),
    Rule(
        "a part's letter with another sign",
        asked(r"(?m)(?:^|\s)a\) ", replacing(r"(?:^|(?<=[;.,] )|(?<=[\d)%] )|(?<=\n))([a-e]) ?[.,:] (?=\S)", r"\n\1) ")),
        "a. 2,4% b. 1/2",
        "a) 2,4% \nb) 1/2",
        "Tính: a) P(A) b) P(B)",
    ),
    Rule(
        "working before the first part",
        asked(r"(?m)(?:^|\s)a\) ", replacing(r"^[^\n]*?(?:=>|⇒|→|->|,|\n) ?\n?(?=a\) )", "")),
        "S=3, P=-5 => a) 19; b) 2",
        "a) 19; b) 2",
        "Tính: a) S b) P",
    ),
    Rule(
        "strokes between the answers of parts",
        asked(r"(?m)(?:^|\s)a\) ", replacing(r" / ", "; ")),
        "9 / 4050 / 135",
        "9; 4050; 135",
        "a) 9 b) 4050 c) 135",
    ),
    Rule(
        "in which order",
        replacing(r"(?i),? ?(?:theo (?:đúng )?thứ tự|lần lượt)(?: a,? b,?(?: c,?)?(?: d)?)?\W*$", ""),
        "9; 8 theo thứ tự a b",
        "9; 8",
    ),
)
"""In this order; the text beside a message is its question."""
