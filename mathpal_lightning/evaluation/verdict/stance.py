"""Does a solution stand by its answer? Not where it denies it, doubts it, offers another one, or states something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from mathpal_lightning.evaluation.answer.stated_answer import Statements
from mathpal_lightning.evaluation.language.characters import has_digit, only_words
from mathpal_lightning.evaluation.language.doubt import NOT_BUT, OFFERED
from mathpal_lightning.evaluation.language.rules import Sign
from mathpal_lightning.evaluation.question.task import Task
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.evaluation.verdict.another_subject import counts_another, tells_of_another
from mathpal_lightning.evaluation.verdict.doubts import ASKS, DENIALS, DOUBTS, POSSIBLY
from mathpal_lightning.evaluation.verdict.extremes import exchanges_extremes
from mathpal_lightning.evaluation.verdict.form import COPIED
from mathpal_lightning.evaluation.verdict.meant import (
    changes_the_value,
    denies_the_words,
    leans_on_the_key,
    turns_what_is_asked,
)
from mathpal_lightning.evaluation.verdict.ordinals import numbers_another
from mathpal_lightning.evaluation.verdict.other_side import takes_the_other_side
from mathpal_lightning.evaluation.verdict.place_of_bound import is_taken_elsewhere
from mathpal_lightning.evaluation.verdict.revision import corrects_itself, gives_two_results
from mathpal_lightning.evaluation.verdict.said_of import is_said_of_another, labels_contradict
from mathpal_lightning.evaluation.verdict.symbols import names_another_symbol
from mathpal_lightning.evaluation.verdict.two_answers import agrees, joins_results_by_or, lists_several, offers_another
from mathpal_lightning.evaluation.verdict.unheard_of import speaks_of_the_unheard_of
from mathpal_lightning.evaluation.verdict.written_sum import sum_holds
from mathpal_lightning.evaluation.words.told_order import names_the_other_order
from mathpal_lightning.schema import Answer


class Case(NamedTuple):
    """An answer that has the reference's value, and what stands around both."""

    task: Task
    gold: Answer
    answer: Answer
    said: Statements
    """What the solution states, and in which words."""
    reference: Statements
    """The same of the reference: what it denies or doubts, the solution may."""

    @property
    def joined(self) -> bool:
        """Whether the solution joins two things by `or`."""
        return any(OFFERED.search(sentence) for sentence in self.said.sentences)

    @property
    def last_words(self) -> tuple[str, str]:
        """The last words of the solution and of the reference."""
        said, known = (side.sentences[-1] if side.sentences else "" for side in (self.said, self.reference))
        return said, known


class Fault(NamedTuple):
    """One way in which a solution does not stand by its answer."""

    reason: str
    """A Vietnamese sentence without its full stop."""
    shows: Callable[[Case], bool]
    question: str
    reference: str
    solution: str
    """An example: without this fault, its verdict has another reason."""


def stands_by(task: Task, gold: Answer, answer: Answer, said: Statements, reference: Statements) -> str:
    """Why a solution does not stand by its answer: the reason of the first fault that shows; empty where none does."""
    said = replace(said, sentences=tuple(NOT_BUT.sub("", sentence) for sentence in said.sentences))
    case = Case(task, gold, answer, said, reference)
    return next((fault.reason for fault in FAULTS if fault.shows(case)), "")


def _copies(case: Case) -> bool:
    """Whether a sentence is the whole question and no number behind it."""
    asked = only_words(case.task.question)
    said = [only_words(sentence) for sentence in case.said.sentences] if len(asked) > 12 else []
    return any(asked in sentence and not has_digit(sentence.replace(asked, "")) for sentence in said)


def _denies(case: Case) -> bool:
    """Whether the answer is denied; where a verdict is asked for, `An nói không đúng` is the answer itself."""
    said = replace(case.said, sentences=tuple(_REASON.sub("", sentence) for sentence in case.said.sentences))
    return case.answer.rule not in ("truth", "whether") and _says(DENIALS, case._replace(said=said))


_REASON = re.compile(r"(?<=[\w)}.])[,.]? (?:vì|do|bởi vì|bởi)(?! (?:vậy|thế|đó)(?!\w)) (?!.*(?<!\w)(?:nên|vậy)(?!\w)).*$")
"""`C vì 18 không phải số chính phương`: what a reason denies is not the answer."""


def _doubts(case: Case) -> bool:
    """Whether the answer is doubted; `x có thể là 4 hoặc 5` names both solutions."""
    all_cases = case.joined and case.gold.kind == case.answer.kind == "multi" and not case.gold.ordered
    return _says([sign for sign in DOUBTS if sign is not POSSIBLY or not all_cases], case)


def _says(signs: Sequence[Sign], case: Case) -> bool:
    """Whether the solution says such words, and neither the reference nor the question does."""
    patterns = [sign.words for sign in signs]
    own = _found(patterns, case.said.sentences) - _found(patterns, (*case.reference.sentences, case.gold.text))
    asked = _words_of(patterns, [case.task.question]) if own else set()
    return any(not _words_of([pattern], case.said.sentences) <= asked or pattern == ASKS.words for pattern in own)


