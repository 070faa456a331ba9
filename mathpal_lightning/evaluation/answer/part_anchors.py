"""Where a solution without the letters a) b) c) works each part: behind the formula of the part's question."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mathpal_lightning.evaluation.mathematics.units import MEASURE

_TOKEN = rf"(?:[^\s\w]*(?:\d[^\s;?]*|[a-zA-Z](?![^\W\d_])[^\s;?]*)|(?<=\d )(?:{MEASURE})(?!\w)|[-+×*:/=<>≤≥])"
_RUN = re.compile(rf"(?<!\S){_TOKEN}(?: {_TOKEN})*")
"""Numbers, letters, signs and units side by side."""
_BLANK = re.compile(r"\.{2,}|…|_{2,}")
_EDGE = " .,:=<>≤≥?"
MIN_NUMBER = 4
"""Characters that a lone number must have to name its part."""


def text_of_each(text: str, asked: Mapping[str, str]) -> dict[str, str]:
    """What stands behind each part's formula, up to the next formula; empty unless all of them are found.

    >>> text_of_each("3m là 300cm, còn 70cm thì bằng 7dm.", {"a": "3 m = ... cm", "b": "70 cm = ... dm"})
    {'a': '300cm', 'b': '7dm'}
    """
    formulas = {part: _formula(_BLANK.split(question)[0]) for part, question in asked.items()}
    if len(formulas) < 2 or not all(formulas.values()) or len(set(formulas.values())) < len(formulas):
        return {}
    found = {part: _found(formula, text) for part, formula in formulas.items()}
    places = sorted((place.start(), place.end(), part) for part, place in found.items() if place)
    if len({start for start, _, _ in places}) < len(formulas):
        return {}
    stops = [start for start, _, _ in places[1:]] + [len(text)]
    said = {part: _JOINED.sub("", text[end:stop]) for (_, end, part), stop in zip(places, stops, strict=True)}
    return {part: said[part] for part in asked}


_JOINED = re.compile(
    r"(?i)^(?:[\s,:=≈]|(?<!\w)(?:thì|là|có|tức|bằng|được|ra|thành|khai triển|tính|kết quả)(?!\w))+"
    r"|(?<![\s.,;])(?:[\s.,;]|(?<!\w)(?:còn|và|riêng|với|từ|muốn)(?!\w))+$"
)
"""What joins a formula to its result, and a result to the next formula."""


def _formula(question: str) -> str:
    """`3m` of `Đổi 3 m =`, `(x+3)^2`: the longest run of numbers and signs, without spaces; empty where it says too little."""
    runs = [run[0].strip(_EDGE) for run in _RUN.finditer(question)]
    long = max((run.replace(" ", "") for run in runs if re.search(r"\d", run)), key=len, default="")
    return long if re.search(r"[^\d.,]", long) or len(long) >= MIN_NUMBER else ""


def _found(formula: str, text: str) -> re.Match[str] | None:
    """The first place of a formula in a text where it is no part of a longer one; `5m2` is `5 m²`."""
    spaced = r"\s*".join("\\^?" if sign == "^" else re.escape(sign) for sign in formula)
    return re.search(rf"(?<![\w.,^/*×+:-])(?<![-+×*:/^] ){spaced}(?![\w^]|[.,]\d)", text)
