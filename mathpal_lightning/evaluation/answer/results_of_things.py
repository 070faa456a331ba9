"""The result of each thing that a question asks for, where a solution gives one after the other and never sums them up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.answer.mentioned_values import Mention, results
from mathpal_lightning.evaluation.answer.name_words import numbered, words_of
from mathpal_lightning.evaluation.answer.of_each_dimension import of_each_dimension
from mathpal_lightning.evaluation.language.characters import has_digit, has_letter
from mathpal_lightning.evaluation.language.clauses import last_clause, outside_brackets
from mathpal_lightning.evaluation.language.doubt import ENDS_IN_ABOUT, is_sure
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.parts import parts_asked
from mathpal_lightning.evaluation.question.things import counts_several, measured, things_asked
from mathpal_lightning.evaluation.solution.remarks import sentences
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_STEP = re.compile(
    r" ?[⇒⇔;|] ?|(?<=[\w)°²³π%]) - (?=[^\W\d_]{3})|(?<=[\w)°²³π%])[.!] (?=\D)|(?<=[^\W\d_]{2})[.!] (?=\d)"
    r"|,(?!\d) ?(?!\d)(?:còn |và )?"
    r"|(?<!\w)(?:và|còn) (?!\d+(?:[,/]\d+)?(?![\d,/]| ?[-+×:/=]))"
)
"""Between two results in one line."""
_STEP_OR_COUNT = re.compile(rf"{_STEP.pattern}|(?<=[^\W\d_])(?: và|,) (?=\d+ (?!(?:{MEASURE})(?!\w))[^\W\d_]{{2}})")
"""Also between `4 quyển vở` and `3 cái bút`."""
_CONSEQUENCE_TOO = re.compile(rf"{_STEP.pattern}|(?<!\w)(?:nên|do đó|suy ra)(?!\w):? ")
"""Also between `Minh có 48 viên` and `cả hai có 72 viên`, of which one follows from the other."""
_IN_TURN = re.compile(r"(?<!\w)lần lượt(?!\w)")
_HEAD = re.compile(r"[=≈:]|(?<!\w)(?:là|bằng)(?!\w)")
_LEAD = re.compile(
    r"(?i)^\W*(?:(?:khi|với) [a-z] ?= ?-?\d[\d,/]*(?: thì|,)|khi đó|ta có|kết quả|kết luận|đáp số|đáp án|trả lời|đ/?s|kl)\W+"
)


class _Step(NamedTuple):
    words: frozenset[str]
    answer: Answer


def results_of_things(solution: Solution) -> Answer | None:
    """The results in the order of the question; None where one of the things has no step of its own."""
    parts, named = parts_asked(solution.question), things_asked(solution.asked)
    things = tuple(parts.values()) if len(parts) == len(named) or not named else named
    strangers = numbered("\n".join(solution.lines)) - numbered(solution.question)
    if not things or not solution.lines or numbered(" ".join(things)) and strangers:
        return None
    between = _STEP_OR_COUNT if counts_several(solution.asked) else _STEP
    tries = [(between, False), (_CONSEQUENCE_TOO, False), *([(_STEP, True), (_CONSEQUENCE_TOO, True)] if parts else [])]
    answers = next((found for cut, numbers in tries if (found := _answers(solution, things, cut, numbers))), [])
    if not answers and (apart := of_each_dimension(solution)):
        return apart
    labels = list(parts) if len(parts) == len(things) else _names_of(things)
    found = [replace(answer, label=label) for answer, label in zip(answers, labels, strict=False)]
    return multi(found, ordered=True) if found else None


def results_called(solution: Solution, names: Sequence[str]) -> list[Answer]:
    """The result of each name, in their order, as `results_of_things` finds it; empty where one has none."""
    strangers = numbered("\n".join(solution.lines)) - numbered(solution.question)
    if not solution.lines or numbered(" ".join(names)) and strangers:
        return []
    return next((found for cut in (_STEP, _CONSEQUENCE_TOO, _STEP_OR_COUNT) if (found := _answers(solution, names, cut))), [])


def _answers(solution: Solution, things: Sequence[str], between: re.Pattern[str], with_numbers: bool = False) -> list[Answer]:
    """The result of each thing, from a step of its own; empty where one has none.

    Args:
        solution: a solution in which the things are not numbered.
        things: what is asked for.
        between: separates two steps in one line.
        with_numbers: the numbers before a value also tell what it is of: `khi x = 4 thì y = 5`.
    """
    apart = _own_words([_CORE.split(thing)[0] for thing in things]) or _own_words(things)
    own = apart or [words_of(thing) for thing in things]
    letters = _names_of_letters(solution, things)
    pieces = [piece for line in _headed(solution.lines[-2 * MAX_RESULTS :]) for piece in _pieces(line, between)]
    known = frozenset().union(*map(words_of, things))
    steps = [step for piece in pieces if (step := _step(piece, solution, letters, known, with_numbers))]
    unnamed = len(steps) == len(things) and not any(has_letter(" ".join(step.words)) for step in steps)
    fitting = [[_is_of(thing, step) for step in steps] for thing in things]
    places = list(range(len(things))) if unnamed else [_place(at, own, steps, fitting) for at in range(len(things))]
    if None in places and apart and (longer := _own_words(things)):
        places = [_place(at, longer, steps, fitting) for at in range(len(things))]
    found = [place for place in places if place is not None]
    return [steps[place].answer for place in found] if len(set(found)) == len(things) else []


def _names_of(things: Sequence[str]) -> list[str]:
    """The things as names: `số lớn nhất` of `số lớn nhất trong 5 số đó`, where that tells them apart."""
    short = [_CORE.split(thing.partition(" (")[0])[0].lower() for thing in things]
    return short if len(set(short)) == len(things) else [thing.lower() for thing in things]


def _headed(lines: Sequence[str]) -> list[str]:
    """The lines, a heading in front of the first behind it: `Thể tích`, then `V = 6 × 4 = 24 (cm³)`."""
    found: list[str] = []
    heading = ""
    for line in lines:
        line = _TWO_CELLS.sub(r"\1: \2", line)
        if line.startswith("=") and found:
            found[-1] = f"{found[-1]} {line}"  # a chain goes on
            continue
        if not has_digit(line) and "=" not in line and "|" not in line and len(line.split()) <= MAX_HEADING:
            heading = f"{line.strip(' :.')}: "
            continue
        found.append(heading + line)
        heading = ""
    return found


_TWO_CELLS = re.compile(r"^\| ?([^|\d]*[^\W\d_][^|\d]*?) ?\| ?([^|]*\d[^|]*?) ?\|?$")
"""A row of a table with a name and a value."""
_SAID_BEFORE = re.compile(r"(?<!\w)(?:là|bằng) -?\d")
"""Another value in front: `cao nhất là 21 m sau 2 giây`."""
MAX_HEADING = 6
"""Words of a line that may be the heading of the next."""


def _pieces(line: str, between: re.Pattern[str]) -> list[str]:
    """The pieces of a line that hold a number, each with the words before it: `số nam và số nữ là 12` is one."""
    pieces: list[str] = []
    words = ""
    for sentence in sentences(line):
        for piece in outside_brackets(sentence, between) if is_sure(sentence) and not _IN_TURN.search(sentence) else []:
            if has_digit(piece) or "=" in piece:
                pieces.append(f"{words}{piece}")
            words = "" if has_digit(piece) else f"{words}{piece} "
    return pieces


_CALLED = re.compile(
    r"(?i:gọi) (?P<name>[^.\n]{3,90}?) (?:lần lượt )?(?:là|bằng):? ?(?P<letters>[a-z×](?:(?:, ?|; ?| và )[a-z])*)(?![^\W\d_])"
    r"|(?i:gọi) (?P<first>[a-z×](?:(?:, ?|; ?| và )[a-z])*)(?: ?\([^()]*\))? (?:lần lượt )?(?:là|bằng) "
    r"(?P<named>[^.\n(;]{3,120})"
)


def _names_of_letters(solution: Solution, things: Sequence[str]) -> dict[str, frozenset[str]]:
    """What each unknown stands for: `Gọi chiều dài, chiều rộng lần lượt là x, y`, `Gọi x (giờ) là thời gian vòi 1 chảy`."""
    found: dict[str, frozenset[str]] = {}
    for called in _CALLED.finditer(solution.text[:MAX_CALLED]):
        letters = re.findall("[a-z]", (called["letters"] or called["first"]).replace("×", "x"))
        names = re.split(r", | và ", (called["name"] or called["named"]).strip())
        if len(letters) == len(names):
            found |= {letter: words_of(name) for letter, name in zip(letters, names, strict=True)}
        elif len(letters) == len(things):
            found |= {letter: words_of(thing) for letter, thing in zip(letters, things, strict=True)}
        elif len(letters) == 1:
            found[letters[0]] = words_of(" ".join(names))
    return found


MAX_CALLED = 2_000
"""Characters of the solution in which its letters are explained."""


def _own_words(things: Sequence[str]) -> list[frozenset[str]]:
    """The words of each thing that no other has; empty where one of them has none."""
    names = [words_of(thing) for thing in things]
    own = [name - frozenset().union(*(names[:at] + names[at + 1 :])) for at, name in enumerate(names)]
    return own if all(own) else []


_CORE = re.compile(r" (?:của|mà|trong|trên|ở)(?!\w)")
"""Begins what several things have in common: `chiều rộng của mảnh đất`."""


def _step(
    piece: str, solution: Solution, letters: dict[str, frozenset[str]], known: frozenset[str], with_numbers: bool
) -> _Step | None:
    """What a piece of a line computes, and the words in front of it."""
    piece = _ASIDE.sub("", piece)
    clause = _LEAD.sub("", _CLAUSE_START.split(last_clause(piece))[-1] if with_numbers else last_clause(piece))
    clause, behind = (named["value"], named["what"]) if (named := _IS_OF.fullmatch(clause)) else (clause, "")
    if answer := closing_value(solution, clause) or closing_value(solution, _HEADING.split(clause)[-1]):
        head = _head_of(clause)
        head = head if has_letter(head) else _HEAD.split(piece, maxsplit=1)[0]
    elif (told := _measured(solution, clause)) and not _SAID_BEFORE.search(clause[: told.start]):
        answer, head = told.answer, clause[: _last_number(clause)]
    elif named := _NAME_AND_VALUE.fullmatch(clause):
        answer, head = solution.read(named["value"].strip(" .")), named["head"]
        answer = answer if words_of(_COMES_TO.sub("", head)) <= known or with_numbers and _COMES_TO.search(head) else None
    if answer is None or answer.kind in ("text", "multi", "relation", "choice") or _POWER.search(head):
        return None
    if with_numbers:
        head = piece[: _last_number(piece)]
    if (letter := head.strip(" {[")) in letters:
        return _Step(letters[letter], answer)
    if _SEGMENT.search(head.strip()):
        head = f"{head} độ dài cạnh"
    value = answer.meaning
    counted = words_of(value.unit) if isinstance(value, Quantity) and value.is_count else frozenset()
    return _Step(words_of(f"{head} {behind}") | counted, answer)


_SEGMENT = re.compile(r"(?<![\w'])[A-Z]{2}$")
"""`AB`: a side."""
_HEADING = re.compile(r"(?<=[^\W\d_]): |(?<=[Bb]ước \d): ")
"""Behind a heading; a division has a space before its sign."""


def _head_of(clause: str) -> str:
    """The words in front of a value: `Theo định lí sin R` of `Theo định lí sin: R = 7/√3`; no heading `Với r = 5 cm`."""
    *headings, last = _HEADING.split(clause)
    left = _HEAD.split(last, maxsplit=1)[0] if _HEAD.search(last) else last[: _last_number(last)]
    heads = [heading for heading in headings if "=" not in heading]
    return " ".join([*heads, left] if has_letter(left) else heads) or left


_COMES_TO = re.compile(r"(?<!\w)(?:là|bằng|còn|ra)$")
"""Between a name and its value."""
_CLAUSE_START = re.compile(r"(?<!\w)(?:thì|có|được|ta)(?!\w)")
"""Before the clause that holds the value: `khi x = 4 thì y = 5`."""
_IS_OF = re.compile(
    r"(?P<value>[^=]*=[^=]*\d[^=]*?|-?\d[\d.,/]*(?: [^\W\d_]{1,8}(?:\^[23])?)?)"
    r" là (?P<what>(?:[^\d=]|\d(?= chữ số)){2,60}?(?: của \d+)?)[. ]*"
)
"""`36 - 22 = 14 con là chó`, `98 là số liền trước của 99`."""
_NAME_AND_VALUE = re.compile(r"(?P<head>[^\d=,;:()]*[^\W\d_]):? (?P<value>-?[\d√][^=]*)")
"""`thể tích 96π cm³`: a name, and at once its value."""
_ASIDE = re.compile(
    r" ?\([^()]*(?<!\w)(?:vì|do|nên)(?!\w)[^()]*\)|(?<=\w) \(\d[\d., /]*[-+×:][-+×:/\d., ]*\)\W*$"
    r"|(?<=[\w)°²³%]) (?:vì|do|bởi)(?! (?:vậy|thế|đó)(?!\w))(?!\w).*$"
)
"""A reason or a calculation behind a value."""
_POWER = re.compile(r"(?:sin|cos|tan|cot)\^2|[A-Z]\^2 ?$")
"""`sin²α = 8/9`: a step on the way to sin α."""
_NUMBER = re.compile(r"(?<![\w.,/])-?\d[\d.,/]*")
_ENDS = re.compile(r"(?!.*(?<!\w)(?:hơn|kém|thì|nữa|mới(?! đầy| xong)|nếu)(?!\w))[^\d=]{0,30}")


def _last_number(clause: str) -> int:
    places = [number.start() for number in _NUMBER.finditer(clause)]
    return places[-1] if places else len(clause)


def _measured(solution: Solution, clause: str) -> Mention | None:
    """`10 giờ` of `vòi 1 chảy một mình đầy bể trong 10 giờ`."""
    clause = re.sub(rf"(?:{solution.bound}) (?=\d)", "", clause) if solution.bound else clause
    told = results(solution, clause)[-1:] if not re.search("[=≈]", clause) else []
    sure = told and told[0].answer.kind in ("quantity", "percent") and not ENDS_IN_ABOUT.search(clause[: told[0].start])
    return told[0] if sure and _ENDS.fullmatch(clause[told[0].end :]) else None


def _place(at: int, own: Sequence[frozenset[str]], steps: Sequence[_Step], fitting: Sequence[Sequence[bool]]) -> int | None:
    """The last of the steps that speak most of one thing, and of it more than of any other that they may be of."""
    scores = [_share(own[at], step.words, own) * may for step, may in zip(steps, fitting[at], strict=True)]
    best = max(scores, default=0)
    if not best:
        return None
    held = [place for place, score in enumerate(scores) if score == best]
    others = [(other, fits) for at_other, (other, fits) in enumerate(zip(own, fitting, strict=True)) if at_other != at]
    clear = [
        place for place in held if all(_share(other, steps[place].words, own) * fits[place] < best for other, fits in others)
    ]
    return clear[-1] if clear else None


def _share(name: frozenset[str], words: frozenset[str], names: Sequence[frozenset[str]]) -> float:
    """How much of a name a step says; where one name holds another (`góc C`, `góc ngoài tại C`), and how little more."""
    nested = any(one < other for one in names for other in names)
    return len(name & words) / len(name | words if nested else name)


_OF_ANOTHER = frozenset(comparison_key("nửa lần bậc").split())
"""Words that make another thing of a name: `nửa chu vi`, `hai lần số bé`, `bậc của P(x)`."""
_KINDS = (
    (re.compile(r"(?i)t[oọ][aạ] độ(?! [^\W\d_]+ độ)"), ("point",)),
    (re.compile(r"(?i)khoảng (?:đồng|nghịch) biến|tập xác định|tập giá trị"), ("interval", "relation", "text")),
)
"""The kinds that the result of a thing may have, by the beginning of its name."""


def _is_of(thing: str, step: _Step) -> bool:
    """Whether a step may give a thing: no hours where kilometres are asked for, and no half of it."""
    kind = measured(thing)
    unit = step.answer.meaning.measure if isinstance(step.answer.meaning, Quantity) else None
    if any(name.match(thing) and step.answer.kind not in kinds for name, kinds in _KINDS):
        return False
    return (kind is None or unit is None or unit.dimension == kind.dimension) and not step.words & _OF_ANOTHER - words_of(thing)
