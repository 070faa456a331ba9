"""Ratios of repeated events, tables and circle charts: grade 5."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum.mathematics.charts_and_counts import SUBJECTS, TOTAL, data_table
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.fractions import Pair, text
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import clause, phrase
from mathpal_lightning.curriculum.writing import fraction, table


def lowest(sheet: Sheet, pair: Pair) -> Pair:
    """The fraction in lowest terms, both divisions worked."""
    if 0 in pair:
        raise Absurd
    shared = gcd(*pair)
    if shared == 1:
        return pair
    sheet.say(f"Rút gọn {text(pair)}, chia cả tử số và mẫu số cho {shared}:")
    top, bottom = sheet.divide(pair[0], shared), sheet.divide(pair[1], shared)
    if not isinstance(top, int) or not isinstance(bottom, int) or bottom == 0:
        raise Absurd
    found = top, bottom
    sheet.say(f"Phân số tối giản là {text(found)}.")
    return found


def near_half(random: Random, n: int) -> int:
    """How often one side of a coin comes in n throws: within two and a half standard deviations of the half."""
    off = int(1.25 * n**0.5)
    return random.randint((n + 1) // 2 - off, n // 2 + off)


_TABLE = "[Bảng số liệu|Bảng thống kê|Một bảng số liệu] [cho biết|ghi] {about}:\n{columns}\n"
_RATIOS = (
    "{name} [tung|gieo] một đồng xu {n} lần, [có|trong đó có] {a} lần xuất hiện mặt {side}. [Viết|Hãy viết|Tìm|Tính] tỉ số [của|giữa] số lần xuất hiện mặt {asked} và tổng số lần tung.",
    "[Trong {n} lần tung một đồng xu|Sau {n} lần tung một đồng xu], {name} thấy mặt {side} xuất hiện {a} lần. [Tỉ số của số lần xuất hiện mặt {asked} và tổng số lần tung là bao nhiêu?|Viết tỉ số của số lần xuất hiện mặt {asked} và tổng số lần tung.]",
    "Khi tung một đồng xu {n} lần, mặt {side} xuất hiện {a} lần. [Viết|Tìm|Hãy viết|Hãy tìm] tỉ số của số lần xuất hiện mặt {asked} và tổng số lần tung[ đồng xu|].",
    "Một đồng xu được tung {n} lần, [mặt {side} xuất hiện {a} lần|có {a} lần ra mặt {side}]. [Viết|Tính|Hãy viết] tỉ số của số lần xuất hiện mặt {asked} và tổng số lần tung.",
)
_THREE_COLOURS = (
    "{name} lấy một quả bóng trong hộp, xem màu rồi trả lại. [Kết quả|Sau nhiều lần lấy]: {a} lần bóng {c1}, {b} lần bóng {c2}, {c} lần bóng {c3}. "
    "[Viết|Hãy viết|Tìm|Hãy tìm] tỉ số của số lần lấy được bóng {c1} và tổng số lần lấy bóng.",
    "[Một hộp có|Trong hộp có] bóng {c1}, {c2} và {c3}. {name} lấy một quả, ghi màu rồi trả lại, được {a} lần bóng {c1}, {b} lần bóng {c2} và {c} lần bóng {c3}. "
    "[Tỉ số của số lần lấy được bóng {c1} và tổng số lần lấy là bao nhiêu?|Viết tỉ số của số lần lấy được bóng {c1} và tổng số lần lấy.|Tìm tỉ số của số lần lấy được bóng {c1} và tổng số lần lấy.]",
    "{name} [quay|xoay] một bánh xe có ba màu. Mũi tên dừng ở màu {c1} {a} lần, màu {c2} {b} lần, màu {c3} {c} lần. "
    "[Viết|Hãy viết|Tìm|Tính] tỉ số của số lần mũi tên dừng ở màu {c1} và tổng số lần quay.",
)


def ratio_of_repetitions(random: Random, level: int) -> Plan:
    """The ratio of a count to all throws; of the other side; of one of three colours, all of them added first."""
    name = pupils(random, 1)[0]
    if level < 3:
        n = random.randint(*((10, 100), (102, 199))[level - 1])
        a = near_half(random, n)
        side, other = random.sample(("sấp", "ngửa"), 2)

        def one(sheet: Sheet) -> None:
            times = a if level == 1 else int(sheet.subtract(n, a, "lần", f"Số lần xuất hiện mặt {other} là"))
            top, bottom = sheet.pick((times, n), (n, times), (times, n + times), (times, n - times), kind="formula")
            sheet.say(f"Tỉ số của số lần xuất hiện mặt {side if level == 1 else other} và tổng số lần tung là {top}/{bottom}.")
            sheet.answer(Fraction(*lowest(sheet, (top, bottom))), write=fraction)

        fields = {"side": side, "asked": side if level == 1 else other, "name": name}
        return Plan((level, n, a), phrase(random, _RATIOS, n=n, a=a, **fields), one)
    a, b, c = (random.randint(8, 48) for _ in range(3))
    c1, c2, c3 = random.sample(("đỏ", "xanh", "vàng", "trắng", "tím"), 3)

    def three(sheet: Sheet) -> None:
        total = int(sheet.sum((a, b, c), "lần", "Tổng số lần thực hiện là"))
        top, bottom = sheet.pick((a, total), (total, a), (a, b + c), kind="formula")
        sheet.say(f"Tỉ số của số lần được màu {c1} và tổng số lần là {top}/{bottom}.")
        sheet.answer(Fraction(*lowest(sheet, (top, bottom))), write=fraction)

    return Plan((a, b, c), phrase(random, _THREE_COLOURS, name=name, a=a, b=b, c=c, c1=c1, c2=c2, c3=c3), three)


_SHARE = "[Hỏi số {spelled} của {x} chiếm bao nhiêu phần trăm tổng số {spelled}?|Số {spelled} của {x} bằng bao nhiêu phần trăm tổng số?|Tính tỉ số phần trăm của số {spelled} của {x} và tổng số {spelled}.|Tìm tỉ số phần trăm của số {spelled} của {x} và tổng số.]"
_CIRCLE = (
    "[Biểu đồ hình quạt tròn|Một biểu đồ hình quạt tròn] [cho biết|biểu diễn] [số học sinh|tỉ số phần trăm học sinh] của {total} học sinh khối 5 tham gia các câu lạc bộ:\n{row}\n"
    "[Hỏi câu lạc bộ {x} có nhiều hơn câu lạc bộ {y} bao nhiêu học sinh?|Tính xem câu lạc bộ {x} nhiều hơn câu lạc bộ {y} bao nhiêu học sinh.]",
    "[Khối 5 có|Khối lớp 5 có] {total} học sinh [tham gia|vào] các câu lạc bộ. [Biểu đồ hình quạt tròn [cho biết|ghi]|Đọc biểu đồ hình quạt tròn, ta được] tỉ số phần trăm học sinh của mỗi câu lạc bộ:\n{row}\n"
    "[Hỏi số học sinh của câu lạc bộ {x} nhiều hơn câu lạc bộ {y} là bao nhiêu?|Câu lạc bộ {x} có nhiều hơn câu lạc bộ {y} bao nhiêu học sinh?]",
)


def chart_choice(random: Random, level: int) -> Plan:
    """The sum of a table or the chart for it; a difference read from a circle chart and the whole; the share of one row in percent."""
    data = random.choice(SUBJECTS[:4])
    labels = tuple(label.replace("4", "5") if label.startswith("lớp") else label for label in data.labels)
    about = data.about.replace("khối 4", "khối 5")
    if level == 2:
        return _clubs(random)
    if level == 1:
        values = random.sample(range(data.low, data.high + 1), 3)
    else:
        total = random.choice((100, 200, 250))
        while True:
            values = random.sample(range(18, total // 3 + 12), 3)
            values.append(total - sum(values))
            if values[-1] >= 15 and values[-1] not in values[:3]:
                break
    fields = {
        "about": about,
        "columns": data_table(data._replace(labels=labels), values),
        "unit": data.unit,
        "spelled": SPELLED.get(data.unit, data.unit),
        "x": labels[0],
    }
    if level == 1 and random.random() < 0.3:
        return _which_chart(random, values, labels, fields)
    question = phrase(random, _TABLE + (TOTAL if level == 1 else _SHARE), **fields)

    def solve(sheet: Sheet) -> None:
        whole = sheet.sum(values, data.unit, f"Tổng số {SPELLED.get(data.unit, data.unit)} là")
        if level == 1:
            sheet.answer(whole, data.unit)
            return
        part = sheet.divide(
            values[0], whole, lead=f"Tỉ số của số {SPELLED.get(data.unit, data.unit)} của {labels[0]} và tổng số là"
        )
        sheet.answer(sheet.multiply(part, 100, "%", "Tỉ số phần trăm cần tìm là"), "%")

    return Plan((level, *values), question, solve)


_CHARTS = {
    "biểu đồ cột": (
        "[so sánh|thấy rõ sự hơn kém về] số {spelled} của {x}, {y} và {z}",
        "số liệu nào lớn hơn, số liệu nào bé hơn",
    ),
    "biểu đồ hình quạt tròn": (
        "[thấy rõ|biết] {x} chiếm bao nhiêu phần trăm tổng số {spelled}",
        "mỗi phần chiếm bao nhiêu phần trăm tổng số",
    ),
}
"""What a chart is chosen for, and what it shows."""
_CHOOSE = (
    "Muốn {aim} thì nên [dùng|vẽ|chọn] biểu đồ cột hay biểu đồ hình quạt tròn?",
    "Để {aim}, [nên|em nên] [dùng|vẽ|chọn] biểu đồ cột hay biểu đồ hình quạt tròn?",
)


def _which_chart(random: Random, values: list[int], labels: tuple[str, ...], fields: dict[str, str]) -> Plan:
    chart = random.choice(list(_CHARTS))
    aim = clause(random, _CHARTS[chart][0], spelled=fields["spelled"], **dict(zip("xyz", labels, strict=False)))

    def solve(sheet: Sheet) -> None:
        chosen = sheet.pick(chart, *(other for other in _CHARTS if other != chart), kind="chart")
        sheet.say(f"{chosen[0].upper()}{chosen[1:]} cho thấy rõ {_CHARTS[chosen][1]}.")
        sheet.answer_text(chosen)

    return Plan((chart, *values), phrase(random, _TABLE, **fields) + phrase(random, _CHOOSE, aim=aim), solve)


def _clubs(random: Random) -> Plan:
    clubs = random.sample(("bóng đá", "cờ vua", "mĩ thuật", "bơi lội", "âm nhạc", "cầu lông"), 4)
    shares = sorted(random.sample(range(10, 40), 3), reverse=True)
    shares.append(100 - sum(shares))
    if not 5 <= shares[3] < 45 or shares[3] in shares[:3]:
        return _clubs(random)
    total = random.choice((100, 200, 300, 400))
    x, y = clubs[0], clubs[2]

    def solve(sheet: Sheet) -> None:
        gap = sheet.subtract(shares[0], shares[2], "%", f"Tỉ số phần trăm câu lạc bộ {x} nhiều hơn câu lạc bộ {y} là")
        one = sheet.divide(total, sheet.pick(100, 10), "học sinh", "1% số học sinh là")
        sheet.answer(
            sheet.multiply(one, gap, "học sinh", f"Số học sinh câu lạc bộ {x} nhiều hơn câu lạc bộ {y} là"), "học sinh"
        )

    row = table(["Câu lạc bộ", *clubs], ["Tỉ số phần trăm", *(f"{share}%" for share in shares)])
    return Plan((total, *shares), phrase(random, _CIRCLE, total=total, row=row, x=x, y=y), solve)
