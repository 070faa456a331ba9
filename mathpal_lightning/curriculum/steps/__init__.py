"""How a pupil works a calculation on paper: the operation is named, worked digit by digit, and its result is stated.

columns.py      sums, differences and products in columns, one fact of the tables at a time, with the slips pupils make in them
division.py     a quotient digit by digit, estimated and tried where the divisor has several digits
mental.py       what a pupil of a grade calculates in the head
sheet.py        Sheet: a solution written step by step, which can be written again with one step gone wrong
ordering.py     numbers put in order and the largest of several, two numbers at a time
lists.py        a list counted, each thing that counts with its number
working.py      the lines of one calculation that is not done in the head
slips.py        what can go wrong in a step, and to which value it leads
plan.py         Plan: a problem as its topic drew it -> its solution and typical mistakes, written out
fractions.py    fractions, powers, divisors, percentages and measures: steps made of the four operations
"""

from mathpal_lightning.curriculum.steps.plan import Plan, finish
from mathpal_lightning.curriculum.steps.sheet import Sheet

__all__ = ["Plan", "Sheet", "finish"]
