"""A question or a solution as it was written -> plain text, in which each thing is written in one way."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule, applied, replacing, unless, where, where_either
from mathpal_lightning.evaluation.solution.dollars import dollars_in_words
from mathpal_lightning.evaluation.solution.fitting import FITTING
from mathpal_lightning.evaluation.solution.remarks import without_pictures
from mathpal_lightning.evaluation.solution.speakers import without_speakers
from mathpal_lightning.evaluation.solution.spoken_amounts import AMOUNTS
from mathpal_lightning.evaluation.solution.spoken_powers import POWERS
from mathpal_lightning.evaluation.solution.subscripts import with_subscripts
from mathpal_lightning.evaluation.solution.tables import TABLE_RULE, cells_as_lines
from mathpal_lightning.text import plain_text


def prepared(text: str, beside: str = "") -> str:
    """Plain text, by the rules below.

    Args:
        text: a question or a solution.
        beside: the other one of them, which may show how thousands are parted.

    >>> prepared("x=4,x=-4 ạ")
    'x=4; x=-4'
    """
    return applied(PLAIN, text, beside)


_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d.,]\d|\d)")


def _spaced_thousands(text: str, beside: str) -> str:
    """No decimal ends in three noughts, nor has two commas: where one number shows it, all commas part thousands."""
    both = f"{text}\n{beside}"
    groups = _GROUPED.findall(both)
    if not any(group.endswith(",000") or group.count(",") > 1 for group in groups):
        return text
    decimals = len(re.findall(r"\d,\d+(?![\d,])", both)) > len(groups)
    return text if decimals else _GROUPED.sub(lambda group: group[0].replace(",", " "), text)


def _both_written_out(both: re.Match[str]) -> str:
    return "; ".join(f"{both['letter']} = {re.sub(' ?± ?', sign, both['value'])}" for sign in (" + ", " - "))


def _city(text: str, _: str) -> str:
    full = re.sub(r"(?<!\w)(?:TP\. ?|TP ?)?HCM(?!\w)", "Thành phố Hồ Chí Minh", text)
    return re.sub(r"(?<!\w)(?i:TP)(?:\. ?| )(?=[A-ZĐ])", "Thành phố ", full)


_ARROW_SIGNS = {"<=>": "⇔", "=>": "⇒", ">=": "≥", "<=": "≤"}
_HECTARES = r"(?<=\d) ?(?:ha|héc-ta|km\^2|m\^2)(?!\w)"
_DWELLING = r"(?i)(?<!\w)căn (?:hộ|nhà|phòng)|(?<!\w)(?:mỗi|các|từng|những) căn(?!\w)"
_HEAT = replacing(r"(?<=\d) ?(?:(?:độ|°)(?= ?(?:[.,;)]|$|\n))|° C(?!\w))", "°C")

PLAIN = (
    Rule(
        "a decimal around its unit, as it is said",
        replacing(r"(?<![\w.,])(\d{1,3})(?:(m)([4-9]|\d\d)|(tr)(\d\d?))(?!\w|[.,]\d| ?[dcm]?m(?!\w))", r"\1,\3\5 \2\4"),
        "Cao 1m65.",
        "Cao 1,65 m.",
    ),
    Rule(
        "numbers taken out of the reals or of an interval: `R\\{0}`",
        replacing(r"(?:(?<![a-zA-Z\\{])(R|ℝ)|(?<=[\d∞ a-z][)\]\[])) ?\\ ?\{([^{}\n]{1,40})\}", r"\1 \\setminus \\{\2\\}"),
        "D = R\\{0}; E = [1; 9) \\ {3}",
        "D = R \\ {0}; E = [1; 9) \\ {3}",
    ),
    Rule(
        "the difference of two sets: `A \\ B`",
        where_either(r"tập hợp|[∩∪{]|\\c[au]p", replacing(r"(?<![\w\\])([A-Z]) ?\\ ?([A-Z])(?![\w'])", r"\1 \\setminus \2")),
        "A \\ B = {1; 3}",
        "A \\ B = {1; 3}",
    ),
    Rule(
        "a Markdown table of sums: one cell a line",
        where(TABLE_RULE, cells_as_lines),
        "a | b\n--- | ---\na) 2 + 3 = 5 | b) 4 + 4 = 8",
        "a | b\na) 2 + 3 = 5\nb) 4 + 4 = 8",
    ),
    Rule(
        "an angle in radians, which are no unit",
        replacing(r"(?<=π)(/\d+)? ?(?:\(rad\)|rad(?!\w))", r"\1"),
        "5π/6 (rad)",
        "5π/6",
    ),
    Rule(
        "what is highlighted",
        replacing(r"==(?P<text>[^=\n]+)==(?!=)", r"\g<text>"),
        "Còn ==27 kg== gạo",
        "Còn 27 kg gạo",
    ),
    Rule(
        "the number of a line before the letter of a part",
        replacing(r"(?m)^\d\. (?=\*{0,2}[a-h]\) ?\*{0,2} )", ""),
        "1. a) 25 × 4 = 100",
        "a) 25 × 4 = 100",
    ),
    Rule("what is struck out", replacing(r"~~[^~\n]+~~ ?", ""), "~~18~~ 16", "16"),
    Rule("`####` before the answer, as in GSM8K", replacing(r"(?m)^ *#### ?(?=\S)", "Đáp án: "), "#### 18", "Đáp án: 18"),
    Rule(
        "sums of dollars, which are no LaTeX",
        lambda text, _: dollars_in_words(text),
        "$5 - $3 = $2",
        "5 đô la - 3 đô la = 2 đô la",
    ),
    Rule(
        "sums side by side, with wide spaces between them",
        replacing(r"(?<=[\d)]) {3,}(?=[\d(])", "; "),
        "42 + 36      97 - 25",
        "42 + 36; 97 - 25",
    ),
    Rule(
        "`k` as a factor, where no money is spoken of",
        unless(
            r"(?i)đồng|tiền|giá(?! trị)|mua|bán|nghìn|(?<=\d)đ(?!\w)",
            replacing(r"(?<![^\W\d_])([a-z] ?= ?\d{1,3})k(?!\w)", r"\1 × k"),
        ),
        "x = 3k, y = 15k",
        "x = 3 × k, y = 15 × k",
        "x/3 = y/15",
    ),
    Rule("commas that part thousands", _spaced_thousands, "400,000 + 1,500 đồng", "400 000 + 1 500 đồng"),
    Rule("a forum's marks of a formula", replacing(r"(?i)\[/?(?:tex|math|latex)\]", " "), "[TEX]x = 2[/TEX]", "x = 2"),
    Rule(
        "a square bracket behind the letter of a part", replacing(r"(?m)(?:^|(?<=: ))([a-h])\] ", r"\1) "), "a] 5 cm", "a) 5 cm"
    ),
    Rule(
        "numbered unknowns without their subscripts, where the other text has them",
        with_subscripts,
        "x1 + x2 = 5",
        "x_1 + x_2 = 5",
        "x_1 và x_2",
    ),
    Rule("pictures, and arrows that are pictures", lambda text, _: without_pictures(text), "x = 5 ✅ ➜ đúng", "x = 5 ⇒ đúng"),
    Rule("LaTeX, HTML and Markdown", lambda text, _: plain_text(text), "**$\\frac{1}{2}$**", "1/2"),
    Rule(
        "bullets before several sums",
        where(r"(?m)^[-•+*] [a-z\d$][^\n]*=[^\n]*\n[-•+*] [a-z\d$][^\n]*=", replacing(r"(?m)^[-•+*] (?=[a-z\d$][^\n]*=)", "")),
        "- 5 km = 5 000 m\n- 7 m = 700 cm",
        "5 km = 5 000 m\n7 m = 700 cm",
    ),
    Rule(
        "the sign of a triangle",
        replacing(r"[Δ∆△] ?(?=[A-Z]{3}(?!\w))", "tam giác "),
        "ΔABC cân tại A",
        "tam giác ABC cân tại A",
    ),
    Rule("a city", _city, "TP.HCM, TP. Huế", "Thành phố Hồ Chí Minh, Thành phố Huế"),
    Rule(
        "a heading before a sentence that concludes",
        replacing(r"(?im)^(\W*)kết luận ?:? ?(?=\w\S*(?: \S+){3})", r"\1Vậy "),
        "Kết luận: Cần ít nhất 13 bàn",
        "Vậy Cần ít nhất 13 bàn",
    ),
    Rule(
        "a second result below `Đáp số`, named as the first one is",
        replacing(
            r"(?im)^(đáp số ?: ?(?P<noun>[^\W\d_]+) [^:=\n]{1,20}: ?-?\d[^:=\n]*?)[.;]?\n\s*"
            r"(?=(?P=noun) [^:=\n]{1,20}: ?-?\d[^:=\n]*$)",
            r"\1; ",
        ),
        "Đáp số: Thửa 1: 30 tạ\nThửa 2: 22 tạ",
        "Đáp số: Thửa 1: 30 tạ; Thửa 2: 22 tạ",
    ),
    Rule("who speaks, in a dialogue", lambda text, _: without_speakers(text), "Cô: Còn mấy?\nEm: 48 ạ", "Còn mấy?\n48"),
    Rule(
        "to whom it is said",
        replacing(r"(?im)(?<=[^\W\d_]) (?:con|em|các em|bạn|cô|thầy) (?:nhé|nha|ạ|nhá)(?=[.! ]*$)", ""),
        "Có 18 bông hoa con nhé.",
        "Có 18 bông hoa.",
    ),
    Rule("years to come", replacing(r"(?i)(?<=\d năm) nữa(?=\W*(?:$|\n))", ""), "Còn 6 năm nữa", "Còn 6 năm"),
    Rule("an exponent without anything in it", replacing(r"\^\(\)", ""), "5^{} cm", "5 cm"),
    Rule(
        "arrows and signs of order typed on a keyboard",
        replacing("<=>|=>|>=|<=", lambda sign: _ARROW_SIGNS[sign[0]]),
        "x - 2 >= 0 <=> x >= 2",
        "x - 2 ≥ 0 ⇔ x ≥ 2",
    ),
    Rule(
        "two lines that begin with a bracket for `or`",
        replacing(r"(?m)\[ ?(?P<one>[a-z] ?=[^\[\]\n]+)\n[ ⇔]*\[ ?(?P<two>[a-z] ?=[^\[\]\n]+)$", r"\g<one> hoặc \g<two>"),
        "⇔ [ x = 8\n   [ x = -2",
        "⇔ x = 8 hoặc x = -2",
    ),
    Rule("a forum's word for and", replacing(r"(?<=[\w)°%²³]) vs (?=[-\w(√])", " và "), "x = 1 vs x = 3", "x = 1 và x = 3"),
    Rule(
        "a forum's words for not",
        replacing(
            r"(?i)(?<!\w)(?:k|ko|kh|hok|hông) (?=(?:có|phải|tồn|thỏa|thoả|đúng|chia|đủ|là(?! (?:số )?nguyên))(?!\w))", "không "
        ),
        "k có x nào",
        "không có x nào",
    ),
    *FITTING,
    Rule(
        "both signs at once",
        replacing(
            r"(?P<letter>(?<!\w)[a-z])(?:_\(?1[,;] ?2\)?)? ?= ?(?P<value>[^;,=±⇒⇔⟧\n]{0,30}[\w)] ?± ?[^;,=±⇒⇔⟧\n]{1,30}?)"
            r"(?=[.;,⟧]? *(?:$|\n|⇒|⇔|⟧|hoặc))",
            _both_written_out,
        ),
        "x = 2 ± √3",
        "x = 2 + √3; x = 2 - √3",
    ),
    Rule(
        "a dot as the sign of times, before a power of ten or a bracket",
        replacing(r"(?<=\d) ?[.·] ?(?=10\^)|(?:(?<=[\d)])|(?<=\d[a-z]))\.(?=\()", " × "),
        "4,8.10^7 + 3.(2 + 1)",
        "4,8 × 10^7 + 3 × (2 + 1)",
    ),
    Rule(
        "the are, beside hectares or square metres",
        where(_HECTARES, replacing(r"(?<=\d) ?a(?=[ =;,)\n]|\.? ?$)", " are")),
        "2 ha 5 a = 205 a",
        "2 ha 5 are = 205 are",
    ),
    Rule(
        "a unit that the next number touches",
        replacing(r"(?<=\d)(kg|km|tấn|tạ|dm|cm|m|l|giờ|phút)(?=\d)(?![23](?!\d))", r"\1 "),
        "1kg200g",
        "1kg 200g",
    ),
    Rule(
        "a comma between two values of a letter", replacing(r"(?<=[\d)]),(?=[a-z](?:_?\d)? ?=)", "; "), "x=4,x=-4", "x=4; x=-4"
    ),
    Rule("a semicolon that the next number touches", replacing(r"(?<=\d);(?=-?\d)", "; "), "2;-4", "2; -4"),
    Rule(
        "commas between the members of a set",
        replacing(r"\{ ?-?\d+(?:(?:,-?\d+){2,}|(?:, -?\d+)+) ?\}", lambda listed: re.sub(", ?", "; ", listed[0])),
        "A = {1,2,3}",
        "A = {1; 2; 3}",
    ),
    Rule(
        "two named values with nothing between them",
        replacing(
            r"(?i)(?<=\d|m|g|n) (?=(?:số (?:lớn|bé|nhỏ|thứ (?:nhất|hai|ba))|chiều (?:dài|rộng|cao))(?: là| bằng| =| ?:)? ?\d)",
            "; ",
        ),
        "số lớn: 60 số bé: 30",
        "số lớn: 60; số bé: 30",
    ),
    Rule(
        "a result and the next computation in one line with nothing between them",
        replacing(
            r"(?P<result>[=≈] ?-?\d[\d.,/]*(?: \d{3}(?!\d))*(?: ?\([^()\d=]{1,30}\)| ?(?:[^\W\d_](?<![A-ZĐ])){1,12}\^?[23]?)?)"
            r" (?=[A-ZĐ][^\W\d_]+(?: [^\W\d_]+){0,11}(?: là:?|:) ?[-\d(][^=≈\n]{0,80}[=≈])",
            r"\g<result>\n",
        ),
        "2 + 3 = 5 (phần) Số bé là: 60 : 5 × 2 = 24",
        "2 + 3 = 5 (phần)\nSố bé là: 60 : 5 × 2 = 24",
    ),
    Rule(
        "a root in words, where no dwelling is meant",
        unless(_DWELLING, replacing(r"(?<![^\W\d_])căn ?(?=\d|\()", "√")),
        "x = căn 2",
        "x = √2",
    ),
    *POWERS,
    *AMOUNTS,
    Rule("degrees of heat", where_either(r"° ?C(?!\w)|độ C(?!\w)|(?i:nhiệt độ)", _HEAT), "âm 5 độ", "-5°C", "nhiệt độ ban đêm"),
    Rule(
        "a sum and its result joined by words",
        replacing(r"((?<![\w,.])\d[\d,.]* ?[-+×:] ?\d[\d,.]*(?: [^\W\d_]+)?),? (?:hay|tức là|tức|bằng|được) (?=\d)", r"\1 = "),
        "5 × 8 hay 40",
        "5 × 8 = 40",
    ),
    Rule(
        "a fraction in words at the end",
        replacing(r"(?<![\w.,])(\d{1,3}) phần (\d{1,3})(?=[.,; ]*(?:$|\n|ạ))", r"\1/\2"),
        "Còn 2 phần 5.",
        "Còn 2/5.",
    ),
    Rule(
        "kilograms, as they are said",
        replacing(r"(?<=\d) ?(?:cân|kí|ký)(?=[.,;!)]|\s*(?:$|\n)| (?:gạo|thóc|đường|thịt|cá|rau|cam|táo|xoài)(?!\w))", " kg"),
        "Còn 25 cân.",
        "Còn 25 kg.",
    ),
    Rule(
        "words of politeness",
        replacing(r"(?im)(?:,? (?:ạ|nh[éaá]|nè|thôi)(?: (?:thầy|cô|(?:các )?(?:em|bạn|con)))?)+(?=[.!]*\s*$|[.!]+ |, vì)", ""),
        "Được 5 cái ạ cô.",
        "Được 5 cái.",
    ),
    Rule(
        "a power of a unit that lost its place",
        replacing(r"(?<=[\d( ])((?:k|h|da|d|c|m)?m) ([23])(?=[).;]|$|\n)", r"\1^\2"),
        "50 (cm 2)",
        "50 (cm^2)",
    ),
)
"""In this order. A later rule may count on what an earlier one has written."""
