"""Sums, differences, remainders and what several things cost: grade 3."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.bounds import bounds
from mathpal_lightning.curriculum.scenes import Scene, draw_scene
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import fill

_BOTH_PUPILS = "[cả hai bạn|hai bạn|{name} và {other}]"
_MEASURED_SUMS = (
    Scene(
        "counted",
        "pupil",
        "{name} [có|có tất cả] {a} {thing}, {other} có {b} {thing}. Hỏi " + _BOTH_PUPILS + " có [tất cả |]bao nhiêu {thing}?",
        "Cả hai bạn có số {thing} là",
    ),
    Scene(
        "counted",
        "collected",
        "{name} sưu tầm được {a} {thing}, {other} sưu tầm được {b} {thing}. "
        "Hỏi " + _BOTH_PUPILS + " sưu tầm được [tất cả |]bao nhiêu {thing}?",
        "Cả hai bạn sưu tầm được số {thing} là",
    ),
    Scene(
        "counted",
        "shop",
        "[Buổi sáng [cửa hàng|cửa hàng của {adult}] bán được {a} {thing}, buổi chiều"
        "|Ngày thứ nhất [cửa hàng|cửa hàng của {adult}] bán được {a} {thing}, ngày thứ hai] bán được {b} {thing}. "
        "Hỏi [cửa hàng đã bán được tất cả|cả hai lần cửa hàng bán được] bao nhiêu {thing}?",
        "Cửa hàng đã bán được tất cả số {thing} là",
    ),
    Scene(
        "measured",
        "day",
        "[Ngày đầu [cửa hàng|một cửa hàng] bán được {a} {unit} {thing}, ngày hôm sau"
        "|Hôm qua [cửa hàng|một cửa hàng] bán được {a} {unit} {thing}, hôm nay"
        "|Buổi sáng [cửa hàng|một cửa hàng] bán được {a} {unit} {thing}, buổi chiều] bán [thêm |]được {b} {unit} {thing}. "
        "Hỏi cả hai lần cửa hàng bán được [bao nhiêu|tất cả bao nhiêu] {spelled} {thing}?",
        "Cả hai lần cửa hàng bán được số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "class",
        "Lớp 3A [quyên góp|góp] được {a} {thing}, lớp 3B [quyên góp|góp] được {b} {thing}. "
        "[Hỏi cả hai lớp góp được bao nhiêu {thing}?|Hỏi hai lớp góp được tất cả bao nhiêu {thing}?|Tính số {thing} cả hai lớp góp được.]",
        "Cả hai lớp góp được số {thing} là",
    ),
    Scene(
        "measured",
        "store",
        "[Kho thứ nhất [có|chứa] {a} {unit} {thing}, kho thứ hai|Kho A [có|chứa] {a} {unit} {thing}, kho B] [có|chứa] {b} {unit} {thing}. "
        "Hỏi [cả hai kho|hai kho] [có|chứa] [tất cả |]bao nhiêu {spelled} {thing}?",
        "Cả hai kho có số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "store",
        "[Trong {kept_in} có|Một {kept_in} có] {a} {thing}, người ta [nhập thêm|chuyển đến thêm] {b} {thing}. "
        "Hỏi [trong {kept_in} có tất cả|lúc này trong {kept_in} có] bao nhiêu {thing}?",
        "Trong {kept_in} có tất cả số {thing} là",
    ),
    Scene("", "", "[Tính|Hãy tính|Tìm] tổng của {a} và {b}.", "Tổng của {a} và {b} là"),
    Scene("", "", "[Tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} + {b}", "Ta có"),
)
_MEASURED_DIFFERENCES = (
    Scene(
        "counted",
        "pupil",
        "{name} có {a} {thing}, {name} [cho|tặng|chia cho] {other} {b} {thing}. Hỏi {name} còn lại bao nhiêu {thing}?",
        "{name} còn lại số {thing} là",
    ),
    Scene(
        "counted",
        "pupil",
        "{name} có {a} {thing}, {other} có {b} {thing}. Hỏi [{name} có nhiều hơn {other}|{other} có ít hơn {name}] bao nhiêu {thing}?",
        "Số {thing} {name} có nhiều hơn {other} là",
    ),
    Scene(
        "counted",
        "shop",
        "[Cửa hàng|Một cửa hàng|Cửa hàng của {adult}] có {a} {thing}, đã bán [được |]{b} {thing}. Hỏi cửa hàng còn [lại |]bao nhiêu {thing}?",
        "Cửa hàng còn lại số {thing} là",
    ),
    Scene(
        "measured",
        "day",
        "[Cửa hàng|Một cửa hàng|Cửa hàng của {adult}] có {a} {unit} {thing}, đã bán [được |]{b} {unit} {thing}. "
        "Hỏi cửa hàng còn [lại |]bao nhiêu {spelled} {thing}?",
        "Cửa hàng còn lại số {spelled} {thing} là",
    ),
    Scene(
        "measured",
        "store",
        "[Một kho|Trong kho|Nhà kho] có {a} {unit} {thing}, người ta [lấy ra|chuyển đi|xuất đi] {b} {unit} {thing}. "
        "Hỏi trong kho còn [lại |]bao nhiêu {spelled} {thing}?",
        "Trong kho còn lại số {spelled} {thing} là",
    ),
    Scene(
        "counted",
        "store",
        "[Một {kept_in}|Trong {kept_in}] có {a} {thing}, người ta đã [chuyển đi|xuất đi|lấy ra] {b} {thing}. Hỏi còn [lại |]bao nhiêu {thing}?",
        "Số {thing} còn lại là",
    ),
    Scene("", "", "[Tính|Hãy tính|Tìm] hiệu của {a} và {b}.", "Hiệu của {a} và {b} là"),
    Scene("", "", "[Tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} - {b}", "Ta có"),
)


def _one_way(scene: Scene) -> list[Scene]:
    """The scene as it is, or "more" and "fewer" apart, each with the sentence that it asks for."""
    both = "[{name} có nhiều hơn {other}|{other} có ít hơn {name}]"
    if both not in scene.question:
        return [scene]
    return [
        scene._replace(question=scene.question.replace(both, one), lead=f"Số {{thing}} {one} là")
        for one in both.strip("[]").split("|")
    ]


SUMS = tuple(
    scene._replace(
        question=scene.question.replace("[có|có tất cả] {a}", "có {a}")
        .replace("|cả hai lần cửa hàng bán được]", "]")
        .replace("cả hai lần cửa hàng", "cửa hàng"),
        lead=scene.lead.replace("Cả hai lần cửa hàng bán được", "Cửa hàng bán được tất cả"),
    )
    for scene in _MEASURED_SUMS
)
DIFFERENCES = tuple(one for scene in _MEASURED_DIFFERENCES for one in _one_way(scene))
"""Level 1 of the quickstart keeps the words that its scores were measured on; everything else has these."""


def sum_and_difference(random: Random, level: int) -> Plan:
    """Add or subtract numbers of two, three and four digits."""
    low, high = ((11, 99), (101, 999), (1005, 8999))[level - 1]
    adding = random.random() < 0.5
    measured = (_MEASURED_DIFFERENCES, _MEASURED_SUMS)
    told = draw_scene(random, (measured if level == 1 else (DIFFERENCES, SUMS))[adding], low, high)
    b, a = sorted(random.sample(told.range(low, high), 2))
    if adding and random.random() < 0.5:
        a, b = b, a

    lead = told.lead(a=a, b=b)

    def solve(sheet: Sheet) -> None:
        result = sheet.add(a, b, told.unit, lead) if adding else sheet.subtract(a, b, told.unit, lead)
        sheet.answer(result, told.unit)

    return Plan((min(a, b), max(a, b)), told.question(random, a=a, b=b), solve)


_REMAINDER_STORY = (
    "[Có|Cửa hàng có|{adult} có] {a} {thing}, [xếp|chia] vào các {packed_in}, mỗi {packed_in} {b} {short}. "
    "Hỏi [sau khi xếp được nhiều {packed_in} nhất thì |]còn thừa [mấy|bao nhiêu] {thing}?"
)
_SHARED_STORY = (
    "[Cô giáo|{adult}|Cô tổng phụ trách] có {a} {thing}, [chia đều|chia đều số {thing} đó] cho {b} [bạn|nhóm|tổ]. "
    "Hỏi còn thừa [mấy|bao nhiêu] {thing}?"
)
_REMAINDERS = (
    Scene("counted", "pupil", _SHARED_STORY, "Số {thing} còn thừa là số dư của phép chia {a} cho {b}"),
    Scene("counted", "class", _SHARED_STORY, "Số {thing} còn thừa là số dư của phép chia {a} cho {b}"),
    Scene("counted", "shop", _REMAINDER_STORY, "Số {thing} còn thừa là số dư của phép chia {a} cho {b}"),
    Scene("counted", "store", _REMAINDER_STORY, "Số {thing} còn thừa là số dư của phép chia {a} cho {b}"),
    Scene("", "", "[Tìm|Hãy tìm|Tính] số dư [của|trong] phép chia {a} cho {b}.", "Ta có"),
    Scene("", "", "[Phép chia {a} : {b} có số dư là bao nhiêu?|Số dư [của|trong] phép chia {a} : {b} là số nào?]", "Ta có"),
)


def division_with_remainder(random: Random, level: int) -> Plan:
    """What is left when things are shared out: quotients below 10, then up to 40, then up to 150."""
    divisor = random.randint(3, 9)
    quotient = random.randint(*((2, 9), (11, 40), (41, 150))[level - 1])
    a = divisor * quotient + random.randint(1, divisor - 1)
    told = draw_scene(random, _REMAINDERS, a, a)

    def solve(sheet: Sheet) -> None:
        found, left = sheet.share(a, divisor, told.lead(a=a, b=divisor))
        sheet.answer(sheet.pick(left, found, kind="asked"), told.unit)

    return Plan((a, divisor), told.question(random, a=a, b=divisor), solve)


_PRICES = (
    Scene(
        "counted",
        "price",
        "[Mỗi|Một] {thing} giá {price} đồng. {name} mua {count} {short} [như thế|cùng loại]. Hỏi {name} phải trả [bao nhiêu tiền|bao nhiêu đồng]?",
        "Số tiền {name} phải trả là",
    ),
    Scene(
        "counted",
        "price",
        "{name} mua {count} {thing}, mỗi {short} giá {price} đồng. [Hỏi {name} phải trả bao nhiêu tiền?|Tính số tiền {name} phải trả.]",
        "Số tiền {name} phải trả là",
    ),
    Scene(
        "counted",
        "price",
        "[Giá|Giá tiền] một {thing} là {price} đồng. {adult} mua {count} {short}. Hỏi {adult} phải trả bao nhiêu tiền?",
        "Số tiền {adult} phải trả là",
    ),
    Scene(
        "counted",
        "price",
        "[Một|Mỗi] {thing} [có giá|được bán với giá] {price} đồng. [Tính số tiền để mua {count} {thing} như thế.|Hỏi mua {count} {thing} như thế hết bao nhiêu tiền?]",
        "Số tiền mua {count} {thing} là",
    ),
    Scene(
        "counted",
        "price",
        "[Một cửa hàng|{adult}] bán được {count} {thing}, mỗi {short} giá {price} đồng. Hỏi [số tiền thu được|số tiền bán {thing}] là bao nhiêu?",
        "Số tiền thu được là",
    ),
)
_NAMED_PRICES = [scene._replace(question=scene.question.replace("bán {thing}]", "bán {key}]")) for scene in _PRICES]
_ONE_MORE = Scene(
    "counted",
    "price",
    "{name} mua {count} {thing}, mỗi {short} giá {price} đồng và [mua một|một] {extra} giá {more} đồng. "
    "[Hỏi {name} phải trả tất cả bao nhiêu tiền?|Tính tổng số tiền {name} phải trả.|Hỏi {name} mua hết bao nhiêu tiền?]",
    "Số tiền mua {count} {thing} là",
)
_EXTRAS = {
    "hộp bút": (15, 40),
    "thước kẻ": (3, 9),
    "hộp màu": (12, 40),
    "cái kéo": (7, 20),
    "bảng con": (9, 25),
    "cục tẩy": (2, 6),
}
_EXTRA_LEAD = "Số tiền {name} phải trả tất cả là"


def price_of_several(random: Random, level: int) -> Plan:
    """Unit price times count within 100 000 đồng: two digits before the noughts; three; and one thing of another price."""
    coin = bounds(3).coin
    count = random.randint(2, 9)
    extra, (low, high) = random.choice(list(_EXTRAS.items()))
    more = random.randint(low, high) * 1000 if level == 3 else 0
    step, low, high = random.choice(
        (((coin, 1500, 9500), (1000, 2000, 50_000)), ((coin, 10_500, 50_000),), ((coin, 1500, 45_000),))[level - 1]
    )
    high = min(high, (100_000 - more) // count)
    told = draw_scene(random, (_PRICES, _NAMED_PRICES, [_ONE_MORE])[level - 1], low, high)
    allowed = told.range(low, high)
    price = random.randint(-(-allowed.start // step), (allowed.stop - 1) // step) * step
    if level == 2 and price % 1000 == 0:
        price += coin if price + coin in allowed else -coin  # level 1 has the whole thousands
    values = {"price": price, "count": count, "extra": extra, "more": more}

    def solve(sheet: Sheet) -> None:
        cost = sheet.multiply(price, count, "đồng", told.lead(**values))
        if more:
            cost = sheet.add(cost, more, "đồng", fill(_EXTRA_LEAD, **told.fields))
        sheet.answer(cost, "đồng")

    return Plan((price, count, *([more] if more else [])), told.question(random, **values), solve)
