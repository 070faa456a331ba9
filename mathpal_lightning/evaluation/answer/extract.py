"""Solution text -> the final answer, and the rule that found it.

The rules stand in the order in which a teacher looks for the answer: a chosen letter, `Đáp số`, a box, the parts a) b) c), the
several things asked for, `Vậy ...`, and at last what the last line computes. A solution that breaks off has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from mathpal_lightning.evaluation.answer.blanks import blanks, blanks_in_words, filled
from mathpal_lightning.evaluation.answer.cases_of_parameter import cases_of_parameter
from mathpal_lightning.evaluation.answer.completion import completed
from mathpal_lightning.evaluation.answer.conclusion import asked_quantity, compared
from mathpal_lightning.evaluation.answer.count_and_list import count_and_list
from mathpal_lightning.evaluation.answer.forms_asked import forms_asked
from mathpal_lightning.evaluation.answer.framed_value import framed_value
from mathpal_lightning.evaluation.answer.general_solution import general_solution
from mathpal_lightning.evaluation.answer.last_lines import concluded, trailing
from mathpal_lightning.evaluation.answer.matched import matched
from mathpal_lightning.evaluation.answer.monotony import monotony
from mathpal_lightning.evaluation.answer.most_and_amount import most_and_by_how_much
from mathpal_lightning.evaluation.answer.named_sets import named_sets
from mathpal_lightning.evaluation.answer.one_line import bare, named_results
from mathpal_lightning.evaluation.answer.one_of_several import in_order_of_things, is_one, with_the_others
from mathpal_lightning.evaluation.answer.option_mentioned import option_mentioned
from mathpal_lightning.evaluation.answer.parts import part_marks, parts
from mathpal_lightning.evaluation.answer.prose import last_value
from mathpal_lightning.evaluation.answer.quantified import quantified
from mathpal_lightning.evaluation.answer.results_by_name import each_named, quotient_of_polynomials
from mathpal_lightning.evaluation.answer.results_of_things import results_of_things
from mathpal_lightning.evaluation.answer.several_results import several
from mathpal_lightning.evaluation.answer.signs import sign_filled, signs_filled
from mathpal_lightning.evaluation.answer.stated_answer import Statements, boxed, chosen, stated, statements
from mathpal_lightning.evaluation.answer.table_row import table_row
from mathpal_lightning.evaluation.answer.value_and_frequency import value_and_frequency
from mathpal_lightning.evaluation.answer.value_and_kind import value_and_kind
from mathpal_lightning.evaluation.answer.year_and_century import year_and_century
from mathpal_lightning.evaluation.question.parts import asks_in_parts, is_proof
from mathpal_lightning.evaluation.question.things import asks_for_several, things_asked
from mathpal_lightning.evaluation.solution.bare_letters import with_brackets
from mathpal_lightning.evaluation.solution.examiner_marks import without_marks
from mathpal_lightning.evaluation.solution.plain import prepared
from mathpal_lightning.evaluation.solution.refusals import refuses, wavers
from mathpal_lightning.evaluation.solution.remarks import without_thoughts
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.solution.spoken_signs import with_spoken_signs
from mathpal_lightning.evaluation.solution.tables import rows_as_results
from mathpal_lightning.evaluation.solution.ticked_option import with_ticked_option
from mathpal_lightning.evaluation.solution.unfinished import MAX_LINE, is_unfinished
from mathpal_lightning.evaluation.words.answers_in_words import truth, verdict_said, words_alone
from mathpal_lightning.evaluation.words.digits import digits
from mathpal_lightning.evaluation.words.filled_units import unit_filled
from mathpal_lightning.evaluation.words.listed_words import words_listed
from mathpal_lightning.evaluation.words.numbered_names import numbered_name
from mathpal_lightning.evaluation.words.own_items import greater_asked
from mathpal_lightning.evaluation.words.question_names import names_listed
from mathpal_lightning.evaluation.words.quoted_words import quoted_word
from mathpal_lightning.evaluation.words.ranking import ranking
from mathpal_lightning.evaluation.words.several_days import several_days
from mathpal_lightning.evaluation.words.spelled_numbers import spelled
from mathpal_lightning.evaluation.words.superlatives import superlatives
from mathpal_lightning.evaluation.words.whether import whether
from mathpal_lightning.schema import Answer
from mathpal_lightning.text.plain import BOX_OPEN

MAX_LENGTH = 20_000
"""Characters: a longer solution is refused as unreadable."""
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
    seen = solution_seen(solution, question)
    if seen is None or wavers(seen.text) and not seen.asks_whether:
        return None
    unfinished = is_unfinished(solution) or refuses(seen.text) and not seen.asks_whether
    by_parts = asks_in_parts(seen.question) and len(part_marks(seen)) > 1
    a_box_each = seen.text.count(BOX_OPEN) == len(things_asked(seen.asked)) > 1 and results_of_things(seen) is not None
    for name, rule in _RULES:
        if name == "boxed" and (a_box_each or by_parts and seen.text.count(BOX_OPEN) in (1, len(part_marks(seen)))):
            continue  # each box is of one part
        if name == "stated" and by_parts and _HEADING.search(seen.text) and (answer := _parts(seen)) and len(answer.parts) > 1:
            return replace(completed(answer, seen), rule="parts")
        if name not in ("matched", "unit", "chosen", "stated", "parts") and (unfinished or is_proof(seen.question)):
            continue
        answer = rule(seen)
        if answer is not None and name == "bare" and all(part.label for part in answer.parts):
            answer = in_order_of_things(answer, seen)
        if answer is not None and name in (*_STATING, *_COMPUTING) and is_one(answer, seen) and asks_for_several(seen.asked):
            if name in _COMPUTING:
                continue  # one of the things that are asked for
            answer = with_the_others(answer, seen)
        if answer is not None:
            return None if name == "stated" and _proves_only(answer, seen) else replace(completed(answer, seen), rule=name)
        if name == "parts" and len(part_marks(seen)) > 1:
            break  # every part was looked at
    return None


def statements_of(solution: str, question: str | None = None) -> Statements:
    """What a solution states as its answer, and the sentences in which it does so.

    Those of several parts a) b) c) are left out: each part may state its own.
    """
    seen = solution_seen(solution, question)
    if seen is None or len(part_marks(seen)) > 1:
        return Statements()
    found = statements(seen)
    if unit_filled(seen):
        return replace(found, stated=(), concluded=())  # a unit alone is read as letters there
    return replace(
        found,
        stated=tuple(completed(answer, seen) for answer in found.stated),
        concluded=tuple(completed(answer, seen) for answer in found.concluded),
    )


def solution_seen(solution: str, question: str | None) -> Solution | None:
    """Both texts as the rules see them; None for what is no solution or too long a one."""
    if not isinstance(solution, str) or len(solution) > MAX_LENGTH:
        return None
    return _seen(solution, question if isinstance(question, str) else "")


@lru_cache(maxsize=8)
def _seen(solution: str, question: str) -> Solution | None:
    """Cached, because a judgement looks at the same solution several times."""
    question = question[-MAX_QUESTION:]
    said = without_thoughts(solution)
    if said is None:
        return None
    spread = rows_as_results(with_ticked_option(without_marks(_SUMMARY.sub("", said))), question)
    text = "\n".join(line[-MAX_LINE:] for line in prepared(spread, question).split("\n"))
    problem = prepared(_EMPTY_BOX.sub("...", question), said)
    return Solution(with_spoken_signs(with_brackets(text, problem), problem), problem)


_SUMMARY = re.compile(r"(?i)\A[\W_]*tóm tắt(?: đề)?[\W_]*\n(?:.*\n){1,12}?(?=[\W_]*(?:bài |lời )?giải[\W_]*$)", re.MULTILINE)
"""`Tóm tắt`, and the question's data as far as `Bài giải`."""
_EMPTY_BOX = re.compile("[□▢☐◻⬜○◯⭕]|\\\\(?:square|Box|bigcirc)(?![a-zA-Z])")


