"""Numbers of unknowns and terms that a solution writes on the line: `x1`, `u10` for `x₁`, `u₁₀`."""

from __future__ import annotations

import re

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_TERM = re.compile(r"(?<![^\W\d_])([a-z])(?:_\{?(?=\d)|(?=[₀-₉]))([0-9₀-₉]{1,3})(?!\w)")
_SUM_OF_TERMS = re.compile(r"(?i)tổng (?:của )?(\d{1,3}) số hạng")
_BARE_TERM = re.compile(r"(?<![^\W\d_])([a-zS])(\d{1,3})(?= ?=)")
"""`u10`, `S10` where the question has `u₁₀` and `tổng 10 số hạng`."""


def with_subscripts(text: str, beside: str) -> str:
    """Writes `x1`, `u10`, `S10` as `x_1`, `u_10`, `S_10` where the text beside it does."""
    letters = "".join(sorted(set(re.findall(r"(?<![^\W\d_])([a-z])_?[12₁₂](?!\d)", beside))))
    subscripted = letters and re.search(r"[a-z](?:_[12]|[₁₂])", beside)
    text = re.sub(rf"(?<![^\W\d_])([{letters}])([1-4])(?![\d,.]*\d)", r"\1_\2", text) if subscripted else text
    terms = {f"{letter}{number.translate(_SUBSCRIPTS)}" for letter, number in _TERM.findall(beside)}
    terms |= {f"S{number}" for number in _SUM_OF_TERMS.findall(beside)}
    return _BARE_TERM.sub(lambda term: f"{term[1]}_{term[2]}" if term[0] in terms else term[0], text) if terms else text
