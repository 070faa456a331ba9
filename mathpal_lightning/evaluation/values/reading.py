"""One stated answer -> Answer: `448 000 cm^3`, `2 3/4`, `25 %`, `6 giờ 55 phút`, `x = 3 hoặc x = 4`, `[2; 5)`, `B`, `thứ Ba`.

The text is plain (`plain_text`) and short: what stands behind `Đáp số:` or the last `=`. The grammar, each line with its file:

    answer   = quotient "(dư" remainder ")" | choice | item | parts | list
    parts    = ("a)" answer)+                                             an ordered multi
    list     = item ((";" | "và" | "hoặc" | ",") item)+                   a multi without order
    item     = [label ("=" | ":" | "là")] value [remark]
    value    = quantity | point | reals | relation | expression | words   values/

What doubts or denies (`hơn 16`, `16?`, `không phải 16`) is no value: it is read as words, and words equal no number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import has_letter, is_unknown
from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.language.doubt import BEFORE_A_NUMBER, ENDS_IN_ABOUT
from mathpal_lightning.evaluation.mathematics.algebra import parse_expression
from mathpal_lightning.evaluation.values import Reals, Relation, Value, Words
from mathpal_lightning.evaluation.values.amount import NUMBER
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.values.place import read_place
from mathpal_lightning.evaluation.values.point import read_point
from mathpal_lightning.evaluation.values.reals import read_reals
from mathpal_lightning.evaluation.values.relation import read_relation, with_signs
from mathpal_lightning.evaluation.values.scalar import (
    REMARK,
    answer_of,
    as_points,
    multi,
    read_division,
    read_scalar,
    read_value,
    said_twice,
)
from mathpal_lightning.evaluation.values.surroundings import chain_holds, clean, is_denied
from mathpal_lightning.evaluation.values.words import read_infinity, read_words
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import plain_text

__all__ = [
    "MAX_ITEMS", "MAX_STATED", "NUMBER", "answer_of", "chain_holds", "clean", "is_denied", "multi", "read_answer",
    "read_value", "value_of",
]  # fmt: skip

MAX_STATED = 600
"""Characters: a longer text is no answer."""
MAX_ITEMS = 60


def value_of(answer: Answer) -> Value:
    """The value of an answer that is neither a choice nor a multi; one built from its canonical form is read now."""
    if answer.meaning is not None:
        return answer.meaning  # type: ignore[return-value]  # schema/ knows no values; only `answer_of` sets it
    if answer.kind == "text":
        return read_place(answer.text) or read_words(answer.text) or Words(answer.text)
    text = re.sub(r"(?<=\d) a$", " are", plain_text(answer.text) if re.search(r"\\[a-z]", answer.text) else answer.text)
    if answer.kind == "relation" and not has_letter(text) and (relation := read_relation(text)):
        return relation  # `3/6 = 1/2` is what it says, and not its right side
    read = read_scalar(text, True) or _read_special(text) or _read_statement(text, True)
    return read.meaning if read is not None else Words(answer.text)  # type: ignore[return-value]  # as above


_LETTER = re.compile(r"\(?(?P<letter>[A-H])(?:\)?[.):] ?(?P<rest>.*)| \((?P<inside>[^()]*)\)|\)?)", re.DOTALL)
_SEPARATOR = re.compile(r" ?(?:;|\n| hoặc | hay | và |(?<!\d), |, (?!\d)| & )+ ?")
_ASSIGNED = re.compile(r"^(?P<label>[^=<>≤≥≠≈\n]{0,120})[=≈](?P<value>[^=<>≤≥≠≈\n]*)$")
_INTRODUCED = re.compile(
    r"^(?P<label>[^\d=<>≤≥≠\n]{1,120}?(?:(?<=[^\W\d_]{2} )\d{1,2}[A-Z]?\d?(?= ?(?::|là |có |bằng |gồm )))?)"
    r"(?::| là:?| bằng| =| gồm:?| có)(?= ?[-\d(≈⟦$∅]) ?(?P<value>.*)$",
    re.DOTALL,
)
"""`Chiều dài là 12 m`, `lớp 8A có 41 học sinh`."""
_NAMED = re.compile(r"^(?P<label>[^=<>:\n]{1,60}?) ?(?::|,(?!\d)) ?(?P<value>.*)$")
_HEADED = re.compile(r"^(?P<label>(?=[^\d]*[^\W\d_]{2})[^\d=<>≤≥≠:+×/^√\n]{1,60}?) (?P<value>-?\d.*)$")
_UNSOLVED = re.compile(r"^(?!.*[^\W\d_]{2})(?!\d{1,2}[a-e]\d?$)(?=.*[a-z])(?=.*(?:[-+×·*:/^]|\d[a-z])).*")
"""The left side of an equation that is not solved: `2x + 3y`; not a name (`Chu vi`, `x`) nor a sum of numbers."""


def read_answer(text: str, dot_is_decimal: bool = False) -> Answer | None:
    """Read a text that is an answer and nothing else (a whole payload of `Đáp số:`).

    Returns:
        The Answer, kind text where no mathematics is in it; None where the text is empty or too long to be an answer.
    """
    if len(text) > 2 * MAX_STATED:
        return None
    asks = re.search(r"\?\W*$", text[-20:]) is not None
    text = with_signs(clean(text))
    if not text or len(text) > MAX_STATED:
        return None
    if asks or not chain_holds(text, dot_is_decimal):
        return Answer("text", text + "?" * asks, notes=("doubted",))
    text = _ON_THE_HOUR.sub("", _DEFINED.sub("", _AT_A_POINT.sub("", text)))
    return (
        read_division(text, dot_is_decimal)
        or _read_choice(text, dot_is_decimal)
        or read_scalar(text, dot_is_decimal)
        or _read_special(text)
        or _read_parts(text, dot_is_decimal)
        or _read_list(text, dot_is_decimal)
        or _read_statement(text, dot_is_decimal)
    )


_ON_THE_HOUR = re.compile(r"(?<=\d giờ) (?:đúng|tròn)$")
_DEFINED = re.compile(r"^(?i:ĐKXĐ|ĐK|TXĐ|điều kiện(?: xác định)?|tập xác định)(?: là)? ?:? ?(?=[a-zA-Z\d(\[√-])(?=.*[=<>≤≥≠∈])")
"""`ĐKXĐ: x ≥ 0`."""
_AT_A_POINT = re.compile(
    r"(?<=[\w)}]),? (?:khi|tại|đạt được khi|khi và chỉ khi) [a-z] ?=[^.]*$"
    r"|(?<=[\w)}]),? (?:với|khi) (?:mọi )?[a-z][^.]*[≠<>≤≥∈][^.]*$"
)
"""`4 khi x = -2`, `1 với x ≠ 2`: where a value is taken, or under which condition."""


def _read_choice(text: str, dot_is_decimal: bool) -> Answer | None:
    """`B`, `(B)`, `B. 9 giờ 35 phút`: the letter, and the value where it is written behind."""
    match = _LETTER.fullmatch(text)
    if match is None:
        return None
    rest = clean(match["rest"] or match["inside"] or "")
    value = read_scalar(rest, dot_is_decimal) or _read_special(rest) or Answer("text", rest) if rest else None
    return Answer("choice", match["letter"], value=value)


_ORDINAL = re.compile(r"(?i)thứ (?:\d{1,2}|hai|ba|tư|năm|sáu|bảy|nhất|nhì)")


def _read_special(text: str) -> Answer | None:
    """A point, an interval, a set, `±3`, or that there is no solution."""
    text = re.sub(rf"^(?:{_ABOUT_SOLUTIONS})+", "", text).strip() or text
    if (described := _DESCRIBED.fullmatch(text)) and isinstance(
        bounds := read_relation(described["bounds"] or described["bare"]), Reals
    ):
        return answer_of(bounds)
    if special := read_reals(text) or read_point(text) or read_place(text) or read_infinity(text):
        return answer_of(special)
    words = read_words(text)
    if words is not None and (words.written in ("vô nghiệm", "vô số nghiệm", "∅") or _ORDINAL.fullmatch(text)):
        return answer_of(words)
    if both := re.fullmatch(r"(?:[a-z] ?= ?)?± ?(?P<value>[^;,=±]{1,40})", text):
        values = [read_answer(sign + both["value"]) for sign in ("", "-")]
        read = [value for value in values if value is not None and value.kind != "text"]
        return multi(read, ordered=False) if len(read) == 2 else None
    listed = re.fullmatch(
        r"(?:(?P<label>[A-Z]|[ƯB]C?\(\d+(?: ?[;,] ?\d+)*\)|[a-z](?= ?∈)|\([a-z] ?; ?[a-z]\)(?= ?[∈=])) ?[=∈] ?)?"
        r"\{(?P<items>[^{}]*)\}|(?P<of>[a-z]) ?∈ ?(?P<bare>[^{}()\[\]]*;.*)",
        text,
    )
    if listed is None:
        return None
    items = [
        read_answer(item)
        for item in outside_brackets((listed["items"] or listed["bare"] or "").strip(), _SEPARATOR)
        if item.strip()
    ]
    found = [item for item in items if item is not None]
    if not found or len(found) < len(items) or len(items) > MAX_ITEMS or any(item.kind == "text" for item in found):
        return None
    return multi(found, ordered=False) if len(found) > 1 else found[0]


_DESCRIBED = re.compile(
    r"(?:[A-Z] ?= ?)?\{ ?[a-z](?: ?∈ ?[ℝR])? ?[|/:;] ?(?P<bounds>[^{}|]+)\}|(?:S ?= ?)?[a-z] ?\| ?(?P<bare>[^{}|]+)"
)
"""`{x ∈ ℝ | x ≤ 2}`."""
_ABOUT_SOLUTIONS = (
    r"(?:phương trình|bất phương trình|hệ phương trình|hệ|tập nghiệm|nghiệm|cặp số|tập hợp|tập xác định|khoảng|tọa độ|toạ độ)"
    r"(?: (?:của|đã cho|phương trình|bất phương trình|hệ|là|có|nghiệm"
    r"|duy nhất|cần tìm|trên|hàm số|giao điểm|đó|này|xác định|gồm|điểm))*"
    r" ?:? "
)
_PART = re.compile(r"(?:^|[\n;,.] ?|(?<= ))(?:Câu |Phần |Ý )?(?P<part>[a-h1-9])\) ?", re.IGNORECASE)


def _read_parts(text: str, dot_is_decimal: bool) -> Answer | None:
    """`a) 5 cm; b) 3 cm` -> an ordered multi, its parts by their letters."""
    marks = list(_PART.finditer(text))
    if not marks or marks[0].start() > 0:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        part = read_answer(text[mark.end() : end], dot_is_decimal)
        if part is not None:
            found.append(replace(part, label=mark["part"].lower()))
    if len(marks) == 1:
        return replace(found[0], label="") if found else None
    found.sort(key=lambda part: part.label)
    return Answer("multi", parts=tuple(found), ordered=True) if found else None


def _read_list(text: str, dot_is_decimal: bool) -> Answer | None:
    """`x = 3 hoặc x = 4`, `2; 16; 30`, `12 nam, 19 nữ`: every item is a value."""
    if re.search("[<>≤≥≠]", text) and (bounds := read_relation(text)) and isinstance(bounds, Reals):
        return answer_of(bounds)
    items = [item for item in outside_brackets(text, _SEPARATOR) if item.strip()]
    if len(items) < 2:
        items = re.split(r", ", text)
        if len(items) < 3:
            return None
    answers = []
    if len(items) > MAX_ITEMS:
        return None
    for item in items:
        if re.fullmatch(r"(?:lớp )?\d?[A-Z]\d?[ :]*", item.strip()):
            continue  # "5B," names what follows
        answer = _read_item(clean(item), dot_is_decimal)
        if answer is None:
            return None
        answers.append(answer)
    if answers and re.search(r" (?:hay|hoặc|tức là) ", text) and said_twice(answers):
        return answers[0]
    letters = {answer.label for answer in answers if is_unknown(answer.label)}
    if re.search(r" (?:hay|hoặc) ", text) and len(letters) == len(answers) > 1:
        return Answer("text", text, notes=("doubted",))  # `x = 5 hoặc y = 2` is no solution of a system
    return multi(as_points(answers), ordered=False) if len(answers) > 1 else None


def _read_item(text: str, dot_is_decimal: bool) -> Answer | None:
    """A value, or `x = 3`, `Số lớn: 30`, `5A: 12 nam`."""
    if answer := read_scalar(text, dot_is_decimal) or _read_special(text):
        return answer
    for pattern in (_ASSIGNED, _INTRODUCED, _NAMED, _HEADED):
        if (
            (match := pattern.match(text))
            and not BEFORE_A_NUMBER.search(match["label"])
            and not _UNSOLVED.search(match["label"])
        ):
            value = clean(match["value"])
            answer = read_scalar(value, dot_is_decimal) or _read_special(value)
            if answer is None and re.match(r"[^\W\d_]{3}[^:]*:|[^\W\d_]{3}[^=:]*$", match["label"]) and pattern is not _HEADED:
                answer = _read_expression(value)  # Thể tích: V = a^3
            if answer is not None:
                label = text[: match.start("value")].strip(" =:≈").lower()
                about = ENDS_IN_ABOUT.search(match["label"]) is not None
                rounded = answer.rounded or about or text[match.start("value") - 1 : match.start("value")] == "≈"
                notes = (
                    ("about",) if about and answer.kind in ("number", "quantity") and "." not in answer.text else answer.notes
                )
                return replace(answer, label=label, rounded=rounded, notes=notes)
    if named := re.fullmatch(r"(?P<label>[^\W\d_]{2,20}(?: [^\W\d_]{1,20})?): (?P<letter>[A-Z])", text):
        return Answer("text", named["letter"], label=named["label"].lower())
    return _read_expression(text)


_NAME = re.compile(r"(?:[A-Z]\w?(?:\([a-z]\))?|[a-z]\([a-z]\)|[a-z]'(?:\([a-z]\))?|S_\w+|[^\W\d_]{2,}[^=<>\d]*)$")
"""What may stand before `=` as the name of an expression: `A`, `P(x)`, `f(x)`, `y'`, `Chu vi`."""


def _read_expression(text: str) -> Answer | None:
    """`2(x + 1)`, `P = 2(a + b)`; not the name `xe B`."""
    if re.fullmatch(r"[^\W\d_]{2,} [A-Z]\d?", text.strip(" .")):
        return None
    named = _ASSIGNED.match(text)
    periodic = named and is_unknown(named["label"].strip()) and re.search(r"k ?\d*π|\dkπ", named["value"])
    if named and (periodic or _NAME.match(named["label"].strip()) or _is_solved(named)):
        text = named["value"]
    read = read_expression(text.strip())
    return answer_of(read) if read else None


def _is_solved(named: re.Match[str]) -> bool:
    """`S_1 = 3√2`, `z = 2 - 3i`, `x = log_2 5`; not so for the equation `x^2 + y^2 = 8/3`."""
    return not re.search(r"[a-hj-z]", _LOGARITHM.sub("", named["value"])) and not _UNSOLVED.search(named["label"])


_LOGARITHM = re.compile(r"(?<![^\W\d_])(?:log|ln|lg|sqrt)(?![^\W\d_])")


def _read_statement(text: str, dot_is_decimal: bool) -> Answer | None:
    """`x = 5`, `S = 180 cm^2`, `Số bi là 5 viên`, an expression, a relation, or plain words."""
    if answer := _read_item(text, dot_is_decimal):
        return replace(answer, label="")
    text = re.sub(rf" ?{REMARK}$", "", text).strip() or text
    if answer := _read_item(text, dot_is_decimal):
        return replace(answer, label="")
    relation = read_relation(re.sub(rf"^(?:{_ABOUT_SOLUTIONS})+", "", text))
    if relation is not None and (isinstance(relation, Reals) or _is_relation(relation)):
        return answer_of(relation)
    if letter := re.fullmatch(r"(?:chữ|chữ cái|hình|điểm|đáp án) ([A-Za-z])", text, re.IGNORECASE):
        return Answer("text", letter[1])
    words = read_words(text)
    return answer_of(words) if words else None


def _is_relation(relation: Relation) -> bool:
    """Whether each side is an expression or a short name: not so for `Ta có 3 < 4 nên chọn đáp án B`."""
    return all(parse_expression(item) is not None or len(item.split()) <= 8 for item in relation.items)
