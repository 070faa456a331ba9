"""Arithmetic as pupils write it, evaluated with exact rationals: `1,2 : 60 × 100`, `8 × 3/4`, `2 giờ + 15 phút`.

A grammar of our own, over tokens: nothing is ever handed to `eval` or to a general parser.

    sum      = product (("+" | "-") product)*
    product  = power (("×" | "x" | "·" | "*" | ":" | "/") power)*         a bracket that follows at once is times: `2(3 + 4)`
    power    = ["-"] atom ["^" integer] ["%"]
    atom     = number [unit] (number unit)* | "(" sum ")" [unit]
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.text.numbers import PLAIN_NUMBER, read_plain

Dimension = tuple[tuple[str, int], ...]


class Quantity(NamedTuple):
    """An exact value in base units and its dimension; a plain number has the empty dimension."""

    value: Fraction
    dimension: Dimension = ()


MAX_TOKENS = 400
_MAX_DEPTH = 30
_MAX_BITS = 4000
_TOKEN = re.compile(
    r" ?(?:"
    rf"(?P<mixed>\d{{1,6}} \d{{1,6}}/\d{{1,6}}(?![\d,]))|(?P<fraction>{PLAIN_NUMBER}/{PLAIN_NUMBER}(?![\d/]))"
    rf"|(?P<number>{PLAIN_NUMBER})|(?P<unit>{MEASURE})|(?P<sign>[-+×*·:/^%()\[\]{{}}]|[xX](?= ?[\d(\[])))",
    re.IGNORECASE,
)
_DIVISIONS, _TIMES = ":/", "×xX*·"


class _Token(NamedTuple):
    kind: str
    text: str


class _NotArithmetic(Exception):
    """The text is no arithmetic; never leaves this file."""


@lru_cache(maxsize=4096)
def evaluate(text: str, with_units: bool = False, dot_is_decimal: bool = False) -> Quantity | None:
    """The exact value of an arithmetic expression.

    Args:
        text: plain text (`plain_text`), the whole of it one expression.
        with_units: read units and convert to base units; without, units are passed over.
        dot_is_decimal: read `5.025` as five and a bit, for a solution that writes decimals with dots.

    Returns:
        The value, or None where the text is not arithmetic, divides by zero, adds metres to minutes or is too large.
    """
    tokens = tokenize(text)
    if tokens is None:
        return None
    if not with_units:
        tokens = [token for token in tokens if token.kind != "unit"]
    reader = _Reader(tokens, dot_is_decimal)
    try:
        value = reader.sum(0)
    except _NotArithmetic:
        return None
    return value if reader.place == len(tokens) else None


def tokenize(text: str) -> list[_Token] | None:
    """Cut an expression into tokens; None where something in it is no arithmetic, or there are too many."""
    tokens: list[_Token] = []
    place, text = 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(tokens) == MAX_TOKENS:
            return None
        kind, written = str(match.lastgroup), match[match.lastgroup or 0]
        glued = match[0] == written == "(" and bool(tokens) and (tokens[-1].kind == "number" or tokens[-1].text == ")")
        if glued:
            tokens.append(_Token("sign", "×"))  # 2(3 + 4)
        tokens.append(_Token(kind, written))
        place = match.end()
    return tokens or None


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[_Token], dot_is_decimal: bool):
        self.tokens, self.dot_is_decimal, self.place = tokens, dot_is_decimal, 0

    def _peek(self) -> str:
        return self.tokens[self.place].text if self.place < len(self.tokens) else ""

    def _kind(self) -> str:
        return self.tokens[self.place].kind if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1].text

    def sum(self, depth: int) -> Quantity:
        if depth > _MAX_DEPTH:
            raise _NotArithmetic
        total = self._product(depth)
        while self._peek() in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            total = _add(total, self._product(depth), sign)
        return total

    def _product(self, depth: int) -> Quantity:
        total = self._power(depth)
        while self._kind() == "sign" and self._peek() in _DIVISIONS + _TIMES:
            divide = self._take() in _DIVISIONS
            total = _combine(total, self._power(depth), divide)
        return total

    def _power(self, depth: int) -> Quantity:
        if self._peek() == "-":
            self._take()
            value, dimension = self._power(depth)
            return Quantity(-value, dimension)
        base = self._atom(depth)
        if self._peek() == "^":
            self._take()
            exponent = self._take() if self._kind() == "number" else ""
            if not exponent.isdigit() or int(exponent) > 20 or base.dimension:
                raise _NotArithmetic
            base = _bounded(base.value ** int(exponent))
        if self._peek() == "%":
            self._take()
            base = Quantity(base.value / 100, base.dimension)
        return base

    def _atom(self, depth: int) -> Quantity:
        if self._peek() in ("(", "[", "{"):
            closing = {"(": ")", "[": "]", "{": "}"}[self._take()]
            inside = self.sum(depth + 1)
            if self.place >= len(self.tokens) or self._take() != closing:
                raise _NotArithmetic
            return self._with_unit(inside)
        total = self._with_unit(Quantity(self._number()))
        while total.dimension and self._kind() in ("number", "fraction", "mixed"):
            total = _add(total, self._with_unit(Quantity(self._number())), 1)
        return total

    def _with_unit(self, quantity: Quantity) -> Quantity:
        if self._kind() != "unit":
            return quantity
        unit = parse_unit(self._take())
        if unit is None or quantity.dimension:
            raise _NotArithmetic
        return Quantity(quantity.value * unit.factor, unit.dimension)

    def _number(self) -> Fraction:
        kind = self._kind()
        if kind not in ("number", "fraction", "mixed"):
            raise _NotArithmetic
        text = self._take()
        if kind == "number" and text.isdecimal() and len(text) < 20:
            return Fraction(int(text))
        whole = Fraction(0)
        if kind == "mixed":
            first, text = text.split(" ")
            whole = Fraction(first)
        top, _, bottom = text.partition("/")
        divisor = self._plain(bottom) if bottom else Fraction(1)
        if not divisor:
            raise _NotArithmetic
        return _bounded(whole + self._plain(top) / divisor).value

    def _plain(self, written: str) -> Fraction:
        if len(written) > 200:
            raise _NotArithmetic
        number = read_plain(written)
        return number.other if self.dot_is_decimal and number.other is not None else number.value


def _bounded(value: Fraction) -> Quantity:
    if value.numerator.bit_length() + value.denominator.bit_length() > _MAX_BITS:
        raise _NotArithmetic
    return Quantity(value)


def _add(first: Quantity, second: Quantity, sign: int) -> Quantity:
    if first.dimension != second.dimension:
        raise _NotArithmetic
    return Quantity(_bounded(first.value + sign * second.value).value, first.dimension)


def _combine(first: Quantity, second: Quantity, divide: bool) -> Quantity:
    if divide and not second.value:
        raise _NotArithmetic
    value = _bounded(first.value / second.value if divide else first.value * second.value).value
    powers = dict(first.dimension)
    for kind, power in second.dimension:
        powers[kind] = powers.get(kind, 0) + (-power if divide else power)
    return Quantity(value, tuple(sorted((kind, power) for kind, power in powers.items() if power)))
