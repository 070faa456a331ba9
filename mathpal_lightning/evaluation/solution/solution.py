"""A solution under the eyes of the extraction rules: its lines, how it writes numbers, what its question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from mathpal_lightning.evaluation.question.options import without_options
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.dollars import dollars_in_words
from mathpal_lightning.evaluation.solution.remarks import without_offer, without_pictures, without_remarks
from mathpal_lightning.evaluation.solution.spoken_powers import with_spoken_powers
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import read_answer, read_value
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key, plain_text

MAX_CLOSING = 300
"""Characters of a line that the rules look at, counted from its end: an answer stands there, and the time stays bounded."""
_CHECK = re.compile(r"\((?:[^()]|\([^()]*\))*(?i:thử lại|kiểm tra|lưu ý|ghi nhớ|chú ý)(?:[^()]|\([^()]*\))*\)[. ]*")
"""`(Có thể thử lại: 2^4 = 16.)`"""
_HEADING = re.compile(
    r"(?i)(?:cách giải|hướng dẫn|bài giải|giải|lời giải|ta có|bài làm|tóm tắt|hình (?:vẽ|minh họa|minh hoạ))"
    r"(?: chi tiết)? ?[:.]?"
)
_ASKS_FOR_TEXT = re.compile(
    r"(?i)so sánh|sắp xếp|xếp theo|chứng (?:minh|tỏ)|điền dấu|vì sao|thế nào|hay không|có .{1,80} không|đúng hay sai|nào"
    r"|thứ mấy|(?<!\w)(?:ai|gì|đâu)(?!\w)| hay |tập hợp (?:tất cả )?(?:các |những )?điểm|quỹ tích"
)
_ASKS_FOR_SEVERAL = re.compile(
    r"(?i)(?:các|những|hai|ba|mỗi|tất cả) (?:\w+ )?(?:số|chữ số|giá trị|phân số)|(?<!\w)(?:ước|bội)(?!\w)|viết tiếp"
    r"|(?:(?<!\.)\.{2,}+|…)[ ,;]{1,3}(?:\.{2,}|…)"
)
_ASKS_FOR_WHOLE = re.compile(r"(?i)(?:tìm|tính|viết|hỏi)(?: \w+){0,3} (?:số tự nhiên|số nguyên|chữ số)")
ASKS_WHETHER = re.compile(r"(?i)(?<!\w)(?:có|liệu)(?!\w)[^.?\n]{1,150} (?:không|được không|hay không)\s*(?:[?.]|$)")
"""Matches a question that is answered by yes or no."""
_UNKNOWNS = "xyz"


def prepared(text: str, beside: str = "") -> str:
    """Plain text with sums of dollars in words, the are (`2 ha 5 a`) told from the letter a, and no pictures.

    Args:
        text: a question or a solution.
        beside: the other one of them, which may show how thousands are parted.
    """
    text = re.sub(r"(?<![a-zA-Z\\{])(R|ℝ) ?\\ ?\{([^{}\n]{1,40})\}", r"\1 \\setminus \\{\2\\}", text)  # R\{0}
    text = re.sub(r"(?m)^ *#### ?(?=\S)", "Đáp án: ", _cells_as_lines(text))
    text = plain_text(without_pictures(_with_spaced_thousands(dollars_in_words(text), beside))).replace("^()", "")
    text = _FITS.sub(" (thỏa mãn)", _ARROWS.sub(lambda sign: _ARROW_SIGNS[sign[0]], text))
    text = _BOTH_SIGNS.sub(_written_out, text)
    text = re.sub(r"(?<=\d) ?[.·] ?(?=10\^)|(?:(?<=[\d)])|(?<=\d[a-z]))\.(?=\()", " × ", text)
    if re.search(r"(?<=\d) ?(?:ha|héc-ta|km\^2|m\^2)(?!\w)", text):
        text = re.sub(r"(?<=\d) ?a(?=[ =;,)\n]|\.? ?$)", " are", text)
    text = re.sub(r"(?<=\d)(kg|km|tấn|tạ|dm|cm|m|l|giờ|phút)(?=\d)(?![23](?!\d))", r"\1 ", text)
    text = re.sub(r"(?<=[\d)]),(?=[a-z](?:_?\d)? ?=)", "; ", text)  # x=4,x=-4
    text = re.sub(r"(?<=\d);(?=-?\d)", "; ", text)
    text = re.sub(r"\{ ?-?\d+(?:(?:,-?\d+){2,}|(?:, -?\d+)+) ?\}", lambda listed: re.sub(", ?", "; ", listed[0]), text)
    text = _NEXT_NAME.sub("; ", text)
    if not _DWELLING.search(f"{text}\n{beside}"):
        text = re.sub(r"(?<![^\W\d_])căn ?(?=\d|\()", "√", text)
    text = with_spoken_powers(text)
    text = _THAT_IS.sub(r"\1 = ", text)
    text = re.sub(r"(?<![\w.,])(\d{1,3}) phần (\d{1,3})(?=[.,; ]*(?:$|\n|ạ))", r"\1/\2", text)
    return _POWER_APART.sub(r"\1^\2", _PARTICLES.sub("", text))


_FITTING = (
    r"(?:tm|t/m|thỏa mãn|thoả mãn|thỏa|thoả)(?: (?:các |với )?(?:đk(?:xđ)?|điều kiện(?: xác định| của ẩn| đề bài)?|đề bài))?"
)
_FITS = re.compile(
    rf"(?i)(?<=[\w)%°²³]) ?\((?:{_FITTING}|(?:tm|t/m)đk(?:xđ)?|nhận|chọn)\)|(?<=\d) ?\(n\)(?=\W*$|[;,])"
    r"|(?<=\d),? (?:thỏa mãn|thoả mãn|thỏa|thoả|tm) (?:đk(?:xđ)?|điều kiện(?: xác định| của ẩn| đề bài)?|đề bài)(?=[.;,]|\W*$)"
)
"""`x = 3 (TMĐK)`, `x = 3 thỏa mãn điều kiện`: textbooks' words for a value that fits."""
_BOTH_SIGNS = re.compile(
    r"(?P<letter>(?<!\w)[a-z]) ?= ?(?P<value>[^;,=±⇒⇔\n]{0,30}[\w)] ?± ?[^;,=±⇒⇔\n]{1,30}?)(?=[.;,]? *(?:$|\n|⇒|⇔|hoặc))"
)


