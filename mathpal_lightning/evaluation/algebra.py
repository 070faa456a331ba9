r"""Are two school expressions the same? `2(x + 1)` and `2x + 2`, `\sqrt{12}` and `2\sqrt{3}`, `(x² - 1)/(x - 1)` and `x + 1`.

Exact and bounded by construction, so that no clock is needed: a strict grammar admits numbers, single-letter unknowns,
+ - × / ^ and square roots of whole numbers, which is the field of rational functions over Q and square roots. There
every fraction a/b has polynomials above and below, and a/b = c/d exactly when a·d - b·c is the zero polynomial. A
polynomial is a dict from monomial to coefficient; sqrt(12) is 2·r2... with r_p² = p for each prime p, which makes the form
unique. More than MAX_TERMS terms or a degree over MAX_DEGREE is refused.
"""

from __future__ import annotations

import re
from fractions import Fraction

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]

MAX_LENGTH = 200
MAX_TERMS = 120
MAX_DEGREE = 12
_MAX_DEPTH = 20
_MAX_BITS = 2000
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-zA-Zα-ωπ])|(?P<sign>[-+×·*:/^(){}])|(?P<root>\\sqrt|√))")


class _TooLarge(Exception):
    """Not in the grammar, or beyond the size that is compared; never leaves this file."""


def same_expression(first: str, second: str) -> bool | None:
    """Whether two expressions have the same value for all values of their unknowns.

    Args:
        first: an expression in canonical form ('.' is the decimal sign).
        second: the other one.

    Returns:
        True or False, or None where one of them is outside the grammar or too large.
    """
    try:
        (a, b), (c, d) = _read(first), _read(second)
        return not _subtract(_multiply(a, d), _multiply(c, b))
    except _TooLarge:
        return None


def _read(text: str) -> tuple[Polynomial, Polynomial]:
    if len(text) > MAX_LENGTH or re.search(r"(?<!\\)[a-zA-Z]{3}", text.replace("\\sqrt", "√")):
        raise _TooLarge
    tokens, place, text = [], 0, text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _TooLarge
        tokens.append(match[str(match.lastgroup)].replace("\\sqrt", "√").replace("{", "(").replace("}", ")"))
        place = match.end()
    reader = _Reader(tokens)
    value = reader.sum(0)
    if reader.place != len(tokens):
        raise _TooLarge
    return value


class _Reader:
    """Recursive descent: sum, product (a missing sign is times), power, atom; values are (numerator, denominator)."""

    def __init__(self, tokens: list[str]):
        self.tokens, self.place = tokens, 0

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1] if self.place <= len(self.tokens) else ""

    def sum(self, depth: int) -> tuple[Polynomial, Polynomial]:
        if depth > _MAX_DEPTH:
            raise _TooLarge
        top, bottom = self._product(depth)
        while self._peek() in ("+", "-"):
            minus = self._take() == "-"
            top2, bottom2 = self._product(depth)
            left, right = _multiply(top, bottom2), _multiply(top2, bottom)
            top, bottom = (_subtract(left, right) if minus else _add(left, right)), _multiply(bottom, bottom2)
        return top, bottom

    def _product(self, depth: int) -> tuple[Polynomial, Polynomial]:
        top, bottom = self._power(depth)
        while self._peek() and self._peek() not in "+-)":
            divide = self._peek() in ":/"
            if self._peek() in "×·*:/":
                self._take()
            top2, bottom2 = self._power(depth)
            if divide:
                top2, bottom2 = bottom2, top2
            top, bottom = _multiply(top, top2), _multiply(bottom, bottom2)
            if not bottom:
                raise _TooLarge
        return top, bottom

    def _power(self, depth: int) -> tuple[Polynomial, Polynomial]:
        if self._peek() == "-":
            self._take()
            top, bottom = self._power(depth + 1) if depth < _MAX_DEPTH else self._refuse()
            return _subtract({}, top), bottom
        top, bottom = self._atom(depth)
        if self._peek() == "^":
            self._take()
            exponent = self._take().strip("()") or self._take()
            if not exponent.isdigit() or not 0 < int(exponent) <= MAX_DEGREE:
                raise _TooLarge
            base = top, bottom
            for _ in range(int(exponent) - 1):
                top, bottom = _multiply(top, base[0]), _multiply(bottom, base[1])
        return top, bottom

    def _atom(self, depth: int) -> tuple[Polynomial, Polynomial]:
        token = self._take()
        one: Polynomial = {(): Fraction(1)}
        if token == "(":
            inside = self.sum(depth + 1)
            return inside if self._take() == ")" else self._refuse()
        if token == "√":
            radicand, below = self._atom(depth + 1) if depth < _MAX_DEPTH else self._refuse()
            if set(radicand) - {()} or below != one:
                raise _TooLarge
            return _square_root(radicand.get((), Fraction(0))), one
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            value = Fraction(token)
            return ({(): value} if value else {}), one
        return ({((token, 1),): Fraction(1)}, one) if token.isalpha() else self._refuse()

    def _refuse(self) -> tuple[Polynomial, Polynomial]:
        raise _TooLarge


def _square_root(radicand: Fraction) -> Polynomial:
    """12 -> 2·r3, with one symbol a prime, so that equal roots have equal forms."""
    if radicand.denominator != 1 or not 0 <= radicand < 10**8:
        raise _TooLarge
    outside, rest, factors, prime = 1, int(radicand), [], 2
    if not rest:
        return {}
    while prime * prime <= rest:
        while rest % (prime * prime) == 0:
            outside, rest = outside * prime, rest // (prime * prime)
        if rest % prime == 0:
            factors.append(prime)
            rest //= prime
        prime += 1
    factors += [rest] if rest > 1 else []
    return {tuple(sorted((f"√{factor}", 1) for factor in factors)): Fraction(outside)}


def _add(first: Polynomial, second: Polynomial) -> Polynomial:
    total = dict(first)
    for monomial, coefficient in second.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return _checked(total)


def _subtract(first: Polynomial, second: Polynomial) -> Polynomial:
    return _add(first, {monomial: -coefficient for monomial, coefficient in second.items()})


def _multiply(first: Polynomial, second: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for left, a in first.items():
        for right, b in second.items():
            monomial, root = _join(left, right)
            total[monomial] = total.get(monomial, Fraction(0)) + a * b * root
    return _checked(total)


def _join(left: Monomial, right: Monomial) -> tuple[Monomial, int]:
    """The product of two monomials; r_p · r_p leaves the factor p."""
    powers, root = dict(left), 1
    for name, power in right:
        powers[name] = powers.get(name, 0) + power
        if name[0] == "√" and powers[name] == 2:
            del powers[name]
            root *= int(name[1:])
    return tuple(sorted(powers.items())), root


def _checked(polynomial: Polynomial) -> Polynomial:
    cleaned = {monomial: coefficient for monomial, coefficient in polynomial.items() if coefficient}
    if len(cleaned) > MAX_TERMS:
        raise _TooLarge
    for monomial, coefficient in cleaned.items():
        if sum(power for _, power in monomial) > MAX_DEGREE:
            raise _TooLarge
        if coefficient.numerator.bit_length() + coefficient.denominator.bit_length() > _MAX_BITS:
            raise _TooLarge
    return cleaned
