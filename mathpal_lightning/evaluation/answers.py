"""Solution text -> the final answer, and the rule that found it.

The rules stand in the order in which a teacher looks for the answer: a chosen letter, `Đáp số`, a box, the parts a) b) c), the
several things asked for, `Vậy ...`, and at last what the last line computes. A solution that breaks off has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mathpal_lightning.evaluation.blanks import filled
from mathpal_lightning.evaluation.closing import asked_quantity, breaks_off, closing_value, compared, conclusion
from mathpal_lightning.evaluation.options import read_options
from mathpal_lightning.evaluation.reading import MAX_ITEMS, clean, multi, read_value
from mathpal_lightning.evaluation.several import several
from mathpal_lightning.evaluation.solution import Solution
from mathpal_lightning.evaluation.units import parse_unit
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key, plain_text

MAX_LENGTH = 20_000
"""Characters: a longer solution is refused as unreadable."""
MAX_LINE = 2_000
"""Characters of a line that are looked at, counted from its end."""
MAX_QUESTION = 3_000
"""Characters of the question that are read, counted from its end: what it asks and its options stand there."""

_MARKS_GIVEN = re.compile(r" ?\(\d(?:,\d{1,2})? ?(?:điểm|đ)\)")
"""`(0,5 điểm)`: what the examiner gives for a step."""


def extract_answer(solution: str, question: str | None = None) -> Answer | None:
    """The final answer of a solution.

    Args:
        solution: Vietnamese text, with LaTeX, HTML or markdown or without.
        question: the question it answers: maps a letter to its option and tells how many values are asked for.

    Returns:
        The Answer with the rule that found it, or None: the solution breaks off, only proves or draws something, or is longer
        than 20,000 characters. Never raises.
    """
    if not isinstance(solution, str) or len(solution) > MAX_LENGTH:
        return None
    asked = question if isinstance(question, str) else ""
    text = "\n".join(line[-MAX_LINE:] for line in _MARKS_GIVEN.sub("", plain_text(solution)).split("\n"))
    seen = Solution(text, plain_text(asked[-MAX_QUESTION:]))
    unfinished = _ends_inside(solution)
    for name, rule in _RULES:
        if name not in ("chosen", "stated", "parts") and (unfinished or _is_proof(seen.question)):
            continue
        answer = rule(seen)
        if answer is not None:
            return replace(_complete(answer, seen), rule=name)
        if name == "parts" and len(_part_marks(seen)) > 1:
            break  # every part was looked at
    return None


def _ends_inside(solution: str) -> bool:
    """Whether the text stops inside a formula, a bracket or a tag, as it does where a model ran out of tokens."""
    last = solution.rstrip()[-MAX_LINE:].rpartition("\n")[2]
    if any(last.rfind(opening) > last.rfind(closing) for opening, closing in ("()", "{}")):
        return True
    return re.search(r"(?:\\\w*|</?[a-z]*)$", last) is not None or last.count("$") % 2 == 1 and not last.endswith("$")


def _is_proof(question: str) -> bool:
    """Whether a question only asks to prove or to draw."""
    asked = re.search(r"(?i)tính|tìm|hỏi|bao nhiêu|mấy|so sánh", question)
    return asked is None and re.search(r"(?i)chứng (?:minh|tỏ)|(?:^|\. )(?:hãy )?vẽ ", question) is not None


def _complete(answer: Answer, solution: Solution) -> Answer:
    """What holds for every rule: a letter gets its option's value; `làm tròn` anywhere makes the answer a rounded one.

    Where the 12th number is asked for and twelve are listed, it is the last of them.
    """
    place = re.findall(r"(?i)(?<!\w)số (?:hạng )?thứ (\d+)", solution.question)
    if len(place) == 1 and answer.kind == "multi" and len(answer.parts) == int(place[0]):
        answer = answer.parts[-1]
    if answer.kind == "choice":
        options = read_options(solution.question)
        answer = replace(answer, value=options.get(answer.text) or answer.value)
    rounded = answer.rounded or re.search(r"(?i)làm tròn", solution.text + solution.question) is not None
    return replace(answer, rounded=rounded)


_CHOSEN = re.compile(
    r"(?i:chọn|khoanh(?: tròn)?(?: vào)?|(?:correct |final )?answer(?: is)?|đáp án(?: đúng)?|đáp số"
    r"|câu trả lời(?: đúng)?|phương án(?: đúng)?|kết quả)"
    r"(?i: (?:đáp án|phương án|câu|ý|chữ(?: cái)?|đúng|cuối cùng))*(?i:(?: cần (?:chọn|tìm))?(?: là)?) ?:? ?"
    r"⟦?\(?(?P<letter>[A-H])(?P<rest>(?![\w'])[^\n]*)"
)


def _chosen(solution: Solution) -> Answer | None:
    """`Chọn B`, `Đáp án: B`, `Đáp án đúng là B. 25 cm`; the last one counts."""
    has_options = bool(read_options(solution.question))
    marks = [mark for mark in _CHOSEN.finditer(solution.text) if _is_letter(mark["rest"], has_options)]
    if not marks or len({mark["letter"] for mark in marks}) > 1 and len(_part_marks(solution)) > 1:
        return None
    written = clean(marks[-1]["rest"].lstrip(").:⟧ "))
    value = solution.read(written) if written and not written.startswith("(") else None
    if value is None:
        before = Solution(solution.text[: marks[-1].start()], solution.question)
        value = _concluded(before) or conclusion(before, before.lines[-1]) if before.lines else None
    return Answer("choice", marks[-1]["letter"], value=value)


def _is_letter(rest: str, has_options: bool) -> bool:
    """`Chọn A` chooses; `chọn A làm gốc`, `Đáp án: A = 5` do not."""
    rest = rest.strip()
    return not rest or rest[0] in ".):,;⟧(" or has_options and "=" not in rest[:3]


_STATED = re.compile(
    r"(?i)(?:đáp (?:số|án)(?: đúng| cuối cùng| của bài(?: toán)?)*|(?<!\w)đ[/.]?s|kết quả(?: cuối cùng)?(?= ?(?:là)? ?:)"
    r"|trả lời|kết luận|answer) ?(?:là ?:?|is ?:?|:|=)"
)
_NOT_MORE = re.compile(r"(?i)cách|hoặc|thử|câu|bài|lưu ý|chú ý|giải thích|vì|vậy|nhận xét")


def _stated(solution: Solution) -> Answer | None:
    """`Đáp số: v`; the last one counts, with its further lines while they read as answers."""
    marks = list(_STATED.finditer(solution.text))
    if not marks or len(marks) > 1 and _one_a_part(marks, solution):
        return None
    lines = [line for line in solution.text[marks[-1].end() :].split("\n") if re.search(r"\w", line)]
    if not lines:
        return None
    for count in range(min(len(lines), 6), 1, -1):
        if not any(_NOT_MORE.match(line) for line in lines[1:count]):
            together = solution.read("\n".join(lines[:count]))
            if together is not None and together.kind == "multi" and len(together.parts) >= count - 1:
                return together
    answer = solution.read(lines[0])
    if answer is not None and answer.kind == "text" and re.search(r"\d", answer.text):
        return conclusion(solution, lines[0]) or answer
    return answer


def _one_a_part(marks: list[re.Match[str]], solution: Solution) -> bool:
    """Whether the parts a) b) each state an answer of their own."""
    starts = [mark.start() for mark in _part_marks(solution)]
    if len(starts) < 2:
        return False
    parts = {sum(start <= mark.start() for start in starts) for mark in marks}
    return len(parts) > 1


def _boxed(solution: Solution) -> Answer | None:
    r"""`\boxed{36}`, with the unit behind the box."""
    boxes = list(re.finditer(r"⟦([^⟦⟧]{1,300})⟧(?P<behind>[^\n⟦.;]{0,30})", solution.text))
    if not boxes:
        return None
    behind = boxes[-1]["behind"].strip(" ()")
    answer = solution.read(f"{boxes[-1][1]} {behind}") if parse_unit(behind) else None
    return answer or solution.read(boxes[-1][1])


_PART_LINE = re.compile(r"(?m)^(?:(?i:câu|phần|ý) )?(?P<part>[a-eA-E1-9])(?:\)|\.(?= )) ?")


def _part_marks(solution: Solution) -> list[re.Match[str]]:
    """The marks a) b) c) at the beginning of lines, in order; numbered lines are parts only where the question has them."""
    asked = {mark["part"].lower() for mark in _PART_LINE.finditer(solution.question)}
    marks: list[re.Match[str]] = []
    for mark in _PART_LINE.finditer(solution.text):
        part = mark["part"].lower()
        known = part in asked or (part.isalpha() and mark[0].strip().endswith(")"))
        if known and (not marks or ord(part) > ord(marks[-1]["part"].lower())):
            marks.append(mark)
    return marks


def _parts(solution: Solution) -> Answer | None:
    """Parts a) b) c), each with an answer of its own; a part without one is left out."""
    marks = _part_marks(solution)
    asked = len({mark["part"].lower() for mark in _PART_LINE.finditer(solution.question)})
    if not marks or len(marks) == 1 and asked < 2:
        return None
    questions = {mark["part"].lower(): mark.end() for mark in _PART_LINE.finditer(solution.question)}
    ends = [mark.start() for mark in marks[1:]] + [len(solution.text)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        begin = questions.get(mark["part"].lower())
        question = "" if begin is None else solution.question[begin:].split("\n")[0]
        part = Solution(solution.text[mark.end() : end].strip(), question)
        rules = _PART_RULES[:1] if _is_proof(question) or _is_proof(solution.question) else _PART_RULES
        answer = next(filter(None, (rule(part) for rule in rules)), None)
        if answer is not None:
            found.append(replace(answer, label=mark["part"].lower()))
    return multi(found, ordered=True) if found else None


_CONCLUSION = re.compile(
    r"(?i)(?:^|(?<=[.;,⇒] ))(?:⇒ ?)?(?:vậy|như vậy|vì vậy|do đó|do vậy|vì thế|suy ra|kết luận)(?!\w)[ ,:]*|^⇒ ?(?![^=]*=)"
)


_NONE_EXISTS = re.compile(r"(?i)không (?:có|tồn tại) [^=,.]{0,60}?(?:nào )?(?:thỏa mãn|thoả mãn)[^=,.]{0,60}(?=\.?$)")


def _concluded(solution: Solution) -> Answer | None:
    """`Vậy ...` in the last line, or in the line before where the last line computes nothing."""
    if solution.lines and (none := _NONE_EXISTS.search(solution.lines[-1])):
        return Answer("text", none[0].strip())
    for line in reversed(solution.lines[-2:]):
        parts = _CONCLUSION.split(line)
        if len(parts) == 1 and solution.asks_for_words and line is solution.lines[-1]:
            parts = re.split(r"(?<!\w)(?:nên|thì)(?!\w)", line)
        if len(parts) > 1:
            return conclusion(solution, parts[-1])
        if re.search(r"[=≈]|(?:(?<!\w)là|:)$", line):
            return None
    return None


def _trailing(solution: Solution) -> Answer | None:
    """What the last line computes: `... = 42 (kg)`, `x = 10`, `... là: 1234cm`; or lines that are one value each."""
    if not solution.lines or breaks_off(solution.lines[-1]) or _only_options(solution) or _repeats_a_result(solution):
        return None
    values = []
    for line in reversed(solution.lines[-MAX_ITEMS:]):
        read = read_value(clean(line), solution.dot_is_decimal)
        if read is None or read[1].strip() and not read[1].lstrip().startswith(":"):
            break
        values.append(read[0])
    if len(values) > 1:
        return multi(values[::-1][:60], ordered=False)
    last = solution.lines[-1]
    if _lists_what_was_counted(last, solution.question) and len(solution.lines) > 1:
        last = solution.lines[-2]
    if re.fullmatch(r"(?i)\(?(?:đpcm|thỏa mãn|thoả mãn|t/m|tm)\)?\.?|\([^()]*\)\.?", last) and len(solution.lines) > 1:
        last = solution.lines[-2]
    if re.search(r"(?i)lúc mấy giờ", solution.question) and _CONVERSION.fullmatch(last):
        return None
    if re.match(r"(?i)đổi ?:? ", last) and not re.search(r"(?i)đổi|=|…|\.\.", solution.question):
        return None
    return closing_value(solution, last) or _words_asked_for(solution, last)


_CONVERSION = re.compile(r"(?i)[\d,./ ]+ ?(?:giờ|phút|giây) ?=[\d,./ ]+(?:giờ|phút|giây)(?: \d+ (?:phút|giây))?\.?")
"""`1,25 giờ = 1 giờ 15 phút`: a duration in other units, no time of the day."""


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
    *before, last = re.sub(r" +", " ", solution.text.strip()).split("\n")
    begun = re.fullmatch(r"\d[\d ]*(?:,\d+)?", last) and before and re.search(r"(?<!\w)là ?:?$|:$", before[-1])
    return bool(begun) and re.search(rf"= ?{last}(?![\d,])", "\n".join(before)) is not None


def _lists_what_was_counted(line: str, question: str) -> bool:
    """`Các phân số đó là: 13/1, 4/2, ...` below a count, where the question asks how many there are."""
    listed = re.match(r"(?i)(?:đó là|gồm|các \w+.{0,60}?(?:là|gồm)) ?:", line)
    return listed is not None and re.search(r"(?i)bao nhiêu|mấy", question) is not None and len(re.findall(r"\d+", line)) > 2


_Rule = Callable[[Solution], Answer | None]
_PART_RULES: tuple[_Rule, ...] = (_stated, _boxed, compared, several, _concluded, _trailing)
_RULES: tuple[tuple[str, _Rule], ...] = (
    ("chosen", _chosen),
    ("stated", _stated),
    ("boxed", _boxed),
    ("parts", _parts),
    ("compared", compared),
    ("several", several),
    ("concluded", _concluded),
    ("trailing", _trailing),
    ("asked_quantity", asked_quantity),
    ("filled", filled),
)
