"""Decimals, written with a comma: grades 5 and 6."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_SUM_STORIES = (
    ("Bao ngô nặng {a} kg, bao thóc nặng {b} kg. Hỏi cả hai bao nặng bao nhiêu ki-lô-gam?",)
    + ("Cả hai bao nặng số ki-lô-gam là:", "kg"),
    (
        "Sợi dây thứ nhất dài {a} m, sợi dây thứ hai dài {b} m. Hỏi cả hai sợi dây dài bao nhiêu mét?",
        "Cả hai sợi dây dài số mét là:",
        "m",
    ),
    ("Buổi sáng {name} đi được {a} km, buổi chiều đi được {b} km. Hỏi cả hai buổi {name} đi được bao nhiêu ki-lô-mét?",)
    + ("Cả hai buổi {name} đi được số ki-lô-mét là:", "km"),
    ("Thùng thứ nhất có {a} l mật ong, thùng thứ hai có {b} l mật ong. Hỏi cả hai thùng có bao nhiêu lít mật ong?",)
    + ("Cả hai thùng có số lít mật ong là:", "l"),
    ("Tính: {a} + {b}", "Ta có:", ""),
    ("Tính tổng của {a} và {b}.", "Tổng của {a} và {b} là:", ""),
)
_DIFFERENCE_STORIES = (
    ("Tấm vải dài {a} m, người ta cắt đi {b} m. Hỏi tấm vải còn lại dài bao nhiêu mét?", "Tấm vải còn lại dài số mét là:", "m"),
    ("Thùng có {a} l dầu, đã dùng hết {b} l. Hỏi thùng còn lại bao nhiêu lít dầu?", "Thùng còn lại số lít dầu là:", "l"),
    (
        "Bao gạo nặng {a} kg, mẹ lấy ra {b} kg. Hỏi bao gạo còn lại bao nhiêu ki-lô-gam?",
        "Bao gạo còn lại số ki-lô-gam là:",
        "kg",
    ),
    ("Quãng đường dài {a} km, {name} đã đi được {b} km. Hỏi {name} còn phải đi bao nhiêu ki-lô-mét nữa?",)
    + ("{name} còn phải đi số ki-lô-mét là:", "km"),
    ("Tính: {a} - {b}", "Ta có:", ""),
    ("Tính hiệu của {a} và {b}.", "Hiệu của {a} và {b} là:", ""),
)


def _two_decimals(random: Random, level: int) -> tuple[Fraction, Fraction]:
    """One decimal each, then two each, then one and two."""
    first, second = ((10, 10), (100, 100), (10, 100))[level - 1]
    while True:
        a, b = Fraction(random.randint(11, 399), first), Fraction(random.randint(105, 3999), second)
        if a != b and a.denominator > 1 and b.denominator > 1:
            return a, b


def add_decimals(random: Random, level: int) -> Draft:
    """Comma under comma."""
    a, b = _two_decimals(random, level)
    question, lead, unit = tell(random, _SUM_STORIES, a=a, b=b)
    no_carry = a + b - 1
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(a + b, unit, lead, *working.decimals("+", a, b, unit)),
        worked(no_carry, unit, lead, line(f"{number(a)} + {number(b)} = {number(no_carry)}", unit)),
        worked((a + b) * 10, unit, lead, line(f"{number(a)} + {number(b)} = {number((a + b) * 10)}", unit)),
    )


def subtract_decimals(random: Random, level: int) -> Draft:
    """Comma under comma; the larger comes first."""
    b, a = sorted(_two_decimals(random, level))
    question, lead, unit = tell(random, _DIFFERENCE_STORIES, a=a, b=b)
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(a - b, unit, lead, *working.decimals("-", a, b, unit)),
        worked(a + b, unit, lead, line(f"{number(a)} + {number(b)} = {number(a + b)}", unit)),
        worked((a - b) / 10, unit, lead, line(f"{number(a)} - {number(b)} = {number((a - b) / 10)}", unit)),
    )


_PRODUCT_STORIES = (
    ("Mỗi thùng dầu có {a} l. Hỏi {b} thùng dầu như thế có bao nhiêu lít dầu?", "{b} thùng có số lít dầu là:", "l"),
    (
        "Mỗi cuộn dây dài {a} m. Hỏi {b} cuộn dây như thế dài bao nhiêu mét?",
        "{b} cuộn dây dài số mét là:",
        "m",
    ),
    (
        "Mỗi giờ ô tô đi được {a} km. Hỏi trong {b} giờ ô tô đi được bao nhiêu ki-lô-mét?",
        "Trong {b} giờ ô tô đi được số ki-lô-mét là:",
        "km",
    ),
    ("Một bao gạo nặng {a} kg. Hỏi {b} bao gạo như thế nặng bao nhiêu ki-lô-gam?", "{b} bao gạo nặng số ki-lô-gam là:", "kg"),
    ("Tính: {a} × {b}", "Ta có:", ""),
    ("Tính tích của {a} và {b}.", "Tích của {a} và {b} là:", ""),
)


def multiply_decimals(random: Random, level: int) -> Draft:
    """A decimal times a whole number; in level 3 times another decimal."""
    places = (10, 100, 10)[level - 1]
    a = Fraction(random.choice([value for value in range(13, 990) if value % 10]), places)
    b = (
        Fraction(random.choice([value for value in range(12, 99) if value % 10]), 10)
        if level == 3
        else Fraction(random.randint(3, 9))
    )
    question, lead, unit = tell(random, _PRODUCT_STORIES[-2:] if level == 3 else _PRODUCT_STORIES, a=a, b=b)
    slip = (a * b) * 10
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(a * b, unit, lead, *working.decimals("×", a, b, unit)),
        worked(slip, unit, lead, line(f"{number(a)} × {number(b)} = {number(slip)}", unit)),
        worked(a + b, unit, lead, line(f"{number(a)} + {number(b)} = {number(a + b)}", unit)),
    )


_QUOTIENT_STORIES = (
    ("{b} can dầu như nhau có {a} l dầu. Hỏi mỗi can có bao nhiêu lít dầu?", "Mỗi can có số lít dầu là:", "l"),
    (
        "Một sợi dây dài {a} m được cắt thành {b} đoạn bằng nhau. Hỏi mỗi đoạn dài bao nhiêu mét?",
        "Mỗi đoạn dài số mét là:",
        "m",
    ),
    ("{b} bao gạo như nhau nặng {a} kg. Hỏi mỗi bao gạo nặng bao nhiêu ki-lô-gam?", "Mỗi bao gạo nặng số ki-lô-gam là:", "kg"),
    ("Trong {b} giờ, một người đi được {a} km. Hỏi trung bình mỗi giờ người đó đi được bao nhiêu ki-lô-mét?",)
    + ("Mỗi giờ người đó đi được số ki-lô-mét là:", "km"),
    ("Tính: {a} : {b}", "Ta có:", ""),
    ("Tìm thương của {a} và {b}.", "Thương của {a} và {b} là:", ""),
)


def divide_decimals(random: Random, level: int) -> Draft:
    """A decimal by a whole number; in level 3 by another decimal."""
    b = (
        Fraction(random.choice([value for value in range(12, 49) if value % 10]), 10)
        if level == 3
        else Fraction(random.randint(3, 9))
    )
    quotient = Fraction(random.randint(*((12, 99), (101, 900), (3, 45))[level - 1]), (10, 100, 1)[level - 1])
    a = quotient * b
    question, lead, unit = tell(random, _QUOTIENT_STORIES[-2:] if level == 3 else _QUOTIENT_STORIES, a=a, b=b)
    tenfold = quotient * 10
    return draft(
        (a, b),
        question,
        worked(quotient, unit, lead, *working.decimals(":", a, b, unit)),
        worked(tenfold, unit, lead, line(f"{number(a)} : {number(b)} = {number(tenfold)}", unit)),
        worked(a * b, unit, lead, line(f"{number(a)} × {number(b)} = {number(a * b)}", unit)),
    )


_ROUND_STORIES = (
    ("Làm tròn số {a} đến {place}.",),
    ("Hãy làm tròn số thập phân {a} đến {place}.",),
    ("Số {a} làm tròn đến {place} được số nào?",),
    ("Viết kết quả làm tròn số {a} đến {place}.",),
    ("Khi làm tròn số {a} đến {place}, ta được số nào?",),
    ("{name} làm tròn số {a} đến {place}. Hỏi {name} được số nào?",),
)
_PLACES = (
    ("hàng đơn vị", "hàng phần mười", 1),
    ("hàng phần mười", "hàng phần trăm", 10),
    ("hàng phần trăm", "hàng phần nghìn", 100),
)


def round_decimals(random: Random, level: int) -> Draft:
    """To the unit, the tenth, the hundredth: the next digit decides."""
    place, next_place, scale = _PLACES[level - 1]
    digits = scale * 100
    a = Fraction(random.randint(digits, 99 * digits), digits)
    while a.denominator != digits:
        a += Fraction(1, digits)
    (question,) = tell(random, _ROUND_STORIES, a=a, place=place)
    down = Fraction(a * scale // 1, scale)
    deciding = int(a * scale * 10) % 10
    rounded = down + Fraction(1, scale) if deciding >= 5 else down
    wrong_way = down if rounded != down else down + Fraction(1, scale)
    no_comma = rounded * 10
    compared = f"Chữ số {next_place} là {deciding}, {'lớn hơn hoặc bằng' if deciding >= 5 else 'bé hơn'} 5"
    up = "cộng thêm 1 vào" if deciding >= 5 else "giữ nguyên"
    return draft(
        (a,),
        question,
        worked(rounded, "", f"{compared} nên ta {up} chữ số {place}."),
        worked(wrong_way, "", f"Chữ số {next_place} là {deciding} nên ta được {number(wrong_way)}."),
        worked(no_comma, "", f"Làm tròn số {number(a)} ta được {number(no_comma)}."),
    )
