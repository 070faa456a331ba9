"""Curves -> SVG for inside a page, drawn by Matplotlib: no file, no script, and the page's own text colour.

Text stays text (`svg.fonttype: none`), so it can be read aloud, searched and printed; its colour becomes `currentColor`, so
that a chart is readable in light and dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mathpal_lightning.report.curves import Curve

INK = "#010203"
"""A colour that nothing else has: it is replaced by the page's text colour."""
COLOURS = ("#3b7ddd", "#d9730d", "#2e9e6b", "#a855c7", "#c94f4f", "#6b7f99")
"""Each readable on white and on dark blue."""
_SIZE = (5.2, 2.6)
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mathpal",  # the same curves give the same bytes
    "text.parse_math": False,  # a run may be called `a$b$`
    "font.family": "sans-serif",
    "font.size": 9,
    **{name: INK for name in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "grid.color")},
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.15,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    label: str
    points: Curve
    marked: bool = False
    """Whether each point is marked: for values that are measured now and then."""
    band: Mapping[int, tuple[float, float]] | None = None
    """The interval of each point."""
    dots: bool = False
    """Whether there are points alone, without a line."""


def chart(title: str, below: str, lines: Sequence[Line]) -> str:
    """Draw lines over optimizer steps.

    Args:
        title: what is drawn; also read aloud in place of the picture.
        below: the label of the axis of steps.
        lines: lines without points are left out.

    Returns:
        An `<svg>` element; empty where no line has a point.
    """
    drawn = [line for line in lines if line.points]
    if not drawn:
        return ""
    with rc_context(_SETTINGS):  # type: ignore[arg-type]  # its type lists every setting of Matplotlib
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(xlabel=below)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        for number, line in enumerate(drawn):
            colour = COLOURS[number % len(COLOURS)]
            steps = sorted(line.points)
            marker = "o" if line.marked or len(steps) == 1 else ""
            (drawing,) = axes.plot(steps, [line.points[step] for step in steps], color=colour, label=line.label)
            drawing.set(marker="o" if line.dots else marker, markersize=4, linestyle="" if line.dots else "-")
            if line.band:
                ends = [line.band[step] for step in steps]
                axes.fill_between(steps, [low for low, _ in ends], [high for _, high in ends], color=colour, alpha=0.15, lw=0)
        if len(drawn) > 1:
            axes.legend()
        return _svg(figure, title)


def bars(title: str, shares: Mapping[str, float]) -> str:
    """Draw a share for each name, as bars.

    Args:
        title: what is drawn.
        shares: 0 to 1 by name.

    Returns:
        An `<svg>` element; empty where there are no names.
    """
    if not shares:
        return ""
    names = sorted(shares, key=lambda name: shares[name])
    with rc_context(_SETTINGS):  # type: ignore[arg-type]  # as above
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(xlim=(0, 1))
        axes.barh(names, [shares[name] for name in names], color=COLOURS[0])
        return _svg(figure, title)


def _svg(figure: Figure, title: str) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _for_a_page(file.getvalue(), title)


def _for_a_page(svg: str, title: str) -> str:
    """The element alone, as wide as its place, in the page's colours, with a name for who cannot see it."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # several charts stand in a page, and none of these names is referred to
    svg = svg.replace(INK, "currentColor")
    svg = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)
