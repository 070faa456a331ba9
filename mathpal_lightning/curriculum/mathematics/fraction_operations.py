"""Fractions reduced, compared, added, subtracted, multiplied and divided, and mixed numbers: grades 4 and 5."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, ordering
from mathpal_lightning.curriculum.steps.fractions import Pair, fraction_in_lowest_terms, text
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction

_MOST = 100
"""The largest denominator of grade 4."""


_REDUCE = (
    "[Rút gọn|Hãy rút gọn|Em hãy rút gọn] phân số {given}.",
    "[Viết|Hãy viết|Em hãy viết] phân số {given} [dưới dạng|thành|về dạng] phân số tối giản.",
    "[Muốn viết|Để viết] phân số {given} [dưới dạng|thành] phân số tối giản, ta được phân số nào?",
    "Sau khi rút gọn phân số {given} [đến tối giản|thành phân số tối giản] [ta được|thì được] phân số nào?",
    "Phân số {given} [rút gọn thành phân số tối giản nào|rút gọn được phân số tối giản nào|có dạng tối giản là phân số nào]?",
    "[Tìm|Hãy tìm|Em hãy tìm] phân số tối giản bằng phân số {given}.",
    "[Cho|Có|{name} viết] phân số {given}. [Rút gọn phân số đó.|Hãy rút gọn phân số đó.|Viết phân số đó dưới dạng tối giản.|Phân số tối giản bằng nó là phân số nào?]",
)


def reduce_fraction(random: Random, level: int) -> Plan:
    """Denominators to 30; to 100; numerators over 100, reduced in several steps."""
    low, high, most = ((2, 12, 1), (7, 48, 1), (4, 16, 9))[level - 1]
    while True:
        top, bottom = fraction_in_lowest_terms(random, low, high, most)
        shared = random.choice((2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10) if level < 3 else (4, 6, 8, 9, 12, 14, 15, 18, 20, 21, 24))
        given = (top * shared, bottom * shared)
        if ((given[1] <= 30), (30 < given[1] <= _MOST), (given[1] <= _MOST < given[0]))[level - 1]:
            break

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{text(given)} = ?")
        pair, left = given, shared
        while left > 1:
            step = next(divisor for divisor in (10, 9, 8, 7, 6, 5, 4, 3, 2) if left % divisor == 0)
            sheet.say(f"Chia cả tử số và mẫu số của {text(pair)} cho {step}:")
            sign = sheet.pick(":", "-", kind="operation")
            lower = int(sheet.calculate(sign, pair[0], step))
            pair = (
                lower,
                pair[1] if sheet.pick(False, True, kind="numerator_only") else int(sheet.calculate(sign, pair[1], step)),
            )
            left //= step
        pair = sheet.pick(pair, pair[::-1], kind="upside_down")
        if 0 in pair:
            raise Absurd
        sheet.say(f"{text(given)} = {text(pair)}")
        sheet.answer_text(text(pair))

    return Plan(given, phrase(random, _REDUCE, given=text(given), name=pupils(random, 1)[0]), solve)


_LARGEST = (
    "[Tìm|Hãy tìm|Viết|Em hãy tìm] phân số {which} trong [các|{count}] phân số [sau: |]{listed}.",
    "Trong [các|{count}] phân số {listed}, phân số nào {which}?",
    "[Cho|Có] {count} phân số {listed}. [Phân số nào {which}?|Tìm phân số {which}.|Hãy tìm phân số {which}.]",
    "[So sánh|Hãy so sánh] {count} phân số {listed} rồi [viết|tìm|cho biết] phân số {which}.",
)
_COMMON = ((12, 16, 18, 20, 24, 30), (36, 40, 42, 48, 54, 56, 60), (63, 70, 72, 80, 90))
"""Denominators of which at least two divisors belong to the tables."""


def larger_fraction(random: Random, level: int) -> Plan:
    """The largest or smallest of three fractions with two denominators; of three with three; of four."""
    common = random.choice(_COMMON[level - 1])
    divisors = [divisor for divisor in range(3, 11) if common % divisor == 0 and 2 * divisor <= common <= 10 * divisor]
    bottoms = [common, *random.sample(divisors, 1 if level == 1 else 2)]
    bottoms += random.sample(bottoms, 0 if level == 2 else 1)
    pairs = [(random.randint(1, bottom - 1), bottom) for bottom in bottoms]
    if len({Fraction(*pair) for pair in pairs}) < len(pairs):
        return larger_fraction(random, level)
    random.shuffle(pairs)
    want_largest = random.random() < 0.6

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Quy đồng mẫu số các phân số với mẫu số chung là {common}:")
        expanded = [fractions.expand(sheet, pair, common) for pair in pairs]
        tops = [pair[0] for pair in expanded]
        found = ordering.extreme(sheet, tops, list(map(text, expanded)), largest=want_largest, thing="phân số")
        same = f"{text(expanded[found])} = " if expanded[found] != pairs[found] else ""
        sheet.say(f"Phân số {which} là {same}{text(pairs[found])}.")
        sheet.answer_text(text(pairs[found]))

    which = "lớn nhất" if want_largest else "bé nhất"
    listed = ", ".join(map(text, pairs[:-1])) + f" và {text(pairs[-1])}"
    fields = {"which": which, "count": "ba" if len(pairs) == 3 else "bốn", "listed": listed}
    return Plan(tuple(sorted(pairs)), phrase(random, _LARGEST, **fields), solve)


_CALCULATE = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính|Tính rồi rút gọn|Tính và rút gọn kết quả]: {expression}",
    "[Kết quả của phép tính|Giá trị của biểu thức|Kết quả phép tính] {expression} [là|bằng] [bao nhiêu|phân số nào]?",
    "[Tìm|Tính|Hãy tìm|Hãy tính] [kết quả|giá trị] của {expression}.",
    "[Cho|Có|{name} viết] phép tính {expression}. [Tìm kết quả của phép tính đó.|Kết quả là phân số nào?|Hãy tính và rút gọn kết quả.|Hỏi kết quả bằng bao nhiêu?]",
)
_SUMS = (
    ("[Mẹ mua|Chị Mai mua|Cô bán hàng đã bán] {a} kg [cam|nho|đường] và {b} kg [táo|xoài|bột]. [Hỏi có tất cả bao nhiêu ki-lô-gam?|Tính tổng số ki-lô-gam hàng đó.]", "Số ki-lô-gam có tất cả là", "kg"),
    ("[Can thứ nhất đựng {a} l [nước|sữa|dầu], can|Bình thứ nhất đựng {a} l [nước|sữa|dầu], bình] thứ hai đựng {b} l. [Hỏi cả hai đựng bao nhiêu lít?|Tính số lít ở cả hai.]", "Cả hai đựng số lít là", "l"),
    ("[Sợi dây thứ nhất dài {a} m, sợi|Dải ruy băng thứ nhất dài {a} m, dải] thứ hai dài {b} m. [Hỏi cả hai dài bao nhiêu mét?|Tính tổng độ dài của chúng.]", "Cả hai dài số mét là", "m"),
)  # fmt: skip
_DIFFERENCES = (
    ("[Một sợi dây|Một dải ruy băng|Một thanh gỗ] dài {a} m, [người ta cắt đi|đã cắt đi] {b} m. [Hỏi phần còn lại dài bao nhiêu mét?|Tính độ dài phần còn lại.]", "Phần còn lại dài là", "m"),
    ("[Can có|Trong bình có|Một thùng có] {a} l [nước mắm|dầu ăn|sữa], đã dùng {b} l. [Hỏi còn lại bao nhiêu lít?|Tính số lít còn lại.]", "Số lít còn lại là", "l"),
    ("Túi [đường|bột|đậu|gạo nếp] thứ nhất nặng {a} kg, túi thứ hai nặng {b} kg. [Hỏi hai túi hơn kém nhau bao nhiêu ki-lô-gam?|Tính xem hai túi chênh nhau bao nhiêu ki-lô-gam.]", "Số ki-lô-gam chênh nhau là", "kg"),
)  # fmt: skip


def _sum_or_difference(random: Random, level: int, adding: bool) -> Plan:
    """Equal denominators; related denominators; three fractions with related denominators."""
    if level == 1:
        bottom = random.randint(4, 40)
        bottoms = [bottom, bottom]
    else:
        base, times = random.randint(2, 12), random.randint(2, 8)
        bottoms = random.sample([base, base * times], 2) + [base * times] * (level - 2)
    pairs = [(random.randint(1, 2 * bottom - 1 if level < 3 else bottom - 1), bottom) for bottom in bottoms]
    values = [Fraction(*pair) for pair in pairs]
    left = values[0] - sum(values[1:])
    if any(value.denominator == 1 for value in values) or max(bottoms) > _MOST or (not adding and left <= 0):
        return _sum_or_difference(random, level, adding)
    operate: Callable[..., Fraction] = fractions.add if adding else fractions.subtract
    question, lead, unit = random.choice(_SUMS if adding else _DIFFERENCES)
    story = level < 3 and random.random() < 0.5 and max(bottoms) <= 10

    def solve(sheet: Sheet) -> None:
        first = operate(sheet, pairs[0], pairs[1], lead if story else "", unit if story else "")
        for pair in pairs[2:]:
            first = operate(sheet, first.as_integer_ratio(), sheet.pick(pair, (pair[0] + 1, pair[1]), kind="copy"))
        sheet.answer(first, unit if story else "", write=fraction)

    expression = (" + " if adding else " - ").join(map(text, pairs))
    fields = {"name": pupils(random, 1)[0], "a": text(pairs[0]), "b": text(pairs[1]), "expression": expression}
    asked = phrase(random, question if story else _CALCULATE, **fields)
    return Plan((adding, *pairs), asked, solve)


def add_fractions(random: Random, level: int) -> Plan:
    """Sums of fractions with equal and with related denominators."""
    return _sum_or_difference(random, level, adding=True)


def subtract_fractions(random: Random, level: int) -> Plan:
    """Differences of fractions with equal and with related denominators."""
    return _sum_or_difference(random, level, adding=False)


_AREA = "[Một|Có một] [tấm bìa|tấm kính|mảnh vải|tấm gỗ] hình chữ nhật có chiều dài {a} m, chiều rộng {b} m. [Tính diện tích của nó.|Hỏi diện tích của nó là bao nhiêu mét vuông?]"
_SIDE = "[Một|Có một] [tấm bìa|tấm kính|mảnh vải|tấm gỗ] hình chữ nhật có diện tích {a} m², chiều rộng {b} m. [Tính chiều dài của nó.|Hỏi chiều dài của nó là bao nhiêu mét?]"


def _product_or_quotient(random: Random, level: int, sign: str) -> Plan:
    """Two fractions of one-digit numbers; with two-digit numbers; three fractions."""
    operate: Callable[..., Fraction] = fractions.multiply if sign == "×" else fractions.divide
    low, high, most = ((2, 10, 3), (3, 12, 3), (2, 9, 3))[level - 1]
    pairs = [fraction_in_lowest_terms(random, low, high, most) for _ in range(3 if level == 3 else 2)]
    if not _stays_small(pairs, sign) or (level == 1) == (max(max(pair) for pair in pairs) > 10):
        return _product_or_quotient(random, level, sign)
    a, b = Fraction(*pairs[0]), Fraction(*pairs[1])
    fits = a > b if sign == "×" else a / b > b
    story = level < 3 and fits and max(a, b) < 3 and random.random() < 0.3
    unit = ("m²" if sign == "×" else "m") if story else ""

    def solve(sheet: Sheet) -> None:
        lead = ("Diện tích hình chữ nhật là" if sign == "×" else "Chiều dài hình chữ nhật là") if story else ""
        second = sheet.pick(pairs[1], (pairs[1][0], pairs[1][1] + 1), kind="copy")
        first = operate(sheet, pairs[0], second, lead, unit)
        for pair in pairs[2:]:
            first = operate(sheet, first.as_integer_ratio(), pair)
        sheet.answer(first, unit, write=fraction)

    fields = {
        "name": pupils(random, 1)[0],
        "a": text(pairs[0]),
        "b": text(pairs[1]),
        "expression": f" {sign} ".join(map(text, pairs)),
    }
    templates = ((_AREA,) if sign == "×" else (_SIDE,)) if story else _CALCULATE
    return Plan(tuple(pairs), phrase(random, templates, **fields), solve)


def _stays_small(pairs: list[Pair], sign: str) -> bool:
    """Whether all denominators on the way stay within the grade."""
    value = Fraction(*pairs[0])
    for pair in pairs[1:]:
        bottom = value.denominator * pair[1 if sign == "×" else 0]
        if bottom > _MOST or value == Fraction(*pair):
            return False
        value = value * Fraction(*pair) if sign == "×" else value / Fraction(*pair)
    return True


def multiply_fractions(random: Random, level: int) -> Plan:
    """Products of two and three fractions."""
    return _product_or_quotient(random, level, "×")


def divide_fractions(random: Random, level: int) -> Plan:
    """Quotients of two and three fractions."""
    return _product_or_quotient(random, level, ":")


_MIXED = (
    "[[Viết|Hãy viết|Em hãy viết] hỗn số {a} dưới dạng phân số|[Chuyển|Hãy chuyển|Em hãy chuyển] hỗn số {a} thành phân số].",
    "[Hỗn số {a}|Hỗn số {a} viết dưới dạng phân số] [bằng|là] phân số nào?",
    "[Tìm|Hãy tìm] phân số [bằng|có giá trị bằng] hỗn số {a}.",
    "[Đổi|Hãy đổi|Em hãy đổi] hỗn số {a} [thành|ra] phân số.",
    "[Chuyển|Viết] hỗn số {a} thành phân số, [ta viết được|ta được] phân số nào?",
    "Hỗn số {a} [chuyển thành|đổi thành|được viết thành] phân số nào?",
    "[Cho|Có|{name} viết] hỗn số {a}. [Viết hỗn số đó dưới dạng phân số.|Hãy chuyển hỗn số đó thành phân số.|Phân số bằng hỗn số đó là phân số nào?]",
)
_MIXED_SUM = (
    "[Chuyển các hỗn số thành phân số rồi tính|Chuyển hỗn số thành phân số rồi thực hiện phép tính|Tính|Hãy tính|Thực hiện phép tính|Em hãy tính]: {a} {sign} {b}",
    "[Kết quả của phép tính|Giá trị của biểu thức|Kết quả phép tính] {a} {sign} {b} [là|bằng] [bao nhiêu|phân số nào]?",
    "[Tìm|Tính|Hãy tìm|Hãy tính] [kết quả|giá trị] của {a} {sign} {b} [bằng cách chuyển các hỗn số thành phân số|].",
)


def mixed_to_fraction(random: Random, level: int) -> Plan:
    """Denominators to 9; two-digit numbers; the sum or difference of two mixed numbers."""
    low, high, most = ((2, 9, 9), (11, 40, 25), (2, 9, 6))[level - 1]
    top, bottom = fraction_in_lowest_terms(random, low, high)
    whole = random.randint(1 if level == 1 else 2, most)
    second, other = fraction_in_lowest_terms(random, low, high), random.randint(1, max(1, whole - 1))
    sign = "-" if whole > other and random.random() < 0.5 else "+"

    def improper(sheet: Sheet, one: int, pair: Pair) -> Pair:
        written = f"{one} {text(pair)}"
        sheet.say(f"{written} = ?")
        factor, added = sheet.pick((pair[1], pair[0]), pair, kind="order")
        product, first = sheet.inline("×", one, factor)
        total, second = sheet.inline("+", product, added) if sheet.pick(True, False, kind="whole_only") else (product, "")
        sheet.say("; ".join(filter(None, (first, second))))
        sheet.say(f"{written} = {total}/{pair[1]}")
        return total, pair[1]

    def solve(sheet: Sheet) -> None:
        result = improper(sheet, whole, (top, bottom))
        if level == 3:
            operate = fractions.add if sign == "+" else fractions.subtract
            sheet.answer(operate(sheet, result, improper(sheet, other, second)), write=fraction)
            return
        sheet.answer_text("/".join(map(str, sheet.pick(result, result[::-1], kind="upside_down"))))

    fields = {"name": pupils(random, 1)[0], "a": f"{whole} {top}/{bottom}", "b": f"{other} {text(second)}", "sign": sign}
    numbers = (whole, top, bottom, *((other, *second) if level == 3 else ()))
    return Plan(numbers, phrase(random, _MIXED_SUM if level == 3 else _MIXED, **fields), solve)
