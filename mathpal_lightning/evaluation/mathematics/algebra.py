r"""Are two school expressions the same? `2(x + 1)` and `2x + 2`, `\sqrt{12}` and `2\sqrt{3}`, `sin(x)^2 + cos(x)^2` and `1`.

A small grammar reads an expression into a tree. Two trees are compared by their values at fixed points, in complex numbers of
50 digits (mpmath): expressions that agree to 35 digits at three points are taken for equal (the identity test of Schwartz and
Zippel, https://doi.org/10.1145/322217.322225). The grammar bounds length, depth and exponents, so the time is bounded too.

    sum      = product (("+" | "-") product)*
    product  = power (["×" | "·" | "*" | ":" | "/"] power)*          a missing sign is times
    power    = "-" power | atom ["^" power]
    atom     = number | name | "π" | function ["_" base] atom | "√" ["[" degree "]"] atom | "|" sum "|" | "(" sum ")"
"""

from __future__ import annotations

import re
import string
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import mpmath

MAX_LENGTH = 200
"""Characters of an expression."""
MAX_EXPONENT = 60
_MAX_TOKENS = 120
_MAX_DEPTH = 20
_DIGITS = 50
_AGREED = 35
"""Decimal digits to which two values must agree."""
_FUNCTIONS = "sin|cos|tan|cot|log|ln|lg"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<function>\\?(?:{_FUNCTIONS})(?![a-z]))|(?P<root>√)"
    r"|(?P<name>(?:[a-zA-Zα-ωΔ])(?:_\w|')?)|(?P<sign>[-+×·*:/^_(){}\[\]|]))"
)
_POINTS = (Fraction(7310585786, 10**10), Fraction(21932800507, 10**10), Fraction(-14142135623, 10**10))
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}


