"""What checks or explains a result behind it: sums in brackets, all results added up, a reason behind a dash."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import has_letter
from mathpal_lightning.text import comparison_key

_SUMS = re.compile(r"(?<=\d) \((?P<first>-?\d[\d,]*)(?: ?[-+×:] ?-?\d[\d,]*)+ ?= ?-?\d[^()]*\)(?=\W*$)")


def without_sums(line: str, _: str) -> str:
    """`37 và 23 (37 + 23 = 60)` as `37 và 23`: the brackets begin with a value before them."""
    sums = _SUMS.search(line)
    known = sums and re.search(rf"(?<![\d,]){re.escape(sums['first'])}(?![\d,])", line[: sums.start()])
    return line[: sums.start()] + line[sums.end() :] if sums and known and not has_letter(sums[0]) else line


_SUM_OF_RESULTS = re.compile(
    r"(?i)\W*(?:(?:tổng(?: cộng| số [^=:\d]{1,30})?|cộng(?: lại)?|tất cả) ?(?:là|=|:)? ?)"
    r"-?\d[\d ,.]*(?:\+ ?\d[\d ,.]*)+= ?(?P<sum>\d[\d ,.]*?)(?: ?\(?[^\W\d_]+(?: [^\W\d_]+)?\)?)?\W*"
)
_EACH = re.compile(r"(?i)(?<!\w)(?:mỗi|từng|lần lượt|tỉ lệ|hai số|ba số|các)(?!\w)")


def without_sum_of_results(line: str, question: str) -> str:
    """Nothing for `Tổng: 45 + 60 + 75 = 180`, where the question gives 180 and asks for each."""
    total = _SUM_OF_RESULTS.fullmatch(line)
    given = total and re.search(rf"(?<![\d,.]){re.escape(total['sum'].strip())}(?![\d]|,\d)", question)
    return "" if given and _EACH.search(question) else line


_BEHIND_DASH = re.compile(
    r"^(?P<value>[^⇒]{0,40}[\d\])][^⇒]{0,20}?) - (?P<how>(?:đó|đây) (?:chính )?là|vì|do|bởi"
    r"|(?:rẻ|đắt|nhanh|chậm|nhiều|ít|gấp)(?: hơn| \w+ lần))(?!\w)(?P<rest>[^=⇒]*)$"
)
_UNSURE = re.compile(r"(?i)(?<!\w)(?:chưa|chắc|có (?:thể|lẽ)|hoặc|hay|nhưng|không phải|sai|nhầm|thật ra|đúng ra)(?!\w)")


def without_explanation(line: str, question: str) -> str:
    """`280 000 đồng - rẻ hơn 70 000 đồng` as `280 000 đồng`; behind `đó là` only the question's own words may go."""
    told = _BEHIND_DASH.match(line)
    if told is None or _UNSURE.search(told["rest"]):
        return line
    said = set(comparison_key(told["rest"]).split())
    return line if told["how"].endswith("là") and not said <= set(comparison_key(question).split()) else told["value"]
