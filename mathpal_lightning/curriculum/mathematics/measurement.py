"""Units of length, mass, capacity, area, volume and time; money; scale."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked, worked_text
from mathpal_lightning.curriculum.writing import number

_CONVERSION_STORIES = (
    ("Đổi {a} {unit} ra {to}.",),
    ("{a} {unit} bằng bao nhiêu {to}?",),
    ("Viết số thích hợp vào chỗ chấm: {a} {unit} = ... {to}",),
    ("Hỏi {a} {unit} là bao nhiêu {to}?",),
    ("Số đo {a} {unit} viết theo đơn vị {to} là bao nhiêu?",),
    ("Hãy viết số đo {a} {unit} dưới dạng số đo có đơn vị là {to}.",),
)
_LENGTHS = (("km", "m", 1000), ("m", "cm", 100), ("m", "dm", 10), ("dm", "cm", 10), ("cm", "mm", 10), ("m", "mm", 1000))
_MASSES = (("tấn", "kg", 1000), ("tấn", "tạ", 10), ("tạ", "kg", 100), ("yến", "kg", 10), ("kg", "g", 1000), ("tạ", "yến", 10))
_CAPACITIES = (("l", "ml", 1000),)
_AREAS = (
    ("m²", "dm²", 100),
    ("dm²", "cm²", 100),
    ("m²", "cm²", 10_000),
    ("km²", "ha", 100),
    ("ha", "m²", 10_000),
    ("cm²", "mm²", 100),
)
_VOLUMES = (("m³", "dm³", 1000), ("dm³", "cm³", 1000), ("m³", "l", 1000), ("dm³", "l", 1))


def _conversion(random: Random, level: int, units: tuple[tuple[str, str, int], ...]) -> Draft:
    """To the smaller unit, to the larger unit, and a decimal to the smaller unit."""
    large, small, factor = random.choice(units)
    value = Fraction(random.randint(2, 99))
    if level == 3:
        value = Fraction(random.choice([tenths for tenths in range(12, 999) if tenths % 10]), random.choice((10, 100)))
    to_small = level != 2
    a, result = (value, value * factor) if to_small else (value * factor, value)
    unit, to = (large, small) if to_small else (small, large)
    (question,) = tell(random, _CONVERSION_STORIES, a=a, unit=unit, to=to)
    sign, inverse = ("×", ":") if to_small else (":", "×")
    slip = result * 10 if to_small else result / 10
    other_way = a / factor if to_small else a * factor
    return draft(
        (value, large, small),
        question,
        worked(
            result,
            to,
            f"Ta có: 1 {large} = {number(factor)} {small}",
            line(f"{number(a)} {sign} {number(factor)} = {number(result)}", to),
        ),
        worked(slip, to, line(f"{number(a)} {sign} {number(factor)} = {number(slip)}", to)),
        worked(other_way, to, line(f"{number(a)} {inverse} {number(factor)} = {number(other_way)}", to)),
    )


def length_conversion(random: Random, level: int) -> Draft:
    """Lengths from km to mm."""
    return _conversion(random, level, _LENGTHS)


def mass_conversion(random: Random, level: int) -> Draft:
    """Masses from tấn to g."""
    return _conversion(random, level, _MASSES)


def area_conversion(random: Random, level: int) -> Draft:
    """Areas from km² to mm²."""
    return _conversion(random, level, _AREAS)


def volume_conversion(random: Random, level: int) -> Draft:
    """Volumes and capacities."""
    return _conversion(random, level, _VOLUMES[:3])


_COMPOUND_STORIES = (
    ("Viết số thích hợp vào chỗ chấm: {a} {large} {b} {small} = ... {small}",),
    ("Đổi {a} {large} {b} {small} ra {small}.",),
    ("{a} {large} {b} {small} bằng bao nhiêu {small}?",),
    ("Hỏi {a} {large} {b} {small} là bao nhiêu {small}?",),
    ("Viết {a} {large} {b} {small} dưới dạng số đo có đơn vị là {small}.",),
    ("Số đo {a} {large} {b} {small} viết theo đơn vị {small} là bao nhiêu?",),
)
_COMPOUNDS = (
    (("m", "cm", 100), ("kg", "g", 1000), ("dm", "cm", 10)),
    (("km", "m", 1000), ("tấn", "kg", 1000), ("giờ", "phút", 60), ("tạ", "kg", 100)),
    (("giờ", "phút", 60), ("phút", "giây", 60), ("m²", "dm²", 100), ("tấn", "kg", 1000)),
)


def compound_measure(random: Random, level: int) -> Draft:
    """3 m 5 cm in cm: several units into the smallest."""
    large, small, factor = random.choice(_COMPOUNDS[level - 1])
    a, b = random.randint(2, 30 if factor != 60 else 12), random.randint(1, min(factor - 1, 95))
    (question,) = tell(random, _COMPOUND_STORIES, a=a, b=b, large=large, small=small)
    glued = int(f"{a}{b}")
    whole = line(f"{a} × {number(factor)} = {number(a * factor)}", small)
    result = a * factor + b
    return draft(
        (a, b, large, small),
        question,
        worked(
            result,
            small,
            f"{a} {large} = {number(a * factor)} {small}",
            line(f"{number(a * factor)} + {b} = {number(result)}", small),
        ),
        worked(glued, small, f"{a} {large} {b} {small} = {number(glued)} {small}"),
        worked(a * factor, small, whole),
    )


_TIME_SUM_STORIES = (
    ("{name} làm bài tập Toán hết {first} và làm bài tập Tiếng Việt hết {second}. Hỏi {name} làm cả hai bài hết bao lâu?",),
    ("Một ô tô đi đoạn đường đầu hết {first}, đi đoạn đường sau hết {second}. Hỏi ô tô đi cả hai đoạn đường hết bao lâu?",),
    ("Tính: {first} + {second}",),
    ("Bác Nam làm sản phẩm thứ nhất hết {first}, sản phẩm thứ hai hết {second}. Hỏi bác Nam làm cả hai sản phẩm hết bao lâu?",),
    ("Buổi sáng thư viện mở cửa {first}, buổi chiều mở cửa {second}. Hỏi cả ngày thư viện mở cửa bao lâu?",),
    ("Tính tổng thời gian của {first} và {second}.",),
)


def time_sum(random: Random, level: int) -> Draft:
    """Hours and minutes together; the minutes pass 60 from level 2 on."""
    h, k = random.randint(1, 5), random.randint(1, 5)
    if level == 1:
        m, n = random.randint(5, 29), random.randint(5, 29)
    else:
        m, n = random.randint(31, 58), random.randint(31 if level == 2 else 30, 58)
    first, second = _clock(h, m), _clock(k, n)
    (question,) = tell(random, _TIME_SUM_STORIES, first=first, second=second)
    hours, minutes = h + k, m + n
    right = _clock(hours + minutes // 60, minutes % 60)
    lines = [f"{h} + {k} = {hours} (giờ)", *working.add(m, n, "phút")]
    if minutes >= 60:
        rest = minutes - 60
        lines.append(f"{minutes} phút = 1 giờ" + (f" {rest} phút" if rest else ""))
        lines.append(f"{hours} + 1 = {hours + 1} (giờ)")
    as_decimal = minutes >= 100 and _clock(hours + 1, minutes - 100) or _clock(hours, minutes // 2)
    lost = _clock(hours, minutes % 60) if minutes >= 60 else _clock(hours + 1, minutes)
    return draft(
        tuple(sorted(((h, m), (k, n)))),
        question,
        worked_text(right, *lines),
        worked_text(lost, f"{first} + {second} = {lost}"),
        worked_text(as_decimal, f"{first} + {second} = {as_decimal}"),
    )


def _clock(hours: int, minutes: int) -> str:
    return f"{hours} giờ {minutes} phút" if minutes else f"{hours} giờ"


_DURATION_STORIES = (
    ("Buổi học bắt đầu lúc {start} và kết thúc lúc {end} cùng ngày. Hỏi buổi học kéo dài bao nhiêu phút?",),
    ("Xe buýt rời bến lúc {start} và đến nơi lúc {end} cùng ngày. Hỏi xe buýt đi hết bao nhiêu phút?",),
    ("{name} bắt đầu làm bài lúc {start} và làm xong lúc {end}. Hỏi {name} làm bài hết bao nhiêu phút?",),
    ("Bộ phim chiếu từ {start} đến {end}. Hỏi bộ phim dài bao nhiêu phút?",),
    ("{name} đi từ nhà lúc {start} và đến nhà bà lúc {end}. Hỏi {name} đi hết bao nhiêu phút?",),
    ("Trận đấu bắt đầu lúc {start} và kết thúc lúc {end}. Hỏi trận đấu diễn ra trong bao nhiêu phút?",),
)


def duration(random: Random, level: int) -> Draft:
    """From one time of the day to another, in minutes: within an hour, over an hour's end, over two."""
    h, m = random.randint(7, 19), random.randint(0, 11) * 5
    span = random.randint(*((3, 9), (6, 11), (13, 22))[level - 1]) * 5
    if level == 1:
        m = random.randint(0, (55 - span) // 5) * 5
    start, end = h * 60 + m, h * 60 + m + span
    told = [f"{time // 60} giờ {time % 60} phút" if time % 60 else f"{time // 60} giờ" for time in (start, end)]
    (question,) = tell(random, _DURATION_STORIES, start=told[0], end=told[1])
    lines, hours, minutes = [], end // 60 - h, end % 60
    if hours:
        lines.append(f"Từ {told[0]} đến {h + hours} giờ là: {hours * 60} - {m} = {hours * 60 - m} (phút)")
        lines.append(f"{hours * 60 - m} + {minutes} = {span} (phút)")
    else:
        lines.append(f"{minutes} - {m} = {span} (phút)")
    hundred = abs(end // 60 * 100 + minutes - h * 100 - m)
    wrong = hundred if hundred != span else span + 60
    return draft(
        (start, end),
        question,
        worked(span, "phút", *lines),
        worked(wrong, "phút", f"{told[1]} - {told[0]} = {wrong} phút"),
        worked(span + 10, "phút", f"{told[1]} - {told[0]} = {span + 10} phút"),
    )


_CHANGE_STORIES = (
    (
        "{name} mua {n} {thing}, mỗi {short} giá {price} đồng. {name} đưa cô bán hàng tờ {note} đồng. Hỏi cô bán hàng trả lại {name} bao nhiêu tiền?",
    ),
    ("Mỗi {short} giá {price} đồng. {name} mua {n} {thing} và đưa tờ tiền {note} đồng. Tính số tiền {name} được trả lại.",),
    ("Mẹ đưa {name} {note} đồng để mua {n} {thing} với giá {price} đồng một {short}. Hỏi {name} còn lại bao nhiêu tiền?",),
    ("{name} có {note} đồng. {name} mua {n} {thing}, mỗi {short} giá {price} đồng. Hỏi {name} còn lại bao nhiêu tiền?",),
    ("Với tờ tiền {note} đồng, {name} mua {n} {thing} giá {price} đồng một {short}. Hỏi {name} còn lại bao nhiêu tiền?",),
    ("Giá một {short} là {price} đồng. Có {note} đồng, sau khi mua {n} {thing} thì còn lại bao nhiêu tiền?",),
)
_THINGS = (
    ("quyển vở", "quyển vở"),
    ("cái bút", "cái bút"),
    ("hộp sữa", "hộp sữa"),
    ("cái bánh", "cái bánh"),
    ("chai nước", "chai nước"),
)


def change_from_note(random: Random, level: int) -> Draft:
    """What is left of a banknote after buying several of a thing."""
    note = (50_000, 100_000, 200_000)[level - 1]
    n = random.randint(2, 6)
    price = random.randint(4, note // 500 // n - 2) * 500
    thing, short = random.choice(_THINGS)
    (question,) = tell(random, _CHANGE_STORIES, n=n, thing=thing, short=short, price=price, note=note)
    paid = price * n
    cost = ("Số tiền mua hàng là:", *working.multiply(price, n, "đồng"))
    return draft(
        (price, n, note),
        question,
        worked(
            note - paid,
            "đồng",
            *cost,
            "Số tiền còn lại là:",
            line(f"{number(note)} - {number(paid)} = {number(note - paid)}", "đồng"),
        ),
        worked(paid, "đồng", *cost[:1], line(f"{number(price)} × {n} = {number(paid)}", "đồng")),
        worked(note - price, "đồng", line(f"{number(note)} - {number(price)} = {number(note - price)}", "đồng")),
    )


_SCALE_STORIES = (
    ("Trên bản đồ tỉ lệ 1 : {scale}, khoảng cách giữa hai địa điểm là {a} cm. Tính khoảng cách thật theo mét.",),
    ("Một bản đồ có tỉ lệ 1 : {scale}. Quãng đường dài {a} cm trên bản đồ có độ dài thật là bao nhiêu mét?",),
    ("Trên bản vẽ tỉ lệ 1 : {scale}, con đường dài {a} cm. Hỏi con đường đó dài bao nhiêu mét trên thực tế?",),
    ("Hai điểm cách nhau {a} cm trên bản đồ tỉ lệ 1 : {scale}. Hỏi trên thực tế hai điểm đó cách nhau bao nhiêu mét?",),
    ("Với tỉ lệ bản đồ 1 : {scale}, đoạn thẳng {a} cm ứng với bao nhiêu mét trên thực tế?",),
    ("Chiều dài một khu đất trên bản đồ tỉ lệ 1 : {scale} là {a} cm. Tính chiều dài thật của khu đất theo mét.",),
)


def map_scale(random: Random, level: int) -> Draft:
    """Length on a map times the scale, in metres."""
    scale = random.choice(((100, 1000, 200), (500, 2000, 5000), (10_000, 25_000, 50_000))[level - 1])
    a = random.randint(2, 80)
    (question,) = tell(random, _SCALE_STORIES, a=a, scale=scale)
    real = a * scale
    metres = Fraction(real, 100)
    product = line(f"{a} × {number(scale)} = {number(real)}", "cm")
    return draft(
        (a, scale),
        question,
        worked(metres, "m", "Độ dài thật là:", product, f"{number(real)} cm = {number(metres)} m"),
        worked(real, "m", "Độ dài thật là:", line(f"{a} × {number(scale)} = {number(real)}", "m")),
        worked(metres / 10, "m", product, f"{number(real)} cm = {number(metres / 10)} m"),
    )
