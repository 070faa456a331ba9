"""Solution text -> the final answer, and the rule that found it.

The rules stand in the order in which a teacher looks for the answer: a box, a chosen letter, `Đáp số`, the parts a) b) c),
the two numbers asked for, `Vậy ...`, and at last what the last line computes. A solution that breaks off has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from mathpal_lightning.evaluation.options import read_options
from mathpal_lightning.evaluation.reading import clean, multi, read_answer, read_expression, read_value
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import plain_text

MAX_LENGTH = 20_000
"""Characters: a longer solution is refused as unreadable."""

_STATED = re.compile(
    r"(?i)(?:đáp (?:số|án)(?: đúng| cuối cùng| của bài toán)?|đ[/.]?s|kết quả(?: cuối cùng)?(?= ?(?:là)? ?:)"
    r"|trả lời|kết luận|answer)"
    r" ?(?:(?:là|is) ?:?|:|=|(?= ?[A-H](?:[.\s]|$)))"
)
_CHOSEN = re.compile(
    r"(?:(?i:chọn|khoanh(?: vào)?|đáp án(?: đúng)?(?: cần chọn)?(?: là)?|câu trả lời(?: đúng)?(?: là)?"
    r"|phương án(?: đúng)?(?: là)?)(?i: (?:đáp án|phương án|câu|ý|chữ))?(?: là)? ?:? ?)\(?(?P<letter>[A-H])\)?(?P<rest>[.):]? ?[^\n]*)"
)
_PART_LINE = re.compile(r"(?m)^(?:(?i:câu|phần|ý) )?(?P<part>[a-eA-E1-5])(?:\)|\.(?= )) ?")
_CONCLUSION = re.compile(r"(?i)(?:^|(?<=[.;,⇒\n] )|(?<=\n))(?:⇒ ?)?(?:vậy|như vậy|do đó|suy ra|nên|kết luận)\b[ ,:]*")


@dataclass(frozen=True)
class Solution:
    """A solution under the eyes of the rules: plain text, and what the question tells about the answer."""

    text: str
    question: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines that hold something."""
        return [line for line in self.text.split("\n") if re.search(r"\w", line)]

    @cached_property
    def dot_is_decimal(self) -> bool:
        """Whether the solution writes decimals with dots: somewhere stands `0.025` or `42.86`, and no decimal comma."""
        dotted = re.search(r"(?<![\d.,])(?:0\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?![\d.])(?! ?[A-ZĐ])", self.text)
        return dotted is not None and re.search(r"\d,\d", self.text) is None

    def read(self, text: str) -> Answer | None:
        """`read_answer` in this solution's way of writing decimals."""
        return read_answer(text, self.dot_is_decimal)


def extract_answer(solution: str, question: str | None = None) -> Answer | None:
    """The final answer of a solution.

    Args:
        solution: Vietnamese text, with LaTeX, HTML or markdown or without.
        question: the question it answers: maps a letter to its option and tells how many values are asked for.

    Returns:
        The Answer with the rule that found it, or None: the solution breaks off, only proves or draws something, or is longer
        than 20,000 characters. Never raises.
    """
    if not isinstance(solution, str) or len(solution) > MAX_LENGTH:
        return None
    asked = question if isinstance(question, str) and len(question) <= MAX_LENGTH else ""
    seen = Solution(plain_text(solution), plain_text(asked))
    for name, rule in _RULES:
        answer = rule(seen)
        if answer is not None:
            return replace(_settle(answer, seen), rule=answer.rule or name)
    return None


def _settle(answer: Answer, solution: Solution) -> Answer:
    """What holds for every rule: roundings are said anywhere, a single part asked for is a scalar."""
    if re.search(r"(?i)làm tròn", solution.text + solution.question):
        answer = replace(answer, rounded=True)
    return answer


