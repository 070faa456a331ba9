"""A second look at the last sentence, for a value of the reference's kind: a length, a count, a name, two results, a bound.

The rules of `answer/extract.py` know where answers stand. Where they find nothing, or something of another kind, the last
sentence is searched for what the reference is: never for its value, only for its type. Exactly one such value may be new
there. A sentence that doubts, supposes or takes something back holds none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import mpmath

from mathpal_lightning.evaluation.answer.closing_line import breaks_off
from mathpal_lightning.evaluation.answer.mentioned_values import Mention, are_listed, ends_in_a_sum, mentions, results
from mathpal_lightning.evaluation.language.clauses import last_clause, side_by_side
from mathpal_lightning.evaluation.language.doubt import GUESSED_AT, TRIED, is_unsure, supposes, takes_back
from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.mathematics.units import Unit, parse_unit
from mathpal_lightning.evaluation.question.asked_value import is_on_the_way
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.refusals import refuses
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.nouns import same_noun
from mathpal_lightning.evaluation.values.reading import answer_of, multi, value_of
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.evaluation.words.closed_classes import class_told
from mathpal_lightning.evaluation.words.own_items import comparison_told, order_told
from mathpal_lightning.evaluation.words.question_names import name_told
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_RESULTS = 12
"""Results of an answer that are looked for."""


def exact_value(solution: Solution, answer: Answer) -> Answer | None:
    """5/36 of `P = 5/36 ≈ 0,139`, which was read as 0.139, or 600π of `600π ≈ 1885`; None where it does not round to that."""
    exact = _EXACT.search(solution.lines[-1]) if answer.rounded and solution.lines else None
    read = solution.read(exact["value"].strip()) if exact else None
    if read is None or not (_rounds_to(read, answer) if read.kind == "expression" else read.kind == "fraction"):
        return None
    return replace(read, rule=answer.rule) if read.kind == "expression" or same_answer(read, answer) else None


def _rounds_to(exact: Answer, answer: Answer) -> bool:
    """Whether a root or a multiple of π has the value that was written behind it, to its last digit."""
    value, rounded = constant(exact.text), value_of(answer)
    if value is None or not isinstance(rounded, Quantity) or not rounded.written:
        return False
    digits = len(rounded.written.replace(",", ".").partition(".")[2])
    return bool(abs(value - mpmath.mpf(rounded.value.numerator) / rounded.value.denominator) <= mpmath.mpf(10) ** -digits)


_EXACT = re.compile(r"(?:=|^)(?P<value>[^=≈]*)≈[^=≈]*$")


def guided_answer(solution: Solution, gold: Answer) -> Answer | None:
    """What the last sentence says, of the reference's kind; None where it says nothing, or more than one thing.

    Args:
        solution: a solution that states no answer (`Đáp số`, a box, a letter).
        gold: the reference's answer; its kind, its unit and its names say what to look for.
    """
    if not solution.lines or refuses(solution.text) or breaks_off(solution.lines[-1]):
        return None
    look = _LOOKS.get(gold.kind)
    for sentence in reversed(sentences(solution.lines[-1])[-1 if gold.kind == "multi" else -2 :]):
        unsure = GUESSED_AT.search(sentence) if _is_one_unknown(gold) else is_unsure(sentence)
        if (
            unsure
            or TRIED.search(sentence)
            and gold.kind != "text"
            or supposes(sentence)
            or is_on_the_way(sentence, solution.question)
            or takes_back(sentence)
            and gold.kind != "text"
        ):
            return None
        if look is not None and (found := look(solution, sentence, gold)):
            return found
    return None


def _is_one_unknown(gold: Answer) -> bool:
    """Whether the reference has several values of one unknown, which `hoặc` may join."""
    return gold.kind == "multi" and not gold.ordered and len({part.label for part in gold.parts}) == 1


def _number_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The one new value of the reference's type; of several the one whose clause speaks of what is asked."""
    wanted = value_of(gold)
    if not isinstance(wanted, Quantity):
        return None
    given = [told.value for told in mentions(solution, in_digits(solution.question)) if told.value]
    asked = [piece for value in given for piece in (value, *value.pieces)]
    for text in (last_clause(sentence), sentence):
        text = in_digits(text)
        if ends_in_a_sum(text, mentions(solution, text)):
            return None
        read = (_per_unit(told, text, wanted) for told in results(solution, text))
        typed = [told for told in read if _is_like(told, wanted, solution.question)]
        if not typed:
            continue
        new = [told for told in typed if not any(_repeats(told.value, known) for known in asked)]
        if not new or are_listed(text, typed) or _OTHER_SIGNS.search(text):
            return None
        if len(new) < len(typed) and _asked_clause_holds_another(solution, text, typed, new):
            return None
        if all(told.value and new[-1].value and told.value.same(new[-1].value) for told in new):
            return new[-1].answer
        return _spoken_of(solution, text, new)
    return None


