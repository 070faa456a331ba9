"""Multiplication and division of grades 2 to 4: the tables, by one digit, by two digits, times as many."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.mathematics.first_sums import told_with
from mathpal_lightning.curriculum.mathematics.product_scenes import PRODUCTS, QUOTIENTS, TABLE_PRODUCTS, TABLE_QUOTIENTS
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import Scene
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


def _multiplied(random: Random, a: int, b: int) -> Plan:
    told = told_with(random, PRODUCTS if max(a, b) > 10 else TABLE_PRODUCTS, a)
    lead = told.lead(a=a, b=b)

    def solve(sheet: Sheet) -> None:
        product = sheet.multiply(a, sheet.pick(b, b + 1, kind="misread"), told.unit, lead)
        sheet.answer(sheet.pick(product, a if a != b else a + b, kind="asked"), told.unit)

    return Plan((a, "×", b), told.question(random, a=a, b=b), solve)


_LARGEST_OF_TABLES = 20


def _quotient(sheet: Sheet, quotient: Value, divisor: int) -> Value:
    """The quotient as the answer; with a slip the number of parts, or a nought too many where it has several digits."""
    quotient = sheet.pick(quotient, divisor if quotient != divisor else divisor + 1, kind="asked")
    return sheet.pick(quotient, *([quotient * 10] if quotient > _LARGEST_OF_TABLES else []), kind="noughts")


def _divided(random: Random, a: int, b: int) -> Plan:
    told = told_with(random, QUOTIENTS if max(b, a // b) > 10 else TABLE_QUOTIENTS, a // b)
    lead = told.lead(a=a, b=b)

    def solve(sheet: Sheet) -> None:
        quotient = sheet.divide(a, b, told.unit, lead)
        sheet.answer(_quotient(sheet, quotient, b), told.unit)

    return Plan((a, ":", b), told.question(random, a=a, b=b), solve)


def tables_of_2_and_5(random: Random, level: int) -> Plan:
    """Grade 2: 2 and 5 times numbers to 5, to 8, to 10."""
    return _multiplied(random, random.choice((2, 5)), random.randint(*((2, 5), (6, 8), (9, 10))[level - 1]))


def divide_by_2_and_5(random: Random, level: int) -> Plan:
    """Grade 2: quotients to 5, to 8, to 10."""
    table, factor = random.choice((2, 5)), random.randint(*((2, 5), (6, 8), (9, 10))[level - 1])
    return _divided(random, table * factor, table)


def multiplication_tables(random: Random, level: int) -> Plan:
    """Grade 3: factors to 5; one of them from 6 to 9; both."""
    table, factor = (
        random.randint(3, 5) if level == 1 else random.randint(6, 9),
        random.randint(*((2, 5), (2, 5), (6, 9))[level - 1]),
    )
    return _multiplied(random, table, factor) if random.random() < 0.5 else _multiplied(random, factor, table)


def division_tables(random: Random, level: int) -> Plan:
    """Grade 3: division by 3 and 4; by 6 and 7; by 8 and 9."""
    table, factor = random.choice(((3, 4), (6, 7), (8, 9))[level - 1]), random.randint(2, 9)
    return _divided(random, table * factor, table)


def multiply_by_one_digit(random: Random, level: int) -> Plan:
    """Grade 3: two digits, three digits, four digits."""
    a = random.randint(*((11, 99), (101, 999), (1001, 9999))[level - 1])
    return _multiplied(random, a, random.randint(2, 9))


def divide_by_one_digit(random: Random, level: int) -> Plan:
    """Grade 3: quotients of two digits, three digits, four digits."""
    quotient = random.randint(*((11, 99), (101, 999), (1001, 9999))[level - 1])
    return _divided(random, quotient * (divisor := random.randint(2, 9)), divisor)


def multiply_by_two_digits(random: Random, level: int) -> Plan:
    """Grade 4: two digits by two, three by two, four by two."""
    a = random.randint(*((12, 99), (101, 999), (1001, 9999))[level - 1])
    return _multiplied(random, a, random.choice([factor for factor in range(11, 99) if factor % 10]))


def divide_by_two_digits(random: Random, level: int) -> Plan:
    """Grade 4: quotients of one and two digits, two digits, three digits."""
    quotient = random.randint(*((6, 29), (31, 99), (101, 999))[level - 1])
    return _divided(random, quotient * (divisor := random.choice([value for value in range(11, 99) if value % 10])), divisor)


_TIMES = (
    "{name} có {a} {thing}. Số {thing} của {other} gấp {b} lần số {thing} của {name}. [Hỏi {other} có bao nhiêu {thing}?|Tính số {thing} của {other}.]",
    "{name} có {a} {thing}, {other} có số {thing} gấp {b} lần {name}. [Hỏi {other} có bao nhiêu {thing}?|Tính số {thing} của {other}.]",
)
_REDUCED = (
    "{name} có {a} {thing}. Số {thing} của {name} giảm [đi |]{b} lần thì bằng số {thing} của {other}. [Hỏi {other} có bao nhiêu {thing}?|Tính số {thing} của {other}.]",
    "{name} có {a} {thing}, gấp {b} lần số {thing} của {other}. [Hỏi {other} có bao nhiêu {thing}?|Tính số {thing} của {other}.|Hãy tính số {thing} của {other}.]",
    "{name} và {other} [đều|cùng] có một số {thing}. {name} có {a} {short}, gấp {b} lần số {thing} của {other}. [Hỏi {other} có bao nhiêu {thing}?|Tính số {thing} của {other}.]",
)
_HOW_MANY = (
    "{name} có {a} {thing}, {other} có {b} {thing}. [Hỏi số {thing} của {name} gấp mấy lần số {thing} của {other}?|Hỏi {name} có số {thing} gấp mấy lần {other}?]",
    "[{other} có {b} {thing}, còn {name}|{other} có {b} {thing} và {name}] có {a} {thing}. [Số {thing} của {name} gấp mấy lần số {thing} của {other}?|Hỏi số {thing} của {name} gấp số {thing} của {other} mấy lần?]",
)
_SHOP_TIMES = (
    "[Ngày đầu|Hôm thứ Bảy] cửa hàng bán được {a} {thing}, [ngày sau|ngày hôm sau] bán được gấp {b} lần [ngày đầu|ngày trước]. "
    "[Hỏi ngày sau cửa hàng bán được bao nhiêu {thing}?|Tính số {thing} bán được ngày sau.]",
)


def times_as_many(random: Random, level: int) -> Plan:
    """Grade 3: so many times as many: tables, two digits, three digits."""
    a, b = random.randint(*((3, 9), (11, 45), (110, 450))[level - 1]), random.randint(2, 9)
    if level == 1:
        a = random.randint(3, 10)
    quantity, template, lead = (
        ("pupil", _TIMES, "Số {thing} của {other} là")
        if level < 3
        else ("shop", _SHOP_TIMES, "Số {thing} bán được ngày sau là")
    )
    return _compared(random, [Scene("counted", quantity, text, lead) for text in template], a, b, "×")


def reduce_times(random: Random, level: int) -> Plan:
    """Grade 3: so many times fewer: tables, quotients of two digits, larger ones."""
    b, quotient = random.randint(2, 9), random.randint(*((2, 9), (11, 19), (20, 44))[level - 1])
    return _compared(
        random, [Scene("counted", "pupil", text, "Số {thing} của {other} là") for text in _REDUCED], quotient * b, b, ":"
    )


def how_many_times(random: Random, level: int) -> Plan:
    """Grade 3: how many times as many: quotients to 5, to 9, by round tens."""
    b, times = random.randint(2, 9), random.randint(*((2, 5), (6, 9), (11, 40))[level - 1])
    scenes = [
        Scene("counted", "pupil", text, "Số {thing} của {name} gấp số {thing} của {other} số lần là") for text in _HOW_MANY
    ]
    told = told_with(random, [*scenes, *_BARE_TIMES, *(_LONG_TIMES if level == 3 else _LENGTH_TIMES)], times * b, b)
    lead = told.lead(a=times * b, b=b)

    def solve(sheet: Sheet) -> None:
        sheet.answer(_quotient(sheet, sheet.divide(times * b, b, "lần", lead), b), "lần")

    return Plan((times * b, b), told.question(random, a=times * b, b=b), solve)


_BARE_TIMES = (
    Scene(
        "",
        "",
        "[[Hỏi số|Số] {a} gấp mấy lần số {b}?|{a} gấp {b} mấy lần?|Tính xem số {a} gấp mấy lần số {b}.]",
        "Số {a} gấp số {b} số lần là",
    ),
    Scene(
        "",
        "",
        "[Số lớn là {a}, số bé là {b}|Cho số lớn là {a} và số bé là {b}]. [Hỏi số lớn gấp mấy lần số bé?|Số lớn gấp mấy lần số bé?|Số lớn gấp số bé mấy lần?]",
        "Số lớn gấp số bé số lần là",
    ),
)
_LENGTH_TIMES, _LONG_TIMES = (
    tuple(
        Scene(
            "",
            "",
            f"{what} thứ nhất dài {{a}} m, {what} thứ hai dài {{b}} m. [Hỏi {what} thứ nhất dài gấp mấy lần {what} thứ hai?|{what} thứ nhất dài gấp {what} thứ hai mấy lần?|Tính xem {what} thứ nhất dài gấp mấy lần {what} thứ hai.]",
            f"{what} thứ nhất dài gấp {what} thứ hai số lần là",
        )
        for what in things
    )
    for things in (("sợi dây", "tấm vải", "đoạn đường", "dải ruy băng"), ("đoạn đường", "hàng rào", "con đường"))
)
_PART = (
    "[Tìm|Tính|Hãy tính] 1/{b} của {a} {unit}.",
    "1/{b} của {a} {unit} [là|bằng] bao nhiêu {unit}?",
    "[Một {what} dài|{name} có một {what} dài] {a} {unit}. [Hỏi 1/{b} {what} đó dài bao nhiêu {unit}?|Tính độ dài 1/{b} {what} đó.|Đã dùng 1/{b} {what} đó. Hỏi đã dùng bao nhiêu {unit}?]",
    "Một {long} dài {a} {unit}. [Hỏi 1/{b} {long} đó dài bao nhiêu {unit}?|Tính độ dài 1/{b} {long} đó.|Đã làm xong 1/{b} {long} đó. Hỏi đã làm xong bao nhiêu {unit}?]",
)


def unit_fraction_of_number(random: Random, level: int) -> Plan:
    """Grade 3: one half to one ninth of a number."""
    b, quotient = random.randint(2, 9), random.randint(*((2, 9), (11, 99), (101, 900))[level - 1])
    a = b * quotient
    unit = random.choice(("cm", "m", "kg", "l", "g"))
    told = [_PART[2]] * (unit == "cm" and a < 1000 or unit == "m" and a < 100) + [_PART[3]] * (unit == "m" and a > 100)
    things = {"what": random.choice(("sợi dây", "tấm vải", "dải ruy băng")), "long": random.choice(("con đường", "hàng rào"))}
    question = phrase(random, [*_PART[:2], *told], a=a, b=b, unit=unit, name=pupils(random, 1)[0], **things)

    def solve(sheet: Sheet) -> None:
        sheet.answer(_quotient(sheet, sheet.divide(a, b, unit, f"1/{b} của {number(a)} {unit} là"), b), unit)

    return Plan((a, b), question, solve)


_GREATER = (
    Scene("", "", "[Gấp|Hãy gấp] số {a} lên {b} lần thì được số nào?", "Gấp {a} lên {b} lần ta được số"),
    Scene("", "", "[Tìm|Hãy tìm|Tính] số gấp {b} lần số {a}.", "Số gấp {b} lần số {a} là"),
    Scene("", "", "Số nào gấp {b} lần số {a}?", "Số gấp {b} lần số {a} là"),
)
_SMALLER = (
    Scene("", "", "Giảm số {a} đi {b} lần thì được số [nào|mấy]?", "Giảm {a} đi {b} lần ta được số"),
    Scene("", "", "[Tìm|Hãy tìm|Tính] số bằng số {a} giảm đi {b} lần.", "Số {a} giảm đi {b} lần là"),
    Scene("", "", "Số {a} giảm đi {b} lần [thì |]còn [bao nhiêu|lại bao nhiêu]?", "Số {a} giảm đi {b} lần còn"),
)


def _compared(random: Random, scenes: list[Scene], a: int, b: int, sign: str) -> Plan:
    bare = _GREATER if sign == "×" else _SMALLER
    told = told_with(
        random,
        [*scenes, *bare],
        a,
        *([a // b] if sign == ":" else [a * b] if scenes[0].quantity == "pupil" and a * b < 90 else []),
    )
    lead = told.lead(a=a, b=b)

    def solve(sheet: Sheet) -> None:
        result = sheet.calculate(sign, a, b, told.unit, lead)
        sheet.answer(_quotient(sheet, result, b) if sign == ":" else result, told.unit)

    return Plan((a, sign, b), told.question(random, a=a, b=b), solve)
