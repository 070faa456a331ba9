"""Polynomials of one letter: sums, products, quotients, values and roots: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_for, ask_to
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import (
    Terms,
    bracketed,
    joined,
    literal,
    minus,
    over,
    plus,
    term,
    text,
    times,
)
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import number, power


def nonzero(random: Random, low: int, high: int) -> int:
    """A number of low..high, with either sign."""
    return random.randint(low, high) * random.choice((1, -1))


def _drawn(random: Random, degree: int, size: int) -> Terms:
    return {(exponent,): nonzero(random, 1, size) for exponent in range(degree, -1, -1)}


def combined(sheet: Sheet, first: Terms, second: Terms, sign: int) -> Terms:
    """Sum or difference of two polynomials, coefficient by coefficient."""
    flipped = sheet.pick(True, False, kind="brackets") if sign < 0 else True
    result: Terms = {}
    keys = sorted(set(first) | set(second), reverse=True)
    keys = sheet.pick(keys, keys[:-1], kind="term") if len(keys) > 1 else keys
    for place, key in enumerate(keys):
        a, b = first.get(key, 0), second.get(key, 0)
        minus_here = sign < 0 and (flipped or place == 0)
        result[key] = (minus if minus_here else plus)(sheet, a, b) if b else a
    return result


def multiplied(sheet: Sheet, first: Terms, second: Terms, letters: str) -> Terms:
    """Every term times every term, written out and gathered."""
    pieces: list[tuple[tuple[int, ...], int]] = []
    if len(first) == 1:
        outer = text(first, letters)
        inner = [_in_brackets(term(value, literal(key, letters))) for key, value in sorted(second.items(), reverse=True)]
        outers = [outer] + [_in_brackets(outer)] * (len(inner) - 1)
        sheet.say("= " + " + ".join(f"{one} × {other}" for one, other in zip(outers, inner, strict=True)))
    for key, a in sorted(first.items(), reverse=True):
        for other, b in sorted(second.items(), reverse=True):
            raised = tuple(x + y for x, y in zip(key, other, strict=True))
            product = tuple(x * y for x, y in zip(key, other, strict=True))
            raised = sheet.pick(raised, product, kind="exponent") if raised != product else raised
            pieces.append((raised, times(sheet, a, b)))
    if len(pieces) > 2:
        pieces = sheet.pick(pieces, pieces[:-1], kind="term")
    if len({key for key, _ in pieces}) < len(pieces):
        sheet.say("= " + joined(*((value, literal(key, letters)) for key, value in pieces)))
    result: Terms = {}
    for key, value in pieces:
        result[key] = plus(sheet, result[key], value) if key in result else value
    return result


def _in_brackets(written: str) -> str:
    return f"({written})" if written.startswith("-") else written


def finished(sheet: Sheet, result: Terms, letters: str = "x") -> None:
    """Write the result as the answer."""
    if not any(result.values()):
        raise Absurd
    written = text(result, letters)
    sheet.say(f"= {written}")
    sheet.say(f"Vậy kết quả là {written}.")
    sheet.answer_text(written)


def polynomial_sum(random: Random, level: int) -> Plan:
    """Add polynomials of degree 2; subtract such of degree 3; degree 4 and three polynomials."""
    size = (9, 12, 15)[level - 1]
    first, second = _drawn(random, level + 1, size), _drawn(random, level + 1, size)
    third = _drawn(random, 4, size) if level == 3 else {}
    sign = 1 if level == 1 else -1
    expression = f"({text(first)}) {'-' if sign < 0 else '+'} ({text(second)})" + (f" + ({text(third)})" if third else "")

    def solve(sheet: Sheet) -> None:
        sheet.say(expression)
        opened = sorted(first.items(), reverse=True) + [
            (key, sign * value) for key, value in sorted(second.items(), reverse=True)
        ]
        opened += sorted(third.items(), reverse=True)
        sheet.say("= " + joined(*((value, literal(key)) for key, value in opened)))
        groups = [[term for term in opened if term[0] == key] for key in sorted({key for key, _ in opened}, reverse=True)]
        sheet.say("Nhóm các hạng tử cùng bậc:")
        sheet.say("= " + " + ".join(f"({joined(*((value, literal(key)) for key, value in group))})" for group in groups))
        result = combined(sheet, first, second, sign)
        finished(sheet, combined(sheet, result, third, 1) if third else result)

    return Plan((*first.values(), *second.values(), *third.values()), ask_to(random, "thu gọn", "biểu thức", expression), solve)


def polynomial_product(random: Random, level: int) -> Plan:
    """A monomial times a polynomial; two binomials; a binomial times a trinomial."""
    if level == 1:
        first: Terms = {(random.randint(1, 3),): nonzero(random, 2, 12)}
        second = _drawn(random, 2, 9)
    else:
        size = 12 if level == 2 else 9
        first, second = _drawn(random, 1, size), _drawn(random, level - 1, size)
    left = text(first) if level == 1 else f"({text(first)})"
    expression = f"{left}({text(second)})"

    def solve(sheet: Sheet) -> None:
        sheet.say(expression)
        finished(sheet, multiplied(sheet, first, second, "x"))

    return Plan((*first, *first.values(), *second.values()), ask_to(random, "thực hiện", "phép nhân", expression), solve)


def polynomial_quotient(random: Random, level: int) -> Plan:
    """By a monomial; a trinomial by x - a; a polynomial of degree 3 by x - a."""
    dividend: Terms
    if level == 1:
        quotient, exponent = _drawn(random, 2, 9), random.randint(1, 3)
        divisor = nonzero(random, 2, 9)
        dividend = {(key[0] + exponent,): value * divisor for key, value in quotient.items()}
        by = term(divisor, power("x", exponent))
        expression = f"({text(dividend)}) : {by if divisor > 0 else f'({by})'}"
    else:
        quotient, a = _drawn(random, level - 1, 9), nonzero(random, 1, 9)
        divisor = a
        highest = level
        coefficients = [quotient.get((e - 1,), 0) - a * quotient.get((e,), 0) for e in range(highest, -1, -1)]
        dividend = {(highest - i,): value for i, value in enumerate(coefficients)}
        expression = f"({text(dividend)}) : ({joined((1, 'x'), (-a, ''))})"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Thực hiện phép chia {expression}:")
        if level == 1:
            result: Terms = {}
            lower = sheet.pick(exponent, 0, kind="exponent")
            for key, value in sorted(dividend.items(), reverse=True):
                share = over(sheet, value, divisor)
                share = Fraction(sheet.pick(int(share), int(share) + 1, int(share) - 1, kind="table"))
                result[(key[0] - lower,)] = int(share)
                sheet.say(
                    f"{term(value, power('x', key[0]))} chia cho {term(divisor, power('x', exponent))} được {joined((int(share), power('x', key[0] - lower) if key[0] > lower else ''))}."
                )
            kept = sorted(result)
            _stated(sheet, {key: result[key] for key in sheet.pick(kept, kept[1:], kind="term")})
            return
        sheet.say(_divided(sheet, result := {}, dividend, a))
        _stated(sheet, result)

    return Plan((*dividend.values(), divisor, level), ask_to(random, "thực hiện", "phép chia đa thức", expression), solve)


def _divided(sheet: Sheet, result: Terms, dividend: Terms, a: int) -> str:
    """Fill in the quotient by x - a, a line a step; gives the line about the remainder."""
    rest = 0
    for place, (key, value) in enumerate(sorted(dividend.items(), reverse=True)):
        rest = value if place == 0 else plus(sheet, value, rest)
        if key[0] == 0:
            break
        result[(key[0] - 1,)] = rest
        product = times(sheet, rest, a)
        sheet.say(
            f"{joined((rest, power('x', key[0])))} chia cho x được {joined((rest, power('x', key[0] - 1) if key[0] > 1 else ''))}; nhân với {joined((1, 'x'), (-a, ''))} được {joined((rest, power('x', key[0])), (-product, power('x', key[0] - 1) if key[0] > 1 else ''))}."
        )
        rest = product
    return f"Phép chia có dư {number(rest)}." if rest else "Phép chia hết, dư cuối cùng bằng 0."


def _stated(sheet: Sheet, result: Terms) -> None:
    if not any(result.values()):
        raise Absurd
    sheet.say(f"Vậy thương là {text(result)}.")
    sheet.answer_text(text(result))


def value_of_expression(random: Random, level: int) -> Plan:
    """Values of ax + b; ax² + bx + c; ax² + bxy + cy²; also at numbers below nought."""
    a, b, c = (nonzero(random, 2, 12 if level == 3 else 14) for _ in range(3))
    x, y = nonzero(random, 2, (21, 12, 12)[level - 1]), nonzero(random, 2, 9)
    form = {1: ((a, "x"), (b, "")), 2: ((a, "x²"), (b, "x"), (c, "")), 3: ((a, "x²"), (b, "xy"), (c, "y²"))}[level]
    values = f"x = {number(x)}" + (f"; y = {number(y)}" if level == 3 else "")

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Thay {values} vào biểu thức A, ta được:")
        found = []
        for coefficient, letters in form:
            if not letters:
                found.append(coefficient)
                continue
            inner = {"x": x, "x²": x, "xy": x, "y²": y}[letters]
            if letters != "x":
                other = y if letters == "xy" else sheet.pick(inner, 2, kind="times_exponent")
                inner = times(sheet, inner, other)
            sheet.say(f"{term(coefficient, letters)} = {number(coefficient)} × {bracketed(inner)}")
            value = times(sheet, coefficient, inner)
            sheet.say(f"{term(coefficient, letters)} = {number(value)}")
            found.append(value)
        sheet.say(f"A = {joined(*((value, '') for value in found))}")
        total = found[0]
        for value in found[1:]:
            total = plus(sheet, total, value)
        sheet.say(f"Vậy A = {number(total)}.")
        sheet.answer(total)

    numbers = (a, b, x) if level == 1 else (a, b, c, x, *((y,) if level == 3 else ()))
    return Plan(
        numbers,
        ask_for(random, f"[biểu thức |]A = {joined(*form)}", f"[A|giá trị của A|giá trị biểu thức A] [khi|tại] {values}"),
        solve,
    )
