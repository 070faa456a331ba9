"""Whether a text stops in the middle, as it does where a model ran out of tokens."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.dollars import dollars_in_words
from mathpal_lightning.evaluation.solution.remarks import is_remark

MAX_LINE = 2_000
"""Characters of a line that are looked at, counted from its end."""


def is_unfinished(solution: str) -> bool:
    """Whether the text stops inside a formula, a bracket or a tag, as it does where a model ran out of tokens."""
    lines = dollars_in_words(solution).rstrip().split("\n")
    while len(lines) > 1 and is_remark(lines[-1][:MAX_LINE]):
        lines.pop()
    last = lines[-1][-MAX_LINE:]
    if re.search(r"[\])]\W*$", last) and re.search(r"[\[(\]][^()\[\]]*[;,][^()\[\]]*[\])\[]\W*$", last):
        return False  # a half-open interval
    if any(last.rfind(opening) > last.rfind(closing) for opening, closing in ("()", "{}")):
        return True
    return (
        re.search(r"(?i)(?<!\w)(?:do đó|suy ra|vì vậy|ta có|ta được|khi đó)[,: ]*$", last) is not None
        or re.search(r"(?:\\\w*|</?[a-z]+|</|[^\s;,:)](?<!dấu)(?<!là) ?<)$", last) is not None
        or last.count("$") % 2 == 1
        and not last.endswith("$")
    )
