"""Algebraic fractions (phân thức): reducing and adding them, grade 8. Their products are in algebraic_products.py."""

from __future__ import annotations

import re
from math import gcd
from random import Random

from mathpal_lightning.curriculum.asking import ask_for, ask_to
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import (
    bracketed,
    joined,
    literal,
    minus,
    over,
    plus,
    term,
    times,
)
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import fraction, number, power

_PLAIN = re.compile(r"-?\d+|[a-z][²³⁴⁵⁶⁷⁸⁹]?|\([^()]*\)")
"""A denominator that needs no brackets: a number, a power of a letter, one sum in brackets."""


def quotient(top: str, bottom: str) -> str:
    """A fraction with the brackets that it needs: "(x + 1)/(2x)", "3(x - 2)/5"; the top alone over 1."""
    if bottom == "1":
        return top
    is_sum = " " in re.sub(r"\([^()]*\)", "", top)
    return f"{f'({top})' if is_sum else top}/{bottom if _PLAIN.fullmatch(bottom) else f'({bottom})'}"


def in_x(*coefficients: int) -> str:
    """A polynomial in x, its coefficients from the highest power on: "2x² - 3" for 2, 0, -3."""
    highest = len(coefficients) - 1
    return joined(*((value, power("x", highest - i) if i < highest else "") for i, value in enumerate(coefficients)))


def binomial(a: int) -> str:
    """The sum x + a in brackets."""
    return f"({in_x(1, a)})"


def defined_where(sheet: Sheet, *differs: str) -> None:
    """State the condition (điều kiện xác định) of an expression: "x ≠ 0, x ≠ 2 và x ≠ -3"."""
    *others, last = differs
    sheet.say(f"Điều kiện xác định: {' và '.join([*([', '.join(others)] if others else []), last])}.")


def algebraic_fractions(random: Random, level: int) -> Plan:
    """Reduce a fraction of monomials; one whose top is an identity; reduce and calculate a value."""
    return _monomial_fraction(random) if level == 1 else _factored_fraction(random, level)


_REDUCED = [(p, q) for p in range(1, 10) for q in range(2, 10) if gcd(p, q) == 1]
"""Tops and bottoms in lowest terms."""


def _monomial_fraction(random: Random) -> Plan:
    letters = random.choice(("xy", "ab", "xz", "yz", "mn"))
    shared = random.randint(2, 9)
    p, q = random.choice(_REDUCED)
    top = (random.randint(1, 5), random.randint(1, 5))
    bottom = (random.randint(1, 5), random.randint(1, 5))
    least = (min(top[0], bottom[0]), min(top[1], bottom[1]))
    written = quotient(term(shared * p, literal(top, letters)), term(shared * q, literal(bottom, letters)))

    def solve(sheet: Sheet) -> None:
        defined_where(sheet, *(f"{letter} ≠ 0" for letter in letters))
        sheet.say(f"Nhân tử chung của tử và mẫu là {term(shared, literal(least, letters))}.")
        sheet.say(f"Chia cả tử và mẫu cho {term(shared, literal(least, letters))}:")
        above, first = sheet.inline(":", shared * p, shared)
        below, second = sheet.inline(":", shared * q, shared)
        sheet.say(f"{first}; {second}")
        left_above: list[str] = []
        left_below: list[str] = []
        for letter, high, low in zip(letters, top, bottom, strict=True):
            difference = abs(high - low)
            left = sheet.pick(difference, high + low, kind="exponent") if difference else 0
            above_or_below = sheet.pick(high > low, high < low, kind="side") if difference else True
            (left_above if above_or_below else left_below).append(power(letter, left) if left else "")
            sheet.say(f"{powers_over(letter, high, low)} = {quotient(*placed(letter, left, above_or_below))}")
        result = quotient(term(above, "".join(left_above)), term(below, "".join(left_below)))
        sheet.say(f"Vậy {written} = {result}.")
        sheet.answer_text(result)

    return Plan((shared, p, q, *top, *bottom), ask_to(random, "rút gọn", "phân thức", written), solve)


def powers_over(letter: str, high: int, low: int) -> str:
    """One power of a letter over another: "x⁵/x²"."""
    return f"{power(letter, high)}/{power(letter, low)}"


