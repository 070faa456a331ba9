"""Quantities, the rules between them, and the steps from what is known to what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.steps import Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Value

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
    have, found = set(known), list[Step]()
    rules = list(rules)
    while target not in have:
        step = next((Step(rule, finds) for rule in rules if (finds := _only_unknown(rule, have))), None)
        if step is None:
            return None
        have.add(step.finds)
        found.append(step)
    needed, kept = {target}, list[Step]()
    for step in reversed(found):
        if step.finds in needed:
            kept.append(step)
            needed |= {step.rule.whole, *step.rule.parts}
    return kept[::-1]


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
    path_from = cache(lambda target, told: steps_to(target, told | free, rules))  # few sets are met, each of them often
    for target in asked:
        for _ in range(_SEARCHES):
            told = [key for key in tellable if key != target]
            for key in random.sample(told, len(told)):
                fewer = [other for other in told if other != key]
                path = path_from(target, frozenset(fewer))
                if path is not None and len(path) <= steps:
                    told = fewer
            path = path_from(target, frozenset(told))
            if path is not None and len(path) == steps:
                used = used_by(path)
                found[target, tuple(key for key in told if key in used)] = None
    return tuple(found)


def work(sheet: Sheet, graph: Graph, steps: Iterable[Step], told: Iterable[str]) -> dict[str, Value]:
    """Write the steps on a sheet, each under the sentence that names its quantity; the values found."""
    values: dict[str, Value] = {key: graph.values[key] for key in [*told, *graph.free()]}
    for rule, finds in steps:
        quantity = graph.quantities[finds]
        lead = f"{quantity.name} là"
        if finds == rule.whole:
            values[finds] = _whole(sheet, rule, [values[part] for part in rule.parts], quantity.unit, lead)
        else:
            others = [values[part] for part in rule.parts if part != finds]
            named = " và ".join(graph.quantities[part].name for part in rule.parts if part != finds)
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
            else sheet.sum(others, unit, f"Tổng của {named} là" if len(named) < _LONG_NAME else "Tổng các số đã biết là")
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


def _only_unknown(rule: Rule, have: set[str]) -> str:
    unknown = [key for key in (rule.whole, *rule.parts) if key not in have]
    return unknown[0] if len(unknown) == 1 else ""
