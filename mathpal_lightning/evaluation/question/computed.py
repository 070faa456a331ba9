"""Questions whose answer can be computed from their own words: `Tìm 25% của 360.` A wrong way with true arithmetic shows here.

Only a question that fits one of a few patterns as a whole is computed; everything else is None and stays unchecked.

    expression   Tính: 12 + 5 × 3.          Đặt tính rồi tính 45 + 17        7,5 : 2 = ?
    share        Tìm 25% của 360.           3/4 của 120 kg là bao nhiêu?     Tìm một số, biết 25% của số đó là 90.
    conversion   Đổi 3 m 5 cm ra cm.        2 giờ 15 phút = ... phút
    division     57 chia 7 được mấy dư mấy? Tìm số dư trong phép chia 89 cho 9.
    equation     Tìm số tự nhiên x, biết: x × 3 + 28 = 40       Giải phương trình 2x + 3 = 9
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate
from mathpal_lightning.evaluation.mathematics.units import MEASURE, Unit, parse_unit
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER

MAX_LENGTH = 200
"""Characters of a direct question."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The answer of a direct question."""

    values: tuple[Fraction, ...]
    """One value; of a division that asks for both, the quotient and the remainder."""
    unit: str = ""
    """The unit of the values, where the question names one."""

    @property
    def text(self) -> str:
        """As a pupil writes it: `90`, `305 cm`, `8 dư 1`."""
        return " dư ".join(map(_written, self.values)) + (f" {self.unit}" if self.unit else "")


@lru_cache(maxsize=256)
def computed_answer(question: str) -> Computed | None:
    """The answer of a direct question; None for every other one, and where a number has two readings (`1.000`).

    >>> computed_answer("Tìm 25% của 360.").text
    '90'
    >>> computed_answer("Một lớp có 36 em, 25% là nữ. Hỏi có bao nhiêu em nữ?")
    """
    text = re.sub(r"\s+", " ", plain_text(question)).strip(" .?!:") if len(question) <= MAX_LENGTH else ""
    text = _NUMBERED.sub("", text)
    if not text or _AMBIGUOUS.search(text):
        return None
    for pattern, compute in _DIRECT:
        if (found := pattern.fullmatch(text)) and (computed := compute(found)):
            return computed
    return None


def answer_fits(question: str, answer: Answer | None) -> bool | None:
    """Whether an answer has the computed value; None where there is none, or where the answer cannot be compared with it."""
    computed = computed_answer(question)
    if computed is None or answer is None:
        return None
    parts = answer.parts if answer.kind == "multi" else (answer,)
    values = [_value_in(part, parse_unit(computed.unit) if computed.unit else None) for part in parts]
    if len(values) != len(computed.values) or None in values:
        return None
    if _THREE_PLACES.search(question) and values[0] == 1000 * computed.values[0]:
        return None  # `1,250 + 2,750 = 4,000`
    return tuple(values) == computed.values


def _value_in(answer: Answer, unit: Unit | None) -> Fraction | None:
    """The number of an answer, in the unit of the question; None where it is no plain number or quantity."""
    value = value_of(answer)
    if not isinstance(value, Quantity) or value.about or answer.kind == "percent":
        return None
    own = parse_unit(value.unit) if value.unit else unit
    if unit is None:
        return value.value * (own.factor if own and not own.dimension else 1)
    return value.value * own.factor / unit.factor if own and own.dimension == unit.dimension else None


def _written(value: Fraction) -> str:
    """`12`, `7,5`, or `2/3` where no decimal is exact."""
    places = next((places for places in range(7) if (value * 10**places).denominator == 1), None)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    return f"{float(value):.{places}f}".replace(".", ",") if places else str(value.numerator)


def _expression(found: re.Match[str]) -> Computed | None:
    """A division of whole numbers that does not come out even may be meant with a remainder, and is left alone."""
    text = found["expression"]
    value = evaluate(text)
    uneven = ":" in text and "," not in text and "/" not in text and value and value.value.denominator != 1
    return Computed((value.value,)) if value and not uneven else None


