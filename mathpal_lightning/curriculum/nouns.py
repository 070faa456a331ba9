"""Nouns of the stories, from nouns.yaml: a thing is drawn together with numbers that such a thing has in life."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun: its key in nouns.yaml, the words for it and its ranges."""

    key: str
    kind: str
    """The list it stands in: counted, measured, rectangles, squares, boxes, cubes, circles, vehicles, weights."""
    words: dict[str, str]
    ranges: dict[str, tuple[int, int]]

    @property
    def name(self) -> str:
        """How the story calls it: "viên bi", "gạo", "mảnh vườn"."""
        return self.words.get("thing") or self.words.get("stuff") or self.key

    @property
    def short(self) -> str:
        """How it is called the second time: "viên"."""
        return self.words.get("short", self.name)

    @property
    def unit(self) -> str:
        """The unit it is measured or counted in: "kg", "viên bi"."""
        return self.words.get("unit") or self.name

    def range(self, quantity: str, low: int = 0, high: int = 10**9) -> range:
        """The values that a quantity of it takes in life, narrowed to low..high; empty where nothing is left."""
        least, most = self.ranges[quantity]
        return range(max(least, low), min(most, high) + 1)


@lru_cache(4096)
def nouns(kind: str, having: str = "", low: int = 0, high: int = 10**9) -> tuple[Noun, ...]:
    """The nouns of a list that have a quantity with four values (or all) within low..high.

    Raises:
        KeyError: nouns.yaml has no such list.
    """
    enough = min(4, high - low + 1)
    found = tuple(
        noun for noun in _listed(kind) if not having or having in noun.ranges and len(noun.range(having, low, high)) >= enough
    )
    if not found:
        raise KeyError(f"nouns.yaml: no noun of {kind} has {having} within {low}..{high}")
    return found


@cache
def _listed(kind: str) -> tuple[Noun, ...]:
    """Every noun of a list."""
    found = []
    for key, entry in _table()[kind].items():
        ranges = {name: (value[0], value[1]) for name, value in entry.items() if isinstance(value, list)}
        found.append(Noun(key, kind, {name: value for name, value in entry.items() if isinstance(value, str)}, ranges))
    return tuple(found)


def draw_noun(random: Random, kind: str, having: str = "", low: int = 0, high: int = 10**9) -> Noun:
    """Draw a noun of a list that has this quantity within low..high."""
    return random.choice(nouns(kind, having, low, high))


def holds(box: str) -> str:
    """The verb of what holds several things: a box "đựng", a row "có", a lorry "chở"."""
    return str(_table()["holds"].get(box, "có"))


def pupils(random: Random, count: int = 2) -> list[str]:
    """Names of different pupils."""
    people = _table()["people"]
    return random.sample(people["girls"] + people["boys"], count)


def adult(random: Random) -> str:
    """An adult with the word of address: "bác An"."""
    return str(random.choice(_table()["people"]["adults"]))


def places(random: Random, count: int = 2) -> list[str]:
    """Different towns."""
    return random.sample(_table()["places"], count)


@cache
def _table() -> Any:
    return yaml.safe_load((FOLDER / "nouns.yaml").read_text(encoding="utf-8"))
