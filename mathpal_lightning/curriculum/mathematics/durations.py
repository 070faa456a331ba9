"""How long something takes, and times added: grades 3 and 5."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import adult, pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.wording import phrase

_PLANNED = (
    "[Buổi học|Tiết học vẽ|Buổi tập văn nghệ|Buổi sinh hoạt câu lạc bộ] [bắt đầu lúc|bắt đầu từ] {start} và [kết thúc lúc|kết thúc vào lúc] {end} [cùng ngày|]. [Hỏi buổi đó kéo dài bao nhiêu phút?|Tính thời gian của buổi đó theo phút.]",
    "[Bộ phim|Chương trình thiếu nhi|Trận bóng đá] [chiếu|diễn ra|được phát] từ {start} đến {end}. [Hỏi thời gian đó dài bao nhiêu phút?|Tính thời gian đó theo phút.]",
)
_ON_THE_WAY = (
    "[{name}|{adult}] [đi từ nhà|rời nhà|khởi hành] lúc {start} và đến [nơi|chợ|bến xe] lúc {end} [cùng ngày|]. [Hỏi thời gian đi là bao nhiêu phút?|Tính thời gian đi theo phút.]",
    "{ride} [rời bến|khởi hành] lúc {start} và đến nơi lúc {end}. [Hỏi thời gian đi là bao nhiêu phút?|Tính thời gian đi theo phút.]",
    "{name} [bắt đầu làm bài|bắt đầu đọc truyện|bắt đầu dọn phòng] lúc {start} và [xong|làm xong] lúc {end}. [Hỏi {name} làm trong bao nhiêu phút?|Tính thời gian {name} làm theo phút.|{name} làm hết bao nhiêu phút?]",
)


_LONG = (
    "[Buổi cắm trại|Buổi tham quan|Buổi lao động|Hội thi] [bắt đầu lúc|bắt đầu từ] {start} và [kết thúc lúc|kết thúc vào lúc] {end} [cùng ngày|]. [Hỏi buổi đó kéo dài bao nhiêu phút?|Tính thời gian của buổi đó theo phút.]",
    "{adult} [bắt đầu làm việc|làm vườn|bán hàng] từ {start} đến {end}. [Hỏi {adult} làm trong bao nhiêu phút?|Tính thời gian {adult} làm theo phút.]",
    "[{ride}|{adult}] [rời bến xe|khởi hành] lúc {start} và đến nơi lúc {end}. [Hỏi thời gian đi là bao nhiêu phút?|Tính thời gian đi theo phút.]",
)
"""What takes three hours and more: nobody tidies a room for 258 minutes."""


def duration(random: Random, level: int) -> Plan:
    """Minutes between two times: within an hour, over the end of an hour, over several hours."""
    planned = level > 1 and random.random() < 0.4
    step = 5 if planned else 1
    hour, hours = random.randint(6, 19 if level < 3 else 15), level - 1 if level < 3 else random.randint(3, 4)
    a = random.randrange(5, 55, step)
    b = random.randrange(a + 3, 60) if level == 1 else random.randrange(5, 60, step)
    start, end = clock(hour, a), clock(hour + hours, b)

    def solve(sheet: Sheet) -> None:
        lead = f"Thời gian từ {start} đến {end} là"
        if level == 1:
            sheet.answer(sheet.subtract(b, a, "phút", lead), "phút")
            return
        size = sheet.pick(60, 100, 50, kind="relation")
        sheet.say(f"1 giờ = {size} phút")
        parts: list[Value] = [sheet.subtract(size, a, "phút", f"Thời gian từ {start} đến {hour + 1} giờ là")]
        if level == 3:
            whole = sheet.multiply(size, hours - 1, "phút", f"Thời gian từ {hour + 1} giờ đến {hour + hours} giờ là")
            parts.append(whole)
        sheet.say(f"Thời gian từ {hour + hours} giờ đến {end} là {b} phút.")
        sheet.answer(sheet.sum([*parts, b], "phút", lead), "phút")

    ride = random.choice(("Xe buýt", "Chuyến xe buýt", "Chuyến phà") if level == 1 else ("Tàu hoả", "Xe khách", "Chuyến tàu"))
    fields = {"start": start, "end": end, "name": pupils(random, 1)[0], "adult": adult(random), "ride": ride}
    return Plan(
        (hour, a, hour + hours, b),
        phrase(random, _LONG if level == 3 else _PLANNED if planned else _ON_THE_WAY, **fields),
        solve,
    )


def clock(hours: int, minutes: int) -> str:
    """A time or a time of the day: "2 giờ 30 phút", "2 giờ"."""
    return f"{hours} giờ {minutes} phút" if minutes else f"{hours} giờ"


_SUMS = (
    "[Tính|Hãy tính|Em hãy tính|Thực hiện phép tính|Đặt tính rồi tính]: {a} + {b}",
    "[Tính|Hãy tính|Tìm] tổng [thời gian |]của {a} và {b}.",
    "[Kết quả của phép tính|Kết quả phép tính|Giá trị của phép tính] {a} + {b} [là|bằng] [bao nhiêu|số đo nào]?",
)
_HOMEWORK = (
    "{name} [làm bài tập Toán|đọc sách] hết {a} và [làm bài tập Tiếng Việt|luyện đàn] hết {b}. [Hỏi {name} làm cả hai việc hết bao lâu?|Tính tổng thời gian {name} làm cả hai việc.]",
)
_BOTH = (
    "[{adult}|Một người thợ|Một cô thợ may] làm sản phẩm thứ nhất hết {a}, sản phẩm thứ hai hết {b}. [Hỏi làm cả hai sản phẩm hết bao lâu?|Tính thời gian làm cả hai sản phẩm.]",
    "[Một ô tô|Một xe khách|Một xe tải] đi từ A đến B hết {a}, rồi đi từ B đến C hết {b}. [Hỏi đi cả hai chặng hết bao lâu?|Tính thời gian đi cả hai chặng.]",
)
_THREE = (
    "[{adult}|Một người thợ|Một cô thợ may] làm sản phẩm thứ nhất hết {a}, sản phẩm thứ hai hết {b}, sản phẩm thứ ba hết {c}. [Hỏi làm cả ba sản phẩm hết bao lâu?|Tính thời gian làm cả ba sản phẩm.|Tổng thời gian làm ba sản phẩm là bao nhiêu?]",
    "[Một ô tô|Một xe khách|Một xe tải|Một tàu hoả] đi chặng thứ nhất hết {a}, chặng thứ hai hết {b}, chặng thứ ba hết {c}. [Hỏi đi cả ba chặng hết bao lâu?|Tính thời gian đi cả ba chặng.|Tổng thời gian đi ba chặng là bao nhiêu?]",
    "[Tính|Hãy tính|Em hãy tính|Thực hiện phép tính]: {a} + {b} + {c}",
    "[Tính|Hãy tính|Tìm] tổng [thời gian |]của {a}, {b} và {c}.",
)
_TRAINING = (
    "{name} [luyện bơi|luyện đàn|tập vẽ] trong ba [ngày|buổi], lần lượt hết {a}, {b} và {c}. [Hỏi {name} đã luyện tập tất cả bao lâu?|Tính tổng thời gian {name} luyện tập.]",
)


def time_sum(random: Random, level: int) -> Plan:
    """Hours and minutes together: below 60 minutes, over 60 minutes, three times."""
    hours = [random.randint(1, (9, 9, 6)[level - 1]) for _ in range(3 if level == 3 else 2)]
    minutes = [random.randint(5, 29) for _ in hours] if level == 1 else [random.randint(31, 58) for _ in hours]
    told = [clock(*pair) for pair in zip(hours, minutes, strict=True)]

    def solve(sheet: Sheet) -> None:
        sheet.lead("Cộng các số đo cùng đơn vị với nhau")
        whole, rest = sheet.sum(hours, "giờ"), int(sheet.sum(minutes, "phút"))
        size = sheet.pick(60, 100, kind="relation")
        if rest >= size:
            sheet.say(f"1 giờ = {size} phút")
            over = int(sheet.multiply(size, rest // size, "phút")) if rest >= 2 * size else size
            rest = int(sheet.subtract(rest, over, "phút", "Số phút còn lại là"))
            whole = sheet.add(whole, over // size, "giờ", "Số giờ là")
        if rest >= 60:
            raise Absurd
        sheet.answer_text(clock(int(whole), rest))

    fields = dict(zip("abc", told, strict=False)) | {
        "name": pupils(random, 1)[0],
        "adult": adult(random),
    }
    templates, short = (_THREE, _TRAINING) if level == 3 else (_SUMS + _BOTH, _HOMEWORK)
    question = phrase(random, templates + short if max(hours) < 3 else templates, **fields)
    return Plan(tuple(sorted(told)), question, solve)
