"""Calculating with common fractions: grades 4 to 6."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import fraction


def _proper(random: Random, largest: int) -> tuple[int, int]:
    """A fraction below 1 in lowest terms."""
    while True:
        top, below = sorted(random.sample(range(1, largest + 1), 2))
        if gcd(top, below) == 1:
            return top, below


def _reduced(top: int, below: int) -> str:
    """The fraction and, where it can be reduced, its lowest terms: "6/8 = 3/4"."""
    raw, value = f"{top}/{below}", fraction(Fraction(top, below))
    return raw if raw == value else f"{raw} = {value}"


_REDUCE_STORIES = (
    ("Rút gọn phân số {raw}.",),
    ("Viết phân số {raw} dưới dạng phân số tối giản.",),
    ("Phân số tối giản bằng phân số {raw} là phân số nào?",),
    ("Hãy rút gọn phân số {raw} thành phân số tối giản.",),
    ("Đưa phân số {raw} về dạng tối giản.",),
    ("Tìm phân số tối giản bằng {raw}.",),
)


def reduce_fraction(random: Random, level: int) -> Draft:
    """Divide both by their greatest common divisor."""
    top, below = _proper(random, (9, 12, 25)[level - 1])
    factor = random.randint(*((2, 9), (2, 12), (6, 15))[level - 1])
    raw = f"{top * factor}/{below * factor}"
    (question,) = tell(random, _REDUCE_STORIES, raw=raw)
    cut = Fraction(top * factor - 1, below * factor - 1) if below > 1 else Fraction(1)
    return draft(
        (top * factor, below * factor),
        question,
        worked(
            Fraction(top, below),
            "",
            f"{top * factor} : {factor} = {top}; {below * factor} : {factor} = {below}",
            f"Vậy {raw} = {top}/{below}",
            write=fraction,
        ),
        worked(Fraction(top, below * factor), "", f"{raw} = {top}/{below * factor}", write=fraction),
        worked(cut, "", f"{raw} = {top * factor - 1}/{below * factor - 1}", write=fraction),
    )


_ADD_STORIES = (
    ("Tính: {first} + {second}",),
    ("Tính tổng của {first} và {second}.",),
    ("Thực hiện phép tính {first} + {second}.",),
    ("Tổng của hai phân số {first} và {second} bằng bao nhiêu?",),
    (
        "Ngày đầu một đội làm được {first} con đường, ngày sau làm được {second} con đường. Hỏi cả hai ngày làm được bao nhiêu phần con đường?",
    ),
    ("Cộng hai phân số {first} và {second}, rồi rút gọn nếu được.",),
    ("{name} ăn {first} cái bánh, {other} ăn {second} cái bánh. Hỏi cả hai bạn ăn bao nhiêu phần cái bánh?",),
)
_SUBTRACT_STORIES = (
    ("Tính: {first} - {second}",),
    ("Tính hiệu của {first} và {second}.",),
    ("Thực hiện phép tính {first} - {second}.",),
    ("Hiệu của hai phân số {first} và {second} bằng bao nhiêu?",),
    ("Một bể có {first} bể nước, đã dùng {second} bể. Hỏi còn lại bao nhiêu phần bể nước?",),
    ("Còn {first} cái bánh, {name} ăn {second} cái bánh. Hỏi còn lại bao nhiêu phần cái bánh?",),
    ("Lấy {first} trừ đi {second} thì được kết quả là bao nhiêu?",),
)


def _two_fractions(random: Random, level: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Equal denominators, then one a multiple of the other, then any."""
    below = random.randint(3, 15)
    other = (below, below * random.randint(2, 5), random.choice([n for n in range(2, 13) if n != below]))[level - 1]
    return (random.randint(1, below - 1), below), (random.randint(1, other - 1), other)


def _sum_or_difference(random: Random, level: int, adding: bool) -> Draft:
    (a, p), (b, q) = _two_fractions(random, level)
    if Fraction(a, p) < Fraction(b, q):
        (a, p), (b, q) = (b, q), (a, p)
    stories = _ADD_STORIES if adding and Fraction(a, p) + Fraction(b, q) < 1 else _ADD_STORIES[:4]
    sign, sense = ("+", 1) if adding else ("-", -1)
    first, second, common = f"{a}/{p}", f"{b}/{q}", lcm(p, q)
    (question,) = tell(random, stories if adding else _SUBTRACT_STORIES, first=first, second=second)
    x, y = a * common // p, b * common // q
    lines = []
    if p != q:
        lines.append("Quy đồng mẫu số: " + "; ".join(f"{old} = {new}/{common}" for old, new in ((first, x), (second, y))))
    top = x + sense * y
    lines.append(f"{x}/{common} {sign} {y}/{common} = {_reduced(top, common)}")
    straight = Fraction(a + b, p + q) if adding else Fraction(abs(a - b), max(p - q, q - p) or p * 2)
    tops = Fraction(a + sense * b, common) if p != q else Fraction(x - sense * y, common)
    return draft(
        tuple(sorted(((a, p), (b, q)))),
        question,
        worked(Fraction(top, common), "", *lines, write=fraction),
        worked(straight, "", f"{first} {sign} {second} = {fraction(straight)}", write=fraction),
        worked(tops, "", f"{first} {sign} {second} = {fraction(tops)}", write=fraction),
    )


