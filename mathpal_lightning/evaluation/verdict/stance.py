"""Does a solution stand by its answer? Not where it denies it, doubts it, offers another one, or states something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from mathpal_lightning.evaluation.answer.stated_answer import Statements
from mathpal_lightning.evaluation.language.characters import has_digit, only_words
from mathpal_lightning.evaluation.language.doubt import GUESSES, NOT_BUT, OFFERED
from mathpal_lightning.evaluation.language.rules import Sign
from mathpal_lightning.evaluation.question.task import Task
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import chain_holds, value_of
from mathpal_lightning.evaluation.verdict.another_subject import counts_another, tells_of_another
from mathpal_lightning.evaluation.verdict.extremes import exchanges_extremes
from mathpal_lightning.evaluation.verdict.ordinals import numbers_another
from mathpal_lightning.evaluation.verdict.other_side import takes_the_other_side
from mathpal_lightning.evaluation.verdict.two_answers import agrees, are_named, lists_several, offers_another
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW
from mathpal_lightning.schema import Answer

DENIALS = (
    Sign(
        "no, not",
        r"(?<!\w)(?:không|chẳng|chưa|đâu|đừng)(?: thể)? (?:phải|bằng|đúng|chọn|là)(?!\w)",
        "Kết quả không phải 16",
    ),
    Sign(
        "is wrong",
        r"(?:(?<!\w)là (?:(?:kết quả|đáp án|đáp số|câu trả lời) )?|,|\() ?(?:sai|không đúng|chưa đúng)\W*$",
        "16 bạn là sai",
    ),
    Sign("wrong behind a number", r"(?<=\d) sai\W*$|(?<=nghiệm) sai\W*$", "x = 5 sai"),
    Sign("a value that is rejected, and no other one", r"^[^=]*=[^=]*\((?:bị )?loại\)\W*$", "m = -2 + √10 (loại)"),
)
_POSSIBLY = Sign("possibly", r"(?<!\w)có thể(?: là(?!\w)| bằng(?!\w)|(?= -?\d))", "Kết quả có thể là 16")
_ASKS = Sign("a question", r"\?\W*$", "Kết quả là 16?")
DOUBTS = (
    _POSSIBLY,
    Sign("a guess", GUESSES, "Chắc là 16"),
    Sign("or so", r"\d[^\d.;,=]{0,14} (?:gì đó|gì gì|là cùng|đổ (?:lên|lại)|trở (?:lên|xuống))\W*$", "Được 16 cái gì đó"),
    Sign("more than that", rf"\d ?(?:(?!{'|'.join((*LOW, *HIGH))})[^\W\d_]+ )?(?:hơn|mấy)\W*$", "Được 16 cái hơn"),
    _ASKS,
)


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
    return _says([sign for sign in DOUBTS if sign is not _POSSIBLY or not all_cases], case)


def _says(signs: Sequence[Sign], case: Case) -> bool:
    """Whether the solution says such words, and neither the reference nor the question does."""
    patterns = [sign.words for sign in signs]
    own = _found(patterns, case.said.sentences) - _found(patterns, (*case.reference.sentences, case.gold.text))
    asked = _words_of(patterns, [case.task.question]) if own else set()
    return any(not _words_of([pattern], case.said.sentences) <= asked or pattern == _ASKS.words for pattern in own)


def _formula(sentence: str) -> str:
    """The formula that a sentence ends in, without the words in front."""
    sentence = re.sub(r"^.*(?<![^\W\d_])[a-z] ?= ?-?[\d,./]+[:;,] ", "", sentence)  # `Thay x = 4: 4² - 3.4 + 2 = 6`
    start = re.search(r"(?<![\w√])(?<!\b[a-zA-Z] )(?<![-+×*/] )(?:- ?)?[\d(√][^=]*=", sentence)
    if start is None or _NAMES.search(sentence[: start.start()]) and _LONE.fullmatch(start[0]):
        return ""
    formula = sentence[start.start() :]
    while _IN_LETTERS.search(formula.partition("=")[0]):
        formula = formula.partition("=")[2]
    return formula


_IN_LETTERS = re.compile(r"\d?[A-Z]|/[a-z](?![^\W\d_])")
"""`2S/a`, in front of the numbers."""
_LONE = re.compile(r"-? ?\d[\d,./]*(?:(?:; ?| | và )\d[\d,./]*)* ?(?:°|%|[^\W\d_]{1,4}(?:\^[23])?)? ?=")
_NAMES = re.compile(
    r"(?i)(?<!\w)(?!(?:là|bằng|được|có|còn|ra|vậy|nên|số|quả|kết|hay|tức) )[^\W\d_]{2,} (?:\d[\d./]*(?:; ?|, ?| và )){0,5}$"
)
"""`ƯCLN của 24 và 36 = 12`, `sin 30° = 1/2`: the number before the sign is part of a name."""


def _found(patterns: Sequence[str], sentences: Sequence[str]) -> set[str]:
    return {pattern for pattern in patterns for sentence in sentences if re.search(pattern, sentence, re.IGNORECASE)}


def _words_of(patterns: Sequence[str], sentences: Sequence[str]) -> set[str]:
    """The words that the patterns find: `không chọn` of a question excuses no `không phải` of an answer."""
    found = (match[0] for pattern in patterns for text in sentences for match in re.finditer(pattern, text, re.IGNORECASE))
    return {re.sub(r"\W+", " ", words).strip().lower() for words in found}


def _holds(formula: str) -> bool:
    """Whether an equality holds, `3.8` read as a decimal or as a product."""
    announced = re.sub(r"^-?[\d.,]+ ?: (?=-?[\d(])", "", formula)
    return any(chain_holds(read) for read in (formula, re.sub(r"(?<=\d)\.(?=\d)", " × ", formula), announced))


def _computes_wrongly(case: Case) -> bool:
    """Whether the formula that gives the answer does not hold, and the reference's does."""
    own, known = (any(not _holds(_formula(line)) for line in side.sentences) for side in (case.said, case.reference))
    return own and not known