def _share(found: re.Match[str]) -> Computed | None:
    share, whole = evaluate(found["share"].replace("phần trăm", "%")), evaluate(found["whole"])
    return Computed((share.value * whole.value,), found["unit"] or "") if share and whole else None


def _whole(found: re.Match[str]) -> Computed | None:
    share, part = evaluate(found["share"].replace("phần trăm", "%")), evaluate(found["part"])
    return Computed((part.value / share.value,)) if share and share.value and part else None


def _conversion(found: re.Match[str]) -> Computed | None:
    quantity, unit = evaluate(found["quantity"], with_units=True), parse_unit(found["unit"])
    if quantity is None or unit is None or not unit.dimension or quantity.dimension != unit.dimension:
        return None
    return Computed((quantity.value / unit.factor,), found["unit"])


def _division(found: re.Match[str]) -> Computed | None:
    dividend, divisor = int(found["dividend"].replace(" ", "")), int(found["divisor"].replace(" ", ""))
    if not divisor:
        return None
    quotient, remainder = divmod(dividend, divisor)
    both = found.groupdict().get("both")
    return Computed((Fraction(quotient), Fraction(remainder)) if both else (Fraction(remainder),))


def _equation(found: re.Match[str]) -> Computed | None:
    """The root of an equation that is linear in the unknown, or in 1 / unknown (`48 : x = 6`); it is put in to prove it."""
    name = found["name"]
    left, right = (re.sub(rf"(?<=[\d)]) ?\. ?(?={name}|\()", " × ", found[side]) for side in ("left", "right"))

    def difference(value: Fraction) -> Fraction | None:
        sides = [evaluate(re.sub(rf"(?<![^\W\d_]){name}", f"({_exact(value)})", side)) for side in (left, right)]
        return sides[0].value - sides[1].value if sides[0] and sides[1] else None

    if len(re.findall(rf"(?<![^\W\d_]){name}", f"{left} {right}")) > 2 or "^" in found[0]:
        return None
    for inverse in (False, True):
        points = [difference(1 / Fraction(u) if inverse else Fraction(u)) for u in (1, 2, 3, 5)]
        first, second, third, last = points
        if first is None or second is None or third is None or last is None or first == second:
            continue
        slope = second - first
        if third - second != slope or last - third != 2 * slope:
            continue
        root = 1 - first / slope
        if inverse and not root:
            return None
        root = 1 / root if inverse else root
        return Computed((root,)) if difference(root) == 0 else None
    return None


def _exact(value: Fraction) -> str:
    return str(value) if value >= 0 else f"0 - {-value}"


_NUMBERED = re.compile(r"^(?:(?:câu|bài) \d{1,2}[:.)]?|\d{1,2}[.)]) (?=\D|.*[-+×*·:/])", re.IGNORECASE)
"""`Bài 3: Tính 4 × 6`, `1) 25 + 17`: the number of a problem."""
_THREE_PLACES = re.compile(r"\d,\d{3}(?![\d,])")
_AMBIGUOUS = re.compile(r"(?<![\d.,])\d{1,3}\.\d{3}(?![\d.,]|,\d)|^\d{1,2}/ (?=[-(\d])")
"""`1.250`; `2/ 12 + 5`: the number of a problem, or a fraction."""
_NUMBER = rf"(?:\d+/\d+|{PLAIN_NUMBER})"
_SHARE = rf"(?:{PLAIN_NUMBER} ?(?:%|phần trăm)|\d+/\d+)"
_WHOLE = r"\d{1,3}(?: \d{3})+|\d+"
_TERM = r"[-+\d×*·:/(),.% ]*"
_SIDE = r"[-+\d×*·:/(),. ]*"
_UNKNOWN = rf"(?:(?P=name){_SIDE})*"
_KIND = r"(?:giá trị(?: của)? |(?:một )?số (?:tự nhiên |nguyên |thập phân )?|ẩn )?"
_NAMED = rf"{_KIND}(?P<name>[a-zđ])"
_SIDES = rf"(?P<left>{_SIDE}{_UNKNOWN})=(?P<right>{_SIDE}{_UNKNOWN})"
_GIVEN = rf"(?P<left>{_SIDE}(?P<name>[a-zđ]){_SIDE}{_UNKNOWN})=(?P<right>{_SIDE}{_UNKNOWN}?)"
_DO = r"(?:(?:em )?hãy )?"
_ASKS = r"(?: ?(?:=|bằng|là)(?: ?(?:\?|\.{2,}|…|bao nhiêu|mấy))?)"
_REMAINDER = r"dư (?:mấy|bao nhiêu)"


