"""A solution that corrects itself, or gives two results: `36 kg (đúng ra là 38 kg)`, `Cách 1 được 36, cách 2 được 38`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.mentioned_values import results
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.schema import Answer

_REVISED = re.compile(
    r"(?i)(?<!\w)(?:(?:đúng|thật|thực) ra(?: (?:là|phải))?"
    r"|(?:kết quả|đáp số|đáp án)(?: (?:trên|này|đó|của em))? (?:bị )?(?:sai|nhầm)|thấy (?:sai|không đúng)"
    r"|cả hai đều đúng|sai rồi|(?:kiểm tra|thử) lại thấy [^.\n=]{1,80}?,? nên"
    r"|em (?:\w+ )?(?:nhầm|sai)|(?:rồi|em) (?:sửa|đổi)(?: lại)?(?: thành)?|sửa (?:lại )?(?:thành|là)|nói lại"
    r"|không (?:đồng ý|tin|nghĩ)(?: với| là| rằng)? (?:đáp số|kết quả|đáp án))(?!\w)"
    r"|^\W*(?:lưu ý|chú ý|ghi chú|nhận xét|nhưng|tuy nhiên)(?!\w)[^\n]*?(?:kết quả|đáp số|đáp án) (?:đúng|thật)"
    r"(?: phải)?(?: là)?(?!\w)",
    re.MULTILINE,
)
_MEANT = re.compile(r"(?i)(?P<value>\S+(?: [^\W\d_]+)?) (?:mới (?:phải|đúng)|mới là (?:kết quả|đáp số|đáp án))(?!\w)")
_BE = re.compile(r"(?i)^[\W]*(?:nên (?:kết quả|đáp số|đáp án) )?(?:là|bằng)?:? ")
"""Between a correction and the formula that it gives."""
_NOT_OWN = re.compile(r"(?i)(?<!\w)(?:bạn|nhiều|học sinh|các em|dễ|hay|tránh|đừng|nếu|không|chưa|chẳng)(?: \w+){0,3} ?$")
"""Behind these words it is no correction of one's own: `nhiều em nhầm`, `tránh sai`."""
MAX_BEHIND = 60
"""Characters behind a correction in which its value stands."""


def corrects_itself(text: str, answer: Answer, question: str) -> bool:
    """Whether a solution says that its answer is wrong, and does not come back to it.

    Args:
        text: the whole solution in plain text, with its remarks.
        answer: what was read from it.
        question: the problem, whose words `bị sai` or `đúng ra` are no correction.
    """
    found = [match for match in _REVISED.finditer(text) if not _NOT_OWN.search(text[: match.start()].rpartition("\n")[2][-40:])]
    if not found or _REVISED.search(question):
        return False
    if found[-1][0].lower().startswith("không"):
        return True
    behind = re.split(r"\n\S", text[found[-1].end() :])[0]
    formula = _read(_BE.sub("", behind)) if answer.kind in ("expression", "relation", "interval") else None
    if formula is not None and formula.kind == answer.kind:
        return not same_answer(formula, answer, question)
    told = [_read(match["value"]) for match in _MEANT.finditer(behind)] or _values(behind[:MAX_BEHIND], question)
    named = [value for value in told if value is not None]
    if not named:
        return not _says_again(text[found[-1].end() :], answer, question)
    return not any(_is_part(value, answer, question) for value in named)


def _read(text: str) -> Answer | None:
    """The value of a text, in brackets or not."""
    bare = text.strip(" .,;")
    return read_answer(bare if bare.count("(") == bare.count(")") and not _BRACKETS.fullmatch(bare) else bare.strip("()"))


_BRACKETS = re.compile(r"\([^()]*\)")


def _values(text: str, question: str) -> list[Answer]:
    return [told.answer for told in results(Solution(text, question), text)]


def _says_again(text: str, answer: Answer, question: str) -> bool:
    """Whether the answer is said behind the correction."""
    return any(_is_part(value, answer, question) for value in _values(text, question)) or answer.text in text


def _is_part(value: Answer, answer: Answer, question: str) -> bool:
    return any(_same_number(value, part) or same_answer(value, part, question) for part in (answer.parts or (answer,)))


def _same_number(first: Answer, second: Answer) -> bool:
    one, other = first.meaning, second.meaning
    return isinstance(one, Quantity) and isinstance(other, Quantity) and one.value == other.value


_WAYS = re.compile(
    r"(?i)(?<!\w)(?:cách|trường hợp|TH|lần) ?(?:thứ )?(?P<way>1|2|một|hai|nhất|I{1,2})(?!\w)[ :]*"
    r"(?:(?:thì|em|tính|làm|ta) )*(?:được|ra|là|có)?:? ?"
    r"(?P<value>[-(√]*(?:\d|[a-z](?![^\W\d_]))[^,;.\n]*(?:,\d+)?)"
)
_BETWEEN = re.compile(
    r",? (?:rồi|chứ|đến|tới|(?:nếu )?không thì|≈|~)(?: là)? |(?<=[^\W\d_]) [-–/] (?=-?\d)| [-–/=] (?=[a-z] ?=)|\n| (?=\()"
)
_VALUE = re.compile(
    r"\(?(?:(?:[a-z] ?= ?)?-?\d[\d ]*(?:[.,/]\d+)?"
    r"|-?\d[\d ]*(?:[.,/]\d+)? ?(?!x )(?:%|[^\W\d_]+)(?:\^?[23])?(?: [^\W\d_]+)?)[.)]*"
)
"""A value and nothing else: `x = 7`, `26 m`."""
_MAX_SIDE_BY_SIDE = 120
"""Characters of a solution that may be nothing but values."""


def gives_two_results(text: str, answer: Answer, question: str) -> bool:
    """Whether a solution gives another value beside its answer: by another way, or as all that it says.

    Args:
        text: the whole solution in plain text.
        answer: the one value read from it.
        question: the problem in plain text.
    """
    if answer.parts or answer.kind in ("text", "choice"):
        return False
    ways = {way["way"].lower(): _read(way["value"]) for way in _WAYS.finditer(text)}
    if len(ways) > 1 and all(value is not None and value.kind != "text" for value in ways.values()):
        return not all(same_answer(value, answer, question) for value in ways.values() if value)
    pieces = [piece for piece in _BETWEEN.split(text.strip()) if piece.strip(" .()")] if len(text) < _MAX_SIDE_BY_SIDE else []
    values = [_read(piece.rpartition("=")[2]) if _VALUE.fullmatch(piece.strip()) else None for piece in pieces]
    known = question.replace(" ", "")
    if len(values) < 2 or any(value is not None and value.text in known for value in values):
        return False
    if any(value is None or value.kind in ("text", "multi", "relation") for value in values):
        return False
    return not all(same_answer(value, answer, question) for value in values if value)
