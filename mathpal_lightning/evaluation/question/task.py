"""What a question asks for: the form of the answer, an order, digits to round to, a unit; and what it says itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mathpal_lightning.evaluation.mathematics.algebra import Node, operations, parse_expression
from mathpal_lightning.evaluation.mathematics.units import MEASURE, unit_name
from mathpal_lightning.text import plain_text

Form = Literal["", "lowest", "fraction", "mixed", "decimal", "percent", "factors", "primes", "power", "scientific", "aloud"]

ASKS_TO_READ = (
    r"(?<!\w)đọc (?:(?:các|những|mỗi) )?(?:số|phân số|hỗn số)(?!\w)|(?<!\w)(?:cách đọc|đọc là|đọc (?:như )?thế nào)(?!\w)"
    r"|viết (?:cách đọc|(?:[^.?\n]{1,30} )?(?:bằng|thành|dưới dạng) (?:chữ|lời))(?! số)(?!\w)"
)
"""`Đọc số 305`: the answer is said in words."""
_FORMS: tuple[tuple[Form, str], ...] = (
    ("aloud", ASKS_TO_READ),
    (
        "primes",
        r"phân tích.{0,40}(?:ra|thành).{0,20}thừa số nguyên tố|dưới dạng (?:một )?tích (?:của )?(?:các )?thừa số nguyên tố",
    ),
    ("factors", r"phân tích.{0,80}(?:thành|ra).{0,12}(?:nhân tử|thừa số|tích)|viết.{0,60}dưới dạng (?:một )?tích"),
    ("power", r"viết.{0,80}dưới dạng.{0,20}l[uũ][ỹy] thừa"),
    ("scientific", r"k[íý] hiệu khoa học"),
    ("mixed", r"(?:thành|dưới dạng|về|ra)(?: một| các)? hỗn số"),
    ("fraction", r"hỗn số.{0,40}(?:thành|dưới dạng|về|ra)(?: một| các)? phân số"),
    ("lowest", r"rút gọn(?!.*quy đồng)|(?:phân|tỉ) số tối giản|dưới dạng tối giản"),
    ("decimal", r"số thập phân nào|(?:thành|dưới dạng|về|ra)(?: một| các)? số thập phân"),
    (
        "percent",
        r"(?:bao nhiêu|mấy|tỉ số|tỷ số|tỉ lệ|tỷ lệ|dưới dạng|thành) (?:số )?phần trăm|(?:thành|dưới dạng) tỉ số phần trăm",
    ),
    ("fraction", r"(?:thành|dưới dạng|về|ra)(?: một| các)? phân số"),
)
_ORDERED = re.compile(
    r"(?i)sắp xếp|(?:xếp|viết).{0,60}(?:theo thứ tự|tăng dần|giảm dần)"
    r"|từ (?:lớn|bé|nhỏ|cao|thấp|nặng|nhẹ|dài|ngắn|nhanh|chậm|ít|nhiều)(?: nhất)? (?:đến|tới)|thứ tự (?:tăng|giảm)"
    r"|viết tiếp[^.?\n]{0,40}(?:số|dãy|chỗ)|(?<!\{)(?<!\{ )(?:\.{3}|…) ?[;,] ?(?:\.{3}|…)"
    r"|lần lượt(?! là (?:trung|chân|hình)| lấy| thuộc| vuông| tại| trên)"
)
_PLACES = {
    "hàng phần mười": 1, "hàng phần trăm": 2, "hàng phần nghìn": 3, "hàng đơn vị": 0, "số nguyên": 0, "hàng chục": -1,
    "hàng trăm": -2, "hàng nghìn": -3, "hàng chục nghìn": -4, "hàng trăm nghìn": -5, "hàng triệu": -6,
}  # fmt: skip
_COUNTS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "nhất": 1, "tư": 4}
_ROUNDED = re.compile(
    rf"(?i)làm tròn.{{0,80}}?(?:(?P<place>{'|'.join(sorted(_PLACES, key=len, reverse=True))})"
    r"|(?P<count>\d|một|hai|ba|bốn) chữ số (?:thập phân|sau dấu phẩy|ở phần thập phân|phần thập phân)"
    r"|chữ số thập phân thứ (?P<nth>nhất|hai|ba|tư))"
)
_UNIT_ASKED = re.compile(
    rf"(?i)(?:đổi|viết|tính|biểu diễn)[^.?\n]{{0,120}}? (?:ra|sang|thành|theo|bằng|dưới dạng|có)"
    rf"(?: đơn vị| số đo| là| bằng| đo)*"
    rf" (?P<into>{MEASURE})(?=[\s.?,;:)]|$)"
    rf"|= ?(?:\.{{2,}}|…|_{{2,}}|\?) ?\(?(?P<blank>{MEASURE})"
    rf"|(?:bao nhiêu|đơn vị(?: là| đo| đo là)?) \(?(?P<asked>{MEASURE})(?![^\W_])"
    rf"|(?:tính|tìm|hỏi) số (?P<number>{MEASURE})(?![^\W_])"
)

_EXTREME = re.compile(r"(?i)giá trị (?:lớn|nhỏ|bé) nhất|cực (?:đại|tiểu)|(?<!\w)(?:GTLN|GTNN|min|max)(?!\w)")
_PLACE_ASKED = re.compile(
    r"(?i)(?:giá trị nào của|với (?:giá trị )?nào|(?:tìm|xác định)(?: \w+){0,4}) (?:biến )?[a-z](?: và [a-z])?"
    r" (?:để|thì|sao cho|khi)"
    r"|(?:khi|tại) nào|(?<!\w)[a-z] bằng (?:bao nhiêu|mấy)"
)


@dataclass(frozen=True)
class Task:
    """What one question asks for."""

    question: str
    """Plain text."""

    @cached_property
    def form(self) -> Form:
        """The form that the question names, or none."""
        lines = self.question.lower().replace("\n", " ")
        return next((form for form, pattern in _FORMS if re.search(pattern, lines)), "")

    @cached_property
    def ordered(self) -> bool:
        """Whether the order of several values is asked for."""
        return _ORDERED.search(self.question) is not None

    @cached_property
    def digits(self) -> int | None:
        """The decimal digits to round to; negative for tens, hundreds; None where none are named."""
        match = _ROUNDED.search(self.question)
        if match is None:
            return None
        if match["place"]:
            return _PLACES[match["place"].lower()]
        word = (match["count"] or match["nth"]).lower()
        return int(word) if word.isdigit() else _COUNTS[word]

    @cached_property
    def rounds(self) -> bool:
        """Whether the question allows a rounded result."""
        return re.search(r"(?i)làm tròn|gần đúng|xấp xỉ|khoảng bao nhiêu|ước lượng|ước tính", self.question) is not None

    @cached_property
    def asks_extreme_value(self) -> bool:
        """Whether a greatest or least value is asked for, and not where it is taken."""
        return self.names_extreme_value and _PLACE_ASKED.search(self.question) is None

    @cached_property
    def names_extreme_value(self) -> bool:
        """Whether the question speaks of a greatest or least value."""
        return _EXTREME.search(self.question) is not None

    @cached_property
    def unit(self) -> str:
        """The one measured unit in which the question wants its result, canonical; empty where none or several are named."""
        found = {unit_name(next(filter(None, match.groups()))).strip() for match in _UNIT_ASKED.finditer(self.question)}
        return found.pop() if len(found) == 1 else ""

    def repeats(self, text: str) -> bool:
        """Whether a text stands in the question as it is, not inside a longer number or word."""
        pieces = re.findall(r"[\d.]+|[^\W\d]+|[^\w\s]", plain_signs(text))[:60]
        written = r"\s*".join(map(re.escape, pieces))
        return bool(pieces) and re.search(rf"(?<![\w.]){written}(?!\w|\.\d)", plain_signs(self.question)) is not None

    @cached_property
    def expressions(self) -> list[Node]:
        """The expressions of the question."""
        found = (parse_expression(plain_signs(piece)) for piece in _PIECE.findall(self.question)[:20])
        return [node for node in found if node is not None and operations(node)]


_PIECE = re.compile(r"(?:(?<![^\W\d_])[a-zA-Z](?![^\W\d_])|[-+×·:/^()\d.,√ ])+(?:[\d)]|(?<![^\W\d_])[a-zA-Z](?![^\W\d_]))")


def plain_signs(text: str) -> str:
    """The text with a dot for the decimal comma, no spaces between thousands, `×` for every sign of a product, `/` for `:`."""
    text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
    return re.sub(r"(?<=\d) ?: ?(?=\d)", "/", re.sub(r"[·*]", "×", text)).replace("\\sqrt{", "√(").replace("}", ")")


def read_task(question: str | None) -> Task:
    """What a question asks for; of no question nothing is known."""
    return Task(plain_text(question[-3000:]) if isinstance(question, str) else "")
