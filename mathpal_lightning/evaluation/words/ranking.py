"""Things that are put in an order by name: `Lan, Mai, Hoa`, `B < A < C`, a numbered list."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.language.doubt import denies, is_unsure
from mathpal_lightning.evaluation.solution.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.evaluation.words.told_order import told_in_turn
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_NAMES = 12
"""Names of an order."""
_ASKS = re.compile(
    r"(?i)(?<!\w)(?:sắp xếp|xếp|viết|kể|nêu|sắp)(?!\w)[^.?\n]{0,120}?(?:thứ tự|tăng dần|giảm dần"
    r"|từ [^\W\d_]+(?: [^\W\d_]+)? (?:đến|tới|xuống|lên))"
)
_NUMBERED = re.compile(r"(?:\d{1,2}[.)]|[-•+]) ?(?P<name>.+)")
_FIRST = re.compile(r": (?:1[.)]|[-•+]) ?(?P<name>.+)$")
"""The first of them, behind the words that lead to it."""
_ASIDE = re.compile(r" ?\([^()]*\)")
_MEASURED = re.compile(r"(?<=[^\W\d_])[ :]+-?\d[\d.,]* ?[^\W\d_]{0,4}[. ]*$")
"""`Mai 17,48 giây`: what the place was given for."""
_TITLE = re.compile(r"^(?:(?:[Cc]ác )?[Bb]ạn|[Ee]m|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác) (?=[A-ZĐÂĂÊÔƠƯ])")
_LEAD = re.compile(r"(?i)^.*?(?::|(?<!\w)là(?!\w):?|(?<!\w)(?:vậy|nên)(?!\w),?) ?(?=\S)")
_BETWEEN = re.compile(r" ?[;,] (?:rồi đến |đến )?| rồi đến | và | ?→ ?| ?⇒ ?| - ")


def ranking(solution: Solution) -> Answer | None:
    """The names in the order that the solution ends in; None where it names something that the question does not.

    A chain with `<` or `>` counts as it is written: `C > A > B` is no answer where the order goes up.
    """
    if not solution.lines or not _ASKS.search(solution.question):
        return None
    last = in_digits(solution.lines[-1][-MAX_CLOSING:].strip(" ."))
    if numbers := _numbers_told(solution, told := told_in_turn(last, solution.question)):
        return numbers
    listed = _numbered(solution.lines)
    if numbers := _numbers_told(solution, listed):
        return numbers
    for items in (listed, _chain(last), told, _listed(last)):
        items = [_MEASURED.sub("", item) for item in items]
        names = _without_kind([_TITLE.sub("", _ASIDE.sub("", item).strip(' .“”"*')) for item in items])
        if 2 < len(names) <= MAX_NAMES and all(_is_named(name, solution) for name in names):
            return multi([Answer("text", name) for name in names], ordered=True) if _all_differ(names) else None
    return None


def _numbers_told(solution: Solution, items: list[str]) -> Answer | None:
    """The items as numbers or quantities of the question."""
    read = [solution.read(item) for item in items]
    numbers = [answer for answer in read if answer is not None and answer.kind in _NUMBERS]
    known = all(without_spaces(item) in without_spaces(solution.question) for item in items)
    return multi(numbers, ordered=True) if 2 < len(numbers) == len(items) <= MAX_NAMES and known else None


_NUMBERS = ("number", "fraction", "mixed_number", "percent", "quantity", "compound_quantity", "expression")


def _without_kind(names: list[str]) -> list[str]:
    """`ngỗng`, `vịt`, `gà` of `con ngỗng`, `con vịt`, `con gà`: the word that all share tells none from another."""
    words = [name.split() for name in names]
    while all(len(name) > 1 for name in words) and len({name[0].lower() for name in words}) == 1:
        words = [name[1:] for name in words]
    return [" ".join(name) for name in words]


def _numbered(lines: list[str]) -> list[str]:
    """`1. Đội Xanh (52 điểm)`, one a line at the end."""
    names: list[str] = []
    for line in reversed(lines[-MAX_NAMES:]):
        item = _NUMBERED.fullmatch(line) or _FIRST.search(line)
        if item is None:
            break
        names.insert(0, item["name"])
        if item.re is _FIRST:
            break
    return names


def _chain(line: str) -> list[str]:
    """`B < A < C`, with signs of one direction."""
    said = _LEAD.sub("", last_clause(line).strip(" ,:"))
    signs = set(re.findall(r"[<>]", said))
    return re.split(r" ?[<>] ?", said) if len(signs) == 1 and not (is_unsure(said) or denies(said)) else []


def _listed(line: str) -> list[str]:
    """`... theo thứ tự từ thấp đến cao là: Lan, Mai, Hoa`; nothing where the line doubts or denies."""
    if is_unsure(line) or denies(line):
        return []
    said = line
    for _ in range(4):
        items = _BETWEEN.split(said)
        if not _LEAD.match(items[0]):
            return items
        said = _LEAD.sub("", said, count=1)
    return []


def _is_named(name: str, solution: Solution) -> bool:
    """Whether the question holds the name, and it is no number: not so for `138 cm`."""
    key = comparison_key(name)
    known = bool(key) and f" {key} " in f" {comparison_key(solution.question)} "
    answer = solution.read(name) if known else None
    return answer is not None and answer.kind in ("text", "choice")


def _all_differ(names: list[str]) -> bool:
    return len({comparison_key(name) for name in names}) == len(names)
