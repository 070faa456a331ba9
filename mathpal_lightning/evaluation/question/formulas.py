"""The formulas that a question asks for, where it asks for several: `Tính AB, AC`, `Tìm x và y`, `Tính: a) 12 + 5; b) 30 - 7`.

asked    = verb lead* formula (sign formula)+        `Tìm hai số tự nhiên a và b`, `Rút gọn A = x(x + 1); B = 2x - x`
sign     = ";" | "," | "và" | a part's letter | the end of a line
formula  = letters, numbers, units and signs of operations, with `= ...` behind it or without
"""

from __future__ import annotations

import re
from functools import lru_cache

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.options import option_texts

MAX_ASKED = 800
"""Characters of the question that are searched, counted from its end."""
MAX_FORMULAS = 12
MAX_VERBS = 6
"""Verbs of a sentence that are looked at, counted from its end."""
_SENTENCE = re.compile(r"(?<=[^\s.\d][.?!])\s+|(?<=\d[.?!])\s+(?=[A-ZĐ])")
_VERB = re.compile(
    r"(?i)(?<!\w)(?:tính|tìm|xác định|thực hiện|rút gọn|thu gọn|khai triển|phân tích|đổi|điền|viết|biểu diễn|biểu thị)(?!\w)"
    r"(?! (?:theo|cả|từ|đến|phần|chất))"
)
_LEAD = re.compile(
    r"(?i)(?:(?:các|hai|ba|bốn|2|3|4|cặp|tất cả|những|giá trị|độ dài|độ lớn|số đo|số|chữ số|hệ số|tham số|ẩn|tự nhiên"
    r"|đường cao|(?:đường )?(?:trung tuyến|phân giác)|bán kính|tâm|đỉnh|cạnh huyền|nguyên|hữu tỉ|thực|dương|âm"
    r"|đoạn|đoạn thẳng|cạnh|góc|biểu thức|đa thức|phép tính|phép chia|phép nhân|sau|rồi tính|nhanh"
    r"|thích hợp|vào chỗ chấm|vào chỗ trống|vào ô trống|dạng|tọa độ|toạ độ|(?:giao )?điểm)(?: của)?(?!\w) ?)*[:,]?\s*"
)
"""Words between the verb and the formulas that do not make one thing of them, as `tổng của x và y` does."""
_OF_EACH = re.compile(
    r"(?i)^(?:(?:và )?(?:tính |tìm )?(?:góc|cạnh|đoạn(?: thẳng)?|đường cao"
    r"|(?:đường )?(?:trung tuyến|phân giác)|bán kính|tâm|cạnh huyền|độ dài|số|hệ số|(?:giao )?điểm|đỉnh) )?(?:[a-h1-9]\) ?)?"
    r"(?P<formula>.*?)(?: (?:của|với|thuộc)(?!\w).*)?$",
    re.DOTALL,
)
_BEHIND = re.compile(
    r"(?i)[,;:.]?\s*(?<!\w)(?:biết|nếu|khi|với(?= [a-z] ?[=≥≤<>≠])|tại|sao cho|để|trong đó|theo(?= [a-z](?!\w))"
    r"|thỏa mãn|thoả mãn|ta được|cho)(?!\w).*$",
    re.DOTALL,
)
_ANGLES = re.compile(
    r"(?i:(?:tính|tìm) (?:số đo |độ lớn )?(?:các|ba|mỗi) góc (?:của |trong )?tam giác )(?P<corners>[A-Z]{3})(?![^\W_])"
)
_SEPARATOR = re.compile(r"\s*(?:;|\n|,(?!\d)|(?<=\w),(?=[a-zA-Z] ?(?:[,.;]|$))|(?<!\w)và(?!\w)|(?<=[\s;,.])(?=[b-h]\) ))\s*")
_BLANK = re.compile(r"\s*=\s*(?:\.{2,}|…|_{2,}|\?|□).*$")
_WORD = re.compile(rf"(?<![^\W\d_])(?:(?<=\d )|(?<=\d))(?:{MEASURE})(?![^\W\d_])|(?:sin|cos|tan|cot|lim|log|ln)(?![^\W\d_])")

