"""Does a solution's arithmetic hold, line by line? Every `a op b = c` and `a < b` is computed again with exact rationals."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise

from mathpal_lightning.evaluation.answer.extract import MAX_LENGTH
from mathpal_lightning.evaluation.language.characters import has_letter
from mathpal_lightning.evaluation.language.doubt import WRONG
from mathpal_lightning.evaluation.mathematics.arithmetic import Quantity, evaluate, tokenize
from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.solution.dollars import dollars_in_words
from mathpal_lightning.evaluation.solution.examiner_marks import without_marks
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.steps.by_hand import LINES_BEFORE, continued, in_signs, notes_of
from mathpal_lightning.text import is_vietnamese, plain_text
from mathpal_lightning.text.numbers import PLAIN_NUMBER


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a teacher looks at beside the final answer."""

    checked: int = 0
    """Equalities with arithmetic in them that could be computed."""
    failing: tuple[str, ...] = ()
    """Those that do not hold, as written."""
    vietnamese: bool = True
    """Whether the solution is written in Vietnamese."""
    units: tuple[str, ...] = field(default=())
    """The measured units it names, each once."""
    lines: tuple[int, ...] = ()
    """The line of each failing equality, counted from 1 over the lines that hold something."""
    last_line: int = 0
    """The last line with an equality that could be computed."""

    @property
    def holds(self) -> bool:
        """Whether no step is wrong (and so for a solution without steps)."""
        return not self.failing


_SENTENCE = re.compile(
    r"[;⇒⇔→]|,(?!\d)|(?<! )\.(?= )|(?<!\w)(?:hay|hoặc|khi|thì|nên|vì|suy ra|do đó|mà|với|thay|vào|và(?= [a-z]{1,3} ?=))(?!\w)",
    re.IGNORECASE,
)
"""Where one statement ends and the next begins: `x = 3 hay x = -12` are two equalities."""
_MAX_LINE = 2_000
_MAX_LINES = 400
"""Pieces of lines looked at, from the first: more is no solution, and the time stays bounded."""
_OPERATOR = re.compile(r"[-+×xX*·:/^%](?! ?$)|\d ?\(")
_ANNOTATED_UNIT = re.compile(rf"\( ?((?i:{MEASURE})) ?\)")
_UNKNOWN = r"(?<![^\W\d_])[a-zA-Z](?![^\W\d_])"
_ANNOTATION = re.compile(
    rf"\((?![^()]*\d[^()]*[-+×:/])(?![^()]*(?:{_UNKNOWN}[²³]? ?[-+×:/^]|[-+×:/] ?\d*{_UNKNOWN}))[^()]*[^\W\d_%][^()]*\)|\(%\)"
)
"""`(học sinh)`, `(vì hai góc kề bù)`; `(x + 3)` is a factor."""
_REMAINDER = re.compile(rf"\(?(?:dư|thừa):? ({PLAIN_NUMBER})\)?")
_NUMBERED = re.compile(r"^\d{1,2}/ (?=[-(\d])")
"""`1/ 25 + 17 = 42`: the number of a problem, or a fraction."""
_LEADING_WORDS = re.compile(
    r".*(?:(?<=[^\W\d_]):(?= )|(?<!\w)(?i:là|có|lấy|nên|vậy|bằng|hay|được|và|mà|vì|hết|suy ra)(?!\w):?)(?= ?[-(\d])"
)
_LISTED = re.compile(r"\d(?:;| và) (?:\d[\d.,/]*(?:;| và) )*\d[\d.,/]* ?$")
"""`Trung bình cộng của 12, 15 và 18`: the last number is no value of its own."""
_COUNTED = re.compile(
    rf"(?P<number>{PLAIN_NUMBER}) (?P<noun>(?:(?!(?:thì|nên|mà|và|vì|tại|khi|với|được|cho|còn|ta|có|rưỡi)(?!\w))[^\W\d_]{{2,}})"
    r"(?: (?!(?:với|rưỡi|(?:và|cho)(?= [a-zA-Z]{1,3}(?!\w)))(?!\w))[^\W\d_]+){0,4})"
)
"""`16 cái kẹo`, the result of a sum."""
_MAY_MEASURE = re.compile(r"[^\W\d_]|[°'$€]")
_DOT = re.compile(r"(?<=\d)\.(?=\d)(?!\d{3}(?!\d))")
"""Between two numbers, but for thousands: the sign of a product, where that makes the equality true: `12 + 2.7 = 26`."""
_DOT_OF_ANGLE = re.compile(r"(?<=\d)\.(?=\d+°)")
"""`180° - 2.70° = 40°`."""
_LAST_UNIT = re.compile(rf" ?((?i:{MEASURE}))$")
_UNIT = re.compile(rf"(?<=\d) ?\(? ?((?i:{MEASURE}))")


