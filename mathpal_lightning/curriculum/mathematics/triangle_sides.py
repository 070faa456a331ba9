"""The triangle inequality: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.bounds import drawn_unit
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_TRIANGLES = ("ABC", "MNP", "DEF", "PQR", "HIK", "EFG")
_THIRD = (
    "[Tam giác|Cho tam giác] {t} có {ab} = {a} {unit}, {bc} = {b} {unit}. Trong các độ dài {listed}, [độ dài nào có thể là|những độ dài nào có thể là] độ dài cạnh {ac}?",
    "[Hai cạnh|Độ dài hai cạnh] của một tam giác là {a} {unit} và {b} {unit}. [Trong các độ dài|Trong những độ dài] {listed}, độ dài nào có thể là độ dài cạnh thứ ba?",
    "[Một tam giác|Cho một tam giác] có hai cạnh [dài |bằng ]{a} {unit} và {b} {unit}. [Chọn|Tìm|Hãy tìm] các độ dài có thể là độ dài cạnh thứ ba trong các độ dài sau: {listed}.",
)
_ISOSCELES = (
    "[Tam giác|Cho tam giác] {t} cân có hai cạnh [dài |bằng ]{a} {unit} và {b} {unit}. [Tính|Hãy tính] chu vi [của |]tam giác {t}.",
    "[Tính|Hãy tính|Em hãy tính] chu vi [của |]một tam giác cân[ biết|, biết] hai cạnh của nó [dài|có độ dài] {a} {unit} và {b} {unit}.",
    "[Độ dài hai cạnh|Hai cạnh] của một tam giác cân là {a} {unit} và {b} {unit}. [Tính|Hãy tính] chu vi [của |]tam giác đó.",
    "[Một|Có một] tam giác cân có hai cạnh [dài |]{a} {unit} và {b} {unit}. [Chu vi của nó là bao nhiêu?|Tính chu vi của nó.|Hỏi chu vi của nó bằng bao nhiêu?]",
)
_COUNT = (
    "[Tam giác|Cho tam giác] {t} có {ab} = {a} {unit}, {bc} = {b} {unit}, độ dài cạnh {ac} (tính theo {unit}) là một số {kind}. "
    "[Hỏi độ dài {ac} có thể nhận bao nhiêu giá trị?|Có bao nhiêu giá trị có thể của độ dài {ac}?]",
    "[Hai cạnh|Độ dài hai cạnh] của một tam giác là {a} {unit} và {b} {unit}, độ dài cạnh thứ ba (tính theo {unit}) là một số {kind}. "
    "[Hỏi cạnh thứ ba có thể nhận bao nhiêu giá trị?|Tính số giá trị có thể của độ dài cạnh thứ ba.|Độ dài cạnh thứ ba có bao nhiêu giá trị?]",
)


def triangle_sides(random: Random, level: int) -> Plan:
    """Which lengths fit a third side; the perimeter of an isosceles triangle; how many whole lengths fit."""
    first, second, third = tuple(random.choice(_TRIANGLES))
    names = {"t": first + second + third, "ab": first + second, "bc": second + third, "ac": first + third}
    if level == 1:
        return _which_fit(random, names)
    return _isosceles(random, names) if level == 2 else _how_many_fit(random, names)


def _bounds(sheet: Sheet, a: Value, b: Value, unit: str, name: str) -> tuple[Value, Value]:
    """Between which lengths the third side lies, by the theorem."""
    sheet.say(f"Áp dụng bất đẳng thức tam giác, {name} lớn hơn hiệu và nhỏ hơn tổng độ dài hai cạnh kia.")
    low = sheet.subtract(max(a, b), min(a, b), unit, "Hiệu độ dài hai cạnh đã cho là")
    high = sheet.add(a, b, unit, "Tổng độ dài hai cạnh đã cho là")
    return low, high


def _which_fit(random: Random, names: dict[str, str]) -> Plan:
    a, b = random.sample(range(4, 25), 2)
    low, high, unit = abs(a - b), a + b, drawn_unit(random, a + b)
    names["unit"] = unit
    inside, outside = list(range(low + 1, high)), [low, high, *range(1, low), *range(high + 1, high + 8)]
    count = random.randint(2, 3)
    right = random.sample(inside, min(count, len(inside)))
    wrong = random.sample([value for value in outside if value > 0], 5 - count)
    values = sorted(right + wrong)

    def solve(sheet: Sheet) -> None:
        least, most = _bounds(sheet, a, b, unit, "độ dài cạnh thứ ba")
        closed = sheet.pick(False, True, kind="bounds")
        only = sheet.pick("both", "sum", "difference", kind="formula")
        found = [
            value
            for value in values
            if (only == "sum" or value > least or closed and value == least)
            and (only == "difference" or value < most or closed and value == most)
        ]
        found = sheet.pick(found, found[1:], found[:-1], kind="overlooked")
        if not found:
            raise Absurd
        sheet.say(f"Do đó độ dài cạnh thứ ba lớn hơn {number(least)} {unit} và nhỏ hơn {number(most)} {unit}.")
        listed = "; ".join(f"{value} {unit}" for value in found)
        sheet.say(f"Vậy các độ dài thoả mãn là: {listed}.")
        sheet.answer_text(listed)

    listed = "; ".join(f"{value} {unit}" for value in values)
    return Plan((a, b, 0, *values), phrase(random, _THIRD, a=a, b=b, listed=listed, **names), solve)


def _isosceles(random: Random, names: dict[str, str]) -> Plan:
    short = Fraction(random.randint(50, 250), 10)
    long = 2 * short + Fraction(random.randint(0, 200), 10)
    names["unit"] = unit = drawn_unit(random, long, ("cm", "dm"))
    a, b = random.sample((short, long), 2)

    def solve(sheet: Sheet) -> None:
        double = sheet.multiply(short, 2, unit, "Hai lần cạnh ngắn là")
        legs, base = sheet.pick((long, short), (short, long), kind="formula")
        if legs == long:
            sheet.say(
                f"Nếu hai cạnh bên dài {number(short)} {unit} thì {number(double)} ≤ {number(long)}, trái với bất đẳng thức tam giác."
            )
        else:
            sheet.say(f"Cạnh đáy là cạnh dài nhất nên dài {number(long)} {unit}, mỗi cạnh bên dài {number(short)} {unit}.")
        sheet.say(f"Vậy hai cạnh bên dài {number(legs)} {unit}, cạnh đáy dài {number(base)} {unit}.")
        both = sheet.multiply(legs, sheet.pick(2, 1, kind="asked"), unit, "Tổng độ dài hai cạnh bên là")
        sheet.answer(sheet.add(both, base, unit, "Chu vi tam giác là"), unit)

    return Plan((short, long), phrase(random, _ISOSCELES, a=a, b=b, **names), solve)


def _how_many_fit(random: Random, names: dict[str, str]) -> Plan:
    a, b = random.sample(range(105, 240), 2)
    names["unit"] = unit = drawn_unit(random, max(a, b))
    kind = random.choice(("nguyên", "nguyên", "chẵn", "lẻ"))
    step = 1 if kind == "nguyên" else 2
    low, high = abs(a - b), a + b

    def solve(sheet: Sheet) -> None:
        least, most = _bounds(sheet, a, b, unit, "độ dài cạnh thứ ba")
        begin, end = int(least) + 1, int(most) - 1
        begin, end = sheet.pick((begin, end), (begin - step, end + step), (begin - step, end), kind="bounds")
        begin += kind == "chẵn" and begin % 2 == 1 or kind == "lẻ" and begin % 2 == 0
        end -= kind == "chẵn" and end % 2 == 1 or kind == "lẻ" and end % 2 == 0
        if begin < 0 or end <= begin:
            raise Absurd
        sheet.say(f"Do đó độ dài cạnh thứ ba lớn hơn {number(least)} {unit} và nhỏ hơn {number(most)} {unit}.")
        sheet.say(f"Các số {kind} thoả mãn là: {number(begin)}; {number(begin + step)}; ...; {number(end)}.")
        gap = sheet.subtract(end, begin, lead="Hiệu của số lớn nhất và số nhỏ nhất là")
        spaces = gap if step == 1 else sheet.divide(gap, 2, lead="Số khoảng cách là")
        sheet.answer(sheet.add(spaces, 1, "giá trị", "Số giá trị có thể là"), "giá trị")

    return Plan((a, b, kind, low, high), phrase(random, _COUNT, a=a, b=b, kind=kind, **names), solve)
