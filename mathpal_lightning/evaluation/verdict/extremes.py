"""Does a solution say of a maximum what the reference says of the minimum? `đạt cực đại tại x = 1` against `x = -1`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.language.extremes import extreme_of

_LOCAL = ("cực đại", "cực tiểu")
_PIECE = re.compile(r"[;.] |[⇒⇔] ?|,(?!\d) ?(?:và |còn )?| (?:và|còn)(?!\w)")
_NUMBER = r"-?\d+(?:,\d+|/[1-9]\d*)?"
_ENDS = r"(?![\d,/]*\d|[,/]?\w| ?[-+×*^√]|\()"
_COORDINATE = re.compile(
    rf"(?P<letter>(?<![^\W_])[xy])(?:_?(?:CĐ|CT))?(?!\w) ?(?:=|là|bằng) ?(?:(?P<value>{_NUMBER}){_ENDS})?", re.IGNORECASE
)
_PLACE_AHEAD = re.compile(r"(?i)\W*(?:tại|với|khi|ở)(?: điểm)? x ?=")
"""`Tại x = 1, hàm số đạt cực tiểu`."""
_POINT = re.compile(rf"\((?P<x>{_NUMBER}) ?; ?(?P<y>{_NUMBER})\)")
_VALUE = re.compile(rf"(?i)giá trị cực (?:đại|tiểu)[^=\d;(]{{0,20}}?(?:là|bằng|=):? (?P<value>{_NUMBER}){_ENDS}")
_Told = dict[tuple[str, str], set[Fraction | None]]


def exchanges_extremes(said: Sequence[str], known: Sequence[str]) -> bool:
    """Whether the place or the value of a maximum or minimum is another one than in the reference.

    Args:
        said: the sentences in which the solution states its answer.
        known: those of the reference.
    """
    own, reference = _told(said), _told(known)
    return any(own[key] != reference[key] and None not in own[key] | reference[key] for key in own.keys() & reference.keys())


def _told(sentences: Sequence[str]) -> _Told:
    """The numbers told of each kind of extreme, by coordinate; None where one of them is no plain number."""
    found: _Told = {}
    for sentence in sentences:
        kind = place = ""
        for piece in outside_brackets(sentence, _PIECE):
            if not extreme_of(piece) and _PLACE_AHEAD.match(piece):
                place = piece
                continue
            goes_on = _COORDINATE.match(piece.strip(" (")) or _POINT.match(piece.strip())
            kind = extreme_of(piece) or (kind if goes_on else "")
            if kind in _LOCAL:
                for letter, value in _numbers(f"{place}, {piece}"):
                    found.setdefault((kind, letter), set()).add(value)
            place = ""
    return found


def _numbers(piece: str) -> list[tuple[str, Fraction | None]]:
    values = [(told["letter"].lower(), told["value"]) for told in _COORDINATE.finditer(piece)]
    values += [(letter, point[letter]) for point in _POINT.finditer(piece) for letter in "xy"]
    values += [("y", told["value"]) for told in _VALUE.finditer(piece)]
    return [(letter, Fraction(value.replace(",", ".")) if value else None) for letter, value in values]
