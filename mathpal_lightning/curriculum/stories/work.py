"""Working: so many a day, a plan and what is missing."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.stories.graph import Graph, Quantity

_WORK = (
    ("một cô thợ may", "làm", "chiếc áo", (3, 9)),
    ("một bác thợ mộc", "đóng", "chiếc ghế", (3, 9)),
    ("một người thợ", "đan", "chiếc giỏ", (4, 16)),
    ("một xưởng mộc", "đóng", "bộ bàn ghế", (4, 40)),
    ("một đội công nhân", "sửa", "mét đường", (10, 120)),
    ("một tổ công nhân", "làm", "sản phẩm", (12, 400)),
    ("một xưởng may", "hoàn thành", "bộ quần áo", (20, 300)),
    ("một nhà máy", "sản xuất", "chiếc xe đạp", (40, 400)),
    ("một đội trồng rừng", "trồng", "cây", (50, 900)),
)
"""Who, what they do, what they make, and how much of it in a day."""


def daily_work(random: Random, low: int, high: int) -> Graph:
    """So many a day, a plan and what is missing. Keys: e (a day), n (days), m (made), p (plan), r (still to make)."""
    allowed = range(max(4, low // 4), max(9, high // 12) + 1)
    fitting = [work for work in _WORK if work[3][0] + 3 < allowed.stop and work[3][1] - 3 > allowed.start]
    who, verb, thing, (least, most) = random.choice(fitting)
    each = random.randint(max(least, allowed.start), min(most, allowed.stop - 1))
    days = random.randint(3, 9)
    made = each * days
    rest = random.randint(max(3, each // 2), each * 4)
    graph = Graph(again={who: f"{who.removeprefix('một ')} đó"})
    unit = "m" if thing == "mét đường" else thing
    graph.add(
        "e",
        each,
        Quantity(
            f"số {thing} mỗi ngày {who.removeprefix('một ')} {verb} được",
            unit,
            f"[mỗi ngày {who} {verb} được {{n}} {thing}|{who} mỗi ngày {verb} được {{n}} {thing}]",
            f"mỗi ngày {who} {verb} được bao nhiêu {thing}",
        ),
    )
    graph.add(
        "n",
        days,
        Quantity(
            "số ngày đã làm",
            "ngày",
            f"[{who} đã làm trong {{n}} ngày|{who} đã làm được {{n}} ngày]",
            f"{who} đã làm trong bao nhiêu ngày",
        ),
    )
    graph.add(
        "m",
        made,
        Quantity(
            f"số {thing} đã {verb}",
            unit,
            f"[{who} đã {verb} được tất cả {{n}} {thing}|đến nay {who} đã {verb} được {{n}} {thing}]",
            f"{who} đã {verb} được bao nhiêu {thing}",
        ),
    )
    graph.rule("×", "m", "e", "n")
    graph.add(
        "p",
        made + rest,
        Quantity(
            f"số {thing} phải {verb} theo kế hoạch",
            unit,
            f"[theo kế hoạch, {who} phải {verb} {{n}} {thing}|{who} phải {verb} tất cả {{n}} {thing}]",
            f"theo kế hoạch {who} phải {verb} bao nhiêu {thing}",
        ),
    )
    graph.add(
        "r",
        rest,
        Quantity(
            f"số {thing} còn phải {verb}",
            unit,
            f"[{who} còn phải {verb} {{n}} {thing} nữa|còn {{n}} {thing} nữa phải {verb}]",
            f"{who} còn phải {verb} bao nhiêu {thing} nữa",
        ),
    )
    graph.rule("+", "p", "m", "r")
    return graph
