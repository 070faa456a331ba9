"""Rounding and estimating: grade 6; rounding real numbers with a given accuracy: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_PLACES = {
    **{-4: "hàng chục nghìn", -3: "hàng nghìn", -2: "hàng trăm", -1: "hàng chục", 0: "hàng đơn vị"},
    **{1: "hàng phần mười", 2: "hàng phần trăm", 3: "hàng phần nghìn", 4: "hàng phần chục nghìn"},
}
_ROUND = (
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số {a} đến {place}.",
    "[Làm tròn|Hãy làm tròn] số thập phân {a} đến {place}.",
    "Số {a} [được làm tròn|làm tròn|khi làm tròn] đến {place} [được số nào|là số nào|bằng bao nhiêu]?",
    "[Viết|Hãy viết|Tìm] kết quả làm tròn số {a} đến {place}.",
    "{name} [muốn|cần] làm tròn số {a} đến {place}. [Hỏi {name} được số nào?|Kết quả đúng là số nào?]",
)
_ESTIMATE = (
    "[Ước lượng|Hãy ước lượng|Em hãy ước lượng] kết quả của phép tính {expression} bằng cách làm tròn [mỗi số|các số|từng số] đến {place}.",
    "[Bằng cách làm tròn các số|Làm tròn mỗi số|Làm tròn các số] đến {place}, hãy ước lượng kết quả của phép tính {expression}.",
    "Làm tròn [mỗi số|các số|từng số] trong phép tính {expression} đến {place} rồi [ước lượng kết quả|tính để ước lượng kết quả].",
    "{name} ước lượng kết quả của phép tính {expression} bằng cách làm tròn [mỗi số|các số] đến {place}. "
    "[Hỏi {name} được kết quả nào?|Kết quả ước lượng là bao nhiêu?]",
)


def _nearest(value: Fraction, places: int) -> Value:
    """The nearest number with so many decimals (negative: so many noughts at its end), halves away from nought."""
    scale = Fraction(10) ** places
    whole = int(abs(value) * scale + Fraction(1, 2))
    found = Fraction(whole) / scale * (-1 if value < 0 else 1)
    return found.numerator if found.denominator == 1 else found


def rounded(sheet: Sheet, value: Value, places: int) -> Value:
    """Round with the reason: the digit behind the place decides."""
    exact = Fraction(value)
    digit = int(abs(exact) * Fraction(10) ** (places + 1)) % 10
    cut = Fraction(int(abs(exact) * Fraction(10) ** places)) / Fraction(10) ** places * (-1 if exact < 0 else 1)
    up = cut + (-1 if exact < 0 else 1) / Fraction(10) ** places
    right = _nearest(exact, places)
    other = up if right == cut else cut
    wrong: Value = other.numerator if other.denominator == 1 else other
    found = sheet.pick(right, wrong, kind="cut")
    found = sheet.pick(found, _nearest(exact, places + 1 if places < 1 else places - 1), kind="place")
    why = "lớn hơn hoặc bằng 5" if digit >= 5 else "nhỏ hơn 5"
    sheet.say(f"Chữ số {_PLACES[places + 1]} của {number(value)} là {digit}, {why}.")
    sheet.say(f"Vậy {number(value)} ≈ {number(found)}.")
    return found


def _draw(random: Random, low: int, high: int, places: int, more: int) -> Fraction:
    """A number of low..high with `more` digits behind a place whose digit does not round to nought."""
    while True:
        value = random.randint(low, high) + Fraction(random.randint(1, 10 ** (places + more) - 1), 10 ** (places + more))
        near = Fraction(_nearest(value, places)) * 10**places
        if value * 10 ** (places + more) % 10 and (near % 10 or places == 0) and near:
            return value


def estimate_and_round(random: Random, level: int) -> Plan:
    """Round a decimal; estimate a result of two numbers; of three."""
    name = pupils(random, 1)[0]
    if level == 1:
        places = random.randint(0, 2)
        value = random.choice((1, 1, -1)) * _draw(random, 1, 199, places, random.randint(1, 2))
        question = phrase(random, _ROUND, a=value, place=_PLACES[places], name=name)
        return Plan((value, places), question, lambda sheet: sheet.answer(rounded(sheet, value, places)))
    places = 0 if level == 3 else random.choice((0, 0, -1))
    low, high = (11, 79) if places == 0 else (101, 890)
    values = [_draw(random, low, high, 0, random.randint(1, 2)) for _ in range(level)]
    signs = random.choice("+-×") if level == 2 else random.choice("+-") + "×"
    values[0], values[1] = (max(values[:2]), min(values[:2])) if signs[0] == "-" else (values[0], values[1])
    if level == 2 and signs == "×" or level == 3:
        values[-1] = _draw(random, 2, 30, 0, 2) if places == 0 else values[-1]
    if places < 0 and signs == "×":
        values[-1] = _draw(random, 16, 94, 0, 1)
    text = [number(value) for value in values]
    inner = f"{text[0]} {signs[0]} {text[1]}"
    expression = inner if level == 2 else f"({inner}) × {text[2]}"

    def solve(sheet: Sheet) -> None:
        near = [rounded(sheet, value, places) for value in values]
        if signs[0] == "-" and near[0] < near[1]:
            near[0], near[1] = near[1], near[0]
        written = f"{number(near[0])} {signs[0]} {number(near[1])}"
        written = written if level == 2 else f"({written}) × {number(near[2])}"
        sheet.say(f"Kết quả của {expression} được ước lượng bằng {written}.")
        result = sheet.calculate(signs[0], near[0], near[1])
        if level == 3:
            result = sheet.multiply(result, near[2])
        sheet.answer(result)

    if signs[0] == "-" and _nearest(values[0], places) == _nearest(values[1], places):
        return estimate_and_round(random, level)
    question = phrase(random, _ESTIMATE, expression=expression, place=_PLACES[places], name=name)
    return Plan((*values, signs, places), question, solve)


_ACCURACY = (
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số {a} với độ chính xác {d}.",
    "[Làm tròn|Hãy làm tròn|Viết số làm tròn của] {a} với độ chính xác d = {d}.",
    "Số {a} [được làm tròn|làm tròn|khi làm tròn] với độ chính xác {d} [được số nào|là số nào|bằng bao nhiêu]?",
    "{name} [muốn|cần] làm tròn số {a} với độ chính xác {d}. [Hỏi {name} được số nào?|Kết quả đúng là số nào?]",
    "Với độ chính xác {d}, [hãy làm tròn|làm tròn] số {a}.",
)
_COUNTED = (
    "[Số dân|Dân số] của một [tỉnh|thành phố|huyện] là {a} người. [Làm tròn số đó|Hãy làm tròn số dân này] với độ chính xác {d}.",
    "[Năm ngoái, một|Trong một năm, một|Một] [sân bay|bảo tàng|khu du lịch] đón {a} lượt khách. [Làm tròn số đó|Hãy làm tròn số lượt khách này] với độ chính xác {d}.",
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số {a} với độ chính xác {d}.",
    "Số {a} [được làm tròn|làm tròn] với độ chính xác {d} [được số nào|là số nào]?",
)
_MEASURED = (
    "Một {thing} hình chữ nhật [dài {a} m, rộng {b} m|có chiều dài {a} m, chiều rộng {b} m]. "
    "[Tính|Hãy tính] {what} của {thing} đó [và làm tròn kết quả với độ chính xác {d}|rồi làm tròn kết quả với độ chính xác {d}|(làm tròn kết quả với độ chính xác {d})].",
    "[Tính|Hãy tính] {what} của một {thing} hình chữ nhật [dài {a} m, rộng {b} m|có chiều dài {a} m và chiều rộng {b} m], "
    "[làm tròn kết quả|kết quả làm tròn] với độ chính xác {d}.",
)


def round_reals(random: Random, level: int) -> Plan:
    """A decimal with accuracy 0,5 to 0,005; a large whole number; the perimeter or area of a rectangle."""
    name = pupils(random, 1)[0]
    if level == 1:
        places = random.randint(0, 2)
        value = random.choice((1, 1, -1)) * _draw(random, 1, 99, places, random.randint(1, 3))
        question = phrase(random, _ACCURACY, a=value, d=_half(places), name=name)
        return Plan((value, places), question, lambda sheet: sheet.answer(_to_accuracy(sheet, value, places)))
    if level == 2:
        places = -random.randint(2, 4)
        whole = random.randint(100_123, 2_987_654)
        question = phrase(random, _COUNTED, a=whole, d=_half(places))
        return Plan((whole, places), question, lambda sheet: sheet.answer(_to_accuracy(sheet, whole, places)))
    area = random.random() < 0.6
    thing = random.choice(("mảnh vườn", "sân trường", "mảnh đất", "thửa ruộng", "khu đất"))
    a = _draw(random, 25, 89, 1, 1)
    b = _draw(random, 12, 24, 0, 1)
    places = random.randint(0, 1)

    def solve(sheet: Sheet) -> None:
        if area:
            found = sheet.multiply(a, b, "m²", f"Diện tích {thing} là")
        else:
            half = sheet.add(a, b, "m", f"Nửa chu vi {thing} là")
            found = sheet.multiply(half, sheet.pick(2, 4), "m", f"Chu vi {thing} là")
        sheet.answer(_to_accuracy(sheet, found, places), "m²" if area else "m")

    result = Fraction(a * b if area else 2 * (a + b))
    if result * 10**places % 1 == 0 or places == 1 and _nearest(result, 1) == _nearest(result, 0):
        return round_reals(random, level)
    what = "diện tích" if area else "chu vi"
    question = phrase(random, _MEASURED, thing=thing, a=a, b=b, what=what, d=_half(places))
    return Plan((a, b, places, area), question, solve)


def _half(places: int) -> str:
    """The accuracy that rounds to so many decimals: "0,05" for one."""
    return number(Fraction(5) / Fraction(10) ** (places + 1)) if places >= 0 else number(5 * 10 ** (-places - 1))


def _to_accuracy(sheet: Sheet, value: Value, places: int) -> Value:
    """Round to the place that an accuracy asks for."""
    near = sheet.pick(places, places + 1, places - 1 if places > -4 else places + 1, kind="accuracy")
    sheet.say(f"Làm tròn với độ chính xác {_half(places)} tức là làm tròn đến {_PLACES[near]}.")
    return rounded(sheet, value, near)
