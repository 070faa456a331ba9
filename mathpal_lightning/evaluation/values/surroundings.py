"""What surrounds a value: the signs that are no part of it, the words that deny it, and the chain that leads to it."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from mathpal_lightning.evaluation.language.doubt import BEFORE_A_NUMBER
from mathpal_lightning.evaluation.mathematics.arithmetic import Quantity as Sum
from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.values.amount import read_quantity

_CLAUSE = re.compile(r"[,;:.=]\s|(?<!\w)(?:nên|thì|vậy|mà|suy ra|do đó|là)(?!\w)")


MAX_CHAIN = 200
"""Characters of a chain that is computed again."""


def is_denied(before: str) -> bool:
    """Whether what stands in front of a number says that it is not the answer, or not surely: `Không phải 16`, `còn hơn 16`."""
    return BEFORE_A_NUMBER.search(_CLAUSE.split(before)[-1]) is not None


def clean(text: str) -> str:
    """Strip what surrounds an answer: spaces, a closing full stop, quotes, box marks, a leading colon or equals sign."""
    text = text.replace("⟦", "").replace("⟧", "").strip(' \n\t"“”*_.,;:!?|~')
    text = text.strip("'") if not re.search(r"\d'$", text) else text
    if len(text) < MAX_CHAIN and (whole := re.fullmatch(r"\(([^();\n]*\d[^();,\n]*)\)", text)) and ", " not in whole[1]:
        text = whole[1].strip()
    return re.sub(r"^(?:[=:⇒⇔→]|là:?)\s+|^=(?=.)", "", text).strip()


def chain_holds(text: str, dot_is_decimal: bool = False) -> bool:
    """Whether a chain of numbers and sums is true where all of it can be computed: not so for `24 = 8 = 16`.

    Units may be written on one side only, so each side has its value with and without them.
    """
    if "=" not in text or "\n" in text or len(text) > MAX_CHAIN:
        return True
    sides = [_side_values(side, dot_is_decimal) for side in text.split("=")]
    if not all(sides):
        return True
    return all(not left.isdisjoint(right) for left, right in pairwise(sides))


def _side_values(side: str, dot_is_decimal: bool) -> set[Fraction]:
    """The values that one side of a chain may have."""
    side = side.strip(" .,;")
    plain = evaluate(side, False, dot_is_decimal)
    product = evaluate(re.sub(r"(?<=\d)\.(?=\d)", " × ", side), False, dot_is_decimal) if _OPERATION.search(side) else None
    found = (evaluate(side, True, dot_is_decimal), plain, _counted(side, dot_is_decimal), product)
    measured = _MEASURED.search(side)
    unit = parse_unit(measured["unit"]) if measured else None
    whole = {plain.value * unit.factor} if plain is not None and unit is not None else set()  # 5400 : 3600 giờ
    return {value.value for value in found if value is not None} | whole | _measured(side, dot_is_decimal)


_OPERATION = re.compile(r"\d ?[-+×*:/] ?\d")
"""Beside which a dot may be the sign of a product: `2.3 - 1 = 5`."""
_MEASURED = re.compile(rf"(?<=[\d)]) ?(?P<unit>(?i:{MEASURE}))$")


def _measured(side: str, dot_is_decimal: bool) -> set[Fraction]:
    """`2 giờ rưỡi` in seconds."""
    read = read_quantity(side.strip(), dot_is_decimal)
    if read is None or read[1].strip(" .,") or read[0].measure is None or read[0].pieces:
        return set()
    return {read[0].value * read[0].measure.factor}


def _counted(side: str, dot_is_decimal: bool) -> Sum | None:
    """`81 cây`, `275 kg gạo` as a number; `2 giờ 45 phút` as 165, in its last unit."""
    read = read_quantity(side.strip(), dot_is_decimal)
    return Sum(read[0].value) if read is not None and not read[1].strip(" .,") else None
