"""Lengths, weights, litres, time and money: grade 2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from mathpal_lightning.curriculum.bounds import carries
from mathpal_lightning.curriculum.nouns import adult, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase

_LINE = (
    "[Tính|Hãy tính|Em hãy tính] độ dài đường gấp khúc {letters}, biết {parts}.",
    "[Một|Có một|Cho một] đường gấp khúc {letters} [có|gồm] {parts}. [Tính độ dài đường gấp khúc đó.|Hỏi đường gấp khúc đó dài bao nhiêu {spelled}?|Đường gấp khúc đó dài bao nhiêu {spelled}?]",
    "[Đường gấp khúc {letters}|Bạn {name} xếp dây thành đường gấp khúc {letters}] có {parts}. [Độ dài đường gấp khúc {letters} là bao nhiêu?|Tính độ dài đường gấp khúc {letters}.]",
    "[Con kiến|Con ốc sên|Chú sâu|Con bọ dừa] bò theo đường gấp khúc {letters} có {parts}. [Hỏi nó bò hết bao nhiêu {spelled}?|Tính quãng đường nó bò.|Quãng đường nó bò dài bao nhiêu {spelled}?]",
)


def straight_lines(random: Random, level: int) -> Plan:
    """Broken lines of two parts to 50 cm; of three parts; of three parts of three digits."""
    low, high, count = ((11, 64, 2), (21, 95, 3), (105, 320, 3))[level - 1]
    while True:
        values = random.sample(range(low, high + 1), count)
        if all(carries("+", sum(values[:place]), values[place]) <= 1 for place in range(1, count)):
            break
    letters = random.choice(("ABCDE", "MNPQR", "HIKLM"))[: count + 1]
    unit = "cm" if level < 3 else random.choice(("cm", "dm"))
    laid = "|Bạn {name} xếp dây thành đường gấp khúc {letters}"
    templates = _LINE if level < 3 else [template.replace(laid, "") for template in _LINE]  # nobody lays 900 cm
    parts = [f"{letters[place]}{letters[place + 1]} = {value} {unit}" for place, value in enumerate(values)]

    def solve(sheet: Sheet) -> None:
        sheet.say("Độ dài đường gấp khúc bằng tổng độ dài các đoạn thẳng của nó.")
        sheet.answer(sheet.sum(values, unit, f"Độ dài đường gấp khúc {letters} là"), unit)

    fields = {"letters": letters, "parts": ", ".join(parts), "spelled": SPELLED[unit], "name": pupils(random, 1)[0]}
    return Plan(tuple(values), phrase(random, templates, **fields), solve)


_KINDS = (
    ("kg", "gạo", "bao"),
    ("kg", "ngô", "bao"),
    ("l", "nước mắm", "can"),
    ("l", "dầu ăn", "can"),
    ("m", "vải", "cuộn"),
    ("m", "dây điện", "cuộn"),
)
_TWO = (
    "{container} {thing} thứ nhất có {a} {unit}, {container} thứ hai có {b} {unit}. [Hỏi cả hai {container} có bao nhiêu {spelled} {thing}?|Cả hai {container} có tất cả bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} trong cả hai {container}.]",
    "[Buổi sáng [cửa hàng|{adult}] bán {a} {unit} {thing}, buổi chiều|Ngày đầu [cửa hàng|{adult}] bán {a} {unit} {thing}, ngày sau] bán {b} {unit} {thing}. [Hỏi đã bán được tất cả bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đã bán.]",
)
_LEFT = (
    "[[Cửa hàng|Cửa hàng của {adult}] có {a} {unit} {thing}, đã bán|[Một kho|Trong kho] có {a} {unit} {thing}, người ta [lấy ra|chuyển đi]] {b} {unit}. [Hỏi còn lại bao nhiêu {spelled} {thing}?|Hỏi còn bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} còn lại.]",
    "[Cửa hàng|Một kho] có {a} {unit} {thing}, sau khi [bán|chuyển đi] một số {spelled} thì còn {b} {unit}. [Hỏi đã bớt đi bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} đã bớt đi.]",
)
_LEFT_TWICE = (
    "[[Cửa hàng|Cửa hàng của {adult}] có {a} {unit} {thing}. [Buổi sáng bán {b} {unit}, buổi chiều|Hôm qua bán {b} {unit}, hôm nay] bán {c} {unit}|[Một kho|Trong kho] có {a} {unit} {thing}. Lần đầu lấy ra {b} {unit}, lần sau lấy ra {c} {unit}]. [Hỏi còn lại bao nhiêu {spelled} {thing}?|Tính số {spelled} {thing} còn lại.]",
)


def kilograms_litres_metres(random: Random, level: int) -> Plan:
    """A sum within 100; a difference within 1000; two steps."""
    unit, thing, container = random.choice(_KINDS)
    gone = level == 2 and random.random() < 0.5
    fields = {"unit": unit, "thing": thing, "container": container, "spelled": SPELLED[unit], "adult": adult(random)}
    if level == 1:
        a = random.randint(12, 62)
        b = random.randint(11, 99 - a - (99 - a) // 4) if a < 80 else 11
        values = {"a": a, "b": b, "c": 0}
    else:
        while True:
            a = random.randint(201, 990)
            b = random.randint(101, a // 2 + 50)
            c = random.randint(11, a - b) if level == 3 and a - b > 40 else 11
            signs = [("+", b, c), ("-", a, b + c)] if level == 3 else [("-", a, b)]
            if b + c < a and all(carries(*sign) <= 1 for sign in signs):
                break
        values = {"a": a, "b": b, "c": c}

    def solve(sheet: Sheet) -> None:
        whole, part, more = values["a"], values["b"], values["c"]
        if level == 1:
            sheet.answer(
                sheet.add(whole, part, unit, f"Số {SPELLED[unit]} {thing} {'đã bán' if sold else 'có tất cả'} là"), unit
            )
            return
        if level == 3:
            part = int(sheet.add(part, more, unit, f"Số {SPELLED[unit]} {thing} đã {taken} cả hai lần là"))
        sheet.answer(
            sheet.subtract(whole, part, unit, f"Số {SPELLED[unit]} {thing} {'đã bớt đi' if gone else 'còn lại'} là"), unit
        )

    templates = (_TWO, _LEFT[1 if gone else 0], _LEFT_TWICE)[level - 1]
    question = phrase(random, templates, **fields, **values)
    sold = " bán " in question
    taken = "bán" if sold else "lấy ra"
    return Plan((unit, *values.values()), question, solve)


_CONVERT = (
    "[Đổi|Hãy đổi|Em hãy đổi] {shown} ra {spelled}.",
    "[Điền|Viết|Tìm] số [thích hợp|] vào chỗ chấm: {shown} = ... {unit}",
    "{shown} [bằng|là] bao nhiêu {spelled}?",
    "[Một {thing}|{name} có một {thing}] dài {shown}. [Hỏi {thing} đó dài bao nhiêu {spelled}?|{thing} đó dài bao nhiêu {spelled}?|Tính độ dài {thing} đó theo {spelled}.]",
)
_CUT = (
    "[Một {thing}|{name} có một {thing}|{adult} có một {thing}] dài {shown}, [cắt đi|đã dùng|bớt đi] {b} {unit}. [Hỏi còn lại bao nhiêu {spelled}?|Hỏi phần còn lại dài bao nhiêu {spelled}?|Tính độ dài còn lại theo {spelled}.]",
)


def length_units(random: Random, level: int) -> Plan:
    """Decimetres and metres to smaller units; two units in one; what is left after a cut in another unit."""
    large, small = random.choice((("dm", "cm"), ("m", "dm"), ("m", "cm")))
    scale = 100 if (large, small) == ("m", "cm") else 10
    count = random.randint(2, 9)
    rest = random.randint(1, scale - 1) if level > 1 else 0
    cut = random.randint(2, count * 10 - 1) * (scale // 10) if level == 3 else 0  # 600 - 37 would borrow twice
    shown = f"{count} {large}" + (f" {rest} {small}" if level == 2 else "")

    def solve(sheet: Sheet) -> None:
        held = sheet.pick(scale, scale * 10, 110 - scale, kind="relation")
        whole: Value = sheet.pick(count, count + 1, kind="copy") * held
        sheet.say(f"1 {large} = {held} {small} nên {count} {large} = {whole} {small}.")
        sheet.found(whole)
        if level == 2:
            whole = sheet.add(whole, rest, small, f"{shown} gồm")
        if level == 3:
            whole = sheet.subtract(whole, cut, small, "Độ dài còn lại là")
        sheet.answer(whole, small)

    thing = random.choice(
        ("sợi dây", "dải ruy băng", "tấm vải", "thanh gỗ") if large == "m" else ("băng giấy", "sợi dây", "thanh gỗ")
    )
    fields = {"thing": thing, "name": pupils(random, 1)[0], "adult": adult(random), "shown": shown, "b": cut}
    question = phrase(random, _CUT if level == 3 else _CONVERT, unit=small, spelled=SPELLED[small], **fields)
    return Plan((large, small, count, rest if level == 2 else cut), question, solve)


_CLOCK = (
    "[Đồng hồ|Một chiếc đồng hồ|Đồng hồ treo tường] có kim ngắn {short}, kim dài chỉ số {hand}. [Đồng hồ chỉ mấy giờ?|Hỏi lúc đó là mấy giờ?|Em hãy đọc giờ trên đồng hồ.]",
    "[Bạn {name}|{name}] [nhìn|xem] đồng hồ thấy kim ngắn {short}, kim dài chỉ số {hand}. [Lúc đó là mấy giờ?|Hỏi đồng hồ chỉ mấy giờ?|Hỏi lúc đó là mấy giờ?]",
)
_DATE = (
    "[Hôm nay là|{name} bắt đầu đọc truyện vào|Lớp em trồng cây vào|Bố đi công tác vào|Mẹ gieo hạt vào] ngày {a} tháng {month}. [Hỏi {b} ngày nữa là ngày mấy tháng {month}?|{b} ngày sau đó là ngày mấy tháng {month}?|Hỏi {b} ngày sau là ngày nào của tháng {month}?]",
    "[Sinh nhật {name}|Hội khoẻ của trường|Ngày hội đọc sách|Buổi tham quan|Buổi liên hoan] là {b} ngày sau ngày {a} tháng {month}. [Hỏi đó là ngày mấy tháng {month}?|Đó là ngày mấy tháng {month}?|Em cho biết đó là ngày mấy tháng {month}.]",
)
_OF_SCHOOL = re.compile("(?:trường|Trường|Lớp em|Cô giáo|tham quan|Ngày hội|liên hoan|thi vẽ|học thêm)[^?]*tháng [678]\\b")


def dated(random: Random, templates: Sequence[str], **fields: object) -> str:
    """One wording in which nothing of school happens in the summer holidays."""
    while _OF_SCHOOL.search(question := phrase(random, templates, **fields)):
        pass
    return question


_MINUTES = (
    "[Bạn {name}|{name}|Bố|Mẹ] [bắt đầu [làm việc nhà|dọn phòng|nấu cơm|đọc sách] lúc {a} giờ {m} phút, sau {b} phút thì xong|khởi hành lúc {a} giờ {m} phút, sau {b} phút thì đến nơi]. [Hỏi lúc đó là mấy giờ mấy phút?|Lúc đó là mấy giờ mấy phút?]",
    "[Bây giờ là|Đồng hồ chỉ|Lúc này là|Kim đồng hồ đang chỉ] {a} giờ {m} phút. [Sau {b} phút nữa là mấy giờ mấy phút?|Hỏi sau {b} phút nữa đồng hồ chỉ mấy giờ mấy phút?|Hỏi {b} phút nữa là mấy giờ mấy phút?|{b} phút nữa là mấy giờ mấy phút?]",
)


def clock_and_calendar(random: Random, level: int) -> Plan:
    """Read quarter and half hours; the date some days on; the time some minutes on."""
    name = pupils(random, 1)[0]
    hour = random.randint(1, 11)
    if level == 1:
        hand = random.choice((3, 6))
        short = f"vừa qua số {hour}" if hand == 3 else f"ở giữa số {hour} và số {hour + 1}"

        def read(sheet: Sheet) -> None:
            found = sheet.pick(hour, hour + 1, kind="hand")
            minutes = sheet.pick(hand * 5, hand, 45 - hand * 5, kind="minutes")
            sheet.say(f"Kim ngắn {short} nên đồng hồ chỉ {found} giờ mấy phút.")
            sheet.say(f"Kim dài chỉ số {hand} nên số phút là {minutes}.")
            sheet.answer_text(f"{found} giờ {minutes} phút")

        return Plan((hour, hand), phrase(random, _CLOCK, short=short, hand=hand, name=name), read)
    if level == 2:
        month = random.randint(1, 12)
        date = random.randint(1, 18)
        days = random.randint(2, 28 - date)

        def later(sheet: Sheet) -> None:
            sheet.say("Mỗi ngày qua đi, số chỉ ngày tăng thêm 1.")
            found = sheet.add(date, days, "", f"{days} ngày sau ngày {date} tháng {month} là ngày")
            sheet.say(f"Tháng nào cũng có ít nhất 28 ngày nên đó vẫn là một ngày của tháng {month}.")
            sheet.answer(found, name="ngày ")

        return Plan((date, days, month), dated(random, _DATE, a=date, b=days, month=month, name=name), later)
    start = random.randint(1, 8) * 5
    more = random.randint(1, 11 - start // 5) * 5

    def minutes_on(sheet: Sheet) -> None:
        sheet.say(f"Lúc bắt đầu là {hour} giờ {start} phút.")
        minutes = sheet.add(start, more, "phút", f"Sau {more} phút, số phút là")
        found = sheet.pick(hour, hour + 1, kind="hour")
        sheet.say(f"Số phút chưa đủ 60 phút nên vẫn là {hour} giờ.")
        sheet.answer_text(f"{found} giờ {minutes} phút")

    return Plan((hour, start, more), phrase(random, _MINUTES, a=hour, m=start, b=more, name=name), minutes_on)


_NOTES = (
    "[Bạn {name}|{name}|Trong ví {name}] có {n} tờ {a} đồng và {m} tờ {b} đồng. [Hỏi có tất cả bao nhiêu tiền?|Tính số tiền có tất cả.|Số tiền đó là bao nhiêu đồng?|Hỏi tất cả là bao nhiêu đồng?]",
    "[Lợn tiết kiệm|Chiếc ví|Ngăn kéo|Hộp bút|Ống tiết kiệm] của {name} có {n} tờ {a} đồng và {m} tờ {b} đồng. [Hỏi có tất cả bao nhiêu đồng?|Tính tổng số tiền.|Hỏi tổng số tiền là bao nhiêu?|Trong đó có bao nhiêu tiền?]",
)
_SPENT = (
    "[Bạn {name}|{name}] có {a} đồng, {name} [mua|dùng tiền mua] {thing} hết {b} đồng. [Hỏi {name} còn lại bao nhiêu tiền?|Tính số tiền còn lại.|Hỏi {name} còn bao nhiêu đồng?]",
    "{thing} giá {b} đồng. [Bạn {name}|{name}] [đưa|trả] người bán {a} đồng. [Hỏi người bán trả lại bao nhiêu tiền?|Tính số tiền được trả lại.|Hỏi {name} được trả lại bao nhiêu đồng?]",
)
_NOTES_SPENT = "[Bạn {name}|{name}] có {n} tờ {a} đồng, {name} mua {thing} hết {b} đồng. [Hỏi {name} còn lại bao nhiêu tiền?|Tính số tiền còn lại.|Hỏi {name} còn bao nhiêu đồng?|Số tiền {name} còn lại là bao nhiêu?|Hỏi còn bao nhiêu đồng?]"
_CHEAP = ("một cái kẹo", "một nhãn vở", "một cái ghim giấy", "một tờ giấy màu")


def money_to_1000(random: Random, level: int) -> Plan:
    """Two kinds of notes together; what is left of 1 000 đồng at most; notes, then what is left."""
    name, thing = pupils(random, 1)[0], random.choice(_CHEAP)
    if level == 1:
        first, second, n, m = random.choice(
            (
                (200, 100, 2, 3),
                (200, 100, 3, 1),
                (100, 200, 2, 2),
                (500, 200, 1, 2),
                (500, 100, 1, 4),
                (200, 100, 2, 1),
                (500, 200, 1, 1),
                (500, 100, 1, 2),
                (200, 100, 3, 2),
                (100, 200, 4, 1),
            )
        )

        def together(sheet: Sheet) -> None:
            amounts = [_of_notes(sheet, first, n), _of_notes(sheet, second, m)]
            sheet.answer(sheet.sum(amounts, "đồng", "Số tiền có tất cả là"), "đồng")

        return Plan((first, second, n, m), phrase(random, _NOTES, n=n, a=first, m=m, b=second, name=name), together)
    if level == 2:
        b, a = sorted(random.sample(range(200, 1001, 100), 2))
        back = random.random() < 0.5

        def left(sheet: Sheet) -> None:
            rest = sheet.subtract(a, b, "đồng", "Số tiền được trả lại là" if back else "Số tiền còn lại là")
            sheet.answer(sheet.pick(rest, b if b != a - b else a, kind="asked"), "đồng")

        return Plan((a, b), phrase(random, _SPENT[1 if back else 0], a=a, b=b, name=name, thing=thing), left)
    note, count = random.choice(((200, 3), (200, 4), (200, 5), (500, 2), (100, 5), (100, 6)))
    spent = random.randrange(100, note * count, 100)

    def notes_left(sheet: Sheet) -> None:
        whole = _of_notes(sheet, note, count)
        sheet.answer(sheet.subtract(whole, spent, "đồng", f"Số tiền {name} còn lại là"), "đồng")

    return Plan(
        (note, count, spent), phrase(random, _NOTES_SPENT, n=count, a=note, b=spent, name=name, thing=thing), notes_left
    )


def _of_notes(sheet: Sheet, note: int, count: int) -> Value:
    """The amount of several equal notes, added: grade 2 knows no 200 × 3."""
    return sheet.sum([note] * count, "đồng", f"Số tiền của {count} tờ {note} đồng là") if count > 1 else note
