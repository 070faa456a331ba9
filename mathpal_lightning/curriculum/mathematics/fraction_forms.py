"""Equal fractions, common denominators, the order of fractions: grade 4."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions, ordering
from mathpal_lightning.curriculum.steps.fractions import Pair, text
from mathpal_lightning.curriculum.wording import phrase

_MISSING = (
    "[Tìm|Viết|Hãy tìm|Điền] số thích hợp [thay cho dấu ?|vào chỗ dấu ?]: {equality}",
    "[Số nào|Số thích hợp nào] thay cho dấu ? [để|để có] {equality}?",
    "[Cho|Cho biết] {equality}. [Tìm số thay cho dấu ?.|Hỏi số thay cho dấu ? là số nào?|Hãy tìm số thích hợp thay cho dấu ?.|Số thay cho dấu ? là bao nhiêu?]",
    "[Trong|Ở] đẳng thức {equality}, [số cần điền thay cho dấu ? là số nào?|dấu ? thay cho số nào?|dấu ? là số nào?]",
)


def _proper(random: Random, low: int, high: int) -> Pair:
    """A fraction below one in lowest terms."""
    while True:
        bottom = random.randint(low, high)
        top = random.randint(1, bottom - 1)
        if gcd(top, bottom) == 1:
            return top, bottom


def equal_fractions(random: Random, level: int) -> Plan:
    """The missing numerator; factors over ten, the denominator too; and fractions that are reduced before they are expanded."""
    top, bottom = _proper(random, *((2, 9), (2, 9), (4, 12))[level - 1])
    times = random.randint(*((2, 9), (11, min(49, 100 // bottom)), (2, 8))[level - 1])
    if level < 3:
        given, up = (top, bottom), level == 1 or random.random() < 0.5
        wanted = f"?/{bottom * times}" if up else f"{top * times}/?"

        def solve(sheet: Sheet) -> None:
            factor = sheet.divide(bottom * times if up else top * times, bottom if up else top)
            sheet.say(f"Nhân cả tử số và mẫu số của {text(given)} với {factor}.")
            sheet.answer(sheet.multiply(sheet.pick(*((top, bottom) if up else (bottom, top)), kind="asked"), factor))

    else:
        shrink = random.choice([n for n in range(2, 9) if n != times and bottom * n <= 100])
        given, up = (top * shrink, bottom * shrink), random.random() < 0.6
        wanted = f"?/{bottom * times}" if up else f"{top * times}/?"

        def solve(sheet: Sheet) -> None:
            sheet.say(f"Rút gọn phân số {text(given)}, chia cả tử số và mẫu số cho {shrink}:")
            low = (int(sheet.divide(given[0], shrink)), int(sheet.divide(given[1], shrink)))
            sheet.say(f"Phân số tối giản là {text(low)}.")
            target = bottom * times if up else top * times
            known, other = (low[1], low[0]) if up else (low[0], low[1])
            factor = sheet.divide(target, known)
            sheet.answer(sheet.multiply(other, factor))

    equality = f"{text(given)} = {wanted}" if random.random() < 0.7 else f"{wanted} = {text(given)}"
    return Plan((given, wanted), phrase(random, _MISSING, equality=equality), solve)


_COMMON = (
    "[Quy đồng|Hãy quy đồng|Em hãy quy đồng] mẫu số [các|{count}] phân số[ sau|]: {listed}.",
    "[Quy đồng|Hãy quy đồng] mẫu số {count} phân số {listed}.",
    "[Cho|Có] {count} phân số {listed}. [Quy đồng|Hãy quy đồng] mẫu số [các phân số đó|{count} phân số đó].",
    "[Viết|Hãy viết] {count} phân số {listed} thành [các|{count}] phân số có mẫu số [chung |]là {bottom}.",
    "[Chọn {bottom} làm mẫu số chung|Lấy mẫu số chung là {bottom}], [quy đồng|hãy quy đồng] mẫu số {count} phân số {listed}.",
)


def common_denominator(random: Random, level: int) -> Plan:
    """Two fractions, one denominator a multiple of the other: up to 24, up to 90; then three fractions."""
    while True:
        base, times = random.randint(*((2, 9), (5, 10), (4, 10))[level - 1]), random.randint(2, 9)
        bottom = base * times
        others = [n for n in range(2, 11) if bottom % n == 0 and n not in (base, bottom) and bottom <= 10 * n]
        least, most = ((4, 24), (30, 90), (12, 90))[level - 1]
        if least <= bottom <= most and (others or level < 3):
            break
    pairs = [(random.randint(1, min(10, base + 3)), base), (random.randint(1, bottom - 1), bottom)]
    if level == 3:
        third = random.choice(others)
        pairs.insert(1, (random.randint(1, min(10, third + 2)), third))
    random.shuffle(pairs)

    def solve(sheet: Sheet) -> None:
        sheet.say(
            f"Vì {bottom} chia hết cho mẫu số còn lại nên mẫu số chung là {bottom}."
            if level < 3
            else f"Vì {bottom} chia hết cho các mẫu số còn lại nên mẫu số chung là {bottom}."
        )
        expanded = [fractions.expand(sheet, pair, bottom) for pair in pairs]
        kept = next(pair for pair in pairs if pair[1] == bottom)
        sheet.say(f"Giữ nguyên phân số {text(kept)}.")
        other = next(place for place, pair in enumerate(pairs) if pair[1] != bottom)
        top = expanded[other][0]
        expanded[other] = sheet.pick(expanded[other], (top + 1, bottom), kind="copy")
        expanded[other] = sheet.pick(expanded[other], expanded[other][::-1], kind="upside_down")
        sheet.answer_text("; ".join(map(text, expanded)))

    values = {"count": "hai" if level < 3 else "ba", "bottom": bottom}
    listed = f"{text(pairs[0])} và {text(pairs[1])}" if level < 3 else f"{text(pairs[0])}; {text(pairs[1])} và {text(pairs[2])}"
    return Plan(tuple(sorted(pairs)), phrase(random, _COMMON, listed=listed, **values), solve)


_ORDERED = (
    "[Sắp xếp|Hãy sắp xếp|Xếp|Viết|Hãy viết] các phân số [sau |]theo thứ tự từ {way}: {listed}.",
    "[Cho các phân số|Có các phân số]: {listed}. [Sắp xếp|Hãy sắp xếp|Viết|Hãy viết] các phân số đó theo thứ tự từ {way}.",
    "[Viết|Hãy viết|Xếp|Sắp xếp] các phân số {listed} theo thứ tự từ {way}.",
)


_FAMILIES = ((12, (4, 6)), (24, (4, 6, 8)), (36, (4, 6, 9)), (30, (5, 6, 10)), (40, (4, 5, 8, 10)), (20, (4, 5, 10)))
"""A denominator and some that divide it."""


def _unlike(random: Random, level: int) -> tuple[int, list[Pair]]:
    """Three or four different fractions below one and their common denominator."""
    bottom, smaller = random.choice(_FAMILIES)
    bottoms = [bottom, *random.sample(smaller, level - 1)]
    bottoms.append(random.choice(bottoms[1:]))
    pairs = [(random.randint(1, below - 1), below) for below in bottoms]
    return (bottom, pairs) if len({Fraction(*pair) for pair in pairs}) == len(pairs) else _unlike(random, level)


def order_fractions(random: Random, level: int) -> Plan:
    """Fractions with one denominator; with two related ones; four fractions with three denominators."""
    if level == 1:
        bottom = random.randint(7, 30)
        pairs = [(top, bottom) for top in random.sample(range(1, bottom + 4), 4)]
    else:
        bottom, pairs = _unlike(random, level)
    random.shuffle(pairs)
    ascending = random.random() < 0.5

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.say(f"Các phân số cùng mẫu số {bottom} nên phân số nào có tử số bé hơn thì bé hơn.")
            expanded = pairs
        else:
            sheet.say(f"Quy đồng mẫu số các phân số với mẫu số chung là {bottom}:")
            expanded = [fractions.expand(sheet, pair, bottom) for pair in pairs]
        tops = [pair[0] for pair in expanded]
        tops = sheet.pick(tops, [pair[0] for pair in pairs] if level > 1 else [-top for top in tops], kind="numerators")
        order = ordering.in_order(sheet, tops, list(map(text, expanded)), falling=not ascending, thing="phân số")
        if level > 1:
            changed = [place for place in order if expanded[place] != pairs[place]]
            sheet.say(f"Trong đó {'; '.join(f'{text(expanded[place])} là {text(pairs[place])}' for place in changed)}.")
        sheet.say(f"Vậy các phân số theo thứ tự từ {way} là: {'; '.join(text(pairs[place]) for place in order)}.")
        sheet.answer_text("; ".join(text(pairs[place]) for place in order))

    way = "bé đến lớn" if ascending else "lớn đến bé"
    return Plan(tuple(sorted(pairs)), phrase(random, _ORDERED, way=way, listed="; ".join(map(text, pairs))), solve)
