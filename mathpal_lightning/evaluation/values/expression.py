r"""An expression that is not one number: `2(x + 1)`, `4\sqrt{2}`, `36π cm^3`, `2^3 · 3^2`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathpal_lightning.evaluation.mathematics.algebra import parse_expression, same_expression
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit, unit_name
from mathpal_lightning.schema import AnswerKind

_BODY = re.compile(
    r"(?P<body>(?:[-+]? ?)?[\d(√|a-zA-Zα-ωΔ\\][-+×·*:/^().,√π|\\\w '{}\[\]]*?)(?:(?: | ?\()(?P<unit>(?i:" + MEASURE + r"))\)?)?"
)
_SIGN = re.compile(r"[-+×·*:/^√π|(]|\d ?[a-zα-ω]|[a-z][a-z]|\\sqrt|(?:sin|cos|tan|cot|log|ln)")


_MEASURED = re.compile(rf"-? ?(?:[\d.,]+(?: \d+)* ?(?i:{MEASURE}) ?)+")
"""`6dm` is no product of 6, d and m, nor `6 dm^2 5 cm^2` one of 6, dm^2 and 5."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Numbers, unknowns and the signs between them."""

    written: str
    r"""Canonical: '.' is the decimal sign, roots are `\sqrt{...}`."""
    unit: str = ""

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        return "expression"

    @property
    def canonical(self) -> str:
        """The canonical form."""
        return f"{self.written} {self.unit}".strip()

    def same(self, other: Expression) -> bool:
        """Whether both have the same value for every value of their unknowns, and no different units."""
        ours, theirs = parse_unit(self.unit), parse_unit(other.unit)
        if ours and theirs and ours != theirs:
            return False
        equal = same_expression(self.written, other.written)
        return _key(self.written) == _key(other.written) if equal is None else equal


def _key(written: str) -> str:
    return re.sub(r"[ ×·*]", "", written)


def canonical_expression(text: str) -> str:
    r"""`54 - 18√(13)` -> `54 - 18\sqrt{13}`; a comma between digits becomes the decimal dot."""
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
    text = re.sub(r"√(?:\(([^()]*)\)|(\d+(?![\d.,])))", lambda root: f"\\sqrt{{{root[1] or root[2]}}}", text.strip())
    return re.sub(r"(?<=\d),(?=\d)", ".", re.sub(r"\s+", " ", text))


def read_expression(text: str) -> Expression | None:
    """Read a text that is one expression, with a unit behind it or without; None where it is anything else."""
    match = _BODY.fullmatch(text.strip())
    if match is None or not _SIGN.search(match["body"]) or _MEASURED.fullmatch(text.strip()):
        return None
    written = canonical_expression(match["body"])
    if parse_expression(written) is None:
        return None
    return Expression(written, unit_name(match["unit"]) if match["unit"] else "")
