"""metrics.csv -> the values of each metric by optimizer step, those of a run that went on in one line."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from mathpal_lightning.run import RunFolder

Curve = dict[int, float]
"""The last value at each step."""


def read_curves(run: RunFolder) -> dict[str, Curve]:
    """Every metric of a run; the parts from before the run went on (metrics.1.csv, ...) come first.

    Args:
        run: its folder may hold no metrics. Damaged bytes cost only the cells that they are in.
    """
    earlier = sorted(run.path.glob("metrics.*.csv"), key=lambda file: int(file.suffixes[0][1:]) if _is_part(file) else 0)
    curves: dict[str, Curve] = {}
    for file in (*filter(_is_part, earlier), run.metrics):
        if not file.is_file():
            continue
        with file.open(encoding="utf-8", errors="replace", newline="") as lines:
            for row in csv.DictReader(lines):
                _add(curves, row)
    return curves


def _is_part(file: Path) -> bool:
    return file.suffixes[0][1:].isdigit()


def _add(curves: dict[str, Curve], row: Mapping[str | None, str | None]) -> None:
    step = _number(row.get("step"))
    for name, text in row.items():
        if name and name != "step" and step is not None and (value := _number(text)) is not None:
            curves.setdefault(name, {})[int(step)] = value


def _number(text: str | None) -> float | None:
    """The finite number in a cell; None for an empty cell, nan, and the half line of a killed process."""
    try:
        value = float(text or "nan")
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def rises_again(curve: Curve, by: float = 0.02) -> int | None:
    """The step of the lowest value, where the last one lies more than the share `by` above it; else None.

    >>> rises_again({10: 2.0, 20: 1.0, 30: 1.2})
    20
    """
    if len(curve) < 3:
        return None
    lowest = min(curve, key=lambda step: curve[step])
    return lowest if curve[max(curve)] > (1 + by) * curve[lowest] else None


def still_falls(curve: Curve, by: float = 0.03) -> bool:
    """Whether the mean of the last quarter lies more than the share `by` below that of the quarter before it.

    >>> still_falls({step: 2.0 - step / 10 for step in range(16)}), still_falls({step: 1.0 for step in range(16)})
    (True, False)
    """
    values = [curve[step] for step in sorted(curve)]
    quarter = len(values) // 4
    if quarter < 2:
        return False
    last, before = sum(values[-quarter:]) / quarter, sum(values[-2 * quarter : -quarter]) / quarter
    return last < (1 - by) * before
