"""Fractions and decimals of any sign in grade 6: calculating and comparing."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from random import Random

from mathpal_lightning.curriculum.mathematics.powers_and_divisors import CALCULATE
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, ordering, rationals
from mathpal_lightning.curriculum.steps.fractions import Pair, text
from mathpal_lightning.curriculum.steps.integers import signed
from mathpal_lightning.curriculum.steps.rationals import inside, size
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number


def proper(random: Random, denominator: int, most: int = 0) -> Pair:
    """A positive fraction in lowest terms with this denominator, its numerator at most `most` (or below the denominator)."""
    tops = [top for top in range(1, (most or denominator - 1) + 1) if gcd(top, denominator) == 1]
    return random.choice(tops), denominator


def with_sign(random: Random, pair: Pair) -> Pair:
    """The fraction or its opposite."""
    return random.choice((-1, 1)) * pair[0], pair[1]


def signed_fractions(random: Random, level: int) -> Plan:
    """A sum of related denominators; a product or quotient; a sum with a product or quotient."""
    pairs: list[Pair]
    if level == 1:
        small = random.randint(2, 12)
        large = small * random.randint(1, 60 // small if small > 5 else 5)
        signs = random.choice("+-")
        pairs = [proper(random, denominator, denominator + 5) for denominator in random.sample((small, large), 2)]
    else:
        signs = random.choice("×:") if level == 2 else random.choice("+-") + random.choice("×:")
        pairs = [proper(random, random.randint(3, 15), 14) for _ in range(2)]
        pairs = pairs if level == 2 else [proper(random, random.randint(2, 9), 9) for _ in range(3)]
    while True:
        pairs = [with_sign(random, size(pair)) for pair in pairs]
        if any(pair[0] < 0 for pair in pairs[-2:]):
            break
    expression = text(pairs[0]) + "".join(f" {sign} {inside(pair)}" for sign, pair in zip(signs, pairs[1:], strict=True))

    def solve(sheet: Sheet) -> None:
        if level < 3:
            result = rationals.calculate(sheet, signs, pairs[0], pairs[1])
        else:
            sheet.say(f"{expression} = ?")
            if sheet.pick(True, False, kind="order"):
                part = rationals.calculate(sheet, signs[1], pairs[1], pairs[2])
                sheet.say(f"{expression} = {text(pairs[0])} {signs[0]} {inside(part)}")
                result = rationals.calculate(sheet, signs[0], pairs[0], part)
            else:
                part = rationals.calculate(sheet, signs[0], pairs[0], pairs[1])
                result = rationals.calculate(sheet, signs[1], part, pairs[2])
            sheet.say(f"{expression} = {text(result)}")
        sheet.answer(Fraction(*result), write=fraction)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((*pairs, signs), question, solve)


_SIGN = (
    "[Điền|Em hãy điền|Hãy điền|Viết|Hãy viết] dấu [>, < hoặc =|thích hợp (>, <, =)] vào chỗ [chấm|trống]: {a} ... {b}",
    "[So sánh|Hãy so sánh|Em hãy so sánh] hai {kind} {a} và {b} rồi [điền|viết] dấu >, < hoặc =: {a} ... {b}",
    "[Dấu nào|Dấu nào trong các dấu >, <, =] [thích hợp để điền|điền được|được điền] vào chỗ [chấm|trống]: {a} ... {b}?",
)
_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Em hãy sắp xếp|Viết] các {kind} [sau |]theo thứ tự {which}: {listed}.",
    "[Cho các {kind}|{name} viết các {kind}]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết] các số [đó|trên|đã cho] theo thứ tự {which}.",
    "[Sắp xếp|Hãy sắp xếp] theo thứ tự {which} các {kind} [sau|sau đây]: {listed}.",
)


_EXTREME = (
    "[Tìm|Hãy tìm|Em hãy tìm] {kind} {which} trong các {kind} [sau|sau đây|dưới đây]: {listed}.",
    "[Trong các {kind}|Trong ba {kind}] {listed}, {kind} nào {which}?",
    "[Cho các {kind}|{name} viết ba {kind}]: {listed}. [Trong đó {kind} nào {which}?|Hỏi {kind} nào {which}?|Tìm {kind} {which}.]",
)


def compare_signed_fractions(random: Random, level: int) -> Plan:
    """Two negative fractions of related denominators; the greatest or least of three; four in order."""
    count = level + 1
    shared = random.choice((12, 18, 20, 24, 30, 36, 40) if level > 1 else (12, 16, 18, 20, 24, 28, 30, 32, 36, 40, 45, 48, 50))
    every = [value for value in range(2 if level > 1 else 3, shared + 1) if shared % value == 0]
    while True:
        denominators = random.sample(every, count) if level > 1 else [shared, random.choice(every[:-1])]
        values = [proper(random, denominator, denominator + 3) for denominator in random.sample(denominators, count)]
        below = random.randint(2, min(count, 3))
        values = random.sample([rationals.negative(pair) for pair in values[:below]] + values[below:], count)
        if len({Fraction(*pair) for pair in values}) == count:
            break
    return (_sign_between, extreme, ordered)[level - 1](random, values, "phân số")


def _sign_between(random: Random, values: list[Pair], kind: str) -> Plan:
    a, b = values

    def solve(sheet: Sheet) -> None:
        found = numerators(sheet, [a, b])
        top = found[0][0], found[1][0]
        right = "<" if top[0] < top[1] else ">"
        other = "<" if right == ">" else ">"
        sign = sheet.pick(right, other, kind="rule")
        sheet.say(f"Vì {top[0]} {sign} {top[1]} nên {text(found[0])} {sign} {text(found[1])}.")
        sign = sheet.pick(sign, "=", kind="asked")
        sheet.say(f"Vậy {text(a)} {sign} {text(b)}.")
        sheet.answer_text(sign)

    return Plan((kind, a, b), phrase(random, _SIGN, kind=kind, a=text(a), b=text(b)), solve)


def extreme(random: Random, values: list[Pair], kind: str) -> Plan:
    """The greatest or the least of some fractions."""
    largest = random.random() < 0.5
    which = "lớn nhất" if largest else random.choice(("nhỏ nhất", "bé nhất"))

    def solve(sheet: Sheet) -> None:
        found = numerators(sheet, values)
        order = sorted(range(len(values)), key=lambda place: found[place][0])
        order = sheet.pick(order, sorted(order, key=lambda place: abs(found[place][0])), kind="sizes")
        order = sheet.pick(order, order[::-1], kind="order")
        sheet.say(f"So sánh các tử số: {' < '.join(number(found[place][0]) for place in order)}.")
        order = order[::-1] if largest else order
        place = sheet.pick(order[0], order[-1], order[1], kind="asked")
        sheet.say(f"Vậy {kind} {which} là {text(values[place])}.")
        sheet.answer(Fraction(*values[place]), write=fraction)

    fields = {"kind": kind, "which": which, "listed": "; ".join(map(text, values)), "name": pupils(random, 1)[0]}
    return Plan((*values, largest), phrase(random, _EXTREME, **fields), solve)


def numerators(sheet: Sheet, values: list[Pair]) -> list[Pair]:
    """The fractions with one positive denominator, worked without their signs."""
    shared = lcm(*(pair[1] for pair in values))
    if any(pair[1] != shared for pair in values):
        sheet.say(f"Mẫu số chung: BCNN({', '.join(str(pair[1]) for pair in values)}) = {shared}")
    found = []
    for pair in values:
        top = fractions.expand(sheet, size(pair), shared)[0]
        below = pair[0] < 0
        if below and pair[1] != shared:
            below = sheet.pick(True, False, kind="signs_dropped")
            sheet.say(f"Do đó {text(pair)} = {text((-top if below else top, shared))}.")
        found.append((-top if below else top, shared))
    return found


def ordered(random: Random, values: list[Pair], kind: str) -> Plan:
    """Fractions to be put in rising or falling order by one denominator."""
    falling = random.random() < 0.5
    which = "giảm dần" if falling else "tăng dần"

    def solve(sheet: Sheet) -> None:
        found = numerators(sheet, values)
        tops = [pair[0] for pair in found]
        seen = sheet.pick(tops, list(map(abs, tops)), kind="sizes")
        order = ordering.in_order(sheet, seen, list(map(number, tops)), falling=falling, thing="tử số")
        listed = "; ".join(text(values[place]) for place in order)
        sheet.say(f"Vậy các số xếp theo thứ tự {which} là: {listed}.")
        sheet.answer_text(listed)

    fields = {"kind": kind, "which": which, "listed": "; ".join(map(text, values)), "name": pupils(random, 1)[0]}
    return Plan((*values, falling), phrase(random, _ORDER, **fields), solve)


def signed_decimals(random: Random, level: int) -> Plan:
    """A sum or difference of decimals; a product or quotient; a sum with a product."""
    if level == 1:
        a, b = (Fraction(random.randint(11, 999), random.choice((10, 100))) for _ in range(2))
        signs = random.choice("+-")
    else:
        a, b = Fraction(random.randint(11, 99), 10), Fraction(random.randint(12, 199), random.choice((10, 100)))
        signs = random.choice("×:" if level == 2 else "+-")
        a = a * b if signs == ":" else a
    c = Fraction(random.randint(11, 99), 10)
    values: list[Value] = []
    while not values or min(values) > 0:
        values = [random.choice((-1, 1)) * value for value in ((a, b) if level < 3 else (c, a, b))]
    signs = signs if level < 3 else signs + "×"
    expression = _first(values[0], signs) + "".join(
        f" {sign} {signed(value)}" for sign, value in zip(signs, values[1:], strict=True)
    )

    def solve(sheet: Sheet) -> None:
        if level < 3:
            result = decimal(sheet, signs, values[0], values[1])
        else:
            sheet.say(f"{expression} = ?")
            part = decimal(sheet, "×", values[1], values[2])
            sheet.say(f"{expression} = {number(values[0])} {signs[0]} {signed(part)}")
            result = decimal(sheet, signs[0], values[0], part)
            sheet.say(f"{expression} = {number(result)}")
        sheet.answer(result)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((*values, signs), question, solve)


def _first(value: Value, signs: str) -> str:
    return signed(value) if signs in "×:" else number(value)


def decimal(sheet: Sheet, sign: str, a: Value, b: Value) -> Value:
    """`a sign b` of decimals of any sign: the rule of signs, then the working without signs."""
    if a >= 0 and b >= 0 and (sign != "-" or a >= b):
        return sheet.calculate(sign, a, b)
    name = f"{_first(a, sign)} {sign} {signed(b)}"
    sheet.say(f"{name} = ?")
    if sign in "×:":
        alike = (a < 0) == (b < 0)
        below = sheet.pick(not alike, alike, kind="sign")
        what = "Tích" if sign == "×" else "Thương"
        sheet.say(f"{what} của hai số {'cùng' if alike else 'khác'} dấu là số {'âm' if below else 'dương'}.")
        found = sheet.calculate(sign, abs(Fraction(a)), abs(Fraction(b)))
    else:
        other: Value = b
        if sign == "-":
            other = b if sheet.pick(False, True, kind="opposite") else -b
            sheet.say(f"{name} = {number(a)} + {signed(other)}")
        sizes = abs(Fraction(a)), abs(Fraction(other))
        below = sheet.pick(negative := (a if sizes[0] > sizes[1] else other) < 0, not negative, kind="sign")
        alike = (a < 0) == (other < 0)
        first, second = sizes if alike else (max(sizes), min(sizes))
        inner = f"{number(first)} {'+' if alike else '-'} {number(second)}"
        sheet.say(f"{name} = -({inner})" if below else f"{name} = {inner}")
        found = (sheet.add if alike else sheet.subtract)(first, second)
    result = -found if below else found
    sheet.say(f"{name} = {number(result)}")
    return result
