"""Sets, signs of divisibility, primes and prime factors: grade 6."""

from __future__ import annotations

from functools import cache
from random import Random

from mathpal_lightning.curriculum.asking import ask_to
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.integers import factorize, product_of_powers
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, power

_LIST = (
    "[Viết|Hãy viết|Em hãy viết] tập hợp {A} [gồm |]các số tự nhiên {said} bằng cách liệt kê các phần tử.",
    "[Bằng cách liệt kê các phần tử, hãy viết|Liệt kê các phần tử để viết] tập hợp {A} [gồm |]các số tự nhiên {said}.",
    "Cho tập hợp {A} = {{x ∈ N | {sign}}}. [Viết|Hãy viết] tập hợp {A} bằng cách liệt kê các phần tử[| của nó].",
    "[Gọi|Cho] {A} là tập hợp các số tự nhiên {said}. [Liệt kê|Hãy liệt kê] các phần tử của tập hợp {A}.",
    "Tập hợp {A} [gồm|có] các phần tử là số tự nhiên x thoả mãn {sign}. [Viết|Hãy viết] {A} bằng cách liệt kê các phần tử.",
)
_COUNT = (
    "Tập hợp {A} [gồm |]các {kind} {said} có bao nhiêu phần tử?",
    "[Tính|Hãy tính|Em hãy tính|Tìm] số phần tử của tập hợp {A} [gồm |]các {kind} {said}.",
    "[Gọi|Cho] {A} là tập hợp các {kind} {said}. [Tính|Hãy tính] số phần tử của {A}.",
    "[Gọi|Cho] {A} là tập hợp các {kind} {said}. [Hỏi |]{A} có [tất cả |]bao nhiêu phần tử?",
    "Cho tập hợp {A} = {{x | x là {kind}, {sign}}}. [Tính|Hãy tính|Tìm] số phần tử của {A}.",
)
_LOW = (("lớn hơn {a}", "{a} < x"), ("không nhỏ hơn {a}", "{a} ≤ x"))
_HIGH = (("nhỏ hơn {b}", "x < {b}"), ("không vượt quá {b}", "x ≤ {b}"))


