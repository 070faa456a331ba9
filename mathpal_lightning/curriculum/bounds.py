"""What belongs to a grade, from strands.yaml: the largest numbers, the operations, units, denominators and amounts of money.

A topic draws within `bounds(grade)`. `out_of_bounds`, `odd_amounts` and `too_long` find what a written problem holds beyond
them; only tests call them, about every topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one grade; strands.yaml says what each means."""

    largest: int
    operations: str
    carries: int
    tables: list[int]
    factor: int
    divisor: int
    units: frozenset[str]
    money: int
    coin: int
    denominators: int
    related: bool
    decimals: int
    negative: bool


@cache
def bounds(grade: int, subject: str = "mathematics") -> Bounds:
    """The bounds of a grade: what the grades before it have, and what its own entry changes.

    Raises:
        KeyError: the subject is not taught in this grade.
    """
    grades = _grades(subject)
    values: dict[str, Any] = {"units": [], "carries": 99, "tables": []}
    for taught in sorted(grades):
        if taught <= grade:
            units = values["units"] + grades[taught].get("units", [])
            values = {**values, **grades[taught], "units": units}
    if grade not in grades:
        raise KeyError(f"{subject}/strands.yaml has no bounds of grade {grade}")
    return Bounds(
        **{item.name: values[item.name] for item in fields(Bounds) if item.name != "units"}, units=frozenset(values["units"])
    )


_NUMBER = r"\d{1,3}(?: \d{3})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?"
_ANY_NUMBER = re.compile(rf"(?<![\d,])(?:{_NUMBER})")
_PRODUCT = re.compile(rf"(?<![\d,/])({_NUMBER}) × (?=({_NUMBER})(?![\d/]))")
_DIVISION = re.compile(rf"(?<![\d,/])(?:{_NUMBER}) : ({_NUMBER})(?![\d/])(?! hay )")
"""A division; not a ratio, which is only written down: "69 : 132 hay 69/132"."""
_PI = {"3,14", "314"}
"""Every grade that has circles multiplies and divides by it."""
_SUM = re.compile(rf"(?<![-+×:] )(?<![\d,/])({_NUMBER}) ([-+]) ({_NUMBER})(?= =)")
_FRACTION = re.compile(r"(?<![\d/])(\d+)/(\d+)(?![\d/])")
_FRACTION_PAIR = re.compile(r"\d+/(\d+) [-+] \d+/(\d+)")
_MONEY = re.compile(rf"(?<![\d,])({_NUMBER}) (?:\()?đồng")
_LETTERED = re.compile(
    r"(?:[Tt]am giác|[Tt]ứ giác|[Hh]ình (?:thoi|vuông|chữ nhật|bình hành|thang cân|thang)) [A-Z]{3,4}\b|\(O\)"
)
_LENGTH = re.compile(rf"(?<![\d,])({_NUMBER}) (mm|cm|dm|m)(?![²³\w/])")
_TEN = 10
_LARGE = ("nghìn ", "triệu ", "tỉ ")
_SHARED = {"lần"}
"""No grade lists it as a unit, but it can be halved: "gấp 2,5 lần"."""
_NEGATIVE = re.compile(r"(?:^|[\s(=])-\d")


def out_of_bounds(text: str, grade: int, subject: str = "mathematics") -> list[str]:
    """What a text holds that the grade does not know, each with the bound it breaks; empty where all is well."""
    bound = bounds(grade, subject)
    found = []
    for match in _ANY_NUMBER.finditer(text):
        whole, _, decimals = match[0].replace(" ", "").partition(",")
        if int(whole) > bound.largest:
            found.append(f"{match[0]} is over {bound.largest}")
        if len(decimals) > bound.decimals:
            found.append(f"{match[0]} has more than {bound.decimals} decimals")
    found += [
        f"factors of {min(map(_digits, match.groups()))} digits: {match[0]}{match[2]}"
        for match in _PRODUCT.finditer(text)
        if min(map(_digits, match.groups())) > bound.factor and not _PI.intersection(match.groups())
    ]
    found += [
        f"divisor {match[1]}" for match in _DIVISION.finditer(text) if _digits(match[1]) > bound.divisor and match[1] not in _PI
    ]
    found += [
        f"more than {bound.carries} carried: {match[0]}"
        for match in _SUM.finditer(text)
        if carries(match[2], _whole(match[1]), _whole(match[3])) > bound.carries
    ]
    found += [
        f"not of the tables of {bound.tables}: {match[1]} × {match[2]}"
        for match in _PRODUCT.finditer(text)
        if bound.tables and f"{match[1]} + {match[1]}" not in text
        if _whole(match[1]) not in bound.tables or _whole(match[2]) > _TEN
    ]
    found += [f"{match[0]} đồng" for match in _MONEY.finditer(text) if _whole(match[1]) > bound.money]
    found += [f"denominator of {match[0]}" for match in _FRACTION.finditer(text) if int(match[2]) > bound.denominators]
    if bound.related:
        pairs = [tuple(map(int, match.groups())) for match in _FRACTION_PAIR.finditer(text)]
        found += [f"unrelated denominators {a} and {b}" for a, b in pairs if a % b and b % a]
    if not bound.negative:
        found += [f"a negative number: {match[0].strip()}" for match in _NEGATIVE.finditer(text)]
    found += [f"a word of a later grade: {match[0]}" for match in _later_terms(grade, subject).finditer(text)]
    found += [f"the unit {match[1]}" for match in _units(subject).finditer(text) if match[1] not in bound.units]
    return found


