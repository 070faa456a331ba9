"""One number in the forms that a question names: `3 2/5 = 17/5 = 3,4` as a fraction and as a decimal."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_FORMS = {
    "phân số": re.compile(r"-?\d+/\d+"),
    "số thập phân": re.compile(r"-?\d+,\d+"),
    "hỗn số": re.compile(r"-?\d+ \d+/\d+"),
    "phần trăm": re.compile(r"-?\d+(?:,\d+)? ?%"),
}
_ASKED = re.compile(rf"(?i)(?:dưới dạng|thành|về dạng|ra)(?: một)? (?:tỉ số )?(?P<form>{'|'.join(_FORMS)})(?! phần)")
_ENDS = re.compile(r"[=:;,.](?!\d)| và | là | hay ")


def forms_asked(solution: Solution) -> Answer | None:
    """The number in each form, in the question's order; None where it asks for one form, or the forms are not one number."""
    asked = dict.fromkeys(form["form"].lower() for form in _ASKED.finditer(solution.asked))
    if len(asked) < 2:
        return None
    pieces = [piece.strip(" ()") for line in solution.lines for piece in _ENDS.split(line)]
    said = {form: [piece for piece in pieces if _FORMS[form].fullmatch(piece)] for form in asked}
    read = [(form, solution.read(pieces[-1])) for form, pieces in said.items() if pieces]
    found = [answer for _, answer in read if answer is not None]
    values = [answer.meaning for answer in found if isinstance(answer.meaning, Quantity)]
    same = len(values) == len(asked) and all(value.same(values[0]) for value in values)
    return multi(found, ordered=True) if same else None
