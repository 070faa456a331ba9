"""Absolute values of rational numbers: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.powers_and_divisors import CALCULATE
from mathpal_lightning.curriculum.mathematics.signed_fractions import decimal
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_UNKNOWN = (
    "[Tìm|Hãy tìm|Em hãy tìm] x[,|] biết[| rằng]: {equation}",
    "[Tìm|Hãy tìm|Em hãy tìm] [các số hữu tỉ x|các giá trị của x] [thoả mãn|sao cho] {equation}.",
    "[Với những giá trị nào của x thì|Những số hữu tỉ x nào thoả mãn] {equation}?",
    "Cho {equation}. [Tìm x.|Hãy tìm x.|Tìm các giá trị của x.]",
)


def absolute_value(random: Random, level: int) -> Plan:
    """A sum of absolute values; |x + a| = b; k × |x + a| + c = d."""
    tenths = [value for value in range(11, 199 if level == 1 else 99) if value % 10]
    a, b = (Fraction(random.choice(tenths), 10) for _ in range(2))
    if level == 1:
        first, second = random.choice(((-a, b), (-a, -b), (a, -b)))
        sign = "-" if a > b and random.random() < 0.5 else "+"
        expression = f"|{number(first)}| {sign} |{number(second)}|"

        def solve_sum(sheet: Sheet) -> None:
            sheet.say(f"{expression} = ?")
            x = sheet.pick(a, -a, kind="sign") if first < 0 else a
            y = sheet.pick(b, -b, kind="opposite") if second < 0 else b
            sheet.say(f"|{number(first)}| = {number(x)}")
            sheet.say(f"|{number(second)}| = {number(y)}")
            result = decimal(sheet, sign, x, y)
            sheet.say(f"{expression} = {number(result)}")
            sheet.answer(result)

        question = phrase(random, CALCULATE, expression=expression, name=pupils(random, 1)[0])
        return Plan((first, sign, second), question, solve_sum)
    plus = random.choice("+-")
    k = random.randint(2, 9) if level == 3 else 1
    c = Fraction(random.randint(2, 40), 2)
    c = Fraction(random.randint(21, 99), 10) if level == 3 else c
    right = k * b + c if level == 3 else b
    inner = f"|x {plus} {number(a)}|"
    equation = f"{k} × {inner} + {number(c)} = {number(right)}" if level == 3 else f"{inner} = {number(b)}"

    def solve(sheet: Sheet) -> None:
        size_of: Value = right
        if level == 3:
            sheet.say(f"{k} × {inner} = {number(right)} - {number(c)}")
            left = sheet.calculate(sheet.pick("-", "+", kind="transpose"), right, c)
            sheet.say(f"{inner} = {number(left)} : {k}")
            size_of = sheet.divide(left, k)
        sheet.say(f"{inner} = {number(size_of)}")
        both = sheet.pick((size_of, -size_of), (size_of,), (-size_of,), kind="one_case")
        found = []
        back = sheet.pick("-" if plus == "+" else "+", plus, kind="sign")
        for place, value in enumerate(both, start=1):
            sheet.say(f"Trường hợp {place}: x {plus} {number(a)} = {number(value)}")
            sheet.say(f"x = {number(value)} {back} {number(a)}")
            result = decimal(sheet, back, value, a)
            sheet.say(f"x = {number(result)}")
            found.append(result)
        listed = [f"x = {number(value)}" for value in found]
        sheet.say(f"Vậy {' hoặc '.join(listed)}.")
        sheet.answer_text("; ".join(listed))

    question = phrase(random, _UNKNOWN, equation=equation)
    return Plan((a, plus, b, k, *((c,) if level == 3 else ())), question, solve)