def _repeats(value: Quantity | None, known: Quantity) -> bool:
    """Whether a value is one of the question's as it stands there; `305 dm²` is not `3 m² 5 dm²`."""
    if value is None or known.pieces or value.pieces:
        return value is not None and value.canonical == known.canonical
    return value.value == known.value and (value.unit == known.unit or "" in (value.unit, known.unit))


_CHANCE = re.compile(r"(?i)xác suất")


def _is_like(told: Mention, wanted: Quantity, question: str) -> bool:
    """Whether a value is of the reference's type: measures the same, counts something, or stands alone."""
    given = told.value
    if given is not None and given.unit == "%" and not wanted.unit and _CHANCE.search(question):
        return True
    if given is None or "%" in (given.unit, wanted.unit):
        return given is not None and given.unit in (wanted.unit, "")
    if not given.unit or not wanted.unit:
        return True
    if given.is_count and (wanted.measure or not same_noun(given.unit, wanted.unit, question)):
        return False  # `9 quyển` where a sum of money is asked for
    return _dimension(given.measure) == _dimension(wanted.measure)


def _dimension(unit: Unit | None) -> tuple[tuple[str, int], ...]:
    """What a unit measures; counted things and sums of money measure nothing, for both are said as `170 nghìn`."""
    return () if unit is None or unit.dimension == (("money", 1),) else unit.dimension


def _per_unit(told: Mention, text: str, wanted: Quantity) -> Mention:
    """`mỗi giờ đi được 50 km` is 50 km/giờ, where the reference is a rate."""
    top, _, bottom = wanted.unit.partition("/")
    value, per = told.value, _EACH.search(text)
    if not bottom or value is None or per is None or "/" in value.unit:
        return told
    same = parse_unit(per["unit"]) == parse_unit(bottom) if parse_unit(bottom) else per["unit"].startswith(bottom)
    counts = value.measure == parse_unit(top) if parse_unit(top) else value.unit.split()[:1] == top.split()[:1]
    return told._replace(answer=answer_of(replace(value, unit=wanted.unit))) if same and counts else told


_EACH = re.compile(r"(?i)(?<!\w)(?:mỗi|một|1) (?P<unit>[^\W\d_]+(?:[ -][^\W\d_]+){0,3}(?:\^[23])?)")


_OTHER_SIGNS = re.compile(
    r"±|(?<!\w)(?:\d+[a-z]|[a-z] ?[-+×*:/] ?\d+) ?= ?-?\d[\d.,/]*\W*$"
    r"|(?<!\w)(?P<one>[a-z]) ?= ?-?\d[^=]*(?<!\w)(?P=one) ?= ?-?\d"
)
"""`±7` is no 7, nor does `5x = 63` or `x + 3 = 5` say what x is; and x is not 5 where it is also 1."""


def _asked_clause_holds_another(solution: Solution, text: str, typed: list[Mention], new: list[Mention]) -> bool:
    """`số gạo đã bán là 36 kg, số gạo còn lại là 18 kg`: what is asked for is said to be a value that the question gives."""
    shared, held = _shared_words(solution, text, typed)
    best = [inside for count, inside in zip(shared, held, strict=True) if count == max(shared)]
    return len(best) == 1 and not any(told in new for told in best[0])


_CARRIES_ON = re.compile(r"(?i)(?:bằng|tức|cộng|thêm|trừ|bớt|nhân|chia|gộp|tổng|đổi)(?!\w)")


def _spoken_of(solution: Solution, text: str, new: list[Mention]) -> Answer | None:
    """The value in the clause that shares most words with the asking sentence; else the last, where its clause carries on.

    `An mua hết 21k, cô phải thối lại 29k` where it is asked what `cô bán hàng trả lại`.
    """
    spans = _clauses(text)
    shared, held = _shared_words(solution, text, new)
    most = max(shared)
    best = [place for place, count in enumerate(shared) if count == most]
    last = max(place for place, inside in enumerate(held) if inside)
    carries_on = len(best) > 1 and _CARRIES_ON.match(text[spans[last][0] : spans[last][1]])
    if carries_on:
        return held[last][-1].answer
    inside = held[best[0]] if len(best) == 1 and most > 1 else []
    return inside[0].answer if len(inside) == 1 else None


