"""Comparing, brackets and division of integers; the order of operations: grade 6."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from mathpal_lightning.curriculum.mathematics.powers_and_divisors import CALCULATE
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers, ordering
from mathpal_lightning.curriculum.steps.integers import signed
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, power


def expression_order(random: Random, level: int) -> Plan:
    """Powers with times and plus; with round brackets; with two kinds of brackets."""
    while True:
        expression, numbers = _expression(random, level)
        if expression:
            break
    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan(numbers, question, lambda sheet: sheet.answer(integers.evaluate(sheet, expression)))


def _expression(random: Random, level: int) -> tuple[str, tuple[int, ...]]:
    """An expression whose steps are all whole and not negative, or "" where the draw does not fit."""
    a, b, c, d = (random.randint(2, 12) for _ in range(4))
    exponent = 3 if b < 6 and random.random() < 0.5 else 2
    raised = b**exponent
    if level == 1:
        by = random.randint(2, 9)
        if random.random() < 0.5:
            return f"{a} × {power(b, exponent)} + {by * c} : {by}", (a, b, exponent, by * c, by)
        fits = a * raised > by * c
        return (f"{a} × {power(b, exponent)} - {by} × {c}" if fits else ""), (a, b, exponent, by, c)
    if level == 2:
        x, y = random.randint(21, 80), random.randint(5, 20)
        inner = x - y if random.random() < 0.5 else x + y
        sign = "-" if inner == x - y else "+"
        if random.random() < 0.5:
            big = a * inner + random.randint(20, 400)
            expression = f"{number(big)} - {a} × ({x} {sign} {y}) + {power(b, exponent)}"
            return expression, (big, a, x, y, b, exponent)
        divisor = next((value for value in range(3, 13) if inner % value == 0), 0)
        expression = f"({x} {sign} {y}) : {divisor} + {a} × {power(b, exponent)}" if divisor and inner > divisor else ""
        return expression, (x, y, divisor, a, b, exponent)
    small, base = random.randint(11, 40), random.randint(2, 9)
    low = small - base
    if random.random() < 0.5:
        big, outer = random.randint(low**2 + 12, low**2 + 200), random.randint(500, 900)
        value = outer - (big - low**2)
        expression = f"{outer} - [{number(big)} - ({small} - {base})²]"
        return (expression if value > 0 and low < 20 else ""), (outer, big, small, base)
    big = random.randint(raised + a * small + 40, raised + a * small + 500)
    return f"{c} × [{number(big)} - ({power(b, exponent)} + {a} × {small})]", (c, big, b, exponent, a, small)


_SIGN = (
    "[Điền|Em hãy điền|Hãy điền] dấu [>, < hoặc =|thích hợp (>, <, =)] vào chỗ [chấm|trống]: {a} ... {b}",
    "[So sánh|Hãy so sánh|Em hãy so sánh] [hai số nguyên|hai số] {a} và {b} rồi [điền|viết] dấu >, < hoặc =: {a} ... {b}",
    "[Dấu nào|Dấu nào trong các dấu >, <, =] [thích hợp để điền|điền được] vào chỗ [chấm|trống]: {a} ... {b}?",
)
_EXTREME = (
    "[Tìm|Hãy tìm|Em hãy tìm] số {which} trong các số nguyên [sau|sau đây|dưới đây]: {listed}.",
    "[Trong các số nguyên|Trong các số] {listed}, số nào [là số|] {which}?",
    "[Cho các số nguyên|Cho dãy số|{name} viết các số nguyên]: {listed}. [Số {which} là số nào?|Hỏi số nào {which}?|Tìm số {which}.]",
)
_COLDEST = (
    "Nhiệt độ [lúc 6 giờ sáng|thấp nhất trong ngày] (tính theo °C) ở bốn [địa điểm|thành phố] lần lượt là {listed}. "
    "[Hỏi nhiệt độ {end} trong bốn nhiệt độ đó là bao nhiêu độ C?|Tìm nhiệt độ {end} trong bốn nhiệt độ đó.]",
)
_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Em hãy sắp xếp|Viết] các số nguyên [sau |]theo thứ tự {which}: {listed}.",
    "[Cho các số nguyên|{name} viết các số nguyên]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết] các số [đó|trên|đã cho] theo thứ tự {which}.",
    "[Sắp xếp|Hãy sắp xếp] theo thứ tự {which} các số [nguyên |][sau|sau đây]: {listed}.",
)


def compare_integers(random: Random, level: int) -> Plan:
    """A sign between two integers; the least or greatest of four; five or six in order."""
    if level == 1:
        return _signs(random)
    size = (0, 99, 950)[level - 1]
    count = 4 if level == 2 else random.randint(5, 6)
    below = random.randint(2, count - 1)
    sizes = random.sample(range(3, size), count)
    values = random.sample([-value for value in sizes[:below]] + sizes[below:], count)
    values = [0, *values[1:]] if random.random() < 0.2 and sum(value < 0 for value in values[1:]) > 1 else values
    return _extreme(random, values) if level == 2 else _ordered(random, values)


def _signs(random: Random) -> Plan:
    a, b = random.sample(range(2, 100), 2)
    a, b = random.choice(((-a, -b), (-a, -b), (-a, b), (a, -b)))

    def solve(sheet: Sheet) -> None:
        sign = "<" if a < b else ">"
        other = "<" if sign == ">" else ">"
        if a < 0 and b < 0:
            larger = abs(a) > abs(b)
            between = sheet.pick(">" if larger else "<", "<" if larger else ">", kind="table")
            turned = sheet.pick(True, False, kind="sign")
            sheet.say(f"Số đối của {a} và {b} lần lượt là {-a} và {-b}.")
            sign = (">" if between == "<" else "<") if turned else between
            sheet.say(f"Vì {-a} {between} {-b} nên {a} {sign} {b}.")
        else:
            without = ">" if abs(a) > abs(b) else "<"
            sign = sheet.pick(sign, other, kind="rule")
            sign = sheet.pick(sign, without, kind="signs_dropped")
            left, right = ("âm", "dương") if a < 0 else ("dương", "âm")
            sheet.say(f"Vì {a} là số nguyên {left}, {b} là số nguyên {right} nên {a} {sign} {b}.")
        sign = sheet.pick(sign, "=", other, kind="asked")
        sheet.say(f"Vậy dấu cần điền là {sign}.")
        sheet.answer_text(sign)

    return Plan((a, b), phrase(random, _SIGN, a=a, b=b), solve)


def _parted(sheet: Sheet, values: Sequence[int]) -> list[int]:
    """The numbers in rising order: negative ones by their opposites, then nought, then the positive ones."""
    groups = []
    for name, group in (("âm", [value for value in values if value < 0]), ("dương", [value for value in values if value > 0])):
        if len(group) > 1:
            seen = sheet.pick(group, list(map(abs, group)), kind="sign") if name == "âm" else group
            order = ordering.in_order(sheet, seen, list(map(number, group)), falling=False, thing=f"số nguyên {name}")
            group = [group[place] for place in order]
        groups.append(group)
    below, above = groups
    sheet.say("Số nguyên âm luôn nhỏ hơn 0, số nguyên dương luôn lớn hơn 0.")
    found = [*below, *([0] if 0 in values else []), *above]
    if sheet.pick(False, True, kind="signs_dropped"):
        found = sorted(values, key=abs)
    sheet.say(f"Do đó {' < '.join(map(number, found))}.")
    return found


def _listed(values: Sequence[int]) -> str:
    return "; ".join(map(number, values))


def _extreme(random: Random, values: list[int]) -> Plan:
    largest = random.random() < 0.5
    which = "lớn nhất" if largest else random.choice(("nhỏ nhất", "bé nhất"))
    cold = all(-50 < value < 45 for value in values)

    def solve(sheet: Sheet) -> None:
        found = _parted(sheet, values)
        end = sheet.pick(-1 if largest else 0, 0 if largest else -1, kind="asked")
        end = sheet.pick(end, -2 if largest else 1, kind="order")
        sheet.say(f"Vậy số {which} là {number(found[end])}.")
        sheet.answer(found[end], "°C" if cold else "")

    templates = _COLDEST if cold else _EXTREME
    fields = {
        "which": which,
        "listed": _listed(values),
        "name": pupils(random, 1)[0],
        "end": "cao nhất" if largest else "thấp nhất",
    }
    return Plan((*values, largest), phrase(random, templates, **fields), solve)


def _ordered(random: Random, values: list[int]) -> Plan:
    falling = random.random() < 0.5
    which = random.choice(("giảm dần", "từ lớn đến bé") if falling else ("tăng dần", "từ bé đến lớn"))

    def solve(sheet: Sheet) -> None:
        found = _parted(sheet, values)
        turned = sheet.pick(falling, not falling, kind="order")
        order = found[::-1] if turned else found
        sheet.say(f"Vậy các số xếp theo thứ tự {which} là: {_listed(order)}.")
        sheet.answer_text(_listed(order))

    fields = {"which": which, "listed": _listed(values), "name": pupils(random, 1)[0]}
    return Plan((*values, falling), phrase(random, _ORDER, **fields), solve)


_CLEVERLY = (
    "[Tính|Hãy tính|Em hãy tính] [một cách hợp lí|hợp lí|bằng cách hợp lí|nhanh]: {expression}",
    "[Bỏ dấu ngoặc rồi tính|Bỏ ngoặc rồi tính|Hãy bỏ dấu ngoặc rồi tính|Em hãy bỏ dấu ngoặc rồi tính]: {expression}",
    "[Áp dụng|Vận dụng|Dùng] quy tắc dấu ngoặc[, hãy tính|, tính| để tính]: {expression}",
    "[Dùng|Áp dụng|Vận dụng] quy tắc dấu ngoặc để tính [giá trị của |]biểu thức {expression}.",
    "[Tính|Hãy tính] giá trị của biểu thức {expression} [một cách hợp lí|bằng cách bỏ dấu ngoặc|theo quy tắc dấu ngoặc].",
    "{name} [cần tính|muốn tính] {expression} [một cách hợp lí|thật nhanh]. [Hỏi kết quả đúng là bao nhiêu?|Kết quả đúng bằng bao nhiêu?]",
)


def integer_brackets(random: Random, level: int) -> Plan:
    """A bracket with a minus before it; two brackets; two brackets of three terms; terms that cancel meet."""
    low, high = ((12, 200), (101, 800), (201, 1500))[level - 1]
    a, b, c, d = random.sample(range(low, high), 4)
    first, second, third = (random.choice((-1, 1)) for _ in range(3))
    if level == 1:
        groups = [(1, [(1, a)]), (-1, [(1, a), (first, b), (second, c)])]
    elif level == 2:
        groups = [(1, [(1, a), (first, b), (third, d)]), (-1, [(1, a), (second, c)])]
    else:
        groups = [(1, [(1, a), (-1, b), (first, c)]), (-1, [(1, a), (first, c), (second, d)])]
    left, right = (f"({_terms(terms)})" if len(terms) > 1 else number(a) for _, terms in groups)
    expression = f"{left} - {right}"

    def solve(sheet: Sheet) -> None:
        last, later = len(groups[1][1]) - 1, 1
        turned_until = sheet.pick(last, last - 1, later - 1, kind="sign")
        opened = [(own, value) for own, value in groups[0][1]]
        opened += [(-own if place <= turned_until else own, value) for place, (own, value) in enumerate(groups[1][1])]
        sheet.say(f"{expression} = ?")
        sheet.say(f"{expression} = {_terms(opened)}")
        rest = _without_opposites(opened)
        gone = [value for sign, value in opened if sign > 0 and (sign, value) not in rest]
        pairs = " + ".join(f"({number(value)} - {number(value)})" for value in gone)
        written = "".join(f" {'+' if sign > 0 else '-'} {number(value)}" for sign, value in rest)
        sheet.say(f"{expression} = {pairs}{written}")
        total = rest[0][0] * rest[0][1]
        for sign, value in rest[1:]:
            total = (integers.add if sign > 0 else integers.subtract)(sheet, total, value)
        sheet.say(f"{expression} = {number(total)}")
        sheet.answer(total)

    numbers = (a, b, c, *((d,) if level > 1 else ()), first, second, third)
    return Plan(numbers, phrase(random, _CLEVERLY, expression=expression, name=pupils(random, 1)[0]), solve)


def _terms(terms: Sequence[tuple[int, int]]) -> str:
    """A sum as it is written: "-315 + 128"."""
    text = "".join(f" {'+' if sign > 0 else '-'} {number(value)}" for sign, value in terms)
    return text[3:] if text.startswith(" + ") else "-" + text[3:]


def _without_opposites(terms: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left when opposite terms have met."""
    left = list(terms)
    for sign, value in terms:
        if (-sign, value) in left and (sign, value) in left:
            left.remove((sign, value))
            left.remove((-sign, value))
    return left


