"""Equations with fractions, proportions, direct and inverse proportion: grade 7."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, rationals
from mathpal_lightning.curriculum.steps.fractions import Pair
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number

_FIND_X = (
    "[Tìm|Hãy tìm|Em hãy tìm] x, biết: {equation}",
    "[Tìm|Hãy tìm] [số hữu tỉ x|số x], biết {equation}.",
    "[Tìm|Hãy tìm] [số hữu tỉ x|x|giá trị của x] [sao cho|thoả mãn|để] {equation}.",
    "Với [giá trị nào của x|số hữu tỉ x nào] thì {equation}?",
    "Cho {equation}. [Tìm|Hãy tìm] [x|số hữu tỉ x].",
    "[Số hữu tỉ x bằng bao nhiêu để|Số x bằng bao nhiêu nếu] {equation}?",
)


def _lowest(random: Random, denominator: int) -> Pair:
    return random.choice([top for top in range(1, denominator + 6) if gcd(top, denominator) == 1]), denominator


_FACTORS = ((2, 3), (4, 3), (5, 3), (2, 5), (3, 5), (4, 5), (3, 2), (5, 2), (2, 7), (3, 4))


def fraction_equation(random: Random, level: int) -> Plan:
    """X plus or minus a fraction with related denominators; unrelated ones and -x; a fraction times x."""
    if level == 1:
        q = random.randint(2, 7)
        s = q * random.randint(2, 24 // q)
    else:
        q, s = random.sample(range(3, 14), 2)
        while max(q, s) % min(q, s) == 0:
            q, s = random.sample(range(3, 11), 2)
    a, c = _lowest(random, q), _lowest(random, s)
    a, c = (c, a) if random.random() < 0.5 else (a, c)
    k = Fraction(*random.choice(_FACTORS)) if level == 3 else Fraction(1)
    times = "x" if k == 1 else f"{fraction(k)} × x"
    left, right = fractions.text(a), fractions.text(c)
    swapped = level == 2 and random.random() < 0.6
    adding = not swapped and random.random() < 0.5
    equation = f"{left} - x = {right}" if swapped else f"{times} {'+' if adding else '-'} {left} = {right}"

    def solve(sheet: Sheet) -> None:
        inverse = "-" if swapped or adding else "+"
        sign = sheet.pick(inverse, "+" if inverse == "-" else "-", kind="transpose")
        first, second = (a, c) if swapped else (c, a)
        sheet.say("Áp dụng quy tắc chuyển vế, ta có:")
        sheet.say(f"{times} = {fractions.text(first)} {sign} {fractions.text(second)}")
        value = (fractions.add if sign == "+" else fractions.subtract)(sheet, first, second)
        if k != 1:
            sheet.say(f"{times} = {fraction(value)}")
            value_pair, k_pair = (value.numerator, value.denominator), (k.numerator, k.denominator)
            sheet.say(f"x = {fraction(value)} : {fraction(k)}")
            value = Fraction(*rationals.calculate(sheet, ":", value_pair, k_pair))
        sheet.say(f"Vậy x = {fraction(value)}")
        sheet.answer(value, name="x = ", write=fraction)

    return Plan((a, c, adding, swapped, k), phrase(random, _FIND_X, equation=equation), solve)


_FIND_TERM = (
    "[Tìm|Hãy tìm|Em hãy tìm] x [trong tỉ lệ thức|, biết] {equation}.",
    "[Tìm|Hãy tìm] [số hạng chưa biết|số hạng x|x] [trong|của] tỉ lệ thức {equation}.",
    "Cho tỉ lệ thức {equation}. [Tìm|Hãy tìm|Tính] x.",
    "Với [giá trị nào của x|số x nào] thì [ta có tỉ lệ thức |]{equation}?",
    "[Tìm|Hãy tìm] [x|giá trị của x] [sao cho|để|thoả mãn] {equation}.",
    "Số x bằng bao nhiêu [nếu|để|, biết] {equation}?",
)


def proportion(random: Random, level: int) -> Plan:
    """X with whole numbers; with a number of one decimal; x plus or minus a number over another."""
    low, high = ((2, 24), (25, 60), (31, 90))[level - 1]
    while True:
        a, b, c = (random.randint(low, high) for _ in range(3))
        if a * b % c == 0 and c not in (a, b) and a != b and (level != 2 or a * b >= 10 * c):
            break
    more = random.randint(11, 60) if level == 3 else 0
    scaled = Fraction(a, 10) if level == 2 and a % 10 else a
    sign = random.choice("+-")
    whole = "x" if level < 3 else f"(x {sign} {more})"
    first, second = number(scaled), f"{b} : {c}"
    equation = f"{whole} : {first} = {second}"
    if level == 3 and sign == "+" and a * b // c <= more:
        sign, whole = "-", f"(x - {more})"
        equation = f"{whole} : {first} = {second}"

    def solve(sheet: Sheet) -> None:
        inner = whole.strip("()")
        times, over = sheet.pick((b, c), (c, b), kind="crossed")
        sheet.say(f"Từ tỉ lệ thức suy ra {whole} × {over} = {first} × {times}.")
        sheet.say(f"{inner} = {first} × {times} : {over}")
        value = sheet.divide(sheet.multiply(scaled, times), over)
        if level == 3:
            sheet.say(f"{inner} = {number(value)}")
            inverse = sheet.pick("-" if sign == "+" else "+", sign, kind="transpose")
            sheet.say(f"x = {number(value)} {inverse} {more}")
            value = sheet.calculate(inverse, value, more)
        sheet.say(f"Vậy x = {number(value)}")
        sheet.answer(value, name="x = ")

    return Plan((scaled, b, c, sign if more else "", more), phrase(random, _FIND_TERM, equation=equation), solve)


class _Pair(NamedTuple):
    """Two quantities of which one depends on the other."""

    question: str
    further: str
    """The question of level 3: how much more, or how many fewer."""
    quantities: str
    asked: str
    change: str
    unit: str
    each: tuple[int, int]
    step: int = 1


_DIRECT = (
    _Pair(
        "[Mua {m} chiếc bút hết {a} đồng.|{name} mua {m} chiếc bút hết {a} đồng.] ",
        "[Hỏi mua {n} chiếc bút cùng loại phải trả nhiều hơn bao nhiêu tiền?|Mua {n} chiếc bút cùng loại phải trả nhiều hơn bao nhiêu đồng?|Tính xem mua {n} chiếc bút cùng loại phải trả nhiều hơn bao nhiêu tiền.]"
        "#[Hỏi mua {n} chiếc bút cùng loại hết bao nhiêu tiền?|Mua {n} chiếc bút cùng loại hết bao nhiêu đồng?|Tính số tiền mua {n} chiếc bút cùng loại.]",
        "số bút và số tiền",
        "số tiền mua {n} chiếc bút",
        "Số tiền phải trả nhiều hơn là",
        "đồng",
        (6, 24),
        500,
    ),
    _Pair(
        "[Một ô tô|Ô tô của bố {name}] đi {a} km tiêu thụ hết {m} l xăng[.|, mức tiêu thụ không đổi.] ",
        "[Hỏi với {n} l xăng, xe đi được xa hơn bao nhiêu ki-lô-mét?|Với {n} l xăng, xe đi được nhiều hơn bao nhiêu ki-lô-mét?]"
        "#[Hỏi với {n} l xăng, xe đi được bao nhiêu ki-lô-mét?|Với {n} l xăng, xe đi được bao nhiêu ki-lô-mét?]",
        "số lít xăng và quãng đường đi được",
        "quãng đường đi được với {n} l xăng",
        "Quãng đường đi được nhiều hơn là",
        "km",
        (9, 16),
    ),
    _Pair(
        "[Một máy in|Máy in của lớp {name}] cứ {m} phút in được {a} trang[.|, tốc độ in không đổi.] ",
        "[Hỏi trong {n} phút máy in được nhiều hơn trong {m} phút bao nhiêu trang?|Trong {n} phút máy đó in được nhiều hơn trong {m} phút bao nhiêu trang?]"
        "#[Hỏi trong {n} phút máy in được bao nhiêu trang?|Trong {n} phút máy đó in được bao nhiêu trang?]",
        "thời gian và số trang in được",
        "số trang in được trong {n} phút",
        "Số trang in được nhiều hơn là",
        "trang",
        (8, 40),
    ),
    _Pair(
        "[Một vòi nước|Vòi nước thứ nhất] chảy {m} phút được {a} l nước[.|, lượng nước chảy mỗi phút như nhau.] ",
        "[Hỏi trong {n} phút vòi chảy được nhiều hơn trong {m} phút bao nhiêu lít nước?|Trong {n} phút vòi đó chảy được nhiều hơn trong {m} phút bao nhiêu lít?]"
        "#[Hỏi trong {n} phút vòi chảy được bao nhiêu lít nước?|Trong {n} phút vòi đó chảy được bao nhiêu lít nước?]",
        "thời gian và lượng nước chảy được",
        "lượng nước chảy được trong {n} phút",
        "Lượng nước chảy được nhiều hơn là",
        "l",
        (6, 45),
    ),
)


def direct_proportion(random: Random, level: int) -> Plan:
    """X : n = a : m: small numbers, larger ones, and how much more it is."""
    pair = random.choice(_DIRECT)
    m, n = sorted(random.sample(range(*((2, 13), (13, 40), (41, 120))[level - 1]), 2))
    if level < 3 and random.random() < 0.5:
        m, n = n, m
    a = m * random.randint(*pair.each) * pair.step
    further, plain = pair.further.split("#")
    question = phrase(random, pair.question + (further if level == 3 else plain), m=m, n=n, a=a, name=pupils(random, 1)[0])

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi {pair.asked.format(n=n)} là x ({pair.unit}), x > 0.")
        sheet.say(f"Vì {pair.quantities} là hai đại lượng tỉ lệ thuận nên x : {n} = {number(a)} : {m}.")
        times, over = sheet.pick((n, m), (m, n), kind="inverse")
        sheet.say(f"Suy ra x = {number(a)} × {times} : {over}")
        value = sheet.divide(sheet.multiply(a, times), over, pair.unit)
        if level == 3:
            value = sheet.subtract(value, a, pair.unit, pair.change)
        sheet.answer(value, pair.unit)

    return Plan((m, n, a, level == 3), question, solve)


_INVERSE = (
    _Pair(
        "[{m} công nhân|Một tổ {m} công nhân] [làm xong|hoàn thành] một công việc trong {a} ngày[.|, năng suất mỗi người như nhau.] ",
        "[Hỏi muốn xong trong {n} ngày cần thêm bao nhiêu công nhân?|Để xong trong {n} ngày cần bổ sung bao nhiêu công nhân?]"
        "#[Hỏi {n} công nhân làm xong công việc đó trong bao nhiêu ngày?|Với {n} công nhân thì xong công việc đó trong bao nhiêu ngày?]",
        "số công nhân và thời gian",
        "số ngày {n} công nhân làm xong công việc",
        "Số công nhân cần thêm là",
        "ngày",
        (1, 1),
    ),
    _Pair(
        "[{m} máy bơm|Một trạm có {m} máy bơm] cùng công suất hút cạn [một hồ nước|hồ] trong {a} giờ. ",
        "[Hỏi muốn hút cạn hồ trong {n} giờ cần thêm bao nhiêu máy bơm như thế?|Để hút cạn hồ trong {n} giờ cần bổ sung bao nhiêu máy bơm?]"
        "#[Hỏi {n} máy bơm như thế hút cạn hồ trong bao nhiêu giờ?|Với {n} máy bơm như thế thì hút cạn hồ trong bao nhiêu giờ?]",
        "số máy bơm và thời gian",
        "số giờ {n} máy bơm hút cạn hồ",
        "Số máy bơm cần thêm là",
        "giờ",
        (1, 1),
    ),
    _Pair(
        "[Một bếp ăn|Bếp ăn của một đơn vị] có đủ gạo cho {m} người ăn trong {a} ngày[.|, mức ăn mỗi người như nhau.] ",
        "[Số gạo đó ăn hết trong {n} ngày. Hỏi bếp ăn có thêm bao nhiêu người?|Nhưng số gạo ấy đã hết sau {n} ngày. Hỏi đã có thêm bao nhiêu người ăn?]"
        "#[Hỏi số gạo đó đủ cho {n} người ăn trong bao nhiêu ngày?|Nếu có {n} người thì số gạo đó đủ ăn trong bao nhiêu ngày?]",
        "số người và số ngày ăn",
        "số ngày đủ gạo cho {n} người",
        "Số người thêm là",
        "ngày",
        (1, 1),
    ),
    _Pair(
        "[{m} thợ|Một đội {m} thợ] [sửa xong|làm xong] một đoạn đường trong {a} ngày[.|, sức làm mỗi người như nhau.] ",
        "[Hỏi muốn xong đoạn đường trong {n} ngày cần thêm bao nhiêu thợ?|Để xong đoạn đường trong {n} ngày cần bổ sung bao nhiêu thợ?]"
        "#[Hỏi {n} thợ làm xong đoạn đường đó trong bao nhiêu ngày?|Với {n} thợ thì xong đoạn đường đó trong bao nhiêu ngày?]",
        "số thợ và thời gian",
        "số ngày {n} thợ làm xong đoạn đường",
        "Số thợ cần thêm là",
        "ngày",
        (1, 1),
    ),
)
_WORKERS = ("công nhân", "máy bơm", "người", "thợ")


def inverse_proportion(random: Random, level: int) -> Plan:
    """X × n = a × m: small numbers, larger ones, and how many more are needed for fewer days."""
    place = random.randrange(len(_INVERSE))
    pair, worker = _INVERSE[place], _WORKERS[place]
    low, high = ((3, 15), (12, 48), (24, 90))[level - 1]
    while True:
        m, n, a = random.randint(low, high), random.randint(low, high), random.randint(low, high)
        if m != n and m * a % n == 0 and (level < 3 and m * a // n != m or level == 3 and n < a):
            break
    if level == 1 and worker == "người":
        m, n = 10 * m, 10 * n  # a kitchen feeds many
    further, plain = pair.further.split("#")
    question = phrase(random, pair.question + (further if level == 3 else plain), m=m, n=n, a=a)
    unit = worker if level == 3 else pair.unit
    asked = f"số {worker} khi xong trong {n} {pair.unit}" if level == 3 else pair.asked.format(n=n)
    if level == 3 and worker == "người":
        asked = f"số người ăn hết gạo trong {n} ngày"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi {asked} là x ({unit}), x > 0.")
        sheet.say(f"Vì {pair.quantities} là hai đại lượng tỉ lệ nghịch nên x × {n} = {a} × {m}.")
        times, over = sheet.pick((m, n), (n, m), kind="direct")
        sheet.say(f"Suy ra x = {a} × {times} : {over}")
        value = sheet.divide(sheet.multiply(a, times), over, unit)
        if level == 3:
            value = sheet.subtract(value, m, unit, pair.change)
        sheet.answer(value, unit)

    return Plan((m, n, a, level == 3), question, solve)
