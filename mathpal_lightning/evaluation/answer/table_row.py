"""The values of an unknown in the rows of a table: `| n | -5 | 1 | 3 | 9 |`, or of two unknowns, column by column."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

MAX_ASKED = 400
"""Characters of the question that are searched, counted from its end."""
_ROW = re.compile(r"(?m)^\| ?(?P<letter>[a-z]) ?\|(?P<cells>[^\n]*\|[^\n]*?)\|? *$")
_NUMBER = re.compile(r"-?\d+(?:[/,]\d+)?")
_ASKED = re.compile(
    r"(?i:(?:tìm|giải)[^.?\n]*?)(?:(?i:số|giá trị|nguyên|tự nhiên|của)[^.?\n]{0,20}? |\()(?P<one>[a-z])"
    r"(?:(?:; ?|, ?| và )(?P<two>[a-z]))?(?![\w'])"
)


def table_row(solution: Solution) -> Answer | None:
    """The values in the last row that an asked unknown heads; None where a cell holds no number: it may be rejected."""
    if "|" not in solution.text:
        return None
    asked = _ASKED.search(solution.asked[-MAX_ASKED:])
    rows = {
        row["letter"]: [cell.strip() for cell in row["cells"].strip(" |").split("|")] for row in _ROW.finditer(solution.text)
    }
    letters = [letter for letter in (asked["one"], asked["two"]) if letter] if asked else []
    if not letters or not all(letter in rows for letter in letters):
        return None
    cells = [rows[letter] for letter in letters]
    if not all(_NUMBER.fullmatch(cell) for row in cells for cell in row) or len({len(row) for row in cells}) > 1:
        return None
    written = [column[0] if len(column) == 1 else f"({'; '.join(column)})" for column in zip(*cells, strict=True)]
    read = [solution.read(value) for value in written]
    found = [replace(value, label=letters[0] if len(letters) == 1 else "") for value in read if value is not None]
    return multi(found, ordered=False) if 1 < len(found) == len(written) else None
