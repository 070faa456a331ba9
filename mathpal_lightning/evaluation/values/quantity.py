"""A number, alone or of something: `2 3/4`, `25%`, `36 cm^2`, `30 học sinh`, `6 giờ 55 phút`, `3 giờ chiều`, `255k`.

What a number means and how it was written are both kept: `18/24` is 3/4 and not in lowest terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from mathpal_lightning.evaluation.mathematics.units import Unit, parse_unit
from mathpal_lightning.evaluation.values.nouns import same_noun
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import AnswerKind


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts or measures."""

    written: str
    """The number in canonical form: '.' is the decimal sign; "3/4", "2 3/4", "-1.5"; of a percentage the number before `%`."""
    value: Fraction
    """Exact; a percentage's hundredth; of several pieces their sum in the last unit."""
    unit: str = ""
    """Canonical: "cm^2", "%", "cái kẹo"; empty where the number stands alone."""
    pieces: tuple[Quantity, ...] = ()
    """Of `6 giờ 55 phút` both parts."""
    about: str = ""
    """"≈" or the word that says that the number is not exact ("khoảng")."""

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        if self.pieces:
            return "compound_quantity"
        if self.unit:
            return "percent" if self.unit == "%" else "quantity"
        if " " in self.written:
            return "mixed_number"
        return "fraction" if "/" in self.written else "number"

    @property
    def canonical(self) -> str:
        """The canonical form."""
        if self.pieces:
            return " ".join(piece.canonical for piece in self.pieces)
        return f"{self.written}%" if self.unit == "%" else f"{self.written} {self.unit}".strip()

    @property
    def measure(self) -> Unit | None:
        """The measured unit; None for a plain number, a percentage and a counted noun."""
        return parse_unit("are" if self.unit == "a" else self.unit) if self.unit not in ("", "%") else None

    @property
    def is_count(self) -> bool:
        """Whether it counts things that have a name (`30 học sinh`)."""
        return self.unit not in ("", "%") and self.measure is None

    @property
    def decimals(self) -> int:
        """Digits behind the decimal sign; -1 for a fraction. A percentage has two more than it shows."""
        digits = -1 if "/" in self.written else len(self.written.partition(".")[2])
        return digits + 2 if self.unit == "%" and digits >= 0 else digits

    def same(self, other: Quantity, rounding: bool = False, question: str = "") -> bool:
        """Whether both say the same.

        A unit that one side leaves out is forgiven; measured units must measure the same and convert; counted nouns must name
        the same things.

        Args:
            other: the other quantity.
            rounding: where one side is the other rounded to its digits, that is the same.
            question: the problem; it tells what is counted.
        """
        if ("/" in self.unit + other.unit) and not (self.measure and other.measure and "/" in self.unit and "/" in other.unit):
            return self._same_rate(other, rounding, question)
        ours, theirs = self.measure, other.measure
        if {self.unit, other.unit} == {"tuổi", "năm"} and re.search(r"(?i)(?:bao nhiêu|mấy|tính|tìm) tuổi", question):
            return False  # `12 năm nữa` is no age
        if "%" in (self.unit, other.unit) and {self.unit, other.unit} - {"%", ""}:
            return False
        if ours and theirs and ours.dimension != theirs.dimension and {ours.dimension, theirs.dimension} != _MONEY_OR_COUNT:
            return False
        if (self.is_count and theirs and theirs.dimension) or (other.is_count and ours and ours.dimension):
            return False
        if (
            self.is_count
            and other.is_count
            and not same_noun(self.unit, other.unit, question)
            or not _same_half_of_the_day(self, other, question)
        ):
            return False
        return any(
            self.value == theirs or _afternoon(self, other) or rounding and (_rounds(self, theirs) or _rounds(other, ours))
            for ours, theirs in _in_one_unit(self, other)
        )

    def _same_rate(self, other: Quantity, rounding: bool, question: str) -> bool:
        """`800 người/km^2`: of the same things per the same; `30 lít` where it is asked how many litres flow `mỗi phút`."""
        (ours, _, per), (theirs, _, other_per) = self.unit.partition("/"), other.unit.partition("/")
        if per and other_per and not same_noun(per, other_per) or "%" in (ours, theirs):
            return False
        spans = (span["unit"] for span in _SPAN.finditer(asking_sentence(question)))
        wanted = parse_unit(per or other_per)
        told = any(parse_unit(span) == wanted if wanted else same_noun(span, per or other_per) for span in spans)
        alone = "" in (self.unit, other.unit)
        if not (alone or told or per and other_per):
            return False
        return (
            alone
            and self.value == other.value
            or replace(self, unit=ours).same(replace(other, unit=theirs), rounding, question)
        )