def placed(letter: str, left: int, above: bool) -> tuple[str, str]:
    """Top and bottom when a power of a letter is left above or below."""
    rest = power(letter, left) if left else "1"
    return (rest, "1") if above else ("1", rest)


def _factored_fraction(random: Random, level: int) -> Plan:
    """k(x² - a²) or k(x + a)² over m(x + a), in level 3 over mx(x + a) with a value for x."""
    a, k, m = nonzero(random, 1, 15), random.randint(2, 13), random.randint(2, 13)
    square = random.random() < 0.5
    v = random.choice([v for v in range(-9, 16) if v not in (0, a, -a)])
    middle = 2 * k * a if square else 0
    last = a * a if square else -a * a
    top = in_x(k, middle, k * last)
    bottom = in_x(m, m * a) if level == 2 else in_x(m, m * a, 0)
    written = quotient(top, bottom)

    def solve(sheet: Sheet) -> None:
        outer = "" if level == 2 else "x"
        defined_where(sheet, *(["x ≠ 0"] if level == 3 else []), f"x ≠ {number(-a)}")
        sheet.say("Phân tích tử và mẫu thành nhân tử:")
        other = sheet.pick(a, -a, kind="identity") if square else sheet.pick(-a, a, kind="identity")
        above = term(k, power(binomial(a), 2)) if other == a else term(k, binomial(other) + binomial(a))
        sheet.say(f"{top} = {k}({in_x(1, middle // k, last)}) = {above}")
        sheet.say(f"{bottom} = {term(m, outer + binomial(a))}")
        shared = gcd(k, m)
        sheet.say(f"Chia cả tử và mẫu cho {term(shared, binomial(a))}, ta được:")
        divided = k // sheet.pick(shared, 1, kind="not_divided") if shared > 1 else k
        p, q = divided, m // shared
        if level == 2 and sheet.pick(False, True, kind="upside_down"):
            p, q = q, p
        other = sheet.pick(other, other - a if other != a else other + 1, kind="term")
        inner = binomial(other)
        reduced = quotient(inner[1:-1] if p == 1 else f"{p}{inner}", term(q, outer))
        sheet.say(f"{written} = {reduced}")
        if level == 2:
            sheet.say(f"Vậy phân thức rút gọn là {reduced}.")
            sheet.answer_text(reduced)
            return
        sheet.say(f"Giá trị x = {number(v)} thoả mãn điều kiện xác định. Thay x = {number(v)} vào phân thức đã rút gọn:")
        one = plus(sheet, v, other)
        put_in = f"{p} × ({joined((v, ''), (other, ''))})" if p > 1 else joined((v, ""), (other, ""))
        below = f"{q} × {bracketed(v)}" if q > 1 else number(v)
        first, second = times(sheet, p, one), times(sheet, q, v)
        sheet.say(f"A = ({put_in})/({below}) = {first}/{bracketed(second)}")
        value = over(sheet, first, second)
        if value == 0:
            raise Absurd
        sheet.say(f"Vậy A = {fraction(value)}.")
        sheet.answer(value, name="A = ", write=fraction)

    if level == 2:
        return Plan((a, k, m, int(square)), ask_to(random, "rút gọn", "phân thức", written), solve)
    what = f"[giá trị của A|giá trị của biểu thức A|giá trị A] [tại|khi|với] x = {number(v)}"
    return Plan((a, k, m, v, int(square)), ask_for(random, f"[biểu thức |phân thức |]A = {written}", what), solve)


def ask_to_calculate(random: Random, expression: str) -> str:
    """A question that asks to calculate or to reduce an expression."""
    return ask_to(random, *random.choice((("thực hiện", "phép tính"), ("rút gọn", "biểu thức"))), expression)


