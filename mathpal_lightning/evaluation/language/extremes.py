"""Which extreme a name speaks of: `GTLN`, `max y`, `giá trị lớn nhất` are one, `GTNN`, `min y`, `giá trị nhỏ nhất` another."""

from __future__ import annotations

import re

_OF = r"(?:[a-zA-Z](?:\([a-z]\))?)?(?![^\W\d_])"
"""What `max` may touch: `maxy`, `max f(x)`."""
_KINDS = {
    "max": rf"GTLN(?!\w)|max{_OF}|giá trị lớn nhất(?!\w)",
    "min": rf"GTNN(?!\w)|min{_OF}|giá trị (?:nhỏ|bé) nhất(?!\w)",
    "cực đại": r"cực đại(?!\w)|[xyf]_?CĐ(?!\w)",
    "cực tiểu": r"cực tiểu(?!\w)|[xyf]_?CT(?!\w)",
}
_PATTERNS = {kind: re.compile(rf"(?i)(?<![^\W_])(?:{words})") for kind, words in _KINDS.items()}


def extreme_of(name: str) -> str:
    """The kind of extreme that a name speaks of.

    Args:
        name: what stands before a value, in whatever case.

    Returns:
        `max`, `min`, `cực đại` or `cực tiểu`; empty where the name speaks of none of them, or of several.

    >>> extreme_of("giá trị bé nhất của hàm số là")
    'min'
    >>> extreme_of("y_CĐ")
    'cực đại'
    """
    found = [kind for kind, pattern in _PATTERNS.items() if pattern.search(name)]
    return found[0] if len(found) == 1 else ""
