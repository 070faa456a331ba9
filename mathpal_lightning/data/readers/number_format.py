"""What Excel's format of a number adds to it, where that makes another answer: per cent, a fraction, a unit in quotes.

    0.2 in 0%   ->   20%        0.75 in # ?/?   ->   3/4        36 in 0" kg"   ->   36 kg

Digits are neither rounded nor grouped. Format: ECMA-376, part 1, 18.8.31; of several sections (;) the first one is read.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from mathpal_lightning.data.messages import in_vietnamese, percent_in_vietnamese

_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"])*')
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<condition>\[[<>=][^\]]*\])|\[[^\]]*\]'
    r"|(?P<digits>General|[#0?.,]+(?:E[+-]?[#0?]+)?)|(?P<space> )|(?P<other>.)"
)
_FRACTION = re.compile(r"(?P<whole>[#0?]+ +)?[#0?]+/(?:(?P<fixed>[1-9]\d*)|(?P<places>[#0?]+))")
_CLOSE = 1e-9


class _Format(NamedTuple):
    is_percent: bool = False
    denominator: int = 0
    """The largest one of a fraction; 0 of other numbers."""
    is_fixed: bool = False
    """Whether the denominator is always that one."""
    has_whole: bool = False
    """Whether the whole part stands before the fraction: 1 3/4."""
    before: str = ""
    after: str = ""


def as_shown(value: float, number_format: str) -> float | str:
    """The number, or the text that Excel shows where its format makes another answer of it.

    >>> as_shown(0.2, "0%"), as_shown(1.75, "# ?/?"), as_shown(1.75, "?/?"), as_shown(36, '0" kg"'), as_shown(2.5, "0.00")
    ('20%', '1 3/4', '7/4', '36 kg', 2.5)
    """
    if number_format == "General":
        return value
    shown = _read(number_format)
    number = percent_in_vietnamese(value) if shown.is_percent else _fraction(value, shown) if shown.denominator else None
    if not shown.before and not shown.after:
        return value if number is None else number
    return f"{shown.before}{number or (value if isinstance(value, int) else in_vietnamese(value))}{shown.after}".strip()


def _fraction(value: float, shown: _Format) -> str | None:
    """None where the fraction would be another number."""
    size = abs(value)
    exact = Fraction(size).limit_denominator(shown.denominator)
    above, below = (round(size * shown.denominator), shown.denominator) if shown.is_fixed else exact.as_integer_ratio()
    if abs(above / below - size) > _CLOSE or above % below == 0:
        return None
    whole, above = divmod(above, below) if shown.has_whole else (0, above)
    return "-" * (value < 0) + f"{whole} " * bool(whole) + f"{above}/{below}"


@cache
def _read(number_format: str) -> _Format:
    r"""The parts of a format: a quoted or escaped sign of per cent, and one that only takes up room, do not multiply by 100.

    >>> [_read(each).is_percent for each in ("0.00%", '0"%"', r"0\%", "0_%", "General")]
    [True, False, False, False, False]
    """
    section = _SECTION.match(number_format)
    tokens = list(_TOKEN.finditer(section[0] if section else ""))
    bare = "".join(token["digits"] or token["space"] or token["other"] or "" for token in tokens)
    before, after = _units(tokens)
    if not (fraction := _FRACTION.fullmatch(bare.strip())):
        return _Format("%" in bare, before=before, after=after)
    largest = int(fraction["fixed"] or 10 ** len(fraction["places"]) - 1)
    return _Format(False, largest, bool(fraction["fixed"]), bool(fraction["whole"]), before, after)


def _units(tokens: list[re.Match[str]]) -> tuple[str, str]:
    """What stands before and behind the digits; nothing where it is no word, stands among them, or they are scaled."""
    digits = [number for number, token in enumerate(tokens) if token["digits"]]
    if not digits or any(token["condition"] for token in tokens) or tokens[digits[-1]]["digits"].endswith(","):
        return "", ""
    first, last = digits[0], digits[-1]
    before, among, after = (
        "".join(token["quoted"] or token["escaped"] or token["currency"] or token["space"] or "" for token in part)
        for part in (tokens[:first], tokens[first:last], tokens[last:])
    )
    is_word = re.search(r"[^\W\d_]|[%°₫€$£]", before + after)
    return (before, after) if is_word and not among.strip() else ("", "")
