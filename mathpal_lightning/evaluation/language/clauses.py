"""The sentence that closes a solution, in clauses: what follows from what, and which words tell things apart."""

from __future__ import annotations

import re

_FOLLOWS = (
    r"(?:như|vì|do|bởi) (?:vậy|thế)|vậy(?: nên| là| thì)?|thế thì|do đó|suy ra|(?:cho|thế) nên|nên|thành ra|thế là"
    r"|tóm lại|kết luận|từ đó"
)
CONSEQUENCE = re.compile(rf"(?i)(?<!\w)(?:{_FOLLOWS})(?!\w)[ ,:]*|⇒ ?")
"""What stands before the end of an argument: `nên`, `vậy`, `suy ra`."""
CONCLUDES = re.compile(rf"(?i)\W*(?:{_FOLLOWS})(?!\w)[ ,:]*")
"""A line or sentence that begins so concludes."""
_SIDE_BY_SIDE = re.compile(r"[.!;] |,(?!\d) ?|(?<!\w)(?:mà|còn|trong khi|nhưng|thì|vì|do|bởi)(?!\w)")


def last_clause(line: str) -> str:
    """What a line comes to: the text behind its last `nên`, `vậy` or `⇒`."""
    return CONSEQUENCE.split(line)[-1]


def without_lead(line: str) -> str:
    """A sentence without the `Vậy` in front."""
    lead = CONCLUDES.match(line)
    return line[lead.end() :] if lead else line


def side_by_side(line: str) -> list[str]:
    """The clauses of a line: at commas, full stops, `mà`, `còn`, `vì` and where a consequence begins."""
    return [
        clause for piece in CONSEQUENCE.split(line) for part in _SIDE_BY_SIDE.split(piece) if (clause := part.strip(" .,;:!"))
    ]


def outside_brackets(text: str, separator: re.Pattern[str]) -> list[str]:
    """A text divided at separators that stand outside of brackets: `(3; 1) và (2; 5)` has two items."""
    items, depth, start = [], 0, 0
    places = {match.start(): match for match in separator.finditer(text)}
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if (match := places.get(place)) and depth <= 0 and place >= start:
            items.append(text[start:place])
            start = match.end()
    return [*items, text[start:]]


def says(words: str, text: str) -> bool:
    """Whether one of the words, written `one|other`, stands in the text."""
    return re.search(rf"(?i)(?<!\w)(?:{words})(?!\w)", text) is not None
