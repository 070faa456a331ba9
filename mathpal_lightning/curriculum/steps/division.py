"""Division: a quotient found digit by digit, as it is said in class.

By one digit every digit of the quotient comes from the tables. By more, it is estimated with the divisor rounded to its first
digit and tried; by 10, 100 and 1000 the dividend is split. With `slip` one fact goes wrong, as in columns.py:

    table       a digit of the quotient or a remainder is wrong
    zero        a nought of the quotient is left out                612 : 6 = 12
"""

from __future__ import annotations

from functools import lru_cache

from mathpal_lightning.curriculum.steps.columns import REMEMBERED, Column, digit_products, multiply, subtract
from mathpal_lightning.curriculum.steps.mental import in_head, stripped
from mathpal_lightning.curriculum.writing import number


@lru_cache(REMEMBERED)
def divide(a: int, b: int, grade: int, slip: str = "", nth: int = 0, places: int = 0) -> Column:
    """The quotient digit by digit, as it is said in class: "28 : 6 được 4; 6 × 4 = 24; 28 - 24 = 4; 42 : 6 được 7; ..." for 282 : 6.

    By more than one digit, each digit of the quotient is estimated with a rounded divisor and tried, one line a digit.
    With `places`, that many noughts are brought down behind the comma; `value` is then the quotient without its comma.
    """
    digits = str(a) + "0" * places
    firsts = [place for place in range(len(digits)) if int(digits[: place + 1]) >= b or place >= len(str(a)) - 1][:1]
    start = firsts[0]
    shown = len(digits) - start
    chosen = nth % shown
    lines: list[str] = []
    quotient, rest = "", int(digits[:start] or "0")
    skipped = False
    for place in range(start, len(digits)):
        current = rest * 10 + int(digits[place])
        digit, rest = divmod(current, b)
        if slip == "zero" and digit == 0 and quotient and not skipped:
            skipped = True
            continue
        if slip == "table" and place - start == chosen:
            if place == len(digits) - 1:
                if rest and digit:  # the digit is one too small, so that the remainder is larger than the divisor
                    digit, rest = digit - 1, rest + b
                else:
                    digit, rest = digit + 1 if digit < 9 and (nth % 2 or digit < 2) else digit - 1, 0
            else:
                off = 10 if b > 10 else 1  # a ten forgotten in the subtraction
                rest = rest + off if rest + off < b else max(0, rest - off)
        if b < 10:
            lines += said(current, b, digit, rest, grade)
            if digit == 0 and rest and place == len(digits) - 1:
                lines[-1] += f" dư {rest}"
        else:
            tried = _tried(b, digit, current, rest, grade)
            fact = f"{number(current)} : {number(b)} = {digit}" + (f" (dư {number(rest)})" if rest else "")
            lines.append("; ".join([*tried, fact]))
        quotient += str(digit)
    if b < 10:
        lines = ["; ".join(lines)]
    elif b % 10 ** (len(str(b)) - 1) and quotient != "0":
        lines[0] = f"làm tròn {number(b)} thành {number(_lead(b) * 10 ** (len(str(b)) - 1))}; {lines[0]}"
    return Column(tuple(lines), int(quotient or "0"), rest)


def said(current: int, b: int, digit: int, rest: int, grade: int) -> list[str]:
    """One digit of a quotient by one digit: "47 : 6 được 7; 6 × 7 = 42; 47 - 42 = 5".

    The quotient comes first, behind the numbers that it depends on: a small model that begins with "6 ×" guesses it.
    """
    pieces = [f"{number(current)} : {number(b)} được {digit}"]
    if digit == 0:
        return pieces
    product = b * digit
    pieces += [] if in_head("×", b, digit, grade) else multiply(b, digit, grade).lines
    pieces.append(f"{number(b)} × {digit} = {number(product)}")
    pieces += [] if in_head("-", current, product, grade) else subtract(current, product).lines
    return [*pieces, f"{number(current)} - {number(product)} = {number(rest)}"]


def one_digit_quotient(a: int, b: int, grade: int, slip: str) -> Column:
    """A quotient of one digit with its remainder: "47 : 6 được 7; 6 × 7 = 42; 47 - 42 = 5"."""
    quotient = a // b - (1 if slip == "table" else 0)
    rest = a - quotient * b + (1 if slip == "rest" else 0)
    return Column(("; ".join(said(a, b, quotient, rest, grade)),), quotient, rest)


def split_at_noughts(a: int, b: int, slip: str) -> Column:
    """By 10, 100, 1000: what goes into it without remainder, and the rest: "11 948 = 11 000 + 948; 11 000 : 1 000 = 11"."""
    if a < b:
        return Column((f"{number(a)} < {number(b)}",), 0, a)
    size = b // 10 if slip else b  # split one place too far to the right
    quotient, rest = divmod(a, size)
    whole = quotient * size
    pieces = [f"{number(a)} = {number(whole)} + {number(rest)}"] if rest else []
    return Column(("; ".join([*pieces, f"{number(whole)} : {number(b)} = {number(quotient)}"]),), quotient, rest)


def _lead(b: int) -> int:
    """The divisor rounded to its first digit, without its noughts: 4 for 39, 7 for 72, 10 for 96."""
    size: int = 10 ** (len(str(b)) - 1)
    return (b + size // 2) // size


def _tried(b: int, digit: int, current: int, rest: int, grade: int) -> list[str]:
    """How one digit of a quotient by more than one digit is found: estimated, and tried until the remainder fits.

    "27 : 4 được 6; ...; 39 × 6 = 234; ...; 273 - 234 = 39; số dư 39 bằng số chia nên thử 7; ...; 39 × 7 = 273". A wrong
    product leads to the wrong digit or remainder: "24 × 6 = 134; 147 - 134 = 13".
    """
    if digit == 0 or current == 0:
        return []
    size = 10 ** (len(str(b)) - 1)
    estimate = current // size // _lead(b)
    pieces = [f"{number(current // size)} : {_lead(b)} được {estimate}"]
    trial = min(9, max(1, estimate))
    if trial != estimate:
        pieces.append(f"thử {trial}")
    right = digit == current // b
    while right and trial != digit:
        pieces += _product(b, trial, b * trial, grade)
        if b * trial > current:
            trial -= 1
            pieces.append(f"{number(b * (trial + 1))} lớn hơn {number(current)} nên thử {trial}")
            continue
        over = current - b * trial
        pieces += _difference(current, b * trial, over, grade)
        trial += 1
        pieces.append(f"số dư {number(over)} {'bằng' if over == b else 'lớn hơn'} số chia nên thử {trial}")
    product = current - rest
    pieces += _product(b, digit, product, grade)
    return pieces + (_difference(current, product, rest, grade) if rest else [])


def _product(b: int, digit: int, product: int, grade: int) -> list[str]:
    """The working of a product and its result, which may be wrong: then without the working."""
    worked = product == b * digit and not in_head("×", b, digit, grade)
    return [*(digit_products(stripped(b), digit)[0] if worked else []), f"{number(b)} × {digit} = {number(product)}"]


def _difference(a: int, b: int, rest: int, grade: int) -> list[str]:
    """The working of a difference and its result, which may be wrong: then without the working."""
    worked = a - b == rest and not in_head("-", a, b, grade)
    return [*(subtract(a, b).lines if worked else []), f"{number(a)} - {number(b)} = {number(rest)}"]
