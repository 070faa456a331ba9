"""Numbers and quantities -> the text a Vietnamese pupil writes, and the canonical form of an answer.

Vietnamese: "2,5", "54 000 đồng", "12 cm²". Canonical: "2.5", "54000 đồng", "12 cm^2".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

_CANONICAL_UNITS = {"²": "^2", "³": "^3"}
_CANONICAL_NAMES = {"l": "lít", "°": "độ"}
_JOINED_UNITS = ("%", "°")


def number(value: int | Fraction) -> str:
    """Write a number the Vietnamese way: decimal comma, thousands apart by a space, else a fraction.

    >>> number(54000), number(Fraction(5, 2)), number(Fraction(-1, 3))
    ('54 000', '2,5', '-1/3')
    """
    if type(value) is int:
        return str(value) if -1000 < value < 1000 else f"{value:,}".replace(",", " ")
    return _number_of_fraction(value)


@lru_cache(8192)
def _number_of_fraction(value: int | Fraction) -> str:
    if decimal_places(value) is None:
        return fraction(value)
    whole, _, decimals = _plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + f"{int(digits):,}".replace(",", " ") + (f",{decimals}" if decimals else "")


def fixed(value: int | Fraction, places: int) -> str:
    """Write a number with exactly so many decimals: "2,50"."""
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole = number(int(digits[: len(digits) - places]))
    return f"{'-' if value < 0 else ''}{whole},{digits[len(digits) - places :]}" if places else number(value)


def fraction(value: int | Fraction) -> str:
    """Write a number as a fraction in lowest terms, or as a whole number: "5/2", "3", "1 575"."""
    exact = Fraction(value)
    return number(exact.numerator) if exact.denominator == 1 else str(exact)


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power(base: int | Fraction | str, exponent: int) -> str:
    """A power as textbooks print it: "7³", "2¹⁰", "(-2)³", "(1/2)²"; the base alone for the exponent 1."""
    written = base if isinstance(base, str) else number(base)
    if not isinstance(base, str) and (base < 0 or "/" in written):
        written = f"({written})"
    return written if exponent == 1 else written + str(exponent).translate(_RAISED)


_UNDER_ROOT = re.compile(r"(?<=[√∛])\d{1,3}(?: \d{3})+")


def joined_under_roots(text: str) -> str:
    """A text without spaces in the numbers right behind a root: "√2 401" reads as √2 times 401.

    >>> joined_under_roots("√2 401 + 1 000")
    '√2401 + 1 000'
    """
    return _UNDER_ROOT.sub(lambda match: match[0].replace(" ", ""), text)


def canonical(value: int | Fraction, unit: str = "") -> str:
    """The canonical form of an answer: "54000 đồng", "2.5 m^2", "3/4", "25%"."""
    for sign, power in _CANONICAL_UNITS.items():
        unit = unit.replace(sign, power)
    return with_unit(_plain(value), _CANONICAL_NAMES.get(unit, unit))


def decimal_places(value: int | Fraction) -> int | None:
    """How many decimals write a number exactly; None where no finite decimal does.

    >>> decimal_places(Fraction(1, 8)), decimal_places(3), decimal_places(Fraction(1, 3))
    (3, 0, None)
    """
    if type(value) is int:
        return 0
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def _plain(value: int | Fraction) -> str:
    """With a decimal point and no thousands: "54000", "2.5", "-1/3"."""
    places = decimal_places(value)
    if not places:
        return str(value) if type(value) is int else str(Fraction(value))
    digits = str(abs(int(Fraction(value) * 10**places))).zfill(places + 1)
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def with_unit(text: str, unit: str) -> str:
    """Put a unit after a written number: "25%", "60°", "12 cm"."""
    return text + unit if unit in _JOINED_UNITS else f"{text} {unit}".strip()


def in_brackets(unit: str) -> str:
    """A unit behind a result, as pupils write it: " (kg)", " (độ)" for the sign of degrees, which stands on no number there."""
    return f" ({'độ' if unit == '°' else unit})" if unit else ""


def table(*rows: Sequence[object]) -> str:
    """A Markdown table; the first row is its heading.

    >>> print(table(["Giá trị", 3], ["Tần số", 12]))
    | Giá trị | 3 |
    |---|---|
    | Tần số | 12 |
    """
    written = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join([written[0], "|" + "---|" * len(rows[0]), *written[1:]])
