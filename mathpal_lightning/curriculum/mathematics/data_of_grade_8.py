"""Data collected, shown and judged, and probability as a ratio: grade 8."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.mathematics.repetitions import lowest
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction, number

_SCORED = (
    ("điểm kiểm tra môn Toán của {n} học sinh [lớp 8A|lớp 8B|được chọn]", "học sinh", "được", "điểm", 3, 10),
    ("số giờ tự học trong tuần của {n} học sinh [lớp 8A|lớp 8B]", "học sinh", "tự học", "giờ", 4, 15),
    ("số quyển sách mà {n} bạn [trong câu lạc bộ đọc sách|lớp 8C] đã đọc trong học kì", "bạn", "đọc", "quyển", 1, 12),
    ("số bàn thắng của {n} đội [bóng|tham gia giải bóng đá]", "đội", "ghi", "bàn", 2, 18),
    ("số năm kinh nghiệm của {n} công nhân [trong một tổ|của phân xưởng]", "công nhân", "có", "năm", 1, 15),
)  # fmt: skip
_RAW = (
    "[Kết quả thu thập về|Người ta ghi lại|Dữ liệu thu thập về] {about}: {row}. [Hãy lập bảng thống kê và cho biết|Lập bảng thống kê rồi cho biết|Cho biết] có bao nhiêu {who} {verb} từ {low} {what} trở lên.",
    "[Dãy dữ liệu sau là|Dãy số liệu sau ghi lại|Dưới đây là] {about}: {row}. [Hỏi có bao nhiêu {who} {verb} từ {low} {what} trở lên?|Tính số {who} {verb} từ {low} {what} trở lên.]",
)
_OPINIONS = (
    ("môn thể thao yêu thích", ("bóng đá", "cầu lông", "bơi lội", "cờ vua"), "học sinh"),
    ("phương tiện đến trường", ("xe đạp", "xe buýt", "đi bộ", "xe máy điện"), "học sinh"),
    ("loại sách hay đọc", ("truyện tranh", "sách khoa học", "sách lịch sử", "tiểu thuyết"), "bạn đọc"),
    ("loại hình âm nhạc yêu thích", ("dân ca", "nhạc trẻ", "nhạc cổ điển", "nhạc cách mạng"), "người"),
    ("món quà lưu niệm được chọn", ("tranh", "móc khoá", "áo phông", "sổ tay"), "khách"),
)
_SURVEYED = (
    "[Kết quả khảo sát|Kết quả phỏng vấn] về {about}: {row}. {ask}",
    "[Người ta hỏi|Một nhóm phỏng vấn|Ban tổ chức hỏi] một số {who} về {about} và [thu được|ghi lại] kết quả: {row}. {ask}",
)
_ASK_PERCENT = (
    "[Để vẽ biểu đồ hình quạt tròn, hãy tính xem|Tính xem] {x} [ứng với|chiếm] bao nhiêu phần trăm.",
    "[Hỏi {x} chiếm bao nhiêu phần trăm?|Tính tỉ lệ phần trăm của {x} [để biểu diễn trên biểu đồ hình quạt tròn|].|Tìm tỉ lệ phần trăm ứng với {x}.]",
)
_ASK_ANGLE = (
    "[Khi biểu diễn|Nếu biểu diễn|Để biểu diễn] bằng biểu đồ hình quạt tròn, hình quạt ứng với {x} có số đo góc [là |]bao nhiêu độ?",
    "[Tính|Hãy tính] số đo góc của hình quạt ứng với {x} [khi vẽ|trong] biểu đồ hình quạt tròn.",
)


def data_collection(random: Random, level: int) -> Plan:
    """How many of a row reach a bound; a share in percent for a circle chart; the angle of its sector."""
    if level == 1:
        return _counted(random)
    about, kinds, who = random.choice(_OPINIONS)
    whole = 360 if level == 3 else 100
    while True:
        total = random.choice(
            (50, 80, 100, 120, 125, 150, 200, 250) if level == 2 else (90, 120, 144, 160, 180, 240, 288, 300, 400)
        )
        values = random.sample(range(total // 12, total // 2), 3)
        values.append(total - sum(values))
        share = Fraction(values[0] * whole, total)
        if values[3] > 5 and values[3] not in values[:3] and (share * (10 if level == 2 else 2)).denominator == 1:
            break
    shown = random.sample(kinds, 4)
    row = "; ".join(f"{kind}: {value} {who}" for kind, value in zip(shown, values, strict=True))
    form = random.choice(_SURVEYED).replace("{ask}", random.choice(_ASK_PERCENT if level == 2 else _ASK_ANGLE))
    question = phrase(random, form, about=about, row=row, who=who, x=f"số {who} chọn {shown[0]}")

    def solve(sheet: Sheet) -> None:
        everyone = sheet.sum(values, who, f"Tổng số {who} được hỏi là")
        if level == 2:
            part = sheet.multiply(values[0], sheet.pick(100, 10), lead=f"Nhân số {who} chọn {shown[0]} với 100, ta được")
            share = sheet.divide(part, everyone, "%", f"Tỉ lệ phần trăm {who} chọn {shown[0]} là")
            sheet.answer(share, "%")
            return
        sheet.say(f"Cả hình tròn 360° biểu diễn {number(everyone)} {who}.")
        part = sheet.multiply(values[0], sheet.pick(360, 180, 100), lead=f"Nhân số {who} chọn {shown[0]} với 360, ta được")
        angle = sheet.divide(part, everyone, "°", f"Số đo góc của hình quạt ứng với {shown[0]} là")
        sheet.answer(angle, "°")

    return Plan((level, *values), question, solve)


def _counted(random: Random) -> Plan:
    about, who, verb, what, low, high = random.choice(_SCORED)
    n = random.randint(12, 18)
    middle = random.randint(low + 2, high - 1)
    values = [min(high, max(low, round(random.gauss(middle, (high - low) / 4)))) for _ in range(n)]
    bound = sorted(values)[n // 2]
    if bound in (min(values), max(values)):
        return _counted(random)
    row = "; ".join(map(str, values))
    form = random.choice(_RAW).replace("{about}", about)
    question = phrase(random, form, n=n, row=row, who=who, verb=verb, what=what, low=bound)
    kinds = [value for value in sorted(set(values)) if value >= bound]

    def solve(sheet: Sheet) -> None:
        taken = sheet.pick(kinds, kinds[1:] or kinds, kind="bound")
        if len(taken) > 1:
            taken = sheet.pick(taken, taken[:-1], kind="term")
        counts = []
        sheet.say(f"Đếm trong dãy dữ liệu các giá trị từ {bound} trở lên:")
        for value in taken:
            count = values.count(value)
            count = sheet.pick(count, count + 1, max(1, count - 1) if count > 1 else count + 2, kind="miscounted")
            sheet.say(f"{value} {what}: {count} {who}")
            counts.append(count)
        total = sheet.sum(counts, who, f"Số {who} {verb} từ {bound} {what} trở lên là") if len(counts) > 1 else counts[0]
        sheet.answer(sheet.pick(total, n - total if n != 2 * total else total + 1, kind="asked"), who)

    return Plan((*values, bound), question, solve)


_YEARS = (
    ("số lượt khách đến một khu du lịch", "nghìn lượt", 40, 300), ("sản lượng lúa của một huyện", "nghìn tấn", 50, 400),
    ("số máy tính một cửa hàng bán được", "chiếc", 120, 900), ("số xe đạp điện một đại lí bán được", "chiếc", 150, 800),
    ("doanh thu của một công ti", "tỉ đồng", 40, 350), ("số học sinh của một trường", "học sinh", 500, 1600),
)  # fmt: skip
_TWO_YEARS = (
    "[Biểu đồ|Biểu đồ cột] cho biết {about} năm {y1} là {a} {unit}, năm {y2} là {b} {unit}. {ask}",
    "[Theo biểu đồ|Theo bảng thống kê|Dựa vào số liệu thống kê], {about} năm {y1} là {a} {unit}[ và|,] năm {y2} là {b} {unit}. {ask}",
)
_ASK_MORE = "[Hỏi năm {y2} {change} bao nhiêu {unit} so với năm {y1}?|Tính xem năm {y2} {change} bao nhiêu {unit} so với năm {y1}.|So với năm {y1}, năm {y2} {change} bao nhiêu {unit}?]"
_ASK_RATE = "[Hỏi năm {y2} {change} bao nhiêu phần trăm so với năm {y1}?|Tính tỉ lệ phần trăm {change} của năm {y2} so với năm {y1}.|So với năm {y1}, năm {y2} {change} bao nhiêu phần trăm?]"
_ODD_ONE = (
    "[Một báo cáo|Báo cáo của nhà trường] ghi tỉ lệ học sinh {goal}: {row}. [Biết các tỉ lệ phần trăm đều đúng|Các tỉ lệ phần trăm đều được ghi đúng] nhưng số học sinh của một lớp [ghi sai|không hợp lí]. [Tìm số học sinh đúng của lớp đó.|Hỏi số đúng của lớp đó là bao nhiêu học sinh?|Hãy tìm lớp có số liệu không hợp lí và sửa lại số học sinh.]",
    "[Khi kiểm tra|Khi xem lại] số liệu về học sinh {goal}: {row}, [người ta thấy|bạn Minh thấy|bạn Lan thấy] có đúng một lớp có số học sinh không phù hợp với tỉ lệ phần trăm. [Tìm số học sinh đúng của lớp đó.|Tính lại số học sinh của lớp ghi sai.|Hỏi số học sinh đúng của lớp đó là bao nhiêu?]",
)
_GOALS = (
    "tham gia câu lạc bộ",
    "biết bơi",
    "đạt giải cuộc thi vẽ",
    "đăng kí tham quan",
    "tham gia hiến tặng sách",
    "đạt chuẩn thể lực",
)


def chart_analysis(random: Random, level: int) -> Plan:
    """How much more or less than the year before; by how many percent; which number does not fit its percentage."""
    if level == 3:
        return _unfit_number(random)
    about, unit, low, high = random.choice(_YEARS)
    year = random.randint(2014, 2023)
    grows = random.random() < 0.6
    while True:
        a = random.randint(low, high)
        if level == 1:
            b = a + random.randint(max(3, a // 20), a // 3) * (1 if grows else -1)
            break
        rate = Fraction(random.randint(4, 90), 2)
        b_exact = a + a * rate / 100 * (1 if grows else -1)
        if b_exact.denominator == 1 and rate.numerator:
            b = int(b_exact)
            break
    change = "tăng" if grows else "giảm"
    fields = {"about": about, "unit": unit, "a": a, "b": b, "y1": str(year), "y2": str(year + 1), "change": change}
    form = random.choice(_TWO_YEARS).replace("{ask}", _ASK_MORE if level == 1 else _ASK_RATE)

    def solve(sheet: Sheet) -> None:
        more, less = (b, a) if grows else (a, b)
        gap = sheet.subtract(more, less, unit, f"Phần {change} của năm {year + 1} so với năm {year} là")
        if level == 1:
            sheet.answer(gap, sheet.pick(unit, "%", kind="unit"))
            return
        hundred = sheet.multiply(gap, 100, lead="Nhân với 100, ta được")
        base = sheet.pick(a, b, kind="base")
        rate = sheet.divide(hundred, base, "%", f"Tỉ lệ phần trăm {change} so với năm {year} là")
        sheet.answer(rate, "%")

    return Plan((level, a, b), phrase(random, form, **fields), solve)


def _unfit_number(random: Random) -> Plan:
    classes = random.sample(("8A", "8B", "8C", "8D", "8E"), 3)
    sizes: list[int] = []
    percents: list[int] = []
    right: list[int] = []
    while len(sizes) < 3:
        size, percent = random.randint(25, 48), random.randint(2, 19) * 5
        if size * percent % 100 == 0 and size not in sizes:
            sizes.append(size)
            percents.append(percent)
            right.append(size * percent // 100)
    wrong = random.randrange(3)
    shown = list(right)
    shown[wrong] = right[wrong] + random.choice(
        [off for off in (-5, -4, -3, -2, 2, 3, 4, 5) if 0 < right[wrong] + off <= sizes[wrong]]
    )
    row = "; ".join(
        f"lớp {name} có {size} học sinh, tỉ lệ {percent}%, tức {count} học sinh"
        for name, size, percent, count in zip(classes, sizes, percents, shown, strict=True)
    )

    def solve(sheet: Sheet) -> None:
        sheet.say("Tính lại số học sinh của từng lớp theo tỉ lệ phần trăm:")
        found = []
        for name, size, percent, count in zip(classes, sizes, percents, shown, strict=True):
            product = sheet.multiply(size, percent, lead=f"Lớp {name}, tích của sĩ số và số phần trăm là")
            value = sheet.divide(product, sheet.pick(100, 10), "học sinh", f"Số học sinh của lớp {name} theo tỉ lệ là")
            fits = value == count
            sheet.say(f"Số liệu của lớp {name} {'hợp lí' if fits else 'không hợp lí'} (đề bài ghi {count}).")
            if not fits:
                found.append((name, value))
        name, value = found[-1] if found else (classes[wrong], shown[wrong])
        sheet.say(f"Vậy số đúng của lớp {name} là {number(value)} học sinh.")
        sheet.answer(sheet.pick(value, shown[wrong], kind="asked"), "học sinh")

    question = phrase(random, _ODD_ONE, goal=random.choice(_GOALS), row=row)
    return Plan((*sizes, *percents, wrong), question, solve)


_BOX = (
    "[Một hộp có|Trong hộp có|Trong một túi có] {a} {thing} màu {c1}, {b} {thing} màu {c2}[ và|,] {c} {thing} màu {c3}[ có cùng kích thước|, cùng kích thước và khối lượng|]. [Lấy|Chọn] ngẫu nhiên một {thing}. Tính xác suất [của biến cố|để] [lấy được {thing}|{thing} được lấy có] màu {asked}.",
    "{Name} [lấy|rút] ngẫu nhiên một {thing} từ [hộp|túi] có {a} {thing} màu {c1}, {b} {thing} màu {c2}, {c} {thing} màu {c3} [giống nhau về kích thước|cùng kích thước]. [Hỏi xác suất lấy được {thing} màu {asked} là bao nhiêu?|Tính xác suất để {Name} lấy được {thing} màu {asked}.]",
)
_CARDS = (
    "[Một hộp có|Trong hộp có] {n} thẻ [cùng loại|giống nhau], được đánh số [từ|lần lượt từ] {m} đến {last}[, mỗi thẻ ghi một số|]. Rút ngẫu nhiên một thẻ. [Tính xác suất của biến cố “{event}”.|Hỏi xác suất của biến cố “{event}” là bao nhiêu?]",
    "{Name} rút ngẫu nhiên một thẻ từ hộp [gồm|có] {n} thẻ ghi các số từ {m} đến {last}. [Tính|Tìm] xác suất [của biến cố|để xảy ra biến cố] “{event}”.",
)
_NUMBERS = (
    "Chọn ngẫu nhiên một số tự nhiên [trong các số|trong {n} số] từ {m} đến {last}. [Tính|Tìm|Hãy tính|Em hãy tính] xác suất của biến cố “{event}”.",
    "{Name} [chọn|viết] ngẫu nhiên một số tự nhiên từ {m} đến {last}. [Tính|Tìm|Hãy tính] xác suất [của biến cố|để xảy ra biến cố] “{event}”.",
)


def probability_by_ratio(random: Random, level: int) -> Plan:
    """One colour of three; cards with a multiple of a number; cards that are no multiple, or not of one colour."""
    if level == 1:
        return _one_of_three(random)
    k = random.randint(3, 12)
    m = random.randint(1, 20) if level == 2 else random.randint(21, 90)
    n = random.randint(12, 40) if level == 2 else random.randint(41, 90)
    last = m + n - 1
    first_multiple, last_multiple = -(-m // k) * k, last // k * k
    count = (last_multiple - first_multiple) // k + 1
    cards = random.random() < 0.6
    which = random.choice(("thẻ rút được ghi số", "số ghi trên thẻ")) if cards else "số được chọn"
    event = f"{which} {'không ' if level == 3 else ''}chia hết cho {k}"
    template = _CARDS if cards else _NUMBERS
    question = phrase(random, template, n=n, m=m, last=last, event=event, Name=pupils(random, 1)[0])

    def solve(sheet: Sheet) -> None:
        gap = sheet.subtract(last, m, lead="Hiệu của số lớn nhất và số bé nhất là")
        total = int(sheet.add(gap, sheet.pick(1, 0), lead="Số kết quả có thể là"))
        sheet.say("Các kết quả đó là đồng khả năng.")
        sheet.say(f"Số bé nhất chia hết cho {k} là {first_multiple}, số lớn nhất chia hết cho {k} là {last_multiple}.")
        span = sheet.subtract(last_multiple, first_multiple, lead="Hiệu của hai số đó là")
        steps = sheet.divide(span, k, lead=f"Chia hiệu cho khoảng cách {k}, ta được")
        good = int(sheet.add(steps, sheet.pick(1, 0), lead=f"Số các số chia hết cho {k} là"))
        if level == 3 and sheet.pick(True, False, kind="asked"):
            good = int(sheet.subtract(total, good, lead="Số kết quả thuận lợi của biến cố là"))
        top, bottom = sheet.pick((good, total), (good, max(1, total - good)), kind="formula")
        if top > bottom:
            raise Absurd  # no pupil believes in a chance over 1
        sheet.say(f"Xác suất của biến cố là {top}/{bottom}.")
        sheet.answer_text(fraction(Fraction(*lowest(sheet, (top, bottom)))))

    return Plan((m, n, k, count), question, solve)


def _one_of_three(random: Random) -> Plan:
    thing = random.choice(("viên bi", "quả bóng", "chiếc bút", "tấm thẻ"))
    values = [random.randint(2, 18) for _ in range(3)]
    colours = random.sample(("đỏ", "xanh", "vàng", "trắng", "đen", "tím"), 3)
    place = random.randrange(3)
    keys = {"a": values[0], "b": values[1], "c": values[2], "c1": colours[0], "c2": colours[1], "c3": colours[2]}
    question = phrase(random, _BOX, thing=thing, Name=pupils(random, 1)[0], asked=colours[place], **keys)

    def solve(sheet: Sheet) -> None:
        total = int(sheet.sum(values, lead="Số kết quả có thể là"))
        sheet.say("Các kết quả đó là đồng khả năng.")
        good = sheet.pick(values[place], values[place - 1], kind="misread")
        sheet.say(f"Số kết quả thuận lợi của biến cố lấy được {thing} màu {colours[place]} là {good}.")
        top, bottom = sheet.pick((good, total), (good, max(1, abs(total - good))), kind="formula")
        if top > bottom:
            raise Absurd  # no pupil believes in a chance over 1
        sheet.say(f"Xác suất của biến cố là {top}/{bottom}.")
        sheet.answer_text(fraction(Fraction(*lowest(sheet, (top, bottom)))))

    return Plan((*values, values[place]), question, solve)
