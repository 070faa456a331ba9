"""Quantities, the rules between them, and the steps from what is known to what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import chain
from operator import or_
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.steps import Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Value
from mathpal_lightning.curriculum.writing import number

_SEARCHES = 60
"""Orders tried in search of what may be told of one quantity."""
_LONG_NAME = 100
"""Characters of the names of a sum's terms that a sentence still holds."""


class Quantity(NamedTuple):
    """One quantity of a story."""

    name: str
    """What a solution calls it: "số viên bi của Nam"; its sentence is "Số viên bi của Nam là:"."""
    unit: str
    tell: str = ""
    """The clause that gives it away, with {n} for its value, as a template of `wording.phrase`; "" where it is never told."""
    ask: str = ""
    """What "Hỏi ...?" asks; "" for "{name} là bao nhiêu"."""
    row: tuple[str, str] = ("", "")
    """A row of a table besides its own, where its clause tells one thing more: a ratio."""
    relation: str = ""
    """What it says of two others, with {n} for its value and the larger first: "Lan có nhiều hơn Nam {n} viên bi"."""
    free: bool = False
    """Whether it is known without being told, such as the 2 in "half"."""


class Rule(NamedTuple):
    """`whole` is the sum ("+") or the product ("×") of `parts`, or parts[1] percent of parts[0] ("%")."""

    sign: str
    whole: str
    parts: tuple[str, ...]


class Step(NamedTuple):
    """One calculation: the rule used and the quantity it finds."""

    rule: Rule
    finds: str


@dataclass(slots=True)
class Graph:
    """The quantities of one story with their values, and the rules between them."""

    quantities: dict[str, Quantity] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    again: dict[str, str] = field(default_factory=dict)
    """How something is called from its second mention on: "một xưởng may" is then "xưởng may đó"."""
    first: dict[str, str] = field(default_factory=dict)
    """How something is called at its first mention: "chiếc" is then "chiếc bút bi"."""
    opening: str = ""
    """The sentence that introduces what no other clause does: "Huy mua vở và kẹo" where nothing is told of the sweets."""
    introduced: tuple[str, ...] = ()
    """Groups of keys, separated by spaces: the opening stands first where one of the groups is not told."""
    earlier: frozenset[str] = frozenset()
    """Keys of what was there before something was sold or used: with a key of `later` told, they are asked for as "lúc đầu"."""
    later: frozenset[str] = frozenset()
    """Keys of what was sold, used or left."""

    def add(self, key: str, value: int, quantity: Quantity) -> None:
        """Put a quantity with its value into the story."""
        self.quantities[key], self.values[key] = quantity, value

    def rule(self, sign: str, whole: str, *parts: str) -> None:
        """Say how quantities are related."""
        self.rules.append(Rule(sign, whole, parts))

    def free(self) -> set[str]:
        """What is known without being told."""
        return {key for key, quantity in self.quantities.items() if quantity.free}


def steps_to(target: str, known: Iterable[str], rules: Iterable[Rule]) -> list[Step] | None:
    """The calculations that lead from what is known to the target, each needed; None where none do."""
    rules, known = tuple(rules), set(known)
    bits, masks = _masks(rules)
    if target not in bits:
        return [] if target in known else None
    path = _path(bits[target], sum(bit for key, bit in bits.items() if key in known), masks)
    keys = {bit: key for key, bit in bits.items()}
    return None if path is None else [Step(rules[place], keys[bit]) for place, bit in path]


def used_by(steps: Iterable[Step]) -> set[str]:
    """All quantities that the steps take or find."""
    return {key for step in steps for key in (step.rule.whole, *step.rule.parts)}


