"""Lengths, masses, areas and volumes in other units, and lengths on maps: grades 3 to 5."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.units_and_angles import CHANGE
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.measures import convert, ratio
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_LENGTHS = (
    ("km", "m", 9),
    ("m", "cm", 99),
    ("m", "dm", 99),
    ("dm", "cm", 99),
    ("cm", "mm", 99),
    ("m", "mm", 9),
    ("dm", "mm", 30),
)
"""Units of grade 3, and how many of the larger one are changed."""
_MASSES = (("tấn", "kg", 60), ("tấn", "tạ", 99), ("tạ", "kg", 99), ("yến", "kg", 99), ("tạ", "yến", 99), ("tấn", "yến", 60))


def _one_unit(random: Random, large: str, small: str, count: Value, down: bool) -> Plan:
    """A measure in one unit, changed into the other."""
    size = ratio(large, small)
    given, unit, to = (count, large, small) if down else (count * size, small, large)

    def solve(sheet: Sheet) -> None:
        sheet.answer(convert(sheet, given, unit, to), to)

    question = phrase(random, CHANGE, measure=f"{number(given)} {unit}", to=to, name=pupils(random, 1)[0])
    return Plan((count, large, small), question, solve)


def _two_units(random: Random, large: str, small: str, count: int, rest: int) -> Plan:
    """A measure with two names, changed into the smaller unit."""

    def solve(sheet: Sheet) -> None:
        whole = convert(sheet, count, large, small)
        sheet.answer(sheet.add(whole, rest, small), small)

    measure = f"{count} {large} {rest} {small}"
    question = phrase(random, CHANGE, measure=measure, to=small, name=pupils(random, 1)[0])
    return Plan((count, rest, large, small), question, solve)


_CUT = (
    "[Một|Có một|{name} có một] {thing} dài {a} {large} {b} {small}, [người ta |]cắt đi {c} {small}. "
    "[Hỏi {thing} còn lại dài bao nhiêu {spelled}?|Tính độ dài phần còn lại theo {spelled}.|Phần còn lại dài bao nhiêu {spelled}?]",
    "[{name} cắt|Người ta cắt] {c} {small} từ một {thing} dài {a} {large} {b} {small}. "
    "[Hỏi phần còn lại dài bao nhiêu {spelled}?|Tính độ dài phần còn lại theo {spelled}.]",
)
_TIED = (
    "[Một|Có một|{name} có một] {thing} dài {a} {large} {b} {small} và một {thing} khác dài {c} {small}. "
    "[Hỏi cả hai {thing} dài bao nhiêu {spelled}?|Tính tổng độ dài hai {thing} theo {spelled}.]",
    "{thing} thứ nhất dài {a} {large} {b} {small}, {thing} thứ hai dài {c} {small}. "
    "[Hỏi cả hai {thing} dài bao nhiêu {spelled}?|Tính tổng độ dài hai {thing} theo {spelled}.|Cả hai {thing} dài bao nhiêu {spelled}?]",
)


def length_conversion(random: Random, level: int) -> Plan:
    """One unit into another; two names into one; what is left or together of lengths in different units."""
    large, small, most = random.choice(_LENGTHS)
    if level == 1:
        return _one_unit(random, large, small, random.randint(2, most), random.random() < 0.6)
    if level == 3:
        large, small = random.choice((("m", "cm"), ("m", "cm"), ("dm", "mm")))
    size = int(ratio(large, small))
    a, b = random.randint(2, min(most, 30)), random.randint(1, min(size - 1, 99))
    if level == 2:
        return _two_units(random, large, small, a, b)
    c = random.randint(15, 95 + 20 * a)
    cut = random.random() < 0.5
    thing = random.choice(
        ("sợi dây", "thanh gỗ", "băng giấy", "cuộn ruy băng") if large == "m" else ("băng giấy", "đoạn dây đồng")
    )
    verb = "còn lại" if cut else "cả hai"

    def solve(sheet: Sheet) -> None:
        whole = sheet.add(convert(sheet, a, large, small), b, small, f"{a} {large} {b} {small} bằng")
        sheet.answer(sheet.calculate("-" if cut else "+", whole, c, small, f"Độ dài {verb} là"), small)

    fields = {"thing": thing, "large": large, "small": small, "spelled": SPELLED[small], "name": pupils(random, 1)[0]}
    return Plan((a, b, c, large, cut), phrase(random, _CUT if cut else _TIED, a=a, b=b, c=c, **fields), solve)


_LOADED = (
    "[Một|Có một] {holder} {verb} {a} {large} {first} và {b} {small} {second}. [Hỏi {holder} đó {verb} tất cả bao nhiêu ki-lô-gam?|Tính tổng số ki-lô-gam {holder} đó {verb}.]",
    "[{name} thấy|Có] một {holder} {verb} {a} {large} {first} và {b} {small} {second}. [Hỏi {holder} {verb} tất cả bao nhiêu ki-lô-gam {first} và {second}?|Tính số ki-lô-gam {first} và {second} {holder} {verb}.]",
    "Trên một {holder} có {a} {large} {first} và {b} {small} {second}. [Hỏi trên {holder} có tất cả bao nhiêu ki-lô-gam hàng?|Tính khối lượng hàng theo ki-lô-gam.]",
)
_GOODS = ("gạo", "ngô", "khoai", "muối", "đường", "lạc", "cà phê", "xi măng")


def mass_conversion(random: Random, level: int) -> Plan:
    """Down to a smaller unit; up to a larger one; loads in two units together in kilograms."""
    large, small, most = random.choice(_MASSES)
    if level == 1:
        return _one_unit(random, large, small, random.randint(2, most), down=True)
    if level == 2:
        return _one_unit(random, large, small, random.randint(101, 990), down=False)
    large, small = random.choice((("tấn", "tạ"), ("tấn", "yến"), ("tạ", "yến")))
    a, b = random.randint(2, 15 if large == "tấn" else 60), random.randint(3, 45)
    first, second = random.sample(_GOODS, 2)
    holder, verb = random.choice((("xe tải", "chở"), ("toa tàu", "chở"), ("chiếc thuyền", "chở")))

    def solve(sheet: Sheet) -> None:
        one = convert(sheet, a, large, "kg", f"Số ki-lô-gam {first} là")
        two = convert(sheet, b, small, "kg", f"Số ki-lô-gam {second} là")
        sheet.answer(sheet.add(one, two, "kg", f"Số ki-lô-gam {holder} {verb} tất cả là"), "kg")

    fields = {"holder": holder, "verb": verb, "first": first, "second": second, "large": large, "small": small}
    question = phrase(random, _LOADED, a=a, b=b, name=pupils(random, 1)[0], **fields)
    return Plan((a, large, b, small), question, solve)


_COMPOUNDS = (
    ("km", "m", 60),
    ("tấn", "kg", 40),
    ("giờ", "phút", 23),
    ("tạ", "kg", 90),
    ("phút", "giây", 59),
    ("m", "cm", 90),
    ("kg", "g", 60),
)
_INTO_TWO = (
    "[Đổi|Hãy đổi|Em hãy đổi] {measure} [ra|thành|sang] {large} và {small}.",
    "{measure} [bằng|là|gồm] bao nhiêu {large} và bao nhiêu {small}?",
    "[Viết|Hãy viết] {measure} [thành|dưới dạng] số đo có hai tên đơn vị [là |]{large} và {small}.",
    "[{name} đo được|Cho số đo] {measure}. [Hãy đổi số đo đó ra {large} và {small}.|Viết số đo đó theo {large} và {small}.|Số đo đó gồm bao nhiêu {large} và bao nhiêu {small}?]",
)
_BETWEEN = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính] [kết quả theo {small}|rồi viết kết quả theo {small}]: {first} {sign} {second}",
    "[Kết quả của phép tính|Giá trị của phép tính] {first} {sign} {second} [bằng|là] bao nhiêu {small}?",
    "[{name} tính|Bạn {name} tính] {first} {sign} {second} theo {small}. [Hỏi {name} được kết quả là bao nhiêu?|Kết quả đúng là bao nhiêu {small}?]",
)


def compound_measure(random: Random, level: int) -> Plan:
    """Two names into the smaller unit; one unit into two names; the sum or difference of two measures."""
    large, small, most = random.choice(_COMPOUNDS)
    size = int(ratio(large, small))
    a, b = random.randint(2, most), random.randint(1, size - 1)
    if level == 1:
        return _two_units(random, large, small, a, b)
    if level == 2:
        return _into_two(random, large, small, a * size + b)
    c, d = random.randint(1, max(1, a - 1)), random.randint(1, size - 1)
    less = random.random() < 0.5 and a > c + 1

    def solve(sheet: Sheet) -> None:
        one = sheet.add(convert(sheet, a, large, small), b, small, f"{a} {large} {b} {small} bằng")
        two = sheet.add(convert(sheet, c, large, small), d, small, f"{c} {large} {d} {small} bằng")
        sheet.answer(
            sheet.calculate("-" if less else "+", one, two, small, f"{'Hiệu' if less else 'Tổng'} của hai số đo là"), small
        )

    fields = {
        "first": f"{a} {large} {b} {small}",
        "second": f"{c} {large} {d} {small}",
        "sign": "-" if less else "+",
        "small": small,
    }
    return Plan((a, b, c, d, large), phrase(random, _BETWEEN, name=pupils(random, 1)[0], **fields), solve)


def _into_two(random: Random, large: str, small: str, total: int) -> Plan:
    size = int(ratio(large, small))

    def solve(sheet: Sheet) -> None:
        right = sheet.pick(size, 100 if size != 100 else 1000, 10, kind="relation")
        sheet.say(f"1 {large} = {number(right)} {small}")
        found, left = sheet.share(total, right)
        if left == 0 or found == 0 or left >= right:
            raise Absurd
        left = sheet.pick(left, left * 10, kind="place") if size > 100 else left
        sheet.say(f"Vậy {number(total)} {small} = {number(found)} {large} {number(left)} {small}.")
        sheet.answer_text(f"{number(found)} {large} {number(left)} {small}")

    fields = {"measure": f"{number(total)} {small}", "large": large, "small": small, "name": pupils(random, 1)[0]}
    return Plan((total, large), phrase(random, _INTO_TWO, **fields), solve)


_AREAS = (("km²", "ha"), ("ha", "m²"), ("m²", "dm²"), ("dm²", "cm²"), ("m²", "cm²"), ("cm²", "mm²"))
_VOLUMES = (("m³", "dm³"), ("dm³", "cm³"), ("m³", "l"), ("l", "ml"), ("m³", "cm³"))

_HUNDREDTHS = tuple(count for count in range(101, 9999) if count % 10)
"""From 1,01 to 99,98, with two decimals."""


def _of_solids_or_areas(random: Random, level: int, units: tuple[tuple[str, str], ...]) -> Plan:
    """Whole measures down or up; a decimal down; two names into the larger unit."""
    large, small = random.choice(units)
    size = int(ratio(large, small))
    if level == 1:
        return _one_unit(random, large, small, random.randint(2, 99), random.random() < 0.6)
    if level == 2:
        hundredths = random.choice(_HUNDREDTHS)
        return _one_unit(random, large, small, Fraction(hundredths, 100), down=True)
    whole, rest = random.randint(12, 990), random.randint(1, 99) * size // 100 if size > 100 else random.randint(1, 99)

    def solve(sheet: Sheet) -> None:
        part = convert(sheet, rest, small, large)
        sheet.answer(sheet.add(whole, part, large, f"{whole} {large} {number(rest)} {small} bằng"), large)

    measure = f"{whole} {large} {number(rest)} {small}"
    return Plan(
        (whole, rest, large, small), phrase(random, CHANGE, measure=measure, to=large, name=pupils(random, 1)[0]), solve
    )


def area_conversion(random: Random, level: int) -> Plan:
    """Areas from km² to mm²."""
    return _of_solids_or_areas(random, level, _AREAS)


def volume_conversion(random: Random, level: int) -> Plan:
    """Volumes from m³ to cm³, and litres."""
    return _of_solids_or_areas(random, level, _VOLUMES)


_REAL = (
    "Trên bản đồ tỉ lệ 1 : {scale}, [khoảng cách giữa hai {places}|quãng đường giữa hai {places}] [đo được|dài|là] {a} cm. {asked}",
    "[Một bản đồ|Bản đồ] có tỉ lệ 1 : {scale}. [Trên bản đồ đó, hai|Trên bản đồ, hai] {places} cách nhau {a} cm. {asked}",
    "[{name} đo khoảng cách|Bạn {name} đo khoảng cách] giữa hai {places} trên bản đồ tỉ lệ 1 : {scale} được {a} cm. {asked}",
)
_ASKED = "[Tính khoảng cách thật giữa hai {places} theo {spelled}.|Hỏi trên thực tế hai {places} cách nhau bao nhiêu {spelled}?|Khoảng cách thật giữa hai {places} là bao nhiêu {spelled}?]"
_ON_MAP = (
    "[Hai {places} cách nhau {real} {unit}|Khoảng cách thật giữa hai {places} là {real} {unit}]. [Hỏi trên bản đồ tỉ lệ 1 : {scale}, hai {places} cách nhau bao nhiêu xăng-ti-mét?|Tính khoảng cách giữa hai {places} trên bản đồ tỉ lệ 1 : {scale} theo xăng-ti-mét.]",
    "Một bản đồ có tỉ lệ 1 : {scale}. [Hai {places} cách nhau {real} {unit}|Quãng đường giữa hai {places} dài {real} {unit}] [trên thực tế|ngoài thực tế]. [Hỏi trên bản đồ quãng đường đó dài bao nhiêu xăng-ti-mét?|Tính độ dài quãng đường đó trên bản đồ theo xăng-ti-mét.|Trên bản đồ quãng đường đó dài bao nhiêu xăng-ti-mét?]",
)


_APART = {
    "ngôi nhà": (10, 900),
    "ngôi chợ": (400, 15_000),
    "trường học": (400, 15_000),
    "cây cầu": (400, 30_000),
    "bến xe": (1000, 100_000),
    "xã": (3000, 40_000),
    "nhà ga": (3000, 200_000),
    "thành phố": (20_000, 10**6),
}
"""How many metres two of them are apart in life."""


def map_scale(random: Random, level: int) -> Plan:
    """Centimetres on a map into metres; into kilometres; and kilometres into centimetres on the map."""
    unit = "m" if level == 1 else "km"
    scales = ((500, 1000, 2000, 5000), (10_000, 20_000, 25_000, 40_000, 50_000), (100_000, 200_000, 250_000, 500_000))[
        level - 1
    ]
    scale = random.choice(scales)
    a = random.randint(3, 60) if level == 1 else Fraction(random.choice([n for n in range(12, 300) if n % 10]), 10)
    real = Fraction(a * scale, 100 if unit == "m" else 100_000)
    metres = a * scale // 100
    places = random.choice([place for place, (near, far) in _APART.items() if near <= metres <= far])

    def solve(sheet: Sheet) -> None:
        if level == 3:
            length = convert(sheet, real, "km", "m", "Đổi ra mét")
            length = convert(sheet, length, "m", "cm", "Đổi ra xăng-ti-mét")
            sheet.answer(sheet.divide(length, scale, "cm", "Khoảng cách trên bản đồ là"), "cm")
            return
        length = sheet.multiply(scale, a, "cm", "Khoảng cách thật là")
        length = convert(sheet, length, "cm", "m", "Đổi ra mét")
        sheet.answer(convert(sheet, length, "m", "km", "Đổi ra ki-lô-mét") if level == 2 else length, unit)

    fields = {"places": places, "name": pupils(random, 1)[0], "spelled": SPELLED[unit], "unit": unit}
    asked = phrase(random, _ASKED, **fields)
    question = phrase(random, _ON_MAP if level == 3 else _REAL, scale=scale, a=a, real=real, asked=asked, **fields)
    return Plan((a, scale), question, solve)
