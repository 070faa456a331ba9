"""Products and quotients of algebraic fractions (phân thức), grade 8."""

from __future__ import annotations

from math import gcd
from random import Random

from mathpal_lightning.curriculum.asking import ask_to
from mathpal_lightning.curriculum.mathematics.algebraic_fractions import (
    ask_to_calculate,
    binomial,
    defined_where,
    in_x,
    placed,
    powers_over,
    quotient,
)
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions
from mathpal_lightning.curriculum.steps.polynomials import term, times
from mathpal_lightning.curriculum.writing import number, power


def algebraic_fraction_product(random: Random, level: int) -> Plan:
    """Two fractions of monomials; sums that are factored first; a division."""
    if level == 1:
        return _monomial_product(random)
    while True:
        a, b = nonzero(random, 1, 12), nonzero(random, 1, 12)
        k, m = random.randint(2, 12), random.randint(2, 12)
        if abs(a) != abs(b):
            break
    dividing = level == 3
    square = in_x(1, 0, -b * b)
    if dividing:  # (x² - b²)/(kx + ka) : (mx + mb)/(x² + ax) = x(x - b)/(km)
        left = quotient(square, in_x(k, k * a))
        right = quotient(in_x(m, m * b), in_x(1, a, 0))
    else:  # (kx + ka)/(x + b) × (x² - b²)/(mx) = k(x + a)(x - b)/(mx)
        left = quotient(in_x(k, k * a), in_x(1, b))
        right = quotient(square, term(m, "x"))
    expression = f"{left} {':' if dividing else '×'} {right}"

    def solve(sheet: Sheet) -> None:
        defined_where(sheet, "x ≠ 0", *([f"x ≠ {number(-a)}"] if dividing else []), f"x ≠ {number(-b)}")
        other = sheet.pick(-b, b, kind="identity")
        factored = f"{binomial(other)}{binomial(b)}"
        if dividing:
            turned = sheet.pick(True, False, kind="upside_down")
            turned_around = f"{quotient(square, in_x(k, k * a))} × "
            turned_around += quotient(in_x(1, a, 0), in_x(m, m * b)) if turned else right
            sheet.say("Muốn chia hai phân thức, ta nhân phân thức thứ nhất với nghịch đảo của phân thức thứ hai:")
            sheet.say(f"{expression} = {turned_around}")
            sheet.say(f"Phân tích thành nhân tử: {square} = {factored}; {in_x(k, k * a)} = {k}{binomial(a)}")
            sheet.say(f"{in_x(1, a, 0)} = x{binomial(a)}; {in_x(m, m * b)} = {m}{binomial(b)}")
            if not turned:
                result = quotient(f"{m}{binomial(other)}{power(binomial(b), 2)}", f"{k}x{power(binomial(a), 2)}")
            else:
                product = times(sheet, k, m)
                inside = sheet.pick("x", "", kind="factor_lost")
                result = quotient(f"{inside}{binomial(other)}" if inside else binomial(other)[1:-1], number(product))
            sheet.say(f"Rút gọn các nhân tử chung {binomial(a)} và {binomial(b)}.")
        else:
            sheet.say("Phân tích các tử thức thành nhân tử:")
            inner = sheet.pick(a, k * a, kind="not_divided")
            sheet.say(f"{in_x(k, k * a)} = {k}{binomial(inner)}; {square} = {factored}")
            sheet.say("Nhân tử với tử, mẫu với mẫu:")
            sheet.say(f"{expression} = {quotient(f'{k}{binomial(inner)}{factored}', f'{m}x{binomial(b)}')}")
            shared = gcd(k, m)
            p, q = k // shared, m // shared
            sheet.say(f"Rút gọn nhân tử chung {term(shared, binomial(b))}, ta được kết quả.")
            last = sheet.pick(other, b if other != b else -b, kind="sign")
            below = sheet.pick(term(q, "x"), term(q, ""), kind="factor_lost")
            result = quotient(f"{p if p > 1 else ''}{binomial(inner)}{binomial(last)}", below)
        sheet.say(f"Vậy {expression} = {result}.")
        sheet.answer_text(result)

    return Plan((a, b, k, m, level), ask_to_calculate(random, expression), solve)


def _monomial_product(random: Random) -> Plan:
    letters = random.choice(("xy", "ab", "xz", "mn"))
    one, two = letters[0], letters[1]
    a, b = random.sample(range(2, 11), 2)
    c, d = random.sample(range(2, 11), 2)
    up, down = random.sample(range(1, 7), 2)  # powers of the first letter above and below
    high, low = random.sample(range(1, 7), 2)  # powers of the second letter above and below
    first = quotient(term(a, power(one, up)), term(b, power(two, low)))
    second = quotient(term(c, power(two, high)), term(d, power(one, down)))
    expression = f"{first} × {second}"

    def solve(sheet: Sheet) -> None:
        defined_where(sheet, f"{one} ≠ 0", f"{two} ≠ 0")
        above, below = times(sheet, a, c), times(sheet, b, d)
        if sheet.pick(False, True, kind="crossed"):
            above, below = times(sheet, a, d), times(sheet, b, c)
        sheet.say("Nhân tử với tử, mẫu với mẫu:")
        parts = (power(one, up) + power(two, high), power(one, down) + power(two, low))
        sheet.say(f"{expression} = {quotient(term(above, parts[0]), term(below, parts[1]))}")
        tops: list[str] = []
        bottoms: list[str] = []
        for letter, over_, under in ((one, up, down), (two, high, low)):
            left = sheet.pick(abs(over_ - under), over_ + under, kind="exponent")
            up_here = sheet.pick(over_ > under, over_ < under, kind="side")
            (tops if up_here else bottoms).append(power(letter, left))
            sheet.say(f"{powers_over(letter, over_, under)} = {quotient(*placed(letter, left, up_here))}")
        above, below = fractions.reduce(sheet, (above, below))
        result = quotient(term(above, "".join(tops)), term(below, "".join(bottoms)))
        sheet.say(f"Vậy {expression} = {result}.")
        sheet.answer_text(result)

    return Plan((a, b, c, d, up, down, high, low), ask_to(random, "thực hiện", "phép nhân", expression), solve)
