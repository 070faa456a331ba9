"""Unknown numbers and the values of expressions: grades 3 and 4."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, integers
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


class Undone(NamedTuple):
    """A calculation with one number missing, and how the number is found."""

    equation: str
    told: str
    term: str
    """What the missing number is called."""
    rule: str
    inverse: str
    """The sign of the calculation that finds it."""
    slips: tuple[str, ...]
    """Signs that pupils take instead."""


_UNDONE = (
    Undone("? + {a} = {b}", "số đó cộng với {a} bằng {b}", "số hạng", "lấy tổng trừ đi số hạng kia", "-", ("+",)),
    Undone("{a} + ? = {b}", "{a} cộng với số đó bằng {b}", "số hạng", "lấy tổng trừ đi số hạng kia", "-", ("+",)),
    Undone("? - {a} = {b}", "số đó trừ đi {a} bằng {b}", "số bị trừ", "lấy hiệu cộng với số trừ", "+", ("-",)),
    Undone("{b} - ? = {a}", "{b} trừ đi số đó bằng {a}", "số trừ", "lấy số bị trừ trừ đi hiệu", "-", ("+",)),
    Undone("? × {a} = {b}", "số đó nhân với {a} bằng {b}", "thừa số", "lấy tích chia cho thừa số kia", ":", ("×", "-")),
    Undone("{a} × ? = {b}", "{a} nhân với số đó bằng {b}", "thừa số", "lấy tích chia cho thừa số kia", ":", ("×", "-")),
    Undone("? : {a} = {b}", "số đó chia cho {a} bằng {b}", "số bị chia", "lấy thương nhân với số chia", "×", (":", "+")),
)
_UNKNOWN = (
    "[Tìm|Viết|Hãy tìm|Điền] số thích hợp thay cho dấu [? trong phép tính|?]: {equation}",
    "[Tìm|Hãy tìm|Em hãy tìm] {term} [chưa biết|thay cho dấu ?] trong phép tính {equation}.",
    "[Số nào|Số thích hợp nào] thay cho dấu ? [để có|trong phép tính] {equation}?",
    "[Cho|Có] phép tính {equation}. [Tìm {term} chưa biết.|Hỏi {term} chưa biết là số nào?|Tìm số thay cho dấu ?.]",
    "[Tìm một số|Hãy tìm một số], biết {told}.",
    "[{name} nghĩ ra một số|Có một số], biết {told}. [Hỏi số đó là số nào?|Tìm số đó.|Số đó là bao nhiêu?]",
)


def unknown_term(random: Random, level: int) -> Plan:
    """One operation undone: numbers to 100, to 1 000, to 100 000."""
    form = random.choice(_UNDONE[:4] if random.random() < 0.6 else _UNDONE[4:])
    low, high = ((11, 99), (101, 999), (2005, 49_999))[level - 1]
    if form.inverse in "+-":
        a, x = sorted(random.sample(range(low, high - low), 2)) if level > 1 else random.sample(range(5, 50), 2)
        b = x if form.inverse == "+" else a + x
    else:
        a = random.randint(2, 9)
        x = random.randint(-(-low // a), high // a)
        b = x if form.inverse == "×" else a * x
    values = {"a": number(a), "b": number(b)}

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Muốn tìm {form.term}, ta {form.rule}.")
        sign = sheet.pick(form.inverse, *form.slips, kind="transpose")
        sheet.answer(sheet.calculate(sign, b, a, lead=f"{form.term} chưa biết là"))

    fields = {"equation": form.equation.format(**values), "told": form.told.format(**values), "term": form.term}
    question = phrase(random, _UNKNOWN, name=pupils(random, 1)[0], **fields)
    return Plan((a, b), question, solve)


_VALUE = (
    "[Tính|Hãy tính|Em hãy tính|Tìm] giá trị của biểu thức [sau:|] {expression}.",
    "Biểu thức {expression} [có giá trị là|có giá trị bằng|bằng] bao nhiêu?",
    "[Tính|Thực hiện phép tính|Thực hiện các phép tính]: {expression}",
    "[Cho|{name} viết] biểu thức {expression}. [Tính giá trị của biểu thức đó.|Hỏi giá trị của biểu thức đó là bao nhiêu?]",
)


def order_of_operations(random: Random, level: int) -> Plan:
    """Two signs without brackets to 100; brackets too, to 1 000; three signs or numbers over 1 000."""
    expression = random.choice((_two_signs, _with_brackets, _three_signs)[level - 1](random))

    def solve(sheet: Sheet) -> None:
        sheet.say(_rule(expression))
        sheet.answer(integers.evaluate(sheet, expression))

    return Plan((expression,), phrase(random, _VALUE, expression=expression, name=pupils(random, 1)[0]), solve)


def _rule(expression: str) -> str:
    """The rule of the order in this expression."""
    if "(" in expression:
        return "Biểu thức có dấu ngoặc nên ta thực hiện phép tính trong ngoặc trước."
    if any(sign in expression for sign in "×:") and any(sign in expression for sign in "+-"):
        return "Ta thực hiện phép nhân, phép chia trước, phép cộng, phép trừ sau."
    return "Ta thực hiện các phép tính theo thứ tự từ trái sang phải."


def _two_signs(random: Random) -> tuple[str, ...]:
    m, n, k = random.randint(41, 60), random.randint(11, 38), random.randint(11, 40)
    p, q, r = random.randint(2, 9), random.randint(3, 9), random.randint(2, 9)
    large, small = random.randint(p * q, 99), random.randint(2, p * q)
    tables = (f"{m} + {p} × {q}" if m + p * q < 100 else f"{k} + {p} × {q}", f"{large} - {p} × {q}", f"{p} × {q} - {small}")
    shares = (f"{m} + {p * q} : {p}", f"{large} - {p * q} : {p}", f"{p * q} : {p} × {r}")
    return (f"{m} + {n} - {k}", f"{m} - {k} + {n}", *tables, *shares)


def _with_brackets(random: Random) -> tuple[str, ...]:
    m, n, k = random.randint(215, 480), random.randint(101, 210), random.randint(11, 99)
    p = random.randint(3, 9)
    share = random.randint(180 // p, 890 // p)
    part = random.randint(11, p * share - 101)
    brackets = (f"({n} + {k}) × {p}", f"({m} - {n}) × {p}", f"{m} - ({n} - {k})", f"{p} × ({m} - {n - k})")
    shares = (
        f"({p * share - part} + {part}) : {p}",
        f"({number(p * share + part)} - {part}) : {p}",
        f"{m} + {p * share} : {p}",
    )
    plain = (f"{m} + {n} × {p}", f"{n} × {p} - {k}", f"{m + n} - {k} × {random.randint(2, 3)}", f"{m} + {n} - {k}")
    return (*brackets, *shares, *plain)


def _three_signs(random: Random) -> tuple[str, ...]:
    m, n, k = random.randint(4005, 7400), random.randint(1005, 3600), random.randint(125, 980)
    p, q, share = random.randint(3, 9), random.randint(2, 9), random.randint(1005, 4500)
    long, more, less = number(m), number(n), number(k)
    brackets = (f"({long} - {more}) × {p}", f"{p} × ({more} + {less})", f"{long} + {p} × ({more} - {less})")
    shares = (
        f"{long} + {number(p * share)} : {p}",
        f"{number(p * share)} : {p} + {less} × {q}",
        f"({long} + {more} - {less}) × {q}",
    )
    return (*brackets, *shares, f"{long} - {less} × {min(q // 2 + 1, 4)} + {more}", f"{more} × {q} + {less} × {p}")


_LETTERS = (
    "[Tính|Hãy tính|Tìm|Em hãy tính] giá trị của biểu thức {expression} [với|khi|nếu] {values}.",
    "Cho {values}. [Tính|Hãy tính|Tìm] giá trị của biểu thức {expression}.",
    "Biểu thức {expression} có giá trị [bằng|là] bao nhiêu [khi|nếu|với] {values}?",
    "[Với|Nếu|Khi] {values} thì [giá trị của biểu thức {expression} là bao nhiêu|biểu thức {expression} có giá trị là bao nhiêu]?",
)
_FORMS = (
    ("a + {k} L", "{k} - b L", "m × {f} L", "n + {f} L", "c - {f} L", "{f} × x L"),
    (
        "a + b × {f} LM",
        "(a - b) × {f} LM",
        "a + {k} - b LM",
        "m × {f} - n LM",
        "m - n + {k} LM",
        "(m + n) × {f} LM",
        "a - (b + {f}) LM",
    ),
    (
        "a + b × c LMF",
        "(a - b) × c LMF",
        "a - b + c LMS",
        "m + n - p LMS",
        "(m + n) × p LMF",
        "a - (b - c) LMS",
        "m × p + n LFM",
    ),
)
"""Expressions by level, each with the sizes of its letters in their order: large, middle, small, a factor below 10."""
_LARGE_AND_MIDDLE = (((20, 90), (2, 9)), ((305, 990), (105, 290)), ((2005, 9990), (1005, 1990)))


def expression_with_letters(random: Random, level: int) -> Plan:
    """One letter and numbers to 100; two letters to 1 000; three letters with numbers over 1 000."""
    form, _, sizes = random.choice(_FORMS[level - 1]).rpartition(" ")
    large, middle = _LARGE_AND_MIDDLE[level - 1]
    k = random.randint(91, 99) if form == "{k} - b" else random.randint(5, 9) if level == 1 else random.randint(11, 99)
    expression = form.format(k=k, f=random.randint(3, 9))
    ranges = {"L": large, "M": middle, "S": (105, 990), "F": (3, 9)}
    letters = [sign for sign in expression if sign.isalpha()]
    given = {letter: random.randint(*ranges[size]) for letter, size in zip(letters, sizes, strict=True)}
    turned = dict(zip(letters, list(given.values())[::-1], strict=True))

    def solve(sheet: Sheet) -> None:
        read = sheet.pick(given, turned, kind="misread") if turned != given else given
        filled = "".join(number(read[sign]) if sign in read else sign for sign in expression)
        sheet.say(f"Thay {_listed(read)} vào biểu thức, ta được: {filled}")
        sheet.answer(integers.evaluate(sheet, filled))

    question = phrase(random, _LETTERS, expression=expression, values=_listed(given))
    return Plan((expression, *given.values()), question, solve)


def _listed(values: dict[str, int]) -> str:
    told = [f"{letter} = {number(value)}" for letter, value in values.items()]
    return ", ".join(told[:-1]) + (" và " if told[1:] else "") + told[-1]
