"""A solution under the eyes of the extraction rules: its lines, how it writes numbers, what its question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from mathpal_lightning.evaluation.reading import read_answer, read_value
from mathpal_lightning.schema import Answer

MAX_CLOSING = 300
"""Characters of a line that the rules look at, counted from its end: an answer stands there, and the time stays bounded."""
_HEADING = re.compile(
    r"(?i)(?:cách giải|hướng dẫn|bài giải|giải|lời giải|ta có|bài làm|tóm tắt|hình (?:vẽ|minh họa|minh hoạ))"
    r"(?: chi tiết)? ?[:.]?"
)
_COURTESY = re.compile(r"(?i)(?:chúc|h[yi] vọng|cảm ơn|cám ơn|xin chào|nếu (?:bạn|em|con) (?:cần|có|còn|muốn))(?!\w)[^\d=]*")
"""What a chat model adds around a solution."""
_CHECK = re.compile(r"(?i)(?:thử lại|kiểm tra(?: lại)?) ?:")
_ASKS_FOR_TEXT = re.compile(
    r"(?i)so sánh|sắp xếp|xếp theo|chứng (?:minh|tỏ)|điền dấu|vì sao|thế nào|hay không|có .{1,80} không|đúng hay sai|nào"
    r"|thứ mấy|(?<!\w)ai(?!\w)"
)
_ASKS_FOR_SEVERAL = re.compile(r"(?i)(?:các|những|hai|ba|mỗi|tất cả) (?:\w+ )?(?:số|chữ số|giá trị|phân số)|ước|bội")
_ASKS_FOR_WHOLE = re.compile(r"(?i)(?:tìm|tính|viết|hỏi)(?: \w+){0,3} (?:số tự nhiên|số nguyên|chữ số)")
_ASKS_WHETHER = re.compile(r"(?i)(?<!\w)(?:có|liệu)(?!\w)[^.?\n]{1,150} (?:không|được không|hay không)\s*(?:[?.]|$)")
_UNKNOWNS = "xyz"


@dataclass(frozen=True)
class Solution:
    """A solution under the eyes of the rules: plain text, and what the question tells about the answer."""

    text: str
    question: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines that hold something; one that ends in `là` or `:` goes on in the next."""
        lines: list[str] = []
        for line in self.text.split("\n"):
            if not re.search(r"[\w?]", line) or _HEADING.fullmatch(line) or _COURTESY.fullmatch(line) or _CHECK.match(line):
                continue
            if len(line) > MAX_CLOSING:
                line = line[-MAX_CLOSING:].partition(" ")[2]
            if lines and re.search(r"(?:(?<!\w)là|(?<=[^\W\d_]) ?:)$", lines[-1]) and len(lines[-1]) < MAX_CLOSING // 2:
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        return lines

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
    def asks_for_words(self) -> bool:
        """Whether the question can be answered by words: which one, whether, how they compare."""
        return _ASKS_FOR_TEXT.search(self.question) is not None

    @cached_property
    def asks_whether(self) -> bool:
        """Whether the question is answered by yes or no: `Hỏi có thể xếp được không?`."""
        return _ASKS_WHETHER.search(self.question) is not None

    @cached_property
    def unknowns(self) -> str:
        """The letters whose value is asked for, beside x, y and z."""
        return _UNKNOWNS + "".join(re.findall(r"(?:[Tt]ìm|[Tt]ính)(?: \w+){0,3} ([a-zA-Z])(?![\w'])", self.question))

    def read(self, text: str) -> Answer | None:
        """`read_answer` in this solution's way of writing numbers."""
        if self.asks_for_several or _ASKS_FOR_WHOLE.search(self.question):
            text = re.sub(r"(?<=\d), (?=\d)", " ; ", text)
        return read_answer(text, self.dot_is_decimal)

    def value(self, text: str) -> tuple[Answer, str] | None:
        """`read_value` in this solution's way of writing numbers."""
        return read_value(text.strip(), self.dot_is_decimal)
