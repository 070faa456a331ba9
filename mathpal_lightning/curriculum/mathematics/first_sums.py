"""Addition and subtraction of grades 1 and 2: within 10, 20, 100 and 1000."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from mathpal_lightning.curriculum.bounds import carries
from mathpal_lightning.curriculum.mathematics.whole_numbers import DIFFERENCES, SUMS
from mathpal_lightning.curriculum.scenes import Scene, Told, draw_scene
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.integers import evaluate
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_MOST_TRIES = 60


def _by_heart(scene: Scene) -> Scene:
    """A scene for numbers below 20: nobody sets them out in columns."""
    return scene._replace(question=scene.question.replace("Đặt tính rồi tính", "Tính nhẩm"))


def told_with(random: Random, scenes: Sequence[Scene], *values: int) -> Told:
    """A scene whose noun may have all these values; a bare exercise where none is found."""
    for _ in range(_MOST_TRIES):
        told = draw_scene(random, scenes, values[0], values[0])
        if told.noun and told.scene.quantity == "class" and "class_does" in told.noun.words:
            continue  # nobody donates plants
        if all(value in told.range(value, value) for value in values):
            return told
    return draw_scene(random, [scene for scene in scenes if not scene.kind], values[0], values[0])


def _one_step(random: Random, adding: bool, a: int, b: int, grade: int) -> Plan:
    """A sum or a difference; grade 1 counts things, measures none, and does not know the words tổng and hiệu."""
    scenes = list(SUMS if adding else DIFFERENCES)
    if max(a, b) < 20:
        scenes = [_by_heart(scene) for scene in scenes]
    if grade == 1:
        scenes = [scene for scene in scenes if scene.kind == "counted"] + _BARE[adding]
    return _told_plan(random, told_with(random, scenes, a, b), adding, a, b, grade)


def add_within_10(random: Random, level: int) -> Plan:
    """Grade 1: sums to 5, to 8, to 10."""
    total = random.randint(*((2, 5), (6, 8), (9, 10))[level - 1])
    a = random.randint(1, total - 1)
    return _one_step(random, True, a, total - a, 1)


def subtract_within_10(random: Random, level: int) -> Plan:
    """Grade 1: from numbers to 5; to 10; two numbers taken away one behind the other."""
    if level == 3:
        return _two_signs(random, 10, 6, 1, 0, signs="-")
    a = random.randint(*((3, 5), (6, 10))[level - 1])
    return _one_step(random, False, a, random.randint(1, a - 1), 1)


def round_tens(random: Random, level: int) -> Plan:
    """Grade 1: tens and tens: sums to 50, differences, and both to 90."""
    adding = level == 1 or (level == 3 and random.random() < 0.5)
    if adding:
        total = random.randint(*((2, 5), (2, 5), (6, 9))[level - 1])
        a = random.randint(1, total - 1)
        return _one_step(random, True, a * 10, (total - a) * 10, 1)
    a = random.randint(*((3, 5), (3, 6), (7, 9))[level - 1])
    return _one_step(random, False, a * 10, random.randint(1, a - 1) * 10, 1)


def add_within_100_without_carry(random: Random, level: int) -> Plan:
    """Grade 1: two digits and one digit; two digits and two; larger ones. No carry and no borrowing."""
    while True:
        tens, ones = random.randint(*((1, 4), (1, 5), (4, 9))[level - 1]), random.randint(1, 9)
        other_tens, other_ones = random.randint(0 if level == 1 else 1, 0 if level == 1 else 4), random.randint(1, 9)
        a, b = tens * 10 + ones, other_tens * 10 + other_ones
        adding = random.random() < 0.5
        fits = (
            ones + other_ones < 10 and tens + other_tens < 10 if adding else ones >= other_ones and tens >= other_tens and a > b
        )
        if fits and (level < 3 or max(a, b) > 60):
            return _one_step(random, adding, a, b, 1)


def stories_within_100(random: Random, level: int) -> Plan:
    """Grade 1: a story with one operation: within 10, within 50, within 100."""
    while True:
        low, high = ((2, 9), (10, 49), (50, 89))[level - 1]
        adding = random.random() < 0.5
        a, b = random.randint(low, high), random.randint(1, 9 if level == 1 else 40)
        carry = a % 10 + b % 10 > 9 if adding else a % 10 < b % 10
        if carry or (adding and a + b > (10 if level == 1 else 99)) or (not adding and a <= b):
            continue
        told = told_with(
            random, [scene for scene in (SUMS if adding else DIFFERENCES) if scene.kind == "counted"] + _BARE[adding], a, b
        )
        if told.scene.kind:
            return _told_plan(random, told, adding, a, b, 1)


_BARE = {
    True: [
        Scene("", "", "[Tính|Tính nhẩm|Hãy tính]: {a} + {b}", "Ta có"),
        Scene("", "", "[Hỏi |]{a} cộng {b} bằng bao nhiêu?", "Ta có"),
    ],
    False: [
        Scene("", "", "[Tính|Tính nhẩm|Hãy tính]: {a} - {b}", "Ta có"),
        Scene("", "", "[Hỏi |]{a} trừ {b} bằng bao nhiêu?", "Ta có"),
    ],
}
"""Bare sums and differences of grade 1."""
_CLASS = "ớp 3"
"""The classes of the scenes, which become classes of the grade."""


def _told_plan(random: Random, told: Told, adding: bool, a: int, b: int, grade: int) -> Plan:
    lead = told.lead(a=a, b=b)

    def solve(sheet: Sheet) -> None:
        read = sheet.pick(a, a + (10 if a % 10 == 0 and b % 10 == 0 else 1), kind="misread")
        result = sheet.add(read, b, told.unit, lead) if adding else sheet.subtract(read, b, told.unit, lead)
        sheet.answer(sheet.pick(result, a, b, kind="asked"), told.unit)

    question = told.question(random, a=a, b=b).replace(_CLASS, f"{_CLASS[:-1]}{grade}")
    return Plan((a, "+" if adding else "-", b), question, solve)


def add_within_20(random: Random, level: int) -> Plan:
    """Grade 2: sums over 10: to 13; to 18; three numbers."""
    if level == 3:
        return _two_signs(random, 20, 11, 1)
    a, b = random.choice([(a, b) for a in range(2, 10) for b in range(2, 10) if a + b > 10 and (a + b < 14) == (level == 1)])
    return _one_step(random, True, a, b, 2)


def subtract_within_20(random: Random, level: int) -> Plan:
    """Grade 2: from 11, from 12 and 13, from 14 to 18, through ten."""
    a = random.randint(*((11, 11), (12, 13), (14, 18))[level - 1])
    return _one_step(random, False, a, random.randint(a - 9, 9), 2)


def add_with_carry(random: Random, level: int) -> Plan:
    """Grade 2: one carry: within 100, three digits and two, three digits and three."""
    while True:
        a = random.randint(*((11, 89), (101, 899), (101, 799))[level - 1])
        b = random.randint(*((5, 89), (11, 99), (101, 899))[level - 1])
        if carries("+", a, b) == 1 and a + b < (101 if level == 1 else 1000):
            return _one_step(random, True, a, b, 2)


def subtract_with_borrow(random: Random, level: int) -> Plan:
    """Grade 2: one borrowing: within 100, three digits and two, three digits and three."""
    while True:
        a = random.randint(*((21, 99), (121, 999), (221, 999))[level - 1])
        b = random.randint(*((5, 89), (11, 99), (101, 899))[level - 1])
        if a > b and carries("-", a, b) == 1:
            return _one_step(random, False, a, b, 2)


_VALUE = (
    "[Tính|Hãy tính|Em hãy tính]: {expression}",
    "[Tính kết quả của|Hãy tính kết quả của|Tìm kết quả của] {expression}.",
    "[Kết quả của phép tính|Kết quả phép tính] {expression} [là bao nhiêu?|bằng bao nhiêu?|là số nào?]",
    "[Thực hiện phép tính|Thực hiện các phép tính]: {expression}",
    "[Số thích hợp thay cho dấu hỏi là số nào?|Tìm số thích hợp thay cho dấu hỏi.|Điền số thích hợp vào dấu hỏi.] {expression} = ?",
    "[Hỏi |]{expression} bằng bao nhiêu?",
    "[Bạn |]{name} [tính|cần tính] {expression}. [Kết quả là bao nhiêu?|Hỏi kết quả bằng bao nhiêu?|Em hãy tính giúp bạn.]",
)


def _two_signs(random: Random, most: int, least: int, step: int, carried: int = 1, signs: str = "+-") -> Plan:
    """From left to right: a ± b ± c, all values within least..most, each sign with so many carried at most."""
    while True:
        a, b, c = (random.randint(1, most // step) * step for _ in range(3))
        first, second = random.choice(signs), random.choice(signs)
        middle = a + b if first == "+" else a - b
        last = middle + c if second == "+" else middle - c
        within = least <= max(a, middle) <= most and 0 < middle <= most and 0 < last <= most
        if within and len({a, b, c}) == 3 and max(carries(first, a, b), carries(second, middle, c)) <= carried:
            break
    expression = f"{number(a)} {first} {number(b)} {second} {number(c)}"

    def solve(sheet: Sheet) -> None:
        sheet.answer(evaluate(sheet, expression))

    return Plan(
        (expression,), phrase(random, _VALUE, expression=expression, name=random.choice(("Lan", "Nam", "Mai", "An"))), solve
    )


def two_signs_to_100(random: Random, level: int) -> Plan:
    """Grade 1: two signs within 10, with tens, with two digits."""
    return _two_signs(random, *((10, 3, 1, 0), (90, 30, 10, 0), (99, 40, 1, 0))[level - 1])


def two_signs_to_1000(random: Random, level: int) -> Plan:
    """Grade 2: two signs within 20, within 100, within 1000."""
    return _two_signs(random, *((20, 8, 1), (100, 25, 1), (999, 200, 1))[level - 1])
