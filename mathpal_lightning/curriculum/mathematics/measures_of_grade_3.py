"""Grams and millilitres, temperature, months, the radius and the midpoint: grade 3."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.mathematics.measures_of_grade_2 import dated
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.measures import convert
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase

_MIXED = (
    "[Đổi|Hãy đổi|Em hãy đổi] {shown} ra {spelled}.",
    "[Điền|Viết|Tìm] số [thích hợp|] vào chỗ chấm: {shown} = ... {unit}",
    "{shown} [bằng|là] bao nhiêu {spelled}?",
    "[Một {holder}|{name} có một {holder}] [chứa|có] {shown} {thing}. [Hỏi đó là bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đó.]",
)
_USED = (
    "[Một {holder}|Nhà {name} có một {holder}|Mẹ mua một {holder}] [chứa|đựng] {shown} {thing}, đã dùng {b} {unit}. [Hỏi còn lại bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} còn lại.|Hỏi {holder} đó còn bao nhiêu {spelled} {thing}?]",
)
_SERVED = (
    "[Một {holder}|Nhà {name} có một {holder}|Mẹ mua một {holder}] [chứa|đựng] {shown} {thing}, đã dùng {count} lần, mỗi lần {b} {unit}. [Hỏi còn lại bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} còn lại.|Hỏi {holder} đó còn bao nhiêu {spelled} {thing}?]",
)
_STUFF = (
    ("kg", "g", "túi", "đường"),
    ("kg", "g", "túi", "bột mì"),
    ("kg", "g", "túi", "đậu xanh"),
    ("l", "ml", "bình", "nước lọc"),
    ("l", "ml", "can", "sữa tươi"),
    ("l", "ml", "bình", "nước cam"),
)


def grams_and_millilitres(random: Random, level: int) -> Plan:
    """Two units in one; what is left in the smaller unit; what is left behind several equal portions."""
    large, small, holder, thing = random.choice(_STUFF)
    count = random.randint(2, 9)
    rest = random.randint(1, 199) * 5 if level == 1 else 0
    used = random.randint(11, 199) * 5 if level == 2 else random.randint(21, 57) * 5
    times = random.randint(3, 7)
    shown = f"{count} {large}" + (f" {rest} {small}" if rest else "")

    def solve(sheet: Sheet) -> None:
        whole = convert(sheet, count, large, small)
        if level == 1:
            whole = sheet.add(whole, rest, small, f"{shown} gồm")
        else:
            away = sheet.multiply(used, times, small, f"Số {SPELLED[small]} {thing} đã dùng là") if level == 3 else used
            whole = sheet.subtract(whole, away, small, f"Số {SPELLED[small]} {thing} còn lại là")
        sheet.answer(whole, small)

    fields = {"unit": small, "spelled": SPELLED[small], "holder": holder, "thing": thing, "name": pupils(random, 1)[0]}
    question = phrase(random, (_MIXED, _USED, _SERVED)[level - 1], shown=shown, b=used, count=times, **fields)
    return Plan((large, count, rest or used, times if level == 3 else 0), question, solve)


_WARMER = (
    "[Buổi {from_}|Lúc {hour} giờ {from_}|{from_} nay] nhiệt độ [ở {place}|] là {a} °C, [đến {to}|buổi {to}] nhiệt độ {moved} {b} °C. [Hỏi buổi {to} nhiệt độ là bao nhiêu độ C?|Tính nhiệt độ buổi {to}.]",
    "Hôm qua nhiệt độ [cao nhất|] [ở {place}|] là {a} °C, hôm nay nhiệt độ {moved} {b} °C. [Hỏi nhiệt độ hôm nay là bao nhiêu độ C?|Tính nhiệt độ hôm nay.]",
)
_TWICE = (
    "[Buổi sáng|Lúc 6 giờ sáng|Sáng nay] nhiệt độ [ở {place}|] là {a} °C. [Đến trưa|Buổi trưa] nhiệt độ tăng thêm {b} °C, [buổi tối|đến tối] nhiệt độ giảm {c} °C. [Hỏi buổi tối nhiệt độ là bao nhiêu độ C?|Tính nhiệt độ buổi tối.|Hỏi nhiệt độ buổi tối là bao nhiêu?]",
)
_PLACES = {"Hà Nội": 39, "Sa Pa": 29, "Đà Lạt": 30, "Huế": 39, "Vinh": 39, "Lạng Sơn": 36}
"""Places with the highest temperature of an ordinary summer."""


_HOTTEST = 45
"""Degrees: a pupil sees that no day is hotter."""


def temperature(random: Random, level: int) -> Plan:
    """A rise; a fall; a rise and then a fall. Temperatures lie within 8 and 39 degrees."""
    a, b = (random.randint(12, 29), random.randint(2, 10)) if level != 2 else (random.randint(20, 38), random.randint(2, 11))
    c = random.randint(2, 9)

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.answer(sheet.subtract(a, b, "°C", f"Nhiệt độ {later} là"), "°C")
            return
        found = sheet.add(a, b, "°C", f"Nhiệt độ {later} là")
        if level == 3:
            found = sheet.subtract(found, c, "°C", "Nhiệt độ buổi tối là")
        if found > _HOTTEST:
            raise Absurd
        sheet.answer(found, "°C")

    moved = random.choice(("tăng thêm", "tăng") if level == 1 else ("giảm đi", "giảm"))
    places = [place for place, highest in _PLACES.items() if (a if level == 2 else a + b) <= highest]
    fields = {"place": random.choice(places), "moved": moved, "a": a, "b": b, "c": c}
    fields |= {"from_": "sáng", "hour": 6, "to": "trưa"} if level != 2 else {"from_": "trưa", "hour": 12, "to": "tối"}
    question = phrase(random, _TWICE if level == 3 else _WARMER, **fields)
    later = "hôm nay" if "hôm nay" in question else f"buổi {fields['to']}"
    return Plan((a, b, c if level == 3 else 0), question, solve)


_LENGTHS = {1: 31, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_IN_MONTH = (
    "[Hôm nay là|{name} bắt đầu đọc truyện vào|Lớp em trồng cây vào|Bố đi công tác vào|Mẹ gieo hạt vào|Cô giáo đi tập huấn vào] ngày {a} tháng {month}. [Hỏi {b} ngày nữa là ngày nào của tháng {month}?|{b} ngày sau là ngày nào của tháng {month}?|Hỏi {b} ngày sau đó là ngày mấy tháng {month}?]",
    "[Sinh nhật {name}|Hội khoẻ của trường|Buổi tham quan|Ngày hội đọc sách|Buổi liên hoan|Buổi thi vẽ] là {b} ngày sau ngày {a} tháng {month}. [Hỏi đó là ngày mấy tháng {month}?|Đó là ngày nào của tháng {month}?]",
)
_TO_END = (
    "[Hôm nay là|{name} nghỉ học thêm từ|Bố đi công tác vào|Lớp em đi tham quan vào|Mẹ gieo hạt vào|Trường khai mạc hội sách vào|Bà ra thăm cháu vào|Đội bóng thi đấu vào] ngày {a} tháng {month}. [Hỏi sau ngày đó còn bao nhiêu ngày nữa thì đến ngày cuối cùng của tháng {month}?|Tính số ngày còn lại của tháng {month} sau ngày đó.|Hỏi sau ngày đó, tháng {month} còn bao nhiêu ngày?]",
    "[{name}|Bạn {name}|Bố|Mẹ|Cô giáo|Chị Mai] đi tham quan về vào ngày {a} tháng {month}. [Hỏi sau ngày đó tháng {month} còn bao nhiêu ngày?|Tính số ngày còn lại của tháng {month} sau ngày đó.]",
)
_OVER = (
    "[Hôm nay là|{name} bắt đầu đọc truyện vào|Lớp em trồng cây vào|Mẹ gieo hạt vào|Bố đi công tác vào|Cô giáo đi tập huấn vào] ngày {a} tháng {month}. [Hỏi {b} ngày nữa là ngày nào của tháng {next}?|{b} ngày sau là ngày nào của tháng {next}?|Hỏi {b} ngày sau đó là ngày mấy tháng {next}?]",
    "[Sinh nhật {name}|Hội khoẻ của trường|Buổi tham quan|Ngày hội đọc sách|Buổi liên hoan|Buổi thi vẽ] là {b} ngày sau ngày {a} tháng {month}. [Hỏi đó là ngày mấy tháng {next}?|Đó là ngày nào của tháng {next}?]",
)


def months_and_years(random: Random, level: int) -> Plan:
    """A date in the same month; the days to the end of the month; a date in the month behind it."""
    month = random.choice([one for one in _LENGTHS if one != 1 and one != 12])
    days = _LENGTHS[month]
    a = random.randint(1, 14) if level == 1 else random.randint(15, days - 2)
    b = random.randint(5, 14) if level == 1 else random.randint(days - a + 1, days - a + 25)

    def solve(sheet: Sheet) -> None:
        if level == 1:
            sheet.answer(sheet.add(a, b, "", f"{b} ngày sau ngày {a} tháng {month} là ngày"), name="ngày ")
            return
        held = sheet.pick(days, 61 - days, kind="month")
        sheet.say(f"Tháng {month} có {held} ngày.")
        left = sheet.subtract(held, a, "ngày", f"Số ngày của tháng {month} sau ngày {a} là")
        if level == 2:
            sheet.answer(left, "ngày")
        else:
            found = sheet.subtract(b, left, "", f"Các ngày còn lại thuộc tháng {month + 1} nên đó là ngày")
            sheet.answer(found, name="ngày ")

    fields = {"a": a, "b": b, "month": month, "next": month + 1, "name": pupils(random, 1)[0]}
    return Plan((month, a, b if level != 2 else 0), dated(random, (_IN_MONTH, _TO_END, _OVER)[level - 1], **fields), solve)


_ROUND = ("hình tròn", "bồn hoa hình tròn", "mặt bàn hình tròn", "chiếc đĩa hình tròn", "bánh xe hình tròn")
_DIAMETER = "[Một|Có một|{name} đo một] {thing} có bán kính {a} {unit}. [Hỏi đường kính của nó là bao nhiêu {spelled}?|Tính đường kính của nó.|Đường kính của nó dài bao nhiêu {spelled}?]"
_RADIUS = "[Một|Có một|{name} đo một] {thing} có đường kính {a} {unit}. [Hỏi bán kính của nó là bao nhiêu {spelled}?|Tính bán kính của nó.|Bán kính của nó dài bao nhiêu {spelled}?]"
_CIRCLES = "[{count} hình tròn|Trong hình có {count} hình tròn|Có {count} hình tròn|{name} cắt {count} hình tròn|Người ta xếp {count} hình tròn] bằng nhau đặt sát nhau thành một hàng, [mỗi hình tròn có bán kính|bán kính mỗi hình tròn là] {a} {unit}. [Hỏi cả hàng dài bao nhiêu {spelled}?|Tính độ dài của cả hàng.|Hàng đó dài bao nhiêu {spelled}?]"
_SIZES = {
    "hình tròn": ("cm", 2, 60),
    "bồn hoa hình tròn": ("dm", 8, 60),
    "mặt bàn hình tròn": ("cm", 30, 90),
    "chiếc đĩa hình tròn": ("cm", 6, 16),
    "bánh xe hình tròn": ("cm", 15, 50),
}


def radius_and_diameter(random: Random, level: int) -> Plan:
    """The diameter from the radius; the radius from the diameter; equal circles in a row."""
    thing = random.choice(_ROUND) if level < 3 else "hình tròn"
    unit, low, high = _SIZES[thing]
    radius, count = random.randint(low if level < 3 else 3, high if level < 3 else 30), random.randint(3, 9)

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.say("Bán kính bằng một nửa đường kính: ta lấy đường kính chia cho 2.")
            sheet.answer(sheet.divide(2 * radius, 2, unit, "Bán kính là"), unit)
            return
        width = sheet.multiply(radius, 2, unit, "Đường kính là" if level == 1 else "Đường kính mỗi hình tròn là")
        if level == 3:
            width = sheet.multiply(width, count, unit, "Độ dài của cả hàng là")
        sheet.answer(width, unit)

    fields = {"thing": thing, "unit": unit, "spelled": SPELLED[unit], "name": pupils(random, 1)[0], "count": count}
    a = 2 * radius if level == 2 else radius
    return Plan(
        (a, level, count if level == 3 else 0), phrase(random, (_DIAMETER, _RADIUS, _CIRCLES)[level - 1], a=a, **fields), solve
    )


_WHOLE = "[Cho|Trên một đường thẳng,|{where}] [{m} là|điểm {m} là] trung điểm của đoạn thẳng {line}, biết {part} = {a} cm. [Tính độ dài đoạn thẳng {line}.|Hỏi đoạn thẳng {line} dài bao nhiêu xăng-ti-mét?|Đoạn thẳng {line} dài bao nhiêu xăng-ti-mét?]"
_HALF = "[Cho|Có|{name} vẽ trên sân|Bạn {name} kẻ trên bảng|Trên sân trường có|Trên bảng có|Người ta kẻ] đoạn thẳng {line} dài {a} cm, [{m}|điểm {m}] là trung điểm của {line}. [Tính độ dài đoạn thẳng {part}.|Hỏi đoạn thẳng {part} dài bao nhiêu xăng-ti-mét?|Đoạn thẳng {part} dài bao nhiêu xăng-ti-mét?]"
_TWO_HALVES = "[Cho|Có|{name} vẽ trên sân|Bạn {name} kẻ trên sân|Trên sân trường có|Người ta kẻ] đoạn thẳng {line} dài {a} cm, [{m}|điểm {m}] là trung điểm của {line} và {n} là trung điểm của {part}. [Tính độ dài đoạn thẳng {short}.|Hỏi đoạn thẳng {short} dài bao nhiêu xăng-ti-mét?|Đoạn thẳng {short} dài bao nhiêu xăng-ti-mét?]"


def midpoint(random: Random, level: int) -> Plan:
    """The segment from its half; the half from the segment; the half of the half."""
    p, q, m, n = random.choice(("ABMN", "CDHK", "PQIO", "EGMK", "ABIK", "MNEF"))
    half = random.randint(2, 40) if level == 1 else random.randint(41, 99) if level == 2 else 2 * random.randint(50, 99)
    line, part, short = p + q, p + m, p + n
    a = half if level == 1 else 2 * half

    def solve(sheet: Sheet) -> None:
        sheet.say(f"{m} là trung điểm của {line} nên {part} bằng một nửa {line}.")
        if level == 1:
            sheet.answer(sheet.multiply(half, 2, "cm", f"Độ dài đoạn thẳng {line} là"), "cm")
            return
        found = sheet.divide(2 * half, 2, "cm", f"Độ dài đoạn thẳng {part} là")
        if level == 3:
            sheet.say(f"{n} là trung điểm của {part} nên {short} bằng một nửa {part}.")
            found = sheet.divide(found, 2, "cm", f"Độ dài đoạn thẳng {short} là")
        sheet.answer(found, "cm")

    where = "Trên giấy kẻ ô của {name},|Trong vở của {name}," if half <= 8 else "Trên sân trường,|Trên bảng lớp,"
    where = phrase(random, f"[{where}]", name=pupils(random, 1)[0])
    fields = {"where": where, "m": m, "n": n, "line": line, "part": part, "short": short, "name": pupils(random, 1)[0], "a": a}
    return Plan((a, level), phrase(random, (_WHOLE, _HALF, _TWO_HALVES)[level - 1], **fields), solve)
