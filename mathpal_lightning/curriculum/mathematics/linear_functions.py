"""Linear equations, linear functions and the plane of coordinates: grade 8."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from random import Random

from mathpal_lightning.curriculum.asking import ask_for, ask_to
from mathpal_lightning.curriculum.mathematics.algebraic_fractions import in_x
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import bracketed, joined, minus, over, plus, times, whole
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number


def linear_equations_and_functions(random: Random, level: int) -> Plan:
    """One bracket on each side at most: ax + b = cx + d; brackets to be multiplied out; denominators to be cleared."""
    if level == 3:
        return _with_denominators(random)
    while True:
        a, b, c = nonzero(random, 2, 12), nonzero(random, 1, 20), nonzero(random, 1, 9)
        k, m = (random.randint(2, 6), nonzero(random, 1, 9)) if level == 2 else (1, 0)
        x = nonzero(random, 1, 12)
        factor = k * a - c
        d = k * (a * x + b) - c * x - m
        if abs(factor) > 1 and abs(d) < 150 and d:
            break
    left = in_x(a, b) if level == 1 else f"{k}({in_x(a, b)}) - {bracketed(m)}" if m < 0 else f"{k}({in_x(a, b)}) - {m}"
    equation = f"{left} = {in_x(c, d)}"

    def solve(sheet: Sheet) -> None:
        first, free = a, b
        if level == 2:
            first = times(sheet, k, a)
            free = times(sheet, k, b) if not sheet.pick(False, True, kind="first_term_only") else b
            sheet.say(f"{joined((first, 'x'), (free, ''), (-m, ''))} = {in_x(c, d)}")
            free = minus(sheet, free, m)
            sheet.say(f"{in_x(first, free)} = {in_x(c, d)}")
        _collected(sheet, (first, free), (c, d))

    return Plan((a, b, c, d, k, m), ask_to(random, "giải", "phương trình", equation), solve)


def _collected(sheet: Sheet, left: tuple[int, int], right: tuple[int, int]) -> None:
    """Terms with x to the left, numbers to the right, then the division and the answer."""
    (a, b), (c, d) = left, right
    moved = sheet.pick(-b, b, kind="transpose")
    moved_x = sheet.pick(-c, c, kind="transpose")
    sheet.say(f"{joined((a, 'x'), (moved_x, 'x'))} = {joined((d, ''), (moved, ''))}")
    factor, rest = plus(sheet, a, moved_x), plus(sheet, d, moved)
    if factor == 0:
        raise Absurd
    if factor != 1:
        sheet.say(f"{joined((factor, 'x'))} = {number(rest)}")
    found = over(sheet, rest, factor)
    if factor != 1 and rest and sheet.pick(False, True, kind="upside_down"):
        found = Fraction(factor, rest)
    sheet.say(f"x = {fraction(found)}")
    sheet.say(f"Vậy phương trình có nghiệm x = {fraction(found)}.")
    sheet.answer(found, name="x = ", write=fraction)


def _with_denominators(random: Random) -> Plan:
    """(ax + b)/m ± (cx + d)/n = e, the unknown chosen so that the solution is whole."""
    while True:
        m, n = random.sample((2, 3, 4, 5, 6, 8, 10), 2)
        a, c = random.randint(1, 7), random.randint(1, 7)
        b, d = nonzero(random, 1, 12), nonzero(random, 1, 12)
        x, sign = nonzero(random, 1, 12), random.choice((1, -1))
        shared = lcm(m, n)
        value = Fraction(a * x + b, m) + sign * Fraction(c * x + d, n)
        factor = shared // m * a + sign * (shared // n) * c
        if value.denominator == 1 and abs(factor) > 1 and abs(value) < 30 and (a, b) != (c, d):
            break
    e = int(value)
    mark = "+" if sign > 0 else "-"
    equation = f"({in_x(a, b)})/{m} {mark} ({in_x(c, d)})/{n} = {number(e)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Mẫu chung là {shared}. Quy đồng rồi khử mẫu, ta được:")
        one, two = shared // m, shared // n
        if m != shared and n != shared:
            one, two = sheet.pick((one, two), (two, one), kind="other_factor")
        right = times(sheet, shared, e) if sheet.pick(True, False, kind="right_side") else e
        terms = joined((one, f"({in_x(a, b)})"), (sign * two, f"({in_x(c, d)})"))
        sheet.say(f"{terms} = {number(right)}")
        first, free = times(sheet, one, a), times(sheet, one, b)
        second, last = times(sheet, two, c), times(sheet, two, d)
        flipped = sheet.pick(sign, 1, kind="brackets") if sign < 0 else sign
        sheet.say(f"{joined((first, 'x'), (free, ''), (sign * second, 'x'), (flipped * last, ''))} = {number(right)}")
        x_factor = (plus if sign > 0 else minus)(sheet, first, second)
        rest = (plus if flipped > 0 else minus)(sheet, free, last)
        sheet.say(f"{in_x(x_factor, rest)} = {number(right)}")
        _collected(sheet, (x_factor, rest), (0, right))

    return Plan((a, b, m, c, d, n, e, mark), ask_to(random, "giải", "phương trình", equation), solve)


_FIND_LINE = (
    "[Tìm|Hãy tìm|Xác định|Hãy xác định|Em hãy tìm] hàm số [bậc nhất |]y = ax + b, biết [rằng |]đồ thị [của nó |của hàm số |]đi qua {passes}.",
    "Cho đồ thị [của |]hàm số y = ax + b đi qua {passes}. [Tìm|Hãy tìm|Xác định|Hãy xác định] hàm số đó.",
    "Đường thẳng y = ax + b đi qua {passes}. [Viết|Hãy viết|Tìm|Hãy tìm] phương trình của đường thẳng[ đó|].",
    "[Xác định|Tìm] các hệ số a, b để đường thẳng y = ax + b đi qua {passes}, [rồi|sau đó] viết hàm số [tìm được|đó].",
)


def linear_function(random: Random, level: int) -> Plan:
    """A value of a function; the function of a line parallel to another through a point; the line through two points."""
    if level == 1:
        return _function_value(random)
    a = nonzero(random, 1, 12)
    b, other = random.sample([*range(-20, 0), *range(1, 21)], 2)
    x, second = random.sample([*range(-9, 0), *range(1, 10)], 2)
    y, last = a * x + b, a * second + b
    names = random.choice(("AB", "MN", "PQ", "CD"))
    first_point, second_point = (f"{names[0]}({number(x)}; {number(y)})", f"{names[1]}({number(second)}; {number(last)})")

    def solve(sheet: Sheet) -> None:
        if level == 2:
            slope = sheet.pick(a, -a, other, kind="slope")
            sheet.say(
                f"Vì đồ thị y = ax + b song song với đường thẳng y = {in_x(a, other)} nên a = {number(slope)}; b ≠ {number(other)}."
            )
            sheet.say(f"Khi đó y = {joined((slope, 'x'))} + b.")
        else:
            sheet.say(f"Thay toạ độ của {names[0]} và {names[1]} vào y = ax + b, ta được:")
            sheet.say(f"{number(y)} = {joined((x, 'a'))} + b và {number(last)} = {joined((second, 'a'))} + b")
            sheet.say("Trừ từng vế hai đẳng thức:")
            rise, run = minus(sheet, last, y), minus(sheet, second, x)
            sheet.say(f"{joined((run, 'a'))} = {number(rise)}")
            slope = whole(over(sheet, rise, run))
            sheet.say(f"Suy ra a = {number(slope)}.")
        u, v = sheet.pick((x, y), (y, x), kind="order") if level == 2 else (x, y)
        sheet.say(f"Đồ thị đi qua {first_point} nên {number(v)} = {bracketed(slope)} × {bracketed(u)} + b")
        product = times(sheet, slope, u)
        sheet.say(f"Suy ra b = {number(v)} - {bracketed(product)}")
        free = minus(sheet, v, product)
        sheet.say(f"b = {number(free)}")
        if slope == 0:
            raise Absurd
        sheet.say(f"Vậy y = {in_x(slope, free)}.")
        sheet.answer_text(f"y = {in_x(slope, free)}")

    passes = f"điểm {first_point} và song song với đường thẳng y = {in_x(a, other)}" if level == 2 else ""
    passes = passes or f"hai điểm {first_point} và {second_point}"
    numbers = (a, b, x, other) if level == 2 else (a, b, x, second)
    return Plan(numbers, phrase(random, _FIND_LINE, passes=passes), solve)


def _function_value(random: Random) -> Plan:
    a, b = nonzero(random, 2, 12), nonzero(random, 1, 20)
    x = nonzero(random, 2, 9)
    backwards = random.random() < 0.5
    y = a * x + b
    letter = random.choice("xt")

    def solve(sheet: Sheet) -> None:
        if backwards:
            sheet.say(f"Thay y = {number(y)} vào hàm số, ta được: {joined((a, letter), (b, ''))} = {number(y)}")
            moved = sheet.pick(-b, b, kind="transpose")
            rest = plus(sheet, y, moved)
            sheet.say(f"{joined((a, letter))} = {number(rest)}")
            found = over(sheet, rest, a)
            if rest and sheet.pick(False, True, kind="upside_down"):
                found = Fraction(a, rest)
            sheet.say(f"Vậy khi y = {number(y)} thì {letter} = {fraction(found)}.")
            sheet.answer(found, name=f"{letter} = ", write=fraction)
            return
        factor, free = sheet.pick((a, b), (b, a), kind="order")
        sheet.say(
            f"Thay {letter} = {number(x)} vào hàm số, ta được: y = {bracketed(factor)} × {bracketed(x)} + {bracketed(free)}"
        )
        product = times(sheet, factor, x)
        value = plus(sheet, product, free)
        sheet.say(f"y = {number(product)} + {bracketed(free)} = {number(value)}")
        sheet.say(f"Vậy khi {letter} = {number(x)} thì y = {number(value)}.")
        sheet.answer(value, name="y = ")

    given = f"hàm số [bậc nhất |]y = {joined((a, letter), (b, ''))}"
    what = (
        f"giá trị của {letter} [khi|để] y = {number(y)}"
        if backwards
        else f"giá trị [của hàm số|của y|y] [khi|tại|với] {letter} = {number(x)}"
    )
    return Plan((a, b, x, int(backwards)), ask_for(random, given, what), solve)


def coordinates(random: Random, level: int) -> Plan:
    """The fourth vertex of a rectangle; where a line meets both axes; where two lines meet."""
    if level == 1:
        return _fourth_vertex(random)
    if level == 3:
        return _crossing(random)
    a, b = nonzero(random, 2, 12), nonzero(random, 1, 99)

    def solve(sheet: Sheet) -> None:
        free = sheet.pick(b, a, kind="order")
        sheet.say(f"Cho x = 0 thì y = {number(free)}, ta được điểm B(0; {number(free)}) thuộc trục tung Oy.")
        moved = sheet.pick(-b, b, kind="transpose")
        sheet.say(f"Cho y = 0 thì {in_x(a, b)} = 0, hay {joined((a, 'x'))} = {number(moved)}.")
        found = over(sheet, moved, a)
        if sheet.pick(False, True, kind="upside_down"):
            found = 1 / found
        sheet.say(f"Suy ra x = {fraction(found)}, ta được điểm A({fraction(found)}; 0) thuộc trục hoành Ox.")
        zero, height = Fraction(0), Fraction(free)
        first, second = sheet.pick(((found, zero), (zero, height)), ((zero, found), (height, zero)), kind="axes")
        points = [f"{name}({fraction(u)}; {fraction(v)})" for name, (u, v) in (("A", first), ("B", second))]
        sheet.say(f"Vậy đồ thị cắt trục hoành tại {points[0]} và cắt trục tung tại {points[1]}.")
        sheet.answer_text("; ".join(points))

    given = f"đường thẳng y = {in_x(a, b)} cắt trục hoành [Ox |]tại [điểm |]A[ và|,] cắt trục tung [Oy |]tại [điểm |]B"
    return Plan((a, b), ask_for(random, given, "toạ độ [của |][hai điểm |các điểm |]A và B"), solve)


def _crossing(random: Random) -> Plan:
    """The common point of two lines: both right sides are equal there."""
    a, c = random.sample([*range(-9, -1), *range(2, 10)], 2)
    x, b = nonzero(random, 1, 9), nonzero(random, 1, 20)
    d = a * x + b - c * x
    point = random.choice("MNPAI")

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Hoành độ của {point} là nghiệm của phương trình {in_x(a, b)} = {in_x(c, d)}.")
        moved_x, moved = sheet.pick(-c, c, kind="transpose"), sheet.pick(-b, b, kind="transpose")
        if a + moved_x == 0:
            raise Absurd
        sheet.say(f"{joined((a, 'x'), (moved_x, 'x'))} = {joined((d, ''), (moved, ''))}")
        left, right = plus(sheet, a, moved_x), plus(sheet, d, moved)
        if left == 0:
            raise Absurd
        sheet.say(f"{joined((left, 'x'))} = {number(right)}")
        u = whole(over(sheet, right, left))
        sheet.say(f"Suy ra x = {number(u)}.")
        sheet.say(f"Thay x = {number(u)} vào y = {in_x(a, b)}:")
        product = times(sheet, a, u)
        sheet.say(f"y = {joined((product, ''), (b, ''))}")
        v = plus(sheet, product, b)
        sheet.say(f"y = {number(v)}")
        u, v = sheet.pick((u, v), (v, u), kind="order")
        sheet.say(f"Vậy toạ độ giao điểm là {point}({number(u)}; {number(v)}).")
        sheet.answer_text(f"{point}({number(u)}; {number(v)})")

    given = f"hai đường thẳng y = {in_x(a, b)} và y = {in_x(c, d)} cắt nhau tại [điểm |]{point}"
    return Plan((a, b, c, d), ask_for(random, given, f"toạ độ [của |][giao điểm |điểm ]{point}"), solve)


def _fourth_vertex(random: Random) -> Plan:
    """Rectangle ABCD with sides parallel to the axes: three vertices are known."""
    a, b, c, d = tuple(random.choice(("ABCD", "MNPQ", "EFGH", "PQRS", "HIKL")))
    left, right = sorted(random.sample([*range(-12, 0), *range(1, 13)], 2))
    low, high = sorted(random.sample([value for value in range(-12, 13) if value not in (0, left, right)], 2))
    corners = [(left, low), (right, low), (right, high), (left, high)]
    turn = random.randrange(4)
    corners = corners[turn:] + corners[:turn]
    written = [f"{name}({number(x)}; {number(y)})" for name, (x, y) in zip((a, b, c), corners, strict=False)]
    (x1, y1), _, (x3, y3), (x, y) = corners
    same_x_as_first = x == x1

    def solve(sheet: Sheet) -> None:
        for_x, for_y = (a, c) if same_x_as_first else (c, a)
        sheet.say("Các cạnh của hình chữ nhật song song với hai trục toạ độ.")
        u = sheet.pick(x, x3 if same_x_as_first else x1, kind="other_vertex")
        sheet.say(f"{d} có cùng hoành độ với {for_x} nên hoành độ của {d} là {number(u)}.")
        v = sheet.pick(y, y1 if same_x_as_first else y3, kind="other_ordinate")
        sheet.say(f"{d} có cùng tung độ với {for_y} nên tung độ của {d} là {number(v)}.")
        u, v = sheet.pick((u, v), (v, u), kind="order")
        u = sheet.pick(u, -u, kind="sign")
        sheet.say(f"Vậy toạ độ điểm {d} là ({number(u)}; {number(v)}).")
        sheet.answer_text(f"{d}({number(u)}; {number(v)})")

    given = f"[trong mặt phẳng toạ độ [Oxy|], |]hình chữ nhật {a}{b}{c}{d} có ba đỉnh {written[0]}, {written[1]}[,| và] {written[2]}"
    return Plan((x1, y1, x3, y3), ask_for(random, given, f"toạ độ [của |][đỉnh|điểm] {d}"), solve)
