"""Monomials and polynomials of several letters, identities and factors: grade 8."""

from __future__ import annotations

from functools import cache
from math import gcd
from random import Random

from mathpal_lightning.curriculum.asking import ask_to
from mathpal_lightning.curriculum.mathematics.polynomials import combined, finished, multiplied, nonzero
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import (
    Terms,
    joined,
    literal,
    plus,
    term,
    text,
    times,
)
from mathpal_lightning.curriculum.writing import power


def _monomial(random: Random, size: int, highest: int, letters: int = 2) -> tuple[tuple[int, ...], int]:
    return tuple(random.randint(1, highest) for _ in range(letters)), nonzero(random, 2, size)


def monomials(random: Random, level: int) -> Plan:
    """Product of two monomials in x, y; their quotient after a product; three monomials in x, y, z."""
    count, letters = (2, "xy") if level == 1 else (3, "xy") if level == 2 else (3, "xyz")
    factors = [_monomial(random, 12, 4 if level < 3 else 5, len(letters)) for _ in range(count)]
    shown = [term(value, literal(key, letters)) for key, value in factors]
    expression = " × ".join([shown[0], *(f"({text})" if text.startswith("-") else text for text in shown[1:])])

    def solve(sheet: Sheet) -> None:
        sheet.say("Nhân các hệ số với nhau, nhân các luỹ thừa cùng biến với nhau:")
        coefficient = factors[0][1]
        for _, value in factors[1:]:
            coefficient = times(sheet, coefficient, value)
        exponents = []
        for place, letter in enumerate(letters):
            raised = [key[place] for key, _ in factors]
            product = 1
            for exponent in raised:
                product *= exponent
            total = sheet.pick(sum(raised), *((product,) if product != sum(raised) else ()), kind="exponent")
            sheet.say(f"{' × '.join(power(letter, exponent) for exponent in raised)} = {power(letter, total)}")
            exponents.append(total)
        coefficient = sheet.pick(coefficient, sum(value for _, value in factors) or 1, kind="operation")
        result = term(coefficient, literal(tuple(exponents), letters))
        sheet.say(f"Vậy {expression} = {result}.")
        sheet.answer_text(result)

    numbers = tuple(value for key, coefficient in factors for value in (*key, coefficient))
    return Plan(numbers, ask_to(random, "thu gọn", "đơn thức", expression), solve)


def polynomials(random: Random, level: int) -> Plan:
    """A monomial times a sum in x, y; two sums; their product less another monomial product."""
    key, value = _monomial(random, 12, 3)
    first: Terms = {key: value} if level == 1 else {(1, 0): nonzero(random, 1, 12), (0, 1): nonzero(random, 1, 12)}
    second: Terms = {(1, 0): nonzero(random, 1, 12), (0, 1): nonzero(random, 1, 12)}
    third: Terms = (
        {(2, 0): nonzero(random, 1, 9), (1, 1): nonzero(random, 1, 9), (0, 2): nonzero(random, 1, 9)} if level == 3 else {}
    )
    left = text(first, "xy") if level == 1 else f"({text(first, 'xy')})"
    expression = f"{left}({text(second, 'xy')})" + (f" - ({text(third, 'xy')})" if third else "")

    def solve(sheet: Sheet) -> None:
        sheet.say(expression if not third else f"{left}({text(second, 'xy')})")
        result = multiplied(sheet, first, second, "xy")
        if third:
            sheet.say(f"= {text(result, 'xy')}")
            sheet.say(f"Do đó {expression}")
            sheet.say(f"= {text(result, 'xy')} - ({text(third, 'xy')})")
            opened = [*result.items(), *((key, -value) for key, value in third.items())]
            sheet.say("= " + joined(*((value, literal(key, "xy")) for key, value in opened)))
            result = combined(sheet, result, third, -1)
        finished(sheet, result, "xy")

    numbers = (*(key if level == 1 else ()), *first.values(), *second.values(), *third.values())
    return Plan(numbers, ask_to(random, "thu gọn", "biểu thức", expression), solve)


