"""General solutions: `x ∈ ℝ, y = 2x - 3` or `(t; 2t - 3) với t ∈ ℝ` of two unknowns, `x = ± π/3 + k2π` of one."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import answer_of, read_answer
from mathpal_lightning.evaluation.values.relation import read_relation
from mathpal_lightning.schema import Answer

_MANY = re.compile(r"(?i)vô số nghiệm|nghiệm tổng quát|mọi [xyt](?!\w)|∈ ?[ℝR](?!\w)")
_TWO_UNKNOWNS = re.compile(r"(?i)(?<!\w)hệ(?!\w| số)|nghiệm tổng quát|hai ẩn")
_FREE = r"(?P<free>[xyt]) ?(?:∈ ?[ℝR]|tùy ý|tuỳ ý|bất k[ìỳ])"
_PAIR = re.compile(
    rf"\((?P<x>[^();]+|[^();]*\([^()]*\)[^();]*); ?(?P<y>[^();]+|[^();]*\([^()]*\)[^();]*)\)[ ,]*(?:với|\||:|,)? ?{_FREE}"
)
_BY_FORMULA = re.compile(
    rf"{_FREE}[ ,;]*(?:và )?(?P<letter>[xy]) ?= ?(?P<formula>[^,;=\n]+)"
    rf"|(?P<named>[xy]) ?= ?(?P<given>[^,;=\n]+?)[ ,;(]*(?:với |và )?[xyt] ?(?:∈ ?[ℝR]|tùy ý|tuỳ ý|bất k[ìỳ])"
)


def general_solution(solution: Solution) -> Answer | None:
    """The equation between the two unknowns that the last general solution says; None where none is told."""
    if not _TWO_UNKNOWNS.search(solution.asked) or not solution.lines or not _MANY.search(solution.text):
        return None
    line = solution.lines[-1]
    for pair in reversed(list(_PAIR.finditer(line))):
        x, y = pair["x"].strip(), pair["y"].strip()
        if len(x + y) > 2 and (written := _equation(x, y, pair["free"])):
            return _read(written)
    said = list(_BY_FORMULA.finditer(line))
    if not said:
        return None
    letter, formula = (said[-1]["letter"] or said[-1]["named"], said[-1]["formula"] or said[-1]["given"])
    return _read(f"{letter} = {formula.strip(' .')}")


def _equation(x: str, y: str, free: str) -> str:
    """`y = 2x - 3` of the pair (t; 2t - 3); empty where neither coordinate is the free letter alone."""
    if x == free:
        return f"y = {_renamed(y, free, 'x')}"
    if y == free:
        return f"x = {_renamed(x, free, 'y')}"
    return ""


def _renamed(formula: str, letter: str, name: str) -> str:
    return re.sub(rf"(?<![^\W\d_]){letter}(?![^\W\d_])", name, formula)


def _read(written: str) -> Answer | None:
    relation = read_relation(written)
    return answer_of(relation) if relation is not None else None


_FAMILIES = re.compile(r"(?<![^\W\d_])k ?\d*π|\dkπ|(?<![^\W\d_])k ?[×*.]? ?\d+°")


def families(line: str) -> Answer | None:
    """`x = ± π/3 + k2π` at the end of a line."""
    last = re.split(r"[⇔⇒]|(?<!\w)(?:là|nên|vậy)(?!\w):?", line)[-1].strip(" .,;")
    begins = re.search(r"(?<![\w+×*/)-])[a-z] ?=", last) if _FAMILIES.search(last) else None
    pieces = re.split(r"( hoặc | và |; ?)", last[begins.start() :]) if begins else []
    return read_answer("".join(_STEPS.sub("= ", piece) for piece in pieces)) if pieces else None


_STEPS = re.compile(r"= ?(?:[^=]{1,60}=)+ ?")
"""`= π - π/6 + k2π = ` before `5π/6 + k2π`."""
