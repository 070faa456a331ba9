"""A number, alone or of something: `2 3/4`, `25%`, `36 cm^2`, `30 học sinh`, `6 giờ 55 phút`, `3 giờ chiều`, `255k`.

What a number means and how it was written are both kept: `18/24` is 3/4 and not in lowest terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from mathpal_lightning.evaluation.units import MEASURE, Unit, parse_unit, unit_name
from mathpal_lightning.evaluation.values.nouns import same_noun
from mathpal_lightning.schema import AnswerKind
from mathpal_lightning.text.numbers import PLAIN_NUMBER, ParsedNumber, parse_number


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts or measures."""

    written: str
    """The number in canonical form: '.' is the decimal sign; "3/4", "2 3/4", "-1.5"; of a percentage the number before `%`."""
    value: Fraction
    """Exact; a percentage's hundredth; of several pieces their sum in the last unit."""
    unit: str = ""
    """Canonical: "cm^2", "%", "cái kẹo"; empty where the number stands alone."""
    pieces: tuple[Quantity, ...] = ()
    """Of `6 giờ 55 phút` both parts."""
    about: str = ""
    """"≈" or the word that says that the number is not exact ("khoảng")."""

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answer."""
        if self.pieces:
            return "compound_quantity"
        if self.unit:
            return "percent" if self.unit == "%" else "quantity"
        if " " in self.written:
            return "mixed_number"
        return "fraction" if "/" in self.written else "number"

    @property
    def canonical(self) -> str:
        """The canonical form."""
        if self.pieces:
            return " ".join(piece.canonical for piece in self.pieces)
        return f"{self.written}%" if self.unit == "%" else f"{self.written} {self.unit}".strip()

    @property
    def measure(self) -> Unit | None:
        """The measured unit; None for a plain number, a percentage and a counted noun."""
        return parse_unit("are" if self.unit == "a" else self.unit) if self.unit not in ("", "%") else None

    @property
    def is_count(self) -> bool:
        """Whether it counts things that have a name (`30 học sinh`)."""
        return self.unit not in ("", "%") and self.measure is None

    @property
    def decimals(self) -> int:
        """Digits behind the decimal sign; -1 for a fraction. A percentage has two more than it shows."""
        digits = -1 if "/" in self.written else len(self.written.partition(".")[2])
        return digits + 2 if self.unit == "%" and digits >= 0 else digits

    def same(self, other: Quantity, rounding: bool = False, question: str = "") -> bool:
        """Whether both say the same.

        A unit that one side leaves out is forgiven; measured units must measure the same and convert; counted nouns must name
        the same things.

        Args:
            other: the other quantity.
            rounding: where one side is the other rounded to its digits, that is the same.
            question: the problem; it tells what is counted.
        """
        ours, theirs = self.measure, other.measure
        if {self.unit, other.unit} == {"tuổi", "năm"} and re.search(r"(?i)(?:bao nhiêu|mấy) tuổi", question):
            return False  # `12 năm nữa` is no age
        if "%" in (self.unit, other.unit) and {self.unit, other.unit} - {"%", ""}:
            return False
        if ours and theirs and ours.dimension != theirs.dimension and {ours.dimension, theirs.dimension} != _MONEY_OR_COUNT:
            return False
        if (self.is_count and theirs and theirs.dimension) or (other.is_count and ours and ours.dimension):
            return False
        if (
            self.is_count
            and other.is_count
            and not same_noun(self.unit, other.unit, question)
            or not _same_half_of_the_day(self, other)
        ):
            return False
        return any(
            self.value == theirs or _afternoon(self, other) or rounding and (_rounds(self, theirs) or _rounds(other, ours))
            for ours, theirs in _in_one_unit(self, other)
        )


def _in_one_unit(first: Quantity, second: Quantity) -> list[tuple[Fraction, Fraction]]:
    """The first in the second's unit and the second in the first's; two readings of a sum of money without `đồng`."""
    ours, theirs = first.measure, second.measure
    factor = (ours.factor if ours else Fraction(1)) / (theirs.factor if theirs else Fraction(1))
    converted = first.value * factor, second.value / factor
    if ours and theirs:
        return [converted]
    scale = ours or theirs
    if scale is None or scale.dimension not in ((), (("money", 1),)) or scale.factor == 1:
        return [(first.value, second.value)]
    return [converted, *([] if scale.dimension == () else [(first.value, second.value)])]


def _rounds(rounded: Quantity, exact: Fraction) -> bool:
    """Whether a number that says it is rounded is the exact one rounded to its digits."""
    if not rounded.about or rounded.decimals < 0:
        return False
    return abs(rounded.value - exact) <= Fraction(1, 2 * 10**rounded.decimals)


_MONEY_OR_COUNT = {(), (("money", 1),)}
"""`25,2 triệu` may be said of money."""
_HALVES = {"sáng": 0, "trưa": 12, "chiều": 12, "tối": 12, "đêm": 12}


def _half_of_the_day(quantity: Quantity) -> str:
    last = quantity.unit.rpartition(" ")[2]
    return last if last in _HALVES and quantity.unit.startswith(("giờ ", "phút ")) else ""


def _same_half_of_the_day(first: Quantity, second: Quantity) -> bool:
    """Not so for `7 giờ sáng` and `7 giờ tối`."""
    ours, theirs = _half_of_the_day(first), _half_of_the_day(second)
    return not (ours and theirs) or _HALVES[ours] == _HALVES[theirs]


def _afternoon(first: Quantity, second: Quantity) -> bool:
    """`3 giờ chiều` is 15 giờ."""
    for one, other in ((first, second), (second, first)):
        if (half := _half_of_the_day(one)) and not _half_of_the_day(other) and other.measure and one.measure:
            hours = one.value * one.measure.factor / 3600
            return hours < 12 and (hours + _HALVES[half]) * 3600 == other.value * other.measure.factor
    return False


NUMBER = rf"(?:- ?)?(?:\d+ \d+/\d+|{PLAIN_NUMBER} ?/ ?{PLAIN_NUMBER}|\d+, \d+(?![,\d])|{PLAIN_NUMBER})"
_APPROXIMATELY = r"(?:≈|xấp xỉ|khoảng(?: chừng)?|gần bằng|chừng|ước chừng|cỡ)"
_STOP_WORDS = (
    "nữa|thì|mà|để|từ|trong|của|nên|vì|ở|với|được|cho|khi|nhưng|đã|sẽ|so|nếu|do|bởi|hay|hoặc|là|bằng|chiếm|cùng|gồm|tổng|thỏa"
    "|thoả|mãn|tức|như|sau|trước|có|nhiều|ít|hơn|chứ|cả|lúc|đó|này|ấy|kể|theo|tương|nhé|nha|ạ|còn|mỗi|vào|tất|gấp"
    "|cao|nặng|giá|và|dư|đúng|vậy|không"
)
_NOUN_WORD = rf"(?!(?:{_STOP_WORDS})(?![^\W_]))(?!(?<=\d)[A-Z](?![^\W_]))(?![πα-ωΔ])[^\W\d_][^\s\d=<>≈≠≤≥⇒;:,()⟦⟧+×?]*"
_NOUN = rf"{_NOUN_WORD}(?: {_NOUN_WORD}){{0,5}}"
_DAY = r"(?: (?P<half>sáng|trưa|chiều|tối|đêm)(?![^\W_]))?"
_UNIT = (
    rf"(?:(?P<measure>(?i:{MEASURE})){_DAY}"
    rf"(?:(?: |(?<=\d))(?!\()(?P<of>{_NOUN_WORD}(?: {_NOUN_WORD}){{0,2}}))?|(?P<noun>{_NOUN}))"
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
_CLOCK = re.compile(rf"(\d{{1,2}}) ?(?:giờ|h|g) ?(\d{{1,2}})(?: ?(?:phút|min|p|'))?(?![^\W_]|[,.]?\d){_DAY}")
_SHORT_OF = re.compile(r"(\d{1,2}) ?(?:giờ|h) kém (\d{1,2})(?: ?(?:phút|p|'))?(?![^\W_])")
_AND_A_HALF = re.compile(rf"(\d+) ?((?i:{MEASURE})) rưỡi(?![^\W_])")
_HALF_PAST = re.compile(rf"(\d{{1,2}}) ?(?:giờ|h) rưỡi{_DAY.removesuffix('?')}")
_HALF_OF = re.compile(rf"nửa ((?i:{MEASURE}))")
_THOUSANDS = re.compile(r"(\d+(?:[.,]\d+)?) ?k(?: đồng)?(?![^\W_])", re.IGNORECASE)
_MONEY = re.compile(
    r"(?P<billions>\d+) t[ỉỷ](?: (?P<with>\d+) triệu)?(?: đồng)?(?![^\W_])"
    r"|(?P<millions>\d+) triệu (?P<thousands>\d+) (?:nghìn|ngàn)(?P<currency> đồng)?(?![^\W_])",
    re.IGNORECASE,
)


def read_quantity(text: str, dot_is_decimal: bool = False) -> tuple[Quantity, str] | None:
    """Read the number, percentage or quantity that a text begins with.

    Args:
        text: plain text.
        dot_is_decimal: the text writes decimals with a dot: `1.500` is one and a half, not 1500.

    Returns:
        The quantity and what stands behind it, or None where the text begins with none.
    """
    if special := _read_special(text):
        return special
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
    if match["half"]:
        unit = f"{unit} {match['half'].lower()}"
    if match["of"] and _may_be_of(match["measure"]):
        unit = f"{unit} {match['of']}"
    elif match["of"]:
        end = match.start("of")
    quantity = _with_unit(number, "%" if match["percent"] else unit, dot_is_decimal)
    if match["percent"] and (rate := re.match(r" ?/ ?(?:năm|tháng|quý|ngày)(?!\w)", text[match.end("percent") :])):
        return replace(quantity, about=(match["about"] or "").strip().lower()), text[match.end("percent") + rate.end() :]
    if match["percent"] and match["noun"]:
        end = match.start("noun")
    elif match["percent"] and match["measure"]:
        end = match.start("measure")
    return replace(quantity, about=(match["about"] or "").strip().lower()), text[end:]


def _read_special(text: str) -> tuple[Quantity, str] | None:
    """Times of the day, halves, and money as it is said: `8h05'`, `3 giờ kém 10`, `nửa giờ`, `255k`, `1 triệu 500 nghìn`."""
    if short := _SHORT_OF.match(text):
        hours, minutes = (int(short[1]) - 1) % 24, 60 - int(short[2])
        return _clock(hours, minutes, ""), text[short.end() :]
    if clock := _CLOCK.match(text):
        return _clock(int(clock[1]), int(clock[2]), clock["half"] or ""), text[clock.end() :]
    if half_past := _HALF_PAST.match(text):
        return _clock(int(half_past[1]), 30, half_past["half"]), text[half_past.end() :]
    if half := _AND_A_HALF.match(text):
        return _plain(f"{half[1]}.5", unit_name(half[2])), text[half.end() :]
    if half := _HALF_OF.match(text):
        return _plain("0.5", unit_name(half[1])), text[half.end() :]
    if short_money := _THOUSANDS.match(text):
        thousands = Fraction(short_money[1].replace(",", ".")) * 1000
        return _plain(str(thousands), "đồng"), text[short_money.end() :]
    if money := _MONEY.match(text):
        if money["billions"] and not money["with"]:
            return None
        millions = 1000 * int(money["billions"]) + int(money["with"]) if money["billions"] else int(money["millions"])
        value = millions * 10**6 + 1000 * int(money["thousands"] or 0)
        return _plain(str(value), "đồng"), text[money.end() :]
    return None


def _plain(written: str, unit: str) -> Quantity:
    return Quantity(written, Fraction(written), unit)


def _clock(hours: int, minutes: int, half: str) -> Quantity:
    pieces = _plain(str(hours), "giờ"), _plain(str(minutes), f"phút {half.lower()}".strip())
    return Quantity(str(minutes), Fraction(hours * 60 + minutes), pieces[1].unit, pieces)


_MASS_LENGTH_MONEY = ((("mass", 1),), (("length", 1),), (("length", 3),), (("money", 1),), (("length", 2),))


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