_HAS_WORDS = re.compile(r"[^\W\d_A-Zπ√]{2}|[A-Z]{4}|[^\W\d_](?<![a-zA-Zπ√])")


@lru_cache(maxsize=64)
def formulas_asked(question: str) -> tuple[tuple[str, ...], ...]:
    """The ways in which each formula may be written, without spaces; empty where the question asks for one, or in words.

    >>> formulas_asked("Cho tam giác ABC vuông tại A. Tính BC và AH.")
    (('BC', 'CB'), ('AH', 'HA'))
    >>> formulas_asked("Rút gọn: A = x + x; B = 3x - x")
    (('A', 'x+x'), ('B', '3x-x'))
    """
    if option_texts(question):
        return ()
    if angles := _ANGLES.search(question):
        return tuple((corner,) for corner in angles["corners"])
    if _CHANCES.search(question) and len(events := dict.fromkeys(_EVENT.findall(question))) > 1:
        return tuple((f"P({event})",) for event in events)
    for sentence in reversed(_SENTENCE.split(asking_text(question))):
        for verb in reversed(list(_VERB.finditer(sentence))[-MAX_VERBS:]):
            asked = sentence[verb.end() :].lstrip()
            lead = _LEAD.match(asked)
            if found := _listed(asked[lead.end() if lead else 0 :]):
                return found
    return ()


_CHANCES = re.compile(r"(?i)xác suất của (?:các|hai|ba|mỗi) biến cố")
_EVENT = re.compile(r"(?:^|(?<=[;.,:\n] )|(?<=\n))([A-Z])(?= ?: ?[\"“'])")
"""`E: "Tổng bằng 7"`."""
_WORK = re.compile(r"(?i)(?:^|\n|[.?!] )(?:bài làm|bài giải|lời giải)(?: của)?[^\n:.?]{0,40}:")
"""`Bài làm của Hà:`, in front of somebody's work, which is to be judged."""


def asking_text(question: str) -> str:
    """The last characters of a question, from somebody's work on if it quotes one."""
    return _WORK.split(question)[-1][-MAX_ASKED:]


def _listed(text: str) -> tuple[tuple[str, ...], ...]:
    items = [item for item in outside_brackets(_BEHIND.sub("", text), _SEPARATOR) if item.strip(" .?")]
    found = [_formula(_OF_EACH.sub(r"\g<formula>", item.strip()).strip(" .?,:")) for item in items]
    known = {ways[0]: ways for ways in found if ways}
    return tuple(known.values()) if all(found) and 2 <= len(known) <= MAX_FORMULAS else ()


def _formula(item: str) -> tuple[str, ...]:
    """`("A", "x+x")` of `A = x + x`, `("3giờ",)` of `3 giờ = ... phút`; empty for words, a lone number and an equation."""
    item = _BLANK.sub("", item).strip()
    sides = [side.strip() for side in item.split("=")]
    if not item or len(sides) > 2 or re.search(r"[<>≤≥≠≈:?…]$|\.\.", item) or re.search(r"[<>≤≥≠≈]", item):
        return ()
    if len(sides) == 2 and not re.fullmatch(r"[A-Z](?:_?\d)?(?:\([a-z]\))?", sides[0]):
        return ()
    bare = _WORD.sub(" ", item.replace("∠", " ")).strip()
    if _HAS_WORDS.search(bare) and not re.fullmatch(r"[a-z][A-Z][a-z]", bare) or re.fullmatch(r"-?[\d.,/ ]+", item):
        return ()
    ways = tuple(without_spaces(side).removeprefix("∠") for side in sides if side)
    return (*ways, ways[0][::-1]) if re.fullmatch("[A-Z]{2}", ways[0]) and "∠" not in item else ways
