"""Is an expression worked out as far as its question asks: like terms collected, roots simplified, one power, terms in order?

What the reference leaves open, a pupil may leave open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import gcd

from mathpal_lightning.evaluation.mathematics.algebra import Node, unknowns
from mathpal_lightning.evaluation.question.parts import asks_in_parts

_SIMPLIFIES = re.compile(r"(?i)(?:rút|thu) gọn|khai triển|trục căn|đưa thừa số|tính|thực hiện|tìm")
_REDUCES = re.compile(r"(?i)rút gọn(?! nếu| được)|đưa thừa số ra")


def form_of_expression(question: str, form: str, gold: Node, given: Node) -> str:
    """What is left to do; empty where nothing is.

    Args:
        question: the problem in plain text.
        form: the form that it names (`question/task.py`).
        gold: the reference's expression.
        given: the pupil's, of the same value.

    Returns:
        One Vietnamese sentence without its full stop.
    """
    if form == "power" and gold.operation == "^" != given.operation:
        return "Em chưa viết dưới dạng một lũy thừa"
    if form == "scientific" and _is_scientific(gold) and not _is_scientific(given):
        return "Em chưa viết dưới dạng kí hiệu khoa học"
    if form == "factors" and (_any(_has_content, given) and not _any(_has_content, gold)):
        return "Em chưa phân tích hết thành nhân tử"
    if form == "factors" and (_any(_divides_by_unknown, given) and not _any(_divides_by_unknown, gold)):
        return "Em chưa phân tích hết thành nhân tử"
    if (order := _ORDER.search(question)) and not asks_in_parts(question):
        return "" if _runs(given, falls=order["way"] == "giảm") else "Em chưa sắp xếp theo lũy thừa của biến"
    if _SIMPLIFIES.search(question) and any(_any(left, given) and not _any(left, gold) for left in (_like_terms, _reducible)):
        return "Em chưa rút gọn biểu thức"
    if _REDUCES.search(question) and _any(_square_inside, given) and not _any(_square_inside, gold):
        return "Em chưa rút gọn biểu thức"
    root_below = "trục căn" in question.lower() and _any(_root_below, given) and not _any(_root_below, gold)
    return "Em chưa trục căn thức ở mẫu" if root_below else ""


_ORDER = re.compile(r"(?i)(?:lũy|luỹ) thừa (?P<way>giảm|tăng)(?: dần)?")


def _any(holds: Callable[[Node], bool], node: Node) -> bool:
    """Whether something holds of a node or of any in it."""
    return holds(node) or any(_any(holds, part) for part in node.parts)


def _terms(node: Node) -> list[Node]:
    """The terms of a sum; their signs do not matter here."""
    if node.operation in ("+", "-"):
        return [term for part in node.parts for term in _terms(part)]
    return _terms(node.parts[0]) if node.operation == "neg" else [node]


def _monomial(node: Node) -> tuple[Fraction, dict[str, int]] | None:
    """The number and the exponents of `3x^2 y`; None for anything but a product of numbers, unknowns and their powers."""
    if node.operation == "number":
        return node.value, {}
    if node.operation == "name":
        return Fraction(1), {node.name: 1}
    if node.operation == "neg":
        return _monomial(node.parts[0])
    if node.operation == "^" and node.parts[0].operation == "name" and node.parts[1].operation == "number":
        return Fraction(1), {node.parts[0].name: int(node.parts[1].value)}
    sides = [_monomial(part) for part in node.parts] if node.operation == "*" else [None]
    if any(side is None for side in sides):
        return None
    exponents: dict[str, int] = {}
    number = Fraction(1)
    for value, own in (side for side in sides if side is not None):
        number *= value
        exponents = {name: exponents.get(name, 0) + own.get(name, 0) for name in exponents.keys() | own.keys()}
    return number, exponents


def _like_terms(node: Node) -> bool:
    """`6x - 4x`: two terms with the same unknowns in the same powers."""
    read = [_monomial(term) for term in _terms(node)] if node.operation in ("+", "-") else []
    keys = [tuple(sorted(term[1].items())) for term in read if term is not None and term[1]]
    return len(set(keys)) < len(keys)


def _content(node: Node) -> int:
    """The common divisor of the numbers of a sum's terms; 1 where one is no whole number."""
    if node.operation not in ("+", "-"):
        return 1
    read = [_monomial(term) for term in _terms(node)]
    whole = [term[0] for term in read if term is not None and term[0].denominator == 1]
    return gcd(*(int(number) for number in whole)) if len(whole) == len(read) else 1


def _has_content(node: Node) -> bool:
    return _content(node) > 1


def _divides_by_unknown(node: Node) -> bool:
    return node.operation == "/" and bool(unknowns(node.parts[1]))


def _reducible(node: Node) -> bool:
    """`(2x + 2)/2`: a fraction whose numerator and denominator have a common number."""
    below = node.parts[1].value if node.operation == "/" and node.parts[1].operation == "number" else Fraction(1)
    return below.denominator == 1 and gcd(_content(node.parts[0]) if node.parts else 1, int(below)) > 1


def _square_inside(node: Node) -> bool:
    """`√50`, `√25`, `√(1/2)`: a square root that can be simplified."""
    if node.operation != "root" or node.parts[1].value != 2:
        return False
    inside = node.parts[0]
    if inside.operation == "/":
        return not unknowns(inside)
    whole = int(inside.value) if inside.operation == "number" and inside.value.denominator == 1 else 1
    return 1 < whole < 10**6 and any(whole % (root * root) == 0 for root in range(2, int(whole**0.5) + 1))


def _root_below(node: Node) -> bool:
    below = node.operation == "/" and _any(lambda part: part.operation == "root", node.parts[1])
    return below or node.operation == "root" and node.parts[0].operation == "/"


def _is_scientific(node: Node) -> bool:
    """`4.5 × 10^7`: a number from 1 to 10 times a power of ten."""
    if node.operation == "neg":
        return _is_scientific(node.parts[0])
    if node.operation != "*" or node.parts[1].operation != "^" or node.parts[1].parts[0].value != 10:
        return False
    return node.parts[0].operation == "number" and 1 <= node.parts[0].value < 10


def _runs(node: Node, falls: bool) -> bool:
    """Whether the terms of a polynomial in one unknown stand in the order of their powers."""
    if node.operation == "neg" and node.parts[0].operation in ("+", "-"):
        return False
    read = [_monomial(term) for term in _terms(node)]
    degrees = [sum(term[1].values()) for term in read if term is not None]
    return len(unknowns(node)) > 1 or len(degrees) < len(read) or degrees == sorted(degrees, reverse=falls)
