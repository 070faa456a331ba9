"""A greatest or least value and where it is taken, where a question asks for both: `GTNN của B là -7/2 khi x = 3/2`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import NUMBER, multi
from mathpal_lightning.schema import Answer

_PLACE_TOO = re.compile(
    r"(?i)(?:đạt(?: được)?|xảy ra|khi đó|tìm)[^.?]{0,60}?(?<!\w)[a-z] (?:bằng (?:bao nhiêu|mấy)|nào|để|khi)"
    r"|(?:đạt(?: được)?|xảy ra) (?:khi|tại) [a-z](?!\w)|(?:khi|tại) nào|giá trị (?:của )?(?:biến )?[a-z] tương ứng"
    r"|giá trị nào của [a-z](?!\w)[^?]*\?[^?]*(?:lớn|nhỏ|bé) nhất[^?]*(?:bao nhiêu|mấy)"
)
_VALUE = re.compile(
    rf"(?i:(?:GTNN|GTLN|giá trị (?:nhỏ|lớn|bé) nhất|min|max|(?:nhỏ|lớn|bé) nhất)[^=≥≤\n\d]{{0,40}}?(?:là|bằng|=)|[≥≤]|\| ?=)"
    rf" ?(?P<value>{NUMBER})(?![\w/,.]*\w)(?! ?[-+×*/^])"
)
_PLACE = re.compile(
    r"(?:(?<!\w)(?i:khi|tại|nếu|với|tức(?: là)?|hay)(?: và chỉ khi)?|[⇔⇒]) "
    r"(?P<place>(?:-?[\d,/]+ ?[≤<] ?)?[a-z] ?[=≤≥<>] ?-?\d[\d,/]*(?:,\d+)?|[a-z] ?∈ ?[\[(][^\[\]()]{3,30}[\])])"
    r"(?![\w/^]| ?[-+×*=<>≤≥])"
)


def bound_and_place(solution: Solution) -> Answer | None:
    """The last bound and the last place that a solution names; None where one is missing or not both are asked for."""
    task = read_task(solution.asked)
    if not task.names_extreme_value or not _PLACE_TOO.search(solution.asked):
        return None
    values, places = list(_VALUE.finditer(_PLACE.sub("", solution.text))), list(_PLACE.finditer(solution.text))
    value = solution.read(values[-1]["value"]) if values else None
    place = solution.read(places[-1]["place"]) if places else None
    if value is None or place is None:
        return None
    letter = re.sub(r"[^a-z]", "", places[-1]["place"])
    return multi([replace(value, label="giá trị"), replace(place, label=letter)], ordered=True)
