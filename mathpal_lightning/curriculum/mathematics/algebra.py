"""Unknowns, expressions, proportions and powers: grades 3 to 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, tell, worked
from mathpal_lightning.curriculum.writing import fraction, number

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


_POWER_STORIES = (
    ("Tính giá trị của lũy thừa {power}.",),
    ("Tính: {power}",),
    ("Lũy thừa {power} có giá trị bằng bao nhiêu?",),
    ("Viết kết quả của {power} dưới dạng một số tự nhiên.",),
    ("Hãy tính {power}.",),
    ("Kết quả của phép tính {power} là bao nhiêu?",),
)


def powers(random: Random, level: int) -> Draft:
    """Squares and cubes; then a product or a sum of a power and a number."""
    base, exponent = random.choice(
        [(base, 2) for base in range(2, 61)] + [(base, 3) for base in range(2, 21)] + [(2, 4), (2, 5), (3, 4), (10, 4)]
    )
    value, times = base**exponent, " × ".join([str(base)] * exponent)
    sign = {2: "²", 3: "³"}.get(exponent, f"^{exponent}")
    expanded = f"{base}{sign} = {times} = {number(value)}"
    if level == 1:
        power, result, steps, wrong = f"{base}{sign}", value, [expanded], base * exponent
        numbers: tuple[object, ...] = (base, exponent)
    else:
        other = random.randint(2, 9) if level == 2 else random.randint(11, 99)
        operation = "×" if level == 2 else "+"
        power = f"{other} {operation} {base}{sign}"
        result = other * value if level == 2 else other + value
        steps = [expanded, *(working.multiply(value, other) if level == 2 else working.add(other, value))]
        wrong = other * base * exponent if level == 2 else other + base * exponent
        numbers = (other, operation, base, exponent)
    (question,) = tell(random, _POWER_STORIES, power=power)
    return draft(
        numbers,
        question,
        worked(result, "", *steps),
        worked(wrong, "", f"{base}{sign} = {base} × {exponent} = {base * exponent}", f"{power} = {number(wrong)}"),
        worked(result + base, "", f"{power} = {number(result + base)}"),
    )


_PROPORTION_STORIES = (
    ("Tìm x, biết {left} = {right}.",),
    ("Tìm x trong tỉ lệ thức {left} = {right}.",),
    ("Tìm số x sao cho {left} = {right}.",),
    ("Với giá trị nào của x thì {left} = {right}?",),
    ("Cho tỉ lệ thức {left} = {right}. Tìm x.",),
    ("Hãy tìm x để có tỉ lệ thức {left} = {right}.",),
)


def proportion(random: Random, level: int) -> Draft:
    """Grade 7: x/a = b/c, then x = a × b : c."""
    b, c = random.sample(range(2, (10, 16, 25)[level - 1]), 2)
    a = c * random.randint(*((2, 6), (3, 12), (5, 20))[level - 1])
    x = a * b // c
    left, right = f"x/{a}", f"{b}/{c}"
    if random.random() < 0.5:
        left, right = f"x : {a}", f"{b} : {c}"
    (question,) = tell(random, _PROPORTION_STORIES, left=left, right=right)
    *steps, last = working.divide(a * b, c)
    crossed = Fraction(a * c, b)
    return draft(
        (a, b, c),
        question,
        worked(x, "", f"x = {a} × {b} : {c}", *working.multiply(a, b), *steps, f"x = {last}", name="x = "),
        worked(crossed, "", f"x = {a} × {c} : {b} = {number(crossed)}", name="x = "),
        worked(a * b, "", f"x = {a} × {b} = {number(a * b)}", name="x = "),
    )


def fraction_equation(random: Random, level: int) -> Draft:
    """Grade 7: x + a = b with fractions; in level 3 a × x = b."""
    below = random.randint(3, (8, 10, 12)[level - 1])
    second = below if level == 1 else below * random.randint(2, 4)
    p, q = Fraction(random.randint(1, below - 1), below), Fraction(random.randint(1, second - 1), second)
    if p == q:
        q = Fraction(1)
    (question,) = tell(
        random,
        [(story.replace("số tự nhiên ", ""),) for (story,) in _EQUATION_STORIES],
        equation=f"{fraction(p)} × x = {fraction(q)}" if level == 3 else f"x + {fraction(p)} = {fraction(q)}",
    )
    x, wrong = (q / p, q * p) if level == 3 else (q - p, q + p)
    sign, wrong_sign = (":", "×") if level == 3 else ("-", "+")
    return draft(
        (p, q, sign),
        question,
        worked(x, "", f"x = {fraction(q)} {sign} {fraction(p)}", f"x = {fraction(x)}", name="x = ", write=fraction),
        worked(wrong, "", f"x = {fraction(q)} {wrong_sign} {fraction(p)} = {fraction(wrong)}", name="x = ", write=fraction),
        worked(-x, "", f"x = {fraction(p)} {sign} {fraction(q)} = {fraction(-x)}", name="x = ", write=fraction),
    )