def _shared_words(solution: Solution, text: str, told: list[Mention]) -> tuple[list[int], list[list[Mention]]]:
    """Of each clause, how many words before its first value the asking sentence has (-1 without a value), and its values."""
    asked = set(comparison_key(asking_sentence(solution.question)).split())
    spans = _clauses(text)
    held = [[value for value in told if start <= value.start < end] for start, end in spans]
    shared = [
        len(asked.intersection(comparison_key(text[start : inside[0].start]).split())) if inside else -1
        for (start, end), inside in zip(spans, held, strict=True)
    ]
    return shared, held


def _clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a text begin and end."""
    spans, at = [], 0
    for clause in side_by_side(text):
        start = text.index(clause, at)
        at = start + len(clause)
        spans.append((start, at))
    return spans


_BOUND = re.compile(r"(?:-?\d[\d.,/]* ?[<≤] ?)?(?<![\w)-])[a-z] ?[<>≤≥≠] ?-?\d[\d/]*(?:,\d+)?(?![\w/^]| ?[-+×*(])")


def _bound_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """`x > 2` of `những x > 2 là nghiệm`, the only bound behind the last step; or which of two quantities is the larger."""
    found = {match[0].replace(" ", "") for match in _BOUND.finditer(last_clause(sentence.rpartition("⇔")[2]))}
    if len(found) == 1:
        return solution.read(found.pop())
    return comparison_told(solution, sentence, gold) if not found else None


_FORMULA = re.compile(r"(?<![\w)])[-(]*(?:\d[\d,]*|(?<![^\W\d_])[a-z](?![^\W\d_])|[-+×·*/^()√²³ ])+$")


def _expression_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """`x + 6` at the end of `bỏ ngoặc được 2x + 6 - x, còn lại x + 6`."""
    formula = _FORMULA.search(sentence.strip(" ."))
    read = solution.read(formula[0].strip()) if formula and "=" not in sentence else None
    return read if read is not None and read.kind == gold.kind else None


_APART = re.compile(r"; ?|,(?!\d) ?| và |\. (?=[^\W\d_])")
_CHAIN = re.compile(r"(?P<head>[^=≈]*)[=≈](?P<steps>.+)")
_LETTERS = {"P": "chu vi", "C": "chu vi", "S": "diện tích", "V": "thể tích"}
"""The letters of the formulas."""


def _several_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """As many computed results as the reference has: `x_1 = (5 + 1)/2 = 3, x_2 = (5 - 1)/2 = 2`; each ends a chain."""
    count = len(gold.parts)
    pieces = [last_clause(piece).strip() for piece in _APART.split(sentence.strip(" ."))]
    chains = [chain for piece in pieces[-count:] if (chain := _CHAIN.fullmatch(piece))]
    before = _CHAIN.fullmatch(pieces[-count - 1]) if len(pieces) > count else None
    if not 1 < count == len(chains) <= MAX_RESULTS or before and before["head"][:1] == chains[0]["head"][:1]:
        return None
    heads = [chain["head"].rpartition(": ")[2].strip() for chain in chains]
    read = [solution.read(re.split("[=≈]", chain["steps"])[-1]) for chain in chains]
    if any(answer is None or answer.kind in ("text", "multi", "relation") for answer in read):
        return None
    labels = [_LETTERS.get(head, head.lower()) if re.fullmatch(r"[^\W\d_][^\d=+×:/-]*(?:_\d)?", head) else "" for head in heads]
    named = [replace(answer, label=label) for answer, label in zip(read, labels, strict=True) if answer is not None]
    return multi(named, ordered=False)


def _multi_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    ordered = read_task(solution.question).ordered
    return ordered and order_told(solution, sentence, gold) or _several_told(solution, sentence, gold)


def _words_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    return name_told(solution, sentence, gold) or class_told(solution, sentence, gold)


_Look = Callable[[Solution, str, Answer], Answer | None]
_LOOKS: dict[str, _Look] = {
    "number": _number_told,
    "fraction": _number_told,
    "mixed_number": _number_told,
    "percent": _number_told,
    "quantity": _number_told,
    "compound_quantity": _number_told,
    "expression": _expression_told,
    "relation": _bound_told,
    "interval": _bound_told,
    "text": _words_told,
    "multi": _multi_told,
}