def _boxed(solution: Solution) -> Answer | None:
    boxes = re.findall(r"⟦([^⟦⟧]*)⟧", solution.text)
    if not boxes:
        return None
    answers = [answer for answer in map(solution.read, boxes) if answer is not None]
    return answers[-1] if answers else None


def _chosen(solution: Solution) -> Answer | None:
    """`Chọn B`, `Đáp án: B`, `Đáp án đúng là B. 25 cm`."""
    marks = [mark for mark in _CHOSEN.finditer(solution.text) if _is_letter(mark, solution)]
    if not marks:
        return None
    options = read_options(solution.question)
    if len(marks) > 1 and len({mark["letter"] for mark in marks}) > 1 and len(_PART_LINE.findall(solution.text)) > 1:
        return None
    mark = marks[-1]
    written = clean(mark["rest"])
    value = options.get(mark["letter"]) or (solution.read(written) if written else None)
    if value is None:
        value = _value_before(solution, mark.start())
    return Answer("choice", mark["letter"], value=value)


def _is_letter(mark: re.Match[str], solution: Solution) -> bool:
    """`Chọn A` chooses; `chọn A làm gốc`, `Đáp án: A = 5` do not."""
    rest = mark["rest"].strip()
    return not rest or rest[0] in ".):,;" or bool(read_options(solution.question)) and "=" not in rest


def _value_before(solution: Solution, end: int) -> Answer | None:
    before = Solution(solution.text[:end], solution.question)
    return _trailing(before) or _concluded(before)


def _stated(solution: Solution) -> Answer | None:
    """`Đáp số: v`; the last one counts, its further lines while they read as answers."""
    marks = list(_STATED.finditer(solution.text))
    if not marks:
        return None
    lines = solution.text[marks[-1].end() :].strip(" \n").split("\n")
    first = lines[0].strip()
    more = []
    for line in lines[1:8]:
        if not re.match(r"\(?[a-e1-5][).] |[^=]{0,30}\d", line) or re.match(r"(?i)cách|hoặc|thử|câu|bài", line):
            break
        more.append(line)
    if first and not more:
        return solution.read(first)
    together = solution.read("\n".join([first, *more]) if first else "\n".join(more))
    return together if together is not None and together.kind == "multi" else solution.read(first or lines[0])


def _parts(solution: Solution) -> Answer | None:
    """Parts a) b) c), each with an answer of its own."""
    marks = _part_marks(solution.text)
    if len(marks) < 2 and not (marks and len(_part_marks(solution.question)) > 1):
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(solution.text)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        part = Solution(solution.text[mark.end() : end], "")
        for _, rule in _PART_RULES:
            answer = rule(part)
            if answer is not None:
                found.append(replace(answer, label=mark["part"].lower()))
                break
    return multi(found, ordered=True) if found else None


def _part_marks(text: str) -> list[re.Match[str]]:
    """The marks a) b) c) at the beginning of lines, in order."""
    marks: list[re.Match[str]] = []
    for mark in _PART_LINE.finditer(text):
        if not marks or ord(mark["part"]) > ord(marks[-1]["part"]):
            marks.append(mark)
    return marks


_TWO_NUMBERS = re.compile(r"(?i)hai (?:số|phân số)|mỗi số|các số đó|ba số|số (?:lớn|bé|thứ nhất) và số")
_NAMED_RESULT = re.compile(
    r"(?i)(?P<label>(?:số|phân số) (?:lớn|bé|nhỏ|thứ nhất|thứ hai|thứ ba|thứ nhì))(?: đó)?(?: là| bằng| =)?:?\s+"
    r"(?P<value>[^\n]*)"
)


def _named_pair(solution: Solution) -> Answer | None:
    """`Số lớn là: ... = 30`, `Số bé là: ... = 20` where the question asks for two numbers."""
    if not _TWO_NUMBERS.search(solution.question):
        return None
    found: dict[str, Answer] = {}
    for match in _NAMED_RESULT.finditer(solution.text):
        answer = _computed(match["value"], solution)
        if answer is not None:
            found.setdefault(match["label"].lower(), replace(answer, label=match["label"].lower()))
    return multi(list(found.values()), ordered=False) if len(found) > 1 else None


