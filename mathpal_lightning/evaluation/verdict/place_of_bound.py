"""Where a greatest or least value is taken: `7 khi x = -1`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

_PLACE = re.compile(
    r"(?i)(?<!\w)(?:khi|tại)(?: và chỉ khi)? (?P<letter>[a-z]) ?= ?(?P<value>-? ?\d+(?:[.,]\d+|/[1-9]\d*)?)"
    r"(?![\d.,/]*[-+×*/^√\d])"
)
"""`7 khi x = -1`: where a greatest or least value is taken."""


def _places(sentences: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in (match for sentence in sentences for match in _PLACE.finditer(sentence)):
        found.setdefault(place["letter"], set()).add(place["value"].replace(" ", "").replace(",", "."))
    return found


def is_taken_elsewhere(said: Sequence[str], reference: Sequence[str]) -> bool:
    """Whether the solution says another place than the reference: `GTLN là 7 khi x = 1` against `x = -1`."""
    own, known = _places(said), _places(reference)
    pairs = [(own[letter], known[letter]) for letter in own.keys() & known.keys()]
    return any(len(ours) == len(theirs) == 1 and Fraction(*ours) != Fraction(*theirs) for ours, theirs in pairs)
