"""Buying and packing: prices and change, boxes and what is left."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import Noun, adult, draw_noun, holds, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.stories.graph import Graph, Quantity
from mathpal_lightning.curriculum.writing import number

_NOTES = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


def purchase_of_three(random: Random, low: int, high: int) -> Graph:
    """Three things are bought and paid with a note."""
    return purchase(random, low, high, 3)


def purchase(random: Random, low: int, high: int, things: int = 2) -> Graph:
    """Two (or three) things are bought and paid with a note: within 100 000 đồng for amounts to 1000, else within 500 000 đồng.

    Keys: n1, p1, c1 (count, price, cost of the first thing), n2, p2, c2, t (cost of both), paid, change.
    """
    high = 100_000 if high <= 1000 else 500_000
    name = pupils(random, 1)[0]
    bought: list[Noun] = []
    while len(bought) < things:
        noun = draw_noun(random, "counted", "price", 1000, high // 6)
        bought += [noun] if noun not in bought and {"pupil", "shop"} & noun.ranges.keys() else []
    listed = [noun.key for noun in bought]
    graph = Graph(opening=f"{name} đến cửa hàng mua {', '.join(listed[:-1])} và {listed[-1]}")
    graph.introduced = tuple(f"n{place} c{place}" for place in range(1, things + 1))
    for place, noun in enumerate(bought, start=1):
        prices = noun.range("price", 1000, high // 5)
        price = random.choice(range(-(-prices.start // 500) * 500, prices.stop, 500))
        count = random.randint(2, max(2, min(9, high // (things * price))))
        graph.add(
            f"n{place}",
            count,
            Quantity(
                f"số {noun.name} {name} mua", noun.unit, f"{name} mua {{n}} {noun.name}", f"{name} mua bao nhiêu {noun.name}"
            ),
        )
        graph.add(
            f"p{place}",
            price,
            Quantity(
                f"giá tiền một {noun.name}",
                "đồng",
                f"[mỗi {noun.name} giá {{n}} đồng|giá mỗi {noun.name} là {{n}} đồng|một {noun.name} có giá {{n}} đồng]",
                f"mỗi {noun.name} giá bao nhiêu tiền",
            ),
        )
        graph.add(
            f"c{place}",
            count * price,
            Quantity(
                f"số tiền mua {noun.key}",
                "đồng",
                f"[số tiền {name} mua {noun.key} là {{n}} đồng|{name} mua {noun.key} hết {{n}} đồng]",
                f"{name} mua {noun.key} hết bao nhiêu tiền",
            ),
        )
        graph.rule("×", f"c{place}", f"p{place}", f"n{place}")
    costs = [f"c{place}" for place in range(1, things + 1)]
    total = sum(graph.values[cost] for cost in costs)
    graph.add(
        "t",
        total,
        Quantity(
            f"số tiền {name} phải trả",
            "đồng",
            f"[{name} phải trả tất cả {{n}} đồng|tổng số tiền {name} phải trả là {{n}} đồng]",
            f"{name} phải trả [tất cả |]bao nhiêu tiền",
        ),
    )
    graph.rule("+", "t", *costs)
    notes = [note for note in _NOTES if total < note <= high]
    if notes:
        graph.add(
            "paid",
            notes[0],
            Quantity(
                f"số tiền {name} đưa cho cô bán hàng",
                "đồng",
                f"{name} đưa cho cô bán hàng {{n}} đồng",
                f"{name} đưa cho cô bán hàng bao nhiêu tiền",
            ),
        )
        graph.add(
            "change",
            notes[0] - total,
            Quantity(
                f"số tiền cô bán hàng trả lại {name}",
                "đồng",
                f"[cô bán hàng trả lại {name} {{n}} đồng|{name} được trả lại {{n}} đồng]",
                f"cô bán hàng trả lại {name} bao nhiêu tiền",
            ),
        )
        graph.rule("+", "paid", "t", "change")
    return graph


def packing(random: Random, low: int, high: int) -> Graph:
    """Full boxes and loose things, of which some are sold. Keys: n, e (boxes, in each), p (packed), o (loose), t, s (sold), r (left)."""
    noun = draw_noun(random, "counted", "pack", 2, max(12, high // 4))
    box, who = noun.words["packed_in"], f"cửa hàng của {adult(random)}"
    each = random.choice(noun.range("pack", 2, max(12, high // 4)))
    fewest = -(-3 * low // each) if low > 9 else 2  # more than the level below packs
    boxes = random.randint(max(2, fewest), max(3, fewest, min(12, high // each)))
    packed = each * boxes
    loose = random.randint(2, max(3, min(each, high // 5)))
    total = packed + loose
    sold = random.randint(2, total - 1)
    graph = Graph(again={who: "cửa hàng"}, opening=f"{who} có một số {box} {noun.key}", introduced=("n",))
    graph.earlier, graph.later = frozenset("npot"), frozenset("sr")
    thing, unit = noun.name, noun.unit
    graph.add(
        "n",
        boxes,
        Quantity(f"số {box} {noun.key}", box, f"{who} có {{n}} {box} {noun.key}", f"{who} có bao nhiêu {box} {noun.key}"),
    )
    graph.add(
        "e",
        each,
        Quantity(
            f"số {thing} trong mỗi {box}",
            unit,
            f"[mỗi {box} có {{n}} {thing}|trong mỗi {box} có {{n}} {thing}]",
            f"mỗi {box} có bao nhiêu {thing}",
        ),
    )
    graph.add(
        "p",
        packed,
        Quantity(
            f"số {thing} trong các {box}",
            unit,
            f"trong các {box} có [tất cả |]{{n}} {thing}",
            f"trong các {box} có [tất cả |]bao nhiêu {thing}",
        ),
    )
    graph.rule("×", "p", "e", "n")
    graph.add(
        "o",
        loose,
        Quantity(
            f"số {thing} để ngoài",
            unit,
            f"[{who} có {{n}} {thing} để lẻ|có {{n}} {thing} để lẻ bên ngoài các {box}]",
            f"có bao nhiêu {thing} để lẻ",
        ),
    )
    graph.add(
        "t", total, Quantity(f"tổng số {thing}", unit, f"{who} có tất cả {{n}} {thing}", f"{who} có tất cả bao nhiêu {thing}")
    )
    graph.rule("+", "t", "p", "o")
    graph.add(
        "s",
        sold,
        Quantity(
            f"số {thing} đã bán",
            unit,
            f"[{who} đã bán {{n}} {thing}|{who} bán đi {{n}} {thing}]",
            f"{who} đã bán bao nhiêu {thing}",
        ),
    )
    graph.add(
        "r",
        total - sold,
        Quantity(
            f"số {thing} còn lại",
            unit,
            f"[{who} còn lại {{n}} {thing}|cuối ngày còn lại {{n}} {thing}]",
            f"{who} còn lại bao nhiêu {thing}",
        ),
    )
    graph.rule("+", "t", "s", "r")
    return graph


def same_rate(random: Random, low: int, high: int) -> Graph:
    """Back to one, then to several: m bags hold a, n bags hold b. Keys: m, a, e (in one), n, b; n or b is asked."""
    kind, quantity = random.choice((("measured", "each"), ("counted", "pack")))
    noun = draw_noun(random, kind, quantity, max(2, low), high)
    box = noun.words["container" if kind == "measured" else "packed_in"]
    what = f"{SPELLED[noun.unit]} {noun.name}" if kind == "measured" else noun.name
    counted = f"{noun.unit} {noun.name}" if kind == "measured" else noun.name
    each = random.choice(noun.range(quantity, max(2, low), high))
    first, second = random.sample(range(2, 10), 2)
    asks_boxes = random.random() < 0.4
    graph = Graph()
    shared = "chia đều" if kind == "measured" else "xếp đều"
    told = (
        f"[{first} {box} {noun.key} [như nhau |]có [tất cả |]{{n}} {counted}|[có|người ta có] {{n}} {counted} {shared} vào {first} {box}"
        f"|trong {first} {box} {noun.key} có {{n}} {counted}|[cửa hàng chia|người ta chia] đều {{n}} {counted} vào {first} {box}]"
    )
    graph.add("m", first, Quantity(f"số {box} lúc đầu", box, free=True))
    graph.add("a", each * first, Quantity(f"số {what} trong {first} {box}", noun.unit, told))
    graph.add("e", each, Quantity(f"số {what} trong mỗi {box}", noun.unit))
    graph.rule("×", "a", "e", "m")
    amount = f"{number(each * second)} {counted}"
    put = "xếp hết" if kind == "counted" else "đựng hết" if holds(box) == "đựng" else "có đủ"
    asked = f"[cần bao nhiêu {box} như thế để {put} {amount}|để {put} {amount} thì cần bao nhiêu {box} như thế]"
    graph.add("n", second, Quantity(f"số {box} như thế để {put} {amount}", box, ask=asked, free=not asks_boxes))
    several = f"{second} {box} như thế [có|chứa] [tất cả |]bao nhiêu {what}"
    graph.add("b", each * second, Quantity(f"số {what} trong {second} {box} như thế", noun.unit, ask=several, free=asks_boxes))
    graph.rule("×", "b", "e", "n")
    if not asks_boxes:
        gone = random.randint(1, each * second - 1)
        graph.add(
            "s",
            gone,
            Quantity(
                f"số {what} lấy ra",
                noun.unit,
                f"[từ {second} {box} như thế|từ {second} {box} cùng loại] người ta lấy ra {{n}} {counted}",
            ),
        )
        graph.add(
            "r",
            each * second - gone,
            Quantity(
                f"số {what} còn lại trong {second} {box}", noun.unit, ask=f"trong {second} {box} đó còn [lại |]bao nhiêu {what}"
            ),
        )
        graph.rule("+", "b", "s", "r")
    return graph
