"""What is told of people and groups: ages, averages."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.stories.graph import Graph, Quantity

_SHARES = (
    ("tổ {i}", "trồng được", "cây", "cây", (8, 90), "{count} tổ cùng trồng cây"),
    ("lớp 4{c}", "quyên góp được", "quyển vở", "quyển vở", (20, 250), "{count} lớp quyên góp vở"),
    ("ngày thứ {o}", "cửa hàng bán được", "mét vải", "m", (20, 400), "một cửa hàng bán vải trong {count} ngày"),
    ("thửa ruộng thứ {o}", "thu hoạch được", "ki-lô-gam thóc", "kg", (150, 2500), "bác An có {count} thửa ruộng"),
    ("xe thứ {o}", "chở được", "thùng hàng", "thùng hàng", (20, 300), "{count} xe chở hàng"),
)
"""Who, what they do, what of, its unit, how much one of them has in life, and how all of them are introduced."""


def ages(random: Random, low: int, high: int) -> Graph:
    """A pupil and a parent now and after some years. Keys: a (pupil), d or k, b (parent), y (years), al, bl (later), t (together)."""
    name = pupils(random, 1)[0]
    parent = random.choice(("mẹ", "bố"))
    child, gap, years = random.randint(6, 12), random.randint(23, 34), random.randint(2, 15)
    graph = Graph()
    graph.add(
        "a",
        child,
        Quantity(
            f"tuổi của {name} hiện nay",
            "tuổi",
            f"[năm nay {name} {{n}} tuổi|hiện nay {name} {{n}} tuổi]",
            f"năm nay {name} bao nhiêu tuổi",
        ),
    )
    graph.add(
        "d",
        gap,
        Quantity(
            f"số tuổi {parent} hơn {name}",
            "tuổi",
            f"[{parent} của {name} hơn {name} {{n}} tuổi|{name} kém {parent} {{n}} tuổi]",
            f"{parent} hơn {name} bao nhiêu tuổi",
            relation=f"{parent} của {name} hơn {name} {{n}} tuổi",
        ),
    )
    graph.add(
        "b",
        child + gap,
        Quantity(
            f"tuổi của {parent} hiện nay",
            "tuổi",
            f"[{parent} của {name} năm nay {{n}} tuổi|năm nay {parent} của {name} {{n}} tuổi]",
            f"năm nay {parent} của {name} bao nhiêu tuổi",
        ),
    )
    graph.rule("+", "b", "a", "d")
    graph.add(
        "t",
        2 * child + gap,
        Quantity(
            f"tổng số tuổi của {parent} và {name} hiện nay",
            "tuổi",
            f"tổng số tuổi của {name} và {parent} hiện nay là {{n}} tuổi",
            f"tổng số tuổi của {name} và {parent} hiện nay là bao nhiêu",
        ),
    )
    graph.rule("+", "t", "a", "b")
    graph.add("y", years, Quantity("số năm", "năm", free=True))
    graph.add(
        "al",
        child + years,
        Quantity(
            f"tuổi của {name} sau {years} năm nữa",
            "tuổi",
            f"sau {years} năm nữa {name} {{n}} tuổi",
            f"sau {years} năm nữa {name} bao nhiêu tuổi",
        ),
    )
    graph.rule("+", "al", "a", "y")
    graph.add(
        "bl",
        child + gap + years,
        Quantity(
            f"tuổi của {parent} sau {years} năm nữa",
            "tuổi",
            f"sau {years} năm nữa {parent} của {name} {{n}} tuổi",
            f"sau {years} năm nữa {parent} của {name} bao nhiêu tuổi",
        ),
    )
    graph.rule("+", "bl", "b", "y")
    return graph


def average(random: Random, low: int, high: int) -> Graph:
    """Three or four amounts and their average. Keys: a, b, c, (e), t (their sum), m (the average)."""
    count = random.choice((3, 4))
    number, allowed = {3: "ba", 4: "bốn"}[count], range(low, max(high // 4, 9) + 1)
    fitting = [share for share in _SHARES if share[4][0] + 10 < allowed.stop and share[4][1] - 10 > allowed.start]
    who, verb, thing, unit, (least, most), opening = random.choice(fitting)
    names = [
        who.format(i=("Một", "Hai", "Ba", "Bốn")[place], c="ABCD"[place], o=("nhất", "hai", "ba", "tư")[place])
        for place in range(count)
    ]
    amounts = [random.randint(max(least, allowed.start), min(most, allowed.stop - 1)) for _ in range(count)]
    while sum(amounts) % count:
        amounts[-1] += 1
    told = (
        f"kg {thing.removeprefix('ki-lô-gam ')}"
        if unit == "kg"
        else f"m {thing.removeprefix('mét ')}"
        if unit == "m"
        else thing
    )
    kind = names[0].rsplit(" ", 2 if "thứ" in names[0] else 1)[0]
    graph = Graph(opening=opening.format(count=number), introduced=tuple("abce"[:count]))
    for key, name, amount in zip("abce", names, amounts, strict=False):
        graph.add(
            key,
            amount,
            Quantity(f"số {thing} {name} {verb}", unit, f"{name} {verb} {{n}} {told}", f"{name} {verb} bao nhiêu {thing}"),
        )
    graph.add(
        "t",
        sum(amounts),
        Quantity(
            f"tổng số {thing} {number} {kind} {verb}",
            unit,
            f"cả {number} {kind} {verb} tất cả {{n}} {told}",
            f"cả {number} {kind} {verb} tất cả bao nhiêu {thing}",
        ),
    )
    graph.rule("+", "t", *"abce"[:count])
    graph.add("count", count, Quantity("số lần", "", free=True))
    graph.add(
        "m",
        sum(amounts) // count,
        Quantity(
            f"số {thing} trung bình mỗi {kind} {verb}",
            unit,
            f"trung bình mỗi {kind} {verb} {{n}} {told}",
            f"trung bình mỗi {kind} {verb} bao nhiêu {thing}",
        ),
    )
    graph.rule("×", "t", "m", "count")
    return graph
