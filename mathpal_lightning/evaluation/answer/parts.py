"""The parts a) b) c) of a solution, each with an answer of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from mathpal_lightning.evaluation.answer.part_anchors import text_of_each
from mathpal_lightning.evaluation.answer.truths import truths
from mathpal_lightning.evaluation.language.clauses import side_by_side
from mathpal_lightning.evaluation.language.doubt import is_sure
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.question.parts import (
    IN_LINE,
    PART_LINE,
    is_proof,
    numbered_in_line,
    own_words,
    part_questions,
    parts_asked,
)
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

Rule = Callable[[Solution], Answer | None]


def part_marks(solution: Solution) -> list[re.Match[str]]:
    """The marks a) b) c) at the beginning of lines, in any order; numbered lines are parts only where the question has them.

    Capital letters are no parts where they are the question's options.
    """
    question = solution.question
    asked = {mark["part"].lower() for mark in PART_LINE.finditer(question)} | numbered_in_line(question).keys()
    has_options = bool(read_options(question))
    marks: list[re.Match[str]] = []
    for mark in PART_LINE.finditer(solution.text):
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


def parts(solution: Solution, rules: Sequence[Rule]) -> Answer | None:
    """The answers of the parts a) b) c); a part without one is left out.

    A part with several results (`a) x = 1 và y = 2`) is a multi of its own inside.

    Args:
        solution: the solution.
        rules: what finds an answer in one part; the first alone where the part only proves or draws.
    """
    questions = part_questions(solution.question)
    if said := truths(solution, len(questions), numbered=_NUMBERED.search(solution.question) is not None):
        return said
    marks = part_marks(solution)
    if not marks and (told := _by_words(solution, questions, rules) or _by_formula(solution, questions, rules)):
        return told
    if not marks and 1 < len(questions) == len(solution.lines):
        return _one_a_line(solution, questions, rules)
    if not marks or len(marks) == 1 and len(questions) < 2:
        return None
    found = []
    for label, part in each_part(solution).items():
        own = questions.get(label, "")
        tried = rules[:1] if is_proof(own) or is_proof(solution.question) and not own else rules
        answer = next(filter(None, (rule(part) for rule in tried)), None) or (_in_short(part) if tried is rules else None)
        if answer is not None:
            found.append(replace(_once(answer, part), label=label))
    return Answer("multi", parts=tuple(sorted(found, key=lambda part: part.label)), ordered=True) if found else None


def each_part(solution: Solution) -> dict[str, Solution]:
    """What stands behind each mark, by its letter, under what that part of the question asks; empty without marks."""
    questions, marks = part_questions(solution.question), part_marks(solution)
    ends = [mark.start() for mark in marks[1:]] + [len(solution.text)]
    first = IN_LINE.search(solution.question)
    stem = solution.question[: first.start()][-MAX_STEM:] if first else ""
    found: dict[str, Solution] = {}
    for mark, end in zip(marks, ends, strict=False):
        asked = questions.get(mark["part"].lower(), "") or _without_parts(solution.question)
        found[mark["part"].lower()] = Solution(solution.text[mark.end() : end].strip(" ,;\n"), asked, stem)
    return _without_summary(found)


_SUMMARY = re.compile(
    r"\n(?:⇒ ?)?(?:vậy,? )?(?:các )?(?:kết quả|đáp số)[^\n=\d]*lần lượt[^\n=\d]*(?P<said>\d[^\n=]*)$", re.IGNORECASE
)


def _without_summary(parts: dict[str, Solution]) -> dict[str, Solution]:
    """The parts without `Vậy kết quả lần lượt là 573 và 435` behind the last, where these are the numbers in which they end."""
    summed = _SUMMARY.search(next(reversed(parts.values())).text) if len(parts) > 1 else None
    if summed is None:
        return parts
    last = next(reversed(parts))
    own = parts | {last: replace(parts[last], text=parts[last].text[: summed.start()])}
    ends = [re.findall(_NUMBER, part.text)[-1:] for part in own.values()]
    return own if ends == [[number] for number in re.findall(_NUMBER, summed["said"])] else parts


_NUMBER = r"\d+(?:[,/]\d+)?"


_NUMBERED = re.compile(r"(?m)^\(?1[).]")
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
    places = [int(line[1]) for line in map(_PLACE.match, solution.lines) if line]
    if places and places != list(range(1, len(questions) + 1)):
        return None
    lines = [Solution(line, asked) for line, asked in zip(solution.lines, questions.values(), strict=True)]
    read = [next(filter(None, (rule(line) for rule in rules)), None) for line in lines]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    if len(answers) < len(questions):
        return None
    found = (replace(answer, label=part) for answer, part in zip(answers, questions, strict=True))
    return Answer("multi", parts=tuple(found), ordered=True)


_PLACE = re.compile(r"(?i)(?:câu|ý|phần|bài|phép tính)(?: số| thứ)? ([1-9])(?!\w)")
"""`câu 2: 7322`."""
_HEAD_OF_LINE = re.compile(r"^(?P<head>[^:|=]{3,80}?)(?:[:|=]|(?<!\w)(?:là|được|thành|còn)(?!\w))")


def leaves_out_a_part(answer: Answer, solution: Solution) -> bool:
    """Whether a part that asks for something is written in a solution, and none of the rules could read it."""
    if answer.rule != "parts":
        return False
    written, read = ({mark["part"].lower() for mark in part_marks(solution)}, {part.label for part in answer.parts})
    asked = {part for part, question in part_questions(solution.question).items() if not is_proof(question)}
    return bool(asked & written - read)


def _by_words(solution: Solution, questions: dict[str, str], rules: Sequence[Rule]) -> Answer | None:
    """The answer of each part, where lines without letters name them: `Làm tròn đến hàng chục được 470` for `a) Hàng chục`.

    Where the lines do not, the clauses may: `Số lớn nhất là 730, số bé nhất là 307`.
    """
    own = own_words(questions)
    if len(questions) < 2 or not all(own.values()):
        return None
    clauses = [clause for line in solution.lines[-MAX_LINES:] if is_sure(line) for clause in side_by_side(line)]
    found = _named_by(solution.lines, own, questions, rules) or _named_by(clauses, own, questions, rules)
    return Answer("multi", parts=tuple(found[part] for part in questions), ordered=True) if found else None


def _by_formula(solution: Solution, questions: dict[str, str], rules: Sequence[Rule]) -> Answer | None:
    """The answer of each part, from the text behind its formula: `3m là 300cm, còn 70cm thì bằng 7dm`; of all or of none."""
    asked = parts_asked(solution.question) if all(map(is_sure, solution.lines)) else {}
    answers = {
        part: next(filter(None, (rule(Solution(text, questions[part])) for rule in rules)), None)
        for part, text in text_of_each(solution.text, asked).items()
    }
    found = [replace(answer, label=part) for part, answer in answers.items() if answer is not None]
    return Answer("multi", parts=tuple(found), ordered=True) if found and len(found) == len(answers) else None


MAX_LINES = 12
"""Lines of a solution that are divided into clauses."""


def _named_by(
    pieces: Sequence[str], own: dict[str, set[str]], questions: dict[str, str], rules: Sequence[Rule]
) -> dict[str, Answer]:
    """The answer of each part, from the one piece that says all words of its own; empty where one has none, or two."""
    found: dict[str, Answer] = {}
    for piece in pieces:
        piece = re.sub(r" ?\([^()]*[^\W\d_][^()]*\)", "", piece).strip("| ")
        head = _HEAD_OF_LINE.match(piece)
        said = set(comparison_key(head["head"] if head else piece).split())
        named = [part for part in own if own[part] <= said]
        most = [part for part in named if all(own[other] <= own[part] for other in named)]
        if not named:
            continue
        behind = piece[head.end() :].strip(" |") if head and head[0][-1] in ":|" else piece
        told = Solution(behind, questions[most[0]] if most else "")
        answer = next(filter(None, (rule(told) for rule in rules)), None)
        if len(most) != 1 or most[0] in found or answer is None:
            return {}
        found[most[0]] = replace(answer, label=most[0])
    return found if len(found) == len(questions) else {}


def _once(answer: Answer, part: Solution) -> Answer:
    """`145, cả ba lớp trồng được 145 cây`: a result that a part says twice, with its unit."""
    values = [said.meaning for said in answer.parts]
    known = [value for value in values if isinstance(value, Quantity) and value.value == getattr(values[0], "value", None)]
    if len(values) < 2 or len(known) < len(values) or part.asks_for_two or len({value.unit for value in known} - {""}) > 1:
        return answer
    return next((said for said, value in zip(answer.parts, known, strict=True) if value.unit), answer.parts[0])


def _without_parts(question: str) -> str:
    return question if len(question) < 300 else ""