def check_steps(solution: str) -> StepReport:
    """Compute every written equality of a solution again.

    A chain `a = b > c` holds where its neighbours do; an `≈` where the right side is the left one rounded to its digits;
    `17 : 5 = 3 (dư 2)` where 5 × 3 + 2 is 17 and 2 is less than 5. Steps with unknowns or words instead of numbers are passed
    over, and so is a comparison that the solution itself refuses: `0 > 5 (vô lí)`.

    What pupils write beside the signs is read too (`by_hand.py`): carries, words, and a chain that goes on below.

    Args:
        solution: Vietnamese text, at most 20,000 characters (a longer one yields an empty report).

    Returns:
        The report. Never raises.
    """
    if not isinstance(solution, str) or len(solution) > MAX_LENGTH:
        return StepReport()
    seen = Solution(plain_text(dollars_in_words(without_marks(solution))), "")
    checked, last_line = 0, 0
    failing: list[tuple[str, int]] = []
    lines = [line for line in seen.text.split("\n") if line.strip()]
    signs = [in_signs(line) for line in lines]
    for number, piece in islice(_pieces(signs), _MAX_LINES):
        for left, sign, right, remainder, unit in _equalities(piece):
            holds = _holds(left, sign, right, remainder, seen.dot_is_decimal)
            if holds is False and unit:
                first, second = (f"{side} {unit}" if not has_letter(side) else side for side in (left, right))
                holds = _holds(first, sign, second, remainder, seen.dot_is_decimal)
            if holds is False:
                dot = _DOT_OF_ANGLE if seen.dot_is_decimal else _DOT
                first, second = (dot.sub(" × ", side) for side in (left, right))
                holds = bool(_holds(first, sign, second, remainder, False))
            if holds is not None:
                checked, last_line = checked + 1, number
                if not holds:
                    failing.append((f"{left} {sign} {right}", number))
    failing += [
        (note, number) for number, line in enumerate(lines[:_MAX_LINES], 1) for note, holds in notes_of(line) if not holds
    ]
    failing.sort(key=lambda step: step[1])
    units = dict.fromkeys(match[1].lower() for match in _UNIT.finditer(seen.text))
    steps, numbers = tuple(step for step, _ in failing), tuple(number for _, number in failing)
    return StepReport(checked, steps, is_vietnamese(solution), tuple(units), numbers, last_line)


