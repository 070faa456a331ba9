"""Percentages of a number: grade 5."""

from __future__ import annotations

from math import gcd
from random import Random

from mathpal_lightning.curriculum.scenes import Scene, draw_scene
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.writing import number

_PARTS = (
    Scene(
        "counted",
        "school",
        "[Một trường|Một trường tiểu học|Trường của {name}] có {whole} học sinh, [trong đó có|trong đó] {percent}% là học sinh {group}. "
        "[Hỏi trường đó có bao nhiêu học sinh {group}?|Tính số học sinh {group} của trường đó.]",
        "Số học sinh {group} của trường đó là",
    ),
    Scene(
        "counted",
        "farm",
        "[Một trang trại|Trang trại của {adult}] [có|nuôi] {whole} {thing}, đã bán [đi |]{percent}% số {thing} đó. "
        "[Hỏi trang trại đã bán bao nhiêu {thing}?|Tính số {thing} đã bán.]",
        "Số {thing} đã bán là",
    ),
    Scene(
        "counted",
        "store",
        "[Một cửa hàng|Một đại lí|Một {kept_in}] có {whole} {thing}, đã bán {percent}% số {thing} đó. "
        "[Hỏi đã bán bao nhiêu {thing}?|Tính số {thing} đã bán.]",
        "Số {thing} đã bán là",
    ),
    Scene(
        "measured",
        "store",
        "[Một kho|Một cửa hàng] có {whole} {unit} {thing}, đã bán [được |]{percent}% số {thing} đó. "
        "[Hỏi đã bán bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đã bán.]",
        "Số {spelled} {thing} đã bán là",
    ),
    Scene(
        "rectangles",
        "long",
        "[Một {thing} hình chữ nhật có chiều dài {whole} {unit}|Chiều dài của một {thing} hình chữ nhật là {whole} {unit}], "
        "chiều rộng bằng {percent}% chiều dài. [Hỏi chiều rộng {thing} là bao nhiêu {spelled}?|Tính chiều rộng {thing} đó.]",
        "Chiều rộng {thing} là",
    ),
    Scene("", "", "[Tìm|Tính|Hãy tính] {percent}% của {whole}.", "{percent}% của {whole} là"),
    Scene("", "", "{percent}% của {whole} [là|bằng] bao nhiêu?", "{percent}% của {whole} là"),
)


def percent_of_number(random: Random, level: int) -> Plan:
    """Tens of percent, odd fives, then any percentage; the part of the whole is a whole number."""
    percent = random.choice((range(10, 100, 10), range(5, 100, 10), [share for share in range(2, 99) if share % 5])[level - 1])
    step = 10 if level == 1 else 100 // gcd(percent, 100)
    low, high = ((20, 900), (40, 2400), (1100, 9900))[level - 1]
    # level 1 is the quickstart's and stays as its scores were measured; below it the widths are those of life
    scenes = _PARTS if level == 1 or 40 <= percent <= 80 else [scene for scene in _PARTS if scene.kind != "rectangles"]
    told = draw_scene(random, scenes, max(low, 5 * step), high)
    allowed = told.range(low, high)
    whole = random.randint(-(-allowed.start // step), (allowed.stop - 1) // step) * step
    values = {"whole": whole, "percent": percent, "group": random.choice(("nam", "nữ")) if 35 < percent < 65 else "bán trú"}

    def solve(sheet: Sheet) -> None:
        sheet.parts_of_things = level == 1  # the quickstart's mistakes stay those that its scores were measured on
        lead = told.lead(**values)
        if whole % 10 == 0 and percent % 10 == 0:
            _by_tenths(sheet, whole, percent // 10, lead, told.unit)
            return
        hundred = sheet.pick(100, 10)
        if whole % 100 == 0:
            one = sheet.divide(whole, hundred, lead=f"1% của {number(whole)} là")
            sheet.answer(sheet.multiply(one, percent, told.unit, lead), told.unit)
        else:
            product = sheet.multiply(whole, percent)
            sheet.answer(sheet.divide(product, hundred, told.unit, lead), told.unit)

    return Plan(tuple(sorted((whole, percent))), told.question(random, **values), solve)


def _by_tenths(sheet: Sheet, whole: int, tenths: int, lead: str, unit: str) -> None:
    """Tens of percent of a number that ends in nought: first 10 %, then as many times: no long rows of noughts."""
    ten = sheet.pick(10, 100)
    if tenths == 1:
        sheet.answer(sheet.divide(whole, ten, unit, lead), unit)
        return
    tenth = sheet.divide(whole, ten, lead=f"10% của {number(whole)} là")
    sheet.answer(sheet.multiply(tenth, tenths, unit, lead), unit)
