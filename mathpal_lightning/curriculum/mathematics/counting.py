"""Counting, reading and building whole numbers: grade 1."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.mathematics.comparing import PLACES, ordered
from mathpal_lightning.curriculum.number_words import spoken
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_DRAWN = {"★": "ngôi sao", "●": "chấm tròn", "♥": "trái tim", "▲": "hình tam giác", "■": "hình vuông", "✿": "bông hoa"}
_COUNT = (
    "[Đếm|Hãy đếm|Em hãy đếm] số {thing}: {row}",
    "[Có|Trong hình có|Bạn {name} vẽ được] [bao nhiêu|mấy] {thing}? {row}",
    "[Nhìn hình|Quan sát] rồi cho biết [có|có tất cả] [bao nhiêu|mấy] {thing}: {row}",
)
_NAMES = ("An", "Bình", "Mai", "Lan", "Nam", "Hoa")
_WRITE = (
    '[Viết|Hãy viết|Em hãy viết] số[ sau| dưới đây|]: "{words}".',
    'Số "{words}" [viết là số nào?|được viết là số nào?|viết như thế nào?]',
    '[Bạn {name}|Cô giáo] đọc số "{words}". [Số đó viết là số nào?|Hãy viết số đó.]',
)
_MISSING = (
    "[Điền|Viết|Tìm] số [thích hợp|còn thiếu] vào chỗ chấm: {row}.",
    "[Bạn {name} viết dãy số|Cho dãy số|Có dãy số]: {row}. [Số ở chỗ chấm là số nào?|Tìm số còn thiếu.|Hỏi số còn thiếu là số nào?]",
    "[Trong dãy số|Ở dãy số] {row}, [số còn thiếu|số ở chỗ chấm] là số nào?",
)


def numbers_to_10(random: Random, level: int) -> Plan:
    """Count to 5; count to 10; four numbers in order."""
    if level == 3:
        return ordered(random, random.sample(range(1, 11), 4))
    count = random.randint(*((1, 5), (6, 10))[level - 1])
    symbol, thing = random.choice(list(_DRAWN.items()))

    def solve(sheet: Sheet) -> None:
        found = sheet.pick(count, count + 1 if count < 10 else 9, kind="count")
        sheet.say(f"Đếm lần lượt: {', '.join(str(value) for value in range(1, found + 1))}.")
        found = sheet.pick(found, 8 if found == 10 else found - 1 if found > 1 else 3, kind="copy")
        sheet.say(f"Số {thing} đếm được là {found}.")
        sheet.answer(found, thing)

    row = " ".join(symbol * count)
    return Plan((count, thing), phrase(random, _COUNT, thing=thing, row=row, name=random.choice(_NAMES)), solve)


def count_to_100(random: Random, level: int) -> Plan:
    """Write the number that is read: to 40, to 99; find what is missing in a row counted by 1, 2, 5 or 10."""
    if level == 3:
        return missing(random, random.randint(1, 60), random.choice((1, 2, 5, 10)), 5)
    return written(random, random.randint(*((11, 40), (41, 99))[level - 1]))


def missing(random: Random, start: int, step: int, length: int) -> Plan:
    """A row of numbers counted on by `step`, one of which is left out."""
    if start < 100 < start + step * (length - 1):
        start = 100 - step * (length - 1) - start % step
    hole = random.randint(1, length - 2)
    values = [start + step * place for place in range(length)]
    row = "; ".join("..." if place == hole else number(value) for place, value in enumerate(values))

    def solve(sheet: Sheet) -> None:
        by = sheet.pick(step, 1 if step > 1 else 2, step * 10 if step < 10 else step // 10, kind="step")
        sheet.say(f"Mỗi số trong dãy hơn số đứng ngay trước nó {number(by)} đơn vị.")
        before = values[hole - 1]
        turned = sheet.pick(1, -1, kind="order")
        found = before + turned * by if before + turned * by > 0 else before + 2 * by
        sheet.say(f"Đếm thêm {number(by)} từ số {number(before)}, ta được số {number(found)}.")
        sheet.answer(found)

    return Plan((start, step, hole), phrase(random, _MISSING, row=row, name=random.choice(_NAMES)), solve)


def written(random: Random, value: int) -> Plan:
    """The number whose reading is given; each place has its digit."""
    digits = str(value)
    turned = int(digits[:-2] + digits[:-3:-1]) if digits[-1] not in ("0", digits[-2]) else value + 10
    noughts = value // 10 * 100 + value % 10
    other = value - 1 if value % 10 else value + 1

    def solve(sheet: Sheet) -> None:
        found = sheet.pick(value, turned, kind="place")
        found = sheet.pick(found, other, kind="copy")
        found = sheet.pick(found, *((noughts,) if value < 100 and value % 10 else ()), kind="noughts")
        names = PLACES[len(str(found)) - 1 :: -1]
        parts = [f"chữ số hàng {name} là {digit}" for name, digit in zip(names, str(found), strict=True)]
        sheet.say(f"Số {spoken(value)} có {', '.join(parts)}.")
        sheet.say(f"Vậy số đó viết là {number(found)}.")
        sheet.answer(found)

    return Plan((value,), phrase(random, _WRITE, words=spoken(value), name=random.choice(_NAMES)), solve)


_BUILD = (
    "[Số gồm|Số có|Một số gồm] {tens} chục và {ones} đơn vị [là số nào?|viết là số nào?|là bao nhiêu?|được viết thế nào?]",
    "[Viết|Tìm|Hãy viết|Em hãy tìm|Đố bạn biết|Em hãy viết] số [gồm|có|tạo bởi] {tens} chục và {ones} đơn vị.",
    "[Bạn {name} có|Có|Trên bàn có] {tens} bó que tính, mỗi bó 1 chục que, và {ones} que tính rời. "
    "[Hỏi có tất cả bao nhiêu que tính?|Có tất cả bao nhiêu que tính?]",
)
_SPLIT = (
    "[Điền|Viết|Tìm] số [thích hợp|còn thiếu] vào chỗ chấm: {value} = {tens} + ...",
    "[Số|Hỏi số|Em cho biết số] {value} gồm {tens} và [mấy|bao nhiêu] [đơn vị|] nữa?",
    "[Tách|Hãy tách|Bạn {name} tách] số {value} thành {tens} và một số [nữa|khác]. [Tìm số đó.|Số đó là số nào?]",
    "[Cho|Có] số {value}. [Sau khi|Khi] tách ra {tens} thì còn lại [bao nhiêu|mấy]?",
)
_PUZZLE = (
    "[Tìm|Viết|Em hãy tìm|Hãy viết|Đố bạn tìm được] số có hai chữ số, biết chữ số hàng chục là {tens}, chữ số hàng đơn vị [{more} chữ số hàng chục {gap} đơn vị|{more} chữ số hàng chục là {gap}].",
    "[Một số|Bạn {name} nghĩ ra một số|Có một số|Cô giáo viết một số] có hai chữ số. Chữ số hàng chục là {tens}, chữ số hàng đơn vị {more} chữ số hàng chục {gap} đơn vị. "
    "[Số đó là số nào?|Tìm số đó.|Hỏi đó là số nào?]",
    "[Số nào có hai chữ số|Số có hai chữ số nào] mà chữ số hàng chục là {tens} và chữ số hàng đơn vị {more} chữ số hàng chục {gap} đơn vị?",
)


def tens_and_ones(random: Random, level: int) -> Plan:
    """Put tens and ones together; take the tens away; find a number from what is said of its digits."""
    tens, ones = random.randint(1, 9), random.randint(1, 9)
    name = random.choice(_NAMES)
    if level == 1:

        def build(sheet: Sheet) -> None:
            first, second = sheet.pick(
                (tens, ones), (ones, tens) if tens != ones else (tens, ones + 1 if ones < 9 else 1), kind="place"
            )
            sheet.say(f"{first} chục là {first * 10}, {second} đơn vị là {second}.")
            sheet.answer(sheet.add(first * 10, second, unit), unit)

        question = phrase(random, _BUILD, tens=tens, ones=ones, name=name)
        unit = "que tính" if "que tính" in question else ""
        return Plan((tens, ones), question, build)
    if level == 2:
        value = tens * 10 + ones

        def split(sheet: Sheet) -> None:
            sheet.say(f"Số {value} gồm {tens} chục và {ones} đơn vị.")
            found = sheet.pick(ones, tens, kind="place")
            found = sheet.pick(found, ones * 10, kind="value")
            sheet.say(f"{tens} chục là {tens * 10} nên {value} gồm {tens * 10} và {found}.")
            sheet.answer(found)

        return Plan((value, tens * 10), phrase(random, _SPLIT, value=value, tens=tens * 10, name=name), split)
    while tens == ones:
        ones = random.randint(0, 9)
    gap, more = abs(tens - ones), "hơn" if ones > tens else "kém"

    def puzzle(sheet: Sheet) -> None:
        sheet.say(f"Chữ số hàng chục là {tens} nên số đó có {tens} chục.")
        lead = "Chữ số hàng đơn vị là"
        found = sheet.add(tens, gap, "", lead) if more == "hơn" else sheet.subtract(tens, gap, "", lead)
        digit = min(int(found), 9)
        value = sheet.pick(tens * 10 + digit, digit * 10 + tens if digit else tens, kind="place")
        sheet.say(f"Số có chữ số hàng chục là {tens}, chữ số hàng đơn vị là {digit} viết là {value}.")
        sheet.answer(value)

    return Plan((tens, more, gap), phrase(random, _PUZZLE, tens=tens, more=more, gap=gap, name=name), puzzle)


_NEXT = (
    "[Tìm|Viết|Em hãy tìm|Hãy viết] số liền {side} của [số {value}|{value}].",
    "Số liền {side} của [số {value}|{value}] là [số nào|bao nhiêu]?",
    "[Bạn {name} viết số|Cho số|Có số] {value}. [Hỏi số liền {side} của số đó là số nào?|Tìm số liền {side} của số đó.|Số liền {side} của số đó là số nào?]",
)
_TWICE = (
    "[Tìm|Em hãy tìm|Viết] số liền {side} của {value}[, rồi|, sau đó] tìm số liền {other} của số [vừa tìm được|đó].",
    "[Một số|Bạn {name} nghĩ ra một số|Có một số] là số liền {other} của số liền {side} của {value}. [Số đó là số nào?|Tìm số đó.]",
    "[Viết|Tìm|Em hãy tìm] số liền {other} của số liền {side} của {value}.",
)


def neighbours_of_number(random: Random, level: int) -> Plan:
    """Before and behind a number to 20; to 99; two times one behind the other."""
    value = random.randint(*((2, 20), (21, 98), (12, 97))[level - 1])
    side = random.choice(("trước", "sau"))
    other = side if level == 3 else ""
    name = random.choice(_NAMES)

    def solve(sheet: Sheet) -> None:
        found = _neighbour(sheet, value, side)
        if level == 3:
            found = _neighbour(sheet, found, other)
        sheet.answer(found)

    question = phrase(random, _TWICE if level == 3 else _NEXT, side=side, other=other, value=value, name=name)
    return Plan((value, side, level), question, solve)


def _neighbour(sheet: Sheet, value: int, side: str) -> int:
    step = 1 if side == "sau" else -1
    found = sheet.pick(value + step, value - step, kind="side")
    found = sheet.pick(found, max(value + 2 * step, 0), kind="count")
    found = sheet.pick(found, value + 10 * step if value > 10 else value, kind="place")
    found = sheet.pick(found, value + 10 + step, kind="copy")
    said = "Đếm thêm 1" if side == "sau" else "Bớt đi 1"
    sheet.say(f"{said} từ số {value}, ta được số liền {side} của {value} là {found}.")
    return found