def _pieces(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The statements of all lines, each with the number of its line; one that goes on over two lines belongs to the second."""
    for number, line in enumerate(lines, 1):
        yield number, continued(lines[max(0, number - 1 - LINES_BEFORE) : number - 1], line)
        yield from ((number, piece) for piece in _SENTENCE.split(line))


def _equalities(line: str) -> list[tuple[str, str, str, str, str]]:
    """Cut `Có 3 × 4 = 12 (m) < 1300 cm` into neighbours (left, sign, right, remainder, unit) with something to compute.

    Where a chain begins and ends with a unit, bare sides between get the last one: `2,5 giờ = 2,5 × 60 = 150 phút`.
    """
    pieces = _SIGNS.split(line) if len(line) <= _MAX_LINE else []
    if len(pieces) < 2:
        return []
    remainder = _REMAINDER.search(line)
    refused = _REFUSED.search(line) is not None
    sides = [_side(piece, last=place > 0) for place, piece in enumerate(pieces[::2])]
    measured = _LAST_UNIT.search(sides[-1]) if len(sides) > 2 and _LAST_UNIT.search(sides[0]) else None
    found = []
    for place, sign in enumerate(pieces[1::2]):
        left, right = sides[place], sides[place + 1]
        compares = sign in _COMPARISONS
        computes = _OPERATOR.search(left) or _OPERATOR.search(right) or has_letter(left + right) or _LONE_PRODUCT.search(left)
        is_measure = _counts_things(pieces[2 * place]) and has_letter(right) and not _OPERATOR.search(right)  # `4 cạnh = 40 m`
        endless = any(map(_ENDLESS.search, pieces[2 * place : 2 * place + 3]))
        if left and right and not endless and not is_measure and (not refused if compares else computes):
            found.append((left, sign, right, remainder[1] if remainder else "", measured[1] if measured else ""))
    return found


def _counts_things(piece: str) -> bool:
    counted = _COUNTED.fullmatch(piece.strip(" .,;"))
    return counted is not None and re.match(rf"(?i:{MEASURE})", counted["noun"]) is None


_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, ">": operator.gt, "≤": operator.le, "≥": operator.ge,
}  # fmt: skip
_SIGNS = re.compile(rf"([=≈{''.join(_COMPARISONS)}])")
_ENDLESS = re.compile(r"\d,\d*\(\d+\)|\d ?(?:\.{2,}|…)")
"""`0,(3)`, `0,333...`: a decimal that does not end."""
_REFUSED = re.compile(rf"(?i)(?<!\w)(?:vô l[íý]|loại|{WRONG}|không|chưa|mâu thuẫn|vô nghiệm|ktm|giả sử|nếu)(?!\w)|\?")
"""What says that a comparison is not claimed."""


def _side(text: str, last: bool) -> str:
    """One side of an equality without its words: `Chu vi là: 2 × 5 (m)` -> `2 × 5 m`."""
    text = _ANNOTATION.sub(" ", _ANNOTATED_UNIT.sub(r" \1 ", _REMAINDER.sub("", text)))
    if not last:
        text = "" if _LISTED.search(text) else _LEADING_WORDS.split(text)[-1]
    text = re.sub(r" {2,}", " ", text).strip(" .,;:!?✓✔✗")
    counted = _COUNTED.fullmatch(text)
    if counted is None:
        return text
    measure = re.match(rf"(?i:{MEASURE})", counted["noun"])
    return f"{counted['number']} {measure[0]}" if measure else counted["number"]


def _holds(left: str, sign: str, right: str, remainder: str, dot_is_decimal: bool) -> bool | None:
    """Whether one equality is true in some reading of its units; None where a side cannot be computed."""
    if remainder and (division := re.fullmatch(rf"({PLAIN_NUMBER}) ?: ?({PLAIN_NUMBER})", left)):
        numbers = [evaluate(written, False, dot_is_decimal) for written in (*division.groups(), right, remainder)]
        if all(numbers):
            dividend, divisor, quotient, rest = (number.value for number in numbers if number is not None)
            return divisor * quotient + rest == dividend and 0 <= rest < divisor
    firsts = [value for reading in _readings(left) for value in _values(reading, dot_is_decimal, product=True)]
    multiplies = _TIMES.search(left) is not None
    seconds = [value for reading in _in_minutes(right) for value in _values(reading, dot_is_decimal, product=multiplies)]
    if firsts and seconds and seconds[0].dimension and _is_measured(left):
        measured = (evaluate(reading, True, dot_is_decimal) for reading in _readings(left))
        firsts = [value for value in measured if value is not None]
        told = [value for value in seconds if value.dimension]
        return any(one.dimension == two.dimension and _same(one, two, sign, right) for one in firsts for two in told)
    if sign in _COMPARISONS and firsts and seconds and firsts[0].dimension and seconds[0].dimension:
        firsts, seconds = firsts[:1], seconds[:1]  # 5 m > 450 cm, whatever 5 and 450 are
    verdicts = [_same(first, second, sign, right) for first in firsts for second in seconds]
    return any(verdicts) if verdicts else None


def _readings(left: str) -> list[str]:
    """A left side as it stands, with `24'` in minutes, without its number or dash in a list, and without what a colon ends.

    >>> _readings("- 3 + 4"), _readings("25 + 38: 5 + 8")
    (['- 3 + 4', '3 + 4'], ['25 + 38: 5 + 8', '5 + 8'])
    """
    readings = [
        *_in_minutes(left),
        left.removeprefix("- "),
        _NUMBERED.sub("", left),
        *re.split(r"(?<=\d): (?=-? ?[\d(])", left)[1:],
    ]
    return list(dict.fromkeys(readings))


def _in_minutes(side: str) -> list[str]:
    """A side as it stands, and with `24'` as minutes of time."""
    return list(dict.fromkeys((side, re.sub(r"(?<=\d)'", " phút", side))))


def _is_measured(side: str) -> bool:
    """Whether every number of a computation has a unit, all of one kind: `12 cm × 5 cm` is no length."""
    tokens = tokenize(side) if _MAY_MEASURE.search(side) and _OPERATOR.search(side) else None
    if tokens is None:
        return False
    bare = any(
        first.kind in ("number", "fraction", "mixed") and second.kind != "unit"
        for first, second in pairwise([*tokens, tokens[-1]._replace(kind="")])
    )
    units = [parse_unit(token.text) for token in tokens if token.kind == "unit"]
    return not bare and len({kind for unit in units if unit for kind, _ in unit.dimension}) == 1


_DOTTED = re.compile(r"(?<=\d)\.(?=\d)")
"""A dot that may be the sign of a product: `2.3 - 1`."""
_LONE_PRODUCT = re.compile(r"\d\.\d{1,2}(?!\d)")
"""`4.25` of `4.25 = 100`; not `4.250`, which is a number with its thousands parted."""
_TIMES = re.compile(r"[×xX*·^]|\) ?\(|\d ?\(|\d\.\d")


_UNKNOWN_METRE = re.compile(r"(?<![^\W\d_])\d*[mlg](?:\^2)? ?[-+] ?\d+(?![\d.,]* ?[a-zA-Z°%^])")
"""`8m - 2`: no unit beside the next number."""


def _values(side: str, dot_is_decimal: bool, product: bool) -> list[Quantity]:
    """The values a side may have: with its units, with the last unit for the whole (`21,6 × 1000 : 3600 m/giây`), bare.

    Args:
        side: one side of an equality.
        dot_is_decimal: `1.5` is one and a half in this solution.
        product: it may also be five, though no other sign stands beside it.
    """
    if re.match(r"-?[a-zA-Z](?![^\W\d_])", side):
        return []  # the m of `m - 1 > 0` is an unknown, no metre, and `G(2)` a value of a function
    if _UNKNOWN_METRE.search(side):
        return []
    bare = evaluate(side, False, dot_is_decimal)
    dotted = _DOTTED.search(side) and _OPERATOR.search(side) or product and _LONE_PRODUCT.search(side)
    if dotted and (multiplied := evaluate(_DOTTED.sub(" × ", side), False, dot_is_decimal)) is not None:
        return [value for value in (bare, multiplied) if value is not None]
    if not _MAY_MEASURE.search(side):
        return [bare] if bare is not None else []
    values = [evaluate(side, True, dot_is_decimal), bare]
    if tail := _LAST_UNIT.search(side):
        unit, whole = parse_unit(tail[1]), evaluate(side[: tail.start()], False, dot_is_decimal)
        if unit is not None and whole is not None:
            values.append(Quantity(whole.value * unit.factor, unit.dimension))
    return [value for value in values if value is not None]


def _same(first: Quantity, second: Quantity, sign: str, right: str) -> bool:
    if first.dimension and second.dimension and first.dimension != second.dimension:
        return False
    if compare := _COMPARISONS.get(sign):
        return compare(first.value, second.value)
    if first.value == second.value:
        return True
    if right.endswith("%") and first.value == second.value * 100:
        return True  # 21 : 40 × 100 = 52,5%
    return sign == "≈" and abs(first.value - second.value) <= _half_unit(right)


def _half_unit(written: str) -> Fraction:
    """Half a unit of the last digit written: 0.005 for 42,86."""
    number = re.search(rf"({PLAIN_NUMBER})(%?)[^\d]*$", written)
    if number is None:
        return Fraction(0)
    digits = re.search(r"[.,](\d+)$", number[1])
    places = (len(digits[1]) if digits else 0) + (2 if number[2] else 0)
    return Fraction(1, 2 * 10**places)