def _found(patterns: Sequence[str], sentences: Sequence[str]) -> set[str]:
    return {pattern for pattern in patterns for sentence in sentences if re.search(pattern, sentence, re.IGNORECASE)}


def _words_of(patterns: Sequence[str], sentences: Sequence[str]) -> set[str]:
    """The words that the patterns find: `không chọn` of a question excuses no `không phải` of an answer."""
    found = (match[0] for pattern in patterns for text in sentences for match in re.finditer(pattern, text, re.IGNORECASE))
    return {re.sub(r"\W+", " ", words).strip().lower() for words in found}


def _computes_wrongly(case: Case) -> bool:
    """Whether the formula that gives the answer does not hold, and the reference's does."""
    own, known = (any(not sum_holds(line) for line in side.sentences) for side in (case.said, case.reference))
    return own and not known


def _chooses_several(case: Case) -> bool:
    own, known = ({claim.text for claim in side.stated if claim.kind == "choice"} for side in (case.said, case.reference))
    another = case.answer.kind == "choice" and any(map(_OTHER_LETTER.search, case.said.sentences))
    return len(own) > 1 >= len(known) or another


_OTHER_LETTER = re.compile(r"(?<!\w)(?:hoặc|hay)(?: là)? [A-H](?!\w)")


def _offers_another(case: Case) -> bool:
    return any(offers_another(sentence, case.answer, case.task) for sentence in case.said.sentences)


def _joins_results_by_or(case: Case) -> bool:
    known = any(OFFERED.search(sentence) for sentence in case.reference.sentences)
    return not known and joins_results_by_or(case.task, case.gold, case.answer, case.said.sentences)


def _counts_another(case: Case) -> bool:
    """Whether the answer counts things that the question does not ask for, and the reference does not count either."""
    value, wanted = (value_of(one) if one.kind == "quantity" else None for one in (case.answer, case.gold))
    if not isinstance(value, Quantity) or not value.is_count:
        return False
    as_reference = isinstance(wanted, Quantity) and value.unit == wanted.unit
    return not as_reference and counts_another(value.unit, case.task.question)


def _numbers_another(case: Case) -> bool:
    return numbers_another(case.task.question, case.answer, case.said.sentences)


def _lists_several(case: Case) -> bool:
    return lists_several(case.said, case.answer, case.task.question)


def _tells_of_another(case: Case) -> bool:
    said, known = case.last_words
    return tells_of_another(said, f"{known} {case.gold.text}", case.answer, case.task.question)


def _names_another_symbol(case: Case) -> bool:
    return names_another_symbol(*case.last_words, case.answer, case.task.question)


def _turns_what_is_asked(case: Case) -> bool:
    said, known = case.last_words
    known = f"{known} {case.gold.text}"
    turned = turns_what_is_asked(said, known, case.answer, case.task.question)
    return turned or case.task.ordered and names_the_other_order(said, case.task.question)


def _is_said_of_another(case: Case) -> bool:
    said, known = case.last_words
    question = case.task.question
    return (
        is_said_of_another(said, f"{known} {case.gold.text}", case.answer, question)
        or labels_contradict(case.gold, case.answer)
        or speaks_of_the_unheard_of(said, f"{case.reference.text} {case.gold.text}", question)
    )


def _changes_the_value(case: Case) -> bool:
    said, known = case.last_words
    if denies_the_words(said, known, case.answer):
        return True
    return changes_the_value(said, case.answer, case.task.question) and not changes_the_value(
        known, case.gold, case.task.question
    )


def _leans_on_the_key(case: Case) -> bool:
    return leans_on_the_key(case.said.text, case.task.question) and not leans_on_the_key(
        case.reference.text, case.task.question
    )


def _states_another(case: Case) -> bool:
    """Whether a further `Đáp số` or `Vậy` says something else; a box for each of several results does not."""
    parts, question = case.answer.parts, case.task.question
    a_box_each = len(parts) == len(case.said.stated) and all(
        same_answer(claim, part, question) for claim, part in zip(case.said.stated, parts, strict=True)
    )
    firm = not a_box_each and not _names_beside_amounts(case)
    stated = [(claim, firm) for claim in case.said.stated] + [(claim, False) for claim in case.said.concluded]
    return any(not agrees(claim, case.answer, case.task, firm) for claim, firm in stated)


def _names_beside_amounts(case: Case) -> bool:
    """`Đáp số: lớp 3B; 23 quyển`: the statement, of which the amount alone was read, holds every name of the answer."""
    names = [part.text for part in case.answer.parts if part.kind == "text"]
    return bool(names) and any(all(name in sentence for name in names) for sentence in case.said.sentences)


def _corrects_itself(case: Case) -> bool:
    return corrects_itself(case.said.text, case.answer, case.task.question)


