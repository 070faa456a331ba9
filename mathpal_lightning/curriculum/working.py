"""Arithmetic written in steps that a small model, or a pupil, can follow: by place value, one digit at a time.

Each function returns a chain of equal expressions that ends in the result: "83 + 45 = 80 + 40 + 3 + 5 = 120 + 8 = 128".
"""

from __future__ import annotations

from mathpal_lightning.curriculum.writing import number


def add(a: int, b: int) -> str:
    """Tens with tens, units with units: 83 + 45 = 80 + 40 + 3 + 5 = 120 + 8 = 128."""
    links = [f"{number(a)} + {number(b)}"]
    if min(a, b) >= 10 and (a % 10 or b % 10):
        tens_a, tens_b, units = a - a % 10, b - b % 10, a % 10 + b % 10
        links += [" + ".join(number(part) for part in (tens_a, tens_b, a % 10, b % 10) if part)]
        links += [f"{number(tens_a + tens_b)} + {units}"]
    return " = ".join([*links, number(a + b)])


def subtract(a: int, b: int) -> str:
    """Take away the tens, then the units: 83 - 45 = 83 - 40 - 5 = 43 - 5 = 38."""
    links = [f"{number(a)} - {number(b)}"]
    if b > 10 and b % 10:
        links += [f"{number(a)} - {number(b - b % 10)} - {b % 10}", f"{number(a - b + b % 10)} - {b % 10}"]
    return " = ".join([*links, number(a - b)])


def multiply(a: int, b: int) -> str:
    """One place value of the first factor at a time: 47 × 6 = 40 × 6 + 7 × 6 = 240 + 42 = 282."""
    links = [f"{number(a)} × {number(b)}"]
    parts = place_values(a)
    if len(parts) > 1 and b > 1:
        links += [" + ".join(f"{number(part)} × {number(b)}" for part in parts)]
        links += [" + ".join(number(part * b) for part in parts)]
    return " = ".join([*links, number(a * b)])


def divide(a: int, b: int) -> str:
    """Split the dividend into multiples: 282 : 6 = 240 : 6 + 42 : 6 = 40 + 7 = 47. `b` must divide `a`."""
    links = [f"{number(a)} : {number(b)}"]
    parts = place_values(a // b)
    if len(parts) > 1 and b > 1:
        links += [" + ".join(f"{number(part * b)} : {number(b)}" for part in parts)]
        links += [" + ".join(number(part) for part in parts)]
    return " = ".join([*links, number(a // b)])


def place_values(value: int) -> list[int]:
    """The non-zero place values: 407 -> [400, 7]."""
    digits = str(value)
    return [int(digit) * 10 ** (len(digits) - 1 - place) for place, digit in enumerate(digits) if digit != "0"] or [0]
