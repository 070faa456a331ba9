"""The symbol to which a solution gives its value, against the one that is asked for: `u_9 = 39` is no answer to `Tính u_10`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer

_INDEX = r"_\d+|_\{[^{}]{1,8}\}|\d{1,3}(?!\d|[.,]\d)"
_SYMBOL = re.compile(
    rf"(?<![\w∩∪\\])(?P<letter>[A-Za-zƯ])(?P<index>{_INDEX})?(?P<prime>['’′]+)?(?P<argument>\(-?\w{{1,6}}\))?(?! ?[∩∪])(?!\w)"
)
_SETS = re.compile(r"(?<!\w)(?P<one>[A-Z]) ?(?P<sign>[∩∪\\]|\\setminus) ?(?P<other>[A-Z])(?!\w)")
_TRIGONOMETRY = re.compile(r"(?<![a-z])(?P<function>sin|cos|tan|cot) ?(?:góc )?(?P<angle>[A-Z](?!\w)|\d+°?|α|β)")
_POINT = re.compile(r"(?<![\w'])(?P<letter>[A-Z]) ?= ?\(|(?<![\w'])(?P<touching>[A-Z])\((?=[^()]*;)")
_GIVEN = re.compile(
    r"(?<![\w'^])(?<![-+×*:/·] )(?P<letter>[a-z](?:_?\d+)?) ?= ?(?P<value>-?\d+(?:[.,/]\d+)?)(?![\w(]|[.,]\d| ?[-+×*/^])"
)
_OF_FIGURE = {
    "bán kính": "[dCPSV]", "đường kính": "[rRCPSV]", "chu vi": "[drRSV]", "diện tích xung quanh": "[dCPV]|S_?tp",
    "diện tích toàn phần": "[dCPV]|S_?xq", "diện tích": "[dCPV]", "thể tích": "[dCPS]|S_?tp|S_?xq",
}  # fmt: skip
"""Letters of the formulas that mean something else."""


def names_another_symbol(sentence: str, known: str, answer: Answer, question: str) -> bool:
    """Whether a value is given to another symbol than the asked one: of another index or argument, point, set, or ratio.

    Args:
        sentence: the last words of a solution.
        known: those of the reference.
        answer: what was read from the solution.
        question: the problem in plain text.
    """
    asking = asking_sentence(question)
    if any(_differ(pattern, sentence, asking) for pattern in (_SETS, _TRIGONOMETRY)) or _of_another_angle(sentence, asking):
        return True
    if any(re.search(one, asking) and re.search(other, sentence) for one, other in _DIVISORS):
        return True
    if is_of_another_surface(sentence, asking):
        return True
    if answer.kind == "point":
        return _is_another_point(sentence, asking, question)
    own = _own(sentence)
    if own is None or answer.text.partition(" ")[0] not in sentence[own.end() :].replace(",", ".").replace(" ", ""):
        return False
    if answer.kind not in ("number", "quantity", "fraction", "expression", "percent"):
        return False
    return _is_another_member(own, asking, known) or _has_another_value(own, answer, question) or _is_of_figure(own, question)


def _own(sentence: str) -> re.Match[str] | None:
    """The symbol before the last chain of equalities."""
    found = [match for match in _SYMBOL.finditer(sentence) if re.match(r" ?=", sentence[match.end() :])]
    return found[-1] if found and sentence[: found[-1].start()].rstrip()[-1:] in ("", ":", ",", ";", "⇒", "⇔") else None


_AND = re.compile(r"[A-Z](?:,| và) ")
"""`A ∩ B và A \\ B`: two are asked for."""


def _differ(pattern: re.Pattern[str], sentence: str, asking: str) -> bool:
    """Whether both have symbols of a kind, each only one, with the same letters or angles, and they differ."""
    own, asked = ({match[0].replace(" ", "") for match in pattern.finditer(text)} for text in (sentence, asking))
    return len(asked) == 1 and bool(own) and not own & asked and "=" in sentence and not _AND.search(asking)


def _of_another_angle(sentence: str, asking: str) -> bool:
    """`sin C = 4/5`, where the ratios of the angle B are asked for."""
    asked = set() if _TRIGONOMETRY.search(asking) else set(_ANGLE_OF_RATIO.findall(asking))
    said = {match["angle"] for match in _TRIGONOMETRY.finditer(sentence) if match["angle"].isupper()}
    return bool(asked and said) and not asked & said


_ANGLE_OF_RATIO = re.compile(r"(?:(?<![a-z])(?:sin|cos|tan|cot)(?![a-z])|lượng giác)[^.?\n]{0,40}? góc ([A-Z])(?!\w)")
_DIVISORS = ((r"(?i)(?<!\w)ước(?! chung)(?!\w)", r"(?<!\w)B\("), (r"(?i)(?<!\w)bội(?! chung)(?!\w)", r"(?<!\w)Ư\("))


def _is_another_point(sentence: str, asking: str, question: str) -> bool:
    """`A(3; 4)`, where the point M is asked for and the question gives A, or says nothing of such a point."""
    named = {match["letter"] or match["touching"] for match in _POINT.finditer(sentence)}
    asked = re.findall(r"(?:điểm|đỉnh|tâm|giao điểm|trung điểm|trọng tâm) ([A-Z])(?!\w)", asking)
    if asked and re.search(r"(?i)vect[ơo]|overrightarrow", sentence):
        return True
    return len(named) == 1 and len(asked) == 1 and named != set(asked)


def _is_another_member(own: re.Match[str], asking: str, known: str) -> bool:
    """`u_9` for `u_10`, `f(2)` or `g(3)` for `f(3)`, `y` for `y'`: one of a family, and not the asked one."""
    wanted = [
        match for match in _SYMBOL.finditer(asking) if match["index"] or re.fullmatch(r"\(-?\d+\)", match["argument"] or "")
    ]
    reference = _own(known)
    if reference is not None and {own["letter"], reference["letter"]} == {"x", "y"}:
        return True
    if reference is not None and own["letter"] == reference["letter"] and own["prime"] != reference["prime"]:
        return True
    if (count := _SUM_OF_TERMS.search(asking)) and own["index"] and own["letter"] in "uS":
        return _plain(own[0]) != f"S{count['count']}"
    if len(wanted) != 1 or not (own["index"] or re.search(r"\d", own["argument"] or "")):
        return False
    asked = wanted[0]
    alike = any(own[name] and own[name] == asked[name] for name in ("letter", "index", "argument"))
    return alike and _plain(own[0]) != _plain(asked[0])


_SUM_OF_TERMS = re.compile(r"tổng (?:của )?(?P<count>\d+) số hạng")


def _plain(symbol: str) -> str:
    return re.sub(r"[_{}]", "", symbol)


def _has_another_value(own: re.Match[str], answer: Answer, question: str) -> bool:
    """`n = 90`, where the question says `khi n = 9`."""
    if read_options(question):
        return False
    given = {_plain(match["letter"]): match["value"].replace(",", ".") for match in _GIVEN.finditer(question)}
    value, said = answer.meaning, given.get(_plain(own[0]))
    return said is not None and isinstance(value, Quantity) and value.written not in (said, "")


def _is_of_figure(own: re.Match[str], question: str) -> bool:
    """`d = 7 cm`, where the radius is asked for."""
    asked = re.search(
        r"(?i)(?:tính|tìm)(?: độ dài)? (?P<what>(?:bán|đường) kính|chu vi|diện tích(?: xung quanh| toàn phần)?|thể tích)",
        question,
    )
    return asked is not None and re.fullmatch(_OF_FIGURE[asked["what"].lower()], own[0]) is not None and own[0] not in question


_SURFACE = re.compile(r"(?<!\w)S_?\{?(?P<which>xq|tp)\}? ?=")
_SURFACES = {"xq": "toàn phần", "tp": "xung quanh"}


def is_of_another_surface(sentence: str, asking: str) -> bool:
    """`Stp = 36 cm²`, where the area around the sides is asked for."""
    said = list(_SURFACE.finditer(sentence))
    return (
        bool(said)
        and _SURFACES[said[-1]["which"]] in asking
        and not re.search(r"toàn phần.*xung quanh|xung quanh.*toàn phần", asking)
    )