def add_fractions(random: Random, level: int) -> Draft:
    """Common denominator first, result in lowest terms."""
    return _sum_or_difference(random, level, adding=True)


def subtract_fractions(random: Random, level: int) -> Draft:
    """Common denominator first; the larger fraction comes first."""
    while True:
        candidate = _sum_or_difference(random, level, adding=False)
        if not candidate.answer.startswith(("0", "-")):
            return candidate


_MULTIPLY_STORIES = (
    ("Tính: {first} × {second}",),
    ("Tính tích của {first} và {second}.",),
    ("Thực hiện phép tính {first} × {second}.",),
    ("Tích của hai phân số {first} và {second} bằng bao nhiêu?",),
    ("Nhân hai phân số {first} và {second}, rồi rút gọn nếu được.",),
    ("Tìm {first} của {second}.",),
)
_DIVIDE_STORIES = (
    ("Tính: {first} : {second}",),
    ("Tính thương của {first} và {second}.",),
    ("Thực hiện phép tính {first} : {second}.",),
    ("Thương của hai phân số {first} và {second} bằng bao nhiêu?",),
    ("Chia phân số {first} cho phân số {second}, rồi rút gọn nếu được.",),
    ("Lấy {first} chia cho {second} thì được kết quả là bao nhiêu?",),
)


def multiply_fractions(random: Random, level: int) -> Draft:
    """Tops together, bottoms together, lowest terms."""
    largest = (8, 11, 15)[level - 1]
    (a, p), (b, q) = _proper(random, largest), _proper(random, largest)
    first, second = f"{a}/{p}", f"{b}/{q}"
    (question,) = tell(random, _MULTIPLY_STORIES, first=first, second=second)
    crossed, summed = Fraction(a * q, p * b), Fraction(a + b, p + q)
    return draft(
        tuple(sorted(((a, p), (b, q)))),
        question,
        worked(
            Fraction(a * b, p * q),
            "",
            f"Tử số: {a} × {b} = {a * b}; mẫu số: {p} × {q} = {p * q}",
            f"{first} × {second} = {_reduced(a * b, p * q)}",
            write=fraction,
        ),
        worked(crossed, "", f"{first} × {second} = {_reduced(a * q, p * b)}", write=fraction),
        worked(summed, "", f"{first} × {second} = {_reduced(a + b, p + q)}", write=fraction),
    )


def divide_fractions(random: Random, level: int) -> Draft:
    """Multiply by the inverted divisor, lowest terms."""
    largest = (8, 11, 15)[level - 1]
    (a, p), (b, q) = _proper(random, largest), _proper(random, largest)
    first, second = f"{a}/{p}", f"{b}/{q}"
    (question,) = tell(random, _DIVIDE_STORIES, first=first, second=second)
    return draft(
        ((a, p), (b, q)),
        question,
        worked(
            Fraction(a * q, p * b),
            "",
            f"{first} : {second} = {first} × {q}/{b}",
            f"Tử số: {a} × {q} = {a * q}; mẫu số: {p} × {b} = {p * b}",
            f"{first} : {second} = {_reduced(a * q, p * b)}",
            write=fraction,
        ),
        worked(Fraction(a * b, p * q), "", f"{first} : {second} = {_reduced(a * b, p * q)}", write=fraction),
        worked(Fraction(p * b, a * q), "", f"{first} : {second} = {_reduced(p * b, a * q)}", write=fraction),
    )


_OF_STORIES = (
    (
        "Một lớp có {n} học sinh, trong đó {part} là học sinh nữ. Hỏi lớp đó có bao nhiêu học sinh nữ?",
        "Số học sinh nữ là:",
        "học sinh",
    ),
    (
        "Cửa hàng có {n} kg gạo, đã bán {part} số gạo đó. Hỏi cửa hàng đã bán bao nhiêu ki-lô-gam gạo?",
        "Số gạo đã bán là:",
        "kg",
    ),
    (
        "Quãng đường dài {n} km, ô tô đã đi được {part} quãng đường. Hỏi ô tô đã đi được bao nhiêu ki-lô-mét?",
        "Ô tô đã đi được là:",
        "km",
    ),
    ("{name} có {n} viên bi, {name} cho {other} {part} số bi. Hỏi {name} cho {other} bao nhiêu viên bi?",)
    + ("{name} cho {other} là:", "viên bi"),
    ("Tìm {part} của {n}.", "{part} của {n} là:", ""),
    (
        "Quyển sách có {n} trang, {name} đã đọc {part} số trang. Hỏi {name} đã đọc bao nhiêu trang?",
        "{name} đã đọc là:",
        "trang",
    ),
)


