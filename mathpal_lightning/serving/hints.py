"""A solution -> a hint for each of its lines: what to compute, with the result hidden."""

from __future__ import annotations

import re

from mathpal_lightning.serving.written import Written
from mathpal_lightning.text.numbers import PLAIN_NUMBER
from mathpal_lightning.typeset import typeset_line

_NUMBER = re.compile(rf"(?<![\w.,]){PLAIN_NUMBER}(?![.,]?\d)")
_STATEMENT = re.compile(r"(;)")
_SIGN = re.compile(r"([=≈]|(?<=\d )được(?= \d))")
_COMPARISON = re.compile(r"[<>≤≥]=?")
_HIDDEN = re.compile(r"\?(?:(?: ?/ ?| )\?)+|\\d?frac\{ ?\? ?\}\{ ?\? ?\}")
_OPERATION = re.compile(
    rf"(?:{PLAIN_NUMBER}|\))[^-+×÷*:/=()]*(?: x |[-+×÷*:]|\\(?:times|div|cdot))[^=]*\d|\d ?\([^()]*\d ?[-+×:]"
)
_STATED = re.compile(r"(?i)^(\W*(?:đáp số|đáp án|kết quả|trả lời|chọn)\b\W*?[: ])(.*)")
_CONCLUDED = re.compile(r"(?i)^(\W*(?:vậy|như vậy|do đó)\b[^=]*\b(?:là|bằng|được)\b)(?: .*)")


def hints_to_show(question: str, solution: str) -> list[str]:
    """The hints of a solution, each as HTML; none where a line is false or a number of the question is not used."""
    written = Written(question)
    written.read(solution)
    return (
        []
        if written.checked.is_wrong or written.checked.unused
        else [typeset_line(hint) for hint in hints_of(question, solution)]
    )


def hints_of(question: str, solution: str) -> list[str]:
    r"""Hide the results of a solution, line by line.

    Hidden are the right sides of its equalities, its answer, and in sentences every number that is one of these and that the
    question does not tell. A side that is itself a computation stays: it says what to do next.

    >>> hints_of("Có 54 kg gạo, bán 18 kg. Còn bao nhiêu?", "54 - 18 = 36 (kg)\nCòn 36 kg gạo.\nĐáp số: 36 kg")
    ['54 - 18 = ? (kg)', 'Còn ? gạo.', 'Đáp số: ?']
    """
    lines = solution.split("\n")
    stated = next((match[2].strip(" .*$") for line in lines if (match := _STATED.match(line))), "")
    told = set(_NUMBER.findall(question))
    hidden = set(_NUMBER.findall(stated))
    hints = []
    for line in lines:
        hints.append(_hint(line, stated, hidden - told))
        computed = set(_NUMBER.findall(line)) - set(_NUMBER.findall(hints[-1]))
        hidden |= {number for number in computed if len(number) > 1}  # single digits stand everywhere
    return hints


def _hint(line: str, stated: str, hidden: set[str]) -> str:
    if match := _STATED.match(line) or _CONCLUDED.match(line):
        return f"{match[1].rstrip()} ?"
    if len(stated) > 1 and (not _SIGN.search(line) or _OPERATION.search(stated)):
        line = line.replace(stated, "?")
    if _SIGN.search(line):
        return "".join(_statement(part) for part in _STATEMENT.split(line))
    line = _COMPARISON.sub("?", line) if _NUMBER.search(line) else line
    return _NUMBER.sub(lambda match: "?" if match[0] in hidden else match[0], line)


def _statement(text: str) -> str:
    """`9 × 2 = 18 (viết 8, nhớ 1)` -> `9 × 2 = ? (viết ?, nhớ ?)`."""
    first, *others = _SIGN.split(text)
    return first + "".join(side if len(side) == 1 or _OPERATION.search(side) else _without_numbers(side) for side in others)


def _without_numbers(result: str) -> str:
    return _HIDDEN.sub("?", re.sub(PLAIN_NUMBER, "?", result))
