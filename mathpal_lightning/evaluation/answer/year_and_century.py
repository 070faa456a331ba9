"""A year and its century, where a question asks for both: `Năm 1010, thế kỉ XI`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi, read_answer
from mathpal_lightning.schema import Answer

_YEAR = re.compile(
    r"(?i)(?<!\w)(?<!từ )(?<!đến )năm(?: [^\W\d_]+){0,3} ?:? ?"
    r"(?:\d{1,4} ?[-+] ?\d{1,4} ?= ?)?(?P<year>\d{1,4})(?! ?[-+]|[\d.,]*\d)"
    r"|^(?P<first>\d{3,4})[,;]"
)
_CENTURY = re.compile(
    r"(?i)(?<!\w)(?:thế k[ỉỷ]|TK)(?: thứ)? ?:? ?(?P<century>(?-i:[IVX]+)|\d{1,2}|(?:mười|hai mươi)(?: [^\W\d_]{2,4})?)(?!\w)"
)


def year_and_century(solution: Solution) -> Answer | None:
    """The last year and the last century told; None where the question does not ask for both, or one is missing."""
    if not re.search(r"(?i)(?<!\w)năm nào(?!\w).*(?<!\w)thế k[ỉỷ] (?:nào|mấy|bao nhiêu)", solution.asked.replace("\n", " ")):
        return None
    years, centuries = list(_YEAR.finditer(solution.text)), list(_CENTURY.finditer(solution.text))
    if not years or not centuries:
        return None
    year = read_answer(years[-1]["year"] or years[-1]["first"])
    century = read_answer(f"thế kỉ {centuries[-1]['century']}")
    if year is None or century is None:
        return None
    return multi([replace(year, label="năm"), replace(century, label="thế kỉ")], ordered=True)