class Node(NamedTuple):
    """An operation and what it is applied to; `value` for a number, `name` for an unknown or a function."""

    operation: str
    parts: tuple[Node, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""


class _Refused(Exception):
    """Not in the grammar, or larger than what is compared; never leaves this file."""


def same_expression(first: str, second: str) -> bool | None:
    """Whether two expressions have the same value for all values of their unknowns.

    Args:
        first: an expression in canonical form ('.' is the decimal sign).
        second: the other one.

    Returns:
        True or False, or None where one of them is outside the grammar or too large.
    """
    left, right = parse_expression(first), parse_expression(second)
    if left is None or right is None:
        return None
    return proportion(left, right) == 1


def proportion(first: Node, second: Node) -> int | None:
    """How the values of two expressions relate at every point.

    Returns:
        1 where they are equal; 2 where `first` is a constant multiple of `second`, -1 where the constant is negative; 0 where
        they are not proportional; None where they have no values to compare.
    """
    names = sorted(unknowns(first) | unknowns(second))
    with mpmath.workdps(_DIGITS):
        pairs = []
        for shift in range(len(_POINTS)):
            values = {name: _POINTS[(place + shift) % 3] + place * shift for place, name in enumerate(names)}
            left, right = _value(first, values), _value(second, values)
            if left is not None and right is not None:
                pairs.append((left, right))
        if not pairs:
            return None
        if all(_agree(left, right) for left, right in pairs):
            return 1
        ratios = [left / right for left, right in pairs if left and right]
        if len(ratios) < len(pairs) or not all(_agree(ratio, ratios[0]) for ratio in ratios):
            return 0
        return 2 if ratios[0].real > 0 else -1


def _agree(first: mpmath.mpc, second: mpmath.mpc) -> bool:
    return bool(abs(first - second) <= mpmath.mpf(10) ** -_AGREED * max(1, abs(first), abs(second)))


@lru_cache(maxsize=4096)
def constant(text: str) -> mpmath.mpf | None:
    """The real value of an expression without unknowns, in 50 digits; None for any other text."""
    node = parse_expression(text)
    if node is None or unknowns(node):
        return None
    with mpmath.workdps(_DIGITS):
        value = _value(node, {})
        return value.real if value is not None and abs(value.imag) < mpmath.mpf(10) ** -_AGREED else None


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Node | None:
    """Read an expression in canonical form; None where the grammar does not hold or a bound is passed."""
    text = text.replace("\\sqrt", "√").replace("\\pi", "π").strip()
    text = re.sub(rf"(?<=[a-z\d)])(?=(?:{_FUNCTIONS})(?![a-z]))", " ", text)
    if len(text) > MAX_LENGTH or re.search(rf"(?!{_FUNCTIONS})[a-zA-Z]{{3}}", text):
        return None
    tokens: list[str] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(tokens) == _MAX_TOKENS:
            return None
        tokens.append(match[str(match.lastgroup)])
        place = match.end()
    reader = _Reader(tokens)
    try:
        node = reader.sum(0)
    except _Refused:
        return None
    return node if reader.place == len(tokens) else None


def unknowns(node: Node) -> set[str]:
    """The names of an expression's unknowns."""
    own = {node.name} if node.operation == "name" else set()
    return own.union(*(unknowns(part) for part in node.parts))


def operations(node: Node) -> int:
    """How many signs an expression is written with: a measure of how far it is from a result."""
    return (node.operation not in ("number", "name", "neg")) + sum(map(operations, node.parts))


def factors(node: Node) -> int:
    """How many factors with an unknown a product is written with; a power counts as often as its exponent says."""
    if node.operation in ("*", "neg"):
        return sum(map(factors, node.parts))
    if node.operation == "/" and not unknowns(node.parts[1]):
        return factors(node.parts[0])
    if node.operation == "^" and node.parts[1].operation == "number":
        return factors(node.parts[0]) * int(node.parts[1].value)
    return int(bool(unknowns(node)))


def prime_product(node: Node) -> bool:
    """Whether an expression is a product of prime numbers and their powers: `2^3 × 3^2`."""
    if node.operation == "*":
        return all(map(prime_product, node.parts))
    if node.operation == "^":
        return prime_product(node.parts[0]) and node.parts[0].operation == "number"
    number = node.value
    return node.operation == "number" and number.denominator == 1 and _is_prime(int(number))


def _is_prime(number: int) -> bool:
    return 1 < number < 10**6 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[str]):
        self.tokens, self.place = tokens, 0

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        if self.place >= len(self.tokens):
            raise _Refused
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise _Refused
        total = self._product(depth)
        while self._peek() in ("+", "-"):
            total = Node(self._take(), (total, self._product(depth)))
        return total

    def _product(self, depth: int) -> Node:
        total = self._power(depth)
        while self._peek() and self._peek() not in ("+", "-", ")", "]", "}", "|"):
            sign = self._take() if self._peek() in "×·*:/" else "×"
            total = Node("/" if sign in ":/" else "*", (total, self._power(depth)))
        return total

    def _power(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise _Refused
        if self._peek() in ("-", "+"):
            sign = self._take()
            inside = self._power(depth + 1)
            return Node("neg", (inside,)) if sign == "-" else inside
        base = self._atom(depth)
        if self._peek() != "^":
            return base
        self._take()
        exponent = self._power(depth + 1)
        size = constant_exponent(exponent)
        if size is None or abs(size) > MAX_EXPONENT:
            raise _Refused
        return Node("^", (base, exponent))

    def _atom(self, depth: int) -> Node:
        token = self._take()
        if token in ("(", "{", "[", "|"):
            inside = self.sum(depth + 1)
            if self._take() != _CLOSING[token]:
                raise _Refused
            return Node("abs", (inside,)) if token == "|" else inside
        if token == "√":
            degree = Node("number", value=Fraction(2))
            if self._peek() == "[":
                degree = self._atom(depth + 1)
            return Node("root", (self._argument(depth), degree))
        if token.strip("\\") == "log" and self._peek() == "_":
            self._take()
            base = self._atom(depth + 1)
            return Node("/", (Node("function", (self._argument(depth),), name="ln"), Node("function", (base,), name="ln")))
        if token.strip("\\") in _FUNCTIONS.split("|"):
            return Node("function", (self._argument(depth),), name=token.strip("\\"))
        if token[0] in string.digits:
            return Node("number", value=Fraction(token))
        if token == "π":
            return Node("pi")
        if token[0].isalpha():
            return Node("name", name=token)
        raise _Refused

    def _argument(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise _Refused
        return self._atom(depth + 1)


def constant_exponent(node: Node) -> Fraction | None:
    """The exact value of an exponent made of numbers and signs, 0 for one that holds an unknown, None for any other."""
    if unknowns(node):
        return Fraction(0)
    if node.operation == "number":
        return node.value
    values = [constant_exponent(part) for part in node.parts]
    if None in values or node.operation not in ("neg", "+", "-", "*", "/"):
        return None
    left, right = (values[0] or Fraction(0)), (values[-1] or Fraction(0))
    if node.operation == "/":
        return left / right if right else None
    return {"neg": -left, "+": left + right, "-": left - right, "*": left * right}[node.operation]


def _value(node: Node, names: dict[str, Fraction]) -> mpmath.mpc | None:
    """The value at one point; None where it is undefined or too large."""
    if node.operation == "number":
        return mpmath.mpc(mpmath.mpf(node.value.numerator) / node.value.denominator)
    if node.operation == "name":
        return mpmath.mpc(mpmath.mpf(names[node.name].numerator) / names[node.name].denominator)
    if node.operation == "pi":
        return mpmath.mpc(mpmath.pi)
    parts = [_value(part, names) for part in node.parts]
    if None in parts:
        return None
    try:
        result = _apply(node, *parts)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return result if mpmath.isfinite(result) and abs(result) < mpmath.mpf(10) ** 300 else None


def _apply(node: Node, left: mpmath.mpc, right: mpmath.mpc | None = None) -> mpmath.mpc:
    operation = node.operation
    if operation == "function":
        functions = {"sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "ln": mpmath.log}
        if node.name in functions:
            return mpmath.mpc(functions[node.name](left))
        return mpmath.mpc(mpmath.log10(left))
    if operation == "neg":
        return -left
    if operation == "abs":
        return mpmath.mpc(abs(left))
    if right is None:
        raise ValueError
    if operation == "root":
        if left.imag == 0 and left.real < 0 and right.real % 2 == 1:
            return mpmath.mpc(-mpmath.root(-left.real, int(right.real)))
        return mpmath.mpc(mpmath.root(left, int(right.real)) if right.real > 0 else mpmath.nan)
    if operation == "^":
        return mpmath.mpc(mpmath.power(left, right))
    return {"+": left + right, "-": left - right, "*": left * right}[operation] if operation != "/" else left / right
