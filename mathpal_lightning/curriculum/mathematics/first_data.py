"""Picture graphs, tallies, lists of data, and what may happen: grades 2 and 3."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.lists import counted
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase

_FRUIT = ("quả cam", "quả táo", "quả lê", "quả xoài", "quả ổi")
_ANIMALS = ("con gà", "con vịt", "con thỏ", "con ngỗng", "con dê")
_COLOURS = ("đỏ", "xanh", "vàng", "trắng", "tím")
_MARKS = ("●", "★", "■", "♥")
_GRAPH = (
    "[Biểu đồ tranh|Biểu đồ] [sau|dưới đây] cho biết số {thing} của các bạn:\n{rows}\nMỗi {mark} chỉ {scale} {thing}. {asked}",
    "[Cho biểu đồ tranh|Quan sát biểu đồ tranh|Đọc biểu đồ tranh] về số {thing} của mỗi bạn (mỗi {mark} là {scale} {thing}):\n{rows}\n{asked}",
)
_ONE = "[Hỏi {first} có bao nhiêu {thing}?|{first} có bao nhiêu {thing}?|Tính số {thing} của {first}.|Số {thing} của {first} là bao nhiêu?]"
_MORE = "[Hỏi {first} có nhiều hơn {second} bao nhiêu {thing}?|{first} có nhiều hơn {second} bao nhiêu {thing}?|Tính xem {first} hơn {second} bao nhiêu {thing}.]"


def picture_graphs(random: Random, level: int) -> Plan:
    """One row of marks of 1; of marks of 2; how many more one row has, with marks of 5."""
    scale = (1, 2, 5)[level - 1]
    names = pupils(random, 3)
    counts = random.sample(range(2, 11) if level > 1 else range(3, 10), 3)
    order = sorted(range(3), key=lambda place: -counts[place])
    first, second = order[0], order[1 + random.randrange(2)]
    if level < 3:
        first, second = random.sample(range(3), 2)
    thing, mark = random.choice(_FRUIT + ("bông hoa", "ngôi sao", "quyển truyện")), random.choice(_MARKS)
    rows = "\n".join(f"{name}: {' '.join(mark * count)}" for name, count in zip(names, counts, strict=True))

    def solve(sheet: Sheet) -> None:
        row = sheet.pick(first, second, kind="row")
        seen = _seen(sheet, names[row], counts[row], mark)
        value: Value = sheet.multiply(scale, seen, thing, f"Số {thing} của {names[row]} là") if scale > 1 else seen
        if level == 3:
            seen = _seen(sheet, names[second], counts[second], mark)
            other = sheet.multiply(scale, seen, thing, f"Số {thing} của {names[second]} là")
            value = sheet.subtract(value, other, thing, f"Số {thing} {names[first]} có nhiều hơn {names[second]} là")
        sheet.answer(value, thing)

    fields = {"thing": thing, "mark": mark, "scale": scale, "rows": rows}
    asked = phrase(random, _MORE if level == 3 else _ONE, first=names[first], second=names[second], thing=thing)
    return Plan((scale, *counts, first), phrase(random, _GRAPH, asked=asked, **fields), solve)


def _seen(sheet: Sheet, name: str, count: int, mark: str) -> int:
    seen = sheet.pick(count, count - 1, count + 1, kind="count")
    sheet.say(f"Hàng của {name} có {seen} {mark}.")
    return seen


_TALLY = (
    "[Bạn {name}|{name}] [kiểm đếm|ghi lại|đếm] số con vật trong vườn bằng các vạch (mỗi nhóm đủ có 5 vạch):\n{rows}\n{asked}",
    "[Kết quả kiểm đếm|Bảng kiểm đếm] các con vật[ của {name}|], mỗi nhóm đủ có 5 vạch:\n{rows}\n{asked}",
)
_TALLY_ONE = "[Hỏi có bao nhiêu {first}?|Có bao nhiêu {first}?|Số {first} là bao nhiêu?|Tính số {first}.]"
_TALLY_BOTH = "[Hỏi {first} và {second} có tất cả bao nhiêu con?|Tính tổng số {first} và {second}.|{first} và {second} có tất cả bao nhiêu con?]"


def tally(random: Random, level: int) -> Plan:
    """Strokes to 9; to 29; two kinds of animals together."""
    low, high = ((3, 9), (11, 29), (11, 34))[level - 1]
    first, second = random.sample(_ANIMALS, 2)
    counts = random.sample(range(low, high + 1), 2)
    rows = "\n".join(f"{thing}: {_strokes(count)}" for thing, count in zip((first, second), counts, strict=True))
    asked = phrase(random, _TALLY_BOTH if level == 3 else _TALLY_ONE, first=first, second=second)

    def solve(sheet: Sheet) -> None:
        value = _strokes_counted(sheet, first, counts[0])
        if level == 3:
            other = _strokes_counted(sheet, second, counts[1])
            value = sheet.add(value, other, "con", f"Số {first} và {second} có tất cả là")
        sheet.answer(value, "con" if level == 3 else first)

    return Plan((*counts, level), phrase(random, _TALLY, rows=rows, asked=asked, name=pupils(random, 1)[0]), solve)


def _strokes(count: int) -> str:
    return " ".join(["|||||"] * (count // 5) + (["|" * (count % 5)] if count % 5 else []))


def _strokes_counted(sheet: Sheet, thing: str, count: int) -> Value:
    groups, rest = divmod(count, 5)
    groups = sheet.pick(groups, groups + 1, kind="count")
    rest = sheet.pick(rest, rest + 1 if rest < 4 else rest - 1, kind="rest")
    counted = [*([f"{groups} nhóm 5 vạch"] if groups else []), *([f"{rest} vạch" + (" lẻ" if groups else "")] if rest else [])]
    sheet.say(f"Hàng {thing} có {' và '.join(counted)}.")
    value = sheet.multiply(5, groups, "vạch", "Số vạch trong các nhóm đủ là") if groups else 0
    return sheet.add(value, rest, thing.split()[0], f"Số {thing} là") if rest and groups else value or rest


_DRAW = (
    "[Trong hộp|Trong túi|Hộp kín] có {told}. [Không nhìn vào trong|Nhắm mắt], [{name}|bạn {name}] lấy ra {n} {thing}. "
    "[Hãy chọn từ thích hợp|Chọn từ thích hợp|Em hãy chọn] (chắc chắn, có thể, không thể): {name} ... lấy được {event}.",
    "[Trong hộp|Trong túi|Hộp kín] có {told}. [{name}|Bạn {name}] lấy ra {n} {thing} mà không nhìn. [Khả năng|Việc] lấy được {event} là chắc chắn, có thể hay không thể?",
)
_LIKELY = ("chắc chắn", "có thể", "không thể")


def _likely(held: int, drawn: int, total: int) -> str:
    """Whether so many of one colour can be drawn where so many of all are of it."""
    return "không thể" if held < drawn else "chắc chắn" if held == total else "có thể"


def certain_or_possible(random: Random, level: int) -> Plan:
    """One colour in the box; two colours and one ball; two colours and two balls."""
    thing = random.choice(("quả bóng", "viên bi", "thẻ", "chiếc bút"))
    one, two, three = random.sample(_COLOURS, 3)
    a, b = random.randint(2, 9), random.randint(2, 9)
    boxes = {one: a} if level == 1 else {one: a, two: b}
    if level == 3:
        boxes[two] = 1
    n = 2 if level == 3 else 1
    wanted = random.choice((one, three) if level == 1 else (one, two, three))
    told = " và ".join(f"{count} {thing} màu {colour}" for colour, count in boxes.items())
    held = boxes.get(wanted, 0)
    event, name = f"{n} {thing} màu {wanted}", pupils(random, 1)[0]
    total = sum(boxes.values())
    right = _likely(held, n, total)

    def solve(sheet: Sheet) -> None:
        colours = " và ".join(f"{thing} màu {colour}" for colour in boxes)
        others = [other for other in _LIKELY if other != right]
        if level == 1:
            sheet.say(f"Tất cả đều là {colours}." if held else f"Tất cả đều là {colours}, không có {thing} nào màu {wanted}.")
            seen = held
        else:
            sheet.say(f"Có cả {colours}.")
            seen = sheet.pick(held, 0 if held == total else total, kind="misread")
            sheet.say(f"Trong đó có {seen} {thing} màu {wanted}." if seen else f"Không có {thing} nào màu {wanted}.")
        drawn = sheet.pick(n, held + 1, kind="asked") if level > 1 else n
        found = sheet.pick(_likely(seen, drawn, total), others[0], kind="chance")
        if level > 1:
            sheet.say(f"{name} chỉ lấy ra {drawn} {thing}.")
        found = sheet.pick(found, others[1], kind="conclusion")
        sheet.say(f"Vậy {found} lấy được {event}.")
        sheet.answer_text(found)

    number = 10 * list(_COLOURS).index(one) + list(_COLOURS).index(wanted)
    question = phrase(random, _DRAW, told=told, thing=thing, n=n, event=event, name=name)
    return Plan((level, a, b, 100 + number), question, solve)


_KINDS = {
    "môn thể thao yêu thích": ("bóng đá", "cầu lông", "bơi lội", "đá cầu"),
    "loại quả yêu thích": ("cam", "táo", "nho", "xoài"),
    "màu sắc yêu thích": ("đỏ", "xanh", "vàng", "tím"),
    "con vật yêu thích": ("chó", "mèo", "thỏ", "cá"),
}
_LIST = (
    "[Đội {team}|Nhóm {team}|Tổ {team}] có {n} bạn, [cô giáo|bạn {name}] ghi lại {what} của các bạn: {listed}. {asked}",
    "[{name}|Bạn {name}] hỏi {what} của {n} bạn trong [đội|nhóm] {team} và ghi lại: {listed}. {asked}",
)
_ASK = {
    1: "[Hỏi có mấy bạn chọn {a}?|Có mấy bạn chọn {a}?|Số bạn chọn {a} là bao nhiêu?|Đếm số bạn chọn {a}.]",
    2: "[Hỏi có tất cả mấy bạn chọn {a} hoặc {b}?|Số bạn chọn {a} hoặc {b} là bao nhiêu?|Tính số bạn chọn {a} hoặc {b}.]",
    3: "[Hỏi số bạn không chọn {a} nhiều hơn số bạn chọn {a} là mấy bạn?|Số bạn không chọn {a} nhiều hơn số bạn chọn {a} bao nhiêu bạn?|Tính xem số bạn không chọn {a} nhiều hơn số bạn chọn {a} bao nhiêu bạn.]",
}


def classify_data(random: Random, level: int) -> Plan:
    """Count one kind in a list; two kinds together; all the others against one kind."""
    what, kinds = random.choice(list(_KINDS.items()))
    a, b, c, d = random.sample(kinds, 4)
    counts = [
        random.randint(*((2, 4), (2, 5), (2, 5))[level - 1]),
        *(random.randint(0, 2) + 2 * level for _ in range(2)),
        level,
    ]
    listed = [kind for kind, count in zip((a, b, c, d), counts, strict=True) for _ in range(count)]
    random.shuffle(listed)

    def told(sheet: Sheet, kind: str) -> int:
        at = [place for place, one in enumerate(listed) if one == kind]
        others = [place for place in range(len(listed)) if place not in at]
        seen = sheet.pick(at, at[:-1], [*at, others[0]], kind="count")
        sheet.say(f"Đếm số bạn chọn {kind}: {counted(listed, seen)}.")
        found = sheet.pick(len(seen), len(seen) + 1, len(seen) - 1 or 3, kind="copy")
        sheet.say(f"Có {found} bạn chọn {kind}.")
        return found

    def solve(sheet: Sheet) -> None:
        first = told(sheet, a)
        value: Value = first
        if level == 2:
            second = told(sheet, b)
            value = sheet.add(first, second, "bạn", f"Số bạn chọn {a} hoặc {b} là")
        if level == 3:
            whole = sheet.pick(len(listed), len(listed) - 1, len(listed) + 1, kind="count")
            sheet.say(f"Dãy số liệu có tất cả {whole} bạn.")
            others = sheet.subtract(whole, first, "bạn", f"Số bạn không chọn {a} là")
            value = sheet.subtract(others, first, "bạn", f"Số bạn không chọn {a} nhiều hơn số bạn chọn {a} là")
        sheet.answer(value, "bạn")

    asked = phrase(random, _ASK[level], a=a, b=b)
    fields = {
        "team": random.randint(1, 4),
        "what": what,
        "n": len(listed),
        "listed": ", ".join(listed),
        "asked": asked,
        "name": pupils(random, 1)[0],
    }
    code = "".join(str(kinds.index(kind)) for kind in listed)
    return Plan((code, level), phrase(random, _LIST, **fields), solve)


_POSSIBLE = {
    1: (
        "[Trong hộp|Trong túi|Hộp kín] có các {thing} {listed}. [Không nhìn vào trong|Nhắm mắt], {name} lấy ra 1 {thing}. [Hỏi có mấy khả năng xảy ra về màu?|Có mấy khả năng về màu của {thing} lấy được?|Có bao nhiêu khả năng xảy ra về màu của {thing} đó?]",
    ),
    2: (
        "[Trong hộp|Trong túi|Hộp kín] có các {thing} {listed}, mỗi màu một {short}. [Không nhìn vào trong|Nhắm mắt], {name} lấy ra cùng lúc 2 {thing}. [Hỏi có mấy khả năng xảy ra về màu?|Có mấy khả năng về màu của 2 {thing} lấy được?|Có bao nhiêu khả năng xảy ra về màu?]",
    ),
    3: (
        "{name} có {n} {one} {listed}, có {m} {other} {paired}. {name} chọn 1 {one} và 1 {other}. [Hỏi có bao nhiêu khả năng xảy ra về màu?|Có bao nhiêu khả năng xảy ra về màu?|Hãy kể các khả năng về màu rồi đếm xem có bao nhiêu khả năng.]",
        "[Hộp thứ nhất có {n} {one} {listed}, hộp thứ hai|Hộp A có {n} {one} {listed}, hộp B] có {m} {other} {paired}. [Không nhìn vào trong|Nhắm mắt], {name} lấy từ mỗi hộp một [vật|đồ vật]. [Hỏi có bao nhiêu khả năng xảy ra về màu?|Có bao nhiêu khả năng xảy ra về màu?]",
    ),
}
_TAKEN = (
    ("chiếc áo", "chiếc quần"),
    ("chiếc mũ", "chiếc khăn"),
    ("chiếc bút", "chiếc thước"),
    ("quả bóng", "viên bi"),
    ("tấm thẻ", "chiếc kẹp"),
)


def _of_colours(colours: Sequence[str]) -> str:
    """What has these colours: "màu đỏ, màu tím và màu xanh"."""
    named = [f"màu {colour}" for colour in colours]
    return f"{', '.join(named[:-1])} và {named[-1]}"


def possible_outcomes(random: Random, level: int) -> Plan:
    """One ball of two to five colours; two balls at once; one of these and one of those: all are listed."""
    thing, short = random.choice((("quả bóng", "quả"), ("viên bi", "viên"), ("thẻ", "thẻ"), ("chiếc bút", "chiếc")))
    colours = random.sample(_COLOURS, random.randint(2, 5) if level == 1 else random.randint(3, 4))
    others = random.sample(_COLOURS, random.randint(2, 3))
    pairs = [f"{one} và {two}" for place, one in enumerate(colours) for two in (others if level == 3 else colours[place + 1 :])]
    found = colours if level == 1 else pairs

    def solve(sheet: Sheet) -> None:
        single = colours[:1] if level == 1 else [*colours, *(others if level == 3 else [])]
        kept = sheet.pick(found, single, kind="asked")
        kept = sheet.pick(kept, kept[1:], kind="overlooked")
        kept = sheet.pick(kept, kept[:-1], [*kept, "không lấy được"], kind="count")
        sheet.say(f"Các khả năng về màu có thể xảy ra là: {counted(kept, range(len(kept)))}.")
        count = sheet.pick(len(kept), len(kept) + 2, kind="copy")
        sheet.say(f"Vậy có {count} khả năng xảy ra.")
        sheet.answer(count, "khả năng")

    one, other = random.choice(_TAKEN)
    fields = {"n": len(colours), "m": len(others), "one": one, "other": other, "paired": _of_colours(others)}
    fields |= {"thing": thing, "short": short, "listed": _of_colours(colours), "name": pupils(random, 1)[0]}
    code, paired = ("".join(str(_COLOURS.index(colour)) for colour in group) for group in (colours, others))
    numbers = (level, f"9{code}", f"9{paired}") if level == 3 else (level, f"9{code}")
    return Plan(numbers, phrase(random, _POSSIBLE[level], **fields), solve)
