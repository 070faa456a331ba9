"""Pupils, classes, days, barns and herds that have more, fewer, or so many times as many as another."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import Noun, adult, draw_noun, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.stories.graph import Graph, Quantity

_LARGEST_FACTOR = 9


class _Setting(NamedTuple):
    """Who has what: a list of nouns and its quantity, the verb, what one holder's share is called, and who they are together."""

    kind: str
    quantity: str
    has: str
    share: str
    together: str
    holders: tuple[str, ...] = ()
    """Empty for pupils or farmers, whose names are drawn."""


_SETTINGS = (
    _Setting("counted", "pupil", "có", "số {what} của {H}", "cả {count} bạn"),
    _Setting(
        "counted", "class", "[góp được|quyên góp được]", "số {what} của {H}", "cả {count} lớp", ("lớp 4A", "lớp 4B", "lớp 4C")
    ),
    _Setting(
        "counted",
        "shop",
        "cửa hàng bán được",
        "số {what} bán được {H}",
        "cả {count} ngày",
        ("ngày thứ nhất", "ngày thứ hai", "ngày thứ ba"),
    ),
    _Setting(
        "measured",
        "day",
        "cửa hàng bán được",
        "số {what} bán được {H}",
        "cả {count} ngày",
        ("ngày thứ nhất", "ngày thứ hai", "ngày thứ ba"),
    ),
    _Setting("measured", "store", "[có|chứa]", "số {what} ở {H}", "cả {count} kho", ("kho A", "kho B", "kho C")),
    _Setting("counted", "farm", "nuôi", "số {what} của {H}", "cả {count} trang trại"),
)
_NUMBERS = {2: "hai", 3: "ba"}

_MORE = (
    "{B} {has} nhiều hơn {A} {n} {short}|{A} {has} ít hơn {B} {n} {short}|{B} {more} {A} {n} {short}"
    "|so với {A}, {B} {has} nhiều hơn {n} {counted}|{A} {less} {B} {n} {short}|so với {B}, {A} {has} ít hơn {n} {counted}"
)
_TIMES = (
    "{B} {has} số {what} gấp {n} lần {A}|{large} gấp {n} lần {small}|{small} bằng 1/{n} {large}"
    "|{A} {has} số {what} bằng 1/{n} của {B}|nếu lấy {small} gấp lên {n} lần thì được {large}|{large} giảm {n} lần thì bằng {small}"
)


def two_holders(random: Random, low: int, high: int) -> Graph:
    """Two holders, one with so many more than the other; nothing is told of both together."""
    return holders(random, low, high, 2, times=0.0, together=False)


def by_difference(random: Random, low: int, high: int) -> Graph:
    """Two or three holders with so many more or fewer."""
    return holders(random, low, high, times=0.0)


def by_ratio(random: Random, low: int, high: int) -> Graph:
    """Two or three holders, most with so many times as many as another."""
    return holders(random, low, high, times=0.9)


def holders(random: Random, low: int, high: int, count: int = 0, times: float = 0.5, *, together: bool = True) -> Graph:
    """Two or three holders in a chain of "more", "fewer" and "times as many", with their total.

    Keys: a, b, c (the shares), d1, d2 (how many more), k1, k2 (how many times), t (together).
    """
    setting = random.choice([setting for setting in _SETTINGS if _reaches(setting, low, high)])
    noun = draw_noun(random, setting.kind, setting.quantity, low, high)
    count = count or random.choice((2, 2, 3))
    names = _names(random, setting, count)
    words = _words(noun)
    graph = Graph(first={words["short"]: words["counted"]})
    amounts = [random.choice(noun.range(setting.quantity, low, high))]
    shares = [_share(setting, name, words) for name in names]
    has = noun.words.get(f"{setting.quantity}_does") or random.choice(setting.has.strip("[]").split("|"))
    _add_share(graph, "a", amounts[0], shares[0], names[0], has, words)
    for place in range(1, count):
        allowed = noun.range(setting.quantity, low, high)
        _relate(random, graph, place, (names, shares, has), words, allowed, times)
    return _add_total(graph, setting, names, words, has) if together else graph


def _add_total(graph: Graph, setting: _Setting, names: list[str], words: dict[str, str], has: str) -> Graph:
    """What all holders have together, as the key t."""
    count = len(names)
    everyone = f"{', '.join(names[:-1])} và {names[-1]}"
    together = setting.together.format(count=_NUMBERS[count])
    told = f"{together} {everyone}" if "bạn" in together else everyone if setting.quantity == "farm" else together
    keys = "abc"[:count]
    graph.add(
        "t",
        sum(graph.values[key] for key in keys),
        Quantity(
            f"số {words['what']} của {together}" if "ngày" not in together else f"số {words['what']} bán được trong {together}",
            words["unit"],
            f"{told} {has} tất cả {{n}} {words['counted']}",
            f"{together} {has} tất cả bao nhiêu {words['what']}",
        ),
    )
    graph.rule("+", "t", *keys)
    return graph