def algebraic_fraction_sum(random: Random, level: int) -> Plan:
    """Equal denominators; two different ones; three, of which one is the product of the others."""
    if level == 1:
        return _equal_denominators(random)
    while True:
        a, b = nonzero(random, 1, 12), nonzero(random, 1, 12)
        c = nonzero(random, 1, 12)
        d = -c if level == 3 else nonzero(random, 1, 12)
        e, f = (nonzero(random, 1, 9), nonzero(random, 1, 9)) if level == 3 else (0, 0)
        # a/(x + c) + b/(x + d) + (ex + f)/((x + c)(x + d))
        factor, free = a + b + e, a * d + b * c + f
        if c != d and factor and free and free not in (factor * c, factor * d):
            break
    parts = [(number(abs(a)), a, binomial(c)), (number(abs(b)), b, binomial(d))]
    expression = _signed_sum(parts)
    if level == 3:
        expression += f" + {quotient(in_x(e, f), in_x(1, 0, -c * c))}"
    bottom = f"{binomial(c)}{binomial(d)}"

    def solve(sheet: Sheet) -> None:
        defined_where(sheet, f"x ≠ {number(-c)}", f"x ≠ {number(-d)}")
        if level == 3:
            sheet.say(f"Ta có {in_x(1, 0, -c * c)} = {bottom}.")
        sheet.say(f"Mẫu thức chung là {bottom}.")
        word = ", ".join(["cộng"] * (b > 0 or level == 3) + ["trừ"] * (b < 0))
        sheet.say(f"Quy đồng mẫu thức rồi {word} các tử thức:")
        first, second = sheet.pick((d, c), (c, d), kind="other_factor")
        opened = [(a, "x"), (times(sheet, a, first), ""), (b, "x"), (times(sheet, b, second), "")]
        if sheet.pick(False, True, kind="first_term_only"):
            opened[1], opened[3] = (first, ""), (second, "")
        opened += [(e, "x"), (f, "")]
        raised = joined((a, binomial(first)), (b, binomial(second))) + (f" + ({in_x(e, f)})" if level == 3 else "")
        sheet.say(f"Tử thức là {raised} = {joined(*opened)}")
        x, one = opened[0][0], opened[1][0]
        for (more, _), (free_part, _) in zip(opened[2::2], opened[3::2], strict=True):
            x, one = plus(sheet, x, more), plus(sheet, one, free_part)
        _state(sheet, expression, x, one, bottom)

    numbers = (a, b, c, d, *((e, f) if level == 3 else ()))
    return Plan(numbers, ask_to_calculate(random, expression), solve)


def _signed_sum(parts: list[tuple[str, int, str]]) -> str:
    (top, sign, bottom), *others = parts
    return (
        ("-" if sign < 0 else "")
        + quotient(top, bottom)
        + "".join(f" {'-' if sign < 0 else '+'} {quotient(top, bottom)}" for top, sign, bottom in others)
    )


def _state(sheet: Sheet, expression: str, x: int, free: int, bottom: str) -> None:
    if x == 0 and free == 0:
        raise Absurd
    result = quotient(in_x(x, free), bottom)
    sheet.say(f"Vậy {expression} = {result}.")
    sheet.answer_text(result)


def _equal_denominators(random: Random) -> Plan:
    sign = random.choice((1, -1))
    while True:
        a, b, c, d, e = (nonzero(random, 1, 12) for _ in range(5))
        x, free = a + sign * c, b + sign * d
        if x and free and free != x * e:
            break
    bottom = binomial(e)
    first, second = in_x(a, b), in_x(c, d)
    expression = f"({first})/{bottom} {'+' if sign > 0 else '-'} ({second})/{bottom}"

    def solve(sheet: Sheet) -> None:
        defined_where(sheet, f"x ≠ {number(-e)}")
        word = "cộng" if sign > 0 else "trừ"
        sheet.say(f"Hai phân thức cùng mẫu thức nên ta {word} các tử thức và giữ nguyên mẫu thức.")
        flipped = sign if sign > 0 else sheet.pick(-1, 1, kind="brackets")
        sheet.say(
            f"Tử thức là {first} {'+' if sign > 0 else '-'} ({second}) = {joined((a, 'x'), (b, ''), (sign * c, 'x'), (flipped * d, ''))}"
        )
        total, rest = (plus if sign > 0 else minus)(sheet, a, c), (plus if flipped > 0 else minus)(sheet, b, d)
        kept = sheet.pick(bottom, f"({in_x(2, 2 * e)})", kind="denominators_added")
        _state(sheet, expression, total, rest, kept)

    return Plan((a, b, c, d, e, sign), ask_to_calculate(random, expression), solve)
