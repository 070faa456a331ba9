"""Probability from experiments and of equally likely outcomes: grades 6 and 7."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.mathematics.repetitions import near_half
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction


class Trial(NamedTuple):
    """Something tried {n} times, with what may come of it."""

    told: str
    outcomes: tuple[str, ...]
    """What is counted: each with its own number."""


_TRIALS = (
    Trial("[tung|gieo] một đồng xu {n} lần", ("xuất hiện mặt sấp", "xuất hiện mặt ngửa")),
    Trial("[ném|tập ném] bóng vào rổ {n} lần", ("bóng vào rổ", "bóng không vào rổ")),
    Trial("[quay|xoay] một tấm bìa tròn {n} lần", ("mũi tên chỉ ô đỏ", "mũi tên chỉ ô xanh", "mũi tên chỉ ô vàng")),
    Trial(
        "lấy ngẫu nhiên một viên bi rồi trả lại hộp, lặp lại {n} lần",
        ("lấy được bi đỏ", "lấy được bi xanh", "lấy được bi vàng"),
    ),
    Trial("[bắn|tập bắn] cung vào bia {n} lần", ("mũi tên trúng vòng 10", "mũi tên trúng vòng khác", "mũi tên trượt bia")),
)
_ASKED = (
    "[[Tính|Hãy tính|Tìm] xác suất thực nghiệm của sự kiện {event}.|Hỏi xác suất thực nghiệm của sự kiện {event} là bao nhiêu?"
    "|Xác suất thực nghiệm của sự kiện {event} [bằng|là] bao nhiêu?]"
)


def _ratio(sheet: Sheet, favourable: int, all_of_them: int) -> None:
    """The fraction that is the answer, reduced."""
    top, bottom = sheet.pick((favourable, all_of_them), (favourable, favourable + all_of_them), kind="counted_twice")
    if top >= bottom:  # no pupil believes in a chance of 1 or more
        raise Absurd
    sheet.say(f"Xác suất là {top}/{bottom}.")
    shared = gcd(top, bottom)
    if shared > 1:
        name = f"{top}/{bottom}"
        sheet.say(f"{name} = ?")
        (top, first), (bottom, second) = sheet.inline(":", top, shared), sheet.inline(":", bottom, shared)
        sheet.say(f"{first}; {second}")
        sheet.say(f"{name} = {top}/{bottom}")
    sheet.answer(Fraction(top, bottom), write=fraction)


def experimental_probability(random: Random, level: int) -> Plan:
    """How often it came to how often it was tried: to 50 times; the others are told; the number of trials is found first."""
    trial = random.choice(_TRIALS if level < 3 else [one for one in _TRIALS if len(one.outcomes) == 3])
    n = random.randint(*((12, 64), (66, 240), (75, 360))[level - 1])
    outcomes = random.sample(trial.outcomes, len(trial.outcomes))
    count = near_half(random, n) if "đồng xu" in trial.told else random.randint(n // 6, n - n // 4)
    others = _split(random, n - count, len(outcomes) - 1)
    event, name = outcomes[0], pupils(random, 1)[0]
    known = [f"{number} lần {outcome}" for number, outcome in zip([count, *others], outcomes, strict=True)]
    if level == 1:
        told = f"{trial.told}, [trong đó |]có {known[0]}"
    elif level == 2:
        told = f"{trial.told}, [trong đó |]có {' và '.join(known[1:])}, còn lại là {event}"
    else:
        random.shuffle(known)
        told = trial.told.replace(" {n} lần", " nhiều lần") + f" và ghi lại: {', '.join(known)}"

    def solve(sheet: Sheet) -> None:
        favourable, total = count, n
        if level == 2:
            taken = int(sheet.add(others[0], others[1], "lần", "Số lần của các kết quả khác là")) if others[1:] else others[0]
            favourable = int(sheet.subtract(n, taken, "lần", f"Số lần {event} là"))
        elif level == 3:
            total = int(sheet.sum([count, *others], "lần", "Tổng số lần thực hiện là"))
        favourable = sheet.pick(favourable, total - favourable, kind="asked")
        sheet.say(f"Xác suất thực nghiệm bằng số lần {event} chia cho tổng số lần thực hiện.")
        _ratio(sheet, favourable, total)

    question = phrase(random, "{name} {told}. ".replace("{told}", told) + _ASKED, name=name, n=n, event=event)
    return Plan((n, count, *(others if level > 1 else ())), question, solve)


def _split(random: Random, total: int, parts: int) -> list[int]:
    """A number as one or two positive parts."""
    if parts == 1:
        return [total]
    first = random.randint(max(1, total // 5), total - max(1, total // 5))
    return [first, total - first]


_DRAWN = (
    "[Một hộp|Trong hộp|Một túi] có {told}. [Lấy|Chọn|Rút] ngẫu nhiên một {thing} [từ trong đó|]. [Tính|Hãy tính] xác suất của biến cố “{event}”.",
    "[Trong một túi|Trong một hộp] có {told}, {alike}. {name} [lấy|chọn] ngẫu nhiên một {thing}. [Tìm|Tính] xác suất của biến cố “{event}”.",
    "[Một hộp|Một túi] chứa {told}, {alike}. [Lấy|Chọn] ra ngẫu nhiên một {thing}. [Hỏi biến cố “{event}” có xác suất là bao nhiêu?|Xác suất của biến cố “{event}” bằng bao nhiêu?]",
)
_THINGS = ("quả bóng", "viên bi", "tấm thẻ", "quả cầu")
_COLOURS = ("đỏ", "xanh", "vàng", "trắng")


class Property(NamedTuple):
    """A property of a number on a card."""

    told: str
    holds: tuple[int, int]
    """The divisor and the remainder of the numbers that have it."""


_PROPERTIES = (
    Property("số chẵn", (2, 0)),
    Property("số lẻ", (2, 1)),
    *(Property(f"số chia hết cho {divisor}", (divisor, 0)) for divisor in (3, 4, 5, 6, 7, 8, 9)),
    *(Property(f"số chia cho {divisor} dư {rest}", (divisor, rest)) for divisor in (3, 4, 5) for rest in range(1, divisor)),
)


def simple_probability(random: Random, level: int) -> Plan:
    """Two colours; three colours, two of them wanted or one unwanted; numbered cards with a property."""
    name, thing = pupils(random, 1)[0], random.choice(_THINGS)
    if level == 3:
        return _cards(random, name)
    colours = random.sample(_COLOURS, level + 1)
    counts = [random.randint(1, 12) if level == 1 else random.randint(3, 20) for _ in colours]
    total, wanted = sum(counts), counts[0] if level == 1 else counts[0] + counts[1]
    told = ", ".join(f"{count} {thing} màu {colour}" for count, colour in zip(counts, colours, strict=True))
    event = f"lấy được {thing} màu {colours[0]}" if level == 1 else f"lấy được {thing} màu {colours[0]} hoặc màu {colours[1]}"

    def solve(sheet: Sheet) -> None:
        everything = int(sheet.sum(counts, thing, f"Tổng số {thing} là"))
        sheet.say(f"Mỗi {thing} có khả năng được lấy như nhau nên có {everything} kết quả đồng khả năng.")
        good = counts[0] if level == 1 else int(sheet.add(counts[0], counts[1], thing, "Số kết quả thuận lợi cho biến cố là"))
        good = sheet.pick(good, everything - good, kind="asked")
        _ratio(sheet, good, sheet.pick(everything, everything - good, kind="whole"))

    fields = {"told": told, "thing": thing, "event": event, "alike": "các " + thing + " cùng kích thước và khối lượng"}
    return Plan((level, wanted, total, *counts), phrase(random, _DRAWN, name=name, **fields), solve)


def _cards(random: Random, name: str) -> Plan:
    n = random.randint(30, 120)
    wanted = random.choice(_PROPERTIES)
    divisor, rest = wanted.holds
    first = rest or divisor
    last = n - (n - rest) % divisor

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Có {n} tấm thẻ, khả năng rút được mỗi thẻ như nhau nên có {n} kết quả đồng khả năng.")
        sheet.say(
            f"Các số thuận lợi là {first}, {first + divisor}, ..., {last}, hai số liền nhau hơn kém nhau {divisor} đơn vị."
        )
        gaps = sheet.divide(
            sheet.subtract(last, first, lead="Hiệu của số cuối và số đầu là"), divisor, lead="Số khoảng cách là"
        )
        good = int(sheet.add(gaps, sheet.pick(1, 0, kind="one_less"), "kết quả", "Số kết quả thuận lợi là"))
        _ratio(sheet, sheet.pick(good, n - good, kind="asked"), n)

    fields = {"told": f"{n} tấm thẻ được đánh số từ 1 đến {n}", "thing": "tấm thẻ", "event": f"rút được thẻ ghi {wanted.told}"}
    return Plan((n, wanted.told), phrase(random, _DRAWN, name=name, alike="các tấm thẻ giống nhau", **fields), solve)
