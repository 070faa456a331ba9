"""Several results of other forms: clauses that compute, `which and by how much`, pairs that are tried one by one."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.mentioned_values import mentions
from mathpal_lightning.evaluation.answer.same_of_each import head_of
from mathpal_lightning.evaluation.language.clauses import without_lead
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_CLAUSE = re.compile(r"[,;] (?=[^\d=,;]{2,60}(?:=|(?<!\w)là(?!\w)|:))| và (?=[^\d=,;]{2,60}(?:=|(?<!\w)là(?!\w)|:))")
_COMPUTED = re.compile(r"[^\d=]{2,60}?(?:=|(?<!\w)là:?|:) ?[^=]*\d.*")


def computed_by_clause(solution: Solution) -> list[Answer]:
    """`Vậy số con chó là 6 : 2 = 3 con, số con gà là 8 - 3 = 5 con`: each clause of the last sentence computes one result."""
    if not solution.lines or not re.search(r"(?i)(?:bao nhiêu|mấy)[^?]*(?:(?:bao nhiêu|mấy)|mỗi)", solution.question):
        return []
    said = without_lead(last_sentence(solution.lines[-1]))
    clauses = _CLAUSE.split(said)
    if len(clauses) < 2 or "=" not in said or not all(_COMPUTED.fullmatch(clause) for clause in clauses):
        return []
    read = [(clause, closing_value(solution, clause)) for clause in clauses]
    answers = [replace(answer, label=head_of(clause).strip().lower()) for clause, answer in read if answer is not None]
    return answers if len(answers) == len(clauses) else []


_WHICH = re.compile(r"(?i)(?<!\w)(?:cặp số|cặp giá trị|số|điểm|giá trị) nào(?!\w)")


def tried_one_by_one(solution: Solution) -> list[Answer]:
    """The pairs or numbers that are kept, where each is tried: `Vậy (1; 2) không là nghiệm`, `Vậy (3; 0) là một nghiệm`."""
    if not _WHICH.search(solution.question):
        return []
    closed = [re.sub(r"(?i)^⇒? ?vậy[ ,:]*", "", line) for line in solution.lines if re.match(r"(?i)⇒? ?vậy(?!\w)", line)]
    tried = [
        re.fullmatch(r"(?:cặp số |số |điểm )?(?P<what>\([^()]*\)|[a-z] = [^ ]+|-?\d[\d,/]*) (?P<says>[^\d]*)", line)
        for line in closed
    ]
    if len(tried) < 2 or not all(tried) or not any(one and "không" in one["says"] for one in tried):
        return []
    read = [solution.read(one["what"]) for one in tried if one and "không" not in one["says"]]
    return [answer for answer in read if answer is not None and answer.kind != "text"]


_WHICH_AND_BY_HOW_MUCH = re.compile(
    r"(?i)(?<!\w)(?:nào|ở đâu) (?P<how>[^?.,]{0,30}?hơn)(?: [^?.,]{0,30})?,? và [^?.]{0,30}?"
    r"(?P<adjective>[^\W\d_]+) hơn [^?.]{0,30}?(?:bao nhiêu|mấy)"
)


_QUOTIENT = re.compile(
    r"(?i)(?<!\w)thương(?: là| bằng| ?:)? ?(?P<quotient>[^,;.\n]*[a-z][^,;.\n]*?)[,;]?(?: và)? (?:số |đa thức )?dư"
    r"(?: là| bằng| ?:)? ?(?P<remainder>-?[\da-z][^,;.\n]*)"
)


def quotient_of_polynomials(solution: Solution) -> Answer | None:
    """`Thương: 3x^2 + 4x - 1, dư: 7` in the last line."""
    said = _QUOTIENT.search(solution.lines[-1]) if solution.lines and "chia" in solution.question else None
    read = [solution.read(said[name].strip()) for name in ("quotient", "remainder")] if said else []
    known = [answer for answer in read if answer is not None and answer.kind in ("expression", "number", "fraction")]
    labels = ("thương", "số dư")
    named = [replace(answer, label=label) for answer, label in zip(known, labels, strict=False)]
    return multi(named, ordered=True) if len(known) == 2 else None


_NAMED_LINE = re.compile(
    r"(?:[-+•*] )?(?:[^\d=:]{2,30}: )?(?P<name>[^\d=:]{2,30}?(?:(?<=[^\W\d_]) \d{1,2}[A-K]?)?) ?: ?(?P<rest>[^:]*\d[^:]*)"
)
_LEFT = re.compile(r"(?i)[^=\d:]*còn lại(?!\w)")
"""What is left: a step on the way."""


def each_named(solution: Solution) -> Answer | None:
    """`Bóng đá: 40 × 45% = 18 (bạn)`, then `Bơi: ...`: the last lines, each with a name, where `mỗi môn` is asked about."""
    if not re.search(r"(?i)(?<!\w)(?:mỗi|từng)(?!\w)", solution.asked):
        return None
    lines = solution.lines[-12:]
    if len(lines) == 1:
        lines = re.split(r"; |(?<=[\w)])\. (?=[A-ZĐ])", lines[0].strip(" ."))
    if "còn lại" not in re.split(r"(?<=[.?!])\s", solution.asked.strip())[-1]:
        lines = [line for line in lines if not _LEFT.match(line)]
    named = [_NAMED_LINE.fullmatch(line) for line in lines]
    last = list(takewhile(bool, reversed(named)))
    read = [(line["name"], closing_value(solution, line["rest"])) for line in reversed(last) if line]
    answers = [replace(answer, label=name.lower()) for name, answer in read if answer and answer.kind == "quantity"]
    return multi(answers, ordered=False) if 1 < len(answers) == len(last) else None


def which_and_by_how_much(solution: Solution) -> list[Answer]:
    """`nên khối A nặng hơn và nặng hơn: 4,7 - 1,5 = 3,2 (tấn)`, where `khối nào nặng hơn và nặng hơn bao nhiêu` is asked."""
    asked = _WHICH_AND_BY_HOW_MUCH.search(solution.question)
    by = closing_value(solution, solution.lines[-1]) if asked and solution.lines else None
    if asked and by is None:
        by = next((told.answer for told in reversed(mentions(solution, solution.lines[-1] if solution.lines else ""))), None)
    if asked is None or by is None or by.kind not in ("quantity", "number", "compound_quantity", "fraction"):
        return []
    adjective = asked["adjective"]
    of = re.escape(asked["how"].partition(adjective)[0].strip().removeprefix("có").strip())
    how = rf"(?:(?:có )?{of} )?{re.escape(adjective)}(?: [^\W\d_]+)?? hơn"
    lead = rf"(?:^|(?<!\w)(?i:nên|vậy|do đó|thì|trả lời|đáp số)[ ,:]*)(?:(?i:{of}) )?(?:[Mm]ua ở )?"
    says = re.compile(rf"{lead}(?P<who>[^,.;:=\d]{{1,40}}?) {how}(?!\w)")
    found = [match for line in solution.lines[-4:] if (match := says.search(line))]
    known = found and set(comparison_key(found[-1]["who"]).split()) <= set(comparison_key(solution.question).split())
    return [Answer("text", found[-1]["who"].strip()), by] if known else []
