"""The console of every table: names of runs, topics and files appear as they are, square brackets and colons too."""

from __future__ import annotations

from rich.console import Console


def plain_console() -> Console:
    """A console for standard output that reads no markup and no emoji codes in texts; styles come from `Text` and tables."""
    return Console(markup=False, emoji=False)
