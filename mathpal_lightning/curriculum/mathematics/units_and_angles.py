"""Seconds and centuries, units of area, angles in degrees: grade 4."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.measures import convert, ratio
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

CHANGE = (
    "[Đổi|Hãy đổi|Em hãy đổi] {measure} [ra|thành|sang] {to}.",
    "{measure} [bằng|là|đổi ra được] bao nhiêu {to}?",
    "[Viết|Điền] số thích hợp [vào chỗ chấm: {measure} = ...|thay cho dấu ?: {measure} = ?] {to}.",
    "[Viết|Hãy viết] {measure} [dưới dạng số đo có đơn vị là|theo đơn vị|theo đơn vị đo] {to}.",
    "[Cho|{name} cần đổi] {measure}. [Hỏi số đo đó bằng bao nhiêu {to}?|Số đo đó bằng bao nhiêu {to}?|Hãy đổi ra {to}.]",
)
"""Exercises that ask for a measure in another unit."""
_TWO_NAMES = (
    "[Đổi|Hãy đổi|Em hãy đổi] {measure} [ra|thành|sang] {large} và {small}.",
    "{measure} [bằng|là|đổi ra được] bao nhiêu {large} và bao nhiêu {small}?",
    "[Viết|Hãy viết] {measure} [thành|dưới dạng] số đo có hai tên đơn vị [là |]{large} và {small}.",
    "[Cho|Có] số đo {measure}. [Hãy đổi số đo đó ra {large} và {small}.|Đổi ra {large} và {small}.|Viết số đo đó theo {large} và {small}.]",
    "{name} [tính được kết quả là|viết kết quả là] {measure}. [Hãy viết kết quả đó theo {large} và {small}.|Kết quả đó bằng bao nhiêu {large} và {small}?]",
)


def seconds_and_centuries(random: Random, level: int) -> Plan:
    """One unit into a smaller one; two names into one; one into two names."""
    large, small, most = random.choice((("phút", "giây", 59), ("giờ", "phút", 47), ("thế kỉ", "năm", 20), ("năm", "tháng", 60)))
    size = int(ratio(large, small))
    count, rest = random.randint(2, most), random.randint(1, size - 1)
    name = pupils(random, 1)[0]
    if level == 1:

        def solve(sheet: Sheet) -> None:
            sheet.answer(convert(sheet, count, large, small), small)

        return Plan((count, large), phrase(random, CHANGE, measure=f"{count} {large}", to=small, name=name), solve)
    if level == 2:

        def solve(sheet: Sheet) -> None:
            whole = convert(sheet, count, large, small)
            sheet.answer(sheet.add(whole, rest, small), small)

        measure = f"{count} {large} {rest} {small}"
        return Plan((count, rest, large), phrase(random, CHANGE, measure=measure, to=small, name=name), solve)
    count = random.randint(11, max(most, 30))
    total = count * size + rest

    def split(sheet: Sheet) -> None:
        right = sheet.pick(size, 100 if size != 100 else 10, kind="relation")
        sheet.say(f"1 {large} = {right} {small}")
        found, left = sheet.share(total, right)
        if left >= right:
            raise Absurd
        sheet.say(f"Vậy {number(total)} {small} = {found} {large} {left} {small}.")
        sheet.answer_text(f"{found} {large} {left} {small}")

    measure = f"{number(total)} {small}"
    return Plan((total, large), phrase(random, _TWO_NAMES, measure=measure, large=large, small=small, name=name), split)


_TILES = (
    "[Một|Có một] {room} hình chữ nhật có chiều dài {a} m, chiều rộng {b} m [được lát kín bằng|được lát bằng] [các viên|những viên|] gạch hình vuông cạnh {side} cm. "
    "[Hỏi cần bao nhiêu viên gạch|Hỏi phải dùng bao nhiêu viên gạch|Hỏi cần dùng tất cả bao nhiêu viên gạch] [để lát kín {room} đó|để lát {room}, biết mạch vữa không đáng kể]?",
    "Người ta lát [một |]{room} hình chữ nhật dài {a} m, rộng {b} m bằng gạch hình vuông cạnh {side} cm. "
    "[Hỏi cần bao nhiêu viên gạch để lát kín {room}?|Hỏi lát kín {room} hết bao nhiêu viên gạch?|Tính số viên gạch để lát kín {room} (mạch vữa không đáng kể).]",
)


def area_units(random: Random, level: int) -> Plan:
    """A unit of area into a smaller one; two names into one; tiles that cover a floor."""
    large, small = random.choice((("m²", "dm²"), ("dm²", "cm²"), ("m²", "cm²"), ("cm²", "mm²")))
    name = pupils(random, 1)[0]
    if level == 1:
        count = random.randint(2, 980)

        def solve(sheet: Sheet) -> None:
            if (count // 10) % 2:
                sheet.answer(convert(sheet, count * int(ratio(large, small)), small, large), large)
            else:
                sheet.answer(convert(sheet, count, large, small), small)

        down = (count // 10) % 2 == 0
        measure = f"{count} {large}" if down else f"{number(count * int(ratio(large, small)))} {small}"
        return Plan((measure,), phrase(random, CHANGE, measure=measure, to=small if down else large, name=name), solve)
    if level == 2:
        count, rest = random.randint(12, 480), random.randint(11, 99)

        def solve(sheet: Sheet) -> None:
            whole = convert(sheet, count, large, small)
            sheet.answer(sheet.add(whole, rest, small), small)

        measure = f"{count} {large} {rest} {small}"
        return Plan((count, rest, large, small), phrase(random, CHANGE, measure=measure, to=small, name=name), solve)
    a = random.randint(8, 60)
    side = random.choice((20, 50, *([40] if a % 4 == 0 else [])))
    b = random.randint(max(3, a // 3), a - 1)
    room = (
        random.choice(("nền nhà", "phòng họp", "lớp học"))
        if a < 13
        else random.choice(("sân trường", "sân chơi", "hội trường"))
    )

    def tile(sheet: Sheet) -> None:
        floor = sheet.multiply(a, b, "m²", f"Diện tích {room} là")
        in_cm = convert(sheet, floor, "m²", "cm²")
        one = sheet.multiply(side, sheet.pick(side, 4), "cm²", "Diện tích một viên gạch là")
        sheet.answer(sheet.divide(in_cm, one, "viên gạch", "Số viên gạch cần dùng là"), "viên gạch")

    return Plan((a, b, side), phrase(random, _TILES, room=room, a=a, b=b, side=side), tile)


_INSIDE = (
    "Cho góc {x}O{y} là góc {kind}. Tia O{z} nằm trong góc {x}O{y} [sao cho|và] góc {x}O{z} bằng {a}°. [Tính|Hãy tính] số đo góc {z}O{y}.",
    "Góc {kind} {x}O{y} được tia O{z} chia thành hai góc, trong đó góc {x}O{z} [bằng|có số đo] {a}°. [Tính|Hãy tính|Tìm] số đo góc {z}O{y}.",
    "[Tia O{z} chia|Một tia O{z} chia] góc {kind} {x}O{y} thành góc {x}O{z} và góc {z}O{y}. Biết góc {x}O{z} [bằng|có số đo] {a}°. [Tính số đo góc {z}O{y}.|Góc {z}O{y} có số đo bao nhiêu độ?|Hỏi góc {z}O{y} bằng bao nhiêu độ?]",
    "[Bạn {name}|{name}] vẽ góc {kind} {x}O{y} [rồi|và] vẽ tia O{z} chia góc đó thành hai góc. Góc {x}O{z} [đo được|bằng] {a}°. [Tính số đo góc {z}O{y}.|Góc {z}O{y} bằng bao nhiêu độ?]",
)
_THREE_ANGLES = (
    "Góc bẹt {x}O{y} được [chia thành|tạo bởi] ba góc: góc {x}O{z} [bằng|có số đo] {a}°, góc {z}O{t} [bằng|có số đo] {b}° và góc {t}O{y}. [Tính|Hãy tính] số đo góc {t}O{y}.",
    "[Hai tia O{z} và O{t}|Các tia O{z}, O{t}] chia góc bẹt {x}O{y} thành ba góc {x}O{z}, {z}O{t} và {t}O{y}. Biết góc {x}O{z} bằng {a}°, góc {z}O{t} bằng {b}°. "
    "[Tính số đo góc {t}O{y}.|Hỏi góc {t}O{y} bằng bao nhiêu độ?|Góc {t}O{y} có số đo bao nhiêu độ?|Hãy tính số đo góc {t}O{y}.]",
    "[{name} vẽ|Bạn {name} vẽ] góc bẹt {x}O{y} rồi vẽ hai tia O{z}, O{t} chia góc đó thành ba góc. Góc {x}O{z} bằng {a}°, góc {z}O{t} bằng {b}°. "
    "[Tính số đo góc {t}O{y}.|Góc {t}O{y} bằng bao nhiêu độ?|Em hãy tính góc {t}O{y}.]",
)


def angles_in_degrees(random: Random, level: int) -> Plan:
    """The other part of a right angle; of a straight angle; the third of three parts of a straight angle."""
    whole = 90 if level == 1 else 180
    a = random.randint(5, 85) if level == 1 else random.randint(12, 168)
    b = random.randint(13, 75)
    if level == 3:
        a = random.randint(14, 150 - b)
    x, y, z, t = random.choice(("ABCD", "MNPQ", "EGHK", "ABMN", "PQRS"))
    kind = "vuông" if level == 1 else "bẹt"
    name = pupils(random, 1)[0]
    question = phrase(random, _THREE_ANGLES if level == 3 else _INSIDE, x=x, y=y, z=z, t=t, a=a, b=b, kind=kind, name=name)
    wanted = f"{t}O{y}" if level == 3 else f"{z}O{y}"

    def solve(sheet: Sheet) -> None:
        total = sheet.pick(whole, 270 - whole, 100 if level == 1 else 360, kind="formula")
        sheet.say(f"Góc {kind} có số đo bằng {total}°.")
        taken = sheet.add(a, b, "°", f"Tổng số đo hai góc {x}O{z} và {z}O{t} là") if level == 3 else a
        rest = sheet.subtract(total, taken, "°", f"Số đo góc {wanted} là")
        if rest >= 180:
            raise Absurd
        name_of = "góc nhọn" if rest < 90 else "góc vuông" if rest == 90 else "góc tù"
        sheet.say(f"Góc {wanted} là {name_of}.")
        sheet.answer(rest, "°")

    return Plan((whole, a, *([b] if level == 3 else [])), question, solve)