def _relate(
    random: Random,
    graph: Graph,
    place: int,
    told: tuple[list[str], list[str], str],
    words: dict[str, str],
    allowed: range,
    times: float,
) -> None:
    """Put the next holder into the story: more or fewer than an earlier one, or so many times as many."""
    names, shares, has = told
    earlier = random.randrange(place)
    key, other = "abc"[place], "abc"[earlier]
    base = graph.values[other]
    factors = [factor for factor in range(2, _LARGEST_FACTOR + 1) if base * factor in allowed]
    parts = [factor for factor in range(2, _LARGEST_FACTOR + 1) if base % factor == 0 and base // factor in allowed]
    if (factors or parts) and random.random() < times:
        upward = not parts or (bool(factors) and random.random() < 0.6)
        factor = random.choice(factors if upward else parts)
        value = base * factor if upward else base // factor
        large, small = (place, earlier) if upward else (earlier, place)
        fields = {
            "A": names[small],
            "B": names[large],
            "large": shares[large],
            "small": shares[small],
            "has": has,
            **words,
            "n": "{n}",
        }
        graph.add(
            f"k{place}",
            factor,
            Quantity(
                f"{shares[large]} gấp {shares[small]} số lần",
                "lần",
                f"[{_TIMES.format(**fields)}]",
                f"{shares[large]} gấp mấy lần {shares[small]}",
                relation=f"{shares[large]} gấp {{n}} lần {shares[small]}",
            ),
        )
        graph.rule("×", "abc"[large], "abc"[small], f"k{place}")
    else:
        value = random.choice([amount for amount in allowed if amount != base] or [base + 1])
        large, small = (place, earlier) if value > base else (earlier, place)
        fields = {"A": names[small], "B": names[large], "has": has, **words, "n": "{n}"}
        # "An hơn Hà 3 viên", but "ngày thứ hai bán được nhiều hơn ngày thứ nhất 3 kg"
        fields |= {"more": "hơn", "less": "kém"} if has == "có" else {"more": f"{has} nhiều hơn", "less": f"{has} ít hơn"}
        graph.add(
            f"d{place}",
            abs(value - base),
            Quantity(
                f"số {words['what']} {names[large]} {has} nhiều hơn {names[small]}",
                words["unit"],
                f"[{_MORE.format(**fields)}]",
                f"{names[large]} {has} nhiều hơn {names[small]} bao nhiêu {words['what']}",
                relation=f"{names[large]} {has} nhiều hơn {names[small]} {{n}} {words['counted']}",
            ),
        )
        graph.rule("+", "abc"[large], "abc"[small], f"d{place}")
    _add_share(graph, key, value, shares[place], names[place], has, words)


def _add_share(graph: Graph, key: str, value: int, share: str, name: str, has: str, words: dict[str, str]) -> None:
    graph.add(
        key,
        value,
        Quantity(share, words["unit"], f"{name} {has} {{n}} {words['counted']}", f"{name} {has} bao nhiêu {words['what']}"),
    )


def _words(noun: Noun) -> dict[str, str]:
    """How the thing is counted ("viên bi", "kg gạo"), asked for ("ki-lô-gam gạo") and named again ("viên", "kg")."""
    if noun.kind == "counted":
        return {"what": noun.name, "counted": noun.name, "short": noun.short, "unit": noun.unit}
    return {
        "what": f"{SPELLED[noun.unit]} {noun.name}",
        "counted": f"{noun.unit} {noun.name}",
        "short": noun.unit,
        "unit": noun.unit,
    }


def _names(random: Random, setting: _Setting, count: int) -> list[str]:
    if setting.holders:
        return list(setting.holders[:count])
    if setting.quantity == "pupil":
        return pupils(random, count)
    names: list[str] = []
    while len(names) < count:
        name = f"trang trại {adult(random)}"
        names += [] if name in names else [name]
    return names


def _share(setting: _Setting, name: str, words: dict[str, str]) -> str:
    return setting.share.format(H=name, **words)


def _reaches(setting: _Setting, low: int, high: int) -> bool:
    try:
        draw_noun(Random(0), setting.kind, setting.quantity, low, high)
    except KeyError:
        return False
    return True
