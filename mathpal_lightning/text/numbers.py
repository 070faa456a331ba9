r"""Reads Vietnamese numbers exactly: 2,5 is two and a half; 54 000 and 54.000 are fifty-four thousand.

A comma is always the decimal sign. A dot before groups of exactly three digits separates thousands; any other dot is a
decimal sign (42.86). One form is ambiguous: a single dot before exactly three digits (1.000). It keeps both readings, thousands
first, and the caller decides.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, NamedTuple

from mathpal_lightning.text.normalize import normalize_text

NumberForm = Literal["integer", "decimal", "fraction", "mixed", "percent", "ratio"]

PLAIN_NUMBER = r"(?:\d{1,3}(?:[ .]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?)"
"""A number without sign or fraction bar, as a regular expression without groups."""

_MAX_DIGITS = 200
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?) ?(?:"
    rf"(?P<whole>\d+) (?:\(?(?P<top>\d+) ?/ ?(?P<bottom>\d+)\)?)"
    rf"|(?P<numerator>{PLAIN_NUMBER}) ?/ ?(?P<denominator>{PLAIN_NUMBER})"
    rf"|(?P<first>{PLAIN_NUMBER}) ?: ?(?P<second>{PLAIN_NUMBER})"
    rf"|(?P<plain>{PLAIN_NUMBER}|\d+, \d+)"
    r") ?(?P<percent>%|phần trăm)?"
)
_LATEX_FRACTION = re.compile(r"\\frac ?\{ ?([^{}]{1,60}?) ?\} ?\{ ?([^{}]{1,60}?) ?\}")


class ParsedNumber(NamedTuple):
    """An exact number and how it was written.

    `other` is the second reading of an ambiguous dot: for `1.000`, `value` is 1000 and `other` is 1; None elsewhere.
    `canonical` has '.' as the decimal sign and no thousands separator: "2.5", "54000", "3/4", "2 3/4", "25%".
    """

    value: Fraction
    other: Fraction | None
    form: NumberForm
    canonical: str

    @property
    def readings(self) -> tuple[Fraction, ...]:
        """Every value that this number may have, the likelier one first."""
        return (self.value,) if self.other is None else (self.value, self.other)


def parse_number(text: str) -> ParsedNumber | None:
    r"""Read a text that is one number and nothing else.

    Args:
        text: `2,5`, `1, 45`, `54 000`, `54.000`, `1.234,5`, `3/4`, `\frac{3}{4}`, `2\frac{3}{4}`, `25 %`, `3 : 4`. It may
            have a sign and may stand between `$`.

    Returns:
        The number, or None if the text is not exactly one number that a Vietnamese reader would accept (`1,234,567`,
        `3/0`, `5 kg`). The value of a percentage is a fraction: `20%` is 1/5.
    """
    if len(text) > 10 * _MAX_DIGITS:
        return None
    text = normalize_text(text).replace("$", "").replace("\\%", "%").strip()
    match = _NUMBER.fullmatch(_LATEX_FRACTION.sub(r" \1/\2", text).strip())
    if match is None or len(match[0]) > _MAX_DIGITS:
        return None
    sign = -1 if match["sign"] == "-" else 1
    minus = "-" if sign < 0 else ""
    if match["plain"]:
        return _signed_plain(match["plain"], sign, bool(match["percent"]))
    if match["percent"]:
        return None
    if match["whole"]:
        return _mixed_or_grouped(match["whole"], match["top"], match["bottom"], sign)
    top, bottom = match["numerator"] or match["first"], match["denominator"] or match["second"]
    numerator, denominator = read_plain(top), read_plain(bottom)
    if denominator.value == 0:
        return None
    form: NumberForm = "fraction" if match["numerator"] else "ratio"
    canonical = f"{minus}{numerator.canonical}/{denominator.canonical}"
    return ParsedNumber(sign * numerator.value / denominator.value, None, form, canonical)


def read_plain(written: str) -> ParsedNumber:
    """Read text that PLAIN_NUMBER (or `1, 45`) matched: an integer or a decimal, with both readings if a dot is ambiguous."""
    digits = written.replace(" ", "")
    if "," in digits:
        canonical = digits.replace(".", "").replace(",", ".")
        return ParsedNumber(Fraction(canonical), None, "decimal", canonical)
    if "." not in digits:
        return ParsedNumber(Fraction(digits), None, "integer", digits)
    groups = digits.split(".")
    thousands = digits.replace(".", "")
    if len(groups) > 2:
        return ParsedNumber(Fraction(thousands), None, "integer", thousands)
    if len(groups[1]) == 3 and len(groups[0]) <= 3 and not groups[0].startswith("0"):
        return ParsedNumber(Fraction(thousands), Fraction(digits), "integer", thousands)
    return ParsedNumber(Fraction(digits), None, "decimal", digits)


def _signed_plain(written: str, sign: int, percent: bool) -> ParsedNumber:
    number = read_plain(written)
    scale = Fraction(sign, 100) if percent else Fraction(sign)
    canonical = ("-" if sign < 0 else "") + number.canonical + ("%" if percent else "")
    other = None if number.other is None else number.other * scale
    return ParsedNumber(number.value * scale, other, "percent" if percent else number.form, canonical)


def _mixed_or_grouped(whole: str, top: str, bottom: str, sign: int) -> ParsedNumber | None:
    """`2 3/4` is two and three quarters. In `1 200/7` the space separates thousands: it is 1200/7."""
    minus = "-" if sign < 0 else ""
    if int(bottom) == 0:
        return None
    if int(top) < int(bottom):
        value = int(whole) + Fraction(int(top), int(bottom))
        return ParsedNumber(sign * value, None, "mixed", f"{minus}{int(whole)} {top}/{bottom}")
    if len(top) == 3 and len(whole) <= 3:
        return ParsedNumber(sign * Fraction(int(whole + top), int(bottom)), None, "fraction", f"{minus}{whole}{top}/{bottom}")
    return None
