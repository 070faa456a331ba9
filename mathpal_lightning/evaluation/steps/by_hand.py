"""What pupils write beside the signs: the notes of a written method, labels of lines, arithmetic in words, a chain over lines.

7 × 6 = 42 (viết 2, nhớ 4)      a note: of 42 the 2 is written and the 4 is carried
24 : 7 được 3                   a note: 7 goes 3 times into 24
12 cộng 5 bằng 17               12 + 5 = 17
25% của 360 là 90               25% × 360 = 90
a) 3 + 4 = 7                    3 + 4 = 7
x = 12 - 5, and below x = 7     12 - 5 = 7
2 × 3 + 4, and below = 10       2 × 3 + 4 = 10
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.text.numbers import PLAIN_NUMBER

_CARRY = re.compile(
    r"(?<![\d.,])(?P<total>\d{1,4}),? ?\(? ?viết (?P<digit>\d{1,4})(?!\d)(?:,? (?:và )?nhớ (?P<carry>\d{1,3})(?!\d))? ?\)?",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"(?<![\d.,:/] )(?<![\d.,])(?P<whole>\d{1,9}) ?: ?(?P<part>[1-9]\d{0,8}) được (?P<times>\d{1,9})(?![\d.,/]*\d)"
)
_LABEL = re.compile(r"(?i)^ ?(?:[•●▪◦*–—]|(?:bước|câu|bài|cách|phần|ý) \d{1,2}[a-d]? ?[:.)]|[a-zđ]\)|\d{1,2}\)) ?(?=[-(\[\d])")
_ROW = re.compile(r" ?\|.*\| ?")
"""A row of a table: each cell says something of its own."""
_COMPOUND = re.compile(r"(?<=\d) ?([^\W\d_]{1,5})(?=\d+ ?[^\W\d_])")
"""`1giờ15phút`."""
_SIGN_WORD = re.compile(r"(?i)(?<=\d) (cộng|trừ|nhân|chia)(?: với| đi| cho)? (?=\d)")
_SIGNS = {"cộng": "+", "trừ": "-", "nhân": "×", "chia": ":"}
_EQUALS = re.compile(r"(?i)(\d ?[-+×x*:] ?\d[\d.,/ ()×x*:+-]{0,120}?) bằng (?=-?\d)")
_GIVES = re.compile(r"(?i)((?<![\d:×*+-] )(?<![\d.,])\d[\d.,]* ?[-+×x*] ?\d[\d.,]*) (?:được|còn|ra) (?=\d)")
"""`54 - 18 còn 36`; behind `:` the digit of a quotient follows."""
_SHARE = re.compile(
    rf"(?i)({PLAIN_NUMBER}(?:%|/{PLAIN_NUMBER})) của ({PLAIN_NUMBER}(?: ?{MEASURE}(?![^\W\d_]))?)"
    r"(?: (?!là |bằng )[^\W\d_]+){0,4} ?(?:là|bằng|=) ?(?=\d)"
)
LINES_BEFORE = 4
_COLUMN = re.compile(
    rf"(?:^|\n) *({PLAIN_NUMBER}) *\n *([-+×x]) *\n? *({PLAIN_NUMBER}) *\n(?:[-_=—–─ ]*\n)? *({PLAIN_NUMBER}) *$"
)
"""Two numbers, the sign before the second one or on a line of its own, mostly a rule, and the result."""
_GOES_ON = re.compile(r" ?[=≈](?!>)[^=≈<>≤≥;⇒⇔→]+")
_UNKNOWN = re.compile(r"[ ⇒⇔→]{0,3}([a-zA-Z]) ?= ?(-?[\d(\[][^=<>≤≥≈;]*)")
_VALUE = re.compile(rf"-?{PLAIN_NUMBER}(?:/{PLAIN_NUMBER})?[ .]*")


def notes_of(line: str) -> list[tuple[str, bool]]:
    """Each note of a written method as it stands, and whether it is true.

    >>> notes_of("7 × 6 = 42 (viết 4, nhớ 2); 24 : 7 được 3")
    [('42 viết 4, nhớ 2', False), ('24 : 7 được 3', True)]
    """
    carries = [(_said(match), _said(match) in _right_notes(match)) for match in _CARRY.finditer(line)]
    goes = [(match[0], int(match["whole"]) // int(match["part"]) == int(match["times"])) for match in _GOES.finditer(line)]
    return carries + goes


def corrected_note(note: str) -> str:
    """A false note as it should be; empty where the text is no note.

    >>> corrected_note("42 viết 4, nhớ 2")
    '42 thì viết 2, nhớ 4, không phải viết 4, nhớ 2'
    """
    if match := _CARRY.fullmatch(note):
        total, said = match["total"], _said(match).removeprefix(f"{match['total']} ")
        return f"{total} thì viết {total[-1]}, nhớ {total[:-1] or 0}, không phải {said}"
    if match := _GOES.fullmatch(note):
        times = int(match["whole"]) // int(match["part"])
        return f"{match['whole']} : {match['part']} được {times}, không phải {match['times']}"
    return ""


def _said(carry: re.Match[str]) -> str:
    return f"{carry['total']} viết {carry['digit']}" + (f", nhớ {carry['carry']}" if carry["carry"] else "")


def _right_notes(carry: re.Match[str]) -> tuple[str, ...]:
    """A carry may be left out, and what was borrowed is carried too: `12 - 8 = 4, viết 4 nhớ 1`."""
    total, digit = carry["total"], carry["total"][-1]
    borrowed = f"{total} viết {total}, nhớ 1"
    return f"{total} viết {digit}, nhớ {total[:-1] or 0}", f"{total} viết {digit}", f"{total} viết {total}", borrowed


def in_signs(line: str) -> str:
    """A line without its label and its notes, with arithmetic in words written in signs.

    >>> in_signs("Bước 1: 12 cộng 5 bằng 17 (viết 7, nhớ 1); 25% của 360 kg gạo là 90 kg")
    '12 + 5 = 17 ; 25% × 360 kg = 90 kg'
    """
    line = line.replace("|", ";") if _ROW.fullmatch(line) else _LABEL.sub("", line)
    line = _COMPOUND.sub(lambda match: f"{match[0]} " if parse_unit(match[1]) else match[0], line)
    line = _SHARE.sub(r"\1 × \2 = ", line) if "của" in line else line
    line = _SIGN_WORD.sub(lambda match: f" {_SIGNS[match[1].lower()]} ", line)
    line = _EQUALS.sub(r"\1 = ", line) if "bằng" in line else line
    line = _GIVES.sub(r"\1 = ", line).replace("==", "=")
    return _CARRY.sub(r"\g<total> ;", line).replace(";;", ";").removesuffix(" ;")


def continued(before: Sequence[str], line: str) -> str:
    """What a line says together with those before it; empty where that is nothing.

    >>> continued(["x = 12 - 5"], "x = 8"), continued(["A = 2 × 3 + 4"], "= 6 + 4"), continued(["x = 3"], "y = 4")
    ('12 - 5 = 8', '2 × 3 + 4 = 6 + 4', '')
    >>> continued(["47", "+ 38", "----"], "85")
    '47 + 38 = 85'

    Args:
        before: the lines before it, the nearest last; the last LINES_BEFORE of them are looked at.
        line: the line.
    """
    if not line.strip():
        return ""
    if column := _COLUMN.search("\n".join([*before[-LINES_BEFORE:], line])):
        return "{} {} {} = {}".format(*column.groups())
    last = before[-1] if before else ""
    if match := _GOES_ON.match(line):
        left = re.split("[=≈;]", last)[-1].strip()
        return f"{left} {match[0].strip()}" if left else ""
    first, second = _UNKNOWN.fullmatch(last), _UNKNOWN.fullmatch(line)
    if first and second and first[1] == second[1] and _VALUE.fullmatch(second[2]):
        return f"{first[2].strip()} = {second[2].strip()}"
    return ""
