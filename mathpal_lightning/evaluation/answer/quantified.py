"""A sentence with a quantifier, where the denial of another one is asked for: `∃x ∈ ℝ, x^2 + 1 ≤ 0`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import is_unsure, takes_back
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_ASKED = re.compile(r"(?i)phủ định[^?]*[∀∃]|[∀∃][^?]*phủ định")
_ASKS_TRUTH = re.compile(r"(?i)đúng hay sai|đúng, sai|tính đúng sai")
_SENTENCE = re.compile(
    r"(?P<sign>[∀∃]) ?(?P<letter>[a-z]) ?∈ ?(?P<set>[ℝℕℤℚRNZQ]\*?)(?P<given>, ?[a-z] ?[<>≤≥≠] ?-?\d+)?"
    r"(?: ?[,:;|] ?| (?=\())(?P<claim>[^,;:∀∃\"“”\n]+?)(?=[\"“”.;\s]*(?:$|\n|\(|[\"”]))"
)
_SETS = dict(zip("RNZQ", "ℝℕℤℚ", strict=True))
_SIGNS = {"∀": "với mọi", "∃": "tồn tại"}


def quantified(solution: Solution) -> Answer | None:
    """Which quantifier, over which set, and the relation; None where the last line says several, or the question's own."""
    if not _ASKED.search(solution.asked) or _ASKS_TRUTH.search(solution.asked) or not solution.lines:
        return None
    if solution.asked != solution.question:  # one of several options
        return None
    said = [(line, one) for line in solution.lines for one in _SENTENCE.finditer(line)]
    line, one = said[-1] if said else ("", None)
    if one is None or one["given"] or is_unsure(line) or takes_back(line[: one.start()]):
        return None
    claim = solution.read(one["claim"].strip(" ()."))
    if claim is None or claim.kind != "relation":
        return None
    over = f"{_SIGNS[one['sign']]} {one['letter']} thuộc {_SETS.get(one['set'][0], one['set'][0])}{one['set'][1:]}"
    return Answer("multi", parts=(Answer("text", over), claim), ordered=True)
