"""Powers, prime factors, ƯCLN and BCNN: grade 6."""

from __future__ import annotations

from functools import cache
from math import gcd
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.integers import common_divisor, common_multiple, factorize, raise_to
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, power

CALCULATE = (
    "[Tính|Hãy tính|Thực hiện phép tính|Em hãy tính]: {expression}",
    "[Tìm|Tính|Hãy tìm|Hãy tính] kết quả của [phép tính|biểu thức] {expression}.",
    "Kết quả của [phép tính|biểu thức] {expression} [là|bằng] bao nhiêu?",
    "[Tính|Hãy tính|Tìm] giá trị của biểu thức {expression}.",
    "[Phép tính|Biểu thức] {expression} có [kết quả|giá trị] [là|bằng] bao nhiêu?",
    "[Bạn {name}|{name}] [cần tính|thực hiện phép tính] {expression}. [Hỏi kết quả đúng là bao nhiêu?|Kết quả đúng bằng bao nhiêu?]",
)
_POWER = (
    "[Tính|Hãy tính|Em hãy tính]: {expression}",
    "[Tính|Hãy tính|Tìm] giá trị của luỹ thừa {expression}.",
    "Luỹ thừa {expression} [có giá trị bằng bao nhiêu|bằng số nào|có giá trị là số nào]?",
    "[Viết|Hãy viết] [luỹ thừa {expression}|kết quả của {expression}] dưới dạng một số tự nhiên.",
    "Kết quả của phép nâng lên luỹ thừa {expression} [là|bằng] bao nhiêu?",
    "[Bạn {name}|{name}] tính luỹ thừa {expression}. [Hỏi kết quả đúng là bao nhiêu?|Kết quả đúng bằng bao nhiêu?]",
    "[Tính|Hãy tính] luỹ thừa có cơ số {base} và số mũ {exponent}.",
    "[Luỹ thừa|Một luỹ thừa] có cơ số {base}, số mũ {exponent} [thì bằng|có giá trị là] bao nhiêu?",
)
_SMALL_POWERS = (
    [(base, 2) for base in range(2, 41)] + [(base, 3) for base in range(2, 16)] + [(2, 4), (2, 5), (2, 6), (3, 4), (5, 4)]
)


def powers(random: Random, level: int) -> Plan:
    """One power; a power and a number; a multiple of a power and another power."""
    if level == 1:
        base, exponent = random.choice(_SMALL_POWERS)
        written = power(base, exponent)
        values = {"name": pupils(random, 1)[0], "base": base, "exponent": exponent}
        question = phrase(random, _POWER, expression=written, **values)
        return Plan((base, exponent), question, lambda sheet: sheet.answer(raise_to(sheet, base, exponent)))
    base, exponent = random.choice([pair for pair in _SMALL_POWERS if pair[0] ** pair[1] > (30 if level == 2 else 120)])
    factor, other = (1, random.randint(11, 99)) if level == 2 else (random.randint(3, 12), random.randint(3, 12))
    second = 1 if level == 2 else 2
    sign = "+" if factor * base**exponent <= other**second else random.choice("+-")
    times = "" if level == 2 else f"{factor} × "
    written = f"{times}{power(base, exponent)} {sign} {power(other, second)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{written} = ?")
        first = raise_to(sheet, base, exponent)
        last = other if second == 1 else raise_to(sheet, other, second)
        sheet.say(f"{written} = {times}{number(first)} {sign} {number(last)}")
        product = sheet.multiply(factor, first) if level == 3 else first
        result = sheet.calculate(sign, product, last)
        sheet.say(f"{written} = {number(result)}")
        sheet.answer(result)

    question = phrase(random, CALCULATE, expression=written, name=pupils(random, 1)[0])
    return Plan((factor, base, exponent, sign, other), question, solve)


_LARGEST_PRIME = 19


@cache
def _smooth(low: int, high: int) -> tuple[int, ...]:
    """The numbers of low..high with at least two prime factors, none over 19: those a textbook takes apart."""
    return tuple(value for value in range(low, high + 1) if len(_primes(value)) > 1 and _primes(value)[-1] <= _LARGEST_PRIME)


@cache
def _with_two_primes(low: int, high: int) -> tuple[int, ...]:
    """Those of the numbers that are no power of a single prime."""
    return tuple(value for value in _smooth(low, high) if len(set(_primes(value))) > 1)


