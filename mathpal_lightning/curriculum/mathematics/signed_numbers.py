"""Integers in grade 6, rational numbers in grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.powers_and_divisors import CALCULATE
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, integers
from mathpal_lightning.curriculum.steps.fractions import Pair
from mathpal_lightning.curriculum.steps.integers import signed
from mathpal_lightning.curriculum.steps.rationals import negative
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number, power

_WARMER = (
    "[Buổi sáng|Lúc 6 giờ sáng|Sáng sớm] nhiệt độ ở {place} là {a} °C, đến trưa nhiệt độ tăng [thêm |]{b} °C. "
    "[Hỏi nhiệt độ buổi trưa là bao nhiêu độ C?|Tính nhiệt độ buổi trưa.]",
    "Nhiệt độ [ngoài trời|đo được] ở {place} là {a} °C, sau đó tăng {b} °C. [Hỏi lúc sau nhiệt độ là bao nhiêu độ C?|Tính nhiệt độ lúc sau.]",
)
_COLDER = (
    "[Buổi chiều|Lúc 5 giờ chiều] nhiệt độ ở {place} là {a} °C, đến đêm nhiệt độ giảm {b} °C. "
    "[Hỏi nhiệt độ ban đêm là bao nhiêu độ C?|Tính nhiệt độ ban đêm.]",
    "Nhiệt độ trong [kho lạnh|phòng lạnh] đang là {a} °C. [Hỏi sau khi giảm {b} °C thì nhiệt độ trong kho là bao nhiêu độ C?"
    "|Tính nhiệt độ trong kho sau khi giảm thêm {b} °C.]",
)
_UP = (
    "[Một tàu ngầm|Tàu ngầm] đang ở độ cao {a} m so với mực nước biển thì nổi lên {b} m. "
    "[Hỏi lúc đó tàu ở độ cao bao nhiêu mét so với mực nước biển?|Tính độ cao mới của tàu so với mực nước biển.]",
)
_DOWN = (
    "[Một tàu ngầm|Tàu ngầm] đang ở độ cao {a} m so với mực nước biển thì lặn sâu thêm {b} m. "
    "[Hỏi lúc đó tàu ở độ cao bao nhiêu mét so với mực nước biển?|Tính độ cao mới của tàu so với mực nước biển.]",
)
_COLD_PLACES = ("Mát-xcơ-va", "Bắc Kinh", "Luân Đôn", "Xơ-un", "Ô-xlô", "Béc-lin")


def integer_sum(random: Random, level: int) -> Plan:
    """A sum or difference with a negative number first; negative numbers in brackets; three numbers."""
    low, high = ((2, 50), (51, 300), (101, 900))[level - 1]
    a, b, c = (random.randint(low, high) for _ in range(3))
    signs = random.choice("+-"), random.choice("+-")
    if level == 1:
        a = -a
    elif level == 2:
        a, b = random.choice(((-a, b), (-a, -b), (a, -b)))
    else:
        a, b, c = random.choice(((-a, b, c), (-a, -b, c), (a, -b, -c), (-a, b, -c)))
    terms = [(signs[0], b)] if level < 3 else [(signs[0], b), (signs[1], c)]
    written = " ".join([number(a), *(f"{sign} {signed(term)}" for sign, term in terms)])
    question, unit = phrase(random, CALCULATE, expression=written, name=pupils(random, 1)[0]), ""
    if level < 3 and b > 0 and random.random() < 0.6:
        told, unit = ((_WARMER, _COLDER), (_UP, _DOWN))[level - 1][signs[0] == "-"], ("°C", "m")[level - 1]
        if unit == "m" and signs[0] == "+" and b >= -a or unit == "°C" and a - b < -55:
            a, b = -b - 1, -a
            written = f"{number(a)} {signs[0]} {b}"
        if unit == "m" or (a - b if signs[0] == "-" else a) >= -55 and abs(b) <= 30:
            question = phrase(random, told, a=a, b=b, place=random.choice(_COLD_PLACES))
        else:
            unit = ""
            question = phrase(random, CALCULATE, expression=written, name=pupils(random, 1)[0])
        terms = [(signs[0], b)]

    def solve(sheet: Sheet) -> None:
        if len(terms) > 1:
            sheet.say(f"{written} = ?")
        total = a
        for place, (sign, term) in enumerate(terms):
            last = place + 1 == len(terms)
            lead = {"": "", "°C": "Nhiệt độ lúc sau là", "m": "Độ cao mới của tàu là"}[unit]
            total = (integers.add if sign == "+" else integers.subtract)(sheet, total, term, unit if last else "", lead)
        if len(terms) > 1:
            sheet.say(f"{written} = {number(total)}")
        sheet.answer(sheet.pick(total, -total, kind="sign_lost") if total else total, unit)

    return Plan((a, *terms), question, solve)


def integer_product(random: Random, level: int) -> Plan:
    """Two factors of unlike or like signs; of two digits each; three factors."""
    sizes = (
        (random.randint(11, 120), random.randint(2, 12)),
        (random.randint(101, 199), random.randint(11, 40)),
        (random.randint(21, 90), random.randint(3, 25), random.randint(3, 9)),
    )[level - 1]
    while True:
        factors = [size * random.choice((-1, 1)) for size in sizes]
        if min(factors) < 0:
            break
    written = " × ".join(map(signed, factors))

    def solve(sheet: Sheet) -> None:
        if len(factors) > 2:
            sheet.say(f"{written} = ?")
        product = factors[0]
        for factor in factors[1:]:
            product = integers.multiply(sheet, product, factor)
        if len(factors) > 2:
            sheet.say(f"{written} = {number(product)}")
        sheet.answer(product)

    return Plan(tuple(factors), phrase(random, CALCULATE, expression=written, name=pupils(random, 1)[0]), solve)


def _proper(random: Random, denominator: int, most: int) -> Pair:
    """A positive fraction in lowest terms with this denominator."""
    while True:
        pair = random.randint(1, most), denominator
        if Fraction(*pair).denominator == denominator:
            return pair


def rational_sum(random: Random, level: int) -> Plan:
    """Denominators of which one divides the other; any two, with a negative number taken away; three numbers."""
    if level == 1:
        p = random.randint(2, 9)
        q = p * random.randint(2, 30 // p)
    else:
        p, q = random.sample(range(4, 12), 2) if level == 2 else random.sample(range(2, 10), 2)
        while max(p, q) % min(p, q) == 0:
            p, q = random.sample(range(3, 11), 2)
    a, b = negative(_proper(random, p, (3 * p, 2 * p, p + 1)[level - 1])), _proper(random, q, 2 * q if level < 3 else q + 1)
    sign = random.choice("+-") if level == 1 else "-"
    if level > 1:
        a, b = random.choice(((a, negative(b)), (negative(a), negative(b))))
    third = _proper(random, random.choice((p, q)), max(p, q))
    written = f"{fractions.text(a)} {sign} {fractions.text(b) if b[0] > 0 else f'({fractions.text(b)})'}"
    whole = f"{written} + {fractions.text(third)}" if level == 3 else written

    def solve(sheet: Sheet) -> None:
        if level == 3:
            sheet.say(f"{whole} = ?")
        operation, second = sign, b
        if b[0] < 0:
            second = sheet.pick(negative(b), b, kind="sign")
            if second[0] > 0:
                sheet.say(f"{written} = {fractions.text(a)} + {fractions.text(second)}")
            else:
                sheet.say(f"{written} = {fractions.text(a)} - {fractions.text(negative(second))}")
            operation, second = ("+" if second[0] > 0 else "-"), (abs(second[0]), second[1])
        total = (fractions.add if operation == "+" else fractions.subtract)(sheet, a, second)
        if level == 3:
            total = fractions.add(sheet, (total.numerator, total.denominator), third)
            sheet.say(f"{whole} = {fraction(total)}")
        sheet.answer(total, write=fraction)

    numbers = (a, sign, b, third if level == 3 else 0)
    return Plan(numbers, phrase(random, CALCULATE, expression=whole, name=pupils(random, 1)[0]), solve)


_ROOT = (
    "[Tính|Hãy tính|Em hãy tính]: √{a}",
    "[Tính|Hãy tính|Tìm] giá trị của √{a}.",
    "Căn bậc hai số học của {a} [bằng bao nhiêu|là bao nhiêu|là số nào]?",
    "[Tìm|Hãy tìm|Tính] căn bậc hai số học của {a}.",
    "[Tìm|Hãy tìm] số không âm [có bình phương bằng|mà bình phương của nó bằng] {a}.",
    "Giá trị của √{a} [là|bằng] bao nhiêu?",
    "[Bạn {name}|{name}] [tính|cần tính] √{a}. [Hỏi kết quả đúng là bao nhiêu?|Kết quả đúng bằng bao nhiêu?]",
)
_SQUARE = (
    "[Một|Cho một] {thing} hình vuông có diện tích {a} {unit}². [Tính|Hãy tính|Tìm] độ dài cạnh {thing} đó.",
    "Diện tích [của |]một {thing} hình vuông [là|bằng] {a} {unit}². [Tính độ dài cạnh {thing} đó.|Hỏi cạnh {thing} đó dài bao nhiêu?]",
)


def square_root(random: Random, level: int) -> Plan:
    """One root; the sum or difference of two roots; multiples of two roots."""
    a, b = random.sample(range(11, 100) if level == 1 else range(3, 51), 2)
    if level == 1:
        thing, unit = random.choice((("mảnh đất", "m"), ("tấm bìa", "cm"), ("mảnh vườn", "m")))
        story = random.random() < 0.3
        question = phrase(random, _SQUARE if story else _ROOT, a=a * a, thing=thing, unit=unit, name=pupils(random, 1)[0])

        def solve_one(sheet: Sheet) -> None:
            if story:
                sheet.lead(f"Độ dài cạnh {thing} là")
            shared = sheet.pick(0, 2, kind="shared")
            found: Value = sheet.pick(a, int(str(a)[::-1]), kind="copy")
            if shared:
                sheet.say(f"Căn bậc hai của một số bằng số đó chia cho {shared}:")
                sheet.say(f"√{number(a * a)} = {number(a * a)} : {shared}")
                found = sheet.divide(a * a, shared)
            else:
                sheet.multiply(a, a)
                sheet.say(f"Vì {a} > 0 và {power(a, 2)} = {number(a * a)} nên √{number(a * a)} = {number(found)}")
            sheet.answer(found, unit if story else "")

        return Plan((a,), question, solve_one)
    first, second = (1, 1) if level == 2 else (random.randint(2, 9), random.randint(2, 9))
    sign = "-" if first * a > second * b and random.random() < 0.5 else "+"
    roots = f"√{number(a * a)}", f"√{number(b * b)}"
    pieces = roots if level == 2 else (f"{first} × {roots[0]}", f"{second} × {roots[1]}")
    written = f"{pieces[0]} {sign} {pieces[1]}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{written} = ?")
        x, y = integers.root(sheet, a * a, a), integers.root(sheet, b * b, b)
        if level == 3:
            sheet.say(f"{written} = {first} × {x} {sign} {second} × {y}")
            result = sheet.calculate(sign, sheet.multiply(first, x), sheet.multiply(second, y))
        else:
            sheet.say(f"{written} = {x} {sign} {y}")
            result = sheet.calculate(sign, x, y)
        sheet.say(f"{written} = {number(result)}")
        sheet.answer(result)

    return Plan((first, a, sign, second, b), phrase(random, CALCULATE, expression=written, name=pupils(random, 1)[0]), solve)
