"""Even and odd numbers, rows of numbers, convenient calculation: grade 4."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_WHICH = (
    "Trong các số {listed}, [những số nào|các số nào] là số {kind}?",
    "[Tìm|Hãy tìm|Viết|Nêu|Chỉ ra|Em hãy viết] các số {kind} trong các số [sau|sau đây]: {listed}.",
    "[Cho|Có] các số: {listed}. [Những số nào là số {kind}?|Viết các số {kind}.|Hãy tìm các số {kind}.|Các số nào là số {kind}?|Hãy viết các số {kind} trong các số đó.]",
)
_HOW_MANY = (
    "[Từ {a} đến {b}|Tính từ {a} đến {b}] có [tất cả |]bao nhiêu số {kind}?",
    "[Hỏi có|Có] [tất cả |]bao nhiêu số {kind} từ {a} đến {b}?",
    "[Viết liên tiếp các số|Người ta viết các số|Bạn Lan viết các số] {kind} từ {a} đến {b}. Hỏi [có tất cả|đã viết|viết được] bao nhiêu số?",
    "[Đếm xem|Tính xem|Cho biết] [từ {a} đến {b}|trong các số từ {a} đến {b}] có bao nhiêu số {kind}.",
    "[Tính|Hãy tính|Tìm] số số hạng của dãy các số {kind} liên tiếp từ {a} đến {b}.",
)
_NEIGHBOURS = (
    "[Tìm|Hãy tìm|Em hãy tìm] hai số {kind} liên tiếp có tổng [là|bằng] {total}.",
    "[Tìm|Hãy tìm] hai số {kind} liên tiếp, biết tổng của [chúng|hai số đó] [là|bằng] {total}.",
    "Tổng của hai số {kind} liên tiếp [là|bằng] {total}. [Tìm hai số đó.|Hãy tìm hai số đó.|Hai số đó là hai số nào?|Hỏi hai số đó là hai số nào?]",
    "[Hai số {kind} liên tiếp nào|Hai số {kind} nào liên tiếp nhau và] có tổng [là|bằng] {total}?",
)


def even_and_odd(random: Random, level: int) -> Plan:
    """Which numbers are even; how many even numbers from here to there; two neighbours with a known sum."""
    odd = random.randint(0, 1)
    kind = "lẻ" if odd else "chẵn"
    if level == 1:
        return _which_are(random, odd, kind)
    if level == 2:
        a = random.randrange(100, 500, 2) + odd
        b = a + random.randrange(60, 480, 2)

        def count(sheet: Sheet) -> None:
            sheet.say(f"Hai số {kind} liên tiếp hơn kém nhau 2 đơn vị.")
            gap = sheet.subtract(b, a, lead=f"Số {kind} cuối hơn số {kind} đầu là")
            gaps = sheet.divide(gap, 2, lead="Số khoảng cách giữa các số là")
            sheet.answer(sheet.add(gaps, 1, "số", lead=f"Số các số {kind} là"), "số")

        return Plan((a, b), phrase(random, _HOW_MANY, a=a, b=b, kind=kind), count)
    small = random.randrange(1000, 49_000, 2) + odd

    def find(sheet: Sheet) -> None:
        gap = sheet.pick(2, 1, kind="formula")
        sheet.say(f"Hai số {kind} liên tiếp hơn kém nhau {gap} đơn vị.")
        twice = sheet.subtract(2 * small + 2, gap, lead="Hai lần số bé là")
        if int(twice) % 2:
            sheet.say(f"{number(twice)} là số lẻ nên lấy số chẵn liền trước.")
            twice = int(twice) - 1
        low = sheet.divide(twice, 2, lead="Số bé là")
        high = sheet.add(low, 2, lead="Số lớn là")
        sheet.answer_text(f"{number(low)}; {number(high)}")

    return Plan((2 * small + 2, kind), phrase(random, _NEIGHBOURS, kind=kind, total=2 * small + 2), find)


def _which_are(random: Random, odd: int, kind: str) -> Plan:
    values = [random.randrange(10, 999, 2) + odd for _ in range(3)] + [random.randrange(10, 998, 2) + 1 - odd for _ in range(3)]
    random.shuffle(values)

    def choose(sheet: Sheet) -> None:
        ends = "1, 3, 5, 7, 9" if odd else "0, 2, 4, 6, 8"
        rest = sheet.pick(odd, 1 - odd, kind="misread")
        sheet.say(
            f"Số {kind} là số có chữ số tận cùng là {ends if rest == odd else '0, 2, 4, 6, 8' if odd else '1, 3, 5, 7, 9'}."
        )
        ends_in = "; ".join(f"{number(n)} tận cùng là {n % 10}, {'chọn' if n % 2 == rest else 'không chọn'}" for n in values)
        sheet.say(f"{ends_in}.")
        found = [n for n in values if n % 2 == rest]
        found = sheet.pick(found, found[:-1], found[1:], kind="miss")
        other = [n for n in values if n not in found]
        found = sheet.pick(found, [*found, other[0]], [*found, other[-1]], kind="too_many")
        sheet.say(f"Các số {kind} là: {', '.join(map(number, found))}.")
        sheet.answer_text("; ".join(map(number, found)))

    return Plan((*sorted(values), kind), phrase(random, _WHICH, listed=", ".join(map(number, values)), kind=kind), choose)


_NEXT = (
    "[Viết|Tìm|Hãy tìm|Hãy viết|Em hãy viết] số [hạng |][tiếp theo|đứng sau số cuối] của dãy số: {row}; ...",
    "[Cho dãy số|Có dãy số]: {row}; ... [Số tiếp theo của dãy là số nào?|Tìm số tiếp theo của dãy.|Hãy tìm số tiếp theo.|Viết số tiếp theo.]",
    "[Số tiếp theo|Số hạng tiếp theo] [của dãy số|trong dãy số] {row}; ... là số nào?",
    "[Quan sát|Nhận xét quy luật của|Tìm quy luật của] dãy số {row}; ... [rồi viết số tiếp theo.|rồi tìm số tiếp theo.|và viết số hạng tiếp theo.]",
)
_TERMS = (
    "[Cho dãy số|Có dãy số|Cho dãy số cách đều|Xét dãy số] {row}; ...; {last}. [Hỏi dãy số có bao nhiêu số hạng?|Hỏi dãy có bao nhiêu số?|Tính số số hạng của dãy.|Tìm số các số hạng của dãy.|Dãy số đó có bao nhiêu số hạng?]",
    "[Tính|Hãy tính|Tìm|Hãy tìm|Em hãy tính] số số hạng của dãy số [cách đều |]{row}; ...; {last}.",
    "Dãy số [cách đều |]{row}; ...; {last} có [tất cả |]bao nhiêu số hạng?",
    "[Hỏi có|Có] bao nhiêu số [hạng |][trong|thuộc|ở] dãy số {row}; ...; {last}?",
)
_NTH = (
    "[Cho|Có|Xét] dãy số[ cách đều|]: {row}; ... [Tìm|Hãy tìm|Tính|Hãy tính] số hạng thứ {n} của dãy.",
    "[Tìm|Hãy tìm|Tính|Hãy tính|Em hãy tìm|Em hãy tính] số hạng thứ {n} của dãy số [cách đều |]{row}; ...",
    "Số [hạng |]thứ {n} [của|trong] dãy số [cách đều |]{row}; ... [là|bằng] [số nào|bao nhiêu]?",
    "[Cho|Có|Xét] dãy số {row}; ... [Hỏi số [hạng |]thứ {n} của dãy là [số nào|bao nhiêu]?|Số hạng thứ {n} là số nào?]",
)


def number_sequences(random: Random, level: int) -> Plan:
    """Rows with equal steps: the next number, how many numbers, the n-th number."""
    step = random.randint(*((3, 12), (2, 12), (11, 60))[level - 1])
    first = random.randint(*((1, 190), (1, 60), (100, 900))[level - 1])
    n = random.randint(*((4, 4), (20, 60), (25, 99))[level - 1])
    terms = [first + step * k for k in range(4 if level == 1 else 3)]
    row = "; ".join(map(number, terms))
    last = first + step * (n - 1)

    def solve(sheet: Sheet) -> None:
        gap = sheet.subtract(terms[1], terms[0], lead="Mỗi số hơn số đứng ngay trước nó là")
        if level == 1:
            sheet.answer(sheet.add(terms[-1], gap, lead="Số tiếp theo của dãy là"))
        elif level == 2:
            far = sheet.subtract(last, first, lead="Số hạng cuối hơn số hạng đầu là")
            gaps = sheet.divide(far, gap, lead="Số khoảng cách giữa các số hạng là")
            sheet.answer(sheet.add(gaps, 1, "số hạng", lead="Số số hạng của dãy là"), "số hạng")
        else:
            gaps = sheet.subtract(n, 1, lead=f"Từ số hạng thứ nhất đến số hạng thứ {n} có số khoảng cách là")
            far = sheet.multiply(gaps, gap, lead=f"Số hạng thứ {n} hơn số hạng thứ nhất là")
            sheet.answer(sheet.add(first, far, lead=f"Số hạng thứ {n} là"))

    return Plan((first, step, n), phrase(random, (_NEXT, _TERMS, _NTH)[level - 1], row=row, last=last, n=n), solve)


_CONVENIENT = (
    "[Tính|Hãy tính|Em hãy tính] [bằng cách|theo cách] thuận tiện[ nhất|]: {expression}",
    "[Tính|Hãy tính] giá trị [của |]biểu thức {expression} [bằng cách|theo cách] thuận tiện[ nhất|].",
    "[Tính nhanh|Tính thuận tiện|Tính hợp lí|Hãy tính nhanh]: {expression}",
    "[Tính|Hãy tính|Tính nhanh] {expression} [bằng cách|theo cách] thuận tiện.",
)


def convenient_calculation(random: Random, level: int) -> Plan:
    """Two numbers of a sum that give hundreds; factors that give hundreds; a common factor taken out."""
    if level == 1:
        total = random.randint(3, 9) * 100
        a, b = random.randint(101, total - 101), random.randint(112, 899)
        terms = random.choice(((a, b, total - a), (b, a, total - a), (a, total - a, b)))
        expression, round_one = " + ".join(map(number, terms)), (a, total - a)
        rewritten = f"({round_one[0]} + {round_one[1]}) + {b}"

        def solve(sheet: Sheet) -> None:
            sheet.say(f"{expression} = {rewritten}")
            sheet.answer(sheet.add(sheet.add(*round_one), b))

    elif level == 2:
        x, y = random.choice(((25, 4), (50, 2), (125, 8), (20, 5), (250, 4), (500, 2)))
        b = random.randint(13, 98) if x == 125 else random.randint(113, 1999)
        expression = " × ".join(map(number, random.choice(((x, b, y), (y, b, x), (x, y, b), (b, x, y)))))
        rewritten = f"({x} × {y}) × {number(b)}"

        def solve(sheet: Sheet) -> None:
            sheet.say(f"{expression} = {rewritten}")
            first = sheet.multiply(x, y)
            sheet.answer(sheet.multiply(b, first))

    else:
        total, common = random.choice((100, 200, 1000)), random.randint(12, 98)
        b = random.randint(13, 89)
        adding = random.random() < 0.5
        second = total - b if adding else total + b
        sign = "+" if adding else "-"
        left, right = (second, b)
        expression = f"{number(common)} × {number(left)} {sign} {number(common)} × {number(right)}"
        rewritten = f"{number(common)} × ({number(left)} {sign} {number(right)})"

        def solve(sheet: Sheet) -> None:
            sheet.say(f"{expression} = {rewritten}")
            inside = sheet.calculate(sign, left, right)
            sheet.answer(sheet.multiply(common, inside))

    return Plan((expression,), phrase(random, _CONVENIENT, expression=expression), solve)
