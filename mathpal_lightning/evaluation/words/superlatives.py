"""Who is the most in each of several ways: `Bình cao nhất, An thấp nhất` where `Ai cao nhất? Ai thấp nhất?` is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW
from mathpal_lightning.schema import Answer

ASKED = re.compile(r"(?i)(?<!\w)(?:ai|[^\W\d_]+ nào)(?: là)?(?: người| bạn)? (?P<how>[^\W\d_]+(?: [^\W\d_]+){0,3}?) nhất(?!\w)")
NAME = re.compile(
    r"(?<!\w)(?:(?i:đội|tổ|nhóm|túi|hộp|bao|thùng|kho|bể|xe|cửa hàng|khối|cây|sợi dây|thanh) (?:[A-K]|\d{1,2})"
    r"|(?!(?:Bạn|Trong|Hỏi|Ai|Lớp|Tổ|Đội|Con)(?!\w))(?:[A-ZĐÂĂÊÔƠƯÁÀ][^\W\d_]+|\d{1,2}[A-K]\d?))(?!\w)"
)
MAX_LINES = 4
"""Lines looked at, counted from the end."""


def superlatives(solution: Solution) -> Answer | None:
    """The one name of each superlative, in the question's order; None where one has none or several, or it is doubted."""
    asked = dict.fromkeys(size_of(one["how"].lower()) for one in ASKED.finditer(solution.asked))
    if len(asked) < 2 or asks_in_parts(solution.question):
        return None
    text = "\n".join(solution.lines[-MAX_LINES:])
    if is_unsure(text) or takes_back(text):
        return None
    classes = [name for name in NAME.findall(text) if name[0].isdigit()]
    names = {name.lower(): name for name in (*NAME.findall(f"{solution.stem} {solution.question}"), *classes)}
    if not names:
        return None
    told = {how: {names[name] for name in named_as(text, how, names)} for how in asked}
    if any(len(names) != 1 for names in told.values()):
        return None
    return Answer("multi", parts=tuple(Answer("text", who.pop(), label=how) for how, who in told.items()), ordered=True)


def size_of(how: str) -> str:
    """`nhiều` of `quyên góp nhiều`, `nhiều tuổi`; the words themselves where they say no size."""
    return next((word for word in how.split() if word in (*LOW, *HIGH)), how)


def named_as(text: str, how: str, names: Iterable[str]) -> set[str]:
    """The names, in small letters, of which a text says that they are the most in one way."""
    words, name = re.escape(how), f"(?P<name>{'|'.join(map(re.escape, names))})"
    before = rf"(?i)(?<!\w){name}(?: ?\([^()]*\))?(?: là)?(?: [^\W\d_]+){{0,3}}? {words}(?: [^\W\d_]+)? nhất(?!\w)"
    behind = rf"(?i)(?<!\w){words}(?: [^\W\d_]+)? nhất ?(?:là|:)? ?(?:(?:bạn|lớp|em|con) )?{name}(?!\w| [^\W\d_]+ nhất)"
    return {match["name"].lower() for pattern in (before, behind) for match in re.finditer(pattern, text)}
