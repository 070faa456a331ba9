"""Quadratic equations, Viète's theorem, the parabola y = ax² and word problems that lead to them: grade 9."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random

from mathpal_lightning.curriculum.asking import ask_for, ask_to
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.nouns import adult, places
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers
from mathpal_lightning.curriculum.steps.polynomials import bracketed, joined, minus, over, plus, times, whole
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number


def _quadratic(a: int, b: int, c: int, letter: str = "x") -> str:
    return joined((a, f"{letter}²"), (b, letter), (c, ""))


def _roots(sheet: Sheet, a: int, b: int, c: int, letter: str = "x") -> tuple[Fraction, Fraction]:
    """Both roots by the formula, the larger first where `a` is positive."""
    square, product = _squares(sheet, a, b, c)
    delta = sheet.pick(minus(sheet, square, product), square + product, kind="discriminant")
    if delta <= 0 or isqrt(delta) ** 2 != delta:
        raise Absurd
    root = isqrt(delta)
    sheet.say(f"Δ = {number(delta)} > 0 nên phương trình có hai nghiệm phân biệt.")
    if delta > 100:
        integers.root(sheet, delta, root)
    opposite = sheet.pick(-b, b, kind="sign")
    bottom = sheet.pick(2 * a, a, kind="denominator")
    found = []
    for index, signed_root in (("₁", root), ("₂", -root)):
        sign = "+" if signed_root > 0 else "-"
        sheet.say(f"{letter}{index} = (-b {sign} √Δ)/(2a) = ({number(opposite)} {sign} {root})/{number(bottom)}")
        value = over(sheet, plus(sheet, opposite, signed_root), bottom)
        sheet.say(f"{letter}{index} = {fraction(value)}")
        found.append(value)
    return found[0], found[1]


def _squares(sheet: Sheet, a: int, b: int, c: int) -> tuple[int, int]:
    """b² and 4ac, under the line that names Δ."""
    sheet.say(f"Δ = b² - 4ac = {bracketed(b)}² - 4 × {bracketed(a)} × {bracketed(c)}")
    square, product = times(sheet, b, b), times(sheet, times(sheet, 4, a), c)
    sheet.say(f"Δ = {number(square)} - {bracketed(product)}")
    return square, product


def quadratic_equations(random: Random, level: int) -> Plan:
    """Leading coefficient 1; leading coefficient over 1; terms on both sides to be brought together first."""
    while True:
        a = 1 if level == 1 else random.randint(2, 6)
        first, p = nonzero(random, 1, 12), a if level > 1 and random.random() < 0.5 else 1
        second = nonzero(random, 1, 12)
        roots = (Fraction(first), Fraction(second)) if p == 1 else (Fraction(first, a), Fraction(second))
        b, c = -whole(a * sum(roots)), whole(a * roots[0] * roots[1])
        if roots[0] != roots[1] and b and abs(b) < 80 and abs(c) < 150:
            break
    moved, free = nonzero(random, 1, 9), nonzero(random, 1, 15)
    equation = f"{_quadratic(a, b, c)} = 0"
    if level == 3:
        equation = f"{_quadratic(a, b + moved, c + free)} = {joined((moved, 'x'), (free, ''))}"

    def solve(sheet: Sheet) -> None:
        middle, last = b, c
        if level == 3:
            sheet.say(f"{_quadratic(a, b + moved, c + free)} - ({joined((moved, 'x'), (free, ''))}) = 0")
            middle, last = minus(sheet, b + moved, moved), minus(sheet, c + free, free)
            sheet.say(f"{_quadratic(a, middle, last)} = 0")
        sheet.say(f"Ta có a = {number(a)}; b = {number(middle)}; c = {number(last)}.")
        x, y = _roots(sheet, a, middle, last)
        sheet.say(f"Vậy phương trình có hai nghiệm x₁ = {fraction(x)} và x₂ = {fraction(y)}.")
        sheet.answer_text(f"x = {fraction(x)}; x = {fraction(y)}")

    return Plan((a, b, c, *((moved, free) if level == 3 else ())), ask_to(random, "giải", "phương trình", equation), solve)


_VIETE_GIVEN = (
    "phương trình {equation} [có hai nghiệm là x₁, x₂|có hai nghiệm x₁ và x₂]",
    "hai số x₁, x₂ là [hai nghiệm|các nghiệm] của phương trình {equation}",
    "hai số x₁ và x₂ là [hai nghiệm|các nghiệm] của phương trình [bậc hai |]{equation}",
)
_SYMMETRIC = {2: "x₁² + x₂²", 3: "x₁³ + x₂³"}


def viete(random: Random, level: int) -> Plan:
    """Sum and product of the roots without solving; the sum of their squares; the sum of their cubes."""
    while True:
        a = (1, random.randint(1, 3), random.randint(2, 4))[level - 1]
        total, product = nonzero(random, 1, (15, 15, 16)[level - 1]), nonzero(random, 1, (30, 36, 30)[level - 1])
        if total * total - 4 * product > 0:
            break
    b, c = -a * total, a * product
    u, v = random.randint(1, 5), nonzero(random, 1, 5)
    what = _SYMMETRIC[level] if level > 1 else f"{joined((u, 'S'), (v, 'P'))}".replace("S", "(x₁ + x₂)").replace("P", "x₁x₂")
    equation = f"{_quadratic(a, b, c)} = 0"

    def solve(sheet: Sheet) -> None:
        delta = minus(sheet, *_squares(sheet, a, b, c))
        if delta <= 0:
            raise Absurd
        sheet.say(f"Vì Δ = {number(delta)} > 0 nên phương trình có hai nghiệm phân biệt. Theo định lí Viète:")
        s = over(sheet, sheet.pick(-b, b, kind="sign"), a)
        p = over(sheet, sheet.pick(c, -c, kind="sign"), a)
        sheet.say(f"x₁ + x₂ = -b/a = {fraction(s)}; x₁x₂ = c/a = {fraction(p)}")
        if level == 1:
            sheet.say(f"{what} = {u} × {bracketed(s)} {'-' if v < 0 else '+'} {abs(v)} × {bracketed(p)}")
            first, second = times(sheet, u, whole(s)), times(sheet, v, whole(p))
            value = Fraction(plus(sheet, first, second))
        else:
            value = Fraction(_power_sum(sheet, whole(s), whole(p), level))
        sheet.say(f"Vậy {what} = {fraction(value)}.")
        sheet.answer(value, name=f"{what} = ", write=fraction)

    given = random.choice(_VIETE_GIVEN).replace("{equation}", equation)
    return Plan((a, b, c, what), ask_for(random, given, f"[giá trị [của |]biểu thức |]{what}"), solve)


def _power_sum(sheet: Sheet, s: int, p: int, level: int) -> int:
    if level == 2:
        sign = sheet.pick("-", "+", kind="identity")
        sheet.say(f"x₁² + x₂² = (x₁ + x₂)² {sign} 2x₁x₂ = {bracketed(s)}² {sign} 2 × {bracketed(p)}")
        square, double = times(sheet, s, s), times(sheet, 2, p)
        sheet.say(f"x₁² + x₂² = {number(square)} {sign} {bracketed(double)}")
        return minus(sheet, square, double) if sign == "-" else plus(sheet, square, double)
    factor = sheet.pick(3, 2, kind="identity")
    sheet.say(f"x₁³ + x₂³ = (x₁ + x₂)³ - {factor}x₁x₂(x₁ + x₂) = {bracketed(s)}³ - {factor} × {bracketed(p)} × {bracketed(s)}")
    cube = times(sheet, times(sheet, s, s), s)
    product = times(sheet, times(sheet, factor, p), s)
    sheet.say(f"x₁³ + x₂³ = {number(cube)} - {bracketed(product)}")
    return minus(sheet, cube, product)


def parabola(random: Random, level: int) -> Plan:
    """The value at a point; the coefficient from a point; the coefficient and then another value."""
    a = random.choice(
        (Fraction(1, 2), Fraction(1, 4), Fraction(1, 3), Fraction(2, 3), *map(Fraction, range(1, 13)))
    ) * random.choice((1, -1))
    x, other = random.sample([value * a.denominator for value in range(-15, 16) if value], 2)
    y = a * x * x
    function = f"y = {joined((a, 'x²'))}"

    def solve(sheet: Sheet) -> None:
        if level == 1:
            square = times(sheet, x, x) if not sheet.pick(False, True, kind="times_exponent") else 2 * x
            sheet.say(
                f"Thay x = {number(x)} vào hàm số, ta được: y = {bracketed(a)} × {bracketed(x)}² = {bracketed(a)} × {bracketed(square)}"
            )
            value = _scaled(sheet, a, square)
            sheet.say(f"Vậy giá trị cần tìm là y = {fraction(value)}.")
            sheet.answer(value, name="y = ", write=fraction)
            return
        sheet.say(f"Vì đồ thị đi qua điểm M({number(x)}; {fraction(y)}) nên {fraction(y)} = a × {bracketed(x)}²")
        square = times(sheet, x, x) if not sheet.pick(False, True, kind="times_exponent") else 2 * x
        if square != 1:
            sheet.say(f"{joined((square, 'a'))} = {fraction(y)}")
        found = over(sheet, whole(y), square)
        if sheet.pick(False, True, kind="upside_down"):
            found = 1 / found
        sheet.say(f"Suy ra a = {fraction(found)}.")
        if level == 2:
            sheet.say(f"Vậy hàm số cần tìm là y = {joined((found, 'x²'))}.")
            sheet.answer(found, name="a = ", write=fraction)
            return
        square = times(sheet, other, other)
        sheet.say(f"Hàm số là y = {joined((found, 'x²'))}.")
        sheet.say(
            f"Thay x = {number(other)} vào hàm số, ta được: y = {bracketed(found)} × {bracketed(other)}² = {bracketed(found)} × {number(square)}"
        )
        value = _scaled(sheet, found, square)
        sheet.say(f"Vậy giá trị cần tìm là y = {fraction(value)}.")
        sheet.answer(value, name="y = ", write=fraction)

    if level == 1:
        question = ask_for(random, f"hàm số {function}", "giá trị của [hàm số|y] [khi|tại] x = {x}", x=x)
    else:
        given = f"đồ thị [của |]hàm số y = ax² (a ≠ 0) đi qua điểm M({number(x)}; {fraction(y)})"
        question = ask_for(
            random, given, "[hệ số a|giá trị của a]" if level == 2 else "giá trị của [hàm số|y] [khi|tại] x = {x}", x=other
        )
    return Plan((a, x, *((other,) if level == 3 else ())), question, solve)


def _scaled(sheet: Sheet, a: Fraction, square: int) -> Fraction:
    if a.denominator == 1:
        return Fraction(times(sheet, int(a), square))
    return over(sheet, times(sheet, a.numerator, square), a.denominator)


_AREA = (
    "Một mảnh {thing} hình chữ nhật có [chiều dài hơn chiều rộng {gap} m|chiều rộng kém chiều dài {gap} m] [và có diện tích|, diện tích] {area} m². {ask}",
    "Mảnh {thing} hình chữ nhật của {adult} có diện tích {area} m², [chiều dài hơn chiều rộng {gap} m|chiều rộng ngắn hơn chiều dài {gap} m]. {ask}",
)
_ASK_WIDTH = "[Tính chiều rộng của mảnh {thing}.|Hỏi chiều rộng của mảnh {thing} là bao nhiêu mét?|Tìm chiều rộng của mảnh {thing} đó.|Hãy lập phương trình để tính chiều rộng mảnh {thing}.]"
_ASK_AROUND = "[Tính chu vi của mảnh {thing}.|Hỏi chu vi của mảnh {thing} là bao nhiêu mét?|Tìm chu vi của mảnh {thing} đó.|Hãy tính chu vi của mảnh {thing} đó.]"
_MOTION = (
    "Hai xe [khởi hành|xuất phát] cùng lúc từ {here} đến {there}, quãng đường dài {way} km. [Mỗi giờ xe thứ nhất đi nhanh hơn|Xe thứ nhất mỗi giờ chạy nhanh hơn] xe thứ hai {gap} km "
    "nên [đến|tới] [{there}|nơi] trước xe thứ hai {hours} giờ. [Tính vận tốc của xe thứ hai.|Hỏi vận tốc của xe thứ hai là bao nhiêu?|Tìm vận tốc xe thứ hai.|Hãy tính vận tốc của xe thứ hai.]",
    "Quãng đường từ {here} đến {there} dài {way} km. Một ô tô [lúc về|khi đi về] tăng vận tốc thêm {gap} km/h so với lúc đi nên thời gian về ít hơn thời gian đi {hours} giờ. "
    "[Tính vận tốc lúc đi của ô tô.|Hỏi lúc đi ô tô chạy với vận tốc bao nhiêu?|Tìm vận tốc của ô tô lúc đi.|Hãy tính vận tốc lúc đi của ô tô.]",
)


def problems_by_quadratic(random: Random, level: int) -> Plan:
    """A side of a rectangle from its area; its perimeter; a speed from a difference of times."""
    if level == 3:
        return _motion_problem(random)
    x = random.randint(4, 45) if level == 1 else random.randint(12, 60)
    gap = random.randint(1, 25) if level == 1 else random.randint(3, 38)
    thing = random.choice(("vườn", "đất", "ruộng", "sân"))
    area = x * (x + gap)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi chiều rộng của mảnh {thing} là x (m), x > 0. Chiều dài của mảnh {thing} là x + {gap} (m).")
        sheet.say(f"Vì diện tích bằng {number(area)} m² nên x(x + {gap}) = {number(area)}")
        width = _positive_root(sheet, gap, -area)
        if level == 1:
            sheet.say(f"Vậy chiều rộng của mảnh {thing} là {number(width)} m.")
            sheet.answer(width, "m")
            return
        length = sheet.add(width, gap, "m", lead=f"Chiều dài của mảnh {thing} là")
        half = sheet.add(length, width, "m", lead=f"Nửa chu vi của mảnh {thing} là")
        sheet.answer(sheet.multiply(half, sheet.pick(2, 4), "m", lead=f"Chu vi của mảnh {thing} là"), "m")

    template = [form.replace("{ask}", _ASK_WIDTH if level == 1 else _ASK_AROUND) for form in _AREA]
    question = phrase(random, template, thing=thing, adult=adult(random), gap=gap, area=area)
    return Plan((gap, area, level), question, solve)


def _positive_root(sheet: Sheet, b: int, c: int) -> int:
    """The positive root of x² + bx + c = 0 with negative c, which alone meets the condition."""
    sheet.say(f"x² + {b}x - {number(-c)} = 0")
    sheet.say(f"Δ = {b}² + 4 × {number(-c)}")
    square = int(sheet.multiply(b, b))
    product = int(sheet.multiply(4, -c))
    delta = int(sheet.add(square, product))
    if isqrt(delta) ** 2 != delta:
        raise Absurd
    sheet.say(f"Δ = {number(delta)} > 0 nên phương trình có hai nghiệm phân biệt.")
    root = integers.root(sheet, delta, isqrt(delta))
    opposite = sheet.pick(-b, b, kind="sign")
    bottom = sheet.pick(2, 1, kind="denominator")
    sheet.say(f"x₁ = ({opposite} + {root})/{bottom}; x₂ = ({opposite} - {root})/{bottom}")
    first, second = plus(sheet, opposite, root), minus(sheet, opposite, root)
    x, y = over(sheet, first, bottom), over(sheet, second, bottom)
    sheet.say(f"x₁ = {fraction(x)} (thoả mãn); x₂ = {fraction(y)} (loại vì x > 0)")
    if x <= 0 or y >= 0:
        raise Absurd
    return whole(x)


def _motion_problem(random: Random) -> Plan:
    while True:
        speed, gap, hours = random.randint(25, 75), random.randint(3, 25), random.choice((1, 2))
        way = Fraction(hours * speed * (speed + gap), gap)
        if way.denominator == 1 and 120 <= way <= 900:
            break
    here, there = places(random, 2)
    total = int(way)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Gọi {slower} là x (km/h), x > 0. {faster} là x + {gap} (km/h).")
        sheet.say(f"Theo đề bài, hai khoảng thời gian hơn kém nhau {hours} giờ nên {total}/x - {total}/(x + {gap}) = {hours}")
        sheet.say(f"Quy đồng mẫu rồi khử mẫu, ta được: {joined((hours, 'x'))}(x + {gap}) = {total} × {gap}")
        product = int(sheet.multiply(total, gap))
        if hours == 2:
            sheet.say(f"2x(x + {gap}) = {number(product)}")
            product = int(sheet.divide(product, 2))
        sheet.say(f"x(x + {gap}) = {number(product)}")
        found = _positive_root(sheet, gap, -product)
        sheet.say(f"Vậy {slower} là {number(found)} km/h.")
        sheet.answer(found, "km/h")

    question = phrase(random, _MOTION, here=here, there=there, way=total, gap=gap, hours=hours)
    two = question.startswith("Hai xe")
    slower, faster = ("vận tốc của xe thứ hai", "Vận tốc của xe thứ nhất") if two else ("vận tốc lúc đi", "Vận tốc lúc về")
    return Plan((total, gap, hours), question, solve)
