"""`mathpal test --votes k`: what several attempts at each problem would gain, by each rule that chooses one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.scores.votes import RULES, Attempt, choose, read_attempt
from mathpal_lightning.evaluation.statistics import wilson_interval
from mathpal_lightning.run.figures import Share, VoteFigures
from mathpal_lightning.schema import Row, prompt_text


def read_attempts(row: Row, solutions: Sequence[str]) -> tuple[list[Attempt], list[bool]]:
    """Read the attempts at one problem, and judge each: is its answer the reference's?"""
    attempts = [read_attempt(row.question, solution) for solution in solutions]
    return attempts, [judge(row.question, row.solution, solution).verdict == "correct" for solution in solutions]


def keep_attempts(file: Path, rows: Sequence[Row], problems: Sequence[tuple[Sequence[Attempt], Sequence[bool]]]) -> None:
    """Write one line for each problem: its question, its reference, and every attempt with its verdicts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as lines:
        for row, (attempts, verdicts) in zip(rows, problems, strict=True):
            told = [
                {"solution": one.solution, "steps_hold": one.holds, "right": right}
                for one, right in zip(attempts, verdicts, strict=True)
            ]
            line = {"question": prompt_text(row.prompt), "gold": row.solution, "topic": row.topic, "attempts": told}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def vote_scores(problems: Sequence[tuple[Sequence[Attempt], Sequence[bool]]]) -> VoteFigures:
    """The scores of 1, 2, 4, ... attempts at each problem.

    Args:
        problems: of each problem its attempts, and whether each of them is right; all problems have equally many.

    Returns:
        `attempts`: how many at a problem; `right_where_steps_hold`: of all attempts whose written arithmetic holds, the share
        that is right, and `attempts_that_hold`, their share of all; `scores`: for each number of attempts, every rule of
        `evaluation.votes` and `any` (at least one is right: pass@k) with share, standard error and Wilson's interval.
    """
    most = len(problems[0][0])
    held = [right for attempts, verdicts in problems for one, right in zip(attempts, verdicts, strict=True) if one.holds]
    numbers = [2**power for power in range(most.bit_length()) if 2**power < most] + [most]
    return {
        "attempts": most,
        "attempts_that_hold": round(len(held) / (most * len(problems)), 4),
        "right_where_steps_hold": _share(held),
        "scores": {str(number): _scores_of(problems, number) for number in numbers},
    }


def _scores_of(problems: Sequence[tuple[Sequence[Attempt], Sequence[bool]]], number: int) -> dict[str, Share]:
    scores = {rule: _share([verdicts[choose(attempts[:number], rule)] for attempts, verdicts in problems]) for rule in RULES}
    return scores | {"any": _share([any(verdicts[:number]) for _, verdicts in problems])}


def _share(outcomes: Sequence[bool]) -> Share:
    count, correct = len(outcomes), sum(outcomes)
    share = correct / count if count else float("nan")
    error = (share * (1 - share) / count) ** 0.5 if count else float("nan")
    interval = [round(end, 4) for end in wilson_interval(correct, count)]
    return {"share": round(share, 4), "standard_error": round(error, 4), "interval": interval, "count": count}


def vote_lines(figures: VoteFigures) -> list[str]:
    """The table for a person, a line for each number of attempts."""
    names = [*RULES, "any"]
    head = "attempts  " + "  ".join(f"{name.replace('_', ' '):>19}" for name in names)
    rows = [
        f"{number:>8}  "
        + "  ".join(f"{100 * scores[name]['share']:>12.1f} ± {100 * scores[name]['standard_error']:>2.1f} %" for name in names)
        for number, scores in figures["scores"].items()
    ]
    held = figures["right_where_steps_hold"]
    share = f"{100 * held['share']:.1f} % of these are right" if held["count"] else "so nothing can be said of them"
    return [
        head,
        *rows,
        f"In {100 * figures['attempts_that_hold']:.1f} % of the attempts the written arithmetic holds; {share}.",
    ]
