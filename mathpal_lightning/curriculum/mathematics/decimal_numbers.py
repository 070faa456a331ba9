"""Decimals: places, order, decimal fractions, moving the comma, expressions: grade 5."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import gcd
from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet, ordering
from mathpal_lightning.curriculum.steps.fractions import Pair, text
from mathpal_lightning.curriculum.steps.slips import Value, miscopied
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import decimal_places, fixed, number

_PLACES = ("phần mười", "phần trăm", "phần nghìn")
_VALUE = (
    "[Trong số thập phân {n}|Cho số thập phân {n}. Trong số đó], [giá trị của chữ số {digit} là bao nhiêu?|chữ số {digit} có giá trị [là|bằng] bao nhiêu?]",
    "[Nêu|Hãy nêu|Cho biết|Viết|Em hãy nêu] giá trị của chữ số {digit} trong số [thập phân |]{n} [dưới dạng số thập phân|bằng số thập phân].",
    "Chữ số {digit} [trong số {n}|của số {n}|trong số thập phân {n}] có giá trị [là|bằng] [bao nhiêu|số thập phân nào]?",
)
_PARTS = (
    "[Viết|Hãy viết|Tìm|Em hãy viết] số thập phân gồm {parts}.",
    "Số thập phân gồm {parts} [là số nào|được viết là số nào|viết là gì]?",
    "[Một số thập phân|Có một số thập phân] gồm {parts}. [Viết số đó.|Hãy viết số đó.|Số đó là số nào?|Hỏi số đó là số nào?]",
)


def places_of_decimals(random: Random, level: int) -> Plan:
    """The value of a digit behind the comma, or the number of so many ones, tenths, hundredths: two to three decimals."""
    before = random.sample(range(1, 10), level)
    whole = int("".join(map(str, before)))
    places = (2, 3, 3)[level - 1]
    digits = random.sample([digit for digit in range(1, 10) if digit not in before], places)
    if random.random() < 0.4:
        kept = sorted(random.sample(range(places), min(level, 2)))
        named = [f"{whole} đơn vị", *(f"{digits[place]} {_PLACES[place]}" for place in kept)]
        values: list[Value] = [whole, *(Fraction(digits[place], 10 ** (place + 1)) for place in kept)]

        def write(sheet: Sheet) -> None:
            for place in kept:
                at = sheet.pick(place, place + 1 if place < 2 else 1, kind="place")
                values[1 + kept.index(place)] = sheet.divide(
                    digits[place], 10 ** (at + 1), lead=f"{digits[place]} {_PLACES[place]} là"
                )
            sheet.answer(sheet.sum(values, lead="Số cần tìm là"))

        written = ", ".join(named[:-1]) + " và " + named[-1]
        return Plan((whole, *((place, digits[place]) for place in kept)), phrase(random, _PARTS, parts=written), write)
    n = whole + Fraction(int("".join(map(str, digits))), 10**places)
    place = random.randrange(places)

    def value(sheet: Sheet) -> None:
        at = sheet.pick(place, place + 1 if place < 2 else 1, kind="place")
        sheet.say(f"Trong số {number(n)}, chữ số {digits[place]} ở hàng {_PLACES[at]}.")
        sheet.lead(f"Giá trị của chữ số {digits[place]} là")
        sheet.answer(sheet.divide(digits[place], sheet.pick(10 ** (at + 1), 10 ** (at + 2), kind="noughts")))

    return Plan((n, digits[place]), phrase(random, _VALUE, n=n, digit=digits[place]), value)


_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Xếp|Viết|Hãy viết] các số [thập phân |][sau |]theo thứ tự từ {way}: {listed}.",
    "[Cho các số|Cho bốn số thập phân|Có các số thập phân]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết|Hãy viết] các số đó theo thứ tự từ {way}.",
    "[Viết|Hãy viết|Xếp] các số {listed} theo thứ tự từ {way}.",
)
_EXTREME = (
    "[Tìm|Hãy tìm|Chỉ ra|Viết] số {which} trong các số [thập phân |][sau|sau đây]: {listed}.",
    "Trong các số [thập phân |]{listed}, số {which} là số nào?",
    "[Cho các số|Cho bốn số thập phân|Có các số thập phân]: {listed}. [Số {which} là số nào?|Tìm số {which}.|Hãy tìm số {which}.|Số nào {which}?]",
)


def compare_decimals(random: Random, level: int) -> Plan:
    """The largest, the smallest or the order of four decimals with the same whole part, some with fewer decimals."""
    whole = random.randint(*((0, 9), (11, 99), (100, 999))[level - 1])
    counts = ((1, 1, 2, 2), (1, 2, 2, 3), (2, 2, 3, 3))[level - 1]
    values: list[Fraction] = []
    tenth = random.randint(1, 9)
    for count in counts:
        while True:
            start = tenth * 10 ** (count - 1) if level == 3 or count == 3 else 1
            room = 10 ** (count - 1) if level == 3 or count == 3 else 10**count - 1
            value = Fraction(whole) + Fraction(start + random.randrange(room), 10**count)
            if value not in values and decimal_places(value) == count:
                values.append(value)
                break
    random.shuffle(values)
    ascending, extreme = random.random() < 0.5, random.random() < 0.4
    as_wholes = [(value - whole) * 10 ** (decimal_places(value) or 0) for value in values]
    places = max(counts)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Các số có phần nguyên bằng nhau ({whole}) nên so sánh phần thập phân.")
        sheet.say(f"Viết thêm chữ số 0 để có {places} chữ số ở phần thập phân rồi so sánh:")
        seen = sheet.pick(values, as_wholes, kind="comma")
        written = [fixed(value, places) for value in values]
        shorter = [place for place, value in enumerate(values) if number(value) != written[place]]
        if shorter:
            sheet.say("; ".join(f"{number(values[place])} = {written[place]}" for place in shorter))
        if extreme:
            found = values[ordering.extreme(sheet, seen, written, largest=not ascending)]
            sheet.say(f"Vậy số {which} là {number(found)}.")
            sheet.answer(found)
        else:
            order = ordering.in_order(sheet, seen, written, falling=not ascending)
            sheet.answer_text("; ".join(number(values[place]) for place in order))

    which, way = ("bé nhất", "bé đến lớn") if ascending else ("lớn nhất", "lớn đến bé")
    question = phrase(random, _EXTREME if extreme else _ORDER, listed="; ".join(map(number, values)), which=which, way=way)
    return Plan((*sorted(values), extreme), question, solve)


_AS_DECIMAL = (
    "[Viết|Hãy viết|Em hãy viết|Chuyển|Hãy chuyển|Đổi|Hãy đổi] phân số {given} [thành|dưới dạng] số thập phân.",
    "Phân số {given} [viết dưới dạng số thập phân|viết thành số thập phân|được viết thành số thập phân] [là|bằng] [bao nhiêu|số nào]?",
    "[Cho|Có] phân số {given}. [Viết phân số đó dưới dạng số thập phân.|Hãy viết phân số đó thành số thập phân.|Phân số đó bằng số thập phân nào?|Chuyển phân số đó thành số thập phân.|Hãy đổi phân số đó ra số thập phân.]",
    "[Số thập phân nào bằng|Số thập phân nào có giá trị bằng|Số thập phân nào được viết từ] phân số {given}?",
)


@cache
def _in_lowest_terms(low: int, high: int, bottom: int) -> tuple[int, ...]:
    """The numerators from low to below high that make a fraction in lowest terms."""
    return tuple(top for top in range(low, high) if gcd(top, bottom) == 1)


def decimal_fractions(random: Random, level: int) -> Plan:
    """A decimal fraction as a decimal; others that are expanded to hundredths; and to thousandths."""
    bottom = random.choice(((10, 100, 1000), (4, 20, 25, 50), (8, 40, 200, 250, 500))[level - 1])
    low, high = (11, 100) if bottom == 8 else ((3, 999), (51, 899), (501, 2999))[level - 1]  # times 125
    top = random.choice(_in_lowest_terms(low, high, bottom))
    target = next(size for size in (10, 100, 1000) if size % bottom == 0)

    def solve(sheet: Sheet) -> None:
        pair: Pair = (top, bottom)
        if target != bottom:
            size = sheet.pick(target, target * 10 if level == 2 else target // 10, kind="noughts")
            times = sheet.divide(target, bottom, lead="Số cần nhân vào tử số và mẫu số là")
            pair = int(sheet.multiply(top, times, lead="Tử số mới là")), size
            sheet.say(f"Phân số thập phân là {text(pair)}.")
        places = len(str(pair[1])) - 1
        sheet.say(f"Mẫu số {number(pair[1])} có {places} chữ số 0 nên phần thập phân có {places} chữ số.")
        sheet.answer(
            sheet.divide(
                pair[0],
                sheet.pick(pair[1], pair[1] * 10 if pair[1] < 1000 else 100, kind="comma"),
                lead="Số thập phân cần tìm là",
            )
        )

    return Plan((top, bottom), phrase(random, _AS_DECIMAL, given=f"{top}/{bottom}"), solve)


_MENTAL = (
    "[Tính nhẩm|Hãy tính nhẩm|Nhẩm|Em hãy tính nhẩm|Tính|Nhân, chia nhẩm]: {expression}",
    "[Kết quả của phép tính|Giá trị của phép tính|Kết quả] {expression} [là|bằng] [bao nhiêu|số nào]?",
    "[Tính|Tìm|Hãy tính|Hãy tìm|Em hãy tính|Em hãy tìm|Cho biết|Hãy cho biết] kết quả của [phép tính |]{expression}.",
)


def shift_comma(random: Random, level: int) -> Plan:
    """Times 10, 100, 1000; by 10, 100, 1000; times and by 0,1, 0,01, 0,001."""
    power = random.randint(1, 3)
    digits = random.randint(*((11, 999), (1001, 9999), (10_001, 99_999))[level - 1])
    digits += 1 if digits % 10 == 0 else 0
    if level < 3:
        sign, other = (":" if level == 2 else "×"), Fraction(10**power)
        places = random.randint(0, 1) if level == 2 else random.randint(1, 2)
    else:
        sign, other = random.choice("×:"), Fraction(1, 10**power)
        places = random.randint(1, 3) if sign == ":" else random.randint(0, 4 - power)
    value = Fraction(digits, 10**places)
    right = (sign == "×") == (other >= 1)
    factor: Value = int(other) if other >= 1 else other

    def solve(sheet: Sheet) -> None:
        way = sheet.pick(right, not right, kind="direction")
        count = sheet.pick(power, power + 1 if power < 3 else 2, kind="noughts")
        count = sheet.pick(count, power - 1 if power > 1 else 2, kind="miscounted")
        by = "Nhân một số với" if sign == "×" else "Chia một số cho"
        side = "phải" if way else "trái"
        sheet.say(f"{by} {number(factor)} ta chuyển dấu phẩy của số đó sang bên {side} {count} chữ số.")
        moved = [value * Fraction(10) ** (step if way else -step) for step in range(count + 1)]
        sheet.say(f"Chuyển dấu phẩy từng chữ số một: {' → '.join(map(number, moved))}")
        result: Value = moved[-1]
        result = sheet.pick(result, miscopied(result), kind="copy")
        sheet.say(f"{number(value)} {sign} {number(factor)} = {number(result)}")
        sheet.answer(result)

    return Plan((value, sign, other), phrase(random, _MENTAL, expression=f"{number(value)} {sign} {number(factor)}"), solve)


_EVALUATE = (
    "[Tính|Hãy tính|Em hãy tính] giá trị [của |]biểu thức: {expression}",
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính]: {expression}",
    "[Giá trị của biểu thức|Giá trị biểu thức|Kết quả của phép tính] {expression} [là|bằng] [bao nhiêu|số nào]?",
    "[Tìm|Tính|Hãy tìm|Hãy tính|Em hãy tìm] [kết quả|giá trị] của {expression}.",
)


def decimal_expressions(random: Random, level: int) -> Plan:
    """A × b + a × c by taking out the common factor; a + b × c; (a + b) × c - d."""
    a, b = Fraction(random.randint(111, 989), 10), Fraction(random.randint(13, 98), 10)
    c = random.randint(3, 9)
    if level == 1:
        return _common_factor(random)
    d = Fraction(random.randint(113, 998), 100)
    sign = "+" if a < b * c or random.random() < 0.5 else "-"
    expression = f"{number(a)} {sign} {number(b)} × {c}"
    if level == 3:
        expression = f"({number(a)} + {number(b)}) × {c} - {number(d)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{expression} = ?")
        if level == 3:
            result = sheet.subtract(sheet.multiply(sheet.add(a, b), c), d)
        elif sheet.pick(True, False, kind="order"):
            result = sheet.calculate(sign, a, sheet.multiply(b, c))
        else:
            result = sheet.multiply(sheet.calculate(sign, a, b), c)
        sheet.say(f"{expression} = {number(result)}")
        sheet.answer(result)

    return Plan((expression,), phrase(random, _EVALUATE, expression=expression), solve)


def _common_factor(random: Random) -> Plan:
    """A × b + a × c where b + c is 10 or 100, or a × b - a × c."""
    tenths, total = random.choice([tenths for tenths in range(11, 99) if tenths % 10]), random.choice((10, 100))
    a = Fraction(tenths, random.choice((10, 100)))
    b = Fraction(random.randint(total + 1, total * 9), 10)
    adding = random.random() < 0.5
    sign, other = ("+", total - b) if adding else ("-", total + b)
    expression = f"{number(a)} × {number(other)} {sign} {number(a)} × {number(b)}"
    rewritten = f"{number(a)} × ({number(other)} {sign} {number(b)})"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{expression} = {rewritten}")
        inside = sheet.calculate(sign, other, b)
        sheet.answer(sheet.multiply(a, inside))

    return Plan((expression,), phrase(random, _EVALUATE, expression=expression), solve)