def _written_out(both: re.Match[str]) -> str:
    """`x = 2 + √3; x = 2 - √3` of `x = 2 ± √3`."""
    return "; ".join(f"{both['letter']} = {re.sub(' ?± ?', sign, both['value'])}" for sign in (" + ", " - "))


_NEXT_NAME = re.compile(
    r"(?i)(?<=\d|m|g|n) (?=(?:số (?:lớn|bé|nhỏ|thứ (?:nhất|hai|ba))|chiều (?:dài|rộng|cao))(?: là| bằng| =| ?:)? ?\d)"
)
"""`số lớn: 60 số bé: 30`: two named values with nothing between them."""
_DWELLING = re.compile(r"(?i)(?<!\w)căn (?:hộ|nhà|phòng)|(?<!\w)(?:mỗi|các|từng|những) căn(?!\w)")
"""Where `căn` is no root."""
_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d.,]\d|\d)")


def _with_spaced_thousands(text: str, beside: str) -> str:
    """`400,000 đồng` with spaces, where commas part thousands: no decimal ends in three noughts, nor has two commas."""
    both = f"{text}\n{beside}"
    groups = _GROUPED.findall(both)
    if not any(group.endswith(",000") or group.count(",") > 1 for group in groups):
        return text
    decimals = len(re.findall(r"\d,\d+(?![\d,])", both)) > len(groups)
    return text if decimals else _GROUPED.sub(lambda group: group[0].replace(",", " "), text)


_PARTICLES = re.compile(r"(?im)(?:,? (?:ạ|nhé|nha|nhá|thôi)(?: (?:thầy|cô|(?:các )?(?:em|bạn)))?)+(?=[.!]*\s*$|[.!]+ )")
"""`ạ`, `nhé cô`: what a pupil adds out of politeness."""