def tellings(graph: Graph, steps: int, targets: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What may be asked, and what is told then, so that it is exactly so many steps away and nothing told is superfluous."""
    told = tuple(key for key, quantity in graph.quantities.items() if quantity.tell)
    asked = tuple(key for key in graph.quantities if (not targets or key in targets) and not graph.quantities[key].free)
    return _tellings(tuple(graph.rules), told, frozenset(graph.free()), steps, asked)


@cache
def _tellings(
    rules: tuple[Rule, ...], tellable: tuple[str, ...], free: frozenset[str], steps: int, asked: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Graphs of one kind have the same rules, so this search is done once for each kind."""
    random = Random(0)
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    places, masks = _masks(rules)
    bits = {key: places.get(key, 0) for key in (*tellable, *free, *asked)}  # 0: a number that no rule needs
    path_from = cache(lambda target, told: _path(target, told, masks))  # few sets are met, each of them often
    for target in asked:
        others = [key for key in tellable if key != target]
        for _ in range(_SEARCHES):
            told = _joined(bits[key] for key in (*others, *free))
            for key in random.sample(others, len(others)):
                path = path_from(bits[target], told & ~bits[key])
                if path is not None and len(path) <= steps:
                    told &= ~bits[key]
            path = path_from(bits[target], told)
            if path is not None and len(path) == steps:
                used = _joined(masks[place][0] for place, _ in path)
                found[target, tuple(key for key in others if bits[key] & told & used)] = None
    return tuple(found)


class _Masks(NamedTuple):
    """Rules as numbers, for a quick search: each quantity is one bit."""

    bits: dict[str, int]
    rules: tuple[tuple[int, int], ...]
    """For each rule all its quantities, and those that stand in it once: the side of a square is not found from its area."""


@cache
def _masks(rules: tuple[Rule, ...]) -> _Masks:
    written = [(rule.whole, *rule.parts) for rule in rules]
    bits = {key: 1 << place for place, key in enumerate(dict.fromkeys(chain.from_iterable(written)))}
    once = [_joined(bits[key] for key in keys if keys.count(key) == 1) for keys in written]
    return _Masks(bits, tuple(zip((_joined(map(bits.__getitem__, keys)) for keys in written), once, strict=True)))


def _path(target: int, known: int, rules: tuple[tuple[int, int], ...]) -> list[tuple[int, int]] | None:
    """The numbers of the rules that lead from what is known to the target, each with what it finds; None where none do."""
    found: list[tuple[int, int]] = []
    while not known & target:
        steps = ((place, _single(every & ~known) & once) for place, (every, once) in enumerate(rules))
        step = next((step for step in steps if step[1]), None)
        if step is None:
            return None
        known |= step[1]
        found.append(step)
    needed, kept = target, list[tuple[int, int]]()
    for place, unknown in reversed(found):
        if unknown & needed:
            kept.append((place, unknown))
            needed |= rules[place][0]
    return kept[::-1]


def _single(bits: int) -> int:
    """The bit where there is only one, else 0."""
    return 0 if bits & (bits - 1) else bits


def _joined(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)


def work(sheet: Sheet, graph: Graph, steps: Iterable[Step], told: Iterable[str]) -> dict[str, Value]:
    """Write the steps on a sheet, each under the sentence that names its quantity; the values found."""
    values: dict[str, Value] = {key: graph.values[key] for key in [*told, *graph.free()]}
    said = set[str]()
    for rule, finds in steps:
        quantity = graph.quantities[finds]
        for part in rule.parts:
            if part != finds and (relation := graph.quantities[part].relation) and relation not in said:
                said.add(relation)
                sheet.say(f"{relation[0].upper()}{relation[1:]}.".format(n=number(values[part])))
        lead = f"{quantity.name} là"
        if finds == rule.whole:
            values[finds] = _whole(sheet, rule, [values[part] for part in rule.parts], quantity.unit, lead)
        else:
            others = [values[part] for part in rule.parts if part != finds]
            named = sum_of([graph.quantities[part].name for part in rule.parts if part != finds])
            values[finds] = _part(sheet, rule, finds, values[rule.whole], others, quantity.unit, (named, lead))
    return values


def _whole(sheet: Sheet, rule: Rule, parts: list[Value], unit: str, lead: str) -> Value:
    if rule.sign == "+":
        return sheet.sum(parts, unit, lead)
    if rule.sign == "×":
        return sheet.product(parts, unit, lead)
    return sheet.divide(sheet.multiply(parts[0], parts[1], lead=lead), 100, unit)


def _part(sheet: Sheet, rule: Rule, finds: str, whole: Value, others: list[Value], unit: str, names: tuple[str, str]) -> Value:
    named, lead = names
    if rule.sign == "+":
        taken = (
            others[0]
            if len(others) == 1
            else sheet.sum(others, unit, f"{named} là" if len(named) < _LONG_NAME else "Tổng các số đã biết là")
        )
        return sheet.subtract(whole, taken, unit, lead)
    if rule.sign == "×":
        taken = others[0] if len(others) == 1 else sheet.product(others)
        return sheet.divide(whole, taken, unit, lead)
    if others[0] == 0:
        raise Absurd
    if finds == rule.parts[0]:
        return sheet.multiply(sheet.divide(whole, others[0], lead=lead), 100, unit)
    return sheet.multiply(sheet.divide(whole, others[0], lead=lead), 100, unit)


def sum_of(names: Sequence[str]) -> str:
    """What the sum of quantities is called: what their names share is said once.

    >>> sum_of(["số tem của An", "số tem của Hà"]), sum_of(["số cây đã trồng", "số hoa"])
    ('Tổng số tem của An và Hà', 'Tổng của số cây đã trồng và số hoa')
    """
    words = [name.split(" ") for name in names]
    begin = _shared(words)
    begin -= words[0][begin - 1] == "thứ"  # "ngày thứ nhất và thứ ba"
    end = _shared([name[:begin:-1] for name in words])
    differ = [" ".join(name[begin : len(name) - end]) for name in words]
    if begin < 3:
        differ, begin, end = list(names), 0, 0
    listed = f"{', '.join(differ[:-1])} và {differ[-1]}"
    return " ".join(["Tổng", *(words[0][:begin] or ["của"]), listed, *words[0][len(words[0]) - end :]])


def _shared(lists: Sequence[Sequence[str]]) -> int:
    """How many words the lists begin with in common."""
    return next((place for place, words in enumerate(zip(*lists, strict=False)) if len(set(words)) > 1), min(map(len, lists)))
