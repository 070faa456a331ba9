"""An answer as it was written -> what it says to its question: a letter's option, a blank's percentage, the asked unit."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.chosen_letter import OTHER_OPTION, contradicts_letter
from mathpal_lightning.evaluation.answer.symbolic import asks_for_equation
from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.question.options import option_texts, read_options
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity, Relation
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import answer_of, multi
from mathpal_lightning.evaluation.words.digits import digits
from mathpal_lightning.evaluation.words.question_names import names_listed
from mathpal_lightning.evaluation.words.ranking import ranking
from mathpal_lightning.schema import Answer


def completed(answer: Answer, solution: Solution) -> Answer:
    """What an answer says to its question.

    A letter gets its option's value, a number in the blank of `...%` is a percentage, `32 dặm mỗi tuần` counts the miles that
    are asked for. Of several values that repeat the question's own those that it asks for are left.
    """
    question = solution.question
    if answer.kind == "multi":
        answer = _asked_of_several(_without_discriminant(answer, question), question)
    if answer.kind in ("text", "relation") and "doubted" not in answer.notes:
        said = Solution(answer.text, question)
        answer = ranking(said) or digits(said) or names_listed(said) or answer
    if answer.kind == "relation":
        answer = _value_asked(answer, solution)
    if answer.kind == "number" and _PERCENT_BLANK.search(question):
        answer = solution.read(f"{answer.text.replace('.', ',')}%") or answer
    if (minutes := re.fullmatch(r"(\d+)p", answer.text)) and "phút" in question.lower():
        answer = solution.read(f"{minutes[1]} phút") or answer
    if answer.kind == "quantity" and "/" in answer.text:
        answer = _of_the_asked_span(answer, question)
    answer = _offered_with_its_letter(answer, solution)
    if answer.kind == "choice":
        notes = (OTHER_OPTION,) if contradicts_letter(question, answer.text, solution.text) else answer.notes
        answer = replace(answer, value=read_options(question).get(answer.text) or answer.value, notes=notes)
    return answer


def _without_discriminant(answer: Answer, question: str) -> Answer:
    """The roots of `Δ = 49; x_1 = 3; x_2 = -1/2`, unless the question speaks of Δ too."""
    kept = [part for part in answer.parts if not _DISCRIMINANT.fullmatch(part.label)]
    if _DISCRIMINANT.search(question) or not 0 < len(kept) < len(answer.parts):
        return answer
    return replace(answer, parts=tuple(kept)) if len(kept) > 1 else kept[0]


_DISCRIMINANT = re.compile(r"[Δδ∆]'?")


def _asked_of_several(answer: Answer, question: str) -> Answer:
    """The 12th of twelve numbers where that is asked for; 12 and 15 of `3, 6, 9, 12, 15`, the first three being given."""
    place = re.findall(r"(?i)(?<!\w)số (?:hạng )?thứ (\d+)", question)
    if len(place) == 1 and len(answer.parts) == int(place[0]):
        return answer.parts[-1]
    given = re.findall(r"(?<![\d,])\d+(?:,\d+)?(?![\d,]*\d)", question) if _CONTINUES.search(question) else []
    known = len(given)
    if known < 2 or len(answer.parts) <= known or [part.text.replace(".", ",") for part in answer.parts[:known]] != given:
        return answer
    return multi(list(answer.parts[known:]), ordered=True) if len(answer.parts) > known + 1 else answer.parts[-1]


def _value_asked(answer: Answer, solution: Solution) -> Answer:
    """-26 of `(x_1 + x_2) - 5x_1x_2 = -26`, where the question asks for the value of the left side."""
    value = answer.meaning
    if not isinstance(value, Relation) or value.signs != ("=",) or asks_for_equation(solution.question):
        return answer
    left, question = (without_spaces(text) for text in (value.items[0], solution.question))
    asked = len(left) > 2 and re.search("[a-z]", left) and left in question and f"{left}=" not in question
    return (asked and solution.read(value.items[1])) or answer


def _offered_with_its_letter(answer: Answer, solution: Solution) -> Answer:
    """The option `x = 2` that a solution says, where another one is `y = 2`: the value alone tells none from the other."""
    offers = option_texts(solution.question) if answer.kind in ("number", "fraction", "expression") else {}
    read = {letter: option for letter, option in read_options(solution.question).items() if "=" in offers.get(letter, "")}
    same = [letter for letter, option in read.items() if same_answer(option, answer, solution.question)]
    said = without_spaces(solution.text)
    places = {letter: said.rfind(without_spaces(offers[letter]).strip(".;")) for letter in same}
    last = max(places, key=lambda letter: places[letter], default="")
    return Answer("choice", last) if len(same) > 1 and places[last] >= 0 else answer


_CONTINUES = re.compile(r"(?i)(?:viết|điền|tìm)[^.?]{0,20} tiếp(?! (?:xúc|tuyến))")
_PERCENT_BLANK = re.compile(r"(?:\.{2,}|…|_{2,}|\?) ?%")
"""`0,25 = ...%`."""


def _of_the_asked_span(answer: Answer, question: str) -> Answer:
    """`32 dặm mỗi tuần` is 32 miles where `Một tuần cô chạy bao nhiêu dặm?` is asked."""
    value = answer.meaning
    unit, _, span = value.unit.partition("/") if isinstance(value, Quantity) else ("", "", "")
    if span in ("", "giờ", "giây", "phút") or not isinstance(value, Quantity):
        return answer
    thing = "tiền" if unit.endswith("đồng") else re.escape(unit)
    counted = re.search(rf"(?i)(?:bao nhiêu|mấy) (?:{re.escape(unit)}|{thing})(?! ?(?:mỗi |một |trên ))(?!\w)", question)
    spanned = re.search(rf"(?i)(?:(?<!\w)(?:mỗi|một|1|trong|hằng|hàng) |/ ?){re.escape(span)}(?!\w)", question)
    return answer_of(replace(value, unit=unit)) if counted and spanned else answer
