"""An order told in a sentence: `Nặng nhất là túi A, rồi đến túi C, cuối cùng là túi B`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.doubt import denies, is_unsure

LOW = ("bé", "nhỏ", "thấp", "nhẹ", "ngắn", "ít", "chậm", "trẻ", "gần", "rẻ", "hẹp", "mỏng", "kém", "lùn", "muộn", "tối", "lạnh")
HIGH = ("lớn", "cao", "nặng", "dài", "nhiều", "nhanh", "già", "xa", "đắt", "rộng", "dày", "giỏi", "to", "sớm", "sáng", "nóng")
_MOST = rf"(?P<word>{'|'.join(LOW + HIGH)})(?: tuổi)? nhất"
_TURN = re.compile(
    r"(?i)[ ,;.]*(?<!\w)(?:(?:rồi|và|còn|cuối cùng|sau(?: đó| cùng|(?= (?:đến|là)))"
    r"|kế|tiếp|đến|tới|lượt|theo|là|mới|kế tiếp|đứng"
    r"|thứ (?:hai|nhì|ba|tư|năm|sáu|bảy|\d))(?!\w)[ :,]*)+|[,;.] +"
)
"""What stands between two that are told in turn."""
_FIRST = re.compile(
    rf"(?i)^(?:(?:số|bạn|đội|con|túi|hộp|người|vật) )?(?:(?:có|chạy|đi|bơi|nhảy|ném|điểm|cân|giá|tuổi|tốc độ) )*{_MOST}(?: |$)"
)
_LAST = re.compile(rf"(?i) (?:là |có [^\W\d_]+ )?{_MOST}\W*$")
_LEAD = re.compile(r"(?i)(?<!\w)(?:nên|vậy|suy ra|do đó|ta (?:có|thấy|xếp))(?!\w)[ ,:]*|⇒|(?<=[^\W\d_]): ")
_PLACED = re.compile(r"(?i) nên (?:được )?(?:đứng|xếp|ở|viết) (?:trước|đầu|sau|cuối|giữa)[^,.;]*")
"""`Thỏ nhẹ nhất nên đứng trước`."""
_HEAD = re.compile(r"(?i)(?:đứng )?(?:đầu(?: tiên)?|thứ nhất|trước (?:tiên|hết))(?: |$)")
"""`đầu tiên là Bình`: first in the order that is asked for."""
_FROM = re.compile(rf"(?i)từ (?P<word>{'|'.join(LOW + HIGH)})(?!\w)")


def order_runs_as_asked(sentence: str, question: str) -> bool:
    """Whether the signs and the words `lớn nhất`, `bé nhất` of a sentence run the way that is asked for, or it has none."""
    asked = _FROM.search(question)
    falls = asked["word"].lower() in HIGH if asked else "giảm dần" in question
    if names_the_other_order(sentence, question):
        return False
    signs = set(re.findall("[<>]", sentence))
    ends = [most["word"].lower() in HIGH for most in re.finditer(rf"(?i)(?<!\w){_MOST}", sentence)]
    runs = [end is falls for end in ends]
    return signs <= {">" if falls else "<"} and (not runs or runs[0] and not any(runs[1:]))


def names_the_other_order(sentence: str, question: str) -> bool:
    """`Từ lớn đến bé: ...`, where the order from the least to the greatest is asked for."""
    said, asked = _FROM.search(sentence), _FROM.search(question)
    return said is not None and asked is not None and (said["word"].lower() in HIGH) is not (asked["word"].lower() in HIGH)


def told_in_turn(line: str, question: str) -> list[str]:
    """Those that a sentence names one after the other, from one end to the other.

    Args:
        line: the last line of the solution.
        question: the problem; it tells with which end the order begins.

    Returns:
        What is named, in the order of the sentence; empty where it tells no order, doubts, or begins with the wrong end.
    """
    said = _LEAD.split(_PLACED.sub("", line.strip(" .")))[-1]
    if is_unsure(said) or denies(said) or "bằng nhau" in said.lower():
        return []
    asked = _FROM.search(question)
    falls = asked["word"].lower() in HIGH if asked else "giảm dần" in question
    if not asked and not re.search("(?:giảm|tăng) dần", question):
        return []
    items: list[str] = []
    ends: dict[int, bool] = {}
    for piece in filter(None, (part.strip(" .,;:") for part in _TURN.split(said))):
        if not items and (head := _HEAD.match(piece)):
            ends[0], piece = falls, piece[head.end() :]
        most = _FIRST.search(piece) or _LAST.search(piece)
        rest = (piece[: most.start()] + piece[most.end() :]).strip(" .,;:") if most else piece
        if most:
            at = len(items)
            ends[at] = most["word"].lower() in HIGH
        if rest:
            items.append(rest)
    last = len(items) - 1
    begins = ends.get(0) is falls
    return items if begins and all(place == 0 or place == last and end is not falls for place, end in ends.items()) else []
