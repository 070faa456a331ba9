"""One story: what is told of a graph and in which words, what is asked, and its solution."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from mathpal_lightning.curriculum.bounds import Bounds, bounds, carries
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.mental import stripped
from mathpal_lightning.curriculum.stories.graph import Graph, Quantity, Rule, steps_to, tellings, used_by, work
from mathpal_lightning.curriculum.wording import capitals, clause
from mathpal_lightning.curriculum.writing import number, with_unit

Family = Callable[[Random, int, int], Graph]
"""Draws a graph whose quantities stay within (low, high)."""
MOST_TRIES = 400
_LONG = 60
"""Characters of a sentence to which nothing more is joined."""
_COMPARED = re.compile(r"(.+? (?:được|có|chứa|nuôi) )(?=nhiều hơn|ít hơn)")
"""Who has, before "nhiều hơn": is it who was told of just before, it is not said again."""
_SAME_SUBJECT = re.compile(r"(.{4,}? )(?=(?:đã|phải|còn|mua|bán|đi|trả|trồng(?! rừng)|đưa|cần) )")
"""Who does it, at the beginning of a clause."""
_CLASS = "ớp 4"
"""The classes of the families, which become classes of the grade."""
_NOT_ENOUGH, _CONTRADICTION = "không đủ dữ kiện", "dữ kiện mâu thuẫn"


def story(
    random: Random,
    families: Sequence[Family],
    low: int,
    high: int,
    steps: int,
    grade: int,
    targets: str = "",
    distractors: int = 0,
    data: str = "enough",
    sign: str = "",
) -> Plan:
    """A problem of so many steps about one of the families.

    Args:
        random: what is drawn from.
        families: what it may be about.
        low: the least value of the quantities that are drawn, not calculated.
        high: the largest.
        steps: how many calculations lead to the answer.
        grade: whose bounds the numbers keep.
        targets: the keys that may be asked, separated by spaces; "" for all.
        distractors: how many numbers are told that nobody needs.
        data: "enough"; "missing": one number is not told; "contradictory": one too many is told, and it does not fit.
        sign: the sign of a rule that the solution uses: "×" for stories of times and division; "" for any.

    Raises:
        ValueError: the families hold no such problem.
    """
    for _ in range(MOST_TRIES):
        graph = _of_grade(random.choice(families)(random, low, high), grade)
        found = tellings(graph, steps, frozenset(targets.split()))
        if not found:
            continue
        target, told = random.choice(found)
        if sign and all(step.rule.sign != sign for step in steps_to(target, [*told, *graph.free()], graph.rules) or []):
            continue
        if graph.values[target] < 1 or not _within(graph, target, told, bounds(grade)):
            continue
        if not distractors and data == "enough":
            return _plan(random, _dated(graph, told), target, told, [])
        spare = [key for key, quantity in graph.quantities.items() if quantity.tell and key not in told and key != target]
        spare = [key for key in spare if steps_to(key, [*told, *graph.free()], graph.rules) is None]
        if len(spare) < distractors:
            continue
        extra = random.sample(spare, distractors)
        if not _within(graph, target, [*told, *extra], bounds(grade)):
            continue
        graph = _dated(graph, [*told, *extra])
        if data == "missing" and len(told) > 1:
            return _missing(random, graph, target, told)
        if data == "contradictory" and steps > 1:
            return _contradictory(random, graph, target, told)
        return _plan(random, graph, target, told, extra)
    raise ValueError(f"Expected a story of {steps} steps within {low}..{high}, but {MOST_TRIES} draws gave none")


def _of_grade(graph: Graph, grade: int) -> Graph:
    """The graph whose classes are classes of the grade: lớp 5A for lớp 4A."""
    if not any(_CLASS in quantity.name for quantity in graph.quantities.values()):
        return graph
    own = f"{_CLASS[:-1]}{grade}"
    for key, quantity in graph.quantities.items():
        graph.quantities[key] = Quantity._make(
            text.replace(_CLASS, own) if isinstance(text, str) else text for text in quantity
        )
    return graph


def _dated(graph: Graph, told: Sequence[str]) -> Graph:
    """The graph that says "lúc đầu" of what was there first, where something is told of what came later."""
    if graph.later.isdisjoint(told):
        return graph
    for key in graph.earlier:
        quantity = graph.quantities[key]
        graph.quantities[key] = quantity._replace(name=f"{quantity.name} lúc đầu", ask=f"lúc đầu {quantity.ask}")
    return graph


def _within(graph: Graph, target: str, told: Sequence[str], bound: Bounds) -> bool:
    """Whether all numbers, factors and divisors of the solution belong to the grade."""
    steps = steps_to(target, [*told, *graph.free()], graph.rules) or []
    for key in {*used_by(steps), *told}:
        if graph.values[key] > (bound.money if graph.quantities[key].unit == "đồng" else bound.largest):
            return False
    for rule, finds in steps:
        if rule.sign == "+" and _carries(graph, rule, finds) > bound.carries:
            return False
        digits = sorted(len(str(stripped(graph.values[part]))) for part in rule.parts)
        if rule.sign == "×" and finds == rule.whole and digits[0] > bound.factor:
            return False
        divisors = [part for part in rule.parts if part != finds]
        if rule.sign == "×" and finds != rule.whole and len(str(stripped(graph.values[divisors[0]]))) > bound.divisor:
            return False
    return True


def _carries(graph: Graph, rule: Rule, finds: str) -> int:
    """How often the calculation of this step carries: of a sum of two numbers or a difference."""
    others = [graph.values[part] for part in rule.parts if part != finds]
    if finds == rule.whole:
        return carries("+", others[0], others[1]) if len(others) == 2 else 0
    return carries("-", graph.values[rule.whole], sum(others))


def _plan(random: Random, graph: Graph, target: str, told: Sequence[str], extra: list[str]) -> Plan:
    path = steps_to(target, [*told, *graph.free()], graph.rules) or []

    def solve(sheet: Sheet) -> None:
        values = work(sheet, graph, path, told)
        sheet.answer(values[target], graph.quantities[target].unit)

    shown = {*told, *extra}

    def question(random: Random) -> str:
        return _question(random, graph, target, shown, graph.values)

    return Plan(_identity(graph, target, told), question, solve, lambda: _table(graph, target, shown))


def _missing(random: Random, graph: Graph, target: str, told: Sequence[str]) -> Plan:
    """Leave out one number: the right answer says that the data do not suffice."""
    gone = random.choice(told)
    left = [key for key in told if key != gone]

    def solve(sheet: Sheet) -> None:
        name = graph.quantities[gone].name
        if sheet.pick(False, True, kind="invented"):
            first, second = graph.values[left[0]], graph.values[left[-1]]
            sheet.answer(
                sheet.add(first, second, graph.quantities[target].unit, f"{graph.quantities[target].name} là"),
                graph.quantities[target].unit,
            )
            return
        sheet.say(f"Bài toán không cho biết {name}.")
        sheet.say(f"Vì thiếu {name} nên không tính được {graph.quantities[target].name}.")
        sheet.answer_text(_NOT_ENOUGH)

    return Plan((*_identity(graph, target, left), "thiếu"), _question(random, graph, target, set(left), graph.values), solve)


def _contradictory(random: Random, graph: Graph, target: str, told: Sequence[str]) -> Plan:
    """Tell one calculated quantity too, with a value that does not fit."""
    path = steps_to(target, [*told, *graph.free()], graph.rules) or []
    known = next(step.finds for step in path if graph.quantities[step.finds].tell)
    false = graph.values[known] + random.choice((-2, -1, 1, 2, 3))
    values = {**graph.values, known: false}
    before = path[: [step.finds for step in path].index(known) + 1]

    def solve(sheet: Sheet) -> None:
        quantity = graph.quantities[known]
        found = work(sheet, graph, before, told)[known]
        sheet.say(
            f"Nhưng bài toán cho {quantity.name} là {number(false)} {quantity.unit}, mà {number(false)} khác {number(found)}."
        )
        sheet.answer_text(sheet.pick(_CONTRADICTION, f"{number(found)} {quantity.unit}", kind="not_checked"))

    return Plan((*_identity(graph, target, told), false), _question(random, graph, target, {*told, known}, values), solve)


def _identity(graph: Graph, target: str, told: Sequence[str]) -> tuple[object, ...]:
    return (target, *(graph.values[key] for key in sorted({*told, *graph.free()})))


def _question(random: Random, graph: Graph, target: str, told: set[str], values: dict[str, int]) -> str:
    """The clauses that are told, in the order of the graph, joined into sentences, and what is asked."""
    keys = [key for key in graph.quantities if key in told]
    clauses = [clause(random, graph.quantities[key].tell, n=values[key]) for key in keys]
    for short, full in graph.first.items():
        if clauses[0].endswith(f" {short}") and full not in clauses[0]:
            clauses[0] = clauses[0].removesuffix(short) + full
    needs_opening = any(told.isdisjoint(group.split()) for group in graph.introduced)
    sentences, begun = [*([graph.opening] if needs_opening else []), clauses[0]], clauses[0]
    for before, key, text in zip(keys, keys[1:], clauses[1:], strict=False):
        same = not before[-1].isdigit() or before[-1] == key[-1]  # "n1" and "p1": count and price of the first thing
        if same and ", " not in text and ", " not in begun and len(sentences[-1]) < _LONG and random.random() < 0.6:
            sentences[-1] += _joined(begun, text)
        else:
            sentences.append(text)
        begun = text
    quantity = graph.quantities[target]
    closings = [f"hỏi {quantity.ask}?"] if quantity.ask else []
    if quantity.unit != "lần" or not closings:
        closings += [f"[tính|hãy tính] {quantity.name}."]
    text = ". ".join([*sentences, clause(random, closings)])
    for first, later in graph.again.items():
        before, found, after = text.partition(first)
        text = before + found + after.replace(first, later)
    return capitals(text)


def _table(graph: Graph, target: str, told: set[str]) -> str:
    """What is told as a Markdown table with a row a quantity, and what is asked."""
    shown = [(key, quantity) for key, quantity in graph.quantities.items() if key in told]
    rows = [(quantity.name, with_unit(number(graph.values[key]), quantity.unit)) for key, quantity in shown]
    rows += [quantity.row for _, quantity in shown if quantity.row[0]]
    written = [f"| {name[0].upper()}{name[1:]} | {value} |" for name, value in rows]
    listed = "\n".join(["| Đại lượng | Số liệu |", "| --- | --- |", *written])
    return f"Cho bảng số liệu sau:\n\n{listed}\n\nTính {graph.quantities[target].name}."


def _joined(first: str, second: str) -> str:
    """The second clause behind the first: without its subject where it is the same."""
    compared = _COMPARED.match(second)
    if compared and first.startswith(compared[0]):
        return f", {second[compared.end() :]}"
    doer = _SAME_SUBJECT.match(second)
    if doer and first.startswith(doer[0]):
        return f" và {second[doer.end() :]}"
    subject = first.split(" ")[0]
    rest = second.removeprefix(f"{subject} ")
    if subject[0].isupper() and rest != second and not rest.startswith("và "):
        return f" và {rest}"
    return f", {second}"
