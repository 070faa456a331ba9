"""Areas of the parallelogram and the rhombus: grade 6."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase

_PLOTS = (
    ("mảnh đất", "m", 8, 90),
    ("thửa ruộng", "m", 30, 240),
    ("khu đất", "m", 40, 240),
    ("tấm bìa", "cm", 8, 60),
    ("viên gạch trang trí", "cm", 8, 40),
)
_PARALLELOGRAM = (
    "[Một|Cho một|Có một] {thing} hình bình hành có [độ dài đáy|cạnh đáy] {a} {unit} và chiều cao [tương ứng |]{b} {unit}. [Tính|Hãy tính] diện tích {thing} đó.",
    "[Tính|Hãy tính] diện tích [một|của một] {thing} hình bình hành có [đáy|cạnh đáy] dài {a} {unit}, chiều cao [tương ứng |]{b} {unit}.",
    "[Một|Có một] {thing} hình bình hành có cạnh đáy {a} {unit}, chiều cao ứng với cạnh đó là {b} {unit}. [Hỏi diện tích {thing} đó là bao nhiêu?|Diện tích {thing} đó bằng bao nhiêu?]",
)
_PARALLELOGRAM_BY_GAP = (
    "[Một|Cho một|Có một] {thing} hình bình hành có [độ dài đáy|cạnh đáy] {a} {unit}, chiều cao [kém|ngắn hơn] cạnh đáy {gap} {unit}. [Tính|Hãy tính] diện tích {thing} đó.",
    "[Tính|Hãy tính] diện tích [một|của một] {thing} hình bình hành có [đáy|cạnh đáy] dài {a} {unit}, biết chiều cao [kém|ngắn hơn] cạnh đáy {gap} {unit}.",
    "[Một|Có một] {thing} hình bình hành có cạnh đáy {a} {unit} và dài hơn chiều cao tương ứng {gap} {unit}. [Hỏi diện tích {thing} đó là bao nhiêu?|Diện tích {thing} đó bằng bao nhiêu?]",
)


def _plot(random: Random, level: int) -> tuple[str, str, int, int]:
    """What it is, its unit, a length and a shorter one."""
    low, high = ((8, 60), (61, 99), (100, 240))[level - 1]
    fitting = [plot for plot in _PLOTS if plot[3] >= low + 4 and plot[2] <= high]
    thing, unit, least, most = random.choice(fitting)
    a = random.randint(max(low, least), min(high, most))
    return thing, unit, a, random.randint(max(3, a // 3), a - 2)


def parallelogram_area(random: Random, level: int) -> Plan:
    """Base × height: to 60, to 99; in level 3 the height is told as so much less than the base."""
    thing, unit, a, b = _plot(random, level)
    templates = _PARALLELOGRAM_BY_GAP if level == 3 else _PARALLELOGRAM
    square = f"{unit}²"

    def solve(sheet: Sheet) -> None:
        height = sheet.subtract(a, a - b, unit, "Chiều cao của hình bình hành là") if level == 3 else b
        asked = sheet.pick("area", "around", "half")
        lead = f"Diện tích của {thing} là"
        if asked == "around":
            total = sheet.multiply(sheet.add(a, height, lead=lead), 2, square)
        else:
            total = sheet.multiply(a, height, square, lead)
            total = sheet.divide(total, 2, square) if asked == "half" else total
        sheet.answer(total, square)

    question = phrase(random, templates, thing=thing, unit=unit, a=a, b=b, gap=a - b)
    return Plan((a, b, level == 3), question, solve)


_RHOMBUS = (
    "[Một|Cho một|Có một] {thing} hình thoi có [hai đường chéo dài|độ dài hai đường chéo là] {a} {unit} và {b} {unit}. [Tính|Hãy tính] diện tích {thing} đó.",
    "[Tính|Hãy tính] diện tích [một|của một] {thing} hình thoi [biết|có] độ dài hai đường chéo là {a} {unit} và {b} {unit}.",
    "[Một|Có một] {thing} hình thoi có hai đường chéo lần lượt là {a} {unit} và {b} {unit}. [Hỏi diện tích {thing} đó là bao nhiêu?|Diện tích {thing} đó bằng bao nhiêu?]",
)
_RHOMBUS_BY_GAP = (
    "[Một|Cho một|Có một] {thing} hình thoi có đường chéo lớn {a} {unit}, đường chéo bé [kém|ngắn hơn] đường chéo lớn {gap} {unit}. [Tính|Hãy tính] diện tích {thing} đó.",
    "[Tính|Hãy tính] diện tích [một|của một] {thing} hình thoi có đường chéo lớn dài {a} {unit}, biết đường chéo bé [kém|ngắn hơn] đường chéo lớn {gap} {unit}.",
    "[Một|Có một|Người ta đo được một] {thing} hình thoi có đường chéo lớn {a} {unit} và dài hơn đường chéo bé {gap} {unit}. [Hỏi diện tích {thing} đó là bao nhiêu?|Diện tích {thing} đó bằng bao nhiêu?]",
)


def rhombus_area(random: Random, level: int) -> Plan:
    """Half the product of the diagonals; in level 3 the smaller one is told as so much less than the other."""
    thing, unit, a, b = _plot(random, level)
    square = f"{unit}²"

    def solve(sheet: Sheet) -> None:
        other = sheet.subtract(a, a - b, unit, "Độ dài đường chéo bé là") if level == 3 else b
        product = sheet.multiply(a, other, lead="Tích hai đường chéo là")
        sheet.answer(sheet.divide(product, sheet.pick(2, 4), square, f"Diện tích của {thing} là"), square)

    question = phrase(random, _RHOMBUS_BY_GAP if level == 3 else _RHOMBUS, thing=thing, unit=unit, a=a, b=b, gap=a - b)
    return Plan((a, b, level == 3), question, solve)


_FENCE = (
    "[Một|Cho một] {thing} hình thang cân có hai cạnh đáy [dài |]{a} m và {b} m, mỗi cạnh bên [dài |]{c} m. [Người ta|Bác chủ vườn] [muốn |]làm hàng rào xung quanh {thing} đó. "
    "[Hỏi hàng rào dài bao nhiêu mét?|Tính chiều dài hàng rào.]",
    "[Tính|Hãy tính] chu vi của một {thing} hình thang cân [có|biết] hai đáy dài {a} m và {b} m, cạnh bên dài {c} m.",
    "Một {thing} có dạng hình thang cân với độ dài hai đáy là {a} m, {b} m và độ dài cạnh bên là {c} m. [Tính chu vi {thing} đó.|Hỏi chu vi {thing} đó là bao nhiêu mét?]",
)
_BED = (
    "[Một|Trong công viên có một] {thing} hình chữ nhật dài {a} m, rộng {b} m. [Ở giữa|Bên trong] [người ta|bác Tư|ban quản lí] làm một bồn hoa {bed}. ",
    "{place} có một {thing} hình chữ nhật, chiều dài {a} m, chiều rộng {b} m. [Người ta|Các bác công nhân] xây trong đó một bồn hoa {bed}. ",
)
_REST = "[Tính diện tích phần còn lại của {thing}.|Hỏi phần còn lại của {thing} có diện tích bao nhiêu mét vuông?|Hãy tính diện tích phần đất còn lại.]"
_GRASS = (
    "Phần còn lại [được trồng cỏ|dùng để trồng cỏ], [chi phí|giá] mỗi mét vuông cỏ là {price} đồng. "
    "[Tính số tiền trồng cỏ.|Hỏi cần bao nhiêu tiền để trồng cỏ?|Tính chi phí trồng cỏ.]"
)


def plane_figures(random: Random, level: int) -> Plan:
    """The fence around an isosceles trapezium; a rectangle without a flower bed; the price of the grass on the rest."""
    if level == 1:
        return _fence(random)
    thing = random.choice(("khuôn viên", "khu vườn", "mảnh đất", "khu đất"))
    a = random.randint(21, 45)
    b = random.randint(14, a - 4)
    rhombus = random.random() < 0.5
    p, q = random.randint(4, 12), 2 * random.randint(2, 5)
    price = random.randint(25, 90) * 1000
    bed = (
        f"hình thoi có hai đường chéo {p} m và {q} m"
        if rhombus
        else f"hình bình hành có một cạnh {p} m và chiều cao tương ứng {q} m"
    )
    place = random.choice(("Trường em", "Một thôn", "Một khu dân cư", "Một nhà văn hoá"))

    def solve(sheet: Sheet) -> None:
        whole = sheet.multiply(a, b, "m²", f"Diện tích {thing} hình chữ nhật là")
        inner = sheet.multiply(
            p, q, "" if rhombus else "m²", "Diện tích bồn hoa là" if not rhombus else "Tích hai đường chéo của bồn hoa là"
        )
        if rhombus:
            inner = sheet.divide(inner, sheet.pick(2, 4), "m²", "Diện tích bồn hoa là")
        rest = sheet.subtract(whole, inner, "m²", "Diện tích phần còn lại là")
        if level == 3:
            sheet.answer(sheet.multiply(rest, price, "đồng", "Số tiền trồng cỏ là"), "đồng")
        else:
            sheet.answer(rest, "m²")

    template = random.choice(_BED) + (_GRASS if level == 3 else _REST)
    question = phrase(random, template, thing=thing, a=a, b=b, bed=bed, place=place, price=price)
    return Plan((a, b, rhombus, p, q, *((price,) if level == 3 else ())), question, solve)


def _fence(random: Random) -> Plan:
    thing = random.choice(("mảnh vườn", "mảnh đất", "thửa ruộng", "khu đất"))
    b, a = sorted(random.sample(range(8, 60), 2))
    c = random.randint((a - b) // 2 + 2, (a - b) // 2 + 25)

    def solve(sheet: Sheet) -> None:
        bases = sheet.add(a, b, "m", "Tổng độ dài hai đáy là")
        sides = sheet.multiply(c, sheet.pick(2, 1), "m", "Tổng độ dài hai cạnh bên là")
        sheet.answer(sheet.add(bases, sides, "m", f"Chu vi {thing} là"), "m")

    return Plan((a, b, c), phrase(random, _FENCE, thing=thing, a=a, b=b, c=c), solve)
