"""What a discussion finds for each case of a parameter: `m ≠ 1: x = m + 1; m = 1: vô số nghiệm`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.evaluation.values.words import EVERY_SOLUTION, NO_SOLUTION
from mathpal_lightning.schema import Answer

_DISCUSSES = re.compile(r"(?i)biện luận|tùy theo|tuỳ theo|theo tham số")
_CASE = re.compile(r"(?<![\w+×*/^-])(?P<letter>[a-z]) ?(?P<sign>[=≠<>≤≥]) ?(?P<value>±? ?-?\d[\d/,]*)(?![\w/^]| ?[-+×*(=])")
_ENDS = re.compile(r"[.;\n]|(?<!\w)(?i:còn|nếu|với|khi|trường hợp|TH ?\d)(?!\w)")
_EVERY = re.compile(r"(?i)vô số nghiệm|(?:đúng|nghiệm) với mọi|(?:x )?(?:tùy|tuỳ) ý|mọi x|∈ ?[ℝR](?!\w)|= ?ℝ")
_NONE = re.compile(r"(?i)vô nghiệm|không có nghiệm")
_ROOT = re.compile(r"(?<![\w+×*/^-])x ?=(?: ?[^=,;⇒⇔\n]+=)* ?(?P<root>[^=,;.⇒⇔\n()]+(?:\([^()]*\)[^=,;.⇒⇔\n()]*)*)")
_SIGNS = {"=": "bằng", "≠": "khác", "<": "bé hơn", ">": "lớn hơn", "≤": "không quá", "≥": "ít nhất"}


def cases_of_parameter(solution: Solution) -> Answer | None:
    """The result of each case, labelled by its condition; None where nothing is discussed, or fewer than two cases end."""
    starts = [case for case in _CASE.finditer(solution.text) if case["letter"] != "x"]
    if not starts or not _DISCUSSES.search(solution.asked):
        return None
    found: dict[str, Answer] = {}
    ends = [case.start() for case in starts[1:]] + [len(solution.text)]
    for case, end in zip(starts, ends, strict=True):
        said = solution.text[case.end() : end]
        answer = _result(_without_next(said))
        if answer is not None:
            label = f"{case['letter']} {_SIGNS[case['sign']]} {case['value'].replace(' ', '')}"
            found[label] = replace(answer, label=label)
    return Answer("multi", parts=tuple(found[label] for label in sorted(found)), ordered=True) if len(found) > 1 else None


def _without_next(said: str) -> str:
    """What is said of a case, without the words that begin the next one."""
    ends = list(_ENDS.finditer(said))
    return said[: ends[-1].start()] if ends and not said[ends[-1].end() :].strip(" :-+") else said


def _result(said: str) -> Answer | None:
    if _NONE.search(said):
        return read_answer(NO_SOLUTION)
    if _EVERY.search(said):
        return read_answer(EVERY_SOLUTION)
    roots = list(_ROOT.finditer(said))
    return read_answer(roots[-1]["root"].strip(" .")) if roots else None
