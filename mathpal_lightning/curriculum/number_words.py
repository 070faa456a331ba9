"""Whole numbers in Vietnamese words, as primary textbooks read them: "bốn mươi lăm", "hai trăm linh năm"."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BEHIND_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
"""How 1, 4 and 5 are read behind hai mươi, ba mươi and so on."""
LARGEST = 999_999


def spoken(value: int) -> str:
    """Read a number aloud.

    >>> spoken(15), spoken(71), spoken(205), spoken(34_020)
    ('mười lăm', 'bảy mươi mốt', 'hai trăm linh năm', 'ba mươi tư nghìn không trăm hai mươi')

    Raises:
        ValueError: the number is below 0 or over 999 999.
    """
    if not 0 <= value <= LARGEST:
        raise ValueError(f"Expected argument `value` to be from 0 to {LARGEST}, but got {value}")
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _below_thousand(rest)
    behind = "" if not rest else f" không trăm {_behind_hundreds(rest)}" if rest < 100 else f" {_below_thousand(rest)}"
    return f"{_below_thousand(thousands)} nghìn{behind}"


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    if not hundreds:
        return _below_hundred(rest)
    return f"{_DIGITS[hundreds]} trăm" + (f" {_behind_hundreds(rest)}" if rest else "")


def _behind_hundreds(rest: int) -> str:
    return f"linh {_DIGITS[rest]}" if rest < 10 else _below_hundred(rest)


def _below_hundred(value: int) -> str:
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    if tens == 1:
        return "mười" + (f" {'lăm' if ones == 5 else _DIGITS[ones]}" if ones else "")
    return f"{_DIGITS[tens]} mươi" + (f" {_BEHIND_TENS.get(ones, _DIGITS[ones])}" if ones else "")
