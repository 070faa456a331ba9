"""Frequencies, relative frequencies and sample spaces: grade 9."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.mathematics.repetitions import lowest
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number, table


class _Sample(NamedTuple):
    """What is measured: whom, in which unit, from which value on, in which steps the groups go."""

    about: str
    who: str
    unit: str
    low: int
    high: int
    width: int


_VALUES = (
    _Sample("số học sinh vắng mặt mỗi ngày của một trường", "ngày", "học sinh", 0, 9, 1),
    _Sample("điểm bài kiểm tra môn Ngữ văn", "học sinh", "điểm", 3, 10, 1),
    _Sample("số cuộc gọi mỗi giờ đến một tổng đài", "giờ", "cuộc gọi", 2, 14, 1),
    _Sample("số con trong mỗi gia đình ở khu phố", "gia đình", "con", 0, 4, 1),
    _Sample("cỡ giày bán được ở một cửa hàng", "khách hàng", "", 35, 43, 1),
    _Sample("số bàn thắng trong mỗi trận đấu", "trận", "bàn thắng", 0, 7, 1),
    _Sample("số lỗi chính tả trong mỗi bài viết", "bài viết", "lỗi", 0, 8, 1),
)
_RAW = (
    "[Kết quả ghi lại|Dãy số liệu ghi lại|Một dãy số liệu về|Người ta ghi lại] {about} như sau: {row}. [Tìm tần số của giá trị {x}.|Hỏi giá trị {x} có tần số là bao nhiêu?|Hãy tìm tần số của giá trị {x}.]",
    "{About} được ghi lại[ như sau|]: {row}. [Tần số của giá trị {x} là bao nhiêu?|Tìm tần số của giá trị {x}.|Hãy cho biết tần số của giá trị {x}.|Tính tần số của giá trị {x}.]",
)
_TABLE = (
    "[Bảng tần số về|Bảng tần số sau cho biết|Bảng thống kê về] {about}:\n{row}\n{ask}",
    "[Người ta thống kê|Một nhóm học sinh thống kê|Các bạn lớp 9A thống kê] {about} và lập được bảng tần số:\n{row}\n{ask}",
)
_ASK_RELATIVE = "[Tính tần số tương đối của giá trị {x}.|Tìm tần số tương đối của giá trị {x}.|Hỏi giá trị {x} có tần số tương đối bằng bao nhiêu phần trăm?|Tần số tương đối của giá trị {x} là bao nhiêu phần trăm?]"
_BACK = (
    "[Thống kê|Theo dõi|Ghi lại] {n} {who}, [người ta|ta] có bảng tần số tương đối về {about}:\n{row}\n[Tính tần số của giá trị {x}.|Tìm tần số của giá trị {x}.|Hỏi tần số của giá trị {x} là bao nhiêu?|Giá trị {x} có tần số là bao nhiêu?]",
    "Khảo sát {n} {who} về {about}, người ta lập bảng tần số tương đối:\n{row}\n[Tính tần số của giá trị {x}.|Tìm tần số của giá trị {x}.|Hỏi giá trị {x} có tần số bằng bao nhiêu?|Hãy tính tần số của giá trị {x}.]",
)


def frequency_tables(random: Random, level: int) -> Plan:
    """The frequency of a value in a row; its relative frequency from a table; a frequency back from the relative ones."""
    sample = random.choice(_VALUES)
    if level == 1:
        return _frequency(random, sample)
    count = 4 if level == 2 else 5
    start = random.randint(sample.low, max(sample.low, sample.high - count + 1))
    values = list(range(start, start + count))
    if level == 3:
        return _frequency_back(random, sample, values)
    total, counts = _split_total(random, count, (40, 50, 80, 100, 125, 200, 250))
    place = random.randrange(count)
    row = table(["Giá trị", *values], ["Tần số", *counts])
    fields = {"about": sample.about, "row": row, "x": values[place]}
    question = phrase(random, [form.replace("{ask}", _ASK_RELATIVE) for form in _TABLE], **fields)

    def solve(sheet: Sheet) -> None:
        _relative(sheet, counts, place, f"giá trị {values[place]}")

    return Plan((*counts, place), question, solve)


def _split_total(random: Random, parts: int, totals: tuple[int, ...]) -> tuple[int, list[int]]:
    """A total and its parts, each at least a fiftieth of it, whose shares have one decimal at most in percent."""
    total = random.choice(totals)
    while True:
        cuts = sorted(random.sample(range(1, total), parts - 1))
        counts = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
        if min(counts) >= max(2, total // 50) and (total % 8 or all((count * 1000) % total == 0 for count in counts)):
            return total, counts


def _relative(sheet: Sheet, counts: list[int], place: int, what: str) -> None:
    total = sheet.sum(counts, lead="Cỡ mẫu là")
    part = sheet.pick(counts[place], counts[place - 1], kind="misread")
    sheet.say(f"Tần số tương đối của {what} là {part}/{number(total)} × 100%.")
    hundred = sheet.multiply(part, sheet.pick(100, 10), lead="Nhân tần số với 100, ta được")
    share = sheet.divide(hundred, total, "%", f"Tần số tương đối của {what} là")
    sheet.answer(share, "%")


def _frequency(random: Random, sample: _Sample) -> Plan:
    n = random.randint(14, 22)
    highest = min(sample.high, sample.low + 6)
    values = [random.randint(sample.low, highest) for _ in range(n)]
    x = random.choice(values)
    at = [place for place, value in enumerate(values, start=1) if value == x]
    if not 2 <= len(at) <= 7:
        return _frequency(random, sample)
    row = "; ".join(map(str, values))
    about = sample.about[0].upper() + sample.about[1:]
    question = phrase(random, _RAW, about=sample.about, About=about, row=row, x=x)

    def solve(sheet: Sheet) -> None:
        seen = sheet.pick(at, at[:-1], at[1:], kind="overlooked")
        seen = sheet.pick(seen, sorted([*seen, next(i for i in range(1, n + 1) if i not in seen)]), kind="misread")
        sheet.say(f"Giá trị {x} xuất hiện ở các vị trí: {', '.join(map(str, seen))}.")
        size = sheet.pick(len(seen), len(seen) + 2, kind="miscounted")
        sheet.say(f"Giá trị {x} xuất hiện {size} lần trong dãy số liệu.")
        times = sheet.pick(size, n - size, x if x not in (size, n - size) else size + 1, kind="asked")
        sheet.say(f"Vậy tần số của giá trị {x} là {times}.")
        sheet.answer(times)

    return Plan((*values, x), question, solve)


def _frequency_back(random: Random, sample: _Sample, values: list[int]) -> Plan:
    n = random.choice((200, 240, 300, 320, 360, 400, 440, 480, 500, 560, 600, 700, 800))
    while True:
        shares = [random.randint(5, 40) for _ in values[:-1]]
        rest = 100 - sum(shares)
        if 5 <= rest <= 50 and n * rest % 100 == 0:
            break
    row = table(["Giá trị", *values], ["Tần số tương đối", *(f"{share}%" for share in shares), "?"])
    x = values[-1]
    question = phrase(random, _BACK, about=sample.about, who=sample.who, n=n, row=row, x=x)

    def solve(sheet: Sheet) -> None:
        known = sheet.sum(shares, "%", "Tổng các tần số tương đối đã biết là")
        share = sheet.subtract(100, known, "%", f"Tần số tương đối của giá trị {x} là")
        product = sheet.multiply(n, sheet.pick(share, known, kind="asked"), lead="Tích của cỡ mẫu và số phần trăm là")
        sheet.answer(sheet.divide(product, sheet.pick(100, 10), lead=f"Tần số của giá trị {x} là"))

    return Plan((n, *shares), question, solve)


_GROUPS = (
    _Sample("chiều cao (cm) của {n} học sinh khối 9", "học sinh", "cm", 145, 175, 5),
    _Sample("cân nặng (kg) của {n} học sinh khối 9", "học sinh", "kg", 35, 65, 5),
    _Sample("thời gian (phút) đi từ nhà đến trường của {n} học sinh", "học sinh", "phút", 5, 45, 5),
    _Sample("thời gian (phút) chờ xe buýt của {n} hành khách", "hành khách", "phút", 0, 30, 5),
    _Sample("tốc độ (km/h) của {n} ô tô qua một trạm đo", "ô tô", "km/h", 40, 90, 10),
    _Sample("khối lượng (g) của {n} quả xoài", "quả xoài", "g", 250, 500, 50),
    _Sample("tuổi thọ (nghìn giờ) của {n} bóng đèn", "bóng đèn", "nghìn giờ", 4, 18, 2),
)
_GROUPED_RAW = (
    "[Số liệu về|Dãy số liệu ghi lại|Kết quả đo|Người ta ghi lại] {about}: {row}. [Khi ghép nhóm số liệu, tìm tần số của nhóm {group}.|Tìm tần số của nhóm {group}.|Hỏi nhóm {group} có tần số là bao nhiêu?]",
    "{About} được ghi lại như sau: {row}. [Tần số của nhóm {group} là bao nhiêu?|Tìm tần số của nhóm {group}.|Hãy tìm tần số ghép nhóm của nhóm {group}.|Hỏi tần số của nhóm {group} bằng bao nhiêu?]",
)
_GROUPED = (
    "[Bảng tần số ghép nhóm về|Bảng tần số ghép nhóm sau cho biết|Bảng thống kê về] {about}:\n{row}\n{ask}",
    "[Người ta thống kê|Một nhóm học sinh thống kê|Các bạn lớp 9A thống kê] {about} và lập bảng tần số ghép nhóm:\n{row}\n{ask}",
)
_ASK_GROUP = "[Tính tần số tương đối của nhóm {group}.|Tìm tần số tương đối của nhóm {group}.|Hỏi nhóm {group} có tần số tương đối bằng bao nhiêu phần trăm?|Tần số tương đối của nhóm {group} là bao nhiêu phần trăm?]"
_ASK_ABOVE = "[Tính số {who} thuộc các nhóm từ {low} {unit} trở lên.|Hỏi có bao nhiêu {who} thuộc các nhóm từ {low} {unit} trở lên?|Tìm số {who} thuộc các nhóm từ {low} {unit} trở lên.|Hãy tính số {who} thuộc các nhóm từ {low} {unit} trở lên.]"
_GROUPED_RELATIVE = (
    "[Bảng tần số tương đối ghép nhóm về|Bảng tần số tương đối ghép nhóm sau cho biết] {about}:\n{row}\n{ask}",
    "[Người ta khảo sát|Một nhóm học sinh khảo sát|Người ta thống kê] {about} và lập bảng tần số tương đối ghép nhóm:\n{row}\n{ask}",
)


def _interval(low: int, width: int) -> str:
    return f"[{low}; {low + width})"


def relative_frequency(random: Random, level: int) -> Plan:
    """The frequency of a group in a row; its relative frequency from a table; how many lie above a bound."""
    sample = random.choice(_GROUPS)
    groups = 3 if level == 1 else 4 if level == 2 else 5
    begin = sample.low + sample.width * random.randint(0, (sample.high - sample.low) // sample.width - groups)
    lows = [begin + sample.width * place for place in range(groups)]
    if level == 1:
        return _group_frequency(random, sample, lows)
    if level == 3:
        return _above_bound(random, sample, lows)
    total, counts = _split_total(random, groups, (40, 50, 80, 100, 125, 200, 250))
    place = random.randrange(groups)
    names = [_interval(low, sample.width) for low in lows]
    row = table(["Nhóm", *names], ["Tần số", *counts])
    fields = {"about": sample.about.format(n=total), "row": row, "group": names[place]}
    question = phrase(random, [form.replace("{ask}", _ASK_GROUP) for form in _GROUPED], **fields)

    def solve(sheet: Sheet) -> None:
        _relative(sheet, counts, place, f"nhóm {names[place]}")

    return Plan((*counts, place), question, solve)


def _group_frequency(random: Random, sample: _Sample, lows: list[int]) -> Plan:
    n = random.randint(12, 18)
    values = [random.randrange(lows[0], lows[-1] + sample.width) for _ in range(n)]
    low = random.choice(lows)
    inside = [value for value in values if low <= value < low + sample.width]
    if not 2 <= len(inside) <= 8:
        return _group_frequency(random, sample, lows)
    edge = low + sample.width
    if edge not in values and edge <= lows[-1]:
        values[values.index(next(value for value in values if value not in inside))] = edge
    name = _interval(low, sample.width)
    about = sample.about.format(n=n)
    row = "; ".join(map(str, values))
    question = phrase(random, _GROUPED_RAW, about=about, About=about[0].upper() + about[1:], row=row, group=name)

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Nhóm {name} gồm các giá trị từ {low} đến nhỏ hơn {edge}.")
        closed = [value for value in values if low <= value <= edge]
        seen = sheet.pick(inside, closed if len(closed) > len(inside) else inside[:-1], kind="bound")
        seen = sheet.pick(seen, seen[1:], seen[:-1], kind="overlooked")
        sheet.say(f"Các giá trị thuộc nhóm là: {'; '.join(map(str, seen))}.")
        size = sheet.pick(len(seen), len(seen) + 1, kind="miscounted")
        times = sheet.pick(size, n - size, kind="asked")
        sheet.say(f"Vậy tần số của nhóm {name} là {times}.")
        sheet.answer(times)

    return Plan((*values, low), question, solve)


def _above_bound(random: Random, sample: _Sample, lows: list[int]) -> Plan:
    n = random.choice((200, 240, 300, 320, 360, 400, 440, 480, 500, 560, 600, 700, 800))
    while True:
        shares = [random.randint(5, 40) for _ in lows[:-1]]
        shares.append(100 - sum(shares))
        first = random.randint(1, 3)
        above = sum(shares[first:])
        if 5 <= shares[-1] <= 40 and n * above % 100 == 0:
            break
    names = [_interval(low, sample.width) for low in lows]
    row = table(["Nhóm", *names], ["Tần số tương đối", *(f"{share}%" for share in shares)])
    fields = {"about": sample.about.format(n=n), "row": row, "low": lows[first], "unit": sample.unit, "who": sample.who}
    question = phrase(random, [form.replace("{ask}", _ASK_ABOVE) for form in _GROUPED_RELATIVE], **fields)

    def solve(sheet: Sheet) -> None:
        taken = sheet.pick(shares[first:], shares[first - 1 :], shares[:first], kind="bound")
        sheet.say(
            f"Các nhóm từ {lows[first]} {sample.unit} trở lên có tần số tương đối: {'; '.join(f'{one}%' for one in taken)}."
        )
        share = sheet.sum(taken, "%", "Tổng các tần số tương đối đó là") if len(taken) > 1 else taken[0]
        product = sheet.multiply(n, share, lead="Tích của cỡ mẫu và số phần trăm là")
        found = sheet.divide(product, sheet.pick(100, 10), sample.who, f"Số {sample.who} thuộc các nhóm đó là")
        sheet.answer(found, sample.who)

    return Plan((n, *shares, first), question, solve)


_TWO_BOXES = (
    "[Hộp thứ nhất có|Trong hộp thứ nhất có] {r} {thing} {c1} và {b} {thing} {c2}; hộp thứ hai có {s} {thing} {c1} và {d} {thing} {c2}. [Lấy|{Name} lấy] ngẫu nhiên từ mỗi hộp một {thing}. [Tính xác suất của biến cố|Tìm xác suất của biến cố|Hãy tính xác suất của biến cố] “{event}”.",
    "[Có|Cho] hai hộp: hộp thứ nhất [đựng|có] {r} {thing} {c1}, {b} {thing} {c2}; hộp thứ hai [đựng|có] {s} {thing} {c1}, {d} {thing} {c2}. Từ mỗi hộp [lấy ngẫu nhiên|{Name} lấy ngẫu nhiên] một {thing}. [Tính|Tìm|Hãy tính] xác suất [của biến cố|để xảy ra biến cố] “{event}”.",
)
_IN_TURN = (
    "[Một hộp có|Trong hộp có|Một hộp đựng] {r} {thing} {c1} và {b} {thing} {c2} [cùng kích thước|chỉ khác nhau về màu]. [Lấy|{Name} lấy] ngẫu nhiên lần lượt hai {thing}, [không trả lại|{thing} đã lấy không được trả lại]. [Tính|Tìm|Hãy tính] xác suất của biến cố “{event}”.",
    "{Name} lấy lần lượt, không hoàn lại, hai {thing} từ một hộp có {r} {thing} {c1} và {b} {thing} {c2} [cùng kích thước|giống hệt nhau về kích thước]. [Tính xác suất của biến cố|Tìm xác suất của biến cố|Hãy tính xác suất của biến cố] “{event}”.",
)


def sample_space(random: Random, level: int) -> Plan:
    """Both of one colour from two boxes; different colours; two in turn from one box without putting back."""
    thing = random.choice(("viên bi", "quả bóng", "chiếc kẹo", "tấm thẻ"))
    c1, c2 = random.sample(("đỏ", "xanh", "vàng", "trắng", "đen", "tím"), 2)
    low, high = ((2, 13), (4, 17), (11, 49))[level - 1]
    r, b, s, d = (random.randint(low, high) for _ in range(4))
    event = f"hai {thing} khác màu" if level == 2 else f"cả hai {thing} đều màu {c1}"
    words = {"thing": thing, "c1": c1, "c2": c2, "event": event, "Name": pupils(random, 1)[0], "r": r, "b": b, "s": s, "d": d}
    question = phrase(random, _IN_TURN if level == 3 else _TWO_BOXES, **words)

    def solve(sheet: Sheet) -> None:
        first = int(sheet.add(r, b, thing, lead=f"Số {thing} {'trong hộp' if level == 3 else 'ở hộp thứ nhất'} là"))
        if level == 3:
            second = int(sheet.subtract(first, sheet.pick(1, 0), thing, lead=f"Khi lấy lần thứ hai, số {thing} còn lại là"))
        else:
            second = int(sheet.add(s, d, thing, lead=f"Số {thing} ở hộp thứ hai là"))
        every = int(sheet.multiply(first, second, lead="Số phần tử của không gian mẫu là"))
        sheet.say("Các kết quả của phép thử là đồng khả năng.")
        if level == 1:
            good = int(sheet.multiply(r, sheet.pick(s, d, kind="misread"), lead="Số kết quả thuận lợi của biến cố là"))
        elif level == 2:
            one = sheet.multiply(r, d, lead=f"Số cách lấy được {thing} {c1} ở hộp thứ nhất, {thing} {c2} ở hộp thứ hai là")
            two = sheet.multiply(b, s, lead=f"Số cách lấy được {thing} {c2} ở hộp thứ nhất, {thing} {c1} ở hộp thứ hai là")
            good = int(sheet.add(one, two, lead="Số kết quả thuận lợi của biến cố là"))
        else:
            left = sheet.subtract(
                r, sheet.pick(1, 0), thing, lead=f"Khi lần đầu lấy được {thing} {c1}, số {thing} {c1} còn lại là"
            )
            good = int(sheet.multiply(r, left, lead="Số kết quả thuận lợi của biến cố là"))
        top, bottom = sheet.pick((good, every), (good, abs(every - good)), kind="formula")
        if top > bottom:
            raise Absurd  # no pupil believes in a chance over 1
        sheet.say(f"Xác suất của biến cố là {top}/{bottom}.")
        sheet.answer_text(fraction(Fraction(*lowest(sheet, (top, bottom)))))

    return Plan((r, b, *((s, d) if level < 3 else ())), question, solve)
