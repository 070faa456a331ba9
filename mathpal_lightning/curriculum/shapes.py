"""Other shapes of a problem: any problem with mistakes can be asked as one of these.

    solve           the problem itself
    choice          four options; the wrong ones are what the typical mistakes lead to
    true_false      a pupil states a result: true or false, and why
    find_mistake    a pupil's solution with numbered lines: which is the first wrong line?
    blank           the solution up to a result that is left out
    compare         is the result larger than, smaller than or equal to a given number?
    table           what is known stands in a Markdown table (stories of the story engine)

A shape is a function of a problem and of what is drawn at random; it gives None where the problem does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Literal, get_args

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.schema import Problem

Shape = Literal["solve", "choice", "true_false", "find_mistake", "blank", "compare", "table"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
_STATED = "Đáp số: "
_RESULT = re.compile(r"(.* = )(-?[\d ]*\d(?:,\d+)?)((?: \(.*\))?)")
_WHICH_LINE = ("Hỏi dòng sai đầu tiên là dòng số mấy?", "Bài làm sai từ dòng số mấy?", "Tìm số thứ tự của dòng sai đầu tiên.")


def in_shape(problem: Problem, shape: Shape, random: Random) -> Problem | None:
    """The problem in another shape; None where it does not fit."""
    if shape in ("solve", "table"):
        return problem  # a table is told by the story itself
    return _SHAPED[shape](problem, random)


def _choice(problem: Problem, random: Random) -> Problem | None:
    right, wrong = _answer(problem.solution), [_answer(text) for text in problem.mistakes]
    if len(set(wrong)) < 3 or right in wrong or "\n" in problem.question:
        return None
    options = random.sample([right, *wrong[:3]], 4)
    letters = dict(zip(options, "ABCD", strict=True))
    listed = "\n".join(f"{letter}. {option.removesuffix('.')}" for option, letter in letters.items())

    def chosen(text: str) -> str:
        return f"{text}\nChọn {letters[_answer(text)]}"

    return replace(
        problem,
        question=f"{problem.question}\n{listed}",
        solution=chosen(problem.solution),
        answer=letters[right],
        mistakes=tuple(map(chosen, problem.mistakes[:3])),
        mistake_lines=problem.mistake_lines[:3],
    )


def _true_false(problem: Problem, random: Random) -> Problem | None:
    """The right result or a typical wrong one is claimed; whoever makes the mistake believes the wrong one."""
    if not problem.mistakes:
        return None
    name = _other_pupil(random, problem.question)
    place = random.randrange(len(problem.mistakes))
    true = random.random() < 0.5
    claimed = _answer(problem.solution if true else problem.mistakes[place])
    question = f"{problem.question}\n{name} làm bài này và được đáp số là {claimed}. Hỏi {name} làm đúng hay sai? Vì sao?"

    def judged(text: str) -> str:
        found = _answer(text)
        same = found == claimed
        reason = f"Đáp số đúng là {found}, {'đúng như' if same else 'khác với'} đáp số của {name}."
        return f"{_body(text)}\n{reason}\n{_STATED}{'đúng' if same else 'sai'}"

    wrong = [problem.mistakes[place]] if not true else list(problem.mistakes)
    lines = [problem.mistake_lines[place]] if not true else list(problem.mistake_lines)
    return replace(
        problem,
        question=question,
        solution=judged(problem.solution),
        answer="đúng" if true else "sai",
        mistakes=tuple(map(judged, wrong)),
        mistake_lines=tuple(lines),
    )


def _other_pupil(random: Random, question: str) -> str:
    """A pupil who is not in the story."""
    return next(name for name in pupils(random, 8) if name not in question)


def _find_mistake(problem: Problem, random: Random) -> Problem | None:
    if not problem.mistakes or not problem.mistake_lines:
        return None
    place = random.randrange(len(problem.mistakes))
    lines, number = problem.mistakes[place].split("\n"), problem.mistake_lines[place]
    right = problem.solution.split("\n")
    if len(lines) < 3 or number >= len(right) or number >= len(lines):
        return None
    name = _other_pupil(random, problem.question)
    numbered = "\n".join(f"({count}) {line}" for count, line in enumerate(lines, start=1))
    asked = random.choice(_WHICH_LINE)
    corrected = {number: right[number - 1], len(lines): right[-1]}
    for later, (line, instead) in enumerate(zip(lines, right, strict=False), start=1):
        if number < later < len(lines) and line != instead and _blind(line) == _blind(instead):
            corrected[later] = instead
    # Whoever does not see where it begins names a later wrong line and corrects that one.
    others = [line for line in corrected if line > number]

    def found(line: int) -> str:
        before = f"Các dòng trước dòng {line} đều đúng." if line > 1 else "Bài làm sai ngay từ dòng đầu."
        return f"{before}\nDòng {line} phải sửa thành: {corrected[line]}\n{_STATED}{line}"

    wrong = random.sample(others, min(2, len(others)))
    return replace(
        problem,
        question=f"{problem.question}\nBài làm của {name}:\n{numbered}\n{asked}",
        solution=found(number),
        answer=str(number),
        mistakes=tuple(map(found, wrong)),
        mistake_lines=tuple(1 for _ in wrong),
    )


def _blind(line: str) -> str:
    """A line without its numbers: two lines that say the same of other numbers are equal."""
    return re.sub(r"[\d ,]+", " ", line)


def _blank(problem: Problem, random: Random) -> Problem | None:
    """The lines before a result are shown, the result is left out; mistakes are those that give another result there."""
    lines = problem.solution.split("\n")
    places = [place for place, line in enumerate(lines[:-1]) if "; " not in line and _RESULT.fullmatch(line)]
    if not places:
        return None
    place = random.choice(places)
    shown, value = _blanked(lines, place)
    begin = max((at for at in range(place) if lines[at].endswith("= ?")), default=place)
    answers: dict[str, str] = {}
    for mistake in problem.mistakes:
        other = mistake.split("\n")
        same_start = other[: begin + 1] == lines[: begin + 1]
        match = _RESULT.fullmatch(other[place]) if same_start and len(other) > place else None
        if match and shown.endswith(f"{match[1]}...{match[3]}") and match[2] != value:
            answers["\n".join([*other[begin + 1 : place + 1], f"{_STATED}{match[2]}"])] = match[2]
    if not answers:
        return None
    question = f"{problem.question}\nĐiền số thích hợp vào chỗ chấm trong bài giải sau:\n{shown}"
    solution = "\n".join([*lines[begin + 1 : place + 1], f"{_STATED}{value}"])
    texts = tuple(answers)
    right = solution.split("\n")
    numbers = tuple(
        next((at for at, pair in enumerate(zip(text.split("\n"), right, strict=False), start=1) if pair[0] != pair[1]), 1)
        for text in texts
    )
    canonical = value.replace(" ", "").replace(",", ".")
    return replace(problem, question=question, solution=solution, answer=canonical, mistakes=texts, mistake_lines=numbers)


def _blanked(lines: list[str], place: int) -> tuple[str, str]:
    match = _RESULT.fullmatch(lines[place])
    if match is None:
        raise ValueError(f"Expected a line with a result, but got {lines[place]!r}")
    kept = [line for line in lines[:place] if not line.endswith("= ?")]
    return "\n".join([*kept, f"{match[1]}...{match[3]}"]), match[2]


def _compare(problem: Problem, random: Random) -> Problem | None:
    """Compare the result with what a typical mistake gives, or with itself."""
    if not problem.mistakes or _size(problem.solution) is None:
        return None
    against = random.choice([problem.solution, *problem.mistakes])
    limit = _size(against)
    if limit is None or _unit(against) != _unit(problem.solution):
        return None

    def compared(text: str) -> str:
        size = _size(text)
        if size is None:
            return ""
        words = "lớn hơn" if size > limit else "bé hơn" if size < limit else "bằng"
        return f"{_body(text)}\nĐáp số là {_bare(text)}, {words} {_bare(against)}.\n{_STATED}{words}"

    solution = compared(problem.solution)
    final = _answer(solution)
    kept = [
        (text, line)
        for mistake, line in zip(problem.mistakes, problem.mistake_lines, strict=True)
        if (text := compared(mistake)) and _answer(text) != final
    ]
    if not kept:
        return None
    asked = f"So sánh đáp số với {_bare(against)}: đáp số lớn hơn, bé hơn hay bằng {_bare(against)}?"
    texts, lines = zip(*kept, strict=True)
    return replace(
        problem, question=f"{problem.question}\n{asked}", solution=solution, answer=final, mistakes=texts, mistake_lines=lines
    )


def _answer(text: str) -> str:
    return text.rpartition("\n")[2].removeprefix(_STATED)


def _bare(text: str) -> str:
    """The answer without the letter that it is the value of: "8" for "x = 8"."""
    return re.sub(r"^\w = ", "", _answer(text))


def _body(text: str) -> str:
    return text.rpartition("\n")[0]


def _size(text: str) -> float | None:
    """The answer's number, where it is a number with or without a unit."""
    match = re.fullmatch(r"(?:\w = )?(-?[\d ]*\d)(?:,(\d+))?(?:[ %°][^\d]*[²³]?)?", _answer(text))
    return float(f"{match[1].replace(' ', '')}.{match[2] or 0}") if match else None


def _unit(text: str) -> str:
    return re.sub(r"[-\d ,]", "", _answer(text))


_SHAPED: dict[str, Callable[[Problem, Random], Problem | None]] = {
    "choice": _choice,
    "true_false": _true_false,
    "find_mistake": _find_mistake,
    "blank": _blank,
    "compare": _compare,
}
