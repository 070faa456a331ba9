"""What is counted: do two nouns name the same things? `cái kẹo` and `chiếc kẹo`, `con` and `con gà`, but not `gà` and `vịt`."""

from __future__ import annotations

from mathpal_lightning.text import comparison_key

_PEOPLE = (
    "người",
    "em",
    "bạn",
    "học sinh",
    "hs",
    "cháu",
    "bé",
    "thành viên",
    "công nhân",
    "cô",
    "chú",
    "thợ",
    "khách",
)
_CLASSIFIERS = (
    *(("cái", "chiếc"), ("quyển", "cuốn"), ("quả", "trái"), ("con",), ("viên", "hòn", "cục"), ("bông", "đoá", "đóa")),
    *(("cây", "cột"), ("tờ", "lá", "tấm"), ("ngôi", "căn"), ("bức", "tranh"), ("thanh",), ("miếng", "mẩu"), ("hình",), _PEOPLE),
)
"""Words that stand before a counted noun; those of one group may stand for each other."""
_GROUPS = {comparison_key(word): number for number, group in enumerate(_CLASSIFIERS) for word in group}
_SEXES = {comparison_key("nam"), comparison_key("nữ")}
_ANIMALS = _GROUPS["con"]


def same_noun(first: str, second: str, question: str = "") -> bool:
    """Whether two counted nouns may name the same things; one that is missing may.

    They may differ by a classifier (`cái kẹo`, `chiếc kẹo`, `kẹo`), by how far they go on (`con`, `con gà`), or say together
    what the question counts (`con`, `gà` where it speaks of `con gà`).
    """
    left, right = (_without_colour(_words(noun)) for noun in (first, second))
    if not left or not right or _starts(left, right) or _starts(right, left):
        return True
    left_group, left_rest = _split(left)
    right_group, right_rest = _split(right)
    if left_rest and right_rest:
        return _starts(left_rest, right_rest) or _starts(right_rest, left_rest)
    if {left[0], right[0]} & _SEXES and _GROUPS["em"] in (left_group, right_group):
        return True  # `17 nam` for `17 bạn`
    if left_group is not None and right_group is not None:
        return left_group == right_group
    asked = f" {comparison_key(question)} "
    if any(f" {' '.join(words)} " in asked for words in ([*left, *right], [*right, *left])):
        return True
    return _ANIMALS not in (left_group, right_group) and _GROUPS["em"] not in (left_group, right_group)


def _without_colour(words: list[str]) -> list[str]:
    """`lá màu vàng` is `lá vàng`."""
    return [word for word in words if word != comparison_key("màu")] if len(words) > 2 else words


def is_classifier(word: str) -> bool:
    """Whether a word may stand before many counted nouns (`con`, `quả`, `bạn`) and names none of them."""
    return comparison_key(word) in _GROUPS


def names_another(noun: str, wanted: str, question: str) -> bool:
    """Whether a noun names what neither the reference nor the question speaks of.

    `con voi` for `con`, or for a bare number, where the question counts hens. What the reference names itself is compared by
    `same_noun`.

    Args:
        noun: the noun of an answer.
        wanted: that of the reference; empty where its number stands alone.
        question: the problem in plain text; of an empty one nothing is known.
    """
    known = set(comparison_key(question).split())
    group, thing = _split(_words(noun))
    if group == _GROUPS["em"] and known.isdisjoint(word for person in _PEOPLE for word in comparison_key(person).split()):
        thing = _words(noun)  # people, where the question speaks of none
    told = bool(_split(_words(wanted))[1])
    return bool(known) and not told and bool(thing) and known.isdisjoint(thing)


def _words(noun: str) -> list[str]:
    return comparison_key(noun).split()


def _starts(words: list[str], beginning: list[str]) -> bool:
    return words[: len(beginning)] == beginning


def _split(words: list[str]) -> tuple[int | None, list[str]]:
    """The group of the classifier in front, and the words behind it."""
    for length in (2, 1):
        group = _GROUPS.get(" ".join(words[:length]))
        if group is not None:
            return group, words[length:]
    return None, words
