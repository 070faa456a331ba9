"""Measuring in grade 6: units, volume by overflow, temperature, weight, the spring."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.fractions import whole_or_fraction
from mathpal_lightning.curriculum.steps.measures import convert
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_UNITS = {
    "độ dài": (("km", "m"), ("m", "cm"), ("m", "dm"), ("cm", "mm"), ("m", "mm")),
    "khối lượng": (("tấn", "kg"), ("tạ", "kg"), ("kg", "g")),
    "thời gian": (("giờ", "phút"), ("phút", "giây"), ("ngày", "giờ")),
}
_CONVERT = (
    "[Đổi|Hãy đổi] {a} {unit} ra {to}.",
    "{a} {unit} [bằng|là] bao nhiêu {to}?",
    "[Kết quả đo|Số đo] {kind} của {of} là {a} {unit}. [Hãy viết|Viết] kết quả đó theo đơn vị {to}.",
    "[{name}|Một học sinh|Nhóm của {name}] đo được {kind} là {a} {unit}. [Kết quả đó bằng bao nhiêu {to}?|Đổi kết quả đó ra {to}.]",
)


def measure_conversion(random: Random, level: int) -> Plan:
    """To the smaller unit with whole numbers, to the larger one, and with decimals."""
    kind = random.choice([kind for kind in _UNITS if level > 1 or kind != "thời gian"])
    large, small = random.choice(_UNITS[kind])
    value = Fraction(
        random.randint(*((2, 250), (251, 999), (1001, 9999))[level - 1]), 1 if level < 3 else random.choice((10, 100))
    )
    unit, to = (small, large) if level == 2 and kind != "thời gian" else (large, small)
    a = whole_or_fraction(value)
    of = random.choice(("một lần chạy", "một thí nghiệm") if kind == "thời gian" else ("một vật", "một mẫu vật"))
    templates = _CONVERT[:2] if kind == "thời gian" else _CONVERT  # nobody measures 76,22 hours
    question = phrase(random, templates, a=a, unit=unit, to=to, kind=kind, of=of, name=pupils(random, 1)[0])

    def solve(sheet: Sheet) -> None:
        sheet.answer(convert(sheet, a, unit, to), to)

    return Plan((a, unit, to), question, solve)


_OVERFLOW = (
    "[Một bình chia độ|Bình chia độ] [đang chứa|có sẵn] {a} {unit} nước. [Thả|Thả chìm] {thing} vào bình thì mực nước dâng lên đến vạch {b} {unit}. "
    "[Tính thể tích của {thing}.|Thể tích của {thing} là bao nhiêu?]",
    "[Để đo thể tích {thing}|Muốn đo thể tích {thing}], {name} thả nó chìm trong bình chia độ có {a} {unit} nước, mực nước dâng đến {b} {unit}. "
    "[Hỏi thể tích {thing} là bao nhiêu?|Tính thể tích {thing}.]",
    "Mực nước trong bình chia độ là {a} {unit}. Sau khi thả {thing} chìm hẳn, mực nước là {b} {unit}. [Tính|Hãy tính] thể tích {thing}.",
)
_SEVERAL = (
    "[Một bình chia độ|Bình chia độ] [đang chứa|có sẵn] {a} {unit} nước. Thả chìm {n} viên bi [giống nhau|như nhau] vào bình thì mực nước dâng lên đến {b} {unit}. "
    "[Tính thể tích của mỗi viên bi.|Thể tích mỗi viên bi là bao nhiêu?]",
    "{name} thả {n} viên bi giống nhau vào bình chia độ có {a} {unit} nước, mực nước dâng lên đến vạch {b} {unit}. [Hỏi mỗi viên bi có thể tích bao nhiêu?|Tính thể tích mỗi viên bi.]",
    "Mực nước trong [bình|bình chia độ] là {a} {unit}; sau khi thả {n} viên bi như nhau, mực nước là {b} {unit}. [Tính|Hãy tính|Em hãy tính] thể tích [một|mỗi] viên bi.",
)


def volume_by_overflow(random: Random, level: int) -> Plan:
    """The rise of the water; with decimals; shared by several equal marbles."""
    a = Fraction(random.randint(*((40, 150), (505, 1495), (60, 200))[level - 1]), 10 if level == 2 else 1)
    count = random.randint(3, 12) if level == 3 else 1
    each = Fraction(random.randint(*((11, 95), (105, 495), (3, 25))[level - 1]), 10 if level == 2 else 1)
    before, after = (whole_or_fraction(value) for value in (a, a + each * count))
    thing = random.choice(("hòn đá", "viên sỏi", "chiếc ổ khoá", "khối kim loại", "viên bi thép"))
    fields = {"thing": thing, "name": pupils(random, 1)[0], "unit": "cm³", "n": count}
    question = phrase(random, _SEVERAL if level == 3 else _OVERFLOW, a=before, b=after, **fields)

    def solve(sheet: Sheet) -> None:
        rise = sheet.subtract(after, before, "cm³", "thể tích nước dâng lên là" if level == 3 else f"thể tích {thing} là")
        sheet.answer(sheet.divide(rise, count, "cm³", "thể tích mỗi viên bi là") if level == 3 else rise, "cm³")

    return Plan((before, after, count), question, solve)


_WARMER = (
    "[Nhiệt độ của một vật|Nhiệt độ của một mẫu vật|Nhiệt độ của một chi tiết máy] [lúc đầu|ban đầu] là {a} °C, sau đó {change} {b} °C. [Tính nhiệt độ lúc sau.|Hỏi nhiệt kế chỉ bao nhiêu độ?]",
    "[Một nhiệt kế|Nhiệt kế] [đang chỉ|chỉ] {a} °C. Khi nhiệt độ {change} {b} °C thì [nhiệt kế chỉ bao nhiêu độ?|số chỉ của nhiệt kế là bao nhiêu?]",
    "{name} [đo được|đọc được] nhiệt độ [của một mẫu vật|của một vật] là {a} °C. Sau [một thời gian|vài giờ], nhiệt độ {change} {b} °C. [Nhiệt độ lúc sau là bao nhiêu?|Tính nhiệt độ lúc sau.]",
)


def thermometer(random: Random, level: int) -> Plan:
    """Warmer or colder: whole degrees above nought, through nought, tenths of degrees."""
    warmer = random.random() < 0.5
    if level == 2:
        a, b = Fraction(random.randint(-95, -5) if warmer else random.randint(1, 45)), Fraction(random.randint(46, 99))
    else:
        scale = 1 if level == 1 else 10
        a = Fraction(random.randint(30 * scale, 70 * scale) // scale * scale + random.randint(0, scale - 1), scale)
        b = Fraction(random.randint(3 * scale, 29 * scale), scale)
    first, second = whole_or_fraction(a), whole_or_fraction(b)
    change = "tăng thêm" if warmer else random.choice(("giảm", "giảm đi"))
    question = phrase(random, _WARMER, a=first, b=second, change=change, name=pupils(random, 1)[0])

    def solve(sheet: Sheet) -> None:
        lead = "nhiệt độ lúc sau là"
        if level != 2:
            result = sheet.add(first, second, "°C", lead) if warmer else sheet.subtract(first, second, "°C", lead)
        else:
            sheet.lead(lead)
            name = f"{number(first)} {'+' if warmer else '-'} {number(second)}"
            sheet.say(f"{name} = ?")
            size, line = sheet.inline("-", max(abs(int(first)), int(second)), min(abs(int(first)), int(second)))
            sheet.say(line)
            negative = first + second < 0 if warmer else True
            result = size * sheet.pick(-1 if negative else 1, 1 if negative else -1, kind="sign")
            sheet.say(f"{name} = {number(result)} (°C)")
        sheet.answer(result, "°C")

    return Plan((first, second, warmer), question, solve)


_WEIGHT = (
    "[Một vật|{thing}] có khối lượng {m} kg. [Tính trọng lượng của vật đó.|Trọng lượng của vật đó là bao nhiêu niu-tơn?] [|Lấy 1 kg ứng với 10 N.]",
    "[Tính|Hãy tính] trọng lượng của [một vật|{thing}] có khối lượng {m} kg. [|Biết vật 1 kg có trọng lượng 10 N.]",
    "Khối lượng của {thing} là {m} kg. [Hỏi trọng lượng của nó là bao nhiêu?|Trọng lượng của nó bằng bao nhiêu niu-tơn?]",
)
_MASS = (
    "[Một vật|{thing}] có trọng lượng {w} N. [Tính khối lượng của vật đó.|Khối lượng của vật đó là bao nhiêu ki-lô-gam?] [|Lấy 1 kg ứng với 10 N.]",
    "[Tính|Hãy tính] khối lượng của [một vật|{thing}] có trọng lượng {w} N. [|Biết vật 1 kg có trọng lượng 10 N.]",
    "Trọng lượng của {thing} là {w} N. [Hỏi khối lượng của nó là bao nhiêu?|Khối lượng của nó bằng bao nhiêu ki-lô-gam?]",
)


_MASSES = {
    "túi gạo": (2, 15), "bao xi măng": (25, 60), "thùng hàng": (5, 300), "khối gỗ": (10, 800), "khối sắt": (2, 1200),
    "chiếc xe máy": (80, 200), "chiếc ô tô": (700, 1200), "tảng đá": (30, 1200),
}  # fmt: skip
"""What is weighed, with the masses in kg that it has."""


def weight_of_mass(random: Random, level: int) -> Plan:
    """Ten newtons for a kilogram: whole kilograms; tenths; back from the weight to the mass."""
    mass = whole_or_fraction(
        Fraction(random.randint(*((2, 1200), (1201, 9999), (12_001, 99_999))[level - 1]), (1, 10, 100)[level - 1])
    )
    thing = random.choice([thing for thing, (least, most) in _MASSES.items() if least <= mass <= most])
    weight = mass * 10
    question = phrase(random, _MASS if level == 3 else _WEIGHT, m=mass, w=weight, thing=f"một {thing}")

    def solve(sheet: Sheet) -> None:
        ten = sheet.pick(10, 100, kind="relation")
        sheet.say(f"Vật có khối lượng 1 kg có trọng lượng {ten} N.")
        if level == 3:
            sheet.answer(sheet.divide(weight, ten, "kg", "khối lượng của vật là"), "kg")
        else:
            sheet.answer(sheet.multiply(mass, ten, "N", "trọng lượng của vật là"), "N")

    return Plan((mass, level == 3), question.replace(" .", ".").strip(), solve)


_SPRING = (
    "[Một lò xo|Lò xo] treo thẳng đứng có chiều dài tự nhiên {l} cm. [Khi treo|Treo] vật {m} g thì lò xo dài {first} cm. [Hỏi khi treo vật {n} g thì lò xo dài bao nhiêu?|Tính chiều dài lò xo khi treo vật {n} g.]",
    "Chiều dài tự nhiên của [một|chiếc] lò xo là {l} cm. Treo vật {m} g, lò xo [dài|dài ra thành] {first} cm. [Nếu treo vật {n} g thì lò xo dài bao nhiêu?|Tính chiều dài của lò xo khi treo vật {n} g.|Hỏi lò xo dài bao nhiêu khi treo vật {n} g?]",
    "{name} treo vật {m} g vào [một|chiếc] lò xo có chiều dài tự nhiên {l} cm thì lò xo dài {first} cm. [Tính chiều dài lò xo khi treo vật {n} g.|Hỏi thay bằng vật {n} g thì lò xo dài bao nhiêu?|Thay bằng vật {n} g thì lò xo dài bao nhiêu?]",
    "[Trong một thí nghiệm|Trong giờ thực hành], lò xo có chiều dài tự nhiên {l} cm dài {first} cm khi treo vật {m} g. [Tính chiều dài của lò xo khi treo vật {n} g.|Hỏi lò xo dài bao nhiêu khi treo vật {n} g?|Khi treo vật {n} g thì lò xo dài bao nhiêu?]",
)
_STRETCH = (
    "[Một lò xo|Lò xo] treo thẳng đứng có chiều dài tự nhiên {l} cm. [Khi treo|Treo] vật {m} g, lò xo dài {first} cm. [Tính độ dãn của lò xo.|Độ dãn của lò xo là bao nhiêu?]",
    "Chiều dài tự nhiên của [một|chiếc] lò xo là {l} cm. Treo vật {m} g [vào lò xo|vào đầu dưới] thì lò xo dài {first} cm. [Hỏi lò xo dãn ra bao nhiêu?|Tính độ dãn của lò xo.|Độ dãn của lò xo là bao nhiêu?]",
    "{name} treo vật {m} g vào [một lò xo|lò xo|chiếc lò xo] dài {l} cm, lò xo dài ra thành {first} cm. [Lò xo dãn bao nhiêu xăng-ti-mét?|Hãy tính độ dãn của lò xo.|Hỏi lò xo đã dãn ra bao nhiêu?|Tính độ dãn của lò xo.]",
)


def spring_length(random: Random, level: int) -> Plan:
    """The stretch; the length with several times the mass; the same with decimals."""
    long = random.randint(*((10, 30), (10, 25), (26, 45))[level - 1])
    stretch = Fraction(random.randint(*((2, 15), (2, 6), (5, 45))[level - 1]), 10 if level == 3 else 1)
    if level == 1:
        stretch = Fraction(random.randint(5, 145), 10)
    if level == 3:
        stretch = Fraction(random.randint(0, 4) * 10 + random.choice((1, 2, 3, 4, 5, 6, 7, 8, 9)), 10)
    mass, times = random.randint(2, 12) * 10, random.randint(2, 6)
    first = whole_or_fraction(long + stretch)
    fields = {"l": long, "m": mass, "n": mass * times, "first": first, "name": pupils(random, 1)[0]}

    def solve(sheet: Sheet) -> None:
        found = sheet.subtract(first, long, "cm", f"độ dãn của lò xo khi treo vật {mass} g là")
        if level == 1:
            sheet.answer(found, "cm")
            return
        factor = sheet.divide(
            mass * times, mass, "lần", f"khối lượng vật {number(mass * times)} g gấp khối lượng vật {mass} g số lần là"
        )
        sheet.say("Độ dãn của lò xo tỉ lệ với khối lượng vật treo.")
        more = sheet.multiply(found, factor, "cm", f"độ dãn của lò xo khi treo vật {number(mass * times)} g là")
        sheet.answer(sheet.add(long, more, "cm", "chiều dài của lò xo là"), "cm")

    return Plan((long, first, mass, times), phrase(random, _STRETCH if level == 1 else _SPRING, **fields), solve)
