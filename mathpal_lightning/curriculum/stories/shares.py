"""Two numbers from two of: their sum, their difference, their ratio; solved by equal parts as textbooks do."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.stories.graph import Graph, Quantity


class _Pair(NamedTuple):
    """Two shares: what the larger and the smaller are called, the unit, and their realistic range."""

    large: str
    small: str
    unit: str
    least: int
    most: int
    both: str
    """How their sum is told."""
    gap: str = "[{large} hơn {small} {n}|{small} kém {large} {n}|hiệu của {large} và {small} là {n}]"
    """How their difference is told."""
    times: float = 9
    """How many times as large as the smaller the larger is at most."""


_PAIRS = (
    _Pair("số lớn", "số bé", "", 5, 9000, "[tổng của hai số là {n}|hai số có tổng là {n}|tổng hai số bằng {n}]"),
    _Pair(
        "số ki-lô-gam gạo ở bao to",
        "số ki-lô-gam gạo ở bao nhỏ",
        "kg",
        5,
        60,
        "[hai bao gạo nặng tất cả {n} kg|tổng số gạo ở hai bao là {n} kg]",
        "[bao to nặng hơn bao nhỏ {n} kg gạo|bao nhỏ nhẹ hơn bao to {n} kg gạo]",
    ),
    _Pair(
        "số cây đội Một trồng",
        "số cây đội Hai trồng",
        "cây",
        20,
        900,
        "[hai đội trồng được tất cả {n} cây|cả hai đội trồng được {n} cây]",
        "[đội Một trồng nhiều hơn đội Hai {n} cây|đội Hai trồng ít hơn đội Một {n} cây]",
    ),
    _Pair(
        "số học sinh nữ",
        "số học sinh nam",
        "học sinh",
        50,
        170,
        "[một khối lớp có {n} học sinh|khối lớp có tất cả {n} học sinh]",
        "[số học sinh nữ nhiều hơn số học sinh nam {n} bạn|số học sinh nam ít hơn số học sinh nữ {n} bạn]",
        1.4,
    ),
    _Pair(
        "số lít dầu ở thùng to",
        "số lít dầu ở thùng nhỏ",
        "l",
        6,
        90,
        "[hai thùng đựng tất cả {n} l dầu|cả hai thùng có {n} l dầu]",
        "[thùng to có nhiều hơn thùng nhỏ {n} l dầu|thùng nhỏ có ít hơn thùng to {n} l dầu]",
    ),
    _Pair(
        "số con vịt",
        "số con gà",
        "con",
        15,
        900,
        "[một trang trại nuôi tất cả {n} con gà và vịt|trang trại có {n} con gà và vịt]",
        "[số vịt nhiều hơn số gà {n} con|số gà ít hơn số vịt {n} con]",
    ),
    _Pair(
        "chiều dài mảnh đất",
        "chiều rộng",
        "m",
        6,
        90,
        "[nửa chu vi một mảnh đất hình chữ nhật là {n} m|một mảnh đất hình chữ nhật có tổng chiều dài và chiều rộng là {n} m]",
        "[{large} hơn {small} {n} m|{small} kém {large} {n} m]",
        4,
    ),
    _Pair(
        "số quyển sách ở ngăn trên",
        "số quyển sách ở ngăn dưới",
        "quyển sách",
        15,
        300,
        "[hai ngăn tủ có tất cả {n} quyển sách|cả hai ngăn có {n} quyển sách]",
        "[ngăn trên có nhiều hơn ngăn dưới {n} quyển sách|ngăn dưới có ít hơn ngăn trên {n} quyển sách]",
    ),
)


def sum_difference(random: Random, low: int, high: int) -> Graph:
    """Tổng và hiệu. Keys: s, d, large2 and small2 (twice each), large, small."""
    pair = _fitting(random, low, high)
    small = random.randint(max(low, pair.least), min(high, pair.most) - 1)
    gap = random.randint(1, max(1, min(pair.most, high, int(small * pair.times)) - small))
    large = small + gap
    graph = Graph()
    graph.add("s", large + small, Quantity(f"tổng của {pair.large} và {pair.small}", pair.unit, pair.both, ""))
    graph.add(
        "d",
        gap,
        Quantity(
            f"hiệu của {pair.large} và {pair.small}",
            pair.unit,
            _gap(pair),
            "",
        ),
    )
    graph.add("two", 2, Quantity("hai", "", free=True))
    for key, value, name in (("large", large, pair.large), ("small", small, pair.small)):
        graph.add(f"{key}2", 2 * value, Quantity(f"hai lần {name}", pair.unit))
        graph.add(key, value, Quantity(name, pair.unit))
        graph.rule("×", f"{key}2", key, "two")
    graph.rule("+", "large2", "s", "d")
    graph.rule("+", "s", "small2", "d")
    return graph


def sum_ratio(random: Random, low: int, high: int) -> Graph:
    """Tổng và tỉ số. Keys: s, parts, one (unless small is one part), large, small."""
    return _by_parts(random, low, high, adding=True)


def difference_ratio(random: Random, low: int, high: int) -> Graph:
    """Hiệu và tỉ số. Keys: s, parts, one (unless small or s is one part), large, small."""
    return _by_parts(random, low, high, adding=False)


def _by_parts(random: Random, low: int, high: int, adding: bool) -> Graph:
    pair = _fitting(random, low, high)
    while True:
        p, q = sorted(random.sample(range(1, 10), 2))
        least, most = -(-max(low, pair.least) // p), min(high, pair.most) // q
        if Fraction(p, q).denominator == q and least <= most and q <= p * pair.times:
            break
    one = random.randint(least, most)
    parts = q + p if adding else q - p
    graph = Graph()
    told = pair.both if adding else _gap(pair)
    name = f"{'tổng' if adding else 'hiệu'} của {pair.large} và {pair.small}"
    ratio = (
        f"[{pair.small} bằng {p}/{q} {pair.large}|tỉ số của {pair.small} và {pair.large} là {p}/{q}]"
        if p > 1
        else f"[{pair.large} gấp {q} lần {pair.small}|{pair.small} bằng 1/{q} {pair.large}]"
    )
    row = (f"tỉ số của {pair.small} và {pair.large}", f"{p}/{q}")
    graph.add("s", one * parts, Quantity(name, pair.unit, f"{told}, {ratio}", row=row))
    drawn = f"coi {pair.small} là {p} phần thì {pair.large} là {q} phần"
    drawn += ", hiệu số phần bằng nhau là 1 phần" if parts == 1 else ""
    graph.add("p", p, Quantity("số phần của số bé", "phần", relation=drawn, free=True))
    graph.add("q", q, Quantity("số phần của số lớn", "phần", relation=drawn, free=True))
    graph.add("large", one * q, Quantity(pair.large, pair.unit))
    graph.add("small", one * p, Quantity(pair.small, pair.unit))
    if parts == 1:
        _times_one_part(graph, "s", "large", *(["small"] if p > 1 else []))
        return graph
    graph.add("parts", parts, Quantity(f"{'tổng' if adding else 'hiệu'} số phần bằng nhau", "phần"))
    graph.rule("+", *(("parts", "q", "p") if adding else ("q", "parts", "p")))
    if p == 1:
        graph.rule("×", "s", "small", "parts")
        _times_one_part(graph, "small", "large")
        return graph
    graph.add("one", one, Quantity("giá trị một phần", pair.unit))
    graph.rule("×", "s", "one", "parts")
    _times_one_part(graph, "one", "large", "small")
    return graph


def _times_one_part(graph: Graph, one: str, *shares: str) -> None:
    """Each of these shares is so many times what one part is worth."""
    for share in shares:
        graph.rule("×", share, one, "q" if share == "large" else "p")


def _fitting(random: Random, low: int, high: int) -> _Pair:
    return random.choice([pair for pair in _PAIRS if max(low, pair.least) * 2 <= min(high, pair.most)])


def _gap(pair: _Pair) -> str:
    return pair.gap.replace("{large}", pair.large).replace("{small}", pair.small)
