"""The percentage that a part is of its whole, and pie charts: grade 5."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import gcd
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.mental import stripped
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number, table


class Part(NamedTuple):
    """A whole of `low` to `high` things of which a part is counted."""

    told: str
    part: str
    """What the part is called: "số học sinh nữ"."""
    whole: str
    low: int
    high: int
    least: int = 1
    most: int = 99
    """The percentages that such a part is in life."""


_PARTS = (
    Part("[Một lớp|Lớp 5A] có {b} học sinh, trong đó có {a} học sinh nữ", "số học sinh nữ", "số học sinh cả lớp", 25, 45, 30, 70),
    Part("[Một câu lạc bộ|Câu lạc bộ của {name}] có {b} học sinh, trong đó có {a} học sinh nữ", "số học sinh nữ", "số học sinh cả câu lạc bộ", 20, 90, 30, 70),
    Part("[Một trường|Trường của {name}|Khối lớp 5] có {b} học sinh, trong đó có {a} học sinh bán trú", "số học sinh bán trú", "tổng số học sinh", 120, 999, 10, 95),
    Part("[Trong {b} sản phẩm|Kiểm tra {b} sản phẩm, người ta thấy] có {a} sản phẩm đạt chuẩn", "số sản phẩm đạt chuẩn", "tổng số sản phẩm", 40, 999, 70, 99),
    Part("[Một vườn cây|Khu vườn nhà {name}|Một trang trại] có {b} cây, trong đó có {a} cây xoài", "số cây xoài", "tổng số cây", 20, 800),
    Part("[Người ta gieo|{name} gieo] {b} hạt đậu, có {a} hạt nảy mầm", "số hạt nảy mầm", "số hạt đã gieo", 20, 600, 50, 99),
    Part("{name} [ném bóng vào rổ|tập ném bóng vào rổ] {b} lần, [trong đó |]có {a} lần trúng rổ", "số lần trúng rổ", "số lần ném", 10, 100, 20, 90),
    Part("[Một thư viện|Thư viện trường] có {b} quyển sách, trong đó có {a} quyển truyện", "số quyển truyện", "số sách của thư viện", 160, 999),
)  # fmt: skip
_RATIO = (
    "{told}. [Tìm|Tính|Hãy tìm|Hãy tính] tỉ số phần trăm của {part} và {whole}.",
    "{told}. [Hỏi {part} chiếm bao nhiêu phần trăm {whole}?|Hỏi {part} bằng bao nhiêu phần trăm {whole}?]",
)
_BARE = (
    "[Tìm|Tính|Hãy tìm|Hãy tính] tỉ số phần trăm của {a} và {b}.",
    "[Tỉ số phần trăm của {a} và {b} [là|bằng] bao nhiêu?|{a} [bằng|chiếm] bao nhiêu phần trăm của {b}?]",
)


@cache
def _that_share_a_factor(low: int, high: int, fine: int, least: int) -> dict[int, int]:
    """The numbers of two digits (and noughts) whose greatest common divisor with `fine` is at least so large, with that divisor."""
    wholes = (whole for whole in range(low, high + 1) if stripped(whole) < 100)
    return {whole: shared for whole in wholes if (shared := gcd(whole, fine)) >= least}


def percentage_ratio(random: Random, level: int) -> Plan:
    """Whole percentages of wholes to 100; of larger ones; percentages with one decimal."""
    low, high, fine = ((10, 100, 100), (104, 960, 100), (104, 999, 1000))[level - 1]
    part = (
        random.choice([one for one in _PARTS if min(one.high, high) - max(one.low, low) >= 15])
        if random.random() < 0.75
        else None
    )
    low, high = (max(low, part.low), min(high, part.high)) if part else (low, high)
    wholes = _that_share_a_factor(low, high, fine, 4 if level < 3 else 8)
    b = random.choices(list(wholes), list(wholes.values()))[0]
    step = fine // gcd(b, fine)
    share = random.randrange(step, fine, step)
    if (level == 3 and share % 10 == 0) or (part and not part.least * fine <= 100 * share <= part.most * fine):
        return percentage_ratio(random, level)
    a = share * b // fine
    fields = {"a": a, "b": b, "name": pupils(random, 1)[0]}

    def solve(sheet: Sheet) -> None:
        top, bottom = sheet.pick((a, b), (b - a, b), (b, a), kind="misread")
        what = f"{part.part} và {part.whole}" if part else f"{number(a)} và {number(b)}"
        ratio = sheet.divide(top, bottom, lead=f"Tỉ số của {what} là")
        percent: Value = Fraction(ratio) * sheet.pick(100, 10, 1000, kind="comma")
        percent = percent.numerator if isinstance(percent, Fraction) and percent.denominator == 1 else percent
        sheet.say(f"{number(ratio)} = {number(percent)}%")
        sheet.answer(percent, "%")

    told = phrase(random, part.told, **fields) if part else ""
    names = {"told": told, "part": part.part, "whole": part.whole} if part else {}
    return Plan((a, b), phrase(random, _RATIO if part else _BARE, **fields, **names), solve)


class Chart(NamedTuple):
    """What a pie chart shows."""

    about: str
    sectors: tuple[str, ...]
    unit: str
    low: int
    high: int


_CHARTS = (
    Chart("môn thể thao yêu thích của {n} học sinh", ("bóng đá", "cầu lông", "bơi lội", "cờ vua"), "học sinh", 40, 1900),
    Chart("phương tiện đến trường của {n} học sinh", ("đi bộ", "xe đạp", "xe buýt", "xe máy"), "học sinh", 40, 1900),
    Chart("các loại sách trong số {n} quyển sách của thư viện", ("truyện", "sách khoa học", "sách giáo khoa", "sách khác"), "quyển sách", 60, 9000),
    Chart("các loại cây trong số {n} cây của khu vườn", ("cây xoài", "cây cam", "cây bưởi", "cây ổi"), "cây", 40, 900),
    Chart("các loại gạo trong số {n} kg gạo bán được", ("gạo tẻ", "gạo nếp", "gạo lứt", "gạo thơm"), "kg", 60, 9000),
    Chart("các loại hoa trong số {n} bông hoa bán được", ("hoa hồng", "hoa cúc", "hoa lan", "hoa huệ"), "bông hoa", 60, 1900),
)  # fmt: skip
_PIE = "[Biểu đồ hình quạt tròn|Một biểu đồ hình quạt tròn] [cho biết|biểu diễn|thể hiện] {about}[ như sau|. Số liệu của biểu đồ được ghi lại trong bảng sau]:\n{sectors}\n"
_ASKED = (
    "[Hỏi có bao nhiêu {unit} thuộc phần {x}?|Tính số {unit} thuộc phần {x}.|Số {unit} thuộc phần {x} là bao nhiêu?|Phần {x} có bao nhiêu {unit}?]",
    "[Hỏi có bao nhiêu {unit} thuộc phần {x}?|Tính số {unit} thuộc phần {x}.|Số {unit} thuộc phần {x} là bao nhiêu?|Phần {x} có bao nhiêu {unit}?]",
    "[Hỏi phần {x} có nhiều hơn phần {y} bao nhiêu {unit}?|Tính xem phần {x} nhiều hơn phần {y} bao nhiêu {unit}.|Số {unit} thuộc phần {x} nhiều hơn phần {y} bao nhiêu?]",
)


def pie_chart(random: Random, level: int) -> Plan:
    """The number in one sector; in the sector whose share is not told; the difference of two sectors."""
    chart = random.choice([one for one in _CHARTS if level < 3 or one.high > 1500])
    low, high, step = ((20, 400, 10), (405, 900, 5), (1010, 1900, 1))[level - 1]
    shares = _shares(random, step)
    x, y = random.sample(range(4), 2)
    x, y = (x, y) if shares[x] >= shares[y] else (y, x)
    percent = shares[x] - shares[y] if level == 3 else shares[x]
    of = 100 // gcd(percent, 100)
    low, high = max(low, chart.low), min(high, chart.high)
    n = random.randint(-(-low // of), max(-(-low // of), high // of)) * of
    if percent == 0:
        return pie_chart(random, level)
    names = chart.sectors
    sectors = table(
        ["Phần", *names], ["Tỉ lệ", *("còn lại" if level == 2 and place == x else f"{shares[place]}%" for place in range(4))]
    )

    def solve(sheet: Sheet) -> None:
        share: Value = sheet.pick(shares[x], shares[(x + 1) % 4], kind="misread") if level < 3 else shares[x]
        if level == 2:
            known = sheet.sum([shares[place] for place in range(4) if place != x], "%", "Tổng số phần trăm đã biết là")
            share = sheet.subtract(100, known, "%", f"Số phần trăm của phần {names[x]} là")
        elif level == 3:
            share = sheet.subtract(share, shares[y], "%", f"Phần {names[x]} nhiều hơn phần {names[y]} số phần trăm là")
        else:
            sheet.say(f"Nhìn biểu đồ: phần {names[x]} chiếm {share}%.")
        times = sheet.multiply(n, share)
        lead = f"{number(share)}% của {number(n)} {chart.unit} là"
        sheet.answer(sheet.divide(times, sheet.pick(100, 10), chart.unit, lead), chart.unit)

    shown = phrase(random, _PIE, about=chart.about.format(n=number(n)), sectors=sectors)
    asked = phrase(random, _ASKED[level - 1], x=names[x], y=names[y], unit=chart.unit)
    return Plan((n, *shares, percent), shown + asked, solve)


def _shares(random: Random, step: int) -> list[int]:
    """Four percentages that make up 100."""
    cuts = sorted(random.sample(range(step, 100, step), 3))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    return shares if min(shares) >= 5 and len(set(shares)) > 2 else _shares(random, step)
