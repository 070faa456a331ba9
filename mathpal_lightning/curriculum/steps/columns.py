"""Sums, differences and products in columns, one fact of the tables at a time: the working that a pupil writes under the operation.

Each function returns the lines of the working and the value they lead to. A line joins its facts with "; ":

    add(96, 65).lines       ["6 + 5 = 11 (viết 1, nhớ 1); 9 + 6 = 15; 15 + 1 = 16"]

With `slip` one fact goes wrong the way it does in class, and the rest follows from it, so that `value` is what such a pupil
would find. `nth` says which of the possible places it is:

    carry       what is carried is forgotten                        96 + 65 = 151
    borrow      what was borrowed is not given back                 82 - 29 = 63
    reversed    the smaller digit is taken from the larger          82 - 29 = 67
    table       one fact of the tables is wrong                     7 × 6 = 48
    shift       a partial product is not moved one place            24 × 13 = 96
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from mathpal_lightning.curriculum.steps.mental import in_head, stripped
from mathpal_lightning.curriculum.writing import number

REMEMBERED = 4096
"""Workings kept: the runs of one solution share most of their steps."""


class Column(NamedTuple):
    """The lines of a working, the value found, and what remains of a division (`division.py`)."""

    lines: tuple[str, ...]
    value: int
    rest: int = 0


@lru_cache(REMEMBERED)
def add(a: int, b: int, slip: str = "", nth: int = 0) -> Column:
    """Units first, what is over nine carried: "6 + 5 = 11 (viết 1, nhớ 1); 9 + 6 = 15; 15 + 1 = 16" for 96 + 65.

    A digit that nothing is added to is brought down: "3 + 4 = 7; hạ 5" for 53 + 4.
    """
    fault = _fault(slip, nth, lambda: add(a, b).lines)
    pieces: list[str] = []
    digits, carry, columns = "", 0, _columns(a, b)
    for place, (total, *terms) in enumerate(columns):
        if not carry and not terms:
            pieces.append(f"hạ {total}")
        for term in [*terms, 1] if carry else terms:
            result = total + term + fault.in_table(1)
            pieces.append(f"{total} + {term} = {result}")
            total = result
        carry = total // 10 if place < len(columns) - 1 else 0
        if carry:
            if fault.at("carry"):
                carry = 0
            pieces[-1] += _written(total, carry)
        digits = (str(total % 10) if place < len(columns) - 1 else str(total)) + digits
    return Column(_line(pieces), int(digits))


@lru_cache(REMEMBERED)
def subtract(a: int, b: int, slip: str = "", nth: int = 0) -> Column:
    """Units first; what is borrowed goes to the next digit of the smaller number. `a` is at least `b`.

    "2 - 9 không được; 12 - 9 = 3 (nhớ 1); 2 + 1 = 3; 8 - 3 = 5" for 82 - 29. A digit that nothing is taken from is brought
    down: "7 - 4 = 3; hạ 5" for 57 - 4.
    """
    fault = _fault(slip, nth, lambda: subtract(a, b).lines)
    pieces: list[str] = []
    digits, carry = "", 0
    for digit, *taken in _columns(a, b):
        term = sum(taken) + carry
        if carry and taken:
            pieces.append(f"{taken[0]} + 1 = {term}")
        carry = int(term > digit)
        if carry and fault.at("reversed"):
            pieces.append(f"{term} - {digit} = {term - digit}")
            digits, carry = str(term - digit) + digits, 0
            continue
        if carry:
            pieces.append(f"{digit} - {term} không được")
        result = digit + 10 * carry - term
        if taken or term:
            off = fault.in_table(1)
            result += off if 0 <= result + off <= 9 else -off
            pieces.append(f"{digit + 10 * carry} - {term} = {result}" + (" (nhớ 1)" if carry else ""))
        else:
            pieces.append(f"hạ {digit}")
        if carry and fault.at("borrow"):
            carry = 0
            pieces[-1] = pieces[-1].removesuffix(" (nhớ 1)")
        digits = str(result) + digits
    return Column(_line(pieces), int(digits))


@lru_cache(REMEMBERED)
def multiply(a: int, b: int, grade: int, slip: str = "", nth: int = 0) -> Column:
    """By one digit: "7 × 6 = 42 (viết 2, nhớ 4); 4 × 6 = 24; 24 + 4 = 28". By more: a line a digit, then their sum.

    Noughts at the end of the factors are set aside and written again behind the result.
    """
    core_a, core_b = stripped(a), stripped(b)
    if core_b > 9 and len(str(core_a)) < len(str(core_b)):
        core_a, core_b = core_b, core_a
    noughts = (a // stripped(a)) * (b // stripped(b))
    if core_b < 10:
        pieces, value = digit_products(core_a, core_b, slip, nth)
        return Column(_line(pieces), value * noughts)
    lines: list[str] = []
    total, digits = 0, str(core_b)
    parts = [int(digit) * 10 ** (len(digits) - 1 - place) for place, digit in enumerate(digits) if digit != "0"][::-1]
    chosen = nth % len(parts)
    for place, part in enumerate(parts):
        fault = slip if place == chosen and slip != "shift" else ""
        if slip == "shift" and place == max(1, chosen):
            part = stripped(part)
        pieces, product = digit_products(core_a, stripped(part), fault, nth)
        product *= part // stripped(part)
        simple = in_head("×", core_a, part, grade)
        partial = f"{number(core_a)} × {number(part)} ="
        worked = [] if simple and not fault else [f"{partial} ?", *pieces]
        lines.append("; ".join([*worked, f"{partial} {number(product)}"]))
        if place:
            adding = f"{number(total)} + {number(product)} ="
            worked = [] if in_head("+", total, product, grade) else [f"{adding} ?", *add(total, product).lines]
            lines.append("; ".join([*worked, f"{adding} {number(total + product)}"]))
        total += product
    return Column(tuple(lines), total * noughts)


class _Fault:
    """Counts the places at which a slip may happen, and says when its turn has come."""

    def __init__(self, kind: str, nth: int, right_lines: Sequence[str]):
        self.kind, self.nth, self.seen = kind, nth, -1
        text = "; ".join(right_lines)
        marks = {"carry": text.count("nhớ"), "borrow": text.count("(nhớ"), "reversed": text.count("không được")}
        self.turn = nth % max(1, marks.get(kind, text.count(" = ")))

    def at(self, kind: str) -> bool:
        """Whether the slip of this kind happens here; counts the place."""
        if kind != self.kind:
            return False
        self.seen += 1
        return self.seen == self.turn

    def in_table(self, step: int) -> int:
        """What a wrong fact is off by: one step more or less; 0 where this fact is right."""
        if not self.at("table"):
            return 0
        return step if self.nth % 2 else -step


_NO_FAULT = _Fault("", 0, ())


def _fault(kind: str, nth: int, right_lines: Callable[[], Sequence[str]]) -> _Fault:
    """The fault of this kind; the right working is written only where there is one, to count its places."""
    return _Fault(kind, nth, right_lines()) if kind else _NO_FAULT


def digit_products(a: int, b: int, slip: str = "", nth: int = 0) -> tuple[list[str], int]:
    """The facts of a number times one digit, and what they lead to."""
    fault = _fault(slip, nth, lambda: digit_products(a, b)[0])
    pieces: list[str] = []
    digits, carry, text = "", 0, str(a)[::-1]
    for place, digit in enumerate(text):
        product = int(digit) * b
        off = fault.in_table(b)
        product += off if int(digit) > 2 else abs(off)
        pieces.append(f"{digit} × {b} = {product}")
        total = product + carry
        if carry:
            pieces.append(f"{product} + {carry} = {total}")
        carry = total // 10 if place < len(text) - 1 else 0
        if carry:
            kept = carry
            if fault.at("carry"):
                carry = 0
            pieces[-1] += _written(total, carry if carry else 0) if kept else ""
        digits = (str(total % 10) if place < len(text) - 1 else str(total)) + digits
    return pieces, int(digits)


def _written(total: int, carry: int) -> str:
    return f" (viết {total % 10}, nhớ {carry})" if carry else f" (viết {total % 10})"


def _line(pieces: list[str]) -> tuple[str, ...]:
    return ("; ".join(pieces),) if pieces else ()


def _columns(a: int, b: int) -> list[list[int]]:
    """The digits of both numbers, place by place from the units up; one digit where a number is shorter."""
    pairs = zip_longest(str(a)[::-1], str(b)[::-1], fillvalue="")
    return [[int(digit) for digit in pair if digit] for pair in pairs]
