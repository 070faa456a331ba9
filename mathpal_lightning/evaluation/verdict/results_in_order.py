"""As many results as the reference has, in its order and without names: one a line, in a row, or behind `lần lượt`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import breaks_off
from mathpal_lightning.evaluation.language.doubt import denies, is_sure, supposes
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.schema import Answer

MAX_RESULTS = 12
"""Results of an answer."""
_IN_TURN = re.compile(
    r"(?i)(?:^|.*?(?<!\w))(?:lần lượt|(?:theo )?thứ tự|từ trên xuống(?: dưới)?|từ trái (?:sang|qua)(?: phải)?)(?!\w)"
    r"(?: (?:điền|từ trên xuống(?: dưới)?|từ trái sang phải|là|được|:|bằng)(?!\w))*:? ?(?P<said>[^:=]+)"
)
_BETWEEN = (r" ?; ?|,(?!\d) ?| (?:và|rồi|với) | ?\| ?| ?→ ?", r" [-–] ")
_HEADED = re.compile(
    r"(?i)^(?:đáp (?:số|án):? )?(?:(?:phương trình|ta)? ?có )?(?:hai|ba|bốn|các|những|[2-9])"
    r" (?:số|chữ số|giá trị|kết quả|nghiệm|đáp số)"
    r"(?: (?:cần|phải|được|tiếp theo|đó|điền|tìm|viết|phân biệt|của [a-z])(?!\w))*(?:,| là|:|: là| là:) ?(?P<said>[^:=]+)"
)
_REMARK = re.compile(r" ?\([^()]*[^\W\d_]{2}[^()]* [^()]*\)\W*$|^[-•*+] (?=\S)")
_NUMBERED_LINE = re.compile(
    r"(?i)^(?:câu|ý|dòng|ô|số|phép tính|chỗ chấm)(?: số| thứ)? (?P<at>[1-9]|nhất|hai|ba|tư)"
    r" ?(?:[:=,.)]|là|điền|được) ?(?P<said>.+)$"
)
_ORDINALS = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4}
_SIGNS = {"lớn hơn": ">", "dấu lớn": ">", "bé hơn": "<", "nhỏ hơn": "<", "dấu bé": "<", "bằng": "=", "bằng nhau": "="}
_VALUE = re.compile(r"[-−+]?[\d(\[{√π]|[<>=]")
_LETTER = re.compile("[a-h1-9]?")


def results_in_order(solution: Solution, gold: Answer) -> Answer | None:
    """The reference's number of results, each of its kind, in the order in which the solution tells them; else None."""
    count = len(gold.parts)
    if not 1 < count <= MAX_RESULTS or any(part.kind in ("multi", "choice", "text") for part in gold.parts):
        return None
    if not solution.lines or not all(is_sure(line) and not denies(line) and not supposes(line) for line in solution.lines):
        return None
    labels = {part.label for part in gold.parts}
    has_names = len(labels) > 1 and not all(map(_LETTER.fullmatch, labels))
    for pieces in _tries(solution, has_names):
        if len(pieces) != count or pieces[-1].lower() not in _SIGNS and breaks_off(pieces[-1]):
            continue
        read = [_value(solution, piece, part) for piece, part in zip(pieces, gold.parts, strict=True)]
        answers = [answer for answer in read if answer is not None]
        if len(answers) == count:
            return multi(answers, ordered=gold.ordered)
    return None


def _tries(solution: Solution, has_names: bool) -> Iterator[list[str]]:
    """The pieces of the solution, as the layouts divide it; results with names are told in turn only behind `lần lượt`."""
    lines = [_REMARK.sub("", line) for line in solution.lines]
    for sentence in sentences(in_digits(lines[-1]))[-1:]:
        if turn := _IN_TURN.fullmatch(_REMARK.sub("", sentence.strip(" ."))):
            yield from (re.split(between, turn["said"].strip(" .")) for between in _BETWEEN)
    if has_names:
        return
    if headed := _HEADED.fullmatch(in_digits(lines[-1]).strip(" .")):
        yield from (re.split(between, headed["said"]) for between in _BETWEEN)
    numbered = [line for text in solution.text.split("\n") if (line := _NUMBERED_LINE.fullmatch(text.strip()))]
    if numbered:
        places = [_ORDINALS.get(line["at"], 0) or int(line["at"]) for line in numbered]
        yield from [[line["said"] for line in numbered]] if places == list(range(1, len(lines) + 1)) else []
        return
    yield lines
    if len(lines) == 1:
        yield from (re.split(between, lines[0].strip(" .")) for between in _BETWEEN)


def _value(solution: Solution, piece: str, wanted: Answer) -> Answer | None:
    """A piece that is nothing but a value of the reference's kind."""
    piece = piece.strip(" .")
    compares = wanted.kind == "relation"
    if compares and wanted.text in _SIGNS.values():
        piece = _SIGNS.get(piece.lower().removeprefix("dấu "), piece)
    if not _VALUE.match(piece) or "=" in piece and not compares:
        return None
    read = solution.read(piece)
    is_one = read is not None and read.kind not in ("text", "multi", "choice") and (read.kind == "relation") is compares
    return replace(read, label=wanted.label) if read is not None and is_one else None
