"""A number of which a part is known, as a fraction or as a percentage: grade 6."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions
from mathpal_lightning.curriculum.wording import fill, phrase


class _Story(NamedTuple):
    """A whole, its part that is told, and the sizes that the whole has in life."""

    question: str
    lead: str
    unit: str
    low: int
    high: int
    share: tuple[float, float] = (0, 1)
    """From which to which part of the whole is told in life."""


_WHOLE = (
    _Story("[Tìm|Hãy tìm] một số, biết {share} của [nó|số đó] [bằng|là] {part}.", "Số cần tìm là", "", 1, 10**9),
    _Story("Cho biết {share} của một số [bằng|là] {part}. [Tìm số đó.|Hỏi số đó là bao nhiêu?]", "Số đó là", "", 1, 10**9),
    _Story(
        "{name} đã đọc {part} trang, [bằng|ứng với] {share} số trang của một cuốn [sách|truyện]. "
        "[Hỏi cuốn đó có bao nhiêu trang?|Tính số trang của cuốn đó.]",
        "Số trang của cuốn đó là",
        "trang",
        30,
        600,
    ),
    _Story(
        "[Một trường|Trường của {name}] có {part} học sinh nữ, chiếm {share} số học sinh toàn trường. "
        "[Hỏi trường đó có bao nhiêu học sinh?|Tính số học sinh của trường đó.]",
        "Số học sinh của trường là",
        "học sinh",
        200,
        2000,
        (0.4, 0.6),
    ),
    _Story(
        "[Một cửa hàng|Cửa hàng] đã bán {part} kg gạo, [bằng|tức là] {share} số gạo [lúc đầu|trong kho lúc đầu]. "
        "[Hỏi lúc đầu cửa hàng có bao nhiêu ki-lô-gam gạo?|Tính số gạo lúc đầu của cửa hàng.]",
        "Số ki-lô-gam gạo lúc đầu là",
        "kg",
        60,
        9000,
    ),
    _Story(
        "[Một ô tô|Một đoàn tàu] đã đi được {part} km, [bằng|ứng với] {share} quãng đường. "
        "[Hỏi cả quãng đường dài bao nhiêu ki-lô-mét?|Tính độ dài cả quãng đường.]",
        "Độ dài cả quãng đường là",
        "km",
        20,
        1700,
    ),
    _Story(
        "[Một bể|Bể] đang chứa {part} l nước, [bằng|chiếm] {share} dung tích của bể. "
        "[Hỏi bể chứa đầy được bao nhiêu lít nước?|Tính dung tích của bể.]",
        "Dung tích của bể là",
        "l",
        100,
        9000,
    ),
)
_LEFT = (
    _Story(
        "[{name}|Bạn {name}|Trong tuần này, {name}] đã đọc {share} số trang của một cuốn [sách|truyện], còn lại {part} trang chưa đọc. "
        "[Hỏi cuốn đó có bao nhiêu trang?|Tính số trang của cuốn đó.]",
        "Số trang của cuốn đó là",
        "trang",
        60,
        800,
    ),
    _Story(
        "[Một cửa hàng|Cửa hàng|Trong một tuần, một cửa hàng] đã bán {share} số gạo, còn lại {part} kg. "
        "[Hỏi lúc đầu cửa hàng có bao nhiêu ki-lô-gam gạo?|Tính số gạo lúc đầu của cửa hàng.]",
        "Số ki-lô-gam gạo lúc đầu là",
        "kg",
        100,
        30_000,
    ),
    _Story(
        "[Một ô tô|Một đoàn tàu|Một xe khách] đã đi {share} quãng đường, còn [phải đi |]{part} km nữa thì đến nơi. "
        "[Hỏi cả quãng đường dài bao nhiêu ki-lô-mét?|Tính độ dài cả quãng đường.|Hãy tính cả quãng đường.]",
        "Độ dài cả quãng đường là",
        "km",
        60,
        1700,
    ),
    _Story(
        "[Sau khi lấy ra|Người ta lấy ra] {share} số nước trong [một bể|bể] thì bể còn {part} l nước. "
        "[Hỏi lúc đầu bể có bao nhiêu lít nước?|Tính số lít nước lúc đầu trong bể.|Hãy tính số lít nước lúc đầu.]",
        "Số lít nước lúc đầu là",
        "l",
        200,
        30_000,
    ),
    _Story(
        "[Một nhà máy|Một xưởng|Một công ti] đã giao {share} số [sản phẩm|sản phẩm của đơn hàng], còn {part} sản phẩm chưa giao. "
        "[Hỏi đơn hàng có tất cả bao nhiêu sản phẩm?|Tính số sản phẩm của cả đơn hàng.|Hãy tính số sản phẩm của cả đơn hàng.]",
        "Số sản phẩm của cả đơn hàng là",
        "sản phẩm",
        100,
        30_000,
    ),
)


def _told(random: Random, level: int, whole: int, share: str, part: int) -> tuple[_Story, str, str]:
    """A story that fits the whole, its question and the sentence that names the whole."""
    stories = [story for story in (_LEFT if level == 3 else _WHOLE) if story.low <= whole <= story.high]
    story = random.choice([story for story in stories if story.share[0] <= part / whole <= story.share[1]])
    name = pupils(random, 1)[0]
    return story, phrase(random, story.question, share=share, part=part, name=name), fill(story.lead, name=name)


def whole_from_fraction(random: Random, level: int) -> Plan:
    """The part over the fraction; in level 3 what is left is told, and its fraction comes first."""
    q = random.randint(3, 9)
    p = random.choice([top for top in range(1, q) if gcd(top, q) == 1])
    each = random.randint(*((3, 60), (61, 300), (301, 900))[level - 1])
    while level == 1 and each * q < 20:
        each += 1
    share = Fraction(q - p, q) if level == 3 else Fraction(p, q)
    part = each * p
    story, question, lead = _told(random, level, each * q, f"{share.numerator}/{share.denominator}", part)

    def solve(sheet: Sheet) -> None:
        known = (p, q)
        if level == 3:
            left = sheet.pick(Fraction(p, q), share, kind="asked")
            known = (left.numerator, left.denominator)
            reason = f"1 - {share} = {left}" if left != share else str(left)
            sheet.say(f"Phân số chỉ phần còn lại là {reason}.")
        whole = fractions.divide(sheet, (part, 1), known, lead, story.unit)
        sheet.answer(whole, story.unit)

    return Plan((part, p, q, level == 3), question, solve)


def whole_from_percent(random: Random, level: int) -> Plan:
    """Tens of percent, odd fives, then what is left of any percentage; times 100, over the percentage."""
    shares = (range(10, 100, 10), range(5, 100, 10), [share for share in range(6, 95) if share % 5])[level - 1]
    percent = random.choice(shares)
    step = 100 // gcd(percent, 100)
    low, high = ((40, 2000), (2100, 9000), (9200, 29_900))[level - 1]
    whole = random.randint(-(-low // step), high // step) * step
    told_percent = 100 - percent if level == 3 else percent
    part = whole * percent // 100
    story, question, lead = _told(random, level, whole, f"{told_percent}%", part)

    def solve(sheet: Sheet) -> None:
        known = percent
        if level == 3:
            known = sheet.pick(percent, told_percent, kind="asked")
            reason = f"100% - {told_percent}% = {known}%" if known == percent else f"{known}%"
            sheet.say(f"Tỉ số phần trăm của phần còn lại là {reason}.")
        hundred = sheet.pick(100, 10)
        product = sheet.multiply(part, hundred)
        sheet.answer(sheet.divide(product, known, story.unit, lead), story.unit)

    return Plan((part, told_percent, level == 3), question, solve)
