"""What goes wrong in one run of a solution, and the values that a pupil's slip leads to."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from mathpal_lightning.curriculum.steps.mental import as_wholes, stripped
from mathpal_lightning.curriculum.writing import decimal_places

Value = int | Fraction
OTHER_OPERATION = {"+": "-", "-": "+", "×": "+", ":": "-"}
"""The operation that a pupil takes by mistake."""


class Absurd(Exception):
    """A wrong run came to a value that no pupil would write: below nought, a fraction of a pupil."""


class Slip(NamedTuple):
    """What goes wrong in one run: the number of the step, the kind of the slip, and which of its places."""

    step: int
    kind: str
    nth: int


def possible_slips(sign: str, a: Value, b: Value, working: str) -> list[str]:
    """The kinds of slip that can happen in a calculation.

    Args:
        sign: + - × or ":".
        a: the first number.
        b: the second number.
        working: what was written while it was worked; empty where it was done in the head.
    """
    kinds = ["table"]
    if a != b and not (sign == "×" and (a == 1 or b == 1)) and not (sign == ":" and b > 10):
        kinds.append("operation")
    if a != miscopied(a) or b != miscopied(b):
        kinds.append("copy")
    if working:
        kinds += ["carry"] if ", nhớ" in working and sign != ":" else []
        kinds += ["borrow", "reversed"] if sign == "-" and "không được" in working else []
        kinds += ["shift"] if sign == "×" and min(len(str(stripped(whole))) for whole in as_wholes(sign, a, b)) > 1 else []
        kinds += ["zero"] if sign == ":" and " = 0;" in working + ";" else []
        kinds += ["comma"] if sign in "×:" and "phần thập phân" in working else []
    return kinds


def from_head(sign: str, a: Value, b: Value, slip: Slip | None) -> Value:
    """What the tables give; with a slip, the next entry of the table."""
    value = exact(sign, a, b)
    if slip is None:
        return value
    step = _last_place(value)
    if sign == "×":
        cores = sorted(stripped(whole) for whole in as_wholes(sign, a, b))
        if cores[0] <= 1 and value % 10:
            return value + 1
        if cores[0] <= 1:  # only the noughts can go wrong
            return simplest(Fraction(value) / 10) if slip.nth % 2 else value * 10
        step = simplest(Fraction(value) / (cores[0] * cores[1]) * cores[0])
    return value + step if slip.nth % 2 or value <= step else value - step


def exact(sign: str, a: Value, b: Value) -> Value:
    """The result of a calculation without a slip."""
    if sign == "+":
        return simplest(a + b)
    if sign == "-":
        return simplest(a - b)
    return simplest(a * b) if sign == "×" else quotient(a, b)


def quotient(a: Value, b: Value) -> Value:
    """`a : b`, as an int where it is one."""
    if type(a) is int and type(b) is int:
        return a // b if a % b == 0 else Fraction(a, b)
    return simplest(Fraction(a) / b)


def simplest(value: Value) -> Value:
    """As an int where it is one."""
    return value if type(value) is int or value.denominator > 1 else value.numerator


def _last_place(value: Value) -> Value:
    """One in the last place of a number that is not a nought: 100 for 54 300, 1/100 for 2,75."""
    places = decimal_places(value) or 0
    if places:
        return Fraction(1, 10**places)
    return abs(int(value)) // stripped(abs(int(value))) if value else 1


@lru_cache(4096)
def miscopied(value: Value) -> Value:
    """The last two different digits changed round: 36 for 63; the value itself where there are none."""
    places = decimal_places(value) or 0
    digits = str(int(value * 10**places))
    noughts = len(digits) - len(digits.rstrip("0"))
    for place in range(len(digits) - 1 - noughts, 0, -1):
        if digits[place] != digits[place - 1]:
            turned = digits[: place - 1] + digits[place] + digits[place - 1] + digits[place + 1 :]
            if turned[0] != "0":
                return simplest(Fraction(int(turned), 10**places)) if places else int(turned)
    return value
