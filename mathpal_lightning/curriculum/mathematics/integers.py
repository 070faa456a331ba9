"""Divisors, multiples and integers: grade 6; rational numbers and roots: grade 7."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import gcd, lcm
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import fraction, number


def factorization(value: int) -> dict[int, int]:
    """Prime -> exponent: 12 -> {2: 2, 3: 1}."""
    powers: dict[int, int] = {}
    prime = 2
    while value > 1:
        while value % prime == 0:
            powers[prime] = powers.get(prime, 0) + 1
            value //= prime
        prime += 1
    return powers


def _product(powers: dict[int, int]) -> str:
    """As a product of powers: {2: 2, 3: 1} -> "2² × 3"."""
    signs = {1: "", 2: "²", 3: "³"}
    return " × ".join(f"{prime}{signs.get(exponent, f'^{exponent}')}" for prime, exponent in sorted(powers.items())) or "1"


_GCD_STORIES = (
    ("Tìm ƯCLN của {a} và {b}.", "", ""),
    ("Tìm ước chung lớn nhất của {a} và {b}.", "", ""),
    ("Hai số {a} và {b} có ước chung lớn nhất là bao nhiêu?", "", ""),
    (
        "Có {a} quyển vở và {b} cái bút, chia đều thành các phần thưởng như nhau. Hỏi chia được nhiều nhất bao nhiêu phần thưởng?",
    )
    + ("Số phần thưởng nhiều nhất là ƯCLN({a}, {b}).", "phần thưởng"),
    (
        "Một đội có {a} nam và {b} nữ, chia thành các nhóm sao cho số nam và số nữ ở mỗi nhóm đều nhau. Hỏi chia được nhiều nhất bao nhiêu nhóm?",
    )
    + ("Số nhóm nhiều nhất là ƯCLN({a}, {b}).", "nhóm"),
    (
        "Một tấm bìa hình chữ nhật có kích thước {a} cm và {b} cm được cắt thành các hình vuông bằng nhau, không thừa. Tính độ dài cạnh lớn nhất của hình vuông.",
    )
    + ("Độ dài cạnh lớn nhất là ƯCLN({a}, {b}).", "cm"),
)


def greatest_common_divisor(random: Random, level: int) -> Draft:
    """Common primes with the smaller exponents."""
    common = random.choice(((2, 3, 4, 5, 6, 7, 8, 9, 10), (4, 6, 8, 9, 10, 12), (12, 14, 15, 16, 18, 20, 24))[level - 1])
    p, q = random.sample(range(2, (9, 11, 16)[level - 1]), 2)
    a, b = common * p, common * q
    divisor = gcd(a, b)
    question, reason, unit = tell(random, _GCD_STORIES, a=a, b=b)
    steps = [f"{value} = {_product(factorization(value))}" for value in (a, b)]
    shared = {prime: min(n, factorization(b).get(prime, 0)) for prime, n in factorization(a).items() if b % prime == 0}
    multiple = lcm(a, b)
    smaller = divisor // min(factorization(divisor)) if divisor > 1 else a
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(divisor, unit, *filter(None, [reason]), *steps, f"ƯCLN({a}, {b}) = {_product(shared)} = {divisor}"),
        worked(multiple, unit, *steps, f"ƯCLN({a}, {b}) = {number(multiple)}"),
        worked(smaller, unit, f"{a} và {b} cùng chia hết cho {smaller}", f"ƯCLN({a}, {b}) = {smaller}"),
    )


_LCM_STORIES = (
    ("Tìm BCNN của {a} và {b}.", "", ""),
    ("Tìm bội chung nhỏ nhất của {a} và {b}.", "", ""),
    ("Hai số {a} và {b} có bội chung nhỏ nhất là bao nhiêu?", "", ""),
    (
        "{name} cứ {a} ngày lại trực nhật, {other} cứ {b} ngày lại trực nhật. Hôm nay hai bạn cùng trực. Hỏi sau ít nhất bao nhiêu ngày hai bạn lại cùng trực nhật?",
    )
    + ("Số ngày ít nhất là BCNN({a}, {b}).", "ngày"),
    ("Một số sách xếp thành từng bó {a} quyển hoặc {b} quyển đều vừa đủ. Hỏi có ít nhất bao nhiêu quyển sách?",)
    + ("Số quyển sách ít nhất là BCNN({a}, {b}).", "quyển"),
    (
        "Hai đèn nhấp nháy cùng lúc, một đèn cứ {a} giây sáng một lần, đèn kia cứ {b} giây sáng một lần. Hỏi sau ít nhất bao nhiêu giây hai đèn lại cùng sáng?",
    )
    + ("Số giây ít nhất là BCNN({a}, {b}).", "giây"),
)


def least_common_multiple(random: Random, level: int) -> Draft:
    """All primes with the larger exponents."""
    largest = (30, 40, 72)[level - 1]
    a, b = random.sample(range(4, largest + 1), 2)
    while a % b == 0 or b % a == 0 or gcd(a, b) == 1:
        a, b = random.sample(range(4, largest + 1), 2)
    multiple = lcm(a, b)
    question, reason, unit = tell(random, _LCM_STORIES, a=a, b=b)
    first, second = factorization(a), factorization(b)
    every = {prime: max(first.get(prime, 0), second.get(prime, 0)) for prime in first | second}
    steps = [f"{a} = {_product(first)}", f"{b} = {_product(second)}"]
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(multiple, unit, *filter(None, [reason]), *steps, f"BCNN({a}, {b}) = {_product(every)} = {number(multiple)}"),
        worked(a * b, unit, f"BCNN({a}, {b}) = {a} × {b} = {number(a * b)}"),
        worked(gcd(a, b), unit, *steps, f"BCNN({a}, {b}) = {gcd(a, b)}"),
    )


_DIVISORS_STORIES = (
    ("Số {a} có bao nhiêu ước nguyên dương?",),
    ("Hỏi số {a} có tất cả bao nhiêu ước là số nguyên dương?",),
    ("Tính số các ước nguyên dương của {a}.",),
    ("Có bao nhiêu số nguyên dương là ước của {a}?",),
    ("Tìm số lượng ước nguyên dương của số {a}.",),
    ("Tập hợp các ước nguyên dương của {a} có bao nhiêu phần tử?",),
)


@cache
def _with_few_primes(low: int, high: int) -> list[int]:
    """The numbers with two or three different primes."""
    return [value for value in range(low, high) if 2 <= len(factorization(value)) <= 3]


def number_of_divisors(random: Random, level: int) -> Draft:
    """Exponents plus one, multiplied."""
    a = random.choice(_with_few_primes(*((12, 250), (100, 600), (400, 2000))[level - 1]))
    powers = factorization(a)
    count = 1
    for exponent in powers.values():
        count *= exponent + 1
    (question,) = tell(random, _DIVISORS_STORIES, a=a)
    brackets = " × ".join(f"({exponent} + 1)" for exponent in powers.values())
    wrong = sum(powers.values())
    return draft(
        (a,),
        question,
        worked(
            count,
            "",
            f"Phân tích ra thừa số nguyên tố: {number(a)} = {_product(powers)}",
            f"Số ước nguyên dương là: {brackets} = {count}",
        ),
        worked(wrong, "", f"{number(a)} = {_product(powers)}", f"Số ước là: {' + '.join(map(str, powers.values()))} = {wrong}"),
        worked(count - 2, "", f"Không kể 1 và {number(a)}, số ước là: {count - 2}"),
    )


_TEMPERATURE_STORIES = (
    ("Buổi sáng nhiệt độ ở {place} là {a} °C, đến trưa nhiệt độ tăng {b} °C. Hỏi nhiệt độ buổi trưa là bao nhiêu độ C?", "+"),
    ("Nhiệt độ lúc chiều ở {place} là {a} °C, đến đêm nhiệt độ giảm {b} °C. Hỏi nhiệt độ ban đêm là bao nhiêu độ C?", "-"),
    ("Nhiệt độ trong kho lạnh đang là {a} °C. Sau khi giảm thêm {b} °C, nhiệt độ trong kho là bao nhiêu độ C?", "-"),
    ("Nhiệt độ ngoài trời ở {place} là {a} °C, sau đó tăng thêm {b} °C. Tính nhiệt độ lúc sau theo độ C.", "+"),
    ("Tính: {a} + {b}", "+"),
    ("Tính: {a} - {b}", "-"),
)


def integer_sum(random: Random, level: int) -> Draft:
    """Add and subtract integers, one of them negative; two-digit, then three-digit."""
    largest = (15, 60, 250)[level - 1]
    a, b = -random.randint(1, largest), random.randint(1, largest)
    stories = [story for story in _TEMPERATURE_STORIES if level == 1 or story[0].startswith("Tính:")]
    place = random.choice(("Sa Pa", "Mẫu Sơn", "Mát-xcơ-va", "Bắc Kinh", "Luân Đôn"))
    template, sign = random.choice(stories)
    if level > 1:
        template = random.choice(_INTEGER_STORIES).replace("+", sign)
    (question,) = tell(random, [(template,)], a=a, b=b, place=place)
    unit = "°C" if "°C" in question else ""
    result = a + b if sign == "+" else a - b
    if sign == "-":
        step = f"{a} - {b} = -({-a} + {b}) = {result}"
    elif b >= -a:
        step = f"{a} + {b} = {b} - {-a} = {result}"
    else:
        step = f"{a} + {b} = -({-a} - {b}) = {result}"
    other = a - b if sign == "+" else b + a
    return draft(
        (a, b, sign),
        question,
        worked(result, unit, line(step, unit)),
        worked(-result, unit, line(f"{a} {sign} {b} = {number(-result)}", unit)),
        worked(other, unit, line(f"{a} {sign} {b} = {number(other)}", unit)),
    )


_INTEGER_STORIES = (
    "Tính: {a} + {b}",
    "Thực hiện phép tính: {a} + {b}",
    "Kết quả của phép tính {a} + {b} là bao nhiêu?",
    "Tính giá trị của {a} + {b}.",
    "Tìm kết quả: {a} + {b} = ?",
    "Phép tính {a} + {b} có kết quả bằng bao nhiêu?",
)


def integer_product(random: Random, level: int) -> Draft:
    """The sign of a product."""
    a, b = random.randint(*((2, 12), (11, 40), (21, 99))[level - 1]), random.randint(2, 9)
    negative_a, negative_b = random.choice(((True, False), (False, True), (True, True)))
    first, second = -a if negative_a else a, -b if negative_b else b
    written = (
        f"{first} × {f'({second})' if negative_b else second}"
        if not negative_a
        else f"({first}) × {f'({second})' if negative_b else second}"
    )
    (question,) = tell(random, [(story.replace("{a} + {b}", "{written}"),) for story in _INTEGER_STORIES], written=written)
    result = first * second
    rule = "Tích của hai số nguyên cùng dấu là số dương." if result > 0 else "Tích của hai số nguyên khác dấu là số âm."
    return draft(
        (first, second),
        question,
        worked(result, "", rule, *working.multiply(a, b), f"{written} = {number(result)}"),
        worked(-result, "", f"{written} = {number(-result)}"),
        worked(first + second, "", f"{written} = {number(first + second)}"),
    )


_RATIONAL_STORIES = (
    "Tính: {a} + {b}",
    "Thực hiện phép tính: {a} + {b}",
    "Kết quả của phép tính {a} + {b} là bao nhiêu?",
    "Tính giá trị của biểu thức {a} + {b}.",
    "Tìm kết quả của phép tính {a} + {b}.",
    "Tính rồi rút gọn: {a} + {b}",
)


def rational_sum(random: Random, level: int) -> Draft:
    """Grade 7: a negative fraction and a positive one over their common denominator."""
    largest = (6, 9, 15)[level - 1]
    p, q = random.sample(range(2, largest + 1), 2)
    a, b = -random.randint(1, p + 2), random.randint(1, q + 2)
    sign = random.choice("+-")
    written = f"{a}/{p} {sign} {b}/{q}"
    (question,) = tell(random, [(story.replace("{a} + {b}", "{written}"),) for story in _RATIONAL_STORIES], written=written)
    common = lcm(p, q)
    x, y = a * common // p, b * common // q
    top = x + y if sign == "+" else x - y
    result = Fraction(top, common)
    reduced = "" if fraction(result) == f"{top}/{common}" else f" = {fraction(result)}"
    other = Fraction(x - y if sign == "+" else x + y, common)
    return draft(
        (a, p, b, q, sign),
        question,
        worked(
            result,
            "",
            f"Quy đồng mẫu số: {a}/{p} = {x}/{common}; {b}/{q} = {y}/{common}",
            f"{x} {sign} {y} = {top}",
            f"{written} = {top}/{common}{reduced}",
            write=fraction,
        ),
        worked(other, "", f"{written} = {fraction(other)}", write=fraction),
        worked(Fraction(a + b, p + q), "", f"{written} = {fraction(Fraction(a + b, p + q))}", write=fraction),
    )


_ROOT_STORIES = (
    ("Tính: √{a}",),
    ("Tính giá trị của √{a}.",),
    ("Căn bậc hai số học của {a} bằng bao nhiêu?",),
    ("Tìm căn bậc hai số học của {a}.",),
    ("Một hình vuông có diện tích {a} cm². Tính độ dài cạnh hình vuông đó theo xăng-ti-mét.",),
    ("Giá trị của √{a} là bao nhiêu?",),
)


def square_root(random: Random, level: int) -> Draft:
    """Roots of perfect squares, of products in level 2, of decimals in level 3."""
    root = Fraction(random.randint(2, 99)) if level < 3 else Fraction(random.choice([n for n in range(2, 130) if n % 10]), 10)
    unit = ""
    square = root * root
    (question,) = tell(random, _ROOT_STORIES, a=square)
    if "cm²" in question:
        unit = "cm"
    half = square / 2
    wrong = root * 10
    return draft(
        (square,),
        question,
        worked(
            root,
            unit,
            f"Ta có: {number(root)} × {number(root)} = {number(square)}",
            line(f"√{number(square)} = {number(root)}", unit),
        ),
        worked(half, unit, line(f"{number(square)} : 2 = {number(half)}", unit)),
        worked(wrong, unit, line(f"√{number(square)} = {number(wrong)}", unit)),
    )
