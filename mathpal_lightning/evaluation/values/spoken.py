"""Times of the day, halves and money as they are said: `8h05'`, `3 giờ kém 10`, `nửa giờ`, `255k`, `1 triệu 500 nghìn`.

spoken = time | number measure "rưỡi" | "nửa" measure | money
time   = hours ("giờ" | "h") ("kém" minutes | minutes [half of the day] | "rưỡi" half of the day)
money  = number ("k" | "tr") ["đồng"] | number "tỉ" number "triệu" ["đồng"] | number "triệu" number "nghìn" ["đồng"]
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from mathpal_lightning.evaluation.mathematics.units import MEASURE, unit_name
from mathpal_lightning.evaluation.values.quantity import HALVES, Quantity

_TOKEN = re.compile(r" ?(?P<text>\d+(?:[.,]\d+)?|[^\W\d_]+|\S)")
_MEASURE = re.compile(MEASURE, re.IGNORECASE)
MAX_TOKENS = 6


class _Token(NamedTuple):
    text: str
    end: int
    """Where the token ends."""
    alone: bool
    """Whether no letter or digit follows at once."""
    spaced: bool
    """Whether a space stands in front."""


_NOTHING = _Token("", 0, True, False)


def read_spoken(text: str) -> tuple[Quantity, str] | None:
    """Read what a text begins with.

    Args:
        text: plain text.

    Returns:
        The quantity and what stands behind it; None where the text begins with nothing that is only said so.
    """
    if text.startswith("nửa ") and (measure := _MEASURE.match(text, len("nửa "))):
        return _plain("0.5", unit_name(measure[0])), text[measure.end() :]
    if not text[:1].isdigit():
        return None
    tokens = _tokens(text)
    read = _time(tokens) or _money(tokens) or _and_a_half(text, tokens)
    return (read[0], text[read[1] :]) if read else None


def _tokens(text: str) -> list[_Token]:
    """The first tokens, at most one space apart; behind the last of them empty ones."""
    tokens: list[_Token] = []
    for match in islice(_TOKEN.finditer(text), MAX_TOKENS):
        if match.start() != (tokens[-1].end if tokens else 0):
            break
        alone = not text[match.end() : match.end() + 1].isalnum()
        tokens.append(_Token(match["text"], match.end(), alone, match[0][0] == " "))
    return tokens + [_NOTHING] * (MAX_TOKENS - len(tokens))


def _time(tokens: list[_Token]) -> tuple[Quantity, int] | None:
    hours, unit, third, fourth, *_ = tokens
    if not _is_short(hours) or unit.text not in ("giờ", "h", "g"):
        return None
    if _is_short(third):
        last = fourth if fourth.text in _MINUTES else third
        half = tokens[tokens.index(last) + 1]
        if not last.alone or last is third and fourth.text in ("giây", "s"):
            return None
        if half.spaced and half.alone and half.text in HALVES:
            return _clock(int(hours.text), int(third.text), half.text), half.end
        return _clock(int(hours.text), int(third.text), ""), last.end
    if unit.text == "g" or not third.spaced:
        return None
    if third.text == "kém" and _is_short(fourth):
        last = tokens[4] if tokens[4].text in _MINUTES else fourth
        return (_clock((int(hours.text) - 1) % 24, 60 - int(fourth.text), ""), last.end) if last.alone else None
    if third.text == "rưỡi" and fourth.spaced and fourth.alone and fourth.text in HALVES:
        return _clock(int(hours.text), 30, fourth.text), fourth.end
    return None


_MINUTES = ("phút", "min", "p", "'")


def _is_short(token: _Token) -> bool:
    return token.text.isdecimal() and len(token.text) <= 2


def _and_a_half(text: str, tokens: list[_Token]) -> tuple[Quantity, int] | None:
    """`2 triệu rưỡi`."""
    number, word, *_ = tokens
    measure = _MEASURE.match(text, number.end + word.spaced) if number.text.isdecimal() else None
    end = measure.end() + len(" rưỡi") if measure else 0
    if measure is None or text[measure.end() : end] != " rưỡi" or text[end : end + 1].isalnum():
        return None
    return _plain(f"{number.text}.5", unit_name(measure[0])), end


def _money(tokens: list[_Token]) -> tuple[Quantity, int] | None:
    number, scale, second, smaller, currency, *_ = ((token, token.text.lower()) for token in tokens)
    small = re.fullmatch(r"[0-9]+(?:,[0-9]+|\.[0-9]{1,2})?", number[1]) is not None
    if scale[1] == "k" and small:
        last = second[0] if second[1] == "đồng" and second[0].spaced else scale[0]
        return (_plain(str(Fraction(number[1].replace(",", ".")) * 1000), "đồng"), last.end) if last.alone else None
    if scale[1] == "tr" and small and scale[0].alone and second[1] != "đồng":
        return _plain(str(Fraction(number[1].replace(",", ".")) * 10**6), "đồng"), scale[0].end
    sizes = _SCALES.get((scale[1], smaller[1]))
    if sizes is None or not (number[1].isdecimal() and second[1].isdecimal() and scale[0].spaced):
        return None
    last = currency[0] if currency[1] == "đồng" and currency[0].spaced else smaller[0]
    value = int(number[1]) * sizes[0] + int(second[1]) * sizes[1]
    return (_plain(str(value), "đồng"), last.end) if last.alone else None


_SCALES = {
    ("tỉ", "triệu"): (10**9, 10**6), ("tỷ", "triệu"): (10**9, 10**6),
    ("triệu", "nghìn"): (10**6, 1000), ("triệu", "ngàn"): (10**6, 1000),
}  # fmt: skip


def _plain(written: str, unit: str) -> Quantity:
    return Quantity(written, Fraction(written), unit)


def _clock(hours: int, minutes: int, half: str) -> Quantity:
    pieces = _plain(str(hours), "giờ"), _plain(str(minutes), f"phút {half}".strip())
    return Quantity(str(minutes), Fraction(hours * 60 + minutes), pieces[1].unit, pieces)
