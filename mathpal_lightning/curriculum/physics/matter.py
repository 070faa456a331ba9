"""Density, pressure, buoyancy and the lever in grade 8: a formula, its numbers, its unit; the unknown may be any of the three."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.fractions import whole_or_fraction
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase


class _Law(NamedTuple):
    """`whole` = `first` × `second`, each with its symbol, name and unit."""

    whole: tuple[str, str, str]
    first: tuple[str, str, str]
    second: tuple[str, str, str]


def _solved(random: Random, law: _Law, values: tuple[Value, Value], unknown: int, question: str, of: str = "") -> Plan:
    """The unknown is the whole (0), the first (1) or the second factor (2); `of` is what it is the quantity of."""
    first, second = values
    whole = first * second
    (symbol, name, unit), a, b = law
    reason = (
        f"Áp dụng công thức {symbol} = {a[0]} . {b[0]}",
        f"Từ công thức {symbol} = {a[0]} . {b[0]} suy ra {a[0]} = {symbol} : {b[0]}",
        f"Từ công thức {symbol} = {a[0]} . {b[0]} suy ra {b[0]} = {symbol} : {a[0]}",
    )[unknown]

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{reason}.")
        if unknown == 0:
            sheet.answer(sheet.multiply(first, second, unit, f"{name.format(of=of)} là"), unit)
        else:
            target, other = ((a, second), (b, first))[unknown - 1]
            sheet.answer(sheet.divide(whole, other, target[2], f"{target[1].format(of=of)} là"), target[2])

    numbers = tuple(value for place, value in enumerate((whole, first, second)) if place != unknown)
    return Plan((*numbers, unknown), question, solve)


_DENSITY = _Law(("m", "khối lượng {of}", "kg"), ("D", "khối lượng riêng của {of}", "kg/m³"), ("V", "thể tích {of}", "m³"))
_DENSITIES = {
    "gỗ": (400, 900, 30),
    "nhôm": (2700, 2700, 4),
    "sắt": (7800, 7800, 5),
    "đá": (2400, 2800, 60),
    "bê tông": (2200, 2500, 60),
    "dầu": (780, 920, 60),
    "nước muối": (1010, 1200, 60),
}
"""What is weighed: the least and the greatest density in kg/m³, and how many cubic metres of it are met at most."""
_DENSITY_ASKED = (
    "[Một khối|Một lượng] {stuff} có khối lượng {m} kg và thể tích {v} m³. [Tính khối lượng riêng của {stuff}.|Khối lượng riêng của {stuff} là bao nhiêu?]",
    "Cho biết {v} m³ {stuff} có khối lượng {m} kg. [Tính|Hãy tính] khối lượng riêng của {stuff}.",
    "[Tính|Hãy tính] khối lượng riêng của {stuff}, biết {v} m³ {stuff} [có khối lượng|nặng] {m} kg.",
)
_MASS_ASKED = (
    "Khối lượng riêng của {stuff} là {d} kg/m³. [Tính khối lượng của {v} m³ {stuff}.|Hỏi {v} m³ {stuff} có khối lượng bao nhiêu?]",
    "[Tính|Hãy tính] khối lượng của [một khối|một lượng] {stuff} có thể tích {v} m³, biết khối lượng riêng của {stuff} là {d} kg/m³.",
    "[Một khối|Một lượng] {stuff} có thể tích {v} m³. Khối lượng riêng của {stuff} là {d} kg/m³. [Tính khối lượng của nó.|Khối lượng của nó là bao nhiêu?]",
)
_VOLUME_ASKED = (
    "Khối lượng riêng của {stuff} là {d} kg/m³. [Tính thể tích của {m} kg {stuff}.|Hỏi {m} kg {stuff} có thể tích bao nhiêu mét khối?]",
    "[Một khối|Một lượng] {stuff} có khối lượng {m} kg. Biết khối lượng riêng của {stuff} là {d} kg/m³, [tính thể tích của nó.|thể tích của nó là bao nhiêu mét khối?]",
    "[Tính|Hãy tính] thể tích của [một khối|một lượng] {stuff} nặng {m} kg, biết khối lượng riêng của {stuff} là {d} kg/m³.",
)


def mass_density(random: Random, level: int) -> Plan:
    """Mass over volume in kg/m³; the mass from a decimal volume; the volume."""
    scale = (1, 10, 100)[level - 1]
    least, largest = ((2, 60), (11, 99), (101, 999))[level - 1]
    fitting = [(stuff, sizes) for stuff, sizes in _DENSITIES.items() if sizes[2] * scale > least + 20]
    stuff, (low, high, most) = random.choice(fitting)
    density = random.randint(low // 10, high // 10) * 10
    volume = whole_or_fraction(Fraction(random.randint(least, min(largest, most * scale)), scale))
    mass = whole_or_fraction(Fraction(density) * volume)
    templates = (_DENSITY_ASKED, _MASS_ASKED, _VOLUME_ASKED)[level - 1]
    question = phrase(random, templates, stuff=stuff, m=mass, v=volume, d=density)
    return _solved(random, _DENSITY, (density, volume), (1, 0, 2)[level - 1], question, stuff)


_PRESSURE = _Law(("F", "áp lực", "N"), ("p", "áp suất", "N/m²"), ("S", "diện tích bị ép", "m²"))
_PRESSURE_ASKED = (
    "[Một vật|{thing}] [tác dụng lên|đè lên] mặt sàn áp lực {f} N trên diện tích bị ép {s} m². [Tính áp suất lên mặt sàn.|Áp suất lên mặt sàn là bao nhiêu?]",
    "Áp lực của {thing} lên mặt đất là {f} N, diện tích tiếp xúc là {s} m². [Tính áp suất.|Hỏi áp suất lên mặt đất là bao nhiêu?|Hãy tính áp suất lên mặt đất.]",
    "[Tính|Hãy tính] áp suất do {thing} gây ra, biết áp lực là {f} N và diện tích bị ép là {s} m².",
)
_FORCE_ASKED = (
    "Áp suất của {thing} lên mặt sàn là {p} N/m², diện tích bị ép là {s} m². [Tính áp lực lên mặt sàn.|Áp lực lên mặt sàn là bao nhiêu?]",
    "{thing} gây áp suất {p} N/m² lên diện tích {s} m². [Tính áp lực của nó.|Hỏi áp lực là bao nhiêu niu-tơn?|Hãy tính áp lực.]",
    "[Tính|Hãy tính|Em hãy tính] áp lực của {thing} lên mặt đất, biết áp suất là {p} N/m² và diện tích tiếp xúc là {s} m².",
)


_HEAVY = (
    ("một bể nước", "một thùng container", "một tảng bê tông lớn", "một khối đá lớn"),
    ("một máy kéo bánh xích", "một tảng đá", "một cỗ máy", "một cột bê tông"),
    ("một chiếc tủ", "một két sắt", "một bức tượng", "một thùng hàng"),
)
"""What stands on whole square metres, on tenths of them, on hundredths."""


def pressure(random: Random, level: int) -> Plan:
    """Force over area; the force; the area in hundredths of a square metre."""
    thing = random.choice(_HEAVY[level - 1])
    area = whole_or_fraction(Fraction(random.randint(*((2, 19), (5, 49), (2, 60))[level - 1]), (1, 10, 100)[level - 1]))
    each = random.randint(*((60, 250), (100, 400), (60, 300))[level - 1]) * 100
    unknown = 0 if level == 2 else 1
    force = whole_or_fraction(Fraction(each) * area)
    question = phrase(random, _FORCE_ASKED if unknown == 0 else _PRESSURE_ASKED, thing=thing, f=force, s=area, p=each)
    return _solved(random, _PRESSURE, (each, area), unknown, question)


_LIQUID = _Law(("p", "áp suất của {of}", "N/m²"), ("d", "trọng lượng riêng của chất lỏng", "N/m³"), ("h", "độ sâu", "m"))
_LIQUIDS = {"nước": (10_000, 40), "nước biển": (10_300, 99), "dầu hoả": (8000, 9), "xăng": (7000, 9), "dầu ăn": (9000, 9)}
"""Specific weight in N/m³, and how many metres deep it stands: oils in a tank, water in a lake, the sea where divers go."""
_LIQUID_ASKED = (
    "Cho biết {liquid} có trọng lượng riêng {d} N/m³. [Tính áp suất của {liquid} ở độ sâu {h} m.|Hỏi áp suất ở điểm cách mặt thoáng {h} m là bao nhiêu?]",
    "[Tính|Hãy tính] áp suất do {liquid} gây ra ở độ sâu {h} m, biết trọng lượng riêng của {liquid} là {d} N/m³.",
    "Trọng lượng riêng của {liquid} là {d} N/m³. [Áp suất của {liquid} ở độ sâu {h} m là bao nhiêu?|Tính áp suất của {liquid} tại điểm cách mặt thoáng {h} m.]",
    "[Một điểm|Một vật] nằm trong {liquid}, cách mặt thoáng {h} m. [Tính áp suất của {liquid} tại đó|Hỏi áp suất của {liquid} tại đó là bao nhiêu], biết d = {d} N/m³.",
)
_DEPTH_ASKED = (
    "Áp suất của {liquid} tại một điểm là {p} N/m². Biết trọng lượng riêng của {liquid} là {d} N/m³, [tính độ sâu của điểm đó.|hỏi điểm đó ở độ sâu bao nhiêu mét?]",
    "[Một điểm|Một thiết bị] trong {liquid} chịu áp suất {p} N/m² của {liquid}. Trọng lượng riêng của {liquid} là {d} N/m³. [Tính độ sâu.|Độ sâu là bao nhiêu?|Hỏi độ sâu là bao nhiêu mét?]",
    "[Tính|Hãy tính] độ sâu mà ở đó áp suất do {liquid} gây ra là {p} N/m², biết trọng lượng riêng của {liquid} là {d} N/m³.",
)


def liquid_pressure(random: Random, level: int) -> Plan:
    """Specific weight times depth: whole metres; tenths; the depth from the pressure."""
    liquid = random.choice(("nước", "nước biển", *_LIQUIDS))  # water has more depths than oils in their tanks
    weight, deepest = _LIQUIDS[liquid]
    scale = (1, 10, 100)[level - 1]
    depth = whole_or_fraction(Fraction(random.randint((2, 11, 101)[level - 1], deepest * scale + scale - 1), scale))
    whole = whole_or_fraction(Fraction(weight) * depth)
    question = phrase(random, _DEPTH_ASKED if level == 3 else _LIQUID_ASKED, liquid=liquid, d=weight, h=depth, p=whole)
    return _solved(random, _LIQUID, (weight, depth), 2 if level == 3 else 0, question, liquid)


_BUOYANCY = _Law(
    ("F", "lực đẩy Archimedes", "N"),
    ("d", "trọng lượng riêng của chất lỏng", "N/m³"),
    ("V", "thể tích phần chìm của vật", "m³"),
)
_BUOYANCY_ASKED = (
    "[Một vật|{thing}] có thể tích {v} m³ chìm [hoàn toàn|hẳn] trong {liquid}. Trọng lượng riêng của {liquid} là {d} N/m³. [Tính lực đẩy Archimedes lên vật.|Lực đẩy Archimedes lên vật là bao nhiêu?]",
    "[Tính|Hãy tính] lực đẩy Archimedes tác dụng lên {thing} có thể tích {v} m³ nhúng chìm trong {liquid}, biết d = {d} N/m³.",
    "[Thả|Nhúng] {thing} có thể tích {v} m³ chìm trong {liquid} (d = {d} N/m³). [Tính lực đẩy Archimedes.|Hỏi lực đẩy Archimedes lên vật là bao nhiêu niu-tơn?]",
)
_SUNK_ASKED = (
    "{thing} chìm trong {liquid} chịu lực đẩy Archimedes {f} N. Trọng lượng riêng của {liquid} là {d} N/m³. [Tính thể tích của vật.|Thể tích của vật là bao nhiêu?]",
    "Lực đẩy Archimedes của {liquid} lên {thing} chìm hẳn là {f} N. Biết d = {d} N/m³, [tính thể tích của vật.|hỏi vật có thể tích bao nhiêu mét khối?]",
    "[Tính|Hãy tính] thể tích {thing}, biết khi nhúng chìm trong {liquid} (d = {d} N/m³) [vật|nó] chịu lực đẩy Archimedes {f} N.",
)


def buoyancy(random: Random, level: int) -> Plan:
    """Specific weight times the volume under the surface: tenths, thousandths of a cubic metre, the volume."""
    liquid = random.choice(("nước", "nước biển", "nước muối", "nước muối", "nước muối"))
    weight = random.randrange(10_100, 12_000, 100) if liquid == "nước muối" else _LIQUIDS[liquid][0]
    thing = random.choice(("một khối đá", "một khối sắt", "một khối thép", "một khối nhôm", "một tảng bê tông"))
    digits = random.randint(*((11, 99), (101, 999), (1001, 9999))[level - 1]) // 10 * 10 + random.randint(1, 9)
    volume = whole_or_fraction(Fraction(digits, (100, 1000, 10_000)[level - 1]))
    force = whole_or_fraction(Fraction(weight) * volume)
    question = phrase(
        random, _SUNK_ASKED if level == 3 else _BUOYANCY_ASKED, thing=thing, liquid=liquid, d=weight, v=volume, f=force
    )
    return _solved(random, _BUOYANCY, (weight, volume), 2 if level == 3 else 0, question)


_LEVER = (
    "[Một đòn bẩy|Đòn bẩy AB|Một thanh đòn] [cân bằng|nằm thăng bằng] dưới tác dụng của hai lực. Lực thứ nhất {f1} N có cánh tay đòn {l1} m, lực thứ hai có cánh tay đòn {l2} m. [Tính lực thứ hai.|Độ lớn của lực thứ hai là bao nhiêu?|Hãy tính độ lớn của lực thứ hai.]",
    "[Đòn bẩy|Một đòn bẩy] [ở trạng thái cân bằng|cân bằng]: một bên là lực {f1} N cách điểm tựa {l1} m, bên kia là lực cách điểm tựa {l2} m. [Tính lực đó.|Hỏi lực đó có độ lớn bao nhiêu?]",
    "[Để nâng|Muốn nâng] vật có trọng lượng {f1} N đặt cách điểm tựa {l1} m, [người ta|một học sinh] tác dụng lực vào đầu kia cách điểm tựa {l2} m. [Tính lực cần dùng khi đòn bẩy cân bằng.|Hỏi cần lực bao nhiêu để đòn bẩy cân bằng?|Khi đòn bẩy cân bằng, lực đó là bao nhiêu?]",
)


def moment_of_force(random: Random, level: int) -> Plan:
    """F1 × l1 = F2 × l2: whole metres, tenths, hundredths."""
    scale = (1, 10, 100)[level - 1]
    while True:
        near, far = (
            random.randint(*((1, 4), (2, 15), (11, 90))[level - 1]),
            random.randint(*((2, 8), (11, 30), (101, 250))[level - 1]),
        )
        step = far // gcd(near, far)
        force = random.randint(2, 60) * step
        if near < far and 20 <= force <= (400, 900, 2500)[level - 1]:
            break
    arm, other = whole_or_fraction(Fraction(near, scale)), whole_or_fraction(Fraction(far, scale))

    def solve(sheet: Sheet) -> None:
        sheet.say("Đòn bẩy cân bằng khi hai moment lực bằng nhau.")
        moment = sheet.multiply(force, arm, "N.m", "moment của lực thứ nhất là")
        sheet.answer(sheet.divide(moment, other, "N", "độ lớn của lực thứ hai là"), "N")

    return Plan((force, arm, other), phrase(random, _LEVER, f1=force, l1=arm, l2=other), solve)
