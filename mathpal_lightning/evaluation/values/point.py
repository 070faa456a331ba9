"""A point or a pair that solves a system: `(0; -2)`, `A(0; -2)`, `(x; y) = (3; 1)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathpal_lightning.evaluation.mathematics.algebra import same_expression
from mathpal_lightning.evaluation.values.expression import canonical_expression
from mathpal_lightning.schema import AnswerKind

_GROUP = r"\((?:[^();]|\((?:[^();]|\([^();]*\))*\))*\)"
_ITEM = rf"[^();,=<>≤≥\n]*(?:{_GROUP}[^();,=<>≤≥\n]*)*(?:,\d[^();,=<>≤≥\n]*)?"
_POINT = re.compile(
    r"(?:(?:điểm |đỉnh |tâm |tọa độ |toạ độ )*(?P<name>[A-Z]'?)(?: ?=)? ?"
    r"|\([a-z] ?[;,] ?[a-z](?: ?[;,] ?[a-z])?\) ?(?:=|là) ?)?"
    rf"\( ?(?P<items>{_ITEM}(?:;|, ){_ITEM}(?:(?:;|, ){_ITEM})?) ?\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """Coordinates in order."""

    items: tuple[str, ...]
    """Each an expression in canonical form."""

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        return "point"

    @property
    def canonical(self) -> str:
        """`(0;-2)`."""
        return f"({';'.join(self.items)})"

    def same(self, other: Point) -> bool:
        """Whether the coordinates are equal one by one."""
        return len(self.items) == len(other.items) and all(
            left == right or same_expression(left, right) is True for left, right in zip(self.items, other.items, strict=True)
        )


def read_point(text: str) -> Point | None:
    """Read a text that is one point; None where it is anything else."""
    match = _POINT.fullmatch(text.strip())
    if match is None:
        return None
    items = [canonical_expression(item).replace(" ", "") for item in re.split(r";|, ", match["items"])]
    if not all(re.fullmatch(r"[-+]?[\d.a-zA-Z√π(\\].*", item) for item in items) or any(
        re.search(r"[^\W\d_a-zA-Zπ]|[a-zA-Z]{3}(?<!sqrt)(?<!sqr)", item.replace("\\sqrt", "√")) for item in items
    ):
        return None
    return Point(tuple(items))
