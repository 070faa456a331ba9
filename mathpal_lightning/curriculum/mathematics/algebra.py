"""Unknowns, expressions, proportions and powers: grades 3 to 7."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, tell, worked
from mathpal_lightning.curriculum.writing import number

_EQUATION_STORIES = (
    ("Tìm x, biết: {equation}",),
    ("Tìm x: {equation}",),
    ("Tìm số tự nhiên x, biết {equation}.",),
    ("Tìm giá trị của x để {equation}.",),
    ("Giải bài toán tìm x: {equation}",),
    ("Với giá trị nào của x thì {equation}?",),
)


def unknown_term(random: Random, level: int) -> Draft:
    """One operation: x + a = b, x - a = b, a - x = b, x × a = b or x : a = b."""
    a = random.randint(*((5, 40), (21, 99), (110, 480))[level - 1])
    other = random.randint(*((5, 40), (21, 99), (110, 480))[level - 1])
    factor, product = random.randint(2, 9), random.randint(*((3, 9), (11, 40), (41, 150))[level - 1])
    equation, x, steps, wrong, wrong_value = random.choice(
        [
            (
                f"x + {a} = {number(a + other)}",
                other,
                working.subtract(a + other, a),
                f"{number(a + other)} + {a}",
                2 * a + other,
            ),
            (f"x - {a} = {other}", a + other, working.add(other, a), f"{max(a, other)} - {min(a, other)}", abs(a - other)),
            (
                f"{number(a + other)} - x = {a}",
                other,
                working.subtract(a + other, a),
                f"{number(a + other)} + {a}",
                2 * a + other,
            ),
            (
                f"x × {factor} = {number(factor * product)}",
                product,
                working.divide(factor * product, factor),
                f"{number(factor * product)} - {factor}",
                factor * product - factor,
            ),
            (
                f"x : {factor} = {product}",
                factor * product,
                working.multiply(product, factor),
                f"{product} + {factor}",
                product + factor,
            ),
        ]
    )
    (question,) = tell(random, _EQUATION_STORIES, equation=equation)
    return draft(
        (equation,),
        question,
        worked(x, "", *steps[:-1], f"x = {steps[-1]}", name="x = "),
        worked(wrong_value, "", f"x = {wrong} = {number(wrong_value)}", name="x = "),
        worked(x + 10, "", f"x = {number(x + 10)}", name="x = "),
    )


_VALUE_STORIES = (
    ("Tính giá trị của biểu thức {expression}.",),
    ("Tính: {expression}",),
    ("Biểu thức {expression} có giá trị là bao nhiêu?",),
    ("Thực hiện phép tính: {expression}",),
    ("Tìm giá trị của biểu thức sau: {expression}",),
    ("Giá trị của biểu thức {expression} bằng bao nhiêu?",),
)


def order_of_operations(random: Random, level: int) -> Draft:
    """Multiplication before addition; brackets first; division and two products in level 3."""
    a, b = random.randint(*((5, 30), (12, 60), (21, 99))[level - 1]), random.randint(*((2, 9), (11, 25), (12, 40))[level - 1])
    c = random.randint(2, 9)
    shape = random.choice(("plain", "brackets") if level < 3 else ("plain", "brackets", "products"))
    if shape == "plain":
        expression, value, left_to_right = f"{a} + {b} × {c}", a + b * c, (a + b) * c
        steps = [*working.multiply(b, c), *working.add(a, b * c)]
    elif shape == "brackets":
        expression, value, left_to_right = f"({a} + {b}) × {c}", (a + b) * c, a + b * c
        steps = [*working.add(a, b), *working.multiply(a + b, c)]
    else:
        d = random.randint(2, 9)
        expression, value, left_to_right = f"{a} × {c} + {b} × {d}", a * c + b * d, (a * c + b) * d
        steps = [*working.multiply(a, c), *working.multiply(b, d), *working.add(a * c, b * d)]
    (question,) = tell(random, _VALUE_STORIES, expression=expression)
    return draft(
        (expression,),
        question,
        worked(value, "", *steps, f"Vậy {expression} = {number(value)}"),
        worked(left_to_right, "", f"{expression} = {number(left_to_right)}"),
        worked(value - 10, "", f"{expression} = {number(value - 10)}"),
    )


_LETTER_STORIES = (
    ("Tính giá trị của biểu thức {expression} với {values}.",),
    ("Cho {values}. Tính giá trị của biểu thức {expression}.",),
    ("Biểu thức {expression} có giá trị bằng bao nhiêu khi {values}?",),
    ("Với {values}, hãy tính giá trị của biểu thức {expression}.",),
    ("Khi {values} thì biểu thức {expression} có giá trị là bao nhiêu?",),
    ("Tìm giá trị của biểu thức {expression}, biết {values}.",),
)


def expression_with_letters(random: Random, level: int) -> Draft:
    """Put numbers for the letters, then calculate: a + b, a + b × c, (a - b) × c."""
    a, b, c = random.randint(31, 99), random.randint(*((5, 29), (4, 12), (11, 30))[level - 1]), random.randint(2, 9)
    letters = f"a = {a}, b = {b}" + (f", c = {c}" if level > 1 else "")
    if level == 1:
        expression, filled, value, wrong = "a + b", f"{a} + {b}", a + b, a - b
        steps = [f"a + b = {filled}", *working.add(a, b)]
    elif level == 2:
        expression, filled, value, wrong = "a + b × c", f"{a} + {b} × {c}", a + b * c, (a + b) * c
        steps = [f"a + b × c = {filled}", *working.multiply(b, c), *working.add(a, b * c)]
    else:
        expression, filled, value, wrong = "(a - b) × c", f"({a} - {b}) × {c}", (a - b) * c, abs(a - b * c)
        steps = [f"(a - b) × c = {filled}", *working.subtract(a, b), *working.multiply(a - b, c)]
    (question,) = tell(random, _LETTER_STORIES, expression=expression, values=letters)
    return draft(
        (expression, a, b, c if level > 1 else 0),
        question,
        worked(value, "", *steps),
        worked(wrong, "", f"{expression} = {number(wrong)}"),
        worked(value + 10, "", f"{filled} = {number(value + 10)}"),
    )
