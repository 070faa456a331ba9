"""Systems of two linear equations, equations that become linear, and inequalities: grade 9."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_to
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import bracketed, joined, minus, over, plus, term, times, whole
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number

Equation = tuple[int, int, int]
"""ax + by = c as (a, b, c)."""


def _equation(equation: Equation) -> str:
    a, b, c = equation
    return f"{joined((a, 'x'), (b, 'y'))} = {number(c)}"


def _scaled(sheet: Sheet, equation: Equation, factor: int, which: str) -> Equation:
    if factor == 1:
        return equation
    sheet.say(f"Nhân hai vế của phương trình {which} với {number(factor)}:")
    a, b, c = (times(sheet, value, factor) for value in equation)
    sheet.say(_equation((a, b, c)))
    return a, b, c


def _solved(sheet: Sheet, first: Equation, second: Equation, factors: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """By addition: both equations times a factor, added, and the value found put into the first equation."""
    one, two = _scaled(sheet, first, factors[0], "thứ nhất"), _scaled(sheet, second, factors[1], "thứ hai")
    sheet.say("Cộng từng vế hai phương trình:")
    a, c = plus(sheet, one[0], two[0]), plus(sheet, one[2], two[2])
    sheet.say(f"{joined((a, 'x'))} = {number(c)}")
    x = over(sheet, c, a)
    sheet.say(f"Suy ra x = {fraction(x)}.")
    sheet.say(f"Thay x = {fraction(x)} vào phương trình thứ nhất:")
    known = times(sheet, first[0], whole(x))
    sheet.say(f"{joined((known, ''), (first[1], 'y'))} = {number(first[2])}")
    sheet.say(f"{joined((first[1], 'y'))} = {number(first[2])} - {bracketed(known)}")
    rest = minus(sheet, first[2], known)
    sheet.say(f"{joined((first[1], 'y'))} = {number(rest)}")
    y = over(sheet, rest, first[1])
    if first[1] != 1:
        sheet.say(f"Suy ra y = {fraction(y)}.")
    return x, y


def systems_of_equations(random: Random, level: int) -> Plan:
    """By addition: opposite coefficients; one equation multiplied; both equations multiplied."""
    x, y = nonzero(random, 1, (6, 9, 12)[level - 1]), nonzero(random, 1, (6, 9, 12)[level - 1])
    a, d = random.sample(range(1, 8), 2)
    if level == 1:
        b = nonzero(random, 1, 6)
        e, factors = -b, (1, 1)
    elif level == 2:
        e, factor = nonzero(random, 1, 4), random.randint(2, 5)
        b, factors = -e * factor, (1, factor)
    else:
        b, e = random.choice(((2, 3), (3, 4), (3, 5), (2, 5), (4, 5), (5, 6), (2, 7), (3, 7)))
        a, d = random.sample(range(2, 10), 2)
        factors = (e, -b)
    if a * factors[0] + d * factors[1] == 0:
        d += 1
    first, second = (a, b, a * x + b * y), (d, e, d * x + e * y)
    system = random.choice(("{0} và {1}", "{0}; {1}", "{{{0}; {1}}}")).format(_equation(first), _equation(second))

    def solve(sheet: Sheet) -> None:
        found_x, found_y = _solved(sheet, first, second, factors)
        if sheet.pick(False, True, kind="order"):
            found_x, found_y = found_y, found_x
        sheet.say(f"Vậy hệ phương trình có nghiệm duy nhất (x; y) = ({fraction(found_x)}; {fraction(found_y)}).")
        sheet.answer_text(f"x = {fraction(found_x)}; y = {fraction(found_y)}")

    return Plan((*first, *second), ask_to(random, "giải", "hệ phương trình", system), solve)


_GOODS = (
    ("quyển vở", (6, 15)), ("chiếc bút bi", (3, 8)), ("quyển truyện", (16, 40)), ("chiếc thước kẻ", (4, 9)), ("hộp bút màu", (20, 45)),
    ("hộp sữa", (7, 12)), ("chai nước", (5, 12)), ("gói bánh", (8, 25)), ("quyển sổ", (12, 30)), ("cục tẩy", (2, 6)),
)  # fmt: skip
_KNOWN_PRICES = (
    "{name} mua [tất cả |]{count} món gồm {one} và {other}, [trả hết|hết tất cả] {total} đồng. Mỗi {one} giá {p} đồng, mỗi {other} giá {q} đồng. "
    "[Hỏi {name} mua bao nhiêu {one}, bao nhiêu {other}?|Tính số {one} và số {other} {name} đã mua.|Lập hệ phương trình để tìm số {one} và số {other}.]",
    "[Mỗi|Một] {one} giá {p} đồng, [mỗi|một] {other} giá {q} đồng. {name} [mua cả hai loại|mua một số {one} và một số {other}], tổng cộng {count} món, [phải trả|hết] {total} đồng. "
    "[Tìm số {one} và số {other}|Hỏi số {one} và số {other} là bao nhiêu|Hãy tính số món mỗi loại][ bằng cách lập hệ phương trình|], [kể {one} trước|viết số {one} trước].",
)
_TWO_PURCHASES = (
    "{name} mua {a} {one} và {b} {other} [hết|phải trả] {c} đồng. {friend} mua {d} {one} và {e} {other} [cùng loại |]hết {f} đồng. {ask}",
    "[Giá tiền của|Tổng giá tiền của] {a} {one} và {b} {other} là {c} đồng; [giá tiền của|còn] {d} {one} và {e} {other} là {f} đồng. {ask}",
    "Mua {a} {one} và {b} {other} thì [hết|phải trả] {c} đồng, mua {d} {one} và {e} {other} thì [hết|phải trả] {f} đồng. {ask}",
)
_ASK_PRICES = "[Tính giá tiền một {one} và một {other}.|Hỏi giá một {one} và một {other} là bao nhiêu?|Tìm giá của mỗi {one}, mỗi {other}.|Hãy lập hệ phương trình để tìm giá một {one} và giá một {other}.]"
_ASK_THIRD = "[Tính số tiền mua {g} {one} và {h} {other}.|Hỏi mua {g} {one} và {h} {other} hết bao nhiêu tiền?|Hỏi phải trả bao nhiêu tiền khi mua {g} {one} và {h} {other}?]"


def problems_by_system(random: Random, level: int) -> Plan:
    """How many of two kinds; prices from two purchases; what a third purchase costs. Unknowns in thousands of đồng."""
    (one, (low, high)), (other, (low_q, high_q)) = random.sample(_GOODS, 2)
    p, q = random.randint(low, high), random.randint(low_q, high_q)
    q += p == q
    name, friend = pupils(random, 2)
    words = {"one": one, "other": other, "name": name, "friend": friend}
    if level == 1:
        x, y = random.randint(2, 12), random.randint(2, 12)
        first, second, factors = (1, 1, x + y), (p, q, p * x + q * y), (-q, 1)
        question = phrase(random, _KNOWN_PRICES, count=x + y, total=1000 * second[2], p=1000 * p, q=1000 * q, **words)
        lets = (
            f"Gọi số {one} là x, số {other} là y (x, y là số tự nhiên khác 0).",
            "Ta có hệ phương trình (tiền tính bằng nghìn đồng):",
        )
    else:
        a, d = random.sample(range(1, 7), 2)
        b, e = random.sample(range(1, 7), 2)
        e += a * e == b * d
        first, second, factors = (a, b, a * p + b * q), (d, e, d * p + e * q), (e, -b)
        values = {"a": a, "b": b, "c": 1000 * first[2], "d": d, "e": e, "f": 1000 * second[2]}
        g, h = random.randint(7, 15), random.randint(7, 15)
        asked = _ASK_THIRD if level == 3 else _ASK_PRICES
        template = [form.replace("{ask}", asked) for form in _TWO_PURCHASES]
        question = phrase(random, template, g=g, h=h, **values, **words)
        lets = (
            f"Gọi giá một {one} là x (nghìn đồng), giá một {other} là y (nghìn đồng) (x > 0; y > 0).",
            "Theo đề bài, ta có hệ phương trình:",
        )

    def solve(sheet: Sheet) -> None:
        for line in lets:
            sheet.say(line)
        sheet.say(f"{_equation(first)} và {_equation(second)}")
        x, y = _solved(sheet, first, second, factors)
        if x <= 0 or y <= 0:
            raise Absurd
        sheet.say(f"Các giá trị x = {fraction(x)} và y = {fraction(y)} thoả mãn điều kiện.")
        if level != 2 and sheet.pick(False, True, kind="order"):  # two prices in đồng: the answer line tells no order
            x, y = y, x
        if level == 3:
            part = sheet.multiply(whole(x), g, lead=f"Số tiền mua {g} {one} (nghìn đồng) là")
            rest = sheet.multiply(whole(y), h, lead=f"Số tiền mua {h} {other} (nghìn đồng) là")
            total = sheet.add(part, rest, lead="Số tiền phải trả tất cả (nghìn đồng) là")
            sheet.answer(sheet.multiply(total, sheet.pick(1000, 100), "đồng", lead="Vậy số tiền phải trả là"), "đồng")
            return
        units = (one, other) if level == 1 else ("đồng", "đồng")
        scale = 1 if level == 1 else 1000
        first_text, second_text = f"{number(whole(x) * scale)} {units[0]}", f"{number(whole(y) * scale)} {units[1]}"
        sheet.say(
            f"Vậy có {first_text} và {second_text}."
            if level == 1
            else f"Vậy giá một {one} là {first_text}, giá một {other} là {second_text}."
        )
        sheet.answer_text(f"{first_text}; {second_text}")

    return Plan((*first, *second), question, solve)


_FLIPPED = {">": "<", "<": ">", "≥": "≤", "≤": "≥"}


def linear_inequalities(random: Random, level: int) -> Plan:
    """One like ax + b > c; the unknown on both sides; brackets to be multiplied out."""
    sign = random.choice(tuple(_FLIPPED))
    a, c = random.sample([*range(-9, 0), *range(2, 10)], 2)
    x, k = nonzero(random, 1, 12), random.randint(2, 6)
    b = nonzero(random, 1, 20)
    c = 0 if level == 1 else c
    a += a == c
    inner = k if level == 3 else 1
    d = inner * (a * x + b) - c * x
    if inner * a == c:
        c, d = c + 1, d - x
    left = f"{k}({joined((a, 'x'), (b, ''))})" if level == 3 else joined((a, "x"), (b, ""))
    inequality = f"{left} {sign} {joined((c, 'x'), (d, ''))}"

    def solve(sheet: Sheet) -> None:
        first, second = a, b
        if level == 3:
            first, second = times(sheet, a, k), times(sheet, b, k)
            sheet.say(f"{joined((first, 'x'), (second, ''))} {sign} {joined((c, 'x'), (d, ''))}")
        if c:
            sheet.say(f"{joined((first, 'x'), (-c, 'x'))} {sign} {joined((d, ''), (-second, ''))}")
        else:
            sheet.say(
                f"{joined((first, 'x'))} {sign} {joined((d, ''), (-second, ''))}"
                if d
                else f"{joined((first, 'x'))} {sign} {number(-second)}"
            )
        factor, right = minus(sheet, first, c), minus(sheet, d, second)
        sheet.say(f"{joined((factor, 'x'))} {sign} {number(right)}")
        result = over(sheet, right, factor)
        if right and abs(factor) > 1 and sheet.pick(False, True, kind="upside_down"):
            result = Fraction(factor, right)
        turned = sign
        if factor < 0:
            turned = sheet.pick(_FLIPPED[sign], sign, kind="direction")
            sheet.say(
                f"Chia cả hai vế cho số âm {number(factor)} và đổi chiều bất phương trình, ta được: x {turned} {fraction(result)}."
            )
        elif factor > 1:
            turned = sheet.pick(sign, _FLIPPED[sign], kind="direction")
            sheet.say(f"Chia cả hai vế cho số dương {number(factor)}, ta được: x {turned} {fraction(result)}.")
        sheet.say(f"Vậy nghiệm của bất phương trình là x {turned} {fraction(result)}.")
        sheet.answer_text(f"x {turned} {fraction(result)}")

    return Plan((a, b, c, d, sign, inner), ask_to(random, "giải", "bất phương trình", inequality), solve)


def _factor(a: int, b: int) -> str:
    return f"({joined((a, 'x'), (b, ''))})"


def product_equations(random: Random, level: int) -> Plan:
    """(ax + b)(cx + d) = 0; one unknown below each fraction line; fractions whose x² cancels."""
    if level == 1:
        return _product_equation(random)
    while True:
        a, b, c, d = (nonzero(random, 2 if level == 2 else 1, 13 if level == 2 else 14) for _ in range(4))
        bottom = a - c if level == 2 else a + d - b - c
        top = c * b - a * d if level == 2 else b * c - a * d
        # level 2: a/(x + b) = c/(x + d); level 3: (x + a)/(x + b) = (x + c)/(x + d)
        if (
            bottom
            and b != d
            and a != c
            and top % bottom == 0
            and top // bottom not in (-b, -d)
            and (level == 2 or (a != b and c != d))
        ):
            break
    tops = (number(a), number(c)) if level == 2 else (_factor(1, a), _factor(1, c))
    equation = f"{tops[0]}/{_factor(1, b)} = {tops[1]}/{_factor(1, d)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Điều kiện xác định: x ≠ {number(-b)} và x ≠ {number(-d)}.")
        if level == 2:
            sheet.say(f"Quy đồng mẫu hai vế rồi khử mẫu, ta được: {term(a, _factor(1, d))} = {term(c, _factor(1, b))}")
            first, second = (a, times(sheet, a, d)), (c, times(sheet, c, b))
            squares: tuple[tuple[int, str], ...] = ()
        else:
            sheet.say(
                f"Quy đồng mẫu hai vế rồi khử mẫu, ta được: {_factor(1, a)}{_factor(1, d)} = {_factor(1, c)}{_factor(1, b)}"
            )
            first = (plus(sheet, a, d), times(sheet, a, d))
            second = (plus(sheet, c, b), times(sheet, c, b))
            squares = ((1, "x²"),)
        sheet.say(
            f"{joined(*squares, (first[0], 'x'), (first[1], ''))} = {joined(*squares, (second[0], 'x'), (second[1], ''))}"
        )
        if first[1]:
            moved = joined((first[0], "x"), (-second[0], "x")), joined((second[1], ""), (-first[1], ""))
            sheet.say(f"{moved[0]} = {moved[1]}")
        factor, right = minus(sheet, first[0], second[0]), minus(sheet, second[1], first[1])
        if factor != 1:
            sheet.say(f"{joined((factor, 'x'))} = {number(right)}")
        found = over(sheet, right, factor)
        if sheet.slip and found in (-b, -d):
            found += 1
        sheet.say(f"x = {fraction(found)} (thoả mãn điều kiện xác định)")
        sheet.say(f"Vậy phương trình có nghiệm x = {fraction(found)}.")
        sheet.answer(found, name="x = ", write=fraction)

    return Plan((a, b, c, d, level), ask_to(random, "giải", "phương trình", equation), solve)


def _product_equation(random: Random) -> Plan:
    while True:
        a, c = random.randint(1, 8), random.randint(1, 8)
        b, d = nonzero(random, 1, 12), nonzero(random, 1, 12)
        if Fraction(b, a) != Fraction(d, c):
            break
    equation = f"{_factor(a, b)}{_factor(c, d)} = 0"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{equation} khi {joined((a, 'x'), (b, ''))} = 0 hoặc {joined((c, 'x'), (d, ''))} = 0.")
        found = []
        for number_, (factor, free) in enumerate(((a, b), (c, d)), start=1):
            moved = sheet.pick(-free, free, kind="transpose")
            sheet.say(f"Trường hợp {number_}: {joined((factor, 'x'), (free, ''))} = 0")
            sheet.say(f"{term(factor, 'x')} = {number(moved)}")
            root = over(sheet, moved, factor)
            if factor > 1 and sheet.pick(False, True, kind="upside_down") and moved:
                root = Fraction(factor, moved)
            if factor > 1:
                sheet.say(f"Suy ra x = {fraction(root)}.")
            found.append(fraction(root))
        sheet.say(f"Vậy phương trình có hai nghiệm x = {found[0]} và x = {found[1]}.")
        sheet.answer_text(f"x = {found[0]}; x = {found[1]}")

    return Plan((a, b, c, d), ask_to(random, "giải", "phương trình", equation), solve)