_RULE = re.compile(r"(?m)^[ |]*:?-{3,}:?(?: ?\|[ :]*-{3,}:?)+[ |]*$\n?")
"""The line below the head of a Markdown table."""


def _cells_as_lines(text: str) -> str:
    """A table of sums, one cell a line: `a) 2 + 3 = 5 | b) 4 + 4 = 8`; other tables stay."""
    if _RULE.search(text) is None:
        return text
    rows = (row.replace(" | ", "\n") if "=" in row else row for row in _RULE.sub("", text).split("\n"))
    return "\n".join(rows)


_REFUSES = re.compile(
    r"(?i)(?:không|chưa) (?:thể (?:tính|giải|xem|nhìn|xác định|trả lời)|(?:nhìn )?thấy (?:\w+ )?(?:hình|ảnh|đề)"
    r"|đủ (?:dữ kiện|thông tin|dữ liệu)|có (?:hình|nội dung|đề bài))"
    r"|(?:hs|học sinh) [^.\n]{0,60}(?:điểm|\d ?đ)(?!\w)"
    r"|(?:em|bạn|con) (?:hãy |cứ |nên )?(?:thử |tự ){1,2}(?:làm|tính|giải|viết|hoàn thành)(?: bài)? (?:tiếp|nốt|thử)"
    r"(?! (?:bài|các|những|câu))"
    r"|(?:không|chưa) (?:biết|rõ|chắc)(?: chắn)?(?: là| rằng)? (?:cách|cái|kết quả|số|đáp (?:số|án)) nào"
    r"|phân vân|lưỡng lự|(?<!\w)cũng có thể (?:là |bằng |ra )-?\d"
    r"|có thể (?:là |bằng |ra )?-?\d[^.\n]{0,40} có thể (?:là |bằng |ra )?-?\d"
    r"|thiếu (?:dữ kiện|dữ liệu|hình|thông tin)|(?:vui lòng|hãy) (?:bổ sung|cung cấp|gửi|chép)|học sinh tự |mô hình ngôn ngữ"
)


def refuses(text: str) -> bool:
    """Whether the end of a text says that the problem cannot be solved as it stands: a picture or a number is missing."""
    return _REFUSES.search(text[-400:]) is not None


_ARROW_SIGNS = {"<=>": "⇔", "=>": "⇒", ">=": "≥", "<=": "≤"}
_ARROWS = re.compile("<=>|=>|>=|<=")
_THAT_IS = re.compile(r"((?<![\w,.])\d[\d,.]* ?[-+×:] ?\d[\d,.]*(?: [^\W\d_]+)?),? (?:hay|tức là|tức|bằng|được) (?=\d)")
"""`5 × 8, hay 40`: a sum in words."""
_POWER_APART = re.compile(r"(?<=[\d( ])((?:k|h|da|d|c|m)?m) ([23])(?=[).;]|$|\n)")
"""`(cm 2)`: a power that lost its place."""


def _without_reckoning(line: str) -> str:
    """`80 học sinh (4 × 20 học sinh)` and `80 học sinh, vì 4 × 20 = 80` -> `80 học sinh`."""
    line = _CONDITION.sub("", _REASON.sub("", _ASIDE.sub("", line)))
    if (aside := _ASIDE_VALUE.search(line)) and re.search(r"\d(?: [^\W\d_]|[a-zđ]|%|°|$)", line[: aside.start()]):
        line = line[: aside.start()] + line[aside.end() :]
    line = re.sub(r"(?<=[^\W\d_]{2}) \((?!hoặc|hay)(?=[^();]*\d)(?=[^();]*(?:[\w)] ?[-+×*:/]|=))[^();]*\)(?=\W*$)", "", line)
    return _BECAUSE.sub("", line)


