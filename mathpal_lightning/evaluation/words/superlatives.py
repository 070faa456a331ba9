"""Who is the most in each of several ways: `Bình cao nhất, An thấp nhất` where `Ai cao nhất? Ai thấp nhất?` is asked."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_ASKED = re.compile(
    r"(?i)(?<!\w)(?:ai|[^\W\d_]+ nào)(?: là)?(?: người| bạn)? (?P<how>[^\W\d_]+(?: [^\W\d_]+){0,3}?) nhất(?!\w)"
)
_NAME = r"(?P<name>[A-ZĐÂĂÊÔƠƯÁÀ][^\W\d_]+|\d{1,2}[A-K]\d?)"
MAX_LINES = 4
"""Lines looked at, counted from the end."""


def superlatives(solution: Solution) -> Answer | None:
    """The one name of each superlative, in the question's order; None where one has none or several, or it is doubted."""
    asked = dict.fromkeys(one["how"].lower() for one in _ASKED.finditer(solution.asked))
    if len(asked) < 2:
        return None
    text = "\n".join(solution.lines[-MAX_LINES:])
    if is_unsure(text) or takes_back(text):
        return None
    told = {how: _named(text, how) & _named_in(solution.question) for how in asked}
    if any(len(names) != 1 for names in told.values()):
        return None
    return Answer("multi", parts=tuple(Answer("text", names.pop(), label=how) for how, names in told.items()), ordered=True)


def _named(text: str, how: str) -> set[str]:
    words = re.escape(how)
    before = rf"(?<!\w){_NAME}(?: ?\([^()]*\))?(?: là)?(?: người| bạn| lớp)? (?i:{words}) nhất(?!\w)"
    behind = rf"(?<!\w)(?i:{words}) nhất ?(?:là|:)? ?(?:(?i:bạn|lớp|em) )?{_NAME}(?!\w| [^\W\d_]+ nhất)"
    return {match["name"] for pattern in (before, behind) for match in re.finditer(pattern, text)}


def _named_in(question: str) -> set[str]:
    return {match["name"] for match in re.finditer(rf"(?<!\w){_NAME}(?!\w)", question)}
