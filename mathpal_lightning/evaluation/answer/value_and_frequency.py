"""The value of the greatest frequency and that frequency, where a question asks for both: `7 có tần số lớn nhất, bằng 4`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.doubt import denies, is_unsure
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_WHICH = r"tần (?:số|suất) (?:lớn|cao|nhỏ|bé|thấp) nhất"
_ASKED = re.compile(
    rf"(?i)(?<!\w)(?:giá trị|số|điểm) nào (?:là giá trị )?có {_WHICH}[^\n]{{0,60}}?(?:bằng|là) (?:bao nhiêu|mấy)"
)
_NUMBER = r"-?\d+(?:,\d+)?(?![\d,/]*\d)%?"
_BOTH = re.compile(
    rf"(?i)(?<!\w)(?:(?P<value>{_NUMBER}) (?:là giá trị )?có {_WHICH}"
    rf"|có {_WHICH} là:? (?:(?:giá trị|số|điểm) )?(?P<named>{_NUMBER}))"
    rf"(?:[,;.]| và|(?= \()| là| bằng|:)(?: \()?(?: ?(?:với |và )?(?:có )?tần (?:số|suất)(?: (?:đó|ấy|này|của nó|tương ứng))?)?"
    rf"(?: là| bằng| =| ?:)? ?(?P<count>{_NUMBER})"
)
"""`giá trị 7 có tần số lớn nhất, bằng 4`, `giá trị có tần số lớn nhất là 7, tần số đó là 4`."""


def value_and_frequency(solution: Solution) -> Answer | None:
    """Both numbers of the last line.

    Args:
        solution: question and solution.

    Returns:
        The value and its frequency, in this order; None where not both are asked for, or the line does not say both.
    """
    if not _ASKED.search(solution.asked[-MAX_ASKED:]) or not solution.lines:
        return None
    line = solution.lines[-1][-MAX_ASKED:]
    told = list(_BOTH.finditer(line))
    if len(told) != 1 or is_unsure(line) or denies(line):
        return None
    value, count = solution.read(told[0]["value"] or told[0]["named"]), solution.read(told[0]["count"])
    if value is None or count is None:
        return None
    return multi([replace(value, label="giá trị"), replace(count, label="tần số")], ordered=True)


MAX_ASKED = 300
"""Characters of the question and of the last line that are searched, counted from the end."""