def identities(random: Random, level: int) -> Plan:
    """The square of a sum or difference; a difference of squares plus a square; the cube of a sum or difference."""
    a = random.randint(1, 12 if level < 3 else 5)
    b = nonzero(random, 2 if level == 3 and a == 1 else 1, (12, 9, 5)[level - 1])
    letters = random.choice(("xy", "ab", "xz", "mn"))
    one, two = letters[0], letters[1]
    both = joined((a, one), (b, two))
    c = nonzero(random, 1, 9)
    if level == 1:
        expression = f"({both})²"
    elif level == 2:
        expression = f"({both})² + ({joined((c, one), (1, two))})({joined((c, one), (-1, two))})"
    else:
        expression = f"({both})³"

    def solve(sheet: Sheet) -> None:
        word = "tổng" if b > 0 else "hiệu"
        if level == 3:
            sheet.say(f"Áp dụng hằng đẳng thức lập phương của một {word}:")
            three = sheet.pick(3, 1, 2, kind="identity")
            sheet.say(
                _cubed((one if a == 1 else f"({a}{one})", two if abs(b) == 1 else f"({abs(b)}{two})"), b > 0, three, both)
            )
            square_a, square_b = times(sheet, a, a), times(sheet, b, b)
            result: Terms = {
                (3, 0): times(sheet, square_a, a), (2, 1): times(sheet, times(sheet, three, square_a), b),
                (1, 2): times(sheet, times(sheet, three, a), square_b), (0, 3): times(sheet, square_b, b),
            }  # fmt: skip
        else:
            sheet.say(f"Áp dụng hằng đẳng thức bình phương của một {word}:")
            twice = sheet.pick(2, 1, kind="identity")
            last = sheet.pick(1, -1, kind="last_sign") if level == 1 else 1
            sign, size = sheet.pick(1, -1, kind="sign") if b > 0 else sheet.pick(-1, 1, kind="sign"), abs(b)
            sheet.say(f"({both})² = {_opened_square(twice, term(a, one), term(size, two), sign > 0, last > 0)}")
            middle = times(sheet, times(sheet, twice, a), size)
            result = {(2, 0): times(sheet, a, a), (1, 1): sign * middle, (0, 2): last * times(sheet, size, size)}
            if level == 2:
                sheet.say(f"({both})² = {text(result, letters)}")
                sheet.say("Áp dụng hằng đẳng thức hiệu hai bình phương:")
                sign = sheet.pick(-1, 1, kind="last_sign")
                product = f"({joined((c, one), (1, two))})({joined((c, one), (-1, two))})"
                opened = f"{_squared(c, one)} {'-' if sign < 0 else '+'} {_squared(1, two)}"
                square = times(sheet, c, c)
                shown = text({(2, 0): square, (0, 2): sign}, letters)
                sheet.say(f"{product} = {opened if opened == shown else f'{opened} = {shown}'}")
                opened = joined(*((value, literal(key, letters)) for key, value in result.items()))
                rest = joined((square, power(one, 2)), (sign, power(two, 2)))
                sheet.say(f"Do đó {expression} = {opened} + {rest}")
                result[2, 0], result[0, 2] = plus(sheet, result[2, 0], square), plus(sheet, result[0, 2], sign)
        sheet.say(f"Vậy {expression} = {text(result, letters)}.")
        sheet.answer_text(text(result, letters))

    numbers = (a, b, letters, *((c,) if level == 2 else ()), level)
    return Plan(
        numbers, ask_to(random, random.choice(("khai triển", "viết dưới dạng thu gọn")), "biểu thức", expression), solve
    )


def _opened_square(twice: int, first: str, second: str, adding: bool, last: bool) -> str:
    """The square of a sum or difference with the terms put in: "(2x)² - 2 × 2x × 3y + (3y)²"."""
    squares = [power(one if len(one) == 1 else f"({one})", 2) for one in (first, second)]
    middle = " × ".join([str(twice)] * (twice > 1) + [first, second])
    return f"{squares[0]} {'+' if adding else '-'} {middle} {'+' if last else '-'} {squares[1]}"


def _cubed(terms: tuple[str, str], adding: bool, three: int, both: str) -> str:
    """The identity with the terms put in: "(2x + y)³ = (2x)³ + 3(2x)²y + 3(2x)y² + y³"."""
    first, second = terms
    sign = "+" if adding else "-"
    factor = "" if three == 1 else three
    return f"({both})³ = {power(first, 3)} {sign} {factor}{power(first, 2)}{second} + {factor}{first}{power(second, 2)} {sign} {power(second, 3)}"