def _concluded(solution: Solution) -> Answer | None:
    """`Vậy ...` in the last two lines."""
    for line in reversed(solution.lines[-2:]):
        marks = list(_CONCLUSION.finditer(line))
        if marks and (answer := _conclusion(line[marks[-1].end() :], solution)):
            return answer
    return None


def _conclusion(text: str, solution: Solution) -> Answer | None:
    text = clean(text)
    if not text or re.search(r"[-+×:=(]$|(?:là|bằng|có)$", text):
        return None
    answer = _computed(text, solution)
    if answer is not None:
        return answer
    values = list(re.finditer(r"(?:là|bằng|có|được|khoảng|còn|hết|mất|gấp|tăng|giảm|sau|chiếm|:) (?=[-≈\d])", text))
    for place in reversed(values):
        read = read_value(text[place.end() :], solution.dot_is_decimal)
        if read is not None:
            return replace(read[0], rounded=read[0].rounded or "khoảng" in place[0])
    subject = re.search(r" (?:là|vào) (?P<value>[^\d=]{1,60})$", text)
    return solution.read(subject["value"] if subject else text)


def _trailing(solution: Solution) -> Answer | None:
    """What the last line computes: `... = 42 (kg)`, `x = 10`, `... là: 1234cm`."""
    for line in reversed(solution.lines[-3:]):
        if re.fullmatch(r"(?i)\(?(?:đpcm|thỏa mãn|thoả mãn|t/m|tm)\)?\.?|\([^()]*\)\.?", line):
            continue
        return _computed(clean(line), solution)
    return None


def _computed(text: str, solution: Solution) -> Answer | None:
    """The value behind the last equals sign, or behind `là`, at the end of a line."""
    if "=" in text or "≈" in text:
        place = max(text.rfind("="), text.rfind("≈"))
        if _has_unknown(re.split(r"[=≈]", text)[0]):
            return None
        read = read_value(text[place + 1 :].strip(), solution.dot_is_decimal)
        if read is None or not _is_ended(read[1]):
            return read_expression(text[place + 1 :])
        return replace(read[0], rounded=read[0].rounded or text[place] == "≈")
    match = re.search(r"(?:là|bằng|:)\s+(?P<value>[-≈\d][^:]*)$", text)
    value = match["value"] if match else text
    read = read_value(value, solution.dot_is_decimal)
    return read[0] if read is not None and _is_ended(read[1]) else None


def _is_ended(rest: str) -> bool:
    """Whether a value is complete: no operator follows."""
    rest = rest.strip(" .,;")
    return not rest or rest[0] in "(" and not re.search(r"\d", rest) or re.match(r"[^\W\d_]", rest) is not None


def _has_unknown(side: str) -> bool:
    """Whether an equation still holds its unknown: `x × 9 = 90`, `2 × A = 7/8`, but not `x = 10`, `S = 10`."""
    side = re.sub(r"^(?:[^\d=]*\b(?:là|nên|có|vậy|suy ra|hay|⇒)\b:?)", "", side.strip())
    letters = re.search(r"(?<![^\W\d_])[a-zA-Z](?![^\W\d])", side)
    return letters is not None and re.search(r"[-+×:/]|\d[a-z]", side) is not None


_Rule = Callable[[Solution], Answer | None]
_PART_RULES: tuple[tuple[str, _Rule], ...] = (
    ("boxed", _boxed),
    ("stated", _stated),
    ("concluded", _concluded),
    ("trailing", _trailing),
)
_RULES: tuple[tuple[str, _Rule], ...] = (
    ("chosen", _chosen),
    ("boxed", _boxed),
    ("stated", _stated),
    ("parts", _parts),
    ("named_pair", _named_pair),
    ("concluded", _concluded),
    ("trailing", _trailing),
)
