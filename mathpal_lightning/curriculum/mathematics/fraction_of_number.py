"""The fraction of a number: grade 4."""

from __future__ import annotations

from math import gcd
from random import Random

from mathpal_lightning.curriculum.scenes import Scene, draw_scene
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import fill
from mathpal_lightning.curriculum.writing import number

_PARTS = (
    Scene(
        "counted",
        "pupil",
        "{name} có {n} {thing}, [{name} cho {other}|{name} tặng {other}] {part} số {thing} đó. [Hỏi {name} đã cho {other} bao nhiêu {thing}?|Tính số {thing} {name} đã cho {other}.]",
        "Số {thing} {name} đã cho {other} là",
    ),
    Scene(
        "counted",
        "shop",
        "[Cửa hàng|Một cửa hàng|Cửa hàng của {adult}] có {n} {thing}, đã bán {part} số {thing} đó. [Hỏi cửa hàng đã bán bao nhiêu {thing}?|Tính số {thing} đã bán.]",
        "Số {thing} đã bán là",
    ),
    Scene(
        "measured",
        "day",
        "[Một cửa hàng|Cửa hàng của {adult}] có {n} {unit} {thing}, đã bán {part} số {thing} đó. [Hỏi cửa hàng đã bán bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đã bán.]",
        "Số {spelled} {thing} đã bán là",
    ),
    Scene(
        "rectangles",
        "long",
        "[Một {thing} hình chữ nhật có chiều dài {n} {unit}|Chiều dài một {thing} hình chữ nhật là {n} {unit}], chiều rộng bằng {part} chiều dài. [Tính chiều rộng {thing} đó.|Hỏi chiều rộng {thing} đó là bao nhiêu {spelled}?]",
        "Chiều rộng {thing} là",
    ),
    Scene("", "", "[Tìm|Tính|Hãy tìm|Hãy tính] {part} của {n}.", "{part} của {n} là"),
    Scene("", "", "{part} của {n} [là bao nhiêu|bằng bao nhiêu|là số nào]?", "{part} của {n} là"),
)
_LEFT = (
    Scene(
        "counted",
        "store",
        "[Một {kept_in}|Một đại lí|Một cửa hàng] có {n} {thing}, đã [chuyển đi|bán|giao] {part} số {thing} đó. [Hỏi còn lại bao nhiêu {thing}?|Tính số {thing} còn lại.]",
        "Số {thing} đã lấy đi là",
    ),
    Scene(
        "measured",
        "store",
        "[Một kho|Một cửa hàng|Kho của {adult}] có {n} {unit} {thing}, đã bán {part} số {thing} đó. [Hỏi còn lại bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} còn lại.]",
        "Số {spelled} {thing} đã bán là",
    ),
    Scene(
        "counted",
        "school",
        "[Một trường|Trường của {name}|Một trường tiểu học] có {n} học sinh, {part} số học sinh đó ăn trưa tại trường. [Hỏi có bao nhiêu học sinh không ăn trưa tại trường?|Tính số học sinh không ăn trưa tại trường.]",
        "Số học sinh ăn trưa tại trường là",
    ),
)
_REST = {"store": "Số {what} còn lại là", "school": "Số học sinh không ăn trưa tại trường là"}


def fraction_of_number(random: Random, level: int) -> Plan:
    """A fraction of a number to 100; to 1 000; and what is left of larger numbers."""
    bottom = random.randint(3, 9)
    top = random.choice([top for top in range(2, bottom) if gcd(top, bottom) == 1])
    low, high = ((20, 99), (102, 990), (1010, 9000))[level - 1]
    likely = [scene for scene in _PARTS if scene.kind != "rectangles" or 0.4 <= top / bottom <= 0.8]
    told = draw_scene(random, _LEFT if level == 3 else likely, low, high)
    allowed = told.range(low, high)
    share = random.randint(-(-allowed.start // bottom), max(-(-allowed.start // bottom), (allowed.stop - 1) // bottom))
    n = share * bottom
    if n not in allowed:
        return fraction_of_number(random, level)
    values = {"n": n, "part": f"{top}/{bottom}"}
    what = f"{told.fields.get('spelled', '')} {told.fields.get('thing', '')}" if told.scene.kind == "measured" else told.unit

    of = f"của {number(n)}" if not told.scene.kind else "chiều dài" if told.scene.kind == "rectangles" else f"số {what}"

    def solve(sheet: Sheet) -> None:
        one = sheet.divide(n, bottom, told.unit, f"1/{bottom} {of} là")
        part = sheet.multiply(
            one, sheet.pick(top, bottom - top, kind="asked") if bottom != 2 * top else top, told.unit, told.lead(**values)
        )
        if level == 3:
            part = sheet.subtract(n, part, told.unit, fill(_REST[told.scene.quantity], what=what))
        sheet.answer(part, told.unit)

    return Plan((n, top, bottom), told.question(random, **values), solve)
