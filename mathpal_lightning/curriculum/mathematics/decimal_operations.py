"""Decimals added, subtracted, multiplied, divided and rounded: grade 5."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import fill, phrase
from mathpal_lightning.curriculum.writing import decimal_places, fixed, number


class Story(NamedTuple):
    """A story about decimals between `low` and `high`."""

    question: str
    lead: str
    unit: str
    low: int
    high: int
    things: tuple[str, ...] = ("",)
    """What {thing} stands for."""


def _decimal(random: Random, low: int, high: int, places: int) -> Fraction:
    """A decimal with exactly so many places."""
    scale = 10**places
    value = random.randint(low * scale, high * scale - 1)
    return Fraction(value + (value % 10 == 0), scale)


def _of_two_digits(random: Random) -> Fraction:
    """A decimal of the form 2,5 or 0,25: grade 5 multiplies and divides by no other."""
    return _decimal(random, 1, 10, 1) if random.random() < 0.5 else _decimal(random, 0, 1, 2)


_SUMS = (
    Story("{thing} thứ nhất nặng {a} kg, {thing} thứ hai nặng {b} kg. [Hỏi cả hai nặng bao nhiêu ki-lô-gam?|Tính xem cả hai nặng bao nhiêu ki-lô-gam.]", "Cả hai nặng số ki-lô-gam là", "kg", 15, 80, ("bao ngô", "bao thóc", "thùng hàng")),
    Story("{thing} thứ nhất dài {a} m, {thing} thứ hai dài {b} m. [Hỏi cả hai dài bao nhiêu mét?|Tính tổng độ dài của chúng.]", "Cả hai dài số mét là", "m", 2, 60, ("sợi dây", "cuộn vải", "cuộn dây điện")),
    Story("[Buổi sáng {name} đi được {a} km, buổi chiều|Ngày đầu {name} đi được {a} km, ngày sau] đi được {b} km. [Hỏi {name} đi được tất cả bao nhiêu ki-lô-mét?|Tính tổng quãng đường {name} đã đi.]", "{name} đi được tất cả số ki-lô-mét là", "km", 2, 40),
    Story("{thing} thứ nhất có {a} l, {thing} thứ hai có {b} l. [Hỏi cả hai có bao nhiêu lít?|Tính số lít ở cả hai.]", "Cả hai có số lít là", "l", 3, 40, ("can dầu", "thùng nước mắm", "bình nước", "thùng dầu")),
    Story("[Tính|Hãy tính|Đặt tính rồi tính|Em hãy tính]: {a} + {b}", "", "", 1, 99),
    Story("[Tính|Tìm|Hãy tính] tổng của {a} và {b}.", "Tổng của hai số là", "", 1, 99),
    Story("[Số thứ nhất là {a}, số thứ hai là {b}|Cho hai số {a} và {b}]. [Tính tổng hai số đó.|Hỏi tổng của chúng là bao nhiêu?]", "Tổng của hai số là", "", 1, 99),
)  # fmt: skip
_LONG_SUMS = (
    Story("Ba [bao ngô|thùng hàng|bao gạo] nặng lần lượt là {a} kg, {b} kg và {c} kg. [Hỏi cả ba nặng bao nhiêu ki-lô-gam?|Tính tổng khối lượng của chúng.]", "Cả ba nặng số ki-lô-gam là", "kg", 15, 80),
    Story("Ba [sợi dây|cuộn vải|cuộn dây điện] dài lần lượt là {a} m, {b} m và {c} m. [Hỏi cả ba dài bao nhiêu mét?|Tính tổng độ dài của chúng.]", "Cả ba dài số mét là", "m", 2, 60),
    Story("[Một hình tam giác|Hình tam giác ABC|Mảnh đất hình tam giác] có độ dài ba cạnh là {a} m, {b} m và {c} m. [Tính chu vi của nó.|Hỏi chu vi của nó là bao nhiêu mét?]", "Chu vi hình tam giác là", "m", 31, 59),
    Story("[Tính|Hãy tính|Em hãy tính|Thực hiện phép tính]: {a} + {b} + {c}", "", "", 1, 99),
    Story("[Tính|Tìm|Hãy tính] tổng của [ba số |]{a}, {b} và {c}.", "Tổng của ba số là", "", 1, 99),
    Story("Trong ba ngày, một [cửa hàng|đại lí] bán được lần lượt {a} l, {b} l và {c} l [xăng|dầu]. [Hỏi cả ba ngày bán được bao nhiêu lít?|Tính tổng số lít bán được.]", "Cả ba ngày bán được số lít là", "l", 31, 99),
)  # fmt: skip
_DIFFERENCES = (
    Story("[Tấm vải|Cuộn dây|Cuộn ruy băng] dài {a} m, [người ta cắt đi|đã cắt đi] {b} m. [Hỏi phần còn lại dài bao nhiêu mét?|Tính độ dài phần còn lại.]", "Phần còn lại dài số mét là", "m", 2, 60),
    Story("[Thùng có|Một can có|Trong bình có] {a} l [dầu|nước mắm|sữa], đã dùng {b} l. [Hỏi còn lại bao nhiêu lít?|Tính số lít còn lại.]", "Số lít còn lại là", "l", 3, 40),
    Story("[Bao gạo|Bao ngô|Bao đường] nặng {a} kg, [mẹ lấy ra|người ta lấy ra] {b} kg. [Hỏi trong bao còn bao nhiêu ki-lô-gam?|Tính số ki-lô-gam còn lại.]", "Số ki-lô-gam còn lại là", "kg", 5, 60),
    Story("Quãng đường [AB|từ nhà đến quê] dài {a} km, {name} đã đi được {b} km. [Hỏi {name} còn phải đi bao nhiêu ki-lô-mét?|Tính quãng đường còn lại.]", "Quãng đường còn lại là", "km", 2, 90),
    Story("[Tính|Hãy tính|Đặt tính rồi tính|Em hãy tính]: {a} - {b}", "", "", 1, 99),
    Story("[Tính|Tìm|Hãy tính] hiệu của {a} và {b}.", "Hiệu của hai số là", "", 1, 99),
    Story("[Số thứ nhất là {a}, số thứ hai là {b}|Cho hai số {a} và {b}]. [Tính hiệu của hai số đó.|Hỏi số thứ nhất hơn số thứ hai bao nhiêu?]", "Hiệu của hai số là", "", 1, 99),
)  # fmt: skip
_LONG_DIFFERENCES = (
    Story("[Cuộn vải|Cuộn dây điện] dài {a} m, lần thứ nhất bán {b} m, lần thứ hai bán {c} m. [Hỏi còn lại bao nhiêu mét?|Tính số mét còn lại.]", "Số mét còn lại là", "m", 5, 60),
    Story("[Thùng có|Một bể có] {a} l [dầu|nước], lần đầu lấy ra {b} l, lần sau lấy ra {c} l. [Hỏi còn lại bao nhiêu lít?|Tính số lít còn lại.]", "Số lít còn lại là", "l", 5, 90),
    Story("[Bao gạo|Bao ngô] nặng {a} kg, [buổi sáng lấy ra {b} kg, buổi chiều|hôm qua lấy ra {b} kg, hôm nay] lấy ra {c} kg. [Hỏi trong bao còn bao nhiêu ki-lô-gam?|Tính số ki-lô-gam còn lại.]", "Số ki-lô-gam còn lại là", "kg", 5, 60),
    Story("[Tính|Hãy tính|Em hãy tính|Thực hiện phép tính]: {a} - {b} - {c}", "", "", 5, 99),
    Story("[Lấy|Từ số] {a} trừ đi {b} rồi trừ tiếp {c}. [Hỏi kết quả là bao nhiêu?|Tính kết quả.|Kết quả bằng bao nhiêu?]", "Kết quả là", "", 5, 99),
)  # fmt: skip


def _added_or_taken(random: Random, level: int, sign: str) -> Plan:
    """Two numbers with one decimal; two with different decimals; three numbers."""
    stories = ((_SUMS, _LONG_SUMS), (_DIFFERENCES, _LONG_DIFFERENCES))[sign == "-"][level == 3]
    story = random.choice(stories)
    places = ([1, 1], random.choice(([1, 2], [2, 1], [2, 2])), random.choice(([2, 1, 2], [1, 2, 3], [3, 2, 1], [2, 3, 2])))[
        level - 1
    ]
    values = [_decimal(random, story.low, story.high, count) for count in places]
    if sign == "-":
        values.sort(reverse=True)
        values[2:] = [min(values[2], _decimal(random, 1, 5, 1))] if level == 3 else []
        if values[0] <= sum(values[1:]) + 1:
            return _added_or_taken(random, level, sign)
    fields = {"name": pupils(random, 1)[0], "thing": random.choice(story.things), **dict(zip("abc", values, strict=False))}

    def solve(sheet: Sheet) -> None:
        lead = fill(story.lead, **fields)
        if sign == "+":
            sheet.answer(sheet.sum(values, story.unit, lead), story.unit)
            return
        left: Value = sheet.subtract(
            values[0],
            values[1],
            story.unit,
            lead if level < 3 or not lead else f"Sau lần thứ nhất, {lead[:1].lower()}{lead[1:]}",
        )
        if level == 3:
            left = sheet.subtract(left, values[2], story.unit, lead)
        sheet.answer(left, story.unit)

    return Plan((sign, *values), phrase(random, story.question, **fields), solve)


def add_decimals(random: Random, level: int) -> Plan:
    """Comma under comma."""
    return _added_or_taken(random, level, "+")


def subtract_decimals(random: Random, level: int) -> Plan:
    """Comma under comma; the larger comes first."""
    return _added_or_taken(random, level, "-")


_PRODUCTS = (
    Story("Mỗi {thing} có {a} l [dầu|nước mắm|sữa]. [Hỏi {b} {thing} như thế có bao nhiêu lít?|Tính số lít trong {b} {thing} như thế.]", "Số lít trong {b} {thing} là", "l", 2, 30, ("can", "thùng", "bình")),
    Story("[Một|Mỗi] bao [gạo|ngô|đường] nặng {a} kg. [Hỏi {b} bao như thế nặng bao nhiêu ki-lô-gam?|Tính khối lượng của {b} bao như thế.]", "{b} bao nặng số ki-lô-gam là", "kg", 5, 60),
    Story("May một {thing} hết {a} m vải. [Hỏi may {b} {thing} như thế hết bao nhiêu mét vải?|Tính số mét vải để may {b} {thing} như thế.]", "Số mét vải cần dùng là", "m", 2, 7, ("bộ quần áo", "bộ rèm", "tấm chăn")),
    Story("[[Tính|Hãy tính|Đặt tính rồi tính|Em hãy tính|Thực hiện phép tính]: {a} × {b}|[Kết quả của phép tính|Kết quả phép tính|Giá trị của phép tính] {a} × {b} [là|bằng] bao nhiêu?]", "", "", 1, 99),
    Story("[Tính|Tìm|Hãy tính] tích của {a} và {b}.", "Tích của hai số là", "", 1, 99),
    Story("[Cho hai số {a} và {b}|Thừa số thứ nhất là {a}, thừa số thứ hai là {b}]. [Tính tích của chúng.|Hỏi tích là bao nhiêu?|Tìm tích của hai số đó.]", "Tích của hai số là", "", 1, 99),
)  # fmt: skip
_BY_DECIMALS = (
    Story("[Một|Mỗi] mét [dây đồng|thanh sắt|ống thép] nặng {b} kg. [Hỏi {a} m như thế nặng bao nhiêu ki-lô-gam?|Tính khối lượng của {a} m như thế.]", "{a} m nặng số ki-lô-gam là", "kg", 2, 60),
    Story("[Một|Mỗi] lít [dầu|một loại dầu|dầu trong kho] nặng {b} kg. [Hỏi {a} l dầu đó nặng bao nhiêu ki-lô-gam?|Tính khối lượng của {a} l dầu đó.]", "{a} l dầu nặng số ki-lô-gam là", "kg", 2, 60),
    *_PRODUCTS[3:],
)  # fmt: skip


def multiply_decimals(random: Random, level: int) -> Plan:
    """A decimal times a number of one digit; times two digits; times another decimal."""
    story = random.choice(_BY_DECIMALS if level == 3 else _PRODUCTS)
    a = _decimal(random, story.low, story.high, 1 if level < 3 else random.choice((1, 2)))
    b: Value = random.randint(3, 9) if level == 1 else random.randint(12, 48)
    if level == 2:
        a = _decimal(random, story.low, story.high, 2)
    if level == 3:
        b = _decimal(random, 0, 1, 2) if "nặng {b}" in story.question else _of_two_digits(random)
        b = max(b, Fraction(73, 100)) if "lít" in story.question else b
    fields = {"a": a, "b": b, "thing": random.choice(story.things)}

    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.multiply(a, b, story.unit, fill(story.lead, **fields)), story.unit)

    return Plan((a, b), phrase(random, story.question, **fields), solve)


_QUOTIENTS = (
    Story("{b} [can dầu|can nước mắm] như nhau có {a} l. [Hỏi mỗi can có bao nhiêu lít?|Tính số lít trong mỗi can.]", "Số lít trong mỗi can là", "l", 2, 30),
    Story("[Một sợi dây|Một cuộn dây điện|Một cuộn vải] dài {a} m được [cắt|chia] thành {b} đoạn bằng nhau. [Hỏi mỗi đoạn dài bao nhiêu mét?|Tính độ dài mỗi đoạn.]", "Độ dài mỗi đoạn là", "m", 1, 9),
    Story("{b} bao [gạo|ngô|đường] như nhau nặng {a} kg. [Hỏi mỗi bao nặng bao nhiêu ki-lô-gam?|Tính khối lượng mỗi bao.]", "Mỗi bao nặng số ki-lô-gam là", "kg", 5, 60),
    Story("[[Tính|Hãy tính|Đặt tính rồi tính|Em hãy tính|Thực hiện phép tính]: {a} : {b}|[Kết quả của phép tính|Kết quả phép tính|Giá trị của phép tính] {a} : {b} [là|bằng] bao nhiêu?]", "", "", 1, 60),
    Story("[Tính|Tìm|Hãy tính] thương của {a} và {b}.", "Thương của hai số là", "", 1, 60),
    Story("[Số bị chia là {a}, số chia là {b}|Cho hai số {a} và {b}]. [Tìm thương của phép chia số thứ nhất cho số thứ hai.|Hỏi số thứ nhất chia cho số thứ hai được bao nhiêu?|Tính thương.]", "Thương của hai số là", "", 1, 60),
)  # fmt: skip
_BY_DECIMAL = (
    Story("[Mỗi đoạn dây dài|Một đoạn dây dài|Cắt mỗi đoạn dây hết|Mỗi đoạn dây cắt ra dài] {b} m. [Hỏi {a} m dây cắt được bao nhiêu đoạn như thế?|Tính số đoạn dây cắt được từ {a} m dây.|Hãy tính xem {a} m dây cắt được bao nhiêu đoạn như thế.|Từ {a} m dây cắt được bao nhiêu đoạn như thế?]", "Số đoạn dây cắt được là", "đoạn", 1, 60),
    Story("[Mỗi bộ quần áo|May mỗi bộ quần áo|Một bộ quần áo] hết {b} m vải. [Hỏi {a} m vải may được bao nhiêu bộ như thế?|Tính số bộ quần áo may được từ {a} m vải.|Từ {a} m vải may được bao nhiêu bộ như thế?]", "Số bộ quần áo may được là", "bộ", 1, 60),
    *_QUOTIENTS[3:],
)  # fmt: skip


def divide_decimals(random: Random, level: int) -> Plan:
    """A decimal by a number of one digit; by two digits; by another decimal."""
    story = random.choice(_BY_DECIMAL if level == 3 else _QUOTIENTS)
    b: Value = random.randint(3, 9) if level == 1 else random.randint(12, 48)
    quotient: Value = _decimal(random, story.low, story.high, level) if level < 3 else random.randint(11, 98)
    if level == 3:
        b = _decimal(random, 2, 4, 1) if story.unit else _of_two_digits(random)
        quotient = quotient if story.unit or random.random() < 0.5 else Fraction(int(quotient), 10)
    a = Fraction(quotient) * b
    if decimal_places(a) == 0 and level < 3:
        return divide_decimals(random, level)

    def solve(sheet: Sheet) -> None:
        sheet.answer(sheet.divide(a if a.denominator > 1 else int(a), b, story.unit, fill(story.lead, b=b)), story.unit)

    return Plan((a, b), phrase(random, story.question, a=a, b=b), solve)


_ROUND = (
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số [thập phân |]{a} đến {place}.",
    "Số {a} làm tròn đến {place} [được|là|bằng] [số nào|bao nhiêu]?",
    "[Viết|Tìm|Hãy viết|Nêu|Cho biết] kết quả [khi |]làm tròn số {a} đến {place}.",
    "[Khi|Nếu] làm tròn số {a} đến {place} [thì được số nào|ta được số nào|thì kết quả là bao nhiêu]?",
    "{name} [làm tròn|cần làm tròn|muốn làm tròn] số {a} đến {place}. [Hỏi {name} được số nào?|Kết quả đúng là số nào?|{name} phải viết số nào?]",
)
_PLACES = ("hàng đơn vị", "hàng phần mười", "hàng phần trăm", "hàng phần nghìn")


def round_decimals(random: Random, level: int) -> Plan:
    """To the unit, the tenth, the hundredth: the next digit decides."""
    kept, behind = level - 1, random.choice((level, level + 1))
    scale = 10**kept
    while True:
        a = _decimal(random, 1, 99, behind)
        if (
            decimal_places(Fraction(int(a * scale + Fraction(1, 2)), scale)) == kept
        ):  # a result that ends in 0 would lose its place
            break
    digits = fixed(a, behind).partition(",")[2]
    deciding = int(digits[kept])

    def solve(sheet: Sheet) -> None:
        looked = sheet.pick(deciding, int((number(int(a)) + digits)[-len(digits) + kept - 1]), kind="misread")
        up = looked >= 5
        down = Fraction(int(a * scale), scale)
        sheet.say(f"Số {number(a)} ở giữa {number(down)} và {number(down + Fraction(1, scale))}.")
        sheet.say(f"Chữ số {_PLACES[level]} của {number(a)} là {looked}.")
        up = sheet.pick(up, not up, kind="direction")
        compared = "lớn hơn hoặc bằng" if looked >= 5 else "bé hơn"
        does = f"thêm 1 đơn vị vào {_PLACES[kept]}" if up else f"giữ nguyên chữ số {_PLACES[kept]}"
        sheet.say(f"Vì {looked} {compared} 5 nên ta {does} và bỏ các chữ số ở bên phải.")
        result = down + Fraction(int(up), scale)
        result = sheet.pick(result, result + Fraction(1, scale), kind="table")
        result = sheet.pick(result, result * 10, kind="comma")
        sheet.answer(result if result.denominator > 1 else int(result))

    return Plan((a,), phrase(random, _ROUND, a=a, place=_PLACES[kept], name=pupils(random, 1)[0]), solve)
