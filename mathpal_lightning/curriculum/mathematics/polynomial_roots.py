"""Degree, coefficients and roots of a polynomial of one letter: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_to
from mathpal_lightning.curriculum.mathematics.polynomials import nonzero
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.polynomials import bracketed, joined, literal, over, plus, text, times
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number


def degree_and_roots(random: Random, level: int) -> Plan:
    """A degree or coefficient, or the root of ax + b; with like terms and larger numbers; which of three numbers are roots."""
    if level == 3:
        return _which_are_roots(random)
    return (_linear_root if random.random() < 0.4 else _degree_or_coefficient)(random, level)


_ASKED = ("bậc", "hệ số cao nhất", "hệ số tự do")


def _degree_or_coefficient(random: Random, level: int) -> Plan:
    """The terms stand in any order; in level 2 some have the same degree, and the highest may cancel."""
    terms = _terms(random, level)
    gathered = {exponent: [value for other, value in terms if other == exponent] for exponent, _ in sorted(terms, reverse=True)}
    kept = [exponent for exponent, values in gathered.items() if sum(values)]
    middle = random.choice(kept[1:-1])
    name = random.choice((*_ASKED, f"hệ số của {_literal(middle)}"))
    written = joined(*((value, _literal(exponent)) for exponent, value in terms))

    def solve(sheet: Sheet) -> None:
        found = {exponent: values[0] for exponent, values in gathered.items()}
        if level == 2:
            sheet.say("Thu gọn các hạng tử cùng bậc:")
            sheet.say(f"P(x) = {_grouped(gathered)}")
            found = {exponent: plus(sheet, *values) if values[1:] else values[0] for exponent, values in gathered.items()}
        else:
            sheet.say("Sắp xếp theo luỹ thừa giảm dần của biến:")
        sheet.say(f"P(x) = {text({(exponent,): value for exponent, value in found.items()})}")
        left = [exponent for exponent, value in found.items() if value]
        if len(left) < 2:
            raise Absurd
        highest = sheet.pick(left[0], terms[0][0], left[1], kind="first")
        if name in _ASKED[:2]:
            sheet.say(f"Hạng tử có bậc cao nhất là {joined((found[highest], _literal(highest)))}.")
        if name == "bậc":
            degree = sheet.pick(highest, found[highest], sum(left), kind="asked")
            sheet.say(f"Vậy đa thức có bậc {number(degree)}.")
            sheet.answer(degree)
            return
        of = {_ASKED[1]: highest, _ASKED[2]: 0}.get(name, middle)
        of = sheet.pick(of, left[1] if of == left[0] else left[0], kind="place")
        value = sheet.pick(found.get(of, 0), of or left[-2], kind="asked")
        value = sheet.pick(value, -value, kind="sign")
        sheet.say(f"Vậy {name} là {number(value)}.")
        sheet.answer(value)

    do = f"{'thu gọn rồi ' if level == 2 else ''}tìm {name} {'của' if name in _ASKED else 'trong'}"
    numbers = (*(part for pair in terms for part in pair), name)
    return Plan(numbers, ask_to(random, do, "đa thức", f"P(x) = {written}"), solve)


def _terms(random: Random, level: int) -> list[tuple[int, int]]:
    """Exponents with their coefficients; the first term is not the highest."""
    terms = [(exponent, nonzero(random, 2, 12 if level == 1 else 25)) for exponent in [*random.sample(range(1, 7), 3), 0]]
    (highest, value), (other, second) = max(terms), random.choice(sorted(terms)[:-1])
    if level == 2:
        terms += [(highest, random.choice((0, nonzero(random, 2, 9))) - value)]
        terms += [(other, random.choice([more for more in range(-25, 26) if more not in (0, -second)]))]
    terms = [(exponent, value) for exponent, value in terms if value]
    random.shuffle(terms)
    return terms if terms[0][0] != highest else _terms(random, level)


def _grouped(gathered: dict[int, list[int]]) -> str:
    """Like terms side by side: "(-2x⁴ + 9x⁴) - 7x² + (-6 - 15)"."""
    written = ""
    for exponent, values in gathered.items():
        group = joined(*((value, _literal(exponent)) for value in values))
        group = f"({group})" if values[1:] else group
        written += f" - {group[1:]}" if group.startswith("-") else f" + {group}"
    return written.removeprefix(" + ")  # the highest term is a group


def _literal(exponent: int) -> str:
    return literal((exponent,))


def _linear_root(random: Random, level: int) -> Plan:
    a = nonzero(random, 2, 9 if level == 1 else 13)
    b = -a * nonzero(random, *((1, 10), (13, 99))[level - 1])
    polynomial = joined((a, "x"), (b, ""))

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Nghiệm của đa thức là giá trị của x làm cho {polynomial} = 0.")
        moved = sheet.pick(-b, b, kind="transpose")
        sheet.say(f"{joined((a, 'x'))} = {number(moved)}")
        found = over(sheet, moved, a) if not sheet.pick(False, True, kind="upside_down") else Fraction(a, moved)
        if found.denominator == 1:
            value = sheet.pick(int(found), int(found) + 1, int(found) - 1, kind="table")
            found = Fraction(value)
        sheet.say(f"x = {fraction(found)}")
        sheet.say(f"Vậy nghiệm của đa thức là x = {fraction(found)}.")
        sheet.answer(found, name="x = ", write=fraction)

    return Plan((a, b, level), ask_to(random, "tìm nghiệm của", "đa thức", f"P(x) = {polynomial}"), solve)


_WHICH = (
    "[Cho|Xét] đa thức P(x) = {it}. Trong các số {listed}, [số nào|những số nào] là nghiệm của [P(x)|đa thức đó|đa thức]?",
    "[Trong các số|Trong ba số] {listed}, [số nào|những số nào] là nghiệm của đa thức P(x) = {it}?",
    "[Số nào|Những số nào] trong các số {listed} là nghiệm của đa thức P(x) = {it}?",
    "[Kiểm tra xem|Hãy kiểm tra xem] trong các số {listed}, [số nào|những số nào] là nghiệm của đa thức P(x) = {it}.",
    "[Tìm|Hãy tìm] nghiệm của đa thức P(x) = {it} trong các số {listed}.",
)


def _which_are_roots(random: Random) -> Plan:
    """Three numbers put into a(x - r)(x - s), of which one or two are roots."""
    while True:
        a, r, s, *others = random.choice((1, 1, 2, 3, -1)), *random.sample([v for v in range(-9, 10) if v], 4)
        if r + s:
            break
    b, c = -a * (r + s), a * r * s
    values = sorted(random.choice(([r, s, others[0]], [r, *others])))
    terms = ((a, "x²"), (b, "x"), (c, ""))

    def solve(sheet: Sheet) -> None:
        roots = []
        for v in values:
            put_in = joined(*((value, f" × {bracketed(v)}{letters[1:]}" if letters else "") for value, letters in terms))
            put_in = put_in.removeprefix(" × ").replace("- × ", "-").replace("+  × ", "+ ")
            sheet.say(f"P({number(v)}) = {put_in}")
            square = times(sheet, v, v)
            first, second = times(sheet, a, square), times(sheet, b, v)
            sheet.say(f"P({number(v)}) = {joined((first, ''), (second, ''), (c, ''))}")
            total = plus(sheet, plus(sheet, first, second), c)
            sheet.say(f"P({number(v)}) = {number(total)}{' ≠ 0' if total else ''}")
            roots += [] if total else [v]
        if not roots:
            raise Absurd
        roots = sheet.pick(roots, [v for v in values if v not in roots], roots[1:] or [-roots[0]], kind="asked")
        listed = "; ".join(map(number, roots))
        sheet.say(f"Vậy trong các số đã cho, nghiệm của đa thức là: {listed}.")
        sheet.answer_text(listed)

    question = phrase(random, _WHICH, it=joined(*terms), listed="; ".join(map(number, values)))
    return Plan((a, b, c, *values), question, solve)
