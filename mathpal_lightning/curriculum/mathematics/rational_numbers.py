"""Rational numbers: comparing, products, powers, expressions: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.powers_and_divisors import CALCULATE
from mathpal_lightning.curriculum.mathematics.signed_fractions import proper, with_sign
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, rationals
from mathpal_lightning.curriculum.steps.fractions import Pair, text
from mathpal_lightning.curriculum.steps.rationals import inside, size
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number, power

_SIGN = (
    "[Điền|Em hãy điền|Hãy điền|Viết|Hãy viết] dấu [>, < hoặc =|thích hợp (>, <, =)] vào chỗ [chấm|trống]: {a} ... {b}",
    "[So sánh|Hãy so sánh|Em hãy so sánh] hai số hữu tỉ {a} và {b} rồi [điền|viết] dấu >, < hoặc =: {a} ... {b}",
    "[Dấu nào|Dấu nào trong các dấu >, <, =] [thích hợp để điền|điền được|được điền] vào chỗ [chấm|trống]: {a} ... {b}?",
)
_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Em hãy sắp xếp|Viết] các số hữu tỉ [sau |]theo thứ tự {which}: {listed}.",
    "[Cho các số hữu tỉ|{name} viết các số hữu tỉ]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết] các số [đó|trên|đã cho] theo thứ tự {which}.",
    "[Sắp xếp|Hãy sắp xếp] theo thứ tự {which} các số hữu tỉ [sau|sau đây]: {listed}.",
)


def _drawn(random: Random, count: int, denominators: tuple[int, ...], places: int) -> list[tuple[str, Fraction]]:
    """Different rational numbers of any sign as they are written, some as fractions and some as decimals."""
    found: dict[Fraction, str] = {}
    while len(found) < count:
        pair = with_sign(random, proper(random, random.choice(denominators), 3 * max(denominators[:3]) - 1))
        value = Fraction(*pair)
        if len(found) % 2:
            value = Fraction(round(value * 10**places) + random.randint(-9, 9), 10**places)
        if value.denominator > 1 and value not in found:
            found[value] = number(value) if len(found) % 2 else text(pair)
    return random.sample([(written, value) for value, written in found.items()], count)


def _as_decimals(sheet: Sheet, values: list[tuple[str, Fraction]]) -> list[Value]:
    """Every number as a decimal, fractions by division without their signs."""
    found: list[Value] = []
    for written, value in values:
        if "/" not in written:
            found.append(value)
            continue
        turned = sheet.pick(False, True, kind="turned") and value.numerator not in (1, -1)
        top, bottom = abs(value.numerator), value.denominator
        if turned and Fraction(bottom, top).limit_denominator(10**4) != Fraction(bottom, top):
            raise Absurd
        quotient = sheet.divide(bottom, top) if turned else sheet.divide(top, bottom)
        below = value < 0 and sheet.pick(True, False, kind="signs_dropped")
        result: Value = -quotient if below else quotient
        if value < 0:
            sheet.say(f"Do đó {written} = {number(result)}.")
        found.append(result)
    return found


def compare_rationals(random: Random, level: int) -> Plan:
    """A sign between a fraction and a decimal; three in order; five in order."""
    if level == 1:
        return _two_rationals(random)
    count = 3 if level == 2 else 5
    values = _drawn(random, count, (4, 5, 8, 20) if level == 2 else (8, 20, 25, 40), 1 if level == 2 else 2)
    falling = random.random() < 0.5
    which = "giảm dần" if falling else "tăng dần"

    def solve(sheet: Sheet) -> None:
        found = _as_decimals(sheet, values)
        order = sorted(range(count), key=lambda place: found[place], reverse=falling)
        sizes = [abs(Fraction(value)) for value in found]
        order = sheet.pick(order, sorted(order, key=lambda place: sizes[place], reverse=falling), kind="sizes")
        order = sheet.pick(order, order[::-1], kind="order")
        order = sheet.pick(order, [order[1], order[0], *order[2:]], [*order[:-2], order[-1], order[-2]], kind="neighbours")
        sheet.say(f"Ta có {(' > ' if falling else ' < ').join(number(found[place]) for place in order)}.")
        listed = "; ".join(values[place][0] for place in order)
        sheet.say(f"Vậy các số xếp theo thứ tự {which} là: {listed}.")
        sheet.answer_text(listed)

    fields = {"which": which, "listed": "; ".join(written for written, _ in values), "name": pupils(random, 1)[0]}
    return Plan((*(written for written, _ in values), falling), phrase(random, _ORDER, **fields), solve)


def _two_rationals(random: Random) -> Plan:
    values = _drawn(random, 2, (2, 4, 5, 20, 25), 1)
    (first, a), (second, b) = values

    def solve(sheet: Sheet) -> None:
        x, y = _as_decimals(sheet, values)
        right = "<" if x < y else ">" if x > y else "="
        sign = sheet.pick(right, "<" if right == ">" else ">", kind="rule")
        sheet.say(f"Ta có {number(x)} {sign} {number(y)}.")
        sign = sheet.pick(sign, "=", kind="asked")
        sheet.say(f"Vậy {first} {sign} {second}.")
        sheet.answer_text(sign)

    return Plan((first, second), phrase(random, _SIGN, a=first, b=second), solve)


def rational_product(random: Random, level: int) -> Plan:
    """A product or quotient of two fractions; of a decimal and a fraction; of three numbers."""
    signs = [random.choice("×:"), random.choice("×:")]
    a, b, c = (proper(random, random.randint(*((3, 13), (3, 16), (2, 9))[level - 1]), 14) for _ in range(3))
    tenths = Fraction(random.choice([value for value in range(2, 60) if value % 10]), 10)
    first = (tenths.numerator, tenths.denominator) if level == 2 else a
    while True:
        first, b, c = (with_sign(random, size(pair)) for pair in (first, b, c))
        if min(first[0], b[0]) < 0:
            break
    written = number(Fraction(*first)) if level == 2 else text(first)
    expression = f"{written} {signs[0]} {inside(b)}" + (f" {signs[1]} {inside(c)}" if level == 3 else "")

    def solve(sheet: Sheet) -> None:
        if level > 1:
            sheet.say(f"{expression} = ?")
        start = first
        if level == 2:
            tenth = (first[0] * (10 // first[1]), sheet.pick(10, 100, kind="places"))
            sheet.say(f"{written} = {text(tenth)}")
            start = fractions.reduce(sheet, tenth)
            sheet.say(f"{expression} = {text(start)} {signs[0]} {inside(b)}")
        result = rationals.calculate(sheet, signs[0], start, b)
        if level == 3:
            sheet.say(f"{expression} = {text(result)} {signs[1]} {inside(c)}")
            result = rationals.calculate(sheet, signs[1], result, c)
            sheet.say(f"{expression} = {text(result)}")
        elif level == 2 and not sheet.lines[-1].startswith(f"{expression} ="):
            sheet.say(f"{expression} = {text(result)}")
        sheet.answer(Fraction(*result), write=fraction)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((first, b, *signs[:1], *((c, signs[1]) if level == 3 else ())), question, solve)


_POWER = (
    "[Tính|Hãy tính|Em hãy tính]: {expression}",
    "[Tính|Hãy tính|Tìm] giá trị của [luỹ thừa|biểu thức] {expression}.",
    "{expression} [bằng bao nhiêu|có giá trị bằng bao nhiêu|bằng số hữu tỉ nào]?",
    "[Bạn {name}|{name}] tính {expression}. [Hỏi kết quả đúng là bao nhiêu?|Kết quả đúng bằng bao nhiêu?]",
    "[Viết|Hãy viết] {expression} dưới dạng [một phân số tối giản|phân số tối giản|một số hữu tỉ].",
    "[Tính|Hãy tính|Tìm] kết quả của {expression}.",
)


def powers_of_rationals(random: Random, level: int) -> Plan:
    """One power; a product or quotient of powers with one base; a power of a power over a power, and a term."""
    base = with_sign(random, proper(random, random.randint(2, 12 if level == 1 else 9), 12 if level == 1 else 9))
    left = random.randint(2, 4 if max(size(base)) < 4 else 3 if max(size(base)) < 7 or level == 1 else 2)
    name = f"({text(base)})"
    more, last = random.choice("+-"), proper(random, random.randint(2, 6))
    if level == 1:
        expression = power(name, left)

        def solve_one(sheet: Sheet) -> None:
            sheet.answer(Fraction(*rationals.raise_to(sheet, base, left, expression)), write=fraction)

        question = phrase(random, _POWER, expression=expression, name=pupils(random, 1)[0])
        return Plan((base, left), question, solve_one)
    if level == 2:
        low = random.randint(2, 9)
        sign = ":" if left + low > 4 or random.random() < 0.5 else "×"
        m, n = (left + low, low) if sign == ":" else (left, 1)
        expression = f"{power(name, m)} {sign} {power(name, n)}"
    else:
        m, n = random.randint(2, 6), random.randint(2, 5)
        sign, low = ":", m * n - left
        quotient = f"[{power(name, m)}]{power('', n)} : {power(name, low)}"
        expression = f"{quotient} {more} {text(last)}"
        if low < 1:
            return powers_of_rationals(random, level)

    def solve(sheet: Sheet) -> None:
        whole = m
        sheet.say(f"{expression} = ?")
        if level == 3:
            whole = sheet.pick(m * n, m + n, kind="power_of_power")
            sheet.say(f"[{power(name, m)}]{power('', n)} = {power(name, whole)}")
            sheet.say(f"{expression} = {power(name, whole)} : {power(name, low)} {more} {text(last)}")
        second = n if level == 2 else low
        exponent = whole - second if sign == ":" else whole + second
        other = whole * second if sign == "×" else whole // second if whole % second == 0 else whole - second + 1
        exponent = sheet.pick(exponent, other, kind="exponent")
        if not 0 < exponent < 9:
            raise Absurd
        how = "giữ nguyên cơ số và " + ("trừ" if sign == ":" else "cộng") + " các số mũ"
        sheet.say(f"{'Chia' if sign == ':' else 'Nhân'} hai luỹ thừa cùng cơ số, ta {how}:")
        tail = f" {more} {text(last)}" if level == 3 else ""
        sheet.say(f"{expression} = {power(name, exponent)}{tail}")
        result = rationals.raise_to(sheet, base, exponent, power(name, exponent)) if exponent > 1 else base
        if level == 3:
            sheet.say(f"{expression} = {text(result)}{tail}")
            result = rationals.calculate(sheet, more, result, last)
        sheet.say(f"{expression} = {text(result)}")
        sheet.answer(Fraction(*result), write=fraction)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((base, sign, m, n, low, *((more, last) if level == 3 else ())), question, solve)


def rational_expressions(random: Random, level: int) -> Plan:
    """A sum with a product; a common factor and a term; brackets, a product or quotient and a term."""
    easy = (2, 3, 4, 6) if level == 3 else (2, 3, 4, 5, 6, 8, 9)
    a, b, c, last = (with_sign(random, proper(random, random.choice(easy), 9)) for _ in range(4))
    sign, second = random.choice("+-"), random.choice("×:")
    if level == 2:
        return _common_factor(random, a, b[1], last)
    inner = f"{text(a)} {sign} {inside(b)}"
    grouped = f"[{inner}]" if b[0] < 0 else f"({inner})"
    expression = f"{inner} {second} {inside(c)}" if level == 1 else f"{grouped} {second} {inside(c)} + {inside(last)}"
    if Fraction(*a) == (-1 if sign == "+" else 1) * Fraction(*b):
        return rational_expressions(random, level)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{expression} = ?")
        if sheet.pick(level == 1, level == 3, kind="order"):
            part = rationals.calculate(sheet, second, b, c)
            if level == 1:
                sheet.say(f"{expression} = {text(a)} {sign} {inside(part)}")
            result = rationals.calculate(sheet, sign, a, part)
        else:
            part = rationals.calculate(sheet, sign, a, b)
            if part[0] == 0:
                raise Absurd
            if level == 3:
                sheet.say(f"{expression} = {inside(part)} {second} {inside(c)} + {inside(last)}")
            result = rationals.calculate(sheet, second, part, c)
        if level == 3:
            sheet.say(f"{expression} = {text(result)} + {inside(last)}")
            result = rationals.calculate(sheet, "+", result, last)
        sheet.say(f"{expression} = {text(result)}")
        sheet.answer(Fraction(*result), write=fraction)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((a, sign, b, second, c, *((last,) if level == 3 else ())), question, solve)


def _common_factor(random: Random, factor: Pair, denominator: int, last: Pair) -> Plan:
    """A × b + a × c + d, where b + c is a whole number."""
    denominator = max(denominator, 3)
    first = with_sign(random, proper(random, denominator, 3 * denominator))
    whole = random.choice((-4, -3, -2, -1, 1, 2, 3, 4))
    second = (whole * denominator - first[0], denominator)
    if second[0] == 0 or abs(second[0]) > 50:
        return _common_factor(random, factor, denominator, last)
    sign = "+" if second[0] > 0 else "-"
    expression = f"{text(factor)} × {inside(first)} {sign} {inside(factor)} × {text(size(second))} + {inside(last)}"
    inner = f"{text(first)} {sign} {text(size(second))}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{expression} = ?")
        sheet.say("Áp dụng tính chất phân phối của phép nhân đối với phép cộng:")
        sheet.say(f"{expression} = {text(factor)} × ({inner}) + {inside(last)}")
        part = rationals.calculate(sheet, sign, first, size(second))
        sheet.say(f"{expression} = {text(factor)} × {inside(part)} + {inside(last)}")
        product = rationals.calculate(sheet, "×", factor, part)
        sheet.say(f"{expression} = {text(product)} + {inside(last)}")
        result = rationals.calculate(sheet, "+", product, last)
        sheet.say(f"{expression} = {text(result)}")
        sheet.answer(Fraction(*result), write=fraction)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((factor, first, sign, second, last), question, solve)
