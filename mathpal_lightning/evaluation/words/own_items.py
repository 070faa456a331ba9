"""What a sentence says of the question's own items and quantities: in which order they stand, which one is the larger."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.language.doubt import denies
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Relation
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW, order_runs_as_asked
from mathpal_lightning.schema import Answer


def order_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The question's own items in the order in which a sentence names them, each once.

    Args:
        solution: the solution; its question lists the items and asks for an order.
        sentence: its last sentence.
        gold: the reference; of its parts only the items are used, not their order.
    """
    said, question = (_squeezed(in_digits(text)).lower() for text in (sentence, solution.question))
    items = [_squeezed(part.text).lower() for part in gold.parts]
    places = [[match.start() for match in re.finditer(_alone(item), said)] for item in items]
    known = all(re.search(_alone(item), question) for item in items)
    others = {number for number in _NUMBER.findall(said) if number not in items and not re.search(_alone(number), question)}
    if not known or len(items) < 3 or any(len(found) != 1 for found in places) or denies(sentence) or others:
        return None
    if not order_runs_as_asked(sentence, solution.question):
        return None
    ranked = sorted(zip(places, gold.parts, strict=True), key=lambda pair: pair[0])
    return replace(gold, parts=tuple(part for _, part in ranked), ordered=True)


def _alone(item: str) -> str:
    """Matches an item that stands by itself: not 3 in 3/4, not An in Anh."""
    return rf"(?<![\w.,/]){re.escape(item)}(?![\w/]|[.,]\d)"


_NUMBER = re.compile(r"(?<![\w.,/])\d+(?:[.,/]\d+)?(?![\w/]|[.,]\d)")

_FIRST, _SECOND = "⟪0⟫", "⟪1⟫"
_FIRST_PLACE = r"(?i)(?<!\w)[^\W\d_]+ (?:thứ nhất|đầu(?: tiên)?|bên trái)(?!\w)"
_SECOND_PLACE = r"(?i)(?<!\w)[^\W\d_]+ (?:thứ hai|sau|bên phải)(?!\w)"
_IS_MORE = re.compile(
    rf"(?i)⟪(?P<one>[01])⟫(?: (?:thì|là|sẽ|có|phân số|số))* (?P<how>{'|'.join((*LOW, *HIGH))}) hơn(?!\w)"
    rf"|(?<!\w)(?P<adjective>{'|'.join((*LOW, *HIGH))}) hơn(?: (?:là|thì|phải là))+:? ⟪(?P<behind>[01])⟫"
)


def comparison_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """`3/4 > 5/7` of `phân số thứ nhất lớn hơn`, `ba phần tư lớn hơn năm phần bảy`, `số lớn hơn là 3/4`.

    Args:
        solution: the solution; its question names both quantities.
        sentence: its last sentence.
        gold: the reference; its two sides are the quantities, whatever stands between them.
    """
    relation = value_of(gold)
    if not isinstance(relation, Relation) or len(relation.items) != 2:
        return None
    sides = sorted(relation.items, key=lambda item: _place(item, solution.question))
    if not all(_place(item, solution.question) >= 0 for item in sides) or "bằng" in sentence or denies(sentence):
        return None
    said = _squeezed(in_digits(sentence))
    for mark, side, places in ((_FIRST, sides[0], _FIRST_PLACE), (_SECOND, sides[1], _SECOND_PLACE)):
        said = re.sub(_alone(_squeezed(side)), mark, said)
        said = re.sub(places, mark, said)
    claims = set()
    for claim in _IS_MORE.finditer(said):
        which = int(claim["one"] or claim["behind"])
        falls = (claim["how"] or claim["adjective"]).lower() in HIGH
        claims.add(">" if (which == 0) is falls else "<")
    return solution.read(f"{sides[0]} {claims.pop()} {sides[1]}") if len(claims) == 1 else None


def _place(item: str, question: str) -> int:
    """Where a quantity stands in the question; -1 where it does not."""
    return _squeezed(question).find(_squeezed(item))


def _squeezed(text: str) -> str:
    return re.sub(r"(?<=[\d)}])\s*([-+×·:/^])\s*(?=[\d({])", r"\1", re.sub(r"(?<=\d),(?=\d)", ".", text))


_ASKS_WHICH = re.compile(rf"(?i)(?<!\w)nào(?:[^.?\n]{{0,30}}?) (?P<how>{'|'.join((*LOW, *HIGH))}) (?:hơn|nhất)(?!\w)")


def greater_asked(solution: Solution) -> Answer | None:
    """`3/7` of `3/7 > 2/5`, where it is asked which of the question's numbers is the larger; the chain must run one way."""
    asked = _ASKS_WHICH.search(solution.asked)
    if asked is None or not solution.lines:
        return None
    said = last_clause(solution.lines[-1]).strip(" .")
    items, signs = re.split(r" ?[<>] ?", said), set(re.findall("[<>]", said))
    known = all(re.search(_alone(_squeezed(item)), _squeezed(solution.question)) for item in items)
    if len(items) < 2 or len(signs) != 1 or not known or denies(said):
        return None
    falls, largest = signs == {">"}, asked["how"].lower() in HIGH
    read = solution.read(items[0] if falls is largest else items[-1])
    return read if read is not None and read.kind not in ("text", "multi", "relation") else None