_ASIDE = re.compile(r"(?<=[.!;]) \((?!hoặc|hay|không)[^\W\d_]{2,}[^()=]*(?:\([^()]*\)[^()=]*)*\)\W*$")
"""`= 70°. (Tổng ba góc của một tam giác bằng 180°.)`: a sentence of its own in brackets."""
_ASIDE_VALUE = re.compile(
    r"(?<=\S) \((?!hoặc|hay|không|dư|số dư|cũng|có thể)(?=[^()?]*[^\W\d_]{2} )[^()?;=]*\d[^()?;=]*\)(?=\W*$)"
)
"""`20 học sinh thích bơi (còn 16 học sinh không thích bơi)`: another value beside the answer."""
_REASON = re.compile(
    r"(?i)(?<=\S) \((?:vì|do|bởi|theo|cùng|chung|tính chất|định l[íý]|gt|quy tắc|luôn đúng)(?!\w)"
    r"(?:[^()]|\([^()]*\))*\)(?=\W*$)"
)
"""`3/8 < 5/8 (vì 3 < 5)`: why a step holds."""
_CONDITION = re.compile(
    r"(?<=[\w)}°π])(?:,? ?\((?:với |ĐKXĐ:? |ĐK:? |điều kiện:? |do )?[a-zA-Z] ?[≠∈][^()]*\)|,? ?(?:với )?[kn] ∈ ?[ℤℕZN])(?=\W*$)"
)
"""`(x ≠ 0, x ≠ -3)`, `với k ∈ ℤ`: under which condition."""
_BECAUSE = re.compile(
    r"(?<=[\w%)°]),? (?:vì|do|bởi vì|bởi) (?=-?[\d(])(?!.*[.!] +[A-ZĐ])(?=[^<>≤≥]*\d ?[-+×*:/^])"
    r"[-\d(][^<>≤≥;⇒]*(?:=|bằng) ?(?:là )?-?\d[^<>;⇒=]*$"
)
"""`12 vì -12 + 12 = 0`, `37 con tem, vì 42 - 5 bằng 37`: the sum by which a value was found."""


_REPEATED = re.compile(r"(?i)(?P<lead>vậy,? )?(?P<head>[^=:;\d]{4,60}\d[^=:;]{0,60}?) (?:là|bằng)(?: :|:)? (?=[-\d(]|$)")
_TWICE = re.compile(
    r"(?P<one>(?<![\w.,/])\d[\d.,/ ]*(?: ?[^\W\d_]{1,6}\^?[23]?)?) (?:hay|hoặc|tức(?: là)?) (?P<two>\d[^=;]{0,20}?)(?=\W*$)"
)
_POINTS_BACK = re.compile(r"(?i)(?<!\w)(?:đây|đó)(?: chính)? là [^\d=]{0,40}(?:cần|phải) tìm\W*$")
"""`nên đây chính là góc cần tìm`: the line before holds the answer."""


