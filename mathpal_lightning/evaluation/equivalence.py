"""Are two answers the same mathematics? Exact rationals, units converted, sets without order, a letter by its value.

Reflexive and symmetric. What it forgives and what not:

- a missing unit is forgiven, a counted noun may differ (30 em, 30 học sinh); measured units must measure the same thing and
  convert (1,2 m is 120 cm; 36 cm is neither 36 m nor 36 cm^2);
- 20% is 1/5 and 0,2, never 20;
- rounding counts only where one side says that it is rounded (≈, khoảng, làm tròn): the other must round to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from mathpal_lightning.evaluation.algebra import same_expression
from mathpal_lightning.evaluation.answers import MAX_LENGTH, extract_answer
from mathpal_lightning.evaluation.reading import read_answer
from mathpal_lightning.evaluation.units import Unit, parse_unit
from mathpal_lightning.schema import Answer, Verdict
from mathpal_lightning.text import comparison_key, plain_text

_NUMERIC = ("number", "fraction", "mixed_number", "percent", "quantity", "compound_quantity")


def grade(question: str | None, gold_solution: str, predicted_solution: str) -> tuple[Verdict, Answer | None, Answer | None]:
    """Judge one solution against the reference solution.

    Args:
        question: the problem; its options and its wording tell how to read both answers.
        gold_solution: the reference, a whole solution or only its answer.
        predicted_solution: what the model wrote.

    Returns:
        The verdict, the gold answer and the predicted answer. Never raises.
    """
    gold, predicted = extract_answer(gold_solution, question), extract_answer(predicted_solution, question)
    if gold is None:
        return "gold_unreadable", None, predicted
    if predicted is None:
        return "no_answer", gold, None
    same = _equal(gold, replace(predicted, rounded=False))  # only the gold may allow rounding
    return ("correct" if same else "wrong"), gold, predicted


def is_equivalent(gold: Answer | str, predicted: Answer | str) -> bool:
    """Whether two answers are the same mathematics.

    Args:
        gold: an Answer, or Vietnamese text: a comma is the decimal sign.
        predicted: the same; the order of the two makes no difference.

    Returns:
        The judgement; False where one of them cannot be read. Never raises.
    """
    if gold == predicted:
        return True
    first, second = _as_answer(gold), _as_answer(predicted)
    return first is not None and second is not None and _equal(first, second)


def _as_answer(answer: Answer | str) -> Answer | None:
    if isinstance(answer, Answer):
        return answer
    if not isinstance(answer, str) or len(answer) > MAX_LENGTH:
        return None
    read = read_answer(plain_text(answer))
    if read is not None and read.kind != "text":
        return read
    return extract_answer(answer) or read


def _equal(first: Answer, second: Answer) -> bool:
    if "multi" in (first.kind, second.kind):
        return _equal_lists(first, second)
    if "choice" in (first.kind, second.kind):
        return _equal_choices(first, second)
    if first.kind in _NUMERIC and second.kind in _NUMERIC:
        return _equal_quantities(first, second)
    if "expression" in (first.kind, second.kind):
        return _equal_expressions(first, second)
    return _equal_texts(first.text, second.text)


def _equal_lists(first: Answer, second: Answer) -> bool:
    left, right = first.parts or (first,), second.parts or (second,)
    if len(left) != len(right):
        return False
    labels = [[comparison_key(part.label) for part in side] for side in (left, right)]
    if all(labels[0]) and len(set(labels[0])) == len(left) and sorted(labels[0]) == sorted(labels[1]):
        by_label = dict(zip(labels[1], right, strict=True))
        return all(_equal(part, by_label[label]) for label, part in zip(labels[0], left, strict=True))
    if first.ordered or second.ordered:
        return all(_equal(a, b) for a, b in zip(left, right, strict=True))
    nouns = [[_noun(part) for part in side] for side in (left, right)]
    use_nouns = len(set(nouns[0])) > 1 and sorted(nouns[0]) == sorted(nouns[1])
    pairs = [
        [_equal(a, b) and (not use_nouns or nouns[0][i] == nouns[1][j]) for j, b in enumerate(right)]
        for i, a in enumerate(left)
    ]
    return _has_perfect_matching(pairs)


def _noun(answer: Answer) -> str:
    quantities = _quantities(answer.text)
    return comparison_key(quantities[0].name) if quantities and quantities[0].unit is None else ""


def _has_perfect_matching(pairs: list[list[bool]]) -> bool:
    """Whether every row finds a column of its own (augmenting paths)."""
    partner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, fits in enumerate(pairs[row]):
            if fits and column not in seen:
                seen.add(column)
                if column not in partner or place(partner[column], seen):
                    partner[column] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(pairs)))


def _equal_choices(first: Answer, second: Answer) -> bool:
    """A letter against a letter, or the value that a letter stands for against a value."""
    if first.kind == second.kind:
        return first.text == second.text
    choice, other = (first, second) if first.kind == "choice" else (second, first)
    if choice.value is not None and choice.value.kind != "choice":
        return _equal(choice.value, other)
    return choice.text == other.text


class _Quantity(NamedTuple):
    """A canonical quantity: the number as written, its unit (None for a noun) and the unit's name ("" where missing)."""

    value: Fraction
    unit: Unit | None
    name: str
    decimals: int


_CANONICAL_PIECE = re.compile(r"(-?(?:\d+ \d+/\d+|\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?))(%?) ?(.*)", re.DOTALL)


