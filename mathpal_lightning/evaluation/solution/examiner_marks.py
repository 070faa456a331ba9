"""An examiner's marks beside a solution: `(0,5 điểm)`, `0,25đ` or `| 0,25` behind a step are no part of the mathematics."""

from __future__ import annotations

import re

_POINTS = r"\+? ?(?:[13]/[24]|\d(?:[.,]\d{1,2})?|một|nửa) ?(?:điểm|đ)(?![^\W_])"
_BRACKETED = re.compile(
    rf" ?(?:\.{{3,99}}|…{{1,40}})?[(\[] ?(?:mỗi \w+(?: \w+){{0,3}} )?"
    rf"{_POINTS}(?:(?:/| mỗi | cho |[,;] | ?[x×*+] ?)[^()\[\]\n]{{0,60}})? ?[)\]]",
    re.IGNORECASE,
)
_DEDUCTED = re.compile(
    rf" ?\((?=[^()\n]*(?<!\w)(?:trừ|không cho|được|cho))[^()\n]{{0,80}}{_POINTS}[^()\n]{{0,30}}\)", re.IGNORECASE
)
"""`(thiếu đáp số trừ 0,25đ)`."""
_LED_TO = r" ?[0-2](?:[.,](?:0|25|5|50|75))? ?"
_LED = re.compile(
    r"(?m)(?:(?<=[^\s.…]) ?(?:\.{5,99}|…{2,40})|(?<=\.) …{2,40}|(?<=[^\s–_-]) (?:[-–_] ){2,40}[-–_])"
    rf"{_LED_TO}(?:điểm|đ)?[ .]*$|(?<=[^\s.]) ?\.{{3,4}}{_LED_TO}(?:điểm|đ)[ .]{{0,4}}$"
)
"""`..... 0,5`: dots lead to the mark."""

_MARK = r"(?:[13]/[24]|[0-5](?:(?:[.,]|\{,\})(?:00?|125|25|50?|75))?)"
_SUM = rf"(?:{_MARK}(?: ?(?:điểm|đ|pt))?(?: ?[x×*+] ?{_MARK}(?: ?(?:điểm|đ))?){{0,4}})"
"""`0,5`, `0,25 × 2`, `0,25đ + 0,25đ`."""
_WRITTEN = (
    rf"(?:\*\*?|__?|\$|<\w{{1,6}}>|\\textbf ?\{{|\\text ?\{{)?(?P<open>[(\[] ?(?:\+ ?)?)?(?P<mark>{_SUM})(?(open) ?[)\]])"
    r"(?:\*\*?|__?|\$|\}|</\w{1,6}>)?[ .|]{0,4}(?:\\\\)?"
)
_COLUMN = re.compile(
    r"(?m)(?<=[^\s|])(?:[ \t]{0,12}(?:[|&\t][ \t|&]{0,6}|\\(?:hfill|dotfill|q?quad) ?)|[ \t]{1,12}[-–] ?|[ ]{1,12})"
    rf"{_WRITTEN}$"
)
"""What may be a mark at the end of a line."""
_ALONE = re.compile(rf"(?m)(?<=[^\s:=+×])[ \t]{{0,4}}\n\s{{0,4}}{_WRITTEN}[ \t]{{0,4}}$")
"""A line that is a mark and nothing else, below a line that is closed."""
_EVERY = re.compile(
    r"(?m)(?<=[\w)\]}.²³°$:])"
    r"(?P<sep>[ ]{1,4}[^\w\s=:()\[\].,;≈<>≤≥≠×÷*+±^√-]{1,3} ?|[ ]?--[ ]?|[ ]?[:+] ?(?=[\d.,/]{1,5} ?(?:đ|điểm)(?![^\W_]))"
    r"|[ ]?\\hspace ?\{\w{1,6}\} ?|[,;] )"
    rf"{_WRITTEN}$"
)
"""A mark behind any sign, where nearly every line ends in one behind the same sign."""
_LINKED = re.compile(
    r"(?i)(?:[-:=+×*/<>≤≥≈^(,;~]|(?<=[\d)}] )[x.]|\\(?:times|cdot|div|pm)"
    r"|(?<!\w)(?:là|bằng|được|có|còn|ra|thêm|hơn|kém|khoảng|đạt|nặng|dài|và|hoặc|hay|mất|hết|gấp"
    r"|nhân|chia|cộng|trừ|cho|điểm|số))$"
)
"""Words and signs that lead to a value of the solution's own: `Lan được 2 điểm`."""
_ONLY_LETTER = re.compile(r"(?i)[ *_(-]*(?:(?:câu|bài|ý|phần) ?)?(?:[a-h][.):,]*|\d{1,2}[.):])")
"""`a) 0,75`: the answer of a part."""
_HEAD = re.compile(
    r"(?im)^[ |*]{0,6}(?:(?:câu|bài|ý|phần|tt|stt)[ *]{0,6}\|)?[ *]{0,6}"
    r"(?:nội dung|đáp án|lời giải|hướng dẫn|yêu cầu|gợi ý|sơ lược)[^|\n]{0,60}"
    r"\|[ *]{0,6}(?:thang |biểu )?điểm[ |*]{0,6}\n"
)
"""The head of a key's table: `Câu | Nội dung | Điểm`."""
_RULE = re.compile(r"(?m)^[ |]{0,6}:?-{2,}:?(?: ?\|[ :]{0,6}-{2,}:?)+[ |]{0,6}\n")
_ROW = re.compile(
    r"(?im)^[ ]{0,6}\|?[ ]{0,6}(?:(?:câu|bài|ý|phần) ?)?\d{0,2}[ .]?(?P<part>[a-h]?)[).]?[ ]{0,6}\|[ ]{0,6}(?=\S)"
)
"""The first cell of a row: `| 1a |`."""