def _chooses_several(case: Case) -> bool:
    own, known = ({claim.text for claim in side.stated if claim.kind == "choice"} for side in (case.said, case.reference))
    return len(own) > 1 >= len(known)


def _offers_another(case: Case) -> bool:
    return any(offers_another(sentence, case.answer, case.task) for sentence in case.said.sentences)


def _joins_results_by_or(case: Case) -> bool:
    """Whether results that are all asked for are joined by `or`, unlike in the reference; roots may be."""
    known = any(OFFERED.search(sentence) for sentence in case.reference.sentences)
    if known or case.answer.kind != "multi" or any(part.kind == "multi" for part in case.gold.parts):
        return False
    if case.joined and are_named(case.answer):
        return True
    all_asked = case.gold.ordered or _TWO_UNKNOWNS.search(case.task.question) or not _ASKS_FOR_ROOTS.search(case.task.question)
    return bool(all_asked) and any(map(_OR.search, case.said.sentences))


_OR = re.compile(r"(?i)(?<!\w)hoặc(?!\w)")
_TWO_UNKNOWNS = re.compile(r"(?i:chữ số|các số|hai số|điểm) [a-zA-Z](?:,| và) ?[a-zA-Z](?!\w)|lập hệ phương trình")
"""`tìm các chữ số x, y`, `các điểm A và B`: both are asked for."""
_ASKS_FOR_ROOTS = re.compile(
    r"(?i)(?<!\w)(?:giải(?! bài)|nghiệm|phương trình|tập hợp|giá trị nào|số nào|những số|liệt kê|tất cả|chữ số"
    r"|cực trị|điểm [A-Z]|các số có|(?:tọa|toạ) độ|(?:tính|xác định|giá trị của) [a-z](?![\w(]|(?: và|,) ?[a-z](?!\w))"
    r"|tìm (?:(?:các|mọi) )?(?:(?:giá trị|số|chữ số)(?: \w+){0,3} )?[a-z](?!\w|(?: và|,) ?[a-z](?!\w)))(?!\w)"
)
"""Several values of one unknown: any of them is a solution."""


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
    said = case.said
    return not said.states and bool(said.sentences) and tells_of_another(said.sentences[-1], case.answer, case.task.question)


def _states_another(case: Case) -> bool:
    """Whether a further `Đáp số` or `Vậy` says something else."""
    stated = [(claim, True) for claim in case.said.stated] + [(claim, False) for claim in case.said.concluded]
    return any(not agrees(claim, case.answer, case.task, firm) for claim, firm in stated)


_PLACE = re.compile(
    r"(?i)(?<!\w)(?:khi|tại)(?: và chỉ khi)? (?P<letter>[a-z]) ?= ?(?P<value>-? ?\d+(?:[.,]\d+|/[1-9]\d*)?)"
    r"(?![\d.,/]*[-+×*/^√\d])"
)
"""`7 khi x = -1`: where a greatest or least value is taken."""


def _places(sentences: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in (match for sentence in sentences for match in _PLACE.finditer(sentence)):
        found.setdefault(place["letter"], set()).add(place["value"].replace(" ", "").replace(",", "."))
    return found


def _is_taken_elsewhere(case: Case) -> bool:
    """Whether the solution says another place than the reference: `GTLN là 7 khi x = 1` against `x = -1`."""
    own, known = _places(case.said.sentences), _places(case.reference.sentences)
    pairs = [(own[letter], known[letter]) for letter in own.keys() & known.keys()]
    return any(len(ours) == len(theirs) == 1 and Fraction(*ours) != Fraction(*theirs) for ours, theirs in pairs)


def _exchanges_extremes(case: Case) -> bool:
    return exchanges_extremes(case.said.sentences, case.reference.sentences)


def _takes_the_other_side(case: Case) -> bool:
    said, known = (side.sentences[-1] if side.sentences else "" for side in (case.said, case.reference))
    return takes_the_other_side(said, known, case.answer, case.task.question)


_TWO = "Em viết hai đáp số khác nhau"
_OTHER = "Em trả lời khác điều đề bài hỏi"
FAULTS = (
    Fault(
        "Em mới chép lại đề bài, chưa làm ra kết quả",
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
    Fault(_TWO, _states_another, "Tính: 8 × 6", "48", "Đáp số: 49\nĐáp số: 48"),
)
"""In this order: the first that shows is told."""
