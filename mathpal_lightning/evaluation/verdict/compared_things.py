"""Which of two is the greater one: `Con hơn mẹ 27 tuổi` does not answer `Mẹ hơn con bao nhiêu tuổi?`, `Con kém mẹ` does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW
from mathpal_lightning.text import comparison_key

_COMPARES = re.compile(r"(?i)(?P<one>[^.,;:?\n\d]{1,60}?) (?P<way>hơn|kém) (?!kém)(?P<other>[^.,;:?\n\d]{1,60})")
_SIZE = re.compile(rf"(?i)(?<!\w)(?P<word>{'|'.join(LOW + HIGH)})(?P<noun>(?: [^\W\d_]+){{0,3}})$")
_PACE = ("nhanh", "chậm", "sớm", "muộn")
"""Who is faster needs less time."""


class _Comparison(NamedTuple):
    one: frozenset[str]
    other: frozenset[str]
    is_more: bool
    of_pace: bool


def compares_the_other_way(said: str, known: str, question: str) -> bool:
    """Whether the last words of a solution make the lesser one the greater one.

    Args:
        said: the last words of the solution.
        known: those of the reference, which tell who is greater where the question does not.
        question: the problem in plain text.
    """
    asked = list(_comparisons(asking_sentence(question)))
    told = list(_comparisons(last_clause(said)))
    facts = [fact for fact in asked or _comparisons(known) if told]
    agree = [verdict for fact in facts for claim in told if (verdict := _agree(fact, claim)) is not None]
    return bool(agree) and not any(agree) and not (asked and _contradicts(asked, known))


def _contradicts(facts: list[_Comparison], text: str) -> bool:
    return any(_agree(fact, claim) is False for fact in facts for claim in _comparisons(text))


def _comparisons(text: str) -> Iterator[_Comparison]:
    for match in _COMPARES.finditer(text):
        size = _SIZE.search(match["one"])
        word = size["word"].lower() if size else ""
        one = f"{match['one'][: size.start()]} {size['noun']}" if size else match["one"]
        first, second = (frozenset(comparison_key(side).split()) for side in (one, match["other"]))
        yield _Comparison(first, second, (match["way"].lower() == "hơn") is not (word in LOW), word in _PACE)


def _agree(fact: _Comparison, claim: _Comparison) -> bool | None:
    """Whether both make the same one greater; None where they speak of other things."""
    if fact.of_pace is not claim.of_pace:
        return None
    first, second = fact.one - fact.other, fact.other - fact.one
    one, other = claim.one - claim.other, claim.other - claim.one
    straight, crossed = bool(first & one and second & other), bool(first & other and second & one)
    return None if straight is crossed else straight is (fact.is_more is claim.is_more)
