"""The policy for working, as a checker that reads a solution like a strict teacher: no result appears from nowhere.

Every line is one of

    lead        "Số bi của Nam là:"                     names the quantity
    named       "96 + 65 = ?"                           names an operation that the grade does not do in the head; inside of a
                                                        line "16 × 6 = ?; 6 × 6 = 36 (viết 6, nhớ 3); ..."
    working     "6 + 5 = 11 (viết 1, nhớ 1); 9 + 6 = 15; 15 + 1 = 16"
    result      "96 + 65 = 161 (kg)"                    of a named operation, or of one done in the head
    statement   "x + 5 = 12", "1 m = 100 cm"            algebra with letters, a unit, a number rewritten
    reason      "Tích có 2 chữ số ở phần thập phân."
    answer      "Đáp số: 161 kg"

and every equality with numbers only is done in the head (mental.py), or stands under its named operation behind enough facts.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from mathpal_lightning.curriculum.steps.mental import in_head, stripped

NUMBER = r"\d{1,3}(?: \d{3})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?"
_SIMPLE = re.compile(rf"({NUMBER}) ([-+×:]) ({NUMBER})")
_BELOW = re.compile(rf"-({NUMBER}) ([-+]) ({NUMBER})")
"""A number below nought, and one that is added or taken away."""
_NOTE = re.compile(r" \((?:viết \d(?:, nhớ \d+)?|nhớ \d+)\)$")
_REST = re.compile(rf" \(dư ({NUMBER})\)$")
_UNIT = re.compile(r" \([^()\d]*[^\W\d][^()]*\)$| \([%°][^()]*\)$")
_RAISED = "²³⁴⁵⁶⁷⁸⁹⁰¹"
_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ỹ]")


class Line(NamedTuple):
    """A line with its class and what is wrong with it."""

    text: str
    kind: str
    leaps: tuple[str, ...]


def value(written: str) -> Fraction:
    return Fraction(written.replace(" ", "").replace(",", "."))


def read(solution: str, grade: int) -> list[Line]:
    """Classify every line, and find the leaps."""
    facts = 0
    named: dict[str, int] = {}
    lines = []
    texts = solution.split("\n")
    for place, text in enumerate(texts):
        leaps: list[str] = []
        if text.startswith("Đáp số: "):
            kind = "answer"
        elif match := re.fullmatch(r"(.+) = \?", text):
            kind, named[match[1]] = "named", facts
        elif "=" not in text and "≈" not in text:
            kind = "lead" if text.endswith(":") else "reason"
        else:
            kind = "statement"
            begun = facts
            for piece in text.split("; "):
                if piece.endswith(" = ?"):
                    continue  # its result is a piece of the same line, and is checked there
                found = _piece(piece, grade, facts, named)
                if found != "fine" and facts > begun and re.match(r"-?\d+/\d+ = ", piece):
                    found = "fine"  # a fraction expanded or reduced behind the facts of its line
                if found == "statement":
                    continue
                kind = "working" if "; " in text or (named and kind != "result") else "result"
                facts += 1
                leaps += [] if found == "fine" else [f"{piece}: {found}"]
            expression = _plain(text).rpartition(" = ")[0]
            if kind != "statement" and expression in named and not _is_first_digit(text, expression, texts[place + 1 :]):
                kind = "result"
                named.pop(expression)
        lines.append(Line(text, kind, tuple(leaps)))
    if named:
        lines.append(Line("", "named", tuple(f"{expression} is named and never stated" for expression in named)))
    return lines


def leaps(solution: str, grade: int) -> list[str]:
    """What appears from nowhere in a solution."""
    return [leap for line in read(solution, grade) for leap in line.leaps]


def _is_first_digit(text: str, expression: str, after: list[str]) -> bool:
    """Whether "21 : 30 = 0 (dư 21)" begins the quotient of 21 : 30 and does not state it.

    It does where the quotient is stated later, or where the next line divides what is left by the same number.
    """
    if not _REST.search(text):
        return False
    begun_again = next((place for place, line in enumerate(after) if line == f"{expression} = ?"), len(after))
    if any(line.startswith(f"{expression} = ") and "; " not in line for line in after[:begun_again]):
        return True
    divisor = re.escape(expression.rpartition(" : ")[2])
    return bool(after) and bool(re.search(rf": {divisor} = (?!\?)|(?<!\d){divisor} × ", after[0]))


def _plain(piece: str) -> str:
    """An equality without its notes and its unit."""
    return _UNIT.sub("", _REST.sub("", _NOTE.sub("", piece)))


def _piece(piece: str, grade: int, facts: int, named: dict[str, int]) -> str:
    """'fine', 'statement', or what is wrong with one equality."""
    if re.fullmatch(r"\d+ - \d+ không được", piece):
        return "fine"
    rest = _REST.search(piece)
    left, _, right = _plain(piece).rpartition(" = ")
    expression = left.rpartition(": ")[2] if _LETTERS.search(left) else left
    if re.fullmatch(rf"-(?:{NUMBER})|\|-?(?:{NUMBER})\|", expression) or re.search(f"[{_RAISED}]", right):
        return "statement"  # a number below nought, an absolute value, a rule of powers
    if _LETTERS.search(expression) or not re.search(r"[-+×:/²³⁴⁵⁶⁷⁸⁹⁰¹^√%]", expression) or re.search(r" [-+×:] ", right):
        return "statement"
    match = _SIMPLE.fullmatch(expression)
    if match and rest:
        quotient, divisor = value(right), value(match[3])
        if quotient == 0 or (divisor <= 10 and quotient <= 10) or (named and facts):
            return "fine"
        return "a division with remainder that is not worked"
    if match and in_head(match[2], _number(match[1]), _number(match[3]), grade):
        return "fine"
    if (below := _BELOW.fullmatch(expression)) and grade >= 6 and in_head("+", _number(below[1]), _number(below[3]), grade):
        return "fine"
    if expression in named:
        since = facts - named[expression]
        needed = _needed(match) if match else 1
        return "fine" if since >= needed else f"{since} facts where {needed} are needed"
    if not named:
        return "not named"
    needed = _needed(match) if match else 1
    return "fine" if facts - max(named.values()) >= needed else "an inner step without its facts"


def _number(written: str) -> int | Fraction:
    number = value(written)
    return number.numerator if number.denominator == 1 else number


def _needed(match: re.Match[str]) -> int:
    """How many facts a calculation of two numbers needs at least."""
    a, b = (stripped(int(re.sub(r"\D", "", match[place]))) for place in (1, 3))
    if match[2] in "+-":
        return max(1, min(len(str(a)), len(str(b))) - 1)
    return max(1, len(str(min(a, b)))) if match[2] == "×" else 1
