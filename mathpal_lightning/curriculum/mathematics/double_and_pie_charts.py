"""Double column charts: grade 6; pie charts and line charts: grade 7."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, table


class _Double(NamedTuple):
    """Two series over the same groups."""

    about: str
    groups: tuple[str, ...]
    series: tuple[str, str]
    unit: str
    low: int
    high: int


_CLUBS = ("câu lạc bộ Bóng đá", "câu lạc bộ Cầu lông", "câu lạc bộ Cờ vua", "câu lạc bộ Hội hoạ")
_CLASSES = ("lớp 6A", "lớp 6B", "lớp 6C", "lớp 6D")
_WEEKS = ("tuần 1", "tuần 2", "tuần 3", "tuần 4")
_QUARTERS = ("quý I", "quý II", "quý III", "quý IV")
_DOUBLES = (
    _Double("số học sinh tham gia các câu lạc bộ", _CLUBS, ("học sinh nam", "học sinh nữ"), "học sinh", 11, 68),
    _Double("số học sinh của bốn lớp", _CLASSES, ("học sinh nam", "học sinh nữ"), "học sinh", 12, 25),
    _Double("số áo và số quần một cửa hàng bán được", _QUARTERS, ("chiếc áo", "chiếc quần"), "chiếc", 155, 690),
    _Double("số xe một đại lí bán được", _QUARTERS, ("chiếc xe đạp", "chiếc xe máy"), "chiếc", 35, 180),
    _Double("số cây hai khối 6 và 7 trồng được", _WEEKS, ("cây của khối 6", "cây của khối 7"), "cây", 25, 98),
    _Double("số sách quyên góp", _WEEKS, ("quyển sách của lớp 6A", "quyển sách của lớp 6B"), "quyển sách", 25, 99),
)
_DOUBLE = "[Biểu đồ cột kép|Một biểu đồ cột kép] [cho biết|biểu diễn|thể hiện] {about}[, số liệu như sau|. Số liệu của biểu đồ được ghi lại trong bảng sau|. Đọc biểu đồ đó, ta lập được bảng sau]:\n{columns}\n"
_GAP = (
    "[Hỏi {where}, số {x} nhiều hơn số {y} bao nhiêu {unit}?|Tính xem {where}, số {x} nhiều hơn số {y} bao nhiêu {unit}."
    "|Hãy cho biết {where}, số {x} nhiều hơn số {y} bao nhiêu {unit}.]"
)
_SERIES = "[Hỏi có tất cả bao nhiêu {x}?|Tính tổng số {x}.|Hãy tính tổng số {x}.|Tổng số {x} là bao nhiêu?]"
_BOTH = (
    "[Hỏi tổng số {x} nhiều hơn tổng số {y} bao nhiêu {unit}?|Tính xem tổng số {x} nhiều hơn tổng số {y} bao nhiêu {unit}."
    "|Hãy cho biết tổng số {x} nhiều hơn tổng số {y} bao nhiêu {unit}.|Tổng số {x} nhiều hơn tổng số {y} bao nhiêu {unit}?]"
)


def double_column_chart(random: Random, level: int) -> Plan:
    """Two columns of one group compared; the sum of a series; the sums of both series compared."""
    data = random.choice(_DOUBLES)
    while True:
        rows = [random.sample(range(data.low, data.high + 1), 2) for _ in range(4)]
        sums = [sum(row[place] for row in rows) for place in range(2)]
        if sums[0] != sums[1]:
            break
    group, series = random.randrange(4), random.randrange(2)
    if level == 1:
        series = 0 if rows[group][0] > rows[group][1] else 1
    elif level == 3:
        series = 0 if sums[0] > sums[1] else 1
    x, y = data.series[series], data.series[1 - series]
    heading = [name[0].upper() + name[1:] for name in data.groups]
    columns = table(
        ["", *heading], *([f"Số {one}", *column] for one, column in zip(data.series, zip(*rows, strict=True), strict=True))
    )
    name = data.groups[group]
    where = f"{'trong' if data.groups in (_WEEKS, _QUARTERS) else 'ở'} {name}"

    def solve(sheet: Sheet) -> None:
        if level == 1:
            row = sheet.pick(rows[group], rows[group - 1], rows[(group + 1) % 4], kind="misread")
            high, low = row[series], row[1 - series]
            if high <= low:
                raise Absurd
            sheet.say(f"Nhìn biểu đồ, {where} có {high} {x} và {low} {y}.")
            sheet.answer(sheet.subtract(high, low, data.unit, f"Số {x} nhiều hơn số {y} là"), data.unit)
            return
        read = sheet.pick(series, 1 - series, kind="misread")
        total = sheet.sum([row[read] for row in rows], data.unit, f"Tổng số {x} là")
        if level == 3:
            other = sheet.sum([row[1 - read] for row in rows], data.unit, f"Tổng số {y} là")
            if other >= total:
                raise Absurd
            total = sheet.subtract(total, other, data.unit, f"Tổng số {x} nhiều hơn tổng số {y} là")
        sheet.answer(total, data.unit)

    flat = [value for row in rows for value in row]
    shown = phrase(random, _DOUBLE, about=data.about, columns=columns)
    asked = phrase(random, (_GAP, _SERIES, _BOTH)[level - 1], where=where, x=x, y=y, unit=data.unit)
    return Plan((*flat, level, group, series), shown + asked, solve)


class _Line(NamedTuple):
    """What a line chart shows over the months or the hours."""

    about: str
    short: str
    points: tuple[str, ...]
    unit: str
    low: int
    high: int


_HOURS = ("lúc 7 giờ", "lúc 10 giờ", "lúc 13 giờ", "lúc 16 giờ", "lúc 19 giờ")
_MONTHS = ("tháng 1", "tháng 2", "tháng 3", "tháng 4", "tháng 5")
_YEARS = ("năm 2019", "năm 2020", "năm 2021", "năm 2022", "năm 2023")
_LINE_CHARTS = (
    _Line("lượng mưa ở một địa phương", "lượng mưa", _MONTHS, "mm", 15, 190),
    _Line("số lượt khách đến một bảo tàng", "số lượt khách", _MONTHS, "lượt khách", 250, 980),
    _Line("lượng cà phê một cửa hàng bán được", "lượng cà phê bán được", _MONTHS, "kg", 55, 480),
    _Line("số xe máy một đại lí bán được", "số xe máy bán được", _MONTHS, "chiếc", 25, 180),
    _Line("sản lượng lúa của một hợp tác xã", "sản lượng lúa", _YEARS, "tấn", 510, 890),
    _Line("số học sinh của một trường", "số học sinh", _YEARS, "học sinh", 610, 890),
    _Line(
        "số lượt xe qua một trạm thu phí ở các thời điểm trong ngày (tính trong 10 phút)",
        "số lượt xe",
        _HOURS,
        "lượt xe",
        110,
        690,
    ),
)
_LINE = "[Biểu đồ đoạn thẳng|Một biểu đồ đoạn thẳng] [biểu diễn|cho biết|thể hiện] {about}. [Số liệu của các điểm như sau|Số liệu của biểu đồ được ghi lại trong bảng sau]:\n{points}\n"
_CHANGE = (
    "[Hỏi {short} {later} {way} {earlier} bao nhiêu {unit}?|Tính xem {short} {later} {way} {earlier} bao nhiêu {unit}."
    "|Hãy cho biết {short} {later} {way} {earlier} bao nhiêu {unit}.|{short} {later} {way} {earlier} bao nhiêu {unit}?]"
)


class _Pie(NamedTuple):
    """What a pie chart shares out, and how one of a part is called: "cây {part}"."""

    whole: str
    among: str
    """The same without its number."""
    parts: tuple[str, ...]
    one: str
    unit: str
    low: int
    high: int


_PIES = (
    _Pie(
        "môn thể thao yêu thích của {n} học sinh khối 7",
        "môn thể thao yêu thích của học sinh khối 7",
        *(("bóng đá", "cầu lông", "bơi lội", "cờ vua"), "học sinh thích {part}", "học sinh", 180, 400),
    ),
    _Pie(
        "cách đến trường của {n} học sinh",
        "cách đến trường của học sinh một trường",
        *(("đi xe đạp", "đi xe buýt", "đi xe máy điện", "đi bộ"), "học sinh {part}", "học sinh", 200, 900),
    ),
    _Pie(
        "các loại sách trong {n} quyển sách của thư viện",
        "các loại sách trong một thư viện",
        *(("sách văn học", "sách khoa học", "sách giáo khoa", "sách tham khảo"), "quyển {part}", "quyển", 600, 5000),
    ),
    _Pie(
        "các loại cây trong {n} cây của một khu vườn",
        "các loại cây trong một khu vườn",
        *(("cam", "bưởi", "xoài", "nhãn"), "cây {part}", "cây", 200, 1200),
    ),
    _Pie(
        "các loại kem trong {n} que kem một cửa hàng bán được",
        "các loại kem một cửa hàng bán được",
        *(("kem dâu", "kem dừa", "kem đậu xanh", "kem sô-cô-la"), "que {part}", "que kem", 400, 3000),
    ),
)
_PIE = "[Biểu đồ hình quạt tròn|Một biểu đồ hình quạt tròn] [biểu diễn|cho biết|thể hiện] [tỉ lệ phần trăm |]{whole}[ như sau|. Số liệu của biểu đồ được ghi lại trong bảng sau]:\n{shares}\n"
_PART = "[Tính số {last}.|Hỏi có bao nhiêu {last}?|Hãy tính số {last}.|Số {last} là bao nhiêu?]"
_FROM_PART = "[Biết có {count} {known}|Số {known} là {count}], [tính|hãy tính] số {last}."


def pie_and_line_charts(random: Random, level: int) -> Plan:
    """A change read from a line chart; the missing part of a pie chart; another part from a known one."""
    return _line_chart(random) if level == 1 else _pie_chart(random, level)


def _line_chart(random: Random) -> Plan:
    data = random.choice(_LINE_CHARTS)
    values = random.sample(range(data.low, data.high + 1), 5)
    earlier, later = sorted(random.sample(range(5), 2))
    up = values[later] > values[earlier]
    heading = ["Thời gian", *(point.removeprefix("lúc ") for point in data.points)]
    counted = data.short[0].upper() + data.short[1:] + ("" if data.short.startswith("số ") else f" ({data.unit})")
    points = table(heading, [counted, *map(number, values)])
    near = next(place for place in range(5) if place not in (earlier, later))

    def solve(sheet: Sheet) -> None:
        place = sheet.pick(later, near, kind="misread")
        a, b = values[place], values[earlier]
        sheet.say(
            f"Nhìn biểu đồ: {data.points[later]} là {number(a)} {data.unit}, {data.points[earlier]} là {number(b)} {data.unit}."
        )
        high, low = (a, b) if up else (b, a)
        if high <= low:
            raise Absurd
        lead = f"{data.short} {data.points[later]} {'nhiều' if up else 'ít'} hơn {data.points[earlier]} là"
        sheet.answer(sheet.subtract(high, low, data.unit, lead), data.unit)

    fields = {
        "short": data.short,
        "later": data.points[later],
        "earlier": data.points[earlier],
    }
    fields |= {"way": "nhiều hơn" if up else "ít hơn", "unit": SPELLED.get(data.unit, data.unit)}
    shown = phrase(random, _LINE, about=data.about, points=points)
    return Plan((*values, earlier, later), shown + phrase(random, _CHANGE, **fields), solve)


def _pie_chart(random: Random, level: int) -> Plan:
    pie = random.choice(_PIES)
    parts = random.sample(pie.parts, 4)
    while True:
        cuts = sorted(random.sample(range(8, 93), 3))
        shares = [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 100 - cuts[2]]
        n = (
            50 * random.randint(pie.low // 50, pie.high // 50)
            if level == 2
            else 100 * random.randint(max(2, pie.low // 100), pie.high // 100)
        )
        if min(shares) > 5 and all(n * share % 100 == 0 for share in shares) and shares[0] != shares[3]:
            break
    last, unit = pie.one.format(part=parts[3]), pie.unit
    told = table(["Phần", *parts], ["Tỉ lệ", *(f"{share}%" for share in shares[:3]), "còn lại"])

    def solve(sheet: Sheet) -> None:
        known = sheet.sum(shares[:3], "%", f"Tổng tỉ lệ phần trăm của {', '.join(parts[:3])} là")
        rest = sheet.subtract(100, known, "%", f"Tỉ lệ phần trăm của {parts[3]} là")
        if level == 3:
            one = sheet.divide(n * shares[0] // 100, shares[0], unit, f"1% ứng với số {unit} là")
        else:
            one = sheet.divide(n, sheet.pick(100, 10, 1000), unit, f"1% của {number(n)} {unit} là")
        result = sheet.multiply(one, rest, unit, f"Số {last} là")
        if not isinstance(result, int):
            raise Absurd
        sheet.answer(result, unit)

    whole = pie.whole.format(n=number(n)) if level == 2 else pie.among
    known, count = pie.one.format(part=parts[0]), n * shares[0] // 100
    shown = phrase(random, _PIE, whole=whole, shares=told)
    asked = phrase(random, _PART if level == 2 else _FROM_PART, last=last, known=known, count=count)
    return Plan((n, *shares, level), shown + asked, solve)
