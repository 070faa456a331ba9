"""An answer that stands before its reason: `Đầu thang tụt 0,8 m. Lúc đầu thang cao 6 m ...`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.extract import extract_answer
from mathpal_lightning.evaluation.answer.mentioned_values import mentions
from mathpal_lightning.evaluation.language.doubt import TRIED, is_unsure, supposes, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.verdict.second_look import guided_answer
from mathpal_lightning.schema import Answer

_FIRST = re.compile(
    r"(?P<answer>[^\n]{1,150}?)(?:(?<=\w)[.!] +(?=[A-ZĐÂĂÊÔƠƯ])|(?<=[)%°²])[.!] +|(?<=\w{2})\. +(?=\d|ngoặc|tính|lấy)"
    r"|,? (?=(?:vì|bởi|do|nhớ|lấy|thử lại)(?! (?:vậy|thế|đó))(?!\w))|, (?=chữ số|trong đó)|\n| (?=\())"
    r"(?P<reason>.+)",
    re.DOTALL,
)
_COMPUTES = re.compile(r"[⇔⇒]|[-+×*/:√^(≥≤<>≈].*=|=.*=")
_CLAIMS = re.compile(
    r"(?i)(?<!\w)(?:vậy|đáp (?:số|án)|trả lời|kết (?:luận|quả)|chọn|cũng (?:ra|được|là|bằng|tính|có)|hoặc|hay|nên|do đó|suy ra"
    r"|thật ra|thực ra)(?!\w)|\?"
)
_GIVES_REASON = re.compile(r"(?i)\W*(?:vì|bởi|do|tại|lý do|lí do)(?! (?:vậy|thế|đó))(?!\w)")
_REJECTED = re.compile(r"(?i)(?<!\w)(?:bị loại|loại|không (?:thỏa|thoả|nhận)|bỏ)(?!\w)")


def answer_before_reason(solution: Solution, gold: Answer) -> Answer | None:
    """The answer of the first sentence, where what follows only explains it; None where it computes or says another one.

    Args:
        solution: a solution that states no answer (`Đáp số`, a box, a letter).
        gold: the reference's answer: the rest may hold no new value of its kind.
    """
    told = _FIRST.fullmatch("\n".join(solution.lines))
    if told is None or asks_in_parts(solution.question):
        return None
    first, reason = told["answer"].strip(), told["reason"].strip()
    if _COMPUTES.search(first) or is_unsure(first) or TRIED.search(first) or supposes(first) or takes_back(first):
        return None
    if _CLAIMS.search(reason) or len(reason.split()) < 4:
        return None
    if not _explains(solution, reason, gold):
        return None
    return extract_answer(first, solution.question) or guided_answer(Solution(f"{first}.", solution.question), gold)


def _explains(solution: Solution, reason: str, gold: Answer) -> bool:
    """Whether the text behind an answer comes to no other: to nothing, to what is known, or to a value that it rejects."""
    if _GIVES_REASON.match(reason) or _REJECTED.search(reason):
        return True
    other, wanted = extract_answer(reason, solution.question), gold.meaning
    if other is None:
        return True
    if not isinstance(wanted, Quantity) or not isinstance(other.meaning, Quantity):
        return other.kind not in (gold.kind, "multi")
    known = (told.value for told in mentions(solution, solution.question) if told.value)
    if any(value.value == other.meaning.value for value in known):
        return True
    return other.meaning.measure is not None and other.meaning.measure != wanted.measure