_HEADING = re.compile(r"(?im)^(?:đáp (?:án|số)|trả lời|kết quả) ?: *\n+a[).]")
"""`Đáp án:` above the worked parts."""


_COMPUTING = ("bare", "concluded", "trailing", "asked_quantity", "prose")
"""Rules that look at the last line alone: they may find the last of several results."""
_STATING = ("stated", "boxed")


def _proves_only(answer: Answer, solution: Solution) -> bool:
    """Whether what is stated closes a proof."""
    return answer.kind in ("text", "relation") and is_proof(solution.question)


def _yes_or_no(solution: Solution) -> Answer | None:
    """`không` of a part that says `A không là trung điểm của OB`."""
    said = whether(solution)
    word = said and truth(solution.question, said.text)
    return Answer("text", word) if word else said


def _words_of_part(solution: Solution) -> Answer | None:
    """`Lan`, `thứ tư`, `Hình thoi`, `Vô nghiệm` as all that a part says, where its question asks who, which or what."""
    if len(solution.lines) == 1 and (said := words_alone(solution, solution.lines[0])):
        return said
    line = bare(solution)
    return line if line is not None and line.kind == "text" else None


_Rule = Callable[[Solution], Answer | None]
_PART_RULES: tuple[_Rule, ...] = (
    unit_filled,
    chosen,
    stated,
    boxed,
    quoted_word,
    blanks_in_words,
    verdict_said,
    _yes_or_no,
    superlatives,
    ranking,
    digits,
    spelled,
    numbered_name,
    named_results,
    names_listed,
    each_named,
    compared,
    several,
    concluded,
    trailing,
    last_value,
    _words_of_part,
)


def _parts(solution: Solution) -> Answer | None:
    return parts(solution, _PART_RULES)


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("matched", matched),
    ("signs", signs_filled),
    ("unit", unit_filled),
    ("chosen", chosen),
    ("superlatives", superlatives),
    ("most", most_and_by_how_much),
    ("monotony", monotony),
    ("quantified", quantified),
    ("stated", stated),
    ("boxed", boxed),
    ("parts", _parts),
    ("sets", named_sets),
    ("cases", cases_of_parameter),
    ("general", general_solution),
    ("quotient", quotient_of_polynomials),
    ("dated", year_and_century),
    ("days", several_days),
    ("table", table_row),
    ("kind", value_and_kind),
    ("frequency", value_and_frequency),
    ("forms", forms_asked),
    ("blanks", blanks),
    ("quoted", quoted_word),
    ("truth", verdict_said),
    ("whether", whether),
    ("ranked", ranking),
    ("digits", digits),
    ("listed_names", names_listed),
    ("listed_words", words_listed),
    ("spelled", spelled),
    ("greater", greater_asked),
    ("numbered", numbered_name),
    ("counted", count_and_list),
    ("bare", bare),
    ("compared", compared),
    ("sign", sign_filled),
    ("several", several),
    ("option", option_mentioned),
    ("framed", framed_value),
    ("concluded", concluded),
    ("trailing", trailing),
    ("filled", filled),
    ("asked_quantity", asked_quantity),
    ("prose", last_value),
)
