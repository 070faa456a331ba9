"""The units of Vietnamese school books: what they measure and how they convert.

A unit is a product of powers, so that `km/giờ`, `đồng/kg` and `tấn.km` are units as well. A counted noun (học sinh,
quyển) measures nothing: it has no dimension.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """`factor` times the base unit of `dimension`; `km/giờ` is 1000/3600 of length^1 time^-1 (metres a second)."""

    factor: Fraction
    dimension: tuple[tuple[str, int], ...]
    """Sorted (quantity, power): (("length", 1), ("time", -1)). Empty for a plain count."""


_LENGTH: dict[str, int | str] = {"km": 1000, "hm": 100, "dam": 10, "m": 1, "dm": "1/10", "cm": "1/100", "mm": "1/1000"}
_SPOKEN = {
    "ki lô mét": "km",
    "kilômét": "km",
    "kilomet": "km",
    "kilômet": "km",
    "kilo mét": "km",
    "kilô mét": "km",
    "cây số": "km",
    "héc tô mét": "hm",
    "đề ca mét": "dam",
    "mét": "m",
    "met": "m",
    "đề xi mét": "dm",
    "đềximét": "dm",
    "xăng ti mét": "cm",
    "xen ti mét": "cm",
    "centimet": "cm",
    "centimét": "cm",
    "xentimét": "cm",
    "mi li mét": "mm",
    "milimét": "mm",
    "milimet": "mm",
}
_FOREIGN: dict[str, int | str] = {
    "dặm": "1609344/1000", "mile": "1609344/1000", "miles": "1609344/1000", "inch": "254/10000", "inches": "254/10000",
    "feet": "3048/10000", "foot": "3048/10000", "yard": "9144/10000", "yards": "9144/10000", "hải lí": 1852, "hải lý": 1852,
}  # fmt: skip
_SIMPLE: dict[str, tuple[str, int | str]] = {
    "tấn": ("mass", 1000), "tạ": ("mass", 100), "yến": ("mass", 10), "kg": ("mass", 1), "hg": ("mass", "1/10"),
    "dag": ("mass", "1/100"), "g": ("mass", "1/1000"), "mg": ("mass", "1/1000000"), "lạng": ("mass", "1/10"),
    "ki lô gam": ("mass", 1), "kilôgam": ("mass", 1), "kilogam": ("mass", 1), "ki lô": ("mass", 1), "gam": ("mass", "1/1000"),
    "gram": ("mass", "1/1000"), "kilogram": ("mass", 1), "héc tô gam": ("mass", "1/10"), "đề ca gam": ("mass", "1/100"),
    "giây": ("time", 1), "s": ("time", 1), "phút": ("time", 60), "giờ": ("time", 3600), "h": ("time", 3600),
    "tiếng": ("time", 3600), "tiếng đồng hồ": ("time", 3600), "ngày": ("time", 86400), "tuần": ("time", 604800),
    "tuần lễ": ("time", 604800), "min": ("time", 60),
    "tháng": ("calendar", 1), "quý": ("calendar", 3), "năm": ("calendar", 12), "tuổi": ("calendar", 12),
    "thập kỉ": ("calendar", 120), "thập kỷ": ("calendar", 120), "thế kỉ": ("calendar", 1200), "thế kỷ": ("calendar", 1200),
    "đồng": ("money", 1), "đ": ("money", 1), "vnd": ("money", 1), "vnđ": ("money", 1), "nghìn đồng": ("money", 1000),
    "ngàn đồng": ("money", 1000), "nghìn": ("count", 1000), "ngàn": ("count", 1000), "triệu": ("count", 1000000),
    "chục": ("count", 10), "tỉ": ("count", 1000000000), "tỷ": ("count", 1000000000),
    "triệu đồng": ("money", 1000000), "tỉ đồng": ("money", 1000000000), "tỷ đồng": ("money", 1000000000),
    "độ": ("angle", 60), "°": ("angle", 60), "'": ("angle", 1), "°c": ("temperature", 1), "độ c": ("temperature", 1),
    "đô la": ("dollar", 1), "đô": ("dollar", 1), "đô la mỹ": ("dollar", 1), "usd": ("dollar", 1), "$": ("dollar", 1),
    "dollar": ("dollar", 1), "dollars": ("dollar", 1), "xu mỹ": ("dollar", "1/100"), "euro": ("euro", 1), "eur": ("euro", 1),
    "€": ("euro", 1), "yên": ("yen", 1), "bảng anh": ("sterling", 1), "nhân dân tệ": ("yuan", 1), "rad": ("radian", 1),
    "radian": ("radian", 1), "pound": ("mass", "45359237/100000000"), "ounce": ("mass", "45359237/1600000000"),
}  # fmt: skip
_AREA = {"ha": 10000, "héc ta": 10000, "hecta": 10000, "hécta": 10000, "héc-ta": 10000, "are": 100, "sào": 360}
_VOLUME = {"lít": "1/1000", "lit": "1/1000", "l": "1/1000", "dl": "1/10000", "đề xi lít": "1/10000", "cl": "1/100000"}
_VOLUME |= {"ml": "1/1000000", "mi li lít": "1/1000000", "mililít": "1/1000000", "cc": "1/1000000", "hl": "1/10"}


def _build_table() -> dict[str, Unit]:
    table = {name: Unit(Fraction(size), () if kind == "count" else ((kind, 1),)) for name, (kind, size) in _SIMPLE.items()}
    table |= {name: Unit(Fraction(size), (("length", 1),)) for name, size in _FOREIGN.items()}
    table |= {name: Unit(Fraction(size), (("length", 2),)) for name, size in _AREA.items()}
    table |= {name: Unit(Fraction(size), (("length", 3),)) for name, size in _VOLUME.items()}
    lengths: dict[str, Fraction] = {name: Fraction(size) for name, size in _LENGTH.items()}
    lengths |= {spoken: lengths[short] for spoken, short in _SPOKEN.items()}
    for name, size in lengths.items():
        table[name] = Unit(size, (("length", 1),))
        for power, word in ((2, "vuông"), (3, "khối")):
            unit = Unit(size**power, (("length", power),))
            table |= {f"{name}^{power}": unit, f"{name} {word}": unit}
            if name in _LENGTH:
                table[f"{name}{power}"] = unit
    return table


UNITS = _build_table()
"""Every simple unit under each of its names, in lower case, hyphens as spaces (`ki lô mét`)."""

_HEADS = "|".join(
    re.escape(name).replace(r"\ ", "[ -]") + ("" if name in ("°", "'", "$", "€") else r"(?![^\W_])")
    for name in sorted(UNITS, key=len, reverse=True)
)
_JOINT = r"(?: ?/ ?| mỗi | một (?=giờ|phút|giây|ngày)| trên (?=giờ|phút|giây|ngày)|\.)"
MEASURE = rf"(?=[^\W\d_]|[°'$€])(?:{_HEADS})(?:{_JOINT}(?:{_HEADS}))?"
"""A measured unit, simple or compound, as a case-insensitive regular expression without groups."""

_SPLIT = re.compile(_JOINT)
_MEASURE = re.compile(MEASURE, re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_unit(name: str) -> Unit | None:
    """The unit that a text names, or None where it names none (a counted noun, or nothing known).

    A noun behind a unit is no part of it: `kg gạo` is `kg`, `m vải` is `m`; one below it is: `đồng/quyển` measures nothing.
    """
    match = _MEASURE.match(name.strip())
    if match is None or len(name) > 80 or name.strip()[match.end() :].startswith("/"):
        return None
    parts = _SPLIT.split(match[0].lower())
    units = [UNITS.get(part.strip().replace("-", " ")) for part in parts]
    first, *rest = units
    if first is None or None in rest:
        return None
    if not rest or rest[0] is None:
        return first
    sign = 1 if "." in match[0] else -1
    return _multiply(first, rest[0], sign)


def _multiply(first: Unit, second: Unit, sign: int) -> Unit:
    powers = dict(first.dimension)
    for kind, power in second.dimension:
        powers[kind] = powers.get(kind, 0) + sign * power
    return Unit(first.factor * second.factor**sign, tuple(sorted((kind, power) for kind, power in powers.items() if power)))


_NAMES = {"km/h": "km/giờ", "m/s": "m/giây", "l": "lít", "lit": "lít", "đ": "đồng", "vnđ": "đồng", "vnd": "đồng", "h": "giờ"}
_NAMES |= {
    "gam": "g",
    "gram": "g",
    "kilogram": "kg",
    "ki lô gam": "kg",
    "°": "độ",
    "đô": "đô la",
    "usd": "đô la",
    "$": "đô la",
    "dollar": "đô la",
    "dollars": "đô la",
    "eur": "euro",
    "€": "euro",
    "are": "a",
}
_NAMES |= _SPOKEN


def unit_name(name: str) -> str:
    """The name a unit has in a canonical answer: `km/h` -> `km/giờ`, `m2` -> `m^2`, `mét vuông` -> `m^2`; nouns as they are."""
    match = _MEASURE.match(name)
    if match is None:
        return name
    parts = [_simple_name(part) for part in re.split(r" ?/ ?| mỗi | một | trên ", match[0])]
    return "/".join(parts) + name[match.end() :]


def _simple_name(name: str) -> str:
    lowered = name.strip().lower().replace("-", " ")
    if squared := re.fullmatch(r"(.*?)(?:\^| )?(?:([23])|(vuông)|(khối))", lowered):
        base = _NAMES.get(squared[1], squared[1])
        return f"{base}^{squared[2] or ('2' if squared[3] else '3')}" if base in _LENGTH else lowered
    return _NAMES.get(lowered, lowered)
