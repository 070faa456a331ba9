"""A problem as its topic drew it -> the problem with its solution and typical mistakes written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from mathpal_lightning.curriculum.draft import Draft
from mathpal_lightning.curriculum.steps.sheet import NEGATIVES, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd, Slip, Value
from mathpal_lightning.curriculum.writing import joined_under_roots

MISTAKES = 3
"""Typical mistakes written for a problem, of different kinds where its steps allow."""
_MOST_RUNS = 14
"""Runs in search of mistakes: some give the right answer by chance, or one that no pupil would write."""
_UNLIKE_IN_LENGTH = 0.12
"""Share of the mistakes of another length (a solution that stops early) that is taken: too many would teach length."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One problem as its topic drew it: the solution and the mistakes are written only where the problem is wanted."""

    numbers: tuple[object, ...]
    """What identifies the problem mathematically, whatever the names and the wording: it decides the split."""
    question: str | Callable[[Random], str]
    """The question, or the function that words it once the problem is wanted."""
    solve: Callable[[Sheet], None]
    table: Callable[[], str] | None = None
    """Writes the question with what is known in a Markdown table; None where the topic has no such form."""


def finish(plan: Plan, grade: int, random: Random, *, mistakes: bool = True) -> Draft:
    """Write the right solution and typical mistakes of different kinds, or the right solution alone."""
    question = plan.question if isinstance(plan.question, str) else plan.question(random)
    right = Sheet(grade, notes_sites=mistakes)
    plan.solve(right)
    solution = "\n".join(right.lines)
    wrong = _mistakes(plan, right, solution, random) if mistakes else {}
    question, solution, *texts = map(joined_under_roots, (question, solution, *wrong))
    return Draft(plan.numbers, question, solution, right.final, tuple(texts), tuple(wrong.values()), right.calculations)


def _mistakes(plan: Plan, right: Sheet, solution: str, random: Random) -> dict[str, int]:
    """Typical mistakes that end differently, each with the number of its first wrong line.

    Each is a run of the solution in which one step goes wrong; some give the right answer by chance: 2 + 2 for 2 × 2.
    """
    mistakes: dict[str, int] = {}
    endings, kinds = {right.lines[-1]}, set()
    waiting = random.sample(right.sites, len(right.sites))
    for run in range(min(_MOST_RUNS, max(8, 2 * len(right.sites)))):
        if len(mistakes) == MISTAKES:
            break
        fresh = (site for site in waiting if site[1] not in kinds) if run < len(right.sites) else iter(())
        site = next(fresh, waiting[0])
        waiting.remove(site)
        waiting.append(site)  # behind all others: its turn comes again only when they have had theirs
        wrong = run_with(plan.solve, right.grade, Slip(*site, random.getrandbits(16)))
        if wrong is None or wrong.lines[-1] in endings or _is_out_of_proportion(wrong.value, right.value, right.grade):
            continue
        text = "\n".join(wrong.lines)
        alike = 0.8 < len(text) / len(solution) < 1.25
        needed = run >= len(right.sites) and len(mistakes) < 2  # one of another length is better than one alone
        if not alike and not needed and random.random() > _UNLIKE_IN_LENGTH:
            continue
        endings.add(wrong.lines[-1])
        kinds.add(site[1])
        mistakes[text] = _first_difference(wrong.lines, right.lines)
    return mistakes


def run_with(solve: Callable[[Sheet], None], grade: int, slip: Slip) -> Sheet | None:
    """The solution with one step gone wrong; None where it comes to a value that no pupil would write."""
    sheet = Sheet(grade, slip)
    try:
        solve(sheet)
    except Absurd:
        return None
    return sheet


def _is_out_of_proportion(wrong: Value | None, right: Value | None, grade: int) -> bool:
    """Whether a pupil would see at once that it cannot be: below nought before grade 6, or a hundred times too much."""
    if wrong is None or right is None:
        return False
    return (right > 0 > wrong and grade < NEGATIVES) or abs(float(wrong)) > 100 * max(abs(float(right)), 1.0)


def _first_difference(lines: list[str], right: list[str]) -> int:
    """The number of the first line, from 1, that is not as in the right solution."""
    return next(
        (place for place, pair in enumerate(zip(lines, right, strict=False), start=1) if pair[0] != pair[1]), len(lines)
    )
