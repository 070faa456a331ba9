"""Two answers, compared as values: several values by name, order or set, a letter by what it stands for.

The kinds of values compare themselves (`values/`); here is what is made of them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import has_digit, is_unknown, without_spaces
from mathpal_lightning.evaluation.language.extremes import extreme_of
from mathpal_lightning.evaluation.values import Point, Quantity, Reals, Relation, Value, same_value
from mathpal_lightning.evaluation.values.periodic import same_periodic
from mathpal_lightning.evaluation.values.reading import multi, value_of
from mathpal_lightning.evaluation.values.reals import intersection, union
from mathpal_lightning.evaluation.values.relation import holds
from mathpal_lightning.evaluation.values.words import EVERY_SOLUTION
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key


def same_answer(first: Answer, second: Answer, question: str = "") -> bool:
    """Whether two answers are the same mathematics; `question` tells which words of an answer only repeat it."""
    if (periodic := same_periodic(*([part.text for part in side.parts or (side,)] for side in (first, second)))) is not None:
        return periodic
    if "multi" in (first.kind, second.kind):
        return _same_lists(first, second, question)
    if "choice" in (first.kind, second.kind):
        return _same_choices(first, second, question)
    if ("about" in first.notes) != ("about" in second.notes):
        return False
    if {first.text, second.text} == {EVERY_SOLUTION, "ℝ"}:
        return len(set(re.findall(r"(?<![^\W\d_])[a-z](?![^\W\d_])", question))) == 1  # of an equation with one unknown
    rounding = first.rounded or second.rounded
    return same_value(_marked(first), _marked(second), rounding, question)


def _marked(answer: Answer) -> Value:
    """The value, with the mark of rounding where the solution says elsewhere that it is rounded."""
    value = value_of(answer)
    return replace(value, about="≈") if isinstance(value, Quantity) and answer.rounded and not value.about else value


def _same_lists(first: Answer, second: Answer, question: str) -> bool:
    if "multi" not in (first.kind, second.kind) or first.kind != second.kind:
        return (
            _same_chain(first, second)
            or _same_chain(second, first)
            or _same_as_pair(first, second)
            or _same_as_pair(second, first)
            or _same_union(first, second)
            or _same_union(second, first)
            or _same_of_all(first, second, question)
            or _same_of_all(second, first, question)
            or _same_by_letter(first, second, question)
        )
    if (_is_nested(first) or _is_nested(second)) and len(first.parts) != len(second.parts):
        first, second = laid_flat(first), laid_flat(second)
    left, right = list(first.parts), list(second.parts)
    if len(left) != len(right):
        return False
    if _are_parts(left, question) != _are_parts(right, question) and not all(map(_have_names, (left, right))):
        return all(same_answer(a, b, question) for a, b in zip(left, right, strict=True))
    if _are_parts(left, question) and _are_parts(right, question):
        return all(same_answer(a, b, _asked_in_part(question, a)) for a, b in zip(left, right, strict=True))
    unknowns = [sorted(name[1] for part in side if (name := _UNKNOWN.fullmatch(part.label))) for side in (left, right)]
    if len(unknowns[0]) == len(unknowns[1]) == len(left) and unknowns[0] != unknowns[1]:
        return False
    if any(_other_letter(a.label, b.label) for a, b in zip(left, right, strict=True)):
        return False
    if (by_name := _by_name(left, right)) is not None:
        return all(same_answer(a, b, question) for a, b in by_name)
    named = [parts for parts in (left, right) if _are_named(parts)]
    if len(named) == 2 and any(
        _label(a) == _label(b) for one, a in enumerate(left) for two, b in enumerate(right) if one != two
    ):
        return False  # `An 12, Bình 17` against `Bình 12, Chi 17`
    if (by_dimension := _by_dimension(left, right)) is not None:
        return all(same_answer(a, b, question) for a, b in by_dimension)
    if len(named) == 2 and any(has_digit(_COMPUTED.sub("", part.label)) for part in (*left, *right)):
        return False
    if first.ordered or second.ordered or len(named) == 2 or named and not _named_by_size(named[0]):
        return all(same_answer(a, b, question) for a, b in zip(left, right, strict=True))
    return _has_perfect_matching([[same_answer(a, b, question) for b in right] for a in left])


def _are_parts(parts: list[Answer], question: str) -> bool:
    """Whether the names are the letters of the question's parts a), b), c) and no unknowns."""
    return [part.label for part in parts] == list("abcdefgh"[: len(parts)]) and re.search(r"(?<!\w)a[).]", question) is not None


def _asked_in_part(question: str, part: Answer) -> str:
    """What the part b) asks, where its answer is words: only those words may be repeated; else the whole question."""
    if part.kind != "text":
        return question
    begins = rf"(?:^|(?<=[\s:;.,])){re.escape(part.label)}[).] "
    asked = re.search(rf"{begins}(?P<asked>(?:(?!(?<=[\s:;.,])[b-h]\) ).)+)", question, re.DOTALL)
    return asked["asked"] if asked else question


