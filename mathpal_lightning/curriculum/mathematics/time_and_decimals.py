"""Measures as decimals, times in other units, and their differences, products and quotients: grade 5."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.units_and_angles import CHANGE
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.measures import convert
from mathpal_lightning.curriculum.steps.measures import ratio as size_of
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_AS_DECIMAL = (
    "[Viết|Hãy viết|Em hãy viết] {measure} [dưới dạng|thành] số thập phân có đơn vị là {to}.",
    "[Viết|Điền] số thập phân thích hợp [vào chỗ chấm: {measure} = ...|thay cho dấu ?: {measure} = ?] {to}.",
    "{measure} [viết dưới dạng số thập phân có đơn vị là {to} là bao nhiêu|bằng bao nhiêu {to}|là bao nhiêu {to}]?",
    "[Đổi|Hãy đổi] {measure} [ra|sang] {to} [dưới dạng số thập phân|bằng cách viết số thập phân].",
    "{name} [đo được|ghi kết quả đo là] {measure}. [Viết số đo đó dưới dạng số thập phân có đơn vị là {to}.|Hỏi số đo đó bằng bao nhiêu {to}?]",
)
_LENGTHS = (("m", "cm"), ("km", "m"), ("m", "dm"), ("dm", "cm"), ("kg", "g"), ("tấn", "kg"), ("tạ", "kg"), ("l", "ml"))
_AREAS = (("m²", "dm²"), ("dm²", "cm²"), ("m²", "cm²"), ("ha", "m²"), ("km²", "ha"))


def measures_as_decimals(random: Random, level: int) -> Plan:
    """One unit into a larger one; two names into one; areas with two names."""
    large, small = random.choice(_LENGTHS if level < 3 else _AREAS)
    size = int(size_of(large, small))
    name = pupils(random, 1)[0]
    if level == 1:
        count = random.randint(size // 10 + 1, min(size * 30, 9999))
        count += 1 if count % size == 0 else 0

        def one(sheet: Sheet) -> None:
            sheet.answer(convert(sheet, count, small, large), large)

        return Plan(
            (count, small, large), phrase(random, _AS_DECIMAL, measure=f"{number(count)} {small}", to=large, name=name), one
        )
    whole = random.randint(*((2, 60), (61, 980))[level - 2])
    rest = random.randint(1, size - 1)
    rest = rest // 10 * 10 + 10 if size > 1000 else rest
    rest = rest if rest < size else size - 10

    def two(sheet: Sheet) -> None:
        part = convert(sheet, rest, small, large)
        sheet.answer(sheet.add(whole, part, large), large)

    measure = f"{number(whole)} {large} {number(rest)} {small}"
    return Plan((whole, rest, large, small), phrase(random, _AS_DECIMAL, measure=measure, to=large, name=name), two)


_HOURS_AND_MINUTES = (
    "[Đổi|Hãy đổi|Em hãy đổi] {measure} [ra|thành|sang] {large} và {small}.",
    "{measure} [bằng|là|gồm] [mấy|bao nhiêu] {large} [và |]bao nhiêu {small}?",
    "[Viết|Hãy viết] {measure} [thành|dưới dạng] số đo có hai tên đơn vị là {large} và {small}.",
    "{name} [học bài|đọc sách|đi đường|làm việc] [hết|trong] {measure}. [Hỏi đó là mấy {large} và bao nhiêu {small}?|Hãy đổi thời gian đó ra {large} và {small}.|Viết thời gian đó theo {large} và {small}.]",
)


def time_conversion(random: Random, level: int) -> Plan:
    """A decimal into two names; a decimal of hours into minutes; minutes into a decimal of hours."""
    large, small, size = random.choice((("giờ", "phút", 60), ("phút", "giây", 60), ("ngày", "giờ", 24)))
    name = pupils(random, 1)[0]
    if level == 1:
        large, small, size = random.choice((("giờ", "phút", 60), ("phút", "giây", 60)))
        decimals = Fraction(random.choice([n for n in range(5, 100, 5)]), 100)
        whole = random.randint(2, 70)

        def two(sheet: Sheet) -> None:
            sheet.say(f"{number(whole + decimals)} {large} = {whole} {large} + {number(decimals)} {large}")
            factor = sheet.pick(size, 100, kind="relation")
            sheet.say(f"1 {large} = {factor} {small}")
            rest = sheet.multiply(decimals, factor, small)
            if rest == 0 or rest != int(rest) or rest >= 100:
                raise Absurd
            sheet.say(f"Vậy {number(whole + decimals)} {large} = {whole} {large} {number(rest)} {small}.")
            sheet.answer_text(f"{whole} {large} {number(rest)} {small}")

        measure = f"{number(whole + decimals)} {large}"
        fields = {"large": large, "small": small, "name": name}
        return Plan(
            (whole, decimals, large),
            phrase(random, _HOURS_AND_MINUTES[: 3 if large == "giờ" and whole > 4 else 4], measure=measure, **fields),
            two,
        )
    value = Fraction(random.choice([n for n in range(11, 1190) if n % 10]), 10)
    if level == 3:
        value = Fraction(random.choice([n for n in range(205, 5995, 5) if n % 100]), 100)
        value = value if size == 60 else Fraction(int(value * 4), 4)
    source, to = (large, small) if level == 2 else (small, large)
    given = value if level == 2 else value * size

    def solve(sheet: Sheet) -> None:
        sheet.answer(convert(sheet, given, source, to), to)

    return Plan((given, source), phrase(random, CHANGE, measure=f"{number(given)} {source}", to=to, name=name), solve)


_DIFFERENCES = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính|Đặt tính rồi tính|Làm tính]: {a} - {b}",
    "[Kết quả của phép tính|Giá trị của phép tính|Giá trị của hiệu] {a} - {b} [là|bằng] [bao nhiêu|số đo nào|bao nhiêu {large} bao nhiêu {small}]?",
    "{name} [làm xong bài|hoàn thành công việc] trong {a}, {other} [làm xong|hoàn thành] trong {b}. [Hỏi {other} làm nhanh hơn {name} bao lâu?|{name} làm lâu hơn {other} bao nhiêu thời gian?|Tính xem {name} làm lâu hơn {other} bao lâu.]",
)


def time_difference(random: Random, level: int) -> Plan:
    """Two times without a change; with one; and three times of which two are taken away."""
    large, small = random.choice((("giờ", "phút"), ("phút", "giây")))
    b1, b2 = random.randint(1, 9), random.randint(11, 48)
    a1 = b1 + random.randint(2, 9)
    a2 = random.randint(b2 + 1, 59) if level == 1 else random.randint(2, b2 - 1)
    c1, c2 = random.randint(1, 4), random.randint(5, 55)
    a1 += (0, 12, 32)[level - 1]

    def solve(sheet: Sheet) -> None:
        rest1, rest2 = _less(sheet, (a1, a2), (b1, b2), large, small)
        if level == 3:
            rest1, rest2 = _less(sheet, (rest1, rest2), (c1, c2), large, small)
        if rest2 >= 60:
            raise Absurd
        sheet.answer_text(_both(rest1, rest2, large, small))

    a, b = _both(a1, a2, large, small), _both(b1, b2, large, small)
    b += f" - {_both(c1, c2, large, small)}" if level == 3 else ""
    name, other = pupils(random, 2)
    templates = _DIFFERENCES[:2] if level == 3 or large == "giờ" else _DIFFERENCES
    question = phrase(random, templates, a=a, b=b, large=large, small=small, name=name, other=other)
    return Plan((a, b), question, solve)


def _both(first: int, second: int, large: str, small: str) -> str:
    """A time with two names, without the one that is nought."""
    parts = [f"{number(value)} {unit}" for value, unit in ((first, large), (second, small)) if value]
    return " ".join(parts) or f"0 {small}"


def _less(sheet: Sheet, a: tuple[int, int], b: tuple[int, int], large: str, small: str) -> tuple[int, int]:
    """`a - b`; one of the larger unit is changed where the smaller ones do not suffice."""
    first, second = a
    sheet.lead(f"{_both(*a, large, small)} trừ {_both(*b, large, small)}")
    if second < b[1]:
        size = sheet.pick(60, 100, kind="relation")
        first, second = first - 1, second + size
        sheet.say(
            f"Vì {a[1]} {small} bé hơn {b[1]} {small} nên đổi {a[0]} {large} {a[1]} {small} thành {first} {large} {second} {small}."
        )
        first = sheet.pick(first, first + 1, kind="borrow")
    left = int(sheet.subtract(second, b[1], small))
    return int(sheet.subtract(first, b[0], large)), left


_PRODUCTS = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính|Đặt tính rồi tính]: {a} {sign} {n}",
    "[Kết quả của phép tính|Giá trị của phép tính|Kết quả phép tính] {a} {sign} {n} [là|bằng] [bao nhiêu|số đo nào|số đo thời gian nào]?",
)
_TIMES = (
    "[Trung bình một người thợ làm một sản phẩm|Làm một sản phẩm] [hết|trong] {a}. [Hỏi làm {n} sản phẩm như thế hết bao nhiêu thời gian?|Tính thời gian làm {n} sản phẩm như thế.|Hỏi làm {n} sản phẩm như thế hết bao lâu?]",
)
_SHARED = (
    "[Một người thợ làm|Làm] {n} sản phẩm [như nhau |]hết {a}. [Hỏi trung bình làm một sản phẩm hết bao nhiêu thời gian?|Tính thời gian trung bình làm một sản phẩm.|Hỏi trung bình làm một sản phẩm hết bao lâu?]",
)


def time_times_number(random: Random, level: int) -> Plan:
    """Times a number without a change of units; a time shared out; times a number with a change of units."""
    large, small = random.choice((("giờ", "phút"), ("phút", "giây")))
    n = random.randint(*((2, 4), (2, 9), (3, 9))[level - 1])
    first = random.randint(*((2, 33), (2, 12), (11, 39))[level - 1])
    if level == 1:
        second = random.randint(4, 59 // n)
    else:
        second = random.randint(6, 59) if level == 2 else random.randint(60 // n + 2, 58)
    if level == 2:
        return _time_shared(random, (first, second), n, large, small)
    a = _both(first, second, large, small)

    def solve(sheet: Sheet) -> None:
        sheet.lead(f"{a} nhân {n}")
        high = int(sheet.multiply(first, n, large))
        low = int(sheet.multiply(second, n, small))
        if low >= 60:
            size = sheet.pick(60, 100 if low >= 100 else 50, kind="relation")
            sheet.say(f"Đổi {low} {small} ra {large} và {small}:")
            more, low = sheet.share(low, size)
            high = int(sheet.add(high, more, large))
        if low >= 60:
            raise Absurd
        sheet.answer_text(_both(high, low, large, small))

    templates = _PRODUCTS + (_TIMES if large == "phút" or first <= 8 else ())  # nobody works 24 hours on one thing
    return Plan((first, second, n, large), phrase(random, templates, a=a, sign="×", n=n), solve)


def _time_shared(random: Random, part: tuple[int, int], n: int, large: str, small: str) -> Plan:
    minutes = (part[0] * 60 + part[1]) * n
    first, second = divmod(minutes, 60)
    a = _both(first, second, large, small)

    def solve(sheet: Sheet) -> None:
        sheet.lead(f"{a} chia cho {n}")
        high, rest = sheet.share(first, n, unit=large)
        low = second
        if rest:
            size = sheet.pick(60, 100, kind="relation")
            sheet.say(f"Còn dư {rest} {large}, đổi {rest} {large} ra {small}:")
            changed = sheet.multiply(rest, size, small)
            low = int(sheet.add(changed, second, small)) if second else int(changed)
        if low:
            low, left = sheet.share(low, n, unit=small)
            if left or low >= 60:
                raise Absurd
        sheet.answer_text(_both(high, low, large, small))

    return Plan((first, second, n, large), phrase(random, _PRODUCTS + _SHARED, a=a, sign=":", n=n), solve)
