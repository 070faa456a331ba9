"""Of what a value is said: of another letter, of a place in a row, of a length in square metres, of the wrong part.

The value is the reference's; what the last clause gives it to is not what was asked for.
"""

from __future__ import annotations

import re
from fractions import Fraction

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.question.parts import own_words, parts_asked
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_ASSIGNED = re.compile(
    r"(?i:(?:vậy|nghiệm(?: của phương trình)?|kết quả|đáp số)?(?: là)?[:,]? ?)(?P<letter>[a-z]) ?= ?-?\d[\d.,/]*[. ]*"
)
_ASKS_FOR_LETTER = re.compile(
    r"(?i:tìm|tính|xác định)(?: (?:giá trị|hệ số|tham số|số|ẩn|của))* (?P<letter>[a-z])(?![\w(']|,? (?:và|,) ?[a-z](?!\w)| ?=)"
)
_ASKS_FOR_VALUE = re.compile(r"(?i)giá trị (?:nhỏ|lớn|bé) nhất|giới hạn|(?<!\w)lim(?!\w)|(?:tính|tìm) [a-z]\(")
_NAMED = re.compile(r"(?<!\w)(?P<letter>[a-zA-Z])(?:\([^()]*\))? ?=|(?:hàm số|biểu thức) (?P<called>[a-zA-Z])(?!\w)")


def is_said_of_another(said: str, known: str, answer: Answer, question: str) -> bool:
    """Whether the last words of a solution give its value to something else than what is asked for.

    Args:
        said: the last words of a solution.
        known: those of the reference, with its answer; what it says, a solution may say.
        answer: what was read from the solution.
        question: the problem in plain text.
    """
    clause = last_clause(last_sentence(said))
    return (
        _of_another_letter(clause, known, question)
        or _is_a_place_in_a_row(clause, known, answer, question)
        or _has_another_dimension(clause, answer)
        or _of_each_of_others(clause, known, question)
        or _of_something_of_it(clause, known, question)
        or _share_of_another(clause, known, question)
        or _at_another_corner(said, known)
        or answer.kind == "quantity"
        and (_is_left_over(clause, known, question) or _of_both(clause, known, question))
    )


def _of_another_letter(clause: str, known: str, question: str) -> bool:
    """`a = 3`, where b is asked for; `x = 5`, where the least value of an expression in x is."""
    assigned = _ASSIGNED.fullmatch(clause.strip())
    if assigned is None or re.search(rf"(?<!\w){assigned['letter']} ?=", known):
        return False
    letter, asking = assigned["letter"], asking_sentence(question)
    asked = {match["letter"] for match in _ASKS_FOR_LETTER.finditer(asking)}
    if len(asked) == 1:
        return letter not in asked
    named = {match["letter"] or match["called"] for match in _NAMED.finditer(question)}
    within = re.search(rf"(?<![^\W\d_]){letter}(?![^\W\d_])", question) is not None
    return within and letter not in named and _ASKS_FOR_VALUE.search(asking) is not None and not asked


def _is_a_place_in_a_row(clause: str, known: str, answer: Answer, question: str) -> bool:
    """`Số hạng thứ 39`, where the term itself is 39; `39 là u_11`, where u_10 is asked for."""
    if not answer.text:
        return False
    value = re.escape(answer.text)
    nth = rf"(?i)(?<!\w)(?:số|số hạng) thứ {value}[. ]*$"
    if re.search(nth, clause) and not re.search(r"(?i)thứ (?:mấy|bao nhiêu|nào)", question) and not re.search(nth, known):
        return True
    member = re.fullmatch(rf"{value} là u_?(?P<index>\d+)[. ]*", clause.strip())
    asked = re.findall(r"u_?(\d+)", asking_sentence(question))
    return member is not None and len(asked) == 1 and member["index"] not in asked


_SIZES = {
    1: r"chiều (?:cao|dài|rộng)|cạnh|bán kính|đường (?:kính|cao)|chu vi",
    2: r"diện tích(?: xung quanh| toàn phần)?",
    3: r"thể tích",
}
_SIZE = re.compile("|".join(rf"(?P<of_{power}>{names})" for power, names in _SIZES.items()), re.IGNORECASE)


def _has_another_dimension(clause: str, answer: Answer) -> bool:
    """`Chiều cao hình thang là 50 dm^2`: a length is no area."""
    unit = answer.meaning.measure if isinstance(answer.meaning, Quantity) else None
    power = dict(unit.dimension).get("length") if unit and len(unit.dimension) == 1 else None
    if power not in _SIZES:
        return False
    before = clause.partition(answer.text.partition(" ")[0])[0]
    named = [one for one in _SIZE.finditer(before) if not has_digit(before[one.end() :])]
    return bool(named) and all(one[f"of_{power}"] is None for one in named)


_EACH = re.compile(r"(?i)(?<!\w)mỗi (?P<what>lớp|tổ|đội|nhóm|học sinh|bạn|em|người|thùng|túi|hộp|ngày|giờ|tuần|tháng)(?!\w)")
_PEOPLE = frozenset({"học sinh", "bạn", "em", "người"})


def _of_each_of_others(clause: str, known: str, question: str) -> bool:
    """`Trung bình mỗi học sinh`, where it is asked of each class."""
    said, asked = (
        {"người" if match["what"].lower() in _PEOPLE else match["what"].lower() for match in _EACH.finditer(text)}
        for text in (clause, f"{asking_sentence(question)} {known}")
    )
    return bool(said and asked) and not said & asked


