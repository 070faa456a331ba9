"""Where a function rises and where it falls: `đồng biến trên (-∞; 0) và (2; +∞), nghịch biến trên (0; 2)`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_ASKED = re.compile(
    r"(?i)đồng biến(?:,| và|;) (?:các )?(?:khoảng )?nghịch biến|nghịch biến(?:,| và|;) (?:các )?(?:khoảng )?đồng biến"
    r"|khoảng đơn điệu|(?:tính|sự) đơn điệu|chiều biến thiên"
)
_ASKS_MORE = re.compile(r"(?i)cực (?:trị|đại|tiểu)|(?:lớn|nhỏ) nhất")
_DENIED = re.compile(r"(?i)(?<!\w)(?:không|chưa|chẳng)(?: [^\W\d_]+)? (?:đồng|nghịch) biến")
_WAY = r"(?P<rises>đồng biến|đb)|(?P<falls>nghịch biến|nb)"
_RANGE = r"(?P<range>[(\[] ?[^()\[\];:=]{1,20}; ?[^()\[\];:=]{1,20}[)\]]|(?<!\w)[ℝR](?!\w))"
_SAID = re.compile(rf"(?i)(?<!\w)(?:{_WAY})(?!\w)|{_RANGE}")


def monotony(solution: Solution) -> Answer | None:
    """The ranges of both, each joined to one set; None where one is missing or denied, or a sentence leaves both open."""
    if not _ASKED.search(solution.asked) or _ASKS_MORE.search(solution.asked) or asks_in_parts(solution.question):
        return None
    told: dict[str, str] = {}
    for line in solution.lines:
        for sentence in sentences(line):
            found = _ranges_of(sentence)
            if found and (_DENIED.search(sentence) or not is_sure(sentence)):
                return None
            told |= {way: " ∪ ".join(ranges) for way, ranges in found.items() if ranges}
    read = {way: solution.read(told[way]) for way in ("đồng biến", "nghịch biến") if way in told}
    parts = [Answer("interval", answer.text, label=f"khoảng {way}") for way, answer in read.items() if answer]
    return Answer("multi", parts=tuple(parts), ordered=True) if len(parts) == 2 else None


def _ranges_of(sentence: str) -> dict[str, list[str]]:
    """The ranges behind each word, or before it where a sentence begins with them: `Trên (0; 2), y' < 0 nên nghịch biến`."""
    found: dict[str, list[str]] = {}
    marks = list(_SAID.finditer(sentence))
    ways = [mark for mark in marks if not mark["range"]]
    if not ways or len(ways) == len(marks):
        return {}
    held: list[str] = []
    before = marks[0]["range"] is not None
    for mark in marks if before else reversed(marks):
        if mark["range"]:
            held.append(mark["range"])
        else:
            found.setdefault("đồng biến" if mark["rises"] else "nghịch biến", []).extend(held if before else held[::-1])
            held = []
    return found