def sets(random: Random, level: int) -> Plan:
    """List a set; count numbers that follow one another; count even or odd numbers or multiples."""
    name = random.choice("ABCDEHKMPQ")
    low, high = random.randrange(2), random.randrange(2)  # 1 where the bound itself belongs to the set
    step = 1 if level < 3 else random.choice((2, 2, 3, 4, 5, 6, 9))
    first = step * random.randint(*((3, 95), (105, 480), (520 // step, 1500 // step))[level - 1])
    odd = step == 2 and random.random() < 0.5
    first += odd
    last = first + step * random.randint(*((3, 6), (35, 490), (60, 400))[level - 1])
    a, b = first - (1 - low), last + (1 - high)
    kind = "số tự nhiên" if step == 1 else "số tự nhiên lẻ" if odd else "số tự nhiên chẵn" if step == 2 else f"bội của {step}"
    said = f"{_LOW[low][0]} và {_HIGH[high][0]}".format(a=number(a), b=number(b))
    sign = f"{_LOW[low][1]}{_HIGH[high][1][1:]}".format(a=number(a), b=number(b))
    question = phrase(random, _LIST if level == 1 else _COUNT, A=name, kind=kind, said=said, sign=sign)

    def solve_list(sheet: Sheet) -> None:
        begin = sheet.pick(first, first - step if low == 0 else first + step, kind="bounds")
        end = sheet.pick(last, last + step if high == 0 else last - step, kind="misread")
        elements = list(range(begin, end + 1))
        elements = sheet.pick(elements, elements[:-2] + elements[-1:], [elements[0], *elements[2:]], kind="overlooked")
        elements = sheet.pick(elements, [begin, end], kind="ends_only")
        listed = "; ".join(map(str, elements))
        sheet.say(f"Số {a} {'thuộc' if low else 'không thuộc'} {name}, số {b} {'thuộc' if high else 'không thuộc'} {name}.")
        sheet.say(f"Các số tự nhiên {said} là: {listed}.")
        sheet.answer_text(f"{name} = {{{listed}}}")

    def solve_count(sheet: Sheet) -> None:
        begin = sheet.pick(first, a if low == 0 and step == 1 else first + step, kind="bounds")
        end = sheet.pick(last, b if high == 0 and step == 1 else last - step, kind="misread")
        follow = "liên tiếp" if step == 1 else f"cách nhau {step} đơn vị"
        sheet.say(f"Tập hợp {name} gồm các số {follow}: {number(begin)}; {number(begin + step)}; ...; {number(end)}.")
        gap = sheet.subtract(end, begin, lead="Hiệu của số lớn nhất và số nhỏ nhất là")
        spaces = gap if step == 1 else sheet.divide(gap, step, lead="Số khoảng cách là")
        sheet.answer(sheet.add(spaces, 1, "phần tử", lead=f"Số phần tử của tập hợp {name} là"), "phần tử")

    return Plan((a, low, b, high, step, odd), question, solve_list if level == 1 else solve_count)


_WHICH = (
    "[Trong các số|Trong những số] {listed}, [những số nào|số nào|các số nào] {is_so}?",
    "[Tìm|Hãy tìm|Em hãy tìm|Chỉ ra|Hãy chỉ ra] [các|những] số {is_so} trong các số [sau|dưới đây]: {listed}.",
    "[Cho các số|Cho dãy số|Có các số] {listed}. [Những số nào|Số nào] {is_so}?",
    "[Cho các số|{name} viết các số] {listed}. [Viết|Hãy viết|Liệt kê] [các|những] số {is_so}.",
)
_DIGIT = (
    "[Thay|Hãy thay|Em hãy thay] dấu * [bằng|bởi] chữ số thích hợp để số có dạng {written} chia hết cho {d}.",
    "[Tìm|Hãy tìm|Em hãy tìm] [tất cả |]các chữ số có thể thay cho dấu * để số có dạng {written} chia hết cho {d}.",
    "[Có thể thay|Thay] dấu * bằng những chữ số nào để [được số|số] có dạng {written} chia hết cho {d}?",
    "[{name} viết|Cho] số có dạng {written} nhưng một chữ số bị [mờ|nhoè] thành dấu *. Biết số đó chia hết cho {d}, "
    "[hỏi chữ số bị mờ có thể là những chữ số nào?|hãy tìm các chữ số có thể thay cho dấu *.]",
)
_TWO_DIGITS = (
    "[Tìm|Hãy tìm|Em hãy tìm] các chữ số x, y để số có dạng {written} {holds}.",
    "[Tìm|Hãy tìm|Xác định] các chữ số x và y[,|] biết [rằng |]số có dạng {written} {holds}.",
    "Cho biết số có dạng {written} {holds}. [Tìm|Hãy tìm|Xác định] các chữ số x và y.",
    "Số có dạng {written} {holds}. [Tìm|Hãy tìm] các chữ số x, y.",
    "[Thay|Hãy thay] x, y bởi các chữ số thích hợp để số có dạng {written} {holds}.",
)
_HOLDS = (("chia hết cho cả 2, 5 và 9", 0), ("chia hết cho cả 5 và 9 nhưng không chia hết cho 2", 5))


def signs_of_divisibility(random: Random, level: int) -> Plan:
    """Which of five numbers are divisible; a missing digit; two missing digits."""
    return (_which_divisible, _missing_digit, _two_missing_digits)[level - 1](random)


def _which_divisible(random: Random) -> Plan:
    by = random.choice((2, 5, 3, 9))
    right = random.sample([value for value in range(102, 1000) if value % by == 0], random.randint(2, 3))
    wrong = random.sample([value for value in range(102, 1000) if value % by], 5 - len(right))
    values = random.sample(right + wrong, 5)
    by_end = by in (2, 5)

    def solve(sheet: Sheet) -> None:
        misread, overlooked = sheet.pick(0, *wrong, kind="misread"), sheet.pick(0, *right, kind="overlooked")
        other = {2: 5, 5: 2, 3: 9, 9: 3}[by]
        used = sheet.pick(by, other, kind="formula")
        holding = [value for value in values if value % used == 0]
        if by_end:
            ends = {2: "0, 2, 4, 6 hoặc 8", 5: "0 hoặc 5", 3: "3", 9: "9"}[used]
            sheet.say(f"Các số chia hết cho {by} có chữ số tận cùng là {ends}.")
        else:
            totals = "; ".join(str(sum(map(int, str(value)))) for value in values)
            sheet.say(f"Tổng các chữ số của các số đã cho lần lượt là {totals}.")
            sheet.say(f"Số chia hết cho {by} có tổng các chữ số chia hết cho {used}.")
        found = [value for value in values if (value in holding or value == misread) and value != overlooked]
        found = sheet.pick(found, [value for value in values if value not in found], kind="asked")
        if not found:
            raise Absurd
        sheet.say(f"Vậy các số chia hết cho {by} là {', '.join(map(str, found))}.")
        sheet.answer_text("; ".join(map(str, found)))

    listed = "; ".join(map(str, values))
    question = phrase(random, _WHICH, listed=listed, is_so=f"chia hết cho {by}", name=pupils(random, 1)[0])
    return Plan((by, *values), question, solve)


def _missing_digit(random: Random) -> Plan:
    by = random.choice((3, 9))
    digits = [random.randint(1, 9), *(random.randint(0, 9) for _ in range(4))]
    place = random.randint(1, 4)
    known = [digit for position, digit in enumerate(digits) if position != place]
    written = "".join("*" if position == place else str(digit) for position, digit in enumerate(digits))

    def solve(sheet: Sheet) -> None:
        total = sum(known) + sheet.pick(0, 1, -1, kind="table")
        divisor = sheet.pick(by, 12 - by, kind="formula")
        sheet.say(f"Một số chia hết cho {by} khi tổng các chữ số của nó chia hết cho {by}.")
        sheet.say(f"Tổng các chữ số đã biết bằng {total}.")
        sheet.say(f"Số đã cho chia hết cho {by} khi {total} + * chia hết cho {divisor}.")
        found = [digit for digit in range(10) if (total + digit) % divisor == 0]
        found = sheet.pick(found, found[1:] or [found[0] + 1], found[:-1] or [found[0] - 1], kind="overlooked")
        found = sheet.pick(found, [digit for digit in range(10) if (total + digit) % divisor == 1], kind="rest")
        listed = "; ".join(map(str, found))
        sheet.say(f"Vì dấu * là một chữ số từ 0 đến 9 nên * nhận giá trị: {listed}.")
        sheet.answer_text(listed)

    return Plan((by, written), phrase(random, _DIGIT, written=written, d=by, name=pupils(random, 1)[0]), solve)


def _two_missing_digits(random: Random) -> Plan:
    holds, last = random.choice(_HOLDS)
    while True:
        known = [random.randint(1, 9), *(random.randint(0, 9) for _ in range(2))]
        if (sum(known) + last) % 9:
            break
    place = random.randint(1, 3)
    digits = [*map(str, known[:place]), "x", *map(str, known[place:]), "y"]
    written = "".join(digits)

    def solve(sheet: Sheet) -> None:
        y = sheet.pick(last, 5 - last, kind="formula")
        why = "chia hết cho cả 2 và 5" if last == 0 else "chia hết cho 5 nhưng không chia hết cho 2"
        sheet.say(f"Số đã cho {why} nên chữ số tận cùng y = {y}.")
        total = sum(known) + y + sheet.pick(0, 1, -1, kind="table")
        divisor = sheet.pick(9, 3, kind="misread")
        sheet.say(f"Khi đó tổng các chữ số của số đã cho là x + {total}.")
        sheet.say(f"Số đã cho chia hết cho 9 nên x + {total} chia hết cho {divisor}.")
        x = next(digit for digit in range(10) if (total + digit) % divisor == 0)
        x, y = sheet.pick((x, y), (y, x), kind="asked")
        sheet.say(f"Vì x là chữ số nên x = {x}.")
        sheet.say(f"Vậy x = {x}, y = {y}.")
        sheet.answer_text(f"x = {x}; y = {y}")

    return Plan((written, last), phrase(random, _TWO_DIGITS, written=written, holds=holds), solve)


@cache
def _least_divisor(value: int) -> int:
    return next((prime for prime in range(2, int(value**0.5) + 1) if value % prime == 0), value)


_LITTLE = (7, 11, 13, 17, 19)
_PRIMES = (
    "[Trong các số|Trong những số] {listed}, [những số nào|số nào|các số nào] là {kind}?",
    "[Tìm|Hãy tìm|Em hãy tìm|Chỉ ra|Hãy chỉ ra] [các|những] {kind} trong các số [sau|dưới đây]: {listed}.",
    "[Cho các số|Cho dãy số|Có các số] {listed}. [Những số nào|Số nào] là {kind}?",
    "[Cho các số|{name} viết các số] {listed}. [Hỏi số nào|Cho biết số nào|Hãy cho biết số nào] [trong đó |]là {kind}[?| và giải thích vì sao.]",
)


def primes(random: Random, level: int) -> Plan:
    """The primes (or the composite numbers) among four numbers to 100; three to 165; three to 400."""
    low, high = ((11, 99), (101, 165), (221, 400))[level - 1]
    odd = [value for value in range(low, high) if value % 2 and value % 5]
    first = random.sample([value for value in odd if _least_divisor(value) == value], 2 if level == 1 else 1)
    second = random.sample([value for value in odd if _least_divisor(value) < value], 2)
    values = random.sample(first + second, len(first) + len(second))
    wanted = random.random() < 0.7

    def solve(sheet: Sheet) -> None:
        as_prime, as_composite = sheet.pick(0, *second, kind="misread"), sheet.pick(0, *first, kind="overlooked")
        seen: dict[int, bool] = {}
        for value in values:
            seen[value] = _decide(sheet, value, value == as_prime, value == as_composite)
        asked = sheet.pick(wanted, not wanted, kind="asked")
        found = [value for value in values if seen[value] == asked]
        found = sheet.pick(found, found[:-1] or values[:1], found[1:] or values[-1:], kind="term")
        if not found:
            raise Absurd
        sheet.answer_text("; ".join(map(str, found)))

    listed = "; ".join(map(str, values))
    question = phrase(random, _PRIMES, listed=listed, kind="số nguyên tố" if wanted else "hợp số", name=pupils(random, 1)[0])
    return Plan((*values, wanted), question, solve)


def _decide(sheet: Sheet, value: int, taken_as_prime: bool, taken_as_composite: bool) -> bool:
    """Write why a number is prime or composite; two runs go wrong."""
    divisor = _least_divisor(value)
    if divisor < value and not taken_as_prime:
        sheet.divide(value, divisor)
        sheet.say(f"Số {value} có ước là {divisor} (khác 1 và {value}) nên {value} là hợp số.")
        return False
    if taken_as_composite:
        sheet.say(f"Số {value} là số lẻ lớn hơn 10 nên {value} là hợp số.")
        return False
    tried = [prime for prime in _LITTLE if prime * prime <= value and value % prime]
    sheet.say(f"Theo dấu hiệu chia hết, số {value} không chia hết cho 2, 3 và 5.")
    for prime in tried:
        sheet.share(value, prime)
    checked = ", ".join(map(str, (2, 3, 5, *tried)))
    beyond = next(prime for prime in (5, 7, 11, 13, 17, 19, 23) if prime * prime > value)
    sheet.say(f"Số {value} không chia hết cho {checked} mà {power(beyond, 2)} > {value} nên {value} là số nguyên tố.")
    return True


@cache
def _composite(low: int, high: int) -> tuple[int, ...]:
    """The numbers of low..high with three prime factors or more, none over 23."""
    found = []
    for value in range(low, high + 1):
        rest, count = value, 0
        for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23):
            while rest % prime == 0:
                rest, count = rest // prime, count + 1
        if rest == 1 and count > 2:
            found.append(value)
    return tuple(found)


def prime_factorization(random: Random, level: int) -> Plan:
    """By trial division: numbers of 24 to 120, to 900, to 9 000."""
    value = random.choice(_composite(*((24, 120), (126, 900), (910, 9000))[level - 1]))

    def solve(sheet: Sheet) -> None:
        factors = factorize(sheet, value)
        largest = max(factors)
        if sheet.pick(False, True, kind="unfinished"):
            smallest = min(factors)
            rest = value // smallest
            sheet.lines[-1] = f"{number(value)} = {smallest} × {number(rest)}"
            sheet.answer_text(f"{smallest} × {rest}")
            return
        lost = sheet.pick(0, *(prime for prime, exponent in factors.items() if exponent > 1), kind="exponent")
        if lost:
            factors = {**factors, lost: factors[lost] - 1}
        if sheet.pick(False, True, kind="term") and len(factors) > 1:
            factors = {prime: exponent for prime, exponent in factors.items() if prime != largest}
        sheet.lines[-1] = f"{number(value)} = {product_of_powers(factors)}"
        sheet.answer_text(product_of_powers(factors))

    question = ask_to(random, "phân tích", "số", number(value), "ra thừa số nguyên tố")
    return Plan((value,), question, solve)
