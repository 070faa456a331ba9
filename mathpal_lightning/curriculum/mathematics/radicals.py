"""Square roots and cube roots: values and simplification, grade 9."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.asking import ask_for, ask_to
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers
from mathpal_lightning.curriculum.steps.polynomials import joined, minus, plus, times
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.writing import number

_SQUARE_FREE = (2, 3, 5, 6, 7, 10, 11, 13, 14, 15)


def surd(coefficient: int, inside: int) -> str:
    """A multiple of a root: "3√2", "-√5"."""
    return joined((coefficient, f"√{number(inside)}"))


def simplified(sheet: Sheet, coefficient: int, factor: int, inside: int) -> int:
    """The coefficient of √inside in `coefficient`√(factor² × inside), with the line that takes the square out."""
    square = sheet.pick(factor, factor * factor, kind="root_forgotten")
    value = times(sheet, coefficient, square)
    outside = joined((coefficient, "r")).removesuffix("r")
    middle = f"{outside}√({factor}² × {inside})"
    sheet.say(f"Ta có {surd(coefficient, factor * factor * inside)} = {middle} = {surd(value, inside)}")
    return value


def radicals(random: Random, level: int) -> Plan:
    """One root: the square is taken out; two roots put together; three roots put together."""
    inside = random.choice(_SQUARE_FREE[: (10, 7, 6)[level - 1]])
    factors = random.sample(range(2, 10), level)
    coefficients = [random.randint(1, 9 if level == 1 else 6) * random.choice((1, -1)) for _ in factors]
    coefficients[0] = random.randint(2, 25) if level == 1 else abs(coefficients[0])
    if sum(c * f for c, f in zip(coefficients, factors, strict=True)) == 0:
        coefficients[0] += 1
    expression = joined(*((c, f"√{number(f * f * inside)}") for c, f in zip(coefficients, factors, strict=True)))

    def solve(sheet: Sheet) -> None:
        found = [simplified(sheet, c, f, inside) for c, f in zip(coefficients, factors, strict=True)]
        total = found[0]
        if level > 1:
            sheet.say(f"Do đó {expression} = {joined(*((c, f'√{inside}') for c in found))}")
            for value in found[1:]:
                total = plus(sheet, total, value)
        elif sheet.pick(False, True, kind="inside"):
            total += 1
        if total == 0:
            raise Absurd
        result = surd(total, inside if not sheet.pick(False, True, kind="inside_added") else inside * max(2, level))
        sheet.say(f"Vậy {expression} = {result}.")
        sheet.answer_text(result)

    return Plan((inside, *factors, *coefficients), ask_to(random, "rút gọn", "biểu thức", expression), solve)


_CUBES = tuple(range(2, 11))


def square_roots(random: Random, level: int) -> Plan:
    """A square root and a multiple; a square root and a cube root; two square roots and a cube root."""
    first, second = random.sample(range(6, (40, 45, 60)[level - 1]), 2)
    cube = random.choice(_CUBES) * random.choice((1, -1))
    k, m = random.randint(2, 9), random.randint(2, 9)
    if level == 1:
        expression = f"{k}√{number(first**2)} + {m}"
    elif level == 2:
        expression = f"{k}√{number(first**2)} + ∛{integers.signed(cube**3)}"
    else:
        expression = f"{k}√{number(first**2)} - {m}√{number(second**2)} + ∛{integers.signed(cube**3)}"

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Tính √{number(first**2)}:")
        root = integers.root(sheet, first**2, first)
        total = times(sheet, k, root)
        sheet.say(f"Ta có {k}√{number(first**2)} = {number(total)}")
        if level == 3:
            sheet.say(f"Tính √{number(second**2)}:")
            taken = times(sheet, m, integers.root(sheet, second**2, second))
            sheet.say(f"Ta có {m}√{number(second**2)} = {number(taken)}")
            total = minus(sheet, total, taken)
            sheet.say(f"Ta có {k}√{number(first**2)} - {m}√{number(second**2)} = {number(total)}")
        last = m
        if level > 1:
            last = sheet.pick(cube, -cube, kind="sign")
            sheet.say(f"Vì {f'({last})' if last < 0 else last}³ = {number(cube**3)} nên ∛{integers.signed(cube**3)} = {last}.")
        value = plus(sheet, total, last)
        sheet.say(f"Vậy {expression} = {number(value)}.")
        sheet.answer(value)

    numbers = (first, k, m) if level == 1 else (first, k, cube) if level == 2 else (first, second, k, m, cube)
    return Plan(numbers, ask_for(random, f"[biểu thức |]A = {expression}", "[A|giá trị của A|giá trị biểu thức A]"), solve)
