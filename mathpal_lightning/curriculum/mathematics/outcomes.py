"""The outcomes of a draw: grade 6; equally likely outcomes: grade 7."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet, fractions
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import fraction

_EVENTS: tuple[tuple[str, Callable[[int], bool]], ...] = (
    ("số chẵn", lambda value: value % 2 == 0),
    ("số lẻ", lambda value: value % 2 == 1),
    ("số chia hết cho 3", lambda value: value % 3 == 0),
    ("số chia hết cho 5", lambda value: value % 5 == 0),
    ("số chia hết cho 9", lambda value: value % 9 == 0),
)
_CARDS = (
    "[Một hộp có|Trong hộp có|Hộp kín đựng] {n} tấm thẻ [cùng loại |]ghi các số {listed}. [{name} r|R]út ngẫu nhiên một thẻ. "
    "[Liệt kê|Hãy liệt kê|Viết] các kết quả có thể để số ghi trên thẻ là {event}.",
    "{name} rút ngẫu nhiên một thẻ trong {n} tấm thẻ ghi các số {listed}. [Liệt kê|Hãy liệt kê] các kết quả có thể xảy ra để số trên thẻ là {event}.",
    "[Có|Cho] {n} tấm thẻ ghi các số {listed}; [rút|lấy] ngẫu nhiên một thẻ. [Những kết quả nào làm cho sự kiện “số trên thẻ là {event}” xảy ra?|Liệt kê các kết quả để sự kiện “số trên thẻ là {event}” xảy ra.]",
)
_TWO_BOXES = (
    "[Hộp thứ nhất có|Trong hộp thứ nhất có] {m} tấm thẻ ghi các số {first}; hộp thứ hai có {n} tấm thẻ ghi các số {second}. {name} [lấy|rút] ngẫu nhiên từ mỗi hộp một thẻ. "
    "[Hỏi có bao nhiêu kết quả có thể để tổng hai số trên hai thẻ là {event}?|Có bao nhiêu kết quả làm cho tổng hai số ghi trên hai thẻ là {event}?]",
    "[Hộp A có|Hộp A đựng] {m} tấm thẻ ghi các số {first}; [hộp B có|hộp B đựng] {n} tấm thẻ ghi các số {second}. {name} [lấy|rút] ngẫu nhiên từ mỗi hộp một thẻ. "
    "[Hỏi có bao nhiêu kết quả để tổng hai số trên hai thẻ là {event}?|Đếm số kết quả làm cho tổng hai số ghi trên hai thẻ là {event}.]",
    "{name} [lấy|rút] ngẫu nhiên một thẻ từ {m} tấm thẻ ghi các số {first} và {other} [lấy|rút] ngẫu nhiên một thẻ từ {n} tấm thẻ ghi các số {second}. "
    "[Hỏi có bao nhiêu kết quả để tổng hai số trên hai thẻ là {event}?|Đếm số kết quả có thể để tổng hai số ghi trên hai thẻ là {event}.]",
)


def list_outcomes(random: Random, level: int) -> Plan:
    """List the outcomes of one draw; count pairs of two and three cards with a sum; of three and four."""
    name, other = pupils(random, 2)
    if level == 1:
        count = random.randint(5, 6)
        event, holds = random.choice(_EVENTS)
        while True:
            values = sorted(random.sample(range(10, 100), count))
            if 1 < sum(map(holds, values)) < count - 1:
                break

        def solve_list(sheet: Sheet) -> None:
            found = [value for value in values if holds(value)]
            found = sheet.pick(found, [value for value in values if not holds(value)], kind="asked")
            found = sheet.pick(found, found[1:], found[:-1], kind="overlooked")
            extra = next(value for value in values if value not in found)
            found = sheet.pick(found, sorted([*found, extra]), kind="misread")
            sheet.say(f"Các kết quả có thể khi rút một thẻ là: {'; '.join(map(str, values))}.")
            listed = "; ".join(map(str, found))
            sheet.say(f"Trong đó các {event} là: {listed}.")
            sheet.answer_text(listed)

        fields = {"n": count, "listed": "; ".join(map(str, values)), "event": event, "name": name}
        return Plan((*values, event), phrase(random, _CARDS, **fields), solve_list)
    event, holds = random.choice(_EVENTS[:3])
    first = sorted(random.sample(range(1, 15 if level == 2 else 40), level))
    second = sorted(random.sample(range(1, 10), level + 1))

    def solve(sheet: Sheet) -> None:
        found = 0
        sheet.say("Mỗi kết quả gồm một số ở nhóm thẻ thứ nhất và một số ở nhóm thẻ thứ hai; ta tính tổng hai số đó:")
        for one in first:
            sums = [sheet.inline("+", one, two) for two in second]
            sheet.say("; ".join(text for _, text in sums))
            found += sum(holds(total) for total, _ in sums)
        all_of = len(first) * len(second)
        wanted = sheet.pick(found, all_of - found, kind="asked")
        sheet.say(f"Có tất cả {all_of} kết quả có thể, trong đó có {wanted} kết quả mà tổng là {event}.")
        sheet.answer(wanted, "kết quả")

    fields = {"m": len(first), "n": len(second), "first": ", ".join(map(str, first)), "second": ", ".join(map(str, second))}
    fields |= {"event": event, "name": name, "other": other}
    if not 0 < sum(holds(one + two) for one in first for two in second) < len(first) * len(second):
        return list_outcomes(random, level)
    return Plan((*first, 0, *second, event), phrase(random, _TWO_BOXES, **fields), solve)


_DIVISORS_OF = (6, 8, 10, 12, 15, 16, 18, 20, 24, 28, 30, 36, 40)


def _event(random: Random, low: int, high: int, level: int) -> tuple[str, Callable[[int], bool]]:
    """An event about a number drawn from low..high, and whether a number makes it happen."""
    k = random.randint(2, min(7, high - 1))
    middle = random.randint(low + 1, high - 1)
    of = random.choice(_DIVISORS_OF)
    if level < 3:
        events: Sequence[tuple[str, Callable[[int], bool]]] = (
            (f"là số chia hết cho {k}", lambda value: value % k == 0),
            (f"lớn hơn {middle}", lambda value: value > middle),
            (f"nhỏ hơn {middle}", lambda value: value < middle),
            (f"là ước của {of}", lambda value: of % value == 0),
            ("là số nguyên tố", lambda value: value > 1 and all(value % small for small in range(2, value))),
            (f"là số chia cho {k} dư 1", lambda value: value % k == 1),
        )
        return random.choice(events)
    m, digit = random.randint(5, 12), random.randint(1, 9)
    events = (
        (f"là số chia hết cho {m}", lambda value: value % m == 0),
        (f"là số chia cho {m} dư {m // 2}", lambda value: value % m == m // 2),
        (f"có chữ số hàng đơn vị là {digit}", lambda value: value % 10 == digit),
        (f"có tổng các chữ số bằng {digit + 2}", lambda value: value // 10 + value % 10 == digit + 2),
        ("là bình phương của một số tự nhiên", lambda value: round(value**0.5) ** 2 == value),
    )
    return random.choice(events)


_DICE = (
    "[Gieo|{name} gieo] [ngẫu nhiên |]một con xúc xắc [cân đối|cân đối và đồng chất]. [Tính|Hãy tính] xác suất của biến cố “Số chấm xuất hiện [trên mặt con xúc xắc |]{event}”.",
    "[Tính|Hãy tính] xác suất để khi gieo một con xúc xắc [cân đối|cân đối và đồng chất], số chấm xuất hiện {event}.",
)
_DRAWN = (
    "[Một hộp có|Trong hộp có|Hộp kín có] {n} chiếc thẻ cùng loại, [mỗi thẻ ghi một trong các số 1; 2; ...; {n}, hai thẻ khác nhau ghi hai số khác nhau|được đánh số 1; 2; ...; {n}]. "
    "[Rút|{name} rút] ngẫu nhiên một thẻ. [Tính|Hãy tính] xác suất của biến cố “Số ghi trên thẻ [được rút |]{event}”.",
    "[{name} r|R]út ngẫu nhiên một thẻ từ hộp có {n} thẻ [cùng loại |]đánh số từ 1 đến {n}. [Tính|Hãy tính] xác suất để số [ghi |]trên thẻ {event}.",
)
_BETWEEN = (
    "[Chọn|{name} chọn] ngẫu nhiên một số [tự nhiên |]trong các số từ {low} đến {high}. [Tính|Hãy tính] xác suất của biến cố “Số được chọn {event}”.",
    "[Một hộp có|Trong hộp có] các thẻ [cùng loại |]ghi các số tự nhiên từ {low} đến {high}, mỗi số một thẻ. [Rút|{name} rút] ngẫu nhiên một thẻ. "
    "[Tính|Hãy tính] xác suất của biến cố “Số ghi trên thẻ {event}”.",
    "[Viết|{name} viết] ngẫu nhiên một số tự nhiên từ {low} đến {high}. [Tính|Hãy tính] xác suất để số được viết {event}.",
)


def dice_probability(random: Random, level: int) -> Plan:
    """A die or a few cards; 15 to 50 cards; a number between two numbers of two digits."""
    low = 1 if level < 3 else random.randint(10, 40)
    high = (random.choice((6, 6, 8, 10, 12, 14)), random.randint(15, 50), low + random.randint(20, 59))[level - 1]
    die = high == 6
    event, holds = _event(random, low, high, level)
    values = list(range(low, high + 1))
    right = [value for value in values if holds(value)]
    if not 0 < len(right) < len(values) or len(right) > 12:
        return dice_probability(random, level)
    name = pupils(random, 1)[0]

    def solve(sheet: Sheet) -> None:
        if level == 3:
            gap = sheet.subtract(high, low, lead="Hiệu của số lớn nhất và số nhỏ nhất là")
            total = int(sheet.add(gap, 1, "kết quả", "Số kết quả có thể là"))
        else:
            total = sheet.pick(high, high - 1, kind="table")
            sheet.say(f"Có {total} kết quả có thể, các kết quả này là đồng khả năng.")
        found = sheet.pick(right, right[:-1] or [*right, high], right[1:] or [low, *right], kind="overlooked")
        listed = "; ".join(map(str, found))
        sheet.say(f"Có {len(found)} kết quả thuận lợi cho biến cố đã cho là: {listed}.")
        below = sheet.pick(total, total - len(found), kind="formula")
        above = sheet.pick(len(found), total - len(found), kind="asked")
        if above >= below:
            raise Absurd
        sheet.say(f"Xác suất của biến cố đó là {above}/{below}.")
        sheet.answer(Fraction(*fractions.reduce(sheet, (above, below))), write=fraction)

    templates = _DICE if die else _BETWEEN if level == 3 else _DRAWN
    question = phrase(random, templates, n=high, low=low, high=high, event=event, name=name)
    return Plan((low, high, event), question, solve)
