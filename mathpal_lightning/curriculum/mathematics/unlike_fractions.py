"""Sums of unlike fractions, expressions with fractions, ratios: grade 5."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum.mathematics.repetitions import lowest
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions
from mathpal_lightning.curriculum.steps.fractions import Pair, fraction_in_lowest_terms, text
from mathpal_lightning.curriculum.steps.measures import convert
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction

_EVALUATE = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính|Tính rồi rút gọn|Hãy tính rồi rút gọn|Tính và rút gọn kết quả|Tính, rút gọn kết quả nếu có thể]: {expression}",
    "[Kết quả của phép tính|Giá trị của biểu thức|Kết quả của biểu thức] {expression} [là|bằng] [bao nhiêu|phân số nào]?",
    "[Tìm|Tính|Hãy tìm|Hãy tính|Em hãy tìm|Em hãy tính] [kết quả|giá trị] của {expression}.",
)


def _unrelated(a: Pair, b: Pair) -> bool:
    return a[1] % b[1] != 0 and b[1] % a[1] != 0


def unlike_fractions(random: Random, level: int) -> Plan:
    """Denominators to 6, to 12, and three fractions."""
    low, high = ((2, 7), (6, 13), (2, 6))[level - 1]
    while True:
        a, b = (
            fraction_in_lowest_terms(random, low, high, 4 if level == 1 else 2),
            fraction_in_lowest_terms(random, low, high, 4 if level == 1 else 2),
        )
        c = fraction_in_lowest_terms(random, 3, 9)
        if _unrelated(a, b) and max(a[1], b[1]) >= (3, 8, 3)[level - 1]:
            break
    sign = "-" if Fraction(*a) > Fraction(*b) and random.random() < 0.6 else "+"
    expression = f"{text(a)} {sign} {text(b)}" + (f" + {text(c)}" if level == 3 else "")

    def solve(sheet: Sheet) -> None:
        left = sheet.pick(a, (a[0] + 1, a[1]), kind="copy")
        right = sheet.pick(b, (b[0] + 1, b[1]), kind="misread")
        if sign == "-" and Fraction(*left) <= Fraction(*right):
            raise Absurd
        first = (fractions.add if sign == "+" else fractions.subtract)(sheet, left, right)
        if level == 3:
            first = fractions.add(sheet, first.as_integer_ratio(), c)
        sheet.answer(first, write=fraction)

    return Plan((expression,), phrase(random, _EVALUATE, expression=expression), solve)


def fraction_expressions(random: Random, level: int) -> Plan:
    """A × b : c from left to right; a + b × c; (a + b) × c - d."""
    a, b, c = (fraction_in_lowest_terms(random, 2, 9, 2) for _ in range(3))
    d = fraction_in_lowest_terms(random, 2, 6)
    sum_first = (Fraction(*a) + Fraction(*b)) * Fraction(*c)
    if level == 3 and (sum_first <= Fraction(*d) or sum_first.denominator * d[1] > 900 or a[1] == b[1]):
        return fraction_expressions(random, level)
    part = Fraction(*b) * Fraction(*c)
    if level == 2 and (part == Fraction(*a) or part.denominator * a[1] > 900):
        return fraction_expressions(random, level)
    sign = "-" if Fraction(*a) > part and random.random() < 0.6 else "+"
    times = random.random() < 0.5
    begun = Fraction(*a) * Fraction(*b) if times else Fraction(*a) / Fraction(*b)
    last = (begun.numerator * c[times], begun.denominator * c[1 - times])
    if level == 1 and (last[1] > 900 or gcd(*last) > 99):  # grade 5 has denominators to 1 000 and divides by two digits
        return fraction_expressions(random, level)
    expression = (
        f"{text(a)} × {text(b)} : {text(c)}" if times else f"{text(a)} : {text(b)} × {text(c)}",
        f"{text(a)} {sign} {text(b)} × {text(c)}",
        f"({text(a)} + {text(b)}) × {text(c)} - {text(d)}",
    )[level - 1]

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say("Biểu thức chỉ có phép nhân và phép chia nên tính từ trái sang phải.")
            operations = (fractions.multiply, fractions.divide) if times else (fractions.divide, fractions.multiply)
            first = operations[0](sheet, a, b)
            result = operations[1](sheet, first.as_integer_ratio(), c)
        elif level == 2:
            sheet.say("Thực hiện phép nhân trước, phép cộng, phép trừ sau.")
            product = fractions.multiply(sheet, b, c).as_integer_ratio()
            result = (fractions.add if sign == "+" else fractions.subtract)(sheet, a, product)
        else:
            sheet.say("Tính trong ngoặc trước, rồi đến phép nhân, cuối cùng là phép trừ.")
            inside = fractions.add(sheet, a, b).as_integer_ratio()
            product = fractions.multiply(sheet, inside, c).as_integer_ratio()
            result = fractions.subtract(sheet, product, d)
        sheet.answer(result, write=fraction)

    return Plan((expression,), phrase(random, _EVALUATE, expression=expression), solve)


_GROUPS = (
    ("Một lớp học", "bạn nam", "bạn nữ", 12, 24),
    ("Một đội văn nghệ", "bạn nam", "bạn nữ", 6, 30),
    ("Một vườn cây", "cây cam", "cây bưởi", 15, 95),
    ("Một trang trại", "con gà", "con vịt", 20, 96),
    ("Một hộp", "viên bi đỏ", "viên bi xanh", 8, 60),
    ("Một giá sách", "quyển truyện", "quyển sách khoa học", 12, 90),
    ("Một bó hoa", "bông hoa hồng", "bông hoa cúc", 5, 30),
)
_RATIO = (
    "{place} có {a} {x} và {b} {y}. [Viết|Tìm|Hãy viết|Hãy tìm|Tính] tỉ số của số {x} và số {y}.",
    "{place} có {a} {x}, {b} {y}. [Tỉ số của số {x} và số {y} là bao nhiêu?|Hỏi tỉ số của số {x} và số {y} là bao nhiêu?|Tỉ số của số {x} và số {y} bằng bao nhiêu?]",
    "Cho biết {lower} có {a} {x} và {b} {y}. [Viết|Tìm|Hãy viết] tỉ số của số {x} và số {y}.",
)
_RATIO_OF_ALL = (
    "{place} có {a} {x} và {b} {y}. [Viết|Tìm|Hãy viết|Hãy tìm|Tính] tỉ số của số {x} và tổng số {x} và {y}.",
    "{place} có {a} {x}, {b} {y}. [Tỉ số của số {x} và tổng số {x}, {y} là bao nhiêu?|Hỏi tỉ số của số {x} và tổng số {x}, {y} là bao nhiêu?]",
    "Cho biết {lower} có {a} {x} và {b} {y}. [Viết|Tìm|Hãy viết|Hãy tìm|Tính] tỉ số của số {x} và tổng số {x} và {y}.",
)
_RATIO_OF_MEASURES = (
    "{name} có [một |]sợi dây {c1} dài {a} {big} và [một |]sợi dây {c2} dài {b} {small}. [Viết|Tìm|Hãy viết|Tính] tỉ số [độ dài |]của dây {c1} và dây {c2}.",
    "{thing} {c1} dài {a} {big}, {thing} {c2} dài {b} {small}. [Viết|Tìm|Tính] tỉ số độ dài của {thing} {c1} và {thing} {c2}.",
    "[Đoạn dây|Một đoạn dây] {c1} dài {a} {big}, đoạn dây {c2} dài {b} {small}. [Tỉ số độ dài của dây {c1} và dây {c2} là bao nhiêu?|Viết tỉ số độ dài của dây {c1} và dây {c2}.|Tìm tỉ số độ dài của dây {c1} và dây {c2}.]",
)


def ratio(random: Random, level: int) -> Plan:
    """The ratio of two counts; of a count to all of them; of two lengths in different units."""
    place, x, y, low, high = random.choice(_GROUPS)
    x, y = random.sample((x, y), 2)
    a, b = random.sample(range(low, high + 1), 2)
    if level == 3:
        return _ratio_of_lengths(random)

    unit = x.split(" ")[0]

    def solve(sheet: Sheet) -> None:
        other = b if level == 1 else int(sheet.add(a, b, unit, lead=f"Tổng số {x} và {y} là"))
        top, bottom = sheet.pick((a, other), (other, a), (b, a + b) if level == 1 else (a, b), kind="formula")
        over = f"số {y}" if level == 1 else "tổng số"
        sheet.say(f"Tỉ số của số {x} và {over} là {top} : {bottom} hay {top}/{bottom}.")
        sheet.answer(Fraction(*lowest(sheet, (top, bottom))), write=fraction)

    templates = _RATIO if level == 1 else _RATIO_OF_ALL
    question = phrase(random, templates, place=place, lower=place[0].lower() + place[1:], x=x, y=y, a=a, b=b)
    return Plan((level, a, b), question, solve)


def _ratio_of_lengths(random: Random) -> Plan:
    big, small, size = random.choice((("m", "cm", 100), ("dm", "cm", 10), ("m", "dm", 10)))
    a = random.randint(3, 30) if big == "dm" else random.randint(2, 9)
    b = random.randint(size + 5, 9 * size - 1)
    c1, c2 = random.sample(("đỏ", "xanh", "vàng", "trắng", "tím"), 2)

    def solve(sheet: Sheet) -> None:
        length = int(convert(sheet, a, big, small))
        top, bottom = sheet.pick((length, b), (b, length), (a, b), kind="formula")
        sheet.say(f"Tỉ số cần tìm là {top} : {bottom} hay {top}/{bottom}.")
        sheet.answer(Fraction(*lowest(sheet, (top, bottom))), write=fraction)

    fields = {
        "thing": random.choice(("băng giấy", "thanh gỗ", "dải ruy băng")),
        "name": pupils(random, 1)[0],
        "big": big,
        "small": small,
        "c1": c1,
        "c2": c2,
    }
    return Plan((a, big, b, small), phrase(random, _RATIO_OF_MEASURES, a=a, b=b, **fields), solve)
