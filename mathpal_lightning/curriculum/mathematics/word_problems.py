"""Typical word problems of grades 2 to 5, drawn from the story engine (stories/)."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.steps import Plan
from mathpal_lightning.curriculum.stories import Family, story
from mathpal_lightning.curriculum.stories.holders import by_difference, by_ratio, holders, two_holders
from mathpal_lightning.curriculum.stories.people import ages, average
from mathpal_lightning.curriculum.stories.places import field_harvest, journey, trees_along_road
from mathpal_lightning.curriculum.stories.shares import difference_ratio, sum_difference, sum_ratio
from mathpal_lightning.curriculum.stories.trade import packing, purchase, purchase_of_three, same_rate
from mathpal_lightning.curriculum.stories.work import daily_work


def more_and_fewer(random: Random, level: int) -> Plan:
    """Grade 2: one is so many more or fewer than the other; within 20, within 100, within 1000."""
    low, high = ((2, 19), (21, 99), (110, 480))[level - 1]
    return story(random, [two_holders], low, high, 1, 2, "a b")


def how_many_more(random: Random, level: int) -> Plan:
    """Grade 2: how many more one has than the other."""
    low, high = ((2, 19), (21, 99), (110, 900))[level - 1]
    return story(random, [two_holders], low, high, 1, 2, "d1")


def two_step_sum(random: Random, level: int) -> Plan:
    """Grade 3: two steps about more, fewer and all together; in level 3 any of the amounts is asked."""
    low, high = ((12, 45), (31, 99), (130, 900))[level - 1]
    return story(random, [by_difference], low, high, 2, 3, "t" if level == 1 else "t a b c")


def two_step_times(random: Random, level: int) -> Plan:
    """Grade 3: two steps with times and division: things in boxes, work of several days, so many times as many."""
    low, high = ((3, 60), (20, 200), (210, 2400))[level - 1]
    families: list[Family] = [by_ratio, packing, daily_work]
    return story(random, families if level < 3 else [by_ratio, daily_work], low, high, 2, 3, sign="×")


def unitary_method(random: Random, level: int) -> Plan:
    """Grade 4: rút về đơn vị; how much in n boxes, or how many boxes for so much."""
    low, high = ((3, 13), (14, 28), (29, 90))[level - 1]
    return story(random, [same_rate], low, high, 3 if level == 3 else 2, 4, "r" if level == 3 else "b n")


def sum_and_difference_known(random: Random, level: int) -> Plan:
    """Grade 4: two numbers from their sum and difference."""
    low, high = ((5, 60), (61, 190), (191, 4000))[level - 1]
    return story(random, [sum_difference], low, high, 2, 4, "large small")


def sum_and_ratio(random: Random, level: int) -> Plan:
    """Grade 5: two numbers from their sum and ratio; two steps where the smaller is one part."""
    low, high = ((5, 60), (30, 300), (200, 4000))[level - 1]
    return story(random, [sum_ratio], low, high, random.choice((2, 3, 3, 3, 3)), 5, "large small")


def difference_and_ratio(random: Random, level: int) -> Plan:
    """Grade 5: two numbers from their difference and ratio; fewer steps where the smaller or the difference is one part."""
    low, high = ((5, 60), (30, 300), (200, 4000))[level - 1]
    return story(random, [difference_ratio], low, high, random.choice((1, 2, 3, 3, 3)), 5, "large small")


def three_step_stories(random: Random, level: int) -> Plan:
    """Grade 4: two steps of several kinds, three steps, and three steps with larger numbers or one that nobody needs."""
    families: list[Family] = [holders, purchase, packing, daily_work, field_harvest, average, ages, trees_along_road]
    low, high = ((12, 300), (20, 900), (100, 9000))[level - 1]
    distractors = 1 if level == 3 and random.random() < 0.4 else 0
    families = [holders, purchase, field_harvest] if level == 3 else families
    return story(random, families, low, high, 2 if level == 1 else 3, 4, distractors=distractors)


def several_step_stories(random: Random, level: int) -> Plan:
    """Grade 5: three, four and five steps."""
    families = (
        [field_harvest, purchase, journey, holders, packing],
        [field_harvest, purchase, journey],
        [field_harvest, purchase_of_three],
    )
    low, high = ((20, 900), (100, 9000), (100, 9000))[level - 1]
    return story(random, families[level - 1], low, high, level + 2, 5, "change money around" if level == 3 else "")
