"""Ratio and percent in grade 6, equal ratios in grade 7."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.mathematics.money import in_coins
from mathpal_lightning.curriculum.nouns import adult, pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers
from mathpal_lightning.curriculum.steps.integers import signed
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


class _Part(NamedTuple):
    """A part of a whole: how both are told, what is asked, and the size of the whole."""

    told: str
    what: str
    low: int
    high: int
    least: int = 20
    """The smallest share of the part that is likely, in percent."""
    most: int = 80


_PARTS = (
    _Part(
        "Một trường THCS có {b} học sinh khối 6, trong đó có {a} học sinh nữ.",
        "số học sinh nữ và số học sinh khối 6",
        120,
        400,
        44,
        56,
    ),
    _Part("Một khu vườn có {b} cây ăn quả, trong đó có {a} cây cam.", "số cây cam và tổng số cây ăn quả", 80, 400),
    _Part("Bác nông dân trồng {b} cây ăn quả, trong đó có {a} cây bưởi.", "số cây bưởi và tổng số cây ăn quả", 80, 400),
    _Part(
        "{name} đã đọc được {a} trang của một quyển truyện dày {b} trang.",
        "số trang đã đọc và số trang của quyển truyện",
        80,
        320,
    ),
    _Part("Một xưởng may được {b} chiếc áo, trong đó có {a} chiếc áo sơ mi.", "số áo sơ mi và tổng số áo", 160, 800),
    _Part(
        "Người ta hoà {a} g muối vào nước để được {b} g nước muối.", "khối lượng muối và khối lượng nước muối", 250, 800, 2, 26
    ),
    _Part(
        "Thư viện trường có {b} quyển truyện, trong đó có {a} quyển truyện tranh.",
        "số truyện tranh và tổng số truyện",
        200,
        900,
    ),
)
_PERCENT_ASKED = (
    "[Tính|Hãy tính|Em hãy tính] tỉ số phần trăm của {what}.",
    "[Tỉ số phần trăm của {what} là bao nhiêu?|Hỏi tỉ số phần trăm của {what} là bao nhiêu?]",
)
_SALE = (
    "[Một|Có một] {thing} [có giá niêm yết|được niêm yết giá] {a} đồng. [Nhân dịp khai trương|Nhân ngày lễ|Cuối năm|Dịp nghỉ hè], "
    "[cửa hàng|siêu thị] giảm giá {p}%. [Hỏi giá bán của {thing} [đó |]sau khi giảm là bao nhiêu?|Tính giá bán của {thing} sau khi giảm giá.]",
    "[Giá niêm yết của|Giá bán của] một {thing} là {a} đồng. [Tính giá của {thing} [đó |]sau khi giảm {p}%.|Hỏi sau khi giảm giá {p}% thì {thing} đó có giá bao nhiêu?]",
)
_GAIN = (
    "[Cửa hàng|{adult}] nhập một {thing} với giá {a} đồng và bán [ra |]với giá cao hơn giá nhập {p}%. [Hỏi giá bán là bao nhiêu?|Tính giá bán của {thing} đó.]",
    "Một {thing} có giá nhập vào là {a} đồng. [Cửa hàng|{adult}] muốn lãi {p}% so với giá nhập. [Hỏi phải bán {thing} đó với giá bao nhiêu?|Tính giá bán của {thing} đó.]",
)
_TWICE = (
    "Cửa hàng nhập một {thing} với giá {a} đồng, [niêm yết giá bán|đề giá bán] cao hơn giá nhập {p}%. [Sau đó|Cuối năm|Dịp lễ], cửa hàng giảm {q}% "
    "so với giá niêm yết. [Hỏi giá bán sau khi giảm là bao nhiêu?|Tính giá bán của {thing} sau khi giảm.]",
    "Giá nhập của một {thing} là {a} đồng. [Cửa hàng|{adult}] niêm yết giá cao hơn giá nhập {p}% rồi [giảm|bớt] {q}% giá niêm yết cho khách. "
    "[Hỏi khách phải trả bao nhiêu tiền?|Tính số tiền khách phải trả.|Hỏi giá bán thực tế là bao nhiêu?]",
)
_GOODS = (
    ("chiếc áo khoác", 200, 600),
    ("đôi giày", 250, 900),
    ("chiếc ba lô", 180, 500),
    ("chiếc xe đạp", 1500, 4000),
    ("chiếc quạt điện", 300, 900),
    ("chiếc nồi cơm điện", 500, 1800),
    ("bộ đồ chơi", 120, 600),
    ("chiếc đồng hồ", 300, 2000),
)


def ratio_and_percent(random: Random, level: int) -> Plan:
    """A ratio in percent; a price after a discount or with a gain; a gain and then a discount."""
    if level == 1:
        return _percent_of_part(random)
    thing, low, high = random.choice(_GOODS)
    p = random.choice((10, 15, 20, 25, 30, 35, 40) if level == 2 else (20, 25, 30, 35, 40, 50, 60, 75, 80))
    q = random.choice((10, 20, 25))
    down = level == 2 and random.random() < 0.6
    changes = (p, -q) if level == 3 else (-p if down else p,)
    a = random.choice(in_coins((low, high), 10_000, changes, 6))
    question = phrase(
        random, _TWICE if level == 3 else _SALE if down else _GAIN, thing=thing, a=a, p=p, q=q, adult=adult(random)
    )

    def changed(sheet: Sheet, value: Value, percent: int, lower: bool, what: str) -> Value:
        part = sheet.divide(value, 100, "đồng", f"1% của {number(value)} đồng là")
        more = sheet.multiply(part, percent, "đồng", f"{'Số tiền được giảm' if lower else 'Số tiền tăng thêm'} là")
        return (sheet.subtract if lower else sheet.add)(value, more, "đồng", f"{what} là")

    def solve(sheet: Sheet) -> None:
        first = changed(sheet, a, p, down, "Giá sau khi giảm" if down else "Giá niêm yết" if level == 3 else "Giá bán")
        base = sheet.pick(first, a, kind="base") if level == 3 else first
        result = changed(sheet, base, q, True, "Giá sau khi giảm") if level == 3 else first
        sheet.answer(result, "đồng")

    return Plan((a, p, down, *((q,) if level == 3 else ())), question, solve)


def _percent_of_part(random: Random) -> Plan:
    part = random.choice(_PARTS)
    while True:
        b = random.randint(part.low, part.high)
        a = random.randint(b * part.least // 100 + 1, b * part.most // 100)
        if a * 1000 % b == 0:
            break

    def solve(sheet: Sheet) -> None:
        top, bottom = sheet.pick((a, b), (b, a), (a, b - a), kind="ratio")
        sheet.say(f"Tỉ số phần trăm của {part.what} là {top}/{bottom} × 100%.")
        hundred = sheet.multiply(top, sheet.pick(100, 10))
        sheet.answer(sheet.divide(hundred, bottom, "%", "Tỉ số phần trăm đó bằng"), "%")

    question = phrase(
        random, f"{part.told} {random.choice(_PERCENT_ASKED)}", a=a, b=b, what=part.what, name=pupils(random, 1)[0]
    )
    return Plan((a, b), question, solve)


_EQUAL = (
    "[Tìm|Hãy tìm|Em hãy tìm] {letters}[,|] biết [rằng |]{ratios} và {condition}.",
    "[Tìm|Hãy tìm|Em hãy tìm] các số {letters}[,|] biết [rằng |]{ratios} và {condition}.",
    "Cho {ratios} và {condition}. [Tìm|Hãy tìm] {letters}.",
    "Cho biết {ratios} và {condition}. [Tìm|Hãy tìm|Tính] {letters}.",
    "[Áp dụng|Vận dụng|Dùng] tính chất của dãy tỉ số bằng nhau[, tìm| để tìm] {letters}, biết {ratios} và {condition}.",
)


class _Shared(NamedTuple):
    """What three groups share: how it is told, the words for what each has, its unit, the groups and the most of all."""

    told: str
    what: str
    unit: str
    asked: str
    names: tuple[str, ...]
    least: int
    most: int


_SHARED = (
    _Shared(
        "Ba lớp 7A, 7B, 7C trồng được tất cả {s} cây. [Biết số|Số] cây trồng được của ba lớp 7A, 7B, 7C lần lượt tỉ lệ với {p}, {q}, {r}.",
        *("số cây trồng được", "cây", "trồng được nhiều hơn {z} bao nhiêu cây", ("lớp 7A", "lớp 7B", "lớp 7C"), 60, 400),
    ),
    _Shared(
        "Ba bạn {first}, {second}, {third} có tất cả {s} quyển truyện. [Biết số|Số] quyển truyện của {first}, {second}, {third} lần lượt tỉ lệ với {p}, {q}, {r}.",
        *("số quyển truyện", "quyển truyện", "có nhiều hơn {z} bao nhiêu quyển truyện", (), 40, 200),
    ),
    _Shared(
        "Ba đội công nhân [cùng |]sửa được {s} m đường. [Biết số|Số] mét đường sửa được của đội Một, đội Hai, đội Ba lần lượt tỉ lệ với {p}, {q}, {r}.",
        *(
            "số mét đường sửa được",
            "m",
            "sửa được nhiều hơn {z} bao nhiêu mét đường",
            ("đội Một", "đội Hai", "đội Ba"),
            200,
            1500,
        ),
    ),
    _Shared(
        "Ba tổ 1, 2, 3 thu gom được tất cả {s} kg giấy vụn. [Biết khối lượng|Khối lượng] giấy vụn của ba tổ 1, 2, 3 lần lượt tỉ lệ với {p}, {q}, {r}.",
        *(
            "khối lượng giấy vụn",
            "kg",
            "thu gom được nhiều hơn {z} bao nhiêu ki-lô-gam giấy vụn",
            ("tổ 1", "tổ 2", "tổ 3"),
            60,
            300,
        ),
    ),
)


def equal_ratios(random: Random, level: int) -> Plan:
    """Two ratios with a sum or a difference; with multiples of x and y; a story of three parts."""
    if level == 3:
        return _three_parts(random)
    p, q = random.sample(range(2, 18 if level == 1 else 14), 2)
    k = random.choice((-1, 1)) * random.randint(2, 19)
    m, n = (1, 1) if level == 1 else random.sample(range(2, 6), 2)
    sign = random.choice("+-")
    shared = m * p + n * q if sign == "+" else m * p - n * q
    if shared in (0, 1, -1):
        return equal_ratios(random, level)
    left = f"{_times(m)}x {sign} {_times(n)}y"
    ratios = random.choice((f"x/{p} = y/{q}", f"x : y = {p} : {q}"))

    def solve(sheet: Sheet) -> None:
        if " : " in ratios:
            sheet.say(f"Từ x : y = {p} : {q} suy ra x/{p} = y/{q}.")
        sheet.say("Áp dụng tính chất của dãy tỉ số bằng nhau, ta có:")
        first, second = sheet.pick((m * p, n * q), (p, q), kind="multiples") if level == 2 else (p, q)
        operation = sheet.pick(sign, "-" if sign == "+" else "+", kind="formula")
        below = first + second if operation == "+" else first - second
        if below == 0 or shared * k % below:
            raise Absurd
        below_text = f"{first} {operation} {second}"
        start = f"x/{p} = y/{q}" if level == 1 else f"x/{p} = y/{q} = {m}x/{m * p} = {n}y/{n * q}"
        sheet.say(f"{start} = ({left})/({below_text}) = {number(shared * k)}/{signed(below)}")
        ratio = integers.divide(sheet, shared * k, below)
        x = integers.multiply(sheet, ratio, p, lead=f"Từ x/{p} = {number(ratio)}, giá trị của x là")
        y = integers.multiply(sheet, ratio, q, lead=f"Từ y/{q} = {number(ratio)}, giá trị của y là")
        x, y = sheet.pick((x, y), (y, x), kind="asked")
        sheet.say(f"Vậy x = {number(x)}, y = {number(y)}.")
        sheet.answer_text(f"x = {number(x)}; y = {number(y)}")

    fields = {"letters": random.choice(("x và y", "x, y")), "ratios": ratios, "condition": f"{left} = {number(shared * k)}"}
    return Plan((p, q, m, n, sign, k), phrase(random, _EQUAL, **fields), solve)


def _times(factor: int) -> str:
    return "" if factor == 1 else str(factor)


def _three_parts(random: Random) -> Plan:
    shared = random.choice(_SHARED)
    shares = random.sample(range(2, 10), 3)
    k = random.randint(shared.least // sum(shares) + 1, shared.most // sum(shares))
    names = shared.names or tuple(pupils(random, 3))
    more, less = sorted(random.sample(range(3), 2), key=lambda place: -shares[place])
    total = sum(shares) * k

    def solve(sheet: Sheet) -> None:
        p, q, r = shares
        sheet.say(f"Gọi {shared.what} của {names[0]}, {names[1]}, {names[2]} lần lượt là a, b, c ({shared.unit}; a, b, c > 0).")
        sheet.say(f"Theo đề bài ta có a/{p} = b/{q} = c/{r} và a + b + c = {number(total)}.")
        parts = sheet.sum(shares)
        sheet.say("Áp dụng tính chất của dãy tỉ số bằng nhau, ta có:")
        sheet.say(f"a/{p} = b/{q} = c/{r} = (a + b + c)/({p} + {q} + {r}) = {number(total)}/{number(parts)}")
        one = sheet.divide(total, parts)
        if not isinstance(one, int):
            raise Absurd
        found = []
        for place in (more, less):
            lead = f"Từ {'abc'[place]}/{shares[place]} = {number(one)}, {shared.what} của {names[place]} là"
            found.append(sheet.multiply(one, shares[place], shared.unit, lead))
        gap = sheet.subtract(found[0], found[1], shared.unit, f"{shared.what} của {names[more]} nhiều hơn của {names[less]} là")
        sheet.answer(gap, shared.unit)

    question = f"{shared.told} [Hỏi {{x}} {shared.asked}?|Tính xem {{x}} {shared.asked}.|Em hãy tính xem {{x}} {shared.asked}.|Hãy tính xem {{x}} {shared.asked}.]"
    people = dict(zip(("first", "second", "third"), names, strict=True))
    fields = {"x": names[more], "z": names[less], "s": total, "p": shares[0], "q": shares[1], "r": shares[2], **people}
    return Plan((*shares, more, less, total), phrase(random, question, **fields), solve)
