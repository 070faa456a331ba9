"""Results that a question asks for one by one, each behind its name in one of the solution's last lines."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.answer.mentioned_values import mentions
from mathpal_lightning.evaluation.answer.same_of_each import head_of, result_named
from mathpal_lightning.evaluation.language.clauses import without_lead
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_ASKED = 600
"""Characters of the question that are searched, counted from its end."""
_THINGS = re.compile(
    r"(?i)(?:^|\n|(?<=[.?!;:,] )|(?<= và )|(?<= rồi )|(?<= sau đó ))(?:em )?(?:hãy )?(?:tính|tìm) "
    r"(?P<name>[^.,;:?\n()=]{4,60}?)(?= và (?:tính|tìm) | rồi | sau đó |,? biết |[.,;:?\n(]|$)"
)
_COUNTED = re.compile(
    r"(?i)(?:bao nhiêu|mấy) (?P<nouns>[^.,;:?\n\d]{2,60}?)"
    r"(?= (?:và|rồi) (?:[^.,;:?\n\d]{0,30} )?(?:bao nhiêu|mấy) |[.,;:?\n]|$)"
)


def results_asked(solution: Solution) -> dict[str, Answer]:
    """The results by the names that the question gives them; empty where one of them is not found.

    `Tính diện tích mảnh vườn. Tính số rau thu được.`, and `Hỏi chia được nhiều nhất mấy đội? Mỗi đội có mấy nam, mấy nữ?`.
    """
    question = solution.question[-MAX_ASKED:]
    names = list(dict.fromkeys(match["name"].strip() for match in _THINGS.finditer(question)))
    if 2 <= len(names) <= MAX_RESULTS and not any(name.endswith(" đó") for name in names):
        found = {name: result_named(name, solution) for name in names}
        return _all(found)
    nouns = list(dict.fromkeys(noun for match in _COUNTED.finditer(question) for noun in match["nouns"].split(" và ")))
    if not 2 <= len(nouns) <= MAX_RESULTS or len({" ".join(noun.split()[:2]) for noun in nouns}) < len(nouns):
        return {}  # `bao nhiêu học sinh nữ, bao nhiêu học sinh nam`
    return _all({noun: _count_of(noun, solution) for noun in nouns})


def _all(found: dict[str, Answer | None]) -> dict[str, Answer]:
    """The results where each of them is found."""
    read = {name: answer for name, answer in found.items() if answer is not None and answer.kind != "text"}
    return read if len(read) == len(found) else {}


def _count_of(noun: str, solution: Solution) -> Answer | None:
    """`8 đội` in `Vậy chia được nhiều nhất 8 đội`; else what the line that the noun heads comes to: `Số bác sĩ là: ... = 3`."""
    words = noun.split()[:2]
    for line in map(last_sentence, reversed(solution.lines[-MAX_RESULTS:])):
        counted = list(re.finditer(rf"(?i)(?<![\w.,/-])(?=\d[\d ]* {re.escape(' '.join(words))}(?!\w))", line))
        if counted and "=" not in line and (read := solution.value(line[counted[-1].start() :])):
            return read[0]
    key = f" {comparison_key('số')} {comparison_key(' '.join(words))} "
    headed = [line for line in solution.lines[-MAX_RESULTS:] if key in f" {comparison_key(head_of(line))} "]
    return closing_value(solution, headed[-1]) if headed else None


_NAMED = (
    r"(?:(?i:tổ|lớp|đội|vòi|xe|thùng|bao|kho|hộp|nhóm|máy|can|cửa hàng|đoạn|người)(?: thứ)?"
    r" (?:\d{1,2}[A-Z]?\d?|nhất|hai|ba|tư|[IVX]{1,3}|[A-E])|[A-ZĐ][^\W\d_]+)(?!\w)"
)
_OF_NAMED = re.compile(
    rf"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi)(?P<what>(?:(?!biết|nếu)[^.?\n]){{0,60}}?(?<!\w))"
    rf"(?P<names>{_NAMED}(?:, {_NAMED}){{0,4}},? và {_NAMED})(?P<rest>[^.?\n,]*)(?:,? biết [^?\n]*)?[.?]?\s*$"
)
_TOGETHER = re.compile(
    r"(?i)(?<!\w)(?:tổng|hiệu|cả|tất cả|trung bình|t[ỉỷ] số|giữa|hơn|kém|khoảng cách|cùng|chung|từ|gặp)(?!\w)"
)


def of_named(solution: Solution) -> dict[str, Answer]:
    """What the last line or clause headed by each name says, where `Tính số cây tổ 2 và tổ 3 trồng` is asked."""
    asked = _OF_NAMED.search(solution.asked)
    if asked is None or _TOGETHER.search(asked["what"] + asked["rest"]):
        return {}
    names = [name[0] for name in re.finditer(_NAMED, asked["names"])]
    lines = [piece for line in solution.lines[-MAX_RESULTS:] for piece in re.split(r"[;,] (?=[^\d]*[^\W_])| và ", line)]
    found: dict[str, Answer | None] = {}
    for name in names:
        heads = [(line, re.split(r"[=:]", line)[0].lower()) for line in lines]
        said = [
            line for line, head in heads if _holds(head, name) and not any(_holds(head, one) for one in names if one != name)
        ]
        found[name] = closing_value(solution, said[-1]) or _last_mentioned(said[-1], solution) if said else None
    return _all(found)


def _holds(head: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", head) is not None


def _last_mentioned(clause: str, solution: Solution) -> Answer | None:
    told = mentions(solution, clause) if "=" not in clause else []
    return told[-1].answer if told else None


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
    r"(?i)(?<!\w)nào (?P<how>[^?.,]{0,30}?hơn)(?: [^?.,]{0,30})?,? và [^?.]{0,30}?hơn [^?.]{0,30}?(?:bao nhiêu|mấy)"
)


def which_and_by_how_much(solution: Solution) -> list[Answer]:
    """`nên khối A nặng hơn và nặng hơn: 4,7 - 1,5 = 3,2 (tấn)`, where `khối nào nặng hơn và nặng hơn bao nhiêu` is asked."""
    asked = _WHICH_AND_BY_HOW_MUCH.search(solution.question)
    by = closing_value(solution, solution.lines[-1]) if asked and solution.lines else None
    if asked and by is None:
        by = next((told.answer for told in reversed(mentions(solution, solution.lines[-1] if solution.lines else ""))), None)
    if asked is None or by is None or by.kind not in ("quantity", "number", "compound_quantity", "fraction"):
        return []
    how = rf"{re.escape(asked['how'].split()[0])}(?: [^\W\d_]+)?? hơn"
    says = re.compile(rf"(?:^|(?<!\w)(?i:nên|vậy|do đó|thì)[ ,:]*)(?P<who>[^,.;:=\d]{{1,40}}?) {how}(?!\w)")
    found = [match for line in solution.lines[-4:] if (match := says.search(line))]
    known = found and set(comparison_key(found[-1]["who"]).split()) <= set(comparison_key(solution.question).split())
    return [Answer("text", found[-1]["who"].strip()), by] if known else []
