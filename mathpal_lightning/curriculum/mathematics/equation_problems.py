"""Word problems that lead to a linear equation: grade 8."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import joined, minus, plus, times, whole
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_GATHERED = (
    ("quyển sách", "quyên góp", "lớp 8A", "lớp 8B", (24, 160)), ("cây", "trồng", "lớp 8A", "lớp 8B", (18, 90)),
    ("vỏ lon", "thu gom", "chi đội 8A", "chi đội 8B", (30, 180)), ("chai nhựa", "thu gom", "tổ 1", "tổ 2", (25, 140)),
    ("sản phẩm", "làm", "phân xưởng 1", "phân xưởng 2", (120, 700)), ("chiếc áo", "may", "tổ may 1", "tổ may 2", (90, 600)),
)  # fmt: skip
_SUM = (
    "[Trong đợt vừa qua|Trong tháng vừa qua|Theo báo cáo], {one} và {two} {verb} được [tất cả|tổng cộng] {total} {unit}. Số {unit} của {two} {relation} số {unit} của {one}. {ask}",
    "{One} và {two} [cùng nhau |]{verb} được {total} {unit}, [trong đó|biết rằng] số {unit} của {two} {relation} của {one}. {ask}",
)
_ASK_FIRST = (
    "[Hỏi {one} {verb} được bao nhiêu {unit}?|Tính số {unit} của {one}.|Tìm số {unit} mà {one} {verb} được.|"
    "Bằng cách lập phương trình, [hãy tính|tính] số {unit} của {one}.]"
)


def problems_by_equation(random: Random, level: int) -> Plan:
    """Two numbers from their sum and relation; a way from the times there and back; a plan that is surpassed."""
    return (_two_numbers, _there_and_back, _surpassed_plan)[level - 1](random)


def _two_numbers(random: Random) -> Plan:
    unit, verb, one, two, (low, high) = random.choice(_GATHERED)
    x, k = random.randint(low, high), random.randint(2, 4)
    more = random.randint(3, max(6, x // 3)) * random.choice((1, -1))
    total = x + k * x + more
    relation = f"{'nhiều' if more > 0 else 'ít'} hơn {k} lần"
    words = {"one": one, "One": one[0].upper() + one[1:], "two": two, "verb": verb, "unit": unit, "total": total}
    template = [form.replace("{ask}", _ASK_FIRST) for form in _SUM]
    told = f"{relation} số {unit} của {one} là {abs(more)} {unit}"
    question = phrase(
        random,
        [form.replace("{relation} số {unit} của {one}", told).replace("{relation} của {one}", told) for form in template],
        **words,
    )

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi số {unit} của {one} là x (x là số tự nhiên khác 0, x < {number(total)}).")
        factor, free = sheet.pick((k, more), (k, -more), kind="relation")
        sheet.say(f"Số {unit} của {two} là {joined((factor, 'x'), (free, ''))}.")
        sheet.say(f"Vì cả hai có {number(total)} {unit} nên ta có phương trình:")
        sheet.say(f"{joined((1, 'x'), (factor, 'x'), (free, ''))} = {number(total)}")
        rest = plus(sheet, total, sheet.pick(-free, free, kind="transpose"))
        both = sheet.pick(factor + 1, factor, kind="term")
        sheet.say(f"{joined((both, 'x'))} = {number(rest)}")
        if rest % both:
            raise Absurd
        found = whole(sheet.divide(rest, both))
        sheet.say(f"x = {number(found)} (thoả mãn điều kiện)")
        sheet.say(f"Vậy số {unit} của {one} là {number(found)}.")
        sheet.answer(found, unit)

    return Plan((k, more, total), question, solve)


_RIDES = (
    ("xe máy", "A", "B", 28, 50), ("ô tô", "tỉnh A", "tỉnh B", 40, 75), ("xe khách", "bến A", "bến B", 40, 65),
    ("xe tải", "A", "B", 35, 60), ("ca nô", "bến A", "bến B", 20, 45), ("ô tô", "A", "B", 40, 75),
)  # fmt: skip
_THERE = (
    "Một {ride} đi từ {here} đến {there} với vận tốc {u} km/h [rồi quay về|, lúc về đi] với vận tốc {v} km/h. [Thời gian về ít hơn thời gian đi|Biết thời gian về ít hơn thời gian đi|Vì thế lúc về nhanh hơn lúc đi] {minutes} phút. {ask}",
    "[Lúc đi|Khi đi] từ {here} đến {there}, một {ride} chạy với vận tốc {u} km/h. [Lúc về|Khi về] trên [cùng |]quãng đường đó, {ride} chạy với vận tốc {v} km/h nên thời gian về ít hơn thời gian đi {minutes} phút. {ask}",
    "Trên quãng đường từ {here} đến {there}, một {ride} đi với vận tốc {u} km/h; lúc quay về, {ride} đi với vận tốc {v} km/h. [Biết thời gian về|Thời gian về] ít hơn thời gian đi {minutes} phút. {ask}",
)
_ASK_WAY = "[Tính quãng đường từ {here} đến {there}.|Hỏi quãng đường từ {here} đến {there} dài bao nhiêu ki-lô-mét?|Tính độ dài quãng đường từ {here} đến {there}.|Bằng cách lập phương trình, tính độ dài quãng đường từ {here} đến {there}.]"


def _there_and_back(random: Random) -> Plan:
    while True:
        ride, here, there, low, high = random.choice(_RIDES)
        u = random.randint(low, high)
        v = u + random.randint(2, 25)
        minutes = random.choice([minutes for minutes in range(6, 76) if gcd(60, minutes) >= 3])
        way = Fraction(minutes * u * v, 60 * (v - u))
        if way.denominator == 1 and 20 <= way <= 240:
            break
    question = phrase(
        random,
        [form.replace("{ask}", _ASK_WAY) for form in _THERE],
        ride=ride,
        here=here,
        there=there,
        u=u,
        v=v,
        minutes=minutes,
    )
    hours = Fraction(minutes, 60)

    def solve(sheet: Sheet) -> None:
        sheet.say("Gọi độ dài quãng đường là x (km), x > 0.")
        sheet.say(f"Thời gian đi là x/{u} (giờ), thời gian về là x/{v} (giờ).")
        late = sheet.pick(hours, Fraction(minutes), kind="unit")
        sheet.say(f"Đổi {minutes} phút = {late} giờ. Ta có phương trình:" if late == hours else "Ta có phương trình:")
        sheet.say(f"x/{u} - x/{v} = {late}")
        sheet.say(f"Nhân hai vế với {u} × {v}, ta được: {joined((v, 'x'), (-u, 'x'))} = {late} × {u} × {v}")
        first = sheet.multiply(u, v)
        top, bottom = late.numerator, late.denominator
        right = sheet.divide(sheet.multiply(first, top) if top > 1 else first, bottom) if bottom > 1 else first
        factor = minus(sheet, v, u) if sheet.pick(True, False, kind="formula") else plus(sheet, v, u)
        sheet.say(f"{joined((factor, 'x'))} = {number(right)}")
        found = sheet.divide(right, factor)
        if found <= 0:
            raise Absurd
        sheet.say(f"x = {number(found)} (thoả mãn điều kiện)")
        sheet.say(f"Vậy quãng đường từ {here} đến {there} dài {number(found)} km.")
        sheet.answer(found, "km")

    return Plan((u, v, minutes), question, solve)


_MAKERS = (
    ("Một xưởng may", "bộ quần áo", "may", (20, 80)), ("Một tổ sản xuất", "sản phẩm", "làm", (25, 90)),
    ("Một xí nghiệp", "chiếc áo", "may", (60, 160)), ("Một phân xưởng", "đôi giày", "làm", (40, 120)),
    ("Một xưởng mộc", "chiếc ghế", "làm", (30, 90)), ("Một hợp tác xã", "cây giống", "trồng", (50, 150)),
)  # fmt: skip
_PLAN = (
    "{who} dự định mỗi ngày {verb} {a} {unit}. [Thực tế|Do cải tiến cách làm], mỗi ngày {verb} được {b} {unit} nên [hoàn thành|xong] trước {days} ngày và còn {verb} thêm được {more} {unit}. {ask}",
    "Theo kế hoạch, {low} phải {verb} mỗi ngày {a} {unit}. [Khi thực hiện|Thực tế], mỗi ngày {verb} được {b} {unit}, vì vậy đã hoàn thành kế hoạch sớm {days} ngày[ và| và ngoài ra] {verb} thêm được {more} {unit}. {ask}",
)
_ASK_PLAN = "[Hỏi theo kế hoạch phải {verb} bao nhiêu {unit}?|Tính số {unit} phải {verb} theo kế hoạch.|Tìm số {unit} phải {verb} theo kế hoạch.|Bằng cách lập phương trình, tính số {unit} phải {verb} theo kế hoạch.]"


def _surpassed_plan(random: Random) -> Plan:
    while True:
        who, unit, verb, (low, high) = random.choice(_MAKERS)
        a, gap = random.randint(low, high), random.randint(3, 20)
        b, days, more = a + gap, random.randint(1, 4), random.randint(5, 60)
        x = Fraction(a * (more + b * days), gap)  # x/a - (x + more)/b = days
        if x.denominator == 1 and x.numerator % a == 0 and 4 <= x // a <= 40:
            break
    values = {
        "who": who,
        "low": who[0].lower() + who[1:],
        "unit": unit,
        "verb": verb,
        "a": a,
        "b": b,
        "days": days,
        "more": more,
    }
    question = phrase(random, [form.replace("{ask}", _ASK_PLAN) for form in _PLAN], **values)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi số {unit} phải {verb} theo kế hoạch là x (x > 0).")
        extra = sheet.pick(more, -more, kind="relation")
        sheet.say(
            f"Thời gian theo kế hoạch là x/{a} (ngày), thời gian thực tế là ({joined((1, 'x'), (extra, ''))})/{b} (ngày)."
        )
        sheet.say(
            f"Vì hoàn thành sớm {days} ngày nên ta có phương trình: x/{a} - ({joined((1, 'x'), (extra, ''))})/{b} = {days}"
        )
        sheet.say(f"Nhân hai vế với {a} × {b}, ta được: {b}x - {a}({joined((1, 'x'), (extra, ''))}) = {days} × {a} × {b}")
        product = times(sheet, a, extra)
        right = times(sheet, times(sheet, a, b), days)
        kept = sheet.pick(-product, product, kind="brackets")
        sheet.say(f"{joined((b, 'x'), (-a, 'x'), (kept, ''))} = {number(right)}")
        moved = sheet.pick(-kept, kept, kind="transpose")
        factor, rest = minus(sheet, b, a), plus(sheet, right, moved)
        sheet.say(f"{joined((factor, 'x'))} = {number(rest)}")
        if factor <= 0 or rest <= 0 or rest % factor:
            raise Absurd
        found = int(sheet.divide(rest, factor))
        sheet.say(f"x = {number(found)} (thoả mãn điều kiện)")
        sheet.say(f"Vậy theo kế hoạch phải {verb} {number(found)} {unit}.")
        sheet.answer(found, unit)

    return Plan((a, b, days, more), question, solve)