def fraction_of_number(random: Random, level: int) -> Draft:
    """Divide by the denominator, multiply by the numerator."""
    while True:
        top, below = _proper(random, 9)
        if top > 1:
            break
    share = random.randint(*((2, 9), (5, 25), (21, 90))[level - 1])
    n = below * share
    question, lead, unit = tell(random, _OF_STORIES[1:] if n > 45 else _OF_STORIES, n=n, part=f"{top}/{below}")
    steps = [line(f"{n} × {top}/{below} = {n} : {below} × {top}"), *working.divide(n, below)]
    return draft(
        (n, top, below),
        question,
        worked(share * top, unit, lead, *steps, *working.multiply(share, top, unit)),
        worked(share, unit, lead, line(f"{n} : {below} = {share}", unit)),
        worked(n - share * top, unit, lead, line(f"{n} - {share * top} = {n - share * top}", unit)),
    )


_COMPARE_STORIES = (
    ("Trong hai phân số {first} và {second}, phân số nào lớn hơn?",),
    ("So sánh hai phân số {first} và {second}, rồi viết phân số lớn hơn.",),
    ("Tìm phân số lớn hơn trong hai phân số {first} và {second}.",),
    ("Phân số nào lớn hơn: {first} hay {second}?",),
    ("Cho hai phân số {first} và {second}. Hãy chỉ ra phân số lớn hơn.",),
    ("Hãy so sánh {first} với {second} và cho biết phân số lớn hơn.",),
)


def larger_fraction(random: Random, level: int) -> Draft:
    """Compare over the common denominator."""
    largest = (9, 12, 15)[level - 1]
    (a, p), (b, q) = _proper(random, largest), _proper(random, largest)
    while p == q or Fraction(a, p) == Fraction(b, q):
        b, q = _proper(random, largest)
    first, second, common = f"{a}/{p}", f"{b}/{q}", lcm(p, q)
    (question,) = tell(random, _COMPARE_STORIES, first=first, second=second)
    x, y = a * common // p, b * common // q
    scaled = f"Quy đồng mẫu số: {first} = {x}/{common}; {second} = {y}/{common}"
    large, small = (Fraction(a, p), Fraction(b, q)) if x > y else (Fraction(b, q), Fraction(a, p))
    order = f"Vì {max(x, y)} > {min(x, y)} nên {fraction(large)} > {fraction(small)}."
    return draft(
        tuple(sorted(((a, p), (b, q)))),
        question,
        worked(large, "", scaled, order, write=fraction),
        worked(small, "", f"Vì mẫu số lớn hơn nên {fraction(small)} > {fraction(large)}.", write=fraction),
        worked(large - small, "", f"{fraction(large)} - {fraction(small)} = {fraction(large - small)}", write=fraction),
    )


_MIXED_STORIES = (
    ("Viết hỗn số {mixed} dưới dạng phân số.",),
    ("Chuyển hỗn số {mixed} thành phân số.",),
    ("Hỗn số {mixed} bằng phân số nào?",),
    ("Hãy đổi hỗn số {mixed} ra phân số.",),
    ("Phân số bằng hỗn số {mixed} là phân số nào?",),
    ("{name} viết hỗn số {mixed} dưới dạng phân số. Hỏi {name} được phân số nào?",),
)


def mixed_to_fraction(random: Random, level: int) -> Draft:
    """Whole part times denominator plus numerator."""
    top, below = _proper(random, (7, 12, 25)[level - 1])
    whole = random.randint(*((1, 6), (3, 12), (8, 25))[level - 1])
    (question,) = tell(random, _MIXED_STORIES, mixed=f"{whole} {top}/{below}")
    raised = whole * below + top
    return draft(
        (whole, top, below),
        question,
        worked(
            Fraction(raised, below),
            "",
            f"{whole} × {below} + {top} = {whole * below} + {top} = {raised}",
            f"Vậy hỗn số đã cho bằng {raised}/{below}",
            write=fraction,
        ),
        worked(Fraction(whole * top, below), "", f"{whole} × {top} = {whole * top}", write=fraction),
        worked(Fraction(whole + top, below), "", f"{whole} + {top} = {whole + top}", write=fraction),
    )
