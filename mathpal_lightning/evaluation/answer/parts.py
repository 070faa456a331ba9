"""The parts a) b) c) of a solution, each with an answer of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

from mathpal_lightning.evaluation.answer.truths import truths
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

Rule = Callable[[Solution], Answer | None]
_PART_LINE = re.compile(
    r"(?m)(?:^(?:(?i:vậy)[,:]? (?=(?i:câu|phần|ý) ))?(?:(?i:câu|phần|ý|bài) ?(?:\d+)?[:.]? ?)?"
    r"|(?<=[.;,] )(?:(?i:câu|phần|ý) ?(?=[a-h]\W)|(?=[b-h](?:\)|\. -?\d))))"
    r"(?P<part>[a-hA-H1-9])(?:\)|\.(?=[ (])|/(?=\s)| ?[,:](?=\s)) ?"
)


def part_marks(solution: Solution) -> list[re.Match[str]]:
    """The marks a) b) c) at the beginning of lines, in any order; numbered lines are parts only where the question has them.

    Capital letters are no parts where they are the question's options.
    """
    asked = {mark["part"].lower() for mark in _PART_LINE.finditer(solution.question)} | _numbered_in_line(
        solution.question
    ).keys()
    has_options = bool(read_options(solution.question))
    marks: list[re.Match[str]] = []
    for mark in _PART_LINE.finditer(solution.text):
        if has_options and mark["part"].isupper():
            continue
        part = mark["part"].lower()
        starts = mark.start() == 0 or solution.text[mark.start() - 1] == "\n"
        known = part in asked or (starts and part.isalpha() and mark[0].strip().endswith((")", "/")))
        seen = [earlier["part"].lower() for earlier in marks]
        if known and part == "a" and "a" in seen and len(marks) > 1:
            marks = [mark]  # the parts once more: what stands before explains them
        elif known and (not marks or part > seen[-1] or starts and part in asked and part not in seen):
            marks.append(mark)
    return marks


def is_proof(question: str) -> bool:
    """Whether a question asks to prove, to draw or for a rule, and for no value."""
    asked = re.search(r"(?i)tính(?! chất)|tìm|hỏi|bao nhiêu|mấy|so sánh", question)
    told = (
        r"(?i)chứng (?:minh|tỏ)|(?:^|[.)] |\n)(?:hãy )?"
        r"(?:vẽ|nêu(?! kết quả| đáp số| số | giá trị| (?:tên )?(?:[2-9]|hai|ba|bốn) )|phát biểu(?! nào| sau| đúng| sai)"
        r"|kể tên(?![^.?]*:| (?:[2-9]|hai|ba|bốn) )"
        r"|giải thích|trình bày|dựng|viết công thức(?! [^.?]*(?:biểu diễn|theo))|nối|tô màu|đặt tính rồi tính\W*$)(?!\w)"
    )
    defines = (
        r"(?i)^\W*(?:thế nào (?:là|được gọi là)|định nghĩa|phát biểu (?:định|quy|tính)|muốn [^.?]* (?:làm )?(?:như )?thế nào)"
    )
    return asked is None and re.search(told, question) is not None or re.search(defines, question) is not None


def parts(solution: Solution, rules: Sequence[Rule]) -> Answer | None:
    """The answers of the parts a) b) c); a part without one is left out.

    A part with several results (`a) x = 1 và y = 2`) is a multi of its own inside.

    Args:
        solution: the solution.
        rules: what finds an answer in one part; the first alone where the part only proves or draws.
    """
    if said := truths(solution, len(_questions(solution.question))):
        return said
    marks = part_marks(solution)
    questions = _questions(solution.question)
    if not marks and (by_words := _by_words(solution, questions, rules)):
        return by_words
    if not marks and 1 < len(questions) == len(solution.lines):
        return _one_a_line(solution, questions, rules)
    if not marks or len(marks) == 1 and len(questions) < 2:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(solution.text)]
    first = _IN_LINE.search(solution.question)
    stem = solution.question[: first.start()][-MAX_STEM:] if first else ""
    found = []
    for mark, end in zip(marks, ends, strict=True):
        question = questions.get(mark["part"].lower(), "")
        asked = question or _without_parts(solution.question)
        part = Solution(solution.text[mark.end() : end].strip(" ,;\n"), asked, stem)
        tried = rules[:1] if is_proof(question) or is_proof(solution.question) and not question else rules
        answer = next(filter(None, (rule(part) for rule in tried)), None) or (_in_short(part) if tried is rules else None)
        if answer is not None:
            found.append(replace(_once(answer, part), label=mark["part"].lower()))
    return Answer("multi", parts=tuple(sorted(found, key=lambda part: part.label)), ordered=True) if found else None


_OWN_WORK = re.compile(
    r"(?i)(?<!\w)(?:tự|vẽ|làm|đpcm|chứng minh|xem|học sinh|HS|không biết|chưa)(?!\w)|[=<>≈≠]|\?|\d ?[-+×:] ?\d|[:.(,-]$"
)


def _in_short(part: Solution) -> Answer | None:
    """`{đỏ; xanh}`, `Lê nhiều nhất, táo ít nhất`: the few words of a part that no rule can read, so that it is not left out."""
    text = part.lines[0].strip(" .") if len(part.lines) == 1 else ""
    short = 0 < len(text.split()) <= MAX_SHORT and re.search(r"[^\W\d_]{2}", text) is not None
    return Answer("text", text) if short and not _OWN_WORK.search(text) else None


MAX_STEM = 600
"""Characters."""
MAX_SHORT = 8
"""Words."""


def _one_a_line(solution: Solution, questions: dict[str, str], rules: Sequence[Rule]) -> Answer | None:
    """The answer of each part, where the parts have no letters and each has a line; None where one has no answer."""
    lines = [Solution(line, asked) for line, asked in zip(solution.lines, questions.values(), strict=True)]
    read = [next(filter(None, (rule(line) for rule in rules)), None) for line in lines]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    if len(answers) < len(questions):
        return None
    found = (replace(answer, label=part) for answer, part in zip(answers, questions, strict=True))
    return Answer("multi", parts=tuple(found), ordered=True)


_HEAD_OF_LINE = re.compile(r"^(?P<head>[^:|=]{3,80}?)(?:[:|=]|(?<!\w)(?:là|được|thành|còn)(?!\w))")


def leaves_out_a_part(answer: Answer, solution: Solution) -> bool:
    """Whether a part that asks for something is written in a solution, and none of the rules could read it."""
    if answer.rule != "parts":
        return False
    written, read = ({mark["part"].lower() for mark in part_marks(solution)}, {part.label for part in answer.parts})
    asked = {part for part, question in _questions(solution.question).items() if not is_proof(question)}
    return bool(asked & written - read)


def _by_words(solution: Solution, questions: dict[str, str], rules: Sequence[Rule]) -> Answer | None:
    """The answer of each part, where lines without letters name them: `Làm tròn đến hàng chục được 470` for `a) Hàng chục`."""
    words = {part: set(comparison_key(question).split()) for part, question in questions.items()}
    shared = reduce(set[str].intersection, words.values()) if words else set[str]()
    own = {part: said - shared for part, said in words.items()}
    if len(questions) < 2 or not all(own.values()):
        return None
    found: dict[str, Answer] = {}
    for line in solution.lines:
        line = re.sub(r" ?\([^()]*[^\W\d_][^()]*\)", "", line).strip("| ")
        head = _HEAD_OF_LINE.match(line)
        said = set(comparison_key(head["head"] if head else line).split())
        named = [part for part in own if own[part] <= said]
        most = [part for part in named if all(own[other] <= own[part] for other in named)]
        if not named:
            continue
        behind = line[head.end() :].strip(" |") if head and head[0][-1] in ":|" else line
        piece = Solution(behind, questions[most[0]] if most else "")
        answer = next(filter(None, (rule(piece) for rule in rules)), None)
        if len(most) != 1 or most[0] in found or answer is None:
            return None
        found[most[0]] = replace(answer, label=most[0])
    return (
        Answer("multi", parts=tuple(found[part] for part in questions), ordered=True) if len(found) == len(questions) else None
    )


def _once(answer: Answer, part: Solution) -> Answer:
    """`145, cả ba lớp trồng được 145 cây`: a result that a part says twice, with its unit."""
    values = [said.meaning for said in answer.parts]
    known = [value for value in values if isinstance(value, Quantity) and value.value == getattr(values[0], "value", None)]
    if len(values) < 2 or len(known) < len(values) or part.asks_for_two or len({value.unit for value in known} - {""}) > 1:
        return answer
    return next((said for said, value in zip(answer.parts, known, strict=True) if value.unit), answer.parts[0])


def asks_in_parts(question: str) -> bool:
    """Whether a question has parts a) b) c), or several numbered ones."""
    return len(_questions(question)) > 1


_IN_LINE = re.compile(r"(?:^|(?<=[\s:;.,]))(?P<part>[a-h])(?:\)|\.(?= )) ?")


_NUMBERED = re.compile(r"(?:^|(?<=[\s:;.,]))(?P<part>[1-9])\) ")


_PROBLEM = re.compile(r"(?im)(?:^|(?<=[.;:] ))bài (?P<part>[1-9])(?! ?[,.]\d)(?: ?[:.)])? ")
"""`Bài 1 cho ...`, `Bài 2: ...` of one post."""


def _numbered_in_line(question: str) -> dict[str, re.Match[str]]:
    """The marks `1) ... 2) ...` of a question, wherever they stand; none where they do not count up from 1."""
    marks = list(_NUMBERED.finditer(question)) or list(_PROBLEM.finditer(question))
    counts_up = [int(mark["part"]) for mark in marks] == list(range(1, len(marks) + 1))
    return {mark["part"]: mark for mark in marks} if len(marks) > 1 and counts_up else {}


def _questions(question: str) -> dict[str, str]:
    """What each part asks, by its letter, with the words that stand before the first (`Tính:`)."""
    marks: list[re.Match[str]] = []
    for mark in _IN_LINE.finditer(question):
        if (mark["part"] == "a" and not marks) or (marks and ord(mark["part"]) == ord(marks[-1]["part"]) + 1):
            marks.append(mark)
    if len(marks) < 2 and (in_line := _numbered_in_line(question)):
        marks = list(in_line.values())
    if len(marks) < 2:
        numbered = list(_PART_LINE.finditer(question))
        marks = numbered if len(numbered) > 1 else []
    if not marks:
        return {}
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    head = question[: marks[0].start()].strip()
    head = head.split("\n")[-1][-200:]
    return {
        mark["part"].lower(): f"{head} {question[mark.end() : end].strip()}".strip()
        for mark, end in zip(marks, ends, strict=True)
    }


def _without_parts(question: str) -> str:
    return question if len(question) < 300 else ""
