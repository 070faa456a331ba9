"""Percentages: a part, a ratio, the whole, more and less by a percentage."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number


def _percent_steps(whole: int, percent: int, unit: str) -> list[str]:
    """Divide by 100 first where it goes evenly, else last."""
    if whole % 100 == 0:
        return [f"{number(whole)} : 100 = {number(whole // 100)}", *working.multiply(whole // 100, percent, unit)]
    last = f"{number(whole * percent)} : 100 = {number(whole * percent // 100)}"
    return [*working.multiply(whole, percent), line(last, unit)]


_RATIO_STORIES = (
    ("Tìm tỉ số phần trăm của {a} và {b}.", "Tỉ số phần trăm của {a} và {b} là:"),
    (
        "Khối lớp 5 có {b} học sinh, trong đó có {a} học sinh giỏi. Hỏi số học sinh giỏi chiếm bao nhiêu phần trăm số học sinh cả khối?",
    )
    + ("Số học sinh giỏi chiếm số phần trăm là:",),
    ("Trong {b} sản phẩm có {a} sản phẩm đạt loại tốt. Tính tỉ số phần trăm của số sản phẩm loại tốt và tổng số sản phẩm.",)
    + ("Tỉ số phần trăm là:",),
    ("Vườn có {b} cây, trong đó có {a} cây xoài. Hỏi số cây xoài chiếm bao nhiêu phần trăm số cây trong vườn?",)
    + ("Số cây xoài chiếm số phần trăm là:",),
    ("{name} ném bóng {b} lần, trúng rổ {a} lần. Tính tỉ số phần trăm của số lần trúng rổ và tổng số lần ném.",)
    + ("Tỉ số phần trăm là:",),
    ("Gieo {b} hạt giống, có {a} hạt nảy mầm. Hỏi tỉ lệ nảy mầm là bao nhiêu phần trăm?", "Tỉ lệ nảy mầm là:"),
)


def percentage_ratio(random: Random, level: int) -> Draft:
    """A part over the whole, as a percentage: whole percents, then with one decimal."""
    b = random.choice(
        ((20, 25, 50, 100, 200), (20, 25, 40, 50, 80, 125, 150, 200, 250), (40, 80, 125, 160, 200, 400, 500))[level - 1]
    )
    while True:
        a = random.randint(2, b - 1)
        percent = Fraction(a * 100, b)
        if (percent.denominator == 1) == (level < 3) and (percent * 10).denominator == 1:
            break
    question, lead = tell(random, _RATIO_STORIES, a=a, b=b)
    ratio = Fraction(a, b)
    rest = 100 - percent
    return draft(
        (a, b),
        question,
        worked(percent, "%", lead, f"{a} : {b} = {number(ratio)}", f"{number(ratio)} = {number(percent)}%"),
        worked(percent / 10, "%", lead, f"{a} : {b} = {number(ratio)} = {number(percent / 10)}%"),
        worked(rest, "%", lead, f"100% - {number(percent)}% = {number(rest)}%"),
    )


_SALE_STORIES = (
    ("Một cái áo giá {price} đồng được giảm giá {percent}%. Hỏi sau khi giảm giá, cái áo đó giá bao nhiêu tiền?", "giảm"),
    ("Cửa hàng giảm giá {percent}% cho mỗi đôi giày có giá {price} đồng. Tính giá đôi giày sau khi giảm.", "giảm"),
    ("Quyển từ điển có giá {price} đồng, nay giảm {percent}%. Hỏi giá quyển từ điển sau khi giảm là bao nhiêu?", "giảm"),
    ("Giá một cái quạt là {price} đồng, nay tăng thêm {percent}%. Hỏi giá mới của cái quạt là bao nhiêu?", "tăng"),
    ("Một hộp bánh giá {price} đồng, dịp Tết giá tăng {percent}%. Tính giá hộp bánh dịp Tết.", "tăng"),
    ("Nhân dịp khai giảng, chiếc cặp giá {price} đồng được giảm {percent}%. Tính giá chiếc cặp sau khi giảm.", "giảm"),
    ("Vé xem phim giá {price} đồng, ngày lễ tăng giá {percent}%. Hỏi vé xem phim ngày lễ giá bao nhiêu?", "tăng"),
)


_INTEREST_STORIES = (
    (
        "Một người gửi tiết kiệm {sum} đồng với lãi suất {rate}% một năm. Hỏi sau một năm người đó nhận được bao nhiêu tiền lãi?",
    ),
    ("Bác An gửi ngân hàng {sum} đồng, lãi suất {rate}% một năm. Tính số tiền lãi sau một năm.",),
    ("Lãi suất tiết kiệm là {rate}% một năm. Cô Lan gửi {sum} đồng. Hỏi sau một năm cô Lan được bao nhiêu tiền lãi?",),
    ("Với lãi suất {rate}% một năm, gửi {sum} đồng thì sau một năm được bao nhiêu tiền lãi?",),
    ("Gia đình {name} gửi tiết kiệm {sum} đồng, lãi suất {rate}% một năm. Tính tiền lãi của một năm.",),
    ("Chú Hùng gửi {sum} đồng vào ngân hàng với lãi suất {rate}% một năm. Sau một năm chú Hùng nhận được bao nhiêu tiền lãi?",),
)
