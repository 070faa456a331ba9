"""One of several words that a question offers in quotation marks: `Chọn từ "chắc chắn", "có thể" hoặc "không thể"`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import OFFERED, is_unsure
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_OFFERS = re.compile(r"(?i)(?<!\w)(?:chọn|điền|dùng)(?!\w)[^.?\n]*?[“\"][^“”\"\n]{2,30}[”\"]")
_QUOTED = re.compile(r"[“\"](?P<words>[^“”\"\n]{2,30})[”\"]")


def quoted_word(solution: Solution) -> Answer | None:
    """The one offered word that the last line says; None where it says none, or two."""
    if not solution.lines or not _OFFERS.search(solution.asked):
        return None
    offered = sorted({match["words"].strip().lower() for match in _QUOTED.finditer(solution.asked)}, key=len, reverse=True)
    line = solution.lines[-1].lower()
    said = set(re.findall(rf"(?<!\w)(?:{'|'.join(map(re.escape, offered))})(?!\w)", line))
    if re.search(rf"(?:{'|'.join(map(re.escape, said))})(?: là| rằng| sẽ)* (?:không|chẳng)(?!\w)", line):
        return None
    asked_of = re.split(r"[”\"]", solution.asked.lower())[-1]
    repeated = "hoặc|hay" if OFFERED.search(asked_of) else "hoặc là"  # `bóng đỏ hoặc xanh`, as the question says
    unsure = is_unsure(re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, offered))}|{repeated})(?!\w)", "", line))
    return Answer("text", said.pop()) if len(offered) > 1 and len(said) == 1 and not unsure else None