@dataclass(frozen=True)
class Solution:
    """A solution under the eyes of the rules: plain text, and what the question tells about the answer."""

    text: str
    question: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines that hold something; one that ends in `là` or `:` goes on in the next."""
        lines: list[str] = []
        if (before := self.text.rstrip().rpartition("\n"))[0].strip() and _POINTS_BACK.search(before[2]):
            return Solution(before[0], self.question).lines
        written = [
            line
            for line in self.text.split("\n")
            if re.search(r"[\w?∅]|^ *[<>=] *\.? *$", line) and not (_HEADING.fullmatch(line) or _CHECK.fullmatch(line))
        ]
        for line in map(self._tidied, without_remarks(written)):
            if len(line) > MAX_CLOSING:
                line = line[-MAX_CLOSING:].partition(" ")[2]
            if lines and re.search(r"(?:(?<!\w)là|(?<=[^\W\d_]) ?:)$", lines[-1]) and len(lines[-1]) < MAX_CLOSING // 2:
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        return lines

    def _tidied(self, line: str) -> str:
        """The line without what stands beside its answer: offers, sums and reasons behind, the question's words before it."""
        return self._said_once(self._without_repetition(_without_reckoning(without_offer(line))))

    def _without_repetition(self, line: str) -> str:
        """`7650` of `Số chia hết cho cả 2 và 5 là: 7650`, where the question says the words and the numbers before."""
        said, asked = _REPEATED.match(line), f" {comparison_key(self.question)} "
        known = said is not None and f" {comparison_key(said['head'])} " in asked
        if said is None or not known or f" {comparison_key(line)} " in asked:
            return line
        return (said["lead"] or "") + line[said.end() :]

    def _said_once(self, line: str) -> str:
        """`dài 0,9 m` of `dài 90 cm hay 0,9 m`, where metres are asked for: one value in two units."""
        twice = _TWICE.search(line)
        read = [read_value(twice[name]) for name in ("one", "two")] if twice else []
        first, second = (
            (found[0].meaning if found and not found[1].strip() else None for found in read) if twice else (None, None)
        )
        if twice is None or not isinstance(first, Quantity) or not isinstance(second, Quantity) or not first.same(second):
            return line
        asked = second.unit == read_task(self.question).unit
        return line[: twice.start("one")] + (twice["two"] if asked else twice["one"])

    @cached_property
    def asked(self) -> str:
        """The question without its options."""
        return without_options(self.question)

    @cached_property
    def dot_is_decimal(self) -> bool:
        """Whether the solution writes decimals with dots: somewhere stands `0.025`, `42.86` or `3.707...`, and no comma."""
        dotted = re.search(r"(?<![\d.,])(?:(?:0\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?![\d.])(?! ?[A-ZĐ])|\d+\.\d+\.\.)", self.text)
        return dotted is not None and re.search(r"\d,\d", self.text) is None

    @cached_property
    def asks_for_several(self) -> bool:
        """Whether the question asks for more than one value: `3, 4` is then two numbers."""
        return _ASKS_FOR_SEVERAL.search(self.question) is not None

    @cached_property
    def asks_for_two(self) -> bool:
        """Whether the asking sentence joins two things: `Tính chiều dài và chiều rộng`, `số bi của mỗi bạn`."""
        asking = re.findall(r"(?i)(?:tính|tìm|hỏi)[^.?\n]*", self.question)
        return self.asks_for_several or bool(asking) and re.search(r" và |(?<!\w)mỗi(?!\w)", asking[-1]) is not None

    @cached_property
    def asks_for_extremum(self) -> bool:
        """Whether a greatest or least value is asked for: `4 khi x = -2` answers with 4."""
        return re.search(r"(?i)giá trị (?:lớn|nhỏ|bé) nhất|cực (?:đại|tiểu)|GTLN|GTNN|min|max", self.question) is not None

    @cached_property
    def bound(self) -> str:
        """The asked bound: `tối đa 6 xe` answers `nhiều nhất bao nhiêu xe`; `ít nhất 6 xe` does not."""
        words = (("ít nhất", "tối thiểu"), ("nhiều nhất", "tối đa"))
        return "|".join("|".join(pair) for pair in words if re.search("|".join(pair), self.question.lower()))

    @cached_property
    def asks_for_words(self) -> bool:
        """Whether the question can be answered by words: which one, whether, how they compare."""
        return _ASKS_FOR_TEXT.search(self.question) is not None

    @cached_property
    def asks_whether(self) -> bool:
        """Whether the question is answered by yes or no: `Hỏi có thể xếp được không?`."""
        return ASKS_WHETHER.search(self.question) is not None

    @cached_property
    def unknowns(self) -> str:
        """The letters whose value is asked for, beside x, y and z."""
        return _UNKNOWNS + "".join(re.findall(r"(?:[Tt]ìm|[Tt]ính)(?: \w+){0,3} ([a-zA-Z])(?![\w'])", self.question))

    def read(self, text: str) -> Answer | None:
        """`read_answer` in this solution's way of writing numbers."""
        if self.asks_for_several or _ASKS_FOR_WHOLE.search(self.question):
            text = re.sub(r"(?<=\d), (?=\d)", " ; ", text)
        text = re.sub(rf"^(?:cần |phải )?(?:{self.bound}) (?=\d)", "", text.strip()) if self.bound else text
        return read_answer(text, self.dot_is_decimal)

    def value(self, text: str) -> tuple[Answer, str] | None:
        """`read_value` in this solution's way of writing numbers."""
        return read_value(text.strip(), self.dot_is_decimal)
