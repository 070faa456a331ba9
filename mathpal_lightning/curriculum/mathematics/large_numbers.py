"""Numbers of six to nine digits: places, order, rounding, sums and differences: grade 4."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.mathematics.comparing import PLACES, why
from mathpal_lightning.curriculum.steps import Plan, Sheet, ordering
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_RANGES = ((100_000, 999_999), (1_000_000, 9_999_999), (10_000_000, 999_999_999))

_VALUE = (
    "[Trong số {n}|Cho số {n}. Trong số đó], [giá trị của chữ số {digit} là bao nhiêu?|chữ số {digit} có giá trị [là|bằng] bao nhiêu?]",
    "[Nêu|Hãy nêu|Cho biết|Viết|Em hãy nêu] giá trị của chữ số {digit} trong số {n}.",
    "Chữ số {digit} [trong số {n}|của số {n}] có giá trị [là|bằng] [bao nhiêu|số nào]?",
)
_PARTS = (
    "[Viết|Hãy viết|Tìm|Em hãy viết] số gồm {parts}.",
    "Số gồm {parts} [là số nào|được viết là số nào|viết là gì]?",
    "[Một số|Có một số] gồm {parts}. [Viết số đó.|Hãy viết số đó.|Số đó là số nào?|Hỏi số đó là số nào?]",
)


def numbers_to_millions(random: Random, level: int) -> Plan:
    """The value of a digit, or the number of so many millions, thousands...: six, seven, then eight and nine digits."""
    count = (6, 7, random.randint(8, 9))[level - 1]
    if random.random() < 0.4:
        kept = sorted(random.sample(range(count - 1), 3 if level == 1 else 4), reverse=True)
        parts = [(place, random.randint(1, 9)) for place in [count - 1, *kept]]
        named = [f"{digit} {PLACES[place]}" for place, digit in parts]

        def write(sheet: Sheet) -> None:
            total = sheet.sum([digit * 10**place for place, digit in parts], lead="Số cần tìm là tổng giá trị của các hàng")
            sheet.answer(total)

        written = ", ".join(named[:-1]) + " và " + named[-1]
        return Plan(tuple(parts), phrase(random, _PARTS, parts=written), write)
    digits = random.sample(range(1, 10), count)
    n = int("".join(map(str, digits)))
    place = random.randint(2, count - 1)
    digit = digits[count - 1 - place]

    def value(sheet: Sheet) -> None:
        found = sheet.pick(place, place - 1, place + 1 if place < 8 else place - 2, kind="place")
        listed = ", ".join(f"{PLACES[at]} {n // 10**at % 10}" for at in range(place + 1))
        sheet.say(f"Các hàng của số {number(n)} từ phải sang trái: {listed}.")
        sheet.say(f"Chữ số {digit} ở hàng {PLACES[found]}.")
        sheet.lead(f"Giá trị của chữ số {digit} là")
        sheet.answer(sheet.multiply(digit, sheet.pick(10**found, 10 ** (found - 2), kind="noughts")))

    return Plan((n, digit), phrase(random, _VALUE, n=n, digit=digit), value)


_ORDER = (
    "[Sắp xếp|Hãy sắp xếp|Xếp|Viết|Hãy viết] các số [sau |]theo thứ tự từ {way}: {listed}.",
    "[Cho các số|Cho bốn số|Có các số]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết|Hãy viết] các số đó theo thứ tự từ {way}.",
    "[Viết|Hãy viết|Xếp] các số {listed} theo thứ tự từ {way}.",
)
_EXTREME = (
    "[Tìm|Hãy tìm|Chỉ ra|Viết] số {which} trong các số [sau|sau đây]: {listed}.",
    "Trong các số {listed}, số {which} là số nào?",
    "[Cho các số|Cho bốn số|Có các số]: {listed}. [Số {which} là số nào?|Tìm số {which}.|Hãy tìm số {which}.|Số nào {which}?]",
)


def compare_large_numbers(random: Random, level: int) -> Plan:
    """The largest, the smallest or the order of four numbers that begin alike: six, seven, then eight and nine digits."""
    return in_order(random, _alike(random, level))


def _alike(random: Random, level: int) -> list[int]:
    """Four numbers of which two begin with the same digits, and at the last level one is shorter."""
    low, high = _RANGES[level - 1]
    first = random.randint(low + low // 5, high - low // 5)
    size = 10 ** (len(str(first)) - 3)
    near = first // size * size + random.choice([n for n in range(10) if n != first % size // (size // 10)]) * (size // 10)
    near += random.randrange(size // 10)
    other = random.randint(low, high)
    last = random.randint(low, high) if level < 3 else first // 10 + random.randint(1, 99)
    return random.sample((first, near, other, last), 4)


def in_order(random: Random, values: list[int]) -> Plan:
    """Find the largest or the smallest of whole numbers, or order all of them."""
    written = list(map(number, values))
    ascending = random.random() < 0.5
    extreme = random.random() < 0.4
    unequal_lengths = {len(str(n)) for n in values} != {len(str(values[0]))}

    def solve(sheet: Sheet) -> None:
        if unequal_lengths:
            sheet.say("Số có ít chữ số hơn thì bé hơn; các số có cùng số chữ số thì so sánh từ hàng cao nhất.")
        else:
            sheet.say("Các số có cùng số chữ số nên so sánh các chữ số từ hàng cao nhất.")
        # The pupil's slip: the digits are compared from the left, whatever the length; or from the right.
        by_first_digit = [int(str(n).ljust(9, "0")) for n in values]
        seen = sheet.pick(values, by_first_digit if unequal_lengths else [int(str(n)[::-1]) for n in values], kind="length")
        if extreme:
            found = ordering.extreme(
                sheet, seen, written, largest=not ascending, why=lambda a, b, sign: why(values[a], values[b], sign)
            )
            sheet.say(f"Vậy số {which} là {written[found]}.")
            sheet.answer(values[found])
        else:
            order = ordering.in_order(sheet, seen, written, falling=not ascending)
            sheet.answer_text("; ".join(written[place] for place in order))

    which, way = ("bé nhất", "bé đến lớn") if ascending else ("lớn nhất", "lớn đến bé")
    question = phrase(random, _EXTREME if extreme else _ORDER, listed="; ".join(written), which=which, way=way)
    return Plan((*sorted(values), extreme), question, solve)


_ROUND = (
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số {n} đến hàng {place}.",
    "[Làm tròn số {n}|Số {n} làm tròn|Số {n} được làm tròn] đến hàng {place} [thì được số nào?|được số nào?|thì được bao nhiêu?]",
    "[Cho số {n}.|Có số {n}.] [Làm tròn|Hãy làm tròn] số [đó|này|đã cho] đến hàng {place}.",
    "Khi làm tròn số {n} đến hàng {place}, [ta được|kết quả là|em được] [số nào|bao nhiêu]?",
    "[Dân số của một {where} là {n} người|Một {where} có {n} người dân]. "
    "[Làm tròn|Hãy làm tròn] số [dân|người] đó đến hàng {place}.",
)


def round_large_numbers(random: Random, level: int) -> Plan:
    """Round to thousands or ten thousands, then to hundreds of thousands, then any of these in eight and nine digits."""
    low, high = _RANGES[level - 1]
    place = random.choice(((3, 4), (4, 5), (3, 4, 5))[level - 1])
    size = 10**place
    n = random.randint(low, high - size)
    n += 1234 if n % size == 0 else 0

    def solve(sheet: Sheet) -> None:
        at = sheet.pick(place, place - 1, place + 1, kind="place")
        digit = n // 10 ** (at - 1) % 10
        up = sheet.pick(digit >= 5, digit < 5, kind="direction")
        down = n // 10**at * 10**at
        sheet.say(f"Làm tròn số {number(n)} đến hàng {PLACES[place]}:")
        sheet.say(f"Số {number(n)} ở giữa {number(down)} và {number(down + 10**at)}.")
        sheet.say(
            f"Chữ số hàng {PLACES[at - 1]} là {digit}, {'lớn hơn hoặc bằng 5' if digit >= 5 else 'bé hơn 5'} nên làm tròn {'lên' if up else 'xuống'}."
        )
        result = down + 10**at if up else down
        result = sheet.pick(result, result + n % 10 ** (at - 1), kind="tail")
        result = sheet.pick(result, result // 10, kind="noughts")
        sheet.say(f"Vậy số {number(n)} làm tròn đến hàng {PLACES[place]} là {number(result)}.")
        sheet.answer(result)

    return Plan(
        (n, place), phrase(random, _ROUND, n=n, place=PLACES[place], where=("thành phố", "tỉnh", "nước")[level - 1]), solve
    )


_BARE = (
    "[Đặt tính rồi tính|Tính|Hãy tính|Thực hiện phép tính|Em hãy tính]: {a} {sign} {b}",
    "[Tìm|Tính|Hãy tính] {word} của {a} và {b}.",
    "[Kết quả của phép tính|Giá trị của|Kết quả phép tính] {a} {sign} {b} [là|bằng] [bao nhiêu|số nào]?",
    "[Hai số {a} và {b}|Số {a} và số {b}] có {word} [là|bằng] bao nhiêu?",
)
_JOINED = (
    "Năm ngoái, [một tỉnh|một thành phố|một vùng biển] đón {a} lượt khách du lịch, năm nay đón {b} lượt. [Hỏi cả hai năm nơi đó đón bao nhiêu lượt khách?|Tính tổng số lượt khách của cả hai năm.]",
    "Năm ngoái, một nhà máy [sản xuất được|làm được] {a} sản phẩm, năm nay [sản xuất được|làm được] {b} sản phẩm. "
    "[Hỏi cả hai năm nhà máy làm được bao nhiêu sản phẩm?|Tính tổng số sản phẩm của cả hai năm.]",
)
_APART = (
    "[Một nhà máy|Một công ti] phải [sản xuất|làm] {a} sản phẩm, đã [sản xuất được|làm được] {b} sản phẩm. [Hỏi còn phải làm bao nhiêu sản phẩm nữa?|Tính số sản phẩm còn phải làm.]",
    "[Năm nay|Năm ngoái], [một tỉnh|một thành phố] đón {a} lượt khách trong nước và {b} lượt khách nước ngoài. [Hỏi số lượt khách trong nước nhiều hơn số lượt khách nước ngoài bao nhiêu?|Tính xem số lượt khách trong nước nhiều hơn số lượt khách nước ngoài bao nhiêu.]",
)


_CARRIES = 3
"""What the programme asks of grade 4: at most three carries."""


def _carries(a: int, b: int) -> int:
    """How many columns of a sum carry; those of a difference c - b, which borrows as often, where a is c - b."""
    return sum(a % 10**place + b % 10**place >= 10**place for place in range(1, len(str(a + b))))


def add_large_numbers(random: Random, level: int) -> Plan:
    """Sums and differences of six, seven, then eight digits."""
    low, high = ((100_000, 899_999), (1_000_000, 8_999_999), (10_000_000, 89_999_999))[level - 1]
    b, a = sorted((random.randint(low, high), random.randint(low, high)))
    a += 100_001
    adding, story = random.random() < 0.5, random.random() < 0.5 and level < 3
    if _carries(a if adding else a - b, b) > _CARRIES:
        return add_large_numbers(random, level)
    templates = _BARE if not story else (_JOINED if adding else _APART)
    values = {"a": a, "b": b, "sign": "+" if adding else "-", "word": "tổng" if adding else "hiệu"}
    question = phrase(random, templates, **values)
    unit = "" if not story else "sản phẩm" if "sản phẩm" in question else "lượt khách"
    told = {
        ("lượt khách", True): "Số lượt khách của cả hai năm là",
        ("lượt khách", False): "Số lượt khách trong nước nhiều hơn là",
        ("sản phẩm", True): "Số sản phẩm của cả hai năm là",
        ("sản phẩm", False): "Số sản phẩm còn phải làm là",
    }
    lead = told.get((unit, adding), f"{'Tổng' if adding else 'Hiệu'} của hai số là")

    def solve(sheet: Sheet) -> None:
        sheet.answer((sheet.add if adding else sheet.subtract)(a, b, unit, lead), unit)

    return Plan((a, b, values["sign"]), question, solve)