def _have_names(parts: list[Answer]) -> bool:
    """Whether each part has a name of its own that is no sum."""
    return _are_named(parts) and not any(re.search(r"\d ?[-+×*/:(]", part.label) for part in parts)


def _is_nested(answer: Answer) -> bool:
    """Whether a part has several results of its own: `a) x = 1; y = 2`."""
    return any(part.kind == "multi" for part in answer.parts)


def laid_flat(answer: Answer) -> Answer:
    """The results of all parts side by side, in their order."""
    return multi(list(answer.parts), ordered=True) if _is_nested(answer) else answer


def _same_chain(first: Answer, second: Answer) -> bool:
    """`7/8 < 9/10 < 4/3` against the three values in this order."""
    value = value_of(first) if first.kind == "relation" else None
    if not isinstance(value, Relation) or not 2 < len(value.items) == len(second.parts) or len(set(value.signs)) != 1:
        return False
    items = [Answer.from_canonical(item) for item in value.items]
    return holds(value) is not False and all(same_answer(a, b) for a, b in zip(items, second.parts, strict=True))


def _same_union(first: Answer, second: Answer) -> bool:
    """`(-∞; -1) ∪ (1; +∞)` against the two intervals side by side."""
    value = value_of(first) if first.kind in ("interval", "relation") else None
    pieces = [value_of(part) for part in second.parts if part.kind in ("interval", "relation")]
    intervals = [piece for piece in pieces if isinstance(piece, Reals)]
    if not isinstance(value, Reals) or len(intervals) < max(2, len(second.parts)):
        return False
    return any(joined is not None and value.same(joined) for joined in (union(intervals), intersection(intervals)))


def _same_of_all(first: Answer, second: Answer, question: str) -> bool:
    """`góc B = góc C = 70°` against 70° and 70°: one value, said of all."""
    if (
        not question
        or first.kind in ("choice", "text", "point")
        or len(second.parts) < 2
        or any(_UNKNOWN.fullmatch(part.label) for part in second.parts)
    ):
        return False
    return all(part.kind == first.kind and same_answer(first, part, question) for part in second.parts)


def _same_by_letter(first: Answer, second: Answer, question: str) -> bool:
    """A letter against the several values that its option lists."""
    choice, other = (first, second) if first.kind == "choice" else (second, first)
    return choice.kind == "choice" and choice.value is not None and same_answer(choice.value, other, question)


def _same_as_pair(first: Answer, second: Answer) -> bool:
    """`x = 3; y = 1` against `(3; 1)`."""
    value = value_of(first) if first.kind == "point" else None
    if not isinstance(value, Point) or len(second.parts) != len(value.items):
        return False
    letters = [part.label for part in second.parts]
    if not all(letters):
        return False
    alphabetical = sorted(second.parts, key=lambda part: part.label)
    parts = alphabetical if all(is_unknown(letter) for letter in letters) else list(second.parts)
    coordinates = [Answer.from_canonical(item) for item in value.items]
    return all(same_answer(a, b) for a, b in zip(coordinates, parts, strict=True))


_UNKNOWN = re.compile(
    r"(?:(?:vậy|phương trình|hệ|đã cho|có|hai|ba|bốn|2|3|nghiệm|phân biệt|là|giá trị|của|các)[:,]? ){0,8}([a-z])(?:[_ ]?\d)?"
)
_LETTER = re.compile(r".*[^\W\d_]{2,} (?=[a-z]$)")


def _other_letter(one: str, other: str) -> bool:
    """`trục đối xứng y` against `trục đối xứng x`."""
    words = [match[0] if (match := _LETTER.match(label)) else "" for label in (one, other)]
    return words[0] == words[1] != "" and one != other


_FILLERS = frozenset(
    comparison_key("số của bạn có là được lớp học sinh con cái cho cả hai và thì tuổi vậy tổng em anh chị cô bác").split()
)
_INTRODUCE = frozenset(comparison_key("vậy kết quả đáp số án là có tất cả em làm ta bài giải").split())
"""Words before a value that name nothing."""
_SIZES = {comparison_key(word) for word in ("lớn", "bé", "nhỏ", "dài", "rộng")}


_COMPUTED = re.compile(r"(?<![\w.,])\(?-?\d[\d ,.()]*[-+×*:/][-+×*:/\d ,.()^]*$")
"""`(100 - 4) : 3 + 1` behind a name: how the value was found."""


