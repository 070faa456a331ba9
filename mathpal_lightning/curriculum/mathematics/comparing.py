"""Comparing and ordering whole numbers: grades 1 to 3."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet, ordering
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

PLACES = ("đơn vị", "chục", "trăm", "nghìn", "chục nghìn", "trăm nghìn", "triệu", "chục triệu", "trăm triệu")
"""The places of a number, from the right."""
_SIGN = (
    "[Điền|Em hãy điền|Hãy điền|Viết] dấu [>, < hoặc =|thích hợp (>, <, =)|so sánh (>, <, =)] vào chỗ [chấm|trống]: {a} ... {b}",
    "[So sánh|Hãy so sánh|Em hãy so sánh] [hai số {a} và {b}|số {a} với số {b}] rồi [điền|viết] dấu >, < hoặc =: {a} ... {b}",
    "[Dấu nào|Dấu nào trong các dấu >, <, =] [điền|viết] được vào chỗ [chấm|trống]: {a} ... {b}?",
)
_EXTREME = (
    "[Tìm|Hãy tìm|Em hãy tìm|Khoanh vào] số {which} trong các số [sau|dưới đây|đã cho]: {listed}.",
    "[Trong các số|Trong những số] {listed}, số nào [là số|] {which}?",
    "[Cho các số|Có các số|Bạn {name} viết các số]: {listed}. [Số {which} là số nào?|Hỏi số nào {which}?|Tìm số {which}.]",
)
_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Em hãy xếp|Viết] các số [sau |]theo thứ tự từ {which}: {listed}.",
    "[Cho các số|Có các số|Bạn {name} viết các số]: {listed}. [Sắp xếp|Hãy xếp|Viết] các số [đó|trên|đã cho] theo thứ tự từ {which}.",
    "[Từ {which}|Theo thứ tự từ {which}], các số {listed} được [xếp|viết] như thế nào?",
)
_NAMES = ("An", "Bình", "Mai", "Lan", "Nam", "Hoa")


def compare_to_100(random: Random, level: int) -> Plan:
    """Grade 1: a sign between two numbers; the largest of three; four numbers in order."""
    if level == 1:
        return _sign(random, *_pair(random, 11, 99))
    values = random.sample(range(11, 100), 3 if level == 2 else 4)
    return _extreme(random, values) if level == 2 else ordered(random, values)


def compare_to_1000(random: Random, level: int) -> Plan:
    """Grade 2: a sign between two numbers; the largest of four; four or five numbers in order."""
    if level == 1:
        return _sign(random, *_pair(random, 101, 999))
    return _extreme(random, _close(random, 101, 999, 4)) if level == 2 else ordered(random, _close(random, 101, 999, 5))


def compare_to_100000(random: Random, level: int) -> Plan:
    """Grade 3: numbers of four digits with a sign; the largest of four to 100 000; five in order."""
    if level == 1:
        return _sign(random, *_pair(random, 1001, 9999))
    return (
        _extreme(random, _close(random, 1001, 99_999, 4)) if level == 2 else ordered(random, _close(random, 10_001, 99_999, 5))
    )


def why(a: int, b: int, said: str = "") -> str:
    """How two different numbers compare, place by place from the left; `said` puts another sign in its place.

    >>> why(345, 354)
    'Hàng trăm 3 = 3; hàng chục 4 < 5 nên 345 < 354.'
    >>> why(98, 354)
    'Số 98 có 2 chữ số, số 354 có 3 chữ số nên 98 < 354.'
    """
    first, second = str(a), str(b)
    if a < 10 and b < 10:
        early, late = sorted((a, b))
        return f"Khi đếm, ta gặp số {early} trước số {late} nên {a} {said or ('<' if a < b else '>')} {b}."
    sign = said or ("<" if a < b else ">")
    if len(first) != len(second):
        counts = f"Số {number(a)} có {len(first)} chữ số, số {number(b)} có {len(second)} chữ số"
        return f"{counts} nên {number(a)} {sign} {number(b)}."
    place = next(place for place in range(len(first)) if first[place] != second[place])
    names = PLACES[len(first) - 1 :: -1]
    signs = ["="] * place + [sign]
    places = [f"hàng {name} {x} {by} {y}" for name, x, by, y in zip(names, first, signs, second, strict=False)]
    return f"{'; '.join(places)} nên {number(a)} {sign} {number(b)}.".capitalize()


def _pair(random: Random, low: int, high: int) -> tuple[int, int]:
    """Two numbers of which many share digits; a few are equal."""
    a = random.randint(low, high)
    digits = list(str(a))
    random.shuffle(digits)
    turned = int("".join(digits))
    near = random.choice((turned, a + random.randint(1, 9), a + 10 * random.randint(1, 9), random.randint(low, high)))
    return (a, near) if low <= near <= high and (near != a or random.random() < 0.3) else _pair(random, low, high)


def _close(random: Random, low: int, high: int, count: int) -> list[int]:
    """Different numbers, some of which share their first digits."""
    found: set[int] = set()
    while len(found) < count:
        found.add(_pair(random, low, high)[0])
        found |= {value for value in _pair(random, low, high)[: count - len(found)]}
    values = sorted(found)[:count]
    random.shuffle(values)
    return values


def _sign(random: Random, a: int, b: int) -> Plan:
    def solve(sheet: Sheet) -> None:
        right = "=" if a == b else "<" if a < b else ">"
        others = [sign for sign in "<>=" if sign != right]
        sign = sheet.pick(right, *others[:1], kind="place")
        if a == b or sign == "=":
            sheet.say(f"Hai số {number(a)} và {number(b)} có các chữ số ở từng hàng giống nhau nên điền dấu {sign}.")
        else:
            sheet.say(why(a, b, sign))
        sign = sheet.pick(sign, *[other for other in others if other != sign], kind="sign")
        sheet.say(f"Vậy dấu cần điền là {sign}.")
        sheet.answer_text(sign)

    return Plan((a, b), phrase(random, _SIGN, a=a, b=b), solve)


def _extreme(random: Random, values: list[int]) -> Plan:
    largest = random.random() < 0.5
    which = "lớn nhất" if largest else "bé nhất"
    written = list(map(number, values))

    def solve(sheet: Sheet) -> None:
        found = values[
            ordering.extreme(sheet, values, written, largest=largest, why=lambda a, b, sign: why(values[a], values[b], sign))
        ]
        sheet.say(f"Vậy số {which} là {number(found)}.")
        sheet.answer(found)

    fields = {"which": which, "listed": "; ".join(written), "name": random.choice(_NAMES)}
    return Plan((*values, which), phrase(random, _EXTREME, **fields), solve)


def ordered(random: Random, values: list[int]) -> Plan:
    """The numbers to be put in rising or falling order."""
    falling = random.random() < 0.5
    which = "lớn đến bé" if falling else "bé đến lớn"
    written = list(map(number, values))

    def solve(sheet: Sheet) -> None:
        order = ordering.in_order(sheet, values, written, falling=falling)
        sheet.say(f"Vậy các số xếp theo thứ tự từ {which} là:")
        sheet.answer_text("; ".join(written[place] for place in order))
        sheet.final = "; ".join(str(values[place]) for place in order)  # the canonical form has no spaces in its numbers

    fields = {"which": which, "listed": "; ".join(written), "name": random.choice(_NAMES)}
    return Plan((*values, which), phrase(random, _ORDER, **fields), solve)
