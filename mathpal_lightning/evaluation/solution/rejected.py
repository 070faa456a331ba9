"""Values that a solution rejects beside those it keeps: `x = 2 (thỏa mãn), x = -1 (loại)` -> `x = 2 (thỏa mãn)`."""

from __future__ import annotations

import re

_TERM = r"[\d√][\d,/√]*(?:√\(\d+\)|(?<=√)\(\d+\))?"
_VALUE = rf"[a-z](?:_?\d)? ?= ?-?(?:\([^()=;]{{1,30}}\)/\d+|{_TERM}(?: ?[-+] ?{_TERM})?)"
"""`x_1 = 3/2`, `m = -2 + √10`, `x = (1 + √5)/2`."""
_CASE = re.compile(
    rf"(?:^|(?<=[,;⇔⇒:] )|(?<=hoặc )|(?<=hay )|(?<=và )|(?<=được ))"
    rf"{_VALUE} \((?:loại|thỏa mãn)\)(?: ?[,;.] ?| hoặc | hay | và |$)"
)
_LINE_OF_CASE = re.compile(rf"(?:[⇔⇒•+-] ?|\d\) )?{_VALUE} \((?P<mark>loại|thỏa mãn)\)\W*")
_REJECTED_ASIDE = re.compile(rf" ?\({_VALUE}(?: bị)? loại\)")
"""`x = -1 (x = 0 loại)`."""
_JOINT_LEFT = re.compile(r"(?<=\)) (?:hoặc|hay|và)$")


def without_rejected(text: str, beside: str) -> str:
    """The text without rejected values, in a line or from line to line, where others are kept.

    Args:
        text: plain text in which the marks are spelled `(loại)` and `(thỏa mãn)`.
        beside: unused; the signature of a rule of `plain.py`.
    """
    lines = _REJECTED_ASIDE.sub("", "\n".join(map(_kept_of, text.split("\n")))).split("\n")
    marks = [case["mark"] if (case := _LINE_OF_CASE.fullmatch(line)) else "" for line in lines]
    if "thỏa mãn" not in marks:
        return "\n".join(lines)
    return "\n".join(line for line, mark in zip(lines, marks, strict=True) if mark != "loại")


def _kept_of(line: str) -> str:
    """Only where the line ends in cases of which some are kept and some are not."""
    cases = list(_CASE.finditer(line))
    kept = [case[0] for case in cases if "(loại)" not in case[0]]
    if not kept or len(kept) == len(cases) or "".join(case[0] for case in cases) != line[cases[0].start() :]:
        return line
    return line[: cases[0].start()] + _JOINT_LEFT.sub("", "".join(kept).rstrip(",; "))
