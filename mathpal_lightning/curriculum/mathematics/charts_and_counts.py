"""Column charts, rows of data, repeated events: grade 4."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet, ordering
from mathpal_lightning.curriculum.steps.lists import counted
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, table


class Data(NamedTuple):
    """What a chart or a table is about."""

    about: str
    labels: tuple[str, ...]
    unit: str
    low: int
    high: int
    does: str


SUBJECTS = (
    Data("số cây các lớp khối 4 trồng được", ("lớp 4A", "lớp 4B", "lớp 4C", "lớp 4D", "lớp 4E"), "cây", 21, 69, "trồng được"),
    Data(
        "số quyển sách các lớp quyên góp",
        ("lớp 4A", "lớp 4B", "lớp 4C", "lớp 4D", "lớp 4E"),
        "quyển sách",
        31,
        98,
        "quyên góp được",
    ),
    Data("số chai nhựa các tổ thu gom được", ("tổ 1", "tổ 2", "tổ 3", "tổ 4", "tổ 5"), "chai nhựa", 24, 99, "thu gom được"),
    Data(
        "số ki-lô-gam giấy vụn các lớp thu gom",
        ("lớp 4A", "lớp 4B", "lớp 4C", "lớp 4D", "lớp 4E"),
        "kg",
        22,
        96,
        "thu gom được",
    ),
    Data(
        "số ki-lô-gam gạo cửa hàng bán được mỗi ngày",
        ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu"),
        "kg",
        45,
        290,
        "bán được",
    ),
    Data(
        "số ki-lô-gam cà chua thu hoạch mỗi tuần",
        ("tuần 1", "tuần 2", "tuần 3", "tuần 4", "tuần 5"),
        "kg",
        55,
        280,
        "thu hoạch được",
    ),
    Data(
        "số lượt người đến thư viện mỗi tháng",
        ("tháng 1", "tháng 2", "tháng 3", "tháng 4", "tháng 5"),
        "lượt người",
        112,
        950,
        "có",
    ),
)
_CHART = "[Biểu đồ cột|Một biểu đồ cột] [cho biết|biểu diễn|thống kê] {about}. [Số liệu của biểu đồ được ghi lại trong bảng sau|Đọc biểu đồ đó, {name} lập được bảng sau|Số liệu của các cột như sau]:\n{columns}\n"
_DIFFERENCE = "[[Hỏi |]{x} {does} nhiều hơn {y} bao nhiêu {spelled}?|Tính xem {x} {does} nhiều hơn {y} bao nhiêu {spelled}.]"
TOTAL = "[Hỏi có tất cả bao nhiêu {unit}?|Tính tổng số {spelled}.|Tổng số {spelled} là bao nhiêu?|Hãy tính tổng số {spelled}.]"
_AVERAGE = "[Hỏi trung bình mỗi {part} có bao nhiêu {spelled}?|Tính trung bình số {spelled} của mỗi {part}.|Trung bình mỗi {part} có bao nhiêu {spelled}?|Hãy tính số {spelled} trung bình của mỗi {part}.]"


def data_table(data: Data, values: list[int]) -> str:
    """The columns of a chart as a table: "| Lớp | 4A | 4B |" over "| Số cây | 32 | 45 |"."""
    labels, kind = data.labels[: len(values)], data.labels[0].partition(" ")[0]
    first = ["Ngày", *labels] if kind == "thứ" else [kind.capitalize(), *(label.partition(" ")[2] for label in labels)]
    return table(first, [f"Số {SPELLED.get(data.unit, data.unit)}", *map(number, values)])


def column_chart(random: Random, level: int) -> Plan:
    """Two columns compared; the sum of four; the average of four or five."""
    data = random.choice(SUBJECTS)
    count = (3, 4, random.randint(4, 5))[level - 1]
    values = random.sample(range(data.low, data.high + 1), count)
    if level == 3:
        values[-1] += -sum(values) % count
    order = sorted(range(count), key=lambda place: values[place])
    x, y = data.labels[order[-1]], data.labels[order[0]]
    spelled, part = SPELLED.get(data.unit, data.unit), x.split()[0].replace("thứ", "ngày")
    shown = phrase(random, _CHART, about=data.about, columns=data_table(data, values), name=pupils(random, 1)[0])
    asked = phrase(
        random, (_DIFFERENCE, TOTAL, _AVERAGE)[level - 1], unit=data.unit, spelled=spelled, x=x, y=y, part=part, does=data.does
    )

    def solve(sheet: Sheet) -> None:
        if level == 1:
            high, low = values[order[-1]], values[order[0]]
            high = sheet.pick(high, values[order[1]], kind="misread")
            sheet.say(f"Nhìn biểu đồ: {x} {data.does} {number(high)} {data.unit}, {y} {data.does} {number(low)} {data.unit}.")
            sheet.answer(sheet.subtract(high, low, data.unit, f"{x} {data.does} nhiều hơn {y} số {spelled} là"), data.unit)
            return
        total = sheet.sum(values, data.unit, f"Tổng số {spelled} là")
        if level == 3:
            parts = sheet.pick(count, count - 1, kind="formula")
            total = sheet.divide(total, parts, data.unit, f"Trung bình mỗi {part} có số {spelled} là")
        sheet.answer(total, data.unit)

    return Plan((level, *values), shown + asked, solve)


class Measured(NamedTuple):
    """What a row of data measures."""

    about: str
    unit: str
    low: int
    high: int


_ROWS = (
    Measured("cân nặng (tính theo kg) của {count} bạn trong tổ", "kg", 26, 48),
    Measured("chiều cao (tính theo cm) của {count} bạn lớp 4", "cm", 124, 149),
    Measured("số trang sách {name} đọc trong {count} ngày", "trang", 8, 45),
    Measured("số phút {name} tập thể dục trong {count} ngày", "phút", 12, 58),
    Measured("số quả trứng thu được trong {count} ngày", "quả trứng", 61, 199),
    Measured("số sản phẩm {count} công nhân làm được", "sản phẩm", 105, 198),
)
_ROW = "[Dãy số liệu|Dãy số liệu sau|Một dãy số liệu] [về|ghi|cho biết|thống kê] {about}: {row}. "
_SORT = "[Sắp xếp|Hãy sắp xếp|Viết|Hãy viết] dãy số liệu [trên |đó |]theo thứ tự từ {way}."
_SPREAD = "[Hỏi số liệu lớn nhất hơn số liệu bé nhất bao nhiêu {unit}?|Số lớn nhất hơn số bé nhất trong dãy bao nhiêu {unit}?|Tính hiệu giữa số liệu lớn nhất và số liệu bé nhất.]"
_MEAN = "[Tính số trung bình cộng của dãy số liệu.|Trung bình cộng của các số liệu là bao nhiêu {unit}?|Hãy tính trung bình cộng của các số liệu đó.|Tìm số trung bình cộng của các số liệu trên.]"


def data_series(random: Random, level: int) -> Plan:
    """The order of five numbers; the largest less the smallest of six or seven; the average of five or six."""
    told = random.choice(_ROWS)
    count = (5, random.randint(6, 7), random.randint(5, 6))[level - 1]
    values = random.sample(range(told.low, told.high + 1), count)
    if level == 3:
        values[-1] += -sum(values) % count
    ascending = random.random() < 0.5
    about = told.about.format(count=count, name=pupils(random, 1)[0])
    fields = {
        "about": about,
        "unit": told.unit,
        "row": ", ".join(map(str, values)),
        "way": "bé đến lớn" if ascending else "lớn đến bé",
    }
    question = phrase(random, _ROW + (_SORT, _SPREAD, _MEAN)[level - 1], **fields)
    written = list(map(str, values))

    def solve(sheet: Sheet) -> None:
        if level == 1:
            order = ordering.in_order(sheet, values, written, falling=not ascending)
            sheet.answer_text("; ".join(written[place] for place in order))
        elif level == 2:
            high = values[ordering.extreme(sheet, values, written, largest=True)]
            low = values[ordering.extreme(sheet, values, written, largest=False)]
            sheet.say(f"Số liệu lớn nhất là {high}, số liệu bé nhất là {low}.")
            sheet.answer(sheet.subtract(high, low, told.unit, "Số liệu lớn nhất hơn số liệu bé nhất là"), told.unit)
        else:
            total = sheet.sum(values, told.unit, "Tổng các số liệu là")
            sheet.answer(
                sheet.divide(total, sheet.pick(count, count - 1), told.unit, "Trung bình cộng của các số liệu là"), told.unit
            )

    return Plan((level, *values), question, solve)


_THROWS = (
    "{name} [gieo|tung] một con xúc xắc {n} lần và ghi lại số chấm [xuất hiện|ở mặt trên]: {row}. [Hỏi mặt {face} chấm xuất hiện bao nhiêu lần?|Mặt {face} chấm xuất hiện bao nhiêu lần?|Hãy đếm số lần xuất hiện mặt {face} chấm.]",
    "[Kết quả|Số chấm xuất hiện] khi {name} [gieo|tung] một con xúc xắc {n} lần là: {row}. [Hỏi mặt {face} chấm xuất hiện bao nhiêu lần?|Mặt {face} chấm lặp lại bao nhiêu lần?|Tìm số lần xuất hiện mặt {face} chấm.]",
)
_BALLS = (
    "{name} lấy một quả bóng từ hộp có bóng {c1}, {c2} và {c3}, xem màu rồi trả lại. [Sau {n} lần lấy|Trong {n} lần lấy], bóng {c1} được lấy {a} lần, bóng {c2} được lấy {b} lần, còn lại là bóng {c3}. "
    "[Hỏi bóng {c3} được lấy bao nhiêu lần?|Tính số lần lấy được bóng {c3}.|Bóng {c3} được lấy bao nhiêu lần?]",
    "[Trong hộp có|Một hộp có] bóng {c1}, bóng {c2} và bóng {c3}. {name} lấy một quả rồi trả lại, lặp lại {n} lần[, kết quả|. Kết quả là] có {a} lần được bóng {c1}, {b} lần được bóng {c2}, các lần khác được bóng {c3}. "
    "[Hỏi có bao nhiêu lần được bóng {c3}?|Tính số lần lấy được bóng {c3}.|Bóng {c3} được lấy ra bao nhiêu lần?]",
)


def repeated_events(random: Random, level: int) -> Plan:
    """Count a face in eight to eleven throws; in thirteen to eighteen; and find a count from the others."""
    name = pupils(random, 1)[0]
    if level == 3:
        a, b, c = random.randint(11, 60), random.randint(11, 60), random.randint(5, 45)
        n = a + b + c
        c1, c2, c3 = random.sample(("đỏ", "xanh", "vàng", "trắng", "tím"), 3)

        def rest(sheet: Sheet) -> None:
            both = sheet.add(a, b, "lần", f"Số lần lấy được bóng {c1} hoặc bóng {c2} là")
            sheet.answer(sheet.subtract(n, both, "lần", f"Số lần lấy được bóng {c3} là"), "lần")

        return Plan((n, a, b), phrase(random, _BALLS, name=name, n=n, a=a, b=b, c1=c1, c2=c2, c3=c3), rest)
    n = random.randint(*((8, 11), (13, 18))[level - 1])
    rolled = [random.randint(1, 6) for _ in range(n)]
    face = random.choice([side for side in rolled if rolled.count(side) > 1] or rolled)
    at = [place for place, side in enumerate(rolled) if side == face]
    near = min(place for place in range(n) if place not in at)

    def count(sheet: Sheet) -> None:
        seen = sheet.pick(at, at[:-1], at[1:], kind="overlooked")
        seen = sheet.pick(seen, sorted([*seen, near]), kind="misread")
        sheet.say(f"Đếm các lần xuất hiện mặt {face} chấm: {counted([*map(str, rolled)], seen)}.")
        times = sheet.pick(len(seen), face if face != len(at) else len(at) + 2, kind="asked")
        sheet.say(f"Vậy mặt {face} chấm xuất hiện {times} lần.")
        sheet.answer(times, "lần")

    return Plan((*rolled, face), phrase(random, _THROWS, name=name, n=n, row=", ".join(map(str, rolled)), face=face), count)
