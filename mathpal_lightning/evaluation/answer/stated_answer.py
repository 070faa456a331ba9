"""What a solution states as its answer: a chosen letter, `Đáp số: v`, a box, `đáp án 585 là đúng`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mathpal_lightning.evaluation.answer.closing_line import without_place
from mathpal_lightning.evaluation.answer.conclusion import conclusion
from mathpal_lightning.evaluation.answer.parts import part_marks
from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.clauses import CONCLUDES, without_lead
from mathpal_lightning.evaluation.mathematics.units import parse_unit
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.question.things import asks_for_several, things_asked
from mathpal_lightning.evaluation.solution.remarks import is_remark, sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.solution.two_forms import each_once
from mathpal_lightning.evaluation.values.reading import clean, is_denied, multi
from mathpal_lightning.evaluation.words.answers_in_words import day_said
from mathpal_lightning.evaluation.words.spelled_numbers import spelled
from mathpal_lightning.schema import Answer

_NOT = r"(?<!không )(?<!không phải )(?<!chưa )(?<!đừng )(?<!chớ )(?<!loại )(?<!bỏ )"
_CHOSEN = re.compile(
    rf"(?i:{_NOT}(?:chọn|khoanh(?: tròn)?(?: vào)?)|(?:correct |final )?answer(?: is)?|đáp án(?: đúng)?|đáp số|đ/?a(?=:)"
    r"|câu trả lời(?: đúng)?|phương án(?: đúng)?|kết quả)"
    r"(?i: (?:đáp án|phương án|câu|ý|chữ(?: cái)?|đúng|cuối cùng))*(?i:(?: cần (?:chọn|tìm))?(?: là)?) ?:? ?"
    r"⟦?\(?(?P<letter>[A-H])(?=(?P<rest>(?![\w'])[^\n]*))"
)
_CONFIRMED = re.compile(
    r"(?:^|(?<=[.;,] )|\n|(?<= ))(?i:(?:đáp án|phương án|câu|ý) )?(?P<letter>[A-H]) "
    r"(?:là (?:đáp án )?)?(?:đúng|chính xác)(?=\W*(?:$|\n))"
    r"|(?:(?i:vậy)[^\n]{0,150} là|[⇒→]) \(?(?P<last>[A-H])\)?\.?(?=\s*$)"
)


def chosen(solution: Solution) -> Answer | None:
    """`Chọn B`, `Đáp án: B`, `Đáp án đúng là B. 25 cm`; the last one counts. `Chọn C, D` chooses nothing."""
    has_options = bool(read_options(solution.question))
    marks = _letters(solution, has_options)
    if not marks and has_options:
        marks = list(_CONFIRMED.finditer(solution.text))
        return Answer("choice", marks[-1]["letter"] or marks[-1]["last"]) if marks else None
    if not marks or len({mark["letter"] for mark in marks}) > 1 and len(part_marks(solution)) > 1:
        return None
    rest = marks[-1]["rest"]
    if _OTHER_LETTERS.match(rest):
        return Answer("text", clean(marks[-1]["letter"] + rest))
    written = clean(rest.lstrip(").:⟧ "))
    value = solution.read(written) if written and not written.startswith("(") else None
    if value is None:
        before = Solution(solution.text[: marks[-1].start()], solution.question)
        value = conclusion(before, before.lines[-1]) if before.lines else None
    return Answer("choice", marks[-1]["letter"], value=value)


_OTHER_LETTERS = re.compile(r"\)? ?(?:[,;/]|và|hoặc|hay|với|\)) ?(?:đáp án |câu |phương án )?\(?[A-H](?![\w'])")


_REJECTED = re.compile(r"(?:[A-H]|\W|và)* ?(?:(?:đều|là|bị|thì) )*(?:loại|sai|không)(?!\w)")
"""Behind `các phương án A`: `, C, D đều loại`."""


def _letters(solution: Solution, has_options: bool) -> list[re.Match[str]]:
    """The marks of chosen letters; one that is mentioned to be rejected chooses nothing."""
    return [
        mark
        for mark in _CHOSEN.finditer(solution.text)
        if _is_letter(mark["rest"], has_options) and not _REJECTED.match(mark["rest"])
    ]


def _is_letter(rest: str, has_options: bool) -> bool:
    """`Chọn A` chooses; `chọn A làm gốc`, `Đáp án: A = 5`, `Kết quả: F(x) = 2x` do not."""
    rest = rest.strip()
    if re.match(r"\([^()]*[;\d]", rest) and not has_options or re.match(r"\([a-z]\) ?[=:]", rest):
        return False
    return not rest or rest[0] in ".):,;⟧(" or has_options and "=" not in rest[:3] or _OTHER_LETTERS.match(rest) is not None


_STATED = re.compile(
    r"(?i)(?:(?<!từng )(?<!các )(?<!mỗi )(?<!bốn )đáp (?:số|án)(?: đúng| chính xác| cuối cùng| của bài(?: toán)?| cần tìm)*"
    r"|(?<!\w)đ[/.]?s"
    r"|(?<!được )(?<!có )(?<!\d )(?<!các )(?<!những )(?<!số )(?<!gian )kết quả(?: cuối cùng)?(?= ?(?:là)? ?:)"
    r"|trả lời|kết luận|answer|result) ?(?:là ?:?|is ?:?|:|=)|####|(?<!\w)đáp số (?=\d)"
)
_NOT_MORE = re.compile(r"(?i)[\W_]*(?:cách|hoặc|thử|câu|bài|lưu ý|chú ý|giải thích|vì|vậy|nhận xét)|\(")
_RIGHT = re.compile(r"(?i)(?:đáp án|kết quả|đáp số)(?: là)? (?P<value>[-\d][^\n.;:]{0,60}?) là (?:đúng|chính xác)")


def stated(solution: Solution) -> Answer | None:
    """`Đáp số: v`; the last one counts, with its further lines while they read as answers."""
    marks = _marks(solution)
    if marks and len(marks) > 1 and _one_a_part(marks, solution):
        return None
    if not marks:
        right = list(_RIGHT.finditer(solution.text))
        return solution.read(right[-1]["value"]) if right else None
    return _payload(solution, solution.text[marks[-1].end() :])


def _marks(solution: Solution) -> list[re.Match[str]]:
    """Where the solution states an answer; not in a note such as `Chấm điểm: đáp số 0,5 điểm`."""
    marks = _STATED.finditer(solution.text)
    return [
        mark
        for mark in marks
        if not is_remark(solution.text[solution.text.rfind("\n", 0, mark.start()) + 1 :][:200].split("\n")[0])
        and not _is_heading(solution.text, mark)
    ]


def _is_heading(text: str, mark: re.Match[str]) -> bool:
    """`Trả lời:` alone above a whole solution."""
    below = text[mark.end() :].split("\n")
    lines = [line for line in below[1:] if line.strip()]
    worked = len(lines) > 2 and any("=" in line for line in lines) and not re.match(r"\W*[a-h1-9][).]", lines[0])
    return not re.search(r"\w", text[: mark.start()]) and not below[0].strip() and worked


def _payload(solution: Solution, text: str) -> Answer | None:
    """The answer that begins a text: its first line, with the next ones while they read as answers too."""
    lines = [each_once(line) for line in text.split("\n") if re.search(r"\w|[<>=∅]", line)]
    if not lines:
        return None
    one = not (solution.asks_for_two or len(part_marks(solution)) > 1 or things_asked(solution.asked))
    lines[0] = _without_beside(solution, lines[0])
    for count in range(min(len(lines), 6), 1, -1):
        explains = one and any(":" in line for line in lines[1:count]) and ":" not in lines[0]
        if not explains and not any(_NOT_MORE.match(line) or is_remark(line) for line in lines[1:count]):
            together = solution.read("\n".join(lines[:count]))
            if together is not None and together.kind == "multi" and len(together.parts) >= count - 1:
                return together
    if said := _said_one_by_one(solution, lines[:6]):
        return said
    lines[0] = without_place(solution, without_lead(lines[0]))
    answer = solution.read(lines[0])
    first = re.split(r"(?<=[^\s.])\. +(?=[A-ZĐÂĂÊÔƠƯ\"(])", lines[0])[0]
    if answer is None or answer.kind in ("text", "relation") and len(first) < len(lines[0]):
        answer = solution.read(first) or answer
    in_words = answer is not None and (answer.kind == "text" or answer.kind == "relation" and _WORDY.match(answer.text))
    if answer is not None and answer.kind == "text" and (day := day_said(solution.asked, first)):
        return solution.read(day) if first.rstrip(" .!").endswith(day) else answer
    if answer is not None and answer.kind == "text" and (number := spelled(Solution(lines[0], solution.question))):
        return number
    if answer is not None and in_words and has_digit(answer.text) and "doubted" not in answer.notes:
        if is_denied(re.split(r"\d", first)[0]):
            return answer
        return conclusion(solution, first) or answer
    return answer


_REASON = re.compile(r" \((?=[^()]*(?<!\w)vì(?!\w))(?:[^()]|\([^()]*\))*\)\W*$")
_MADE_OF = re.compile(r"(?<=[\w%²³°]),? \(?(?:trong đó(?: có)?|bao gồm|gồm(?: có)?)(?!\w)(?=[^\n]{0,200}\d)[^\n]{0,250}$")


def _without_beside(solution: Solution, line: str) -> str:
    """The line without a reason in brackets and, where one value is asked for, without what it is made of."""
    made = None if asks_for_several(solution.asked) or len(part_marks(solution)) > 1 else _MADE_OF.search(line)
    return _REASON.sub("", line[: made.start()] if made and has_digit(line[: made.start()]) else line)


_SAID = re.compile(r"[-*+• ]*(?P<name>[^\W\d_][^=:;]{3,100}?) là:? (?P<value>-?\d[^=:;]{0,30})")


def _said_one_by_one(solution: Solution, lines: list[str]) -> Answer | None:
    """`Số sản phẩm làm trong 1 giờ là 12 sản phẩm`, and below it `Thời gian hoàn thành là 6 giờ`: one result a line."""
    said = list(takewhile(bool, (_SAID.fullmatch(line.strip()) for line in lines)))
    read = [(match["name"], solution.read(match["value"].strip(" ."))) for match in said if match]
    answers = [replace(answer, label=name.lower()) for name, answer in read if answer is not None and answer.kind == "quantity"]
    return multi(answers, ordered=True) if 1 < len(answers) == len(said) else None


_WORDY = re.compile(r"(?=[^=≈]*[^\W\d_]{2,} [^\W\d_]{2})[^=≈<>]*[=≈]")
"""`Diện tích là S = 100 - 78,5 ≈ 21,5`: a sentence that ends in a computation."""


def _one_a_part(marks: list[re.Match[str]], solution: Solution) -> bool:
    """Whether the parts a) b) each state an answer of their own."""
    starts = [mark.start() for mark in part_marks(solution)]
    if len(starts) < 2:
        return False
    parts = {sum(start <= mark.start() for start in starts) for mark in marks}
    return len(parts) > 1


_BOXES = re.compile(r"⟦[^⟦⟧=]{0,20}=[^⟦⟧]{1,60}⟧(?: ?(?:và|hoặc|[,;]) ?⟦[^⟦⟧]{1,80}⟧)+\W*$")
"""`⟦x = 0⟧ và ⟦x = 4⟧` at the end."""
_BOX = re.compile(r"⟦([^⟦⟧]{1,300})⟧(?P<behind>[^\n⟦.;]{0,30})")


def boxed(solution: Solution) -> Answer | None:
    r"""`\boxed{36}`, with the unit behind the box."""
    boxes = list(_BOX.finditer(solution.text))
    together = _BOXES.search(boxes[-1].string) if len(boxes) > 1 else None
    if together and (several := solution.read(re.sub("[⟦⟧]", "", together[0]).strip(" ."))) and several.kind == "multi":
        return several
    return _in_box(solution, boxes[-1]) if boxes else None


def _in_box(solution: Solution, box: re.Match[str]) -> Answer | None:
    behind = box["behind"].strip(" ()")
    answer = solution.read(f"{box[1]} {behind}") if parse_unit(behind) else None
    return answer or solution.read(box[1])


@dataclass(frozen=True)
class Statements:
    """What a solution states as its answer."""

    stated: tuple[Answer, ...] = ()
    """Each `Đáp số`, each box and each chosen letter."""
    concluded: tuple[Answer, ...] = ()
    """What `Kết luận:`, and behind the first statement each `Vậy`, says."""
    sentences: tuple[str, ...] = ()
    """The words of each statement; where there is none, the last line."""
    states: bool = False
    """Whether it states anything, readable or not."""
    text: str = ""
    """The whole solution."""


def _concluding(lines: Sequence[str]) -> list[str]:
    """The last line from its last `Vậy` on: `x có thể là 4, 5. Vậy x ∈ {4; 5}`."""
    said = [sentences(line) for line in lines]
    places = [max((at for at, sentence in enumerate(line) if CONCLUDES.match(sentence)), default=0) for line in said]
    return [" ".join(line[at:]) for line, at in zip(said, places, strict=True)]


_FIRM = re.compile(r"(?i)đáp|đ[/.]?s|answer|####")
MAX_SENTENCE = 300
"""Characters of a statement that are searched for doubts."""
MAX_STATEMENTS = 8
"""Statements of each sort that are looked at, counted from the end."""


def statements(solution: Solution) -> Statements:
    """Everything that a solution states as its answer."""
    marks = _marks(solution)[-MAX_STATEMENTS:]
    boxes = list(_BOX.finditer(solution.text))[-MAX_STATEMENTS:]
    letters = _letters(solution, True)[-MAX_STATEMENTS:]
    ends = [*(mark.start() for mark in marks[1:]), len(solution.text)][: len(marks)]
    payloads = [(mark, solution.text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    firm = [_payload(solution, text) for mark, text in payloads if _FIRM.match(mark[0])]
    firm += [_in_box(solution, box) for box in boxes] + [Answer("choice", mark["letter"]) for mark in letters]
    loose = [_payload(solution, text) for mark, text in payloads if not _FIRM.match(mark[0])]
    first = min((mark.start() for mark in (*marks, *boxes, *letters)), default=len(solution.text))
    later = Solution(solution.text[first:], solution.question)
    said = [sentence for line in later.lines[-MAX_STATEMENTS:] for sentence in sentences(line)]
    for sentence in said[1:][-MAX_STATEMENTS:]:
        if so := CONCLUDES.match(sentence):
            loose.append(conclusion(later, sentence[so.end() :]))
    words = [line for _, text in payloads for line in text.strip().split("\n")[:1]] or _concluding(solution.lines[-1:])
    words = [_without_beside(solution, line)[:MAX_SENTENCE] for line in words]
    return Statements(
        tuple(filter(None, firm)), tuple(filter(None, loose)), tuple(words), bool(marks or boxes or letters), solution.text
    )