_OF_THE_ASKED = re.compile(
    r"(?i)(?:liền (?:trước|sau)|gấp \w+(?: lần)?|nửa|tổng|hiệu|bình phương)[^.=\d]{0,20}"
    r" của (?:số|đáp số|kết quả) (?:cần|phải) tìm"
)


def _of_something_of_it(clause: str, known: str, question: str) -> bool:
    """`Số liền trước của số cần tìm là 50 372`."""
    return _OF_THE_ASKED.search(clause) is not None and _OF_THE_ASKED.search(f"{question} {known}") is None


_TAKES_AWAY = re.compile(r"(?i)(?<!\w)(?:còn|cho|ăn|dùng|lấy|bớt|mất|giảm|bay|rời|tiêu|trả|thừa|dư|cắt|bỏ|rót|bán|chưa)(?!\w)")
_IN_ALL = re.compile(r"(?i)(?<!\w)(?:cả|tất cả|tổng|hai|chung|cùng|mỗi|các)(?!\w)")


def _is_left_over(clause: str, known: str, question: str) -> bool:
    """`Cửa hàng còn lại 500 kg`, where it is asked for what was sold in all, or nothing is taken away."""
    left_over = re.search(r"(?i)(?<!\w)còn lại(?: số [^\W\d_]+(?: là)?)? \d", clause)
    if left_over is None or re.search(r"(?i)(?<!\w)còn(?!\w)", f"{question} {known}"):
        return False
    asks_in_all = re.search(r"(?i)(?<!\w)(?:cả|tất cả|tổng)(?!\w)", asking_sentence(question)) is not None
    return asks_in_all or bool(question) and _TAKES_AWAY.search(question) is None


def _of_both(clause: str, known: str, question: str) -> bool:
    """`Cả hai bạn có 72`, where it is asked what one of them has."""
    both = re.search(r"(?i)(?<!\w)cả (?:hai|ba|bốn) (?!giá trị|nghiệm|số|phần|câu|cạnh|góc)", clause) is not None
    return both and bool(question) and _IN_ALL.search(f"{asking_sentence(question)} {known}") is None


_SHARE = re.compile(r"(?i)(?:%|phần trăm) (?:của )?(?:tổng )?số (?P<base>[^.,;=?\d]{2,40})")


def _share_of_another(clause: str, known: str, question: str) -> bool:
    """`chiếm 40% số học sinh nữ`, where the share of the whole class is asked for."""
    said, asked = _SHARE.search(clause), _SHARE.search(asking_sentence(question))
    if said is None or asked is None:
        return False
    one, other = (set(comparison_key(match["base"]).split()) for match in (said, asked))
    own = one - other
    return bool(own and other - one) and own <= set(comparison_key(question).split()) and said[0] not in known


_CORNER = re.compile(r"(?<!\w)(?P<kind>cân|vuông)(?: cân)? (?:ở|tại)(?: đỉnh)? (?P<corner>[A-Z])(?!\w)")


def _at_another_corner(said: str, known: str) -> bool:
    """`cân tại B`, where the reference says `cân tại A`."""
    one, other = (dict(_CORNER.findall(text)) for text in (said, known))
    return any(kind in other and other[kind] != corner for kind, corner in one.items())


def labels_contradict(gold: Answer, answer: Answer) -> bool:
    """Whether the names of several values are false: `2/3 = 9/15`, a larger number below the smaller one, BH for AH."""
    for part in answer.parts:
        number = part.meaning.value if isinstance(part.meaning, Quantity) else None
        if number is not None and re.fullmatch(r"-?\d+/[1-9]\d*", part.label) and Fraction(part.label) != number:
            return True
    values = [(part.label, part.meaning.value) for part in answer.parts if isinstance(part.meaning, Quantity)]
    large, small = ([value for label, value in values if re.search(size, label)] for size in ("số lớn", "số (?:bé|nhỏ)"))
    if large and small and max(large) < min(small):
        return True
    wanted, given = ([_SEGMENT.search(part.label.strip()) for part in side.parts] for side in (gold, answer))
    if len(wanted) != len(given) or not all((*wanted, *given)):
        return False
    return {frozenset(name[0]) for name in wanted if name} != {frozenset(name[0]) for name in given if name}


_SEGMENT = re.compile(r"(?<!\w)[a-z]{2}$")


def exchanges_parts(text: str, question: str) -> bool:
    """Whether a part is answered with the words of another one: `a) Giá bán là ...`, where b) asks for the price."""
    own = own_words(parts_asked(question))
    pieces = re.split(r"(?m)^([a-h])\) ?", text)
    told = dict(zip(pieces[1::2], pieces[2::2], strict=False))
    if len(own) < 2 or own.keys() != told.keys():
        return False
    heads = {letter: head["head"] for letter, said in told.items() if (head := _HEAD.match(said.strip()))}
    return any(_tells_another(letter, head, own) for letter, head in heads.items())


_HEAD = re.compile(r"(?P<head>[^\d=:.;,]{4,60}?) (?:là|bằng):? (?=-?\d)")
"""`Giá bán sau khi giảm là 50 000`."""


def _tells_another(letter: str, head: str, own: dict[str, set[str]]) -> bool:
    words = set(comparison_key(head).split())
    counts = {part: len(words & said) for part, said in own.items()}
    return counts[letter] == 0 and max(counts.values()) > 1
