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
    words = "nhiều hơn" if more else "ít hơn"
    question, first_lead, lead, unit = tell(random, _MORE_STORIES, a=a, b=b, more=words)
    second = a + b if more else a - b
    other = a - b if more else a + b
    sign = "+" if more else "-"
    first = working.add(a, b, unit) if more else working.subtract(a, b, unit)
    return draft(
        (a, b, more),
        question,
        worked(a + second, unit, first_lead, *first, lead, *working.add(a, second, unit)),
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
    share = working.divide(a, m, unit)
    return draft(
        (m, n, a),
        question,
        worked(each * n, unit, unit_lead, *share, lead, *working.multiply(each, n, unit)),
        worked(a * n, unit, lead, line(f"{a} × {n} = {number(a * n)}", unit)),
        worked(each, unit, unit_lead, line(f"{a} : {m} = {each}", unit)),
    )


_SUM_DIFFERENCE_STORIES = (
    ("Hai số có tổng là {total} và hiệu là {gap}. Tìm {which}.", "số lớn", "số bé", ""),
    ("Tổng của hai số là {total}, hiệu của hai số là {gap}. Tìm {which}.", "số lớn", "số bé", ""),
    ("Hai bao gạo nặng tất cả {total} kg, bao to nặng hơn bao nhỏ {gap} kg. Tính {which}.",)
    + ("số ki-lô-gam gạo ở bao to", "số ki-lô-gam gạo ở bao nhỏ", "kg"),
    ("Hai đội trồng được {total} cây, đội Một trồng nhiều hơn đội Hai {gap} cây. Tính {which}.",)
    + ("số cây đội Một trồng", "số cây đội Hai trồng", "cây"),
    ("Một lớp có {total} học sinh, số học sinh nữ nhiều hơn số học sinh nam {gap} em. Tính {which}.",)
    + ("số học sinh nữ", "số học sinh nam", "học sinh"),
    ("Tuổi mẹ và tuổi con cộng lại được {total} tuổi, mẹ hơn con {gap} tuổi. Tính {which}.", "tuổi mẹ", "tuổi con", "tuổi"),
    ("Hai thùng đựng tất cả {total} l dầu, thùng to đựng nhiều hơn thùng nhỏ {gap} l. Tính {which}.",)
    + ("số lít dầu ở thùng to", "số lít dầu ở thùng nhỏ", "l"),
)


def sum_and_difference_known(random: Random, level: int) -> Draft:
    """Tìm hai số khi biết tổng và hiệu: the larger or the smaller is asked."""
    small = random.randint(*((5, 20), (11, 45), (105, 400))[level - 1])
    gap = random.randint(*((2, 12), (5, 40), (25, 180))[level - 1])
    stories = list(_SUM_DIFFERENCE_STORIES)
    if not (22 <= gap <= 38 and small <= 14):
        stories = [story for story in stories if story[3] != "tuổi"]
    if small > 25 or gap > 12:
        stories = [story for story in stories if story[3] != "học sinh"]
    large, total = small + gap, 2 * small + gap
    asks_large = random.random() < 0.5
    template, larger, smaller, unit = random.choice(stories)
    named = larger if asks_large else smaller
    (question,) = tell(random, [(template,)], total=total, gap=gap, which=named)
    result, other = (large, small) if asks_large else (small, large)
    doubled = total + gap if asks_large else total - gap
    sign, opposite = ("+", "-") if asks_large else ("-", "+")
    return draft(
        (total, gap),
        question,
        worked(
            result,
            unit,
            f"Hai lần {named} là:",
            *(working.add(total, gap, unit) if asks_large else working.subtract(total, gap, unit)),
            f"{named[0].upper()}{named[1:]} là:",
            *working.divide(doubled, 2, unit),
        ),
        worked(other, unit, line(f"({number(total)} {opposite} {gap}) : 2 = {number(other)}", unit)),
        worked(doubled, unit, line(f"{number(total)} {sign} {gap} = {number(doubled)}", unit)),
    )


_SUM_PARTS_STORIES = (
    ("Hai số có tổng là {total}. Số bé bằng {p}/{q} số lớn. Tìm {which}.", "số bé", "số lớn", ""),
    ("Tìm {which}, biết tổng của hai số là {total} và tỉ số của số bé và số lớn là {p}/{q}.", "số bé", "số lớn", ""),
    ("Một câu lạc bộ có {total} học sinh, số học sinh nam bằng {p}/{q} số học sinh nữ. Tính {which}.",)
    + ("số học sinh nam", "số học sinh nữ", "học sinh"),
    ("Một trang trại có {total} con gà, số gà trống bằng {p}/{q} số gà mái. Tính {which}.", "số gà trống", "số gà mái", "con"),
    ("Hai thùng đựng tất cả {total} l dầu, thùng nhỏ đựng bằng {p}/{q} thùng to. Tính {which}.",)
    + ("số lít dầu ở thùng nhỏ", "số lít dầu ở thùng to", "l"),
    ("Trong vườn có {total} cây cam và cây chanh, số cây chanh bằng {p}/{q} số cây cam. Tính {which}.",)
    + ("số cây chanh", "số cây cam", "cây"),
)
_DIFFERENCE_PARTS_STORIES = (
    ("Hai số có hiệu là {total}. Số bé bằng {p}/{q} số lớn. Tìm {which}.", "số bé", "số lớn", ""),
    ("Tìm {which}, biết hiệu của hai số là {total} và tỉ số của số bé và số lớn là {p}/{q}.", "số bé", "số lớn", ""),
    ("Số học sinh nam của một trường bằng {p}/{q} số học sinh nữ và ít hơn số học sinh nữ {total} em. Tính {which}.",)
    + ("số học sinh nam", "số học sinh nữ", "học sinh"),
    ("Số gà trống bằng {p}/{q} số gà mái và ít hơn số gà mái {total} con. Tính {which}.", "số gà trống", "số gà mái", "con"),
    ("Thùng to đựng nhiều hơn thùng nhỏ {total} l dầu, thùng nhỏ đựng bằng {p}/{q} thùng to. Tính {which}.",)
    + ("số lít dầu ở thùng nhỏ", "số lít dầu ở thùng to", "l"),
    ("Trong vườn, số cây chanh bằng {p}/{q} số cây cam và ít hơn số cây cam {total} cây. Tính {which}.",)
    + ("số cây chanh", "số cây cam", "cây"),
)


def _parts(random: Random, level: int, adding: bool) -> Draft:
    p, q = random.choice([(p, q) for p in range(1, 8) for q in range(p + 1, 10) if Fraction(p, q).denominator == q])
    share = random.randint(*((2, 9), (5, 15), (11, 40))[level - 1])
    parts = q + p if adding else q - p
    total = share * parts
    template, small, large, unit = random.choice(_SUM_PARTS_STORIES if adding else _DIFFERENCE_PARTS_STORIES)
    asks_small = random.random() < 0.5
    named = small if asks_small else large
    (question,) = tell(random, [(template,)], total=total, p=p, q=q, which=named)
    count, other = (p, q) if asks_small else (q, p)
    lead = f"{named[0].upper()}{named[1:]} là:"
    one_part = [] if parts == 1 else ["Giá trị một phần là:", *working.divide(total, parts, unit)]
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
            *(lead, *working.multiply(share, count, unit)),
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