def _in_one_unit(first: Quantity, second: Quantity) -> list[tuple[Fraction, Fraction]]:
    """The first in the second's unit and the second in the first's; two readings of a sum of money without `đồng`."""
    ours, theirs = first.measure, second.measure
    factor = (ours.factor if ours else Fraction(1)) / (theirs.factor if theirs else Fraction(1))
    converted = first.value * factor, second.value / factor
    if ours and theirs:
        return [converted]
    scale = ours or theirs
    if scale is None or scale.dimension not in ((), (("money", 1),)) or scale.factor == 1:
        return [(first.value, second.value)]
    return [converted, *([] if scale.dimension == () else [(first.value, second.value)])]


def _rounds(rounded: Quantity, exact: Fraction) -> bool:
    """Whether a number that says it is rounded is the exact one rounded to its digits."""
    if not rounded.about or rounded.decimals < 0:
        return False
    return abs(rounded.value - exact) <= Fraction(1, 2 * 10**rounded.decimals)


_SPAN = re.compile(
    r"(?i)(?<![\w,.])(?:mỗi|một|1|từng|trên|trung bình) (?:1 )?(?P<unit>[^\W\d_]+(?:[ -][^\W\d_]+){0,3}(?:\^?[23])?)"
)
"""`mỗi héc-ta`, `một ngày`: of what a question asks a rate."""
_MONEY_OR_COUNT = {(), (("money", 1),)}
"""`25,2 triệu` may be said of money."""
HALVES = {"sáng": 0, "trưa": 12, "chiều": 12, "tối": 12, "đêm": 12}
"""The hours that a part of the day adds to a clock of twelve."""


def _half_of_the_day(quantity: Quantity) -> str:
    last = quantity.unit.rpartition(" ")[2]
    return last if last in HALVES and quantity.unit.startswith(("giờ ", "phút ")) else ""


def _same_half_of_the_day(first: Quantity, second: Quantity, question: str) -> bool:
    """Not so for `7 giờ sáng` and `7 giờ tối`, nor for `9 giờ` and `9 giờ tối` where the question speaks of no evening."""
    ours, theirs = _half_of_the_day(first), _half_of_the_day(second)
    if (ours or theirs) and not (ours and theirs) and re.search(r"(?i)bao lâu|thời gian|bao nhiêu giờ", question):
        return False
    if (half := ours or theirs) and not (ours and theirs) and HALVES[half]:
        return _afternoon(first, second) or re.search(rf"(?i)(?<!\w)(?:{half}|p\.?m)(?!\w)", question) is not None
    return not (ours and theirs) or HALVES[ours] == HALVES[theirs]


def _afternoon(first: Quantity, second: Quantity) -> bool:
    """`3 giờ chiều` is 15 giờ."""
    for one, other in ((first, second), (second, first)):
        if (half := _half_of_the_day(one)) and not _half_of_the_day(other) and other.measure and one.measure:
            hours = one.value * one.measure.factor / 3600
            return hours < 12 and (hours + HALVES[half]) * 3600 == other.value * other.measure.factor
    return False
