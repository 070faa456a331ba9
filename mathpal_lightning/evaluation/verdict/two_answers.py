"""Does a solution give two answers where one is asked for? `16 cái (hoặc 8 cái)`, a second `Đáp số`, a list of values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from mathpal_lightning.evaluation.answer.mentioned_values import are_listed, is_in_a_list, results
from mathpal_lightning.evaluation.answer.stated_answer import Statements
from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.language.doubt import OFFERED
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.question.task import Task
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity, Reals
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import read_answer, read_value, value_of
from mathpal_lightning.schema import Answer

_OTHERWISE_WHOLE = re.compile(r"(?P<first>.{1,200}?) (?:hoặc|hay)(?: là)? (?P<second>.{1,200})")
_OTHERWISE = re.compile(r"(?<!\w)(?:hoặc|hay|or)(?: là| bằng)? (?P<other>[^()]*)")


def offers_another(sentence: str, answer: Answer, task: Task) -> bool:
    """`16 cái (hoặc 8 cái)`; not `5/4 (hay 1 1/4)`, and not where several values are the answer."""
    bracketed = re.search(r"\((?:hoặc|hay)(?: là)? (?P<other>[^()]*)\)", sentence)
    another = read_answer(bracketed["other"]) if bracketed and answer.kind in ("relation", "interval", "expression") else None
    if another is not None and answer.kind == another.kind and not same_answer(another, answer, task.question):
        return True
    if another is not None and another.kind == "text" and bracketed is not None and bracketed[0] in answer.text:
        return True  # `< (hoặc Hoa)`
    if answer.kind in ("relation", "interval", "expression", "point") and _offers_two_formulas(sentence, answer, task):
        return True
    if answer.kind == "point" and OFFERED.search(sentence):
        points = [read_answer(point) for point in re.findall(r"\([^()]*;[^()]*\)", sentence)]
        return any(point is not None and not same_answer(point, answer, task.question) for point in points)
    if answer.kind in ("multi", "choice", "relation", "interval"):
        return False
    if (
        answer.kind != "text"
        and re.search(r"\d(?: [^\W\d_]+){0,3} nên (?:là )?\d", sentence)
        and not re.search("[=≈<>]", sentence)
    ):
        return True
    offers = _OTHERWISE.search(sentence)
    if offers is not None and answer.kind == "text" and not _OTHERWISE.search(answer.text):
        return True
    if offers is None or not has_digit(offers["other"]):
        return False
    before = re.split(r"(?<!\w)là(?!\w):?|[:=(]", sentence[: offers.start()])[-1]
    others = [_offer(text) for text in (before, offers["other"]) if has_digit(text)]
    return any(
        other is not None and other.kind not in ("text", "multi") and not same_answer(other, answer, task.question)
        for other in others
    )


def _offer(text: str) -> Answer | None:
    """What a text says; of `96 gì đó` the number."""
    answer = read_answer(text)
    begins = read_value(text) if answer is None or answer.kind == "text" else None
    return begins[0] if begins else answer


def _offers_two_formulas(sentence: str, answer: Answer, task: Task) -> bool:
    """`y = -6x - 15 hay y = -5x - 15`; not `y = 2x + 1 hay 2x - y + 1 = 0`, and not the two halves of a set of numbers."""
    offers = _OTHERWISE_WHOLE.search(sentence)
    if offers is None:
        return False
    before = re.split(r"(?<!\w)(?:là|ra|được|còn)(?!\w):?|: ", offers["first"])[-1]
    pair = [read_answer(text.strip(" .")) for text in (before, offers["second"])]
    one, other = pair
    if one is None or other is None or {one.kind, other.kind} - {"relation", "interval", "expression", "point"}:
        return False
    sets = [isinstance(value_of(side), Reals) for side in (one, other)]
    if any(sets) and not (all(sets) and same_answer(other, answer, task.question)):
        return False
    return not same_answer(one, other, task.question)


def agrees(claim: Answer, answer: Answer, task: Task, firm: bool) -> bool:
    """Whether a further statement may stand beside the answer.

    A second `Đáp số` must say the same. A later `Vậy` may say a part of it, or something of another kind.
    """
    if "choice" in (claim.kind, answer.kind):
        known = claim.kind == answer.kind or bool(read_options(task.question))
        if not firm and answer.value is not None and claim.kind not in ("choice", answer.value.kind):
            return True
        return not known or same_answer(claim, answer, task.question)
    if same_answer(claim, answer, task.question):
        return True
    if firm:
        return False
    if claim.kind == "multi" or any(same_answer(claim, part, task.question) for part in answer.parts):
        return True
    said, values = value_of(claim), [value_of(part) for part in (answer.parts or (answer,)) if part.kind != "choice"]
    if not isinstance(said, Quantity):
        return claim.kind == "text" or claim.kind != answer.kind
    known = not said.unit and said.written in task.question
    return not any(
        isinstance(value, Quantity) and (_of_one_kind(said, value) or not said.unit and bool(value.unit) and not known)
        for value in values
    )


def _of_one_kind(first: Quantity, second: Quantity) -> bool:
    """Whether two quantities count or measure the same thing, so that they cannot both be the answer."""
    zero = Quantity("0", Fraction(0), first.unit), Quantity("0", Fraction(0), second.unit)
    return zero[0].same(zero[1]) and bool(first.unit) == bool(second.unit)


def lists_several(said: Statements, answer: Answer, question: str) -> bool:
    """`Các số là 20, 62,8 cm`: the last line only lists values, and the answer is one of them."""
    if said.states or not said.sentences or answer.kind == "choice":
        return False
    sentence = last_clause(last_sentence(said.sentences[-1]))
    if answer.kind in ("text", "relation", "interval", "point", "expression"):
        begins = _FORMULA.search(sentence)
        end = sentence.find(answer.text) if answer.kind == "text" else begins.start() if begins else -1
        return end > 0 and is_in_a_list(sentence[:end]) and not sentence[:end].endswith(("hay ", "hoặc "))
    solution = Solution(sentence, question)
    if any(part.kind in ("multi", "interval", "point") for part in answer.parts):
        return False  # sets by name, coordinates
    if answer.kind == "multi":
        twice = any(len(re.findall(rf"{re.escape(part.label)}(?::| là)", sentence.lower())) > 1 for part in answer.parts)
        sentence = _ARGUMENTS.sub("", sentence)
        listed = results(solution, sentence)
        if not twice and len(listed) <= len(answer.parts) and _count_different_things(answer):
            return False
        return are_named(answer) and "lần lượt" not in sentence and (twice or are_listed(sentence, listed))
    last = results(solution, sentence)[-1:]
    told = bool(last) and last[0].answer.text == answer.text and "dãy" not in question
    return told and are_listed(sentence, last)


def _count_different_things(answer: Answer) -> bool:
    """`12 phần, 4 quyển vở, 3 cái bút`: no list of several values for one thing."""
    values = [part.meaning for part in answer.parts]
    return len({value.unit for value in values if isinstance(value, Quantity) and value.is_count}) == len(values)


_ARGUMENTS = re.compile(r"(?<=[^\W\d_])(?:\([^()]*[;,][^()]*\)| ?_[\[(][^()\[\]]{1,40}[;,][^()\[\]]{1,40}[\])])")
"""`(24; 36)` of `ƯCLN(24; 36)`, `_[-1; 3]` of `max_[-1; 3] y`."""
_FORMULA = re.compile(r"\(|\d[\d,]* × 10\^|(?<![^\W\d_])[a-z] ?[<>≤≥≠=]")


def are_named(answer: Answer) -> bool:
    """Whether each of several values has a name in words of its own: `số bé`, `số lớn`."""
    return len({part.label for part in answer.parts if part.label[1:]}) == len(answer.parts) > 1


def are_named_in_words(answer: Answer) -> bool:
    """Whether several values are named, and each name is one of words alone."""
    return are_named(answer) and all(re.fullmatch(r"[^\W\d_]{2,}(?: [^\W\d_]+)*", part.label) for part in answer.parts)


def joins_results_by_or(task: Task, gold: Answer, answer: Answer, sentences: Sequence[str]) -> bool:
    """Whether results that are all asked for are joined by `or`; roots may be."""
    if answer.kind != "multi" or any(part.kind == "multi" for part in gold.parts):
        return False
    if are_named(answer) and any(map(OFFERED.search, sentences)):
        return True
    all_asked = (
        gold.ordered
        or re.search("[∩∪]", task.question)
        or _TWO_UNKNOWNS.search(task.question)
        or not _ASKS_FOR_ROOTS.search(task.question)
    )
    return bool(all_asked) and any(map(_OR.search, sentences))


_OR = re.compile(r"(?i)(?<!\w)hoặc(?!\w)")
_TWO_UNKNOWNS = re.compile(
    r"(?i:chữ số|các số|hai số|điểm) [a-zA-Z](?:,| và) ?[a-zA-Z](?!\w)|lập hệ phương trình"
    r"|(?:tọa|toạ) độ (?:của )?[A-Z] và [A-Z](?!\w)"
)
"""`tìm các chữ số x, y`, `các điểm A và B`: both are asked for."""
_ASKS_FOR_ROOTS = re.compile(
    r"(?i)(?<!\w)(?:giải(?! bài)|nghiệm|phương trình|tập hợp|giá trị nào|số nào|những số|liệt kê|tất cả|chữ số"
    r"|cực trị|điểm [A-Z]|các số có|(?:tọa|toạ) độ|(?:tính|xác định|giá trị của) [a-z](?![\w(]|(?: và|,) ?[a-z](?!\w))"
    r"|tìm (?:(?:các|mọi) )?(?:(?:giá trị|số|chữ số)(?: \w+){0,3} )?[a-z](?!\w|(?: và|,) ?[a-z](?!\w)))(?!\w)"
)
"""Several values of one unknown: any of them is a solution."""
