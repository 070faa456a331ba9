"""What stands in a relation: `2/3 > 3/5`, `2x + 3y = 7`, `y = -2x + 4`, `S_ABE = S_DBE`, or the sign alone (`>`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from mathpal_lightning.evaluation.mathematics.algebra import (
    Node,
    constant,
    parse_expression,
    proportion,
    same_expression,
    unknowns,
)
from mathpal_lightning.evaluation.values.expression import canonical_expression
from mathpal_lightning.evaluation.values.reals import Reals, intersection, reals_of, union
from mathpal_lightning.schema import AnswerKind
from mathpal_lightning.text import comparison_key

SIGNS = "<>≤≥≠="
_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "=", "≠": "≠"}


@dataclass(frozen=True, slots=True)
class Relation:
    """Items and the signs between them; `5/8 < 7/8 < 10/9` has three items."""

    items: tuple[str, ...]
    signs: tuple[str, ...]

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        return "relation"

    @property
    def canonical(self) -> str:
        """`2/3 > 3/5`."""
        words = [word for pair in zip(self.items, (*self.signs, ""), strict=True) for word in pair]
        return " ".join(words).strip()

    def turned(self) -> Relation:
        """The same relation read from its other end."""
        return Relation(self.items[::-1], tuple(_TURNED[sign] for sign in reversed(self.signs)))

    def same(self, other: Relation) -> bool:
        """Whether both say the same, from whichever end they are read; equations that are multiples are the same."""
        if len(self.items) == 1 or len(other.items) == 1:  # a sign alone is the one between the two numbers
            alone, whole = sorted((self, other), key=lambda side: len(side.items))
            return self == other or len(whole.items) == 2 and alone.items == whole.signs
        if any(_same_order(self, one) for one in (other, other.turned())):
            return True
        if self.signs == other.signs == ("=",):
            return _same_equation(self, other)
        return set(self.signs) == set(other.signs) == {"="} and sorted(map(_key, self.items)) == sorted(map(_key, other.items))

    def same_as_value(self, written: str) -> bool:
        """Whether an equation `y = ...` gives a letter the value of an expression that stands alone."""
        return self.signs == ("=",) and len(self.items[0]) == 1 and same_expression(self.items[1], written) is True


def _same_order(first: Relation, second: Relation) -> bool:
    return first.signs == second.signs and all(
        _key(left) == _key(right) or same_expression(left, right) is True
        for left, right in zip(first.items, second.items, strict=True)
    )


def _key(item: str) -> str:
    return comparison_key(item) if re.search(r"[^\W\d_]{2}", item) else item.replace(" ", "")


def _same_equation(first: Relation, second: Relation) -> bool:
    sides = [parse_expression(item) for item in (*first.items, *second.items)]
    trees = [side for side in sides if side is not None]
    if len(trees) < 4:
        return False
    left, right = Node("-", (trees[0], trees[1])), Node("-", (trees[2], trees[3]))
    return unknowns(left) == unknowns(right) != set() and proportion(left, right) not in (0, None)


IN_WORDS = {
    "khác": "≠", "lớn hơn hoặc bằng": "≥", "nhỏ hơn hoặc bằng": "≤", "bé hơn hoặc bằng": "≤", "không nhỏ hơn": "≥",
    "không bé hơn": "≥", "không lớn hơn": "≤", "không vượt quá": "≤", "lớn hơn": ">", "nhỏ hơn": "<", "bé hơn": "<",
}  # fmt: skip
_SAID = re.compile(rf"(?<![^\W\d_])(?P<letter>[a-z]) (?:(?:phải|cần|thì|là) )?(?P<words>{'|'.join(IN_WORDS)}) (?=-?\d)")


def with_signs(text: str) -> str:
    """`x khác 4` -> `x ≠ 4`."""
    return _SAID.sub(lambda said: f"{said['letter']} {IN_WORDS[said['words']]} ", text)


def read_relation(text: str) -> Relation | Reals | None:
    """Read a relation; one that bounds a single unknown is the set of its values. None where the text is anything else."""
    text = text.strip().replace(">=", "≥").replace("<=", "≤").replace("!=", "≠")
    text = re.sub(r"^(?:\([A-ZdΔ]\w?'?\)|[dΔ]\w?|[A-Z]{2}) ?: ?(?=.*=)", "", with_signs(text))  # (S): x^2 + y^2 = 4
    text = re.sub(r"(?P<letter>[a-z]) ?≠ ?± ?(?P<value>[\d,./]+)", r"\g<letter> ≠ \g<value> và \g<letter> ≠ -\g<value>", text)
    if text in SIGNS and text:
        return Relation((text,), ())
    if (joint := re.search(r" (?:hoặc|hay) | (?:và|&) |[;,](?!\d)", text)) and re.search("[<>≤≥≠]", text):
        pieces = [read_relation(piece) for piece in re.split(r" (?:hoặc|hay|và|&) |[;,](?!\d)", text)]
        bounds = [piece for piece in pieces if isinstance(piece, Reals)]
        both = joint[0].strip() in ("và", "&") or "≠" in text and joint[0].strip() in (";", ",")
        return (intersection if both else union)(bounds) if len(bounds) == len(pieces) else None
    parts = re.split(rf" ?([{SIGNS}]) ?", text)
    items, signs = tuple(part.strip(" .,;") for part in parts[::2]), tuple(parts[1::2])
    if not signs or not all(items) or len(items) > 12:
        return None
    items = tuple(item if re.search(r"[^\W\d_]{2}", item) else canonical_expression(item) for item in items)
    return reals_of(items, signs) or Relation(items, signs)


def holds(relation: Relation) -> bool | None:
    """Whether a relation between constants is true; None where a side is no constant."""
    verdicts = []
    for (left, right), sign in zip(pairwise(relation.items), relation.signs, strict=True):
        trees = parse_expression(left), parse_expression(right)
        if None in trees:
            return None
        if sign == "=":
            verdicts.append(same_expression(left, right))
            continue
        values = constant(left), constant(right)
        if values[0] is None or values[1] is None:
            return None
        smaller, equal = values[0] < values[1], values[0] == values[1]
        verdicts.append(
            {"<": smaller, ">": not smaller and not equal, "≤": smaller or equal, "≥": not smaller}.get(sign, not equal)
        )
    return None if None in verdicts else all(verdicts)
