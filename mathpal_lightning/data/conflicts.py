"""Finds equal questions with different answers: often a column was lost, sometimes a solution is wrong. A person decides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mathpal_lightning.evaluation import extract_answer, is_equivalent
from mathpal_lightning.schema import Row

MOST_QUESTIONS = 500
"""How many repeated questions are checked, and how many rows of each. The note is a hint, so a sample is enough."""
MOST_ROWS = 20


def conflict_note(keys: np.ndarray, rows: Sequence[Row]) -> str:
    """One line about the questions that occur more than once with different answers; empty if there are none.

    Args:
        keys: `spelling_keys` of the rows, uint64 [rows].
        rows: the rows.
    """
    groups = repeated(keys)
    looked_at = groups[:MOST_QUESTIONS]
    found = [pair for group in looked_at if (pair := _first_conflict([rows[int(row)] for row in group[:MOST_ROWS]]))]
    if not found:
        return ""
    first, second = found[0]
    count = f"{len(found)} of the first {len(looked_at)} repeated" if len(groups) > len(looked_at) else str(len(found))
    concerned = sum(map(len, groups))
    return (
        f"{count} questions stand more than once with different answers ({concerned} rows repeat a question), "
        f"first at {first.place} and {second.place}: {_shown(first)} and {_shown(second)}"
    )


def repeated(keys: np.ndarray) -> list[np.ndarray]:
    """The numbers of the rows that share a key, for each key that occurs more than once, in the order of the rows."""
    order = np.argsort(keys, kind="stable")
    borders = np.flatnonzero(np.diff(keys[order])) + 1
    groups = [group for group in np.split(order, borders) if len(group) > 1] if len(keys) > len(borders) + 1 else []
    return sorted(groups, key=lambda group: int(group[0]))


def _first_conflict(rows: Sequence[Row]) -> tuple[Row, Row] | None:
    return next(((first, second) for first, second in pairwise(rows) if _differ(first, second)), None)


def _differ(first: Row, second: Row) -> bool:
    if first.solution == second.solution:
        return False
    answers = [extract_answer(row.solution, row.question) for row in (first, second)]
    if answers[0] is None or answers[1] is None:
        return True
    return not is_equivalent(answers[0], answers[1])


def _shown(row: Row) -> str:
    answer = extract_answer(row.solution, row.question)
    return repr(answer.canonical() if answer else row.solution[:40])
