"""Words that are listed where several are asked for: `Dữ liệu định tính: màu sắc, nghề nghiệp`, or one behind each bullet."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.doubt import denies, is_unsure
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_WORDS = 7
"""Words of an item; more are a sentence."""
_LIST = re.compile(r"(?P<head>[^:=,\d]{3,80}?)(?: ?:| (?:là|gồm|bao gồm)(?: có)?:?) (?P<items>[^:=\d]{3,200}?)[. ]*")
_ITEMS = re.compile(r"[,;] (?:và )?| và ")
_ASKS_FOR_WORDS = re.compile(r"(?i)(?<!\w)(?:nào|những|các|gì|kể tên|nêu|liệt kê)(?!\w)")
_ASKS_FOR_NUMBER = re.compile(r"(?i)bao nhiêu|mấy|(?<!định )(?<!\w)tính(?!\w)(?! chất)")
_HEADS = frozenset(comparison_key("là các những có tên gồm vậy đó được ra").split())
_SO_MANY = re.compile(
    r"(?i)(?:tìm|kể|nêu|viết|chỉ ra|cho)(?: (?:tên|ví dụ|ra|về|được))* (?P<count>[2-6]|hai|ba|bốn|năm|sáu) (?P<noun>[^\W\d_]+)"
)
_ASKS_ITS_NAME = re.compile(r"(?i)(?:được )?gọi là (?:[^\W\d_]+ )?gì\W*$")
"""`được gọi là góc gì?`: one name."""
_BULLET = re.compile(r"^(?:[-+•*]|\d{1,2}[.)]|[a-f]\)) ?")
_COUNTS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6}


def words_listed(solution: Solution) -> Answer | None:
    """The words behind a head that the question says, or the head of each line where the question says how many."""
    if not solution.lines or solution.asks_whether or " hay " in solution.asked or _ASKS_ITS_NAME.search(solution.asked):
        return None
    return _one_a_line(solution) or _of_several_heads(solution) or _behind_the_head(solution) or _alone(solution)


def _alone(solution: Solution) -> Answer | None:
    """A line that is a list and nothing else: of words that the question offers, or of as many as it asks for."""
    items = _ITEMS.split(solution.lines[0]) if len(solution.lines) == 1 else []
    asked, known = _SO_MANY.search(solution.asked), f" {comparison_key(solution.asked)} "
    offered = all(f" {comparison_key(item)} " in known for item in items) and _ASKS_FOR_WORDS.search(solution.asked)
    complete = asked is not None and len(items) == _count(asked)
    headed = _ASKS_FOR_WORDS.search(solution.asked) and all(_begins(item, solution.asked) for item in items)
    return _several(items) if (offered or complete or headed) and not _ASKS_FOR_NUMBER.search(solution.asked) else None


_HEADED = re.compile(r"(?P<head>[^:=,\d]{3,80}?) ?: ?(?P<items>[^:=]{1,200}?)[. ]*")


def _of_several_heads(solution: Solution) -> Answer | None:
    """`17; 29` of `Số nguyên tố: 17; 29. Hợp số: 12; 21.`, where the question says one of the heads."""
    headed = [_HEADED.fullmatch(sentence) for sentence in sentences(solution.lines[-1])]
    if len(headed) < 2 or not all(headed) or not _ASKS_FOR_WORDS.search(solution.asked):
        return None
    known = f" {comparison_key(solution.asked)} "
    asked = [one for one in headed if one and f" {comparison_key(one['head'])} " in known and has_digit(one["items"])]
    return solution.read(asked[0]["items"]) if len(asked) == 1 else None


def _begins(item: str, question: str) -> bool:
    """`biểu đồ cột` begins with two words of `Các loại biểu đồ nào đã học?`."""
    words = item.split()
    return len(words) > 2 and f" {comparison_key(' '.join(words[:2]))} " in f" {comparison_key(question)} "


def _count(asked: re.Match[str]) -> int:
    return _COUNTS.get(asked["count"].lower()) or int(asked["count"])


def _behind_the_head(solution: Solution) -> Answer | None:
    asked = set(comparison_key(solution.asked).split()) | _HEADS
    if not _ASKS_FOR_WORDS.search(solution.asked) or _ASKS_FOR_NUMBER.search(solution.asked):
        return None
    for sentence in sentences(solution.lines[-1]):
        listed = _LIST.fullmatch(sentence)
        if listed and set(comparison_key(listed["head"]).split()) <= asked:
            return _several(_ITEMS.split(listed["items"]))
    return None


def _one_a_line(solution: Solution) -> Answer | None:
    asked = _SO_MANY.search(solution.asked)
    if asked is None or re.match(r"(?i)số|chữ", asked["noun"]):
        return None
    count = _count(asked)
    lines = solution.lines[-count:]
    heads = [re.split(r" ?\(| ?: ?|\. ", _BULLET.sub("", line))[0] for line in lines]
    return _several(heads) if len(lines) == count == len(solution.lines) else None


def _several(items: list[str]) -> Answer | None:
    """The items as an answer, where each is a name of a few words."""
    named = [item.strip(" .") for item in items]
    if not 1 < len(named) <= 12 or len(set(named)) < len(named):
        return None
    if any(not name or has_digit(name) or "=" in name or len(name.split()) > MAX_WORDS for name in named):
        return None
    if any(is_unsure(name) or denies(name) for name in named):
        return None
    return multi([Answer("text", name) for name in named], ordered=False)
