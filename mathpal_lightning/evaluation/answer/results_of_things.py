"""The result of each thing that a question asks for, where a solution gives one after the other and never sums them up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.language.characters import has_letter
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.question.things import things_asked
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_STEP = re.compile(
    r"(?<=[\w)°²³π])(?:[.;] |, (?:còn |và )?(?=[^\d=,;]{2,60}(?:=|:|(?<!\w)(?:là|bằng|có)(?!\w)))"
    r"| và (?=[^\d=,;]{1,60}(?:=|:)))"
)
_HEAD = re.compile(r"[=≈:]|(?<!\w)(?:là|bằng)(?!\w)|(?<=\w )(?=\d[^=≈:]*$)")
_PART = re.compile(r"(?:^|(?<=[\s.;,]))[a-h]\) ")
_COMMON = frozenset(
    comparison_key("tính tìm hỏi số của là có được bao nhiêu mấy hình đó này các và thì vậy ta nên suy ra hết ở trong").split()
)
"""Words that tell no two things apart."""
_SIGNS = {
    "S": "diện tích", "P": "chu vi", "C": "chu vi", "V": "thể tích",
    "Sxq": "diện tích xung quanh", "S_xq": "diện tích xung quanh",
    "Stp": "diện tích toàn phần", "S_tp": "diện tích toàn phần", "v": "vận tốc", "s": "quãng đường", "t": "thời gian",
    "ƯCLN": "ước chung lớn nhất ưcln", "BCNN": "bội chung nhỏ nhất bcnn", "max": "giá trị lớn nhất", "min": "giá trị nhỏ nhất",
    "GTLN": "giá trị lớn nhất", "GTNN": "giá trị nhỏ nhất", "dư": "số dư",
}  # fmt: skip
_SIGN = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![^\W\d])")


class _Step(NamedTuple):
    words: frozenset[str]
    answer: Answer


def results_of_things(solution: Solution) -> Answer | None:
    """The results in the order of the question; None where one of the things has no step of its own."""
    things = things_asked(solution.asked)
    if not things or not solution.lines:
        return None
    names = [_words(thing) for thing in things]
    own = [name - frozenset().union(*(names[:at] + names[at + 1 :])) or name for at, name in enumerate(names)]
    steps = [
        step for line in solution.lines[-2 * MAX_RESULTS :] for piece in _STEP.split(line) if (step := _step(piece, solution))
    ]
    unnamed = len(steps) == len(things) and not any(has_letter(" ".join(step.words)) for step in steps)
    places = list(range(len(things))) if unnamed else [_place(at, own, names, steps) for at in range(len(things))]
    if None in places or len(set(places)) < len(places):
        return None
    labels = "abcdefgh" if len(_PART.findall(solution.asked)) == len(things) else [thing.lower() for thing in things]
    found = [
        replace(steps[place].answer, label=label) for place, label in zip(places, labels, strict=False) if place is not None
    ]
    return multi(found, ordered=True)


def _words(name: str) -> frozenset[str]:
    """The words of a name, a sign read as what it stands for."""
    spoken = _SIGN.sub(lambda sign: f"{sign[0]} {_SIGNS[sign[0]]}", re.sub(r"(?i)(?<!\w)một(?!\w)", "1", name))
    words = frozenset(comparison_key(spoken).split())
    return words - _COMMON or words


def _step(piece: str, solution: Solution) -> _Step | None:
    """What a piece of a line computes, and the words in front of it."""
    clause = last_clause(piece)
    answer = closing_value(solution, clause)
    if answer is None or answer.kind in ("text", "multi", "relation", "choice"):
        return None
    head = _HEAD.split(clause, maxsplit=1)[0]
    return _Step(_words(head if has_letter(head) else _HEAD.split(piece, maxsplit=1)[0]), answer)


def _place(at: int, own: Sequence[frozenset[str]], names: Sequence[frozenset[str]], steps: Sequence[_Step]) -> int | None:
    """The last of the steps that speak most of one thing, and of it more than of any other."""
    scores = [len(own[at] & step.words) / len(own[at]) for step in steps]
    best = max(scores, default=0)
    if not best:
        return None
    held = [place for place, score in enumerate(scores) if score == best]
    clear = [
        place
        for place in held
        if all(len(own[other] & steps[place].words) / len(own[other]) < best for other in range(len(own)) if other != at)
    ]
    return clear[-1] if clear else None
