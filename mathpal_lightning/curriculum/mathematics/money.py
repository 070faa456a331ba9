"""Paying with a banknote, prices that rise and fall, interest: grades 3 and 5."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from random import Random

from mathpal_lightning.curriculum.bounds import bounds
from mathpal_lightning.curriculum.nouns import Noun, adult, nouns, pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_NOTES = (10_000, 20_000, 50_000, 100_000)
_LEFT = "[Hỏi {who} còn lại bao nhiêu tiền?|Tính số tiền còn lại của {who}.|Hỏi {who} còn bao nhiêu đồng?]"
_BACK = "[Hỏi {who} được trả lại bao nhiêu tiền?|Tính số tiền {who} được trả lại.|Hỏi cô bán hàng phải trả lại {who} bao nhiêu tiền?]"
_ONE_THING = (
    "{who} mua một {thing} giá {price} đồng. {who} đưa cô bán hàng [tờ|tờ tiền] {note} đồng. " + _BACK,
    "[Một {thing} giá|Giá một {thing} là] {price} đồng. {who} mua một {short} và đưa [tờ|tờ tiền] {note} đồng. " + _BACK,
    "{who} có {note} đồng. {who} mua một {thing} [giá|hết] {price} đồng. " + _LEFT,
    "Mẹ cho {who} {note} đồng để mua một {thing} giá {price} đồng. " + _LEFT,
)
_TWO_THINGS = (
    "{who} mua một {thing} giá {price} đồng và một {other} giá {more} đồng. {who} đưa cô bán hàng [tờ|tờ tiền] {note} đồng. "
    + _BACK,
    "{who} có {note} đồng. {who} mua [một {thing} hết|một {thing} giá] {price} đồng và một {other} hết {more} đồng. " + _LEFT,
    "[Một {thing} giá|Giá một {thing} là] {price} đồng, [một {other} giá|giá một {other} là] {more} đồng. {who} mua cả hai thứ và đưa tờ {note} đồng. "
    + _BACK,
    "Mẹ cho {who} {note} đồng. {who} mua một {thing} giá {price} đồng và một {other} giá {more} đồng. " + _LEFT,
)
_THREE_THINGS = (
    "{who} mua {count} {thing}, mỗi {short} giá {price} đồng, và một {other} giá {more} đồng. {who} đưa cô bán hàng [tờ|tờ tiền] {note} đồng. "
    + _BACK,
    "{who} có {note} đồng, mua {count} {thing} giá {price} đồng một {short} và một {other} giá {more} đồng. " + _LEFT,
    "[Mỗi|Một] {thing} giá {price} đồng, một {other} giá {more} đồng. {who} mua {count} {thing} và một {other} rồi đưa tờ {note} đồng. "
    + _BACK,
    "Mẹ cho {who} {note} đồng. {who} mua {count} {thing} (mỗi {short} giá {price} đồng) và một {other} giá {more} đồng. "
    + _LEFT,
)


def change_from_note(random: Random, level: int) -> Plan:
    """What is left of a banknote: one thing; two things; several of one and one of another."""
    count = random.randint(2, 6) if level == 3 else 1
    cheapest, dearest = 4000 if level == 1 else 1000, 90_000 // count
    first, second = random.choice(_sold(cheapest, dearest)), random.choice(_sold(2000, 45_000))
    price = _price(random, first.range("price", cheapest, dearest))
    more = _price(random, second.range("price", 2000, 45_000)) if level > 1 else 0
    if price * count + more >= _NOTES[-1] or first == second:
        return change_from_note(random, level)
    note = random.choice([note for note in _NOTES if note > price * count + more][:2])
    who = pupils(random, 1)[0]
    template = random.choice((_ONE_THING, _TWO_THINGS, _THREE_THINGS)[level - 1])
    lead = f"Số tiền {who} được trả lại là" if template.endswith(_BACK) else f"Số tiền còn lại của {who} là"
    fields = {"thing": first.name, "short": first.short, "other": second.name, "who": who}
    values = {"count": count, "price": price, "more": more, "note": note}

    def solve(sheet: Sheet) -> None:
        cost: Value = price
        if level == 3:
            cost = sheet.multiply(price, count, "đồng", f"Số tiền mua {count} {first.name} là")
        if more:
            cost = sheet.add(cost, more, "đồng", f"Số tiền {who} phải trả là")
        sheet.answer(sheet.subtract(note, cost, "đồng", lead), "đồng")

    return Plan((price, count, more, note), phrase(random, template, **fields, **values), solve)


def _sold(low: int, high: int) -> list[Noun]:
    """What a pupil buys, at such prices."""
    return [noun for noun in nouns("counted", "price", low, high) if "pupil" in noun.ranges or "shop" in noun.ranges]


def _price(random: Random, allowed: range) -> int:
    """A price that is paid in coins of the grade."""
    coin = bounds(3).coin
    return random.randint(-(-allowed.start // coin), (allowed.stop - 1) // coin) * coin


def in_coins(thousands: tuple[int, int], by: int, changes: Sequence[int], grade: int) -> range:
    """The prices, in such steps, that are paid in whole coins after each of the changes in percent, one after the other.

    >>> in_coins((20, 60), 1000, (-25,), 5), in_coins((150, 400), 1000, (10, -15), 5)
    (range(20000, 60001, 2000), range(200000, 400001, 100000))
    """
    coin, rate, step = bounds(grade).coin, Fraction(1), by
    for percent in changes:
        rate *= Fraction(100 + percent, 100)
        step = lcm(step, coin * rate.denominator // gcd(coin * rate.denominator, rate.numerator))
    low, high = thousands
    return range(-(-low * 1000 // step) * step, high * 1000 + 1, step)


_GOODS = {
    "chiếc áo sơ mi": (120, 480),
    "đôi giày": (200, 900),
    "chiếc cặp": (150, 600),
    "chiếc quạt điện": (250, 950),
    "nồi cơm điện": (500, 1900),
    "chiếc xe đạp": (1200, 4900),
    "chiếc ba lô": (180, 700),
    "bộ quần áo thể thao": (150, 550),
    "chiếc bàn học": (600, 2900),
    "máy tính bỏ túi": (350, 800),
    "bộ sách": (120, 640),
    "chiếc tủ lạnh": (4500, 14_900),
}
"""What shops sell at a reduced price, with its price in thousands of đồng."""
_CHANGED = (
    "Một {thing} [có giá|giá|được niêm yết giá] {price} đồng, [nay|nhân dịp {event}] {way} {percent}%. {asked}",
    "[Cửa hàng|Một cửa hàng|Một cửa hàng lớn] bán {thing} với giá {price} đồng. [Nhân dịp {event}|Dịp {event}], cửa hàng {way} giá {percent}%. {asked}",
    "[Giá ban đầu|Giá] của một {thing} là {price} đồng, [sau đó|về sau] {way} {percent}%. {asked}",
)
_EVENTS = {
    "giảm": ("khai giảng năm học mới", "cuối năm", "ngày lễ", "khai trương", "Tết"),
    "tăng": ("cuối năm", "Tết", "đầu năm học mới", "đầu mùa du lịch", "đầu năm mới"),
}
"""When a shop lowers its prices, and when it raises them."""
_MOST_RISE = 25
"""Percent: no shop raises a price by more at once."""
_NEW = "[Hỏi giá mới của {thing} là bao nhiêu tiền?|Tính giá {thing} sau khi {way} giá.|Hỏi sau khi {way} giá, {thing} có giá bao nhiêu?]"
_TWICE = "[Hỏi sau hai lần {way} giá, {thing} có giá bao nhiêu?|Tính giá {thing} sau hai lần {way} giá.|Hỏi giá {thing} sau cả hai lần {way} giá là bao nhiêu?]"


def price_after_percent(random: Random, level: int) -> Plan:
    """Tens of percent; any fives; two changes one after the other."""
    thing, thousands = random.choice(list(_GOODS.items()))
    falls = random.random() < (0.6 if level < 3 else 0.75)  # a price seldom rises twice
    way, sign = ("giảm", "-") if falls else ("tăng", "+")
    most = 50 if falls else _MOST_RISE
    shares = ((10, 20, 30, 40, 50), (5, 15, 25, 35, 45), (10, 20, 30, 40) if falls else (10, 20, 25))[level - 1]
    percent = random.choice([share for share in shares if share <= most])
    second = random.choice((10, 20, 25, 40, 50) if falls else (10, 15, 20)) if level == 3 else 0
    changes = [share if way == "tăng" else -share for share in (percent, second) if share]
    price = random.choice(in_coins(thousands, 1000, changes, 5))
    fields = {"thing": thing, "way": way, "event": random.choice(_EVENTS[way])}
    told = phrase(random, _TWICE if level == 3 else _NEW, **fields)
    if level == 3:
        told = phrase(
            random,
            f"[Sau đó cửa hàng lại|Tuần sau cửa hàng tiếp tục|Một thời gian sau, cửa hàng lại] {way} tiếp {second}% giá mới. {told}",
        )
    question = phrase(random, _CHANGED, price=price, percent=percent, asked=told, **fields)

    def changed(sheet: Sheet, before: Value, share: int, which: str) -> Value:
        base = before if which == "" or sheet.pick(True, False, kind="base") else price
        part = sheet.multiply(
            sheet.divide(base, 100, "đồng", f"1% của {number(base)} đồng là"), share, "đồng", f"Số tiền {way}{which} là"
        )
        return sheet.calculate(sign, before, part, "đồng", f"Giá {thing} sau khi {way}{which} là")

    def solve(sheet: Sheet) -> None:
        new = changed(sheet, price, percent, " lần đầu" if level == 3 else "")
        if level == 3:
            new = changed(sheet, new, second, " lần hai")
        sheet.answer(new, "đồng")

    return Plan((price, percent, second, way), question, solve)


_SAVED = (
    "{who} gửi tiết kiệm {sum} đồng [với lãi suất|, lãi suất] {rate}% một {time}. {asked}",
    "{who} gửi [vào ngân hàng|ngân hàng] {sum} đồng, [biết lãi suất là|lãi suất] {rate}% một {time}. {asked}",
    "[Lãi suất tiết kiệm|Một ngân hàng có lãi suất tiết kiệm] là {rate}% một {time}. {who} gửi {sum} đồng. {asked}",
)
_GAINED = "[Hỏi sau một {time} {who} nhận được bao nhiêu tiền lãi?|Tính số tiền lãi sau một {time}.|Hỏi tiền lãi sau một {time} là bao nhiêu đồng?]"
_ALL = "[Hỏi sau một {time} {who} nhận được cả tiền gửi và tiền lãi là bao nhiêu?|Tính tổng số tiền gửi và tiền lãi sau một {time}.|Hỏi sau một {time} cả số tiền gửi và tiền lãi là bao nhiêu đồng?]"


def interest(random: Random, level: int) -> Plan:
    """A year's interest at a whole rate; a month's at a rate below one; deposit and interest together."""
    rate = Fraction(random.choice((range(4, 10), range(3, 10), range(41, 89, 2))[level - 1]), (1, 10, 10)[level - 1])
    total = random.choice((range(50, 300), range(305, 600), range(605, 999))[level - 1]) * 100_000
    time = "tháng" if level == 2 else "năm"
    who = adult(random)

    def solve(sheet: Sheet) -> None:
        one = sheet.divide(total, sheet.pick(100, 1000), "đồng", "1% của số tiền gửi là")
        gained = sheet.multiply(one, rate, "đồng", f"Số tiền lãi sau một {time} là")
        if level == 3:
            gained = sheet.add(total, gained, "đồng", f"Số tiền gửi và tiền lãi sau một {time} là")
        sheet.answer(gained, "đồng")

    asked = phrase(random, _ALL if level == 3 else _GAINED, time=time, who=who)
    question = phrase(random, _SAVED, sum=total, rate=rate, time=time, who=who, asked=asked)
    return Plan((total, rate, time), question, solve)
