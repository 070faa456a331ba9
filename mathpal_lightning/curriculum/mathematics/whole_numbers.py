"""Whole numbers: sums, differences, products, quotients, remainders and what things cost."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import canonical, number, quantity

_SUM_STORIES = (
    ("Bao gạo thứ nhất nặng {a} kg, bao gạo thứ hai nặng {b} kg. Hỏi cả hai bao gạo nặng bao nhiêu ki-lô-gam?",)
    + ("Cả hai bao gạo nặng là:", "kg"),
    ("Tổ Một trồng được {a} cây, tổ Hai trồng được {b} cây. Hỏi cả hai tổ trồng được bao nhiêu cây?",)
    + ("Cả hai tổ trồng được là:", "cây"),
    ("{name} có {a} viên bi, {other} có {b} viên bi. Hỏi cả hai bạn có tất cả bao nhiêu viên bi?",)
    + ("Cả hai bạn có tất cả là:", "viên bi"),
    ("Buổi sáng cửa hàng bán {a} quả trứng, buổi chiều bán {b} quả. Hỏi cả ngày cửa hàng bán bao nhiêu quả trứng?",)
    + ("Cả ngày cửa hàng bán là:", "quả trứng"),
    ("Trên xe buýt có {a} hành khách. Đến bến, có thêm {b} hành khách lên xe. Hỏi trên xe có bao nhiêu hành khách?",)
    + ("Trên xe có là:", "hành khách"),
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
    + ("Khối lớp Ba có số học sinh nam là:", "học sinh"),
    ("Sợi dây thứ nhất dài {a} m, sợi dây thứ hai dài {b} m. Hỏi sợi dây thứ nhất dài hơn sợi dây thứ hai bao nhiêu mét?",)
    + ("Sợi dây thứ nhất dài hơn là:", "m"),
    ("Năm nay ông {a} tuổi, mẹ {b} tuổi. Hỏi ông hơn mẹ bao nhiêu tuổi?", "Ông hơn mẹ là:", "tuổi"),
    ("Tính hiệu của {a} và {b}.", "Hiệu của {a} và {b} là:", ""),
    ("Tính: {a} - {b}", "Ta có:", ""),
)


def sum_and_difference(random: Random, level: int) -> Draft:
    """Add or subtract: numbers up to 50, two-digit numbers, three-digit numbers."""
    low, high = ((11, 50), (21, 99), (101, 899))[level - 1]
    adding = random.random() < 0.5
    a, b = sorted((random.randint(low, high), random.randint(low, high)), reverse=True)
    if not adding and a == b:
        a += 7
    stories, sign, chain = (_SUM_STORIES, "+", working.add) if adding else (_DIFFERENCE_STORIES, "-", working.subtract)
    if adding and random.random() < 0.5:
        a, b = b, a
    result, other_result = (a + b, abs(a - b)) if adding else (a - b, a + b)
    question, lead, unit = tell(random, stories, a=number(a), b=number(b))
    slip = result - 10 if result > 20 and (a % 10 + b % 10 >= 10) == adding else result + 10

    def write(line: str, value: int) -> str:
        return solved(quantity(value, unit), lead, _ending(line, unit))

    wrong_sign = f"{number(max(a, b))} - {number(min(a, b))}" if adding else f"{number(a)} + {number(b)}"
    mistakes = (
        write(f"{number(a)} {sign} {number(b)} = {number(slip)}", slip),
        write(f"{wrong_sign} = {number(other_result)}", other_result),
    )
    return Draft((min(a, b), max(a, b)), question, write(chain(a, b), result), canonical(result, unit), mistakes)


_LEFTOVER_STORIES = (
    ("Có {a} quả cam, xếp vào các đĩa, mỗi đĩa {b} quả. Hỏi sau khi xếp được nhiều đĩa nhất thì còn thừa mấy quả cam?", "quả"),
    ("Cô giáo có {a} quyển vở, chia đều cho {b} bạn. Hỏi còn thừa mấy quyển vở?", "quyển"),
    ("{name} có {a} viên bi, xếp vào các túi, mỗi túi {b} viên. Hỏi {name} còn thừa mấy viên bi?", "viên"),
    ("May mỗi bộ quần áo hết {b} m vải. Có {a} m vải thì sau khi may được nhiều bộ nhất còn thừa mấy mét vải?", "m"),
    ("Một cửa hàng có {a} cái bánh, đóng vào các hộp, mỗi hộp {b} cái. Hỏi còn thừa mấy cái bánh?", "cái"),
    ("Lớp học có {a} học sinh, chia thành các nhóm {b} người. Hỏi còn lại mấy học sinh chưa có nhóm?", "học sinh"),
    ("Tìm số dư của phép chia {a} cho {b}.", ""),
    ("Phép chia {a} : {b} có số dư là bao nhiêu?", ""),
)


def division_with_remainder(random: Random, level: int) -> Draft:
    """What is left when things are shared out: two-digit dividends, then quotients with two and three digits."""
    divisor = random.randint(3, 9)
    quotient = random.randint(*((2, 9), (11, 30), (31, 150))[level - 1])
    rest = random.randint(1, divisor - 1)
    dividend = divisor * quotient + rest
    question, unit = tell(random, _LEFTOVER_STORIES, a=number(dividend), b=divisor)

    def write(quotient: int, rest: int, product: str) -> str:
        return solved(
            quantity(rest, unit),
            f"Ta có: {product}",
            f"{number(dividend)} - {number(quotient * divisor)} = {rest}",
            f"Vậy {number(dividend)} : {divisor} = {number(quotient)} (dư {rest})",
        )

    solution = write(quotient, rest, working.multiply(quotient, divisor))
    short = quotient - 1
    too_large = write(short, rest + divisor, working.multiply(short, divisor))
    slip = rest % divisor + 1
    swapped = solved(quantity(quotient, unit), f"{number(dividend)} : {divisor} = {number(quotient)} (dư {rest})")
    wrong = swapped if quotient != rest else write(quotient, slip, working.multiply(quotient, divisor))
    return Draft((dividend, divisor), question, solution, canonical(rest, unit), (too_large, wrong))


_PRICE_STORIES = (
    ("Mỗi quyển vở giá {price} đồng. {name} mua {count} quyển vở. Hỏi {name} phải trả bao nhiêu tiền?", "{name} phải trả là:"),
    ("Một cái bút giá {price} đồng. Hỏi mua {count} cái bút như thế hết bao nhiêu tiền?", "Mua {count} cái bút hết là:"),
    ("Giá một quả trứng vịt là {price} đồng. Mẹ mua {count} quả trứng vịt. Hỏi mẹ phải trả bao nhiêu tiền?", "Mẹ phải trả là:"),
    ("{name} mua {count} hộp sữa, mỗi hộp giá {price} đồng. Tính số tiền {name} phải trả.", "Số tiền {name} phải trả là:"),
    ("Một cái bánh có giá {price} đồng. Tính số tiền để mua {count} cái bánh như thế.", "Mua {count} cái bánh hết là:"),
    ("Cô Hoa bán {count} bó rau, mỗi bó giá {price} đồng. Hỏi cô Hoa thu được bao nhiêu tiền?", "Cô Hoa thu được là:"),
    ("Bố mua {count} chai nước, mỗi chai giá {price} đồng. Hỏi bố mua nước hết bao nhiêu tiền?", "Bố mua nước hết là:"),
)


def price_of_several(random: Random, level: int) -> Draft:
    """Unit price times count: whole thousands, then prices with hundreds, then change from a banknote."""
    price = (random.randint(2, 9) * 1000, random.randint(11, 49) * 1000, random.randint(12, 98) * 500)[level - 1]
    count = random.randint(3, 9)
    total = price * count
    question, lead = tell(random, _PRICE_STORIES, price=number(price), count=count)

    def write(line: str, value: int) -> str:
        return solved(quantity(value, "đồng"), lead, f"{line} (đồng)")

    added, slip = price + count * 1000, total - 10_000 if total > 10_000 else total + 1000
    mistakes = (
        write(f"{number(price)} + {number(count * 1000)} = {number(added)}", added),
        write(f"{number(price)} × {count} = {number(slip)}", slip),
    )
    if added == total:
        mistakes = (write(f"{number(price)} : {count} = {number(price // count)}", price // count), mistakes[1])
    return Draft((price, count), question, write(working.multiply(price, count), total), canonical(total, "đồng"), mistakes)


def _ending(line: str, unit: str) -> str:
    return f"{line} ({unit})" if unit else line
