"""A solution under the eyes of the extraction rules: its lines, how it writes numbers, what its question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.question.options import without_options
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.remarks import without_remarks
from mathpal_lightning.evaluation.solution.tidy import tidied
from mathpal_lightning.evaluation.values.reading import read_answer, read_value
from mathpal_lightning.schema import Answer

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
_WHOLE = re.compile(r"(?i)(?<!\w)(?:ước(?! lượng| tính| chừng)|bội|số tự nhiên|số nguyên|chữ số)(?!\w)")
ASKS_WHETHER = re.compile(r"(?i)(?<!\w)(?:có|liệu)(?!\w)[^.?\n]{1,150} (?:không|được không|hay không)\s*(?:[?.]|$)")
"""Matches a question that is answered by yes or no."""
_DIVISORS = re.compile(r"(?i)\A(?!.*\d,\d).*(?<!\w)(?:ước(?! lượng| tính| chừng)|bội)(?!\w)", re.DOTALL)
"""Divisors and multiples are whole numbers: `1,3` is two of them, unless the question has decimals."""
_LIST = re.compile(r"\d, -?\d+(?:, -?\d+)*,? và -?\d")
"""`12, 9, -25 và -8`."""
_UNKNOWNS = "xyz"
_BOUNDS = (("ít nhất|tối thiểu", "nhỏ|bé|thấp"), ("nhiều nhất|tối đa", "lớn|cao"))
"""`chứa được nhiều nhất 16 lít` answers `thể tích lớn nhất là bao nhiêu`."""
_REASON = re.compile(r"(?:Vì|Bởi vì|Do)(?! (?:vậy|thế|đó))(?!\w)")
"""Begins a last line that gives the reason for the words before it: `Bạn Mai giải đúng.`, then `Vì chỉ có thể chia ...`."""


_POINTS_BACK = re.compile(
    r"(?i)(?<!\w)(?:đây|đó)(?: chính)? là [^\d=]{0,40}(?:(?:cần|phải) tìm|phương trình(?! (?:vô|có))[^\d=]{0,40})\W*$"
)
"""`nên đây chính là góc cần tìm`: the line before holds the answer."""


@dataclass(frozen=True)
class Solution:
    """A solution under the eyes of the rules: plain text, and what the question tells about the answer."""

    text: str
    question: str
    stem: str = ""
    """What the problem says before its parts, where this is the solution of one part."""

    @cached_property
    def lines(self) -> list[str]:
        """The lines that hold something; one that ends in `là` or `:` goes on in the next."""
        lines: list[str] = []
        if (before := self.text.rstrip().rpartition("\n"))[0].strip() and _POINTS_BACK.search(before[2]):
            return Solution(before[0], self.question).lines
        written = [
            line
            for line in self.text.split("\n")
            if re.search(r"[\w?∅∞]|^ *[<>=] *\.? *$", line) and not (_HEADING.fullmatch(line) or _CHECK.fullmatch(line))
        ]
        for line in (tidied(line, self.question) for line in without_remarks(written)):
            if not line:
                continue
            if len(line) > MAX_CLOSING:
                line = line[-MAX_CLOSING:].partition(" ")[2]
            if lines and re.search(r"(?:(?<!\w)là|(?<=[^\W\d_]) ?:)$", lines[-1]) and len(lines[-1]) < MAX_CLOSING // 2:
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        if self.asks_for_words and len(lines) > 1 and _REASON.match(lines[-1]) and last_clause(lines[-1]) == lines[-1]:
            lines.pop()
        return lines

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
        return read_task(self.question).asks_extreme_value

    @cached_property
    def bound(self) -> str:
        """The asked bound: `tối đa 6 xe` answers `nhiều nhất bao nhiêu xe`; `ít nhất 6 xe` does not."""
        question = self.question.lower()
        return "|".join(words for words, sizes in _BOUNDS if re.search(rf"{words}|(?:{sizes}) nhất[^.?]*bao nhiêu", question))

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
        if text.count(",") > 2 and _WHOLE.search(self.question) or _DIVISORS.search(self.question):
            text = re.sub(r"(?<=\d), ?(?=-?\d)", "; ", text)  # `1, 2, 4, 5,10, 20`
        elif _LIST.search(text):
            text = re.sub(r"(?<=\d), (?=-?\d)", "; ", text)
        if self.asks_for_several or _ASKS_FOR_WHOLE.search(self.question):
            text = re.sub(r"(?<=\d), (?=\d)", " ; ", text)
        text = re.sub(rf"^(?:cần |phải )?(?:{self.bound}) (?=\d)", "", text.strip()) if self.bound else text
        return read_answer(text, self.dot_is_decimal)

    def value(self, text: str) -> tuple[Answer, str] | None:
        """`read_value` in this solution's way of writing numbers."""
        return read_value(text.strip(), self.dot_is_decimal)
