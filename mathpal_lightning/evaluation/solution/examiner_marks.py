"""An examiner's marks beside a solution: `(0,5 điểm)`, `0,25đ` or `(0,25)` behind a step are no part of the mathematics."""

from __future__ import annotations

import re

_POINTS = r"(?:\d(?:[.,]\d{1,2})?|một|nửa) ?(?:điểm|đ)(?![^\W_])"
_BRACKETED = re.compile(
    rf" ?[(\[] ?(?:mỗi \w+(?: \w+){{0,3}} )?{_POINTS}(?:(?:/| mỗi | cho |[,;] )[^()\[\]\n]{{0,60}})?[)\]]", re.IGNORECASE
)
_DEDUCTED = re.compile(
    rf" ?\((?=[^()\n]*(?<!\w)(?:trừ|không cho|được|cho))[^()\n]{{0,80}}{_POINTS}[^()\n]{{0,30}}\)", re.IGNORECASE
)
"""`(thiếu đáp số trừ 0,25đ)`."""
_BEHIND = re.compile(r"(?m)(?<=\S)[ \t|-]{1,12}[0-2](?:[.,](?:0|25|5|50|75))? ?(?:điểm|đ)[ |]{0,4}$")
"""`= 16 (m)  0,5 điểm`."""
_QUARTERS = re.compile(r"(?m)(?<=\S)[ \t]{1,12}[(\[][0-2](?:[.,](?:0|25|5|50|75))?[)\]][ .]*$")
"""`(0,25)`, `[0,75]`: a mark where several lines carry one, or one line that computes does."""
_ALONE = re.compile(r"(?m)(?<=[.)$\]}\d])[ \t]{1,12}0[.,](?:25|5|50|75)[ .]*$")
"""`x = 2y + 3. 0,25`: a mark without brackets or a word, where several lines end in one."""
_LED = re.compile(
    r"(?m)(?:(?<=[^\s.…]) ?(?:\.{5,99}|…{2,40})|(?<=[^\s–_-]) (?:[-–_] ){2,40}[-–_])"
    r" ?[0-2](?:[.,](?:0|25|5|50|75))? ?(?:điểm|đ)?[ .]*$"
)
"""`..... 0,5`: dots lead to the mark."""


def without_marks(text: str) -> str:
    """The text without an examiner's marks.

    A mark without brackets, or without the word, is taken for one only where at least two lines end in it, or where two spaces
    or a bar set it apart: `Điểm của Lan là 1,5 điểm` is a statement.

    >>> without_marks("x + 2 = 5 (0,5 điểm)")
    'x + 2 = 5'
    """
    if not re.search(r"[đĐ(\[.…_-]|0,", text):
        return text
    text = _LED.sub("", _DEDUCTED.sub("", _BRACKETED.sub("", text)))
    for pattern in (_BEHIND, _QUARTERS):
        marks = list(pattern.finditer(text))
        sure = [mark for mark in marks if _is_sure(mark, text)]
        if len(marks) > 1 or sure:
            text = pattern.sub("", text)
    return _ALONE.sub("", text) if len(_ALONE.findall(text)) > 1 else text


def _is_sure(mark: re.Match[str], text: str) -> bool:
    """Whether one mark is enough: a gap or a bar sets it apart, or its brackets stand behind a computation."""
    if mark[0].strip(" \t.")[:1] not in ("(", "["):
        return re.match(r"[ ]{2}|.*[\t|]", mark[0]) is not None
    line = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()]
    return re.search(r"[=⇔≈][^=]*[\w)}°²³√π.]$", line) is not None and re.search(r"[(\[]\d[^;]*[.,]", mark[0]) is not None