def _gives_two_results(case: Case) -> bool:
    return case.gold.kind != "multi" and gives_two_results(case.said.text, case.answer, case.task.question)


def _is_taken_elsewhere(case: Case) -> bool:
    return is_taken_elsewhere(case.said.sentences, case.reference.sentences)


def _exchanges_extremes(case: Case) -> bool:
    return exchanges_extremes(case.said.sentences, case.reference.sentences)


def _takes_the_other_side(case: Case) -> bool:
    return takes_the_other_side(*case.last_words, case.answer, case.task.question)


_TWO = "Em viết hai đáp số khác nhau"
_OTHER = "Em trả lời khác điều đề bài hỏi"
FAULTS = (
    Fault(
        COPIED,
        _copies,
        "Cho các số: 9; 5; 3. Viết các số đó theo thứ tự từ lớn đến bé.",
        "9; 5; 3",
        "Đáp số: Cho các số: 9; 5; 3. Viết các số đó theo thứ tự từ lớn đến bé.",
    ),
    Fault("Em phủ định đáp số của mình", _denies, "Tính: 12 + 4", "16", "Kết quả không phải là 16."),
    Fault("Em chưa chắc chắn về đáp số", _doubts, "Tính: 12 + 4", "16", "Em nghĩ chắc là 16?"),
    Fault("Phép tính cho ra đáp số không đúng", _computes_wrongly, "Tính tổng.", "15", "12 - 3 = 15"),
    Fault("Em chọn nhiều đáp án", _chooses_several, "Tính 8 + 8. A. 16 B. 17", "Chọn A", "Chọn B\nChọn A"),
    Fault(_TWO, _offers_another, "Rút gọn biểu thức x + 2x.", "3x", "Vậy kết quả là 4x hay 3x."),
    Fault(
        _TWO,
        _joins_results_by_or,
        "Tìm hai số biết tổng là 8, hiệu là 2.",
        "Số lớn: 5; số bé: 3",
        "Vậy số lớn là 5 hoặc số bé là 3.",
    ),
    Fault(_TWO, _corrects_itself, "Tính: 12 + 4", "16", "Đáp số: 16 (đúng ra là 18)"),
    Fault(_TWO, _gives_two_results, "Tính: 12 + 4", "16", "Cách 1 được 18, cách 2 được 16."),
    Fault(_OTHER, _numbers_another, "Hội chợ mở vào tháng mấy?", "tháng 3", "Đó là ngày 3."),
    Fault(
        "Em viết nhiều đáp số, đề bài chỉ hỏi một",
        _lists_several,
        "Làm tròn số 48 763 đến hàng nghìn.",
        "49 000",
        "Các số trong bài là 48 763, 49 000.",
    ),
    Fault(_OTHER, _counts_another, "Số gà gấp 3 lần số vịt, tổng cộng 48 con. Tính số gà.", "36 con", "36 con vịt"),
    Fault(
        "Em viết chưa đúng giá trị của biến để có kết quả đó",
        _is_taken_elsewhere,
        "Tìm giá trị lớn nhất của A = 7 - (x + 1)^2.",
        "Giá trị lớn nhất của A là 7 khi x = -1",
        "GTLN của A là 7 khi x = 1",
    ),
    Fault(
        "Em nhầm điểm cực đại với điểm cực tiểu, hoặc giá trị của chúng",
        _exchanges_extremes,
        "Tìm các điểm cực trị của hàm số y = x^3 - 3x.",
        "Hàm số đạt cực đại tại x = -1, đạt cực tiểu tại x = 1.",
        "Hàm số đạt cực đại tại x = 1, đạt cực tiểu tại x = -1.",
    ),
    Fault(_OTHER, _takes_the_other_side, "Cần thêm bao nhiêu người để xong sớm 2 ngày?", "9 người", "Phải bớt đi 9 người."),
    Fault(_OTHER, _tells_of_another, "Cho hai số có tổng 145 và hiệu 35. Tìm số lớn.", "90", "Số bé là 90"),
    Fault(_OTHER, _names_another_symbol, "Cho f(x) = x^2 + 1. Tính f(3).", "f(3) = 10", "f(2) = 10"),
    Fault(_OTHER, _turns_what_is_asked, "Tìm khoảng đồng biến của y = x^2.", "(0;+∞)", "Hàm số nghịch biến trên (0; +∞)"),
    Fault(_OTHER, _is_said_of_another, "Cho y = 2x + b. Tìm b biết đồ thị qua M(1; 5).", "3", "a = 3"),
    Fault("Em viết thêm chữ hoặc dấu làm đáp số khác đi", _changes_the_value, "Tính: 12 + 4", "16", "Đáp số: gấp đôi 16"),
    Fault("Em chưa tự làm ra đáp số", _leans_on_the_key, "Tính: 12 + 4", "16", "Theo đáp án thì được 16."),
    Fault(_TWO, _states_another, "Tính: 8 × 6", "48", "Đáp số: 49\nĐáp số: 48"),
)
"""In this order: the first that shows is told."""
