"""One text -> Quantity: `2 3/4`, `25%`, `36 cm^2`, `30 học sinh`, `6 giờ 55 phút`, `60°30'`.

amount   = spoken | compound | [about] number ["%" | measure [day] [noun] | noun]
compound = [about] ["-"] piece piece+            each piece a number with a measured unit smaller than the one before
spoken   = times of the day, halves and money as they are said: spoken.py
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from mathpal_lightning.evaluation.language.doubt import ABOUT
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit, unit_name
from mathpal_lightning.evaluation.values.quantity import HALVES, Quantity
from mathpal_lightning.evaluation.values.spoken import read_spoken
from mathpal_lightning.text.numbers import PLAIN_NUMBER, ParsedNumber, parse_number

NUMBER = rf"(?:- ?)?(?:\d+ \d+/\d+|{PLAIN_NUMBER} ?/ ?{PLAIN_NUMBER}|\d+, \d+(?![,\d])|{PLAIN_NUMBER})"
_APPROXIMATELY = f"(?:≈|{ABOUT})"
_STOP_WORDS = (
    "nữa|thì|mà|để|từ|trong|của|nên|vì|ở|với|được|cho|khi|nhưng|đã|sẽ|so|nếu|do|bởi|hay|hoặc|là|bằng|chiếm|cùng|gồm|tổng|thỏa"
    "|thoả|mãn|tức|như|sau|trước|có|nhiều|ít|hơn|chứ|cả|lúc|đó|này|ấy|kể|theo|tương|nhé|nha|ạ|còn|mỗi|vào|tất|gấp"
    "|cao|nặng|giá|và|dư|đúng|vậy|không|đến|tới|chia|cộng|trừ|tại"
)
_NOUN_WORD = rf"(?!(?:{_STOP_WORDS})(?![^\W_]))(?!(?<=\d)[A-Z](?![^\W_]))(?![πα-ωΔ])[^\W\d_][^\s\d=<>≈≠≤≥⇒;:,()⟦⟧+×?/]*"
_NOUN = rf"{_NOUN_WORD}(?: {_NOUN_WORD}){{0,5}}"
_FEW = rf"{_NOUN_WORD}(?: {_NOUN_WORD}){{0,3}}?"
_PER = rf" ?/ ?(?:1 )?(?:(?i:{MEASURE})|{_NOUN_WORD})| (?:trên|mỗi)(?: mỗi| một| 1)? (?i:{MEASURE})"
"""What a rate is of: `/km^2` of `800 người/km^2`, `trên một ki-lô-mét vuông`."""
_DAY = rf"(?: (?P<half>{'|'.join(HALVES)})(?![^\W_]))?"
_UNIT = (
    rf"(?:(?P<measure>(?i:{MEASURE})){_DAY}"
    rf"(?:(?!{_PER})(?: |(?<=\d))(?!\()(?P<of>{_NOUN_WORD}(?: {_NOUN_WORD}){{0,2}}))?|(?P<noun>{_FEW}(?={_PER})|{_NOUN}))"
    rf"(?P<per>{_PER})?"
)
_VALUE = re.compile(
    rf"(?P<about>{_APPROXIMATELY} ?)?(?P<number>{NUMBER})(?: ?(?P<percent>%|phần trăm(?![^\W_])|\(%\)))?"
    rf"(?: ?\(? ?{_UNIT} ?\)?)?",
    re.IGNORECASE,
)
_PIECE = rf"(?:{PLAIN_NUMBER}|\d+/\d+|\d+ \d+/\d+) ?(?i:{MEASURE})"
_COMPOUND = re.compile(
    rf"(?P<about>{_APPROXIMATELY} ?)?(?P<sign>- ?)?(?P<body>{_PIECE}(?:,? (?:và )?{_PIECE}|{_PIECE}){{1,3}})"
)
_PIECES = re.compile(rf"(\d+ \d+/\d+|\d+/\d+|{PLAIN_NUMBER}) ?((?i:{MEASURE}))")


def read_quantity(text: str, dot_is_decimal: bool = False) -> tuple[Quantity, str] | None:
    """Read the number, percentage or quantity that a text begins with.

    Args:
        text: plain text.
        dot_is_decimal: the text writes decimals with a dot: `1.500` is one and a half, not 1500.

    Returns:
        The quantity and what stands behind it, or None where the text begins with none.
    """
    if spoken := read_spoken(text):
        return spoken
    if compound := _COMPOUND.match(text):
        mixed_units = _compound(compound["body"], dot_is_decimal, bool(compound["sign"]))
        if mixed_units is not None:
            return replace(mixed_units, about=(compound["about"] or "").strip().lower()), text[compound.end() :]
    match = _VALUE.match(text)
    if match is None:
        return None
    number = parse_number(match["number"].replace("- ", "-"))
    if number is None:
        return None
    unit, end = match["noun"] or match["measure"], match.end()
    if match["noun"] and (opened := _OPENED.search(text[: match.start("noun")])) and _MORE.match(text[end - 1 :]):
        return _with_unit(number, "%" if match["percent"] else None, dot_is_decimal), text[
            opened.start() :
        ]  # `600 (làm trước)`
    if match["half"]:
        unit = f"{unit} {match['half'].lower()}"
    if match["of"] and _may_be_of(match["measure"]):
        unit = f"{unit} {match['of']}"
    elif match["of"]:
        end = match.start("of")
    if match["per"] and unit and not match["of"]:
        unit, end = f"{unit_name(unit)}/{unit_name(_OVER.sub('', match['per']))}", match.end()
    quantity = _with_unit(number, "%" if match["percent"] else unit, dot_is_decimal)
    if match["percent"] and (rate := re.match(r" ?/ ?(?:năm|tháng|quý|ngày)(?!\w)", text[match.end("percent") :])):
        return replace(quantity, about=(match["about"] or "").strip().lower()), text[match.end("percent") + rate.end() :]
    if match["percent"] and match["noun"]:
        end = match.start("noun")
    elif match["percent"] and match["measure"]:
        end = match.start("measure")
    return replace(quantity, about=(match["about"] or "").strip().lower()), text[end:]


_OPENED = re.compile(r" ?\( ?$")
_MORE = re.compile(r"[^()]+\)")
"""Behind the noun the bracket holds more: it is a remark."""
_MASS_LENGTH_MONEY = ((("mass", 1),), (("length", 1),), (("length", 3),), (("money", 1),), (("length", 2),))


_OVER = re.compile(r"^(?: ?/ ?| (?:trên|mỗi) )(?:(?:mỗi|một|1) )?")


def _may_be_of(measure: str) -> bool:
    """`15 kg gạo`, `3 lít dầu`, `5 m vải`; but behind a time another word begins: `30 phút hai xe gặp nhau`."""
    unit = parse_unit(measure)
    return unit is not None and unit.dimension in _MASS_LENGTH_MONEY


def _with_unit(number: ParsedNumber, unit: str | None, dot_is_decimal: bool) -> Quantity:
    written, value = number.canonical, number.value
    if number.other is not None and dot_is_decimal:
        written, value = f"{written[:-3]}.{written[-3:]}", number.other
    if unit == "%":
        return Quantity(written, value / 100, "%")
    return Quantity(written, value, unit_name(unit.strip(" .,")) if unit else "")


_SMALL_ANGLES = {"'": "phút", "phút": "phút", "giây": "giây"}


def _compound(body: str, dot_is_decimal: bool, negative: bool = False) -> Quantity | None:
    """`6 giờ 55 phút`, `3m 5cm`, `60°30'`: every piece measures the same thing, each smaller than the one before."""
    found = _PIECES.findall(body)
    units = [parse_unit(unit) for _, unit in found]
    if units[0] is not None and units[0].dimension == (("angle", 1),):
        units = [units[0], *(parse_unit("'") if unit in _SMALL_ANGLES else parse_unit(unit) for _, unit in found[1:])]
    for first, second in zip(units, units[1:], strict=False):
        if first is None or second is None or first.dimension != second.dimension or first.factor <= second.factor:
            return None
    pieces: list[Quantity] = []
    for written, unit in found:
        number = parse_number(written)
        if number is None:
            return None
        pieces.append(_with_unit(number, _SMALL_ANGLES.get(unit, unit) if pieces else unit, dot_is_decimal))
    for unit, smaller, piece in zip(units, units[1:], pieces[1:], strict=False):
        if "," in re.sub(r"\d,\d", "", body) and unit and smaller and piece.value >= unit.factor / smaller.factor:
            return None  # 7 ngày, 168 giờ
    last = units[-1]
    if len(pieces) < 2 or last is None:
        return None
    total = sum((p.value * unit.factor for p, unit in zip(pieces, units, strict=True) if unit), Fraction(0)) / last.factor
    if units[0] is not None and units[0].dimension == (("angle", 1),):
        total *= last.factor / units[0].factor  # in degrees, for a minute of an angle has the name of a minute of time
    if negative:
        total, pieces[0] = -total, replace(pieces[0], written=f"-{pieces[0].written}", value=-pieces[0].value)
    unit = pieces[0].unit if units[0] is not None and units[0].dimension == (("angle", 1),) else pieces[-1].unit
    return Quantity(pieces[-1].written, total, unit, tuple(pieces))
