"""Signs that a solution says in words, written as signs where its question asks for them: `lớn hơn`, `còn dư 2`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.values.relation import IN_WORDS, with_signs

_ASKS_FOR_TIME = re.compile(r"(?i)(?:mấy|24) giờ|lúc nào|thời điểm|đồng hồ|giờ nào")
_CLOCK = re.compile(r"(?<![\d.,:×/+-])(?<![:×/+=-] )([01]?\d|2[0-3]):([0-5]\d)(?![\d:]| ?[-+×:=/])")
"""`14:00`."""
_ASKS_TO_COMPARE = re.compile(r"(?i)so sánh|dấu|<|>")
_COMPARED = re.compile(
    rf"(?<![^\W\d_])(?P<left>[\d)²³]|[A-Za-z])(?: (?:thì|là|sẽ))? (?P<words>{'|'.join(IN_WORDS)}|bằng) "
    r"(?:(?:phân số|số|hỗn số) )?(?=[-\d(√]|[A-Za-z](?!\w))"
)
"""`3^20 lớn hơn 2^30`."""
_END = r"(?:,? (?:vì|do|bởi) |\W*(?:$|\n))"
_SIGN = re.compile(
    r"(?i)(?<!\w)dấu (?:(?:cần |thích hợp )?(?:điền )?là:? )?(?:dấu )?(?P<words>(?:lớn|bé|nhỏ)(?: hơn)?|bằng)(?: nhau)?"
    rf"(?={_END})"
)
"""`điền dấu lớn hơn`."""
_SIGN_BEHIND = re.compile(
    rf"(?i)(?<!\w)dấu (?:(?:thích hợp|cần điền|đúng) )?(?:vào (?:chỗ chấm|ô trống) )?(?:là:? |: )?(?=[<>=]{_END})"
)
"""`điền dấu >`."""
_THAN_ANOTHER = re.compile(
    r"(?<=\w), (?:và )?(?:nhiều|ít|lớn|bé|nhỏ|dài|ngắn|cao|thấp|nặng|nhẹ|nhanh|chậm) hơn"
    r" [^,.;=\n]{1,60}\d+(?: [^\W\d_]+){0,3}(?=\.?$)"
)
"""`366 ngày, nhiều hơn năm thường 1 ngày`: a remark behind the answer."""
_DOTS = re.compile(r"(?<![\d.,])\d{1,4}(?:\.\d{1,4}){2,12}(?![\d,]|\.\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
"""`2.2.3.5` is a product, `1.234.567` a number."""
_REMAINDER = re.compile(r"(?i)(?<=\d),? (?:và )?(?:còn )?(?:số )?(?:dư|thừa)(?: ra)?(?: là| bằng)?:? (?=\d)")
"""`9 và còn dư 2`."""


def with_spoken_signs(text: str, question: str) -> str:
    """A solution with the signs that it says in words.

    Args:
        text: plain text of the solution.
        question: plain text of the problem; a clock time, a comparison or a remainder is looked for where it asks for one.

    >>> with_spoken_signs("2^30 bé hơn 3^20", "So sánh 2^30 và 3^20.")
    '2^30 < 3^20'
    """
    text = with_signs(text)
    if _ASKS_FOR_TIME.search(question):
        text = _CLOCK.sub(lambda said: f"{int(said[1])} giờ" + (f" {int(said[2])} phút" if int(said[2]) else ""), text)
    if _ASKS_TO_COMPARE.search(question):
        text = _COMPARED.sub(lambda said: f"{said['left']} {IN_WORDS.get(said['words'], '=')} ", text)
        text = _SIGN.sub(lambda said: f"dấu là {_SIGNS[said['words'].split()[0].lower()]}", text)
        text = _SIGN_BEHIND.sub("dấu là ", text)
    if "hỗn số" in question:
        text = re.sub(r"(?<![\d.,/])(\d+) và (?=\d+/\d+)", r"\1 ", text)
    if not re.search(r"hơn|kém", question):
        text = _THAN_ANOTHER.sub("", text)
    if re.search(r"(?i)thừa số|phân tích|ước|bội|ƯC|BC", question):
        text = _DOTS.sub(lambda said: said[0] if _THOUSANDS.fullmatch(said[0]) else said[0].replace(".", " × "), text)
    return _REMAINDER.sub(" dư ", text) if re.search(r"chia|\d ?: ?\d|dư", question) else text


_SIGNS = {"lớn": ">", "bé": "<", "nhỏ": "<", "bằng": "="}