def _quantities(text: str) -> list[_Quantity]:
    """The pieces of a canonical form: one, or for `6 giờ 55 phút` two."""
    pieces = re.split(r" (?=\d+(?:\.\d+)?(?:/\d+)? [^\W\d])", text) if re.match(r"-?\d+(?:\.\d+)? [^\W\d]", text) else [text]
    found = []
    for piece in pieces:
        match = _CANONICAL_PIECE.fullmatch(piece)
        if match is None:
            return []
        value = _fraction(match[1])
        if value is None:
            return []
        name = match[3].strip()
        decimals = len(match[1].partition(".")[2]) if "/" not in match[1] else -1
        found.append(_Quantity(value / 100 if match[2] else value, parse_unit(name) if name else None, name, decimals))
        if match[2]:
            found[-1] = found[-1]._replace(decimals=decimals + 2, name="%")
    return found


def _fraction(written: str) -> Fraction | None:
    """`-2 3/4`, `2.5/3`, `1.45` -> exactly."""
    sign, body = (-1, written[1:]) if written.startswith("-") else (1, written)
    whole, _, rest = body.rpartition(" ")
    top, _, bottom = rest.partition("/")
    if bottom and not Fraction(bottom):
        return None
    return sign * (Fraction(whole or 0) + Fraction(top) / Fraction(bottom or 1))


def _equal_quantities(first: Answer, second: Answer) -> bool:
    for left in filter(None, (first.text, first.other_reading)):
        for right in filter(None, (second.text, second.other_reading)):
            if _same_quantity(_quantities(left), _quantities(right), first.rounded, second.rounded):
                return True
    return False


def _same_quantity(first: list[_Quantity], second: list[_Quantity], round_first: bool, round_second: bool) -> bool:
    if not first or not second:
        return False
    a, b = _total(first), _total(second)
    if a is None or b is None:
        return False
    if a.unit and b.unit:
        if _is_count(a) != _is_count(b):
            return a.value * a.unit.factor == b.value * b.unit.factor and ("money", 1) in a.unit.dimension + b.unit.dimension
        if a.unit.dimension != b.unit.dimension:
            return False
        scale = b.unit.factor / a.unit.factor
        return _same_number(a, b._replace(value=b.value * scale), round_first, False) or _same_number(
            b, a._replace(value=a.value / scale), round_second, False
        )
    if "%" in (a.name, b.name) and (a.unit or b.unit):
        return False
    if len(first) != len(second):
        return False
    if _same_number(a, b, round_first, round_second):
        return True
    return any(
        measured.unit is not None
        and (not measured.unit.dimension or measured.unit.dimension[0][0] == "money")
        and not bare.name
        and measured.value * measured.unit.factor == bare.value
        for measured, bare in ((a, b), (b, a))
    )


def _is_count(quantity: _Quantity) -> bool:
    """Whether the unit only counts: `25,2 triệu`."""
    return quantity.unit is not None and not quantity.unit.dimension


def _total(pieces: list[_Quantity]) -> _Quantity | None:
    """`6 giờ 55 phút` -> 415 phút: the sum in the last, smallest unit."""
    last = pieces[-1]
    if len(pieces) == 1:
        return last
    if last.unit is None:
        return pieces[0]
    total = Fraction(0)
    for piece in pieces:
        if piece.unit is None or piece.unit.dimension != last.unit.dimension:
            return pieces[0]
        total += piece.value * piece.unit.factor / last.unit.factor
    return last._replace(value=total)


def _same_number(a: _Quantity, b: _Quantity, round_a: bool, round_b: bool) -> bool:
    if a.value == b.value:
        return True
    for rounded, exact, allowed in ((a, b, round_a), (b, a, round_b)):
        if allowed and rounded.decimals >= 0 and abs(rounded.value - exact.value) <= Fraction(1, 2 * 10**rounded.decimals):
            return True
    return False


def _equal_expressions(first: Answer, second: Answer) -> bool:
    (left, left_unit), (right, right_unit) = _split_unit(first.text), _split_unit(second.text)
    if left_unit and right_unit and parse_unit(left_unit) != parse_unit(right_unit):
        return False
    same = same_expression(left, right)
    return comparison_key(left) == comparison_key(right) and left.split() == right.split() if same is None else same


def _split_unit(text: str) -> tuple[str, str]:
    r"""`54 - 18\\sqrt{13} cm^2` -> the expression and its unit."""
    match = re.fullmatch(r"(.*?[\d})]) ([^\W\d_].*)", text)
    return (match[1], match[2]) if match and parse_unit(match[2]) else (text, "")


_FILLERS = [comparison_key(word) for word in ("vậy", "là", "ngày", "chữ", "cái", "bạn", "số", "đó", "ta", "có", "đáp", "án")]
_LEADING_FILLERS = re.compile(rf"^(?:(?:{'|'.join(_FILLERS)}) )+")


def _equal_texts(first: str, second: str) -> bool:
    """Words without case, tone placement and fillers; an order chain may be read from either end."""
    if re.search(r"[<>=]", first) and re.search(r"[<>=]", second):
        return _chain(first) == _chain(second)
    left, right = _LEADING_FILLERS.sub("", comparison_key(first)), _LEADING_FILLERS.sub("", comparison_key(second))
    if left == right:
        return True
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) > 1 and longer.startswith(shorter + " ") and not re.search(r"\d$", shorter)


def _chain(text: str) -> list[str]:
    """`10/9 > 7/8` and `7/8 < 10/9` -> the same items from small to large; `S = T` and `T = S` the same."""
    items = [comparison_key(item) for item in re.split(r"[<>=]", text)]
    if ">" in text and "<" not in text:
        items.reverse()
    return sorted(items) if "=" in text else ["<", *items]
