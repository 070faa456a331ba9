"""Whether a model may be published: it must solve more of the same problems than another one, beyond chance."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.evaluation.statistics import Comparison, p_text
from mathpal_lightning.report.column import Column, compare
from mathpal_lightning.report.reported_run import ReportedRun, read_run, shared_moment
from mathpal_lightning.report.verdict import CHANCE


def why_not_better(run: str | Path, than: str | Path | None = None) -> str:
    """Why a run's model is not shown to be better; empty where it is.

    The test problems are compared where both runs tried some of the same, else the held-out problems. McNemar's test on the
    problems that both tried decides.

    Args:
        run: the run folder.
        than: another run folder; None: the same run before training.

    Raises:
        ConfigError: there is no run at a path.
    """
    ours = read_run(run)
    first, second = _pair(ours, None if than is None else read_run(than))
    if first is None or second is None:
        return "the two models were not tried on problems"
    change = compare(first, second) or (_told(second) if than is None else None)
    if change is None:
        return "the two models were not tried on the same problems"
    if change.p_value < CHANCE and change.only_second > change.only_first:
        return ""
    other = "before training" if than is None else Path(than).name
    return (
        f"it is not better than {other} beyond chance: {change.only_second} problems were solved only by it, "
        f"{change.only_first} only by the other (McNemar's test: {p_text(change.p_value)})"
    )


def _pair(ours: ReportedRun, theirs: ReportedRun | None) -> tuple[Column | None, Column | None]:
    """The other model's column, and ours."""
    if theirs is None:
        return ours.columns.get("before"), ours.columns.get("after")
    moment = shared_moment([theirs, ours])
    return theirs.columns.get(moment), ours.columns.get(moment)


def _told(after: Column) -> Comparison | None:
    """What summary.json tells of the change, where the samples are gone."""
    told = after.told.get("change")
    return Comparison(told["only_before"], told["only_after"], told["p_value"]) if told else None
