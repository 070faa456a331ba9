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
        product = sheet.multiply(a, other, lead=f"Diện tích của {thing} là")
        sheet.answer(sheet.divide(product, sheet.pick(2, 4), square), square)

    question = phrase(random, _RHOMBUS_BY_GAP if level == 3 else _RHOMBUS, thing=thing, unit=unit, a=a, b=b, gap=a - b)
    return Plan((a, b, level == 3), question, solve)