def carries(sign: str, a: int, b: int) -> int:
    """How often something is carried or borrowed in `a + b` or `a - b`; the first digits of a sum do not count, nor sums to 10.

    >>> carries("+", 199, 99), carries("+", 85, 47), carries("-", 805, 306), carries("-", 62, 38)
    (2, 1, 2, 1)
    """
    parts, whole = ((a, b), a + b) if sign == "+" else ((b, a - b), a)
    if whole <= _TEN:
        return 0
    carried = (sum(map(_sum_of_digits, parts)) - _sum_of_digits(whole)) // 9
    return carried - (len(str(whole)) > max(len(str(part)) for part in parts) and sign == "+")


def _sum_of_digits(value: int) -> int:
    return sum(map(int, str(abs(value))))


def odd_amounts(question: str, grade: int) -> list[str]:
    """Amounts of money in a question that nobody asks or pays: no multiples of the grade's coin."""
    coin = bounds(grade).coin
    return [f"{match[1]} đồng" for match in _MONEY.finditer(question) if coin and _whole(match[1]) % coin]


def drawn_unit(random: Random, longest: int | Fraction, units: Sequence[str] = ("cm", "mm", "dm")) -> str:
    """A unit in which a side of this length belongs to a figure that a pupil can draw.

    Raises:
        IndexError: none of the units is small enough.
    """
    return random.choice([unit for unit in units if longest <= drawn_lengths()[unit]])


def too_long(question: str) -> list[str]:
    """Sides of a lettered figure (a triangle ABC) that nobody draws."""
    if not _LETTERED.search(question):
        return []
    longest = drawn_lengths()
    return [match[0] for match in _LENGTH.finditer(question) if _whole(match[1]) > longest[match[2]]]


@cache
def drawn_lengths(subject: str = "mathematics") -> dict[str, int]:
    """The longest side of a drawn figure in each unit."""
    lengths: dict[str, int] = _strands(subject)["drawn"]
    return lengths


@cache
def is_measure(unit: str) -> bool:
    """Whether a unit can be halved, as kg and hours can and pupils and đồng cannot."""
    if unit.startswith(_LARGE):
        return True
    subjects = [path.parent.name for path in Path(__file__).parent.glob("*/strands.yaml")]
    units = {unit for subject in subjects for entry in _grades(subject).values() for unit in entry.get("units", [])}
    return unit != "đồng" and unit in units | _SHARED


def _digits(written: str) -> int:
    return len(written.replace(" ", "").replace(",", "").strip("0"))


def _whole(written: str) -> int:
    return int(written.replace(" ", "").partition(",")[0])


@cache
def _units(subject: str) -> re.Pattern[str]:
    """A unit of any grade behind a number or in brackets."""
    every = {unit for entry in _grades(subject).values() for unit in entry.get("units", [])}
    listed = "|".join(sorted(map(re.escape, every), key=len, reverse=True))
    return re.compile(rf"(?:(?<=\d)|(?<=\d )|(?<=\())({listed})(?![\w²³/])")


@cache
def _later_terms(grade: int, subject: str) -> re.Pattern[str]:
    """A word that a later grade teaches; nothing where there is none."""
    later = [term for taught, entry in _grades(subject).items() if taught > grade for term in entry.get("terms", [])]
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(later)})(?!\w)" if later else r"(?!)")


@cache
def _grades(subject: str) -> dict[int, dict[str, Any]]:
    grades: dict[int, dict[str, Any]] = _strands(subject)["grades"]
    return grades


@cache
def _strands(subject: str) -> Any:
    return yaml.safe_load((Path(__file__).parent / subject / "strands.yaml").read_text(encoding="utf-8"))
