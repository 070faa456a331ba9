"""What a question asks for, and whether a value may answer it: the right dimension, no step on the way, no other figure."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.question.things import things_asked
from mathpal_lightning.schema import Answer

_AUXILIARY = re.compile(r"(?i)(?:^|[.,] )(?:vậy )?(?:t[ỉỷ] số|(?:tổng|hiệu) số phần|số (?:các )?số hạng)(?!\w)[^=]{0,150}[=:]")

_PLACE_OF_EXTREMUM = re.compile(
    r"(?i)cực (?:đại|tiểu)(?: của hàm số)? (?:tại|khi) (?:điểm )?[a-z] ?= ?[^=;,]*$|điểm cực (?:đại|tiểu)[. ]*$"
)
"""Where the extremum is, or how many there are."""


def is_on_the_way(line: str, question: str) -> bool:
    """`Tỉ số vận tốc là 35 : 50 = 7/10`: a number that the method needs; it answers only a question that names it."""
    if re.search(r"(?i)giá trị cực (?:đại|tiểu)", question) and _PLACE_OF_EXTREMUM.search(line):
        return True
    auxiliary = _AUXILIARY.search(line)
    return (
        auxiliary is not None and bool(question) and re.search(r"(?i)t[ỉỷ] số|phần|gấp|so sánh|bao nhiêu số", question) is None
    )


_FIGURES = re.compile(r"(?<![^\s(])(?:[A-Z]{2,4}|[A-Z]_[A-Z]\w*|[A-Z]_\w+(?=/))(?P<over>/(?:[A-Z]{2,4}|[A-Z]_\w+))?$")
"""`AM`, `S_ABC`, `S_1/S_2`; `Q_1` alone is no figure."""


def compares_figures(left: str, question: str) -> bool:
    """`AM = 1/2`, `S_ABC/S_MNC = 1/3`: a ratio on the way, unless a ratio is asked for."""
    first, *between = re.split(r"(?<!\w)(?:nên|suy ra|hay|thì|vậy)(?!\w)", left)[-1].split("=")
    figures = _FIGURES.search(first.strip())
    on_the_way = figures is not None and (figures["over"] is not None or not between)
    ratio_asked = re.search(r"(?i:tỉ số|tỷ số|(?:mấy|bao nhiêu) phần|so sánh)|[A-Z]/[A-Z]", question)
    return on_the_way and bool(question) and ratio_asked is None


def is_share(text: str, question: str) -> bool:
    """`3/5 số học sinh nam`, `7/20 (tổng số thóc)`: a part of something, no answer unless the question asks which part."""
    kinds = r"số |vận|diện|thể|chiều|tuổi|quãng|đường|tổng|hiệu|lượng|thời|độ|cạnh|chu|công|bể|đoạn|khối|[A-Z]|S_"
    share = re.match(rf"[\d.]+/[\d.]+ \(?(?:{kinds})", text)
    return share is not None and re.search(r"(?i)phần|tỉ số|tỷ số", question) is None


_ASKED_SENTENCE = re.compile(r"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi|so sánh|So sánh)[^.?\n]*")
_FIGURE = re.compile(r"(?<![^\W\d_])S?_?([A-Z]{3,5})(?![^\W_])")


def is_of_another_figure(line: str, question: str) -> bool:
    """`Diện tích tam giác AOD là ...` where `Tính diện tích hình thang ABCD` is asked: the solution has not come so far."""
    head = re.split(r"[=:]|(?<!\w)là(?!\w)", line, maxsplit=1)[0]
    if "/" in head or not re.match(
        r"(?i)(?:(?:vậy|ta có|suy ra|nên|do đó|mà|⇒),? )*(?:(?:diện tích|thể tích|chu vi)(?!\w)|S_)", head
    ):
        return False
    asked = {"".join(sorted(name)) for sentence in _ASKED_SENTENCE.findall(question) for name in _FIGURE.findall(sentence)}
    named = {"".join(sorted(name)) for name in _FIGURE.findall(head)}
    return bool(asked) and bool(named) and not asked & named


_SEGMENT = re.compile(r"(?<![\w'])[A-Z] ?[A-Z](?![\w'])")
_SEGMENT_COMPUTED = re.compile(r"(?<![\w'])(?P<name>[A-Z] ?[A-Z]) ?=(?!.*[⇒;])")


def is_of_another_segment(line: str, question: str) -> bool:
    """`nên DH = 2a - a = a` where the length of CD is asked for."""
    computed = _SEGMENT_COMPUTED.search(line)
    asking = question.split("\nA.")[0].split(". ")[-1]
    asked = {"".join(sorted(name.replace(" ", ""))) for name in _SEGMENT.findall(asking)}
    if computed is None or not asked or "khoảng cách" in asking or not re.search(r"(?i)độ dài|bằng|tính|là", asking):
        return False
    told = {"".join(sorted(name.replace(" ", ""))) for name in _SEGMENT.findall(line)}
    return len(asked) == 1 and not told & asked


_ASKED_KINDS = {
    "diện tích": (("length", 2),),
    "thể tích": (("length", 3),),
    "chu vi": (("length", 1),),
    "độ dài": (("length", 1),),
    "chiều dài": (("length", 1),),
    "chiều rộng": (("length", 1),),
    "chiều cao": (("length", 1),),
    "quãng đường": (("length", 1),),
    "vận tốc": (("length", 1), ("time", -1)),
}
_ASKED = re.compile(
    rf"(?i)(?:tính|tìm|hỏi)(?: xem)? (?:(?!và)\w+ )?(?:(?P<kind>{'|'.join(_ASKED_KINDS)})"
    rf"|[^.?\n]{{0,80}}?bao nhiêu (?P<unit>{MEASURE}))"
)


_ASKING = re.compile(r"(?<![^.?!\n ])(?:Tính|Tìm|Hỏi)(?!\w)")
_KIND = re.compile("|".join(_ASKED_KINDS), re.IGNORECASE)


_COUNT_ASKED = re.compile(
    r"(?i)(?:tính|tìm) số (?P<noun>cọc|cây|học sinh|bạn|người|con|cái|chiếc|viên|quyển|hộp|bao|thùng|xe|đèn|ghế|bàn|gạch"
    r"|trứng|gà|vịt|bông|quả|túi|chai|tấm|hàng|tổ|nhóm|công nhân)(?!\w)[^.?\n]*[.?]?\s*$"
)
"""`Tính số cọc cần dùng`: things are counted, and no metres answer."""


def fits(answer: Answer, question: str) -> bool:
    """Whether a result may be what is asked for: no metres where an area is asked for, no `3 lần` where metres are."""
    asked = _asked_dimensions(question)
    if answer.kind == "quantity" and not asked and _COUNT_ASKED.search(question):
        unit = parse_unit(_unit_text(answer))
        return unit is None or not unit.dimension or unit.dimension in ((("money", 1),), (("time", 1),))
    if answer.kind != "quantity" or not asked:
        return True
    unit = parse_unit(_unit_text(answer))
    if unit is None:
        return re.search(r"\d (?:lần|phần)(?!\w)", answer.text) is None
    return not unit.dimension or unit.dimension in asked


def measures_what_is_asked(answer: Answer, question: str) -> bool:
    """Whether a quantity has a dimension that the question asks for (`bao nhiêu lít`)."""
    unit = parse_unit(_unit_text(answer))
    return unit is not None and unit.dimension in _asked_dimensions(question)


def _unit_text(answer: Answer) -> str:
    return re.sub(r"^-?[\d./]+(?: \d+/\d+)? ?", "", answer.text)


def _asked_dimensions(question: str) -> set[tuple[tuple[str, int], ...]]:
    """What the question asks to measure: `Tính diện tích` an area, `bao nhiêu ki-lô-mét` a length."""
    things = things_asked(question)
    kinds = [_ASKED_KINDS[kind[0].lower()] for thing in things if (kind := _KIND.match(thing))]
    if len(kinds) < len(things):
        return set()  # `Tính quãng đường và số xăng`: a result of any kind
    asked = set(kinds)
    named = list(_ASKED.finditer(question))
    if asked and not named:
        return set()  # `Tính cạnh và thể tích`: the first may be anything
    if named and any(verb.start() > named[-1].end() for verb in _ASKING.finditer(question)):
        return set()  # `Tính quãng đường AB. Tính giá tiền mua xăng`: the last thing asked for is none of these
    for match in named:
        measured = parse_unit(match["unit"]) if match["unit"] else None
        asked.add(_ASKED_KINDS[match["kind"].lower()] if match["kind"] else measured.dimension if measured else ())
    return asked