def _whole_question(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DIRECT: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Computed | None]], ...] = (
    (
        _whole_question(
            rf"{_DO}(?:(?:đặt tính rồi tính|tính (?:nhẩm|nhanh|kết quả(?: của)?(?: phép tính)?|giá trị(?: của)? biểu thức)"
            rf"|tính|thực hiện(?: các)? phép (?:tính|cộng|trừ|nhân|chia)|kết quả(?: của)? phép tính):? ?)?"
            rf"(?P<expression>[(-]* ?{_NUMBER}{_TERM}[-+×*·:/]{_TERM}){_ASKS}?"
        ),
        _expression,
    ),
    (
        _whole_question(
            rf"{_DO}(?:(?:tìm|tính|hỏi):? )?(?P<share>{_SHARE}) của (?:số )?(?P<whole>{PLAIN_NUMBER})(?: ?(?P<unit>{MEASURE}))?"
            rf"{_ASKS}?"
        ),
        _share,
    ),
    (
        _whole_question(
            rf"{_DO}tìm (?:một )?số,? biết(?: rằng)?:? (?P<share>{_SHARE}) của (?:số đó|số ấy|nó) (?:là|bằng) "
            rf"(?P<part>{PLAIN_NUMBER})"
        ),
        _whole,
    ),
    (
        _whole_question(
            rf"{_DO}(?:đổi:? )?(?P<quantity>(?:{_NUMBER} ?{MEASURE} ?)+?) ?"
            rf"(?:(?:ra|sang|thành)(?: đơn vị)?|(?:=|bằng) ?(?:\.{{2,}}|…|\?|bao nhiêu|mấy)) ?(?P<unit>{MEASURE})"
        ),
        _conversion,
    ),
    (
        _whole_question(
            rf"(?:hỏi )?(?:phép chia )?(?P<dividend>{_WHOLE}) ?(?:chia(?: cho)?|:) ?(?P<divisor>{_WHOLE}) "
            rf"(?P<both>được (?:mấy|bao nhiêu),? (?:và )?)?(?:{_REMAINDER}|có số dư (?:là|bằng) (?:mấy|bao nhiêu))"
        ),
        _division,
    ),
    (
        _whole_question(
            rf"{_DO}(?:tìm|tính) (?P<both>thương và )?số dư (?:của|trong) phép chia "
            rf"(?P<dividend>{_WHOLE}) ?(?::|chia cho|chia|cho) ?(?P<divisor>{_WHOLE})"
        ),
        _division,
    ),
    (_whole_question(rf"{_DO}tìm {_NAMED},?(?: biết)?(?: rằng)?:? ?{_SIDES}"), _equation),
    (_whole_question(rf"{_NAMED} (?:bằng|là) (?:bao nhiêu|mấy),? (?:biết|nếu|khi)(?: rằng)?:? ?{_SIDES}"), _equation),
    (_whole_question(rf"(?:biết|cho)(?: rằng)?:? ?{_GIVEN}[.,;] ?{_DO}(?:tìm|tính) {_KIND}(?P=name)"), _equation),
    (
        _whole_question(
            rf"{_DO}giải phương trình:? ?"
            rf"(?P<left>{_SIDE}(?P<name>[xyzt]){_SIDE}{_UNKNOWN})=(?P<right>{_SIDE}{_UNKNOWN})"
        ),
        _equation,
    ),
)
