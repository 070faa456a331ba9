"""Values given to names in turn: `lớp 7A, 7B, 7C lần lượt góp 60, 80, 100 quyển`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import answer_of
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_IN_TURN = re.compile(
    r"(?<!\w)lần lượt(?: (?:là|bằng|có|được|hết|mất|trồng|làm|góp|nhận))?:? (?P<items>-?\d[^=]*|(?<=là )[^=]*)$"
)
_BETWEEN = re.compile(r", | và ")
_DOES = re.compile(r"(?: (?:có|góp|quyên|trồng|làm|nhận|thu|mua|bán|chở|gặt|hết|được|là))+$")
"""What the names do, between them and `lần lượt`."""
MAX_WORDS = 3
"""Words of a name."""


def values_in_turn(solution: Solution, text: str) -> Answer | None:
    """The values behind `lần lượt`, in order, all in the unit of the last; with the names before it, as many as values."""
    said = _IN_TURN.search(text)
    each = solution.read(said["items"]) if said else None
    if said is None or each is None or each.kind != "multi":
        return None
    parts = tuple(_in_unit(part, each.parts[-1]) for part in each.parts)
    names = _names(text[: said.start()], len(parts))
    known = comparison_key(solution.question)
    if names and len(set(names)) == len(names) and all(comparison_key(name) in known for name in names):
        parts = tuple(replace(part, label=name) for part, name in zip(parts, names, strict=True))
    return replace(each, parts=parts, ordered=True)


def _in_unit(part: Answer, last: Answer) -> Answer:
    """60 of `60, 80, 100 quyển` counts books too."""
    value, model = part.meaning, last.meaning
    if not isinstance(value, Quantity) or not isinstance(model, Quantity) or value.unit or not model.unit:
        return part
    return answer_of(replace(value, unit=model.unit))


def _names(before: str, count: int) -> list[str]:
    """The last so many names of a text, each of as many words as the second."""
    pieces = _BETWEEN.split(_DOES.sub("", before.strip()))[-count:]
    words = len(pieces[1].split()) if len(pieces) == count > 1 else 0
    if not 0 < words <= MAX_WORDS or any(len(piece.split()) != words for piece in pieces[1:]):
        return []
    return [" ".join(piece.split()[-words:]).lower() for piece in pieces]