@cache
def _primes(value: int) -> tuple[int, ...]:
    prime = next((prime for prime in range(2, int(value**0.5) + 1) if value % prime == 0), value)
    return (prime,) if prime == value else (prime, *_primes(value // prime))


_DIVISOR = (
    ("[Tìm|Hãy tìm|Tính] [ƯCLN|ước chung lớn nhất] của {a} và {b}.", "", ""),
    ("[Tìm|Hãy tìm|Tính] ƯCLN({a}, {b}).", "", ""),
    ("[Hai số|Các số] {a} và {b} có [ước chung lớn nhất|ƯCLN] [là|bằng] bao nhiêu?", "", ""),
    ("[Tìm|Hãy tìm] số tự nhiên lớn nhất [là ước chung của|mà cả] {a} và {b}[| đều chia hết cho nó].", "", ""),
    (
        "[Cô giáo|Ban tổ chức|Lớp của {name}] có {a} quyển vở và {b} chiếc bút, [muốn chia|chia] đều thành các phần thưởng như nhau. "
        "[Hỏi chia được nhiều nhất bao nhiêu phần thưởng?|Có thể chia được nhiều nhất bao nhiêu phần thưởng?]",
        "Số phần thưởng nhiều nhất",
        "phần thưởng",
    ),
    (
        "[Một trại hè|Một hội trại|Một đợt tham quan] có {a} nam và {b} nữ, được chia thành các nhóm sao cho số nam, số nữ ở các nhóm đều như nhau. "
        "[Hỏi có thể chia được nhiều nhất bao nhiêu nhóm?|Tính số nhóm nhiều nhất chia được.]",
        "Số nhóm nhiều nhất",
        "nhóm",
    ),
    (
        "[Có|{name} có] hai [sợi dây|đoạn ruy băng] dài {a} cm và {b} cm. [Người ta|Bạn] muốn cắt [cả hai|chúng] thành các đoạn dài bằng nhau mà không thừa. "
        "[Hỏi mỗi đoạn dài nhất bao nhiêu xăng-ti-mét?|Tính độ dài lớn nhất của mỗi đoạn.]",
        "Độ dài lớn nhất của mỗi đoạn",
        "cm",
    ),
)
_BARE_DIVISOR = 3


def greatest_common_divisor(random: Random, level: int) -> Plan:
    """Common primes with the smaller exponents: numbers under 100, to 250, to 720."""
    candidates = _smooth(*((12, 98), (100, 250), (252, 720))[level - 1])
    templates = _DIVISOR[:_BARE_DIVISOR] if random.random() < 0.5 else _DIVISOR[_BARE_DIVISOR + 1 :]
    template, asked, unit = random.choice(templates)
    least = (4, 10, 18)[level - 1] if asked else 2  # nobody makes two groups of hundreds
    a, b = random.sample(candidates, 2)
    while gcd(a, b) < least or gcd(a, b) in (a, b):
        a, b = random.sample(candidates, 2)

    def solve(sheet: Sheet) -> None:
        if asked:
            sheet.say(f"{asked} là ƯCLN({a}, {b}).")
        sheet.answer(common_divisor(sheet, a, b), unit)

    return Plan((min(a, b), max(a, b)), phrase(random, template, a=a, b=b, name=pupils(random, 1)[0]), solve)


_MULTIPLE = (
    ("[Tìm|Hãy tìm|Tính] [BCNN|bội chung nhỏ nhất] của {a} và {b}.", "", "", 1),
    ("[Tìm|Hãy tìm|Tính] BCNN({a}, {b}).", "", "", 1),
    ("[Hai số|Các số] {a} và {b} có [bội chung nhỏ nhất|BCNN] [là|bằng] bao nhiêu?", "", "", 1),
    ("[Tìm|Hãy tìm] số tự nhiên nhỏ nhất khác 0 chia hết cho cả {a} và {b}.", "Số cần tìm", "", 1),
    (
        "{name} cứ {a} ngày lại [trực nhật|đến thư viện] một lần, {other} cứ {b} ngày [|lại như thế] một lần. Hôm nay hai bạn gặp nhau ở đó. "
        "[Hỏi sau ít nhất bao nhiêu ngày hai bạn lại gặp nhau ở đó?|Sau ít nhất bao nhiêu ngày nữa hai bạn lại gặp nhau ở đó?]",
        "Số ngày ít nhất",
        "ngày",
        0,
    ),
    (
        "Hai [xe buýt|chuyến xe] cùng rời bến một lúc. [Tuyến thứ nhất cứ {a} phút có một chuyến, tuyến thứ hai|Tuyến A cứ {a} phút có một chuyến, tuyến B] cứ {b} phút có một chuyến. "
        "[Hỏi sau ít nhất bao nhiêu phút lại có hai chuyến rời bến cùng lúc?|Sau ít nhất bao nhiêu phút hai tuyến lại có xe cùng rời bến?]",
        "Số phút ít nhất",
        "phút",
        1,
    ),
    (
        "[Hai ngọn đèn|Hai đèn trang trí] cùng sáng một lúc, [sau đó|rồi] một đèn cứ {a} giây, đèn kia cứ {b} giây lại sáng một lần. "
        "[Hỏi sau ít nhất bao nhiêu giây hai đèn lại cùng sáng?|Sau ít nhất bao nhiêu giây hai đèn lại sáng cùng lúc?]",
        "Số giây ít nhất",
        "giây",
        1,
    ),
    (
        "{name} và {other} cùng xuất phát chạy quanh [một sân tập|một đường chạy]. {name} chạy một vòng hết {a} giây, {other} hết {b} giây. "
        "[Hỏi sau ít nhất bao nhiêu giây hai bạn lại cùng về vạch xuất phát?|Sau ít nhất bao nhiêu giây hai bạn lại gặp nhau ở vạch xuất phát?]",
        "Số giây ít nhất",
        "giây",
        2,
    ),
)


def least_common_multiple(random: Random, level: int) -> Plan:
    """All primes with the larger exponents: numbers to 30, to 60, to 150."""
    candidates = _smooth(*((4, 30), (32, 60), (62, 150))[level - 1])
    a, b = random.sample(candidates, 2)
    while max(a, b) % min(a, b) == 0:
        a, b = random.sample(candidates, 2)
    fitting = [
        entry for entry in _MULTIPLE if entry[3] == 1 or (entry[3] == 0 and level == 1) or (entry[3] == 2 and level == 3)
    ]
    template, asked, unit, _ = random.choice(fitting)
    name, other = pupils(random, 2)

    def solve(sheet: Sheet) -> None:
        if asked:
            sheet.say(f"{asked} là BCNN({a}, {b}).")
        sheet.answer(common_multiple(sheet, a, b), unit)

    return Plan((min(a, b), max(a, b)), phrase(random, template, a=a, b=b, name=name, other=other), solve)


_DIVISORS = (
    "Số {a} có [tất cả |]bao nhiêu ước [nguyên dương|là số tự nhiên]?",
    "[Tính|Tìm|Hãy tìm] số [các |]ước [nguyên dương|là số tự nhiên] của {a}.",
    "[Phân tích|Hãy phân tích] {a} ra thừa số nguyên tố rồi [tính số ước|cho biết số ước] [nguyên dương|tự nhiên] của nó.",
    "[Có|Hỏi có] bao nhiêu số [tự nhiên|nguyên dương] là ước của {a}?",
    "Tập hợp [các ước|ước] [nguyên dương|tự nhiên] của {a} có bao nhiêu phần tử?",
    "{name} viết [ra |]tất cả các ước [tự nhiên|nguyên dương] của {a}. [Hỏi {name} viết bao nhiêu số?|{name} đã viết bao nhiêu số?]",
)


def number_of_divisors(random: Random, level: int) -> Plan:
    """Exponents plus one, multiplied: numbers to 150, to 700, to 5 000."""
    a = random.choice(_with_two_primes(*((12, 150), (152, 700), (702, 5000))[level - 1]))

    def solve(sheet: Sheet) -> None:
        exponents = list(factorize(sheet, a).values())
        more = sheet.pick(1, 0)
        brackets = " × ".join(f"({exponent} + {more})" if more else str(exponent) for exponent in exponents)
        rule = (
            "Muốn tính số ước, ta cộng 1 vào mỗi số mũ rồi nhân các kết quả" if more else "Muốn tính số ước, ta nhân các số mũ"
        )
        sheet.say(f"{rule}: {brackets}.")
        sheet.answer(sheet.product([exponent + more for exponent in exponents]))

    return Plan((a,), phrase(random, _DIVISORS, a=a, name=pupils(random, 1)[0]), solve)
