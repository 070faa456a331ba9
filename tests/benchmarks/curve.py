"""Draws what more problems bring: `curve.yaml` as the picture docs/pictures/learning_curve.svg and as a Markdown table.

python tests/benchmarks/curve.py
"""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import NamedTuple

import yaml

from mathpal_lightning.evaluation.statistics import wilson_interval

HERE = Path(__file__).parent
POINTS = HERE / "curve.yaml"
PICTURE = HERE.parents[1] / "docs" / "pictures" / "learning_curve.svg"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 60, 20, 20, 60
"""Pixels of the picture, and of its margins."""
COLOURS = ("#0b5fa5", "#b3470c", "#3a7d22")
FIRST, LAST = 500, 30_000
"""Problems at the left and at the right edge."""


class Point(NamedTuple):
    """What the runs with one number of problems solve, in per cent."""

    problems: int
    tokens: int
    runs: int
    share: float
    low: float
    high: float


def courses() -> dict[str, list[Point]]:
    """The points of each course. The interval counts a test problem once, however many runs solved it."""
    table = yaml.safe_load(POINTS.read_text(encoding="utf-8"))
    return {course["course"]: [_point(**point) for point in course["points"]] for course in table}


def _point(problems: int, tokens: int, runs: int, right: int, of: int) -> Point:
    low, high = wilson_interval(round(right / runs), of // runs)
    return Point(problems, tokens, runs, 100 * right / of, 100 * low, 100 * high)


def markdown(found: dict[str, list[Point]]) -> str:
    """A row for each point."""
    rows = [
        f"| {name} | {point.problems:,} | {point.tokens:,} | {point.runs}"
        f" | {point.share:.1f} % ({point.low:.1f} to {point.high:.1f}) |"
        for name, points in found.items()
        for point in points
    ]
    return "\n".join(
        ["| course | problems | tokens | runs | test (interval of 95 %) |", "| --- | --- | --- | --- | --- |", *rows]
    )


def svg(found: dict[str, list[Point]]) -> str:
    """The picture: problems on a logarithmic axis, the share of test problems that are solved, with its interval."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        "<title>Test problems solved, against problems seen in training</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for share in range(0, 101, 20):
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share)}" y2="{_y(share)}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{_y(share) + 4}" text-anchor="end">{share} %</text>')
    for problems in (600, 1_200, 2_400, 4_800, 11_200, 22_400):
        lines.append(f'<text x="{_x(problems)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{problems:,}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 12}" text-anchor="middle">problems in training</text>')
    for place, (name, points) in enumerate(found.items()):
        colour = COLOURS[place]
        way = " ".join(f"{_x(point.problems)},{_y(point.share)}" for point in points)
        lines.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            x = _x(point.problems)
            lines.append(f'<line x1="{x}" x2="{x}" y1="{_y(point.low)}" y2="{_y(point.high)}" stroke="{colour}"/>')
            lines.append(f'<circle cx="{x}" cy="{_y(point.share)}" r="4" fill="{colour}"/>')
        at = f'x="{LEFT + 12}" y="{_y(8) - 20 * place}"'
        lines.append(f'<text {at} fill="{colour}">{escape(name)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _x(problems: int) -> float:
    along = math.log(problems / FIRST) / math.log(LAST / FIRST)
    return round(LEFT + along * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share / 100 * (HEIGHT - TOP - BOTTOM), 1)


if __name__ == "__main__":
    PICTURE.write_text(svg(courses()), encoding="utf-8")
    print(markdown(courses()))
