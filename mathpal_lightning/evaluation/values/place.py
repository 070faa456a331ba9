"""The place of a digit: `hàng trăm`, `hàng phần mười`, `lớp nghìn`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathpal_lightning.schema import AnswerKind

_SIZES = {"đơn vị": 0, "mười": 1, "chục": 1, "trăm": 2, "nghìn": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "tỉ": 9, "tỷ": 9}
_NAME = rf"(?:(?:chục|trăm|phần|{'|'.join(_SIZES)})(?: (?:{'|'.join(_SIZES)})){{0,2}})"
PLACE = re.compile(rf"(?i)(?<!\w)(?P<kind>hàng|lớp) (?P<name>{_NAME})(?!\w)")
"""A place in a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place, or a class of three places, by the power of ten that it counts."""

    kind_of_place: str
    """`hàng` or `lớp`."""
    power: int
    """3 for `hàng nghìn`, -2 for `hàng phần trăm`."""
    written: str

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        return "text"

    @property
    def canonical(self) -> str:
        """The canonical form: `hàng trăm`."""
        return self.written

    def same(self, other: Place) -> bool:
        """Whether both name one place: `hàng nghìn` and `hàng ngàn`, `hàng chục nghìn` and `hàng vạn`."""
        return (self.kind_of_place, self.power) == (other.kind_of_place, other.power)


def read_place(text: str) -> Place | None:
    """Read a text that names a place and nothing else; None where it names none."""
    match = PLACE.fullmatch(text.strip(" ."))
    if match is None:
        return None
    words = re.findall("|".join(_SIZES), match["name"].lower())
    power = sum(_SIZES[word] for word in words)
    parts = match["name"].lower().startswith("phần")
    return Place(match["kind"].lower(), -power if parts else power, match[0].lower()) if words else None
