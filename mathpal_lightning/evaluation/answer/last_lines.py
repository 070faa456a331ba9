"""What the last lines of a solution say: `Vậy ...`, `... = 42 (kg)`, `x = 10`, or in prose the value that ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathpal_lightning.evaluation.answer.closing_line import CONVERSION, breaks_off, closing_value
from mathpal_lightning.evaluation.answer.conclusion import conclusion
from mathpal_lightning.evaluation.answer.same_of_each import head_of
from mathpal_lightning.evaluation.language.clauses import last_clause, without_lead
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import MAX_ITEMS, clean, multi, read_answer, read_value
from mathpal_lightning.evaluation.words.answers_in_words import day_said, position, words_said
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_CONCLUSION = re.compile(
    r"(?i)(?:^|(?<=[.;,⇒] ))(?:⇒ ?)?(?:vậy|như vậy|vì vậy|do đó|do vậy|vì thế|suy ra|kết luận"
    r"|(?:cả )?(?:hai|ba|2|3) cách(?: (?:làm|giải|đều|cùng))* (?:cho|ra|được)(?: (?:ra|kết quả))*(?: là)?)(?!\w)[ ,:]*"
    r"|^⇒ ?(?![^=]*=)"
)


_NONE_EXISTS = re.compile(
    r"(?i)không (?:có|tồn tại) [^=,.]{0,60}?(?:nào )?(?:thỏa mãn|thoả mãn)[^,.]{0,60}(?=\.?$)"
    r"|(?:^|(?<=[⇒→,;] )|(?<=nên )|(?<=vậy )|(?<=đó ))không tồn tại(?= [^=,.;\d]{1,80}\W*$)"
)


_PAIR_TOLD = re.compile(
    r"(?i)^(?:⇒ )?(?:vậy )?hệ(?: phương trình)?(?: đã cho)? có (?:một )?nghiệm(?: duy nhất)?(?: là)?:? ?"
    r"(?:\([a-z]; ?[a-z]\) ?= ?)?(?P<pair>\([^()=]*;[^()=]*\))[ .]*$"
)
"""`Hệ có nghiệm duy nhất (2; 3)`."""


def concluded(solution: Solution) -> Answer | None:
    """`Vậy ...` in the last line, or in the line before where the last line computes nothing."""
    if solution.lines and (none := _NONE_EXISTS.search(solution.lines[-1])):
        return Answer("text", none[0].strip())
    if solution.lines and (pair := _PAIR_TOLD.search(solution.lines[-1])):
        return solution.read(pair["pair"])
    for line in reversed(solution.lines[-2:]):
        parts = _CONCLUSION.split(line)
        told = last_sentence(line)
        counts = re.search(r"(?i)bao nhiêu|mấy", solution.question) and re.search(r"(?<!\w)nên [^=\d]{0,60}\d[^=]*$", told)
        if len(parts) == 1 and (solution.asks_for_words or counts) and line is solution.lines[-1]:
            parts = re.split(r"(?<!\w)(?:nên|thì)(?!\w)", told)
        if len(parts) > 1:
            answer = conclusion(solution, parts[-1])
            return _number_described(solution, line, answer) or answer
        if re.search(r"[=≈]|(?:(?<!\w)là|:)$", line):
            return None
    return None


def _number_described(solution: Solution, line: str, answer: Answer | None) -> Answer | None:
    """23 of `23 chỉ có hai ước nên là số nguyên tố`, where `Số nào là số nguyên tố?` is asked."""
    if answer is not None and answer.kind == "text" and (told := _NUMBER_TOLD.fullmatch(answer.text.strip(" ."))):
        says_so = set(comparison_key(told["words"]).split()) <= set(comparison_key(solution.asked).split())
        if says_so and re.search(r"(?i)(?<!\w)số nào(?!\w)", solution.asked):
            return solution.read(told["value"])
    repeats = answer is not None and answer.kind == "text" and comparison_key(answer.text) in comparison_key(solution.asked)
    if not repeats or not re.search(r"(?i)(?<!\w)số nào(?!\w)", solution.asked):
        return None
    read = read_value(line, solution.dot_is_decimal) if re.match(r"-?\d", line) else None
    return read[0] if read and read[0].kind in ("number", "fraction", "quantity") and "không" not in line.lower() else None


_NUMBER_TOLD = re.compile(
    r"(?:(?:phân )?số )?(?P<value>-?\d[\d,./]*) (?!không)(?P<words>[^\W\d_][^\d=<>]{2,40})", re.IGNORECASE
)
"""`0,5 lớn hơn`, where `Số nào lớn hơn: 0,5 hay 0,45?` is asked."""


def trailing(solution: Solution) -> Answer | None:
    """What the last line computes: `... = 42 (kg)`, `x = 10`, `... là: 1234cm`; or lines that are one value each."""
    if not solution.lines or breaks_off(solution.lines[-1]) or _only_options(solution) or _repeats_a_result(solution):
        return None
    if re.fullmatch(r"-?\d[^=]{0,30}? (?:hoặc|hay) -?\d[^=]{0,30}", solution.lines[-1]) and not solution.asks_for_several:
        return None if re.search(r"(?i)tính|bao nhiêu|mấy", solution.question) else solution.read(solution.lines[-1])
    values = []
    for line in reversed([] if _ends_in_a_subtraction(solution.lines) else solution.lines[-MAX_ITEMS:]):
        read = read_value(clean(line), solution.dot_is_decimal)
        if read is None or read[1].strip() and not re.match(r" *:(?! *\d)", read[1]):
            break
        values.append(read[0])
    if len(values) > 1:
        return multi(values[::-1][:60], ordered=_PLACES.search(solution.question) is not None)
    last = solution.lines[-1]
    if counted := _count_of_list(solution, last):
        return counted
    if _lists_what_was_counted(last, solution.question) and len(solution.lines) > 1:
        last = solution.lines[-2]
    if re.fullmatch(r"(?i)\(?(?:đpcm|thỏa mãn|thoả mãn|t/m|tm)\)?\.?|\([^()]*\)\.?", last) and len(solution.lines) > 1:
        last = solution.lines[-2]
    if re.search(r"(?i)lúc mấy giờ", solution.question) and CONVERSION.fullmatch(last):
        return None
    if said := day_said(solution.asked, last) or position(solution.asked, last):
        return read_answer(said)
    if asked := _asked_before(solution):
        return asked
    return (
        closing_value(solution, last)
        or words_said(solution, last)
        or words_said(solution, last_clause(last))
        or _words_asked_for(solution, last)
    )


_SUBTRACTION = re.compile(r"\d[\d ,]*\n[-–−] \d[\d ,]*\n(?:[-–—_=]{2,}\n)?\d[\d ,]*")


def _ends_in_a_subtraction(lines: Sequence[str]) -> bool:
    """`82`, `- 45`, `37` below each other: a written column, no list of three values."""
    return any(_SUBTRACTION.fullmatch("\n".join(lines[-length:])) is not None for length in (3, 4))


_PLACES = re.compile(r"(?<!\w)(?P<letter>[a-z]) ?= ?[^;,=]{1,12}[;,] ?(?P=letter) ?= ?[^;,=]{1,12}(?:[;,]|$|\.| và )")
"""`tại x = -1; x = 0; x = 2`: one value for each, in this order."""


_ASKED_BY_NAME = re.compile(
    r"(?i)(?:tính|tìm)(?: giá trị của)? (?P<name>[^.?,;:=\n\d]{4,40}?)(?: (?:đó|trên|này|của [^.?\n]*))?[.?]?\s*$"
)


def _asked_before(solution: Solution) -> Answer | None:
    """`Số lớn: 80` above `Số bé: 20`, where only the larger number is asked for: each is headed by its name."""
    asked = _ASKED_BY_NAME.search(solution.asked)
    if asked is None or len(solution.lines) < 2:
        return None
    name = comparison_key(asked["name"])
    heads = [
        comparison_key(without_lead(head_of(line))).removesuffix(f" {comparison_key('là')}") for line in solution.lines[-4:]
    ]
    if heads[-1] == name or not _OTHER_NAME.fullmatch(f"{name}|{heads[-1]}") or name not in heads[:-1]:
        return None
    return closing_value(solution, solution.lines[-4:][heads.index(name)])


_OTHER_NAME = re.compile(r"(?P<noun>\S+(?: \S+)*) \S+\|(?P=noun) \S+")
"""Two names that differ in their last word: `số lớn` and `số bé`."""


def _count_of_list(solution: Solution, line: str) -> Answer | None:
    """9 of `Có 9 kết quả có thể: 2,2; 2,4; ...` where it is asked how many results there are."""
    said = re.match(r"(?i)(?:vậy )?có(?: tất cả)? (?P<count>\d+ (?P<noun>[^\W\d_]+)[^\d:=]{0,40}): ?(?=.*[;,].*[;,])", line)
    asked = said and re.search(rf"(?i)(?:bao nhiêu|mấy) {re.escape(said['noun'])}(?!\w)", solution.question)
    return solution.read(re.split(r" (?=có thể|là|gồm)", said["count"])[0]) if said and asked else None


def _words_asked_for(solution: Solution, line: str) -> Answer | None:
    """`Phát biểu sai là: Hình thoi có bốn góc vuông` where `Phát biểu nào sai` is asked."""
    said = re.fullmatch(r"(?P<head>[^=\d:]{3,60}?) là:? (?P<words>[^=\d]{2,150}?)\.?", line)
    if said is None or not re.search(r"(?i)(?<!\w)nào(?!\w)|sai|đúng", solution.question):
        return None
    asked = set(comparison_key(solution.question).split())
    return Answer("text", said["words"]) if set(comparison_key(said["head"]).split()) <= asked else None


def _only_options(solution: Solution) -> bool:
    """`A. x = 30`, `B. x = 27`: the options again, and none of them chosen."""
    return len(read_options(solution.text)) > 1 and all(re.match(r"[A-H] ?[.):] ?\S", line) for line in solution.lines)


def _repeats_a_result(solution: Solution) -> bool:
    """`... = 430 (điểm)`, then `Số điểm dư là:` and `430` alone: the next computation has only begun."""
    *before, last = solution.text.strip().split("\n")
    begun = re.fullmatch(r"\d[\d ]*(?:,\d+)?", last) and before and re.search(r"(?<!\w)là ?:?$|:$", before[-1])
    return bool(begun) and re.search(rf"= ?{last}(?![\d,])", "\n".join(before)) is not None


def _lists_what_was_counted(line: str, question: str) -> bool:
    """`Các phân số đó là: 13/1, 4/2, ...` below a count, where the question asks how many there are."""
    listed = re.match(r"(?i)(?:đó là|gồm|các \w+.{0,60}?(?:là|gồm)) ?:", line)
    return listed is not None and re.search(r"(?i)bao nhiêu|mấy", question) is not None and len(re.findall(r"\d+", line)) > 2
