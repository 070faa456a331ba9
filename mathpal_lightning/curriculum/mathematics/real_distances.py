"""Distances and heights in real life, by similar triangles, Thalès and Pythagoras: grade 8."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.circles_and_solids import hypotenuse_of, leg, right_triangle
from mathpal_lightning.curriculum.nouns import adult, pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import joined, minus, plus
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


def real_distances(random: Random, level: int) -> Plan:
    """A height from its shadow; the width of a river by Thalès; a height or length by Pythagoras."""
    return (_shadow, _river, _by_pythagoras)[level - 1](random)


_TALL = (
    ("cây bàng", 40, 130), ("cột cờ", 60, 150), ("toà nhà", 90, 400), ("cây phượng", 40, 140), ("cột điện", 70, 140),
    ("ngọn tháp", 120, 450), ("bức tượng", 30, 160), ("cây dừa", 60, 200),
)  # fmt: skip
_SHADOW = (
    "[Vào cùng một lúc|Cùng một thời điểm trong ngày|Vào buổi chiều], {name} cắm thẳng đứng một cọc cao {stick} m thì bóng của cọc trên mặt đất dài {small} m, [còn |]bóng của {thing} dài {long} m. {ask}",
    "[Để đo|Muốn biết] chiều cao của {thing}, {name} dùng một cọc cao {stick} m đặt thẳng đứng. [Lúc đó|Cùng lúc đó], bóng của cọc dài {small} m và bóng của {thing} dài {long} m. {ask}",
    "Bóng của {thing} trên mặt đất dài {long} m. Cùng lúc đó, một cọc thẳng đứng cao {stick} m có bóng dài {small} m. {ask}",
)
_ASK_HEIGHT = (
    "[Tính chiều cao của {thing}.|Hỏi {thing} cao bao nhiêu mét?|Tìm chiều cao của {thing}.|Hãy tính chiều cao của {thing}.]"
)


def _shadow(random: Random) -> Plan:
    while True:
        thing, low, high = random.choice(_TALL)
        stick, small = Fraction(random.randint(10, 24), 10), Fraction(random.randint(8, 40), 10)
        long = Fraction(random.randint(20, 400), 10)
        height = stick * long / small
        if low <= height * 10 <= high and (height * 10).denominator == 1 and stick != small:
            break
    words = {"thing": thing, "name": pupils(random, 1)[0], "stick": stick, "small": small, "long": long}
    question = phrase(random, [form.replace("{ask}", _ASK_HEIGHT) for form in _SHADOW], **words)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi chiều cao của {thing} là AB, bóng là AC = {number(long)} m; chiều cao của cọc là DE, bóng là DF.")
        sheet.say("Các tia sáng mặt trời song song nên góc C bằng góc F; góc A và góc D đều vuông.")
        sheet.say("Do đó tam giác ABC đồng dạng với tam giác DEF (g.g), suy ra AB/DE = AC/DF.")
        above, below = sheet.pick((long, small), (small, long), kind="upside_down")
        sheet.say(f"AB = DE × AC : DF = {number(stick)} × {number(above)} : {number(below)}")
        product = sheet.multiply(stick, above)
        found = sheet.divide(product, below, "m", lead=f"Chiều cao của {thing} là")
        sheet.answer(found, "m")

    return Plan((stick, small, long), question, solve)


_LADDER = (
    "Một chiếc thang dài {c} dm dựa vào tường[, chân thang cách|. Chân thang cách] chân tường {a} dm. [Hỏi đầu trên của thang cách mặt đất bao nhiêu đề-xi-mét?|Tính khoảng cách từ đầu trên của thang đến mặt đất.|Tính độ cao của đầu trên của thang so với mặt đất.]",
    "{Adult} đặt một chiếc thang dài {c} dm dựa vào bức tường [thẳng đứng|vuông góc với mặt đất], chân thang cách chân tường {a} dm. [Hỏi thang chạm tường ở độ cao bao nhiêu đề-xi-mét?|Tính độ cao từ mặt đất đến điểm thang chạm tường.]",
)
_SAIL = (
    "[Từ bến|Từ một bến cảng], một {boat} đi về hướng {east} {a} km rồi rẽ sang hướng {north} đi tiếp {b} km. [Hỏi khi đó {boat} cách bến bao nhiêu ki-lô-mét?|Tính khoảng cách từ bến đến vị trí đó.|Lúc này {boat} cách bến bao nhiêu ki-lô-mét?]",
    "Một người đi xe máy từ nhà về hướng {east} {a} km, sau đó đi về hướng {north} {b} km thì đến [quê|thành phố|nơi làm việc]. [Tính khoảng cách theo đường thẳng từ nhà đến đó.|Hỏi nơi đó cách nhà bao nhiêu ki-lô-mét theo đường chim bay?]",
)
_WIRE = (
    "Một [cột ăng-ten|cột thu sóng|cột truyền hình] cao {a} m, [người ta căng|được giữ bằng] dây cáp từ đỉnh cột xuống một điểm trên mặt đất cách chân cột {b} m. [Tính chiều dài dây cáp.|Hỏi dây cáp dài bao nhiêu mét?|Tìm độ dài của dây cáp đó.]",
    "[Từ đỉnh|Từ điểm cao nhất của] một cột cao {a} m, người ta kéo một dây cáp thẳng đến điểm trên mặt đất cách chân cột {b} m. [Tính chiều dài của dây cáp.|Hỏi dây cáp đó dài bao nhiêu mét?]",
)


def _by_pythagoras(random: Random) -> Plan:
    kind = random.randrange(3)
    names = ("AB", "BC", "AC")
    a, b, c = right_triangle(random, *((25, 90), (5, 120), (20, 120))[kind])
    if kind == 0:
        a, b = min(a, b), max(a, b)
    east, north = random.choice((("đông", "bắc"), ("tây", "nam"), ("bắc", "đông"), ("nam", "tây")))
    forms = (_LADDER, _SAIL, _WIRE)[kind]
    boat, person = random.choice(("con tàu", "chiếc thuyền", "tàu cá")), adult(random)
    words = {"boat": boat, "east": east, "north": north, "Adult": person}
    question = phrase(random, forms, a=a, b=b, c=c, **words)
    unit = ("dm", "km", "m")[kind]

    def solve(sheet: Sheet) -> None:
        sheet.say("Gọi ba điểm trong bài là A, B, C thì tam giác ABC vuông tại A.")
        if kind == 0:
            sheet.say(f"Thang là cạnh huyền BC = {c} dm, khoảng cách từ chân thang đến tường là AC = {a} dm.")
            found = leg(sheet, c, a, names, unit)
        else:
            sheet.say(f"Hai cạnh góc vuông là AB = {a} {unit}; AC = {b} {unit}. Cần tính cạnh huyền BC.")
            found = hypotenuse_of(sheet, a, b, ("BC", "AB", "AC"), unit)
        sheet.answer(found, sheet.pick(unit, f"{unit}²", kind="unit"))

    return Plan((a, b, c, kind), question, solve)


_RIVER = (
    "[Để đo|Muốn đo] {what}[ mà không thể đo trực tiếp|], {name} chọn các điểm C, D, E sao cho B nằm giữa A và D, C nằm giữa A và E, BC // DE. [Đo được|Kết quả đo] BC = {u} m, DE = {v} m, BD = {d} m. {ask}",
    "{Name} đo {what} bằng cách lấy điểm D trên tia đối của tia BA, dựng BC và DE song song với nhau (C nằm trên đoạn AE). [Biết|Đo được] BC = {u} m, DE = {v} m, BD = {d} m. {ask}",
)
_ASK_AB = "[Tính {what}.|Hỏi {what} là bao nhiêu mét?|Tìm độ dài AB.|Hãy tính độ dài AB.]"


def _river(random: Random) -> Plan:
    while True:
        u, v, d = random.randint(12, 60), random.randint(20, 110), random.randint(11, 90)
        if v > u + 5 and u * d % (v - u) == 0 and 20 <= u * d // (v - u) <= 400:
            break
    what = random.choice(("chiều rộng AB của khúc sông", "chiều rộng AB của hồ nước", "khoảng cách AB qua đầm lầy"))
    name = pupils(random, 1)[0]
    question = phrase(
        random, [form.replace("{ask}", _ASK_AB) for form in _RIVER], what=what, name=name, Name=name, u=u, v=v, d=d
    )

    def solve(sheet: Sheet) -> None:
        sheet.say("Trong tam giác ADE có BC // DE nên theo hệ quả của định lí Thalès: AB/AD = BC/DE.")
        sheet.say(f"Đặt AB = x (m), x > 0. Khi đó AD = x + {d}.")
        sheet.say(f"x/(x + {d}) = {u}/{v}")
        first, second = sheet.pick((v, u), (u, v), kind="upside_down")
        sheet.say(f"{joined((first, 'x'))} = {second}(x + {d})")
        free = sheet.multiply(second, d)
        sheet.say(f"{joined((first, 'x'))} = {joined((second, 'x'))} + {number(free)}")
        if sheet.pick(True, False, kind="transpose"):
            if first <= second:
                raise Absurd
            factor = minus(sheet, first, second)
        else:
            factor = plus(sheet, first, second)
        sheet.say(f"{joined((factor, 'x'))} = {number(free)}")
        found = sheet.divide(free, factor)
        sheet.say(f"x = {number(found)} (thoả mãn điều kiện)")
        sheet.say(f"Vậy AB = {number(found)} m.")
        sheet.answer(found, "m")

    return Plan((u, v, d), question, solve)