def _coprime(random: Random, first: int, second: int) -> tuple[int, int]:
    """Two numbers from 2 without a common divisor, so that nothing more can be taken out."""
    return random.choice(_coprime_pairs(first, second))


@cache
def _coprime_pairs(first: int, second: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(2, first + 1) for b in range(2, second + 1) if gcd(a, b) == 1]


def _squared(root: int, letter: str) -> str:
    return power(letter if root == 1 else f"({term(root, letter)})", 2)


def factorization(random: Random, level: int) -> Plan:
    """A common factor; a common factor and the difference of squares; grouping."""
    a, b = _coprime(random, 12, 12)
    k, exponent = random.randint(2, 19), random.randint(1, 3) if level < 3 else 0
    letters = random.choice(("ab", "uv", "yz", "ac", "tz"))
    one, two = letters[0], letters[1]
    if level == 3:
        (k, a), b = _coprime(random, 12, 12), random.randint(2, 25)
    if level == 1:
        b *= random.choice((1, -1))
        expression = joined((k * a, power(one, exponent) + two), (k * b, power(one, exponent)))
    elif level == 2:
        a, b = _coprime(random, 12, 12)
        expression = joined((k * a * a, power(one, exponent + 2)), (-k * b * b, power(one, exponent) + power(two, 2)))
    else:
        b *= random.choice((1, -1))
        expression = joined((k, f"{power(one, 2)}"), (b * k, one), (a, one + two), (a * b, two))

    def solve(sheet: Sheet) -> None:
        if level == 1:
            common = term(k, power(one, exponent))
            sheet.say(f"Nhân tử chung là {common}.")
            inner = sheet.pick(a, k * a, kind="not_divided"), times(sheet, 1, sheet.pick(b, -b, kind="sign"))
            sign = "+" if inner[1] > 0 else "-"
            sheet.say(f"{expression} = {common} × {term(inner[0], two)} {sign} {common} × {abs(inner[1])}")
            left = sheet.pick(1, 2, kind="exponent")
            result = f"{common}({joined((inner[0], two if left == 1 else one + two), (sheet.pick(inner[1], inner[1] * k, kind='last'), ''))})"
        elif level == 2:
            common = term(k, power(one, exponent))
            sheet.say(f"Nhân tử chung là {common}.")
            sheet.say(f"{expression} = {common}({joined((a * a, power(one, 2)), (-b * b, power(two, 2)))})")
            sheet.say("Áp dụng hằng đẳng thức hiệu hai bình phương:")
            root_a, root_b = (
                sheet.pick(a, a * a, kind="root") if a > 1 else a,
                sheet.pick(b, b * b, kind="root") if b > 1 else b,
            )
            squares = joined((a * a, power(one, 2)), (-b * b, power(two, 2)))
            sheet.say(f"{squares} = {_squared(root_a, one)} - {_squared(root_b, two)}")
            signs = sheet.pick((1, -1), (-1, -1), (1, 1), kind="identity")
            left_term = sheet.pick(k, 2 * k, kind="copy")
            result = term(left_term, power(one, exponent)) + "".join(
                f"({joined((root_a, one), (sign * root_b, two))})" for sign in signs
            )
        else:
            sheet.say(
                f"Nhóm các hạng tử: {expression} = ({joined((k, power(one, 2)), (b * k, one))}) + ({joined((a, one + two), (a * b, two))})"
            )
            shared = joined((1, one), (sheet.pick(b, -b, kind="sign"), ""))
            sheet.say(f"Đặt nhân tử chung ở mỗi nhóm, ta được: {term(k, one)}({shared}) + {term(a, two)}({shared})")
            sheet.say(f"Hai nhóm có nhân tử chung là ({shared}), đặt nhân tử chung đó ra ngoài.")
            outer = sheet.pick(((k, one), (a, two)), ((k, one), (-a, two)), kind="outer_sign")
            outer = sheet.pick(outer, ((a, two), (k, "")), kind="term")
            power_up = sheet.pick(1, 2, kind="squared")
            result = power(f"({shared})", power_up) + f"({joined(*outer)})"
        sheet.say(f"Vậy {expression} = {result}.")
        sheet.answer_text(result)

    return Plan((a, b, k, exponent, letters, level), ask_to(random, "phân tích", "đa thức", expression, "thành nhân tử"), solve)
