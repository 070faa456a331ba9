"""Percentages."""

from __future__ import annotations

from math import gcd
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, solved, tell
from mathpal_lightning.curriculum.writing import canonical, number, quantity

_PERCENT_STORIES = (
    ("Một trường có {whole} học sinh, trong đó {percent}% là học sinh nữ. Hỏi trường đó có bao nhiêu học sinh nữ?",)
    + ("Số học sinh nữ là:", "học sinh"),
    (
        "Trong vườn có {whole} cây, trong đó {percent}% là cây cam. Hỏi trong vườn có bao nhiêu cây cam?",
        "Số cây cam là:",
        "cây",
    ),
    ("Cửa hàng có {whole} kg gạo, đã bán {percent}% số gạo đó. Hỏi cửa hàng đã bán bao nhiêu ki-lô-gam gạo?",)
    + ("Số gạo đã bán là:", "kg"),
    ("Một thửa ruộng rộng {whole} m², {percent}% diện tích để trồng rau. Tính diện tích trồng rau.",)
    + ("Diện tích trồng rau là:", "m²"),
    ("{name} có {whole} con tem, {percent}% số tem đó là tem nước ngoài. Hỏi {name} có bao nhiêu con tem nước ngoài?",)
    + ("Số con tem nước ngoài là:", "con tem"),
    ("Quãng đường dài {whole} km, xe đã đi được {percent}% quãng đường. Hỏi xe đã đi được bao nhiêu ki-lô-mét?",)
    + ("Xe đã đi được là:", "km"),
    ("Tìm {percent}% của {whole}.", "{percent}% của {whole} là:", ""),
    ("Tính {percent}% của {whole}.", "{percent}% của {whole} là:", ""),
)


def percent_of_number(random: Random, level: int) -> Draft:
    """The number is whole and so is its part: tens of percent, then multiples of 5, then any percentage."""
    percent = random.choice((range(10, 100, 10), range(5, 100, 5), range(2, 99))[level - 1])
    step = 100 // gcd(percent, 100)
    largest = (40, 30, 9)[level - 1] if step <= 20 else 6
    whole = step * random.randint(2, largest)
    if whole % 100 and level == 1:
        whole *= 10
    part = whole * percent // 100
    question, lead, unit = tell(random, _PERCENT_STORIES, whole=number(whole), percent=percent)
    ending = f" ({unit})" if unit else ""

    def write(value: int, *lines: str) -> str:
        return solved(quantity(value, unit), lead, *(line + ending for line in lines))

    product = whole * percent
    if whole % 100:
        solution = write(part, working.multiply(whole, percent), f"{number(product)} : 100 = {number(part)}")
    else:
        solution = write(part, f"{number(whole)} : 100 = {number(whole // 100)}", working.multiply(percent, whole // 100))
    tenfold = product // 10
    mistakes = (
        write(tenfold, f"{number(whole)} × {percent} : 10 = {number(tenfold)}"),
        write(whole - part, f"{number(whole)} - {number(whole)} × {percent} : 100 = {number(whole - part)}"),
    )
    return Draft(tuple(sorted((whole, percent))), question, solution, canonical(part, unit), mistakes)
