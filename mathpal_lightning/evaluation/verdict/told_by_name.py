"""The results of a solution under the names that the reference gives them: `trung vị bằng 8`, `u_1 = 1`, `sin B = 4/5`.

A name is looked for in the whole solution, as a formula or in words; what is said of it last counts. Each needs its own value.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.results_of_formulas import result_written
from mathpal_lightning.evaluation.answer.results_of_things import results_called
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_FORMULA = re.compile(r"(?:sin|cos|tan|cot) ?[a-zαβ]|(?:độ dài )?[a-z]{2}|[δ∆]?[a-z]_?\d{0,3}|p\([a-z]\)")
_CLASS = re.compile(r"\d{1,2}[a-k]\d?")
"""`7a`: as labels are written."""
_PART = re.compile(r"[a-h]")


def told_by_name(solution: Solution, gold: Answer) -> Answer | None:
    """As many results as the reference has, each under its name there; None where one is not told."""
    names = [part.label.strip() for part in gold.parts]
    if not all(names) or len(set(names)) < len(names) or all(map(_PART.fullmatch, names)):
        return None
    if all(map(_FORMULA.fullmatch, names)):
        written = [result_written(solution, name.removeprefix("độ dài ").replace(" ", "")) for name in names]
        found = [answer for answer in written if answer is not None]
    else:
        found = results_called(solution, [name.upper() if _CLASS.fullmatch(name) else name for name in names])
    if len(found) < len(names):
        return None
    return multi([replace(answer, label=name) for answer, name in zip(found, names, strict=True)], ordered=True)
