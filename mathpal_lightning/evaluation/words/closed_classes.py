"""Words of a closed class: which operation, angle, triangle, figure, season or month a sentence names.

    claim    = [head] member            `phép nhân`, `góc tù`, `nghịch biến`; a member alone where a clause begins with it
    denial   = "không" claim            names nothing; nor does what comes `sau`, where it is asked what comes `trước`

The reference tells which class to look for, never which member.
"""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.words import asking_sentence, numbered
from mathpal_lightning.evaluation.words.question_names import clauses, roles
from mathpal_lightning.schema import Answer

CLASSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("phép", ("cộng", "trừ", "nhân", "chia")),
    ("góc", ("nhọn", "vuông", "tù", "bẹt")),
    ("tam giác", ("vuông cân", "vuông", "cân", "đều", "nhọn", "tù", "thường")),
    (
        "hình",
        (
            *("chữ nhật", "bình hành", "thang cân", "thang vuông", "thang", "thoi", "vuông", "tròn", "tam giác", "tứ giác"),
            *("lập phương", "hộp chữ nhật", "hộp", "trụ", "nón", "cầu", "chóp", "lăng trụ"),
        ),
    ),
    ("số", ("nguyên tố", "chính phương", "chẵn", "lẻ", "hữu tỉ", "vô tỉ", "âm", "dương")),
    ("hợp", ("số",)),
    ("tỉ lệ", ("thuận", "nghịch")),
    ("mùa", ("xuân", "hè", "hạ", "thu", "đông")),
    ("", ("đồng biến", "nghịch biến")),
    ("", ("hữu hạn", "vô hạn tuần hoàn", "vô hạn không tuần hoàn")),
)
_SAME = {"hạ": "hè"}
_FIRST = re.compile(r"(?i)(?<!\w)(?:trước|đầu tiên|trước (?:tiên|hết))(?!\w)")
_LATER = re.compile(r"(?i)(?<!\w)(?:sau|rồi|cuối(?: cùng)?)(?!\w)")
_NOT = re.compile(r"(?i)(?<!\w)(?:không|chưa|chẳng)(?: hề| phải| là| còn)*(?: (?:một|phép|số|góc|hình|tam giác))? *$")


def class_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The one member of the reference's class that a sentence names: `góc tù` in `125° > 90° nên đây là góc tù`."""
    head, members = _class_of(_CORNER.sub("", _NAME.sub("", gold.text)))
    asking = asking_sentence(solution.asked)
    if not members or roles(asking):
        return None
    first = _FIRST.search(asking) is not None
    headed = rf"{re.escape(head)} (?:tính )?" if head else ""
    at_corner = head == "tam giác" and _CORNER.search(gold.text) is not None
    headed = r"tam giác (?:[A-Z]{3} )?(?:là )?(?:tam giác )?" if at_corner else headed
    claim = re.compile(rf"(?i)(?<!\w)(?P<head>{headed})?(?P<member>{members})(?!\w)")
    named = set()
    said = [clause for clause, _ in clauses(sentence)]
    for clause in said:
        told = _FIRST.search(clause) if first else None
        clause = clause[: told.end()] if told else clause
        if first and _LATER.search(clause):
            continue
        for match in claim.finditer(clause):
            behind = clause[match.end() :].strip()
            alone = _FIRST.match(behind) is not None or not behind and not (first and len(said) > 1)
            named_so = match["head"] or not head or match.start() == 0 and alone
            if named_so and not _NOT.search(clause[: match.start()]):
                corner = _CORNER.match(clause[match.end() :]) if at_corner else None
                named.add(_SAME.get(match["member"].lower(), match["member"].lower()) + (f" tại {corner[1]}" if corner else ""))
    if len(named) != 1:
        return None
    name = _NAME.search(gold.text) if at_corner else None
    return Answer("text", f"{head}{name[0] if name else ''} {named.pop()}".strip())


_CORNER = re.compile(r" (?:ở|tại)(?: đỉnh)? ([A-Z])(?!\w)")
_NAME = re.compile(r"(?<=tam giác) [A-Z]{3}(?= )", re.IGNORECASE)
"""`ABC` of `tam giác ABC vuông tại A`."""


def _class_of(text: str) -> tuple[str, str]:
    """The head and the members, as alternatives of a pattern, of the class that a text names; of `tháng Hai` all months."""
    said = re.sub(r"(?i)tỷ", "tỉ", text.lower().strip(" ."))
    if number := numbered(text):
        return number[0], r"\w+"
    for head, members in CLASSES:
        if said.removeprefix(f"{head} ") in members and (said.startswith(head) or not head):
            return head, "|".join(map(re.escape, members))
    return "", ""