def _label(part: Answer) -> frozenset[str]:
    """The words of a name that tell it from others; `x_1` and `x_2` are both x, and `4 tấn 25 kg` is one word."""
    label = re.sub(r"(?<![^\W_])(sin|cos|tan|cot|log_\d+) (?=\S)", r"\1", _COMPUTED.sub("", part.label).strip())
    if re.match(r"\d", label) or re.search(r"[∩∪\\]", label):
        return frozenset({without_spaces(label).lower()})
    if unknown := _UNKNOWN.fullmatch(label):
        return frozenset(unknown[1])
    words = frozenset(comparison_key(label).split())
    value = value_of(part) if words <= _INTRODUCE and part.kind == "quantity" else None
    if isinstance(value, Quantity) and value.is_count:
        words = frozenset(comparison_key(value.unit).split())
    return words - _FILLERS or words


def _are_named(parts: list[Answer]) -> bool:
    """Whether each part has a name of its own."""
    labels = [_label(part) for part in parts]
    return all(labels) and len(set(labels)) == len(labels)


_NUMBERED = re.compile(
    r"(?i)(?<!\w)(?P<noun>(?!số|năm|ngày|tháng|giờ)[^\W\d_]{2,}) (?:số |thứ )?"
    r"(?P<mark>[ivx]{1,4}|\d{1,2}[a-z]?\d?|[a-e]|nhất|một(?= (?:là|có|chứa|bằng)|$)|hai|ba|tư)(?!\w)"
)
ORDINALS = {"nhất": "1", "một": "1", "hai": "2", "ba": "3", "tư": "4", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
"""`vòi thứ hai` and `vòi II` are `vòi 2`."""


def _number_of(part: Answer) -> str:
    """`tổ 1` of `theo kế hoạch tổ I phải làm`, `vòi 2` of `vòi thứ hai`; empty where a name numbers nothing, or two things."""
    found = {
        f"{match['noun']} {ORDINALS.get(match['mark'], match['mark'])}" for match in _NUMBERED.finditer(part.label.lower())
    }
    return found.pop() if len(found) == 1 else ""


def _extreme_of(part: Answer) -> str:
    return extreme_of(part.label)


def _by_name(left: list[Answer], right: list[Answer]) -> list[tuple[Answer, Answer]] | None:
    """The parts joined by their names; None where they have none, or the names of one side are not those of the other."""
    for key_of in (_number_of, _extreme_of):
        keys = [{key_of(part): part for part in side} for side in (left, right)]
        if "" not in keys[0] and keys[0].keys() == keys[1].keys() and len(keys[0]) == len(left):
            return [(part, keys[1][key]) for key, part in keys[0].items()]
    if not (_are_named(left) and _are_named(right)):
        return None
    pairs = []
    free = list(right)
    for part in left:
        name = _label(part)
        exact = [other for other in free if _label(other) == name]
        near = exact or [other for other in free if _label(other) <= name or name <= _label(other)]
        if len(near) != 1:
            return None
        free.remove(near[0])
        pairs.append((part, near[0]))
    return pairs


def _by_dimension(left: list[Answer], right: list[Answer]) -> list[tuple[Answer, Answer]] | None:
    """`48 cm²` beside `32 cm` in whichever order, where each part of a side measures something else."""
    sides = [
        {value.measure.dimension: part for part in side if isinstance(value := part.meaning, Quantity) and value.measure}
        for side in (left, right)
    ]
    if len(sides[0]) != len(left) or len(left) < 2 or sides[0].keys() != sides[1].keys():
        return None
    if any((("length", power),) != dimension for side in sides for dimension, part in side.items() for power in _powers(part)):
        return None  # `thể tích: 150 cm²`
    return [(part, sides[1][dimension]) for dimension, part in sides[0].items()]


def _powers(part: Answer) -> list[int]:
    """2 of the name `diện tích toàn phần`: the power of a length that such a quantity has."""
    return [power for name, power in (("chu vi", 1), ("diện tích", 2), ("thể tích", 3)) if name in part.label.lower()]


def _named_by_size(parts: list[Answer]) -> bool:
    """Whether the names only say which is larger (số lớn, số bé; dài, rộng): without them the values need no order."""
    words = {word for part in parts for word in comparison_key(part.label).split()} & _SIZES
    return len(parts) == 2 and len(words) == 2


def _has_perfect_matching(pairs: list[list[bool]]) -> bool:
    """Whether every row finds a column of its own (augmenting paths)."""
    partner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, fits in enumerate(pairs[row]):
            if fits and column not in seen:
                seen.add(column)
                if column not in partner or place(partner[column], seen):
                    partner[column] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(pairs)))


def _same_choices(first: Answer, second: Answer, question: str) -> bool:
    """A letter against a letter, or the value that a letter stands for against a value."""
    if first.kind == second.kind:
        return first.text == second.text
    choice, other = (first, second) if first.kind == "choice" else (second, first)
    if choice.value is not None and choice.value.kind != "choice":
        return same_answer(choice.value, other, question)
    return choice.text == other.text
