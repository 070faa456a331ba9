"""Amounts as they are said or scribbled, where the question tells what is meant: `9 rưỡi`, `35'`, `12t`, `CN`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule, asked, replacing

_SCALES = {"nghìn": "000", "ngàn": "000", "triệu": "000 000"}
_SCALED = re.compile(r"(?<![\d.,])(?P<number>\d{1,3}) (?P<scale>nghìn|ngàn|triệu)(?=[ .]*$)")


def with_noughts(line: str, question: str) -> str:
    """`90 nghìn` as `90 000`; sums of money and the places of a number's digits stay as they are."""
    if re.search(r"(?i)đồng|tiền|giá|gồm|hàng nào|đọc|phân tích", f"{question} {line}"):
        return line
    return _SCALED.sub(lambda said: f"{said['number']} {_SCALES[said['scale']]}", line)


AMOUNTS = (
    Rule(
        "half past an hour",
        asked(r"(?i)mấy giờ|thời điểm|lúc nào", replacing(r"(?<![\d:,.])(\d{1,2}) ?rưỡi(?!\w)", r"\1 giờ rưỡi")),
        "9 rưỡi sáng",
        "9 giờ rưỡi sáng",
        "lúc mấy giờ",
    ),
    Rule(
        "a stroke for minutes",
        asked(r"(?i)(?:bao nhiêu|mấy) phút", replacing(r"(?<=\d)['’](?![\w'’])", " phút")),
        "Mất 35'",
        "Mất 35 phút",
        "mấy phút",
    ),
    Rule(
        "minutes with one letter",
        asked(r"(?i)(?:bao nhiêu|mấy) phút", replacing(r"(?<=\d)p(?!\w)", " phút")),
        "Kéo dài 35p",
        "Kéo dài 35 phút",
        "mấy phút",
    ),
    Rule(
        "a century with two letters",
        asked(r"(?i)thế k[ỉỷ]", replacing(r"(?i)(?<!\w)tk (?=[IVX\d])", "thế kỉ ")),
        "tk XX",
        "thế kỉ XX",
        "thế kỉ nào",
    ),
    Rule(
        "a day of the week with one letter",
        asked("(?i)thứ mấy", replacing(r"(?i)(?<!\w)t([2-7])(?!\w)", r"thứ \1")),
        "t6",
        "thứ 6",
        "thứ mấy",
    ),
    Rule(
        "no solution, in four letters",
        asked("(?i)phương trình", replacing(r"(?i)(?<!\w)pt ?vn(?!\w)", "phương trình vô nghiệm")),
        "ptvn",
        "phương trình vô nghiệm",
        "Giải phương trình",
    ),
    Rule("years of age", asked("(?i)tuổi", replacing(r"(?<=\d)t(?!\w)", " tuổi")), "12t", "12 tuổi", "bao nhiêu tuổi"),
    Rule("Sunday", asked("(?i)thứ mấy|ngày nào", replacing(r"(?<!\w)CN(?!\w)", "Chủ nhật")), "CN", "Chủ nhật", "thứ mấy"),
    Rule(
        "degrees of heat in other signs",
        replacing(r"(?<=\d) ?(\(?)(?:° ?|\^?o ?)C(?!\w)", r"\1°C"),
        "7 - 8 = -1^oC",
        "7 - 8 = -1°C",
    ),
)
"""In this order; part of the rules of `plain.py`."""
