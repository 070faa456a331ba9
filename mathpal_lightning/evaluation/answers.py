"""Solution text -> the final answer, and the rule that found it.

The rules stand in the order in which a teacher looks for the answer: a chosen letter, `Đáp số`, a box, the parts a) b) c), the
several things asked for, `Vậy ...`, and at last what the last line computes. A solution that breaks off has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mathpal_lightning.evaluation.bare import bare
from mathpal_lightning.evaluation.blanks import blanks, filled
from mathpal_lightning.evaluation.conclusion import asked_quantity, compared
from mathpal_lightning.evaluation.dollars import dollars_in_words
from mathpal_lightning.evaluation.marks import without_marks
from mathpal_lightning.evaluation.options import mentioned_offer, mentioned_option, offered_word, read_options
from mathpal_lightning.evaluation.parts import alone, is_proof, part_marks, parts
from mathpal_lightning.evaluation.prose import last_value
from mathpal_lightning.evaluation.reading import answer_of
from mathpal_lightning.evaluation.remarks import without_thoughts
from mathpal_lightning.evaluation.several import several
from mathpal_lightning.evaluation.solution import Solution, prepared, refuses
from mathpal_lightning.evaluation.stated import Statements, boxed, chosen, stated, statements
from mathpal_lightning.evaluation.trailing import concluded, trailing
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.schema import Answer

MAX_LENGTH = 20_000
"""Characters: a longer solution is refused as unreadable."""
MAX_LINE = 2_000
"""Characters of a line that are looked at, counted from its end."""
MAX_QUESTION = 3_000
"""Characters of the question that are read, counted from its end: what it asks and its options stand there."""


def extract_answer(solution: str, question: str | None = None) -> Answer | None:
    """The final answer of a solution.

    Args:
        solution: Vietnamese text, with LaTeX, HTML or markdown or without.
        question: the question it answers: maps a letter to its option and tells how many values are asked for.

    Returns:
        The Answer with the rule that found it, or None: the solution breaks off, only proves or draws something, or is longer
        than 20,000 characters. Never raises.
    """
    seen = _seen(solution, question)
    if seen is None:
        return None
    unfinished = _ends_inside(dollars_in_words(solution)) or refuses(seen.text) and not seen.asks_whether
    for name, rule in _RULES:
        if name not in ("chosen", "stated", "parts") and (unfinished or is_proof(seen.question)):
            continue
        answer = rule(seen)
        if answer is not None:
            return None if name == "stated" and _proves_only(answer, seen) else replace(_complete(answer, seen), rule=name)
        if name == "parts" and len(part_marks(seen)) > 1:
            break  # every part was looked at
    return None


def statements_of(solution: str, question: str | None = None) -> Statements:
    """What a solution states as its answer, and the sentences in which it does so.

    Those of several parts a) b) c) are left out: each part may state its own.
    """
    seen = _seen(solution, question)
    if seen is None or len(part_marks(seen)) > 1:
        return Statements()
    found = statements(seen)
    return replace(
        found,
        stated=tuple(_complete(answer, seen) for answer in found.stated),
        concluded=tuple(_complete(answer, seen) for answer in found.concluded),
    )


def _seen(solution: str, question: str | None) -> Solution | None:
    """Both texts as the rules see them; None for what is no solution or too long a one."""
    if not isinstance(solution, str) or len(solution) > MAX_LENGTH:
        return None
    said = without_thoughts(solution)
    if said is None:
        return None
    asked = question if isinstance(question, str) else ""
    text = "\n".join(line[-MAX_LINE:] for line in prepared(without_marks(said)).split("\n"))
    return Solution(text, prepared(asked[-MAX_QUESTION:]))


def _ends_inside(solution: str) -> bool:
    """Whether the text stops inside a formula, a bracket or a tag, as it does where a model ran out of tokens."""
    last = solution.rstrip()[-MAX_LINE:].rpartition("\n")[2]
    if re.search(r"[\])]\W*$", last) and re.search(r"[\[(\]][^()\[\]]*[;,][^()\[\]]*[\])\[]\W*$", last):
        return False  # a half-open interval
    if any(last.rfind(opening) > last.rfind(closing) for opening, closing in ("()", "{}")):
        return True
    return re.search(r"(?:\\\w*|</?[a-z]+|</|\S ?<)$", last) is not None or last.count("$") % 2 == 1 and not last.endswith("$")


def _proves_only(answer: Answer, solution: Solution) -> bool:
    """Whether what is stated closes a proof."""
    return answer.kind in ("text", "relation") and is_proof(solution.question)


def _complete(answer: Answer, solution: Solution) -> Answer:
    """A letter gets its option's value. Where the 12th number is asked for and twelve are listed, it is the last of them."""
    place = re.findall(r"(?i)(?<!\w)số (?:hạng )?thứ (\d+)", solution.question)
    if len(place) == 1 and answer.kind == "multi" and len(answer.parts) == int(place[0]):
        answer = answer.parts[-1]
    if answer.kind == "number" and _PERCENT_BLANK.search(solution.question):
        answer = solution.read(f"{answer.text.replace('.', ',')}%") or answer
    if answer.kind == "quantity" and "/" in answer.text:
        answer = _of_the_asked_span(answer, solution.question)
    if answer.kind == "choice":
        options = read_options(solution.question)
        answer = replace(answer, value=options.get(answer.text) or answer.value)
    return answer


_PERCENT_BLANK = re.compile(r"(?:\.{2,}|…|_{2,}|\?) ?%")
"""`0,25 = ...%`: the number in the blank is a percentage."""


def _of_the_asked_span(answer: Answer, question: str) -> Answer:
    """`32 dặm mỗi tuần` is 32 miles where `Một tuần cô chạy bao nhiêu dặm?` is asked."""
    value = answer.meaning
    unit, _, span = value.unit.partition("/") if isinstance(value, Quantity) else ("", "", "")
    if (
        span in ("", "giờ", "giây", "phút")
        or not isinstance(value, Quantity)
        or re.search(r"(?i)vận tốc|tốc độ|năng suất", question)
    ):
        return answer
    counted = re.search(rf"(?i)(?:bao nhiêu|mấy) {re.escape(unit)}(?! ?(?:/|mỗi |một |trên ))(?!\w)", question)
    spanned = re.search(rf"(?i)(?<!\w)(?:mỗi|một|1|trong|hằng|hàng) {re.escape(span)}(?!\w)", question)
    return answer_of(replace(value, unit=unit)) if counted and spanned else answer


_Rule = Callable[[Solution], Answer | None]
_PART_RULES: tuple[_Rule, ...] = (chosen, stated, boxed, compared, several, concluded, trailing, last_value, alone)


def option(solution: Solution) -> Answer | None:
    """The one option that the last line mentions, where no letter is chosen."""
    last = solution.lines[-1] if solution.lines else ""
    if last and (word := offered_word(solution.question, last) or mentioned_offer(solution.question, last)):
        return word
    computed = [line for line in solution.lines if "=" in line][-1:]
    lines = [*solution.lines[-1:], *computed]
    return next(filter(None, (mentioned_option(solution.question, line) for line in lines)), None)


def _parts(solution: Solution) -> Answer | None:
    return parts(solution, _PART_RULES)


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("chosen", chosen),
    ("stated", stated),
    ("boxed", boxed),
    ("parts", _parts),
    ("blanks", blanks),
    ("bare", bare),
    ("compared", compared),
    ("several", several),
    ("option", option),
    ("concluded", concluded),
    ("trailing", trailing),
    ("filled", filled),
    ("asked_quantity", asked_quantity),
    ("prose", last_value),
)