_UNKNOWN = (
    "[Tìm|Hãy tìm|Em hãy tìm] số nguyên x[,|] biết[| rằng]: {equation}",
    "[Tìm|Hãy tìm|Em hãy tìm] số nguyên x thoả mãn [đẳng thức |]{equation}.",
    "Cho {equation}[, với x là số nguyên|]. [Tìm x.|Hãy tìm x.|Hỏi x bằng bao nhiêu?]",
    "[Số nguyên x nào thoả mãn|Với số nguyên x nào thì] {equation}?",
    "{name} [nghĩ ra|chọn] số nguyên x sao cho {equation}. [Tìm x.|Hỏi {name} [nghĩ ra|chọn] số nào?|Hãy tìm số x đó.]",
)


def integer_division(random: Random, level: int) -> Plan:
    """A quotient of unlike or like signs; an unknown factor or dividend; two quotients together."""
    while True:
        signs = [random.choice((-1, 1)) for _ in range(4)]
        if min(signs[:2]) < 0 and (level < 3 or min(signs[2:]) < 0):
            break
    if level == 1:
        divisor, quotient = random.randint(2, 12) * signs[0], random.randint(11, 120) * signs[1]
        dividend = divisor * quotient
        expression = f"{signed(dividend)} : {signed(divisor)}"
        question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
        return Plan((dividend, divisor), question, lambda sheet: sheet.answer(integers.divide(sheet, dividend, divisor)))
    if level == 2:
        return _unknown(random, random.randint(11, 45) * signs[0], random.randint(11, 60) * signs[1])
    a, b = random.randint(11, 40) * signs[0], random.randint(12, 60) * signs[1]
    c, d = random.randint(11, 40) * signs[2], random.randint(12, 60) * signs[3]
    sign = random.choice("+-")
    expression = f"{signed(a * b)} : {signed(a)} {sign} {signed(c * d)} : {signed(c)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{expression} = ?")
        first, second = integers.divide(sheet, a * b, a), integers.divide(sheet, c * d, c)
        sheet.say(f"{expression} = {number(first)} {sign} {signed(second)}")
        total = (integers.add if sign == "+" else integers.subtract)(sheet, first, second)
        sheet.say(f"{expression} = {number(total)}")
        sheet.answer(total)

    question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
    return Plan((a * b, a, sign, c * d, c), question, solve)


def _unknown(random: Random, a: int, b: int) -> Plan:
    times = random.random() < 0.5
    equation = f"{signed(a)} × x = {number(a * b)}" if times else f"x : {signed(a)} = {number(b)}"

    def solve(sheet: Sheet) -> None:
        sign = sheet.pick(":" if times else "×", "×" if times else ":", kind="transpose")
        left = a * b if times else b
        if sign == ":" and left % a:
            raise Absurd
        sheet.say(f"x = {signed(left)} {sign} {signed(a)}")
        x = integers.divide(sheet, left, a) if sign == ":" else integers.multiply(sheet, left, a)
        sheet.say(f"Vậy x = {number(x)}.")
        sheet.answer(x, name="x = ")

    question = phrase(random, _UNKNOWN, equation=equation, name=pupils(random, 1)[0])
    return Plan((a * b, a) if times else (b, a), question, solve)
