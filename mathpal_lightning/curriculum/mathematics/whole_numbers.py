"""Sums, differences, remainders and what several things cost."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_SUM_STORIES = (
    ("Bao gạo thứ nhất nặng {a} kg, bao gạo thứ hai nặng {b} kg. Hỏi cả hai bao gạo nặng bao nhiêu ki-lô-gam?",)
    + ("Cả hai bao gạo nặng là:", "kg"),
    ("Tổ Một trồng được {a} cây, tổ Hai trồng được {b} cây. Hỏi cả hai tổ trồng được bao nhiêu cây?",)
    + ("Cả hai tổ trồng được là:", "cây"),
    ("{name} có {a} viên bi, {other} có {b} viên bi. Hỏi cả hai bạn có tất cả bao nhiêu viên bi?",)
    + ("Cả hai bạn có tất cả là:", "viên bi"),
    ("Buổi sáng cửa hàng bán {a} quả trứng, buổi chiều bán {b} quả. Hỏi cả ngày cửa hàng bán bao nhiêu quả trứng?",)
    + ("Cả ngày cửa hàng bán là:", "quả trứng"),
    ("Trên tàu có {a} hành khách. Đến ga, có thêm {b} hành khách lên tàu. Hỏi trên tàu có bao nhiêu hành khách?",)
    + ("Trên tàu có là:", "hành khách"),
    ("Đàn gà nhà {name} có {a} con gà mái và {b} con gà trống. Hỏi đàn gà có tất cả bao nhiêu con?",)
    + ("Đàn gà có tất cả là:", "con"),
    ("Tính tổng của {a} và {b}.", "Tổng của {a} và {b} là:", ""),
    ("Tính: {a} + {b}", "Ta có:", ""),
)
_DIFFERENCE_STORIES = (
    ("Cửa hàng có {a} kg gạo, đã bán {b} kg. Hỏi cửa hàng còn lại bao nhiêu ki-lô-gam gạo?",) + ("Cửa hàng còn lại là:", "kg"),
    ("{name} có {a} viên bi, {name} cho {other} {b} viên. Hỏi {name} còn lại bao nhiêu viên bi?",)
    + ("{name} còn lại là:", "viên bi"),
    ("Quyển truyện có {a} trang, {name} đã đọc {b} trang. Hỏi {name} còn phải đọc bao nhiêu trang nữa?",)
    + ("{name} còn phải đọc là:", "trang"),
    ("Khối lớp Ba có {a} học sinh, trong đó có {b} học sinh nữ. Hỏi khối lớp Ba có bao nhiêu học sinh nam?",)
    + ("Số học sinh nam là:", "học sinh"),
    ("Sợi dây thứ nhất dài {a} m, sợi dây thứ hai dài {b} m. Hỏi sợi dây thứ nhất dài hơn sợi dây thứ hai bao nhiêu mét?",)
    + ("Sợi dây thứ nhất dài hơn là:", "m"),
    ("Bến xe có {a} xe ô tô, sau đó có {b} xe rời bến. Hỏi bến xe còn lại bao nhiêu xe ô tô?",) + ("Bến xe còn lại là:", "xe"),
    ("Tính hiệu của {a} và {b}.", "Hiệu của {a} và {b} là:", ""),
    ("Tính: {a} - {b}", "Ta có:", ""),
)


def sum_and_difference(random: Random, level: int) -> Draft:
    """Add or subtract numbers of two, three and four digits."""
    low, high = ((11, 99), (101, 999), (1005, 8999))[level - 1]
    b, a = sorted((random.randint(low, high), random.randint(low, high)))
    plus, minus = f"{number(a)} + {number(b)}", f"{number(a)} - {number(b)}"
    if random.random() < 0.5:
        if random.random() < 0.5:
            a, b = b, a
        question, lead, unit = tell(random, _SUM_STORIES, a=a, b=b)
        lines, result, slip, inverse = working.add(a, b, unit), a + b, f"{number(a)} + {number(b)}", (minus, abs(a - b))
    else:
        question, lead, unit = tell(random, _DIFFERENCE_STORIES, a=a, b=b)
        lines, result, slip, inverse = working.subtract(a, b, unit), a - b, minus, (plus, a + b)
    slipped = result + (10 if slip == minus else -10)  # the ten carried or borrowed, forgotten
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(result, unit, lead, *lines),
        worked(slipped, unit, lead, line(f"{slip} = {number(slipped)}", unit)),
        worked(inverse[1], unit, lead, line(f"{inverse[0]} = {number(inverse[1])}", unit)),
    )


_REMAINDER_STORIES = (
    ("Có {a} quả cam, xếp vào các đĩa, mỗi đĩa {b} quả. Hỏi sau khi xếp được nhiều đĩa nhất thì còn thừa mấy quả cam?", "quả"),
    ("Cô giáo có {a} quyển vở, chia đều cho {b} bạn. Hỏi còn thừa mấy quyển vở?", "quyển"),
    ("{name} có {a} viên bi, xếp vào các túi, mỗi túi {b} viên. Hỏi {name} còn thừa mấy viên bi?", "viên"),
    ("May mỗi bộ quần áo hết {b} m vải. Có {a} m vải thì sau khi may được nhiều bộ nhất còn thừa mấy mét vải?", "m"),
    ("Một cửa hàng có {a} cái bánh, đóng vào các hộp, mỗi hộp {b} cái. Hỏi còn thừa mấy cái bánh?", "cái"),
    ("Có {a} học sinh, chia thành các nhóm {b} người. Hỏi còn lại mấy học sinh chưa có nhóm?", "học sinh"),
    ("Tìm số dư của phép chia {a} cho {b}.", ""),
    ("Phép chia {a} : {b} có số dư là bao nhiêu?", ""),
)


def division_with_remainder(random: Random, level: int) -> Draft:
    """What is left when things are shared out: quotients below 10, then up to 40, then up to 150."""
    divisor = random.randint(3, 9)
    quotient = random.randint(*((2, 9), (11, 40), (41, 150))[level - 1])
    rest = random.randint(1, divisor - 1)
    dividend = divisor * quotient + rest
    question, unit = tell(random, _REMAINDER_STORIES, a=dividend, b=divisor)
    division = f"{number(dividend)} : {divisor}"
    short = divisor * (quotient - 1)
    steps = "; ".join(working.long_division(dividend, divisor))
    if quotient < 10:
        steps = f"{divisor} × {quotient} = {divisor * quotient}; {dividend} - {divisor * quotient} = {rest}"
    return draft(
        (dividend, divisor),
        question,
        worked(
            rest,
            unit,
            steps,
            f"Vậy {division} = {number(quotient)} (dư {rest})",
        ),
        worked(rest + divisor, unit, f"{division} = {number(quotient - 1)} (dư {number(dividend - short)})"),
        worked(quotient, unit, f"{division} = {number(quotient)} (dư {rest})"),
    )


_PRICE_STORIES = (
    ("Mỗi quyển vở giá {price} đồng. {name} mua {count} quyển vở. Hỏi {name} phải trả bao nhiêu tiền?", "{name} phải trả là:"),
    ("Một cái bút giá {price} đồng. Hỏi mua {count} cái bút như thế hết bao nhiêu tiền?", "Mua {count} cái bút hết là:"),
    ("Giá một hộp kẹo là {price} đồng. Mẹ mua {count} hộp kẹo. Hỏi mẹ phải trả bao nhiêu tiền?", "Mẹ phải trả là:"),
    ("{name} mua {count} hộp sữa, mỗi hộp giá {price} đồng. Tính số tiền {name} phải trả.", "{name} phải trả là:"),
    ("Một cái bánh có giá {price} đồng. Tính số tiền để mua {count} cái bánh như thế.", "Mua {count} cái bánh hết là:"),
    ("Cô Hoa bán {count} bó hoa, mỗi bó giá {price} đồng. Hỏi cô Hoa thu được bao nhiêu tiền?", "Cô Hoa thu được là:"),
    ("Bố mua {count} chai nước, mỗi chai giá {price} đồng. Hỏi bố mua nước hết bao nhiêu tiền?", "Bố mua nước hết là:"),
)


def price_of_several(random: Random, level: int) -> Draft:
    """Unit price times count: thousands up to 65, up to 98, then prices with hundreds."""
    price = (random.randint(2, 65) * 1000, random.randint(11, 98) * 1000, random.randint(21, 198) * 500)[level - 1]
    count = random.randint(2, 9)
    question, lead = tell(random, _PRICE_STORIES, price=price, count=count)
    slipped = price * count - 10_000 if price * count > 10_000 else price * count + 1000
    quotient = round(price / count, -2)
    return draft(
        (price, count),
        question,
        worked(price * count, "đồng", lead, *working.multiply(price, count, "đồng")),
        worked(slipped, "đồng", lead, line(f"{number(price)} × {count} = {number(slipped)}", "đồng")),
        worked(int(quotient), "đồng", lead, line(f"{number(price)} : {count} = {number(int(quotient))}", "đồng")),
    )
