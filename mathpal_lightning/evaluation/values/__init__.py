r"""What an answer may be: one class a kind, each with its reader and its comparison. Exact, frozen, without a clock.

In: a text that is an answer and nothing else (`reading.py`). Out: an `Answer` with its value; two of them are compared by
`comparison.py`.

    Quantity     5   3/4   25%   36 cm^2   30 học sinh   6 giờ 55 phút        quantity.py, nouns.py, amount.py, spoken.py
    Expression   2(x + 1)   4\sqrt{2}   2^3 · 3^2                             expression.py
    Relation     2/3 > 3/5   2x + 3y = 7   y = -2x + 4   >                    relation.py
    Reals        [2;5)   x ≤ 4   (-∞;-2) ∪ (2;+∞)   ℝ \ {1}                   reals.py
    Point        (0;-2)                                                       point.py
    Words        thứ Ba   vô nghiệm   XIX                                     words.py
    Place        hàng trăm   hàng phần mười   lớp nghìn                       place.py

A choice (its letter, and the value it stands for) and a multi (its parts, labels and order) are made of these; they are fields
of `schema.Answer` itself.
"""

from __future__ import annotations

import re
from fractions import Fraction

import mpmath

from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.values.expression import Expression
from mathpal_lightning.evaluation.values.place import Place
from mathpal_lightning.evaluation.values.point import Point
from mathpal_lightning.evaluation.values.quantity import Quantity
from mathpal_lightning.evaluation.values.reals import Reals
from mathpal_lightning.evaluation.values.relation import Relation, holds
from mathpal_lightning.evaluation.values.words import NO_SOLUTION, Words, number_in_words

Value = Quantity | Expression | Relation | Reals | Point | Words | Place

__all__ = ["Expression", "Place", "Point", "Quantity", "Reals", "Relation", "Value", "Words", "same_value"]


def same_value(first: Value, second: Value, rounding: bool = False, question: str = "") -> bool:
    """Whether two values are the same mathematics.

    Args:
        first: a value.
        second: the other one; their order makes no difference.
        rounding: a number that says it is rounded is the same as the one it is rounded from.
        question: the problem; its words add nothing to an answer in words, and tell what is counted.
    """
    if isinstance(first, Quantity) and isinstance(second, Quantity):
        return first.same(second, rounding, question)
    if isinstance(first, Words) and isinstance(second, Words):
        return first.same(second, question)
    if type(first) is type(second):
        return first.same(second)  # type: ignore[arg-type]  # the line above says so, which mypy does not follow
    if re.search(r"(?i)(?:bao nhiêu|mấy) nghiệm", question) and {_count_of_roots(first), _count_of_roots(second)} == {0}:
        return True
    return _across(first, second, rounding) or _across(second, first, rounding)


def _count_of_roots(value: Value) -> Fraction | None:
    """0 for `vô nghiệm`, 2 for `2 nghiệm`; None where a value counts nothing."""
    if isinstance(value, Quantity):
        return value.value
    return Fraction(0) if isinstance(value, Words) and value.written == NO_SOLUTION else None


def _across(one: Value, other: Value, rounding: bool) -> bool:
    """Kinds that may say the same: a constant and a number, an open interval and a pair, a function with or without `y =`."""
    if isinstance(one, Quantity) and isinstance(other, Expression):
        return _is_constant(one, other, rounding)
    if isinstance(one, Quantity) and isinstance(other, Words):
        number = number_in_words(other.written)
        named = other.written.strip().lower() != "không"
        return number is not None and named and one.unit != "%" and one.value == number
    if isinstance(one, Point) and isinstance(other, Reals):
        ends = other.intervals[0] if len(other.intervals) == 1 else None
        is_open = ends is not None and not (ends.low_closed or ends.high_closed)
        return ends is not None and is_open and one.same(Point((ends.low, ends.high)))
    if isinstance(one, Relation) and isinstance(other, Words):
        return one.signs == ("=",) and other.written.lower() == "bằng nhau" and holds(one) is True
    if isinstance(one, Relation) and isinstance(other, Expression):
        return one.same_as_value(other.written)
    return False


def _is_constant(quantity: Quantity, expression: Expression, rounding: bool) -> bool:
    value = constant(expression.written)
    if value is None or quantity.pieces:
        return False
    if expression.unit and quantity.unit:
        zeros = (Quantity("0", Fraction(0), unit) for unit in (expression.unit, quantity.unit))
        if not next(zeros).same(next(zeros)):
            return False
    if rounding and quantity.about and quantity.decimals >= 0:
        return bool(abs(value - _real(quantity.value)) <= mpmath.mpf(10) ** -quantity.decimals / 2)
    return _equal(value, quantity.value)


def _equal(value: mpmath.mpf, exact: Fraction) -> bool:
    with mpmath.workdps(50):
        return bool(abs(value - _real(exact)) < mpmath.mpf(10) ** -30 * max(1, abs(value)))


def _real(exact: Fraction) -> mpmath.mpf:
    return mpmath.mpf(exact.numerator) / exact.denominator
