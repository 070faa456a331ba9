"""Signs that a solution says in words, written as signs where its question asks for them: `lớn hơn`, `còn dư 2`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule, applied, asked, replacing, unless_asked
from mathpal_lightning.evaluation.values.relation import IN_WORDS, with_signs


def with_spoken_signs(text: str, question: str) -> str:
    """A solution with the signs that it says in words, by the rules below.

    Args:
        text: plain text of the solution.
        question: plain text of the problem; a clock time, a comparison or a remainder is looked for where it asks for one.

    >>> with_spoken_signs("2^30 bé hơn 3^20", "So sánh 2^30 và 3^20.")
    '2^30 < 3^20'
    """
    return applied(SPOKEN, text, question)


_ASKS_TO_COMPARE = re.compile(r"(?i)so sánh|dấu|<|>")
_END = r"(?:,? (?:vì|do|bởi) |\W*(?:$|\n))"
_SIGNS = {"lớn": ">", "bé": "<", "nhỏ": "<", "bằng": "="}
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


def _clock(said: re.Match[str]) -> str:
    return f"{int(said[1])} giờ" + (f" {int(said[2])} phút" if int(said[2]) else "")


_TWO_NUMBERS = re.compile(r"(?i)so sánh(?: hai số| hai phân số|:)? (?P<one>-?\d[\d,/]*) (?:và|với) (?P<two>-?\d[\d,/]*)\W*$")
_LARGER = re.compile(r"(?im)(?:^|(?<=: ))(?:số |phân số )?(?P<said>-?\d[\d,/]*) (?:là số )?(?P<how>lớn|bé|nhỏ) hơn(?=[. ]*$)")


def _with_the_other(text: str, question: str) -> str:
    asked = _TWO_NUMBERS.search(question)
    if asked is None:
        return text
    other = {asked["one"]: asked["two"], asked["two"]: asked["one"]}
    signs = {said: f"{said} {{}} {number}" for said, number in other.items()}
    return _LARGER.sub(lambda told: signs.get(told["said"], told[0]).format(_SIGNS[told["how"].lower()]), text)


SPOKEN = (
    Rule(
        "an option behind its letter, in brackets",
        asked(r"(?m)(?:^|\s)[BC][.)] ", replacing(r"(?i)\A(?:câu |đáp án )?([a-d]) \(([^()\n]{1,40})\)[ .]*\Z", r"\1. \2")),
        "C (5π/6)",
        "C. 5π/6",
        beside="Góc 150° là: A. 2π/3 B. 3π/4 C. 5π/6",
    ),
    Rule("a bound of a letter", lambda text, _: with_signs(text), "x không nhỏ hơn 4", "x ≥ 4"),
    Rule(
        "a time of the day",
        asked(
            r"(?i)(?:mấy|24) giờ|lúc nào|thời điểm|đồng hồ|giờ nào",
            replacing(r"(?<![\d.,:×/+-])(?<![:×/+=-] )([01]?\d|2[0-3]):([0-5]\d)(?![\d:]| ?[-+×:=/])", _clock),
        ),
        "Xe đến lúc 14:00",
        "Xe đến lúc 14 giờ",
        beside="Xe đến lúc mấy giờ?",
    ),
    Rule(
        "how two numbers compare",
        asked(
            _ASKS_TO_COMPARE,
            replacing(
                rf"(?<![^\W\d_])(?P<left>[\d)²³]|[A-Za-z])(?: (?:thì|là|sẽ))? (?P<words>{'|'.join(IN_WORDS)}|bằng) "
                r"(?:(?:phân số|số|hỗn số) )?(?=[-\d(√]|[A-Za-z](?!\w))",
                lambda said: f"{said['left']} {IN_WORDS.get(said['words'], '=')} ",
            ),
        ),
        "3^20 lớn hơn 2^30",
        "3^20 > 2^30",
        beside="So sánh 3^20 và 2^30.",
    ),
    Rule(
        "which of two numbers is the larger one",
        _with_the_other,
        "Đáp số: 4/5 lớn hơn.",
        "Đáp số: 4/5 > 3/4.",
        beside="So sánh 3/4 và 4/5.",
    ),
    Rule(
        "the name of a sign",
        asked(
            _ASKS_TO_COMPARE,
            replacing(
                r"(?i)(?<!\w)dấu (?:(?:cần |thích hợp )?(?:điền )?là:? )?(?:dấu )?(?P<words>(?:lớn|bé|nhỏ)(?: hơn)?|bằng)"
                rf"(?: nhau)?(?={_END})",
                lambda said: f"dấu là {_SIGNS[said['words'].split()[0].lower()]}",
            ),
        ),
        "Điền dấu lớn hơn.",
        "Điền dấu là >.",
        beside="Điền dấu vào chỗ chấm: 5 ... 3",
    ),
    Rule(
        "a sign behind its name",
        asked(
            _ASKS_TO_COMPARE,
            replacing(
                r"(?i)(?<!\w)dấu (?:(?:thích hợp|cần điền|đúng) )?(?:vào (?:chỗ chấm|ô trống) )?(?:là:? |: )?"
                rf"(?=[<>=]{_END})",
                "dấu là ",
            ),
        ),
        "Điền dấu >",
        "Điền dấu là >",
        beside="Điền dấu vào chỗ chấm: 5 ... 3",
    ),
    Rule(
        "a mixed number",
        asked("hỗn số", replacing(r"(?<![\d.,/])(\d+) và (?=\d+/\d+)", r"\1 ")),
        "2 và 3/4",
        "2 3/4",
        beside="Viết 11/4 dưới dạng hỗn số.",
    ),
    Rule(
        "a comparison behind the answer, where none is asked for",
        unless_asked(
            "hơn|kém",
            replacing(
                r"(?<=\w), (?:và )?(?:nhiều|ít|lớn|bé|nhỏ|dài|ngắn|cao|thấp|nặng|nhẹ|nhanh|chậm) hơn"
                r" [^,.;=\n]{1,60}\d+(?: [^\W\d_]+){0,3}(?=\.?$)",
                "",
            ),
        ),
        "Năm nhuận có 366 ngày, nhiều hơn năm thường 1 ngày.",
        "Năm nhuận có 366 ngày.",
        beside="Năm nhuận có bao nhiêu ngày?",
    ),
    Rule(
        "dots as signs of a product; those that part thousands stay",
        asked(
            r"(?i)thừa số|phân tích|ước|bội|ƯC|BC",
            replacing(
                r"(?<![\d.,])\d{1,4}(?:\.\d{1,4}){2,12}(?![\d,]|\.\d)",
                lambda said: said[0] if _THOUSANDS.fullmatch(said[0]) else said[0].replace(".", " × "),
            ),
        ),
        "2.2.3.5 = 60; 1.234.567",
        "2 × 2 × 3 × 5 = 60; 1.234.567",
        beside="Phân tích 60 ra thừa số nguyên tố.",
    ),
    Rule(
        "a remainder",
        asked(
            r"chia|\d ?: ?\d|dư",
            replacing(r"(?i)(?<=\d),? (?:và )?(?:còn )?(?:số )?(?:dư|thừa)(?: ra)?(?: là| bằng)?:? (?=\d)", " dư "),
        ),
        "Được 9 và còn dư 2",
        "Được 9 dư 2",
        beside="Thực hiện phép chia 29 : 3",
    ),
)
"""In this order; the text beside it is the question."""
