"""Shapes, centimetres, hours and days of the week: grade 1."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase

DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_FLAT = {
    "hình tam giác": ("có 3 cạnh", "có 3 đỉnh và 3 cạnh", "được xếp từ 3 que tính"),
    "hình vuông": ("có 4 cạnh dài bằng nhau, giống mặt viên gạch hoa", "có 4 cạnh dài bằng nhau, giống ô cờ vua"),
    "hình tròn": ("giống mặt chiếc đĩa, không có cạnh nào", "tròn như bánh xe", "giống mặt đồng xu, không có góc nào"),
    "hình chữ nhật": ("có 2 cạnh dài và 2 cạnh ngắn, giống bảng lớp", "giống trang vở: có 2 cạnh dài và 2 cạnh ngắn"),
}
_SOLID = {
    "khối lập phương": ("con xúc xắc", "khối ru-bích", "hộp quà có 6 mặt đều là hình vuông"),
    "khối hộp chữ nhật": ("hộp sữa giấy", "bao diêm", "viên gạch xây nhà", "quyển sách dày", "hộp phấn dài"),
}
_NAME_FLAT = (
    "[Hình|Một hình] {told}. [Đó là hình gì?|Hỏi đó là hình nào?|Hình đó tên là gì?] (hình vuông, hình tròn, hình tam giác hay hình chữ nhật)",
    "[Bạn {name}|{name}] {makes}. [Hình đó là hình gì?|Hỏi bạn có hình gì?|Đó là hình nào?]",
)
_NAME_SOLID = (
    "[Đồ vật|Một đồ vật|Bạn {name} có một đồ vật] là {told}. [Hỏi đồ vật đó|Đồ vật đó] có dạng khối lập phương hay khối hộp chữ nhật?",
    "{told} có dạng khối [gì|nào]: khối lập phương hay khối hộp chữ nhật?",
    "[Bạn {name}|{name}] cầm {told}. [Đồ vật đó có dạng khối gì?|Hỏi đồ vật đó có dạng khối nào?]",
)
_ROW = "[Đếm số {shape}|Hãy đếm số {shape}|Có mấy {shape}|Dãy sau có mấy {shape}]: {row}"
_SIGNS = {"hình tam giác": "▲", "hình vuông": "■", "hình tròn": "●"}


def shapes_and_solids(random: Random, level: int) -> Plan:
    """Name a flat shape; name a solid; count one kind of shape in a row."""
    name = pupils(random, 1)[0]
    if level == 3:
        return _counted_in_row(random)
    table = _FLAT if level == 1 else _SOLID
    right = random.choice(list(table))
    told = random.choice(table[right])
    rules = {
        "khối lập phương": "Khối lập phương có 6 mặt đều là hình vuông.",
        "khối hộp chữ nhật": "Khối hộp chữ nhật có các mặt là hình chữ nhật, không phải mặt nào cũng là hình vuông.",
    }
    others = [other for other in table if other != right]
    if level == 2:
        others.append("hình chữ nhật" if right == "khối hộp chữ nhật" else "hình vuông")

    def solve(sheet: Sheet) -> None:
        found = sheet.pick(right, *others, kind="shape")
        if level == 2:
            sheet.say(rules[right])
        sheet.say(f"Hình {told} là {found}." if level == 1 else f"Vậy {told} có dạng {found}.")
        sheet.answer_text(found)

    number = 100 * level + 10 * list(table).index(right) + table[right].index(told)
    makes = random.choice(("vẽ", "cắt")) + f" một hình {told}"
    makes = makes if "que tính" not in told else f"xếp một hình {told.removeprefix('được xếp ')}"
    question = phrase(random, _NAME_FLAT if level == 1 else _NAME_SOLID, told=told, name=name, makes=makes)
    return Plan((number,), question, solve)


def _counted_in_row(random: Random) -> Plan:
    shape = random.choice(list(_SIGNS))
    row = random.choices(list(_SIGNS), k=random.randint(8, 14))
    row[:2] = [shape, shape]
    random.shuffle(row)
    count = row.count(shape)

    def solve(sheet: Sheet) -> None:
        found = sheet.pick(count, count - 1, kind="overlooked")
        found = sheet.pick(found, count + 1, kind="counted_twice")
        found = sheet.pick(found, len(row), kind="asked")
        sheet.say(f"Ta chỉ đếm {shape}, không đếm các hình khác.")
        sheet.say(f"Đếm lần lượt từng {shape}, ta được {found} hình.")
        sheet.answer(found, shape)

    drawn = " ".join(_SIGNS[one] for one in row)
    return Plan(
        ("".join(str(list(_SIGNS).index(one)) for one in row), shape), phrase(random, _ROW, shape=shape, row=drawn), solve
    )


_THINGS = {"đoạn thẳng": 30, "băng giấy": 99, "sợi dây": 99, "que tính": 10, "thanh gỗ": 99, "dải ruy băng": 99}
"""What is measured, and how many centimetres it is long at most."""
_TOGETHER = (
    "[{thing} thứ nhất dài {a} cm, {thing} thứ hai|{thing} màu đỏ dài {a} cm, {thing} màu xanh] dài {b} cm. "
    "[Hỏi cả hai {thing} dài bao nhiêu xăng-ti-mét?|Cả hai {thing} dài tất cả bao nhiêu xăng-ti-mét?|Tính xem cả hai {thing} dài bao nhiêu xăng-ti-mét.]",
    "[Bạn {name}|{name}] nối {thing} dài {a} cm với {thing} dài {b} cm. [Hỏi nối xong dài bao nhiêu xăng-ti-mét?|Tính độ dài sau khi nối.]",
    "[Tính|Hãy tính]: {a} cm + {b} cm",
)
_SHORTER = (
    "[Một {thing}|{name} có một {thing}] dài {a} cm, [cắt đi|bớt đi|cắt bớt] {b} cm. [Hỏi còn lại bao nhiêu xăng-ti-mét?|Phần còn lại dài bao nhiêu xăng-ti-mét?]",
    "[{thing} thứ nhất dài {a} cm, {thing} thứ hai|{thing} màu đỏ dài {a} cm, {thing} màu xanh] dài {b} cm. Hỏi hai {thing} dài hơn kém nhau bao nhiêu xăng-ti-mét?",
)
_THREE = (
    "[Bạn {name}|{name}] nối ba {thing} dài {a} cm, {b} cm và {c} cm. [Hỏi nối xong dài bao nhiêu xăng-ti-mét?|Tính độ dài sau khi nối.]",
    "[Ba|Có ba] {thing} dài lần lượt là {a} cm, {b} cm, {c} cm. [Hỏi cả ba {thing} dài bao nhiêu xăng-ti-mét?|Tính xem cả ba {thing} dài bao nhiêu xăng-ti-mét.]",
)


def centimetres(random: Random, level: int) -> Plan:
    """Two lengths to 10 cm together; what is left of a longer one; three lengths together, without a carry."""
    tens, ones = random.randint(3, 9), random.randint(2, 9)
    if level == 1:
        a = random.randint(1, 9)
        values = [a, random.randint(1, 10 - a)]
    elif level == 2:
        values = [tens * 10 + ones, random.randint(1, tens - 1) * 10 + random.randint(1, ones)]
    else:
        first, second = sorted(random.sample(range(1, tens), 2))
        low, high = sorted(random.sample(range(10), 2))
        values = [first * 10 + low, (second - first) * 10 + high - low, (tens - second) * 10 + 9 - high]
    cut = random.random() < 0.5
    templates = (_TOGETHER, _SHORTER[0 if cut else 1], _THREE)[level - 1]
    named = dict(zip("abc", values, strict=False))

    def solve(sheet: Sheet) -> None:
        if level == 2:
            sheet.answer(
                sheet.subtract(values[0], values[1], "cm", "Độ dài còn lại là" if cut else "Độ dài hơn kém nhau là"), "cm"
            )
        elif level == 1:
            total = sheet.add(values[0], values[1], "cm", lead)
            sheet.answer(sheet.pick(total, *values, kind="asked"), "cm")
        else:
            sheet.answer(sheet.sum(values, "cm", lead), "cm")

    things = [thing for thing, longest in _THINGS.items() if max(values) <= longest]
    thing = random.choice(things)
    question = phrase(random, templates, name=pupils(random, 1)[0], thing=thing, **named)
    together = f"Độ dài cả {'ba' if level == 3 else 'hai'} {thing} là"
    lead = "Độ dài sau khi nối là" if " nối " in question else together if thing in question.lower() else ""
    return Plan(tuple(values), question, solve)


_READ = (
    "[Đồng hồ|Một chiếc đồng hồ|Đồng hồ treo tường] có kim ngắn chỉ số {a}, kim dài chỉ số 12. [Đồng hồ chỉ mấy giờ?|Hỏi lúc đó là mấy giờ?|Lúc đó là mấy giờ?|Em đọc giờ trên đồng hồ.]",
    "[Kim dài|Trên mặt đồng hồ, kim dài] chỉ số 12, kim ngắn chỉ số {a}. [Đồng hồ chỉ mấy giờ?|Hỏi lúc đó là mấy giờ?|Em hãy đọc giờ.|Đồng hồ đang chỉ mấy giờ?]",
    "[Bạn {name}|{name}] [nhìn|xem] đồng hồ thấy kim ngắn chỉ số {a}, kim dài chỉ số 12. [Hỏi lúc đó là mấy giờ?|Đồng hồ chỉ mấy giờ?|Lúc đó là mấy giờ?]",
)
_AFTER = (
    "[Bây giờ là|Đồng hồ chỉ|Lúc này là] {a} giờ. [Hỏi sau {b} giờ nữa là mấy giờ?|{b} giờ nữa là mấy giờ?|Sau {b} giờ nữa, đồng hồ chỉ mấy giờ?]",
    "[Bạn {name}|{name}|Bố|Mẹ] khởi hành lúc {a} giờ và [mất|cần] {b} giờ [để đi đến quê|để đến nơi]. [Hỏi lúc đến nơi là mấy giờ?|Hỏi đến nơi lúc mấy giờ?]",
    "[Bạn {name}|{name}|Bố|Mẹ] bắt đầu lúc {a} giờ và [mất|cần] {b} giờ để làm xong việc. [Hỏi lúc xong là mấy giờ?|Hỏi làm xong lúc mấy giờ?]",
)
_BETWEEN = (
    "[Bạn {name}|{name}|Bố|Mẹ] [khởi hành lúc {a} giờ và đến nơi|bắt đầu lúc {a} giờ và [xong việc|kết thúc]] lúc {b} giờ [cùng ngày|trong cùng ngày|ngày hôm đó]. [Hỏi từ lúc bắt đầu đến lúc kết thúc hết mấy giờ?|Hỏi đã qua mấy giờ?|Thời gian đó dài mấy giờ?]",
    "[Hỏi |]{a} giờ và {b} giờ cùng buổi cách nhau [mấy|bao nhiêu] giờ?",
)


def hours(random: Random, level: int) -> Plan:
    """Read the full hour; the hour after some hours; how many hours lie between two."""
    a, b = sorted(random.sample(range(1, 11), 2))
    hour = random.randint(1, 12)
    name = pupils(random, 1)[0]
    if level == 1:

        def read(sheet: Sheet) -> None:
            found = sheet.pick(hour, hour % 12 + 1, (hour - 2) % 12 + 1, kind="hand")
            sheet.say(f"Kim dài chỉ số 12, kim ngắn chỉ số {hour} nên đồng hồ chỉ {found} giờ.")
            sheet.answer(found, "giờ")

        return Plan((hour,), phrase(random, _READ, a=hour, name=name), read)
    if level == 2:
        start = random.randint(1, 9)
        later = random.randint(1, 10 - start)

        def after(sheet: Sheet) -> None:
            sheet.say("Cứ mỗi giờ qua đi, kim ngắn chạy đến số liền sau.")
            found = sheet.add(start, later, "giờ", f"{later} giờ sau lúc {start} giờ là")
            sheet.answer(sheet.pick(found, start, later, kind="asked"), "giờ")

        return Plan((start, later), phrase(random, _AFTER, a=start, b=later, name=name), after)

    def between(sheet: Sheet) -> None:
        sheet.say(f"Đồng hồ chạy từ {a} giờ đến {b} giờ, kim dài quay đủ vòng sau mỗi giờ.")
        found = sheet.subtract(b, a, "giờ", f"Số giờ từ lúc {a} giờ đến lúc {b} giờ là")
        sheet.answer(sheet.pick(found, b, kind="asked"), "giờ")

    return Plan((a, b), phrase(random, _BETWEEN, a=a, b=b, name=name), between)


_NEXT_DAY = (
    "[Hôm nay là|Trên tờ lịch, hôm nay là|Bạn {name} nói hôm nay là] {day}. [Hỏi {which} là thứ mấy?|{which} là thứ mấy?|Em cho biết {which} là thứ mấy.]",
    "Cho biết hôm nay là {day}. [Hỏi {which} là thứ mấy?|{which} là thứ mấy?]",
)
_DAYS_ON = (
    "[Hôm nay là|Trên tờ lịch, hôm nay là|Bạn {name} nói hôm nay là] {day}. [Hỏi {n} ngày nữa là thứ mấy?|{n} ngày nữa là thứ mấy?|Em cho biết {n} ngày nữa là thứ mấy.]",
    "[Bạn {name}|{name}|Lớp em] có buổi học vẽ vào {day}. {n} ngày sau [có buổi học hát|là buổi học hát]. [Buổi học hát vào thứ mấy?|Hỏi buổi học hát vào thứ mấy?]",
)
_DATE_ON = (
    "[Trong tuần này|Tuần này|Tuần này trên tờ lịch], {day} là ngày {a}. [Hỏi {later} cùng tuần là ngày mấy?|{later} cùng tuần là ngày mấy?|Em tính xem {later} cùng tuần là ngày mấy.|Em hãy cho biết {later} cùng tuần là ngày mấy.]",
    "[Bạn {name}|{name}] xem lịch thấy {day} là ngày {a}. [Hỏi {later} cùng tuần là ngày mấy?|{later} cùng tuần là ngày mấy?|Em hãy cho biết {later} cùng tuần là ngày mấy.]",
)


def days_of_week(random: Random, level: int) -> Plan:
    """Yesterday and tomorrow; two to five days on; the date of another day of the week."""
    name = pupils(random, 1)[0]
    place = random.randrange(7)
    if level == 3:
        return _date_in_week(random, name)
    step = random.choice((1, -1)) if level == 1 else random.randint(2, 5)

    def solve(sheet: Sheet) -> None:
        by = sheet.pick(step, -step, step + 1 if step > 1 else 2 * step, kind="count")
        passed = [DAYS[(place + move) % 7] for move in (range(1, by + 1) if by > 0 else range(-1, by - 1, -1))]
        sheet.say(f"Từ {DAYS[place]}, ta đếm {'tiếp' if by > 0 else 'lùi'}: {', '.join(passed)}.")
        sheet.answer_text(passed[-1])

    which = "ngày mai" if step > 0 else "hôm qua"
    templates = _NEXT_DAY if level == 1 else _DAYS_ON
    return Plan((place, step + 10), phrase(random, templates, day=DAYS[place], which=which, n=step, name=name), solve)


def _date_in_week(random: Random, name: str) -> Plan:
    first, last = sorted(random.sample(range(7), 2))
    gap = last - first
    date = random.choice([date for date in range(1, 29) if date % 10 + gap < 10])

    def solve(sheet: Sheet) -> None:
        days = sheet.pick(gap, gap + 1, kind="count")
        sheet.say(f"Từ {DAYS[first]} đến {DAYS[last]} là {days} ngày.")
        found = sheet.add(date, days, "", f"{DAYS[last]} là ngày")
        sheet.answer(found, name="ngày ")

    return Plan((date, first, last), phrase(random, _DATE_ON, day=DAYS[first], later=DAYS[last], a=date, name=name), solve)
