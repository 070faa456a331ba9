"""One stated answer -> Answer: `448 000 cm^3`, `2 3/4`, `25 %`, `6 giờ 55 phút`, `x = 3 hoặc x = 4`, `B`, `thứ Ba`.

The text is plain (`plain_text`) and short: what stands behind `Đáp số:` or the last `=`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.units import MEASURE, parse_unit, unit_name
from mathpal_lightning.schema import Answer, AnswerKind
from mathpal_lightning.text.numbers import PLAIN_NUMBER, ParsedNumber, parse_number

MAX_STATED = 600
"""Characters: a longer text is no answer."""
MAX_ITEMS = 60

NUMBER = rf"(?:- ?)?(?:\d+ \d+/\d+|{PLAIN_NUMBER} ?/ ?{PLAIN_NUMBER}|\d+, \d+(?![,\d])|{PLAIN_NUMBER})"
_APPROXIMATELY = r"(?:≈|xấp xỉ|khoảng(?: chừng)?|gần bằng|chừng)"
_STOP_WORDS = (
    "nữa|thì|mà|để|từ|trong|của|nên|vì|ở|với|được|cho|khi|nhưng|đã|sẽ|so|nếu|do|bởi|hay|hoặc|là|bằng|chiếm|cùng|gồm|tổng|thỏa"
    "|thoả|mãn|tức|như|sau|trước|có|nhiều|ít|hơn|chứ|cả|lúc|đó|này|ấy|kể|theo|tương"
    "|cao|nặng|giá|và|dư"
)
_NOUN_WORD = rf"(?!(?:{_STOP_WORDS})(?![^\W_]))(?!(?<=\d)[A-Z](?![^\W_]))[^\W\d_][^\s\d=<>≈⇒;:,()⟦⟧+×]*"
_NOUN = rf"{_NOUN_WORD}(?: {_NOUN_WORD}){{0,5}}"
_UNIT = (
    rf"(?:(?P<measure>(?i:{MEASURE}))(?:(?: |(?<=\d))(?!\()(?P<of>{_NOUN_WORD}(?: {_NOUN_WORD}){{0,2}}))?|(?P<noun>{_NOUN}))"
)
_VALUE = re.compile(
    rf"(?P<about>{_APPROXIMATELY} ?)?(?P<number>{NUMBER})(?: ?(?P<percent>%|phần trăm(?![^\W_])|\(%\)))?"
    rf"(?: ?\(? ?{_UNIT} ?\)?)?",
    re.IGNORECASE,
)
_PIECE = rf"(?:{PLAIN_NUMBER}|\d+/\d+|\d+ \d+/\d+) ?(?i:{MEASURE})"
_COMPOUND = re.compile(rf"(?P<about>{_APPROXIMATELY} ?)?(?P<body>{_PIECE}(?:,? (?:và )?{_PIECE}){{1,3}})")
_PIECES = re.compile(rf"(\d+ \d+/\d+|\d+/\d+|{PLAIN_NUMBER}) ?((?i:{MEASURE}))")
_CLOCK = re.compile(r"(\d{1,2}) ?(?:giờ|h) ?(\d{1,2})(?: ?(?:phút|p|'))?(?![^\W_])")
_AND_A_HALF = re.compile(rf"(\d+) ?((?i:{MEASURE})) rưỡi(?![^\W_])")
_DATE = re.compile(r"(?:ngày )?(\d{1,2}) ?(?:/|-|tháng) ?(\d{1,2}) ?(?:/|-|năm) ?(\d{4})")


def read_value(text: str, dot_is_decimal: bool = False) -> tuple[Answer, str] | None:
    """Read the number, percentage or quantity that a text begins with.

    Returns:
        The answer and what stands behind it, or None where the text begins with no value.
    """
    if clock := _CLOCK.match(text):
        answer = Answer("compound_quantity", f"{int(clock[1])} giờ {int(clock[2])} phút")
        return answer, text[clock.end() :]
    if half := _AND_A_HALF.match(text):
        return Answer("quantity", f"{half[1]}.5 {unit_name(half[2])}"), text[half.end() :]
    if compound := _COMPOUND.match(text):
        mixed_units = _compound(compound["body"], dot_is_decimal)
        if mixed_units is not None:
            return replace(mixed_units, rounded=bool(compound["about"])), text[compound.end() :]
    match = _VALUE.match(text)
    if match is None:
        return None
    number = parse_number(match["number"].replace("- ", "-") + ("%" if match["percent"] else ""))
    if number is None:
        return None
    unit, end = match["noun"] or match["measure"], match.end()
    if match["of"] and _may_be_of(match["measure"]):
        unit = f"{unit} {match['of']}"
    elif match["of"]:
        end = match.end("measure")
    answer = _with_unit(number, unit, dot_is_decimal)
    return replace(answer, rounded=bool(match["about"])), text[end:]


def _may_be_of(measure: str) -> bool:
    """`15 kg gạo`, `3 lít dầu`, `5 m vải`; but behind a time another word begins: `30 phút hai xe gặp nhau`."""
    unit = parse_unit(measure)
    return unit is not None and unit.dimension in ((("mass", 1),), (("length", 1),), (("length", 3),), (("money", 1),))


def _with_unit(number: ParsedNumber, unit: str | None, dot_is_decimal: bool) -> Answer:
    kinds: dict[str, AnswerKind] = {"mixed": "mixed_number", "fraction": "fraction", "percent": "percent", "ratio": "fraction"}
    kind = kinds.get(number.form, "number")
    text, other = number.canonical, ""
    if number.other is not None:
        text, other = number.canonical, f"{number.canonical[:-3]}.{number.canonical[-3:]}"
        if dot_is_decimal:
            text, other = other, text
    if unit and kind != "percent":
        unit = unit_name(unit.strip(" .,"))
        return Answer("quantity", f"{text} {unit}", other_reading=f"{other} {unit}" if other else "")
    return Answer(kind, text, other_reading=other)


def _compound(body: str, dot_is_decimal: bool) -> Answer | None:
    """`6 giờ 55 phút`, `3m 5cm`: every piece measures the same thing, each smaller than the one before."""
    pieces = _PIECES.findall(body)
    units = [parse_unit(unit) for _, unit in pieces]
    for first, second in zip(units, units[1:], strict=False):
        if first is None or second is None or first.dimension != second.dimension or first.factor <= second.factor:
            return None
    parts = []
    for written, unit in pieces:
        number = parse_number(written)
        if number is None:
            return None
        parts.append(_with_unit(number, unit, dot_is_decimal).text)
    return Answer("compound_quantity", " ".join(parts))


_REMARK = r"\((?=[^()]*[^\W\d_]{2})[^()=]*\)?"
"""Words in parentheses behind an answer."""
_LETTER = re.compile(r"\(?(?P<letter>[A-H])(?:\)?[.):] ?(?P<rest>.*)|\)?)", re.DOTALL)
_SEPARATOR = re.compile(r" ?(?:;|\n| hoặc | hay | và |(?<!\d), |, (?!\d)| & )+ ?")
_RELATION = re.compile(r"[<>≤≥≠=]")
_ASSIGNED = re.compile(r"^[^=<>≈\n]{0,120}[=≈](?P<value>[^=<>≈\n]*)$")
_INTRODUCED = re.compile(
    r"^(?P<label>[^\d=<>\n]{1,120}?)(?::| là:?| bằng| =| gồm:?| có)(?= ?[-\d(≈⟦]) ?(?P<value>.*)$", re.DOTALL
)

_NAMED = re.compile(r"^(?P<label>[^=<>:\n]{1,60}?) ?[:,] ?(?P<value>.*)$")
_HEADED = re.compile(r"^(?P<label>[^\d=<>:\n]{1,60}) (?P<value>\d.*)$")
_EXPRESSION = re.compile(r"(?P<body>[-\d(√a-zA-Z][-+×:/^().,√\w ]*?)(?: \(?(?P<unit>(?i:" + MEASURE + r"))\)?)?")


def read_answer(text: str, dot_is_decimal: bool = False) -> Answer | None:
    """Read a text that is an answer and nothing else (a whole payload of `Đáp số:`).

    Returns:
        The Answer, kind text where no mathematics is in it; None where the text is empty or too long to be an answer.
    """
    text = clean(text)
    if not text or len(text) > MAX_STATED:
        return None
    return (
        _read_division(text, dot_is_decimal)
        or _read_choice(text, dot_is_decimal)
        or _read_scalar(text, dot_is_decimal)
        or _read_parts(text, dot_is_decimal)
        or _read_list(text, dot_is_decimal)
        or _read_statement(text, dot_is_decimal)
    )


def clean(text: str) -> str:
    """Strip what surrounds an answer: spaces, a closing full stop, quotes, box marks, a leading colon or equals sign."""
    text = text.replace("⟦", "").replace("⟧", "").strip(" \n\t\"'“”*_.,;:!")
    return re.sub(r"^(?:[=:⇒→]|là:?)\s+|^=", "", text).strip()


def _read_choice(text: str, dot_is_decimal: bool) -> Answer | None:
    """`B`, `(B)`, `B. 9 giờ 35 phút`: the letter, and the value where it is written behind."""
    match = _LETTER.fullmatch(text)
    if match is None:
        return None
    rest = clean(match["rest"] or "")
    value = _read_scalar(rest, dot_is_decimal) or Answer("text", rest) if rest else None
    return Answer("choice", match["letter"], value=value)


_DIVISION = re.compile(rf"(?P<quotient>{PLAIN_NUMBER}),? \(?(?:và |số )?dư:? (?P<remainder>{PLAIN_NUMBER})\)?")


def _read_division(text: str, dot_is_decimal: bool) -> Answer | None:
    """`57 (dư 1)` -> quotient and remainder."""
    match = _DIVISION.fullmatch(text)
    parts = [_read_scalar(match[name], dot_is_decimal) for name in ("quotient", "remainder")] if match else []
    if len(parts) < 2 or parts[0] is None or parts[1] is None:
        return None
    return multi([replace(parts[0], label="thương"), replace(parts[1], label="số dư")], ordered=True)


def _read_scalar(text: str, dot_is_decimal: bool) -> Answer | None:
    """A value that fills the whole text, but for a parenthesis behind it."""
    if date := _DATE.fullmatch(text):
        return Answer("text", f"{int(date[1]):02d}/{int(date[2]):02d}/{date[3]}")
    if ratio := re.fullmatch(rf"({PLAIN_NUMBER}) ?: ?({PLAIN_NUMBER})", text):
        number = parse_number(ratio[0])
        return number and Answer("fraction", number.canonical, notes=("written as a ratio",))
    read = read_value(text, dot_is_decimal)
    if read is None:
        return None
    answer, rest = read
    rest = rest.strip(" .,;")
    return (
        answer
        if not rest or re.fullmatch(rf"{_REMARK}|(?:thì|nữa|trong|của|nên|để|với|so|cao|nặng|giá) [^=;\n]*", rest)
        else None
    )


_PART = re.compile(r"(?:^|[\n;,.] ?|(?<= ))(?:Câu |Phần |Ý )?(?P<part>[a-e1-9])\) ?", re.IGNORECASE)


def _read_parts(text: str, dot_is_decimal: bool) -> Answer | None:
    """`a) 5 cm; b) 3 cm` -> an ordered multi."""
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
    return multi(found, ordered=True) if found else None


def multi(answers: list[Answer], ordered: bool) -> Answer:
    """Answers side by side; a multi inside is laid flat and keeps its label."""
    flat: list[Answer] = []
    for answer in answers:
        flat += [replace(part, label=part.label or answer.label) for part in answer.parts] or [answer]
    return Answer("multi", parts=tuple(flat), ordered=ordered)


def _read_list(text: str, dot_is_decimal: bool) -> Answer | None:
    """`x = 3 hoặc x = 4`, `2; 16; 30`, `12 nam, 19 nữ`: every item is a value."""
    items = [item for item in _SEPARATOR.split(text) if item.strip()]
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
    return multi(answers, ordered=False) if len(answers) > 1 else None


def _read_item(text: str, dot_is_decimal: bool) -> Answer | None:
    """A value, or `x = 3`, `Số lớn: 30`, `5A: 12 nam`."""
    if answer := _read_scalar(text, dot_is_decimal):
        return answer
    for pattern in (_ASSIGNED, _INTRODUCED, _NAMED, _HEADED):
        if match := pattern.match(text):
            answer = _read_scalar(clean(match["value"]), dot_is_decimal)
            if answer is not None:
                return replace(answer, label=text[: match.start("value")].strip(" =:≈").lower())
    if named := re.fullmatch(r"(?P<label>[^\W\d_]{2,20}(?: [^\W\d_]{1,20})?): (?P<letter>[A-Z])", text):
        return Answer("text", named["letter"], label=named["label"].lower())
    return None


def _read_statement(text: str, dot_is_decimal: bool) -> Answer | None:
    """`x = 5`, `S = 180 cm^2`, `Số bi là 5 viên`, an expression, a relation, or plain words."""
    if answer := _read_item(text, dot_is_decimal):
        return replace(answer, label="")
    text = re.sub(rf" ?{_REMARK}$", "", text).strip() or text
    if answer := _read_item(text, dot_is_decimal):
        return replace(answer, label="")
    assigned = _ASSIGNED.match(text)
    if answer := read_expression(assigned["value"] if assigned else text):
        return answer
    if _RELATION.search(text):
        return Answer("text", re.sub(r" ?([<>≤≥≠=]) ?", r" \1 ", text))
    if letter := re.fullmatch(r"(?:chữ|chữ cái|hình|điểm|đáp án) ([A-Za-z])", text, re.IGNORECASE):
        return Answer("text", letter[1])
    return Answer("text", text)


def read_expression(text: str) -> Answer | None:
    """`54 - 18√(13) cm^2`, `2(x + 1)`: operators between numbers and single letters."""
    match = _EXPRESSION.fullmatch(text.strip())
    if match is None or re.search(r"[^\W\d_]{2}|_", match["body"]) or not re.search(r"[-+×:/^√]|\d[a-z]", match["body"]):
        return None
    body = re.sub(r"√\(([^()]*)\)", r"\\sqrt{\1}", match["body"].strip())
    body = re.sub(r"(?<=\d),(?=\d)", ".", body)
    return Answer("expression", body + (f" {unit_name(match['unit'])}" if match["unit"] else ""))