def without_marks(text: str) -> str:
    """The text without an examiner's marks.

    A mark without brackets, or without the word, is taken for one only where at least two lines end in it, or where a gap, a
    bar or a bracket sets it apart: `Điểm của Lan là 1,5 điểm` is a statement.

    >>> without_marks("x + 2 = 5 (0,5 điểm)")
    'x + 2 = 5'
    """
    text = _LED.sub("", _DEDUCTED.sub("", _BRACKETED.sub("", _without_table(text))))
    for pattern in (_COLUMN, _ALONE):
        marks = [mark for mark in pattern.finditer(text) if _may_be_mark(mark, text)]
        if len(marks) > 1 and any(_is_apart(mark, text) for mark in marks) or any(_is_sure(mark, text) for mark in marks):
            for mark in reversed(marks):
                text = text[: mark.start()] + text[mark.end() :]
    return _without_every(text)


def _without_every(text: str) -> str:
    """Without `; 0,25đ`, `// 0,25`, `| 1` at the end of each line, or of three lines and all but one."""
    marks = list(_EVERY.finditer(text))
    lines = [line for line in text.split("\n") if line.strip()]
    same = len({mark["sep"].strip() for mark in marks}) == 1
    sure = any(re.search(r"[.,/đ]", mark["mark"]) or "|" in mark["sep"] and "=" in text for mark in marks)
    listed = any(not re.search(r"[|#~¦&•]|//|--|hspace", mark["sep"]) and "đ" not in mark["mark"] for mark in marks)
    if not same or not sure or listed or "=" not in text or len(marks) < 2 or len(marks) < len(lines) - (len(lines) > 3):
        return text
    return _EVERY.sub("", text)


def _line_before(mark: re.Match[str], text: str) -> str:
    return text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()].rstrip()


def _may_be_mark(mark: re.Match[str], text: str) -> bool:
    """Not what `là`, `=` or `×` leads to or a minus takes away, and no whole number that only a space sets apart."""
    before = _line_before(mark, text)
    if _ONLY_LETTER.fullmatch(before):
        return False
    if _LINKED.search(before[-40:]) or re.match(r"\s*[-–]", mark[0]) and "đ" not in mark[0] and re.search(r"[\d)}]$", before):
        return False
    return re.search(r"[.,đ|&\t(\[]|\\[hdq]", mark[0]) is not None


def _is_apart(mark: re.Match[str], text: str) -> bool:
    """Whether a part of a mark, or a mark with its word, stands apart from the words before it."""
    before = _line_before(mark, text)
    if "đ" in mark["mark"]:
        return True
    if not re.search(r"[.,/]", mark["mark"]):
        return False
    if mark.re is _ALONE:
        return re.search("[=⇔$]", before) is not None
    if re.search(r"[|&]", mark[0]):
        return len(before.split()) > 2 or re.search(r"[=\d]", before) is not None
    return re.search(r"[\t(\[]|\\[hdq]", mark[0]) is not None or before[-1:] in ".)]}$" or before[-1:].isdigit()


def _is_sure(mark: re.Match[str], text: str) -> bool:
    """Whether one mark is enough: a gap or a bar sets it apart, or its brackets stand behind a computation."""
    part, before = re.search(r"[.,/]", mark["mark"]), _line_before(mark, text)
    if "đ" in mark["mark"]:
        closed = "=" in before and (before.endswith(")") or part is not None and before[-1:].isdigit())
        return closed or mark.re is _ALONE or re.match(r"[ ]{2}|.*[\t|]|.*\\[hdq]", mark[0]) is not None
    if "(" in mark[0] or "[" in mark[0]:
        return part is not None and re.search(r"[=⇔≈][^=]*[\w)}°²³√π.$]$", before) is not None
    apart = re.match(r"[ ]{2}|[ ]*(?:\\hfill|\||\t)", mark[0]) is not None and text.count("|") < 2
    return apart and part is not None and ("=" in before or len(before.split()) > 3 and not mark[0].startswith("  "))


def _without_table(text: str) -> str:
    """A key's table as lines: without its head, its column of marks and the numbers of its rows; `a` of `1a` becomes `a) `."""
    head = _HEAD.search(text)
    if head is None:
        return text
    rows = re.sub(r"(?m)(?<=[^\s|])[ ]{0,6}\|[^|\n]{0,60}\|?[ ]{0,6}$", "", _RULE.sub("", text[head.end() :]))
    rows = _ROW.sub(lambda row: f"{row['part'].lower()}) " if row["part"] else "", rows)
    return text[: head.start()] + re.sub(r"(?m)^[ ]{0,6}\|[ |]{0,6}", "", rows)
