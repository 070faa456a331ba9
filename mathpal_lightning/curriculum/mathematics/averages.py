"""Averages and tables: grades 3 and 4."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


class Counted(NamedTuple):
    """What a table counts."""

    about: str
    heading: str
    labels: tuple[str, ...]
    unit: str
    what: str
    """What is counted, spelled out."""
    does: str
    sizes: tuple[tuple[int, int], ...]
    """The range of its numbers in each level."""


_CLASSES, _DAYS = ("lớp 3A", "lớp 3B", "lớp 3C", "lớp 3D"), ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm")
_TABLES = (
    Counted("số cây các lớp trồng được", "Lớp", _CLASSES, "cây", "cây", "trồng được", ((11, 49), (51, 98), (105, 240))),
    Counted(
        "số quyển truyện các lớp quyên góp",
        "Lớp",
        _CLASSES,
        "quyển truyện",
        "quyển truyện",
        "quyên góp được",
        ((15, 49), (51, 99), (105, 260)),
    ),
    Counted(
        "số ki-lô-gam giấy vụn các lớp thu gom",
        "Lớp",
        _CLASSES,
        "kg",
        "ki-lô-gam giấy vụn",
        "thu gom được",
        ((12, 49), (51, 96), (105, 190)),
    ),
    Counted(
        "số lít dầu cửa hàng bán được mỗi ngày", "Ngày", _DAYS, "l", "lít dầu", "bán được", ((15, 49), (52, 99), (105, 290))
    ),
    Counted(
        "số quả trứng thu được mỗi ngày", "Ngày", _DAYS, "quả trứng", "quả trứng", "thu được", ((12, 49), (51, 99), (105, 490))
    ),
    Counted(
        "số lượt người mượn sách mỗi ngày",
        "Ngày",
        _DAYS,
        "lượt người",
        "lượt người mượn sách",
        "có",
        ((11, 49), (51, 98), (105, 320)),
    ),
)
_SHOWN = "[Bảng sau|Bảng số liệu sau|Bảng dưới đây] [cho biết|ghi lại|thống kê] {about}:\n{table}\n"
_MORE = "[Hỏi {x} {does} nhiều hơn {y} bao nhiêu {what}?|{x} {does} nhiều hơn {y} bao nhiêu {what}?|Tính xem {x} {does} nhiều hơn {y} bao nhiêu {what}.|{y} {does} ít hơn {x} bao nhiêu {what}?|Hỏi {y} {does} ít hơn {x} bao nhiêu {what}?]"
_TOGETHER = "[Hỏi {x}, {y} và {z} {does} tất cả bao nhiêu {what}?|Tính tổng số {what} {x}, {y} và {z} {does}.|{x}, {y} và {z} {does} tất cả bao nhiêu {what}?|Tổng số {what} {x}, {y} và {z} {does} là bao nhiêu?|Cả {x}, {y} và {z} {does} bao nhiêu {what}?]"
_COMPARED = "[Hỏi {x} và {y} {does} tất cả nhiều hơn {z} bao nhiêu {what}?|Tính xem {x} và {y} {does} tất cả nhiều hơn {z} bao nhiêu {what}.|{x} và {y} {does} tất cả nhiều hơn {z} bao nhiêu {what}?]"


def table_reading(random: Random, level: int) -> Plan:
    """Two rows compared; three rows together; two rows together compared with a third."""
    data = random.choice(_TABLES)
    low, high = data.sizes[level - 1]
    counts = random.sample(range(low, high + 1), 4)
    order = sorted(random.sample(range(4), 3), key=lambda place: -counts[place])
    (x, y, z), (a, b, c) = [data.labels[place] for place in order], [counts[place] for place in order]
    other = next(count for count in counts if count not in (a, b, c))
    does, what = data.does, data.what

    def solve(sheet: Sheet) -> None:
        first = sheet.pick(a, *([other] if other > b else [c if level == 2 else a + 10]), kind="misread")
        read = f"{x} {does} {first} {data.unit}, {y} {does} {b} {data.unit}" + (
            f", {z} {does} {c} {data.unit}" if level > 1 else ""
        )
        sheet.say(f"Đọc bảng: {read}.")
        if level == 1:
            sheet.answer(sheet.subtract(first, b, data.unit, f"{compared} số {what} là"), data.unit)
        elif level == 2:
            sheet.answer(sheet.sum([first, b, c], data.unit, f"Số {what} có tất cả là"), data.unit)
        else:
            both = sheet.add(first, b, data.unit, f"Số {what} {x} và {y} {does} là")
            sheet.answer(sheet.subtract(both, c, data.unit, f"{x} và {y} {does} nhiều hơn {z} số {what} là"), data.unit)

    rows = [f"| {label} | {count} |" for label, count in zip(data.labels, counts, strict=True)]
    table = "\n".join([f"| {data.heading} | Số {SPELLED.get(data.unit, data.unit)} |", "|---|---|", *rows])
    asked = phrase(random, (_MORE, _TOGETHER, _COMPARED)[level - 1], x=x, y=y, z=z, what=what, does=does)
    compared = f"{y} {does} ít hơn {x}" if "ít hơn" in asked else f"{x} {does} nhiều hơn {y}"
    return Plan((*counts, level), phrase(random, _SHOWN, about=data.about, table=table) + asked, solve)


class Averaged(NamedTuple):
    """What an average is taken of."""

    told: str
    """A row of numbers {row} about {count} things."""
    asked: str
    whole: str
    """What the sum of the numbers is called."""
    part: str
    """What the average is called."""
    unit: str
    low: int
    high: int


_AVERAGED = (
    Averaged("{count} bao gạo cân nặng lần lượt là {row}", "mỗi bao gạo cân nặng bao nhiêu ki-lô-gam", "{count} bao gạo cân nặng tất cả số ki-lô-gam", "trung bình mỗi bao gạo cân nặng số ki-lô-gam", "kg", 20, 80),
    Averaged("{count} lớp trồng được số cây lần lượt là {row}", "mỗi lớp trồng được bao nhiêu cây", "tổng số cây {count} lớp trồng được", "trung bình mỗi lớp trồng được số cây", "cây", 20, 190),
    Averaged("trong {count} ngày, cửa hàng bán được số mét vải lần lượt là {row}", "mỗi ngày cửa hàng bán được bao nhiêu mét vải", "tổng số mét vải bán được trong {count} ngày", "trung bình mỗi ngày cửa hàng bán được số mét vải", "m", 40, 400),
    Averaged("trong {count} ngày, một trạm xăng bán được lần lượt {row} xăng", "mỗi ngày trạm xăng bán được bao nhiêu lít xăng", "tổng số lít xăng bán được trong {count} ngày", "trung bình mỗi ngày trạm xăng bán được số lít xăng", "l", 400, 5000),
    Averaged("trong {count} tháng, một cửa hàng bán được lần lượt {row} gạo", "mỗi tháng cửa hàng bán được bao nhiêu ki-lô-gam gạo", "tổng số ki-lô-gam gạo bán được trong {count} tháng", "trung bình mỗi tháng cửa hàng bán được số ki-lô-gam gạo", "kg", 500, 9000),
    Averaged("{count} bạn có chiều cao lần lượt là {row}", "mỗi bạn cao bao nhiêu xăng-ti-mét", "tổng chiều cao của {count} bạn", "chiều cao trung bình của mỗi bạn", "cm", 125, 150),
    Averaged("trong {count} ngày, {name} đọc được số trang sách lần lượt là {row}", "mỗi ngày {name} đọc được bao nhiêu trang sách", "tổng số trang sách {name} đọc được trong {count} ngày", "trung bình mỗi ngày {name} đọc được số trang sách", "trang", 8, 60),
    Averaged("", "", "tổng của {count} số", "số trung bình cộng", "", 11, 9000),
)  # fmt: skip
_STORY = (
    "[{told}|Cho biết {told}]. Hỏi trung bình {asked}?",
    "[{told}|Cho biết {told}]. [Trung bình {asked}?|Tính xem trung bình {asked}.]",
)
_BARE = (
    "[Tìm|Tính|Hãy tìm|Hãy tính] [số |]trung bình cộng của [các số|{count} số] [sau: |]{row}.",
    "[Số trung bình|Trung bình] cộng của [các số|{count} số] {row} [là|bằng] [bao nhiêu|số nào]?",
    "[Cho|Có] {count} số {row}. [Tìm số trung bình cộng của chúng.|Hỏi trung bình cộng của các số đó là bao nhiêu?|Tính trung bình cộng của các số đó.]",
)
_COUNTS = {2: "hai", 3: "ba", 4: "bốn", 5: "năm"}
_AVERAGE_SIZES = ((11, 99), (105, 990), (1005, 9000))


def _averaged(random: Random, level: int, count: int) -> tuple[Averaged, list[int]]:
    """What is averaged, and numbers that have a whole average."""
    low, high = _AVERAGE_SIZES[level - 1]
    about = random.choice([one for one in _AVERAGED if min(one.high, high) - max(one.low, low) > 20])
    low, high = max(low, about.low), min(high, about.high)
    values = random.sample(range(low, high - count), count)
    values[-1] += -sum(values) % count
    return about, values


def _row(values: list[int], unit: str) -> str:
    """The numbers with their unit: "25 kg, 27 kg và 32 kg"."""
    told = [f"{number(value)} {unit}".strip() for value in values]
    return ", ".join(told[:-1]) + f" và {told[-1]}"


def average_of_three(random: Random, level: int) -> Plan:
    """The average of two or three numbers to 100; of three or four to 1 000; of four or five to 10 000."""
    count = random.randint(*((2, 3), (3, 4), (4, 5))[level - 1])
    about, values = _averaged(random, level, count)
    fields = {"count": _COUNTS[count], "row": _row(values, about.unit if about.told else ""), "name": pupils(random, 1)[0]}

    def solve(sheet: Sheet) -> None:
        total = sheet.sum(values, about.unit, f"{about.whole.format(**fields)} là")
        parts = sheet.pick(count, 2 if count > 2 else 3, count + 1, kind="count")
        sheet.answer(
            sheet.divide(total, parts, about.unit, f"{about.part.format(**fields)} là"),
            about.unit,
        )

    told, asked = about.told.format(**fields), about.asked.format(**fields)
    question = phrase(random, _STORY if about.told else _BARE, told=told, asked=asked, **fields)
    return Plan(tuple(sorted(values)), question, solve)


_MISSING = (
    "[Trung bình cộng|Số trung bình cộng] của {count} số [là|bằng] {mean}. Biết {known} {are} {row}. [Tìm số còn lại.|Số còn lại là bao nhiêu?|Hỏi số còn lại là số nào?|Tính số còn lại.]",
    "[Tìm|Hãy tìm|Tính|Em hãy tìm] số thứ {last}, biết trung bình cộng của {count} số là {mean} và {known} {are} {row}.",
    "{count} số có trung bình cộng [là|bằng] {mean}. Biết {known} {are} {row}. [Tìm số thứ {last}.|Số thứ {last} là số nào?|Hỏi số thứ {last} là bao nhiêu?]",
    "[Cho|Có|Cho biết] {count} số có trung bình cộng [là|bằng] {mean}, trong đó {known} là {row}. [Tìm số còn lại.|Hỏi số còn lại là số nào?|Tính số còn lại.|Em hãy tìm số còn lại.]",
)


def missing_value_of_average(random: Random, level: int) -> Plan:
    """From the average back to the sum: two numbers to 100, three to 1 000, four to 10 000."""
    count = level + 1
    low, high = _AVERAGE_SIZES[level - 1]
    values = random.sample(range(low, high - count), count)
    values[-1] += -sum(values) % count
    mean = sum(values) // count
    known = values[:-1]

    def solve(sheet: Sheet) -> None:
        times = sheet.pick(count, count - 1 if count > 2 else count + 1, kind="count")
        total = sheet.multiply(mean, times, lead=f"Tổng của {_COUNTS[count]} số là")
        taken = sheet.sum(known, lead=f"Tổng của {_COUNTS[count - 1]} số đã biết là") if count > 2 else known[0]
        sheet.answer(sheet.subtract(total, taken, lead="Số cần tìm là"))

    row = _row(known, "") if count > 2 else number(known[0])
    told = f"{_COUNTS[count - 1]} số đầu" if count > 2 else "một số"
    fields = {"count": _COUNTS[count], "last": {2: "hai", 3: "ba", 4: "tư"}[count], "known": told, "row": row}
    fields["are"] = random.choice(("là", "lần lượt là")) if count > 2 else "là"
    return Plan((*sorted(known), mean), phrase(random, _MISSING, mean=mean, **fields), solve)
