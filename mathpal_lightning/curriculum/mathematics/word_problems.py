"""Typical word problems: two steps, back to the unit, sum and difference, sum or difference and ratio."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_MORE_STORIES = (
    ("Thùng thứ nhất đựng {a} l dầu, thùng thứ hai đựng {more} thùng thứ nhất {b} l. Hỏi cả hai thùng đựng bao nhiêu lít dầu?",)
    + ("Thùng thứ hai đựng là:", "Cả hai thùng đựng là:", "l"),
    ("{name} có {a} viên bi, {other} có {more} {name} {b} viên. Hỏi cả hai bạn có bao nhiêu viên bi?",)
    + ("{other} có là:", "Cả hai bạn có là:", "viên bi"),
    (
        "Ngày thứ nhất cửa hàng bán {a} kg gạo, ngày thứ hai bán {more} ngày thứ nhất {b} kg. Hỏi cả hai ngày bán bao nhiêu ki-lô-gam gạo?",
    )
    + ("Ngày thứ hai bán là:", "Cả hai ngày bán là:", "kg"),
    ("Đội Một trồng {a} cây, đội Hai trồng {more} đội Một {b} cây. Hỏi cả hai đội trồng bao nhiêu cây?",)
    + ("Đội Hai trồng là:", "Cả hai đội trồng là:", "cây"),
    ("Ngăn trên có {a} quyển sách, ngăn dưới có {more} ngăn trên {b} quyển. Hỏi cả hai ngăn có bao nhiêu quyển sách?",)
    + ("Ngăn dưới có là:", "Cả hai ngăn có là:", "quyển sách"),
    ("Lớp 3A quyên góp {a} quyển vở, lớp 3B quyên góp {more} lớp 3A {b} quyển. Hỏi cả hai lớp quyên góp bao nhiêu quyển vở?",)
    + ("Lớp 3B quyên góp là:", "Cả hai lớp quyên góp là:", "quyển vở"),
)


def two_step_sum(random: Random, level: int) -> Draft:
    """The second is more (or less) than the first; how many together?"""
    a = random.randint(*((15, 40), (31, 90), (130, 450))[level - 1])
    b = random.randint(*((3, 12), (7, 28), (15, 90))[level - 1])
    more = level == 1 or random.random() < 0.5
    words = random.choice(("nhiều hơn", "hơn")) if more else random.choice(("ít hơn", "kém"))
    question, first_lead, lead, unit = tell(random, _MORE_STORIES, a=a, b=b, more=words)
    second = a + b if more else a - b
    other = a - b if more else a + b
    sign = "+" if more else "-"
    first = line(working.add(a, b) if more else working.subtract(a, b), unit)
    return draft(
        (a, b, more),
        question,
        worked(a + second, unit, first_lead, first, lead, line(working.add(a, second), unit)),
        worked(second, unit, first_lead, line(f"{a} {sign} {b} = {second}", unit)),
        worked(a + b, unit, lead, line(f"{a} + {b} = {a + b}", unit))
        if not more
        else worked(a + other, unit, first_lead, line(f"{a} - {b} = {other}", unit), lead, f"{a} + {other} = {a + other}"),
    )


_UNIT_STORIES = (
    ("{m} hộp bút như nhau có {a} cái bút. Hỏi {n} hộp bút như thế có bao nhiêu cái bút?",)
    + ("Mỗi hộp có là:", "{n} hộp có là:", "cái bút"),
    ("{m} bao gạo như nhau nặng {a} kg. Hỏi {n} bao gạo như thế nặng bao nhiêu ki-lô-gam?",)
    + ("Mỗi bao gạo nặng là:", "{n} bao gạo nặng là:", "kg"),
    ("{m} xe như nhau chở {a} thùng hàng. Hỏi {n} xe như thế chở bao nhiêu thùng hàng?",)
    + ("Mỗi xe chở là:", "{n} xe chở là:", "thùng hàng"),
    ("May {m} bộ quần áo như nhau hết {a} m vải. Hỏi may {n} bộ như thế hết bao nhiêu mét vải?",)
    + ("May mỗi bộ hết là:", "May {n} bộ hết là:", "m"),
    (
        "Trong {m} ngày, một tổ làm được {a} sản phẩm. Hỏi trong {n} ngày tổ đó làm được bao nhiêu sản phẩm? (Mức làm mỗi ngày như nhau)",
    )
    + ("Mỗi ngày tổ đó làm được là:", "Trong {n} ngày tổ đó làm được là:", "sản phẩm"),
    ("{m} đĩa xếp đều có {a} quả cam. Hỏi {n} đĩa như thế có bao nhiêu quả cam?",)
    + ("Mỗi đĩa có là:", "{n} đĩa có là:", "quả cam"),
)


def unitary_method(random: Random, level: int) -> Draft:
    """Rút về đơn vị: first one share, then several."""
    m, n = random.sample(range(2, 10), 2)
    each = random.randint(*((3, 9), (11, 25), (26, 60))[level - 1])
    a = m * each
    question, unit_lead, lead, unit = tell(random, _UNIT_STORIES, m=m, n=n, a=a)
    share = working.divide_lines(a, m, unit)
    return draft(
        (m, n, a),
        question,
        worked(each * n, unit, unit_lead, *share, lead, line(working.multiply(each, n), unit)),
        worked(a * n, unit, lead, line(f"{a} × {n} = {number(a * n)}", unit)),
        worked(each, unit, unit_lead, line(f"{a} : {m} = {each}", unit)),
    )


_SUM_DIFFERENCE_STORIES = (
    ("Hai số có tổng là {total} và hiệu là {gap}. Tìm số {which}.", "lớn", "bé", ""),
    ("Tổng của hai số là {total}, hiệu của hai số là {gap}. Tìm số {which}.", "lớn", "bé", ""),
    (
        "Hai bao gạo nặng tất cả {total} kg, bao to nặng hơn bao nhỏ {gap} kg. Hỏi bao {which} nặng bao nhiêu ki-lô-gam?",
        "to",
        "nhỏ",
        "kg",
    ),
    ("Hai lớp trồng được {total} cây, lớp 4A trồng nhiều hơn lớp 4B {gap} cây. Hỏi lớp {which} trồng được bao nhiêu cây?",)
    + ("4A", "4B", "cây"),
    (
        "Một lớp có {total} học sinh, số học sinh nữ nhiều hơn số học sinh nam là {gap} em. Hỏi lớp đó có bao nhiêu học sinh {which}?",
    )
    + ("nữ", "nam", "học sinh"),
    ("Tuổi mẹ và tuổi con cộng lại được {total} tuổi, mẹ hơn con {gap} tuổi. Tính tuổi {which}.", "mẹ", "con", "tuổi"),
    (
        "Hai thùng đựng tất cả {total} l dầu, thùng to đựng nhiều hơn thùng nhỏ {gap} l. Hỏi thùng {which} đựng bao nhiêu lít dầu?",
    )
    + ("to", "nhỏ", "l"),
)


def sum_and_difference_known(random: Random, level: int) -> Draft:
    """Tìm hai số khi biết tổng và hiệu: the larger or the smaller is asked."""
    small = random.randint(*((5, 20), (11, 45), (105, 400))[level - 1])
    gap = random.randint(*((2, 12), (5, 40), (25, 180))[level - 1])
    stories = list(_SUM_DIFFERENCE_STORIES)
    if not (22 <= gap <= 38 and small <= 14):
        stories = [story for story in stories if "Tuổi" not in story[0]]
    if small > 25 or gap > 12:
        stories = [story for story in stories if "học sinh" not in story[0]]
    large, total = small + gap, 2 * small + gap
    asks_large = random.random() < 0.5
    template, larger, smaller, unit = random.choice(stories)
    which = larger if asks_large else smaller
    (question,) = tell(random, [(template,)], total=total, gap=gap, which=which)
    result, other = (large, small) if asks_large else (small, large)
    doubled = total + gap if asks_large else total - gap
    twice = working.add(total, gap) if asks_large else working.subtract(total, gap)
    sign, opposite = ("+", "-") if asks_large else ("-", "+")
    return draft(
        (total, gap),
        question,
        worked(
            result,
            unit,
            line(f"Hai lần số {'lớn' if asks_large else 'bé'} là: {twice}", unit),
            *_halved(doubled, asks_large, unit),
        ),
        worked(other, unit, line(f"({number(total)} {opposite} {gap}) : 2 = {number(other)}", unit)),
        worked(doubled, unit, line(f"{number(total)} {sign} {gap} = {number(doubled)}", unit)),
    )


def _halved(doubled: int, asks_large: bool, unit: str) -> list[str]:
    return [f"Số {'lớn' if asks_large else 'bé'} là:", *working.divide_lines(doubled, 2, unit)]


_SUM_PARTS_STORIES = (
    ("Hai số có tổng là {total}. Số bé bằng {p}/{q} số lớn. Tìm số {which}.", "bé", "lớn", ""),
    ("Tìm số {which}, biết tổng của hai số là {total} và tỉ số của số bé và số lớn là {p}/{q}.", "bé", "lớn", ""),
    ("Một lớp có {total} học sinh, số học sinh nam bằng {p}/{q} số học sinh nữ. Hỏi lớp đó có bao nhiêu học sinh {which}?",)
    + ("nam", "nữ", "học sinh"),
    ("Một trang trại có {total} con gà, số gà trống bằng {p}/{q} số gà mái. Tính số gà {which}.", "trống", "mái", "con"),
    ("Hai thùng đựng tất cả {total} l dầu, thùng nhỏ đựng bằng {p}/{q} thùng to. Hỏi thùng {which} đựng bao nhiêu lít dầu?",)
    + ("nhỏ", "to", "l"),
    (
        "Trong vườn có {total} cây cam và chanh, số cây chanh bằng {p}/{q} số cây cam. Tính số cây {which}.",
        "chanh",
        "cam",
        "cây",
    ),
)
_DIFFERENCE_PARTS_STORIES = (
    ("Hai số có hiệu là {total}. Số bé bằng {p}/{q} số lớn. Tìm số {which}.", "bé", "lớn", ""),
    ("Tìm số {which}, biết hiệu của hai số là {total} và tỉ số của số bé và số lớn là {p}/{q}.", "bé", "lớn", ""),
    (
        "Số học sinh nam của một trường bằng {p}/{q} số học sinh nữ và ít hơn số học sinh nữ {total} em. Tính số học sinh {which}.",
    )
    + ("nam", "nữ", "học sinh"),
    ("Số gà trống bằng {p}/{q} số gà mái và ít hơn số gà mái {total} con. Tính số gà {which}.", "trống", "mái", "con"),
    (
        "Thùng to đựng nhiều hơn thùng nhỏ {total} l dầu, thùng nhỏ đựng bằng {p}/{q} thùng to. Hỏi thùng {which} đựng bao nhiêu lít dầu?",
    )
    + ("nhỏ", "to", "l"),
    (
        "Trong vườn, số cây chanh bằng {p}/{q} số cây cam và ít hơn số cây cam {total} cây. Tính số cây {which}.",
        "chanh",
        "cam",
        "cây",
    ),
)


def _parts(random: Random, level: int, adding: bool) -> Draft:
    p, q = random.choice([(p, q) for p in range(1, 8) for q in range(p + 1, 10) if Fraction(p, q).denominator == q])
    share = random.randint(*((2, 9), (5, 15), (11, 40))[level - 1])
    parts = q + p if adding else q - p
    total = share * parts
    template, small, large, unit = random.choice(_SUM_PARTS_STORIES if adding else _DIFFERENCE_PARTS_STORIES)
    asks_small = random.random() < 0.5
    (question,) = tell(random, [(template,)], total=total, p=p, q=q, which=small if asks_small else large)
    count, other = (p, q) if asks_small else (q, p)
    lead = f"Số {'bé' if asks_small else 'lớn'} là:"
    one_part = [] if parts == 1 else ["Giá trị một phần là:", *working.divide_lines(total, parts, unit)]
    return draft(
        (p, q, total),
        question,
        worked(
            share * count,
            unit,
            *(
                f"{'Tổng' if adding else 'Hiệu'} số phần bằng nhau là:",
                line(f"{q} {'+' if adding else '-'} {p} = {parts}", "phần"),
            ),
            *one_part,
            *(lead, line(working.multiply(share, count), unit)),
        ),
        worked(share * other, unit, lead, line(f"{number(total)} : {parts} × {other} = {number(share * other)}", unit)),
        worked(total * count, unit, lead, line(f"{number(total)} × {count} = {number(total * count)}", unit)),
    )


def sum_and_ratio(random: Random, level: int) -> Draft:
    """Tìm hai số khi biết tổng và tỉ số."""
    return _parts(random, level, adding=True)


def difference_and_ratio(random: Random, level: int) -> Draft:
    """Tìm hai số khi biết hiệu và tỉ số."""
    return _parts(random, level, adding=False)
